/**
 * Conditions of Deployments and ReplicaSets: set, removed, compared.
 * @source kubernetes@1.35 pkg/controller/deployment/util/deployment_util.go SetDeploymentCondition
 */
import type { Micros } from "../../../sim/types";
import type { Condition } from "../../apis/objects";
import { rfc3339 } from "../../apis/time";

export type Conditions = readonly Condition[];

export function newCondition(type: string, status: Condition["status"], reason: string, message: string, now: Micros): Condition {
  const at = rfc3339(now);
  return { type, status, lastUpdateTime: at, lastTransitionTime: at, reason, message };
}

export const withoutCondition = (conditions: Conditions | undefined | null, type: string): Conditions =>
  (conditions ?? []).filter((condition) => condition.type !== type);

/** Same status and reason: nothing changes. Same status alone: the time of transition stays. A changed condition moves to the end. */
export function setCondition(conditions: Conditions | undefined | null, condition: Condition): Conditions {
  const known = (conditions ?? []).find(({ type }) => type === condition.type);
  if (known !== undefined && known.status === condition.status && known.reason === condition.reason) return conditions ?? [];
  const next = known !== undefined && known.status === condition.status ? { ...condition, lastTransitionTime: known.lastTransitionTime } : condition;
  return [...withoutCondition(conditions, condition.type), next];
}
