/**
 * How a program rests: its row keeps what it last marked, the answers given since, and the queues it waits on.
 *
 * Waking is never wrong: the call is made again and may wait once more.
 */
import { defineTable } from "../../sim/table";
import type { Json, Micros } from "../../sim/types";
import type { Kernel } from "../types";

export interface RunRow {
  readonly machine: string;
  readonly id: number;
  readonly program: string;
  readonly mark?: Json;
  readonly answers: readonly Json[];
  /** Set while a call waits. */
  readonly waits?: { readonly queues: readonly string[]; readonly until?: Micros };
  /** When the waiting call was first made. */
  readonly since?: Micros;
  /** The call that waits, as the process lists show it. */
  readonly call?: string;
  /** The queued message that makes it go on: a time that was waited for, or its next slice. */
  readonly timer?: number;
  readonly slice?: number;
}

export const runTable = defineTable<RunRow, "queue">({
  name: "linux.run",
  key: (row) => `${row.machine}/${row.id}`,
  indexes: { queue: (row) => row.waits?.queues.map((queue) => `${row.machine}/${queue}`) },
});

export interface SliceMessage {
  readonly type: "slice";
  readonly task: number;
}

export const findRun = (kernel: Kernel, id: number): RunRow | undefined => kernel.tx.read(runTable).get(`${kernel.machine}/${id}`);
export const putRun = (kernel: Kernel, row: RunRow): void => kernel.tx.write(runTable).put(row);

/** Lets a task go on after a delay, unless it is about to anyway. */
export function runSoon(kernel: Kernel, row: RunRow, delay: Micros): void {
  const { waits: _waits, timer, ...rest } = row;
  if (timer !== undefined) kernel.tx.cancel(timer);
  if (rest.slice !== undefined) return putRun(kernel, rest);
  const message: SliceMessage = { type: "slice", task: row.id };
  putRun(kernel, { ...rest, slice: kernel.tx.send(`machine/${kernel.machine}`, message, delay) });
}

export function wake(kernel: Kernel, queue: string): void {
  for (const row of kernel.tx.read(runTable).by("queue", `${kernel.machine}/${queue}`)) runSoon(kernel, row, 0);
}

/** Makes a task's waiting call look again, for a signal. */
export function wakeTask(kernel: Kernel, id: number): void {
  const row = findRun(kernel, id);
  if (row?.waits !== undefined) runSoon(kernel, row, 0);
}

/** When the call that is being made was first made: now, or when it began to wait. */
export const callBegan = (kernel: Kernel, id: number): Micros => findRun(kernel, id)?.since ?? kernel.tx.now;

export function forgetRun(kernel: Kernel, id: number): void {
  const row = findRun(kernel, id);
  if (row === undefined) return;
  if (row.timer !== undefined) kernel.tx.cancel(row.timer);
  if (row.slice !== undefined) kernel.tx.cancel(row.slice);
  kernel.tx.write(runTable).delete(`${kernel.machine}/${id}`);
}
