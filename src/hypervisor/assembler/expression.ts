/**
 * Numbers in assembly text: constants, symbols and `+ - * / & | << >>` with the usual precedence and parentheses; `$` is the address of the
 * line. Parsed once, evaluated in the second pass when all symbols are known.
 */

export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "symbol"; readonly name: string; readonly column: number }
  | { readonly kind: "here" }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Expression; readonly right: Expression; readonly column: number };

/** A place in a line that cannot be read: what is wrong and how to mend it. `column` counts from 1. */
export interface Complaint {
  readonly column: number;
  readonly message: string;
  readonly cure: string;
}

export interface Token {
  readonly text: string;
  readonly column: number;
}

const TOKEN = /\s*(0x[0-9a-fA-F_]+|0b[01_]+|\d[\d_]*|'(?:\\.|[^'])'|"(?:\\.|[^"])*"|[.A-Za-z_][\w.]*|<<|>>|[^\s])/gy;
const PRECEDENCE: readonly (readonly string[])[] = [["|"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "/"]];
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "0": "\0", "\\": "\\", "'": "'", '"': '"' };

/** Tokens of a line without its comment (from `;` or `#`, outside quotes). */
export function tokens(line: string): Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(line); match; match = TOKEN.exec(line)) {
    const text = match[1] ?? "";
    if (text === ";" || text === "#") break;
    found.push({ text, column: TOKEN.lastIndex - text.length + 1 });
  }
  return found;
}

/** The characters of a quoted token. */
export function unquoted(token: string): string {
  return token.slice(1, -1).replace(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter);
}

/** A cursor over the tokens of one line. */
export interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
  /** Column behind the last token, for complaints about what is missing. */
  readonly end: number;
}

export function peek(cursor: Cursor): string | undefined {
  return cursor.tokens[cursor.at]?.text;
}

export function column(cursor: Cursor): number {
  return cursor.tokens[cursor.at]?.column ?? cursor.end;
}

export function accept(cursor: Cursor, text: string): boolean {
  if (peek(cursor)?.toLowerCase() !== text) return false;
  cursor.at += 1;
  return true;
}

export function parseExpression(cursor: Cursor, level = 0): Expression | Complaint {
  const operators = PRECEDENCE[level];
  if (!operators) return parsePrimary(cursor);
  let left = parseExpression(cursor, level + 1);
  while (!("message" in left)) {
    const operator = peek(cursor);
    if (operator === undefined || !operators.includes(operator)) return left;
    const at = column(cursor);
    cursor.at += 1;
    const right = parseExpression(cursor, level + 1);
    if ("message" in right) return right;
    left = { kind: "binary", operator, left, right, column: at };
  }
  return left;
}

function parsePrimary(cursor: Cursor): Expression | Complaint {
  const at = column(cursor);
  const text = peek(cursor);
  if (text === undefined) return { column: at, message: "a number is missing here", cure: "write a number, a label or a constant" };
  cursor.at += 1;
  if (text === "-") {
    const inner = parsePrimary(cursor);
    return "message" in inner ? inner : { kind: "binary", operator: "-", left: { kind: "number", value: 0 }, right: inner, column: at };
  }
  if (text === "(") {
    const inner = parseExpression(cursor);
    if ("message" in inner || accept(cursor, ")")) return inner;
    return { column: column(cursor), message: 'a ")" is missing', cure: 'close the parenthesis with ")"' };
  }
  if (text === "$") return { kind: "here" };
  if (/^\d/.test(text)) return number(text, at);
  if (text.startsWith("'")) return { kind: "number", value: unquoted(text).charCodeAt(0) };
  if (/^[.A-Za-z_]/.test(text)) return { kind: "symbol", name: text, column: at };
  return { column: at, message: `"${text}" is no number`, cure: "write a number such as 10, 0x1f or 'a', or the name of a label" };
}

function number(text: string, at: number): Expression | Complaint {
  const value = Number(text.replaceAll("_", ""));
  if (value <= 0xffffffff) return { kind: "number", value };
  return { column: at, message: `${text} does not fit into 32 bits`, cure: "use a number of at most 0xffffffff" };
}

/** The value as an integer (not yet cut to a width). */
export function evaluate(expression: Expression, symbols: ReadonlyMap<string, number>, here: number): number | Complaint {
  switch (expression.kind) {
    case "number":
      return expression.value;
    case "here":
      return here;
    case "symbol": {
      const value = symbols.get(expression.name);
      if (value !== undefined) return value;
      return {
        column: expression.column,
        message: `"${expression.name}" is not defined`,
        cure: `define it with "${expression.name}:" or ".equ ${expression.name}, value"${nearest(expression.name, symbols)}`,
      };
    }
    case "binary": {
      const left = evaluate(expression.left, symbols, here);
      if (typeof left !== "number") return left;
      const right = evaluate(expression.right, symbols, here);
      if (typeof right !== "number") return right;
      return apply(expression.operator, left, right, expression.column);
    }
  }
}

function apply(operator: string, left: number, right: number, at: number): number | Complaint {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "<<":
      return left * 2 ** Math.min(Math.max(right, 0), 31);
    case ">>":
      return Math.floor(left / 2 ** Math.min(Math.max(right, 0), 31));
    case "&":
      return (left & right) >>> 0;
    case "|":
      return (left | right) >>> 0;
    default:
      return right === 0 ? { column: at, message: "division by zero", cure: "divide by another number" } : Math.trunc(left / right);
  }
}

/** A known name that differs only in case or by one letter, as a hint. */
export function nearest(name: string, known: Iterable<string> | ReadonlyMap<string, unknown>): string {
  const names = known instanceof Map ? [...known.keys()] : [...(known as Iterable<string>)];
  const close = names.find((one) => one.toLowerCase() === name.toLowerCase()) ?? names.find((one) => apart(one, name) === 1);
  return close === undefined ? "" : `; did you mean "${close}"?`;
}

function apart(a: string, b: string): number {
  const sorted = (text: string) => [...text].sort((x, y) => (x < y ? -1 : 1)).join("");
  if (a.length > 2 && sorted(a) === sorted(b)) return 1;
  if (Math.abs(a.length - b.length) > 1) return 2;
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  const rests: readonly (readonly [string, string])[] = [
    [a.slice(i + 1), b.slice(i + 1)],
    [a.slice(i), b.slice(i + 1)],
    [a.slice(i + 1), b.slice(i)],
  ];
  return rests.some(([x, y]) => x === y) ? 1 : 2;
}
