/**
 * `findmnt`: the mounts as a tree, or those that match.
 *
 * Not modelled: sizes (`-D`), polling, /etc/fstab, labels.
 *
 * @source util-linux@2.38 misc-utils/findmnt.c
 */
import type { Invocation, Program, System } from "../../../linux/program";
import { canonical } from "./coreutils-canonical";
import { mountPointOf } from "./coreutils-mount-point";
import { type Column, isWide, json, type Line, table } from "./columns";
import { optionsGiven, type Parsed } from "./getopt";
import { complain, print } from "./support";
import { allOptions, isOfType, type Mounted, mountTable, sourceOf } from "./util-linux-mount-table";

const COLUMNS: readonly Column[] = [
  { name: "SOURCE" },
  { name: "TARGET", tree: true },
  { name: "FSTYPE" },
  { name: "OPTIONS" },
  { name: "VFS-OPTIONS" },
  { name: "FS-OPTIONS" },
  { name: "MAJ:MIN" },
  { name: "FSROOT" },
  { name: "ID", right: true },
  { name: "PARENT", right: true },
  { name: "PROPAGATION" },
  { name: "OPT-FIELDS" },
];
const USUAL = ["TARGET", "SOURCE", "FSTYPE", "OPTIONS"];
const PSEUDO = ["proc", "sysfs", "cgroup", "cgroup2", "tmpfs", "devtmpfs", "devpts", "mqueue", "nsfs", "pipefs", "bpf", "debugfs", "tracefs"];
const SPEC = {
  short: "AabCcDd:ehiJlmno:O:PpRrst:S:M:T:uUvVfxN:",
  long: {
    all: "A",
    canonicalize: "c",
    "direction=": "d",
    "first-only": "f",
    invert: "i",
    json: "J",
    list: "l",
    noheadings: "n",
    "output=": "o",
    "output-all": "output-all",
    "options=": "O",
    pairs: "P",
    raw: "r",
    "types=": "t",
    submounts: "R",
    "source=": "S",
    "target=": "T",
    "mountpoint=": "M",
    "task=": "N",
    notruncate: "u",
    nofsroot: "v",
    real: "real",
    pseudo: "pseudo",
    kernel: "k",
    tree: "tree",
  },
};
function propagationOf({ tags }: Mounted): string {
  const shared = tags.some((tag) => tag.startsWith("shared:"));
  const words = [
    shared ? "shared" : "private",
    ...(tags.some((tag) => tag.startsWith("master:")) ? ["slave"] : []),
    ...(tags.includes("unbindable") ? ["unbindable"] : []),
  ];
  return words.join(",");
}

const cellsOf = (one: Mounted, bare: boolean): Readonly<Record<string, string>> => ({
  SOURCE: bare ? one.source : sourceOf(one, one.type),
  TARGET: one.target,
  FSTYPE: one.type,
  OPTIONS: allOptions(one).join(","),
  "VFS-OPTIONS": one.flags.join(","),
  "FS-OPTIONS": one.options.join(","),
  "MAJ:MIN": one.device,
  FSROOT: one.root,
  ID: String(one.id),
  PARENT: String(one.parent),
  PROPAGATION: propagationOf(one),
  "OPT-FIELDS": one.tags.join(" "),
});

/** A test of a mount by what was given; undefined when everything matches. */
function matcher(system: System, given: Parsed): ((one: Mounted) => boolean) | undefined {
  const tests: ((one: Mounted) => boolean)[] = [];
  const [first, second] = given.operands;
  const path = (text: string): string => {
    const found = canonical(system, text, "all");
    return "path" in found ? found.path : text;
  };
  const source = given.value("S") ?? (second === undefined ? undefined : first);
  const target = given.value("M") ?? second;
  const below = given.value("T");
  const [types, options] = [given.value("t"), given.value("O")];
  if (second === undefined && first !== undefined) {
    const place = path(first);
    tests.push((one) => one.target === place || one.source === first);
  }
  if (source !== undefined) tests.push((one) => one.source === source || one.source === path(source));
  if (target !== undefined) tests.push((one) => one.target === path(target));
  if (below !== undefined) {
    const place = path(below);
    const at = mountTable(system).some((one) => one.target === place) ? place : mountPointOf(system, below);
    tests.push((one) => one.target === at);
  }
  if (types !== undefined) tests.push((one) => isOfType(one.type, types));
  if (options !== undefined) tests.push((one) => options.split(",").every((name) => allOptions(one).includes(name)));
  if (given.has("real")) tests.push((one) => !PSEUDO.includes(one.type));
  if (given.has("pseudo")) tests.push((one) => PSEUDO.includes(one.type));
  if (tests.length === 0) return undefined;
  return (one) => tests.every((test) => test(one)) !== given.has("i");
}

/** Whether a mount is seen where it stands: the last one over a path is. */
const isTop = (mounts: readonly Mounted[], one: Mounted): boolean => mounts.findLast(({ target }) => target === one.target) === one;

/** Lines in the order of the tree; those that do not match are left out and their children hang where they hung. */
function linesOf(mounts: readonly Mounted[], given: Parsed, test: ((one: Mounted) => boolean) | undefined): readonly Line[] {
  const byPlace = given.operands.length > 0 || given.has("T") || given.has("M") || given.has("S");
  const lines: Line[] = [];
  const bare = given.has("v");
  const add = (one: Mounted, parent: number | undefined, all: boolean): void => {
    const taken = all || test === undefined || test(one);
    const at = taken ? lines.push({ cells: cellsOf(one, bare), parent }) - 1 : parent;
    for (const child of mounts.filter((other) => other.parent === one.id && other !== one)) add(child, at, all);
  };
  const ids = new Set(mounts.map(({ id }) => id));
  const roots = mounts.filter((one) => one.parent === one.id || !ids.has(one.parent));
  if (!byPlace) {
    for (const root of roots) add(root, undefined, false);
    return lines;
  }
  const matching = mounts.filter((one) => test?.(one) === true);
  const found = given.has("R") || given.has("f") ? matching.filter((one) => isTop(mounts, one)).slice(0, 1) : matching;
  for (const one of found) {
    if (given.has("R")) add(one, undefined, true);
    else lines.push({ cells: cellsOf(one, bare) });
  }
  return lines;
}

function columnsOf(system: System, invocation: Invocation, given: Parsed): readonly Column[] | undefined {
  const asked = given.value("o");
  const all = given.has("output-all");
  const extra = asked?.startsWith("+") === true;
  const names = all
    ? COLUMNS.map(({ name }) => name)
    : [...(asked === undefined || extra ? USUAL : []), ...(asked?.replace(/^\+/, "").split(",") ?? [])];
  const columns: Column[] = [];
  for (const name of names) {
    const column = COLUMNS.find((one) => one.name === name.toUpperCase());
    if (column === undefined) {
      complain(system, invocation, `unknown column: ${name}`);
      return undefined;
    }
    columns.push(column);
  }
  return columns;
}

export const findmnt: Program = (system, invocation) => {
  const given = optionsGiven(system, invocation, SPEC);
  if (given === undefined) return 1;
  const columns = columnsOf(system, invocation, given);
  if (columns === undefined) return 1;
  const task = given.value("N");
  const mounts = mountTable(system, task === undefined ? undefined : `/proc/${task}/mountinfo`);
  const found = linesOf(mounts, given, matcher(system, given));
  if (found.length === 0) return 1;
  const flat = given.has("l") || given.has("r") || given.has("P");
  const lines = flat ? found.map(({ cells }) => ({ cells })) : found;
  if (given.has("J")) print(system, json("filesystems", columns, found, ["ID", "PARENT"]));
  else if (given.has("P"))
    print(system, lines.map(({ cells }) => `${columns.map(({ name }) => `${name}="${cells[name] ?? ""}"`).join(" ")}\n`).join(""));
  else print(system, table(columns, lines, { headings: !given.has("n"), raw: given.has("r"), wide: isWide(invocation.env) }));
  return 0;
};
