/**
 * System calls that change the tree of names. Each checks in the order in which the kernel does, so that of several reasons to refuse the
 * right one is named.
 *
 * @rule linux.vfs.names
 * @source linux@6.12 fs/namei.c do_mkdirat do_unlinkat do_rmdir do_renameat2 do_linkat do_symlinkat
 */
import { DONE, failure, type Kernel, type Result, value } from "../types";
import { isReadOnly } from "./mount";
import { kindOf, type LastPart, lookupIn, resolve, resolveParent } from "./namei";
import { mayAccess, mayCreate, mayDelete, WRITE, capable } from "./permission";
import { idInside } from "../namespace/user";
import { peek, sameFile, type Seen, superblockOf, typeOf } from "./superblock";
import type { NewNode, Path, Ref, RenameFlags, TaskView } from "./types";

const sameInode = (a: Path, b: Path): boolean => a.ref.ino === b.ref.ino && a.ref.sb === b.ref.sb;

/** A name that is still free, in a directory where it may be put. */
function freeName(kernel: Kernel, task: TaskView, path: string, directory: boolean): Result<LastPart> {
  const last = resolveParent(kernel, task, path);
  if (!last.ok) return last;
  const { parent, name, kind, slash } = last.value;
  if (kind !== "name") return failure("EEXIST");
  const found = lookupIn(kernel, parent, name);
  if (found.ok) return failure("EEXIST");
  if (found.errno !== "ENOENT") return found;
  if (slash && !directory) return failure("ENOENT");
  return isReadOnly(kernel, parent) ? failure("EROFS") : last;
}

/**
 * Whether who makes a file has a name in the user namespace that the file system was mounted in.
 *
 * @rule linux.vfs.owner-mapped
 * @source linux@6.12 fs/namei.c may_create fsuidgid_has_mapping
 */
function isNamed(kernel: Kernel, { fsuid, fsgid }: TaskView["credentials"], { sb }: Ref): boolean {
  const { owner } = superblockOf(kernel, sb);
  return owner === undefined || (idInside(kernel, owner, "uids", fsuid) !== undefined && idInside(kernel, owner, "gids", fsgid) !== undefined);
}

function make(kernel: Kernel, task: TaskView, { parent, seen, name }: LastPart, node: Omit<NewNode, "uid" | "gid">): Result<Path> {
  const { credentials } = task;
  const may = mayCreate(kernel, credentials, parent.ref, seen);
  if (!may.ok) return may;
  if (!isNamed(kernel, credentials, parent.ref)) return failure("EOVERFLOW");
  const made = typeOf(kernel, parent.ref.sb).create(kernel, parent.ref, name, {
    kind: node.kind,
    mode: node.mode,
    uid: credentials.fsuid,
    gid: credentials.fsgid,
    rdev: node.rdev,
    target: node.target,
    data: node.data,
  });
  return made.ok ? value({ mount: parent.mount, ref: made.value }) : made;
}

export function mkdir(kernel: Kernel, task: TaskView, path: string, mode: number): Result<true> {
  const last = freeName(kernel, task, path, true);
  if (!last.ok) return last;
  const made = make(kernel, task, last.value, { kind: "dir", mode: mode & 0o1777 & ~task.umask });
  return made.ok ? DONE : made;
}

export function mknod(kernel: Kernel, task: TaskView, path: string, node: Pick<NewNode, "kind" | "mode" | "rdev" | "data">): Result<true> {
  const last = freeName(kernel, task, path, false);
  if (!last.ok) return last;
  const may = mayCreate(kernel, task.credentials, last.value.parent.ref, last.value.seen);
  if (!may.ok) return may;
  const device = node.kind === "char" || node.kind === "block";
  const whiteout = node.kind === "char" && node.rdev?.[0] === 0 && node.rdev[1] === 0;
  if (device && !whiteout && !capable(task.credentials, "MKNOD")) return failure("EPERM");
  const made = make(kernel, task, last.value, { ...node, mode: node.mode & 0o7777 & ~task.umask });
  return made.ok ? DONE : made;
}

/** Makes a file that is opened at once. */
export const makeFile = (kernel: Kernel, task: TaskView, last: LastPart, mode: number): Result<Path> =>
  make(kernel, task, last, { kind: "file", mode: mode & 0o7777 & ~task.umask });

export function symlink(kernel: Kernel, task: TaskView, target: string, path: string): Result<true> {
  if (target === "") return failure("ENOENT");
  const last = freeName(kernel, task, path, false);
  if (!last.ok) return last;
  const made = make(kernel, task, last.value, { kind: "symlink", mode: 0o777, target });
  return made.ok ? DONE : made;
}

export function link(kernel: Kernel, task: TaskView, from: string | Path, to: string, follow = false): Result<true> {
  const old = typeof from === "string" ? resolve(kernel, task, from, follow) : value(from);
  if (!old.ok) return old;
  const last = freeName(kernel, task, to, false);
  if (!last.ok) return last;
  const { parent, seen, name } = last.value;
  const { mount, ref } = old.value;
  if (mount !== parent.mount) return failure("EXDEV");
  const may = mayCreate(kernel, task.credentials, parent.ref, seen);
  if (!may.ok) return may;
  const attributes = typeOf(kernel, ref.sb).getattr(kernel, ref);
  if (attributes.kind === "dir") return failure("EPERM");
  if (attributes.nlink === 0 && attributes.linkable !== true) return failure("ENOENT");
  return typeOf(kernel, parent.ref.sb).link(kernel, ref, parent.ref, name);
}

export function unlink(kernel: Kernel, task: TaskView, path: string): Result<true> {
  const last = resolveParent(kernel, task, path);
  if (!last.ok) return last;
  const { parent, name, kind, slash } = last.value;
  if (kind !== "name") return failure("EISDIR");
  if (isReadOnly(kernel, parent)) return failure("EROFS");
  const found = lookupIn(kernel, parent, name);
  if (!found.ok) return found;
  const type = typeOf(kernel, parent.ref.sb);
  const victim = peek(kernel, found.value.ref);
  if (slash) return failure(victim.kind === "dir" ? "EISDIR" : "ENOTDIR");
  const may = mayDelete(kernel, task.credentials, parent.ref, last.value.seen, victim, false);
  if (!may.ok) return may;
  if (found.value.mount !== parent.mount) return failure("EBUSY");
  return type.unlink(kernel, parent.ref, name);
}

export function rmdir(kernel: Kernel, task: TaskView, path: string): Result<true> {
  const last = resolveParent(kernel, task, path);
  if (!last.ok) return last;
  const { parent, name, kind } = last.value;
  if (kind === "dotdot") return failure("ENOTEMPTY");
  if (kind === "dot") return failure("EINVAL");
  if (kind === "root") return failure("EBUSY");
  if (isReadOnly(kernel, parent)) return failure("EROFS");
  const found = lookupIn(kernel, parent, name);
  if (!found.ok) return found;
  const victim = peek(kernel, found.value.ref);
  const may = mayDelete(kernel, task.credentials, parent.ref, last.value.seen, victim, true);
  if (!may.ok) return may;
  if (found.value.mount !== parent.mount) return failure("EBUSY");
  return typeOf(kernel, parent.ref.sb).rmdir(kernel, parent.ref, name);
}

/** Whether `inner` is, or is in, the directory `name` of `outer`; undefined when it is not below `outer` at all. */
function wayDown(kernel: Kernel, outer: Path, inner: Path): Path | undefined {
  if (sameInode(outer, inner)) return undefined;
  let at = inner;
  for (;;) {
    const type = typeOf(kernel, at.ref.sb);
    const up = type.parent(kernel, at.ref);
    if (up.ino === at.ref.ino) return undefined;
    if (up.ino === outer.ref.ino && up.sb === outer.ref.sb) return at;
    at = { mount: at.mount, ref: up };
  }
}

export function rename(kernel: Kernel, task: TaskView, from: string, to: string, flags: RenameFlags = {}): Result<true> {
  if ((flags.noReplace === true || flags.whiteout === true) && flags.exchange === true) return failure("EINVAL");
  const oldLast = resolveParent(kernel, task, from);
  if (!oldLast.ok) return oldLast;
  const newLast = resolveParent(kernel, task, to);
  if (!newLast.ok) return newLast;
  const [a, b] = [oldLast.value, newLast.value];
  if (a.parent.mount !== b.parent.mount) return failure("EXDEV");
  if (a.kind !== "name") return failure("EBUSY");
  if (b.kind !== "name") return failure(flags.noReplace === true ? "EEXIST" : "EBUSY");
  if (isReadOnly(kernel, a.parent)) return failure("EROFS");
  const old = lookupIn(kernel, a.parent, a.name);
  if (!old.ok) return old;
  const target = lookupIn(kernel, b.parent, b.name);
  if (!target.ok && target.errno !== "ENOENT") return target;
  if (target.ok && flags.noReplace === true) return failure("EEXIST");
  const isDirectory = kindOf(kernel, old.value.ref) === "dir";
  if (flags.exchange === true) {
    if (!target.ok) return failure("ENOENT");
    if (kindOf(kernel, target.value.ref) !== "dir" && b.slash) return failure("ENOTDIR");
  }
  if (!isDirectory && (a.slash || (flags.exchange !== true && b.slash))) return failure("ENOTDIR");
  const below = wayDown(kernel, a.parent, b.parent);
  if (below !== undefined && sameInode(below, old.value)) return failure("EINVAL");
  const above = wayDown(kernel, b.parent, a.parent);
  if (target.ok && above !== undefined && sameInode(above, target.value)) return failure(flags.exchange === true ? "EINVAL" : "ENOTEMPTY");
  const source: Source = { parent: a.parent, seen: a.seen, name: a.name, at: old.value, isDirectory };
  return moved(kernel, task, source, { parent: b.parent, seen: b.seen, name: b.name, at: target.ok ? target.value : undefined }, flags);
}

interface Source {
  readonly parent: Path;
  readonly seen: Seen;
  readonly name: string;
  readonly at: Path;
  readonly isDirectory: boolean;
}
interface Target {
  readonly parent: Path;
  readonly seen: Seen;
  readonly name: string;
  readonly at: Path | undefined;
}

/**
 * @rule linux.vfs.rename
 * @source linux@6.12 fs/namei.c vfs_rename
 */
function moved(kernel: Kernel, task: TaskView, a: Source, b: Target, flags: RenameFlags): Result<true> {
  if (b.at !== undefined && sameFile(kernel, a.at.ref, b.at.ref)) return DONE;
  const { credentials } = task;
  const source = peek(kernel, a.at.ref);
  const out = mayDelete(kernel, credentials, a.parent.ref, a.seen, source, a.isDirectory);
  if (!out.ok) return out;
  const target = b.at === undefined ? undefined : peek(kernel, b.at.ref);
  const into =
    target === undefined
      ? mayCreate(kernel, credentials, b.parent.ref, b.seen)
      : mayDelete(kernel, credentials, b.parent.ref, b.seen, target, flags.exchange === true ? target.kind === "dir" : a.isDirectory);
  if (!into.ok) return into;
  const crosses = !sameInode(a.parent, b.parent);
  if (crosses && a.isDirectory) {
    const may = mayAccess(kernel, credentials, a.at.ref, WRITE);
    if (!may.ok) return may;
  }
  if (crosses && flags.exchange === true && target?.kind === "dir" && b.at !== undefined) {
    const may = mayAccess(kernel, credentials, b.at.ref, WRITE);
    if (!may.ok) return may;
  }
  if (a.at.mount !== a.parent.mount || (b.at !== undefined && b.at.mount !== b.parent.mount)) return failure("EBUSY");
  if (flags.whiteout === true && !capable(credentials, "MKNOD")) return failure("EPERM");
  return typeOf(kernel, a.parent.ref.sb).rename(kernel, a.parent.ref, a.name, b.parent.ref, b.name, flags);
}
