/**
 * `kubectl config`, `version`, `cluster-info`, `api-resources`, `api-versions`, `top`, `options`.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/{config,version,clusterinfo,apiresources,top}
 * Not modelled: more than one cluster or context.
 */
import { apiVersionOf, RESOURCES } from "../../../kube/apis/resources";
import type { Json } from "../../../sim/types";
import { err, out, type Run, setState, terminalState } from "../../program";
import { must, OUTPUT_FLAGS, readFlags } from "../context";
import { Exit, fatal, SERVER_ADDRESS } from "../failure";
import { printerOf } from "../printers/output";
import { aligned, TABLE } from "../printers/tabwriter";
import { prettyJson } from "../printers/json";
import { yamlText } from "../printers/yaml";

const CONTEXT = "strata";

export function* config(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags("config", `${OUTPUT_FLAGS};current bool;minify bool;raw bool;flatten bool;no-headers bool`, args);
  if (kubectl === undefined) return 0;
  const { flags } = kubectl;
  const [word = "", name] = flags.args;
  const { namespace } = yield* terminalState();
  if (word === "current-context") yield* out(`${CONTEXT}\n`);
  else if (word === "view")
    yield* out(
      (yield* printerOf(kubectl, false)).form === "object" && flags.text("output") === "json"
        ? prettyJson(kubeconfig(namespace))
        : yield* viewed(kubectl, namespace),
    );
  else if (word === "get-contexts") {
    const shown = namespace === "default" ? "" : namespace;
    yield* out(
      flags.text("output") === "name"
        ? `${CONTEXT}\n`
        : aligned(
            `${flags.bool("no-headers") ? "" : "CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n"}*\t${CONTEXT}\t${CONTEXT}\tadmin\t${shown}\n`,
            TABLE,
          ),
    );
  } else if (word === "get-clusters") yield* out(`NAME\n${CONTEXT}\n`);
  else if (word === "get-users") yield* out("NAME\nadmin\n");
  else if (word === "set-context") {
    if (!flags.bool("current") && name !== CONTEXT)
      throw fatal(
        name === undefined
          ? "you must specify a non-empty context name or --current"
          : `only the context ${JSON.stringify(CONTEXT)} is available in the lab`,
      );
    if (kubectl.namespaceGiven) yield* setState({ namespace: kubectl.namespace });
    yield* out(`Context ${JSON.stringify(CONTEXT)} modified.\n`);
  } else if (word === "use-context" || word === "use") {
    if (name !== CONTEXT) throw fatal(`no context exists with the name: ${JSON.stringify(name ?? "")}`);
    yield* out(`Switched to context ${JSON.stringify(CONTEXT)}.\n`);
  } else throw new Exit(`error: unknown command ${JSON.stringify(word)}\nSee 'kubectl config -h' for help and examples\n`);
  return 0;
}

const kubeconfig = (namespace: string): Json => ({
  apiVersion: "v1",
  clusters: [{ cluster: { "certificate-authority-data": "DATA+OMITTED", server: `https://${SERVER_ADDRESS}` }, name: CONTEXT }],
  contexts: [{ context: { cluster: CONTEXT, ...(namespace === "default" ? {} : { namespace }), user: "admin" }, name: CONTEXT }],
  "current-context": CONTEXT,
  kind: "Config",
  users: [{ name: "admin", user: { "client-certificate-data": "DATA+OMITTED", "client-key-data": "DATA+OMITTED" } }],
});

function* viewed(kubectl: Parameters<typeof printerOf>[0], namespace: string): Run<string> {
  const printer = yield* printerOf(kubectl, false);
  return printer.form === "object" ? printer.print(kubeconfig(namespace), 0) : yamlText(kubeconfig(namespace));
}

export function* version(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags("version", "client bool;output o string", args);
  if (kubectl === undefined) return 0;
  const clientVersion = { major: "1", minor: "35", gitVersion: "v1.35.6", platform: "linux/amd64" };
  const client = kubectl.flags.bool("client");
  const server = client ? undefined : ((yield* must({ method: "GET", path: "/version" })) as { readonly gitVersion?: string });
  const output = kubectl.flags.text("output");
  if (output === "json" || output === "yaml") {
    const body = { clientVersion, kustomizeVersion: "v5.7.1", ...(server === undefined ? {} : { serverVersion: server as Json }) } as Json;
    yield* out(output === "json" ? prettyJson(body) : yamlText(body));
  } else
    yield* out(
      `Client Version: v1.35.6\nKustomize Version: v5.7.1\n${server === undefined ? "" : `Server Version: ${server.gitVersion ?? "v1.35.6"}\n`}`,
    );
  return 0;
}

export function* clusterInfo(): Run<number> {
  yield* must({ method: "GET", path: "/api/v1/namespaces/kube-system/services", query: { labelSelector: "kubernetes.io/cluster-service=true" } });
  yield* out(
    `Kubernetes control plane is running at https://${SERVER_ADDRESS}\nCoreDNS is running at https://${SERVER_ADDRESS}/api/v1/namespaces/kube-system/services/kube-dns:dns/proxy\n\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n`,
  );
  return 0;
}

export function* apiResources(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags(
    "api-resources",
    "output o string;namespaced bool;api-group string;no-headers bool;sort-by string;verbs list;categories list;cached bool",
    args,
  );
  if (kubectl === undefined) return 0;
  const { flags } = kubectl;
  const chosen = RESOURCES.filter((resource) => !flags.has("namespaced") || resource.namespaced === flags.bool("namespaced"))
    .filter((resource) => !flags.has("api-group") || resource.group === flags.text("api-group"))
    .toSorted((a, b) => (a.group === b.group ? (a.name < b.name ? -1 : 1) : a.group < b.group ? -1 : 1));
  if (flags.text("output") === "name") {
    yield* out(chosen.map((resource) => `${resource.name}${resource.group === "" ? "" : `.${resource.group}`}\n`).join(""));
    return 0;
  }
  const wide = flags.text("output") === "wide";
  const rows = chosen.map((resource) => {
    const cells = [resource.name, resource.shortNames.join(","), apiVersionOf(resource), String(resource.namespaced), resource.kind];
    return [...cells, ...(wide ? ["create,delete,deletecollection,get,list,patch,update,watch", (resource.categories ?? []).join(",")] : [])].join(
      "\t",
    );
  });
  const header = `NAME\tSHORTNAMES\tAPIVERSION\tNAMESPACED\tKIND${wide ? "\tVERBS\tCATEGORIES" : ""}`;
  yield* out(aligned(`${[...(flags.bool("no-headers") ? [] : [header]), ...rows].join("\n")}\n`, TABLE));
  return 0;
}

export function* apiVersions(): Run<number> {
  const versions = [...new Set(RESOURCES.map(apiVersionOf))].sort((a, b) => (a < b ? -1 : 1));
  yield* out(`${versions.join("\n")}\n`);
  return 0;
}

export function* top(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags(
    "top",
    "all-namespaces A bool;containers bool;selector l string;field-selector string;sort-by string;no-headers bool;sum bool;show-capacity bool;use-protocol-buffers bool;show-swap bool",
    args,
  );
  if (kubectl === undefined) return 0;
  yield* err("error: Metrics API not available\n");
  return 1;
}

export function* options(): Run<number> {
  yield* out(
    "The following options can be passed to any command:\n\n    -n, --namespace='':\n\tIf present, the namespace scope for this CLI request\n\n    --context='':\n\tThe name of the kubeconfig context to use\n",
  );
  return 0;
}
