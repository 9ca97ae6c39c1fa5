/**
 * `mount`, `umount2` and `pivot_root` as a task calls them. Whether the caller may mount at all, and who uses a mount, is known by whoever
 * keeps tasks; the rest is here.
 *
 * @rule linux.mount.calls
 * @source linux@6.12 fs/namespace.c path_mount ksys_umount pivot_root; man-pages@6.9 mount(2) umount(2) pivot_root(2)
 */
import { DONE, failure, type Kernel, type Result } from "../types";
import { covered, isMountRoot, mountOf, samePath, sameRef } from "./mount";
import { attach, bind, move, pivotRoot, setPropagation, setReadOnly, unmount } from "./mount-tree";
import { resolve } from "./namei";
import type { Propagation } from "./propagation";
import { peek } from "./superblock";
import type { Path, TaskView } from "./types";

export interface MountRequest {
  readonly source: string;
  readonly target: string;
  readonly type: string;
  /** Options of the file system, as the last argument of mount(2). */
  readonly data: string;
  readonly readOnly?: boolean;
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
  /** Whether somebody stands in a mount or has a file of it open. */
  readonly inUse: (mount: number) => boolean;
}

export function mount(kernel: Kernel, caller: MountCaller, request: MountRequest): Result<true> {
  const { view, mayMount } = caller;
  const target = resolve(kernel, view, request.target, true);
  if (!target.ok) return target;
  if (!mayMount) return failure("EPERM");
  const at = target.value;
  if (request.remount === true) return setReadOnly(kernel, at, request.readOnly === true);
  if (request.bind === true || request.move === true) {
    const from = resolve(kernel, view, request.source, true);
    if (!from.ok) return from;
    if (request.move === true) return move(kernel, from.value, at);
    const bound = bind(kernel, from.value, at, request.recursive === true);
    return bound.ok ? DONE : bound;
  }
  if (request.propagation !== undefined) return setPropagation(kernel, at, request.propagation, request.recursive === true);
  return mountNew(kernel, caller, request, at);
}

function mountNew(kernel: Kernel, caller: MountCaller, request: MountRequest, at: Path): Result<true> {
  const type = kernel.fileSystems[request.type];
  if (type?.mount === undefined) return failure("ENODEV");
  const root = type.mount(kernel, {
    task: caller.task,
    view: caller.view,
    source: request.source,
    data: request.data,
    readOnly: request.readOnly === true,
  });
  if (!root.ok) return root;
  if (peek(kernel, at.ref).kind !== "dir") return failure("ENOTDIR");
  // The same file system on the same place twice would do nothing.
  const here = mountOf(kernel, at.mount);
  if (isMountRoot(kernel, at) && sameRef(here.root, root.value)) return failure("EBUSY");
  attach(kernel, at, root.value, request.readOnly === true, request.source);
  return DONE;
}

export function umount(kernel: Kernel, caller: MountCaller, path: string, lazy: boolean, follow = true): Result<true> {
  const found = resolve(kernel, caller.view, path, follow);
  if (!found.ok) return found;
  if (!isMountRoot(kernel, found.value)) return failure("EINVAL");
  if (!caller.mayMount) return failure("EPERM");
  return unmount(kernel, found.value, lazy, caller.inUse);
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
  if (samePath(covered(kernel, from), to.value) || samePath(from, to.value)) return failure("EBUSY");
  const done = pivotRoot(kernel, from, to.value, put.value);
  return done.ok ? { ok: true, value: { from, to: to.value } } : done;
}
