/**
 * What happened on machines, indexed once for all their pictures: each event that a person would call one act of the kernel, by what it
 * wrote. Grows with the timeline and is kept beside it.
 *
 * One event may hold several system calls of one process; its stroke is named for the one that matters most.
 * Not shown as strokes: reads, and turns of a program that changed nothing but its own time.
 */
import type { NamespaceRow } from "../../../linux/namespace/table";
import type { CpuRow } from "../../../linux/cgroup/cpu-table";
import type { CgroupRow, MemberRow } from "../../../linux/cgroup/tables";
import type { CopyUpRow } from "../../../linux/fs/copy-up-time";
import type { MountRow } from "../../../linux/fs/mount";
import type { InodeRow } from "../../../linux/fs/tmpfs";
import type { TaskRow } from "../../../linux/process/task";
import type { Micros } from "../../../sim/types";
import type { WorldReader } from "../types";

export type MachineVerb =
  | "clone"
  | "execve"
  | "exit"
  | "kill"
  | "unshare"
  | "setns"
  | "mount"
  | "umount"
  | "pivot_root"
  | "chroot"
  | "sethostname"
  | "cgroup"
  | "copy_up"
  | "whiteout"
  | "mkdir"
  | "create"
  | "unlink"
  | "write";

export interface MachineStroke {
  readonly position: number;
  readonly seq: number;
  readonly at: Micros;
  readonly machine: string;
  readonly verb: MachineVerb;
  /** The process that called, as it was then. */
  readonly by?: { readonly task: number; readonly name: string; readonly namespace: number };
  /** What it was about: a process's or a thing's uid. */
  readonly uid?: string;
  readonly params: Readonly<Record<string, string | number>>;
}

interface MachineHistory {
  upTo: number;
  readonly strokes: MachineStroke[];
  readonly byPosition: Map<number, MachineStroke>;
  readonly positions: number[];
  /** Number of every pid namespace but the first, in order of appearance, with the event that made it. */
  readonly pidNamespaces: { readonly machine: string; readonly id: number; readonly position: number }[];
  /** Where each process was cloned. */
  readonly births: Map<string, number>;
  /** Periods of each group's CPU quota, by `machine/group`: what ran, and how long it was held back. */
  readonly periods: Map<
    string,
    { readonly position: number; readonly ran: Micros; readonly throttled: Micros; readonly used: Micros; readonly held: Micros }[]
  >;
}

type EntryRow = { readonly name: string; readonly ino: number };
type Write = ReturnType<WorldReader["writes"]>[number];
type Found = Pick<MachineStroke, "verb" | "params"> & { readonly uid?: string; readonly weight: number };

const histories = new WeakMap<WorldReader, MachineHistory>();

export function machineHistory(reader: WorldReader): MachineHistory {
  let history = histories.get(reader);
  if (history === undefined) {
    history = { upTo: 0, strokes: [], byPosition: new Map(), positions: [], pidNamespaces: [], births: new Map(), periods: new Map() };
    histories.set(reader, history);
  }
  for (; history.upTo < reader.length; history.upTo++) index(history, reader, history.upTo);
  return history;
}

function index(history: MachineHistory, reader: WorldReader, position: number): void {
  const event = reader.event(position);
  if (event === undefined) return;
  history.positions[event.seq] = position;
  if (!event.to.startsWith("machine/") || event.message.type === "boot") return;
  const machine = event.to.slice("machine/".length);
  const writes = reader.writes(position);
  for (const { table, before, after } of writes) {
    const namespace = after as NamespaceRow | undefined;
    if (table === "linux.namespace" && before === undefined && namespace?.type === "pid")
      history.pidNamespaces.push({ machine, id: namespace.id, position });
  }
  notePeriods(history, writes, position);
  const task = (event.message as { readonly task?: number }).task;
  const found = [...tasksIn(history, writes, task, position), ...placesIn(writes), ...copiesIn(writes), ...groupsIn(writes), ...filesIn(writes)];
  const [first] = found.sort((a, b) => b.weight - a.weight);
  if (first === undefined) return;
  const caller = callerOf(writes, machine, task);
  const stroke: MachineStroke = {
    position,
    seq: event.seq,
    at: event.at,
    machine,
    verb: first.verb,
    params: first.params,
    ...(first.uid === undefined ? {} : { uid: first.uid }),
    ...(caller === undefined ? {} : { by: caller }),
  };
  history.strokes.push(stroke);
  history.byPosition.set(position, stroke);
}

/** A period is told when it is over: the counter of periods has moved. */
function notePeriods(history: MachineHistory, writes: readonly Write[], position: number): void {
  for (const { table, key, before, after } of writes) {
    if (table !== "linux.cgroup-cpu") continue;
    const [was, is] = [before as CpuRow | undefined, after as CpuRow | undefined];
    if (was === undefined || is === undefined || was.periods === is.periods) continue;
    const list = history.periods.get(key) ?? [];
    const last = list.at(-1);
    const [used, held] = [was.usage, was.throttledTime];
    list.push({ position, ran: used - (last?.used ?? 0), throttled: held - (last?.held ?? 0), used, held });
    history.periods.set(key, list);
  }
}

const uidOf = ({ machine, id }: { readonly machine: string; readonly id: number }): string => `${machine}/${id}`;

function callerOf(writes: readonly Write[], machine: string, task: number | undefined): MachineStroke["by"] {
  const row = writes.find(({ table, key }) => table === "linux.task" && key === `${machine}/${task}`);
  const found = (row?.after ?? row?.before) as TaskRow | undefined;
  return found === undefined ? undefined : { task: found.id, name: found.comm, namespace: found.numbers.at(-1)?.[0] ?? 0 };
}

const FLAGS: readonly (readonly [keyof TaskRow["namespaces"], string])[] = [
  ["pid", "NEWPID"],
  ["net", "NEWNET"],
  ["mnt", "NEWNS"],
  ["uts", "NEWUTS"],
  ["ipc", "NEWIPC"],
  ["cgroup", "NEWCGROUP"],
  ["timeForChildren", "NEWTIME"],
];

/** The clone flags that tell two processes' namespaces apart. */
function flagsBetween(one: TaskRow | undefined, other: TaskRow): string {
  if (one === undefined) return "";
  const flags = FLAGS.filter(([kind]) => one.namespaces[kind] !== other.namespaces[kind]).map(([, flag]) => flag);
  if (one.namespaces.pidForChildren !== other.namespaces.pidForChildren && !flags.includes("NEWPID")) flags.unshift("NEWPID");
  if (one.credentials.userNamespace !== other.credentials.userNamespace) flags.unshift("NEWUSER");
  return flags.join(" | ");
}

function tasksIn(history: MachineHistory, writes: readonly Write[], self: number | undefined, position: number): Found[] {
  const found: Found[] = [];
  const rows = writes.filter(({ table }) => table === "linux.task") as unknown as readonly { before?: TaskRow; after?: TaskRow }[];
  const made = writes.some(({ table, before }) => table === "linux.namespace" && before === undefined);
  for (const { before, after } of rows) {
    if (after === undefined) continue;
    const about = { uid: uidOf(after), params: { name: after.comm, pid: after.id } };
    if (before === undefined) {
      history.births.set(uidOf(after), position);
      const parent = rows.find((row) => (row.after ?? row.before)?.id === after.parent);
      found.push({ ...about, verb: "clone", weight: 6, params: { ...about.params, flags: flagsBetween(parent?.before, after) } });
      continue;
    }
    if (before.state !== "zombie" && after.state === "zombie") {
      const { status } = after;
      const how = status?.kind === "exited" ? String(status.code) : status?.kind === "signaled" ? `SIG${status.signal}` : "";
      found.push({ ...about, verb: "exit", weight: 3, params: { ...about.params, how } });
      continue;
    }
    const flags = flagsBetween(before, after);
    if (flags !== "") found.push({ ...about, verb: made ? "unshare" : "setns", weight: 8, params: { ...about.params, flags } });
    if (before.fs.root !== after.fs.root && (before.fs.root.mount !== after.fs.root.mount || before.fs.root.ref.ino !== after.fs.root.ref.ino))
      if (flags === "") found.push({ ...about, verb: "chroot", weight: 7 });
    if (before.exe !== after.exe || before.argv !== after.argv)
      found.push({ ...about, verb: "execve", weight: 5, params: { ...about.params, command: after.argv.join(" ") } });
    const signal = after.pending.find((name) => !before.pending.includes(name));
    if (signal !== undefined && signal !== "CHLD")
      found.push({ ...about, verb: "kill", weight: after.id === self ? 2 : 6, params: { ...about.params, signal } });
  }
  return found;
}

function placesIn(writes: readonly Write[]): Found[] {
  const rows = writes.filter(({ table }) => table === "linux.mount") as unknown as readonly { before?: MountRow; after?: MountRow }[];
  const made = writes.some(({ table, before, after }) => table === "linux.namespace" && (before === undefined || after === undefined));
  const found: Found[] = [];
  const uts = writes.find(({ table, before, after }) => {
    const [was, is] = [before as NamespaceRow | undefined, after as NamespaceRow | undefined];
    return table === "linux.namespace" && was?.uts !== undefined && is?.uts !== undefined && was.uts.nodename !== is.uts.nodename;
  });
  if (uts !== undefined) found.push({ verb: "sethostname", weight: 5, params: { name: (uts.after as NamespaceRow).uts?.nodename ?? "" } });
  if (made || rows.length === 0) return found;
  const [added] = rows.filter(({ before }) => before === undefined);
  const [gone] = rows.filter(({ after }) => after === undefined);
  if (added?.after !== undefined) found.push({ verb: "mount", weight: 9, params: { source: added.after.source } });
  else if (gone?.before !== undefined) found.push({ verb: "umount", weight: 9, params: { source: gone.before.source } });
  else if (rows.some(({ before, after }) => before?.parent !== after?.parent)) found.push({ verb: "pivot_root", weight: 9, params: {} });
  return found;
}

function copiesIn(writes: readonly Write[]): Found[] {
  return writes.flatMap(({ table, before, after }): Found[] => {
    if (table !== "linux.copyup" || (before !== undefined && after !== undefined)) return [];
    const { name, bytes } = (after ?? before) as CopyUpRow;
    return [{ verb: "copy_up", weight: 10, params: { name, bytes, how: after === undefined ? "end" : "begin" } }];
  });
}

function groupsIn(writes: readonly Write[]): Found[] {
  const found: Found[] = [];
  for (const { table, before, after } of writes) {
    if (table === "linux.cgroup-member") {
      const [was, is] = [before as MemberRow | undefined, after as MemberRow | undefined];
      if (was !== undefined && is !== undefined && was.cgroup !== is.cgroup)
        found.push({ verb: "cgroup", weight: 8, uid: `${is.machine}/${is.tgid}`, params: { file: "cgroup.procs", value: is.tgid } });
    }
    if (table !== "linux.cgroup" || after === undefined) continue;
    const [was, is] = [before as CgroupRow | undefined, after as CgroupRow];
    if (was === undefined) found.push({ verb: "mkdir", weight: 4, params: { name: is.name } });
    else if (was.settings !== is.settings) {
      const file = Object.keys(is.settings).find((name) => is.settings[name] !== was.settings[name]);
      if (file !== undefined) found.push({ verb: "cgroup", weight: 8, params: { file, value: is.settings[file] ?? "" } });
    }
  }
  return found;
}

function filesIn(writes: readonly Write[]): Found[] {
  const found: Found[] = [];
  const inodes = new Map<number, InodeRow>();
  for (const { table, before, after } of writes) {
    if (table !== "linux.inode" || after === undefined) continue;
    const [was, is] = [before as InodeRow | undefined, after as InodeRow];
    inodes.set(is.ino, is);
    if (was !== undefined && was.kind === "file" && was.size !== is.size)
      found.push({ verb: "write", weight: 1, params: { name: "", size: is.size } });
  }
  let whiteout: Found | undefined;
  for (const { table, before, after } of writes) {
    if (table !== "linux.entry") continue;
    const [was, is] = [before as EntryRow | undefined, after as EntryRow | undefined];
    const inode = is === undefined || is.ino === was?.ino ? undefined : inodes.get(is.ino);
    // A union stages a whiteout in its work directory and then puts it in place, over a file or not: the last name is where it stands.
    if (is !== undefined && inode?.kind === "char" && inode.rdev[0] === 0 && inode.rdev[1] === 0)
      whiteout = { verb: "whiteout", weight: 4, params: { name: is.name } };
    else if (was === undefined && is !== undefined)
      found.push({ verb: inode?.kind === "dir" ? "mkdir" : "create", weight: 2, params: { name: is.name } });
    else if (was !== undefined && is === undefined) found.push({ verb: "unlink", weight: 2, params: { name: was.name } });
  }
  return whiteout === undefined ? found : [whiteout, ...found];
}

/** Index of the first stroke at or after a position. */
export function machineStrokeIndex({ strokes }: MachineHistory, position: number): number {
  let low = 0;
  let high = strokes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((strokes[middle] as MachineStroke).position < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A, B, … Z, AA, AB, … */
function letterOf(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : letterOf(Math.floor(index / 26) - 1) + last;
}

/** The letters of a machine's pid namespaces, in order of appearance up to here; they stay when others end. */
export function letters(reader: WorldReader, machine: string): ReadonlyMap<number, string> {
  const seen = machineHistory(reader).pidNamespaces.filter((one) => one.machine === machine && one.position < reader.position);
  return new Map(seen.map(({ id }, i) => [id, letterOf(i)]));
}
