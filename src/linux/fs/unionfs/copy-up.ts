/**
 * Copying up in Unionfs: to the nearest writable branch to the left, at the first write and not at opening; changes of attributes copy
 * at once. A further name of the file stays as it was.
 *
 * @rule linux.unionfs.copy-up
 * @source unionfs@2.6 fs/unionfs/commonfops.c do_delayed_copyup copyup_deleted_file; fs/unionfs/inode.c unionfs_setattr
 */
import { failure, type Kernel, type Result, value } from "../../types";
import { copyContents, type Copying, copyName, directoryIn } from "../branches/copy";
import { copyUnnamed } from "../branches/inode";
import { nodeOf, type NodeRow, parentOf, type UnionRow, unionOf } from "../branches/state";
import type { Ref } from "../types";
import { find, stackOf } from "./lookup";
import { takeWhiteout } from "./whiteout";

export const COPYING: Copying = { find, keepsTimes: false };

export const mayWrite = (union: UnionRow, at: number): boolean => union.branches[at]?.writable === true;

/** The nearest writable branch to the left of one. */
export function leftOf(union: UnionRow, at: number): number | undefined {
  for (let left = at - 1; left >= 0; left--) if (mayWrite(union, left)) return left;
  return undefined;
}

export function copyTo(kernel: Kernel, union: UnionRow, node: NodeRow, at: number, bytes?: number): Result<Ref> {
  const made = copyName(kernel, union, node, at, { bytes }, COPYING);
  if (made.ok) kernel.tx.fired("linux.unionfs.copy-up", node.name);
  return made;
}

/** What cannot be changed because nothing is to the left of it, and because all that is cannot be written. */
type Refusal = "EACCES" | "EBADF" | "EROFS";

/** The real inode that may be changed, copied up first. */
export function ready(kernel: Kernel, ref: Ref, alone: Refusal, bytes?: number): Result<Ref> {
  const node = nodeOf(kernel, ref);
  const union = unionOf(kernel, ref.sb);
  if (node.pinned !== undefined) return node.pinned.writable ? value(node.pinned.ref) : readyUnnamed(kernel, union, node, node.pinned.ref, bytes);
  const [top] = stackOf(kernel, node).places;
  if (top === undefined) return failure("ESTALE");
  if (mayWrite(union, top.at)) return value(top.ref);
  if (top.at === 0) return failure(alone);
  const at = leftOf(union, top.at);
  if (at === undefined) return failure("EROFS");
  const made = copyTo(kernel, union, node, at, bytes);
  if (!made.ok) return made;
  const parent = directoryIn(kernel, union, parentOf(kernel, node), at, COPYING);
  if (parent.ok) takeWhiteout(kernel, union, at, parent.value, node.name);
  return made;
}

function readyUnnamed(kernel: Kernel, union: UnionRow, node: NodeRow, from: Ref, bytes: number | undefined): Result<Ref> {
  const at = leftOf(union, union.branches.length);
  const root = at === undefined ? undefined : union.branches[at]?.root;
  if (root === undefined) return failure("EROFS");
  return copyUnnamed(kernel, node, root, (to) => copyContents(kernel, from, to, bytes));
}
