/**
 * A processor inside one run: registers in typed arrays and plain fields, changed in place. cpu/state.ts packs it into frozen rows.
 *
 * Not modelled: real and virtual-8086 mode, the FPU, debug registers, PF and AF, call gates, task switches, conforming and expand-down
 * segments, the accessed bit of descriptors, the I/O permission bitmap.
 */
import type { Decoded } from "../isa/codec";
import { CF, DF, FLAG_FIXED, IF, IOPL, IOPL_SHIFT, OF, SF, ZF } from "../isa/names";
import type { SegmentState, TableRegister } from "../types";
import type { Levels } from "../translate/types";
import type { Bus } from "./bus";
import type { Memory } from "./memory";

export type Handler = (cpu: Cpu, operation: Operation) => void;

export interface Operation extends Decoded {
  readonly run: Handler;
  /** Which monitors stop before it: bits of `STOP`. */
  readonly stop: number;
}

/** What a monitor may ask to be stopped before: bits of `stop` and `stopMask`. */
export const STOP = { sensitive: 1, hypercall: 2, hlt: 4, io: 8, cr: 16, cpuid: 32, invlpg: 64, tables: 128, rdtsc: 256 } as const;

/** A monitor's hands in the processor; absent when the machine runs natively. */
export interface MonitorHooks {
  /** The two halves of a descriptor as the monitor's shadow of the guest's table has them. */
  readonly descriptor?: (high: number) => number;
  /** The guest's tables, where the processor's own registers hold the monitor's. */
  readonly table?: (local: boolean) => TableRegister;
  /** Asked when an instruction's `stop` meets the mask: does it leave to the monitor before it runs? */
  readonly stops?: (cpu: Cpu, operation: Operation) => boolean;
  /** Physical address for a TLB miss; may throw `FAULT` or an exit of its own. */
  readonly miss?: (cpu: Cpu, linear: number, write: boolean, user: boolean) => number;
}

/** How exceptions and interrupts go on: through the guest's own IDT, or to the monitor. */
export type Ruling = "native" | "deprivileged" | "nonRoot";

export interface Cpu {
  readonly r: Int32Array;
  eip: number;
  cf: number;
  zf: number;
  sf: number;
  of: number;
  df: number;
  interruptFlag: number;
  iopl: number;
  cpl: number;
  readonly selector: Int32Array;
  readonly base: Float64Array;
  readonly limit: Float64Array;
  readonly access: Int32Array;
  /** Last offset that may be read or written; −1 for none. */
  readonly readMost: Float64Array;
  readonly writeMost: Float64Array;
  ldtr: SegmentState;
  tr: SegmentState;
  gdtr: TableRegister;
  idtr: TableRegister;
  cr0: number;
  cr2: number;
  cr3: number;
  cr4: number;
  halted: boolean;
  inhibit: boolean;
  shutdown: boolean;
  cycles: number;
  retired: number;
  /** Guest cycles spent halted. */
  idle: number;
  readonly levels: Levels;
  /** CR0.PG, or a monitor that translates: addresses go through the TLB. */
  translating: boolean;
  readonly memory: Memory;
  readonly bus: Bus;
  /** Cycle at which the loop must look up from its instructions. 0: at once. */
  deadline: number;
  /** Four sections of 256 entries: supervisor read, supervisor write, user read, user write. Tag 0 is empty. */
  readonly tlbTag: Int32Array;
  readonly tlbFrame: Int32Array;
  tlbMisses: number;
  walkReads: number;
  /** Where instructions come from just now. */
  fetchPage: number;
  fetchFrame: number;
  fetchCode: (Operation | undefined)[];
  /** The exception in flight. */
  vector: number;
  errorCode: number;
  ruling: Ruling;
  stopMask: number;
  /** The instruction before which `run` stopped for a monitor. */
  stopped: Operation | undefined;
  hooks: MonitorHooks | undefined;
}

/** Thrown by `raise`: the exception in `vector` and `errorCode`. Not an error of ours, so it has no stack. */
export const FAULT = { kind: "fault" } as const;

/** An exception of the simulated processor: leaves the instruction without effect. */
export function raise(cpu: Cpu, vector: number, errorCode = 0): never {
  cpu.vector = vector;
  cpu.errorCode = errorCode;
  throw FAULT;
}

export function getFlags(cpu: Cpu): number {
  return (
    FLAG_FIXED |
    (cpu.cf ? CF : 0) |
    (cpu.zf ? ZF : 0) |
    (cpu.sf ? SF : 0) |
    (cpu.of ? OF : 0) |
    (cpu.df ? DF : 0) |
    (cpu.interruptFlag ? IF : 0) |
    (cpu.iopl << IOPL_SHIFT)
  );
}

/** Sets every flag, whatever the privilege. */
export function setFlags(cpu: Cpu, flags: number): void {
  cpu.cf = flags & CF;
  cpu.zf = flags & ZF ? 1 : 0;
  cpu.sf = flags & SF ? 1 : 0;
  cpu.of = flags & OF ? 1 : 0;
  cpu.df = flags & DF ? 1 : 0;
  cpu.interruptFlag = flags & IF ? 1 : 0;
  cpu.iopl = (flags & IOPL) >> IOPL_SHIFT;
  cpu.deadline = 0;
}

/**
 * Flags as POPF and IRET write them: IOPL only in ring 0, IF only when CPL ≤ IOPL, and no fault when they stay as they are.
 *
 * @rule hypervisor.cpu.popf
 * @source Intel SDM vol. 2B POPF/POPFD
 */
export function popFlags(cpu: Cpu, flags: number): void {
  const ioplStays = cpu.cpl > 0;
  const ifStays = cpu.cpl > cpu.iopl;
  const kept = (ioplStays ? IOPL : 0) | (ifStays ? IF : 0);
  setFlags(cpu, (flags & ~kept) | (getFlags(cpu) & kept));
}

export function flushTlb(cpu: Cpu): void {
  cpu.tlbTag.fill(0);
  cpu.fetchPage = -1;
}

/** Loads the hidden part of a segment register and what may be done with it. */
export function setSegment(cpu: Cpu, segment: number, state: SegmentState): void {
  const { selector, base, limit, access } = state;
  cpu.selector[segment] = selector;
  cpu.base[segment] = base;
  cpu.limit[segment] = limit;
  cpu.access[segment] = access;
  const present = (access & 0x90) === 0x90;
  const code = (access & 8) !== 0;
  cpu.readMost[segment] = present && (!code || (access & 2) !== 0) ? limit : -1;
  cpu.writeMost[segment] = present && !code && (access & 2) !== 0 ? limit : -1;
  if (segment === 1) cpu.fetchPage = -1;
}

export function getSegment(cpu: Cpu, segment: number): SegmentState {
  return {
    selector: cpu.selector[segment] as number,
    base: cpu.base[segment] as number,
    limit: cpu.limit[segment] as number,
    access: cpu.access[segment] as number,
  };
}
