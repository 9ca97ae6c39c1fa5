/**
 * Mount namespaces as tasks hold them: where a copy stands, who may mount, who uses a mount.
 *
 * @rule linux.mntns.hold
 * @source linux@6.12 fs/namespace.c copy_mnt_ns mntns_install may_mount
 */
import type { MountCaller, MountRequest } from "../fs/mount-calls";
import * as calls from "../fs/mount-calls";
import { isMountRoot, mountOf, mountsBy, samePath } from "../fs/mount";
import { copyNamespace, dropNamespace, namespaceRoot, treeOf } from "../fs/mount-tree";
import { resolve } from "../fs/namei";
import { superblockOf } from "../fs/superblock";
import type { Path } from "../fs/types";
import { fileTable } from "../process/descriptor";
import { changeTask, taskOf, taskTable, tasksBy, viewOf } from "../process/task";
import { DONE, type Kernel, type Result } from "../types";
import { releaseNamespace } from "./lifetime";
import { findNamespace, INITIAL, namespaceOf, newNamespace } from "./table";
import { capableIn } from "./user";

/** A copy of a mount namespace, and where places of the old one are in it. */
export function mountNamespaceCopy(
  kernel: Kernel,
  from: number,
  owner: number,
  paths: readonly Path[],
): { readonly id: number; readonly paths: readonly Path[] } {
  const { id } = newNamespace(kernel, { type: "mnt", level: 0, parent: 0, owner });
  const copies = copyNamespace(kernel, from, id, namespaceOf(kernel, from).owner !== owner);
  return { id, paths: paths.map((path) => ({ ...path, mount: copies.get(path.mount) ?? path.mount })) };
}

/** Where whoever enters a mount namespace stands. */
export const mountNamespaceRoot = (kernel: Kernel, namespace: number, otherwise: Path): Path => namespaceRoot(kernel, namespace) ?? otherwise;

/** Namespaces whose files are mounted here lose that hold. */
function held(kernel: Kernel, mounts: readonly number[]): readonly number[] {
  const roots = mounts.map((id) => mountOf(kernel, id).root);
  return roots.filter((root) => superblockOf(kernel, root.sb).type === "nsfs").map((root) => root.ino);
}

/** The mounts of a namespace that ended. */
export function forgetMounts(kernel: Kernel, namespace: number): void {
  const names = held(
    kernel,
    mountsBy(kernel, "ns", namespace).map(({ id }) => id),
  );
  dropNamespace(kernel, namespace);
  for (const id of names) releaseNamespace(kernel, id);
}

function inUse(kernel: Kernel, mount: number): boolean {
  const key = `${kernel.machine}/${mount}`;
  return kernel.tx.read(taskTable).countBy("mount", key) > 0 || kernel.tx.read(fileTable).countBy("mount", key) > 0;
}

/**
 * A namespace's own file, or that of a younger mount namespace, cannot be mounted in it: nothing could ever take it away.
 *
 * @rule linux.mntns.bind-loop
 * @source linux@6.12 fs/namespace.c mnt_ns_loop do_loopback
 */
function mayBind(kernel: Kernel, own: number, { mount: id, ref }: Path): boolean {
  const found = superblockOf(kernel, ref.sb).type === "nsfs" ? findNamespace(kernel, ref.ino) : undefined;
  if (found !== undefined) return found.type !== "mnt" || found.made > namespaceOf(kernel, own).made;
  return mountOf(kernel, id).ns === own;
}

function callerOf(kernel: Kernel, task: number): MountCaller {
  const row = taskOf(kernel, task);
  const mayMount = capableIn(kernel, row.credentials, namespaceOf(kernel, row.namespaces.mnt).owner, "SYS_ADMIN");
  return {
    task,
    view: viewOf(kernel, row),
    mayMount,
    isOurs: (id) => mountOf(kernel, id).ns === row.namespaces.mnt,
    mayMountType: (type) => capableIn(kernel, row.credentials, type.userMount === true ? row.credentials.userNamespace : INITIAL.user, "SYS_ADMIN"),
    mayAdminister: (sb) => capableIn(kernel, row.credentials, superblockOf(kernel, sb).owner ?? INITIAL.user, "SYS_ADMIN"),
    mayBind: (from) => mayBind(kernel, row.namespaces.mnt, from),
    inUse: (id) => inUse(kernel, id),
  };
}

export const mount = (kernel: Kernel, task: number, request: MountRequest): Result<true> => calls.mount(kernel, callerOf(kernel, task), request);

export function umount(kernel: Kernel, task: number, path: string, lazy = false, follow = true): Result<true> {
  const caller = callerOf(kernel, task);
  const found = resolve(kernel, caller.view, path, follow);
  const names =
    found.ok && isMountRoot(kernel, found.value)
      ? held(
          kernel,
          treeOf(kernel, found.value.mount).map(({ id }) => id),
        )
      : [];
  const done = calls.umount(kernel, caller, path, lazy, follow);
  if (done.ok) for (const id of names) releaseNamespace(kernel, id);
  return done;
}

/** All that stood in the old root stand in the new one. */
export function pivotRoot(kernel: Kernel, task: number, fresh: string, old: string): Result<true> {
  const done = calls.pivot(kernel, callerOf(kernel, task), fresh, old);
  if (!done.ok) return done;
  const { from, to } = done.value;
  for (const { id, fs } of tasksBy(kernel, "mount", from.mount)) {
    const moved = (at: Path): Path => (samePath(at, from) ? to : at);
    changeTask(kernel, id, { fs: { ...fs, root: moved(fs.root), cwd: moved(fs.cwd) } });
  }
  return DONE;
}
