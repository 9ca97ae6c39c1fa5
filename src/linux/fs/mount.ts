/**
 * The tree of mounts: which file system covers which directory. A place is an inode seen through a mount. Every mount namespace has a tree
 * of its own; mounts of several trees may be peers, which tell each other what is mounted on them.
 *
 * @rule linux.mount.tree
 * @source linux@6.12 fs/namespace.c
 */
import { InvariantError } from "../../sim/invariant";
import { defineTable } from "../../sim/table";
import type { Kernel } from "../types";
import { superblockOf, typeOf } from "./superblock";
import type { Path, Ref } from "./types";

export interface MountRow {
  readonly machine: string;
  readonly id: number;
  /** The mount namespace. */
  readonly ns: number;
  /** The mount that holds the covered directory; its own id for the root of a tree. */
  readonly parent: number;
  readonly at: Ref;
  /** What is seen there. */
  readonly root: Ref;
  /** What was said to be mounted, such as a device. */
  readonly source: string;
  readonly readOnly: boolean;
  /** Peers: what is mounted on one is mounted on all. 0 for none. */
  readonly group: number;
  /** The peers it receives from without sending. 0 for none. */
  readonly master: number;
  readonly unbindable: boolean;
  /** What else was asked for, such as `nosuid`. */
  readonly flags?: readonly MountFlag[];
  /** It came from a namespace with more rights, together with what holds it: it cannot be taken away alone. */
  readonly locked?: true;
  /** Flags, and `ro`, that it came with from there: they cannot be taken off. */
  readonly lockedFlags?: readonly (MountFlag | "ro")[];
}

/** In the order in which `mountinfo` lists them. */
export const MOUNT_FLAGS = ["nosuid", "nodev", "noexec", "noatime", "nodiratime"] as const;
export type MountFlag = (typeof MOUNT_FLAGS)[number];

/** All but the root of a tree. */
const isHeld = ({ parent, id }: MountRow): boolean => parent !== id;

export const mountTable = defineTable<MountRow, "at" | "parent" | "ns" | "group" | "master" | "root">({
  name: "linux.mount",
  key: ["machine", "id"],
  indexes: {
    at: { columns: ["machine", "parent", ({ at }) => at.sb, ({ at }) => at.ino], when: isHeld },
    root: ["machine", ({ root }) => root.ino],
    parent: { columns: ["machine", "parent"], when: isHeld },
    ns: ["machine", "ns"],
    group: { columns: ["machine", "group"], when: ({ group }) => group !== 0 },
    master: { columns: ["machine", "master"], when: ({ master }) => master !== 0 },
  },
});

export function mountOf(kernel: Kernel, id: number): MountRow {
  const row = kernel.tx.read(mountTable).get(kernel.machine, id);
  if (row === undefined) throw new InvariantError(`no mount ${id} on ${kernel.machine}`);
  return row;
}

/** Mounts found under an index, oldest first. */
export const mountsBy = (kernel: Kernel, index: "parent" | "ns" | "group" | "master", id: number): readonly MountRow[] =>
  [...kernel.tx.read(mountTable).by(index, kernel.machine, id)].sort((a, b) => a.id - b.id);

export const putMount = (kernel: Kernel, row: MountRow): void => kernel.tx.write(mountTable).put(row);
export const newMountId = (kernel: Kernel): number => kernel.tx.nextId(`linux.mount/${kernel.machine}`);
export const newPeerGroup = (kernel: Kernel): number => kernel.tx.nextId(`linux.mount.group/${kernel.machine}`);

export const hasFlag = (kernel: Kernel, mount: number, flag: MountFlag): boolean => mountOf(kernel, mount).flags?.includes(flag) === true;

export const sameRef = (a: Ref, b: Ref): boolean => a.ino === b.ino && a.sb === b.sb;
export const samePath = (a: Path, b: Path): boolean => a.mount === b.mount && sameRef(a.ref, b.ref);

/** What is mounted on a place, if anything; the last one there counts. */
export function mountedOn(kernel: Kernel, { mount, ref }: Path): MountRow | undefined {
  const mounts = kernel.tx.read(mountTable);
  const one = mounts.firstBy("at", kernel.machine, mount, ref.sb, ref.ino);
  if (one === undefined) return undefined;
  return mounts.by("at", kernel.machine, mount, ref.sb, ref.ino).reduce((last, row) => (row.id > last.id ? row : last));
}

/** Steps onto whatever covers a place. */
export function covered(kernel: Kernel, path: Path): Path {
  let at = path;
  for (let over = mountedOn(kernel, at); over !== undefined; over = mountedOn(kernel, at)) at = { mount: over.id, ref: over.root };
  return at;
}

/** Whether a place is the root of what is mounted there. */
export const isMountRoot = (kernel: Kernel, { mount, ref }: Path): boolean => sameRef(mountOf(kernel, mount).root, ref);

/** Whether an inode is, or is below, a directory of the same file system. */
export function isBelow(kernel: Kernel, ref: Ref, dir: Ref): boolean {
  if (ref.sb !== dir.sb) return false;
  const type = typeOf(kernel, ref.sb);
  for (let at = ref; ; ) {
    if (at.ino === dir.ino) return true;
    const up = type.parent(kernel, at);
    if (up.ino === at.ino) return false;
    at = up;
  }
}

/** Whether what is stored may not be changed through a mount. */
export function isReadOnly(kernel: Kernel, { mount, ref }: Path): boolean {
  return mountOf(kernel, mount).readOnly || superblockOf(kernel, ref.sb).readOnly;
}
