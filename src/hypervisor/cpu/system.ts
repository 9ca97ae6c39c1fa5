/**
 * The instructions that rule the machine, and those that only tell who rules it: the seventeen of Robin and Irvine behave here as the
 * manual says they do in every ring, also where that betrays a monitor.
 *
 * @source Intel SDM vol. 2A and 2B, the entries of each instruction; Robin & Irvine 2000 §3
 */
import { CR0_PE, CR0_PG, CR0_TS, GP, SS, UD } from "../isa/names";
import { forgetPage, pop, push, read, stackAt, write } from "./address";
import { readPort, writePort } from "./bus";
import { type Cpu, flushTlb, getFlags, type Handler, type Operation, popFlags, raise } from "./cpu";
import { effectiveAddress, getRegister, requireIopl, requireRing0, setRegister } from "./operand";
import { loadLdt, loadSegment, loadTask, visible } from "./segments";

const CLI: Handler = (cpu) => {
  requireIopl(cpu);
  cpu.interruptFlag = 0;
};
/** The instruction behind STI still runs before an interrupt. */
const STI: Handler = (cpu) => {
  requireIopl(cpu);
  if (cpu.interruptFlag === 0) cpu.inhibit = true;
  cpu.interruptFlag = 1;
  cpu.deadline = 0;
};
const HLT: Handler = (cpu) => {
  requireRing0(cpu);
  cpu.halted = true;
  cpu.deadline = 0;
};

function port(cpu: Cpu, operation: Operation): number {
  return operation.shape === "xb" || operation.shape === "bx" ? operation.immediate : (cpu.r[2] as number) & 0xffff;
}

const IN: Handler = (cpu, operation) => {
  requireIopl(cpu);
  setRegister(cpu, 0, operation.width, readPort(cpu.bus, port(cpu, operation), operation.width, cpu.cycles) | 0);
  cpu.deadline = 0;
};
const OUT: Handler = (cpu, operation) => {
  requireIopl(cpu);
  writePort(cpu.bus, port(cpu, operation), operation.width, getRegister(cpu, 0, operation.width) >>> 0, cpu.cycles);
  cpu.deadline = 0;
};

function loadTable(which: "gdtr" | "idtr"): Handler {
  return (cpu, operation) => {
    requireRing0(cpu);
    const at = effectiveAddress(cpu, operation.memory);
    const limit = read(cpu, operation.memory.segment, at, 2);
    const base = read(cpu, operation.memory.segment, (at + 2) >>> 0, 4) >>> 0;
    cpu[which] = { base, limit };
  };
}

/**
 * SGDT and SIDT: no privilege needed, and what they show is the processor's real register.
 *
 * @rule hypervisor.cpu.store-table
 * @source Intel SDM vol. 2B SGDT, SIDT; Robin & Irvine 2000 §3.1
 */
function storeTable(which: "gdtr" | "idtr"): Handler {
  return (cpu, operation) => {
    const at = effectiveAddress(cpu, operation.memory);
    const { base, limit } = cpu[which];
    write(cpu, operation.memory.segment, at, 2, limit);
    write(cpu, operation.memory.segment, (at + 2) >>> 0, 4, base | 0);
  };
}

/** Writes CR0 and what follows from it. Clearing PE is refused: there is no real mode. */
export function setCr0(cpu: Cpu, value: number): void {
  const next = (value | CR0_PE) >>> 0;
  if ((value & CR0_PE) === 0) raise(cpu, GP, 0);
  const before = cpu.cr0;
  cpu.cr0 = next;
  cpu.translating = (next & CR0_PG) !== 0 || cpu.hooks?.miss !== undefined;
  if (((before ^ next) & 0x80010000) !== 0) flushTlb(cpu);
}

const CONTROL: Handler = (cpu, operation) => {
  requireRing0(cpu);
  const { shape, a, b } = operation;
  const number = shape === "rc" ? b : a;
  if (shape === "rc") {
    cpu.r[a] = number === 0 ? cpu.cr0 : number === 2 ? cpu.cr2 : number === 3 ? cpu.cr3 : cpu.cr4;
    return;
  }
  const value = (cpu.r[b] as number) >>> 0;
  if (number === 0) setCr0(cpu, value);
  else if (number === 2) cpu.cr2 = value;
  else if (number === 4) cpu.cr4 = value;
  else {
    cpu.cr3 = value;
    flushTlb(cpu);
  }
};
const LMSW: Handler = (cpu, operation) => {
  requireRing0(cpu);
  setCr0(cpu, (cpu.cr0 & ~0xe) | (getRegister(cpu, operation.a, 2) & 0xe));
};
const CLTS: Handler = (cpu) => {
  requireRing0(cpu);
  cpu.cr0 = (cpu.cr0 & ~CR0_TS) >>> 0;
};
const INVLPG: Handler = (cpu, operation) => {
  requireRing0(cpu);
  forgetPage(cpu, ((cpu.base[operation.memory.segment] as number) + effectiveAddress(cpu, operation.memory)) >>> 0);
};
const SMSW: Handler = (cpu, operation) => {
  cpu.r[operation.a] = cpu.cr0;
};
const PUSHF: Handler = (cpu) => push(cpu, getFlags(cpu));
const POPF: Handler = (cpu) => popFlags(cpu, pop(cpu));
const LLDT: Handler = (cpu, operation) => {
  requireRing0(cpu);
  loadLdt(cpu, getRegister(cpu, operation.a, 2));
};
const LTR: Handler = (cpu, operation) => {
  requireRing0(cpu);
  loadTask(cpu, getRegister(cpu, operation.a, 2));
};
const SLDT: Handler = (cpu, operation) => setRegister(cpu, operation.a, 2, cpu.ldtr.selector);
const STR: Handler = (cpu, operation) => setRegister(cpu, operation.a, 2, cpu.tr.selector);

const LAR: Handler = (cpu, operation) => {
  const found = visible(cpu, (cpu.r[operation.b] as number) & 0xffff);
  cpu.zf = found ? 1 : 0;
  if (found) cpu.r[operation.a] = found.high & 0x00f0ff00;
};
const LSL: Handler = (cpu, operation) => {
  const found = visible(cpu, (cpu.r[operation.b] as number) & 0xffff);
  const usable = found && ((found.access & 0x10) !== 0 || [2, 9, 11].includes(found.access & 0x1f));
  cpu.zf = usable ? 1 : 0;
  if (usable) cpu.r[operation.a] = found.limit;
};
const VERR: Handler = (cpu, operation) => {
  const found = visible(cpu, getRegister(cpu, operation.a, 2));
  cpu.zf = found && (found.access & 0x10) !== 0 && ((found.access & 8) === 0 || (found.access & 2) !== 0) ? 1 : 0;
};
const VERW: Handler = (cpu, operation) => {
  const found = visible(cpu, getRegister(cpu, operation.a, 2));
  cpu.zf = found && (found.access & 0x1a) === 0x12 ? 1 : 0;
};
const ARPL: Handler = (cpu, operation) => {
  const destination = getRegister(cpu, operation.a, 2);
  const wanted = getRegister(cpu, operation.b, 2) & 3;
  cpu.zf = (destination & 3) < wanted ? 1 : 0;
  if (cpu.zf) setRegister(cpu, operation.a, 2, (destination & ~3) | wanted);
};

/** A move to SS holds interrupts back for one instruction. */
function intoSegment(cpu: Cpu, segment: number, selector: number): void {
  if (segment === 1) raise(cpu, UD);
  loadSegment(cpu, segment, selector);
  if (segment !== SS) return;
  cpu.inhibit = true;
  cpu.deadline = 0;
}

const MOVE_SEGMENT: Handler = (cpu, operation) => {
  const { shape, a, b, memory } = operation;
  switch (shape) {
    case "rs":
      return setRegister(cpu, a, operation.width, cpu.selector[b] as number);
    case "ms":
      return write(cpu, memory.segment, effectiveAddress(cpu, memory), 2, cpu.selector[a] as number);
    case "sm":
      return intoSegment(cpu, a, read(cpu, memory.segment, effectiveAddress(cpu, memory), 2));
    default:
      return intoSegment(cpu, a, getRegister(cpu, b, 2));
  }
};
const PUSH_SEGMENT: Handler = (cpu, operation) => push(cpu, cpu.selector[operation.a] as number);
const POP_SEGMENT: Handler = (cpu, operation) => {
  const selector = stackAt(cpu, 0) & 0xffff;
  intoSegment(cpu, operation.a, selector);
  cpu.r[4] = (cpu.r[4] as number) + 4;
};

/** "StrataGuest0" and a feature word; the same under every technique, for no monitor of ours changes it. */
const VENDOR = [0x61727453, 0x75476174, 0x30747365] as const;
const CPUID: Handler = (cpu) => {
  const leaf = (cpu.r[0] as number) >>> 0;
  const [eax, ebx, ecx, edx] = leaf === 0 ? [1, VENDOR[0], VENDOR[2], VENDOR[1]] : leaf === 1 ? [0x0600, 0, 0, 0x38] : [0, 0, 0, 0];
  cpu.r[0] = eax;
  cpu.r[3] = ebx;
  cpu.r[1] = ecx;
  cpu.r[2] = edx;
};
const RDTSC: Handler = (cpu) => {
  cpu.r[0] = cpu.cycles % 0x100000000;
  cpu.r[2] = Math.floor(cpu.cycles / 0x100000000);
};

const HANDLERS: Readonly<Record<string, Handler>> = {
  cli: CLI,
  sti: STI,
  hlt: HLT,
  in: IN,
  out: OUT,
  lgdt: loadTable("gdtr"),
  lidt: loadTable("idtr"),
  sgdt: storeTable("gdtr"),
  sidt: storeTable("idtr"),
  "mov cr": CONTROL,
  lmsw: LMSW,
  clts: CLTS,
  invlpg: INVLPG,
  smsw: SMSW,
  pushf: PUSHF,
  popf: POPF,
  lldt: LLDT,
  ltr: LTR,
  sldt: SLDT,
  str: STR,
  lar: LAR,
  lsl: LSL,
  verr: VERR,
  verw: VERW,
  arpl: ARPL,
  "mov seg": MOVE_SEGMENT,
  "push seg": PUSH_SEGMENT,
  "pop seg": POP_SEGMENT,
  cpuid: CPUID,
  rdtsc: RDTSC,
};

export const SYSTEM_HANDLERS: Readonly<Record<string, (operation: Operation) => Handler>> = Object.fromEntries(
  Object.entries(HANDLERS).map(([id, handler]) => [id, () => handler]),
);
