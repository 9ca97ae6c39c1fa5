/**
 * Making names in Unionfs: in the leftmost branch that has the directory when it is writable, else in the leftmost of all. A new
 * directory is always opaque.
 *
 * @rule linux.unionfs.create
 * @source unionfs@2.6 fs/unionfs/inode.c find_writeable_branch unionfs_mkdir unionfs_link
 */
import { DONE, failure, type Kernel, type Result, value } from "../../types";
import { directoryIn } from "../branches/copy";
import { knownNode, newNode, nodeOf, putNode, real, refOf, type UnionRow, unionOf } from "../branches/state";
import type { NewNode, Ref } from "../types";
import { COPYING, copyTo, leftOf, mayWrite } from "./copy-up";
import { directories, mayBeNamed, newIno, sightOf, stackAt, stackOf } from "./lookup";
import { makeOpaque, takeWhiteout, uncover } from "./whiteout";

/** Where a new thing goes. A directory goes to the nearest writable branch to the left, the rest to the very first. */
function branchFor(union: UnionRow, first: number, isDirectory: boolean): Result<number> {
  if (mayWrite(union, first)) return value(first);
  const at = isDirectory ? leftOf(union, first) : 0;
  return at !== undefined && mayWrite(union, at) ? value(at) : failure("EROFS");
}

/** The branch of the leftmost place of a directory: where a name that is nowhere is thought to be. */
function firstBranch(kernel: Kernel, dir: Ref): Result<number> {
  const [first] = directories(kernel, stackAt(kernel, dir));
  return first === undefined ? failure("ENOENT") : value(first.at);
}

export function create(kernel: Kernel, dirRef: Ref, name: string, node: NewNode): Result<Ref> {
  const may = mayBeNamed(name);
  if (!may.ok) return may;
  const union = unionOf(kernel, dirRef.sb);
  const first = firstBranch(kernel, dirRef);
  const at = first.ok ? branchFor(union, first.value, node.kind === "dir") : first;
  if (!at.ok) return at;
  const parent = directoryIn(kernel, union, nodeOf(kernel, dirRef), at.value, COPYING);
  if (!parent.ok) return parent;
  const shown = takeWhiteout(kernel, union, at.value, parent.value, name);
  if (!shown.ok) return shown;
  const made = real(kernel, parent.value).create(kernel, parent.value, name, node);
  if (!made.ok) return made;
  if (node.kind === "dir") {
    const opaque = makeOpaque(kernel, made.value);
    if (!opaque.ok) return opaque;
  }
  const known = knownNode(kernel, dirRef, name);
  if (known !== undefined) putNode(kernel, { ...known, hashed: false });
  return value(refOf(newNode(kernel, dirRef, name, { kind: node.kind, ino: newIno(kernel, dirRef.sb) })));
}

/**
 * A further name is made in the branch of the file; when that is read-only the file is copied up under its own name first. Something
 * hidden of that name in that branch is in the way.
 *
 * Not modelled: that a whiteout goes although the link then fails.
 *
 * @rule linux.unionfs.link
 * @source unionfs@2.6 fs/unionfs/inode.c unionfs_link
 */
export function link(kernel: Kernel, ref: Ref, dirRef: Ref, name: string): Result<true> {
  const old = nodeOf(kernel, ref);
  const union = unionOf(kernel, dirRef.sb);
  const dir = nodeOf(kernel, dirRef);
  const [top] = stackOf(kernel, old).places;
  if (top === undefined) return failure("ENOENT");
  const most = Math.min(top.at, sightOf(kernel, dir));
  const at = mayWrite(union, most) ? most : leftOf(union, most);
  if (at === undefined) return failure("EROFS");
  const from = at === top.at ? value(top.ref) : copyTo(kernel, union, old, at);
  const parent = from.ok ? directoryIn(kernel, union, dir, at, COPYING) : from;
  if (!from.ok || !parent.ok) return from.ok ? failure("EIO") : from;
  const linked = real(kernel, from.value).link(kernel, from.value, parent.value, name);
  const shown = linked.ok ? uncover(kernel, union, dirRef, name, at) : linked;
  if (!shown.ok) return shown;
  const known = knownNode(kernel, dirRef, name);
  if (known !== undefined) putNode(kernel, { ...known, hashed: false });
  newNode(kernel, dirRef, name, { kind: old.kind, ino: old.ino });
  return DONE;
}
