/**
 * The applets that are busybox's own: ls, mount, umount, ps.
 *
 * @source busybox@1.35 coreutils/ls.c util-linux/mount.c util-linux/umount.c procps/ps.c
 */
import type { Attributes } from "../../../linux/fs/types";
import type { Invocation, Program, System } from "../../../linux/program";
import { calendar, joined, modeString, MONTHS, namesOf as namesIn, two } from "./coreutils-support";
import { optionsGiven, type Parsed } from "./getopt";
import { namesOf } from "./passwd";
import { lookAtAll } from "./process-table";
import { because, complain, print } from "./support";
import { allOptions, mountTable } from "./util-linux-mount-table";

interface Named {
  readonly name: string;
  readonly path: string;
  readonly attributes: Attributes;
}

const SIGNS: Readonly<Record<string, string>> = { dir: "/", symlink: "@", fifo: "|", socket: "=" };

function sign({ attributes: { kind, mode } }: Named, given: Parsed): string {
  if (given.has("p")) return kind === "dir" ? "/" : "";
  if (!given.has("F")) return "";
  return SIGNS[kind] ?? (kind === "file" && (mode & 0o111) !== 0 ? "*" : "");
}

function sizeText(size: number, human: boolean): string {
  if (!human || size < 1024) return String(size);
  let [value, unit] = [size, 0];
  while (value >= 1024 && unit < 4) [value, unit] = [value / 1024, unit + 1];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)}${"KMGT"[unit - 1] ?? ""}`;
}

function longLine(system: System, one: Named, given: Parsed, user: (id: number) => string, group: (id: number) => string): string {
  const { attributes: found, name, path } = one;
  const device = found.kind === "char" || found.kind === "block";
  const size = device
    ? `${String(found.rdev[0]).padStart(4)}, ${String(found.rdev[1]).padStart(3)}`
    : sizeText(found.size, given.has("h")).padStart(9);
  const { month, day, hour, minute } = calendar(found.mtime);
  const target = found.kind === "symlink" ? system.readlink(path) : undefined;
  const owner = (text: string): string => text.slice(0, 8).padEnd(8);
  const date = `${MONTHS[month - 1] ?? ""} ${String(day).padStart(2)} ${two(hour)}:${two(minute)}`;
  const head = `${given.has("i") ? `${String(found.ino).padStart(7)} ` : ""}${modeString(found)} ${String(found.nlink).padStart(4)}`;
  return `${head} ${owner(user(found.uid))} ${owner(group(found.gid))} ${size} ${date} ${name}${target?.ok === true ? ` -> ${target.value}` : sign(one, given)}\n`;
}

function printNames(system: System, list: readonly Named[], given: Parsed, columns: number | undefined): void {
  const numbers = given.has("n");
  const [user, group] = numbers ? [String, String] : [namesOf(system, "users"), namesOf(system, "groups")];
  if (given.has("l") || numbers) {
    for (const one of list) print(system, longLine(system, one, given, user, group));
    return;
  }
  const words = list.map((one) => `${given.has("i") ? `${String(one.attributes.ino).padStart(7)} ` : ""}${one.name}${sign(one, given)}`);
  if (columns === undefined || given.has("1")) return print(system, words.map((word) => `${word}\n`).join(""));
  const width = Math.max(1, ...words.map(({ length }) => length)) + 2;
  const across = Math.max(1, Math.floor(columns / width));
  const rows = Math.ceil(words.length / across);
  for (let row = 0; row < rows; row++) {
    const cells = Array.from({ length: across }, (_none, i) => words[row + i * rows]).filter((word) => word !== undefined);
    print(system, `${cells.map((word, i) => (i === cells.length - 1 ? word : word.padEnd(width))).join("")}\n`);
  }
}

function ordered(list: readonly Named[], given: Parsed): readonly Named[] {
  const by = (of: (one: Named) => number) => list.toSorted((a, b) => of(b) - of(a));
  const out = given.has("S") ? by(({ attributes }) => attributes.size) : given.has("t") ? by(({ attributes }) => attributes.mtime) : list;
  return given.has("r") ? out.toReversed() : out;
}

export const ls: Program = (system, invocation) => {
  const given = optionsGiven(system, invocation, { short: "1AaCxdLHRFplinshrSXvctu" });
  if (given === undefined) return 1;
  const terminal = system.terminal(1);
  const columns = terminal.ok ? terminal.value.columns : given.has("C") ? 80 : undefined;
  let status = 0;
  const seen = (name: string, path: string, follow: boolean): Named | undefined => {
    const found = follow ? system.stat(path) : system.lstat(path);
    if (found.ok) return { name, path, attributes: found.value };
    complain(system, invocation, `${path}: ${because(found.errno)}`);
    status = 1;
    return undefined;
  };
  const operands = given.operands.length === 0 ? ["."] : given.operands;
  const long = given.has("l") || given.has("n");
  const named = operands.flatMap((path) => seen(path, path, !long || given.has("H") || given.has("L")) ?? []);
  const isListed = ({ attributes }: Named): boolean => attributes.kind === "dir" && !given.has("d");
  const files = named.filter((one) => !isListed(one));
  if (files.length > 0) printNames(system, ordered(files, given), given, columns);
  let first = files.length === 0;
  const list = ({ path }: Named): void => {
    const inside = namesIn(system, path);
    if (named.length > 1 || given.has("R")) {
      print(system, `${first ? "" : "\n"}${path}:\n`);
      first = false;
    }
    if ("errno" in inside) {
      complain(system, invocation, `can't open '${path}': ${because(inside.errno)}`);
      status = 1;
      return;
    }
    const all = given.has("a") ? [".", "..", ...inside.names] : inside.names;
    const shown = all.filter((name) => given.has("a") || given.has("A") || !name.startsWith("."));
    const entries = shown.flatMap((name) => seen(name, joined(path, name), given.has("L")) ?? []);
    if (long)
      print(
        system,
        `total ${entries.reduce((sum, { attributes }) => sum + 4 * Math.ceil((attributes.kind === "file" ? attributes.size : 0) / 4096), 0)}\n`,
      );
    printNames(system, ordered(entries, given), given, columns);
    if (given.has("R")) for (const one of entries) if (one.attributes.kind === "dir" && one.name !== "." && one.name !== "..") list(one);
  };
  for (const one of named.filter(isListed)) list(one);
  return status;
};

const PROPAGATIONS = ["shared", "private", "slave", "unbindable"] as const;

export const mount: Program = (system, invocation: Invocation) => {
  const makes = Object.fromEntries(PROPAGATIONS.flatMap((kind) => [`make-${kind}`, `make-r${kind}`]).map((name) => [name, name]));
  const given = optionsGiven(system, invocation, { short: "rwanfvsiO:o:t:B", long: { bind: "bind", rbind: "rbind", move: "move", ...makes } });
  if (given === undefined) return 1;
  const options = given.values("o").flatMap((text) => text.split(","));
  const [first, second] = given.operands;
  if (first === undefined) {
    for (const one of mountTable(system)) print(system, `${one.source} on ${one.target} type ${one.type} (${allOptions(one).join(",")})\n`);
    return 0;
  }
  const has = (name: string): boolean => given.has(name) || options.includes(name);
  const words = [...given.options.map(({ key }) => key.replace(/^make-/, "")), ...options];
  const change = words.map((word) => /^(r?)(shared|private|slave|unbindable)$/.exec(word)).find((match) => match !== null);
  if (second === undefined && change === undefined && !has("remount")) {
    complain(system, invocation, `can't find ${first} in /etc/fstab`);
    return 1;
  }
  const target = second ?? first;
  const bind = has("bind") || has("rbind");
  const plain = options.filter(
    (one) => !/^(ro|rw|bind|rbind|move|remount|nosuid|nodev|noexec|noatime|defaults|r?(shared|private|slave|unbindable))$/.test(one),
  );
  const done = system.mount({
    source: second === undefined ? "none" : first,
    target,
    type: given.value("t") ?? "",
    data: plain.join(","),
    readOnly: given.has("r") || options.includes("ro"),
    noSuid: options.includes("nosuid"),
    noDev: options.includes("nodev"),
    noExec: options.includes("noexec"),
    bind,
    move: has("move"),
    remount: has("remount"),
    recursive: has("rbind") || change?.[1] === "r",
    ...(change?.[2] === undefined ? {} : { propagation: change[2] as (typeof PROPAGATIONS)[number] }),
  });
  if (done.ok) return 0;
  const denied = done.errno === "EPERM";
  complain(
    system,
    invocation,
    denied ? "permission denied (are you root?)" : `mounting ${second === undefined ? "none" : first} on ${target} failed: ${because(done.errno)}`,
  );
  return denied ? 1 : 255;
};

export const umount: Program = (system, invocation) => {
  const given = optionsGiven(system, invocation, { short: "fldnra" });
  if (given === undefined) return 1;
  let status = 0;
  for (const path of given.operands) {
    const done = system.umount(path, given.has("l"));
    if (done.ok) continue;
    complain(system, invocation, `can't unmount ${path}: ${because(done.errno)}`);
    status = 1;
  }
  return status;
};

export const ps: Program = (system) => {
  const user = namesOf(system, "users");
  print(system, "PID   USER     COMMAND\n");
  for (const one of lookAtAll(system)) {
    const command = one.cmdline.length === 0 ? `[${one.comm}]` : one.cmdline.join(" ");
    print(system, `${String(one.pid).padStart(5)} ${user(one.euid).slice(0, 8).padEnd(8)} ${command}\n`);
  }
  return 0;
};
