/**
 * `du`: what files take, each directory after what is in it; a file of several names counts once.
 *
 * Not modelled: times (`--time`), lists of names in files (`--files0-from`, `-X`).
 *
 * @source coreutils@9.1 src/du.c
 */
import type { Attributes } from "../../../linux/fs/types";
import type { Program, System, Invocation } from "../../../linux/program";
import { amount, sizeOf, type Unit, unitOf } from "./block-sizes";
import { complain, given, joined, shellQuoted, tryHelp, withoutSlashes } from "./coreutils-support";
import type { Parsed } from "./getopt";
import { baseName, because, print } from "./support";

const SPEC = {
  short: "0abd:chHklLmsSxB:t:DPX:",
  long: {
    null: "0",
    all: "a",
    "apparent-size": "apparent",
    "block-size=": "B",
    bytes: "b",
    "count-links": "l",
    "dereference-args": "D",
    dereference: "L",
    "no-dereference": "P",
    "exclude=": "exclude",
    "human-readable": "h",
    inodes: "inodes",
    "max-depth=": "d",
    "one-file-system": "x",
    "separate-dirs": "S",
    si: "si",
    summarize: "s",
    "threshold=": "t",
    total: "c",
  },
};

interface Wanted {
  readonly options: Parsed;
  readonly unit: Unit;
  readonly depth: number;
  readonly threshold: number | undefined;
  readonly excluded: readonly RegExp[];
  readonly follows: "all" | "arguments" | "none";
  /** Whether every file is remembered, not only those with several names. */
  readonly remembersAll: boolean;
}

interface Walk {
  readonly system: System;
  readonly invocation: Invocation;
  readonly wanted: Wanted;
  readonly seen: Set<string>;
  status: number;
}

/** Of a name, its own amount and that of all below it. */
interface Taken {
  readonly own: number;
  readonly all: number;
}

const NOTHING: Taken = { own: 0, all: 0 };

const globbed = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")
      .replace(/\[!/g, "[^")}$`,
    "s",
  );

function measure({ options }: Wanted, { size, blocks = 0, kind }: Attributes): number {
  if (options.has("inodes")) return 1;
  if (!options.has("apparent") && !options.has("b")) return blocks * 512;
  return kind === "file" || kind === "symlink" || kind === "dir" ? size : 0;
}

function tell({ system, wanted }: Walk, bytes: number, name: string): void {
  const { options, threshold, unit } = wanted;
  if (threshold !== undefined && (threshold < 0 ? bytes > -threshold : bytes < threshold)) return;
  const shown = options.has("inodes") ? (unit.human === undefined ? String(bytes) : amount(bytes, unit)) : amount(bytes, unit);
  print(system, `${shown}\t${name}${options.has("0") ? "\0" : "\n"}`);
}

function inDirectory(walk: Walk, path: string): readonly string[] {
  const { system, invocation } = walk;
  const fd = system.open(path, { read: true, directory: true, cloexec: true }, 0);
  const entries = fd.ok ? system.readdir(fd.value) : fd;
  if (fd.ok) system.close(fd.value);
  if (entries.ok) return entries.value.map(({ name }) => name);
  complain(system, invocation, `cannot read directory ${shellQuoted(path)}: ${because(entries.errno)}`);
  walk.status = 1;
  return [];
}

function visit(walk: Walk, path: string, level: number, device: number | undefined): Taken {
  const { system, invocation, wanted } = walk;
  const { options } = wanted;
  const name = baseName(withoutSlashes(path));
  if (wanted.excluded.some((pattern) => pattern.test(name) || pattern.test(path))) return NOTHING;
  const follow = wanted.follows === "all" || (wanted.follows === "arguments" && level === 0);
  const found = follow ? system.stat(path) : system.lstat(path);
  if (!found.ok) {
    complain(system, invocation, `cannot access ${shellQuoted(path)}: ${because(found.errno)}`);
    walk.status = 1;
    return NOTHING;
  }
  const { kind, nlink, dev, ino } = found.value;
  if (options.has("x") && device !== undefined && dev !== device) return NOTHING;
  if (!options.has("l") && (wanted.remembersAll || (kind !== "dir" && nlink > 1))) {
    const key = `${dev}:${ino}`;
    if (walk.seen.has(key)) return NOTHING;
    walk.seen.add(key);
  }
  let own = measure(wanted, found.value);
  let below = 0;
  if (kind === "dir")
    for (const entry of inDirectory(walk, path)) {
      const child = visit(walk, joined(path, entry), level + 1, dev);
      own += child.own;
      below += child.all;
    }
  const all = kind === "dir" ? own + below : own;
  if ((kind === "dir" || options.has("a") || level === 0) && level <= wanted.depth) tell(walk, options.has("S") ? own : all, path);
  // What is directly in a directory is its own; what its subdirectories hold is below it.
  return kind === "dir" ? { own: 0, all } : { own, all: 0 };
}

function wantedBy(system: System, invocation: Invocation, options: Parsed): Wanted | undefined {
  const fail = (text: string): undefined => complain(system, invocation, text) as undefined;
  const unit = unitOf(options);
  if (typeof unit === "string") return fail(unit);
  const [deep, least] = [options.value("d"), options.value("t")];
  const hint = (text: string): undefined => void tryHelp(system, invocation, text);
  if (deep !== undefined && !/^\d+$/.test(deep)) return hint(`invalid maximum depth ${shellQuoted(deep)}`);
  if (options.has("s") && options.has("a")) return hint("cannot both summarize and show all entries");
  if (options.has("s") && deep !== undefined) {
    if (Number(deep) > 0) return hint(`warning: summarizing conflicts with --max-depth=${deep}`);
    complain(system, invocation, "warning: summarizing is the same as using --max-depth=0");
  }
  const size = least === undefined ? undefined : sizeOf(least.replace(/^-/, ""));
  if (typeof size === "string" && least !== "0") return fail(`invalid --threshold argument '${least}'`);
  const last = options.options.findLast(({ key }) => ["L", "D", "H", "P"].includes(key))?.key;
  const follows = last === "L" ? "all" : last === "D" || last === "H" ? "arguments" : "none";
  return {
    options,
    unit,
    depth: options.has("s") ? 0 : deep === undefined ? Number.POSITIVE_INFINITY : Number(deep),
    threshold: typeof size !== "number" ? undefined : least?.startsWith("-") === true ? -size : size,
    excluded: options.values("exclude").map(globbed),
    follows,
    remembersAll: options.operands.length > 1 || follows === "all",
  };
}

export const du: Program = (system, invocation) => {
  const options = given(system, invocation, SPEC);
  const wanted = options === undefined ? undefined : wantedBy(system, invocation, options);
  if (wanted === undefined) return 1;
  const walk: Walk = { system, invocation, wanted, seen: new Set(), status: 0 };
  let total = 0;
  const { operands } = wanted.options;
  for (const path of operands.length === 0 ? ["."] : operands) {
    const { own, all } = visit(walk, path, 0, undefined);
    total += own + all;
  }
  if (wanted.options.has("c")) tell(walk, total, "total");
  return walk.status;
};
