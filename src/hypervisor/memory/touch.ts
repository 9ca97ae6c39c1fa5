/**
 * A guest touches a page: what the host does that the guest never hears of. A frame on the first touch, one read from swap on a refault, a
 * copy when a shared page is written; and when no frame is free, somebody's page goes to swap first.
 */
import type { Tx } from "../../sim/types";
import {
  frameKey,
  frameTable,
  type MemoryCounters,
  type MemoryVmRow,
  memoryHostTable,
  memoryVmTable,
  type PageRow,
  type PageUse,
  pageKey,
  pageTable,
} from "./tables";
import { logWrite } from "./dirty-log";

export interface MachineName {
  readonly host: string;
  readonly vm: string;
}

const NO_COUNTERS: MemoryCounters = { faults: 0, swapReads: 0, swapWrites: 0, wastedWrites: 0, copies: 0, guestSwapWrites: 0, guestDropped: 0 };

export function addMemoryHost(tx: Tx, host: string, frames: number, swapSlots: number): void {
  tx.write(memoryHostTable).put({ host, frames, swapSlots, clock: 0, nextFrame: 0 });
}

export function addMemoryVm(tx: Tx, of: MachineName, pages: number, mergeable = true): void {
  tx.write(memoryVmTable).put({ ...of, pages, balloon: 0, mergeable, ...NO_COUNTERS });
}

export function vmRow(tx: Tx, of: MachineName): MemoryVmRow {
  const row = tx.read(memoryVmTable).get(`${of.host}/${of.vm}`);
  if (row === undefined) throw new Error(`no machine ${of.vm} on ${of.host}`);
  return row;
}

export function countFor(tx: Tx, of: MachineName, more: Partial<MemoryCounters>): void {
  const row = vmRow(tx, of);
  const sums = Object.fromEntries(Object.entries(more).map(([name, by]) => [name, row[name as keyof MemoryCounters] + by]));
  tx.write(memoryVmTable).put({ ...row, ...sums });
}

/** A page's row; one that was never touched is free, empty and nowhere. */
export const pageOf = (tx: Tx, of: MachineName, page: number): PageRow =>
  tx.read(pageTable).get(pageKey(of.host, of.vm, page)) ?? {
    ...of,
    page,
    use: "free",
    content: "",
    frame: null,
    swapped: false,
    touched: 0,
    checksum: null,
    logged: false,
  };

/** One page fewer in a frame; with none left the frame is free. */
export function leaveFrame(tx: Tx, host: string, frame: number): void {
  const row = tx.read(frameTable).get(frameKey(host, frame));
  if (row === undefined) return;
  const users = row.users - 1;
  tx.write(frameTable).put({ ...row, users, shared: row.shared && users > 0 });
}

/** Pages of a host that are in swap. */
export const swapUsed = (tx: Tx, host: string): number =>
  tx
    .read(memoryVmTable)
    .by("host", host)
    .reduce(
      (sum, { vm }) =>
        sum +
        tx
          .read(pageTable)
          .by("vm", host, vm)
          .filter((page) => page.swapped).length,
      0,
    );

/**
 * Puts the page used longest ago into swap. The host knows when a page was touched, not what for: it may write a page the guest has free.
 *
 * @rule hypervisor.memory.host-swap
 * @source Waldspurger 2002 §3 (why the host chooses badly), §3.2 (double paging); Linux 6.12 mm/vmscan.c shrink_folio_list
 * Not modelled: two lists and their refault distance, shared pages being swapped, swap cache, read-ahead.
 */
export function swapOut(tx: Tx, host: string): boolean {
  const row = tx.read(memoryHostTable).get(host);
  if (row === undefined || swapUsed(tx, host) >= row.swapSlots) return false;
  let victim: PageRow | undefined;
  for (const page of tx.read(pageTable).by("resident", host)) {
    if (tx.read(frameTable).get(frameKey(host, page.frame ?? 0))?.shared === true) continue;
    if (victim === undefined || page.touched < victim.touched) victim = page;
  }
  if (victim === undefined || victim.frame === null) return false;
  leaveFrame(tx, host, victim.frame);
  tx.write(pageTable).put({ ...victim, frame: null, swapped: true });
  countFor(tx, victim, { swapWrites: 1, wastedWrites: victim.use === "free" ? 1 : 0 });
  tx.fired("hypervisor.memory.host-swap", `${host}/${victim.vm}`);
  return true;
}

/** A free frame, for a content; undefined when neither a frame nor a slot of swap is left. */
export function takeFrame(tx: Tx, host: string, content: string): number | undefined {
  for (;;) {
    const row = tx.read(memoryHostTable).get(host);
    if (row === undefined) throw new Error(`no host ${host}`);
    const freed = tx.read(frameTable).firstBy("free", host)?.frame;
    const fresh = row.nextFrame < row.frames ? row.nextFrame : undefined;
    const frame = freed ?? fresh;
    if (frame !== undefined) {
      if (freed === undefined) tx.write(memoryHostTable).put({ ...row, nextFrame: row.nextFrame + 1 });
      tx.write(frameTable).put({ host, frame, users: 1, shared: false, content });
      return frame;
    }
    if (!swapOut(tx, host)) return undefined;
  }
}

export type TouchResult = "hit" | "first touch" | "refault" | "copy on write" | "out of memory" | "not there";

/**
 * A read (no `write`) or a write of new content.
 *
 * @rule hypervisor.memory.touch
 * @source Linux 6.12 virt/kvm/kvm_main.c hva_to_pfn, mm/memory.c do_anonymous_page, do_swap_page, do_wp_page
 * Not modelled: huge pages, read faults on the zero page (a frame is taken at the first touch of any kind).
 */
export function touch(tx: Tx, of: MachineName, page: number, write?: { readonly content: string; readonly use?: PageUse }): TouchResult {
  const machine = vmRow(tx, of);
  const before = pageOf(tx, of, page);
  if (page >= machine.pages || before.use === "balloon") return "not there";
  let result: TouchResult = "hit";
  let frame = before.frame;
  const shared = frame !== null && tx.read(frameTable).get(frameKey(of.host, frame))?.shared === true;
  if (frame === null || (shared && write !== undefined)) {
    result = shared ? "copy on write" : before.swapped ? "refault" : "first touch";
    const fresh = takeFrame(tx, of.host, before.content);
    if (fresh === undefined) return "out of memory";
    if (frame !== null) leaveFrame(tx, of.host, frame);
    frame = fresh;
    countFor(tx, of, { faults: 1, swapReads: result === "refault" ? 1 : 0, copies: result === "copy on write" ? 1 : 0 });
  }
  const host = tx.read(memoryHostTable).get(of.host);
  if (host === undefined) throw new Error(`no host ${of.host}`);
  tx.write(memoryHostTable).put({ ...host, clock: host.clock + 1 });
  const content = write?.content ?? before.content;
  const logged = write === undefined ? before.logged : logWrite(tx, of, before.logged);
  tx.write(pageTable).put({ ...before, use: write?.use ?? before.use, content, frame, swapped: false, touched: host.clock + 1, logged });
  const held = tx.read(frameTable).get(frameKey(of.host, frame));
  if (held !== undefined && held.content !== content) tx.write(frameTable).put({ ...held, content });
  tx.fired("hypervisor.memory.touch", `${of.host}/${of.vm}`);
  return result;
}
