/** What a ReplicaSet says about its Pods. */
import { seconds } from "../../../sim/time";
import type { Micros } from "../../../sim/types";
import type { Condition, Pod, ReplicaSet, StringMap } from "../../apis/objects";
import { conditionOf, isPodAvailable, isPodReady, readySince } from "../../apis/pod-availability";
import { rfc3339 } from "../../apis/time";
import { replicasOf } from "../deployment/fenceposts";
import { setCondition, withoutCondition } from "../deployment/conditions";

export type ReplicaSetStatus = NonNullable<ReplicaSet["status"]>;

function hasLabels(pod: Pod, wanted: readonly (readonly [string, string])[]): boolean {
  const labels: StringMap = pod.metadata.labels ?? {};
  return wanted.every(([key, value]) => labels[key] === value);
}

/** ReplicaFailure appears with the first error of creating or deleting and goes with the first success. */
function failureConditions(set: ReplicaSet, difference: number, error: string | undefined, now: Micros): readonly Condition[] | undefined {
  const conditions = set.status?.conditions;
  const known = conditionOf(set.status, "ReplicaFailure");
  if (error !== undefined && known === undefined) {
    const reason = difference < 0 ? "FailedCreate" : difference > 0 ? "FailedDelete" : "";
    return setCondition(conditions, { type: "ReplicaFailure", status: "True", lastTransitionTime: rfc3339(now), reason, message: error });
  }
  return error === undefined && known !== undefined ? withoutCondition(conditions, "ReplicaFailure") : conditions;
}

export interface StatusCounts {
  readonly active: number;
  readonly labelled: number;
  readonly ready: number;
  readonly available: number;
  readonly terminating?: number;
}

/** The status that says these counts; those that are zero are left out. `error` is what went wrong when Pods were created or deleted. */
export function statusOf(set: ReplicaSet, counts: StatusCounts, error: string | undefined, now: Micros): ReplicaSetStatus {
  const { active, labelled, ready, available, terminating } = counts;
  const conditions = failureConditions(set, active - replicasOf(set), error, now);
  return {
    replicas: active,
    ...(labelled > 0 ? { fullyLabeledReplicas: labelled } : {}),
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    ...(available > 0 ? { availableReplicas: available } : {}),
    ...(terminating === undefined ? {} : { terminatingReplicas: terminating }),
    ...(set.metadata.generation === undefined ? {} : { observedGeneration: set.metadata.generation }),
    ...(conditions === undefined || conditions.length === 0 ? {} : { conditions }),
  };
}

/**
 * Counts of active Pods: all, with the template's labels, ready, available; and of those that are going.
 * `terminating` undefined: not counted.
 * @rule kube.replicaset.status
 * @source kubernetes@1.35 pkg/controller/replicaset/replica_set_utils.go calculateStatus
 */
export function calculateStatus(
  set: ReplicaSet,
  active: readonly Pod[],
  terminating: readonly Pod[] | undefined,
  error: string | undefined,
  now: Micros,
): ReplicaSetStatus {
  const wanted = Object.entries(set.spec.template?.metadata?.labels ?? {});
  const least = set.spec.minReadySeconds ?? 0;
  let [labelled, ready, available] = [0, 0, 0];
  for (const pod of active) {
    if (hasLabels(pod, wanted)) labelled++;
    if (!isPodReady(pod)) continue;
    ready++;
    if (isPodAvailable(pod, least, now)) available++;
  }
  return statusOf(set, { active: active.length, labelled, ready, available, terminating: terminating?.length }, error, now);
}

/**
 * How long until the next ready Pod has been ready for minReadySeconds; undefined when none waits.
 * @rule kube.replicaset.next-availability
 * @source kubernetes@1.35 pkg/controller/controller_utils.go FindMinNextPodAvailabilityCheck
 */
export function nextAvailability(active: readonly Pod[], minReadySeconds: number, now: Micros): Micros | undefined {
  if (minReadySeconds === 0) return undefined;
  let next: Micros | undefined;
  for (const pod of active) {
    const since = isPodReady(pod) ? readySince(pod) : undefined;
    if (since === undefined) continue;
    const left = since + seconds(minReadySeconds) - now;
    if (left > 0 && (next === undefined || left < next)) next = left;
  }
  return next;
}
