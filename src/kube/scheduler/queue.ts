/**
 * The scheduling queue: active Pods in order of priority and time; Pods that back off; Pods for which there is no node until something
 * changes; gated Pods.
 *
 * Not modelled: Pods that join a queue while their own attempt runs (an attempt is one moment here), back-off windows of a second.
 */
import type { Tx } from "../../sim/types";
import type { Pod } from "../apis/objects";
import { gatedStatus } from "./conditions";
import { podKey, podPriority } from "./pod-info";
import { activeTable, laneTable, INITIAL_BACKOFF, MAX_BACKOFF, type QueueRow, queueTable, type Stage, UNSCHEDULABLE_FLUSH } from "./tables";

export interface WaitOver {
  readonly type: "scheduler.wait-over";
  readonly key: string;
}

const laneOf = (priority: number): string => String(2 ** 31 - priority).padStart(10, "0");
const orderOf = (lane: string, place: number): string => `${lane} ${place}`;

/** The last place of a priority's lane. */
function takePlace(tx: Tx, key: string, priority: number): string {
  const lanes = tx.write(laneTable);
  const lane = laneOf(priority);
  const row = lanes.get(lane) ?? { lane, head: 0, tail: 0 };
  const order = orderOf(lane, row.tail);
  lanes.put({ ...row, tail: row.tail + 1 });
  tx.write(activeTable).put({ order, key });
  return order;
}

/** The Pod at the head of the first lane that is not empty. */
function firstActive(tx: Tx): string | undefined {
  const active = tx.read(activeTable);
  if (active.size === 0) return undefined;
  for (const row of tx.read(laneTable).rows()) {
    let head = row.head;
    while (head < row.tail && !active.has(orderOf(row.lane, head))) head++;
    if (head !== row.head) tx.write(laneTable).put({ ...row, head });
    if (head < row.tail) return active.get(orderOf(row.lane, head))?.key;
  }
  return undefined;
}

/** Puts a row where it belongs; the active queue and timers follow. */
function place(tx: Tx, row: QueueRow, stage: Stage): void {
  if (row.order !== undefined) tx.write(activeTable).delete(row.order);
  if (row.timer !== undefined) tx.cancel(row.timer);
  const timerAfter = (delay: number): number => {
    const message: WaitOver = { type: "scheduler.wait-over", key: row.key };
    return tx.send(tx.self, message, delay);
  };
  if (stage === "active") {
    const order = takePlace(tx, row.key, row.priority);
    tx.write(queueTable).put({ ...row, stage, order, timer: undefined });
    return;
  }
  let timer: number | undefined;
  if (stage === "unschedulable") timer = timerAfter(UNSCHEDULABLE_FLUSH);
  else if (stage === "backoff" && row.errors > 0) timer = timerAfter(Math.max(row.backoffUntil - tx.now, 1));
  tx.write(queueTable).put({ ...row, stage, order: undefined, timer });
}

/**
 * A new Pod: active, or gated.
 * @rule kube.scheduler.enqueue
 * @source kubernetes@1.35 pkg/scheduler/backend/queue/scheduling_queue.go PriorityQueue.Add
 */
export function enqueue(tx: Tx, pod: Pod): void {
  const gated = gatedStatus(pod) !== undefined;
  const row: QueueRow = {
    key: podKey(pod),
    uid: pod.metadata.uid,
    stage: "active",
    priority: podPriority(pod),
    queuedAt: tx.now,
    attempts: 0,
    failures: 0,
    errors: 0,
    backoffUntil: 0,
    refusing: gated ? ["SchedulingGates"] : [],
    order: undefined,
    failedAt: undefined,
    nominated: undefined,
    timer: undefined,
  };
  const promised = pod.status?.nominatedNodeName;
  place(tx, promised ? { ...row, nominated: promised } : row, gated ? "gated" : "active");
  if (gated) tx.fired("kube.scheduler.scheduling-gates", `pods/${row.key}`);
}

export function dequeue(tx: Tx, key: string): QueueRow | undefined {
  const row = tx.read(queueTable).get(key);
  if (row === undefined) return undefined;
  if (row.order !== undefined) tx.write(activeTable).delete(row.order);
  if (row.timer !== undefined) tx.cancel(row.timer);
  tx.write(queueTable).delete(key);
  return row;
}

/**
 * Something changed that may make this Pod schedulable: to the active queue, or first through what is left of its back-off.
 * @rule kube.scheduler.requeue
 * @source kubernetes@1.35 pkg/scheduler/backend/queue/scheduling_queue.go requeuePodWithQueueingStrategy
 */
export function requeue(tx: Tx, row: QueueRow): void {
  tx.fired("kube.scheduler.requeue", `pods/${row.key}`);
  place(tx, { ...row, queuedAt: tx.now }, row.backoffUntil > tx.now ? "backoff" : "active");
}

/**
 * 1 s, doubled with each failure, at most 10 s.
 * @rule kube.scheduler.backoff
 * @source kubernetes@1.35 pkg/scheduler/backend/queue/backoff_queue.go calculateBackoffDuration
 */
export function backoffAfter(failures: number): number {
  let span = INITIAL_BACKOFF;
  for (let i = 1; i < failures && span < MAX_BACKOFF; i++) span *= 2;
  return Math.min(span, MAX_BACKOFF);
}

/** An attempt found no node. */
export function unschedulable(tx: Tx, row: QueueRow, refusing: readonly string[], nominated: string | undefined): void {
  const failures = row.failures + 1;
  const { nominated: _old, ...rest } = row;
  const next: QueueRow = { ...rest, failures, errors: 0, failedAt: tx.now, backoffUntil: tx.now + backoffAfter(failures), refusing };
  place(tx, nominated === undefined ? next : { ...next, nominated }, "unschedulable");
}

/** An attempt failed for a reason that has nothing to do with nodes; it is tried again after the back-off. */
export function errored(tx: Tx, row: QueueRow): void {
  const errors = row.errors + 1;
  place(tx, { ...row, errors, failedAt: tx.now, backoffUntil: tx.now + backoffAfter(errors), queuedAt: tx.now }, "backoff");
}

/** A Pod has waited its five minutes, or its error's back-off. */
export function waitOver(tx: Tx, key: string): void {
  const row = tx.read(queueTable).get(key);
  if (row === undefined || row.timer === undefined) return;
  const { timer: _fired, ...rest } = row;
  place(tx, { ...rest, queuedAt: row.stage === "unschedulable" ? tx.now : row.queuedAt }, "active");
}

/** Whether there is a Pod to try. */
export const hasWork = (tx: Tx): boolean => tx.read(activeTable).size > 0 || firstInBackoff(tx) !== undefined;

/** Pods that back off after an error wait to the end; others may be tried early when there is nothing else to do. */
function firstInBackoff(tx: Tx): QueueRow | undefined {
  let first: QueueRow | undefined;
  for (const row of tx.read(queueTable).by("stage", "backoff"))
    if (row.errors === 0 && (first === undefined || row.backoffUntil < first.backoffUntil)) first = row;
  return first;
}

/**
 * The next Pod to try. Back-offs that are over join the active queue; when that is empty the one that would end next is taken early.
 * @rule kube.scheduler.pop
 * @source kubernetes@1.35 pkg/scheduler/backend/queue/scheduling_queue.go PriorityQueue.Pop, active_queue.go popBackoffQ
 */
export function pop(tx: Tx): QueueRow | undefined {
  for (const row of tx.read(queueTable).by("stage", "backoff")) if (row.errors === 0 && row.backoffUntil <= tx.now) place(tx, row, "active");
  const key = firstActive(tx);
  const row = key === undefined ? firstInBackoff(tx) : tx.read(queueTable).get(key);
  return row === undefined ? undefined : { ...row, attempts: row.attempts + 1 };
}
