/**
 * `grep`: lines that match an expression, or do not.
 *
 * Not modelled: `-P` beyond what extended expressions have, binary files, colours.
 *
 * @source grep@3.8
 */
import type { Invocation, Program, System } from "../../../linux/program";
import { optionsGiven, type Parsed } from "./getopt";
import { because, complain, linesOf, print, readFile } from "./support";
import { ExpressionError, expressionOf, sourceOf } from "./text-regexp";
import { linesFrom } from "./text-input";

const SPEC = {
  short: "e:f:EFGPivwxcnHhoqslLrRm:A:B:C:abyU",
  long: {
    "regexp=": "e",
    "file=": "f",
    "extended-regexp": "E",
    "fixed-strings": "F",
    "basic-regexp": "G",
    "perl-regexp": "P",
    "ignore-case": "i",
    "invert-match": "v",
    "word-regexp": "w",
    "line-regexp": "x",
    count: "c",
    "line-number": "n",
    "with-filename": "H",
    "no-filename": "h",
    "only-matching": "o",
    quiet: "q",
    silent: "q",
    "no-messages": "s",
    "files-with-matches": "l",
    "files-without-match": "L",
    recursive: "r",
    "max-count=": "m",
    "after-context=": "A",
    "before-context=": "B",
    "context=": "C",
    "color?": "color",
    "include=": "include",
  },
} as const;

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

function matcherOf(patterns: readonly string[], options: Parsed): RegExp {
  const sources = patterns
    .flatMap((pattern) => pattern.split("\n"))
    .map((one) => {
      const source = options.has("F") ? literal(one) : sourceOf(one, options.has("E") || options.has("P"));
      return options.has("x") ? `^(?:${source})$` : options.has("w") ? `(?<![A-Za-z0-9_])(?:${source})(?![A-Za-z0-9_])` : source;
    });
  // Each was checked alone, so that a fault is told in its own words.
  if (!options.has("F")) for (const pattern of patterns) expressionOf(pattern, { extended: options.has("E") || options.has("P") });
  return new RegExp(sources.map((source) => `(?:${source})`).join("|"), options.has("i") || options.has("y") ? "gi" : "g");
}

/** Files below directories, in the order of their names. */
function below(system: System, path: string): readonly string[] {
  const found = system.stat(path === "" ? "." : path);
  if (!found.ok || found.value.kind !== "dir") return [path];
  const fd = system.open(path === "" ? "." : path, { read: true, directory: true }, 0);
  if (!fd.ok) return [path];
  const entries = system.readdir(fd.value);
  system.close(fd.value);
  if (!entries.ok) return [];
  return entries.value
    .map(({ name }) => name)
    .filter((name) => name !== "." && name !== "..")
    .sort((a, b) => (a < b ? -1 : 1))
    .flatMap((name) => below(system, path === "" ? name : `${path.replace(/\/$/, "")}/${name}`));
}

interface Context {
  readonly system: System;
  readonly invocation: Invocation;
  readonly options: Parsed;
  readonly expression: RegExp;
  readonly named: boolean;
  readonly before: number;
  readonly after: number;
  readonly most: number;
}

const isDirectory = (system: System, path: string): boolean => {
  const found = path === "-" ? undefined : system.stat(path);
  return found?.ok === true && found.value.kind === "dir";
};

/** How many lines of a file matched; undefined when it could not be read. */
function search(context: Context, path: string, separated: { first: boolean }): number | undefined {
  const { system, options, expression, named, most } = context;
  if (isDirectory(system, path)) {
    if (!options.has("s")) complain(system, context.invocation, `${path}: Is a directory`);
    return 0;
  }
  let failed = false;
  const lines = linesFrom(system, context.invocation, [path], {
    onError: (where, why) => {
      failed = true;
      if (!options.has("s")) complain(system, context.invocation, `${where}: ${why}`);
    },
  });
  const shows = !["q", "c", "l", "L"].some((key) => options.has(key));
  const title = path === "-" ? "(standard input)" : path;
  const prefix = (number: number, sign: string): string => `${named ? `${title}${sign}` : ""}${options.has("n") ? `${number}${sign}` : ""}`;
  let [count, number, printedTo, owed] = [0, 0, 0, 0];
  const held: string[] = [];
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    number++;
    expression.lastIndex = 0;
    const hit = count < most && expression.test(line) !== options.has("v");
    if (hit) {
      count++;
      if (options.has("q")) return count;
      if (shows && options.has("o")) {
        expression.lastIndex = 0;
        if (!options.has("v"))
          for (const found of line.matchAll(expression)) if (found[0] !== "") print(system, `${prefix(number, ":")}${found[0]}\n`);
      } else if (shows) {
        const from = number - held.length;
        if (context.before + context.after > 0 && !separated.first && (from > printedTo + 1 || printedTo === 0)) print(system, "--\n");
        separated.first = false;
        held.forEach((one, i) => print(system, `${prefix(from + i, "-")}${one}\n`));
        print(system, `${prefix(number, ":")}${line}\n`);
        printedTo = number;
        held.length = 0;
        owed = context.after;
        continue;
      }
    } else if (shows && owed > 0) {
      print(system, `${prefix(number, "-")}${line}\n`);
      printedTo = number;
      owed--;
      continue;
    }
    held.push(line);
    if (held.length > context.before) held.shift();
    if (count >= most && owed === 0) break;
  }
  if (failed) return undefined;
  if (options.has("c")) print(system, `${named ? `${title}:` : ""}${count}\n`);
  if (options.has("l") && count > 0) print(system, `${title}\n`);
  if (options.has("L") && count === 0) print(system, `${title}\n`);
  return count;
}

export const grep: Program = (system, invocation) => {
  const argv = invocation.argv.map((arg, i) => (i > 0 && /^-\d+$/.test(arg) ? `-C${arg.slice(1)}` : arg));
  const options = optionsGiven(system, { ...invocation, argv }, SPEC);
  if (options === undefined) return 2;
  const operands = [...options.operands];
  const patterns = [...options.values("e")];
  for (const path of options.values("f")) {
    const all = readFile(system, path);
    if ("errno" in all) {
      complain(system, invocation, `${path}: ${because(all.errno)}`);
      return 2;
    }
    patterns.push(...linesOf(all.text));
  }
  if (patterns.length === 0 && !options.has("f")) {
    const first = operands.shift();
    if (first === undefined) {
      print(system, "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n", 2);
      return 2;
    }
    patterns.push(first);
  }
  let expression: RegExp;
  try {
    expression = matcherOf(patterns, options);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    complain(system, invocation, error.message.startsWith("Unmatched [") ? "Invalid regular expression" : error.message);
    return 2;
  }
  const recursive = options.has("r") || options.has("R");
  const given = operands.length > 0 ? operands : [recursive ? "" : "-"];
  const files = recursive ? given.flatMap((path) => below(system, path)) : given;
  const around = options.value("C");
  const context: Context = {
    system,
    invocation,
    options,
    expression,
    named: options.has("H") || ((files.length > 1 || recursive) && !options.has("h")),
    before: Number(options.value("B") ?? around ?? 0),
    after: Number(options.value("A") ?? around ?? 0),
    most: Number(options.value("m") ?? Number.POSITIVE_INFINITY),
  };
  let [found, failed] = [false, false];
  const separated = { first: true };
  for (const path of files) {
    const count = search(context, path, separated);
    if (count === undefined) failed = true;
    else if (options.has("L") ? count === 0 : count > 0) found = true;
    if (found && options.has("q")) return 0;
  }
  return failed ? 2 : found ? 0 : 1;
};
