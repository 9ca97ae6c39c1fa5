/** `kubectl run` and `kubectl expose`. @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/run/run.go, expose/expose.go */
import type { ContainerStatus, JsonObject, StringMap } from "../../../kube/apis/objects";
import { pathOf, resourceNamed, type ResourceInfo } from "../../../kube/apis/resources";
import { err, next, out, type Run } from "../../program";
import { DRY_RUN, dryRunOf, dryRunQuery, FILE_FLAGS, OUTPUT_FLAGS, readFlags, send } from "../context";
import { Exit, failed, failureText, fatal } from "../failure";
import { podSpecOf } from "../change";
import { resultsOf } from "../results";
import { type Info, mustFind } from "../targets";
import { observe } from "../waiting";

const PODS = resourceNamed("pods") as ResourceInfo;
const SERVICES = resourceNamed("services") as ResourceInfo;

const labelsOf = (text: string): StringMap =>
  Object.fromEntries(
    text
      .split(",")
      .filter((pair) => pair !== "")
      .map((pair) => {
        const equals = pair.indexOf("=");
        if (equals <= 0) throw fatal(`unexpected label spec: ${pair}`);
        return [pair.slice(0, equals), pair.slice(equals + 1)];
      }),
  );

export function* run(args: readonly string[]): Run<number> {
  const flagText = `${OUTPUT_FLAGS};${DRY_RUN};image string;port string;labels l string;env array;restart string=Always;command bool;annotations array;image-pull-policy string;stdin i bool;tty t bool;rm bool;attach bool;quiet q bool;expose bool;overrides string;override-type string;pod-running-timeout duration;grace-period int=-1;privileged bool;field-manager string=kubectl-run;save-config bool`;
  const kubectl = yield* readFlags("run", flagText, args);
  if (kubectl === undefined) return 0;
  const { flags, namespace } = kubectl;
  if (!flags.has("image")) throw fatal('required flag(s) "image" not set');
  const [name, ...words] = flags.args;
  if (name === undefined || flags.dash === 0) throw new Exit("error: NAME is required for run\nSee 'kubectl run -h' for help and examples\n");
  if (/\s/.test(flags.text("image")) || flags.text("image") === "")
    throw fatal(`Invalid image name ${JSON.stringify(flags.text("image"))}: invalid reference format`);
  const attached = flags.bool("stdin") || flags.bool("attach");
  if (flags.bool("rm") && !attached) throw fatal("--rm should only be used for attached containers");
  if (attached && (words.length === 0 || (words.length === 1 && /^(\/bin\/)?(ba|a)?sh$/.test(words[0] ?? ""))))
    throw fatal(
      `an interactive shell is not available in the lab; give the command: kubectl run ${name} --rm -i --image=${flags.text("image")} --restart=Never -- COMMAND`,
    );
  const restartPolicy = flags.text("restart");
  if (!["Always", "OnFailure", "Never"].includes(restartPolicy)) throw fatal(`invalid restart policy: ${restartPolicy}`);
  const dryRun = dryRunOf(flags);
  const labels = flags.has("labels") ? labelsOf(flags.text("labels")) : { run: name };
  const environment = flags.all("env").map((pair) => {
    const equals = pair.indexOf("=");
    if (equals <= 0) throw fatal(`invalid env: ${pair}`);
    return { name: pair.slice(0, equals), value: pair.slice(equals + 1) };
  });
  const policy = flags.text("image-pull-policy");
  const container = {
    ...(words.length > 0 ? { [flags.bool("command") ? "command" : "args"]: words } : {}),
    ...(environment.length > 0 ? { env: environment } : {}),
    image: flags.text("image"),
    name,
    ...(flags.has("port") ? { ports: [{ containerPort: Number(flags.text("port")) }] } : {}),
    ...(policy === "" ? {} : { imagePullPolicy: policy }),
    resources: {},
  };
  const annotations = labelsOf(flags.all("annotations").join(","));
  const metadata = {
    name,
    labels,
    ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    ...(kubectl.namespaceGiven ? { namespace } : {}),
  };
  const pod: JsonObject = {
    apiVersion: "v1",
    kind: "Pod",
    metadata,
    spec: { containers: [container], dnsPolicy: "ClusterFirst", restartPolicy },
    status: {},
  };
  const results = yield* resultsOf(kubectl, dryRun);
  let made = pod;
  if (dryRun !== "client") {
    const response = yield* send({
      method: "POST",
      path: pathOf(PODS, namespace),
      body: pod,
      query: { fieldManager: "kubectl-run", ...dryRunQuery(dryRun) },
    });
    if (failed(response)) throw new Exit(failureText(response));
    made = response.body as JsonObject;
  }
  if (attached && dryRun === "none") return yield* attach(namespace, name, flags.bool("rm"), flags.bool("quiet"));
  yield* results.add(PODS, name, "created", made);
  yield* results.endEach();
  return 0;
}

/** Waits for the container, shows what it prints until it ends, and with `--rm` removes the Pod. Not modelled: standard input. */
function* attach(namespace: string, name: string, remove: boolean, quiet: boolean): Run<number> {
  const ended = (phase: string | undefined): boolean => phase === "Succeeded" || phase === "Failed";
  const phaseOf = (object: JsonObject | undefined): string | undefined => (object?.["status"] as { readonly phase?: string } | undefined)?.phase;
  yield* observe(PODS, namespace, name, undefined, (seen) => phaseOf(seen?.object) === "Running" || ended(phaseOf(seen?.object)));
  const log = yield* send({ method: "GET", path: pathOf(PODS, namespace, name, "log"), query: { follow: "true" } });
  if (failed(log)) throw new Exit(failureText(log));
  const { stream } = log.body as { readonly stream?: string };
  if (stream === undefined) yield* out(String(log.body));
  else
    for (let piece = yield* next(stream); piece !== undefined; piece = piece.closed === true ? undefined : yield* next(stream)) {
      yield* out(piece.out ?? "");
      yield* err(piece.err ?? "");
    }
  let code = 0;
  yield* observe(PODS, namespace, name, undefined, (seen) => {
    const status = seen?.object["status"] as { readonly phase?: string; readonly containerStatuses?: readonly ContainerStatus[] } | undefined;
    const terminated = status?.containerStatuses?.[0]?.state?.terminated ?? status?.containerStatuses?.[0]?.lastState?.terminated;
    code = terminated?.exitCode ?? 0;
    return seen === undefined || terminated !== undefined || ended(status?.phase);
  });
  if (remove) {
    const gone = yield* send({ method: "DELETE", path: pathOf(PODS, namespace, name), body: { propagationPolicy: "Background" } });
    if (failed(gone)) throw new Exit(failureText(gone));
    if (!quiet) yield* out(`pod ${JSON.stringify(name)} deleted from ${namespace} namespace\n`);
  }
  if (code !== 0) yield* err(`pod ${namespace}/${name} terminated (Error)\n`);
  return code;
}

/** @source polymorphichelpers/mapbasedselectorforobject.go, canbeexposed.go, portsforobject.go */
function exposable(info: Info): { readonly selector: StringMap; readonly ports: readonly { readonly port: number; readonly protocol: string }[] } {
  const spec = (info.object["spec"] ?? {}) as JsonObject;
  const metadata = (info.object["metadata"] ?? {}) as { readonly labels?: StringMap };
  const containers = ((podSpecOf(info.object)?.["containers"] ?? []) as readonly JsonObject[]).flatMap(
    (container) => (container["ports"] ?? []) as readonly { readonly containerPort: number; readonly protocol?: string }[],
  );
  const ports = containers.map((port) => ({ port: port.containerPort, protocol: port.protocol ?? "TCP" }));
  if (info.resource.name === "pods") {
    if (Object.keys(metadata.labels ?? {}).length === 0)
      throw fatal("couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed");
    return { selector: metadata.labels ?? {}, ports };
  }
  if (info.resource.name === "services") {
    const selector = spec["selector"] as StringMap | undefined;
    if (selector === undefined) throw fatal("couldn't retrieve selectors via --selector flag or introspection: the service has no pod selector set");
    const own = (spec["ports"] ?? []) as readonly { readonly port: number; readonly protocol?: string }[];
    return { selector, ports: own.map((port) => ({ port: port.port, protocol: port.protocol ?? "TCP" })) };
  }
  const selector = spec["selector"] as { readonly matchLabels?: StringMap; readonly matchExpressions?: readonly unknown[] } | undefined;
  if (info.resource.name !== "deployments" && info.resource.name !== "replicasets")
    throw fatal(`cannot expose a ${info.resource.kind}${info.resource.group === "" ? "" : `.${info.resource.group}`}`);
  if ((selector?.matchExpressions ?? []).length > 0)
    throw fatal(
      "couldn't retrieve selectors via --selector flag or introspection: couldn't convert expressions - \"{}\" to map-based selector format",
    );
  return { selector: selector?.matchLabels ?? {}, ports };
}

export function* expose(args: readonly string[]): Run<number> {
  const flagText = `${OUTPUT_FLAGS};${FILE_FLAGS};${DRY_RUN};port string;target-port string;protocol string;name string;type string;selector string;labels l string;cluster-ip string;external-ip string;load-balancer-ip string;session-affinity string;external-name string;overrides string;field-manager string=kubectl-expose;save-config bool`;
  const kubectl = yield* readFlags("expose", flagText, args);
  if (kubectl === undefined) return 0;
  const { flags, namespace } = kubectl;
  const dryRun = dryRunOf(flags);
  const results = yield* resultsOf(kubectl, dryRun);
  const { selector: selectorText } = { selector: flags.text("selector") };
  const infos = yield* mustFind({ ...kubectl, flags: { ...flags, text: (name) => (name === "selector" ? "" : flags.text(name)) } });
  for (const info of infos) {
    const { selector, ports } = exposable(info);
    const chosen = flags.has("port")
      ? flags
          .text("port")
          .split(",")
          .map((port) => ({
            port: Number(port),
            protocol: flags.text("protocol") || ports.find((each) => each.port === Number(port))?.protocol || "TCP",
          }))
      : ports;
    if (chosen.length === 0) throw fatal("couldn't find port via --port flag or introspection");
    const target = flags.text("target-port");
    const targetOf = (port: number): number | string => (target === "" ? port : /^\d+$/.test(target) ? Number(target) : target);
    const name = flags.text("name") || info.name;
    const labels = flags.has("labels") ? labelsOf(flags.text("labels")) : ((info.object["metadata"] as { readonly labels?: StringMap }).labels ?? {});
    const type = flags.text("type");
    const affinity = flags.text("session-affinity");
    const service: JsonObject = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, ...(Object.keys(labels).length > 0 ? { labels } : {}), ...(kubectl.namespaceGiven ? { namespace } : {}) },
      spec: {
        ports: chosen.map(({ port, protocol }, i) => ({
          ...(chosen.length > 1 ? { name: `port-${i + 1}` } : {}),
          port,
          protocol,
          targetPort: targetOf(port),
        })),
        selector: selectorText === "" ? selector : labelsOf(selectorText),
        ...(type === "" ? {} : { type }),
        ...(affinity === "" ? {} : { sessionAffinity: affinity }),
        ...(flags.text("cluster-ip") === "" ? {} : { clusterIP: flags.text("cluster-ip") }),
      },
      status: { loadBalancer: {} },
    };
    let made = service;
    if (dryRun !== "client") {
      const response = yield* send({
        method: "POST",
        path: pathOf(SERVICES, namespace),
        body: service,
        query: { fieldManager: "kubectl-expose", ...dryRunQuery(dryRun) },
      });
      if (failed(response)) throw new Exit(failureText(response));
      made = response.body as JsonObject;
    }
    yield* results.add(SERVICES, name, "exposed", made);
  }
  yield* results.endEach();
  return 0;
}
