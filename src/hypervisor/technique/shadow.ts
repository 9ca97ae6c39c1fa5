/**
 * Shadow page tables as the real processor sees them: filled on hidden page faults from the guest's own tables, emptied when the guest loads
 * CR3, changes CR0 or uses INVLPG. Guest tables may be written without an exit; as on hardware, an edit counts only after invalidation.
 *
 * translate/ shows shadow tables in full, with write tracing; here only their exits count.
 *
 * @rule hypervisor.technique.shadow
 * @source Adams & Agesen 2006 §3; Linux 6.12 Documentation/virt/kvm/x86/mmu.rst (unsynchronised pages)
 */
import { walkGuest } from "../cpu/address";
import { type Cpu, FAULT, flushTlb } from "../cpu/cpu";
import { CR0_PG } from "../isa/names";
import { exit, type Monitor } from "./monitor";

/** Page and kind of access → frame. */
export type Shadow = Map<number, number>;

export function shadowMiss(monitor: Monitor, shadow: Shadow): (cpu: Cpu, linear: number, write: boolean, user: boolean) => number {
  return (cpu, linear, write, user) => {
    const key = Math.floor(linear / 4096) * 4 + (user ? 2 : 0) + (write ? 1 : 0);
    const known = shadow.get(key);
    if (known !== undefined) return known * 4096 + (linear & 4095);
    const { guest, parameters } = monitor;
    try {
      const physical = walkGuest(guest, linear, write, user);
      exit(monitor, "shadow fill", parameters.trap, parameters.shadowFill);
      if (physical < cpu.memory.size) keep(shadow, key, Math.floor(physical / 4096), (guest.cr0 & CR0_PG) === 0);
      return physical;
    } catch (thrown) {
      if (thrown !== FAULT) throw thrown;
      cpu.vector = guest.vector;
      cpu.errorCode = guest.errorCode;
      throw thrown;
    }
  };
}

/** Without paging every kind of access is allowed at once. */
function keep(shadow: Shadow, key: number, frame: number, all: boolean): void {
  if (!all) shadow.set(key, frame);
  else for (let kind = 0; kind < 4; kind++) shadow.set(key - (key % 4) + kind, frame);
}

export function forget(shadow: Shadow, real: Cpu): void {
  shadow.clear();
  flushTlb(real);
}
