/**
 * `mount`, `umount2` and `pivot_root` as a task calls them. Whether the caller may mount at all, and who uses a mount, is known by whoever
 * keeps tasks; the rest is here.
 *
 * @rule linux.mount.calls
 * @source linux@6.12 fs/namespace.c path_mount ksys_umount pivot_root; man-pages@6.9 mount(2) umount(2) pivot_root(2)
 */
import { findNamespace } from "../namespace/table";
import { DONE, failure, type Kernel, type Result } from "../types";
import { covered, isMountRoot, type MountFlag, mountOf, samePath, sameRef } from "./mount";
import { attach, bind, move, pivotRoot, setFlags, setPropagation, unmount } from "./mount-tree";
import { resolve } from "./namei";
import type { Propagation } from "./propagation";
import { peek, superblockOf, superblockTable, typeOf } from "./superblock";
import type { FileSystemType, Path, TaskView } from "./types";

export interface MountRequest {
  readonly source: string;
  readonly target: string;
  readonly type: string;
  /** Options of the file system, as the last argument of mount(2). */
  readonly data: string;
  readonly readOnly?: boolean;
  readonly noSuid?: boolean;
  readonly noDev?: boolean;
  readonly noExec?: boolean;
  readonly noAtime?: boolean;
  readonly noDirAtime?: boolean;
  readonly bind?: boolean;
  readonly recursive?: boolean;
  readonly move?: boolean;
  readonly remount?: boolean;
  readonly propagation?: Propagation;
}

export interface MountCaller {
  /** The calling task. */
  readonly task: number;
  readonly view: TaskView;
  /** CAP_SYS_ADMIN in the user namespace that owns the mount namespace. */
  readonly mayMount: boolean;
  /** Whether a mount is of the caller's namespace. */
  readonly isOurs: (mount: number) => boolean;
  /** Whether the caller may mount a file system of this type. */
  readonly mayMountType: (type: FileSystemType) => boolean;
  /** CAP_SYS_ADMIN in the user namespace in which a file system was mounted. */
  readonly mayAdminister: (sb: number) => boolean;
  /** Whether a place may be shown a second time. */
  readonly mayBind: (from: Path) => boolean;
  /** Whether somebody stands in a mount or has a file of it open. */
  readonly inUse: (mount: number) => boolean;
}

/** Whoever may do everything in a world without tasks. */
export const UNLIMITED: Pick<MountCaller, "isOurs" | "mayMountType" | "mayAdminister" | "mayBind"> = {
  isOurs: () => true,
  mayMountType: () => true,
  mayAdminister: () => true,
  mayBind: () => true,
};

export function mount(kernel: Kernel, caller: MountCaller, request: MountRequest): Result<true> {
  const { view, mayMount } = caller;
  const target = resolve(kernel, view, request.target, true);
  if (!target.ok) return target;
  if (!mayMount) return failure("EPERM");
  const at = covered(kernel, target.value);
  if (request.remount === true) return remount(kernel, caller, request, at);
  if (request.bind === true || request.move === true) {
    const from = resolve(kernel, view, request.source, true);
    if (!from.ok) return from;
    if (!caller.isOurs(at.mount)) return failure("EINVAL");
    if (request.move === true) return caller.isOurs(from.value.mount) ? move(kernel, from.value, at) : failure("EINVAL");
    if (!caller.mayBind(from.value)) return failure("EINVAL");
    const bound = bind(kernel, from.value, at, request.recursive === true);
    return bound.ok ? DONE : bound;
  }
  if (request.propagation !== undefined) return setPropagation(kernel, at, request.propagation, request.recursive === true);
  return mountNew(kernel, caller, request, at);
}

const NAMES: readonly (readonly [keyof MountRequest, MountFlag])[] = [
  ["noSuid", "nosuid"],
  ["noDev", "nodev"],
  ["noExec", "noexec"],
  ["noAtime", "noatime"],
  ["noDirAtime", "nodiratime"],
];
const flagsOf = (request: MountRequest): readonly MountFlag[] => NAMES.flatMap(([key, flag]) => (request[key] === true ? [flag] : []));

/** Of one mount (`bind`), or of the file system for all its mounts. */
function remount(kernel: Kernel, caller: MountCaller, request: MountRequest, at: Path): Result<true> {
  if (!isMountRoot(kernel, at) || !caller.isOurs(at.mount)) return failure("EINVAL");
  const readOnly = request.readOnly === true;
  if (request.bind === true) return setFlags(kernel, at, readOnly, flagsOf(request));
  const superblock = superblockOf(kernel, at.ref.sb);
  if (!caller.mayAdminister(at.ref.sb)) return failure("EPERM");
  const { task, view } = caller;
  const { source, data } = request;
  const changed = typeOf(kernel, at.ref.sb).remount?.(kernel, at.ref.sb, { task, view, source, data, readOnly }) ?? DONE;
  if (!changed.ok) return changed;
  const done = setFlags(kernel, at, readOnly, flagsOf(request));
  if (done.ok && superblock.readOnly !== readOnly) kernel.tx.write(superblockTable).put({ ...superblock, readOnly });
  return done;
}

function mountNew(kernel: Kernel, caller: MountCaller, request: MountRequest, at: Path): Result<true> {
  const type = kernel.fileSystems[request.type];
  if (type?.mount === undefined) return failure("ENODEV");
  if (!caller.mayMountType(type)) return failure("EPERM");
  const root = type.mount(kernel, {
    task: caller.task,
    view: caller.view,
    source: request.source,
    data: request.data,
    readOnly: request.readOnly === true,
  });
  if (!root.ok) return root;
  const { userNamespace } = caller.view.credentials;
  const superblock = superblockOf(kernel, root.value.sb);
  // Whoever has no user namespace stands in a world without tasks.
  const inner = (findNamespace(kernel, userNamespace)?.level ?? 0) > 0;
  if (inner && type.userMount === true && superblock.owner === undefined && type.shared !== true)
    kernel.tx.write(superblockTable).put({ ...superblock, owner: userNamespace });
  if (peek(kernel, at.ref).kind !== "dir") return failure("ENOTDIR");
  // The same file system on the same place twice would do nothing.
  const here = mountOf(kernel, at.mount);
  if (isMountRoot(kernel, at) && sameRef(here.root, root.value)) return failure("EBUSY");
  if (!caller.isOurs(at.mount)) return failure("EINVAL");
  attach(kernel, at, root.value, request.readOnly === true, request.source, flagsOf(request));
  return DONE;
}

export function umount(kernel: Kernel, caller: MountCaller, path: string, lazy: boolean, follow = true): Result<true> {
  const found = resolve(kernel, caller.view, path, follow);
  if (!found.ok) return found;
  if (!caller.mayMount) return failure("EPERM");
  const at = covered(kernel, found.value);
  if (!isMountRoot(kernel, at) || !caller.isOurs(at.mount)) return failure("EINVAL");
  return unmount(kernel, at, lazy, caller.inUse);
}

/** Answers with the places that changed: whoever stood in the old root stands in the new one. */
export function pivot(kernel: Kernel, caller: MountCaller, fresh: string, old: string): Result<{ readonly from: Path; readonly to: Path }> {
  if (!caller.mayMount) return failure("EPERM");
  const to = resolve(kernel, caller.view, fresh, true);
  if (!to.ok) return to;
  const put = resolve(kernel, caller.view, old, true);
  if (!put.ok) return put;
  if (peek(kernel, to.value.ref).kind !== "dir" || peek(kernel, put.value.ref).kind !== "dir") return failure("ENOTDIR");
  const from = caller.view.root;
  const under = covered(kernel, put.value);
  if (samePath(covered(kernel, from), to.value) || samePath(from, to.value)) return failure("EBUSY");
  const done = pivotRoot(kernel, from, to.value, under);
  return done.ok ? { ok: true, value: { from, to: to.value } } : done;
}
