/**
 * Pressure stall information: how much of the time some task, or all tasks, of a group waited for a resource.
 *
 * Averages are the kernel's: sampled every two seconds, in fixed point.
 *
 * @rule linux.cgroup.pressure
 * @source linux@6.12 kernel/sched/psi.c update_averages, calc_avgs; include/linux/sched/loadavg.h
 */
import { defineTable } from "../../sim/table";
import type { Kernel } from "../types";
import { ancestorsOf } from "./tables";

export type Resource = "cpu" | "memory" | "io";
export const SAMPLE = 2_000_000;
const FIXED = 2048;
/** exp(-2s/10s), exp(-2s/60s), exp(-2s/300s) in fixed point. */
const DECAY = [1677, 1981, 2034] as const;

interface Averages {
  readonly total: number;
  readonly sampled: number;
  readonly averages: readonly number[];
}

export interface PressureRow {
  readonly machine: string;
  readonly cgroup: number;
  readonly resource: Resource;
  readonly some: Averages;
  readonly full: Averages;
  /** When the next sample is due. */
  readonly due: number;
}

export const pressureTable = defineTable<PressureRow>({
  name: "linux.cgroup-pressure",
  key: (row) => `${row.machine}/${row.cgroup}/${row.resource}`,
});
const NOTHING: Averages = Object.freeze({ total: 0, sampled: 0, averages: Object.freeze([0, 0, 0]) });

const load = (old: number, decay: number, active: number): number => {
  const next = old * decay + active * (FIXED - decay);
  return Math.floor((active >= old ? next + FIXED - 1 : next) / FIXED);
};

function sample(of: Averages, periods: number): Averages {
  const share = Math.min(1, (of.total - of.sampled) / SAMPLE);
  let averages = of.averages;
  // The sample belongs to the last period; those that were missed before it had nothing.
  for (let i = 1; i < periods; i++) averages = averages.map((old, k) => load(old, DECAY[k] ?? 0, 0));
  averages = averages.map((old, k) => load(old, DECAY[k] ?? 0, Math.floor(share * 100 * FIXED)));
  return { total: of.total, sampled: of.total, averages };
}

function current(kernel: Kernel, cgroup: number, resource: Resource, at: number): PressureRow {
  const row = kernel.tx.read(pressureTable).get(`${kernel.machine}/${cgroup}/${resource}`) ?? {
    machine: kernel.machine,
    cgroup,
    resource,
    some: NOTHING,
    full: NOTHING,
    due: (Math.floor(at / SAMPLE) + 1) * SAMPLE,
  };
  if (at < row.due) return row;
  const periods = Math.min(2000, Math.floor((at - row.due) / SAMPLE) + 1);
  return { ...row, some: sample(row.some, periods), full: sample(row.full, periods), due: (Math.floor(at / SAMPLE) + 1) * SAMPLE };
}

/** Notes waiting time at one group; `at` is the end of the wait. */
export function noteStall(kernel: Kernel, cgroup: number, resource: Resource, some: number, full: number, at: number): void {
  const row = current(kernel, cgroup, resource, at - Math.max(some, full));
  const add = (of: Averages, time: number): Averages => ({ ...of, total: of.total + time });
  kernel.tx.write(pressureTable).put({ ...row, some: add(row.some, some), full: add(row.full, full) });
}

/** Notes that a task of a group waits from now on for so long: seen there and above. */
export function stalled(kernel: Kernel, cgroup: number, resource: Resource, time: number, full: boolean): void {
  for (const row of ancestorsOf(kernel, cgroup)) noteStall(kernel, row.id, resource, time, full ? time : 0, kernel.tx.now + time);
}

const percent = (average: number): string =>
  `${Math.floor(average / FIXED)}.${String(Math.floor(((average % FIXED) * 100) / FIXED)).padStart(2, "0")}`;

function line(name: string, { averages, total }: Averages): string {
  const [ten = 0, minute = 0, five = 0] = averages;
  return `${name} avg10=${percent(ten)} avg60=${percent(minute)} avg300=${percent(five)} total=${Math.floor(total)}\n`;
}

export function showPressure(kernel: Kernel, cgroup: number, resource: Resource): string {
  const row = current(kernel, cgroup, resource, kernel.tx.now);
  return line("some", row.some) + line("full", row.full);
}
