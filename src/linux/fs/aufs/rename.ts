/**
 * Renaming in AUFS: done in one branch, to which what moves is copied first. A directory moves only when everything in it lies in that
 * branch; what is left behind is hidden by a whiteout, and a directory that arrives over something hidden becomes opaque.
 *
 * Not modelled: dirren, which remembers the names a directory had.
 *
 * @rule linux.aufs.rename
 * @source aufs6 fs/aufs/i_op_ren.c aufs_rename may_rename_srcdir au_ren_diropq
 */
import { DONE, failure, type Kernel, type Result, value } from "../../types";
import { directoryIn } from "../branches/copy";
import {
  forgetNode,
  nodeOf,
  type NodeRow,
  parentOf,
  putNode,
  real,
  realAttributes,
  realChild,
  refOf,
  unionOf,
  type UnionRow,
} from "../branches/state";
import { nodeStack, removeEmptied, type Stack, whiteoutIn } from "../branches/stack";
import type { Ref, RenameFlags } from "../types";
import { branchOf, COPYING, copyTo, mayWrite } from "./copy-up";
import { choiceOf, wantedBranch } from "./dir";
import { find, nodeNamed } from "./lookup";
import { isEmpty, isEmptyBelow } from "./readdir";
import { lessOne, liesBelow } from "./remove";
import { aufsOf } from "./state";
import { putWhiteout, setOpaque, takeWhiteout } from "./whiteout";

interface Side {
  readonly node: NodeRow;
  readonly stack: Stack;
  readonly top: number;
}

function sideOf(kernel: Kernel, union: UnionRow, node: NodeRow): Result<Side> {
  const stack = nodeStack(kernel, union, refOf(node), find);
  const [first] = stack.places;
  return first === undefined ? failure("ENOENT") : value({ node, stack, top: first.at });
}

/** @source aufs6 fs/aufs/i_op_ren.c may_rename_srcdir */
function mayMove(kernel: Kernel, { node, stack, top }: Side, at: number): Result<true> {
  if (node.kind !== "dir") return DONE;
  const fits = top === at ? stack.places.length === 1 || isEmptyBelow(kernel, stack) : isEmpty(kernel, stack);
  return fits ? DONE : failure("EXDEV");
}

export function rename(kernel: Kernel, from: Ref, oldName: string, to: Ref, newName: string, flags: RenameFlags): Result<true> {
  if (flags.whiteout === true) return failure("EINVAL");
  const union = unionOf(kernel, from.sb);
  const found = nodeNamed(kernel, from, oldName);
  const source = found.ok ? sideOf(kernel, union, found.value) : found;
  if (!source.ok) return source;
  const target = nodeNamed(kernel, to, newName);
  if (!target.ok && target.errno !== "ENOENT") return target;
  const over = target.ok ? sideOf(kernel, union, target.value) : undefined;
  if (over !== undefined && !over.ok) return over;
  const choice = choiceOf(kernel, to, newName);
  if (!choice.ok) return choice;
  const wanted = over === undefined ? source.value.top : Math.min(source.value.top, over.value.top);
  const at = wantedBranch(choice.value, wanted, source.value.top);
  if (!at.ok) return at;
  if (flags.exchange === true && over !== undefined) return exchange(kernel, union, source.value, over.value, at.value);
  if (over?.value.node.kind === "dir" && !isEmpty(kernel, over.value.stack)) return failure("ENOTEMPTY");
  const may = mayMove(kernel, source.value, at.value);
  if (!may.ok) return may;
  return move(kernel, union, source.value, over?.value, nodeOf(kernel, to), newName, at.value);
}

function move(kernel: Kernel, union: UnionRow, source: Side, over: Side | undefined, to: NodeRow, newName: string, at: number): Result<true> {
  const branch = branchOf(union, at);
  if (!branch.ok) return branch;
  const { node } = source;
  const below = source.top === at ? liesBelow(kernel, union, node, at) : value(true);
  if (!below.ok) return below;
  if (source.top !== at) {
    const copied = copyTo(kernel, union, node, at);
    if (!copied.ok) return copied;
  }
  const oldParent = directoryIn(kernel, union, parentOf(kernel, node), at, COPYING);
  const newParent = directoryIn(kernel, union, to, at, COPYING);
  if (!oldParent.ok || !newParent.ok) return oldParent.ok ? failure("EIO") : oldParent;
  if (below.value) {
    const hidden = putWhiteout(kernel, branch.value, oldParent.value, node.name);
    if (!hidden.ok) return hidden;
  }
  const whiteout = whiteoutIn(kernel, newParent.value, newName);
  if (!whiteout.ok) return whiteout;
  if (over !== undefined) leave(kernel, union, over);
  if (over?.node.kind === "dir" && realChild(kernel, newParent.value, newName) !== undefined) {
    const emptied = removeEmptied(kernel, newParent.value, newName);
    if (!emptied.ok) return emptied;
  }
  const type = real(kernel, oldParent.value);
  const moved = type.rename(kernel, oldParent.value, node.name, newParent.value, newName, {});
  if (!moved.ok) return moved;
  const last = over?.stack.places.at(-1)?.at ?? at;
  const hides = whiteout.value !== undefined || at < last || aufsOf(kernel, to.sb).config.alwaysOpaque;
  const arrived = realChild(kernel, newParent.value, newName);
  if (node.kind === "dir" && hides && arrived !== undefined) setOpaque(kernel, branch.value, arrived);
  if (whiteout.value !== undefined) takeWhiteout(kernel, newParent.value, newName);
  putNode(kernel, { ...node, parent: to.id, name: newName });
  return DONE;
}

/** What was replaced: an open file keeps its data. */
function leave(kernel: Kernel, union: UnionRow, { node, stack }: Side): void {
  const [top] = stack.places;
  forgetNode(kernel, node, top === undefined ? undefined : { ref: top.ref, writable: mayWrite(union, top.at) });
  lessOne(kernel, union, node);
}

function exchange(kernel: Kernel, union: UnionRow, a: Side, b: Side, at: number): Result<true> {
  for (const side of [b, a]) {
    const may = mayMove(kernel, side, at);
    if (!may.ok) return may;
  }
  for (const side of [a, b]) {
    if (side.top === at) continue;
    const copied = copyTo(kernel, union, side.node, at);
    if (!copied.ok) return copied;
  }
  const branch = branchOf(union, at);
  const from = directoryIn(kernel, union, parentOf(kernel, a.node), at, COPYING);
  const to = directoryIn(kernel, union, parentOf(kernel, b.node), at, COPYING);
  if (!branch.ok || !from.ok || !to.ok) return failure("EIO");
  const done = real(kernel, from.value).rename(kernel, from.value, a.node.name, to.value, b.node.name, { exchange: true });
  if (!done.ok) return done;
  for (const [dir, name, other] of [
    [to.value, b.node.name, b],
    [from.value, a.node.name, a],
  ] as const) {
    const here = realChild(kernel, dir, name);
    const lower = other.stack.places.some((place) => place.at > at);
    if (here !== undefined && lower && realAttributes(kernel, here).kind === "dir") setOpaque(kernel, branch.value, here);
  }
  putNode(kernel, { ...a.node, hashed: false });
  putNode(kernel, { ...b.node, parent: a.node.parent, name: a.node.name });
  putNode(kernel, { ...a.node, parent: b.node.parent, name: b.node.name });
  return DONE;
}
