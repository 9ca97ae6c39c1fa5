/**
 * Telling watchers. Writes mark streams as dirty; after a short while every watcher of a dirty stream gets one notice, however many
 * writes there were. A watcher that lags although nothing is on its way to it (a healed link) is told when it next makes a request.
 */
import { type Delay, delayOf } from "../../../sim/delays";
import { seconds } from "../../../sim/time";
import { defineTable } from "../../../sim/table";
import type { Tx } from "../../../sim/types";
import { type ApiOpenWatch, type WatchFault, type WatchRow, watchFaultTable, watchTable } from "../../client/tables";
import { RECONNECT, WATCH_DISPATCH, WATCH_RELAXED, WATCH_TRAVEL } from "../delays";
import type { WatchNotice } from "../door";
import { dirtyTable, revisionOf, streamTable } from "../storage/store";
import { sendOutside } from "./outside";

/** Timers that are running: of the dispatch, and of the notices to watchers that are in no hurry. */
const armedTable = defineTable<{ readonly id: string }>({ name: "apiserver.armed", key: (row) => row.id });
/** Watchers in no hurry that have something to be told. */
const waitingTable = defineTable<{ readonly id: string }>({ name: "apiserver.waiting", key: (row) => row.id });

/** A watcher this far behind is not just waiting for a notice under way. */
const LAGGING = seconds(2);

function arm(tx: Tx, id: "api.dispatch" | "api.relaxed", delay: Delay): void {
  const armed = tx.write(armedTable);
  if (armed.has(id)) return;
  armed.put({ id });
  tx.send("apiserver/main", { type: id }, delayOf(tx, delay));
}

/** Arms the dispatch when something was written. Called at the end of each event. */
export function armDispatch(tx: Tx): void {
  if (tx.read(dirtyTable).size > 0) arm(tx, "api.dispatch", WATCH_DISPATCH);
}

/** @rule kube.watch.dispatch @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/storage/cacher/cacher.go dispatchEvents */
export function dispatch(tx: Tx): void {
  tx.write(armedTable).delete("api.dispatch");
  const dirty = tx.write(dirtyTable);
  const waiting = tx.write(waitingTable);
  const revision = revisionOf(tx);
  const watches = tx.read(watchTable);
  for (const stream of dirty.keys()) {
    dirty.delete(stream);
    if (!stream.includes("@")) sendOutside(tx, stream);
    if (watches.countBy("stream", stream) === 0) continue;
    for (const row of watches.by("stream", stream)) {
      if (!row.open) continue;
      if (row.relaxed !== true) notify(tx, row, revision, 0);
      else if (!waiting.has(row.id)) waiting.put({ id: row.id });
    }
  }
  if (waiting.size > 0) arm(tx, "api.relaxed", WATCH_RELAXED);
}

/** Tells those in no hurry of everything since their last notice. */
export function dispatchRelaxed(tx: Tx): void {
  tx.write(armedTable).delete("api.relaxed");
  const waiting = tx.write(waitingTable);
  const revision = revisionOf(tx);
  for (const { id } of waiting.rows()) {
    waiting.delete(id);
    const row = tx.read(watchTable).get(id);
    if (row !== undefined) notify(tx, row, revision, 0);
  }
}

function notify(tx: Tx, row: WatchRow, revision: number, extra: number): void {
  const faults = tx.read(watchFaultTable);
  let delay = delayOf(tx, WATCH_TRAVEL) + extra;
  if (faults.size > 0) {
    const fault = faults.get(row.id) ?? faults.get(row.address);
    if (fault?.mode === "drop" || fault?.mode === "freeze") return;
    delay += fault?.delay ?? 0;
  }
  const notice: WatchNotice = { type: "api.watch", watch: row.id, revision };
  tx.send(row.address, notice, delay);
}

/** A client opened a watch: it gets its list. */
export function openedWatch(tx: Tx, message: ApiOpenWatch): void {
  const row = tx.read(watchTable).get(message.watch);
  if (row === undefined) return;
  if (!row.open) tx.write(watchTable).put({ ...row, open: true });
  notify(tx, row, revisionOf(tx), 0);
}

/** After a start every client connects again; those whose request was lost are found here. */
export function greetWatchers(tx: Tx): void {
  for (const row of tx.read(armedTable).rows()) tx.write(armedTable).delete(row.id);
  const revision = revisionOf(tx);
  for (const row of tx.read(watchTable).rows()) {
    if (!row.open) tx.write(watchTable).put({ ...row, open: true });
    notify(tx, row, revision, delayOf(tx, RECONNECT));
  }
}

/** @rule kube.watch.lagging */
export function healWatches(tx: Tx, address: string): void {
  const watches = tx.read(watchTable);
  if (watches.countBy("address", address) === 0) return;
  for (const row of watches.by("address", address)) {
    const head = tx.read(streamTable).get(row.stream);
    const behind = !row.synced || (head !== undefined && head.revision > row.revision && head.at < tx.now - LAGGING);
    if (!behind) continue;
    if (!row.open) tx.write(watchTable).put({ ...row, open: true });
    notify(tx, row, revisionOf(tx), 0);
    tx.fired("kube.watch.lagging", row.id);
  }
}

/** Sets or lifts a fault on watches. Lifting lets a watcher catch up. */
export function faultWatch(tx: Tx, fault: WatchFault): void {
  const faults = tx.write(watchFaultTable);
  if (fault.mode !== "none") {
    faults.put({ watcher: fault.watcher, mode: fault.mode, delay: fault.delay ?? 0 });
    return;
  }
  faults.delete(fault.watcher);
  const rows = fault.watcher.includes(" ") ? [tx.read(watchTable).get(fault.watcher)] : tx.read(watchTable).by("address", fault.watcher);
  for (const row of rows) if (row !== undefined) notify(tx, row, revisionOf(tx), 0);
}
