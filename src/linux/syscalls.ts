/**
 * The one door of the kernel: every system call by name, as a function of (kernel, calling task, arguments). Programs see the same calls
 * without the first two arguments, and never see them wait.
 */
import { startBurst } from "./cgroup/cpu-scheduler";
import { burstTable } from "./cgroup/cpu-table";
import { cpusAllowed } from "./cgroup/cpuset";
import { memberOf, ROOT } from "./cgroup/tables";
import { effectiveGroup } from "./cgroup/tree";
import * as names from "./fs/calls";
import * as files from "./fs/file-calls";
import { resolve } from "./fs/namei";
import { EXECUTE, mayAccess } from "./fs/permission";
import { pathOf } from "./fs/path-of";
import { statOf } from "./fs/stat";
import { type FileSystemStatus, statusOf } from "./fs/statfs";
import { typeOf } from "./fs/superblock";
import type { AttributeChange, Attributes, NewNode, Path, RenameFlags } from "./fs/types";
import { type NewTime, setTimes } from "./fs/utimes";
import { namespaceAt, setns, unshare } from "./namespace/enter";
import { mount, pivotRoot, umount } from "./namespace/mnt";
import { netCalls } from "./net/calls";
import { INITIAL, NAMESPACE_TYPES, namespaceOf, type NamespaceType, putNamespace } from "./namespace/table";
import { timePart } from "./namespace/time";
import { capableIn, idOutside, shownId } from "./namespace/user";
import * as descriptors from "./process/descriptor";
import { setForeground, setModes, takeTerminal, type TerminalModes, terminalOf } from "./process/device";
import { takeSignals } from "./process/deliver";
import * as io from "./process/file-io";
import * as ids from "./process/ids";
import { mmap } from "./process/memory";
import { getpriority, setpriority } from "./process/priority";
import { prctl, setpgid, setsid } from "./process/session";
import { groupByNumber, kill, numberOfId } from "./process/signal";
import type { SignalName } from "./process/signal-names";
import { openProcess, type Spawned, type SpawnOptions } from "./process/spawn";
import { changeTask, type Disposition, findByNumber, leaderOf, taskOf, viewOf } from "./process/task";
import { wait4 } from "./process/wait";
import { callBegan, findRun } from "./process/wake";
import { DONE, EPOCH, failure, type Failure, type Kernel, type Outcome, type Result, value, type Blocked } from "./types";
import * as ipc from "./ipc/objects";

const view = (kernel: Kernel, task: number) => viewOf(kernel, taskOf(kernel, task));

/** Attributes with the owner as the caller's user namespace names it. */
function shown(kernel: Kernel, task: number, found: Result<Path>): Result<Attributes> {
  if (!found.ok) return found;
  const { userNamespace } = taskOf(kernel, task).credentials;
  const attributes = statOf(kernel, found.value.ref);
  const { uid, gid } = attributes;
  return value({ ...attributes, uid: shownId(kernel, userNamespace, "uids", uid), gid: shownId(kernel, userNamespace, "gids", gid) });
}

/** Owners to be set, as ids of the initial namespace. EINVAL for an id that has no meaning here. */
function owners(kernel: Kernel, task: number, uid: number, gid: number): Result<AttributeChange> {
  const { userNamespace } = taskOf(kernel, task).credentials;
  const user = uid === -1 ? undefined : idOutside(kernel, userNamespace, "uids", uid);
  const group = gid === -1 ? undefined : idOutside(kernel, userNamespace, "gids", gid);
  if ((uid !== -1 && user === undefined) || (gid !== -1 && group === undefined)) return failure("EINVAL");
  return value({ ...(user === undefined ? {} : { uid: user }), ...(group === undefined ? {} : { gid: group }) });
}

function change(kernel: Kernel, task: number, path: string, follow: boolean, what: Result<AttributeChange>): Result<true> {
  if (!what.ok) return what;
  const found = resolve(kernel, view(kernel, task), path, follow);
  return found.ok ? files.setAttributes(kernel, view(kernel, task), found.value, what.value) : found;
}

function changeOpen(kernel: Kernel, task: number, fd: number, what: Result<AttributeChange>): Result<true> {
  if (!what.ok) return what;
  const file = descriptors.fileOf(kernel, task, fd);
  return file.ok ? files.setAttributes(kernel, view(kernel, task), file.value.path, what.value) : file;
}

function enter(kernel: Kernel, task: number, place: Result<Path>, as: "cwd" | "root"): Result<true> {
  if (!place.ok) return place;
  const row = taskOf(kernel, task);
  if (typeOf(kernel, place.value.ref.sb).getattr(kernel, place.value.ref).kind !== "dir") return failure("ENOTDIR");
  const may = mayAccess(kernel, row.credentials, place.value.ref, EXECUTE);
  if (!may.ok) return may;
  if (as === "root" && !capableIn(kernel, row.credentials, row.credentials.userNamespace, "SYS_CHROOT")) return failure("EPERM");
  changeTask(kernel, task, { fs: { ...row.fs, [as]: place.value } });
  return DONE;
}

function openPlace(kernel: Kernel, task: number, fd: number): Result<Path> {
  const file = descriptors.fileOf(kernel, task, fd);
  return file.ok ? value(file.value.path) : file;
}

/** Until a time after the call began. */
function sleep(kernel: Kernel, task: number, micros: number): Outcome<true> {
  const until = callBegan(kernel, task) + micros;
  return kernel.tx.now >= until ? DONE : { blocked: { queues: [], until } };
}

/** Wants the processor for so long; goes on when it had it. */
function burn(kernel: Kernel, task: number, micros: number): Outcome<true> {
  const wanted = kernel.tx.read(burstTable).has(`${kernel.machine}/${task}`);
  if (!wanted && (micros <= 0 || findRun(kernel, task)?.since !== undefined)) return DONE;
  if (!wanted) startBurst(kernel, task, micros, taskOf(kernel, task).nice);
  return { blocked: { queues: [`cpu/${task}`] } };
}

/** The processors that a process of the caller's namespace may run on; 0 is the caller. */
function schedGetaffinity(kernel: Kernel, task: number, pid: number): Result<readonly number[]> {
  const id = pid === 0 ? task : findByNumber(kernel, taskOf(kernel, task).namespaces.pid, pid)?.id;
  if (id === undefined) return failure("ESRCH");
  return value(cpusAllowed(kernel, effectiveGroup(kernel, memberOf(kernel, id)?.cgroup ?? ROOT, "cpuset")));
}

function setName(kernel: Kernel, task: number, part: "nodename" | "domainname", name: string): Result<true> {
  const { credentials, namespaces } = taskOf(kernel, task);
  const row = namespaceOf(kernel, namespaces.uts);
  if (!capableIn(kernel, credentials, row.owner, "SYS_ADMIN")) return failure("EPERM");
  if (name.length > 64) return failure("EINVAL");
  putNamespace(kernel, { ...row, uts: { nodename: "", domainname: "(none)", ...row.uts, [part]: name } });
  return DONE;
}

function uname(kernel: Kernel, task: number) {
  const { uts } = namespaceOf(kernel, taskOf(kernel, task).namespaces.uts);
  const { nodename, domainname } = uts ?? { nodename: "", domainname: "" };
  return value({ sysname: "Linux", nodename, release: "6.12.0", version: "#1 SMP PREEMPT_DYNAMIC", machine: "x86_64", domainname });
}

/** Microseconds of a clock, as the caller's time namespace shows it. */
function clock(kernel: Kernel, task: number, which: "realtime" | "monotonic" | "boottime"): Result<number> {
  if (which === "realtime") return value(EPOCH + kernel.tx.now);
  const { seconds, nanos } = timePart(namespaceOf(kernel, taskOf(kernel, task).namespaces.time))[which];
  return value(kernel.tx.now + seconds * 1e6 + Math.floor(nanos / 1000));
}

function sigaction(kernel: Kernel, task: number, signal: SignalName, to: Disposition | "default"): Result<Disposition | "default"> {
  if (signal === "KILL" || signal === "STOP") return failure("EINVAL");
  const row = leaderOf(kernel, task);
  const { [signal]: was, ...others } = row.dispositions;
  const pending = to === "ignore" ? row.pending.filter((name) => name !== signal) : row.pending;
  changeTask(kernel, row.id, { pending, dispositions: to === "default" ? others : { ...others, [signal]: to } });
  return value(was ?? "default");
}

function sigprocmask(kernel: Kernel, task: number, how: "block" | "unblock" | "set", signals: readonly SignalName[]): Result<readonly SignalName[]> {
  const row = leaderOf(kernel, task);
  const others = row.blocked.filter((name) => !signals.includes(name));
  const blocked = how === "unblock" ? others : how === "block" ? [...others, ...signals] : [...signals];
  changeTask(kernel, row.id, { blocked: blocked.filter((name) => name !== "KILL" && name !== "STOP") });
  return value(row.blocked);
}

function pidfdOpen(kernel: Kernel, task: number, pid: number): Result<number> {
  const found = findByNumber(kernel, taskOf(kernel, task).namespaces.pid, pid);
  return found === undefined ? failure("ESRCH") : openProcess(kernel, task, found.tgid);
}

function tcsetpgrp(kernel: Kernel, task: number, fd: number, group: number): Result<true> {
  const file = descriptors.fileOf(kernel, task, fd);
  if (!file.ok) return file;
  const terminal = terminalOf(kernel, task, file.value);
  if (terminal === undefined) return failure("ENOTTY");
  const id = groupByNumber(kernel, taskOf(kernel, task).namespaces.pid, group);
  return id === undefined ? failure("ESRCH") : setForeground(kernel, task, terminal, id);
}

/** The terminal behind a descriptor: its size, and whose keys it takes. */
function terminal(kernel: Kernel, task: number, fd: number) {
  const file = descriptors.fileOf(kernel, task, fd);
  if (!file.ok) return file;
  const found = terminalOf(kernel, task, file.value);
  if (found === undefined) return failure("ENOTTY");
  const { columns, rows, foreground, id, echo, canonical, signals, mapReturn } = found;
  const group = numberOfId(kernel, taskOf(kernel, task).namespaces.pid, foreground);
  return value({ name: `/dev/pts/${id - 1}`, columns, rows, foreground: group, modes: { echo, canonical, signals, mapReturn } });
}

function tcsetattr(kernel: Kernel, task: number, fd: number, modes: Partial<TerminalModes>): Result<true> {
  const file = descriptors.fileOf(kernel, task, fd);
  if (!file.ok) return file;
  const found = terminalOf(kernel, task, file.value);
  return found === undefined ? failure("ENOTTY") : setModes(kernel, found, modes);
}

/** The types of namespace in which the caller stands apart from the first process of the machine. No call of the real kernel: a prompt shows it. */
function apart(kernel: Kernel, task: number): Result<readonly NamespaceType[]> {
  const { namespaces } = taskOf(kernel, task);
  const own = { ...namespaces, user: taskOf(kernel, task).credentials.userNamespace };
  return value(NAMESPACE_TYPES.filter((type) => own[type] !== INITIAL[type]));
}

/**
 * What a namespace's open file tells: its own number and type, who owns it, and what it is nested in; as far as the caller may know.
 *
 * @rule linux.namespace.ioctl
 * @source linux@6.12 fs/nsfs.c ns_ioctl kernel/user_namespace.c ns_get_owner kernel/pid_namespace.c pidns_get_parent
 */
function namespaceInfo(kernel: Kernel, task: number, fd: number) {
  const file = descriptors.fileOf(kernel, task, fd);
  if (!file.ok) return file;
  const row = namespaceAt(kernel, file.value.path);
  if (row === undefined) return failure("ENOTTY");
  const { credentials, namespaces } = taskOf(kernel, task);
  const within = (id: number, ancestor: number): boolean => id !== 0 && (id === ancestor || within(namespaceOf(kernel, id).parent, ancestor));
  const owner = within(row.owner, credentials.userNamespace) ? row.owner : 0;
  const parent = row.type === "user" ? owner : row.type === "pid" && within(row.parent, namespaces.pid) ? row.parent : 0;
  return value({ id: row.id, type: row.type, owner, parent });
}

function controlTerminal(kernel: Kernel, task: number, fd: number): Result<true> {
  const file = descriptors.fileOf(kernel, task, fd);
  if (!file.ok) return file;
  const found = terminalOf(kernel, task, file.value);
  return found === undefined ? failure("ENOTTY") : takeTerminal(kernel, task, found.id);
}

/** Numbers of the caller and its relations, in its own pid namespace. */
function identity(kernel: Kernel, task: number) {
  const row = taskOf(kernel, task);
  const { pid } = row.namespaces;
  const of = (id: number): number => numberOfId(kernel, pid, id);
  return value({ pid: of(row.tgid), tid: of(row.id), ppid: row.parent === 0 ? 0 : of(row.parent), group: of(row.group), session: of(row.session) });
}

export const CALLS = {
  // Files by name.
  open: io.open,
  stat: (kernel: Kernel, task: number, path: string) => shown(kernel, task, resolve(kernel, view(kernel, task), path, true)),
  lstat: (kernel: Kernel, task: number, path: string) => shown(kernel, task, resolve(kernel, view(kernel, task), path, false)),
  statfs: (kernel: Kernel, task: number, path: string): Result<FileSystemStatus> => {
    const found = resolve(kernel, view(kernel, task), path, true);
    return found.ok ? value(statusOf(kernel, found.value.ref)) : found;
  },
  readlink: (kernel: Kernel, task: number, path: string) => files.readlink(kernel, view(kernel, task), path),
  access: (kernel: Kernel, task: number, path: string, wanted: number): Result<true> => {
    const found = resolve(kernel, view(kernel, task), path, true);
    return found.ok ? mayAccess(kernel, taskOf(kernel, task).credentials, found.value.ref, wanted) : found;
  },
  mkdir: (kernel: Kernel, task: number, path: string, mode: number) => names.mkdir(kernel, view(kernel, task), path, mode),
  mknod: (kernel: Kernel, task: number, path: string, node: Pick<NewNode, "kind" | "mode" | "rdev">) =>
    names.mknod(kernel, view(kernel, task), path, node),
  symlink: (kernel: Kernel, task: number, target: string, path: string) => names.symlink(kernel, view(kernel, task), target, path),
  link: (kernel: Kernel, task: number, from: string, to: string, follow = false) => names.link(kernel, view(kernel, task), from, to, follow),
  unlink: (kernel: Kernel, task: number, path: string) => names.unlink(kernel, view(kernel, task), path),
  rmdir: (kernel: Kernel, task: number, path: string) => names.rmdir(kernel, view(kernel, task), path),
  rename: (kernel: Kernel, task: number, from: string, to: string, flags: RenameFlags = {}) =>
    names.rename(kernel, view(kernel, task), from, to, flags),
  chmod: (kernel: Kernel, task: number, path: string, mode: number) => change(kernel, task, path, true, value({ mode: mode & 0o7777 })),
  chown: (kernel: Kernel, task: number, path: string, uid: number, gid: number) => change(kernel, task, path, true, owners(kernel, task, uid, gid)),
  lchown: (kernel: Kernel, task: number, path: string, uid: number, gid: number) => change(kernel, task, path, false, owners(kernel, task, uid, gid)),
  utimens: (kernel: Kernel, task: number, path: string, access: NewTime, modification: NewTime, follow = true): Result<true> => {
    const found = resolve(kernel, view(kernel, task), path, follow);
    return found.ok ? setTimes(kernel, view(kernel, task), found.value, access, modification) : found;
  },
  truncate: (kernel: Kernel, task: number, path: string, size: number) => files.truncate(kernel, view(kernel, task), path, size),
  setxattr: (kernel: Kernel, task: number, path: string, name: string, data: string) => files.setxattr(kernel, view(kernel, task), path, name, data),
  removexattr: (kernel: Kernel, task: number, path: string, name: string) => files.setxattr(kernel, view(kernel, task), path, name, undefined),
  getxattr: (kernel: Kernel, task: number, path: string, name: string) => files.getxattr(kernel, view(kernel, task), path, name),
  listxattr: (kernel: Kernel, task: number, path: string): Result<readonly string[]> => {
    const found = resolve(kernel, view(kernel, task), path, true);
    return found.ok ? value(typeOf(kernel, found.value.ref.sb).listxattr(kernel, found.value.ref)) : found;
  },
  chdir: (kernel: Kernel, task: number, path: string) => enter(kernel, task, resolve(kernel, view(kernel, task), path, true), "cwd"),
  fchdir: (kernel: Kernel, task: number, fd: number) => enter(kernel, task, openPlace(kernel, task, fd), "cwd"),
  chroot: (kernel: Kernel, task: number, path: string) => enter(kernel, task, resolve(kernel, view(kernel, task), path, true), "root"),
  getcwd: (kernel: Kernel, task: number): Result<string> => {
    const { root, cwd } = taskOf(kernel, task).fs;
    const path = pathOf(kernel, cwd, root);
    return path === undefined ? failure("ENOENT") : value(path);
  },
  umask: (kernel: Kernel, task: number, umask: number): Result<number> => {
    const { fs } = taskOf(kernel, task);
    changeTask(kernel, task, { fs: { ...fs, umask: umask & 0o777 } });
    return value(fs.umask);
  },
  mount,
  umount,
  pivotRoot,
  // Files by descriptor.
  read: io.read,
  write: io.write,
  pread: io.pread,
  pwrite: io.pwrite,
  lseek: io.lseek,
  fstat: (kernel: Kernel, task: number, fd: number) => shown(kernel, task, openPlace(kernel, task, fd)),
  fchmod: (kernel: Kernel, task: number, fd: number, mode: number) => changeOpen(kernel, task, fd, value({ mode: mode & 0o7777 })),
  fchown: (kernel: Kernel, task: number, fd: number, uid: number, gid: number) => changeOpen(kernel, task, fd, owners(kernel, task, uid, gid)),
  ftruncate: io.ftruncate,
  readdir: io.readdir,
  close: descriptors.close,
  dup: (kernel: Kernel, task: number, fd: number, from = 0, cloexec = false) => descriptors.duplicate(kernel, task, fd, from, cloexec),
  dup2: (kernel: Kernel, task: number, fd: number, to: number, cloexec = false) => descriptors.duplicateTo(kernel, task, fd, to, cloexec),
  cloexec: descriptors.setCloexec,
  pipe: (kernel: Kernel, task: number, cloexec = false) => io.pipe(kernel, task, cloexec),
  terminal,
  controlTerminal,
  tcsetpgrp,
  tcsetattr,
  // Processes.
  wait4,
  identity,
  setpgid,
  setsid,
  kill,
  sigaction,
  sigprocmask,
  takeSignals: (kernel: Kernel, task: number) => value(takeSignals(kernel, task)),
  pause: (): Blocked => ({ blocked: { queues: [] } }),
  sleep,
  prctl,
  pidfdOpen,
  cpu: burn,
  mmap,
  getpriority,
  setpriority,
  schedGetaffinity,
  // Identity and rights.
  credentials: (kernel: Kernel, task: number) => value(ids.shownCredentials(kernel, task)),
  setuid: ids.setuid,
  setresuid: ids.setresuid,
  setgid: ids.setgid,
  setresgid: ids.setresgid,
  setgroups: ids.setgroups,
  capset: ids.capset,
  // Namespaces.
  unshare,
  setns,
  namespaceInfo,
  apart,
  uname,
  sethostname: (kernel: Kernel, task: number, name: string) => setName(kernel, task, "nodename", name),
  setdomainname: (kernel: Kernel, task: number, name: string) => setName(kernel, task, "domainname", name),
  clock,
  ...ipc.ipcCalls,
  ...netCalls,
} as const;

export type CallName = keyof typeof CALLS;

/** A call as a program makes it. */
type AsSeen<Call> = Call extends (kernel: Kernel, task: number, ...args: infer Args) => infer Answer
  ? (...args: Args) => Exclude<Answer, Blocked>
  : never;

export type SystemCalls = { readonly [Name in CallName]: AsSeen<(typeof CALLS)[Name]> } & {
  /** A child; it runs what is named, from the state given. */
  spawn(options: SpawnOptions): Result<Spawned>;
  /** Does not come back unless it fails. */
  exec(path: string, argv: readonly string[], env: Readonly<Record<string, string>>): Failure;
  exit(status: number): never;
};
