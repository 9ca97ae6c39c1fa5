/**
 * The bandwidth of a group: a quota in every period; when it is used up, the group stands still until the next one.
 *
 * The period timer runs only while something runs: it is started when the quota is set or used, and stops after an idle period.
 *
 * @rule linux.cgroup.cpu.max
 * @source linux@6.12 kernel/sched/fair.c do_sched_cfs_period_timer, __refill_cfs_bandwidth_runtime; core.c tg_set_cfs_bandwidth, cpu_max_write
 */
import { DONE, failure, type Kernel, type Result } from "../types";
import { type CpuRow, cpuOf, cpuTable } from "./cpu-table";
import { type CgroupRow, cgroupOf, putCgroup } from "./tables";

const MILLISECOND = 1000;
const SECOND = 1_000_000;
const LARGEST = 2 ** 44 / 1000;

export interface Bandwidth {
  /** Undefined: no limit. */
  readonly quota?: number;
  readonly period: number;
  readonly burst: number;
}

export function bandwidthOf({ settings }: CgroupRow): Bandwidth {
  const [quota = "max", period = "100000"] = (settings["cpu.max"] ?? "max 100000").split(" ");
  const burst = Number(settings["cpu.max.burst"] ?? 0);
  return quota === "max" ? { period: Number(period), burst } : { quota: Number(quota), period: Number(period), burst };
}

export const isThrottled = (row: CpuRow): boolean => row.since !== undefined;

/** Starts the period timer of a limited group where it stands. */
export function startPeriod(kernel: Kernel, cgroup: number, at: number): CpuRow {
  const row = cpuOf(kernel, cgroup);
  const { quota, period } = bandwidthOf(cgroupOf(kernel, cgroup));
  if (quota === undefined || row.periodEnd !== undefined) return row;
  const started: CpuRow = { ...row, periodEnd: at + period, left: Math.max(row.left, 0), idle: false };
  kernel.tx.write(cpuTable).put(started);
  return started;
}

function stopped(row: CpuRow): CpuRow {
  const { periodEnd: _end, ...rest } = row;
  return rest;
}

/** The end of a period: counted, refilled, the throttled run again; the timer stops after a period in which nothing ran. */
export function endPeriod(kernel: Kernel, cgroup: number, at: number): void {
  const row = cpuOf(kernel, cgroup);
  const { quota, period, burst } = bandwidthOf(cgroupOf(kernel, cgroup));
  const table = kernel.tx.write(cpuTable);
  if (quota === undefined) {
    table.put(stopped(row));
    return;
  }
  const counted: CpuRow = { ...row, periods: row.periods + 1 };
  if (row.idle && !isThrottled(row)) {
    table.put({ ...stopped(counted), left: refilled(counted, quota, burst).left });
    return;
  }
  const full = refilled(counted, quota, burst);
  const next: CpuRow = { ...full, periodEnd: at + period, idle: true };
  if (next.since === undefined) {
    table.put(next);
    return;
  }
  const { since, ...running } = next;
  kernel.tx.fired("linux.cgroup.cpu.max", `${kernel.machine}/${cgroup}`);
  table.put({ ...running, idle: false, throttled: row.throttled + 1, throttledTime: row.throttledTime + (at - since) });
}

/** Unused quota is kept up to the burst; running on it is counted. */
function refilled(row: CpuRow, quota: number, burst: number): CpuRow {
  if (burst === 0) return { ...row, left: quota };
  const used = quota + burst - row.left;
  const over = Math.max(0, used - quota);
  return { ...row, left: Math.min(row.left + quota, quota + burst), bursts: row.bursts + (over > 0 ? 1 : 0), burstTime: row.burstTime + over };
}

export function writeCpuMax(kernel: Kernel, row: CgroupRow, text: string): Result<true> {
  const words = text.split(/\s+/);
  const before = bandwidthOf(row);
  const asked = words[0] === "max" ? undefined : Number(/^[0-9]+/.exec(words[0] ?? "")?.[0] ?? Number.NaN);
  const period = words[1] !== undefined && /^[0-9]/.test(words[1]) ? Number(/^[0-9]+/.exec(words[1])?.[0]) : before.period;
  if (asked !== undefined && (Number.isNaN(asked) || asked < MILLISECOND || asked > LARGEST)) return failure("EINVAL");
  if (period < MILLISECOND || period > SECOND) return failure("EINVAL");
  if (asked !== undefined && before.burst > asked) return failure("EINVAL");
  putCgroup(kernel, { ...row, settings: { ...row.settings, "cpu.max": `${asked ?? "max"} ${period}` } });
  const state = cpuOf(kernel, row.id);
  const { since, ...running } = state;
  const throttledTime = state.throttledTime + (since === undefined ? 0 : kernel.tx.now - since);
  kernel.tx.write(cpuTable).put({ ...running, throttledTime, left: asked ?? 0 });
  startPeriod(kernel, row.id, kernel.tx.now);
  return DONE;
}

export function writeBurst(kernel: Kernel, row: CgroupRow, text: string): Result<true> {
  if (!/^[0-9]+$/.test(text)) return failure("EINVAL");
  const { quota } = bandwidthOf(row);
  const burst = Number(text);
  if (quota !== undefined && (burst > quota || burst + quota > LARGEST)) return failure("EINVAL");
  putCgroup(kernel, { ...row, settings: { ...row.settings, "cpu.max.burst": String(burst) } });
  return DONE;
}

export function showCpuMax(row: CgroupRow): string {
  const { quota, period } = bandwidthOf(row);
  return `${quota ?? "max"} ${period}\n`;
}
