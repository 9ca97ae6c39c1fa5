/**
 * The two moves of a rolling update: raise the new ReplicaSet as far as the surge allows or, when that moved nothing, lower the old ones
 * as far as availability allows, unhealthy Pods first. Each returns the sizes it wants; nothing here writes.
 */
import type { Deployment, ReplicaSet } from "../../apis/objects";
import { scaledValueFromIntOrPercent } from "../../apis/int-or-string";
import { isRollingUpdate, maxUnavailable, replicasOf } from "./fenceposts";
import { activeSets, availableReplicaCount, byCreation, replicaCount } from "./replica-counts";

/** A ReplicaSet and the size it should get. */
export interface Resize {
  readonly set: ReplicaSet;
  readonly replicas: number;
}

/**
 * The size of the new ReplicaSet: all of it for Recreate; otherwise as many more as keep the total within replicas + surge.
 * @rule kube.deployment.new-rs-size
 * @source kubernetes@1.35 pkg/controller/deployment/util/deployment_util.go NewRSNewReplicas
 */
export function newReplicaSetSize(deployment: Deployment, all: readonly ReplicaSet[], current: ReplicaSet): number {
  const wanted = replicasOf(deployment);
  if (!isRollingUpdate(deployment)) return wanted;
  const surge = scaledValueFromIntOrPercent(deployment.spec.strategy?.rollingUpdate?.maxSurge ?? 0, wanted, true);
  const limit = wanted + ("error" in surge ? 0 : surge.value);
  const count = replicaCount(all);
  const size = replicasOf(current);
  if (count >= limit) return size;
  return size + Math.min(limit - count, wanted - size);
}

/**
 * @rule kube.deployment.reconcile-new
 * @source kubernetes@1.35 pkg/controller/deployment/rolling.go reconcileNewReplicaSet
 */
export function reconcileNew(deployment: Deployment, all: readonly ReplicaSet[], current: ReplicaSet): readonly Resize[] {
  const size = replicasOf(current);
  const wanted = replicasOf(deployment);
  if (size === wanted) return [];
  const replicas = size > wanted ? wanted : newReplicaSetSize(deployment, all, current);
  return replicas === size ? [] : [{ set: current, replicas }];
}

/** The sets with the sizes applied: what the next step of the same sync sees. */
export function resized(sets: readonly ReplicaSet[], resizes: readonly Resize[]): readonly ReplicaSet[] {
  if (resizes.length === 0) return sets;
  const sizes = new Map(resizes.map(({ set, replicas }) => [set.metadata.name, replicas]));
  return sets.map((set) => {
    const replicas = sizes.get(set.metadata.name);
    return replicas === undefined ? set : { ...set, spec: { ...set.spec, replicas } };
  });
}

/**
 * Old Pods that are not available are given up first: they serve nobody.
 * @rule kube.deployment.cleanup-unhealthy
 * @source kubernetes@1.35 pkg/controller/deployment/rolling.go cleanupUnhealthyReplicas
 */
export function cleanupUnhealthy(old: readonly ReplicaSet[], most: number): { readonly resizes: readonly Resize[]; readonly count: number } {
  const resizes: Resize[] = [];
  let count = 0;
  for (const set of [...old].sort(byCreation)) {
    if (count >= most) break;
    const size = replicasOf(set);
    const available = set.status?.availableReplicas ?? 0;
    if (size === 0 || size === available) continue;
    const less = Math.min(most - count, size - available);
    // More available than wanted would mean growing an old set: upstream refuses.
    if (less < 0) break;
    resizes.push({ set, replicas: size - less });
    count += less;
  }
  return { resizes, count };
}

/**
 * Old Pods that are not needed for availability, the oldest sets first.
 * @rule kube.deployment.scale-down-old
 * @source kubernetes@1.35 pkg/controller/deployment/rolling.go scaleDownOldReplicaSetsForRollingUpdate
 */
export function scaleDownOld(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  old: readonly ReplicaSet[],
): { readonly resizes: readonly Resize[]; readonly count: number } {
  const spare = availableReplicaCount(all) - (replicasOf(deployment) - maxUnavailable(deployment));
  const resizes: Resize[] = [];
  let count = 0;
  if (spare <= 0) return { resizes, count };
  for (const set of [...old].sort(byCreation)) {
    if (count >= spare) break;
    const size = replicasOf(set);
    if (size === 0) continue;
    const less = Math.min(size, spare - count);
    resizes.push({ set, replicas: size - less });
    count += less;
  }
  return { resizes, count };
}

/**
 * How far the old sets go down in one sync: not below minimum availability, counting new Pods that are not available yet as missing.
 * @rule kube.deployment.reconcile-old
 * @source kubernetes@1.35 pkg/controller/deployment/rolling.go reconcileOldReplicaSets
 */
export function reconcileOld(
  deployment: Deployment,
  all: readonly ReplicaSet[],
  old: readonly ReplicaSet[],
  current: ReplicaSet,
): { readonly resizes: readonly Resize[]; readonly scaled: boolean; readonly cleaned: number } {
  const active = activeSets(old);
  if (replicaCount(active) === 0) return { resizes: [], scaled: false, cleaned: 0 };
  const least = replicasOf(deployment) - maxUnavailable(deployment);
  const missingNew = replicasOf(current) - (current.status?.availableReplicas ?? 0);
  const most = replicaCount(all) - least - missingNew;
  if (most <= 0) return { resizes: [], scaled: false, cleaned: 0 };
  const cleaned = cleanupUnhealthy(active, most);
  const left = resized(active, cleaned.resizes);
  const scaled = scaleDownOld(deployment, [...left, current], left);
  const sizes = new Map([...cleaned.resizes, ...scaled.resizes].map(({ set, replicas }) => [set.metadata.name, replicas]));
  const resizes = active.flatMap((set) => {
    const replicas = sizes.get(set.metadata.name);
    return replicas === undefined ? [] : [{ set, replicas }];
  });
  return { resizes, scaled: cleaned.count + scaled.count > 0, cleaned: cleaned.count };
}
