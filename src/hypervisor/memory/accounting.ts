/** What a host's memory is used for: the numbers of `virsh domstats`, of /sys/kernel/mm/ksm and of an overcommitted host's board. */
import type { Tx } from "../../sim/types";
import { type ParameterValues, parameterValues } from "../parameters";
import { ksmTable } from "./ksm";
import { frameKey, frameTable, memoryHostTable, memoryVmTable, pageTable } from "./tables";
import { type MachineName, swapUsed, vmRow } from "./touch";

export interface VmMemory {
  readonly pages: number;
  readonly balloon: number;
  /** Pages that lie in a frame, and how many of them share it. */
  readonly resident: number;
  readonly shared: number;
  readonly swapped: number;
  readonly untouched: number;
}

/**
 * One machine's pages by where they are; the parts add up to `pages`.
 *
 * @rule hypervisor.memory.accounting
 * @source libvirt virsh(1) dommemstat; Linux 6.12 Documentation/admin-guide/mm/ksm.rst (pages_shared, pages_sharing)
 */
export function vmMemory(tx: Tx, of: MachineName): VmMemory {
  const { pages, balloon } = vmRow(tx, of);
  const rows = tx.read(pageTable).by("vm", of.host, of.vm);
  const resident = rows.filter((page) => page.frame !== null);
  const shared = resident.filter((page) => tx.read(frameTable).get(frameKey(of.host, page.frame ?? 0))?.shared === true).length;
  const swapped = rows.filter((page) => page.swapped).length;
  return { pages, balloon, resident: resident.length, shared, swapped, untouched: pages - balloon - resident.length - swapped };
}

export interface HostMemory {
  readonly frames: number;
  readonly used: number;
  readonly free: number;
  readonly swapUsed: number;
  /** Pages promised to machines, in thousandths of the frames. */
  readonly overcommit: number;
  /** KSM's own two: frames that are shared, and pages that got one for nothing. */
  readonly pagesShared: number;
  readonly pagesSharing: number;
}

export function hostMemory(tx: Tx, host: string): HostMemory {
  const frames = tx.read(memoryHostTable).get(host)?.frames ?? 0;
  const used = tx.read(frameTable).by("used", host);
  const shared = used.filter((frame) => frame.shared);
  const promised = tx
    .read(memoryVmTable)
    .by("host", host)
    .reduce((sum, vm) => sum + vm.pages, 0);
  return {
    frames,
    used: used.length,
    free: frames - used.length,
    swapUsed: swapUsed(tx, host),
    overcommit: Math.round((1000 * promised) / Math.max(1, frames)),
    pagesShared: shared.length,
    pagesSharing: shared.reduce((sum, frame) => sum + frame.users - 1, 0),
  };
}

/** Who pays, in nanoseconds: the machine for its faults, the host for comparing and for writing swap. */
export function memoryCost(tx: Tx, of: MachineName, changed: Partial<ParameterValues> = {}): { readonly vm: number; readonly host: number } {
  const parameters = parameterValues(changed);
  const row = vmRow(tx, of);
  return {
    vm: row.faults * parameters.pageFault + row.swapReads * parameters.swapRead + row.copies * parameters.copyPage,
    host: row.swapWrites * parameters.swapWrite,
  };
}

export const ksmCost = (tx: Tx, host: string, changed: Partial<ParameterValues> = {}): number =>
  (tx.read(ksmTable).get(host)?.compared ?? 0) * parameterValues(changed).comparePage;
