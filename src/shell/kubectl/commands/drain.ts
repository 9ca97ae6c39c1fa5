/**
 * `kubectl drain`: cordons a node, then evicts its Pods and waits for their end.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/drain/{drain,filters}.go, pkg/cmd/drain/drain.go
 * Not modelled: Pods are waited for one after the other, not at once.
 */
import type { KubeObject, NodeObject, Pod } from "../../../kube/apis/objects";
import { pathOf, resourceNamed, type ResourceInfo } from "../../../kube/apis/resources";
import type { Json, Micros } from "../../../sim/types";
import { goDuration } from "../../../kube/apis/duration";
import { err, now, out, type Run, sleep } from "../../program";
import { DRY_RUN, dryRunNote, dryRunOf, type Kubectl, must, readFlags, send } from "../context";
import { failed, isNotFound, plainMessage } from "../failure";
import { parseDuration } from "../flags";
import { untilGone } from "../waiting";
import { cordonNode, nodesOf } from "./nodes";

const PODS = resourceNamed("pods") as ResourceInfo;
const RETRY: Micros = 5_000_000;

interface Verdict {
  readonly evict: boolean;
  readonly warning?: string;
  readonly refusal?: string;
}

const controllerKind = (object: KubeObject): string | undefined =>
  (object.metadata.ownerReferences ?? []).find((owner) => owner.controller === true)?.kind;

/** @rule kubectl.drain.filters */
export function drainVerdicts(
  pod: Pod,
  options: { readonly ignoreDaemonSets: boolean; readonly deleteEmptyDir: boolean; readonly force: boolean },
): readonly Verdict[] {
  const finished = pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
  const kind = controllerKind(pod);
  if (kind === "DaemonSet" && !finished)
    return [
      options.ignoreDaemonSets
        ? { evict: false, warning: "ignoring DaemonSet-managed Pods" }
        : { evict: false, refusal: "DaemonSet-managed Pods (use --ignore-daemonsets to ignore)" },
    ];
  if (pod.metadata.annotations?.["kubernetes.io/config.mirror"] !== undefined) return [{ evict: false }];
  const verdicts: Verdict[] = [];
  if (!finished && (pod.spec.volumes ?? []).some((volume) => volume["emptyDir"] !== undefined))
    verdicts.push(
      options.deleteEmptyDir
        ? { evict: true, warning: "deleting Pods with local storage" }
        : { evict: false, refusal: "Pods with local storage (use --delete-emptydir-data to override)" },
    );
  if (!finished && kind === undefined)
    verdicts.push(
      options.force
        ? { evict: true, warning: "deleting Pods that declare no controller" }
        : { evict: false, refusal: "cannot delete Pods that declare no controller (use --force to override)" },
    );
  return verdicts.length > 0 ? verdicts : [{ evict: true }];
}

export function* drain(args: readonly string[]): Run<number> {
  const flags = `${DRY_RUN};selector l string;force bool;ignore-daemonsets bool;delete-emptydir-data bool;delete-local-data bool;grace-period int=-1;timeout duration;pod-selector string;disable-eviction bool;skip-wait-for-delete-timeout int;chunk-size int=500`;
  const kubectl = yield* readFlags("drain", flags, args);
  if (kubectl === undefined) return 0;
  const dryRun = dryRunOf(kubectl.flags);
  const nodes = yield* nodesOf(kubectl);
  const pending: string[] = [];
  const problems: string[] = [];
  for (const node of nodes) if (!(yield* cordonNode(node, true, dryRun))) return 1;
  for (const node of nodes) {
    const errors = yield* drainNode(kubectl, node, dryRun !== "none");
    if (errors.length === 0) yield* out(`node/${node.metadata.name} drained${dryRunNote(dryRun)}\n`);
    else {
      yield* err(
        `error: unable to drain node ${JSON.stringify(node.metadata.name)} due to error: ${errors.length === 1 ? errors[0] : `[${errors.join(", ")}]`}, continuing command...\n`,
      );
      pending.push(node.metadata.name);
      problems.push(...errors);
    }
  }
  if (pending.length === 0) return 0;
  yield* err(
    `There are pending nodes to be drained:\n${pending.map((name) => ` ${name}\n`).join("")}${problems.map((problem) => `${problem}\n`).join("")}`,
  );
  return 1;
}

const grouped = (entries: readonly (readonly [string, string])[]): Map<string, string[]> => {
  const groups = new Map<string, string[]>();
  for (const [text, pod] of entries) groups.set(text, [...(groups.get(text) ?? []), pod]);
  return groups;
};

function* drainNode(kubectl: Kubectl, node: NodeObject, dryRun: boolean): Run<readonly string[]> {
  const { flags } = kubectl;
  const query: Record<string, string> = { fieldSelector: `spec.nodeName=${node.metadata.name}`, limit: "500" };
  if (flags.text("pod-selector") !== "") query["labelSelector"] = flags.text("pod-selector");
  const list = (yield* must({ method: "GET", path: pathOf(PODS, undefined), query })) as { readonly items?: readonly unknown[] };
  const options = {
    ignoreDaemonSets: flags.bool("ignore-daemonsets"),
    deleteEmptyDir: flags.bool("delete-emptydir-data") || flags.bool("delete-local-data"),
    force: flags.bool("force"),
  };
  const pods = ((list.items ?? []) as readonly Pod[]).map((pod) => ({
    pod,
    verdicts: drainVerdicts(pod, options),
    name: `${pod.metadata.namespace}/${pod.metadata.name}`,
  }));
  const texts = (key: "warning" | "refusal"): string[] =>
    [
      ...grouped(
        pods.flatMap(({ verdicts, name }) => verdicts.flatMap((verdict) => (verdict[key] === undefined ? [] : [[verdict[key], name] as const]))),
      ),
    ].map(([text, names]) => `${text}: ${names.join(", ")}`);
  const refusals = texts("refusal");
  if (refusals.length > 0) return refusals.map((text) => `cannot delete ${text}`);
  const warnings = texts("warning");
  if (warnings.length > 0) yield* err(`Warning: ${warnings.join("; ")}\n`);
  const doomed = pods.filter(({ verdicts }) => verdicts.every((verdict) => verdict.evict)).map(({ pod }) => pod);
  if (dryRun) {
    for (const pod of doomed) yield* out(`evicting pod ${pod.metadata.namespace}/${pod.metadata.name} (dry run)\n`);
    return [];
  }
  return yield* evictAll(kubectl, doomed);
}

function* evictAll(kubectl: Kubectl, pods: readonly Pod[]): Run<readonly string[]> {
  const limit = parseDuration(kubectl.flags.text("timeout")) ?? 0;
  const deadline = limit > 0 ? (yield* now()) + limit : undefined;
  const grace = kubectl.flags.number("grace-period");
  let waiting = [...pods];
  const evicted: Pod[] = [];
  while (waiting.length > 0) {
    const again: Pod[] = [];
    for (const pod of waiting) {
      const { namespace = "", name } = pod.metadata;
      const where = `error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}`;
      yield* out(`evicting pod ${namespace}/${name}\n`);
      const body: Json = {
        apiVersion: "policy/v1",
        kind: "Eviction",
        metadata: { name, namespace },
        deleteOptions: grace >= 0 ? { gracePeriodSeconds: grace } : {},
      };
      const response = yield* send({ method: "POST", path: pathOf(PODS, namespace, name, "eviction"), body });
      if (response.code === 429) {
        if (deadline !== undefined && (yield* now()) + RETRY > deadline) {
          yield* sleep(Math.max(0, deadline - (yield* now())));
          return [`${where}: global timeout reached: ${goDuration(limit / 1e6)}`];
        }
        yield* err(`${where} (will retry after 5s): ${plainMessage(response)}\n`);
        again.push(pod);
      } else if (failed(response) && !isNotFound(response)) return [`${where}: ${plainMessage(response)}`];
      else evicted.push(pod);
    }
    if (again.length > 0) yield* sleep(RETRY);
    waiting = again;
  }
  for (const pod of evicted) {
    const { namespace, name, uid } = pod.metadata;
    if (!(yield* untilGone(PODS, namespace, name, uid, deadline)))
      return [
        `error when waiting for pod ${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)} to terminate: global timeout reached: ${goDuration(limit / 1e6)}`,
      ];
    yield* out(`pod/${name} evicted\n`);
  }
  return [];
}
