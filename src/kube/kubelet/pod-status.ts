/** The whole status of a Pod as its kubelet reports it, and how it is sent: rarely, and one request at a time. */
import type { Tx } from "../../sim/types";
import { sameJson } from "../apis/equality";
import type { Condition, ContainerStatus, PodStatus } from "../apis/objects";
import { conditionOf, isPodPhaseTerminal } from "../apis/pod-availability";
import { qosClass } from "../apis/qos-class";
import { rfc3339 } from "../apis/time";
import { callApi } from "../client/call";
import { containerStatus } from "./container-status";
import { containersReadyCondition, podInitializedCondition, podReadyCondition, podReadyToStartContainersCondition } from "./pod-conditions";
import { resizeConditions } from "./pod-resize";
import { podPhase } from "./pod-phase";
import { specOf } from "./rows";
import { callTable, nodeTable, type PodRow } from "./tables";

/** Conditions that the kubelet alone writes. @source kubernetes@1.35 pkg/kubelet/types/pod_status.go PodConditionByKubelet */
export const OWN_CONDITIONS: ReadonlySet<string> = new Set([
  "PodReadyToStartContainers",
  "Initialized",
  "Ready",
  "ContainersReady",
  "PodScheduled",
  "PodResizePending",
]);

function phaseOf(row: PodRow, statuses: readonly ContainerStatus[]): string {
  if (row.verdict) return row.verdict.phase;
  const old = row.sent?.phase ?? row.pod.status?.phase;
  if (isPodPhaseTerminal(old) && old !== undefined) return old;
  return podPhase(row.pod.spec, statuses, row.termination !== undefined && row.finished, row.initialized);
}

/** Keeps the time of a condition that did not change. @source kubernetes@1.35 pkg/kubelet/status/status_manager.go updateLastTransitionTime */
function stamped(condition: Condition, old: Condition | undefined, now: string, generation: number | undefined): Condition {
  const lastTransitionTime = old !== undefined && old.status === condition.status && old.lastTransitionTime ? old.lastTransitionTime : now;
  const { type, status, reason, message } = condition;
  // Written out where it is written most: the engine keeps such objects in one piece.
  if (generation !== undefined && reason === undefined && message === undefined)
    return { type, observedGeneration: generation, status, lastProbeTime: null, lastTransitionTime };
  if (generation !== undefined && reason !== undefined && message !== undefined)
    return { type, observedGeneration: generation, status, lastProbeTime: null, lastTransitionTime, reason, message };
  const out: Record<string, unknown> = { type: condition.type };
  if (generation !== undefined) out["observedGeneration"] = generation;
  out["status"] = condition.status;
  out["lastProbeTime"] = null;
  out["lastTransitionTime"] = lastTransitionTime;
  if (condition.reason !== undefined) out["reason"] = condition.reason;
  if (condition.message !== undefined) out["message"] = condition.message;
  return out as unknown as Condition;
}

function conditionsOf(row: PodRow, statuses: readonly ContainerStatus[], phase: string, now: string): readonly Condition[] {
  const { spec, status } = row.pod;
  const others = (status?.conditions ?? []).filter((condition) => !OWN_CONDITIONS.has(condition.type));
  const given = row.verdict && row.containers.every((container) => container.id === undefined) ? null : statuses;
  const evicted: readonly Condition[] =
    row.verdict?.reason === "Evicted"
      ? [{ type: "DisruptionTarget", status: "True", reason: "TerminationByKubelet", message: row.verdict.message }]
      : [];
  const own: readonly Condition[] = [
    ...evicted,
    ...resizeConditions(row),
    podReadyToStartContainersCondition(row.sandbox === "ready"),
    podInitializedCondition(spec, given ?? [], phase),
    podReadyCondition(spec, others, given ?? [], phase),
    containersReadyCondition(spec, given ?? [], phase),
    { type: "PodScheduled", status: "True" } as const,
  ];
  const known = row.sent ?? status;
  const generation = row.pod.metadata.generation;
  return [
    ...others,
    ...own.map((condition) => stamped(condition, conditionOf(known, condition.type) ?? conditionOf(status, condition.type), now, generation)),
  ];
}

/**
 * @rule kube.kubelet.pod-status
 * @source kubernetes@1.35 pkg/kubelet/kubelet_pods.go generateAPIPodStatus
 */
export function podStatusOf(row: PodRow, hostIP: string, now: string): PodStatus {
  const { spec, metadata } = row.pod;
  const containerStatuses: ContainerStatus[] = [];
  const initContainerStatuses: ContainerStatus[] = [];
  for (const container of row.containers) {
    const own = specOf(row, container.name);
    if (own) (container.role === "regular" ? containerStatuses : initContainerStatuses).push(containerStatus(row, container, own));
  }
  const all = initContainerStatuses.length === 0 ? containerStatuses : [...initContainerStatuses, ...containerStatuses];
  const phase = phaseOf(row, all);
  const rejected = row.verdict !== undefined && row.containers.every((container) => container.id === undefined);
  const ip = spec.hostNetwork ? hostIP : row.ip;
  const out: Record<string, unknown> = {};
  if (metadata.generation !== undefined) out["observedGeneration"] = metadata.generation;
  out["phase"] = phase;
  out["conditions"] = conditionsOf(row, all, phase, now);
  if (row.verdict) {
    out["reason"] = row.verdict.reason;
    out["message"] = row.verdict.message;
  }
  out["hostIP"] = hostIP;
  out["hostIPs"] = [{ ip: hostIP }];
  if (ip !== undefined && row.sandbox !== "none") {
    out["podIP"] = ip;
    out["podIPs"] = [{ ip }];
  }
  out["startTime"] = row.startTime;
  out["qosClass"] = qosClass(spec);
  if (!rejected) out["containerStatuses"] = containerStatuses;
  if (!rejected && initContainerStatuses.length > 0) out["initContainerStatuses"] = initContainerStatuses;
  return out as unknown as PodStatus;
}

const sameCondition = (a: Condition, b: Condition): boolean =>
  a.status === b.status &&
  a.reason === b.reason &&
  a.message === b.message &&
  a.lastTransitionTime === b.lastTransitionTime &&
  a.observedGeneration === b.observedGeneration &&
  (a.lastProbeTime ?? null) === (b.lastProbeTime ?? null);

/** Conditions that differ or are gone; reasons and messages that are gone are taken away by null, as a strategic merge needs it. */
function changedConditions(next: readonly Condition[], before: readonly Condition[]): readonly unknown[] {
  const out: unknown[] = [];
  for (const condition of next) {
    const old = before.find((other) => other.type === condition.type);
    if (old && sameCondition(old, condition)) continue;
    const noReason = old?.reason !== undefined && condition.reason === undefined;
    const noMessage = old?.message !== undefined && condition.message === undefined;
    if (!noReason && !noMessage) {
      out.push(condition);
      continue;
    }
    const changed: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(condition)) changed[name] = value;
    if (noReason) changed["reason"] = null;
    if (noMessage) changed["message"] = null;
    out.push(changed);
  }
  for (const { type } of before) if (OWN_CONDITIONS.has(type) && !next.some((other) => other.type === type)) out.push({ $patch: "delete", type });
  return out;
}

type Fields = Readonly<Record<string, unknown>>;
/** Fields that differ; null for those that are gone. Of the conditions only those that differ. */
function changed(status: PodStatus, before: PodStatus | undefined): Record<string, unknown> {
  const next = status as Fields;
  const old = (before ?? {}) as Fields;
  const out: Record<string, unknown> = {};
  for (const key in next) {
    const value = next[key];
    if (key === "conditions") {
      const conditions = changedConditions(status.conditions ?? [], before?.conditions ?? []);
      if (conditions.length > 0) out[key] = conditions;
    } else if (value !== old[key] && !sameJson(value as never, old[key] as never)) out[key] = value;
  }
  for (const key in old) if (!(key in next)) out[key] = null;
  return out;
}

/**
 * Sends the status when it says something new against what stands at the API server (as far as known: what was sent last); while a request is on its way, only notes that there is more to say.
 * @rule kube.kubelet.status-manager
 * @source kubernetes@1.35 pkg/kubelet/status/status_manager.go syncPod
 */
export function reportStatus(tx: Tx, row: PodRow, stands = row.sent ?? row.pod.status): PodRow {
  if (row.sending) return row.dirty ? row : { ...row, dirty: true };
  const hostIP = tx.read(nodeTable).get(row.node)?.config.internalIP ?? "";
  const status = podStatusOf(row, hostIP, rfc3339(tx.now));
  const fields = changed(status, stands);
  if (Object.keys(fields).length === 0) return row.dirty ? { ...row, dirty: false } : row;
  const id = callApi(tx, {
    method: "PATCH",
    path: `/api/v1/namespaces/${row.namespace}/pods/${row.name}/status`,
    contentType: "application/strategic-merge-patch+json",
    body: { metadata: { uid: row.uid }, status: fields } as never,
    user: "kubelet",
  });
  tx.write(callTable).put({ id, kind: "pod-status", node: row.node, uid: row.uid });
  tx.fired("kube.kubelet.status-manager", `${row.namespace}/${row.name}`);
  return { ...row, sent: status, sending: true, dirty: false };
}

/** Whether all that is known has been written. */
export const statusSettled = (row: PodRow): boolean => !row.sending && !row.dirty;
