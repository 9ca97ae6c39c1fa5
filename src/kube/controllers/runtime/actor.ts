/**
 * One actor for any reconciler: fills caches, queues keys, sends the requests of a plan in their order, writes Events about the answers,
 * retries.
 *
 * @source kubernetes@1.35 pkg/controller/deployment/deployment_controller.go Run, processNextWorkItem (the same in every controller)
 * Not modelled: leader election, resync periods, client-side rate limits.
 */
import type { Actor, Message, Tx } from "../../../sim/types";
import type { ApiReply, ApiResponse, WatchNotice } from "../../apiserver/door";
import { cacheOf } from "../../client/cache";
import { callApi } from "../../client/call";
import { recordEvent } from "../../client/events";
import { advance, openWatch, synced } from "../../client/watch";
import { callTable, queueTable, type WorkRow, workTable } from "./tables";
import type { Context, Plan, PlannedCall, Reconciler } from "./types";
import { add, addAfter, done, idOf, release, type SyncMessage, take, wake } from "./work-queue";

type Incoming = SyncMessage | WatchNotice | ApiReply | { readonly type: "actor.start" };

export function controllerActor(reconciler: Reconciler): Actor {
  return {
    kind: reconciler.name,
    receive(tx: Tx, _name: string, message: Message): void {
      const incoming = message as Incoming;
      switch (incoming.type) {
        case "actor.start":
          return start(tx, reconciler);
        case "api.watch":
          return noticed(tx, reconciler, incoming);
        case "controller.sync":
          return sync(tx, reconciler, incoming.key);
        case "controller.later":
          return wake(tx, incoming.key, synced(tx));
        case "api.reply":
          return replied(tx, reconciler, incoming);
      }
    },
  };
}

export const NAMESPACE_TERMINATING = "NamespaceTerminating";

const contextOf = (tx: Tx): Context => ({ tx, cache: cacheOf(tx) });

/** A process starts with empty memory: what it was doing is found again by looking. */
function start(tx: Tx, reconciler: Reconciler): void {
  const queue = tx.write(queueTable);
  for (const row of queue.by("address", tx.self)) {
    if (row.timer !== 0) tx.cancel(row.timer);
    if (row.later !== undefined) tx.cancel(row.later.timer);
    queue.delete(row.id);
  }
  for (const table of [workTable, callTable] as const) {
    const writer = tx.write(table as typeof workTable);
    for (const row of writer.by("address", tx.self)) writer.delete(row.id);
  }
  reconciler.restarted?.(tx);
  for (const spec of reconciler.watches) openWatch(tx, spec);
}

function noticed(tx: Tx, reconciler: Reconciler, notice: WatchNotice): void {
  const before = synced(tx);
  const changes = advance(tx, notice);
  if (changes.length === 0 && before) return;
  const context = contextOf(tx);
  const ready = before || synced(tx);
  reconciler.observe?.(changes, context);
  const asked = new Set<string>();
  for (const change of changes) {
    for (const wanted of reconciler.keysFor(change, context)) {
      if (typeof wanted !== "string") addAfter(tx, wanted.key, wanted.after);
      else if (!asked.has(wanted)) {
        asked.add(wanted);
        add(tx, wanted, reconciler.pace?.(wanted, context) ?? 0, ready);
      }
    }
  }
  if (ready && !before) release(tx);
}

function sync(tx: Tx, reconciler: Reconciler, key: string): void {
  if (take(tx, key) === undefined) return;
  begin(tx, reconciler, key, reconciler.reconcile(key, contextOf(tx)), 1, undefined);
}

/** Starts a phase; one without calls is over at once. */
function begin(tx: Tx, reconciler: Reconciler, key: string, plan: Plan, phase: 1 | 2, earlier: string | undefined): void {
  const work: WorkRow = {
    id: idOf(tx, key),
    address: tx.self,
    phase,
    order: plan.order ?? "sequence",
    calls: plan.calls,
    index: 0,
    repeated: 0,
    outstanding: 0,
    batch: 1,
    sent: 0,
    carried: earlier ?? plan.error,
    requeueAfter: plan.requeueAfter,
  };
  if (plan.calls.length === 0) return end(tx, reconciler, key, work);
  tx.write(workTable).put(sendBatch(tx, key, work));
}

const total = (calls: readonly PlannedCall[]): number => calls.reduce((sum, { repeat = 1 }) => sum + repeat, 0);

function sendBatch(tx: Tx, key: string, work: WorkRow): WorkRow {
  const left = total(work.calls) - work.sent;
  const count = work.order === "sequence" ? 1 : work.order === "parallel" ? left : Math.min(left, work.batch);
  const rows = tx.write(callTable);
  let { index, repeated } = work;
  for (let i = 0; i < count; i++) {
    const call = work.calls[index];
    if (call === undefined) break;
    rows.put({ id: `${tx.self} ${callApi(tx, call.request)}`, address: tx.self, key, index });
    repeated++;
    if (repeated >= (call.repeat ?? 1)) [index, repeated] = [index + 1, 0];
  }
  return { ...work, index, repeated, outstanding: count, sent: work.sent + count };
}

const statusOf = ({
  body,
}: ApiResponse): { readonly message?: string; readonly details?: { readonly causes?: readonly { readonly reason?: string }[] } } =>
  typeof body === "object" && body !== null && !Array.isArray(body) ? (body as never) : {};

function succeeded(call: PlannedCall, response: ApiResponse): boolean {
  if (response.code >= 200 && response.code < 300) return true;
  if (call.tolerate?.includes(response.code) === true) return true;
  return call.tolerateCause !== undefined && causedBy(response, call.tolerateCause);
}

function replied(tx: Tx, reconciler: Reconciler, { id, response }: ApiReply): void {
  const rows = tx.write(callTable);
  const row = rows.get(`${tx.self} ${id}`);
  if (row === undefined) return;
  rows.delete(row.id);
  const works = tx.write(workTable);
  const work = works.get(idOf(tx, row.key));
  const call = work?.calls[row.index];
  if (work === undefined || call === undefined) return;
  const good = succeeded(call, response);
  note(tx, reconciler, call, response);
  reconciler.answered?.(row.key, call, response, good, contextOf(tx));
  const error = work.error ?? (good ? undefined : (statusOf(response).message ?? `code ${response.code}`));
  const next: WorkRow = { ...work, outstanding: work.outstanding - 1, error };
  if (next.outstanding > 0) {
    works.put(next);
    return;
  }
  const stop = work.order !== "parallel" && error !== undefined;
  if (!stop && next.sent < total(next.calls)) {
    works.put(sendBatch(tx, row.key, { ...next, batch: next.batch * 2 }));
    return;
  }
  works.delete(work.id);
  end(tx, reconciler, row.key, next);
}

const causedBy = (response: ApiResponse, cause: string): boolean =>
  statusOf(response).details?.causes?.some(({ reason }) => reason === cause) === true;

/** The Event of an answer. Nothing is said about what a terminating namespace refuses, nor about answers that are merely tolerated. */
function note(tx: Tx, reconciler: Reconciler, call: PlannedCall, response: ApiResponse): void {
  const fine = response.code >= 200 && response.code < 300;
  const silent =
    !fine &&
    (call.tolerate?.includes(response.code) === true || call.quiet?.includes(response.code) === true || causedBy(response, NAMESPACE_TERMINATING));
  const template = fine ? call.success : silent ? undefined : call.failure;
  if (template === undefined) return;
  const name = (response.body as { readonly metadata?: { readonly name?: string } } | null)?.metadata?.name ?? "";
  const message = template.message.replace("{name}", () => name).replace("{error}", () => statusOf(response).message ?? "");
  recordEvent(tx, { ...template, message, component: reconciler.component ?? reconciler.name });
}

/** A phase is over: the second follows the first, and then the key is done. */
function end(tx: Tx, reconciler: Reconciler, key: string, work: WorkRow): void {
  const context = contextOf(tx);
  if (work.phase === 1 && reconciler.finish !== undefined) {
    const result = { error: work.error, tag: work.calls[0]?.tag, sent: work.sent, skipped: total(work.calls) - work.sent };
    const plan = reconciler.finish(key, context, result);
    return begin(tx, reconciler, key, { ...plan, requeueAfter: plan.requeueAfter ?? work.requeueAfter }, 2, work.error ?? work.carried);
  }
  done(tx, key, { failed: (work.error ?? work.carried) !== undefined, requeueAfter: work.requeueAfter, extra: reconciler.pace?.(key, context) ?? 0 });
}
