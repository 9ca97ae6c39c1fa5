/**
 * Removing names in Unionfs. A file goes from every branch that may be written, from the left until one may not; then, and only then, a
 * whiteout hides the rest, in the leftmost branch. Of a directory only the leftmost instance goes.
 *
 * @rule linux.unionfs.remove
 * @source unionfs@2.6 fs/unionfs/unlink.c unionfs_unlink_whiteout unionfs_rmdir
 */
import { DONE, failure, type Kernel, type Result } from "../../types";
import { removeEmptied } from "../branches/stack";
import { forgetNode, nodeOf, real, type UnionRow, unionOf } from "../branches/state";
import type { Ref } from "../types";
import { mayWrite } from "./copy-up";
import { type Named, named, stackAt } from "./lookup";
import { isEmpty } from "./readdir";
import { createWhiteout } from "./whiteout";

export function unlink(kernel: Kernel, dirRef: Ref, name: string): Result<true> {
  const found = named(kernel, dirRef, name);
  if (!found.ok) return found;
  const union = unionOf(kernel, dirRef.sb);
  const { node, top } = found.value;
  const first = mayWrite(union, top.at);
  if (!first && top.at === 0) return failure("EROFS");
  if (!first && !mayWrite(union, 0)) return failure("EINVAL");
  // An open file keeps its data: it is held before its name goes.
  const { opens } = node;
  forgetNode(kernel, node, { ref: top.ref, writable: first });
  const done = deleteAll(kernel, union, dirRef, found.value);
  if (!done.ok && opens > 0) return failure("EIO");
  return done;
}

function deleteAll(kernel: Kernel, union: UnionRow, dirRef: Ref, { node, all }: Named): Result<true> {
  const dirs = stackAt(kernel, dirRef).places;
  for (const { at } of all) {
    const parent = dirs.find((place) => place.at === at)?.ref;
    if (parent === undefined) continue;
    const type = real(kernel, parent);
    const there = type.lookup(kernel, parent, node.name);
    if (!there.ok) continue;
    const isDir = real(kernel, there.value).getattr(kernel, there.value).kind === "dir";
    const gone = !mayWrite(union, at) ? failure("EROFS") : isDir ? type.rmdir(kernel, parent, node.name) : type.unlink(kernel, parent, node.name);
    if (!gone.ok) return at === 0 ? gone : createWhiteout(kernel, union, nodeOf(kernel, dirRef), node.name, 0);
  }
  return DONE;
}

export function rmdir(kernel: Kernel, dirRef: Ref, name: string): Result<true> {
  const found = named(kernel, dirRef, name);
  if (!found.ok) return found;
  const { node, stack, top } = found.value;
  if (!isEmpty(kernel, stack)) return failure("ENOTEMPTY");
  const union = unionOf(kernel, dirRef.sb);
  const dir = nodeOf(kernel, dirRef);
  const done = mayWrite(union, top.at)
    ? removeFirst(kernel, union, dirRef, found.value)
    : top.at === 0
      ? failure("EROFS")
      : createWhiteout(kernel, union, dir, name, top.at - 1);
  if (done.ok) forgetNode(kernel, node, undefined);
  return done;
}

function removeFirst(kernel: Kernel, union: UnionRow, dirRef: Ref, { node, all, top }: Named): Result<true> {
  const parent = stackAt(kernel, dirRef).places.find(({ at }) => at === top.at)?.ref;
  if (parent === undefined) return failure("ENOENT");
  const gone = removeEmptied(kernel, parent, node.name);
  if (!gone.ok || all.length === 1) return gone;
  return createWhiteout(kernel, union, nodeOf(kernel, dirRef), node.name, top.at);
}
