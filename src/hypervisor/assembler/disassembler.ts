/** Instructions as text that the assembler reads back to the same bytes. */
import { REGISTERS, SEGMENTS } from "../isa/names";
import { type Decoded, decode, defaultSegment, type MemoryOperand } from "../isa/codec";
import type { Width } from "../types";
import { registerName } from "./selection";

const SIZES: Readonly<Record<Width, string>> = { 1: "byte", 2: "word", 4: "dword" };

export interface Disassembled {
  readonly address: number;
  readonly length: number;
  /** `.byte …` where there is no instruction. */
  readonly text: string;
  readonly decoded: Decoded | undefined;
}

function hex(value: number): string {
  const unsigned = value >>> 0;
  return unsigned < 10 ? String(unsigned) : `0x${unsigned.toString(16)}`;
}

function address(memory: MemoryOperand): string {
  const parts: string[] = [];
  if (memory.base >= 0) parts.push(REGISTERS[memory.base] ?? "?");
  if (memory.index >= 0) parts.push(`${REGISTERS[memory.index]}*${memory.scale}`);
  if (memory.displacement !== 0 || parts.length === 0) parts.push(hex(memory.displacement));
  const segment = memory.segment === defaultSegment(memory.base) ? "" : `${SEGMENTS[memory.segment] ?? "?"}:`;
  return `[${segment}${parts.join(" + ")}]`;
}

function mnemonic(one: Decoded): string {
  const name = /(movs|stos|lods)$/.test(one.row.mnemonic)
    ? one.row.mnemonic + (one.width === 1 ? "b" : one.width === 2 ? "w" : "d")
    : one.row.mnemonic;
  return `${one.hypercall ? "hcall " : ""}${one.row.id === "ret far" ? "retf" : name}`;
}

function operands(one: Decoded, at: number): string {
  const { a, b, width } = one;
  const extended = one.row.id === "movzx" || one.row.id === "movsx";
  const first = registerName(a, extended ? 4 : width);
  const memory = `${one.row.id === "lea" ? "" : `${SIZES[width]} `}${address(one.memory)}`;
  const accumulator = registerName(0, width);
  switch (one.shape) {
    case "none":
      return "";
    case "r":
      return first;
    case "rr":
      return `${first}, ${registerName(b, width)}`;
    case "ri":
      return `${first}, ${hex(one.immediate)}`;
    case "rm":
      return `${first}, ${memory}`;
    case "mr":
      return `${memory}, ${first}`;
    case "mi":
      return `${memory}, ${hex(one.immediate)}`;
    case "i":
    case "b":
      return hex(one.immediate);
    case "m":
      return memory;
    case "rel":
      return hex(at + one.length + one.immediate);
    case "far":
      return `${hex(one.selector)}:${hex(one.immediate)}`;
    case "s":
      return SEGMENTS[a] ?? "?";
    case "rs":
      return `${first}, ${SEGMENTS[b] ?? "?"}`;
    case "sr":
      return `${SEGMENTS[a] ?? "?"}, ${registerName(b, width)}`;
    case "sm":
      return `${SEGMENTS[a] ?? "?"}, ${memory}`;
    case "ms":
      return `${memory}, ${SEGMENTS[a] ?? "?"}`;
    case "rc":
      return `${first}, cr${b}`;
    case "cr":
      return `cr${a}, ${registerName(b, 4)}`;
    case "xd":
      return `${accumulator}, dx`;
    case "xb":
      return `${accumulator}, ${hex(one.immediate)}`;
    case "dx":
      return `dx, ${accumulator}`;
    case "bx":
      return `${hex(one.immediate)}, ${accumulator}`;
    case "rl":
      return `${first}, cl`;
  }
}

export function textOf(one: Decoded, at: number): string {
  return `${mnemonic(one)} ${operands(one, at)}`.trim();
}

/** The instruction that begins at an address; `read` gives bytes by address. */
export function disassemble(read: (address: number) => number, at: number): Disassembled {
  const decoded = decode((offset) => read(at + offset));
  if (!decoded) return { address: at, length: 1, text: `.byte ${hex(read(at))}`, decoded };
  return { address: at, length: decoded.length, text: textOf(decoded, at), decoded };
}
