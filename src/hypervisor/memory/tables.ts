/**
 * A host's memory as rows: its frames, its machines, and every page of theirs that was ever touched. A page's content is a short text that
 * stands for its bytes (equal text, equal bytes; "" is a page of zeros), so that thousands of pages cost little and sharing can be seen.
 *
 * The unit is a page; a world may let one stand for 4 KiB or for a larger block, the rules count pages alone.
 * Not modelled: NUMA nodes, large pages and their splitting, memory of the hypervisor itself.
 */
import { defineTable } from "../../sim/table";

export interface MemoryHostRow {
  readonly host: string;
  readonly frames: number;
  readonly swapSlots: number;
  /** Rises with every touch: what "used longest ago" means. */
  readonly clock: number;
  /** The lowest frame that has never been used; freed ones are taken first. */
  readonly nextFrame: number;
}
export const memoryHostTable = defineTable<MemoryHostRow>({ name: "hv.memory-host", key: (row) => row.host });

/** What has happened to a machine's memory so far. */
export interface MemoryCounters {
  /** First touches, swapped pages touched again, shared pages written. */
  readonly faults: number;
  readonly swapReads: number;
  readonly swapWrites: number;
  /** Pages swapped out by the host that the guest had free: written for nothing. */
  readonly wastedWrites: number;
  readonly copies: number;
  /** Pages that the guest itself put on its own swap, or dropped from its page cache, to fill the balloon. */
  readonly guestSwapWrites: number;
  readonly guestDropped: number;
}

export interface MemoryVmRow extends MemoryCounters {
  readonly host: string;
  readonly vm: string;
  /** Pages the machine believes to have. */
  readonly pages: number;
  /** Pages the balloon holds now. */
  readonly balloon: number;
  /** Whether KSM may share its pages. */
  readonly mergeable: boolean;
}
export const memoryVmTable = defineTable<MemoryVmRow, "host">({
  name: "hv.memory-vm",
  key: (row) => `${row.host}/${row.vm}`,
  indexes: { host: ["host"] },
});

/** What the guest uses a page for; the host cannot see it. */
export type PageUse = "free" | "anonymous" | "cache" | "balloon";

export interface PageRow {
  readonly host: string;
  readonly vm: string;
  readonly page: number;
  readonly use: PageUse;
  readonly content: string;
  /** The frame it lies in; null when it is swapped out, in the balloon, or was never touched. */
  readonly frame: number | null;
  readonly swapped: boolean;
  /** The host's clock at the last touch. */
  readonly touched: number;
  /** What KSM saw at its last visit. */
  readonly checksum: string | null;
  /** Written since the dirty log was last read. */
  readonly logged: boolean;
}
export const pageKey = (host: string, vm: string, page: number): string => `${host}/${vm}/${String(page).padStart(8, "0")}`;
export const pageTable = defineTable<PageRow, "vm" | "resident" | "frame">({
  name: "hv.page",
  key: (row) => pageKey(row.host, row.vm, row.page),
  indexes: {
    vm: ["host", "vm"],
    resident: { columns: ["host"], when: (row) => row.frame !== null },
    frame: { columns: ["host", (row) => row.frame ?? -1], when: (row) => row.frame !== null },
  },
});

export interface FrameRow {
  readonly host: string;
  readonly frame: number;
  /** Pages that lie in it; 0 when it is free. */
  readonly users: number;
  /** Shared by KSM, therefore read-only. */
  readonly shared: boolean;
  readonly content: string;
}
export const frameKey = (host: string, frame: number): string => `${host}/${String(frame).padStart(8, "0")}`;
export const frameTable = defineTable<FrameRow, "free" | "used" | "stable">({
  name: "hv.frame",
  key: (row) => frameKey(row.host, row.frame),
  indexes: {
    free: { columns: ["host"], when: (row) => row.users === 0 },
    used: { columns: ["host"], when: (row) => row.users > 0 },
    stable: { columns: ["host", "content"], when: (row) => row.shared },
  },
});
