/**
 * Making namespaces anew and joining those of others: the part of clone, unshare and setns that they share.
 *
 * Not modelled: limits of /proc/sys/user/max_*_namespaces.
 *
 * @rule linux.namespace.create
 * @source linux@6.12 kernel/nsproxy.c create_new_namespaces copy_namespaces unshare_nsproxy_namespaces
 */
import { mountNamespaceCopy, mountNamespaceRoot } from "./mnt";
import { memberOf, ROOT } from "../cgroup/tables";
import { mountOf } from "../fs/mount";
import { superblockOf } from "../fs/superblock";
import type { Path } from "../fs/types";
import { birthOfNetwork } from "../net/network";
import { fileOf } from "../process/descriptor";
import { changeTask, heldNamespaces, type TaskNamespaces, type TaskRow, taskOf, tasksBy } from "../process/task";
import { type Credentials, DONE, failure, type Kernel, type Result, value } from "../types";
import { releaseNamespaces } from "./lifetime";
import { findNamespace, IPC_LIMITS, type NamespaceRow, namespaceOf, type NamespaceType, newNamespace } from "./table";
import { freeze, timePart } from "./time";
import { capableIn, createUserNamespace, rightsInside } from "./user";

const MAX_PID_LEVEL = 32;

/** What is made of a task before it is put: for itself, or for its child. */
export interface Prepared {
  readonly credentials: Credentials;
  readonly namespaces: TaskNamespaces;
  readonly fs: TaskRow["fs"];
}

/** A root that is not the root of its mount namespace: the task sits in a chroot. */
function isChrooted(kernel: Kernel, { fs, namespaces }: TaskRow): boolean {
  const root = mountNamespaceRoot(kernel, namespaces.mnt, fs.root);
  const mount = mountOf(kernel, fs.root.mount);
  return root.mount !== fs.root.mount || mount.root.ino !== fs.root.ref.ino || mount.root.sb !== fs.root.ref.sb;
}

/**
 * @rule linux.pidns.create
 * @source linux@6.12 kernel/pid_namespace.c create_pid_namespace
 */
function newPidNamespace(kernel: Kernel, owner: number, parent: NamespaceRow, active: number): Result<number> {
  if (parent.id !== active) return failure("EINVAL");
  if (parent.level + 1 > MAX_PID_LEVEL) return failure("ENOSPC");
  const pid = { init: 0, dead: false, last: 0 };
  return value(newNamespace(kernel, { type: "pid", level: parent.level + 1, parent: parent.id, owner, pid }).id);
}

/** In the order of create_new_namespaces; it is seen in their numbers. */
const MAKE_ORDER: readonly Exclude<NamespaceType, "user">[] = ["mnt", "uts", "ipc", "pid", "cgroup", "net", "time"];

/** New namespaces of the types asked for; nothing is changed when one is refused. */
export function prepare(kernel: Kernel, task: TaskRow, types: readonly NamespaceType[]): Result<Prepared> {
  let { credentials, namespaces, fs } = task;
  if (types.includes("user")) {
    const made = createUserNamespace(kernel, credentials, isChrooted(kernel, task));
    if (!made.ok) return made;
    credentials = made.value;
  }
  const others = MAKE_ORDER.filter((type) => types.includes(type));
  if (others.length === 0) return value({ credentials, namespaces, fs });
  const owner = credentials.userNamespace;
  if (!capableIn(kernel, credentials, owner, "SYS_ADMIN")) return failure("EPERM");
  for (const type of others) {
    if (type === "pid") {
      const made = newPidNamespace(kernel, owner, namespaceOf(kernel, namespaces.pidForChildren), namespaces.pid);
      if (!made.ok) return made;
      namespaces = { ...namespaces, pidForChildren: made.value };
    } else if (type === "mnt") {
      const copy = mountNamespaceCopy(kernel, namespaces.mnt, owner, [fs.root, fs.cwd]);
      namespaces = { ...namespaces, mnt: copy.id };
      fs = { ...fs, root: copy.paths[0] ?? fs.root, cwd: copy.paths[1] ?? fs.cwd };
    } else if (type === "time") {
      namespaces = { ...namespaces, timeForChildren: copyTime(kernel, owner, namespaces.time) };
    } else namespaces = { ...namespaces, [type]: copyOf(kernel, type, owner, namespaces[type], task.id) };
  }
  return value({ credentials, namespaces, fs });
}

function copyTime(kernel: Kernel, owner: number, from: number): number {
  const time = { ...timePart(namespaceOf(kernel, from)), frozen: false };
  return newNamespace(kernel, { type: "time", level: 0, parent: 0, owner, time }).id;
}

/** A copy, or something empty, by type. */
function copyOf(kernel: Kernel, type: "uts" | "ipc" | "net" | "cgroup", owner: number, from: number, task: number): number {
  const common = { type, level: 0, parent: 0, owner };
  const { uts } = namespaceOf(kernel, from);
  if (type === "uts") return newNamespace(kernel, { ...common, ...(uts === undefined ? {} : { uts }) }).id;
  if (type === "ipc") return newNamespace(kernel, { ...common, ipc: { sysctl: IPC_LIMITS } }).id;
  if (type === "cgroup") return newNamespace(kernel, { ...common, cgroup: { root: memberOf(kernel, task)?.cgroup ?? ROOT } }).id;
  const made = newNamespace(kernel, common).id;
  birthOfNetwork(kernel, made);
  return made;
}

/** Changes a task to what was prepared; what it held before may end. */
export function adopt(kernel: Kernel, id: number, prepared: Prepared): void {
  const before = taskOf(kernel, id);
  const after = changeTask(kernel, id, prepared);
  const held = heldNamespaces(after);
  releaseNamespaces(
    kernel,
    heldNamespaces(before).filter((namespace) => !held.includes(namespace)),
  );
}

/**
 * @rule linux.namespace.unshare
 * @source linux@6.12 kernel/fork.c ksys_unshare
 */
export function unshare(kernel: Kernel, id: number, types: readonly NamespaceType[]): Result<true> {
  const row = taskOf(kernel, id);
  if (types.includes("user") && tasksBy(kernel, "thread", row.tgid).length > 1) return failure("EINVAL");
  const prepared = prepare(kernel, row, types);
  if (!prepared.ok) return prepared;
  adopt(kernel, id, prepared.value);
  kernel.tx.fired("linux.namespace.unshare", `${kernel.machine}/${id}`);
  return DONE;
}

/** Whether a pid namespace is, or lies below, another. */
function isWithin(kernel: Kernel, id: number, ancestor: number): boolean {
  for (let at = findNamespace(kernel, id); at !== undefined; at = findNamespace(kernel, at.parent)) if (at.id === ancestor) return true;
  return false;
}

/** Joins one namespace, on top of what was prepared so far. */
function join(kernel: Kernel, task: TaskRow, at: Prepared, target: NamespaceRow): Result<Prepared> {
  const { credentials, namespaces } = at;
  if (target.type === "user") return joinUser(kernel, task, at, target);
  const allowed = capableIn(kernel, credentials, target.owner, "SYS_ADMIN");
  const own = capableIn(kernel, credentials, credentials.userNamespace, "SYS_ADMIN");
  switch (target.type) {
    case "pid":
      if (!allowed || !own) return failure("EPERM");
      // Only down: a child can be made where its parent can see it.
      return isWithin(kernel, target.id, namespaces.pid)
        ? value({ ...at, namespaces: { ...namespaces, pidForChildren: target.id } })
        : failure("EINVAL");
    case "mnt": {
      if (!allowed || !own || !capableIn(kernel, credentials, credentials.userNamespace, "SYS_CHROOT")) return failure("EPERM");
      const root: Path = mountNamespaceRoot(kernel, target.id, at.fs.root);
      return value({ ...at, namespaces: { ...namespaces, mnt: target.id }, fs: { ...at.fs, root, cwd: root } });
    }
    case "time":
      if (tasksBy(kernel, "thread", task.tgid).length > 1) return failure("EUSERS");
      if (!allowed || !own) return failure("EPERM");
      freeze(kernel, target.id);
      return value({ ...at, namespaces: { ...namespaces, time: target.id, timeForChildren: target.id } });
    default:
      return allowed && own ? value({ ...at, namespaces: { ...namespaces, [target.type]: target.id } }) : failure("EPERM");
  }
}

/**
 * Who joins a user namespace has all capabilities in it; one cannot join one's own again to get them back.
 *
 * @rule linux.userns.join
 * @source linux@6.12 kernel/user_namespace.c userns_install
 */
function joinUser(kernel: Kernel, task: TaskRow, at: Prepared, target: NamespaceRow): Result<Prepared> {
  if (target.id === at.credentials.userNamespace) return failure("EINVAL");
  if (tasksBy(kernel, "thread", task.tgid).length > 1) return failure("EINVAL");
  if (!capableIn(kernel, at.credentials, target.id, "SYS_ADMIN")) return failure("EPERM");
  return value({ ...at, credentials: rightsInside(at.credentials, target.id) });
}

/** The order in which several are joined: the user namespace first, since it gives the rights for the others. */
const JOIN_ORDER: readonly NamespaceType[] = ["user", "mnt", "uts", "ipc", "pid", "cgroup", "net", "time"];

export const namespaceIn = (row: TaskRow, type: NamespaceType): number =>
  type === "user" ? row.credentials.userNamespace : type === "pid" ? (row.numbers.at(-1)?.[0] ?? 0) : row.namespaces[type];

/**
 * Joins the namespace an open file is, or those of the process that a pidfd is.
 *
 * @rule linux.namespace.setns
 * @source linux@6.12 kernel/nsproxy.c SYSCALL_DEFINE2(setns) validate_nsset
 */
export function setns(kernel: Kernel, id: number, fd: number, types: readonly NamespaceType[]): Result<true> {
  const file = fileOf(kernel, id, fd);
  if (!file.ok) return file;
  const row = taskOf(kernel, id);
  let at: Prepared = { credentials: row.credentials, namespaces: row.namespaces, fs: row.fs };
  const wanted = targets(kernel, file.value, types);
  if (wanted.length === 0) return failure("EINVAL");
  for (const target of wanted) {
    if (target === undefined) return failure("EINVAL");
    const joined = join(kernel, row, at, target);
    if (!joined.ok) return joined;
    at = joined.value;
  }
  adopt(kernel, id, at);
  kernel.tx.fired("linux.namespace.setns", `${kernel.machine}/${id}`);
  return DONE;
}

function targets(
  kernel: Kernel,
  file: { readonly process?: number; readonly path: Path },
  types: readonly NamespaceType[],
): readonly (NamespaceRow | undefined)[] {
  if (file.process !== undefined) {
    const process = taskOf(kernel, file.process);
    return JOIN_ORDER.filter((type) => types.includes(type)).map((type) => findNamespace(kernel, namespaceIn(process, type)));
  }
  const found = namespaceAt(kernel, file.path);
  const fits = found !== undefined && (types.length === 0 || (types.length === 1 && types[0] === found.type));
  return [fits ? found : undefined];
}

/** The namespace whose file a place is. */
export function namespaceAt(kernel: Kernel, { ref }: Path): NamespaceRow | undefined {
  const row = findNamespace(kernel, ref.ino);
  return row !== undefined && isNsfs(kernel, ref.sb) ? row : undefined;
}

const isNsfs = (kernel: Kernel, sb: number): boolean => superblockOf(kernel, sb).type === "nsfs";
