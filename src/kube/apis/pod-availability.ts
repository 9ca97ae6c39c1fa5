/** Small questions about a Pod's status that controllers, kubectl and the kubelet ask alike. */
import type { Micros } from "../../sim/types";
import type { Condition, PodStatus } from "./objects";
import { parseTime } from "./time";

type HasStatus = { readonly status?: PodStatus };

export const conditionOf = (status: { readonly conditions?: readonly Condition[] | null } | undefined, type: string): Condition | undefined =>
  status?.conditions?.find((condition) => condition.type === type);

/**
 * @rule kube.pod.ready
 * @source kubernetes@1.35 pkg/api/v1/pod/util.go IsPodReady
 */
export const isPodReady = (pod: HasStatus): boolean => conditionOf(pod.status, "Ready")?.status === "True";

/**
 * Ready, and for at least minReadySeconds.
 * @rule kube.pod.available
 * @source kubernetes@1.35 pkg/api/v1/pod/util.go IsPodAvailable
 */
export function isPodAvailable(pod: HasStatus, minReadySeconds: number, now: Micros): boolean {
  if (!isPodReady(pod)) return false;
  if (minReadySeconds === 0) return true;
  const since = readySince(pod);
  return since !== undefined && since + minReadySeconds * 1_000_000 <= now;
}

/** When the Ready condition last changed. */
export function readySince(pod: HasStatus): Micros | undefined {
  const text = conditionOf(pod.status, "Ready")?.lastTransitionTime;
  return typeof text === "string" ? parseTime(text) : undefined;
}

/**
 * @rule kube.pod.terminal
 * @source kubernetes@1.35 pkg/api/v1/pod/util.go IsPodPhaseTerminal
 */
export const isPodPhaseTerminal = (phase: string | undefined): boolean => phase === "Failed" || phase === "Succeeded";
export const isPodTerminal = (pod: HasStatus): boolean => isPodPhaseTerminal(pod.status?.phase);
