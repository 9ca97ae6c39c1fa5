/**
 * Runs programs in slices. A program is a plain function that is run again from what it last marked, given the answers it already had, and
 * then acts anew; so nothing of a waiting program is anywhere but in its row.
 *
 * Not modelled: real instruction counts. A slice costs a named time per system call.
 *
 * @rule linux.process.run
 * @source man-pages@6.9 sched(7)
 */
import type { Json } from "../../sim/types";
import { isFrozen } from "../cgroup/freezer";
import { memberOf } from "../cgroup/tables";
import { copyUpReady } from "../fs/copy-up-time";
import type { Program, System } from "../program";
import { CALLS, type CallName } from "../syscalls";
import type { Kernel, Outcome } from "../types";
import { deliverSignals, handledSignals } from "./deliver";
import { exec } from "./exec";
import { exitProcess } from "./exit";
import { spawn, type SpawnOptions } from "./spawn";
import { changeTask, findTask, leaderOf, taskOf } from "./task";
import { findRun, putRun, type RunRow, runSoon } from "./wake";

export type Programs = Readonly<Record<string, Program>>;

/** Calls and marks after which another task gets its turn. */
const SLICE_CALLS = 200;
/** A program that never marks is cut off here, and goes on from where it was. */
const SLICE_LIMIT = 2000;
const CALL_TIME = 2;
const EXEC_TIME = 400;
const NOT_FOUND = 127;

/** A time has come that a task waited for. */
export interface TimeMessage {
  readonly type: "time";
  readonly task: number;
}

/** Leaves a program in the middle; caught by the slice. */
const SUSPENDED = Object.freeze({ suspended: true });

/** What a slice knows of itself while it lasts. */
interface Slice {
  readonly kernel: Kernel;
  readonly id: number;
  row: RunRow;
  answers: Json[];
  next: number;
  calls: number;
  waits: RunRow["waits"];
  ended: boolean;
}

/** The time has come: the waiting call looks again. */
export function timeCame(kernel: Kernel, programs: Programs, id: number): void {
  const found = findRun(kernel, id);
  if (found === undefined) return;
  const { waits: _waits, timer: _timer, ...row } = found;
  putRun(kernel, row);
  runSlice(kernel, programs, id);
}

/** One turn of a task. */
export function runSlice(kernel: Kernel, programs: Programs, id: number): void {
  const found = findRun(kernel, id);
  if (found === undefined) return;
  const { slice: _slice, ...row } = found;
  putRun(kernel, row);
  if (row.waits !== undefined || !deliverSignals(kernel, id)) return;
  const group = memberOf(kernel, id)?.cgroup;
  // What it waited for it will ask again, once it is thawed.
  if (group !== undefined && isFrozen(kernel, group)) return putRun(kernel, { ...row, waits: { queues: [`frozen/${id}`] } });
  const slice: Slice = { kernel: { ...kernel, task: id }, id, row, answers: [...row.answers], next: 0, calls: 0, waits: undefined, ended: false };
  const status = play(slice, programs[row.program]);
  if (status !== undefined) exitProcess(kernel, id, { kind: "exited", code: status & 255 });
  else if (!slice.ended) rest(slice);
}

/** The status a program returned; undefined when it was left in the middle. */
function play(slice: Slice, program: Program | undefined): number | undefined {
  const { argv, env } = taskOf(slice.kernel, slice.id);
  if (program === undefined) return NOT_FOUND;
  try {
    return program(systemOf(slice), { argv, env, state: slice.row.mark });
  } catch (thrown) {
    if (thrown === SUSPENDED) return undefined;
    throw thrown;
  }
}

function systemOf(slice: Slice): System {
  const system: Record<string, unknown> = {
    mark: (state: Json) => mark(slice, state),
    exit: (status: number) => {
      slice.ended = true;
      exitProcess(slice.kernel, slice.id, { kind: "exited", code: status & 255 });
      throw SUSPENDED;
    },
    exec: (path: string, argv: readonly string[], env: Readonly<Record<string, string>>) =>
      call(slice, "exec", () => replace(slice, path, argv, env)),
    spawn: (options: SpawnOptions) => call(slice, "spawn", () => spawn(slice.kernel, slice.id, slice.row.program, options)),
  };
  for (const name of Object.keys(CALLS) as CallName[]) {
    const act = CALLS[name] as (kernel: Kernel, task: number, ...args: readonly unknown[]) => Outcome<unknown>;
    system[name] = (...args: readonly unknown[]) => call(slice, name, () => act(slice.kernel, slice.id, ...args));
  }
  return system as unknown as System;
}

function mark(slice: Slice, state: Json): void {
  // Run again from a mark, a program marks that state once more before it is given the kept answers.
  if (slice.next < slice.answers.length) return;
  slice.row = { ...slice.row, mark: state };
  slice.answers = [];
  slice.next = 0;
  if (++slice.calls > SLICE_CALLS) throw SUSPENDED;
}

function call(slice: Slice, name: string, act: () => Outcome<unknown>): unknown {
  if (slice.next < slice.answers.length) return slice.answers[slice.next++];
  if (++slice.calls > SLICE_LIMIT) throw SUSPENDED;
  const outcome = act();
  if (slice.ended) throw SUSPENDED;
  if ("blocked" in outcome) return blocked(slice, name, outcome.blocked);
  if (!outcome.ok && outcome.errno === "ERESTARTSYS") return blocked(slice, name, { queues: [], until: copyUpReady(slice.kernel) });
  return answered(slice, outcome);
}

function answered(slice: Slice, outcome: unknown): unknown {
  slice.answers.push(outcome as Json);
  slice.next++;
  const row = findRun(slice.kernel, slice.id);
  if (row?.since !== undefined) {
    const { since: _since, call: _call, ...rested } = row;
    putRun(slice.kernel, rested);
  }
  // A signal that this very call sent to the caller acts before the call returns.
  const self = leaderOf(slice.kernel, slice.id);
  if (self.pending.length > 0 && !deliverSignals(slice.kernel, slice.id)) throw SUSPENDED;
  return outcome;
}

/** Waits, unless a handler wants to be run first. */
function blocked(slice: Slice, name: string, waits: NonNullable<RunRow["waits"]>): unknown {
  const self = leaderOf(slice.kernel, slice.id);
  if (handledSignals(self).length > 0) return answered(slice, { ok: false, errno: "EINTR" });
  const row = findRun(slice.kernel, slice.id);
  if (row !== undefined) putRun(slice.kernel, { ...row, since: row.since ?? slice.kernel.tx.now, call: name });
  slice.waits = waits;
  throw SUSPENDED;
}

/** Keeps what the program needs to go on, and says when that will be. */
function rest(slice: Slice): void {
  const { kernel, id } = slice;
  const now = findRun(kernel, id);
  const task = findTask(kernel, id);
  if (now === undefined || task === undefined) return;
  const spent = slice.calls * CALL_TIME;
  changeTask(kernel, id, { userTime: task.userTime + Math.floor(spent / 2), systemTime: task.systemTime + Math.ceil(spent / 2) });
  const { mark: kept } = slice.row;
  const row: RunRow = { ...now, ...(kept === undefined ? {} : { mark: kept }), answers: slice.answers };
  if (slice.waits === undefined) {
    putRun(kernel, row);
    if (task.state === "running") runSoon(kernel, row, spent);
    return;
  }
  const { until } = slice.waits;
  if (until === undefined) return putRun(kernel, { ...row, waits: slice.waits });
  const message: TimeMessage = { type: "time", task: id };
  const timer = kernel.tx.send(`machine/${kernel.machine}`, message, Math.max(0, until - kernel.tx.now));
  putRun(kernel, { ...row, waits: slice.waits, timer });
}

function replace(slice: Slice, path: string, argv: readonly string[], env: Readonly<Record<string, string>>): Outcome<unknown> {
  const { kernel, id } = slice;
  const image = exec(kernel, id, path, argv, env);
  if (!image.ok) return image;
  slice.ended = true;
  const { mark: _mark, since: _since, call: _call, ...row } = findRun(kernel, id) ?? slice.row;
  runSoon(kernel, { ...row, program: image.value.program, answers: [] }, EXEC_TIME);
  return image;
}
