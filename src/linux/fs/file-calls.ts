/**
 * System calls that open, read and change one inode.
 *
 * @rule linux.vfs.open
 * @source linux@6.12 fs/namei.c do_open may_open
 */
import { DONE, failure, type Kernel, type Result, value } from "../types";
import { makeFile } from "./calls";
import { hasFlag, isReadOnly } from "./mount";
import { resolve, resolveForCreate } from "./namei";
import { capable, EXECUTE, mayAccess, owns, READ, WRITE } from "./permission";
import { superblockOf, typeOf } from "./superblock";
import type { AttributeChange, Attributes, Path, TaskView } from "./types";

export interface OpenOptions {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly create?: boolean;
  readonly exclusive?: boolean;
  readonly truncate?: boolean;
  readonly append?: boolean;
  readonly directory?: boolean;
  readonly noFollow?: boolean;
  readonly noAtime?: boolean;
  /** A file without a name in the directory that the path names. */
  readonly tmpfile?: boolean;
  /** Only names the place: nothing is opened. */
  readonly path?: boolean;
}

/** Opens a path. The caller keeps what it gets and releases it. */
export function open(kernel: Kernel, task: TaskView, path: string, options: OpenOptions, mode: number): Result<Path> {
  if (options.create === true && options.directory === true) return failure("EINVAL");
  if (options.path === true) return opened(kernel, resolve(kernel, task, path, options.noFollow !== true), options);
  if (options.tmpfile === true) return unnamed(kernel, task, path, options, mode);
  if (options.create !== true) {
    const found = resolve(kernel, task, path, options.noFollow !== true);
    return found.ok ? openAt(kernel, task, found.value, options) : found;
  }
  const last = resolveForCreate(kernel, task, path, options.exclusive !== true && options.noFollow !== true);
  if (!last.ok) return last;
  if (last.value.kind !== "name" || last.value.slash) return failure("EISDIR");
  if (last.value.found !== undefined) {
    if (options.exclusive === true) return failure("EEXIST");
    if (typeOf(kernel, last.value.found.ref.sb).getattr(kernel, last.value.found.ref).kind === "dir") return failure("EISDIR");
    return openAt(kernel, task, last.value.found, options);
  }
  if (isReadOnly(kernel, last.value.parent)) return failure("EROFS");
  const made = makeFile(kernel, task, last.value, mode);
  if (!made.ok) return made;
  // What was just made is open whatever its mode says.
  const begun = typeOf(kernel, made.value.ref.sb).open(kernel, made.value.ref, { read: options.read === true, write: options.write === true });
  return begun.ok ? made : begun;
}

function unnamed(kernel: Kernel, task: TaskView, path: string, options: OpenOptions, mode: number): Result<Path> {
  if (options.write !== true) return failure("EINVAL");
  const found = resolve(kernel, task, path, true);
  if (!found.ok) return found;
  const { mount, ref } = found.value;
  const type = typeOf(kernel, ref.sb);
  if (type.getattr(kernel, ref).kind !== "dir") return failure("ENOTDIR");
  if (isReadOnly(kernel, found.value)) return failure("EROFS");
  const may = mayAccess(kernel, task.credentials, ref, WRITE | EXECUTE);
  if (!may.ok) return may;
  const { fsuid, fsgid } = task.credentials;
  const made = type.tmpfile?.(kernel, ref, { kind: "file", mode: mode & 0o7777 & ~task.umask, uid: fsuid, gid: fsgid }) ?? failure("EOPNOTSUPP");
  if (!made.ok) return made;
  const begun = typeOf(kernel, made.value.sb).open(kernel, made.value, { write: true });
  return begun.ok ? value({ mount, ref: made.value }) : begun;
}

function opened(kernel: Kernel, found: Result<Path>, options: OpenOptions): Result<Path> {
  if (!found.ok || options.directory !== true) return found;
  return typeOf(kernel, found.value.ref.sb).getattr(kernel, found.value.ref).kind === "dir" ? found : failure("ENOTDIR");
}

function openAt(kernel: Kernel, task: TaskView, path: Path, options: OpenOptions): Result<Path> {
  const type = typeOf(kernel, path.ref.sb);
  const attributes = type.getattr(kernel, path.ref);
  const writes = options.write === true || options.truncate === true;
  if (options.directory === true && attributes.kind !== "dir") return failure("ENOTDIR");
  const truncates = options.truncate === true && attributes.kind === "file";
  if (truncates && isReadOnly(kernel, path)) return failure("EROFS");
  if (attributes.kind === "symlink") return failure("ELOOP");
  if (attributes.kind === "dir" && writes) return failure("EISDIR");
  const may = mayAccess(kernel, task.credentials, path.ref, (options.read === true ? READ : 0) | (writes ? WRITE : 0));
  if (!may.ok) return may;
  if (options.noAtime === true && !owns(task.credentials, attributes)) return failure("EPERM");
  if (options.write === true && attributes.kind === "file" && isReadOnly(kernel, path)) return failure("EROFS");
  if (attributes.kind === "socket") return failure("ENXIO");
  const isDevice = attributes.kind === "char" || attributes.kind === "block";
  if (isDevice && (hasFlag(kernel, path.mount, "nodev") || superblockOf(kernel, path.ref.sb).owner !== undefined)) return failure("EACCES");
  const begun = type.open(kernel, path.ref, { read: options.read === true, write: options.write === true, truncate: options.truncate === true });
  if (!begun.ok) return begun;
  if (!truncates) return value(path);
  const cut = type.setattr(kernel, path.ref, { size: 0 });
  return cut.ok ? value(path) : cut;
}

export function stat(kernel: Kernel, task: TaskView, path: string, follow: boolean): Result<Attributes> {
  const found = resolve(kernel, task, path, follow);
  return found.ok ? value(typeOf(kernel, found.value.ref.sb).getattr(kernel, found.value.ref)) : found;
}

export function readlink(kernel: Kernel, task: TaskView, path: string): Result<string> {
  const found = resolve(kernel, task, path, false);
  if (!found.ok) return found;
  const type = typeOf(kernel, found.value.ref.sb);
  return type.getattr(kernel, found.value.ref).kind === "symlink" ? type.readlink(kernel, found.value.ref) : failure("EINVAL");
}

/** Changes attributes, as `chmod`, `chown`, `utimensat` and `truncate` do after their own checks. */
export function setAttributes(kernel: Kernel, task: TaskView, path: Path, change: AttributeChange): Result<true> {
  const { credentials } = task;
  if (isReadOnly(kernel, path)) return failure("EROFS");
  const type = typeOf(kernel, path.ref.sb);
  const attributes = type.getattr(kernel, path.ref);
  const owner = owns(credentials, attributes);
  if (change.uid !== undefined && change.uid !== attributes.uid && !capable(credentials, "CHOWN", attributes)) return failure("EPERM");
  if (change.gid !== undefined && change.gid !== attributes.gid) {
    const own = credentials.fsuid === attributes.uid && (credentials.fsgid === change.gid || credentials.groups.includes(change.gid));
    if (!own && !capable(credentials, "CHOWN", attributes)) return failure("EPERM");
  }
  if ((change.mode !== undefined || change.mtime !== undefined) && !owner) return failure("EPERM");
  const chowns = change.uid !== undefined || change.gid !== undefined;
  // A change of owner takes the set-user-ID bit away, and the set-group-ID bit of what the group may execute.
  const kept = attributes.mode & ~0o4000 & ~((attributes.mode & 0o010) !== 0 ? 0o2000 : 0);
  const stripped = chowns && attributes.kind !== "dir" && kept !== attributes.mode ? kept : undefined;
  // The set-group-ID bit is for members of the group.
  const mode =
    change.mode === undefined ||
    (change.mode & 0o2000) === 0 ||
    credentials.fsgid === attributes.gid ||
    credentials.groups.includes(attributes.gid) ||
    capable(credentials, "FSETID", attributes)
      ? change.mode
      : change.mode & ~0o2000;
  const { uid, gid, size, atime, mtime } = change;
  return type.setattr(kernel, path.ref, { mode: mode ?? stripped, uid, gid, size, atime, mtime });
}

export function truncate(kernel: Kernel, task: TaskView, path: string, size: number): Result<true> {
  const found = resolve(kernel, task, path, true);
  if (!found.ok) return found;
  const { ref } = found.value;
  const type = typeOf(kernel, ref.sb);
  const { kind } = type.getattr(kernel, ref);
  if (kind === "dir") return failure("EISDIR");
  if (kind !== "file") return failure("EINVAL");
  if (isReadOnly(kernel, found.value)) return failure("EROFS");
  const may = mayAccess(kernel, task.credentials, ref, WRITE);
  if (!may.ok) return may;
  const mode = withoutSetIds(task, type.getattr(kernel, ref));
  return type.setattr(kernel, ref, { size, mode });
}

/**
 * Writes; who may not give the set-ID bits takes them away by that.
 *
 * @rule linux.vfs.remove-privileges
 * @source linux@6.12 fs/inode.c file_remove_privs
 */
export function write(kernel: Kernel, task: TaskView, { ref }: Path, offset: number, data: string): Result<number> {
  const type = typeOf(kernel, ref.sb);
  const stripped = withoutSetIds(task, type.getattr(kernel, ref));
  if (stripped !== undefined) type.setattr(kernel, ref, { mode: stripped });
  return type.write(kernel, ref, offset, data);
}

function withoutSetIds(task: TaskView, owner: Attributes): number | undefined {
  const { mode } = owner;
  const kept = mode & ~0o4000 & ~((mode & 0o010) !== 0 ? 0o2000 : 0);
  return kept === mode || capable(task.credentials, "FSETID", owner) ? undefined : kept;
}

/**
 * Who may see and change an extended attribute: `trusted.` the privileged, `user.` as the file's data, and only on files and directories.
 *
 * @rule linux.vfs.xattr-permission
 * @source linux@6.12 fs/xattr.c xattr_permission
 */
function xattrPermission(kernel: Kernel, task: TaskView, { ref }: Path, name: string, wanted: number): Result<true> {
  const writes = (wanted & WRITE) !== 0;
  const { credentials } = task;
  const attributes = typeOf(kernel, ref.sb).getattr(kernel, ref);
  if (name.startsWith("security.") || name.startsWith("system.")) return DONE;
  if (name.startsWith("trusted.")) return capable(credentials, "SYS_ADMIN") ? DONE : failure(writes ? "EPERM" : "ENODATA");
  if (name.startsWith("user.")) {
    if (attributes.kind !== "file" && attributes.kind !== "dir") return failure(writes ? "EPERM" : "ENODATA");
    if (attributes.kind === "dir" && (attributes.mode & 0o1000) !== 0 && writes && !owns(credentials, attributes)) return failure("EPERM");
  }
  return mayAccess(kernel, credentials, ref, wanted);
}

const knownPrefix = (name: string): boolean => /^(user|trusted|security|system)\./.test(name);

export function setxattr(kernel: Kernel, task: TaskView, path: string, name: string, data: string | undefined): Result<true> {
  const found = resolve(kernel, task, path, false);
  if (!found.ok) return found;
  if (isReadOnly(kernel, found.value)) return failure("EROFS");
  const may = xattrPermission(kernel, task, found.value, name, WRITE);
  if (!may.ok) return may;
  if (!knownPrefix(name)) return failure("EOPNOTSUPP");
  return typeOf(kernel, found.value.ref.sb).setxattr(kernel, found.value.ref, name, data);
}

export function getxattr(kernel: Kernel, task: TaskView, path: string, name: string): Result<string> {
  const found = resolve(kernel, task, path, false);
  if (!found.ok) return found;
  const may = xattrPermission(kernel, task, found.value, name, READ);
  if (!may.ok) return may;
  if (!knownPrefix(name)) return failure("EOPNOTSUPP");
  return typeOf(kernel, found.value.ref.sb).getxattr(kernel, found.value.ref, name);
}
