/** Operands of assembly text, Intel order: registers, `[base + index*scale + displacement]` with a width before it, numbers, `selector:offset`. */
import type { Width } from "../types";
import { REGISTERS, REGISTERS_16, REGISTERS_8, SEGMENTS } from "../isa/names";
import { accept, type Complaint, column, type Cursor, type Expression, parseExpression, peek } from "./expression";

export type Operand =
  | { readonly kind: "register"; readonly number: number; readonly width: Width; readonly column: number }
  | { readonly kind: "segment" | "control"; readonly number: number; readonly column: number }
  | {
      readonly kind: "memory";
      readonly base: number;
      readonly index: number;
      readonly scale: number;
      readonly displacement: Expression;
      readonly segment: number | undefined;
      readonly width: Width | undefined;
      readonly column: number;
    }
  | { readonly kind: "number"; readonly value: Expression; readonly column: number }
  | { readonly kind: "far"; readonly selector: Expression; readonly offset: Expression; readonly column: number };

const SIZES: Readonly<Record<string, Width>> = { byte: 1, word: 2, dword: 4, long: 4 };
const CONTROL = /^cr([0234])$/;

function register(name: string): { number: number; width: Width } | undefined {
  const lower = name.toLowerCase();
  for (const [names, width] of [
    [REGISTERS, 4],
    [REGISTERS_16, 2],
    [REGISTERS_8, 1],
  ] as const) {
    const number = (names as readonly string[]).indexOf(lower);
    if (number >= 0) return { number, width };
  }
  return undefined;
}

export function isReserved(name: string): boolean {
  const lower = name.toLowerCase();
  return register(lower) !== undefined || (SEGMENTS as readonly string[]).includes(lower) || CONTROL.test(lower) || lower in SIZES;
}

export function parseOperand(cursor: Cursor): Operand | Complaint {
  const at = column(cursor);
  const text = peek(cursor)?.toLowerCase() ?? "";
  const width = SIZES[text];
  if (width !== undefined) {
    cursor.at += 1;
    accept(cursor, "ptr");
    if (peek(cursor) !== "[") return { column: column(cursor), message: `a memory operand must follow "${text}"`, cure: `write ${text} [address]` };
  }
  if (accept(cursor, "[")) return parseMemory(cursor, width, at);
  const known = register(text);
  const segment = (SEGMENTS as readonly string[]).indexOf(text);
  const control = CONTROL.exec(text);
  if (known || segment >= 0 || control) cursor.at += 1;
  if (known) return { kind: "register", ...known, column: at };
  if (segment >= 0) return { kind: "segment", number: segment, column: at };
  if (control) return { kind: "control", number: Number(control[1]), column: at };
  accept(cursor, "far");
  const value = parseExpression(cursor);
  if ("message" in value) return value;
  if (!accept(cursor, ":")) return { kind: "number", value, column: at };
  const offset = parseExpression(cursor);
  return "message" in offset ? offset : { kind: "far", selector: value, offset, column: at };
}

interface Parts {
  base: number;
  index: number;
  scale: number;
  displacement: Expression | undefined;
}

function parseMemory(cursor: Cursor, width: Width | undefined, at: number): Operand | Complaint {
  let segment: number | undefined;
  const named = (SEGMENTS as readonly string[]).indexOf(peek(cursor)?.toLowerCase() ?? "");
  if (named >= 0) {
    cursor.at += 1;
    segment = named;
    if (!accept(cursor, ":")) return { column: column(cursor), message: 'a ":" is missing', cure: "write [es:address]" };
  }
  const parts: Parts = { base: -1, index: -1, scale: 1, displacement: undefined };
  let sign = "+";
  do {
    const complaint = parseTerm(cursor, parts, sign);
    if (complaint) return complaint;
    sign = peek(cursor) ?? "";
  } while ((sign === "+" || sign === "-") && (cursor.at += 1));
  if (!accept(cursor, "]")) {
    return { column: column(cursor), message: 'a "]" is missing', cure: 'close the address with "]"; it is base + index*scale + number' };
  }
  const { base, index, scale, displacement } = parts;
  return { kind: "memory", base, index, scale, displacement: displacement ?? { kind: "number", value: 0 }, segment, width, column: at };
}

function parseTerm(cursor: Cursor, parts: Parts, sign: string): Complaint | undefined {
  const at = column(cursor);
  const known = register(peek(cursor) ?? "");
  if (!known) {
    const value = parseExpression(cursor, 4);
    if ("message" in value) return value;
    const left = parts.displacement ?? { kind: "number", value: 0 };
    parts.displacement = sign === "+" && !parts.displacement ? value : { kind: "binary", operator: sign, left, right: value, column: at };
    return undefined;
  }
  if (known.width !== 4) return { column: at, message: "an address is made of 32-bit registers", cure: `use ${REGISTERS[known.number]}` };
  if (sign === "-") return { column: at, message: "a register cannot be subtracted in an address", cure: "compute the address with SUB first" };
  cursor.at += 1;
  if (accept(cursor, "*")) {
    const scale = Number(peek(cursor));
    if (![1, 2, 4, 8].includes(scale)) return { column: column(cursor), message: "a scale is 1, 2, 4 or 8", cure: "use one of these" };
    cursor.at += 1;
    if (parts.index >= 0) return { column: at, message: "an address has one index", cure: "add the registers before" };
    parts.index = known.number;
    parts.scale = scale;
  } else if (parts.base < 0) parts.base = known.number;
  else if (parts.index < 0) parts.index = known.number;
  else return { column: at, message: "an address has one base and one index", cure: "add the registers before" };
  return undefined;
}
