/**
 * The queue of keys: a key is in it once however often it is asked for; a key asked for while being worked on comes again afterwards;
 * failures wait longer and longer.
 *
 * @source kubernetes@1.35 staging/src/k8s.io/client-go/util/workqueue/queue.go, delaying_queue.go, rate_limiting_queue.go
 * Not modelled: the overall limit of 10 retries per second, and the number of workers (each key has its own).
 */
import { delayOf } from "../../../sim/delays";
import type { Message, Micros, Tx } from "../../../sim/types";
import { RETRY_FIRST, RETRY_MOST, SYNC } from "./delays";
import { type QueueRow, queueTable } from "./tables";

export interface SyncMessage extends Message {
  readonly type: "controller.sync" | "controller.later";
  readonly key: string;
}

export const idOf = (tx: Tx, key: string): string => `${tx.self} ${key}`;
const message = (type: SyncMessage["type"], key: string): SyncMessage => ({ type, key });

const fresh = (tx: Tx, key: string): QueueRow => ({ id: idOf(tx, key), address: tx.self, key, state: "idle", dirty: false, failures: 0, timer: 0 });

/**
 * Puts a key into the queue. `ready` is false while caches are being filled: then it waits for `release`.
 * @rule kube.workqueue.add
 * @source kubernetes@1.35 staging/src/k8s.io/client-go/util/workqueue/queue.go Add
 */
export function add(tx: Tx, key: string, extra: Micros, ready: boolean): void {
  const queue = tx.write(queueTable);
  const row = queue.get(idOf(tx, key)) ?? fresh(tx, key);
  if (row.state === "queued" || row.dirty) return;
  if (row.state === "active") return queue.put({ ...row, dirty: true });
  const timer = ready ? tx.send(tx.self, message("controller.sync", key), delayOf(tx, SYNC) + extra) : 0;
  queue.put({ ...row, state: "queued", timer });
}

/** Keys that came while caches were being filled start now. */
export function release(tx: Tx): void {
  const queue = tx.write(queueTable);
  for (const row of queue.by("address", tx.self)) {
    if (row.state === "queued" && row.timer === 0)
      queue.put({ ...row, timer: tx.send(tx.self, message("controller.sync", row.key), delayOf(tx, SYNC)) });
  }
}

/**
 * Puts a key into the queue after a time; the earliest of several wins.
 * @rule kube.workqueue.add-after
 * @source kubernetes@1.35 staging/src/k8s.io/client-go/util/workqueue/delaying_queue.go AddAfter
 */
export function addAfter(tx: Tx, key: string, after: Micros): void {
  const queue = tx.write(queueTable);
  const row = queue.get(idOf(tx, key)) ?? fresh(tx, key);
  const at = tx.now + Math.max(1, after);
  if (row.later !== undefined) {
    if (row.later.at <= at) return;
    tx.cancel(row.later.timer);
  }
  queue.put({ ...row, later: { timer: tx.send(tx.self, message("controller.later", key), at - tx.now), at } });
}

/** Takes a key for work; undefined when it is not its turn. A later look is dropped: the work will ask for one if it still wants it. */
export function take(tx: Tx, key: string): QueueRow | undefined {
  const queue = tx.write(queueTable);
  const row = queue.get(idOf(tx, key));
  if (row === undefined || row.state !== "queued") return undefined;
  if (row.later !== undefined) tx.cancel(row.later.timer);
  const active: QueueRow = { ...row, state: "active", timer: 0, later: undefined };
  queue.put(active);
  return active;
}

/** The moment of a later look has come. */
export function wake(tx: Tx, key: string, ready: boolean): void {
  const queue = tx.write(queueTable);
  const row = queue.get(idOf(tx, key));
  if (row === undefined) return;
  queue.put({ ...row, later: undefined });
  add(tx, key, 0, ready);
}

/**
 * 5 ms, 10, 20 … 1000 s.
 * @rule kube.workqueue.backoff
 * @source kubernetes@1.35 staging/src/k8s.io/client-go/util/workqueue/default_rate_limiters.go ItemExponentialFailureRateLimiter.When
 */
export function backoff(tx: Pick<Tx, "profile">, failures: number): Micros {
  let delay = delayOf(tx, RETRY_FIRST);
  const most = delayOf(tx, RETRY_MOST);
  for (let i = 0; i < failures && delay < most; i++) delay *= 2;
  return Math.min(delay, most);
}

/**
 * The work on a key is over. Failure: it comes back after its back-off; success forgets its failures. If it was asked for meanwhile, it
 * is queued again at once.
 * @rule kube.workqueue.done
 * @source kubernetes@1.35 staging/src/k8s.io/client-go/util/workqueue/queue.go Done; rate_limiting_queue.go AddRateLimited, Forget
 */
export function done(tx: Tx, key: string, outcome: { readonly failed: boolean; readonly requeueAfter?: Micros; readonly extra: Micros }): void {
  const queue = tx.write(queueTable);
  const row = queue.get(idOf(tx, key));
  if (row === undefined) return;
  if (outcome.failed) tx.fired("kube.workqueue.backoff", row.id);
  const failures = outcome.failed ? row.failures + 1 : 0;
  const wait = outcome.failed ? backoff(tx, row.failures) : outcome.requeueAfter;
  if (wait === undefined && !row.dirty && failures === 0 && row.later === undefined) return queue.delete(row.id);
  queue.put({ ...row, state: "idle", dirty: false, failures });
  if (wait !== undefined) addAfter(tx, key, wait);
  if (row.dirty) add(tx, key, outcome.extra, true);
}
