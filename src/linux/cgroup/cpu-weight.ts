/**
 * `cpu.weight`, `cpu.weight.nice` and `cpu.idle`: three ways to say one weight.
 *
 * @rule linux.cgroup.cpu.weight-files
 * @source linux@6.12 kernel/sched/core.c cpu_weight_write_u64, cpu_weight_nice_read_s64, cpu_idle_write_s64
 */
import { DONE, failure, type Kernel, type Result } from "../types";
import { settle } from "./cpu-scheduler";
import { nearestNice, niceWeight } from "./cpu-shares";
import { cpuOf } from "./cpu-table";
import { parseInteger } from "./numbers";
import { type CgroupRow, cgroupOf, putCgroup } from "./tables";

const IDLE_SHARES = 3;
const isIdle = (row: CgroupRow): boolean => row.settings["cpu.idle"] === "1";
const sharesOf = (row: CgroupRow): number => (isIdle(row) ? IDLE_SHARES : Math.round((Number(row.settings["cpu.weight"] ?? 100) * 1024) / 100));

/** Time so far was shared by the old weight. */
function set(kernel: Kernel, row: CgroupRow, file: string, text: string): Result<true> {
  settle(kernel);
  const now = cgroupOf(kernel, row.id);
  putCgroup(kernel, { ...now, settings: { ...now.settings, [file]: text } });
  return DONE;
}

export function writeWeight(kernel: Kernel, row: CgroupRow, text: string): Result<true> {
  const number = parseInteger(text);
  if (!number.ok) return number;
  if (number.value < 0) return failure("EINVAL");
  if (number.value < 1 || number.value > 10_000) return failure("ERANGE");
  return isIdle(row) ? failure("EINVAL") : set(kernel, row, "cpu.weight", String(number.value));
}

export function writeNice(kernel: Kernel, row: CgroupRow, text: string): Result<true> {
  const number = parseInteger(text);
  if (!number.ok) return number;
  if (number.value < -20 || number.value > 19) return failure("ERANGE");
  return isIdle(row) ? failure("EINVAL") : set(kernel, row, "cpu.weight", String((niceWeight(number.value) * 100) / 1024));
}

export function writeIdle(kernel: Kernel, row: CgroupRow, text: string): Result<true> {
  const number = parseInteger(text);
  if (!number.ok) return number;
  return number.value === 0 || number.value === 1 ? set(kernel, row, "cpu.idle", text) : failure("EINVAL");
}

export const showWeight = (row: CgroupRow): string => `${Math.round((sharesOf(row) * 100) / 1024)}\n`;
export const showNice = (row: CgroupRow): string => `${nearestNice(sharesOf(row))}\n`;

/** `cpu.stat`; the second half only where the controller is. */
export function showCpuStat(kernel: Kernel, row: CgroupRow, controlled: boolean): string {
  settle(kernel);
  const cpu = cpuOf(kernel, row.id);
  const usage = Math.floor(cpu.usage);
  const base = `usage_usec ${usage}\nuser_usec ${usage}\nsystem_usec 0\ncore_sched.force_idle_usec 0\n`;
  if (!controlled) return base;
  const times = `nr_periods ${cpu.periods}\nnr_throttled ${cpu.throttled}\nthrottled_usec ${Math.floor(cpu.throttledTime)}\n`;
  return `${base}${times}nr_bursts ${cpu.bursts}\nburst_usec ${Math.floor(cpu.burstTime)}\n`;
}
