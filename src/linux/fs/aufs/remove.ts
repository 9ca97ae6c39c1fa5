/**
 * Removing names in AUFS: the thing itself goes where it may be written, and a whiteout takes its place when something of that name lies
 * further down, or when the thing is on a read-only branch.
 *
 * Not modelled: the temporary name that a directory with many whiteouts gets until it is emptied.
 *
 * @rule linux.aufs.remove
 * @source aufs6 fs/aufs/i_op_del.c aufs_unlink aufs_rmdir au_wr_dir_need_wh
 */
import { DONE, failure, type Kernel, type Result, value } from "../../types";
import { directoryIn } from "../branches/copy";
import { forgetNode, type NodeRow, parentOf, real, realChild, type UnionRow, unionOf } from "../branches/state";
import { nodeStack, removeEmptied, type Stack, stackWith } from "../branches/stack";
import type { Ref } from "../types";
import { branchOf, COPYING, copyTarget, mayWrite } from "./copy-up";
import { find, nodeNamed, topOf } from "./lookup";
import { isEmpty } from "./readdir";
import { plinkOf, plinkTable, putPlink } from "./state";
import { PLINK_DIR, putWhiteout } from "./whiteout";

export const unlink = (kernel: Kernel, dir: Ref, name: string): Result<true> => remove(kernel, dir, name, false);
export const rmdir = (kernel: Kernel, dir: Ref, name: string): Result<true> => remove(kernel, dir, name, true);

/** Whether anything of a name lies below a branch. */
export function liesBelow(kernel: Kernel, union: UnionRow, node: NodeRow, at: number): Result<boolean> {
  const dirStack = stackWith(kernel, union, parentOf(kernel, node), find);
  const below = find(kernel, union, dirStack, node.name, at + 1);
  return below.ok ? value(below.value.places.length > 0) : below;
}

function remove(kernel: Kernel, dirRef: Ref, name: string, directory: boolean): Result<true> {
  const found = nodeNamed(kernel, dirRef, name);
  if (!found.ok) return found;
  const node = found.value;
  const union = unionOf(kernel, dirRef.sb);
  const stack = nodeStack(kernel, union, { sb: node.sb, ino: node.id }, find);
  const [top] = stack.places;
  if (top === undefined) return failure("ENOENT");
  if (directory && !isEmpty(kernel, stack)) return failure("ENOTEMPTY");
  const chosen = mayWrite(union, top.at) ? value(top.at) : copyTarget(kernel, union, node, top.at);
  if (!chosen.ok) return chosen;
  const needed = chosen.value === top.at ? liesBelow(kernel, union, node, top.at) : value(true);
  if (!needed.ok) return needed;
  const gone = takeAway(kernel, union, node, stack, chosen.value, needed.value);
  if (!gone.ok) return gone;
  return DONE;
}

function takeAway(kernel: Kernel, union: UnionRow, node: NodeRow, stack: Stack, at: number, whiteout: boolean): Result<true> {
  const branch = branchOf(union, at);
  if (!branch.ok) return branch;
  const parent = directoryIn(kernel, union, parentOf(kernel, node), at, COPYING);
  if (!parent.ok) return parent;
  if (whiteout) {
    const hidden = putWhiteout(kernel, branch.value, parent.value, node.name);
    if (!hidden.ok) return hidden;
    kernel.tx.fired("linux.aufs.remove", node.name);
  }
  const top = topOf(kernel, node, stack);
  // An open file keeps its data: it is held before its name goes.
  forgetNode(kernel, node, top === undefined || node.kind === "dir" ? undefined : { ref: top.ref, writable: mayWrite(union, top.at) });
  if (stack.places[0]?.at === at) {
    const type = real(kernel, parent.value);
    const done = node.kind === "dir" ? removeEmptied(kernel, parent.value, node.name) : type.unlink(kernel, parent.value, node.name);
    if (!done.ok) return done;
  }
  lessOne(kernel, union, node);
  return DONE;
}

/** One name less of a file that has been copied up; with its last name the kept link goes. */
export function lessOne(kernel: Kernel, union: UnionRow, node: NodeRow): void {
  const plink = plinkOf(kernel, node.sb, node.ino);
  if (plink === undefined) return;
  if (plink.nlink > 1) return putPlink(kernel, { ...plink, nlink: plink.nlink - 1 });
  kernel.tx.write(plinkTable).delete(kernel.machine, node.sb, node.ino);
  const root = union.branches.find(({ id }) => id === plink.branch)?.root;
  const dir = root === undefined ? undefined : realChild(kernel, root, PLINK_DIR);
  if (dir !== undefined) real(kernel, dir).unlink(kernel, dir, `${node.ino}.${plink.ref.ino}`);
}
