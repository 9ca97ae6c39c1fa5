/**
 * `test`, `[` and `[[ ]]`.
 *
 * @rule linux.shell.test
 * @source bash(1) CONDITIONAL EXPRESSIONS
 */
import type { System } from "../../linux/program";
import type { Test } from "../language/bash-tree";
import { asPattern, asText } from "./expansion";
import { matches } from "./pattern";
import { evaluate } from "./arithmetic";
import { setVariable, type Shell } from "./shell-state";
import { surroundings } from "./shell-words";

export class TestFault extends Error {}

const KINDS: Readonly<Record<string, string>> = { "-f": "file", "-d": "dir", "-p": "fifo", "-S": "socket", "-c": "char", "-b": "block" };
const ACCESS: Readonly<Record<string, number>> = { "-r": 4, "-w": 2, "-x": 1 };
const BITS: Readonly<Record<string, number>> = { "-u": 0o4000, "-g": 0o2000, "-k": 0o1000 };

export function unary(system: System, operator: string, text: string): boolean {
  if (operator === "-z") return text === "";
  if (operator === "-n") return text !== "";
  if (operator === "-t") return system.terminal(Number(text)).ok;
  if (operator in ACCESS) return system.access(text, ACCESS[operator] ?? 0).ok;
  const found = operator === "-L" || operator === "-h" ? system.lstat(text) : system.stat(text);
  if (!found.ok) return false;
  const { kind, size, mode, uid, gid, atime, mtime } = found.value;
  if (operator === "-O" || operator === "-G") {
    const own = system.credentials();
    return own.ok && (operator === "-O" ? own.value.euid === uid : own.value.egid === gid);
  }
  if (operator === "-N") return mtime > atime;
  if (operator in KINDS) return kind === KINDS[operator];
  if (operator in BITS) return (mode & (BITS[operator] ?? 0)) !== 0;
  if (operator === "-L" || operator === "-h") return kind === "symlink";
  return operator === "-s" ? size > 0 : operator === "-e" || operator === "-a";
}

const NUMERIC: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "-eq": (a, b) => a === b,
  "-ne": (a, b) => a !== b,
  "-lt": (a, b) => a < b,
  "-le": (a, b) => a <= b,
  "-gt": (a, b) => a > b,
  "-ge": (a, b) => a >= b,
};

function integer(text: string): number {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new TestFault(`${text}: integer expression expected`);
  return Number(text);
}

export function binary(system: System, left: string, operator: string, right: string): boolean {
  if (operator === "=" || operator === "==") return left === right;
  if (operator === "!=") return left !== right;
  if (operator === "<") return left < right;
  if (operator === ">") return left > right;
  const compare = NUMERIC[operator];
  if (compare !== undefined) return compare(integer(left), integer(right));
  const [a, b] = [system.stat(left), system.stat(right)];
  if (operator === "-ef") return a.ok && b.ok && a.value.ino === b.value.ino && a.value.dev === b.value.dev;
  const [first, second] = operator === "-nt" ? [a, b] : [b, a];
  return first.ok && (!second.ok || first.value.mtime > second.value.mtime);
}

/** Whether an operator of two operands. */
const isBinary = (text: string | undefined): boolean =>
  text !== undefined && (text in NUMERIC || ["=", "==", "!=", "<", ">", "-ef", "-nt", "-ot"].includes(text));

/** The arguments of `test`. */
export function testArguments(system: System, given: readonly string[]): boolean {
  const [a = "", b = "", c = ""] = given;
  if (given.length === 0) return false;
  if (given.length === 1) return a !== "";
  if (given.length === 3 && isBinary(b)) return binary(system, a, b, c);
  const or = given.lastIndexOf("-o");
  if (or > 0 && or < given.length - 1 && given.length > 3)
    return testArguments(system, given.slice(0, or)) || testArguments(system, given.slice(or + 1));
  const and = given.lastIndexOf("-a");
  if (and > 0 && and < given.length - 1 && given.length > 3)
    return testArguments(system, given.slice(0, and)) && testArguments(system, given.slice(and + 1));
  if (a === "!") return !testArguments(system, given.slice(1));
  if (a === "(" && given.at(-1) === ")") return testArguments(system, given.slice(1, -1));
  if (given.length === 2) {
    if (/^-[a-zA-Z]$/.test(a)) return unary(system, a, b);
    throw new TestFault(`${a}: unary operator expected`);
  }
  if (given.length === 3) throw new TestFault(`${b}: binary operator expected`);
  throw new TestFault("too many arguments");
}

function arithmetic(shell: Shell, text: string): number {
  const around = surroundings(shell);
  return evaluate(text, { get: (name) => around.get(name) ?? "", set: (name, value) => around.set(name, value) });
}

/** An extended regular expression; what is none matches nothing. */
function expressionMatch(pattern: string, text: string): RegExpExecArray | null {
  try {
    return new RegExp(pattern.replace(/\[\[:(\w+):\]\]/g, (whole, name: string) => CLASSES[name] ?? whole)).exec(text);
  } catch {
    return null;
  }
}

const CLASSES: Readonly<Record<string, string>> = {
  digit: "\\d",
  alpha: "[A-Za-z]",
  alnum: "[A-Za-z0-9]",
  space: "\\s",
  upper: "[A-Z]",
  lower: "[a-z]",
};

export function conditional(shell: Shell, test: Test): boolean {
  const around = surroundings(shell);
  switch (test.kind) {
    case "word":
      return asText(around, test.word) !== "";
    case "not":
      return !conditional(shell, test.of);
    case "and":
      return conditional(shell, test.left) && conditional(shell, test.right);
    case "or":
      return conditional(shell, test.left) || conditional(shell, test.right);
    case "unary":
      return test.operator === "-v"
        ? around.get(asText(around, test.word)) !== undefined
        : unary(shell.system, test.operator, asText(around, test.word));
    case "binary": {
      const left = asText(around, test.left);
      if (["=", "==", "!="].includes(test.operator)) return matches(asPattern(around, test.right), left) === (test.operator !== "!=");
      if (test.operator === "=~") {
        const found = expressionMatch(asText(around, test.right), left);
        setVariable(shell, "BASH_REMATCH", { list: found === null ? [] : Array.from(found, (group) => group ?? "") });
        return found !== null;
      }
      const compare = NUMERIC[test.operator];
      // Both sides are arithmetic here: a name stands for its value.
      if (compare !== undefined) return compare(arithmetic(shell, left), arithmetic(shell, asText(around, test.right)));
      return binary(shell.system, left, test.operator, asText(around, test.right));
    }
  }
}
