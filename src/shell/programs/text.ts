/**
 * Programs over streams of lines: grep, head, tail, wc, sort, uniq, tr, cut, tee.
 * Not modelled: most options; an option that is not known is refused in the tool's words.
 * @source coreutils, grep(1)
 */
import { resolvePath } from "../paths";
import { err, out, type Program, readInput, type Run, terminalState } from "../program";
import { contents } from "./files";

/** Lines of standard input as they arrive, then of the files. */
function* eachLine(tool: string, files: readonly string[], visit: (line: string, file: string) => Run<boolean> | boolean): Run<boolean> {
  if (files.length > 0) {
    const { texts, failed } = yield* contents(tool, files);
    for (const { name, text } of texts) for (const line of linesOf(text)) if (!(yield* settled(visit(line, name)))) return failed;
    return failed;
  }
  let rest = "";
  for (let text = yield* readInput(); text !== undefined; text = yield* readInput()) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (!(yield* settled(visit(line, "-")))) return false;
  }
  if (rest !== "") yield* settled(visit(rest, "-"));
  return false;
}

function* settled(result: Run<boolean> | boolean): Run<boolean> {
  return typeof result === "boolean" ? result : yield* result;
}

const linesOf = (text: string): string[] => {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
};

function* grep(args: readonly string[], name: string): Run<number> {
  const flags = args.filter((arg) => /^-[A-Za-z]+$/.test(arg) && arg !== "-e").join("");
  const [pattern, ...files] = args.filter((arg) => arg === "-" || !/^-[A-Za-z]+$/.test(arg));
  if (pattern === undefined) {
    yield* err("Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n");
    return 2;
  }
  const matcher = compile(pattern, name === "egrep" || flags.includes("E"), flags.includes("F"), flags.includes("i"));
  if (matcher === undefined) {
    yield* err("grep: Invalid regular expression\n");
    return 2;
  }
  let count = 0;
  let number = 0;
  const failed = yield* eachLine("grep", files, function* (line, file) {
    number += 1;
    const hit = flags.includes("o")
      ? (line.match(new RegExp(matcher.source, `g${matcher.flags}`)) ?? [])
      : matcher.test(line) !== flags.includes("v")
        ? [line]
        : [];
    if (hit.length === 0) return true;
    count += 1;
    if (flags.includes("q")) return false;
    if (!flags.includes("c"))
      for (const text of hit) yield* out(`${files.length > 1 ? `${file}:` : ""}${flags.includes("n") ? `${number}:` : ""}${text}\n`);
    return true;
  });
  if (flags.includes("c")) yield* out(`${count}\n`);
  return failed ? 2 : count > 0 ? 0 : 1;
}

function compile(pattern: string, extended: boolean, fixed: boolean, ignoreCase: boolean): RegExp | undefined {
  const basic = (text: string): string =>
    text.replace(/\\([|+?(){}])|([|+?(){}])/g, (_, escaped: string | undefined, plain: string) => escaped ?? `\\${plain}`);
  const source = fixed ? pattern.replace(/[.*+?^${}()|[\]\\]/g, "\\$&") : extended ? pattern : basic(pattern);
  try {
    return new RegExp(source, ignoreCase ? "i" : "");
  } catch {
    return undefined;
  }
}

/** `-n 5`, `-n5`, `-5`, `--lines=5`. */
function countOption(args: readonly string[]): { count: number; fromStart: boolean; rest: string[] } {
  let count = 10;
  let fromStart = false;
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    const match = /^(?:-n|--lines=|-)(\+?\d+)$/.exec(arg);
    const value = match?.[1] ?? (arg === "-n" ? args[++i] : undefined);
    if (value === undefined) rest.push(arg);
    else {
      count = Number(value.replace("+", ""));
      fromStart = value.startsWith("+");
    }
  }
  return { count, fromStart, rest };
}

function* head(args: readonly string[]): Run<number> {
  const { count, rest } = countOption(args);
  let seen = 0;
  if (count === 0) return 0;
  const failed = yield* eachLine("head", rest, function* (line) {
    yield* out(`${line}\n`);
    return ++seen < count;
  });
  return failed ? 1 : 0;
}

function* tail(args: readonly string[]): Run<number> {
  const { count, fromStart, rest } = countOption(args);
  const kept: string[] = [];
  let seen = 0;
  const failed = yield* eachLine(
    "tail",
    rest.filter((arg) => arg !== "-f"),
    function* (line) {
      seen += 1;
      if (fromStart) {
        if (seen >= count) yield* out(`${line}\n`);
        return true;
      }
      kept.push(line);
      if (kept.length > count) kept.shift();
      return true;
    },
  );
  yield* out(kept.map((line) => `${line}\n`).join(""));
  return failed ? 1 : 0;
}

function* wc(args: readonly string[]): Run<number> {
  const flags = args.filter((arg) => arg.startsWith("-") && arg !== "-").join("");
  const { texts, failed } = yield* contents(
    "wc",
    args.filter((arg) => !arg.startsWith("-") || arg === "-"),
  );
  for (const { name, text } of texts) {
    const numbers = [text.split("\n").length - 1, text.split(/\s+/).filter((word) => word !== "").length, text.length];
    const wanted = numbers.filter((_, i) => !/[lwc]/.test(flags) || flags.includes("lwc"[i] ?? ""));
    const width = wanted.length === 1 ? 0 : 7;
    yield* out(`${wanted.map((n) => String(n).padStart(width)).join(" ")}${name === "-" ? "" : ` ${name}`}\n`);
  }
  return failed ? 1 : 0;
}

function* sort(args: readonly string[]): Run<number> {
  const flags = args.filter((arg) => /^-[a-z]+$/.test(arg)).join("");
  const key =
    args.map((arg) => /^-k(\d+)/.exec(arg)?.[1]).find((found) => found !== undefined) ??
    (args.includes("-k") ? args[args.indexOf("-k") + 1] : undefined);
  const files = args.filter((arg, i) => !arg.startsWith("-") && args[i - 1] !== "-k");
  const lines: string[] = [];
  const failed = yield* eachLine("sort", files, (line) => {
    lines.push(line);
    return true;
  });
  const field = (line: string): string =>
    key === undefined
      ? line
      : line
          .trim()
          .split(/\s+/)
          .slice(Number(key.split(",")[0]) - 1)
          .join(" ");
  const numeric = flags.includes("n");
  const compare = (a: string, b: string): number => {
    const difference = numeric ? (Number.parseFloat(field(a)) || 0) - (Number.parseFloat(field(b)) || 0) : 0;
    return difference || (field(a) < field(b) ? -1 : field(a) > field(b) ? 1 : 0);
  };
  lines.sort(compare);
  if (flags.includes("r")) lines.reverse();
  const shown = flags.includes("u") ? lines.filter((line, i) => i === 0 || line !== lines[i - 1]) : lines;
  yield* out(shown.map((line) => `${line}\n`).join(""));
  return failed ? 1 : 0;
}

function* uniq(args: readonly string[]): Run<number> {
  const counts = args.includes("-c");
  let last: string | undefined;
  let count = 0;
  const shown = (): string => (counts ? `${String(count).padStart(7)} ${last}\n` : `${last}\n`);
  yield* eachLine(
    "uniq",
    args.filter((arg) => !arg.startsWith("-")),
    function* (line) {
      if (line === last) count += 1;
      else {
        if (last !== undefined) yield* out(shown());
        last = line;
        count = 1;
      }
      return true;
    },
  );
  if (last !== undefined) yield* out(shown());
  return 0;
}

function* tee(args: readonly string[]): Run<number> {
  const { cwd } = yield* terminalState();
  const append = args.includes("-a");
  const paths = args.filter((arg) => !arg.startsWith("-")).map((name) => resolvePath(cwd, name));
  if (!append) for (const path of paths) if (path) yield { do: "write", path, text: "" };
  for (let text = yield* readInput(); text !== undefined; text = yield* readInput()) {
    yield* out(text);
    for (const path of paths) if (path) yield { do: "write", path, text, append: true };
  }
  return 0;
}

/** `cut -d X -f N` and `awk '{print $N}'`: one field a line. */
function* cut(args: readonly string[]): Run<number> {
  const valueOf = (flag: string): string | undefined => {
    const at = args.findIndex((arg) => arg.startsWith(flag));
    return at < 0 ? undefined : args[at] === flag ? args[at + 1] : args[at]?.slice(flag.length);
  };
  const delimiter = valueOf("-d") ?? "\t";
  const fields = (valueOf("-f") ?? "1").split(",").map(Number);
  yield* eachLine("cut", [], function* (line) {
    const parts = line.split(delimiter);
    yield* out(`${parts.length === 1 ? line : fields.map((field) => parts[field - 1] ?? "").join(delimiter)}\n`);
    return true;
  });
  return 0;
}

function* awk(args: readonly string[]): Run<number> {
  const match = /^\s*(NR\s*>\s*1)?\s*\{\s*print\s+([^}]*)\}\s*$/.exec(args[0] ?? "");
  if (match === null) {
    yield* err("awk: only '{print $N, …}' is available in the lab\n");
    return 2;
  }
  let number = 0;
  yield* eachLine("awk", args.slice(1), function* (line) {
    number += 1;
    if (match[1] !== undefined && number === 1) return true;
    const parts = line.trim().split(/\s+/);
    const value = (item: string): string => {
      const index = /^\$(\d+|NF)$/.exec(item)?.[1];
      if (index === undefined) return item.replace(/^"(.*)"$/, "$1");
      return index === "0" ? line : index === "NF" ? (parts.at(-1) ?? "") : (parts[Number(index) - 1] ?? "");
    };
    yield* out(
      `${(match[2] ?? "$0")
        .split(",")
        .map((item) => value(item.trim()))
        .join(" ")}\n`,
    );
    return true;
  });
  return 0;
}

export const TEXT_PROGRAMS: readonly (readonly [string, Program])[] = [
  ["grep", grep],
  ["egrep", grep],
  ["head", head],
  ["tail", tail],
  ["wc", wc],
  ["sort", sort],
  ["uniq", uniq],
  ["tee", tee],
  ["cut", cut],
  ["awk", awk],
];
