/**
 * The page counters and event counters of groups.
 *
 * Usage counts a group and all below it; what a group itself holds is kept by kind. Events are kept as both: seen below, and own.
 *
 * @rule linux.cgroup.memory.events
 * @source linux@6.12 mm/memcontrol.c memcg_memory_event, mm/page_counter.c
 */
import { defineTable } from "../../sim/table";
import type { Kernel } from "../types";
import { ancestorsOf } from "./tables";

export const MEMORY_EVENTS = ["low", "high", "max", "oom", "oom_kill", "oom_group_kill"] as const;
export type MemoryEvent = (typeof MEMORY_EVENTS)[number];
export type PageKind = "anon" | "file" | "shmem" | "kernel";
type Events = Readonly<Record<MemoryEvent, number>>;

export interface MemoryRow {
  readonly machine: string;
  readonly cgroup: number;
  readonly usage: number;
  readonly peak: number;
  readonly own: Readonly<Record<PageKind, number>>;
  readonly events: Events;
  readonly localEvents: Events;
}

const memoryTable = defineTable<MemoryRow>({ name: "linux.cgroup-memory", key: (row) => `${row.machine}/${row.cgroup}` });
const NO_EVENTS: Events = Object.freeze({ low: 0, high: 0, max: 0, oom: 0, oom_kill: 0, oom_group_kill: 0 });
const NO_PAGES: MemoryRow["own"] = Object.freeze({ anon: 0, file: 0, shmem: 0, kernel: 0 });

export function counterOf(kernel: Kernel, cgroup: number): MemoryRow {
  const row = kernel.tx.read(memoryTable).get(`${kernel.machine}/${cgroup}`);
  return row ?? { machine: kernel.machine, cgroup, usage: 0, peak: 0, own: NO_PAGES, events: NO_EVENTS, localEvents: NO_EVENTS };
}

export const usageOf = (kernel: Kernel, cgroup: number): number => counterOf(kernel, cgroup).usage;

/** Bytes that belong to a group itself. */
export function chargedTo(kernel: Kernel, cgroup: number): number {
  const { anon, file, shmem, kernel: other } = counterOf(kernel, cgroup).own;
  return anon + file + shmem + other;
}

/** Adds to a group and all above it; a negative number takes away. */
export function count(kernel: Kernel, cgroup: number, kind: PageKind, bytes: number): void {
  const table = kernel.tx.write(memoryTable);
  for (const above of ancestorsOf(kernel, cgroup)) {
    const row = counterOf(kernel, above.id);
    const usage = row.usage + bytes;
    const own = above.id === cgroup ? { ...row.own, [kind]: row.own[kind] + bytes } : row.own;
    table.put({ ...row, usage, peak: Math.max(row.peak, usage), own });
  }
}

/** An event is the group's own and is seen in it and above it, not at the root. */
export function memoryEvent(kernel: Kernel, cgroup: number, event: MemoryEvent): void {
  const table = kernel.tx.write(memoryTable);
  for (const above of ancestorsOf(kernel, cgroup)) {
    if (above.parent === 0) continue;
    const row = counterOf(kernel, above.id);
    const events = { ...row.events, [event]: row.events[event] + 1 };
    const localEvents = above.id === cgroup ? { ...row.localEvents, [event]: row.localEvents[event] + 1 } : row.localEvents;
    table.put({ ...row, events, localEvents });
  }
}
