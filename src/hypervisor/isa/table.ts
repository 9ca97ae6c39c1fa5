/**
 * The instructions of the machine as data: mnemonic, operand shapes, encoding, cycles, who may execute it, and what happens when a monitor
 * has taken the guest's privilege away. The Popek–Goldberg condition is computed from this table (isa/popek-goldberg.ts).
 *
 * `privilege`: `ring0` faults above ring 0, `iopl` faults when CPL > IOPL, `none` runs everywhere.
 * `sensitive`: reads or changes the machine's mode, its descriptor tables or where it lies, so the result depends on who really rules.
 * `deprivileged`: what a guest kernel moved to ring 1 sees: `traps` (the monitor hears of it) or `differs` (it goes on with another result).
 *
 * Cycles are chosen, in the proportions of a simple in-order processor; a memory operand costs `MEMORY_CYCLES` more.
 */
import type { Width } from "../types";
import { CONDITIONS } from "./names";
import { type Shape, touchesMemory } from "./shape";

export type Privilege = "none" | "iopl" | "ring0";

export interface Sensitivity {
  readonly why: string;
  readonly deprivileged: "traps" | "differs";
  /** One of the instructions of Robin & Irvine 2000 §3; VERR and VERW share an entry in the manual and in their seventeen. */
  readonly robinIrvine?: true;
}

export interface InstructionRow {
  /** Unique: the mnemonic, with the form where forms differ in privilege ("mov seg"). */
  readonly id: string;
  readonly mnemonic: string;
  readonly opcode: number;
  readonly shapes: readonly Shape[];
  readonly widths: readonly Width[];
  readonly cycles: number;
  readonly privilege: Privilege;
  readonly sensitive?: Sensitivity;
  /** Ends a basic block: the next instruction is not always the one behind. */
  readonly ends?: true;
}

export const MEMORY_CYCLES = 2;

const ALL: readonly Width[] = [1, 2, 4];
const LONG: readonly Width[] = [4];
const ALU: readonly Shape[] = ["rr", "ri", "rm", "mr", "mi"];
const ENDS = { ends: true } as const;

function row(
  opcode: number,
  id: string,
  shapes: string,
  widths: readonly Width[],
  cycles: number,
  more: Partial<InstructionRow> = {},
): InstructionRow {
  const mnemonic = /^(rep )?[a-z0-9]+/.exec(id)?.[0] ?? id;
  return { id, mnemonic, opcode, shapes: shapes.split(" ") as Shape[], widths, cycles, privilege: "none", ...more };
}

function differs(why: string): Partial<InstructionRow> {
  return { sensitive: { why, deprivileged: "differs", robinIrvine: true } };
}

function traps(privilege: Privilege, why: string): Partial<InstructionRow> {
  return { privilege, sensitive: { why, deprivileged: "traps" } };
}

const DATA: readonly InstructionRow[] = [
  row(0x01, "mov", ALU.join(" "), ALL, 1),
  row(0x02, "movzx", "rr rm", [1, 2], 1),
  row(0x03, "movsx", "rr rm", [1, 2], 1),
  row(0x04, "lea", "rm", LONG, 1),
  row(0x05, "xchg", "rr rm", ALL, 2),
  row(0x06, "push", "r i m", LONG, 1),
  row(0x07, "pop", "r m", LONG, 1),
  row(0x08, "pusha", "none", LONG, 8),
  row(0x09, "popa", "none", LONG, 8),
  row(0x0a, "leave", "none", LONG, 2),
  row(0x0b, "cdq", "none", LONG, 1),
  row(0x0c, "movs", "none", ALL, 4),
  row(0x0d, "stos", "none", ALL, 3),
  row(0x0e, "lods", "none", ALL, 3),
  row(0x0f, "rep movs", "none", ALL, 4),
  row(0x1f, "rep stos", "none", ALL, 3),
];

const ARITHMETIC_ROWS: readonly InstructionRow[] = [
  row(0x10, "add", ALU.join(" "), ALL, 1),
  row(0x11, "or", ALU.join(" "), ALL, 1),
  row(0x12, "adc", ALU.join(" "), ALL, 1),
  row(0x13, "sbb", ALU.join(" "), ALL, 1),
  row(0x14, "and", ALU.join(" "), ALL, 1),
  row(0x15, "sub", ALU.join(" "), ALL, 1),
  row(0x16, "xor", ALU.join(" "), ALL, 1),
  row(0x17, "cmp", ALU.join(" "), ALL, 1),
  row(0x18, "test", ALU.join(" "), ALL, 1),
  row(0x19, "inc", "r m", ALL, 1),
  row(0x1a, "dec", "r m", ALL, 1),
  row(0x1b, "neg", "r m", ALL, 1),
  row(0x1c, "not", "r m", ALL, 1),
  row(0x20, "shl", "ri mi rl", ALL, 1),
  row(0x21, "shr", "ri mi rl", ALL, 1),
  row(0x22, "sar", "ri mi rl", ALL, 1),
  row(0x23, "rol", "ri mi rl", ALL, 1),
  row(0x24, "ror", "ri mi rl", ALL, 1),
  row(0x25, "mul", "r m", LONG, 4),
  row(0x26, "imul", "rr rm", LONG, 4),
  row(0x27, "div", "r m", LONG, 20),
  row(0x28, "idiv", "r m", LONG, 22),
];

const CONTROL: readonly InstructionRow[] = [
  row(0x30, "jmp", "rel r m", LONG, 1, ENDS),
  row(0x31, "call", "rel r m", LONG, 2, ENDS),
  row(0x32, "ret", "none i", [2], 2, ENDS),
  row(0x33, "loop", "rel", LONG, 2, ENDS),
  row(0x34, "nop", "none", LONG, 1),
  row(0x35, "int3", "none", LONG, 20, ENDS),
  row(0x36, "ud2", "none", LONG, 1, ENDS),
  row(0x37, "clc", "none", LONG, 1),
  row(0x38, "stc", "none", LONG, 1),
  row(0x39, "cmc", "none", LONG, 1),
  row(0x3a, "cld", "none", LONG, 1),
  row(0x3b, "std", "none", LONG, 1),
  ...CONDITIONS.map((name, index) => row(0x40 + index, `j${name}`, "rel", LONG, 1, ENDS)).filter((one) => !/^jn?p$/.test(one.id)),
  ...CONDITIONS.map((name, index) => row(0x50 + index, `set${name}`, "r m", [1], 1)).filter((one) => !/^setn?p$/.test(one.id)),
];

/** Faults without privilege: a monitor that runs the guest in ring 1 sees each of them. */
const PRIVILEGED: readonly InstructionRow[] = [
  row(0x60, "cli", "none", LONG, 3, traps("iopl", "clears IF")),
  row(0x61, "sti", "none", LONG, 3, traps("iopl", "sets IF")),
  row(0x62, "hlt", "none", LONG, 1, { ...traps("ring0", "stops the processor"), ...ENDS }),
  row(0x63, "in", "xd xb", ALL, 25, traps("iopl", "reads a device")),
  row(0x64, "out", "dx bx", ALL, 25, traps("iopl", "writes a device")),
  row(0x65, "lgdt", "m", LONG, 10, traps("ring0", "loads GDTR")),
  row(0x66, "lidt", "m", LONG, 10, traps("ring0", "loads IDTR")),
  row(0x67, "lldt", "r", [2], 10, traps("ring0", "loads LDTR")),
  row(0x68, "ltr", "r", [2], 10, traps("ring0", "loads TR")),
  row(0x69, "lmsw", "r", [2], 5, { ...traps("ring0", "writes CR0"), ...ENDS }),
  row(0x6a, "clts", "none", LONG, 2, traps("ring0", "clears CR0.TS")),
  row(0x6b, "mov cr", "rc cr", LONG, 6, { ...traps("ring0", "reads or writes a control register"), ...ENDS }),
  row(0x6c, "invlpg", "m", LONG, 10, { ...traps("ring0", "drops a TLB entry"), ...ENDS }),
];

/** Sensitive and not privileged: what Robin and Irvine found, with the behaviour in user mode that the manual gives. */
const MISBEHAVING: readonly InstructionRow[] = [
  row(0x70, "sgdt", "m", LONG, 4, differs("shows GDTR: the monitor's table, not the guest's")),
  row(0x71, "sidt", "m", LONG, 4, differs("shows IDTR: the monitor's table, not the guest's")),
  row(0x72, "sldt", "r", [2], 2, differs("shows LDTR: the monitor's selector")),
  row(0x73, "smsw", "r", [4], 2, differs("shows CR0 as the monitor has set it")),
  row(0x74, "pushf", "none", LONG, 2, differs("shows IF and IOPL of the real machine")),
  row(0x75, "popf", "none", LONG, 3, differs("keeps IF and IOPL as they are when unprivileged, without a fault")),
  row(0x76, "lar", "rr", [4], 5, differs("shows the DPL that the monitor gave the segment")),
  row(0x77, "lsl", "rr", [4], 5, differs("shows the limit that the monitor has cut")),
  row(0x78, "verr", "r", [2], 5, differs("asks with the real CPL")),
  row(0x79, "verw", "r", [2], 5, differs("asks with the real CPL")),
  row(0x7a, "str", "r", [2], 2, differs("shows TR: the monitor's task")),
  row(0x7b, "pop seg", "s", LONG, 4, differs("checks against the real CPL, so that it takes selectors it should refuse")),
  row(0x7c, "push seg", "s", LONG, 2, differs("shows the real CPL in the lowest bits of CS and SS")),
  row(0x7d, "mov seg", "rs sr ms sm", [2], 2, differs("shows the real CPL in CS and SS; checks against it")),
  row(0x7e, "call far", "far", LONG, 6, { ...differs("leaves the real CPL on the stack; checks against it"), ...ENDS }),
  row(0x7f, "jmp far", "far", LONG, 6, { ...differs("checks against the real CPL"), ...ENDS }),
  row(0x80, "ret far", "none", LONG, 6, { ...differs("compares the caller's ring with the real CPL"), ...ENDS }),
  row(0x81, "int", "b", LONG, 20, {
    ...ENDS,
    sensitive: {
      why: "goes through the monitor's IDT; our monitor gives its gates DPL 0, so that it traps",
      deprivileged: "traps",
      robinIrvine: true,
    },
  }),
];

const OTHER: readonly InstructionRow[] = [
  row(0x82, "iret", "none", LONG, 15, {
    ...ENDS,
    sensitive: {
      why: "restores ring, IF and IOPL; our monitor keeps the descriptors of other rings not present, so that it traps",
      deprivileged: "traps",
    },
  }),
  row(0x83, "cpuid", "none", LONG, 30, ENDS),
  row(0x84, "rdtsc", "none", LONG, 10),
  row(0x85, "arpl", "rr", [2], 4),
];

export const INSTRUCTIONS: readonly InstructionRow[] = [...DATA, ...ARITHMETIC_ROWS, ...CONTROL, ...PRIVILEGED, ...MISBEHAVING, ...OTHER];

/** Rows by opcode; `undefined` where there is no instruction. */
export const BY_OPCODE: readonly (InstructionRow | undefined)[] = Array.from({ length: 256 }, (_, opcode) =>
  INSTRUCTIONS.find((one) => one.opcode === opcode),
);

export function cyclesOf(one: InstructionRow, shape: Shape): number {
  return one.cycles + (touchesMemory(shape) ? MEMORY_CYCLES : 0);
}
