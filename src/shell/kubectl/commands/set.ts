/** `kubectl set image|env|resources|selector|serviceaccount`. @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/set/set_*.go */
import type { JsonObject, StringMap } from "../../../kube/apis/objects";
import { pathOf, resourceNamed, type ResourceInfo } from "../../../kube/apis/resources";
import type { Json } from "../../../sim/types";
import { err, out, type Run } from "../../program";
import { patchBetween, podSpecOf, sendPatch, withPodSpec } from "../change";
import { DRY_RUN, type DryRun, dryRunOf, dryRunQuery, FILE_FLAGS, type Kubectl, must, OUTPUT_FLAGS, readFlags } from "../context";
import { Exit, failed, failureText, fatal, plainMessage, together } from "../failure";
import { type Results, resultsOf } from "../results";
import { findObjects, type Info } from "../targets";

const COMMON = `${OUTPUT_FLAGS};${FILE_FLAGS};${DRY_RUN};all bool;selector l string;local bool;field-manager string`;
type Named = JsonObject & { readonly name: string; readonly image?: string };

export function* set(args: readonly string[]): Run<number> {
  const [word = "", ...rest] = args;
  if (word === "image") return yield* setImage(rest);
  if (word === "env") return yield* setEnv(rest);
  if (word === "resources") return yield* setResources(rest);
  if (word === "selector") return yield* setSelector(rest);
  if (word === "serviceaccount" || word === "sa") return yield* setServiceAccount(rest);
  throw new Exit(`error: unknown command ${JSON.stringify(word)}\nSee 'kubectl set -h' for help and examples\n`);
}

const isPair = (word: string): boolean => (word.includes("=") && !word.startsWith("=")) || (word.endsWith("-") && word !== "-");
const parted = (args: readonly string[]): { readonly resources: readonly string[]; readonly pairs: readonly string[] } => ({
  resources: args.filter((word) => !isPair(word)),
  pairs: args.filter(isPair),
});

/** Changes each object and sends what differs; says nothing of images and variables that did not change. `lacking` is what the command line left out, said once the objects are found. */
function* changeAll(
  kubectl: Kubectl,
  resources: readonly string[],
  operation: string,
  lacking: string | undefined,
  change: (info: Info) => JsonObject,
): Run<number> {
  const dryRun = dryRunOf(kubectl.flags);
  const results = yield* resultsOf(kubectl, dryRun);
  const { infos, failures } = yield* findObjects(kubectl, { args: resources });
  const refusals = [...failures];
  if (lacking !== undefined && failures.length === 0) throw fatal(lacking);
  for (const info of infos) {
    const refusal = yield* changeOne(info, change(info), operation, dryRun, results);
    if (refusal !== undefined) refusals.push(refusal);
  }
  yield* results.endEach();
  yield* err(together(refusals));
  return refusals.length > 0 ? 1 : 0;
}

function* changeOne(info: Info, changed: JsonObject, operation: string, dryRun: DryRun, results: Results): Run<string | undefined> {
  const what = operation.split(" ")[0] === "resource" ? "resources" : operation.split(" ")[0];
  const patch = patchBetween(info, changed);
  const none = Object.keys(patch).length === 0;
  if (none && QUIET.has(operation)) return undefined;
  let object = changed;
  if (!none && dryRun !== "client") {
    const response = yield* sendPatch(info, patch, { fieldManager: "kubectl-set", ...dryRunQuery(dryRun) });
    if (failed(response))
      return response.code === 0
        ? failureText(response)
        : `error: failed to patch ${what} update to pod template${what === "resources" ? "" : ":"} ${plainMessage(response)}\n`;
    object = response.body as JsonObject;
  }
  yield* results.add(info.resource, info.name, operation, object);
  return undefined;
}

const QUIET: ReadonlySet<string> = new Set(["image updated", "env updated", "resource requirements updated"]);

function mustPodSpec(info: Info): JsonObject {
  const spec = podSpecOf(info.object);
  if (spec === undefined) throw fatal(`the object is not a pod or does not have a pod template: ${info.resource.name}`);
  return spec;
}

const containersOf = (spec: JsonObject, field = "containers"): readonly Named[] => (spec[field] ?? []) as unknown as readonly Named[];

function* setImage(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags("set image", COMMON, args);
  if (kubectl === undefined) return 0;
  const { resources, pairs } = parted(kubectl.flags.args);
  if (resources.length === 0 && !kubectl.flags.has("filename"))
    throw fatal("one or more resources must be specified as <resource> <name> or <resource>/<name>");
  const lacking = pairs.length === 0 ? "at least one image update is required" : undefined;
  const images = new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
  if (images.has("*") && images.size > 1)
    throw fatal("all containers are already specified by *, but saw more than one container_name=container_image pairs");
  return yield* changeAll(kubectl, resources, "image updated", lacking, (info) => {
    const spec = mustPodSpec(info);
    const found = new Set<string>();
    const changed = (list: readonly Named[]): readonly Named[] =>
      list.map((container) => {
        const image = images.get("*") ?? images.get(container.name);
        if (image === undefined) return container;
        found.add(container.name);
        return { ...container, image };
      });
    const containers = changed(containersOf(spec));
    const initContainers = spec["initContainers"] === undefined ? undefined : changed(containersOf(spec, "initContainers"));
    for (const name of images.keys()) if (name !== "*" && !found.has(name)) throw fatal(`unable to find container named ${JSON.stringify(name)}`);
    return withPodSpec(info.object, {
      ...spec,
      containers: containers as unknown as Json,
      ...(initContainers === undefined ? {} : { initContainers: initContainers as unknown as Json }),
    });
  });
}

const matching = (pattern: string, name: string): boolean =>
  new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`).test(name);

function* setEnv(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags(
    "set env",
    `${COMMON};env e array;from string;keys list;prefix string;containers c string=*;list bool;resolve bool;overwrite bool=true`,
    args,
  );
  if (kubectl === undefined) return 0;
  const { flags } = kubectl;
  const { resources, pairs: words } = parted(flags.args);
  const pairs = [...words, ...flags.all("env")];
  if (resources.length === 0 && !flags.has("filename"))
    throw fatal("one or more resources must be specified as <resource> <name> or <resource>/<name>");
  if (flags.bool("list")) return yield* listEnv(kubectl, resources);
  const added = [
    ...pairs
      .filter((pair) => pair.includes("="))
      .map((pair): JsonObject => ({ name: pair.slice(0, pair.indexOf("=")), value: pair.slice(pair.indexOf("=") + 1) })),
    ...(flags.has("from") ? yield* envFrom(kubectl) : []),
  ];
  const removed = new Set(pairs.filter((pair) => !pair.includes("=")).map((pair) => pair.slice(0, -1)));
  return yield* changeAll(kubectl, resources, "env updated", undefined, (info) => {
    const spec = mustPodSpec(info);
    const containers = containersOf(spec).map((container) => {
      if (!matching(flags.text("containers"), container.name)) return container;
      let env = ((container["env"] ?? []) as readonly JsonObject[]).filter((each) => !removed.has(String(each["name"])));
      for (const each of added)
        env = env.some((old) => old["name"] === each["name"]) ? env.map((old) => (old["name"] === each["name"] ? each : old)) : [...env, each];
      const { env: _, ...rest } = container;
      return env.length === 0 ? rest : { ...rest, env };
    });
    return withPodSpec(info.object, { ...spec, containers: containers as unknown as Json });
  });
}

function* envFrom(kubectl: Kubectl): Run<readonly JsonObject[]> {
  const { flags, namespace } = kubectl;
  const [type = "", name = ""] = flags.text("from").split("/");
  const secret = /^secrets?$/.test(type);
  if (!secret && !/^(cm|configmaps?)$/.test(type)) throw fatal(`unsupported resource specified in --from`);
  const object = (yield* must({
    method: "GET",
    path: pathOf(resourceNamed(secret ? "secrets" : "configmaps") as ResourceInfo, namespace, name),
  })) as { readonly data?: StringMap };
  const keys = Object.keys(object.data ?? {})
    .sort((a, b) => (a < b ? -1 : 1))
    .filter((key) => flags.all("keys").length === 0 || flags.all("keys").includes(key));
  return keys.map((key) => ({
    name: flags.text("prefix") + key.toUpperCase().replace(/[^A-Z0-9_]/g, "_"),
    valueFrom: { [secret ? "secretKeyRef" : "configMapKeyRef"]: { key, name } },
  }));
}

function* listEnv(kubectl: Kubectl, resources: readonly string[]): Run<number> {
  const { infos, failures } = yield* findObjects(kubectl, { args: resources });
  for (const info of infos)
    for (const container of containersOf(mustPodSpec(info))) {
      yield* out(`# ${info.resource.kind} ${info.name}, container ${container.name}\n`);
      for (const each of (container["env"] ?? []) as readonly JsonObject[]) {
        const from = each["valueFrom"] as JsonObject | undefined;
        if (from === undefined) yield* out(`${String(each["name"])}=${String(each["value"] ?? "")}\n`);
        else yield* out(`# ${String(each["name"])} from ${fromText(from)}\n`);
      }
    }
  yield* err(failures.join(""));
  return failures.length > 0 ? 1 : 0;
}

function fromText(from: JsonObject): string {
  const [secret, config, field] = [from["secretKeyRef"], from["configMapKeyRef"], from["fieldRef"]] as readonly (JsonObject | undefined)[];
  if (secret !== undefined) return `secret ${String(secret["name"])}, key ${String(secret["key"])}`;
  if (config !== undefined) return `configmap ${String(config["name"])}, key ${String(config["key"])}`;
  return `field path ${String(field?.["fieldPath"] ?? "")}`;
}

const quantities = (text: string): StringMap =>
  Object.fromEntries(
    text
      .split(",")
      .filter((pair) => pair !== "")
      .map((pair) => [pair.split("=")[0] ?? "", pair.split("=")[1] ?? ""]),
  );

function* setResources(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags("set resources", `${COMMON};containers c string=*;limits string;requests string`, args);
  if (kubectl === undefined) return 0;
  const { flags } = kubectl;
  const lacking =
    flags.has("limits") || flags.has("requests")
      ? undefined
      : "you must specify an update to requests or limits (in the form of --requests/--limits)";
  const [limits, requests] = [quantities(flags.text("limits")), quantities(flags.text("requests"))];
  return yield* changeAll(kubectl, flags.args, "resource requirements updated", lacking, (info) => {
    const spec = mustPodSpec(info);
    const containers = containersOf(spec).map((container) => {
      if (!matching(flags.text("containers"), container.name)) return container;
      const old = (container["resources"] ?? {}) as { readonly limits?: StringMap; readonly requests?: StringMap };
      const merge = (a: StringMap | undefined, b: StringMap): StringMap | undefined =>
        a === undefined && Object.keys(b).length === 0 ? undefined : { ...a, ...b };
      return { ...container, resources: { ...old, limits: merge(old.limits, limits), requests: merge(old.requests, requests) } };
    });
    return withPodSpec(info.object, { ...spec, containers: containers as unknown as Json });
  });
}

function* setSelector(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags("set selector", `${COMMON};resource-version string`, args);
  if (kubectl === undefined) return 0;
  const { resources, pairs } = parted(kubectl.flags.args);
  if (pairs.length !== 1) throw fatal("one selector is required");
  const selector = quantities(pairs[0] ?? "");
  return yield* changeAll(kubectl, resources, "selector updated", undefined, (info) => {
    if (info.resource.name !== "services") throw fatal(`setting a selector is only supported for Services`);
    return { ...info.object, spec: { ...(info.object["spec"] as JsonObject), selector } };
  });
}

function* setServiceAccount(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags("set serviceaccount", COMMON, args);
  if (kubectl === undefined) return 0;
  const words = kubectl.flags.args;
  const account = words.at(-1);
  if (account === undefined || words.length < 2) throw fatal("serviceaccount is required");
  return yield* changeAll(kubectl, words.slice(0, -1), "serviceaccount updated", undefined, (info) =>
    withPodSpec(info.object, { ...mustPodSpec(info), serviceAccountName: account }),
  );
}
