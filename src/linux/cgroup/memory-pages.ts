/**
 * Whose pages are charged where. A page stays charged to the group it was first charged to, wherever its process moves.
 *
 * @rule linux.cgroup.memory.ownership
 * @source linux@6.12 Documentation/admin-guide/cgroup-v2.rst "Memory Ownership"
 */
import { defineTable } from "../../sim/table";
import type { Kernel } from "../types";
import { count, type PageKind } from "./memory-counter";
import { subtreeOf } from "./tables";
import { forget } from "./tree";

/** Holder: `process/<tgid>` for its own pages, `file/<sb>/<ino>` for those of a file. */
export interface PagesRow {
  readonly machine: string;
  readonly holder: string;
  readonly cgroup: number;
  readonly kind: PageKind;
  readonly bytes: number;
}

export const pagesTable = defineTable<PagesRow, "holder" | "cgroup">({
  name: "linux.cgroup-pages",
  key: (row) => `${row.machine}/${row.holder}/${row.kind}/${row.cgroup}`,
  indexes: { holder: (row) => `${row.machine}/${row.holder}`, cgroup: (row) => `${row.machine}/${row.cgroup}` },
});

export const processPages = (process: number): string => `process/${process}`;
export const filePages = (sb: number, ino: number): string => `file/${sb}/${ino}`;

export function hold(kernel: Kernel, holder: string, cgroup: number, kind: PageKind, bytes: number): void {
  const table = kernel.tx.write(pagesTable);
  const row = table.get(`${kernel.machine}/${holder}/${kind}/${cgroup}`);
  table.put({ machine: kernel.machine, holder, cgroup, kind, bytes: (row?.bytes ?? 0) + bytes });
  count(kernel, cgroup, kind, bytes);
}

function take(kernel: Kernel, row: PagesRow, bytes: number): void {
  const table = kernel.tx.write(pagesTable);
  if (bytes >= row.bytes) table.delete(`${row.machine}/${row.holder}/${row.kind}/${row.cgroup}`);
  else table.put({ ...row, bytes: row.bytes - bytes });
  count(kernel, row.cgroup, row.kind, -Math.min(bytes, row.bytes));
  forget(kernel, row.cgroup);
}

/** Gives back pages of a holder: all of them, or so many bytes. */
export function releasePages(kernel: Kernel, holder: string, bytes = Number.POSITIVE_INFINITY): void {
  let left = bytes;
  for (const row of kernel.tx.read(pagesTable).by("holder", `${kernel.machine}/${holder}`)) {
    if (left <= 0) return;
    take(kernel, row, left);
    left -= row.bytes;
  }
}

export const heldBy = (kernel: Kernel, holder: string): number =>
  kernel.tx
    .read(pagesTable)
    .by("holder", `${kernel.machine}/${holder}`)
    .reduce((sum, row) => sum + row.bytes, 0);

/**
 * Takes back page cache of a subtree. Without swap, pages of processes and of tmpfs cannot be taken.
 *
 * Not modelled: the order of use; the pages of the group that is named first go first, and dirty pages are written at once.
 *
 * @rule linux.cgroup.memory.reclaim
 * @source linux@6.12 mm/vmscan.c try_to_free_mem_cgroup_pages, mm/memcontrol.c mem_cgroup_calculate_protection
 */
export function reclaim(kernel: Kernel, cgroup: number, bytes: number, protectedBytes: (id: number) => number): number {
  let freed = 0;
  for (const below of subtreeOf(kernel, cgroup, true)) {
    const keep = below.id === cgroup ? 0 : protectedBytes(below.id);
    for (const row of kernel.tx.read(pagesTable).by("cgroup", `${kernel.machine}/${below.id}`)) {
      if (freed >= bytes) return freed;
      if (row.kind !== "file") continue;
      const part = Math.min(row.bytes, bytes - freed, Math.max(0, row.bytes - keep));
      if (part <= 0) continue;
      take(kernel, row, part);
      freed += part;
    }
  }
  if (freed > 0) kernel.tx.fired("linux.cgroup.memory.reclaim", `${kernel.machine}/${cgroup}`);
  return freed;
}
