/**
 * A benchmark's run: the clock, who is busy until when, what has been counted. Tasks belong to a vCPU, to a worker (a thread of the VMM
 * or of the host's kernel on another processor) or to none; the earliest that can start goes next, so equal input gives equal output.
 *
 * Everything lives inside one call of `measure`; nothing of it is state of a world.
 */
import type { ParameterName, ParameterValues } from "../../parameters";
import type { ExitReason, PathKnobs, Place, Step, StepName, Workload } from "../path";

export type Worker = "vcpu" | "worker" | "device";

interface Task {
  readonly at: number;
  readonly order: number;
  readonly on: Worker;
  readonly act: (cursor: Cursor) => void;
}

/** Where a task stands in time, and for which request it works. */
export interface Cursor {
  now: number;
  request: number;
}

export interface Run {
  readonly knobs: PathKnobs;
  readonly workload: Workload;
  readonly parameters: ParameterValues;
  readonly tasks: Task[];
  readonly free: Record<Worker, number>;
  /** When each of the device's slots is free again. */
  readonly slots: number[];
  order: number;
  steps: Step[];
  readonly keep: number;
  readonly exits: Partial<Record<ExitReason, number>>;
  readonly exitTime: Partial<Record<ExitReason, number>>;
  readonly cpu: Partial<Record<Place, number>>;
  copies: number;
  copiedBytes: number;
  kicks: number;
  interrupts: number;
  /** The vCPU has halted: when it executed HLT, and when it was out of the guest and waiting. Time it has waited so far. */
  haltedAt: { readonly since: number; waiting: number } | null;
  halted: number;
  accesses: number;
  started: number[];
  finished: number[];
}

export function newRun(knobs: PathKnobs, workload: Workload, parameters: ParameterValues, keep: number): Run {
  const parallel = workload.device === "disk" ? parameters.diskParallel : parameters.nicParallel;
  const share = knobs.path === "sr-iov" ? Math.max(1, Math.floor(parallel / Math.max(1, knobs.sharers))) : parallel;
  return {
    knobs,
    workload,
    parameters,
    tasks: [],
    free: { vcpu: 0, worker: 0, device: 0 },
    slots: Array.from<number>({ length: share }).fill(0),
    order: 0,
    steps: [],
    keep,
    exits: {},
    exitTime: {},
    cpu: {},
    copies: 0,
    copiedBytes: 0,
    kicks: 0,
    interrupts: 0,
    haltedAt: null,
    halted: 0,
    accesses: 0,
    started: [],
    finished: [],
  };
}

export function later(run: Run, on: Worker, at: number, act: Task["act"]): void {
  run.tasks.push({ at, order: run.order++, on, act });
}

/** Whether the worker has something to do by then. */
export const pending = (run: Run, on: Worker, by: number): boolean => run.tasks.some((task) => task.on === on && task.at <= by);

/** Whether a task of the worker found it asleep: it had nothing to do when the task came. */
export const slept = (run: Run, on: Worker, cursor: Cursor): boolean => cursor.now > run.free[on];

/** Runs tasks until none is left. */
export function drain(run: Run, bound: number): void {
  for (let count = 0; run.tasks.length > 0; count++) {
    if (count > bound) throw new Error("the benchmark does not end");
    let best = 0;
    const startOf = (index: number): number => {
      const task = run.tasks[index];
      return task === undefined ? Number.MAX_SAFE_INTEGER : Math.max(task.at, run.free[task.on]);
    };
    for (let index = 1; index < run.tasks.length; index++) {
      const [mine, other] = [startOf(index), startOf(best)];
      if (mine < other || (mine === other && (run.tasks[index]?.order ?? 0) < (run.tasks[best]?.order ?? 0))) best = index;
    }
    const start = startOf(best);
    const task = run.tasks.splice(best, 1)[0];
    if (task === undefined) return;
    const cursor: Cursor = { now: start, request: 0 };
    task.act(cursor);
    run.free[task.on] = Math.max(run.free[task.on], cursor.now);
  }
}

interface Extra {
  readonly times?: number;
  readonly exit?: ExitReason;
  readonly register?: Step["register"];
  readonly copied?: number;
}

/** Time passes for a named reason. */
export function spend(run: Run, cursor: Cursor, place: Place, what: StepName, parameter: ParameterName, extra: Extra = {}): void {
  const duration = Math.round(run.parameters[parameter] * (extra.times ?? 1));
  if (place !== "device") run.cpu[place] = (run.cpu[place] ?? 0) + duration;
  if (cursor.request < run.keep) {
    const { times: _times, ...rest } = extra;
    run.steps.push({ at: cursor.now, duration, place, what, parameter, request: cursor.request, ...rest });
  }
  cursor.now += duration;
}

/** A processor copies a request's bytes. */
export function copyBytes(run: Run, cursor: Cursor, place: Place, bytes: number): void {
  run.copies++;
  run.copiedBytes += bytes;
  spend(run, cursor, place, "copy", "copy", { times: bytes / 1024, copied: bytes });
}

/** The device works on a request in its next free slot; when it is done. The processor that started it goes on. */
export function deviceWorks(run: Run, from: number, request: number): number {
  const disk = run.workload.device === "disk";
  let slot = 0;
  for (let index = 1; index < run.slots.length; index++) if ((run.slots[index] ?? 0) < (run.slots[slot] ?? 0)) slot = index;
  const cursor: Cursor = { now: Math.max(from, run.slots[slot] ?? 0), request };
  spend(run, cursor, "device", "device works", disk ? "disk" : "nic");
  spend(run, cursor, "device", "device moves", disk ? "diskByte" : "nicByte", { times: run.workload.bytes / 1024 });
  run.slots[slot] = cursor.now;
  return cursor.now;
}
