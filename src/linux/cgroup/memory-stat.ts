/** The texts of `memory.stat` and `memory.events`. A stat counts the group and all below it. */
import type { Kernel } from "../types";
import { counterOf, MEMORY_EVENTS, type PageKind } from "./memory-counter";
import { subtreeOf } from "./tables";

/** What is not modelled reads 0, in the kernel's order. */
const BEFORE = ["kernel_stack", "pagetables", "sec_pagetables", "percpu", "sock", "vmalloc"];
const AFTER_SHMEM = ["zswap", "zswapped", "file_mapped", "file_dirty", "file_writeback", "swapcached", "anon_thp", "file_thp", "shmem_thp"];
const REST = (
  "slab_reclaimable slab_unreclaimable slab workingset_refault_anon workingset_refault_file workingset_activate_anon " +
  "workingset_activate_file workingset_restore_anon workingset_restore_file workingset_nodereclaim pgdemote_kswapd pgdemote_direct " +
  "pgdemote_khugepaged pgscan pgsteal pgscan_kswapd pgscan_direct pgscan_khugepaged pgsteal_kswapd pgsteal_direct pgsteal_khugepaged " +
  "pgfault pgmajfault pgrefill pgactivate pgdeactivate pglazyfree pglazyfreed swpin_zero swpout_zero zswpin zswpout zswpwb " +
  "thp_fault_alloc thp_collapse_alloc thp_swpout thp_swpout_fallback"
).split(" ");

export function showMemoryStat(kernel: Kernel, cgroup: number): string {
  const all = subtreeOf(kernel, cgroup, true).map((row) => counterOf(kernel, row.id).own);
  const sum = (kind: PageKind): number => all.reduce((total, own) => total + own[kind], 0);
  const shmem = sum("shmem");
  const values: readonly (readonly [string, number])[] = [
    ["anon", sum("anon")],
    ["file", sum("file") + shmem],
    ["kernel", sum("kernel")],
    ...BEFORE.map((name) => [name, 0] as const),
    ["shmem", shmem],
    ...AFTER_SHMEM.map((name) => [name, 0] as const),
    ["inactive_anon", sum("anon") + shmem],
    ["active_anon", 0],
    ["inactive_file", sum("file")],
    ["active_file", 0],
    ["unevictable", 0],
    ...REST.map((name) => [name, 0] as const),
  ];
  return values.map(([name, bytes]) => `${name} ${bytes}\n`).join("");
}

export function showMemoryEvents(kernel: Kernel, cgroup: number, local: boolean): string {
  const row = counterOf(kernel, cgroup);
  const events = local ? row.localEvents : row.events;
  return MEMORY_EVENTS.map((event) => `${event} ${events[event]}\n`).join("");
}
