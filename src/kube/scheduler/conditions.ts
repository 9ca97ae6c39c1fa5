/** The PodScheduled condition in its forms, and what keeps a Pod out of the queue. */
import type { Condition, Pod } from "../apis/objects";
import { type Status, unresolvable } from "./framework";

/**
 * @rule kube.scheduler.scheduling-gates
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/schedulinggates/scheduling_gates.go PreEnqueue
 */
export function gatedStatus(pod: Pod): Status | undefined {
  const gates = pod.spec.schedulingGates ?? [];
  return gates.length === 0 ? undefined : unresolvable(`waiting for scheduling gates: [${gates.map(({ name }) => name).join(" ")}]`);
}

/**
 * What the API server writes on a Pod with gates when it is created.
 * @rule kube.pod.scheduling-gated-condition
 * @source kubernetes@1.35 pkg/registry/core/pod/strategy.go applySchedulingGatedCondition
 */
export const SCHEDULING_GATED: Condition = Object.freeze({
  type: "PodScheduled",
  status: "False",
  reason: "SchedulingGated",
  message: "Scheduling is blocked due to non-empty scheduling gates",
});

export const unschedulableCondition = (message: string): Condition => ({ type: "PodScheduled", status: "False", reason: "Unschedulable", message });

export interface Queued {
  readonly priority: number;
  /** Virtual microseconds. */
  readonly queuedAt: number;
}

/**
 * Whether `a` is tried before `b`: higher priority, then longer in the queue.
 * @rule kube.scheduler.priority-sort
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/queuesort/priority_sort.go PrioritySort.Less
 */
export const triedBefore = (a: Queued, b: Queued): boolean => a.priority > b.priority || (a.priority === b.priority && a.queuedAt < b.queuedAt);
