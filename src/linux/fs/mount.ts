/**
 * The tree of mounts: which file system covers which directory. A place is an inode seen through a mount.
 *
 * @rule linux.mount.tree
 * @source linux@6.12 fs/namespace.c
 */
import { invariant } from "../../sim/invariant";
import { defineTable } from "../../sim/table";
import { failure, type Kernel, type Result, value } from "../types";
import { superblockOf } from "./superblock";
import type { Path, Ref } from "./types";

export interface MountRow {
  readonly machine: string;
  readonly id: number;
  /** The mount that holds the covered directory; its own id for the root of a tree. */
  readonly parent: number;
  readonly at: Ref;
  /** What is seen there. */
  readonly root: Ref;
  readonly readOnly: boolean;
}

export const mountTable = defineTable<MountRow, "at" | "parent" | "root">({
  name: "linux.mount",
  key: (row) => `${row.machine}/${row.id}`,
  indexes: {
    at: (row) => (row.parent === row.id ? undefined : `${row.machine}/${row.parent}/${row.at.sb}/${row.at.ino}`),
    parent: (row) => (row.parent === row.id ? undefined : `${row.machine}/${row.parent}`),
    /** By the inode number seen there: a namespace lives while its file is mounted. */
    root: (row) => (row.parent === row.id ? undefined : `${row.machine}/${row.root.ino}`),
  },
});

export function mountOf(kernel: Kernel, id: number): MountRow {
  const row = kernel.tx.read(mountTable).get(`${kernel.machine}/${id}`);
  invariant(row !== undefined, `no mount ${id} on ${kernel.machine}`);
  return row;
}

const sameRef = (a: Ref, b: Ref): boolean => a.ino === b.ino && a.sb === b.sb;
export const samePath = (a: Path, b: Path): boolean => a.mount === b.mount && sameRef(a.ref, b.ref);

/** What is mounted on a place, if anything; the last one there counts. */
export function mountedOn(kernel: Kernel, { mount, ref }: Path): MountRow | undefined {
  return kernel.tx.read(mountTable).by("at", `${kernel.machine}/${mount}/${ref.sb}/${ref.ino}`).at(-1);
}

/** Steps onto whatever covers a place. */
export function covered(kernel: Kernel, path: Path): Path {
  let at = path;
  for (let over = mountedOn(kernel, at); over !== undefined; over = mountedOn(kernel, at)) at = { mount: over.id, ref: over.root };
  return at;
}

/** Mounts a tree's root that nothing holds. */
export function mountRoot(kernel: Kernel, root: Ref): Path {
  const id = kernel.tx.nextId(`linux.mount/${kernel.machine}`);
  kernel.tx.write(mountTable).put({ machine: kernel.machine, id, parent: id, at: root, root, readOnly: false });
  return { mount: id, ref: root };
}

export function attach(kernel: Kernel, at: Path, root: Ref, readOnly: boolean): number {
  const id = kernel.tx.nextId(`linux.mount/${kernel.machine}`);
  kernel.tx.write(mountTable).put({ machine: kernel.machine, id, parent: at.mount, at: at.ref, root, readOnly });
  return id;
}

export function detach(kernel: Kernel, id: number): Result<true> {
  const table = kernel.tx.write(mountTable);
  if (!table.has(`${kernel.machine}/${id}`)) return failure("EINVAL");
  if (table.countBy("parent", `${kernel.machine}/${id}`) > 0) return failure("EBUSY");
  table.delete(`${kernel.machine}/${id}`);
  return value(true);
}

/** Whether what is stored may not be changed through a mount. */
export function isReadOnly(kernel: Kernel, { mount, ref }: Path): boolean {
  return mountOf(kernel, mount).readOnly || superblockOf(kernel, ref.sb).readOnly;
}
