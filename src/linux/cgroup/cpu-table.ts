/** Rows of the CPU scheduler: what wants to run, what a group has used, and where time has been settled up to. */
import { defineTable } from "../../sim/table";
import type { Kernel } from "../types";

/** A task that wants the processor for so long. */
export interface BurstRow {
  readonly machine: string;
  readonly tid: number;
  /** Microseconds of processor time still wanted. */
  readonly remaining: number;
  readonly nice: number;
}

export const burstTable = defineTable<BurstRow, "machine">({
  name: "linux.cpu-burst",
  key: (row) => `${row.machine}/${row.tid}`,
  indexes: { machine: (row) => row.machine },
});

/** Time settled so far, and the processors there are. */
interface ClockRow {
  readonly machine: string;
  readonly at: number;
  readonly cpus: number;
}

export const clockTable = defineTable<ClockRow>({ name: "linux.cpu", key: (row) => row.machine });

export interface CpuRow {
  readonly machine: string;
  readonly cgroup: number;
  readonly usage: number;
  readonly periods: number;
  readonly throttled: number;
  readonly throttledTime: number;
  readonly bursts: number;
  readonly burstTime: number;
  /** Quota left in this period; below zero never. */
  readonly left: number;
  /** End of the running period; undefined while the timer stands. */
  readonly periodEnd?: number;
  /** Nothing ran since the period began. */
  readonly idle: boolean;
  /** Since when the group is throttled. */
  readonly since?: number;
}

export const cpuTable = defineTable<CpuRow>({ name: "linux.cgroup-cpu", key: (row) => `${row.machine}/${row.cgroup}` });

/** Processor time of one task. */
export interface UsedRow {
  readonly machine: string;
  readonly tid: number;
  readonly used: number;
}
export const usedTable = defineTable<UsedRow>({ name: "linux.cpu-used", key: (row) => `${row.machine}/${row.tid}` });

export function cpuOf(kernel: Kernel, cgroup: number): CpuRow {
  return (
    kernel.tx.read(cpuTable).get(`${kernel.machine}/${cgroup}`) ?? {
      machine: kernel.machine,
      cgroup,
      usage: 0,
      periods: 0,
      throttled: 0,
      throttledTime: 0,
      bursts: 0,
      burstTime: 0,
      left: 0,
      idle: true,
    }
  );
}

export const cpusOf = (kernel: Kernel): number => kernel.tx.read(clockTable).get(kernel.machine)?.cpus ?? 1;
