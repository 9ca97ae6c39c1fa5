/**
 * Charging memory: against every limit on the way up; at a limit reclaim, then the OOM killer. Above `high` the writer is slowed.
 *
 * @rule linux.cgroup.memory.charge
 * @source linux@6.12 mm/memcontrol.c try_charge_memcg
 */
import { failure, type Kernel, type Result, value } from "../types";
import { memoryEvent, type PageKind, usageOf } from "./memory-counter";
import { hold, reclaim } from "./memory-pages";
import { PAGE, parseBytes } from "./numbers";
import { killForMemory } from "./oom";
import { stalled } from "./pressure";
import { ancestorsOf, type CgroupRow, cgroupOf, memberOf, putCgroup, ROOT } from "./tables";
import { effectiveGroup } from "./tree";

const RETRIES = 16;
const MAX_DELAY = 2_000_000;
/** Pages charged at once by the kernel; the penalty is for so many. */
const BATCH = 64;

export interface Charged {
  /** Microseconds the task is held back before it returns to user space. */
  readonly delay: number;
  /** The task itself was killed for memory. */
  readonly killed: boolean;
}

const limitOf = (row: CgroupRow, file: string): number => {
  const text = row.settings[file];
  return text === undefined || text === "max" ? Number.POSITIVE_INFINITY : Number(text);
};

const protectionOf =
  (kernel: Kernel) =>
  (id: number): number => {
    const { settings } = cgroupOf(kernel, id);
    return Math.max(Number(settings["memory.min"] ?? 0), Number(settings["memory.low"] ?? 0));
  };

/** Makes room below a limit; false when nothing more can be taken or killed. */
function makeRoom(kernel: Kernel, over: CgroupRow, wanted: number, process: number | undefined): "room" | "killed" | "none" {
  const limit = limitOf(over, "memory.max");
  const excess = usageOf(kernel, over.id) + wanted - limit;
  if (reclaim(kernel, over.id, excess, protectionOf(kernel)) > 0) return "room";
  const victims = killForMemory(kernel, over.id, limit);
  if (process !== undefined && victims.includes(process)) return "killed";
  return victims.length > 0 ? "room" : "none";
}

/**
 * How long a task above `high` is held back: quadratic in how far above it is.
 *
 * @rule linux.cgroup.memory.high
 * @source linux@6.12 mm/memcontrol.c calculate_high_delay
 */
export function highDelay(usage: number, high: number, pages: number): number {
  if (usage <= high) return 0;
  const overage = Math.floor(((usage - high) * 2 ** 20) / Math.max(high, PAGE));
  const penalty = (Math.floor((overage * overage * 1_000_000) / 2 ** 34) * pages) / BATCH;
  const delay = Math.min(MAX_DELAY, Math.floor(penalty));
  return delay <= 10_000 ? 0 : delay;
}

function overHigh(kernel: Kernel, group: number, pages: number): number {
  let delay = 0;
  for (const row of ancestorsOf(kernel, group)) {
    const high = limitOf(row, "memory.high");
    if (usageOf(kernel, row.id) <= high) continue;
    memoryEvent(kernel, row.id, "high");
    reclaim(kernel, row.id, usageOf(kernel, row.id) - high, protectionOf(kernel));
    delay = Math.max(delay, highDelay(usageOf(kernel, row.id), high, pages));
  }
  if (delay > 0) {
    kernel.tx.fired("linux.cgroup.memory.high", `${kernel.machine}/${group}`);
    stalled(kernel, group, "memory", delay, true);
  }
  return delay;
}

/** Charges pages that a task touched or wrote to whoever holds them. ENOMEM when no room can be made. */
export function charge(kernel: Kernel, tid: number, holder: string, kind: PageKind, bytes: number): Result<Charged> {
  const member = memberOf(kernel, tid);
  const group = effectiveGroup(kernel, member?.cgroup ?? ROOT, "memory").id;
  const wanted = Math.ceil(bytes / PAGE) * PAGE;
  for (let tries = 0; tries < RETRIES; tries++) {
    const over = ancestorsOf(kernel, group).find((row) => usageOf(kernel, row.id) + wanted > limitOf(row, "memory.max"));
    if (over === undefined) {
      hold(kernel, holder, group, kind, wanted);
      return value({ delay: overHigh(kernel, group, wanted / PAGE), killed: false });
    }
    memoryEvent(kernel, over.id, "max");
    const made = makeRoom(kernel, over, wanted, member?.tgid);
    if (made === "killed") return value({ delay: 0, killed: true });
    if (made === "none") return failure("ENOMEM");
  }
  return failure("ENOMEM");
}

/** A new hard limit below the usage reclaims, then kills. */
export function writeMax(kernel: Kernel, row: CgroupRow, text: string): Result<true> {
  const limit = parseBytes(text);
  if (!limit.ok) return limit;
  putCgroup(kernel, { ...row, settings: { ...row.settings, "memory.max": limit.value === undefined ? "max" : String(limit.value) } });
  for (let tries = 0; tries < RETRIES && usageOf(kernel, row.id) > (limit.value ?? Number.POSITIVE_INFINITY); tries++) {
    if (makeRoom(kernel, cgroupOf(kernel, row.id), 0, undefined) === "none") break;
  }
  return value(true);
}

export function writeHigh(kernel: Kernel, row: CgroupRow, text: string): Result<true> {
  const limit = parseBytes(text);
  if (!limit.ok) return limit;
  putCgroup(kernel, { ...row, settings: { ...row.settings, "memory.high": limit.value === undefined ? "max" : String(limit.value) } });
  if (limit.value !== undefined) reclaim(kernel, row.id, usageOf(kernel, row.id) - limit.value, protectionOf(kernel));
  return value(true);
}

/** `memory.reclaim`: EAGAIN when less was taken than asked for. */
export function writeReclaim(kernel: Kernel, row: CgroupRow, text: string): Result<true> {
  const asked = parseBytes(text);
  if (!asked.ok) return asked;
  const wanted = asked.value ?? Number.POSITIVE_INFINITY;
  return reclaim(kernel, row.id, wanted, protectionOf(kernel)) >= wanted ? value(true) : failure("EAGAIN");
}
