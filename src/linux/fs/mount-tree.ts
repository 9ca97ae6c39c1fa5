/**
 * Growing and cutting the tree of mounts: attach, bind, move, take away, copy for a new namespace, change the root.
 *
 * @rule linux.mount.operations
 * @source linux@6.12 fs/namespace.c attach_recursive_mnt do_loopback do_move_mount do_umount copy_tree pivot_root
 */
import { DONE, failure, type Kernel, type Result, value } from "../types";
import { findNamespace } from "../namespace/table";
import {
  covered,
  isBelow,
  isMountRoot,
  mountedOn,
  type MountFlag,
  mountOf,
  type MountRow,
  mountsBy,
  mountTable,
  newMountId,
  newPeerGroup,
  putMount,
  sameRef,
} from "./mount";
import { changePropagation, type Propagation, receiversAt, standing } from "./propagation";
import { peek } from "./superblock";
import type { Path, Ref } from "./types";

const PRIVATE = { group: 0, master: 0, unbindable: false } as const;

/** A mount that is not yet part of a tree. */
interface Plant extends Omit<MountRow, "machine" | "id" | "ns" | "parent" | "at"> {
  readonly children: readonly { readonly at: Ref; readonly plant: Plant }[];
}

/** Mounts a tree's root that nothing holds: where a mount namespace begins. */
export function mountRoot(kernel: Kernel, root: Ref, ns = 0, source = "none"): Path {
  const id = newMountId(kernel);
  putMount(kernel, { machine: kernel.machine, id, ns, parent: id, at: root, root, source, readOnly: false, ...PRIVATE });
  return { mount: id, ref: root };
}

/** The root of a mount namespace, with whatever covers it. */
export function namespaceRoot(kernel: Kernel, ns: number): Path | undefined {
  const root = mountsBy(kernel, "ns", ns).find((row) => row.parent === row.id);
  return root === undefined ? undefined : covered(kernel, { mount: root.id, ref: root.root });
}

/** Mounts a file system on a place, and on the peers of what holds it. */
export function attach(kernel: Kernel, at: Path, root: Ref, readOnly: boolean, source = "none", flags: readonly MountFlag[] = []): number {
  return plant(kernel, at, { root, source, readOnly, ...PRIVATE, ...(flags.length > 0 ? { flags } : {}), children: [] });
}

/** Puts a tree on a place. On a shared mount all of it becomes shared, and every receiver gets a copy. */
function plant(kernel: Kernel, at: Path, tree: Plant): number {
  const holder = mountOf(kernel, at.mount);
  const shared = holder.group === 0 ? tree : sharing(kernel, tree);
  const id = put(kernel, holder, at.ref, shared);
  for (const receiver of receiversAt(kernel, holder, at.ref)) {
    const copy = copyFor(kernel, receiver, holder.group, shared);
    put(kernel, receiver, at.ref, ownerOf(kernel, receiver.ns) === ownerOf(kernel, holder.ns) ? copy : lockedTogether(copy, false));
  }
  return id;
}

const ownerOf = (kernel: Kernel, ns: number): number | undefined => findNamespace(kernel, ns)?.owner;

/**
 * What goes to a namespace with fewer rights stays together there, with its flags.
 *
 * @rule linux.mount.locked
 * @source linux@6.12 fs/namespace.c lock_mnt_tree
 */
function lockedTogether(tree: Plant, inner: boolean): Plant {
  const children = tree.children.map(({ at, plant: child }) => ({ at, plant: lockedTogether(child, true) }));
  return { ...tree, ...lockOf(tree), ...(inner ? { locked: true } : {}), children };
}

const lockOf = ({ readOnly, flags = [] }: Pick<MountRow, "readOnly" | "flags">): Pick<MountRow, "lockedFlags"> =>
  readOnly || flags.length > 0 ? { lockedFlags: [...(readOnly ? (["ro"] as const) : []), ...flags] } : {};

function sharing(kernel: Kernel, tree: Plant): Plant {
  return {
    ...tree,
    group: tree.group === 0 ? newPeerGroup(kernel) : tree.group,
    children: tree.children.map(({ at, plant: child }) => ({ at, plant: sharing(kernel, child) })),
  };
}

function copyFor(kernel: Kernel, receiver: MountRow, sourceGroup: number, tree: Plant): Plant {
  return {
    ...tree,
    ...standing(receiver, sourceGroup, tree.group, () => newPeerGroup(kernel)),
    children: tree.children.map(({ at, plant: child }) => ({ at, plant: copyFor(kernel, receiver, sourceGroup, child) })),
  };
}

function put(kernel: Kernel, holder: MountRow, at: Ref, { children, ...tree }: Plant): number {
  const id = newMountId(kernel);
  putMount(kernel, { machine: kernel.machine, id, ns: holder.ns, parent: holder.id, at, ...tree });
  for (const child of children) put(kernel, mountOf(kernel, id), child.at, child.plant);
  return id;
}

/** A tree lifted out as data, from a directory down; unbindable parts are left out of copies. */
function lifted(kernel: Kernel, row: MountRow, root: Ref, recursive: boolean, keepsUnbindable: boolean, keepsLock = false): Plant {
  const children = recursive
    ? mountsBy(kernel, "parent", row.id)
        .filter((child) => (keepsUnbindable || !child.unbindable) && isBelow(kernel, child.at, root))
        .map((child) => ({ at: child.at, plant: lifted(kernel, child, child.root, true, keepsUnbindable, true) }))
    : [];
  const { machine: _machine, id: _id, ns: _ns, parent: _parent, at: _at, locked, ...kept } = row;
  // The root of a copy is no longer bound to what it was mounted on.
  return { ...kept, root, ...(locked === true && keepsLock ? { locked } : {}), children };
}

/** Shows a directory or file in a second place. */
export function bind(kernel: Kernel, from: Path, to: Path, recursive: boolean): Result<number> {
  const row = mountOf(kernel, from.mount);
  if (row.unbindable) return failure("EINVAL");
  if (!recursive && hidesLocked(kernel, row, from.ref)) return failure("EINVAL");
  const isDir = (ref: Ref): boolean => peek(kernel, ref).kind === "dir";
  if (isDir(from.ref) !== isDir(to.ref)) return failure("ENOTDIR");
  return value(plant(kernel, to, lifted(kernel, row, from.ref, recursive, false)));
}

/** A copy without what is mounted below would show what that hides. */
const hidesLocked = (kernel: Kernel, row: MountRow, ref: Ref): boolean =>
  mountsBy(kernel, "parent", row.id).some((child) => child.locked === true && isBelow(kernel, child.at, ref));

/** Every mount on and below one, the deepest first. */
function below(kernel: Kernel, id: number): readonly MountRow[] {
  return [...mountsBy(kernel, "parent", id).flatMap((child) => below(kernel, child.id)), mountOf(kernel, id)];
}

/** Mounts on and below a mount, the outermost first. */
export const treeOf = (kernel: Kernel, id: number): readonly MountRow[] => [...below(kernel, id)].reverse();

function cut(kernel: Kernel, id: number): void {
  for (const row of below(kernel, id)) {
    // Those who follow it need something to follow.
    if (row.group !== 0 || row.master !== 0) changePropagation(kernel, row.id, "private");
    kernel.tx.write(mountTable).delete(kernel.machine, row.id);
  }
}

/**
 * Takes a mount away, and its likes from the receivers of what holds it. It is busy while something is mounted on it or somebody uses it,
 * unless it is only to be hidden (`lazy`).
 */
export function unmount(kernel: Kernel, path: Path, lazy: boolean, inUse: (mount: number) => boolean): Result<true> {
  if (!isMountRoot(kernel, path)) return failure("EINVAL");
  const row = mountOf(kernel, path.mount);
  if (row.locked === true) return failure("EINVAL");
  if (row.parent === row.id) return failure(lazy ? "EINVAL" : "EBUSY");
  const holds = (id: number): boolean => mountsBy(kernel, "parent", id).length > 0;
  if (lazy) {
    // Inner ones first: what receives from them may then be free itself.
    for (const one of below(kernel, row.id)) for (const like of likesOf(kernel, one)) if (!holds(like)) cut(kernel, like);
    cut(kernel, row.id);
    return DONE;
  }
  const likes = likesOf(kernel, row).filter((like) => !holds(like));
  if (holds(row.id) || [row.id, ...likes].some(inUse)) return failure("EBUSY");
  for (const id of [row.id, ...likes]) cut(kernel, id);
  return DONE;
}

/** The mounts that came to be with one, on what receives from its holder. */
function likesOf(kernel: Kernel, row: MountRow): readonly number[] {
  if (row.parent === row.id) return [];
  return receiversAt(kernel, mountOf(kernel, row.parent), row.at).flatMap((receiver) => {
    const like = mountedOn(kernel, { mount: receiver.id, ref: row.at });
    return like === undefined || like.locked === true || !sameRef(like.root, row.root) ? [] : [like.id];
  });
}

/** Moves a mount, with all on it, to another place. */
export function move(kernel: Kernel, from: Path, to: Path): Result<true> {
  const row = mountOf(kernel, from.mount);
  if (row.locked === true || !isMountRoot(kernel, from) || row.parent === row.id) return failure("EINVAL");
  if ((peek(kernel, from.ref).kind === "dir") !== (peek(kernel, to.ref).kind === "dir")) return failure("EINVAL");
  if (mountOf(kernel, row.parent).group !== 0) return failure("EINVAL");
  const target = mountOf(kernel, to.mount);
  const tree = below(kernel, row.id);
  if (target.group !== 0 && tree.some(({ unbindable }) => unbindable)) return failure("EINVAL");
  for (let at = target; ; at = mountOf(kernel, at.parent)) {
    if (at.id === row.id) return failure("ELOOP");
    if (at.parent === at.id) break;
  }
  putMount(kernel, { ...row, parent: to.mount, at: to.ref });
  if (target.group === 0) return DONE;
  for (const { id } of tree) changePropagation(kernel, id, "shared");
  const moved = lifted(kernel, mountOf(kernel, row.id), row.root, true, true, true);
  for (const receiver of receiversAt(kernel, target, to.ref)) put(kernel, receiver, to.ref, copyFor(kernel, receiver, target.group, moved));
  return DONE;
}

/** Changes how a mount, or all below it, takes part in propagation. */
export function setPropagation(kernel: Kernel, path: Path, to: Propagation, recursive: boolean): Result<true> {
  if (!isMountRoot(kernel, path)) return failure("EINVAL");
  for (const { id } of recursive ? treeOf(kernel, path.mount) : [{ id: path.mount }]) changePropagation(kernel, id, to);
  return DONE;
}

/**
 * Changes the flags of one mount. What it came with from a namespace with more rights stays.
 *
 * @rule linux.mount.locked-flags
 * @source linux@6.12 fs/namespace.c can_change_locked_flags do_reconfigure_mnt
 */
export function setFlags(kernel: Kernel, path: Path, readOnly: boolean, flags: readonly MountFlag[]): Result<true> {
  if (!isMountRoot(kernel, path)) return failure("EINVAL");
  const { flags: _before, ...row } = mountOf(kernel, path.mount);
  if (row.lockedFlags?.some((flag) => (flag === "ro" ? !readOnly : !flags.includes(flag))) === true) return failure("EPERM");
  putMount(kernel, { ...row, readOnly, ...(flags.length > 0 ? { flags } : {}) });
  return DONE;
}

/**
 * Copies the tree of a namespace. Copies are peers of what they were copied from; with a new user namespace they only follow.
 * Answers with the copy of every mount.
 *
 * @rule linux.mntns.copy
 * @source linux@6.12 fs/namespace.c copy_mnt_ns
 */
export function copyNamespace(kernel: Kernel, from: number, to: number, follows: boolean): ReadonlyMap<number, number> {
  const rows = mountsBy(kernel, "ns", from);
  const ids = new Map(rows.map((row) => [row.id, newMountId(kernel)]));
  for (const row of rows) {
    const id = ids.get(row.id) as number;
    const standingNow = follows && row.group !== 0 ? { group: 0, master: row.group } : { group: row.group, master: row.master };
    const lock = follows ? { ...lockOf(row), ...(row.parent === row.id ? {} : { locked: true as const }) } : {};
    putMount(kernel, { ...row, ...standingNow, ...lock, id, ns: to, parent: ids.get(row.parent) ?? id });
  }
  return ids;
}

/** Forgets the tree of a namespace that nobody is in any more. */
export function dropNamespace(kernel: Kernel, ns: number): void {
  for (const row of mountsBy(kernel, "ns", ns)) {
    if (row.group !== 0 || row.master !== 0) changePropagation(kernel, row.id, "private");
    kernel.tx.write(mountTable).delete(kernel.machine, row.id);
  }
}

/**
 * Makes one mount the root, and puts the old root on a directory in it. Whoever stood in the old root is moved by the caller.
 *
 * @rule linux.mount.pivot-root
 * @source linux@6.12 fs/namespace.c pivot_root
 */
export function pivotRoot(kernel: Kernel, root: Path, fresh: Path, old: Path): Result<true> {
  const [newMount, rootMount] = [mountOf(kernel, fresh.mount), mountOf(kernel, root.mount)];
  const isShared = (id: number): boolean => mountOf(kernel, id).group !== 0;
  // The outermost mount has nothing below it that could be shared.
  const outermost = rootMount.parent === rootMount.id;
  if (isShared(old.mount) || isShared(newMount.parent) || (!outermost && isShared(rootMount.parent))) return failure("EINVAL");
  if (newMount.locked === true) return failure("EINVAL");
  if (newMount.id === rootMount.id || old.mount === rootMount.id) return failure("EBUSY");
  if (!isMountRoot(kernel, root)) return failure("EINVAL");
  if (!isMountRoot(kernel, fresh) || newMount.parent === newMount.id) return failure("EINVAL");
  if (old.mount !== fresh.mount && !treeOf(kernel, fresh.mount).some(({ id }) => id === old.mount)) return failure("EINVAL");
  if (!treeOf(kernel, root.mount).some(({ id }) => id === fresh.mount)) return failure("EINVAL");
  // The new root takes the old one's place; the old one hangs where it was asked to.
  const { locked: _locked, ...unlocked } = rootMount;
  const place = outermost ? { parent: newMount.id, at: newMount.root } : { parent: rootMount.parent, at: rootMount.at };
  putMount(kernel, { ...newMount, ...place, ...(rootMount.locked === true ? { locked: true } : {}) });
  putMount(kernel, { ...unlocked, parent: old.mount, at: old.ref });
  return DONE;
}
