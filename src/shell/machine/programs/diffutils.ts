/**
 * `diff` and `cmp`: whether and where files differ.
 *
 * Not modelled: context and side-by-side form, ed scripts, merging, patterns of names to leave out; function names in hunks.
 *
 * @source diffutils@3.8 src/diff.c src/normal.c src/context.c src/cmp.c
 */
import type { Attributes } from "../../../linux/fs/types";
import type { Invocation, Program, System } from "../../../linux/program";
import { fullTime, sinceEpoch } from "./coreutils-strftime";
import { isWide } from "./columns";
import { joined, namesOf } from "./coreutils-support";
import { changesBetween, type Hunk, hunksOf } from "./difference";
import { optionsGiven, type Parsed } from "./getopt";
import { baseName, because, print, readFile } from "./support";

const trouble = (system: System, name: string, text: string): number => (print(system, `${name}: ${text}\n`, 2), 2);

interface Side {
  readonly path: string;
  readonly found: Attributes | undefined;
  readonly text: string;
}

/** Lines as they are compared. */
function folded(line: string, options: Parsed): string {
  let text = line;
  if (options.has("w")) text = text.replace(/\s+/g, "");
  else if (options.has("b")) text = text.replace(/[ \t]+$/, "").replace(/[ \t]+/g, " ");
  else if (options.has("Z")) text = text.replace(/\s+$/, "");
  return options.has("i") ? text.toLowerCase() : text;
}

const NO_END = "\\ No newline at end of file\n";

function linesOf(text: string): { readonly lines: readonly string[]; readonly whole: boolean } {
  if (text === "") return { lines: [], whole: true };
  const whole = text.endsWith("\n");
  return { lines: (whole ? text.slice(0, -1) : text).split("\n"), whole };
}

const range = (at: number, count: number): string => (count === 0 ? String(at) : count === 1 ? String(at + 1) : `${at + 1},${at + count}`);
const unifiedRange = (at: number, count: number): string => (count === 1 ? String(at + 1) : `${count === 0 ? at : at + 1},${count}`);

type Show = (sign: string, side: 0 | 1, from: number, count: number) => string;

function normal(hunks: readonly Hunk[], show: Show): string {
  return hunks
    .map(({ at, removed, to, added }) => {
      const letter = removed === 0 ? "a" : added === 0 ? "d" : "c";
      const head = `${range(at, removed)}${letter}${range(to, added)}\n`;
      return head + show("< ", 0, at, removed) + (letter === "c" ? "---\n" : "") + show("> ", 1, to, added);
    })
    .join("");
}

/** Hunks with lines around them; those that come near are one. */
function unified(hunks: readonly Hunk[], around: number, lengths: readonly [number, number], show: Show): string {
  const groups: Hunk[][] = [];
  for (const hunk of hunks) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group !== undefined && last !== undefined && hunk.at - (last.at + last.removed) <= 2 * around) group.push(hunk);
    else groups.push([hunk]);
  }
  return groups
    .map((group) => {
      const [first, last] = [group[0] as Hunk, group.at(-1) as Hunk];
      const before = Math.min(around, first.at, first.to);
      const after = Math.min(around, lengths[0] - (last.at + last.removed), lengths[1] - (last.to + last.added));
      const [from, to] = [first.at - before, first.to - before];
      const [count, added] = [last.at + last.removed + after - from, last.to + last.added + after - to];
      let out = `@@ -${unifiedRange(from, count)} +${unifiedRange(to, added)} @@\n`;
      let at = from;
      for (const hunk of group) {
        out += show(" ", 0, at, hunk.at - at) + show("-", 0, hunk.at, hunk.removed) + show("+", 1, hunk.to, hunk.added);
        at = hunk.at + hunk.removed;
      }
      return out + show(" ", 0, at, last.at + last.removed + after - at);
    })
    .join("");
}

const isBinary = (text: string): boolean => text.slice(0, 4096).includes("\0");

function compareTexts(system: System, invocation: Invocation, a: Side, b: Side, options: Parsed, title: string): number {
  if (a.text === b.text) {
    if (options.has("s")) print(system, `Files ${a.path} and ${b.path} are identical\n`);
    return 0;
  }
  if (!options.has("a") && (isBinary(a.text) || isBinary(b.text))) {
    print(system, `${options.has("q") ? "Files" : "Binary files"} ${a.path} and ${b.path} differ\n`);
    return 1;
  }
  const [left, right] = [linesOf(a.text), linesOf(b.text)];
  // A line without an end is another line.
  const keys = ({ lines, whole }: typeof left): readonly string[] =>
    lines.map((line, i) => folded(line, options) + (whole || i < lines.length - 1 || options.has("w") || options.has("b") ? "" : "\0"));
  let hunks = hunksOf(changesBetween(keys(left), keys(right)));
  if (options.has("B")) {
    const blank = (lines: readonly string[], at: number, count: number): boolean => lines.slice(at, at + count).every((line) => line === "");
    hunks = hunks.filter(({ at, removed, to, added }) => !(blank(left.lines, at, removed) && blank(right.lines, to, added)));
  }
  if (hunks.length === 0) {
    if (options.has("s")) print(system, `Files ${a.path} and ${b.path} are identical\n`);
    return 0;
  }
  if (options.has("q")) {
    print(system, `Files ${a.path} and ${b.path} differ\n`);
    return 1;
  }
  const show: Show = (sign, side, from, count) => {
    const { lines, whole } = side === 0 ? left : right;
    return lines
      .slice(from, from + count)
      .map((line, i) => `${sign}${line}\n${!whole && from + i === lines.length - 1 ? NO_END : ""}`)
      .join("");
  };
  const asked = options.value("U") ?? options.value("unified");
  if (!options.has("u") && !options.has("U") && !options.has("unified")) print(system, title + normal(hunks, show));
  else {
    const now = system.clock("realtime");
    const label = ({ path, found }: Side, i: number): string =>
      options.values("label")[i] ?? `${path}\t${fullTime(found === undefined ? (path === "-" && now.ok ? now.value : 0) : sinceEpoch(found.mtime))}`;
    const body = unified(hunks, asked === undefined ? 3 : Number(asked), [left.lines.length, right.lines.length], show);
    print(system, `${title}--- ${label(a, 0)}\n+++ ${label(b, 1)}\n${body}`);
  }
  return 1;
}

const KINDS: Readonly<Record<string, string>> = {
  file: "regular file",
  dir: "directory",
  symlink: "symbolic link",
  fifo: "fifo",
  socket: "socket",
  char: "character special file",
  block: "block special file",
};
const kindOf = ({ kind, size }: Attributes): string => (kind === "file" && size === 0 ? "regular empty file" : (KINDS[kind] ?? ""));

function compareDirectories(system: System, invocation: Invocation, a: string, b: string, options: Parsed): number {
  const [left, right] = [namesOf(system, a), namesOf(system, b)];
  if ("errno" in left) return trouble(system, "diff", `${a}: ${because(left.errno)}`);
  if ("errno" in right) return trouble(system, "diff", `${b}: ${because(right.errno)}`);
  let status = 0;
  const all = [...new Set([...left.names, ...right.names])].toSorted((x, y) => (x < y ? -1 : 1));
  for (const name of all) {
    const [inLeft, inRight] = [left.names.includes(name), right.names.includes(name)];
    if (!(inLeft && inRight) && !options.has("N")) {
      print(system, `Only in ${inLeft ? a : b}: ${name}\n`);
      status = Math.max(status, 1);
      continue;
    }
    const [one, two] = [joined(a, name), joined(b, name)];
    const [first, second] = [system.stat(one), system.stat(two)];
    if (first.ok && second.ok && first.value.kind === "dir" && second.value.kind === "dir") {
      if (options.has("r")) status = Math.max(status, compareDirectories(system, invocation, one, two, options));
      else print(system, `Common subdirectories: ${one} and ${two}\n`);
      continue;
    }
    if (first.ok && second.ok && (first.value.kind === "dir" || second.value.kind === "dir")) {
      print(system, `File ${one} is a ${kindOf(first.value)} while file ${two} is a ${kindOf(second.value)}\n`);
      status = Math.max(status, 1);
      continue;
    }
    const words = invocation.argv.slice(1).filter((arg) => arg.startsWith("-"));
    status = Math.max(
      status,
      compareFiles(system, invocation, one, two, options, `diff ${words.join(" ")}${words.length > 0 ? " " : ""}${one} ${two}\n`),
    );
  }
  return status;
}

function compareFiles(system: System, invocation: Invocation, one: string, two: string, options: Parsed, title = ""): number {
  const sides: Side[] = [];
  let status = 0;
  for (const path of [one, two]) {
    const found = path === "-" ? system.fstat(0) : system.stat(path);
    const all = found.ok ? readFile(system, path) : found;
    const absent = "errno" in all && all.errno === "ENOENT" && options.has("N");
    if ("errno" in all && !absent) status = trouble(system, "diff", `${path}: ${because(all.errno)}`);
    sides.push({ path, found: found.ok && path !== "-" ? found.value : undefined, text: "errno" in all ? "" : all.text });
  }
  return status > 0 ? status : compareTexts(system, invocation, sides[0] as Side, sides[1] as Side, options, title);
}

export const diff: Program = (system, invocation) => {
  // A number is how many lines there are around a change.
  const argv = invocation.argv.flatMap((arg) => {
    const match = /^-([a-tv-zA-TV-Z]*)u?(\d+)$/.exec(arg);
    return match === null ? [arg] : [...(match[1] === "" ? [] : [`-${match[1]}`]), `-U${match[2]}`];
  });
  const options = optionsGiven(
    system,
    { ...invocation, argv },
    {
      short: "abBiNqrsuU:wZpdt",
      long: {
        text: "a",
        "ignore-space-change": "b",
        "ignore-blank-lines": "B",
        "ignore-case": "i",
        "new-file": "N",
        brief: "q",
        recursive: "r",
        "report-identical-files": "s",
        "unified?": "unified",
        "ignore-all-space": "w",
        "ignore-trailing-space": "Z",
        "label=": "label",
        normal: "normal",
        minimal: "d",
        "color?": "color",
      },
    },
  );
  if (options === undefined) return 2;
  const [one, two, more] = options.operands;
  const wrong =
    one === undefined
      ? `missing operand after '${invocation.argv.at(-1) ?? "diff"}'`
      : two === undefined
        ? `missing operand after '${one}'`
        : more === undefined
          ? undefined
          : `extra operand '${more}'`;
  if (wrong !== undefined || one === undefined || two === undefined) {
    trouble(system, "diff", wrong ?? "");
    return trouble(system, "diff", "Try 'diff --help' for more information.");
  }
  const [first, second] = [one, two].map((path) => (path === "-" ? system.fstat(0) : system.stat(path)));
  const isDir = (found: typeof first): boolean => found?.ok === true && found.value.kind === "dir";
  if (isDir(first) && isDir(second)) return compareDirectories(system, invocation, one, two, options);
  // A directory stands for the file of the same name in it.
  const left = isDir(first) && two !== "-" ? joined(one, baseName(two)) : one;
  const right = isDir(second) && one !== "-" ? joined(two, baseName(one)) : two;
  return compareFiles(system, invocation, left, right, options);
};

export const cmp: Program = (system, invocation) => {
  const options = optionsGiven(system, invocation, {
    short: "bi:ln:s",
    long: { "print-bytes": "b", "ignore-initial=": "i", verbose: "l", "bytes=": "n", quiet: "s", silent: "s" },
  });
  if (options === undefined) return 2;
  const [one, two = "-", ...skips] = options.operands;
  if (one === undefined) {
    trouble(system, "cmp", `missing operand after '${invocation.argv.at(-1) ?? "cmp"}'`);
    return trouble(system, "cmp", "Try 'cmp --help' for more information.");
  }
  const initial = (options.value("i") ?? skips.join(":")).split(":").map(Number);
  const texts: string[] = [];
  for (const [i, path] of [one, two].entries()) {
    const all = readFile(system, path);
    if ("errno" in all) return options.has("s") && all.errno === "ENOENT" ? 2 : trouble(system, "cmp", `${path}: ${because(all.errno)}`);
    const skip = initial[i] ?? initial[0] ?? 0;
    texts.push(all.text.slice(skip, options.has("n") ? skip + Number(options.value("n")) : undefined));
  }
  const [a = "", b = ""] = texts;
  if (a === b) return 0;
  if (options.has("s")) return 1;
  const least = Math.min(a.length, b.length);
  const width = String(least).length;
  const octal = (text: string, at: number): string => text.charCodeAt(at).toString(8).padStart(3);
  const shown = (text: string, at: number): string => {
    const byte = text.charCodeAt(at);
    const [meta, low] = byte >= 128 ? ["M-", byte - 128] : ["", byte];
    return meta + (low < 32 ? `^${String.fromCharCode(low + 64)}` : low === 127 ? "^?" : String.fromCharCode(low));
  };
  let [line, differs] = [1, false];
  for (let at = 0; at < least; at++) {
    if (a[at] !== b[at]) {
      differs = true;
      const bytes = options.has("b") ? [`${octal(a, at)} ${shown(a, at)}`, `${octal(b, at)} ${shown(b, at)}`] : [];
      if (options.has("l")) {
        print(
          system,
          `${String(at + 1).padStart(width)} ${options.has("b") ? `${octal(a, at)} ${shown(a, at).padEnd(4)} ${octal(b, at)} ${shown(b, at)}` : `${octal(a, at)} ${octal(b, at)}`}\n`,
        );
      } else {
        print(
          system,
          `${one} ${two} differ: ${options.has("b") || isWide(invocation.env) ? "byte" : "char"} ${at + 1}, line ${line}${options.has("b") ? ` is ${bytes.join(" ")}` : ""}\n`,
        );
        return 1;
      }
    }
    if (a[at] === "\n") line++;
  }
  if (a.length !== b.length) {
    const [path, text] = a.length < b.length ? [one, a] : [two, b];
    const where =
      text === ""
        ? "which is empty"
        : options.has("l")
          ? `after byte ${least}`
          : `after byte ${least}, ${text.endsWith("\n") ? `line ${line - 1}` : `in line ${line}`}`;
    print(system, `cmp: EOF on ${path} ${where}\n`, 2);
    return 1;
  }
  return differs ? 1 : 0;
};
