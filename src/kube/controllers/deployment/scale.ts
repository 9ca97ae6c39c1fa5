/**
 * A change of `replicas` while a rollout is under way (or paused): every ReplicaSet gets its share.
 */
import type { Deployment, ReplicaSet } from "../../apis/objects";
import { isRollingUpdate, maxSurge, replicasOf } from "./fenceposts";
import { activeSets, byCreation, bySizeNewer, bySizeOlder, replicaCount } from "./replica-counts";
import { DESIRED_REPLICAS, MAX_REPLICAS, desiredReplicasAnnotation, nonNegativeFromAnnotation } from "./revisions";
import type { Resize } from "./rolling";

/** Go's rounding to the nearest, halves away from zero. */
const roundAway = (value: number): number => (value < 0 ? Math.ceil(value - 0.5) : Math.floor(value + 0.5));

/**
 * What a set of this size would gain or lose if the Deployment grew evenly from the size written on the set to its size now.
 * @rule kube.deployment.fraction
 * @source kubernetes@1.35 pkg/controller/deployment/util/deployment_util.go getReplicaSetFraction
 */
export function replicaSetFraction(set: ReplicaSet, deployment: Deployment): number {
  const size = replicasOf(set);
  if (replicasOf(deployment) === 0) return -size;
  const annotated = nonNegativeFromAnnotation(set, MAX_REPLICAS);
  const before = annotated.valid && annotated.value !== 0 ? annotated.value : (deployment.status?.replicas ?? 0);
  // Someone removed the annotation and no Pod exists: there is no base to scale from.
  if (before === 0) return 0;
  return roundAway((size * (replicasOf(deployment) + maxSurge(deployment))) / before) - size;
}

/** @source kubernetes@1.35 pkg/controller/deployment/util/deployment_util.go GetReplicaSetProportion */
function proportion(set: ReplicaSet, deployment: Deployment, toAdd: number, added: number): number {
  if (replicasOf(set) === 0 || toAdd === 0 || toAdd === added) return 0;
  const fraction = replicaSetFraction(set, deployment);
  const allowed = toAdd - added;
  return toAdd > 0 ? Math.min(fraction, allowed) : Math.max(fraction, allowed);
}

/**
 * The only set that wants Pods, or the newest when none does; undefined when several do.
 * @rule kube.deployment.active-or-latest
 * @source kubernetes@1.35 pkg/controller/deployment/util/deployment_util.go FindActiveOrLatest
 */
export function findActiveOrLatest(current: ReplicaSet | undefined, old: readonly ReplicaSet[]): ReplicaSet | undefined {
  const newestFirst = [...old].sort((a, b) => byCreation(b, a));
  const active = activeSets(current === undefined ? newestFirst : [...newestFirst, current]);
  if (active.length === 0) return current ?? newestFirst[0];
  return active.length === 1 ? active[0] : undefined;
}

/** @source kubernetes@1.35 pkg/controller/deployment/util/deployment_util.go IsSaturated */
export function isSaturated(deployment: Deployment, set: ReplicaSet | undefined): boolean {
  if (set === undefined) return false;
  const wanted = replicasOf(deployment);
  return replicasOf(set) === wanted && desiredReplicasAnnotation(set) === wanted && (set.status?.availableReplicas ?? 0) === wanted;
}

/**
 * The sizes after a scaling event. One active set takes all; a saturated new set empties the old ones; otherwise what is added or removed
 * is shared in proportion, with the remainder to the largest. Sets in the proportional case are returned even when their size stays,
 * because the size written on them changes.
 * @rule kube.deployment.proportional-scaling
 * @source kubernetes@1.35 pkg/controller/deployment/sync.go scale
 */
export function scale(deployment: Deployment, current: ReplicaSet | undefined, old: readonly ReplicaSet[]): readonly Resize[] {
  const only = findActiveOrLatest(current, old);
  const wanted = replicasOf(deployment);
  if (only !== undefined) return replicasOf(only) === wanted ? [] : [{ set: only, replicas: wanted }];
  if (isSaturated(deployment, current)) return activeSets(old).map((set) => ({ set, replicas: 0 }));
  if (!isRollingUpdate(deployment)) return [];
  return shares(deployment, activeSets(current === undefined ? old : [...old, current]));
}

function shares(deployment: Deployment, active: readonly ReplicaSet[]): readonly Resize[] {
  const wanted = replicasOf(deployment);
  const allowed = wanted > 0 ? wanted + maxSurge(deployment) : 0;
  const toAdd = allowed - replicaCount(active);
  const sorted = toAdd === 0 ? active : [...active].sort(toAdd > 0 ? bySizeNewer : bySizeOlder);
  let added = 0;
  const sizes = sorted.map((set) => {
    const share = toAdd === 0 ? 0 : proportion(set, deployment, toAdd, added);
    added += share;
    return { set, replicas: replicasOf(set) + share };
  });
  const leftover = toAdd === 0 ? 0 : toAdd - added;
  return sizes.map(({ set, replicas }, i) => ({ set, replicas: i === 0 ? Math.max(0, replicas + leftover) : replicas }));
}

/**
 * A set that wants Pods was sized for another `replicas` than the Deployment's now.
 * @rule kube.deployment.scaling-event
 * @source kubernetes@1.35 pkg/controller/deployment/sync.go isScalingEvent
 */
export const isScalingEvent = (deployment: Deployment, sets: readonly ReplicaSet[]): boolean =>
  activeSets(sets).some((set) => {
    const desired = nonNegativeFromAnnotation(set, DESIRED_REPLICAS);
    return desired.valid && desired.value !== replicasOf(deployment);
  });
