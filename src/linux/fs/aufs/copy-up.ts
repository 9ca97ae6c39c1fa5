/**
 * Copying up in AUFS: when a thing on a read-only branch is changed. Opening for writing is no change: the copy is made at the first write.
 * A file with several names is copied once; its other names follow the copy by a pseudo-link until they are changed themselves.
 *
 * Not modelled: coo_reg and coo_all (copying at open), the `auplink` helper that makes real links of pseudo-links at unmount.
 *
 * @rule linux.aufs.copy-up
 * @source aufs6 fs/aufs/file.c au_ready_to_write; fs/aufs/cpup.c au_cpup_single; fs/aufs/i_op.c au_pin_and_icpup
 */
import { failure, type Kernel, type Result, value } from "../../types";
import { copyContents, type Copying, copyName, directoryIn } from "../branches/copy";
import { copyUnnamed } from "../branches/inode";
import { type Branch, nodeOf, type NodeRow, parentOf, real, realAttributes, realChild, type UnionRow, unionOf } from "../branches/state";
import { nodeStack, stackWith } from "../branches/stack";
import type { Ref } from "../types";
import { find, topOf } from "./lookup";
import { copyUpBranch } from "./policy";
import { aufsOf, dropIno, plinkOf, putPlink, setIno } from "./state";
import { PLINK_DIR, setOpaque, takeWhiteout } from "./whiteout";

export const COPYING: Copying = {
  find,
  keepsTimes: true,
  // A directory made below another place of itself replaces a whiteout, and then hides what lies further down.
  madeDirectory: (kernel, union, at, parent, name, made) => {
    const branch = union.branches[at];
    if (branch === undefined || realChild(kernel, parent, `.wh.${name}`) === undefined) return value(true);
    const opaque = setOpaque(kernel, branch, made);
    return opaque.ok ? takeWhiteout(kernel, parent, name) : opaque;
  },
};

export function branchOf(union: UnionRow, at: number): Result<Branch> {
  const branch = union.branches[at];
  return branch === undefined ? failure("EIO") : value(branch);
}
export const mayWrite = (union: UnionRow, at: number): boolean => union.branches[at]?.writable === true;

/** Where a name that lies in a read-only branch is copied. */
export function copyTarget(kernel: Kernel, union: UnionRow, node: NodeRow, top: number): Result<number> {
  const dir = parentOf(kernel, node);
  return copyUpBranch({ kernel, union, dir, dirStack: stackWith(kernel, union, dir, find), top });
}

/** Puts a name of a copied file beside the copy, or copies it to a branch. */
export function copyTo(kernel: Kernel, union: UnionRow, node: NodeRow, at: number, bytes?: number): Result<Ref> {
  const branch = branchOf(union, at);
  if (!branch.ok) return branch;
  const plink = plinkOf(kernel, node.sb, node.ino);
  if (plink !== undefined && plink.branch === branch.value.id && node.kind !== "dir") return linked(kernel, union, node, at, plink.ref);
  const [source] = stackWith(kernel, union, node, find).places;
  const made = copyName(kernel, union, node, at, { bytes }, COPYING);
  if (!made.ok || source === undefined) return made;
  setIno(kernel, node.sb, made.value, node.ino);
  const { nlink } = realAttributes(kernel, source.ref);
  if (node.kind !== "dir" && nlink > 1 && aufsOf(kernel, node.sb).config.plink) remember(kernel, node, branch.value, made.value, nlink);
  else if (node.kind !== "dir" && source.at > at) dropIno(kernel, node.sb, source.ref);
  kernel.tx.fired("linux.aufs.copy-up", node.name);
  return made;
}

function linked(kernel: Kernel, union: UnionRow, node: NodeRow, at: number, copy: Ref): Result<Ref> {
  const dir = directoryIn(kernel, union, parentOf(kernel, node), at, COPYING);
  if (!dir.ok) return dir;
  const { atime, mtime } = realAttributes(kernel, dir.value);
  const done = real(kernel, copy).link(kernel, copy, dir.value, node.name);
  if (!done.ok) return done;
  real(kernel, dir.value).setattr(kernel, dir.value, { atime, mtime });
  return value(copy);
}

/** The copy of a file that has more names below is kept by a link in a directory of the branch. @source aufs6 fs/aufs/plink.c */
export function remember(kernel: Kernel, node: NodeRow, branch: Branch, copy: Ref, nlink: number): void {
  putPlink(kernel, { machine: kernel.machine, sb: node.sb, ino: node.ino, branch: branch.id, ref: copy, nlink });
  const dir = realChild(kernel, branch.root, PLINK_DIR);
  if (dir !== undefined) real(kernel, copy).link(kernel, copy, dir, `${node.ino}.${copy.ino}`);
}

/** The real inode that may be changed, copied up first. */
export function ready(kernel: Kernel, ref: Ref, bytes?: number): Result<Ref> {
  const node = nodeOf(kernel, ref);
  const union = unionOf(kernel, ref.sb);
  if (node.pinned?.writable === true) return value(node.pinned.ref);
  if (node.pinned !== undefined) return readyUnnamed(kernel, union, node, node.pinned.ref, bytes);
  const stack = nodeStack(kernel, union, ref, find);
  const top = topOf(kernel, node, stack);
  if (top === undefined) return failure("ESTALE");
  if (mayWrite(union, top.at) && !top.pseudo) return value(top.ref);
  if (node.parent === node.id) return failure("EROFS");
  const at = top.pseudo && mayWrite(union, top.at) ? value(top.at) : copyTarget(kernel, union, node, stack.places[0]?.at ?? top.at);
  return at.ok ? copyTo(kernel, union, node, at.value, bytes) : at;
}

function readyUnnamed(kernel: Kernel, union: UnionRow, node: NodeRow, from: Ref, bytes: number | undefined): Result<Ref> {
  const at = copyTarget(kernel, union, node, union.branches.length - 1);
  const branch = at.ok ? branchOf(union, at.value) : at;
  if (!branch.ok) return branch;
  return copyUnnamed(kernel, node, branch.value.root, (to) => copyContents(kernel, from, to, bytes));
}
