/**
 * `sed`: lines edited as they pass.
 *
 * Not modelled: `e`, `w` to files that are no terminal of the machine's own, `l` with a width, options `-s` and `-z`.
 *
 * @source sed@4.9
 */
import type { Program, System } from "../../../linux/program";
import { optionsGiven } from "./getopt";
import { because, complain, print, readFile } from "./support";
import { linesFrom, type LineSource } from "./text-input";
import { type Address, parseSed, type SedCommand, SedError, type Substitution } from "./text-sed-script";

interface Run {
  readonly system: System;
  readonly commands: readonly SedCommand[];
  readonly lines: LineSource;
  readonly quiet: boolean;
  readonly out: (text: string) => void;
  pattern: string;
  hold: string;
  line: number;
  /** Of each command with two addresses: the last line of its range, while it is in one. */
  readonly ranges: Map<number, number>;
  /** Printed after the cycle. */
  after: string[];
  substituted: boolean;
  last: RegExp | undefined;
}

/** How often one line may go round; sed itself would go on for ever. */
const MOST_STEPS = 100_000;

function expressionIn(run: Run, expression: RegExp | undefined): RegExp {
  const used = expression ?? run.last;
  if (used === undefined) throw new SedError("-e expression #1, char 0: no previous regular expression");
  run.last = used;
  used.lastIndex = 0;
  return used;
}

function fits(run: Run, address: Address): boolean {
  switch (address.kind) {
    case "line":
      return run.line === address.line;
    case "last":
      return !run.lines.more();
    case "step":
      return address.step === 0 ? run.line === address.first : run.line >= address.first && (run.line - address.first) % address.step === 0;
    case "match":
      return expressionIn(run, address.expression).test(run.pattern);
  }
}

/** Whether a command acts on this line. */
function selected(run: Run, command: SedCommand, index: number): boolean {
  const { from, to } = command;
  if (from === undefined) return true;
  if (to === undefined) return fits(run, from);
  const until = run.ranges.get(index);
  if (until !== undefined) {
    const ends = to.kind === "match" || to.kind === "last" ? fits(run, to) : run.line >= until;
    if (ends) run.ranges.delete(index);
    return to.kind !== "line" || run.line <= until;
  }
  if (!fits(run, from)) return false;
  if (to.kind === "line" && to.line <= run.line) return true;
  if (to.kind === "plus" && to.count === 0) return true;
  run.ranges.set(index, to.kind === "line" ? to.line : to.kind === "plus" ? run.line + to.count : Number.POSITIVE_INFINITY);
  return true;
}

/** The replacement with what was found put in; `\U`, `\L`, `\u`, `\l` and `\E` change the case of what follows. */
function filled(replacement: string, groups: readonly (string | undefined)[]): string {
  let out = "";
  let [all, one] = ["", ""];
  const put = (text: string): void => {
    for (const letter of text) {
      const by = one === "" ? all : one;
      out += by.toUpperCase() === "U" ? letter.toUpperCase() : by.toUpperCase() === "L" ? letter.toLowerCase() : letter;
      one = "";
    }
  };
  for (let at = 0; at < replacement.length; at++) {
    const sign = replacement[at] as string;
    if (sign === "&") put(groups[0] ?? "");
    else if (sign !== "\\") put(sign);
    else {
      const next = replacement[++at] ?? "\\";
      if (/\d/.test(next)) put(groups[Number(next)] ?? "");
      else if (next === "U" || next === "L") all = next;
      else if (next === "E") all = "";
      else if (next === "u" || next === "l") one = next;
      else put(next === "n" ? "\n" : next === "t" ? "\t" : next);
    }
  }
  return out;
}

function substitute(run: Run, { expression, replacement, global, nth, print: shows, file }: Substitution): void {
  const used = expressionIn(run, expression);
  let [count, changed] = [0, false];
  const next = run.pattern.replace(used, (...found: unknown[]) => {
    count++;
    const whole = String(found[0]);
    if (count < nth || (count > nth && !global)) return whole;
    changed = true;
    const end = found.findIndex((part, i) => i > 0 && typeof part === "number");
    return filled(replacement, found.slice(0, end) as (string | undefined)[]);
  });
  if (!changed) return;
  run.pattern = next;
  run.substituted = true;
  if (shows) run.out(`${run.pattern}\n`);
  if (file === "/dev/stdout") run.out(`${run.pattern}\n`);
}

type Ends = { readonly kind: "cycle" | "again" | "quit"; readonly silent?: boolean; readonly code?: number };

/** Goes through the script for the line that is held. */
function cycle(run: Run): Ends {
  const { commands } = run;
  let steps = 0;
  for (let at = 0; at < commands.length; at++) {
    if (++steps > MOST_STEPS) throw new SedError("the script goes round without end");
    const one = commands[at] as SedCommand;
    if (one.name === "}" || one.name === ":") continue;
    if (selected(run, one, at) === one.negated) {
      if (one.name === "{") at = one.target ?? at;
      continue;
    }
    switch (one.name) {
      case "{":
        break;
      case "s":
        substitute(run, one.substitution as Substitution);
        break;
      case "y": {
        const [a, b] = one.map ?? ["", ""];
        run.pattern = [...run.pattern].map((letter) => (a.includes(letter) ? (b[a.indexOf(letter)] as string) : letter)).join("");
        break;
      }
      case "p":
        run.out(`${run.pattern}\n`);
        break;
      case "P":
        run.out(`${run.pattern.split("\n")[0]}\n`);
        break;
      case "d":
        return { kind: "cycle", silent: true };
      case "D": {
        const cut = run.pattern.indexOf("\n");
        if (cut < 0) return { kind: "cycle", silent: true };
        run.pattern = run.pattern.slice(cut + 1);
        return { kind: "again", silent: true };
      }
      case "=":
        run.out(`${run.line}\n`);
        break;
      case "a":
        run.after.push(`${one.text}\n`);
        break;
      case "i":
        run.out(`${one.text}\n`);
        break;
      case "c":
        if (!run.ranges.has(at)) run.out(`${one.text}\n`);
        return { kind: "cycle", silent: true };
      case "h":
        run.hold = run.pattern;
        break;
      case "H":
        run.hold += `\n${run.pattern}`;
        break;
      case "g":
        run.pattern = run.hold;
        break;
      case "G":
        run.pattern += `\n${run.hold}`;
        break;
      case "x":
        [run.pattern, run.hold] = [run.hold, run.pattern];
        break;
      case "z":
        run.pattern = "";
        break;
      case "F":
        run.out(`${run.lines.name()}\n`);
        break;
      case "l":
        run.out(`${run.pattern.replace(/\\/g, "\\\\").replace(/\n/g, "\\n").replace(/\t/g, "\\t")}$\n`);
        break;
      case "n":
      case "N": {
        if (!run.lines.more()) return { kind: "quit", silent: false };
        if (one.name === "n" && !run.quiet) run.out(`${run.pattern}\n`);
        flush(run);
        const next = run.lines.next() ?? "";
        run.pattern = one.name === "n" ? next : `${run.pattern}\n${next}`;
        run.line++;
        break;
      }
      case "q":
        return { kind: "quit", code: Number(one.text || 0) };
      case "Q":
        return { kind: "quit", silent: true, code: Number(one.text || 0) };
      case "r": {
        const all = readFile(run.system, one.text);
        if ("text" in all) run.after.push(all.text);
        break;
      }
      case "b":
        at = (one.target ?? commands.length) - 1;
        break;
      case "t":
      case "T":
        if (run.substituted === (one.name === "t")) at = (one.target ?? commands.length) - 1;
        run.substituted = false;
        break;
    }
  }
  return { kind: "cycle" };
}

function flush(run: Run): void {
  for (const text of run.after) run.out(text);
  run.after = [];
}

function edit(run: Run): number {
  for (;;) {
    const line = run.lines.next();
    if (line === undefined) return 0;
    run.pattern = line;
    run.line++;
    run.substituted = false;
    for (;;) {
      const end = cycle(run);
      if (end.silent !== true && !run.quiet) run.out(`${run.pattern}${run.lines.ended() ? "\n" : ""}`);
      flush(run);
      if (end.kind === "quit") return end.code ?? 0;
      if (end.kind === "cycle") break;
    }
  }
}

export const sed: Program = (system, invocation) => {
  const options = optionsGiven(system, invocation, {
    short: "ne:f:Eri::sz",
    long: { quiet: "n", silent: "n", "expression=": "e", "file=": "f", "regexp-extended": "E", "in-place?": "i" },
  });
  if (options === undefined) return 1;
  const scripts = [...options.values("e")];
  const operands = [...options.operands];
  for (const path of options.values("f")) {
    const all = readFile(system, path);
    if ("errno" in all) {
      complain(system, invocation, `couldn't open file ${path}: ${because(all.errno)}`);
      return 1;
    }
    scripts.push(all.text.replace(/\n$/, ""));
  }
  const script = scripts.length > 0 ? scripts.join("\n") : operands.shift();
  if (script === undefined) {
    print(system, "Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n", 2);
    return 1;
  }
  try {
    const commands = parseSed(script, options.has("E") || options.has("r"));
    const inPlace = options.has("i");
    const groups = inPlace ? operands.map((path) => [path]) : [operands];
    let status = 0;
    for (const paths of groups) {
      let text = "";
      const lines = linesFrom(system, invocation, paths, { onError: (path, why) => complain(system, invocation, `can't read ${path}: ${why}`) });
      const run: Run = {
        system,
        commands,
        lines,
        quiet: options.has("n"),
        out: inPlace ? (part) => void (text += part) : (part) => print(system, part),
        pattern: "",
        hold: "",
        line: 0,
        ranges: new Map(),
        after: [],
        substituted: false,
        last: undefined,
      };
      const code = edit(run);
      status = code !== 0 ? code : lines.failed() ? 2 : status;
      if (!inPlace || lines.failed()) continue;
      const fd = system.open(paths[0] ?? "", { write: true, truncate: true }, 0);
      if (!fd.ok) continue;
      print(system, text, fd.value);
      system.close(fd.value);
    }
    return status;
  } catch (error) {
    if (!(error instanceof SedError)) throw error;
    complain(system, invocation, error.message);
    return 1;
  }
};
