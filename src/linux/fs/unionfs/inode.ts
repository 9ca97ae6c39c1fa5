/**
 * One inode of Unionfs: its attributes are those of the leftmost instance, its times the latest of all.
 *
 * @rule linux.unionfs.inode
 * @source unionfs@2.6 fs/unionfs/inode.c unionfs_setattr; fs/unionfs/subr.c unionfs_get_nlinks unionfs_copy_attr_times; fs/unionfs/xattr.c
 */
import { failure, type Kernel, type Result } from "../../types";
import { goneAttributes, opened, realOr } from "../branches/inode";
import { nodeOf, real, realAttributes } from "../branches/state";
import type { AttributeChange, Attributes, OpenFlags, Ref } from "../types";
import { ready } from "./copy-up";
import { directories, stackOf, topOf } from "./lookup";

export function getattr(kernel: Kernel, ref: Ref): Attributes {
  const node = nodeOf(kernel, ref);
  const stack = stackOf(kernel, node);
  const at = node.pinned?.ref ?? stack.places[0]?.ref;
  if (at === undefined) return goneAttributes(node);
  const top = realAttributes(kernel, at);
  const { kind, mode, uid, gid, size, rdev } = top;
  const all = node.kind === "dir" ? directories(kernel, stack).map((place) => realAttributes(kernel, place.ref)) : [top];
  const latest = (time: "atime" | "mtime" | "ctime"): number => Math.max(...all.map((one) => one[time]));
  const times = { atime: latest("atime"), mtime: latest("mtime"), ctime: latest("ctime") };
  return { kind, mode, uid, gid, size, rdev, ...times, nlink: kind === "dir" ? 1 : top.nlink, ino: node.ino, dev: ref.sb };
}

export function setattr(kernel: Kernel, ref: Ref, change: AttributeChange): Result<true> {
  const at = ready(kernel, ref, "EACCES", change.size);
  return at.ok ? real(kernel, at.value).setattr(kernel, at.value, change) : at;
}

/** Passed on to the instance as it is: nothing is copied up, so that a branch called read-only is written. */
export function setxattr(kernel: Kernel, ref: Ref, name: string, data: string | undefined): Result<true> {
  const at = realOr(kernel, ref, (inKernel, node) => topOf(inKernel, node)?.ref);
  return at === undefined ? failure("ESTALE") : real(kernel, at).setxattr(kernel, at, name, data);
}

export function write(kernel: Kernel, ref: Ref, offset: number, data: string): Result<number> {
  const at = ready(kernel, ref, "EBADF");
  return at.ok ? real(kernel, at.value).write(kernel, at.value, offset, data) : at;
}

/** Nothing is copied up yet, unless the file is to be emptied. */
export function open(kernel: Kernel, ref: Ref, flags: OpenFlags): Result<true> {
  if (flags.truncate === true && nodeOf(kernel, ref).kind === "file") {
    const at = ready(kernel, ref, "EROFS", 0);
    if (!at.ok) return at;
  }
  return opened(kernel, ref);
}
