/**
 * Operand shapes: how the operands of an instruction lie in memory behind its two leading bytes. The encoding is our own.
 *
 * Byte 0 is the opcode. Byte 1 holds the shape's number in bits 0–4, the width in bits 5–6 (0: one byte, 1: two, 2: four) and in bit 7 the
 * hypercall mark: with it byte 0 is not executed but names the operation asked of the monitor, so a changed guest keeps its addresses.
 * `r` register, `i` immediate of the width, `m` memory (6 bytes: base and index nibble, scale and segment, displacement), `s` segment
 * register, `c` control register, `x` accumulator, `d` the port in DX, `b` an immediate of one byte, `l` the count in CL.
 *
 * Not modelled: prefixes, ModR/M, and with them x86's own bytes; a program shows its mnemonics and its bytes, not real machine code.
 */
import type { Width } from "../types";

export const SHAPES = [
  "none",
  "r",
  "rr",
  "ri",
  "rm",
  "mr",
  "mi",
  "i",
  "m",
  "rel",
  "far",
  "s",
  "rs",
  "sr",
  "sm",
  "ms",
  "rc",
  "cr",
  "xd",
  "xb",
  "dx",
  "bx",
  "b",
  "rl",
] as const;
export type Shape = (typeof SHAPES)[number];

export const HYPERCALL_BIT = 0x80;
/** "No register" in the nibbles of a memory operand. */
export const NO_REGISTER = 8;
const MEMORY_BYTES = 6;

/** Bytes of the operands of a shape. */
export function operandBytes(shape: Shape, width: Width): number {
  switch (shape) {
    case "none":
    case "xd":
    case "dx":
      return 0;
    case "r":
    case "rr":
    case "s":
    case "rs":
    case "sr":
    case "rc":
    case "cr":
    case "xb":
    case "bx":
    case "b":
    case "rl":
      return 1;
    case "ri":
      return 1 + width;
    case "rm":
    case "mr":
    case "sm":
    case "ms":
      return 1 + MEMORY_BYTES;
    case "mi":
      return MEMORY_BYTES + width;
    case "i":
      return width;
    case "m":
      return MEMORY_BYTES;
    case "rel":
      return 4;
    case "far":
      return 6;
  }
}

export function touchesMemory(shape: Shape): boolean {
  return shape === "rm" || shape === "mr" || shape === "mi" || shape === "m" || shape === "sm" || shape === "ms";
}
