/**
 * Telling watchers. A short while after a write every watcher of a stream that changed gets one notice, however many
 * writes there were. A watcher that lags although nothing is on its way to it (a healed link) is told when it next makes a request.
 */
import { type Delay, delayOf } from "../../../sim/delays";
import { seconds } from "../../../sim/time";
import { defineTable } from "../../../sim/table";
import type { Tx } from "../../../sim/types";
import { type ApiOpenWatch, type WatchFault, type WatchRow, watchFaultTable, watchTable } from "../../client/tables";
import { RECONNECT, WATCH_DISPATCH, WATCH_RELAXED, WATCH_TRAVEL } from "../delays";
import type { WatchNotice } from "../door";
import { logRow, logTable, nodeOf, revisionOf, streamOf, streamTable } from "../storage/store";
import { sendOutside } from "./outside";

type Timer = "api.dispatch" | "api.relaxed";
/** The two timers: of the dispatch, and of the notices to watchers that are in no hurry. */
interface TimerRow {
  readonly id: Timer;
  readonly armed: boolean;
  /** Changes up to this revision have been told. */
  readonly told: number;
}
const timerTable = defineTable<TimerRow>({ name: "apiserver.timer", key: (row) => row.id });

/** A watcher this far behind is not just waiting for a notice under way. */
const LAGGING = seconds(2);

function arm(tx: Tx, id: Timer, told: number, delay: Delay): void {
  tx.write(timerTable).put({ id, armed: true, told });
  tx.send("apiserver/main", { type: id }, delayOf(tx, delay));
}

/** Arms the dispatch when something was written. Called at the end of each event. */
export function armDispatch(tx: Tx): void {
  const timer = tx.read(timerTable).get("api.dispatch");
  if (timer?.armed === true) return;
  const told = timer?.told ?? 0;
  if (revisionOf(tx) > told) arm(tx, "api.dispatch", told, WATCH_DISPATCH);
}

/** The streams that changed since a revision, in order. */
function changedStreams(tx: Tx, told: number, revision: number): readonly string[] {
  const log = tx.read(logTable);
  const streams = new Set<string>();
  for (let at = told + 1; at <= revision; at++) {
    const row = logRow(log, at);
    if (row === undefined) continue;
    streams.add(row.resource);
    if (row.previousOnNode !== undefined) streams.add(streamOf(row.resource, nodeOf(row.resource, row.after ?? row.before)));
  }
  return streams.size === 1 ? [...streams] : [...streams].sort((a, b) => (a < b ? -1 : 1));
}

/** @rule kube.watch.dispatch @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/storage/cacher/cacher.go dispatchEvents */
export function dispatch(tx: Tx): void {
  const timers = tx.write(timerTable);
  const told = timers.get("api.dispatch")?.told ?? 0;
  const revision = revisionOf(tx);
  timers.put({ id: "api.dispatch", armed: false, told: revision });
  const watches = tx.read(watchTable);
  let patient = false;
  for (const stream of changedStreams(tx, told, revision)) {
    if (!stream.includes("@")) sendOutside(tx, stream);
    if (watches.countBy("stream", stream) === 0) continue;
    for (const row of watches.by("stream", stream)) {
      if (!row.open) continue;
      if (row.relaxed === true) patient = true;
      else notify(tx, row, revision, 0);
    }
  }
  if (patient && timers.get("api.relaxed")?.armed !== true) arm(tx, "api.relaxed", told, WATCH_RELAXED);
}

/** Tells those in no hurry of everything since their last notice. */
export function dispatchRelaxed(tx: Tx): void {
  const timers = tx.write(timerTable);
  const told = timers.get("api.relaxed")?.told ?? 0;
  const revision = revisionOf(tx);
  timers.put({ id: "api.relaxed", armed: false, told: revision });
  const watches = tx.read(watchTable);
  for (const stream of changedStreams(tx, told, revision))
    if (watches.countBy("stream", stream) > 0)
      for (const row of watches.by("stream", stream)) if (row.relaxed === true && row.open) notify(tx, row, revision, 0);
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
  const revision = revisionOf(tx);
  for (const { id } of tx.read(timerTable).rows()) tx.write(timerTable).put({ id, armed: false, told: revision });
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
