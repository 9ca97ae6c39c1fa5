/**
 * Bytes ↔ one instruction. `decode` reads through a function, so that the processor, the disassembler and tests share it; what is no
 * instruction is `undefined` (the processor raises #UD). Layout: isa/shape.ts.
 */
import type { Width } from "../types";
import { DS, SS } from "./names";
import { HYPERCALL_BIT, NO_REGISTER, operandBytes, SHAPES, type Shape } from "./shape";
import { BY_OPCODE, cyclesOf, type InstructionRow } from "./table";

/** `[base + index * scale + displacement]`; a register number or −1; `segment` is the one that is used. */
export interface MemoryOperand {
  readonly base: number;
  readonly index: number;
  /** 1, 2, 4 or 8. */
  readonly scale: number;
  readonly displacement: number;
  readonly segment: number;
}

export interface Decoded {
  readonly row: InstructionRow;
  readonly shape: Shape;
  readonly width: Width;
  readonly length: number;
  readonly cycles: number;
  /** First and second register (general, segment or control, as the shape says). */
  readonly a: number;
  readonly b: number;
  readonly memory: MemoryOperand;
  /** Immediate, relative distance (signed), or offset of a far pointer. */
  readonly immediate: number;
  /** Selector of a far pointer. */
  readonly selector: number;
  /** The operation is asked of the monitor. */
  readonly hypercall: boolean;
}

export const NO_MEMORY: MemoryOperand = { base: -1, index: -1, scale: 1, displacement: 0, segment: DS };
const WIDTHS: readonly (Width | undefined)[] = [1, 2, 4, undefined];

/** The segment that is used when none is written: SS below ESP and EBP, else DS. */
export function defaultSegment(base: number): number {
  return base === 4 || base === 5 ? SS : DS;
}

function decodeMemory(byte: (at: number) => number, at: number): MemoryOperand | undefined {
  const registers = byte(at);
  const how = byte(at + 1);
  const base = registers & 15;
  const index = registers >> 4;
  const segment = (how >> 2) & 7;
  if (base > NO_REGISTER || index > NO_REGISTER || how > 31 || segment > 6) return undefined;
  const displacement = long(byte, at + 2);
  return {
    base: base === NO_REGISTER ? -1 : base,
    index: index === NO_REGISTER ? -1 : index,
    scale: 1 << (how & 3),
    displacement,
    segment: segment === 0 ? defaultSegment(base) : segment - 1,
  };
}

function long(byte: (at: number) => number, at: number): number {
  return byte(at) | (byte(at + 1) << 8) | (byte(at + 2) << 16) | (byte(at + 3) << 24);
}

function immediate(byte: (at: number) => number, at: number, width: Width): number {
  if (width === 1) return byte(at);
  if (width === 2) return byte(at) | (byte(at + 1) << 8);
  return long(byte, at);
}

/** How many bytes the instruction with these two leading bytes has; 2 when it is none. */
export function lengthOf(first: number, second: number): number {
  const shape = SHAPES[second & 31];
  const width = WIDTHS[(second >> 5) & 3];
  const row = BY_OPCODE[first];
  if (!row || !shape || !width || !row.shapes.includes(shape) || !row.widths.includes(width)) return 2;
  return 2 + operandBytes(shape, width);
}

export function decode(byte: (at: number) => number): Decoded | undefined {
  const second = byte(1);
  const row = BY_OPCODE[byte(0)];
  const shape = SHAPES[second & 31];
  const width = WIDTHS[(second >> 5) & 3];
  if (!row || !shape || !width || !row.shapes.includes(shape) || !row.widths.includes(width)) return undefined;
  const base = {
    row,
    shape,
    width,
    length: 2 + operandBytes(shape, width),
    cycles: cyclesOf(row, shape),
    hypercall: (second & HYPERCALL_BIT) !== 0,
    selector: 0,
  };
  const operands = decodeOperands(byte, shape, width);
  return operands === undefined ? undefined : { ...base, ...operands };
}

type Operands = Partial<Decoded> & { a: number; b: number; memory: MemoryOperand; immediate: number };

function decodeOperands(byte: (at: number) => number, shape: Shape, width: Width): Operands | undefined {
  const none = { a: 0, b: 0, memory: NO_MEMORY, immediate: 0 };
  const first = byte(2);
  switch (shape) {
    case "none":
    case "xd":
    case "dx":
      return none;
    case "r":
    case "rl":
      return first > 7 ? undefined : { ...none, a: first };
    case "s":
      return first > 5 ? undefined : { ...none, a: first };
    case "rr":
      return (first & 0x88) !== 0 ? undefined : { ...none, a: first >> 4, b: first & 15 };
    case "rs":
    case "sr":
    case "rc":
    case "cr": {
      const a = first >> 4;
      const b = first & 15;
      const [general, special] = shape === "rs" || shape === "rc" ? [a, b] : [b, a];
      const known = shape === "rs" || shape === "sr" ? special < 6 : special <= 4 && special !== 1;
      return general > 7 || !known ? undefined : { ...none, a, b };
    }
    case "ri":
      return first > 7 ? undefined : { ...none, a: first, immediate: immediate(byte, 3, width) };
    case "rm":
    case "mr":
    case "sm":
    case "ms": {
      const memory = decodeMemory(byte, 3);
      const most = shape === "sm" || shape === "ms" ? 5 : 7;
      return first > most || !memory ? undefined : { ...none, a: first, memory };
    }
    case "mi": {
      const memory = decodeMemory(byte, 2);
      return memory && { ...none, memory, immediate: immediate(byte, 8, width) };
    }
    case "m": {
      const memory = decodeMemory(byte, 2);
      return memory && { ...none, memory };
    }
    case "i":
      return { ...none, immediate: immediate(byte, 2, width) };
    case "rel":
      return { ...none, immediate: long(byte, 2) };
    case "far":
      return { ...none, immediate: long(byte, 2), selector: byte(6) | (byte(7) << 8) };
    case "xb":
    case "bx":
    case "b":
      return { ...none, immediate: first };
  }
}

function little(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, i) => (value >>> (8 * i)) & 255);
}

function encodeMemory(memory: MemoryOperand): number[] {
  const base = memory.base < 0 ? NO_REGISTER : memory.base;
  const index = memory.index < 0 ? NO_REGISTER : memory.index;
  const scale = [1, 2, 4, 8].indexOf(memory.scale);
  const segment = memory.segment === defaultSegment(base) ? 0 : memory.segment + 1;
  return [(index << 4) | base, (segment << 2) | scale, ...little(memory.displacement, 4)];
}

/** The bytes of an instruction; the inverse of `decode`. */
export function encode(one: Pick<Decoded, "row" | "shape" | "width" | "a" | "b" | "memory" | "immediate" | "selector" | "hypercall">): number[] {
  const second = SHAPES.indexOf(one.shape) | (WIDTHS.indexOf(one.width) << 5) | (one.hypercall ? HYPERCALL_BIT : 0);
  return [one.row.opcode, second, ...encodeOperands(one)];
}

function encodeOperands(one: Pick<Decoded, "shape" | "width" | "a" | "b" | "memory" | "immediate" | "selector">): number[] {
  switch (one.shape) {
    case "none":
    case "xd":
    case "dx":
      return [];
    case "r":
    case "rl":
    case "s":
      return [one.a];
    case "rr":
    case "rs":
    case "sr":
    case "rc":
    case "cr":
      return [(one.a << 4) | one.b];
    case "ri":
      return [one.a, ...little(one.immediate, one.width)];
    case "rm":
    case "mr":
    case "sm":
    case "ms":
      return [one.a, ...encodeMemory(one.memory)];
    case "mi":
      return [...encodeMemory(one.memory), ...little(one.immediate, one.width)];
    case "m":
      return encodeMemory(one.memory);
    case "i":
      return little(one.immediate, one.width);
    case "rel":
      return little(one.immediate, 4);
    case "far":
      return [...little(one.immediate, 4), ...little(one.selector, 2)];
    case "xb":
    case "bx":
    case "b":
      return [one.immediate & 255];
  }
}
