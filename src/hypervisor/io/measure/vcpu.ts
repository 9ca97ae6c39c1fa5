/**
 * What crossing the line costs: exits that a register access, an interrupt, its end, or a halt makes, by where the answer is found.
 */
import type { ExitReason, Step } from "../path";
import { type Cursor, later, pending, type Run, spend } from "./run";

const virtual = (run: Run): boolean => run.knobs.path !== "bare-metal";

function count(run: Run, reason: ExitReason, time: number): void {
  run.exits[reason] = (run.exits[reason] ?? 0) + 1;
  run.exitTime[reason] = (run.exitTime[reason] ?? 0) + time;
}

/**
 * An access that the hypervisor answers: out of the guest, to the model, back. In a process it goes through the kernel's boundary twice
 * more, whatever the host's type.
 *
 * @rule hypervisor.io.exit-trip
 * @source Linux 6.12 virt/kvm/kvm_main.c kvm_vcpu_ioctl, arch/x86/kvm/vmx/vmx.c vmx_handle_exit; Intel SDM vol. 3C 26.1.3
 * Not modelled: preemption of the thread between exit and entry, caches that the VMM evicts.
 */
export function trip(run: Run, cursor: Cursor, reason: ExitReason, where: "hypervisor" | "user", register: Step["register"], work: () => void): void {
  const from = cursor.now;
  spend(run, cursor, "cpu root mode", "exit", "vmExit", { exit: reason, register });
  spend(run, cursor, "cpu root mode", "dispatch", "exitDispatch");
  if (where === "hypervisor") spend(run, cursor, "cpu root mode", "model", "registerModel", { register });
  else {
    spend(run, cursor, "host kernel", "return to vmm", "vmmReturn");
    spend(run, cursor, "vmm process", "lock", "modelLock");
    spend(run, cursor, "vmm process", "model", "registerModel", { register });
  }
  work();
  if (where === "user") spend(run, cursor, "host kernel", "run vcpu", "vmmEnter");
  spend(run, cursor, "cpu root mode", "entry", "vmEntry");
  count(run, reason, cursor.now - from);
}

/** The guest has nothing to do: natively it idles, in a guest HLT is an exit; a busy guest runs something else. */
export function rest(run: Run, cursor: Cursor): void {
  if (run.knobs.waiting === "busy" || run.haltedAt !== null || pending(run, "vcpu", cursor.now)) return;
  const since = cursor.now;
  if (virtual(run)) {
    spend(run, cursor, "cpu root mode", "exit", "vmExit", { exit: "HLT" });
    spend(run, cursor, "cpu root mode", "dispatch", "exitDispatch");
  }
  run.haltedAt = { since, waiting: cursor.now };
}

/**
 * The device's interrupt reaches the guest's kernel. A halted vCPU is woken and entered with the vector injected; a running one is
 * pulled out first, unless interrupts are posted. Injected interrupts end with one more exit.
 *
 * @rule hypervisor.io.interrupt-delivery
 * @source Intel SDM vol. 3C 30.6 (posted interrupts), 30.1.4 (EOI virtualization); Gordon et al. 2012 (ELI) §3
 * Not modelled: interrupt windows, priorities, lowest-priority delivery, coalescing timers.
 */
export function deliver(run: Run, at: number, request: number, direct: boolean, handle: (cursor: Cursor) => void): void {
  later(run, "vcpu", at, (cursor) => {
    cursor.request = request;
    run.interrupts++;
    const posted = run.knobs.interrupts === "posted";
    if (run.haltedAt !== null) {
      const { since, waiting } = run.haltedAt;
      run.halted += cursor.now - waiting;
      run.haltedAt = null;
      if (virtual(run)) {
        if (direct) spend(run, cursor, "host kernel", "host interrupt", "interruptHost");
        spend(run, cursor, "cpu root mode", "wake vcpu", "haltWake");
        if (!posted) spend(run, cursor, "cpu root mode", "inject", "inject");
        spend(run, cursor, "cpu root mode", "entry", "vmEntry");
        count(run, "HLT", cursor.now - since);
      }
    } else if (virtual(run) && !posted) {
      const from = cursor.now;
      spend(run, cursor, "cpu root mode", "exit", "vmExit", { exit: "EXTERNAL_INTERRUPT" });
      spend(run, cursor, "cpu root mode", "dispatch", "exitDispatch");
      if (direct) spend(run, cursor, "host kernel", "host interrupt", "interruptHost");
      spend(run, cursor, "cpu root mode", "inject", "inject");
      spend(run, cursor, "cpu root mode", "entry", "vmEntry");
      count(run, "EXTERNAL_INTERRUPT", cursor.now - from);
    }
    spend(run, cursor, "guest kernel", "guest interrupt", "interruptGuest");
    handle(cursor);
    if (virtual(run) && !posted) endOfInterrupt(run, cursor);
    if (run.finished.length < run.workload.requests) rest(run, cursor);
  });
}

function endOfInterrupt(run: Run, cursor: Cursor): void {
  const from = cursor.now;
  spend(run, cursor, "cpu root mode", "exit", "vmExit", { exit: "MSR_WRITE" });
  spend(run, cursor, "cpu root mode", "dispatch", "exitDispatch");
  spend(run, cursor, "cpu root mode", "end of interrupt", "registerModel");
  spend(run, cursor, "cpu root mode", "entry", "vmEntry");
  count(run, "MSR_WRITE", cursor.now - from);
}
