/**
 * `ls`: what is in directories.
 *
 * Not modelled: access control lists, LS_COLORS, --hyperlink, --dired, blocks of other sizes than 1, 512, 1K and 1M.
 *
 * @source coreutils@9.1 src/ls.c
 */
import type { Attributes } from "../../../linux/fs/types";
import type { Invocation, Program, System } from "../../../linux/program";
import { matches } from "../pattern";
import { type Entry, type Order, ordered, styled } from "./coreutils-ls-entry";
import { blockCount, type Layout, listing } from "./coreutils-ls-print";
import { layoutOf, LS_OPTIONS, orderOf } from "./coreutils-ls-options";
import { complain, given, joined, shellQuoted } from "./coreutils-support";
import type { Parsed } from "./getopt";
import { because, print } from "./support";

type Follow = "never" | "directories" | "arguments" | "always";

interface Listing {
  readonly system: System;
  readonly invocation: Invocation;
  readonly options: Parsed;
  readonly layout: Layout;
  readonly order: Order;
  readonly follow: Follow;
  /** Whether files are looked at, beyond what the directory says. */
  readonly looks: boolean;
  status: number;
  headings: boolean;
  first: boolean;
}

function followOf(options: Parsed, long: boolean): Follow {
  const asked = options.options.findLast(({ key }) => key === "L" || key === "H" || key === "arguments")?.key;
  if (asked === "L") return "always";
  if (asked === "H") return "arguments";
  if (asked === "arguments") return "directories";
  return options.has("d") || options.has("F") || long ? "never" : "directories";
}

function fail(listing: Listing, serious: boolean, text: string): void {
  complain(listing.system, listing.invocation, text);
  listing.status = serious ? 2 : Math.max(listing.status, 1);
}

/** A name looked at; undefined when an argument is not there. */
function entryOf(run: Listing, name: string, path: string, known: Pick<Entry, "kind" | "ino"> | undefined): Entry | undefined {
  const { system, follow } = run;
  const argument = known === undefined;
  const looks = argument || run.looks || (known.kind === "file" && run.layout.indicator === "classify");
  if (!looks) return { name, ...known, attributes: undefined };
  let attributes: Attributes | undefined;
  if (follow === "always" || (argument && follow !== "never")) {
    const found = system.stat(path);
    if (found.ok && (follow !== "directories" || found.value.kind === "dir")) attributes = found.value;
    else if (!found.ok && (follow === "always" || found.errno !== "ENOENT")) {
      const itself = argument ? undefined : system.lstat(path);
      fail(run, argument, `cannot access ${shellQuoted(path)}: ${because(found.errno)}`);
      return itself === undefined ? undefined : { name, kind: known?.kind, ino: known?.ino, attributes: undefined };
    }
  }
  if (attributes === undefined) {
    const found = system.lstat(path);
    if (!found.ok) {
      fail(run, argument, `cannot access ${shellQuoted(path)}: ${because(found.errno)}`);
      return argument ? undefined : { name, ...known, attributes: undefined };
    }
    attributes = found.value;
  }
  const long = run.layout.format === "long";
  const link = attributes.kind === "symlink" && (long || run.options.has("directories"));
  const target = link && long ? system.readlink(path) : undefined;
  const behind = link && (run.layout.indicator !== "none" || run.layout.colours || run.options.has("directories")) ? system.stat(path) : undefined;
  return {
    name,
    kind: attributes.kind,
    ino: known?.ino,
    attributes,
    ...(target?.ok === true ? { target: target.value } : {}),
    ...(behind?.ok === true ? { targetAttributes: behind.value } : {}),
  };
}

const sorted = ({ options, order, layout }: Listing, entries: readonly Entry[]): readonly Entry[] =>
  ordered(entries, order, layout.time, options.has("r"), options.has("directories"));

function shows(run: Listing, name: string): boolean {
  const { options } = run;
  const all = options.has("a") || options.has("f");
  if (name.startsWith(".") && !all && !options.has("A")) return false;
  if (name.endsWith("~") && options.has("B")) return false;
  if (!all && !options.has("A") && options.values("hide").some((pattern) => matches(pattern, name))) return false;
  return !options.values("I").some((pattern) => matches(pattern, name));
}

/** The directory's names, printed; answers with the directories within, for -R. */
function directory(run: Listing, path: string, argument: boolean): readonly string[] {
  const { system, options, layout } = run;
  const refuse = (why: Parameters<typeof because>[0]): readonly string[] => {
    fail(run, argument, `cannot open directory ${shellQuoted(path)}: ${because(why)}`);
    return [];
  };
  const fd = system.open(path, { read: true, directory: true, cloexec: true }, 0);
  if (!fd.ok) return refuse(fd.errno);
  const found = system.readdir(fd.value);
  if (!found.ok) {
    system.close(fd.value);
    return refuse(found.errno);
  }
  const dots = options.has("a") || options.has("f") ? [".", ".."] : [];
  const own = dots.map((name) => {
    const at = system.stat(joined(path, name));
    return { name, kind: "dir" as const, ino: at.ok ? at.value.ino : 0 };
  });
  const entries = [...own, ...found.value]
    .filter(({ name }) => shows(run, name))
    .map(({ name, kind, ino }) => entryOf(run, name, joined(path, name), { kind, ino }))
    .filter((entry) => entry !== undefined);
  // It is open as long as its files are looked at: a process sees this in its own descriptors.
  system.close(fd.value);
  const inOrder = sorted(run, entries);
  if (options.has("R") || run.headings) {
    print(system, `${run.first ? "" : "\n"}${styled(path, layout.quoting === "shell-escape" ? "shell-escape" : "literal", false)}:\n`);
    run.first = false;
  }
  const blocks = entries.reduce((sum, { attributes }) => sum + (attributes?.blocks ?? 0), 0);
  const total = layout.format === "long" || layout.blocks ? `total ${blockCount(blocks, layout)}${layout.end}` : "";
  print(system, total + listing(inOrder, layout));
  if (!options.has("R")) return [];
  return inOrder.filter(({ name, kind }) => kind === "dir" && name !== "." && name !== "..").map(({ name }) => joined(path, name));
}

export const ls: Program = (system, invocation) => {
  const options = given(system, invocation, LS_OPTIONS);
  if (options === undefined) return 2;
  const layout = layoutOf(system, invocation, options);
  if (typeof layout === "string") {
    print(system, `ls: ${layout}\n${layout.startsWith("invalid line") ? "" : "Try 'ls --help' for more information.\n"}`, 2);
    return 2;
  }
  const order = orderOf(options, layout.format === "long");
  const run: Listing = {
    system,
    invocation,
    options,
    layout,
    order,
    follow: followOf(options, layout.format === "long"),
    looks: layout.format === "long" || layout.blocks || order === "size" || order === "time" || layout.colours || options.has("L"),
    status: 0,
    headings: true,
    first: true,
  };
  const names = options.operands.length === 0 ? ["."] : options.operands;
  const all = sorted(
    run,
    names.map((name) => entryOf(run, name, name, undefined)).filter((entry) => entry !== undefined),
  );
  const opens = (entry: Entry): boolean => entry.attributes?.kind === "dir" && !options.has("d");
  const files = all.filter((entry) => !opens(entry));
  const directories = all.filter(opens).map(({ name }) => name);
  const shown = listing(files, layout);
  if (shown !== "") {
    print(system, shown);
    run.first = false;
  } else if (names.length <= 1 && directories.length === 1) run.headings = false;
  const queue = directories.map((path) => ({ path, argument: true }));
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const inside = directory(run, next.path, next.argument);
    queue.unshift(...inside.map((path) => ({ path, argument: false })));
  }
  return run.status;
};

export const dir: Program = (system, invocation) => ls(system, { ...invocation, argv: ["dir", "-C", "-b", ...invocation.argv.slice(1)] });
export const vdir: Program = (system, invocation) => ls(system, { ...invocation, argv: ["vdir", "-l", "-b", ...invocation.argv.slice(1)] });
