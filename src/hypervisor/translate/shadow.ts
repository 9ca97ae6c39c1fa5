/**
 * Shadow page tables: the processor walks tables that the hypervisor keeps, each the composition of a guest's table with the host's map.
 * They are built lazily, from faults; guest tables in use are write-protected, so that every change is an exit and the shadow never lies;
 * roots of several address spaces are kept, so that a switch back finds its shadow.
 *
 * The shadow's tables are real tables in host memory: the native walk runs over them. State is plain data, changed in place.
 */
import { indexAt } from "./format";
import { type Fill, fill } from "./shadow-fill";
import {
  clearEntry,
  formatOf,
  frameOf,
  guestMemory,
  pageFor,
  release,
  type Shadow,
  type ShadowHost,
  type ShadowPage,
  tableKey,
} from "./shadow-pages";
import type { Access, PageFault, PagingOptions } from "./types";
import { walk } from "./walk";

/**
 * The guest loads CR3: an exit. The shadow of that root is taken up again when it is kept, else it starts empty.
 *
 * @rule hypervisor.translate.shadow-cr3
 * @source Adams & Agesen 2006 §2.4; Linux 6.12 arch/x86/kvm/mmu/mmu.c fast_pgd_switch, mmu_alloc_shadow_roots
 * Not modelled: the load-list of four VMX CR3 targets that spares the exit.
 */
export function shadowCr3(shadow: Shadow, host: ShadowHost, root: number): { readonly kept: boolean } {
  shadow.exits.cr3++;
  const format = formatOf(shadow);
  const guest = root - (root % (format.levels === 3 ? 32 : 4096));
  const kept = shadow.pages[tableKey(guest, format.levels)]?.rooted === true;
  const page = pageFor(shadow, host, guest, format.levels);
  page.rooted = true;
  const order = [...shadow.roots.filter((key) => key !== page.key), page.key];
  for (const key of order.slice(0, -shadow.rootsKept)) {
    const old = shadow.pages[key];
    if (old === undefined) continue;
    old.rooted = false;
    release(shadow, host, old);
  }
  shadow.roots = order.slice(-shadow.rootsKept);
  return { kept };
}

export const currentRoot = (shadow: Shadow): ShadowPage => {
  const root = shadow.pages[shadow.roots[shadow.roots.length - 1] ?? ""];
  if (root === undefined) throw new Error("no CR3 has been loaded");
  return root;
};

/** Paging as the processor does it over the shadow: CR0.WP always on, for tables must trap; nothing is marked, the guest's bits count. */
export const hardware = (shadow: Shadow): PagingOptions => ({ ...shadow.options, writeProtect: true, mark: false });

export type ShadowResult = { readonly ok: true; readonly physical: number; readonly how: "hit" | "filled" | "emulated" } | PageFault;

/**
 * The guest touches an address. The processor finds it in the shadow; or faults, and the hypervisor fills the shadow from the guest's
 * tables, passes the fault on, or does a write for it that must not pass unseen.
 *
 * @rule hypervisor.translate.shadow
 * @source Adams & Agesen 2006 §2.4; Linux 6.12 arch/x86/kvm/mmu/paging_tmpl.h FNAME(page_fault), FNAME(fetch)
 * Not modelled: tables out of sync until INVLPG, large shadow pages, prefetching of neighbours.
 */
export function shadowAccess(shadow: Shadow, host: ShadowHost, address: number, access: Access): ShadowResult {
  const root = currentRoot(shadow);
  const hit = walk(host.memory, root.frame, address, access, hardware(shadow));
  if (hit.ok) return { ok: true, physical: hit.physical, how: "hit" };
  const guest = walk(guestMemory(host), root.guest, address, access, shadow.options);
  if (!guest.ok) {
    shadow.exits.guestFault++;
    return guest;
  }
  const request: Fill = { address, access, guest };
  fill(shadow, host, root, request);
  const again = walk(host.memory, root.frame, address, access, hardware(shadow));
  const physical = host.backing(frameOf(guest.physical)) * 4096 + (guest.physical % 4096);
  if (again.ok) {
    shadow.exits.fill++;
    return { ok: true, physical, how: "filled" };
  }
  if (shadow.protectedFrames[frameOf(guest.physical)] === undefined) shadow.exits.emulated++;
  return { ok: true, physical, how: "emulated" };
}

/**
 * The guest writes a word of its memory. When a table lies there it is an exit: the write is done for it, and what the shadow had made of
 * the old entry goes.
 *
 * @rule hypervisor.translate.shadow-table-write
 * @source Linux 6.12 arch/x86/kvm/mmu/mmu.c kvm_mmu_track_write; Adams & Agesen 2006 §2.4 (traces)
 * Not modelled: giving up a table after a flood of writes.
 */
export function shadowStore(shadow: Shadow, host: ShadowHost, physical: number, value: number): { readonly exit: boolean } {
  guestMemory(host).write(physical, value);
  if (shadow.protectedFrames[frameOf(physical)] === undefined) return { exit: false };
  shadow.exits.tableWrite++;
  const format = formatOf(shadow);
  for (const page of Object.values(shadow.pages)) {
    if (page.direct || frameOf(page.guest) !== frameOf(physical) || shadow.pages[page.key] !== page) continue;
    const index = Math.floor((physical - page.guest) / format.entryBytes);
    if (index < 0 || index >= 2 ** (format.bits[page.level] ?? 0)) continue;
    clearEntry(shadow, host, page.frame + index * format.entryBytes);
  }
  return { exit: true };
}

/** INVLPG by the guest: an exit; the leaf goes and is filled again when it is needed. */
export function shadowInvlpg(shadow: Shadow, host: ShadowHost, address: number): void {
  shadow.exits.invlpg++;
  const format = formatOf(shadow);
  let page = currentRoot(shadow);
  for (let level = format.levels; level >= 1; level--) {
    const at = page.frame + indexAt(format, level, address) * format.entryBytes;
    const child = shadow.pages[shadow.children[at] ?? ""];
    if (level === 1 || child === undefined) {
      if (level === 1) clearEntry(shadow, host, at);
      return;
    }
    page = child;
  }
}

/** The host takes a guest frame's page away (swap, sharing, moving): every leaf that maps it goes. */
export function shadowUnmap(shadow: Shadow, host: ShadowHost, guestFrame: number): number {
  const leaves = shadow.leaves[guestFrame] ?? [];
  for (const at of leaves) clearEntry(shadow, host, at);
  return leaves.length;
}
