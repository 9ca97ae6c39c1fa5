/**
 * The balloon: a driver in the guest takes pages from the guest's own kernel and tells the host, which takes the frames away. So the guest
 * chooses what to give up, and it knows best: free pages, then page cache, then it swaps by itself.
 */
import type { Tx } from "../../sim/types";
import { memoryVmTable, type PageRow, pageTable } from "./tables";
import { countFor, leaveFrame, type MachineName, pageOf, vmRow } from "./touch";

export interface Inflation {
  /** Pages that went into the balloon. */
  readonly taken: number;
  readonly fromFree: number;
  readonly fromCache: number;
  readonly swappedByGuest: number;
  /** Frames that the host has got back: a page never touched gives none. */
  readonly framesFreed: number;
}

function give(tx: Tx, of: MachineName, page: PageRow): boolean {
  if (page.frame !== null) leaveFrame(tx, of.host, page.frame);
  tx.write(pageTable).put({ ...page, use: "balloon", content: "", frame: null, swapped: false, checksum: null, logged: false });
  return page.frame !== null;
}

/**
 * Inflates by so many pages, as far as the guest can.
 *
 * @rule hypervisor.memory.balloon-inflate
 * @source Waldspurger 2002 §3.3; VIRTIO 1.2 §5.5.6; Linux 6.12 drivers/virtio/virtio_balloon.c fill_balloon, tell_host
 * Not modelled: free page reporting and hinting, deflate on OOM, huge pages broken up, how long the guest takes to find pages.
 */
export function inflate(tx: Tx, of: MachineName, pages: number, guestSwap = Number.MAX_SAFE_INTEGER): Inflation {
  const machine = vmRow(tx, of);
  const rows = Array.from({ length: machine.pages }, (_, page) => pageOf(tx, of, page));
  const oldest = (use: PageRow["use"]): readonly PageRow[] => rows.filter((row) => row.use === use).toSorted((a, b) => a.touched - b.touched);
  const free = oldest("free").slice(0, pages);
  const cache = oldest("cache").slice(0, pages - free.length);
  const swapped = oldest("anonymous").slice(0, Math.min(pages - free.length - cache.length, guestSwap));
  let framesFreed = 0;
  for (const page of [...free, ...cache, ...swapped]) if (give(tx, of, page)) framesFreed++;
  const taken = free.length + cache.length + swapped.length;
  tx.write(memoryVmTable).put({ ...vmRow(tx, of), balloon: machine.balloon + taken });
  countFor(tx, of, { guestDropped: cache.length, guestSwapWrites: swapped.length });
  tx.fired("hypervisor.memory.balloon-inflate", `${of.host}/${of.vm}`);
  return { taken, fromFree: free.length, fromCache: cache.length, swappedByGuest: swapped.length, framesFreed };
}

/**
 * Gives pages back to the guest, which has them free; a frame comes when one is touched.
 *
 * @rule hypervisor.memory.balloon-deflate
 * @source Linux 6.12 drivers/virtio/virtio_balloon.c leak_balloon
 */
export function deflate(tx: Tx, of: MachineName, pages: number): number {
  const held = tx
    .read(pageTable)
    .by("vm", of.host, of.vm)
    .filter((page) => page.use === "balloon")
    .slice(0, pages);
  for (const page of held) tx.write(pageTable).put({ ...page, use: "free" });
  const machine = vmRow(tx, of);
  tx.write(memoryVmTable).put({ ...machine, balloon: machine.balloon - held.length });
  tx.fired("hypervisor.memory.balloon-deflate", `${of.host}/${of.vm}`);
  return held.length;
}
