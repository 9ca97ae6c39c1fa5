/**
 * `df`: room on file systems, each once, under the shortest name by which all of it can be seen.
 *
 * Not modelled: remote file systems, `--sync`.
 *
 * @source coreutils@9.1 src/df.c filter_mount_list get_dev get_point print_table
 */
import type { Invocation, Program, System } from "../../../linux/program";
import { amount, type Unit, unitName, unitOf } from "./block-sizes";
import { canonical } from "./coreutils-canonical";
import { complain, given, shellQuoted, tryHelp } from "./coreutils-support";
import type { Parsed } from "./getopt";
import { because, print } from "./support";
import { type Mounted, mountTable } from "./util-linux-mount-table";

const SPEC = {
  short: "aB:iF:hHklmPTt:vx:",
  long: {
    all: "a",
    "block-size=": "B",
    "human-readable": "h",
    si: "si",
    inodes: "i",
    local: "l",
    "no-sync": "no-sync",
    "output?": "output",
    portability: "P",
    "print-type": "T",
    sync: "sync",
    total: "total",
    "type=": "t",
    "exclude-type=": "x",
  },
};

interface Field {
  readonly heading: string;
  readonly least: number;
  readonly left?: boolean;
}

const FIELDS: Readonly<Record<string, Field>> = {
  source: { heading: "Filesystem", least: 14, left: true },
  fstype: { heading: "Type", least: 4, left: true },
  itotal: { heading: "Inodes", least: 5 },
  iused: { heading: "IUsed", least: 5 },
  iavail: { heading: "IFree", least: 5 },
  ipcent: { heading: "IUse%", least: 4 },
  size: { heading: "1K-blocks", least: 5 },
  used: { heading: "Used", least: 5 },
  avail: { heading: "Avail", least: 5 },
  pcent: { heading: "Use%", least: 4 },
  file: { heading: "File", least: 0, left: true },
  target: { heading: "Mounted on", least: 0, left: true },
};
const DUMMY = [
  "autofs",
  "proc",
  "subfs",
  "debugfs",
  "devpts",
  "fusectl",
  "fuse.portal",
  "mqueue",
  "rpc_pipefs",
  "sysfs",
  "devfs",
  "kernfs",
  "ignore",
  "none",
];

/** Of what `statfs` tells. */
interface Usage {
  readonly blockSize: number;
  readonly blocks: number;
  readonly free: number;
  readonly inodes: number;
  readonly freeInodes: number;
}

type Row = Readonly<Record<string, string>>;

function percent(used: number, free: number): string {
  return used + free === 0 ? "-" : `${Math.ceil((used * 100) / (used + free))}%`;
}

function rowOf(names: Pick<Row, "source" | "fstype" | "file" | "target">, use: Usage | undefined, unit: Unit): Row {
  if (use === undefined) return { ...Object.fromEntries(Object.keys(FIELDS).map((name) => [name, "-"])), ...names };
  const { blockSize, blocks, free, inodes, freeInodes } = use;
  const room = (count: number): string => amount(count * blockSize, unit);
  const files = (count: number): string => (unit.human === undefined ? String(count) : amount(count, unit));
  return {
    ...names,
    size: room(blocks),
    used: room(blocks - free),
    avail: room(free),
    pcent: percent(blocks - free, free),
    itotal: files(inodes),
    iused: files(inodes - freeInodes),
    iavail: files(freeInodes),
    ipcent: percent(inodes - freeInodes, freeInodes),
  };
}

/** Of the mounts of one file system the one that is told: a device, then more of it, then a shorter name, then the one on top. */
function once(system: System, mounts: readonly Mounted[], chosen: (one: Mounted) => boolean): readonly Mounted[] {
  const out: Mounted[] = [];
  const places = new Map<number, number>();
  for (const one of mounts) {
    const found = chosen(one) ? system.stat(one.target) : undefined;
    if (found?.ok !== true) continue;
    const at = places.get(found.value.dev);
    const seen = at === undefined ? undefined : out[at];
    if (at === undefined || seen === undefined) {
      places.set(found.value.dev, out.push(one) - 1);
      continue;
    }
    const better =
      (one.source.includes("/") && !seen.source.includes("/")) ||
      (seen.target.length > one.target.length && seen.root.length >= one.root.length) ||
      (seen.source !== one.source && seen.target === one.target);
    if (better) out[at] = one;
  }
  return out;
}

/** The mount a file is on: of those of its file system the one with the longest name that leads to it. */
export function mountFor(system: System, mounts: readonly Mounted[], path: string): Mounted | undefined {
  const found = canonical(system, path, "all");
  const place = "path" in found ? found.path : path;
  const above = mounts.filter(({ target }) => target === "/" || place === target || place.startsWith(`${target}/`));
  return above.reduce<Mounted | undefined>((best, one) => (best === undefined || one.target.length >= best.target.length ? one : best), undefined);
}

function fieldsOf(options: Parsed): readonly string[] | string {
  const output = options.options.filter(({ key }) => key === "output");
  if (output.length > 0) {
    const clash = ["i", "P", "T"].find((key) => options.has(key));
    if (clash !== undefined) return `options -${clash} and --output are mutually exclusive`;
    const names = output.flatMap(({ value = "" }) => value.split(",")).filter((name) => name !== "");
    const unknown = names.find((name) => FIELDS[name] === undefined);
    if (unknown !== undefined) return `option --output: field '${unknown}' unknown`;
    const twice = names.find((name, at) => names.indexOf(name) !== at);
    if (twice !== undefined) return `option --output: field '${twice}' used more than once`;
    return names.length > 0 ? names : ["source", "fstype", "itotal", "iused", "iavail", "ipcent", "size", "used", "avail", "pcent", "file", "target"];
  }
  const numbers = options.has("i") ? ["itotal", "iused", "iavail", "ipcent"] : ["size", "used", "avail", "pcent"];
  return ["source", ...(options.has("T") ? ["fstype"] : []), ...numbers, "target"];
}

function headingOf(name: string, options: Parsed, unit: Unit): string {
  const posix = options.has("P") && !options.has("i");
  if (name === "size") return unit.human !== undefined ? "Size" : posix ? `${unit.bytes}-blocks` : `${unitName(unit)}-blocks`;
  if (name === "avail" && unit.human === undefined && !options.has("output")) return "Available";
  if (name === "pcent" && posix) return "Capacity";
  return FIELDS[name]?.heading ?? "";
}

function printTable(system: System, names: readonly string[], rows: readonly Row[], headings: readonly string[]): void {
  const lines = [headings, ...rows.map((row) => names.map((name) => row[name] ?? "-"))];
  const widths = names.map((name, at) => Math.max(FIELDS[name]?.least ?? 0, ...lines.map((line) => line[at]?.length ?? 0)));
  for (const line of lines) {
    const cells = line.map((text, at) => {
      const left = FIELDS[names[at] ?? ""]?.left === true;
      if (!left) return text.padStart(widths[at] ?? 0);
      return at === line.length - 1 ? text : text.padEnd(widths[at] ?? 0);
    });
    print(system, `${cells.join(" ")}\n`);
  }
}

interface Told {
  readonly mount: Mounted;
  readonly file: string;
}

/** What is told of: the file systems of the files named, or all. */
function toldOf(system: System, invocation: Invocation, options: Parsed): { readonly told: readonly Told[]; readonly status: number } {
  const mounts = mountTable(system);
  const [only, without] = [options.values("t"), options.values("x")];
  const chosen = ({ type }: Mounted): boolean => (only.length === 0 || only.includes(type)) && !without.includes(type);
  if (options.operands.length === 0) {
    const all = options.has("a") ? mounts.filter(chosen) : once(system, mounts, (one) => chosen(one) && !DUMMY.includes(one.type));
    return { told: all.map((mount) => ({ mount, file: "-" })), status: 0 };
  }
  const told: Told[] = [];
  let status = 0;
  for (const file of options.operands) {
    const found = system.stat(file);
    if (!found.ok) {
      complain(system, invocation, `${file}: ${because(found.errno)}`);
      status = 1;
      continue;
    }
    const mount = mountFor(system, mounts, file);
    if (mount !== undefined && chosen(mount)) told.push({ mount, file });
  }
  return { told, status };
}

function unitGiven(options: Parsed): Unit | string {
  return unitOf({ ...options, options: options.options.map((one) => (one.key === "H" ? { key: "si" } : one)) });
}

export const df: Program = (system, invocation) => {
  const options = given(system, invocation, SPEC);
  if (options === undefined) return 1;
  const unit = unitGiven(options);
  if (typeof unit === "string") {
    complain(system, invocation, unit);
    return 1;
  }
  const clash = options.values("t").find((type) => options.values("x").includes(type));
  if (clash !== undefined) {
    complain(system, invocation, `file system type ${shellQuoted(clash)} both selected and excluded`);
    return 1;
  }
  const names = fieldsOf(options);
  if (typeof names === "string") return tryHelp(system, invocation, names);
  const { told, status } = toldOf(system, invocation, options);
  const shown = options.has("a") || options.operands.length > 0;
  const sum = { blockSize: 4096, blocks: 0, free: 0, inodes: 0, freeInodes: 0 };
  const rows: Row[] = [];
  for (const { mount, file } of told) {
    const found = system.statfs(file === "-" ? mount.target : file);
    const use = found.ok ? found.value : undefined;
    if (!shown && (use === undefined || use.blocks === 0)) continue;
    for (const key of ["blocks", "free", "inodes", "freeInodes"] as const) sum[key] += use?.[key] ?? 0;
    rows.push(rowOf({ source: mount.source, fstype: mount.type, file, target: mount.target }, use, unit));
  }
  if (rows.length === 0) {
    if (status === 0) complain(system, invocation, "no file systems processed");
    return 1;
  }
  // The sum stands under the first column; the last says that it is nowhere.
  if (options.has("total")) {
    const name = names.includes("source") ? { source: "total", target: "-" } : { source: "-", target: "total" };
    rows.push(rowOf({ ...name, fstype: "-", file: "-" }, sum, unit));
  }
  const headings = names.map((name) => headingOf(name, options, unit));
  printTable(system, names, rows, headings);
  return status;
};
