/** Pods that nobody else will ever remove. */
import { seconds } from "../../../sim/time";
import type { NodeObject, Pod } from "../../apis/objects";
import { conditionOf, isPodTerminal } from "../../apis/pod-availability";
import { parseTime } from "../../apis/time";

/** @source kubernetes@1.35 pkg/controller/apis/config/v1alpha1 (cmd/kube-controller-manager default --terminated-pod-gc-threshold) */
export const TERMINATED_POD_THRESHOLD = 12500;
/** @source kubernetes@1.35 pkg/controller/podgc/gc_controller.go quarantineTime */
export const NODE_QUARANTINE = seconds(40);
export const OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";

const createdAt = (pod: Pod): number => parseTime(pod.metadata.creationTimestamp ?? "") ?? 0;

/** Evicted first, then older, then by name. @source kubernetes@1.35 pkg/controller/podgc/gc_controller.go byEvictionAndCreationTimestamp */
function compare(a: Pod, b: Pod): number {
  const evicted = Number(b.status?.reason === "Evicted") - Number(a.status?.reason === "Evicted");
  return evicted || createdAt(a) - createdAt(b) || (a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0);
}

/**
 * Finished Pods beyond the threshold; none when it is zero.
 * @rule kube.pod-gc.terminated
 * @source kubernetes@1.35 pkg/controller/podgc/gc_controller.go gcTerminated
 */
export function terminatedPods(pods: readonly Pod[], threshold: number): readonly Pod[] {
  if (threshold <= 0) return [];
  const alive = new Set(["Pending", "Running", "Unknown"]);
  const finished = pods.filter((pod) => !alive.has(pod.status?.phase ?? ""));
  const surplus = finished.length - threshold;
  return surplus <= 0 ? [] : finished.sort(compare).slice(0, surplus);
}

/** Not ready and said to be out of service; the taint's effect does not matter. */
export const isOutOfService = (node: NodeObject): boolean =>
  conditionOf(node.status, "Ready")?.status !== "True" && (node.spec.taints ?? []).some(({ key }) => key === OUT_OF_SERVICE);

/**
 * Pods being deleted on a node that is out of service: no kubelet will finish the work.
 * @rule kube.pod-gc.terminating
 * @source kubernetes@1.35 pkg/controller/podgc/gc_controller.go gcTerminating
 */
export const terminatingPods = (pods: readonly Pod[], nodeOf: (name: string) => NodeObject | undefined): readonly Pod[] =>
  pods.filter((pod) => {
    if (!pod.metadata.deletionTimestamp || !pod.spec.nodeName) return false;
    const node = nodeOf(pod.spec.nodeName);
    return node !== undefined && isOutOfService(node);
  });

/**
 * Pods being deleted that never got a node.
 * @rule kube.pod-gc.unscheduled
 * @source kubernetes@1.35 pkg/controller/podgc/gc_controller.go gcUnscheduledTerminating
 */
export const unscheduledTerminatingPods = (pods: readonly Pod[]): readonly Pod[] =>
  pods.filter((pod) => Boolean(pod.metadata.deletionTimestamp) && !pod.spec.nodeName);

/**
 * A Pod that is not finished is marked Failed before it goes, so that its owner sees why.
 * @rule kube.pod-gc.mark-failed
 * @source kubernetes@1.35 pkg/controller/podgc/gc_controller.go markFailedAndDeletePodWithCondition
 */
export const mustMarkFailed = (pod: Pod): boolean => !isPodTerminal(pod);
