/**
 * Copying one thing from a branch to another, with its data, owner, times and extended attributes, and the directories that lead to it.
 *
 * Not modelled: time for the directories on the way (they are made at once); reflinks.
 *
 * @source aufs6 fs/aufs/cpup.c cpup_entry cpup_iattr au_cpup_dirs; unionfs@2.6 fs/unionfs/copyup.c copyup_dentry create_parents
 */
import { failure, type Kernel, type Result, value } from "../../types";
import { spendCopyUp } from "../copy-up-time";
import type { AttributeChange, Ref } from "../types";
import { type Find, placeIn, stackWith } from "./stack";
import { isRoot, type NodeRow, parentOf, real, realAttributes, realChild, type UnionRow } from "./state";

/** How one kind of union copies. */
export interface Copying {
  readonly find: Find;
  /** Whether a directory's times stay as they are when a copy is put into it. */
  readonly keepsTimes: boolean;
  /** A directory was made in a branch on the way to what is copied. */
  readonly madeDirectory?: (kernel: Kernel, union: UnionRow, at: number, parent: Ref, name: string, made: Ref) => Result<true>;
}

/** Makes the copy under a name in a directory. */
export function copyEntry(kernel: Kernel, from: Ref, dir: Ref, name: string, bytes: number | undefined, keepsTimes: boolean): Result<Ref> {
  const { kind, mode, uid, gid, rdev } = realAttributes(kernel, from);
  const { atime, mtime } = realAttributes(kernel, dir);
  const target = kind === "symlink" ? real(kernel, from).readlink(kernel, from) : undefined;
  const node = { kind, mode, uid, gid, rdev, ...(target?.ok === true ? { target: target.value } : {}) };
  const made = real(kernel, dir).create(kernel, dir, name, node);
  if (!made.ok) return made;
  copyContents(kernel, from, made.value, bytes);
  if (keepsTimes) real(kernel, dir).setattr(kernel, dir, { atime, mtime });
  return made;
}

/** Data, owner, times and extended attributes of one inode given to another. */
export function copyContents(kernel: Kernel, from: Ref, to: Ref, bytes: number | undefined): void {
  const { kind, mode, uid, gid, size, atime, mtime } = realAttributes(kernel, from);
  if (kind === "file") copyData(kernel, from, to, Math.min(size, bytes ?? size));
  copyXattrs(kernel, from, to);
  const change: AttributeChange = { mode, uid, gid, atime, mtime };
  real(kernel, to).setattr(kernel, to, change);
}

function copyData(kernel: Kernel, from: Ref, to: Ref, size: number): void {
  const data = real(kernel, from).read(kernel, from, 0, size);
  if (data.ok && data.value !== "") real(kernel, to).write(kernel, to, 0, data.value);
}

function copyXattrs(kernel: Kernel, from: Ref, to: Ref): void {
  for (const name of real(kernel, from).listxattr(kernel, from)) {
    const data = real(kernel, from).getxattr(kernel, from, name);
    if (data.ok) real(kernel, to).setxattr(kernel, to, name, data.value);
  }
}

/** The bytes that copying something moves. */
function bytesOf(kernel: Kernel, from: Ref, wanted: number | undefined): number {
  const { kind, size } = realAttributes(kernel, from);
  return kind === "file" ? Math.min(size, wanted ?? size) : 0;
}

/** A directory as a branch has it, made there with those above it if need be. */
export function directoryIn(kernel: Kernel, union: UnionRow, dir: NodeRow, at: number, how: Copying): Result<Ref> {
  const stack = stackWith(kernel, union, dir, how.find);
  const there = placeIn(stack, at);
  if (there !== undefined) return value(there);
  const [top] = stack.places;
  if (top === undefined || isRoot(dir)) return failure("ENOENT");
  const above = directoryIn(kernel, union, parentOf(kernel, dir), at, how);
  if (!above.ok) return above;
  const hidden = realChild(kernel, above.value, dir.name);
  if (hidden !== undefined) return realAttributes(kernel, hidden).kind === "dir" ? value(hidden) : failure("EIO");
  const made = copyEntry(kernel, top.ref, above.value, dir.name, undefined, how.keepsTimes);
  if (!made.ok) return made;
  const done = how.madeDirectory?.(kernel, union, at, above.value, dir.name, made.value);
  return done === undefined || done.ok ? made : done;
}

export interface CopyOptions {
  /** Bytes wanted of a file that is about to be cut; all when left out. */
  readonly bytes?: number | undefined;
  /** Another place than the name's own. */
  readonly as?: { readonly dir: NodeRow; readonly name: string };
}

/** Copies the topmost instance of a name to another branch, once the time for it has passed. */
export function copyName(kernel: Kernel, union: UnionRow, node: NodeRow, at: number, { bytes, as }: CopyOptions, how: Copying): Result<Ref> {
  const [top] = stackWith(kernel, union, node, how.find).places;
  if (top === undefined) return failure("ENOENT");
  const { dir, name } = as ?? { dir: parentOf(kernel, node), name: node.name };
  const spent = spendCopyUp(kernel, {
    sb: node.sb,
    what: String(node.id),
    name: node.name,
    from: top.ref,
    stage: placeIn(stackWith(kernel, union, dir, how.find), at) ?? null,
    bytes: bytesOf(kernel, top.ref, bytes),
  });
  if (!spent.ok) return spent;
  const parent = directoryIn(kernel, union, dir, at, how);
  return parent.ok ? copyEntry(kernel, top.ref, parent.value, name, bytes, how.keepsTimes) : parent;
}
