/**
 * Which pages a machine has written since the log was last read: migration and snapshots ask. Either every page is write-protected and the
 * first write of each is an exit, or the processor notes pages in a buffer of 512 and exits when it is full.
 */
import { defineTable } from "../../sim/table";
import type { Tx } from "../../sim/types";
import { pageTable } from "./tables";

export type DirtyLogMode = "write-protect" | "pml";
const PML_ENTRIES = 512;

export interface DirtyLogRow {
  readonly host: string;
  readonly vm: string;
  readonly mode: DirtyLogMode;
  /** Entries in the processor's buffer. */
  readonly buffered: number;
  /** Exits so far: EPT_VIOLATION by write protection, PML_FULL by the buffer. */
  readonly violations: number;
  readonly bufferFull: number;
}
export const dirtyLogTable = defineTable<DirtyLogRow>({ name: "hv.dirty-log", key: (row) => `${row.host}/${row.vm}` });

/** Begins with an empty log: nothing is dirty. */
export function startDirtyLog(tx: Tx, of: { readonly host: string; readonly vm: string }, mode: DirtyLogMode): void {
  tx.write(dirtyLogTable).put({ host: of.host, vm: of.vm, mode, buffered: 0, violations: 0, bufferFull: 0 });
  clear(tx, of);
}

export function stopDirtyLog(tx: Tx, of: { readonly host: string; readonly vm: string }): void {
  tx.write(dirtyLogTable).delete(`${of.host}/${of.vm}`);
}

function clear(tx: Tx, of: { readonly host: string; readonly vm: string }): readonly number[] {
  const dirty = tx
    .read(pageTable)
    .by("vm", of.host, of.vm)
    .filter((page) => page.logged);
  for (const page of dirty) tx.write(pageTable).put({ ...page, logged: false });
  return dirty.map(({ page }) => page);
}

/**
 * A page is written: whether it counts as dirty from now on. Only the first write since the last reading costs anything.
 *
 * @rule hypervisor.memory.dirty-log
 * @source Intel SDM vol. 3C 29.3.6 (page-modification logging: 512 entries, exit when the index has run out); Linux 6.12
 * arch/x86/kvm/vmx/vmx.c vmx_flush_pml_buffer, arch/x86/kvm/mmu/mmu.c kvm_mmu_slot_apply_flags
 * Not modelled: that KVM empties the buffer at every exit, dirty rings, manual protection.
 */
export function logWrite(tx: Tx, of: { readonly host: string; readonly vm: string }, already: boolean): boolean {
  const log = tx.read(dirtyLogTable).get(`${of.host}/${of.vm}`);
  if (log === undefined) return false;
  if (already) return true;
  if (log.mode === "write-protect") tx.write(dirtyLogTable).put({ ...log, violations: log.violations + 1 });
  else if (log.buffered === PML_ENTRIES) tx.write(dirtyLogTable).put({ ...log, buffered: 1, bufferFull: log.bufferFull + 1 });
  else tx.write(dirtyLogTable).put({ ...log, buffered: log.buffered + 1 });
  return true;
}

/** Reads the log and begins anew; the pages' numbers, ascending. */
export function readDirtyLog(tx: Tx, of: { readonly host: string; readonly vm: string }): readonly number[] {
  const log = tx.read(dirtyLogTable).get(`${of.host}/${of.vm}`);
  if (log === undefined) return [];
  tx.write(dirtyLogTable).put({ ...log, buffered: 0 });
  tx.fired("hypervisor.memory.dirty-log", `${of.host}/${of.vm}`);
  return clear(tx, of);
}
