/**
 * Programs that say something: echo, printf, yes, true, false, test, `[`, clear answers to plain questions.
 *
 * @source coreutils@9.1 src/echo.c src/printf.c src/yes.c src/test.c
 */
import type { Invocation, Program, System } from "../../../linux/program";
import { unescape } from "../../language/bash-word";
import { format } from "../format";
import { testArguments, TestFault } from "../shell-test";
import { complain, quoted, tryHelp } from "./coreutils-support";
import { because, print } from "./support";

export const echo: Program = (system, { argv }) => {
  let [at, newline, escapes] = [1, true, false];
  for (; /^-[neE]+$/.test(argv[at] ?? ""); at++) {
    for (const letter of (argv[at] ?? "").slice(1)) {
      if (letter === "n") newline = false;
      else escapes = letter === "e";
    }
  }
  const text = argv.slice(at).join(" ");
  const cut = escapes ? text.search(/(?<=^|[^\\])(?:\\\\)*\\c/) : -1;
  const shown = escapes ? unescape(cut < 0 ? text : text.slice(0, cut)) : text;
  print(system, shown + (newline && cut < 0 ? "\n" : ""));
  return 0;
};

export const printf: Program = (system, invocation) => {
  const args = invocation.argv[1] === "--" ? invocation.argv.slice(2) : invocation.argv.slice(1);
  const [template, ...values] = args;
  if (template === undefined) return tryHelp(system, invocation, "missing operand");
  const { text, problems } = format(template, values);
  print(system, text);
  for (const problem of problems) {
    const number = /^(.*): invalid number$/s.exec(problem)?.[1];
    const began = number !== undefined && /^\s*[-+]?\d/.test(number);
    if (number === undefined) complain(system, invocation, problem.replace(/^`(.*)': invalid.*/, "%$1: invalid conversion specification"));
    else complain(system, invocation, `${quoted(invocation, number)}: ${began ? "value not completely converted" : "expected a numeric value"}`);
  }
  const used = /%[^%]/.test(template.replaceAll("%%", ""));
  if (!used && values.length > 0)
    complain(system, invocation, `warning: ignoring excess arguments, starting with ${quoted(invocation, values[0] ?? "")}`);
  return problems.length > 0 ? 1 : 0;
};

const BLOCK = 4096;

export const yes: Program = (system, invocation) => {
  const args = invocation.argv.slice(invocation.argv[1] === "--" ? 2 : 1);
  const line = `${args.length === 0 ? "y" : args.join(" ")}\n`;
  const block = line.repeat(Math.max(1, Math.floor(BLOCK / line.length)));
  for (;;) {
    system.mark(null);
    const wrote = system.write(1, block);
    if (!wrote.ok) return (complain(system, invocation, `standard output: ${because(wrote.errno)}`), 1);
  }
};

export const yea: Program = () => 0;
export const nay: Program = () => 1;

function check(system: System, invocation: Invocation, args: readonly string[]): number {
  try {
    return testArguments(system, args) ? 0 : 1;
  } catch (fault) {
    if (!(fault instanceof TestFault)) throw fault;
    const [, word = "", what = ""] = /^(.*): (.*)$/s.exec(fault.message) ?? [];
    const text =
      what === "integer expression expected"
        ? `invalid integer ${quoted(invocation, word)}`
        : what === "unary operator expected" && /^-./.test(word)
          ? `${quoted(invocation, word)}: ${what}`
          : word === ""
            ? `extra argument ${quoted(invocation, args[1] ?? "")}`
            : what === "unary operator expected"
              ? `missing argument after ${quoted(invocation, args[1] ?? "")}`
              : `${quoted(invocation, word)}: ${what}`;
    complain(system, invocation, text);
    return 2;
  }
}

export const test: Program = (system, invocation) => check(system, invocation, invocation.argv.slice(1));

export const bracket: Program = (system, invocation) => {
  if (invocation.argv.at(-1) !== "]" || invocation.argv.length < 2) return (complain(system, invocation, `missing ${quoted(invocation, "]")}`), 2);
  return check(system, invocation, invocation.argv.slice(1, -1));
};
