/**
 * Whiteouts of Unionfs: empty files with a prefix, made where asked or in the nearest writable branch to the left.
 *
 * Not modelled: other file creation masks than 022, which leave a whiteout without any permission.
 *
 * @rule linux.unionfs.whiteout
 * @source unionfs@2.6 fs/unionfs/whiteout.c create_whiteout check_unlink_whiteout make_dir_opaque
 */
import type { Errno } from "../../errno";
import { DONE, failure, type Kernel, type Result } from "../../types";
import { directoryIn } from "../branches/copy";
import { whiteoutName } from "../branches/stack";
import { type NodeRow, real, realChild, type UnionRow } from "../branches/state";
import type { NewNode, Ref } from "../types";
import { COPYING, mayWrite } from "./copy-up";
import { directories, OPAQUE, stackAt } from "./lookup";

const WHITEOUT: NewNode = { kind: "file", mode: 0, uid: 0, gid: 0 };
const OPAQUE_MARK: NewNode = { kind: "file", mode: 0o444, uid: 0, gid: 0 };

/** Hides a name of a directory from a branch on to the right; further left where that branch cannot be written. */
export function createWhiteout(kernel: Kernel, union: UnionRow, dir: NodeRow, name: string, start: number): Result<true> {
  const hidden = whiteoutName(name);
  const why: Errno = "EINVAL";
  for (let at = start; at >= 0; at--) {
    if (!mayWrite(union, at)) continue;
    const parent = directoryIn(kernel, union, dir, at, COPYING);
    if (!parent.ok) continue;
    if (realChild(kernel, parent.value, hidden) !== undefined) return DONE;
    const made = real(kernel, parent.value).create(kernel, parent.value, hidden, WHITEOUT);
    kernel.tx.fired("linux.unionfs.whiteout", name);
    return made.ok ? DONE : made;
  }
  return failure(why);
}

/** A name that is to be put into a directory of a branch must not be hidden there. */
export function takeWhiteout(kernel: Kernel, union: UnionRow, at: number, parent: Ref, name: string): Result<true> {
  if (realChild(kernel, parent, whiteoutName(name)) === undefined) return DONE;
  return mayWrite(union, at) ? real(kernel, parent).unlink(kernel, parent, whiteoutName(name)) : failure("EROFS");
}

/** No whiteout may hide a name that arrives in a branch, nor one in a branch further left. */
export function uncover(kernel: Kernel, union: UnionRow, to: Ref, name: string, at: number): Result<true> {
  for (const place of directories(kernel, stackAt(kernel, to))) {
    if (place.at > at) break;
    const shown = takeWhiteout(kernel, union, place.at, place.ref, name);
    if (!shown.ok) return shown;
  }
  return DONE;
}

export function makeOpaque(kernel: Kernel, dir: Ref): Result<true> {
  if (realChild(kernel, dir, OPAQUE) !== undefined) return DONE;
  const made = real(kernel, dir).create(kernel, dir, OPAQUE, OPAQUE_MARK);
  return made.ok ? DONE : made;
}
