/**
 * Hardware assistance in the manner of VT-x: the guest runs in non-root mode with its own rings; the VMCS says what leaves to the monitor.
 * Nested paging finds guest-physical addresses; a page that is not there yet, or belongs to a device, is an EPT violation.
 *
 * @rule hypervisor.technique.hardware
 * @source Intel SDM vol. 3C chapters 25 to 30, appendix C (exit reasons)
 * Not modelled: NMI and SMM, MSR bitmaps, VMX instructions of the guest (nested virtualization), shadow VMCS.
 */
import { walkGuest } from "../cpu/address";
import { pending } from "../cpu/bus";
import { type Operation, STOP } from "../cpu/cpu";
import { operationOf } from "../cpu/fetch";
import { attend, executeNext, run } from "../cpu/run";
import type { RunEnd } from "../types";
import { exit, interruptible, type Monitor } from "./monitor";

/** Execution controls a student may change; the exits of CPUID cannot be turned off. */
export interface Controls {
  readonly hltExiting: boolean;
  readonly ioExiting: boolean;
  /** Loads and stores of CR3 leave; needed without nested paging. */
  readonly cr3Exiting: boolean;
  readonly invlpgExiting: boolean;
  readonly descriptorTableExiting: boolean;
  readonly rdtscExiting: boolean;
  readonly ept: boolean;
  /** Interrupts reach the guest without an exit. */
  readonly postedInterrupts: boolean;
}

export const DEFAULT_CONTROLS: Controls = {
  hltExiting: true,
  ioExiting: true,
  cr3Exiting: false,
  invlpgExiting: false,
  descriptorTableExiting: false,
  rdtscExiting: false,
  ept: true,
  postedInterrupts: false,
};

/** Basic exit reasons by the names of the SDM. */
export const EXIT_REASONS: Readonly<Record<string, number>> = {
  EXTERNAL_INTERRUPT: 1,
  TRIPLE_FAULT: 2,
  INTERRUPT_WINDOW: 7,
  CPUID: 10,
  HLT: 12,
  INVLPG: 14,
  RDTSC: 16,
  VMCALL: 18,
  CR_ACCESS: 28,
  IO_INSTRUCTION: 30,
  GDTR_IDTR: 46,
  LDTR_TR: 47,
  EPT_VIOLATION: 48,
  PREEMPTION_TIMER: 52,
};

export interface Hardware {
  readonly monitor: Monitor;
  readonly controls: Controls;
  /** Frames the EPT maps. */
  readonly mapped: Set<number>;
  readonly last: { reason: number; qualification: number; length: number; injected: number };
}

function stopMask(controls: Controls): number {
  return (
    STOP.cpuid |
    STOP.hypercall |
    (controls.hltExiting ? STOP.hlt : 0) |
    (controls.ioExiting ? STOP.io : 0) |
    (controls.cr3Exiting ? STOP.cr : 0) |
    (controls.invlpgExiting ? STOP.invlpg : 0) |
    (controls.descriptorTableExiting ? STOP.tables : 0) |
    (controls.rdtscExiting ? STOP.rdtsc : 0)
  );
}

/** The exit an instruction makes; faults that it would raise for want of privilege go before. */
function reasonOf(operation: Operation): string {
  if (operation.hypercall) return "VMCALL";
  const { id } = operation.row;
  if (id === "hlt") return "HLT";
  if (id === "in" || id === "out") return "IO_INSTRUCTION";
  if (id === "cpuid") return "CPUID";
  if (id === "invlpg") return "INVLPG";
  if (id === "rdtsc") return "RDTSC";
  if (/^[ls][gi]dt$/.test(id)) return "GDTR_IDTR";
  return /^(lldt|sldt|ltr|str)$/.test(id) ? "LDTR_TR" : "CR_ACCESS";
}

export function hardware(monitor: Monitor, controls: Controls = DEFAULT_CONTROLS): Hardware {
  const { guest } = monitor;
  const machine: Hardware = { monitor, controls, mapped: new Set(), last: { reason: 0, qualification: 0, length: 0, injected: 0 } };
  guest.ruling = "nonRoot";
  guest.stopMask = stopMask(controls);
  guest.translating = true;
  guest.hooks = {
    stops: (cpu, operation) => {
      const { id, privilege } = operation.row;
      if (privilege === "ring0" && cpu.cpl > 0) return false;
      if (privilege === "iopl" && cpu.cpl > cpu.iopl) return false;
      return id !== "smsw" && !(id === "mov cr" && (operation.shape === "rc" ? operation.b : operation.a) !== 3 && operation.shape === "rc");
    },
    miss: (cpu, linear, write, user) => {
      const physical = walkGuest(cpu, linear, write, user);
      if (controls.ept) violation(machine, physical, write);
      return physical;
    },
  };
  return machine;
}

/** The first touch of a page, and every touch of a device, leaves to the monitor. */
function violation(machine: Hardware, physical: number, write: boolean): void {
  const frame = Math.floor(physical / 4096);
  const device = physical >= machine.monitor.guest.memory.size;
  if (!device && machine.mapped.has(frame)) return;
  const { parameters } = machine.monitor;
  leave(machine, "EPT_VIOLATION", (write ? 2 : 1) | 0x180, 0, device ? parameters.registerModel : parameters.exitDispatch);
  if (!device) machine.mapped.add(frame);
}

function leave(machine: Hardware, reason: string, qualification: number, length: number, handling: number): void {
  const { parameters } = machine.monitor;
  Object.assign(machine.last, { reason: EXIT_REASONS[reason] ?? 0, qualification, length });
  exit(machine.monitor, reason, parameters.vmExit + parameters.vmEntry, parameters.exitDispatch + handling);
}

/** Exit qualification of a port access: width, direction, immediate or DX, port. */
function ioQualification(machine: Hardware, operation: Operation): number {
  const immediate = operation.shape === "xb" || operation.shape === "bx";
  const port = immediate ? operation.immediate : (machine.monitor.guest.r[2] as number) & 0xffff;
  return (operation.width - 1) | (operation.row.id === "in" ? 8 : 0) | (immediate ? 0x40 : 0) | (port << 16);
}

/** Runs at most `budget` instructions of the guest. */
export function runHardware(machine: Hardware, budget: number): RunEnd {
  const { monitor, controls } = machine;
  const { guest, counters, parameters } = monitor;
  let left = budget;
  while (left > 0) {
    const service = guest.bus.pic.inService;
    machine.last.injected = 0;
    const end = attend(guest);
    if (guest.bus.pic.inService !== service) {
      counters.injected += controls.postedInterrupts ? 0 : 1;
      counters.posted += controls.postedInterrupts ? 1 : 0;
      machine.last.injected = injectedInformation(guest.bus.pic.inService, service, guest.bus.pic.base);
    }
    if (end === "shutdown") leave(machine, "TRIPLE_FAULT", 0, 0, 0);
    if (end !== undefined) return end;
    if (guest.halted) {
      left -= 1;
      continue;
    }
    const window = pending(guest.bus) >= 0 && guest.interruptFlag === 0;
    const before = guest.retired;
    const held = guest.deadline === 0;
    if (held) guest.deadline = Number.MAX_SAFE_INTEGER;
    const why = run(guest, held ? 1 : left);
    if (held) guest.deadline = 0;
    left -= why === "budget" ? (held ? 1 : left) : guest.retired - before;
    if (why === "shutdown") leave(machine, "TRIPLE_FAULT", 0, 0, 0);
    if (why === "shutdown" || why === "halt") return why;
    if (why === "stop" && guest.stopped) {
      emulateExit(machine, guest.stopped);
      left -= 1;
    } else if (why === "deadline") arrival(machine, window);
  }
  return "budget";

  function arrival(of: Hardware, waited: boolean): void {
    if (guest.cycles >= guest.bus.due) {
      if (!controls.postedInterrupts) leave(of, "PREEMPTION_TIMER", 0, 0, parameters.inject);
    } else if (waited && interruptible(guest) && !controls.postedInterrupts) leave(of, "INTERRUPT_WINDOW", 0, 0, parameters.inject);
  }
}

/** Valid bit, type 0 (external interrupt) and vector. */
function injectedInformation(now: number, before: number, base: number): number {
  return (0x80000000 | (base + 31 - Math.clz32(now & ~before))) >>> 0;
}

function emulateExit(machine: Hardware, operation: Operation): void {
  const { guest, parameters } = machine.monitor;
  const reason = reasonOf(operation);
  const io = reason === "IO_INSTRUCTION";
  leave(machine, reason, io ? ioQualification(machine, operation) : 0, operation.length, io ? parameters.registerModel : 0);
  executeNext(guest, operation.hypercall ? operationOf({ ...operation, hypercall: false }) : operation);
}
