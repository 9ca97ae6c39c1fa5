/**
 * Sums over the ReplicaSets of a Deployment, and the orders in which they are visited.
 * @source kubernetes@1.35 pkg/controller/deployment/util/deployment_util.go, pkg/controller/controller_utils.go
 */
import type { ReplicaSet } from "../../apis/objects";
import { parseTime } from "../../apis/time";
import { replicasOf } from "./fenceposts";
import { revisionOf } from "./revisions";

type Sets = readonly ReplicaSet[];

const sum = (sets: Sets, of: (set: ReplicaSet) => number): number => sets.reduce((total, set) => total + of(set), 0);

/** Wanted Pods. */
export const replicaCount = (sets: Sets): number => sum(sets, replicasOf);
/** Pods that exist. */
export const actualReplicaCount = (sets: Sets): number => sum(sets, (set) => set.status?.replicas ?? 0);
export const readyReplicaCount = (sets: Sets): number => sum(sets, (set) => set.status?.readyReplicas ?? 0);
export const availableReplicaCount = (sets: Sets): number => sum(sets, (set) => set.status?.availableReplicas ?? 0);

/**
 * Pods that are going. Unknown as soon as a ReplicaSet that was synced does not say; one that was never synced counts none.
 * @rule kube.deployment.terminating-replicas
 * @source kubernetes@1.35 pkg/controller/deployment/util/deployment_util.go GetTerminatingReplicaCountForReplicaSets
 */
export function terminatingReplicaCount(sets: Sets): number | undefined {
  let total = 0;
  for (const { status } of sets) {
    if (status?.terminatingReplicas !== undefined && status.terminatingReplicas !== null) total += status.terminatingReplicas;
    else if ((status?.observedGeneration ?? 0) !== 0) return undefined;
  }
  return total;
}

export const activeSets = (sets: Sets): readonly ReplicaSet[] => sets.filter((set) => replicasOf(set) > 0);

const createdAt = (set: ReplicaSet): number => parseTime(set.metadata.creationTimestamp ?? "") ?? Number.MIN_SAFE_INTEGER;

/** Older first, then by name. @source kubernetes@1.35 pkg/controller/controller_utils.go ReplicaSetsByCreationTimestamp */
export function byCreation(a: ReplicaSet, b: ReplicaSet): number {
  const difference = createdAt(a) - createdAt(b);
  if (difference !== 0) return difference;
  return a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0;
}

/** Larger first, then older. @source kubernetes@1.35 pkg/controller/controller_utils.go ReplicaSetsBySizeOlder */
export const bySizeOlder = (a: ReplicaSet, b: ReplicaSet): number => replicasOf(b) - replicasOf(a) || byCreation(a, b);
/** Larger first, then newer. @source kubernetes@1.35 pkg/controller/controller_utils.go ReplicaSetsBySizeNewer */
export const bySizeNewer = (a: ReplicaSet, b: ReplicaSet): number => replicasOf(b) - replicasOf(a) || byCreation(b, a);
/** Lower revision first, then older. @source kubernetes@1.35 pkg/controller/deployment/util/deployment_util.go ReplicaSetsByRevision */
export function byRevision(a: ReplicaSet, b: ReplicaSet): number {
  const left = revisionOf(a);
  const right = revisionOf(b);
  return left === undefined || right === undefined || left === right ? byCreation(a, b) : left - right;
}
