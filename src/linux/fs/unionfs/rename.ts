/**
 * Renaming in Unionfs: in the branch of the source, or, when that is read-only, in a copy further left. A directory moves only when it
 * holds nothing in other branches, and is opaque afterwards.
 *
 * Not modelled: undoing a rename after a branch failed half-way; that a name which arrives under a whiteout or an opaque directory of a
 * branch further left is seen for as long as it is remembered, and then no more: the whiteout goes, or the file is copied further left.
 *
 * @rule linux.unionfs.rename
 * @source unionfs@2.6 fs/unionfs/rename.c unionfs_rename do_unionfs_rename may_rename_dir
 */
import { DONE, failure, type Kernel, type Result, value } from "../../types";
import { directoryIn } from "../branches/copy";
import { whiteoutName } from "../branches/stack";
import { forgetNode, nodeOf, parentOf, putNode, real, realAttributes, realChild, type UnionRow, unionOf } from "../branches/state";
import type { Ref, RenameFlags } from "../types";
import { COPYING, copyTo, leftOf, mayWrite } from "./copy-up";
import { directories, mayBeNamed, type Named, named, sightOf, stackAt } from "./lookup";
import { isEmpty, isEmptyBelow } from "./readdir";
import { createWhiteout, makeOpaque, uncover } from "./whiteout";

/** @source unionfs@2.6 fs/unionfs/rename.c may_rename_dir */
function mayMove(kernel: Kernel, union: UnionRow, { node, stack, top }: Named): Result<true> {
  if (node.kind !== "dir") return DONE;
  if (!isEmpty(kernel, stack) && !mayWrite(union, top.at)) return failure("EXDEV");
  return stack.places.length === 1 || stack.opaque === top.at || isEmptyBelow(kernel, stack) ? DONE : failure("EXDEV");
}

/** A name that is hidden in some branch is replaced whatever lies there. */
const isHidden = (kernel: Kernel, dir: Ref, name: string): boolean =>
  directories(kernel, stackAt(kernel, dir)).some(({ ref }) => realChild(kernel, ref, whiteoutName(name)) !== undefined);

export function rename(kernel: Kernel, from: Ref, oldName: string, to: Ref, newName: string, flags: RenameFlags): Result<true> {
  // It knows the old system call only.
  if (flags.noReplace === true || flags.exchange === true || flags.whiteout === true) return failure("EINVAL");
  const may = mayBeNamed(newName);
  if (!may.ok) return may;
  const union = unionOf(kernel, from.sb);
  const found = named(kernel, from, oldName);
  if (!found.ok) return found;
  const moves = mayMove(kernel, union, found.value);
  if (!moves.ok) return moves;
  const target = named(kernel, to, newName);
  if (!target.ok && target.errno !== "ENOENT") return target;
  const over = target.ok ? target.value : undefined;
  if (over?.node.kind === "dir" && !isHidden(kernel, to, newName) && !isEmpty(kernel, over.stack)) return failure("ENOTEMPTY");
  return move(kernel, union, found.value, over, to, newName);
}

/**
 * The branch it is done in: that of the source, or further left than every read-only instance of what is replaced, and than what would hide
 * the name where it arrives.
 */
function branchFor(union: UnionRow, source: number, over: Named | undefined, sight: number): number | undefined {
  const blocked = (over?.all ?? []).filter(({ at }) => at < source && !mayWrite(union, at)).map(({ at }) => at);
  const most = Math.min(sight, blocked.length > 0 ? Math.min(...blocked) - 1 : source);
  return mayWrite(union, most) ? most : leftOf(union, most);
}

/** What lies in the branch it is done in, seen or not, must give way as in any directory. */
function mayReplace(kernel: Kernel, { node }: Named, there: Ref | undefined, emptied: boolean): Result<true> {
  if (there === undefined) return DONE;
  const { kind } = realAttributes(kernel, there);
  if (kind !== "dir") return node.kind === "dir" ? failure("ENOTDIR") : DONE;
  if (node.kind !== "dir") return failure("EISDIR");
  const inside = real(kernel, there).readdir(kernel, there);
  const left = inside.ok ? inside.value.filter(({ name }) => !emptied || !name.startsWith(whiteoutName(""))) : [];
  return left.length > 0 ? failure("ENOTEMPTY") : DONE;
}

function move(kernel: Kernel, union: UnionRow, source: Named, over: Named | undefined, to: Ref, newName: string): Result<true> {
  const { node, all, top } = source;
  const at = branchFor(union, top.at, over, sightOf(kernel, nodeOf(kernel, to)));
  if (at === undefined) return failure("EROFS");
  const copies = at !== top.at;
  const inWay = (over?.all ?? []).some((place) => place.at < top.at && realAttributes(kernel, place.ref).kind === "dir");
  // A directory to the left is unlinked like a file, which fails; after a copy nobody looks at that.
  if (inWay && !copies) return failure("EISDIR");
  const places = parents(kernel, union, node.parent, to, at);
  if (!places.ok) return places;
  const may = mayReplace(kernel, source, realChild(kernel, places.value.to, newName), over?.top.at === at);
  if (!may.ok) return may;
  const dir = parentOf(kernel, node);
  if (copies) {
    const copied = copyTo(kernel, union, node, at);
    const hidden = copied.ok ? createWhiteout(kernel, union, dir, node.name, at) : copied;
    if (!hidden.ok) return hidden;
  }
  const replaced = replace(kernel, union, over, to, newName, at, top.at);
  if (!replaced.ok) return replaced;
  const type = real(kernel, places.value.from);
  const moved = type.rename(kernel, places.value.from, node.name, places.value.to, newName, {});
  const shown = moved.ok ? uncover(kernel, union, to, newName, at) : moved;
  if (!shown.ok) return shown;
  const arrived = realChild(kernel, places.value.to, newName);
  if (node.kind === "dir" && arrived !== undefined) makeOpaque(kernel, arrived);
  putNode(kernel, { ...node, parent: to.ino, name: newName });
  return !copies && all.length > 1 ? createWhiteout(kernel, union, dir, node.name, top.at) : DONE;
}

function parents(kernel: Kernel, union: UnionRow, from: number, to: Ref, at: number): Result<{ readonly from: Ref; readonly to: Ref }> {
  const oldParent = directoryIn(kernel, union, nodeOf(kernel, { sb: to.sb, ino: from }), at, COPYING);
  const newParent = directoryIn(kernel, union, nodeOf(kernel, to), at, COPYING);
  if (!oldParent.ok) return oldParent;
  return newParent.ok ? value({ from: oldParent.value, to: newParent.value }) : newParent;
}

/** Instances of the target to the left of the source go; a directory there cannot, but its marks are taken away. */
function replace(kernel: Kernel, union: UnionRow, over: Named | undefined, to: Ref, name: string, at: number, source: number): Result<true> {
  const dirs = stackAt(kernel, to).places;
  for (const place of over?.all ?? []) {
    const parent = dirs.find((one) => one.at === place.at)?.ref;
    if (parent === undefined || !mayWrite(union, place.at)) continue;
    const isDir = realAttributes(kernel, place.ref).kind === "dir";
    if (isDir && place.at === over?.top.at) empty(kernel, place.ref);
    if (isDir || place.at >= source || place.at === at) continue;
    const gone = real(kernel, parent).unlink(kernel, parent, name);
    if (!gone.ok) return gone;
  }
  if (over !== undefined) forgetNode(kernel, over.node, { ref: over.top.ref, writable: mayWrite(union, over.top.at) });
  return DONE;
}

/** Takes the whiteouts of a directory away. */
function empty(kernel: Kernel, dir: Ref): void {
  const type = real(kernel, dir);
  const inside = type.readdir(kernel, dir);
  if (inside.ok) for (const { name } of inside.value) if (name.startsWith(whiteoutName(""))) type.unlink(kernel, dir, name);
}
