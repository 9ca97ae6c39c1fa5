/** What happens when no node fits: preemption, the FailedScheduling Event, the PodScheduled condition, and the wait. */
import type { Json, Tx } from "../../sim/types";
import type { Condition, Pod } from "../apis/objects";
import { rfc3339 } from "../apis/time";
import { callApi } from "../client/call";
import type { CacheReader } from "../client/types";
import { unschedulableCondition } from "./conditions";
import { podEvent } from "./events";
import { fitErrorMessage, NO_NODES } from "./fit-error";
import type { Snapshot } from "./framework";
import type { NodeInfo } from "./node-info";
import { podKey, podNamespace, podPriority } from "./pod-info";
import { type Candidate, preempt } from "./preemption";
import { podByKey } from "./pod-watch";
import { requeue, unschedulable } from "./queue";
import type { CycleOptions } from "./filtering";
import type { CycleResult } from "./scheduling-cycle";
import { type QueueRow, queueTable } from "./tables";

const STRATEGIC = "application/strategic-merge-patch+json";

function patchStatus(tx: Tx, pod: Pod, status: Json): void {
  const path = `/api/v1/namespaces/${podNamespace(pod)}/pods/${pod.metadata.name}/status`;
  callApi(tx, { method: "PATCH", path, contentType: STRATEGIC, body: { metadata: { uid: pod.metadata.uid }, status }, user: "kube-scheduler" });
}

/** The condition with its times, or undefined when it stands already. @source kubernetes@1.35 pkg/api/v1/pod/util.go UpdatePodCondition */
function newCondition(tx: Tx, pod: Pod, condition: Condition): Condition | undefined {
  const known = (pod.status?.conditions ?? []).find(({ type }) => type === condition.type);
  if (known?.status === condition.status && known.reason === condition.reason && known.message === condition.message) return undefined;
  const lastTransitionTime = known?.status === condition.status ? known.lastTransitionTime : rfc3339(tx.now);
  return { ...condition, lastProbeTime: null, lastTransitionTime };
}

/**
 * @rule kube.scheduler.failure
 * @source kubernetes@1.35 pkg/scheduler/schedule_one.go handleSchedulingFailure
 */
export function failed(tx: Tx, cache: CacheReader, row: QueueRow, pod: Pod, result: CycleResult, snapshot: Snapshot, options: CycleOptions): void {
  tx.fired("kube.scheduler.failure", `pods/${row.key}`);
  const current = pod.status?.nominatedNodeName || row.nominated;
  let message = NO_NODES;
  let nominated = current;
  if (snapshot.names.length > 0) {
    const outcome = preempt(pod, freshened(snapshot, cache), result.diagnosis, options);
    if ("candidate" in outcome) {
      message = fitErrorMessage(result.diagnosis);
      nominated = outcome.candidate.node;
      evict(tx, cache, pod, outcome.candidate);
    } else {
      message = fitErrorMessage({ ...result.diagnosis, postFilterMessage: outcome.message });
      if (outcome.clearsNomination) nominated = undefined;
    }
  }
  unschedulable(tx, row, [...result.refusing], nominated);
  podEvent(tx, pod, "Warning", "FailedScheduling", message);
  const condition = newCondition(tx, pod, unschedulableCondition(message));
  const renominated = (pod.status?.nominatedNodeName || undefined) !== nominated;
  if (condition === undefined && !renominated) return;
  const status = {
    ...(condition === undefined ? {} : { conditions: [condition] }),
    ...(renominated ? { nominatedNodeName: nominated ?? null } : {}),
  };
  patchStatus(tx, pod, status as unknown as Json);
}

/** Victims are compared by their start, which the count of nodes does not follow: takes the Pods as they are now. */
function freshened(snapshot: Snapshot, cache: CacheReader): Snapshot {
  const memo = new Map<string, NodeInfo>();
  const fresh = (info: NodeInfo): NodeInfo => {
    const known = memo.get(info.name);
    if (known !== undefined) return known;
    const next = { ...info, pods: info.pods.map((pod) => podByKey(cache, podKey(pod)) ?? pod) };
    memo.set(info.name, next);
    return next;
  };
  return {
    ...snapshot,
    get: (name) => {
      const info = snapshot.get(name);
      return info === undefined ? undefined : fresh(info);
    },
    all: () => snapshot.all().map(fresh),
  };
}

/**
 * Victims are marked and deleted; Pods of lower priority that were promised the node must look elsewhere.
 * @rule kube.scheduler.evict-victims
 * @source kubernetes@1.35 pkg/scheduler/framework/preemption/preemption.go prepareCandidate, PreemptPod
 */
function evict(tx: Tx, cache: CacheReader, pod: Pod, candidate: Candidate): void {
  for (const victim of candidate.victims) {
    const condition = newCondition(tx, victim, {
      type: "DisruptionTarget",
      status: "True",
      reason: "PreemptionByScheduler",
      message: "default-scheduler: preempting to accommodate a higher priority pod",
    });
    if (condition !== undefined) patchStatus(tx, victim, { conditions: [condition] } as unknown as Json);
    const path = `/api/v1/namespaces/${podNamespace(victim)}/pods/${victim.metadata.name}`;
    callApi(tx, { method: "DELETE", path, user: "kube-scheduler" });
    podEvent(tx, victim, "Normal", "Preempted", `Preempted by pod ${pod.metadata.uid} on node ${candidate.node}`);
    tx.fired("kube.scheduler.evict-victims", `pods/${podKey(victim)}`);
  }
  for (const row of tx.read(queueTable).by("nominated", candidate.node)) {
    if (row.priority >= podPriority(pod) || row.key === podKey(pod)) continue;
    const other = podByKey(cache, row.key);
    if (other !== undefined) patchStatus(tx, other, { nominatedNodeName: null });
    const { nominated: _lost, ...rest } = row;
    requeue(tx, rest);
  }
}
