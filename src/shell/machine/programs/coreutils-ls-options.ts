/**
 * The options of `ls`, and the layout they ask for; the last of those that exclude each other counts.
 *
 * @source coreutils@9.1 src/ls.c decode_switches
 */
import type { Invocation, System } from "../../../linux/program";
import type { Indicator, Order, QuotingStyle, TimeField } from "./coreutils-ls-entry";
import type { Layout } from "./coreutils-ls-print";
import { quoted } from "./coreutils-support";
import type { Parsed, Spec } from "./getopt";
import { namesOf } from "./passwd";

export const LS_OPTIONS: Spec = {
  short: "abBcCdfFgGhHiI:klLmnNopqQrRsStT:uUvw:xXZ1A",
  long: {
    all: "a",
    "almost-all": "A",
    author: "author",
    escape: "b",
    "block-size=": "block",
    "ignore-backups": "B",
    "color?": "color",
    directory: "d",
    "classify?": "F",
    "file-type": "file-type",
    "format=": "format",
    "full-time": "full-time",
    "group-directories-first": "directories",
    "no-group": "G",
    "human-readable": "h",
    si: "si",
    "dereference-command-line": "H",
    "dereference-command-line-symlink-to-dir": "arguments",
    "hide=": "hide",
    "indicator-style=": "indicator",
    inode: "i",
    "ignore=": "I",
    kibibytes: "k",
    dereference: "L",
    "numeric-uid-gid": "n",
    literal: "N",
    "hide-control-chars": "q",
    "show-control-chars": "show",
    "quote-name": "Q",
    "quoting-style=": "quoting",
    reverse: "r",
    recursive: "R",
    size: "s",
    "sort=": "sort",
    "time=": "time",
    "time-style=": "style",
    "tabsize=": "T",
    "width=": "w",
    zero: "zero",
  },
};

const FORMATS: Readonly<Record<string, Layout["format"]>> = {
  verbose: "long",
  long: "long",
  commas: "commas",
  horizontal: "horizontal",
  across: "horizontal",
  vertical: "vertical",
  "single-column": "one",
};
const SORTS: Readonly<Record<string, Order>> = {
  none: "none",
  time: "time",
  size: "size",
  extension: "extension",
  version: "version",
  width: "width",
};
const TIMES: Readonly<Record<string, TimeField>> = {
  atime: "atime",
  access: "atime",
  use: "atime",
  ctime: "ctime",
  status: "ctime",
  mtime: "mtime",
  modification: "mtime",
};
const STYLES: Readonly<Record<string, readonly [string, string]>> = {
  "full-iso": ["%Y-%m-%d %H:%M:%S.%N %z", "%Y-%m-%d %H:%M:%S.%N %z"],
  "long-iso": ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M"],
  iso: ["%Y-%m-%d ", "%m-%d %H:%M"],
  locale: ["%b %e  %Y", "%b %e %H:%M"],
};
const QUOTES: Readonly<Record<string, QuotingStyle>> = {
  literal: "literal",
  shell: "shell-escape",
  "shell-escape": "shell-escape",
  "shell-always": "shell-escape",
  c: "c",
  escape: "escape",
  locale: "locale",
};
const INDICATORS: Readonly<Record<string, Indicator>> = { none: "none", slash: "slash", "file-type": "file-type", classify: "classify" };
const UNITS: Readonly<Record<string, number>> = { "1": 1, B: 1, "512": 512, K: 1024, "1K": 1024, "1024": 1024, M: 1_048_576, "1M": 1_048_576 };

const last = (options: Parsed, keys: string): string | undefined =>
  options.options.findLast(({ key }) => keys.includes(key) && key.length === 1)?.key;

function formatOf(options: Parsed, isTerminal: boolean): Layout["format"] {
  let format: Layout["format"] | undefined;
  for (const { key, value } of options.options) {
    if ("lngo".includes(key) || key === "full-time") format = "long";
    // Already long, one name a line is nothing new.
    else if (key === "1" && format !== "long") format = "one";
    else if (key === "C") format = "vertical";
    else if (key === "x") format = "horizontal";
    else if (key === "m") format = "commas";
    else if (key === "format") format = FORMATS[value ?? ""];
    else if (key === "zero" && format !== "long") format = "one";
    else if (key === "f" && format === "long") format = undefined;
  }
  return format ?? (isTerminal ? "vertical" : "one");
}

const WORDS: readonly (readonly [key: string, option: string, known: Readonly<Record<string, unknown>>])[] = [
  ["format", "--format", FORMATS],
  ["sort", "--sort", SORTS],
  ["time", "--time", TIMES],
  ["quoting", "--quoting-style", QUOTES],
  ["indicator", "--indicator-style", INDICATORS],
];

/** The sentence about a word that an option does not know. */
function unknownWord(invocation: Invocation, options: Parsed): string | undefined {
  for (const [key, option, known] of WORDS) {
    const word = options.value(key);
    if (word !== undefined && !Object.hasOwn(known, word))
      return `invalid argument ${quoted(invocation, word)} for ${quoted(invocation, option)}\nValid arguments are:\n${Object.keys(known)
        .map((name) => `  - ${quoted(invocation, name)}`)
        .join("\n")}`;
  }
  const width = options.value("w");
  return width !== undefined && !/^\d+$/.test(width) ? `invalid line width: ${quoted(invocation, width)}` : undefined;
}

/** How names are laid out, or the sentence of what is wrong. */
export function layoutOf(system: System, invocation: Invocation, options: Parsed): Layout | string {
  const problem = unknownWord(invocation, options);
  if (problem !== undefined) return problem;
  const terminal = system.terminal(1);
  const format = formatOf(options, terminal.ok);
  const columns = invocation.env["COLUMNS"];
  const screen = terminal.ok && terminal.value.columns > 0 ? terminal.value.columns : /^\d+$/.test(columns ?? "") ? Number(columns) : 80;
  const width = options.value("w") === undefined ? screen : Number(options.value("w"));
  const style = options.has("full-time") ? "full-iso" : (options.value("style") ?? "locale").replace(/^posix-/, "");
  const quoting = options.options.findLast(({ key }) => ["b", "N", "Q", "quoting"].includes(key));
  const classify = options.options.findLast(({ key }) => ["F", "p", "file-type", "indicator"].includes(key));
  const signs: Readonly<Record<string, Indicator>> = { F: "classify", p: "slash", "file-type": "file-type" };
  const letters: Readonly<Record<string, QuotingStyle>> = { b: "escape", N: "literal", Q: "c" };
  const color = options.has("color") ? (options.value("color") ?? "always") : "never";
  const long = format === "long";
  const long2 = style.startsWith("+") ? style.slice(1).split("\n") : (STYLES[style] ?? STYLES["locale"] ?? []);
  const users = long && !options.has("n") ? namesOf(system, "users") : String;
  const groups = long && !options.has("n") ? namesOf(system, "groups") : String;
  const now = system.clock("realtime");
  return {
    format,
    quoting: quoting === undefined ? (terminal.ok ? "shell-escape" : "literal") : (letters[quoting.key] ?? QUOTES[quoting.value ?? ""] ?? "literal"),
    hides: options.has("q") || (terminal.ok && !options.has("show")),
    indicator: classify === undefined ? "none" : (signs[classify.key] ?? INDICATORS[classify.value ?? ""] ?? "none"),
    colours:
      invocation.env["TERM"] !== undefined &&
      (["always", "yes", "force"].includes(color) || (["auto", "tty", "if-tty"].includes(color) && terminal.ok)),
    inodes: options.has("i"),
    blocks: options.has("s"),
    owner: !options.has("g"),
    group: !options.has("o") && !options.has("G"),
    author: options.has("author"),
    human: options.has("si") ? 1000 : options.has("h") ? 1024 : undefined,
    sizeUnit: options.has("block") ? (UNITS[options.value("block") ?? ""] ?? 1) : 1,
    blockSize: UNITS[options.value("block") ?? "1024"] ?? 1024,
    time: timeOf(options),
    dates: [long2[0] ?? "", long2[1] ?? long2[0] ?? ""],
    width: width === 0 ? Number.MAX_SAFE_INTEGER : width,
    tab: options.value("T") === undefined ? 8 : Number(options.value("T")),
    now: now.ok ? now.value : 0,
    end: options.has("zero") ? "\0" : "\n",
    userName: users,
    groupName: groups,
  };
}

function timeOf(options: Parsed): TimeField {
  const asked = options.options.findLast(({ key }) => key === "c" || key === "u" || key === "time");
  if (asked === undefined) return "mtime";
  return asked.key === "c" ? "ctime" : asked.key === "u" ? "atime" : (TIMES[asked.value ?? ""] ?? "mtime");
}

/** `-c` and `-u` sort by that time, unless long lines show it. */
export function orderOf(options: Parsed, long: boolean): Order {
  const asked = options.options.findLast(({ key }) => ["t", "S", "U", "X", "v", "f", "sort"].includes(key));
  const letters: Readonly<Record<string, Order>> = { t: "time", S: "size", U: "none", X: "extension", v: "version", f: "none" };
  if (asked !== undefined) return letters[asked.key] ?? SORTS[asked.value ?? ""] ?? "name";
  return !long && (last(options, "cu") !== undefined || options.has("time")) ? "time" : "name";
}
