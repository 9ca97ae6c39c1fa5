/**
 * Two passes: read every line and give it an address (sizes never depend on values), then evaluate and encode. Every byte knows its line and
 * column. A mistake names line, column and cure, and the rest of the text is still read.
 *
 * Directives: `.org n`, `.equ name, n`, `.byte`, `.word`, `.long` lists, `.ascii "…"`, `.asciz "…"`, `.space n`, `.align n`. A guest starts
 * at the label `start`, or at the first byte. `hcall` before an instruction asks the monitor for it (paravirtual guests).
 *
 * Not modelled: macros, sections, linking; AT&T order.
 */
import { toBytes } from "../../sim/bytes";
import type { Width } from "../types";
import { encode, NO_MEMORY, defaultSegment } from "../isa/codec";
import { operandBytes } from "../isa/shape";
import { accept, type Complaint, column, type Cursor, evaluate, type Expression, parseExpression, peek, tokens, unquoted } from "./expression";
import { isReserved, type Operand, parseOperand } from "./operand";
import { canonical, type Selection, select, unknownMnemonic } from "./selection";

export interface AssemblyError extends Complaint {
  readonly line: number;
}

/** Bytes that one line made. `line` and `column` count from 1. */
export interface SourceLine {
  readonly address: number;
  readonly bytes: readonly number[];
  readonly line: number;
  readonly column: number;
  /** An instruction, not data. */
  readonly code: boolean;
}

export interface Program {
  readonly lines: readonly SourceLine[];
  readonly symbols: ReadonlyMap<string, number>;
  readonly entry: number;
}

export type Assembly = { readonly ok: true; readonly program: Program } | { readonly ok: false; readonly errors: readonly AssemblyError[] };

interface Item {
  readonly line: number;
  readonly column: number;
  readonly address: number;
  readonly size: number;
  readonly content:
    | { readonly kind: "code"; readonly selection: Selection; readonly operands: readonly Operand[]; readonly hypercall: boolean }
    | { readonly kind: "data"; readonly width: Width; readonly values: readonly Expression[] }
    | { readonly kind: "text"; readonly bytes: readonly number[] };
}

interface Pass {
  address: number;
  readonly items: Item[];
  readonly symbols: Map<string, number>;
  readonly errors: AssemblyError[];
}

export function assemble(source: string): Assembly {
  const pass: Pass = { address: 0, items: [], symbols: new Map(), errors: [] };
  const texts = source.split("\n");
  for (const [index, text] of texts.entries()) {
    const list = tokens(text);
    const cursor: Cursor = { tokens: list, at: 0, end: text.trimEnd().length + 1 };
    const complaint = readLine(cursor, index + 1, pass);
    if (complaint) pass.errors.push({ line: index + 1, ...complaint });
  }
  const lines: SourceLine[] = [];
  for (const item of pass.items) {
    const bytes = encodeItem(item, pass.symbols);
    if ("message" in bytes) pass.errors.push({ line: item.line, ...bytes });
    else lines.push({ address: item.address, bytes, line: item.line, column: item.column, code: item.content.kind === "code" });
  }
  overlaps(lines, pass.errors);
  if (pass.errors.length > 0) return { ok: false, errors: pass.errors.sort((a, b) => a.line - b.line || a.column - b.column) };
  return { ok: true, program: { lines, symbols: pass.symbols, entry: pass.symbols.get("start") ?? lines[0]?.address ?? 0 } };
}

function overlaps(lines: readonly SourceLine[], errors: AssemblyError[]): void {
  const sorted = lines.filter((one) => one.bytes.length > 0).sort((a, b) => a.address - b.address || a.line - b.line);
  for (const [index, one] of sorted.entries()) {
    const before = sorted[index - 1];
    if (!before || before.address + before.bytes.length <= one.address) continue;
    const message = `these bytes lie on those of line ${before.line}`;
    errors.push({ line: one.line, column: one.column, message, cure: "move one of them with .org" });
  }
}

function readLine(cursor: Cursor, line: number, pass: Pass): Complaint | undefined {
  while (cursor.tokens[cursor.at + 1]?.text === ":" && /^[.A-Za-z_]/.test(peek(cursor) ?? "")) {
    const complaint = define(peek(cursor) ?? "", pass.address, column(cursor), pass);
    if (complaint) return complaint;
    cursor.at += 2;
  }
  const first = peek(cursor);
  if (first === undefined) return undefined;
  const at = column(cursor);
  cursor.at += 1;
  const size = first.startsWith(".") ? directive(first.toLowerCase(), cursor, line, at, pass) : instruction(first, cursor, line, at, pass);
  if (typeof size === "object") return size;
  if (peek(cursor) !== undefined)
    return { column: column(cursor), message: `"${peek(cursor)}" is too much here`, cure: "remove it, or begin a comment with ;" };
  pass.address += size;
  return undefined;
}

function define(name: string, value: number, at: number, pass: Pass): Complaint | undefined {
  if (isReserved(name)) return { column: at, message: `"${name}" is the name of a register or size`, cure: "choose another name" };
  if (pass.symbols.has(name)) return { column: at, message: `"${name}" is defined twice`, cure: "rename one of them" };
  pass.symbols.set(name, value);
  return undefined;
}

function known(cursor: Cursor, pass: Pass): number | Complaint {
  const expression = parseExpression(cursor);
  return "message" in expression ? expression : evaluate(expression, pass.symbols, pass.address);
}

function directive(name: string, cursor: Cursor, line: number, at: number, pass: Pass): number | Complaint {
  const add = (size: number, content: Item["content"]) => {
    pass.items.push({ line, column: at, address: pass.address, size, content });
    return size;
  };
  switch (name) {
    case ".org": {
      const value = known(cursor, pass);
      if (typeof value === "number") pass.address = value;
      return typeof value === "number" ? 0 : value;
    }
    case ".align":
    case ".space": {
      const value = known(cursor, pass);
      if (typeof value !== "number") return value;
      if (name === ".align") return value > 0 ? (value - (pass.address % value)) % value : 0;
      if (value < 0 || value > 1 << 20) return { column: at, message: ".space takes 0 to 1048576 bytes", cure: "use a smaller number" };
      return add(value, { kind: "text", bytes: Array.from({ length: value }, () => 0) });
    }
    case ".equ": {
      const symbol = peek(cursor) ?? "";
      const where = column(cursor);
      cursor.at += 1;
      if (!accept(cursor, ",")) return { column: column(cursor), message: 'a "," is missing', cure: "write .equ name, value" };
      const value = known(cursor, pass);
      return typeof value === "number" ? (define(symbol, value, where, pass) ?? 0) : value;
    }
    case ".ascii":
    case ".asciz": {
      const text = peek(cursor);
      if (!text?.startsWith('"') || text.length < 2)
        return { column: column(cursor), message: "a text in quotes is missing", cure: `write ${name} "text"` };
      cursor.at += 1;
      const bytes = [...[...toBytes(unquoted(text))].map((one) => one.charCodeAt(0)), ...(name === ".asciz" ? [0] : [])];
      return add(bytes.length, { kind: "text", bytes });
    }
    case ".byte":
    case ".word":
    case ".long": {
      const width = name === ".byte" ? 1 : name === ".word" ? 2 : 4;
      const values = list(cursor, parseExpression);
      return "message" in values ? values : add(values.length * width, { kind: "data", width, values });
    }
    default:
      return { column: at, message: `"${name}" is no directive`, cure: "there are .org .equ .byte .word .long .ascii .asciz .space .align" };
  }
}

function list<T extends object>(cursor: Cursor, parse: (cursor: Cursor) => T | Complaint): T[] | Complaint {
  const found: T[] = [];
  do {
    const one = parse(cursor);
    if ("message" in one) return one;
    found.push(one);
  } while (accept(cursor, ","));
  return found;
}

function instruction(first: string, cursor: Cursor, line: number, at: number, pass: Pass): number | Complaint {
  const hypercall = first.toLowerCase() === "hcall";
  let written = hypercall ? (peek(cursor) ?? "") : first;
  if (hypercall) cursor.at += 1;
  if (written.toLowerCase() === "rep") {
    written = `${written} ${peek(cursor) ?? ""}`;
    cursor.at += 1;
  }
  const name = canonical(written);
  if (!name) return unknownMnemonic(written, at);
  const operands = peek(cursor) === undefined ? [] : list(cursor, parseOperand);
  if ("message" in operands) return operands;
  const selection = select(name, operands, written, at);
  if ("message" in selection) return selection;
  const size = 2 + operandBytes(selection.shape, selection.width);
  pass.items.push({ line, column: at, address: pass.address, size, content: { kind: "code", selection, operands, hypercall } });
  return size;
}

function encodeItem(item: Item, symbols: ReadonlyMap<string, number>): readonly number[] | Complaint {
  const { content } = item;
  if (content.kind === "text") return content.bytes;
  if (content.kind === "data") {
    const bytes: number[] = [];
    for (const expression of content.values) {
      const value = ranged(expression, symbols, item, content.width);
      if (typeof value !== "number") return value;
      for (let i = 0; i < content.width; i++) bytes.push((value >>> (8 * i)) & 255);
    }
    return bytes;
  }
  return encodeCode(item, content.selection, content.operands, content.hypercall, symbols);
}

/** The value, when it fits into the width signed or unsigned. */
function ranged(expression: Expression, symbols: ReadonlyMap<string, number>, item: Item, width: Width): number | Complaint {
  const value = evaluate(expression, symbols, item.address);
  if (typeof value !== "number") return value;
  const most = 2 ** (8 * width);
  if (value >= -most / 2 && value < most) return value;
  const at = "column" in expression ? expression.column : item.column;
  return { column: at, message: `${value} does not fit into ${width * 8} bits`, cure: `use ${-most / 2} to ${most - 1}` };
}

function encodeCode(
  item: Item,
  selection: Selection,
  operands: readonly Operand[],
  hypercall: boolean,
  symbols: ReadonlyMap<string, number>,
): readonly number[] | Complaint {
  const registers: number[] = [];
  let memory = NO_MEMORY;
  let immediate = 0;
  let selector = 0;
  for (const operand of operands) {
    if ("number" in operand) registers.push(operand.number);
    else if (operand.kind === "memory") {
      const displacement = ranged(operand.displacement, symbols, item, 4);
      if (typeof displacement !== "number") return displacement;
      const { base, index, scale, segment } = operand;
      memory = { base, index, scale, displacement: displacement | 0, segment: segment ?? defaultSegment(base) };
    } else {
      const byte = selection.shape === "b" || selection.shape === "bx" || selection.shape === "xb";
      const wide = selection.shape === "rel" || operand.kind === "far" ? 4 : byte ? 1 : selection.width;
      const value = ranged(operand.kind === "far" ? operand.offset : operand.value, symbols, item, wide);
      if (typeof value !== "number") return value;
      immediate = selection.shape === "rel" ? value - item.address - item.size : value;
      if (operand.kind !== "far") continue;
      const found = ranged(operand.selector, symbols, item, 2);
      if (typeof found !== "number") return found;
      selector = found;
    }
  }
  const [a = 0, b = 0] =
    selection.shape === "xb" || selection.shape === "bx" || selection.shape === "xd" || selection.shape === "dx" ? [] : registers;
  return encode({ ...selection, a, b: selection.shape === "rl" ? 0 : b, memory, immediate, selector, hypercall });
}
