/** `kubectl logs`. @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/logs/logs.go, pkg/polymorphichelpers/logsforobject.go */
import { formatLabelSelector } from "../../../kube/apis/label-selector";
import type { LabelSelector, Pod } from "../../../kube/apis/objects";
import { pathOf, resourceNamed, type ResourceInfo } from "../../../kube/apis/resources";
import { err, nextOf, out, type Run } from "../../program";
import { type Kubectl, readFlags, send } from "../context";
import { Exit, failed, failureText, fatal, plainMessage, statusOf, usageError } from "../failure";
import { parseDuration } from "../flags";
import { mustResource } from "../mapper";

const PODS = resourceNamed("pods") as ResourceInfo;
const FLAGS =
  "follow f bool;previous p bool;container c string;all-containers bool;all-pods bool;tail int=-1;since duration;since-time string;timestamps bool;prefix bool;selector l string;limit-bytes int;ignore-errors bool;max-log-requests int=5;pod-running-timeout duration;insecure-skip-tls-verify-backend bool";

interface Source {
  readonly pod: Pod;
  readonly container: string;
}

export function* logs(args: readonly string[]): Run<number> {
  const kubectl = yield* readFlags("logs", FLAGS, args);
  if (kubectl === undefined) return 0;
  const { flags } = kubectl;
  const selector = flags.text("selector");
  if ((flags.args.length === 0 && selector === "") || flags.args.length > 2)
    throw usageError(
      "logs",
      "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command",
    );
  if (flags.args.length > 0 && selector !== "") throw usageError("logs", "only a selector (-l) or a POD name is allowed");
  const sources = yield* sourcesOf(kubectl);
  if (flags.bool("follow") && sources.length > flags.number("max-log-requests"))
    throw fatal(
      `you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ${flags.number("max-log-requests")}, use --max-log-requests to increase the limit`,
    );
  const prefixed = flags.bool("prefix");
  const open = new Map<string, string>();
  for (const source of sources) {
    const prefix = prefixed ? `[pod/${source.pod.metadata.name}/${source.container}] ` : "";
    const stream = yield* openLog(kubectl, source, prefix);
    if (stream !== undefined) open.set(stream, prefix);
  }
  let code = 0;
  while (open.size > 0) {
    const found = yield* nextOf([...open.keys()]);
    if (found === undefined) break;
    const prefix = open.get(found.stream) ?? "";
    if (found.piece.out !== undefined) yield* out(withPrefix(found.piece.out, prefix));
    if (found.piece.err !== undefined) yield* err(found.piece.err);
    if (found.piece.exitCode !== undefined) code = found.piece.exitCode;
    if (found.piece.closed === true) open.delete(found.stream);
  }
  return code;
}

function* sourcesOf(kubectl: Kubectl): Run<readonly Source[]> {
  const { flags, namespace } = kubectl;
  const selector = flags.text("selector");
  const pods = selector === "" ? yield* podsOf(kubectl, flags.args[0] ?? "", flags.bool("all-pods")) : yield* podsWith(namespace, selector);
  if (pods.length === 0 && selector !== "") yield* err(`No resources found in ${namespace} namespace.\n`);
  const sources: Source[] = [];
  for (const pod of pods) for (const container of yield* containersOf(kubectl, pod)) sources.push({ pod, container });
  return sources;
}

function* podsWith(namespace: string, labelSelector: string): Run<readonly Pod[]> {
  const response = yield* send({ method: "GET", path: pathOf(PODS, namespace), query: { labelSelector } });
  if (failed(response)) throw new Exit(failureText(response));
  return (response.body as unknown as { readonly items?: readonly Pod[] }).items ?? [];
}

/** The Pod named, or the Pods of a workload; of these the first in order of readiness. */
export function* podsOf(kubectl: Pick<Kubectl, "namespace">, word: string, all: boolean, plain = false): Run<readonly Pod[]> {
  const [type, name] = word.includes("/") ? [word.slice(0, word.indexOf("/")), word.slice(word.indexOf("/") + 1)] : ["pods", word];
  const resource = mustResource(type);
  const response = yield* send({ method: "GET", path: pathOf(resource, kubectl.namespace, name) });
  if (failed(response)) {
    if (response.code === 0 || plain) throw new Exit(failureText(response));
    throw fatal(
      `error: error from server (${statusOf(response).reason}): ${plainMessage(response)} in namespace ${JSON.stringify(kubectl.namespace)}`,
    );
  }
  if (resource === PODS) return [response.body as unknown as Pod];
  const { spec } = response.body as unknown as { readonly spec?: { readonly selector?: LabelSelector & Readonly<Record<string, string>> } };
  if (spec?.selector === undefined)
    throw fatal(
      `cannot get the logs from *v1.${resource.kind}: ${resource.name === "services" ? `invalid service '${name}': Service is defined without a selector` : "selector is not set"}`,
    );
  const selector =
    resource.name === "services"
      ? Object.entries(spec.selector)
          .map(([key, value]) => `${key}=${value as string}`)
          .join(",")
      : formatLabelSelector(spec.selector);
  const pods = [...(yield* podsWith(kubectl.namespace, selector))].sort((a, b) => rank(a) - rank(b));
  if (pods.length === 0) throw fatal("timed out waiting for the condition");
  if (all) return pods;
  const [first] = pods;
  if (pods.length > 1) yield* err(`Found ${pods.length} pods, using pod/${first?.metadata.name}\n`);
  return first === undefined ? [] : [first];
}

/** Assigned before not, running before pending, ready before not. */
function rank(pod: Pod): number {
  const ready = (pod.status?.conditions ?? []).some((condition) => condition.type === "Ready" && condition.status === "True");
  return (pod.spec.nodeName ? 0 : 4) + (pod.status?.phase === "Running" ? 0 : 2) + (ready ? 0 : 1);
}

function* containersOf({ flags }: Kubectl, pod: Pod): Run<readonly string[]> {
  const init = (pod.spec.initContainers ?? []).map((container) => container.name);
  const names = pod.spec.containers.map((container) => container.name);
  if (flags.bool("all-containers")) return [...init, ...names];
  const wanted = flags.text("container") || (flags.args[1] ?? "");
  if (wanted !== "") {
    if (![...init, ...names].includes(wanted)) throw fatal(`container ${wanted} is not valid for pod ${pod.metadata.name}`);
    return [wanted];
  }
  return [yield* defaultContainer(pod)];
}

/** The annotated container, or the first, with a word about the others. @source podcmd.FindOrDefaultContainerByName */
export function* defaultContainer(pod: Pod): Run<string> {
  const names = pod.spec.containers.map((container) => container.name);
  const annotated = pod.metadata.annotations?.["kubectl.kubernetes.io/default-container"];
  if (annotated !== undefined && names.includes(annotated)) return annotated;
  const others = [...names, ...(pod.spec.initContainers ?? []).map((container) => `${container.name} (init)`)];
  const first = names[0] ?? "";
  if (others.length > 1) yield* err(`Defaulted container ${JSON.stringify(first)} out of: ${others.join(", ")}\n`);
  return first;
}

const withPrefix = (text: string, prefix: string): string => (prefix === "" ? text : text.replace(/^(?=.)/gm, prefix));

/** Prints the log; the stream that goes on, when it is followed. */
function* openLog({ flags, namespace }: Kubectl, { pod, container }: Source, prefix: string): Run<string | undefined> {
  const tail = flags.has("tail") ? flags.number("tail") : flags.text("selector") === "" ? -1 : 10;
  const since = parseDuration(flags.text("since")) ?? 0;
  const query: Record<string, string> = { container };
  if (flags.bool("follow")) query["follow"] = "true";
  if (flags.bool("previous")) query["previous"] = "true";
  if (flags.bool("timestamps")) query["timestamps"] = "true";
  if (tail >= 0) query["tailLines"] = String(tail);
  if (since > 0) query["sinceSeconds"] = String(Math.ceil(since / 1e6));
  const response = yield* send({ method: "GET", path: pathOf(PODS, namespace, pod.metadata.name, "log"), query });
  if (failed(response)) throw new Exit(failureText(response));
  const body = response.body as { readonly stream?: string } | string;
  if (typeof body !== "string") return body.stream;
  yield* out(withPrefix(body, prefix));
  return undefined;
}
