/**
 * `expr`: an expression of words.
 *
 * @source coreutils@9.1 src/expr.c
 */
import type { Program } from "../../../linux/program";
import { complain, quoted, tryHelp } from "./coreutils-support";
import { print } from "./support";
import { expressionOf } from "./text-regexp";

class Fault extends Error {}

interface Words {
  readonly list: readonly string[];
  at: number;
  /** What is wrong with a word that is missing. */
  readonly missing: (after: string) => string;
}

const isNumber = (text: string): boolean => /^-?\d+$/.test(text);
const isNull = (text: string): boolean => text === "" || /^-?0+$/.test(text);
const truth = (yes: boolean): string => (yes ? "1" : "0");

function number(text: string): bigint {
  if (!isNumber(text)) throw new Fault("non-integer argument");
  return BigInt(text);
}

/** What an anchored basic expression matches: its group, or the length. */
function matched(text: string, pattern: string): string {
  const expression = expressionOf(pattern, { extended: false });
  const match = new RegExp(`^(?:${expression.source})`, expression.flags.replace("g", "")).exec(text);
  const groups = /\\\(/.test(pattern);
  if (match === null) return groups ? "" : "0";
  return groups ? (match[1] ?? "") : String(match[0].length);
}

function next(words: Words): string {
  const word = words.list[words.at];
  if (word === undefined) throw new Fault(words.missing(words.list[words.at - 1] ?? ""));
  words.at++;
  return word;
}

function takes(words: Words, operators: readonly string[]): string | undefined {
  const word = words.list[words.at];
  if (word === undefined || !operators.includes(word)) return undefined;
  words.at++;
  return word;
}

function primary(words: Words): string {
  if (takes(words, ["("]) !== undefined) {
    const value = either(words);
    const closing = words.list[words.at];
    if (closing === undefined) throw new Fault(`expecting ')' after`);
    if (closing !== ")") throw new Fault(`expecting ')' instead of`);
    words.at++;
    return value;
  }
  const word = next(words);
  if (word === ")") throw new Fault("unexpected ')'");
  if (word === "+") return next(words);
  if (word === "length") return String(primary(words).length);
  if (word === "match") {
    const text = primary(words);
    return matched(text, primary(words));
  }
  if (word === "index") {
    const text = primary(words);
    const set = primary(words);
    return String([...text].findIndex((letter) => set.includes(letter)) + 1);
  }
  if (word === "substr") {
    const text = primary(words);
    const [from, length] = [primary(words), primary(words)];
    if (!isNumber(from) || !isNumber(length) || Number(from) < 1 || Number(length) < 1) return "";
    return text.slice(Number(from) - 1, Number(from) - 1 + Number(length));
  }
  return word;
}

function matching(words: Words): string {
  let left = primary(words);
  while (takes(words, [":"]) !== undefined) left = matched(left, primary(words));
  return left;
}

function product(words: Words): string {
  let left = matching(words);
  for (let operator = takes(words, ["*", "/", "%"]); operator !== undefined; operator = takes(words, ["*", "/", "%"])) {
    const right = matching(words);
    const [a, b] = [number(left), number(right)];
    if (operator !== "*" && b === 0n) throw new Fault("division by zero");
    left = String(operator === "*" ? a * b : operator === "/" ? a / b : a % b);
  }
  return left;
}

function sum(words: Words): string {
  let left = product(words);
  for (let operator = takes(words, ["+", "-"]); operator !== undefined; operator = takes(words, ["+", "-"])) {
    const right = product(words);
    left = String(operator === "+" ? number(left) + number(right) : number(left) - number(right));
  }
  return left;
}

const COMPARISONS = ["<", "<=", "=", "==", "!=", ">=", ">"];

function comparison(words: Words): string {
  let left = sum(words);
  for (let operator = takes(words, COMPARISONS); operator !== undefined; operator = takes(words, COMPARISONS)) {
    const right = sum(words);
    const numeric = isNumber(left) && isNumber(right);
    const [a, b] = numeric ? [BigInt(left), BigInt(right)] : [left, right];
    const order = a < b ? -1 : a > b ? 1 : 0;
    const holds: Readonly<Record<string, boolean>> = {
      "<": order < 0,
      "<=": order <= 0,
      "=": order === 0,
      "==": order === 0,
      "!=": order !== 0,
      ">=": order >= 0,
      ">": order > 0,
    };
    left = truth(holds[operator] === true);
  }
  return left;
}

function both(words: Words): string {
  let left = comparison(words);
  while (takes(words, ["&"]) !== undefined) {
    const right = comparison(words);
    if (isNull(left) || isNull(right)) left = "0";
  }
  return left;
}

function either(words: Words): string {
  let left = both(words);
  while (takes(words, ["|"]) !== undefined) {
    const right = both(words);
    if (isNull(left)) left = isNull(right) ? "0" : right;
  }
  return left;
}

export const expr: Program = (system, invocation) => {
  const list = invocation.argv.slice(invocation.argv[1] === "--" ? 2 : 1);
  if (list.length === 0) return tryHelp(system, invocation, "missing operand", 2);
  const words: Words = { list, at: 0, missing: (after) => `syntax error: missing argument after ${quoted(invocation, after)}` };
  try {
    const value = either(words);
    const rest = list[words.at];
    if (rest !== undefined) throw new Fault(`syntax error: unexpected argument ${quoted(invocation, rest)}`);
    print(system, `${value}\n`);
    return isNull(value) ? 1 : 0;
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    const words2 = fault.message.startsWith("expecting")
      ? `syntax error: ${fault.message.replace("')'", quoted(invocation, ")"))} ${quoted(invocation, list[fault.message.endsWith("after") ? words.at - 1 : words.at] ?? "")}`
      : fault.message === "unexpected ')'"
        ? `syntax error: unexpected ${quoted(invocation, ")")}`
        : fault.message;
    complain(system, invocation, words2);
    return 2;
  }
};
