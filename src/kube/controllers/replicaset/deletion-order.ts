/** Which Pods a ReplicaSet that has too many gives up first. */
import type { Micros } from "../../../sim/types";
import type { Pod } from "../../apis/objects";
import { isPodReady, readySince } from "../../apis/pod-availability";
import { parseTime } from "../../apis/time";

export const POD_DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";
const PHASE_ORDER: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** A Pod and how many related Pods share its node. */
export interface RankedPod {
  readonly pod: Pod;
  readonly rank: number;
}

/**
 * Invalid costs count as zero: signs of plus, leading zeros, numbers past 32 bits.
 * @rule kube.replicaset.deletion-cost
 * @source kubernetes@1.35 pkg/apis/core/helper/helpers.go GetDeletionCostFromPodAnnotations
 */
export function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.[POD_DELETION_COST];
  if (text === undefined || !/^(0|-?[1-9][0-9]*)$/.test(text)) return 0;
  const value = Number(text);
  return value > 2147483647 || value < -2147483648 ? 0 : value;
}

/** floor(log2 of the age in nanoseconds); -1 for none. Halving is exact, so no logarithm is needed. */
function logarithm(age: Micros): number {
  if (age <= 0) return -1;
  let rank = 0;
  for (let rest = age * 1000; rest >= 2; rest /= 2) rank++;
  return rank;
}

/** Unknown times first, then ages apart by a power of two, the younger first; within one power the uid decides, so that no age is singled out. */
function compareAges(a: Micros | undefined, b: Micros | undefined, uids: readonly [string, string], now: Micros | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  if (a === b) return 0;
  if (now === undefined) return b - a;
  const difference = logarithm(now - a) - logarithm(now - b);
  if (difference !== 0) return difference;
  return uids[0] < uids[1] ? -1 : uids[0] > uids[1] ? 1 : 0;
}

function maxRestarts(pod: Pod): readonly [regular: number, sidecar: number] {
  let regular = 0;
  for (const status of pod.status?.containerStatuses ?? []) regular = Math.max(regular, status.restartCount ?? 0);
  const sidecars = new Set(
    (pod.spec.initContainers ?? []).filter((container) => container.restartPolicy === "Always").map((container) => container.name),
  );
  let sidecar = 0;
  for (const status of pod.status?.initContainerStatuses ?? []) if (sidecars.has(status.name)) sidecar = Math.max(sidecar, status.restartCount ?? 0);
  return [regular, sidecar];
}

const flag = (a: boolean, b: boolean): number => Number(a) - Number(b);

/**
 * First to die first: not assigned to a node; Pending, Unknown, Running; not ready; lower pod-deletion-cost; more doubled up on a node;
 * ready for less time (by powers of two); more restarts, of sidecars too; younger (by powers of two).
 * @rule kube.replicaset.deletion-order
 * @source kubernetes@1.35 pkg/controller/controller_utils.go ActivePodsWithRanks Less
 */
export function compareForDeletion(a: RankedPod, b: RankedPod, now: Micros | undefined): number {
  const [left, right] = [a.pod, b.pod];
  const assigned = flag(Boolean(left.spec.nodeName), Boolean(right.spec.nodeName));
  if (assigned !== 0) return assigned;
  const phase = (PHASE_ORDER[left.status?.phase ?? ""] ?? 0) - (PHASE_ORDER[right.status?.phase ?? ""] ?? 0);
  if (phase !== 0) return phase;
  const readyLeft = isPodReady(left);
  const ready = flag(readyLeft, isPodReady(right));
  if (ready !== 0) return ready;
  const cost = deletionCost(left) - deletionCost(right);
  if (cost !== 0) return cost;
  if (a.rank !== b.rank) return b.rank - a.rank;
  const uids: readonly [string, string] = [left.metadata.uid ?? "", right.metadata.uid ?? ""];
  const [sinceLeft, sinceRight] = [readySince(left), readySince(right)];
  // Different times settle the matter even when their powers and uids are equal, as in the original.
  if (readyLeft && sinceLeft !== sinceRight) return compareAges(sinceLeft, sinceRight, uids, now);
  const [restartsLeft, restartsRight] = [maxRestarts(left), maxRestarts(right)];
  if (restartsLeft[0] !== restartsRight[0]) return restartsRight[0] - restartsLeft[0];
  if (restartsLeft[1] !== restartsRight[1]) return restartsRight[1] - restartsLeft[1];
  return compareAges(parseTime(left.metadata.creationTimestamp ?? ""), parseTime(right.metadata.creationTimestamp ?? ""), uids, now);
}

export const isPodActive = (pod: Pod): boolean =>
  pod.status?.phase !== "Succeeded" && pod.status?.phase !== "Failed" && !pod.metadata.deletionTimestamp;

/**
 * The `count` Pods to delete. Pods are more doubled up the more active Pods of the same owner's ReplicaSets are on their node.
 * @rule kube.replicaset.pods-to-delete
 * @source kubernetes@1.35 pkg/controller/replicaset/replica_set.go getPodsToDelete
 */
export function podsToDelete(pods: readonly Pod[], related: readonly Pod[], count: number, now: Micros | undefined): readonly Pod[] {
  if (count >= pods.length) return pods.slice(0, count);
  const perNode = new Map<string, number>();
  for (const pod of related) if (isPodActive(pod)) perNode.set(pod.spec.nodeName ?? "", (perNode.get(pod.spec.nodeName ?? "") ?? 0) + 1);
  const ranked = pods.map((pod) => ({ pod, rank: perNode.get(pod.spec.nodeName ?? "") ?? 0 }));
  return ranked
    .sort((a, b) => compareForDeletion(a, b, now))
    .slice(0, count)
    .map(({ pod }) => pod);
}
