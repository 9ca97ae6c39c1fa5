/**
 * /proc: nothing is stored. An inode's number says which file of which task it is; its text is made when it is read.
 *
 * A mount of it belongs to a pid namespace and shows the processes that have a number there, by that number.
 *
 * @rule linux.proc.tree
 * @source linux@6.12 fs/proc/root.c fs/proc/base.c
 */
import { defineTable } from "../../sim/table";
import { mountsBy } from "../fs/mount";
import { newSuperblock, superblockOf } from "../fs/superblock";
import type { Attributes, DirectoryEntry, FileSystemType, MountContext, Path, Ref } from "../fs/types";
import { INITIAL, namespaceOf } from "../namespace/table";
import { capableIn } from "../namespace/user";
import { slotsOf } from "../process/descriptor";
import { findByNumber, findTask, numberIn, type TaskRow, taskOf, tasksBy } from "../process/task";
import { processesIn } from "../process/signal";
import { DONE, failure, type Kernel, type Result, value } from "../types";
import { descriptorFile, descriptorInfo, NAMESPACE_FILES, PROCESS_FILES, type ProcessFile } from "./process-files";
import { SYSTEM_FILES } from "./system-files";

interface ProcRow {
  readonly machine: string;
  readonly sb: number;
  readonly namespace: number;
}
const procTable = defineTable<ProcRow>({ name: "linux.proc", key: (row) => `${row.machine}/${row.sb}` });

const ROOT_INO = 1;
const SELF = 2;
const THREAD_SELF = 3;
const MOUNTS = 4;
const FIRST_SYSTEM = 16;
const PER_TASK = 2 ** 20;
/** Within a task's numbers: its directory, its files, its namespaces, descriptors, and the same as a thread in task/. */
const FIRST_FILE = 1;
const FIRST_NAMESPACE = 256;
const FIRST_FD = 4096;
const FIRST_FDINFO = 8192;
const AS_THREAD = 2 ** 19;

const PROCESS_NAMES = Object.keys(PROCESS_FILES);
const NAMESPACE_NAMES = Object.keys(NAMESPACE_FILES);
const LINKS: Readonly<Record<string, number>> = { self: SELF, "thread-self": THREAD_SELF, mounts: MOUNTS };

/** Paths below the root, directories too. */
const SYSTEM_PATHS: readonly string[] = (() => {
  const paths = new Set<string>();
  for (const path of Object.keys(SYSTEM_FILES)) {
    const parts = path.split("/");
    for (let i = 1; i <= parts.length; i++) paths.add(parts.slice(0, i).join("/"));
  }
  return [...paths].sort((a, b) => (a < b ? -1 : 1));
})();

/** Mounts what shows a pid namespace. */
export function newProc(kernel: Kernel, namespace: number): Ref {
  const sb = newSuperblock(kernel, "proc", false);
  kernel.tx.write(procTable).put({ machine: kernel.machine, sb, namespace });
  return { sb, ino: ROOT_INO };
}

/**
 * Only who has the rights over the pid namespace may mount it.
 *
 * @rule linux.proc.mount
 * @source linux@6.12 fs/proc/root.c proc_init_fs_context fs/super.c mount_capable
 */
function mount(kernel: Kernel, context: MountContext): Result<Ref> {
  const row = taskOf(kernel, context.task);
  const { owner, id } = namespaceOf(kernel, row.namespaces.pid);
  if (!capableIn(kernel, row.credentials, owner, "SYS_ADMIN") || !isVisible(kernel, row)) return failure("EPERM");
  return value(newProc(kernel, id));
}

/**
 * In a mount namespace with fewer rights it may be mounted only where it is seen already, with nothing in it hidden.
 *
 * @rule linux.proc.visible
 * @source linux@6.12 fs/namespace.c mnt_already_visible
 */
function isVisible(kernel: Kernel, { namespaces }: TaskRow): boolean {
  if (namespaceOf(kernel, namespaces.mnt).owner === INITIAL.user) return true;
  return mountsBy(kernel, "ns", namespaces.mnt).some((row) => {
    if (superblockOf(kernel, row.root.sb).type !== "proc" || row.root.ino !== ROOT_INO || row.lockedFlags?.includes("ro") === true) return false;
    return !mountsBy(kernel, "parent", row.id).some((child) => child.locked === true);
  });
}

const namespaceShown = (kernel: Kernel, sb: number): number => kernel.tx.read(procTable).get(`${kernel.machine}/${sb}`)?.namespace ?? 0;
const baseOf = (task: number): number => (task + 1) * PER_TASK;

interface OfTask {
  readonly row: TaskRow;
  readonly code: number;
  readonly thread: boolean;
}

/** The task an inode belongs to; undefined when it is of none, or of one that is gone. */
function ofTask(kernel: Kernel, ino: number): OfTask | undefined {
  if (ino < PER_TASK) return undefined;
  const row = findTask(kernel, Math.floor(ino / PER_TASK) - 1);
  const code = ino % PER_TASK;
  return row === undefined ? undefined : { row, code: code % AS_THREAD, thread: code >= AS_THREAD };
}

const systemPath = (ino: number): string | undefined => SYSTEM_PATHS[ino - FIRST_SYSTEM];

function processFile(kernel: Kernel, { row, code }: OfTask): ProcessFile | undefined {
  if (code === 0) return { kind: "dir", mode: 0o555 };
  if (code >= FIRST_FDINFO) return { kind: "file", mode: 0o400, read: () => value(descriptorInfo(kernel, row, code - FIRST_FDINFO)) };
  if (code >= FIRST_FD) return descriptorFile(kernel, row, code - FIRST_FD);
  if (code >= FIRST_NAMESPACE) return NAMESPACE_FILES[NAMESPACE_NAMES[code - FIRST_NAMESPACE] ?? ""];
  return PROCESS_FILES[PROCESS_NAMES[code - FIRST_FILE] ?? ""];
}

function getattr(kernel: Kernel, ref: Ref): Attributes {
  const { now } = kernel.tx;
  const common = { nlink: 1, size: 0, rdev: [0, 0] as const, atime: now, mtime: now, ctime: now, ino: ref.ino, dev: ref.sb };
  const found = ofTask(kernel, ref.ino);
  if (found !== undefined) {
    const file = processFile(kernel, found);
    const { euid, egid } = found.row.credentials;
    const owner = found.row.dumpable ? { uid: euid, gid: egid } : { uid: 0, gid: 0 };
    return { ...common, kind: file?.kind ?? "file", mode: file?.mode ?? 0, ...owner, nlink: file?.kind === "dir" ? 2 : 1 };
  }
  const root = { uid: 0, gid: 0 };
  if (Object.values(LINKS).includes(ref.ino)) return { ...common, ...root, kind: "symlink", mode: 0o777 };
  const path = systemPath(ref.ino);
  const file = path === undefined ? undefined : SYSTEM_FILES[path];
  return file === undefined ? { ...common, ...root, kind: "dir", mode: 0o555, nlink: 2 } : { ...common, ...root, kind: "file", mode: file.mode };
}

function entry(kernel: Kernel, sb: number, name: string, ino: number): DirectoryEntry {
  return { name, ino, kind: getattr(kernel, { sb, ino }).kind };
}

function taskEntries(kernel: Kernel, dir: Ref, { row, code, thread }: OfTask): Result<readonly DirectoryEntry[]> {
  const base = baseOf(row.id) + (thread ? AS_THREAD : 0);
  const list = (names: readonly string[], first: number): Result<readonly DirectoryEntry[]> =>
    value(names.map((name, i) => entry(kernel, dir.sb, name, base + first + i)));
  if (code === 0) return list(PROCESS_NAMES, FIRST_FILE);
  const name = PROCESS_NAMES[code - FIRST_FILE];
  if (name === "ns") return list(NAMESPACE_NAMES, FIRST_NAMESPACE);
  if (name === "fd" || name === "fdinfo") {
    const first = name === "fd" ? FIRST_FD : FIRST_FDINFO;
    return value(slotsOf(kernel, row.files).map(({ fd }) => entry(kernel, dir.sb, String(fd), base + first + fd)));
  }
  if (name !== "task") return failure("ENOTDIR");
  const shown = namespaceShown(kernel, dir.sb);
  return value(
    tasksBy(kernel, "thread", row.tgid).map((other) => entry(kernel, dir.sb, String(numberIn(other, shown)), baseOf(other.id) + AS_THREAD)),
  );
}

function readdir(kernel: Kernel, dir: Ref): Result<readonly DirectoryEntry[]> {
  if (dir.ino >= PER_TASK) {
    const found = ofTask(kernel, dir.ino);
    return found === undefined ? failure("ENOENT") : taskEntries(kernel, dir, found);
  }
  const own = dir.ino === ROOT_INO ? "" : `${systemPath(dir.ino)}/`;
  const inside = SYSTEM_PATHS.flatMap((path, i) => {
    const name = path.startsWith(own) ? path.slice(own.length) : "";
    return name === "" || name.includes("/") ? [] : [entry(kernel, dir.sb, name, FIRST_SYSTEM + i)];
  });
  if (dir.ino !== ROOT_INO) return value(inside);
  const links = Object.entries(LINKS).map(([name, ino]) => entry(kernel, dir.sb, name, ino));
  const shown = namespaceShown(kernel, dir.sb);
  const numbers = processesIn(kernel, shown).map((row) => [numberIn(row, shown), row.id] as const);
  numbers.sort((a, b) => a[0] - b[0]);
  return value([...links, ...inside, ...numbers.map(([number, id]) => entry(kernel, dir.sb, String(number), baseOf(id)))]);
}

function lookup(kernel: Kernel, dir: Ref, name: string): Result<Ref> {
  const { sb } = dir;
  if (dir.ino === ROOT_INO && /^[1-9]\d*$/.test(name)) {
    const row = findByNumber(kernel, namespaceShown(kernel, sb), Number(name));
    return row === undefined ? failure("ENOENT") : value({ sb, ino: baseOf(row.id) });
  }
  if (dir.ino === ROOT_INO && LINKS[name] !== undefined) return value({ sb, ino: LINKS[name] });
  if (dir.ino < PER_TASK) {
    const path = dir.ino === ROOT_INO ? name : `${systemPath(dir.ino)}/${name}`;
    const at = SYSTEM_PATHS.indexOf(path);
    return at < 0 ? failure("ENOENT") : value({ sb, ino: FIRST_SYSTEM + at });
  }
  const found = readdir(kernel, dir);
  if (!found.ok) return found;
  const ino = found.value.find((candidate) => candidate.name === name)?.ino;
  return ino === undefined ? failure("ENOENT") : value({ sb, ino });
}

function parent(kernel: Kernel, { sb, ino }: Ref): Ref {
  const found = ofTask(kernel, ino);
  if (found === undefined) {
    const above = (systemPath(ino) ?? "").split("/").slice(0, -1).join("/");
    const at = SYSTEM_PATHS.indexOf(above);
    return { sb, ino: at < 0 ? ROOT_INO : FIRST_SYSTEM + at };
  }
  const { row, code, thread } = found;
  if (code !== 0) return { sb, ino: baseOf(row.id) + (thread ? AS_THREAD : 0) };
  return { sb, ino: thread ? baseOf(row.tgid) + FIRST_FILE + PROCESS_NAMES.indexOf("task") : ROOT_INO };
}

/** The reader's own number in the namespace that is shown. */
function self(kernel: Kernel, sb: number): Result<readonly [process: number, thread: number]> {
  const reader = kernel.task === undefined ? undefined : findTask(kernel, kernel.task);
  if (reader === undefined) return failure("ENOENT");
  const shown = namespaceShown(kernel, sb);
  const process = numberIn(taskOf(kernel, reader.tgid), shown);
  return process === 0 ? failure("ENOENT") : value([process, numberIn(reader, shown)]);
}

function readlink(kernel: Kernel, ref: Ref): Result<string> {
  if (ref.ino === MOUNTS) return value("self/mounts");
  if (ref.ino === SELF || ref.ino === THREAD_SELF) {
    const numbers = self(kernel, ref.sb);
    if (!numbers.ok) return numbers;
    const [process, thread] = numbers.value;
    return value(ref.ino === SELF ? String(process) : `${process}/task/${thread}`);
  }
  const found = ofTask(kernel, ref.ino);
  const file = found === undefined ? undefined : processFile(kernel, found);
  if (found === undefined || file?.readlink === undefined) return failure("ENOENT");
  return file.readlink(kernel, namespaceShown(kernel, ref.sb), found.row);
}

function follow(kernel: Kernel, ref: Ref): Result<Path> | undefined {
  const found = ofTask(kernel, ref.ino);
  return found === undefined ? undefined : processFile(kernel, found)?.follow?.(kernel, found.row);
}

function read(kernel: Kernel, ref: Ref, offset: number, length: number): Result<string> {
  const found = ofTask(kernel, ref.ino);
  if (found === undefined && ref.ino >= PER_TASK) return failure("ESRCH");
  const text =
    found === undefined
      ? value(SYSTEM_FILES[systemPath(ref.ino) ?? ""]?.read(kernel) ?? "")
      : processFile(kernel, found)?.read?.(kernel, namespaceShown(kernel, ref.sb), found.row);
  if (text === undefined) return failure("EINVAL");
  return text.ok ? value(text.value.slice(offset, offset + length)) : text;
}

function write(kernel: Kernel, ref: Ref, offset: number, data: string): Result<number> {
  const found = ofTask(kernel, ref.ino);
  if (found !== undefined) return processFile(kernel, found)?.write?.(kernel, found.row, offset, data) ?? failure("EINVAL");
  if (ref.ino >= PER_TASK) return failure("ESRCH");
  return SYSTEM_FILES[systemPath(ref.ino) ?? ""]?.write?.(kernel, data) ?? failure("EINVAL");
}

export const procfs: FileSystemType = {
  name: "proc",
  userMount: true,
  mount,
  getattr,
  peek: getattr,
  lookup,
  parent,
  create: () => failure("ENOENT"),
  link: () => failure("EPERM"),
  unlink: () => failure("EPERM"),
  rmdir: () => failure("EPERM"),
  rename: () => failure("EPERM"),
  readlink,
  follow,
  readdir,
  // Truncating by `>` is no change to a file without content.
  setattr: (_kernel, _ref, change) => (change.size === undefined ? failure("EPERM") : DONE),
  open: () => DONE,
  release: () => undefined,
  read,
  write,
  getxattr: () => failure("EOPNOTSUPP"),
  setxattr: () => failure("EOPNOTSUPP"),
  listxattr: () => [],
  mapped: (_kernel, ref) => ref,
};
