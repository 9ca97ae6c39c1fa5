/**
 * Arithmetic as bash evaluates it: C's operators over integers, with assignments to variables.
 *
 * Not modelled: 64-bit wrap-around; numbers beyond 2^53 lose their last digits.
 * @rule linux.shell.arithmetic
 * @source bash(1) ARITHMETIC EVALUATION
 */
export interface Names {
  get(name: string): string;
  set(name: string, value: string): void;
}

/** The message of an expression that cannot be evaluated. */
export class ArithmeticFault extends Error {}

interface Cursor {
  readonly text: string;
  at: number;
  readonly names: Names;
  readonly depth: number;
}

const LEVELS: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["|"],
  ["^"],
  ["&"],
  ["==", "!="],
  ["<=", ">=", "<", ">"],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"],
];
const ASSIGNS = /(?:<<|>>|[-+*/%&|^])?=(?!=)/y;
const MAX_DEPTH = 32;

export function evaluate(text: string, names: Names, depth = 0): number {
  if (depth > MAX_DEPTH) throw new ArithmeticFault(`${text}: expression recursion level exceeded`);
  const cursor: Cursor = { text, at: 0, names, depth };
  blank(cursor);
  if (cursor.at >= text.length) return 0;
  const result = comma(cursor);
  if (cursor.at < text.length) throw new ArithmeticFault(`${text}: syntax error in expression (error token is "${text.slice(cursor.at)}")`);
  return result;
}

function blank(cursor: Cursor): void {
  while (" \t\n".includes(cursor.text[cursor.at] ?? "x")) cursor.at += 1;
}

function take(cursor: Cursor, token: string): boolean {
  if (!cursor.text.startsWith(token, cursor.at)) return false;
  cursor.at += token.length;
  blank(cursor);
  return true;
}

function comma(cursor: Cursor): number {
  let result = ternary(cursor);
  while (take(cursor, ",")) result = ternary(cursor);
  return result;
}

function ternary(cursor: Cursor): number {
  const condition = binary(cursor, 0);
  if (!take(cursor, "?")) return condition;
  const yes = comma(cursor);
  if (!take(cursor, ":")) throw new ArithmeticFault(`${cursor.text}: \`:' expected for conditional expression`);
  const no = ternary(cursor);
  return condition === 0 ? no : yes;
}

function operatorAt(cursor: Cursor, level: number): string | undefined {
  return LEVELS[level]?.find((operator) => {
    if (!cursor.text.startsWith(operator, cursor.at)) return false;
    const next = cursor.text[cursor.at + operator.length] ?? "";
    if (next === "=" && operator !== "==" && operator !== "!=" && !operator.endsWith("=")) return false;
    return !(operator.length === 1 && "|&<>".includes(operator) && next === operator) && !(operator === "*" && next === "*");
  });
}

function binary(cursor: Cursor, level: number): number {
  if (level >= LEVELS.length) return power(cursor);
  let left = binary(cursor, level + 1);
  for (;;) {
    const operator = operatorAt(cursor, level);
    if (operator === undefined) return left;
    take(cursor, operator);
    left = apply(cursor, operator, left, binary(cursor, level + 1));
  }
}

function apply(cursor: Cursor, operator: string, a: number, b: number): number {
  const truth = (of: boolean): number => (of ? 1 : 0);
  if ((operator === "/" || operator === "%") && b === 0) throw new ArithmeticFault(`${cursor.text}: division by 0 (error token is "${b}")`);
  switch (operator) {
    case "||":
      return truth(a !== 0 || b !== 0);
    case "&&":
      return truth(a !== 0 && b !== 0);
    case "|":
      return Number(BigInt(a) | BigInt(b));
    case "^":
      return Number(BigInt(a) ^ BigInt(b));
    case "&":
      return Number(BigInt(a) & BigInt(b));
    case "==":
      return truth(a === b);
    case "!=":
      return truth(a !== b);
    case "<=":
      return truth(a <= b);
    case ">=":
      return truth(a >= b);
    case "<":
      return truth(a < b);
    case ">":
      return truth(a > b);
    case "<<":
      return Number(BigInt(a) << BigInt(b));
    case ">>":
      return Number(BigInt(a) >> BigInt(b));
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return Math.trunc(a / b);
    default:
      return a % b;
  }
}

function power(cursor: Cursor): number {
  const base = unary(cursor);
  if (!take(cursor, "**")) return base;
  const exponent = power(cursor);
  let result = 1;
  for (let turn = 0; turn < exponent; turn += 1) result *= base;
  return result;
}

function unary(cursor: Cursor): number {
  if (take(cursor, "++")) return step(cursor, 1);
  if (take(cursor, "--")) return step(cursor, -1);
  if (take(cursor, "!")) return unary(cursor) === 0 ? 1 : 0;
  if (take(cursor, "~")) return -unary(cursor) - 1;
  if (take(cursor, "-")) return -unary(cursor);
  if (take(cursor, "+")) return unary(cursor);
  return primary(cursor);
}

function nameAt(cursor: Cursor): string | undefined {
  const pattern = /[A-Za-z_]\w*(?:\[[^\]]*\])?/y;
  pattern.lastIndex = cursor.at;
  const name = pattern.exec(cursor.text)?.[0];
  if (name !== undefined) cursor.at += name.length;
  blank(cursor);
  return name;
}

const valueOf = (cursor: Cursor, name: string): number => evaluate(cursor.names.get(name), cursor.names, cursor.depth + 1);

function step(cursor: Cursor, by: number): number {
  const name = nameAt(cursor);
  if (name === undefined) throw new ArithmeticFault(`${cursor.text}: syntax error: operand expected`);
  const result = valueOf(cursor, name) + by;
  cursor.names.set(name, String(result));
  return result;
}

function primary(cursor: Cursor): number {
  if (take(cursor, "(")) {
    const inner = comma(cursor);
    if (!take(cursor, ")")) throw new ArithmeticFault(`${cursor.text}: missing \`)'`);
    return inner;
  }
  const number = /(\d+)#([0-9a-zA-Z]+)|0[xX][0-9a-fA-F]+|\d+/y;
  number.lastIndex = cursor.at;
  const match = number.exec(cursor.text);
  if (match !== null) {
    cursor.at += match[0].length;
    blank(cursor);
    if (match[1] !== undefined) return Number.parseInt(match[2] ?? "", Number(match[1]));
    return /^0\d/.test(match[0]) ? Number.parseInt(match[0], 8) : Number(match[0]);
  }
  const name = nameAt(cursor);
  if (name === undefined) {
    throw new ArithmeticFault(`${cursor.text}: syntax error: operand expected (error token is "${cursor.text.slice(cursor.at)}")`);
  }
  return assigned(cursor, name);
}

function assigned(cursor: Cursor, name: string): number {
  ASSIGNS.lastIndex = cursor.at;
  const operator = ASSIGNS.exec(cursor.text)?.[0];
  if (operator !== undefined) {
    take(cursor, operator);
    const right = ternary(cursor);
    const result = operator === "=" ? right : apply(cursor, operator.slice(0, -1), valueOf(cursor, name), right);
    cursor.names.set(name, String(result));
    return result;
  }
  const before = valueOf(cursor, name);
  if (take(cursor, "++")) cursor.names.set(name, String(before + 1));
  else if (take(cursor, "--")) cursor.names.set(name, String(before - 1));
  return before;
}
