/**
 * What pending signals do to a process before it runs on: end it, stop it, or be left for its handler.
 *
 * @rule linux.signal.deliver
 * @source linux@6.12 kernel/signal.c get_signal
 */
import type { Kernel } from "../types";
import { exitProcess } from "./exit";
import { isInit, tellParent } from "./signal";
import { defaultAction, type SignalName } from "./signal-names";
import { leaderOf, putTask, type TaskRow, taskOf } from "./task";

/** Pending signals that a handler awaits. */
export const handledSignals = (row: TaskRow): readonly SignalName[] =>
  row.pending.filter((signal) => !row.blocked.includes(signal) && row.dispositions[signal] === "handle");

/** Acts on what needs no program. Whether the task may run on. */
export function deliverSignals(kernel: Kernel, id: number): boolean {
  for (;;) {
    const row = leaderOf(kernel, id);
    if (row.state === "zombie") return false;
    const signal = row.pending.includes("KILL")
      ? "KILL"
      : row.pending.find((name) => !row.blocked.includes(name) && row.dispositions[name] !== "handle");
    if (signal === undefined) return taskOf(kernel, id).state !== "stopped";
    const rest = putTask(kernel, { ...row, pending: row.pending.filter((name) => name !== signal) });
    if (row.dispositions[signal] === "ignore" && signal !== "KILL" && signal !== "STOP") continue;
    const action = defaultAction(signal);
    // What came while a handler was there, or blocked, still does nothing to the first process of a namespace.
    if (isInit(kernel, row) && signal !== "KILL" && signal !== "STOP") continue;
    if (action === "terminate" || action === "core") {
      exitProcess(kernel, row.id, { kind: "signaled", signal, core: action === "core" });
      return false;
    }
    if (action === "stop") {
      putTask(kernel, { ...rest, state: "stopped", news: { kind: "stopped", signal } });
      tellParent(kernel, row.id);
      return false;
    }
  }
}

/** The handler's turn: takes the signals that have one. */
export function takeSignals(kernel: Kernel, id: number): readonly SignalName[] {
  const row = leaderOf(kernel, id);
  const taken = handledSignals(row);
  if (taken.length > 0) putTask(kernel, { ...row, pending: row.pending.filter((name) => !taken.includes(name)) });
  return taken;
}
