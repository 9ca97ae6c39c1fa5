/**
 * What a Deployment says about itself: counts, Available, Progressing, ReplicaFailure.
 * @source kubernetes@1.35 pkg/controller/deployment/progress.go, sync.go, util/deployment_util.go
 */
import { seconds } from "../../../sim/time";
import type { Micros } from "../../../sim/types";
import type { Condition, Deployment, ReplicaSet } from "../../apis/objects";
import { conditionOf } from "../../apis/pod-availability";
import { parseTime } from "../../apis/time";
import { newCondition, setCondition, withoutCondition } from "./conditions";
import { maxUnavailable, replicasOf } from "./fenceposts";
import { actualReplicaCount, availableReplicaCount, readyReplicaCount, replicaCount, terminatingReplicaCount } from "./replica-counts";

export type DeploymentStatus = NonNullable<Deployment["status"]>;
const NO_DEADLINE = 2147483647;

/** @source kubernetes@1.35 pkg/controller/deployment/util/deployment_util.go HasProgressDeadline */
export const hasProgressDeadline = ({ spec }: Deployment): boolean =>
  spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds !== null && spec.progressDeadlineSeconds !== NO_DEADLINE;

/** Counts that are zero and empty lists are left out, as in the API's JSON. */
function trimmed(status: DeploymentStatus): DeploymentStatus {
  const kept = Object.entries(status).filter(
    ([key, value]) => value !== undefined && (value !== 0 || key === "terminatingReplicas" || key === "collisionCount"),
  );
  return Object.fromEntries(kept) as DeploymentStatus;
}

/**
 * Counts of all ReplicaSets and the Available condition.
 * @rule kube.deployment.status
 * @source kubernetes@1.35 pkg/controller/deployment/sync.go calculateStatus
 */
export function calculateStatus(all: readonly ReplicaSet[], current: ReplicaSet | undefined, deployment: Deployment, now: Micros): DeploymentStatus {
  const available = availableReplicaCount(all);
  const enough = available >= replicasOf(deployment) - maxUnavailable(deployment);
  const availability = enough
    ? newCondition("Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.", now)
    : newCondition("Available", "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.", now);
  return trimmed({
    observedGeneration: deployment.metadata.generation,
    replicas: actualReplicaCount(all),
    updatedReplicas: current === undefined ? 0 : actualReplicaCount([current]),
    readyReplicas: readyReplicaCount(all),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, replicaCount(all) - available),
    terminatingReplicas: terminatingReplicaCount(all),
    collisionCount: deployment.status?.collisionCount,
    conditions: setCondition(deployment.status?.conditions, availability),
  });
}

/**
 * Every Pod is new and available, and no old one is left.
 * @rule kube.deployment.complete
 * @source kubernetes@1.35 pkg/controller/deployment/util/deployment_util.go DeploymentComplete
 */
export function deploymentComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const wanted = replicasOf(deployment);
  return (
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

/**
 * More new Pods, fewer old ones, more ready or more available than before.
 * @rule kube.deployment.progressing
 * @source kubernetes@1.35 pkg/controller/deployment/util/deployment_util.go DeploymentProgressing
 */
export function deploymentProgressing(deployment: Deployment, next: DeploymentStatus): boolean {
  const before = deployment.status ?? {};
  const old = (status: DeploymentStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (next.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(next) < old(before) ||
    (next.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (next.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

const updatedAt = (condition: Condition): Micros =>
  typeof condition.lastUpdateTime === "string" ? (parseTime(condition.lastUpdateTime) ?? Number.MIN_SAFE_INTEGER) : Number.MIN_SAFE_INTEGER;

/**
 * No progress for longer than the deadline.
 * @rule kube.deployment.timed-out
 * @source kubernetes@1.35 pkg/controller/deployment/util/deployment_util.go DeploymentTimedOut
 */
export function deploymentTimedOut(deployment: Deployment, status: DeploymentStatus, now: Micros): boolean {
  if (!hasProgressDeadline(deployment)) return false;
  const condition = conditionOf(status, "Progressing");
  if (condition === undefined || condition.reason === "NewReplicaSetAvailable") return false;
  if (condition.reason === "ProgressDeadlineExceeded") return true;
  return updatedAt(condition) + seconds(deployment.spec.progressDeadlineSeconds ?? 0) < now;
}

/** Failures that ReplicaSets report: the new one's first, else any. @source kubernetes@1.35 pkg/controller/deployment/progress.go getReplicaFailures */
function replicaFailure(all: readonly ReplicaSet[], current: ReplicaSet | undefined): Condition | undefined {
  const failure = (set: ReplicaSet): Condition | undefined => conditionOf(set.status, "ReplicaFailure");
  const found = (current && failure(current)) ?? all.map(failure).find((condition) => condition !== undefined);
  if (found === undefined) return undefined;
  const { type, status, lastTransitionTime, reason, message } = found;
  return { type, status, lastTransitionTime, lastUpdateTime: lastTransitionTime, reason, message };
}

/** The Progressing condition of a rollout that is neither complete since before nor without a deadline. */
function progressCondition(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  next: DeploymentStatus,
  now: Micros,
): DeploymentStatus["conditions"] {
  const subject = current === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${current.metadata.name}"`;
  const before = conditionOf(deployment.status, "Progressing");
  if (deploymentComplete(deployment, next))
    return setCondition(
      next.conditions,
      newCondition("Progressing", "True", "NewReplicaSetAvailable", `${subject} has successfully progressed.`, now),
    );
  if (deploymentProgressing(deployment, next)) {
    const condition = newCondition("Progressing", "True", "ReplicaSetUpdated", `${subject} is progressing.`, now);
    // Progress renews lastUpdateTime even when status and reason stay, or the deadline would run on.
    const kept = before?.status === "True" ? { ...condition, lastTransitionTime: before.lastTransitionTime } : condition;
    return [...withoutCondition(next.conditions, "Progressing"), kept];
  }
  if (deploymentTimedOut(deployment, next, now))
    return setCondition(
      next.conditions,
      newCondition("Progressing", "False", "ProgressDeadlineExceeded", `${subject} has timed out progressing.`, now),
    );
  return next.conditions;
}

/**
 * The status at the end of a step of a rollout, with Progressing and ReplicaFailure.
 * @rule kube.deployment.rollout-status
 * @source kubernetes@1.35 pkg/controller/deployment/progress.go syncRolloutStatus
 */
export function rolloutStatus(all: readonly ReplicaSet[], current: ReplicaSet | undefined, deployment: Deployment, now: Micros): DeploymentStatus {
  const next = calculateStatus(all, current, deployment, now);
  let conditions = next.conditions;
  const before = conditionOf(deployment.status, "Progressing");
  const alreadyComplete = (next.replicas ?? 0) === (next.updatedReplicas ?? 0) && before?.reason === "NewReplicaSetAvailable";
  if (!hasProgressDeadline(deployment)) conditions = withoutCondition(conditions, "Progressing");
  else if (!alreadyComplete) conditions = progressCondition(deployment, current, next, now);
  const failure = replicaFailure(all, current);
  conditions = failure === undefined ? withoutCondition(conditions, "ReplicaFailure") : setCondition(conditions, failure);
  return { ...next, conditions };
}

/**
 * When to look again whether a rollout that shows no progress has timed out; undefined when there is nothing to wait for.
 * @rule kube.deployment.requeue-stuck
 * @source kubernetes@1.35 pkg/controller/deployment/progress.go requeueStuckDeployment
 */
export function stuckAfter(deployment: Deployment, status: DeploymentStatus, now: Micros): Micros | undefined {
  const condition = conditionOf(deployment.status, "Progressing");
  if (!hasProgressDeadline(deployment) || condition === undefined) return undefined;
  if (deploymentComplete(deployment, status) || condition.reason === "ProgressDeadlineExceeded") return undefined;
  // A rollout that was complete and lost Pods cannot time out; waking for it would only tick.
  if (condition.reason === "NewReplicaSetAvailable") return undefined;
  const after = updatedAt(condition) + seconds(deployment.spec.progressDeadlineSeconds ?? 0) - now;
  return after < seconds(1) ? seconds(1) : after + seconds(1);
}
