/**
 * Branches by their paths: found, checked against each other, and kept in order.
 *
 * @source aufs6 fs/aufs/branch.c test_add; unionfs@2.5 fs/unionfs/main.c parse_dirs_option is_branch_overlap
 */
import { DONE, failure, type Kernel, type Result, value } from "../../types";
import { resolve } from "../namei";
import { superblockOf } from "../superblock";
import type { Ref, TaskView } from "../types";
import { type Branch, nodeTable, type NodeRow, putNode, real, realAttributes, type UnionRow } from "./state";

export function directoryAt(kernel: Kernel, view: TaskView, path: string): Result<Ref> {
  const found = resolve(kernel, view, path, true);
  if (!found.ok) return found;
  return realAttributes(kernel, found.value.ref).kind === "dir" ? value(found.value.ref) : failure("ENOTDIR");
}

const STACKED = ["overlay", "aufs", "unionfs"];
/** Whether a directory is on a file system that is itself made of others. */
export const isStacked = (kernel: Kernel, ref: Ref): boolean => STACKED.includes(superblockOf(kernel, ref.sb).type);

function holds(kernel: Kernel, outer: Ref, inner: Ref): boolean {
  if (outer.sb !== inner.sb) return false;
  for (let at = inner; ; ) {
    if (at.ino === outer.ino) return true;
    const up = real(kernel, at).parent(kernel, at);
    if (up.ino === at.ino) return false;
    at = up;
  }
}
export const sameBranch = (a: Ref, b: Ref): boolean => a.sb === b.sb && a.ino === b.ino;

/** No branch may be, or lie in, another. */
export function apart(kernel: Kernel, branches: readonly Branch[], root: Ref): Result<true> {
  const meets = branches.some((branch) => holds(kernel, branch.root, root) || holds(kernel, root, branch.root));
  return meets ? failure("EINVAL") : DONE;
}

export const branchAt = (union: UnionRow, root: Ref): number => union.branches.findIndex((branch) => sameBranch(branch.root, root));

/** After a change of branches numbers that nobody holds are given anew by whoever does not keep them. */
export function nodesOf(kernel: Kernel, sb: number): readonly NodeRow[] {
  return kernel.tx.read(nodeTable).by("sb", kernel.machine, sb);
}

/** The root of a union, made at its mount. */
export function putRoot(kernel: Kernel, sb: number, id: number, ino: number): Ref {
  putNode(kernel, { machine: kernel.machine, sb, id, parent: id, name: "/", kind: "dir", ino, hashed: true, opens: 0 });
  return { sb, ino: id };
}
