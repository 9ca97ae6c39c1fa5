/**
 * One inode of AUFS: its attributes are those of the topmost branch that has it, its number is AUFS's own.
 *
 * @rule linux.aufs.inode
 * @source aufs6 fs/aufs/i_op.c aufs_getattr aufs_setattr; fs/aufs/inode.c au_cpup_attr_nlink; fs/aufs/file.c au_ready_to_write
 */
import { failure, type Kernel, type Result } from "../../types";
import { goneAttributes, opened } from "../branches/inode";
import { nodeOf, type NodeRow, real, realAttributes, unionOf } from "../branches/state";
import type { AttributeChange, Attributes, OpenFlags, Ref } from "../types";
import { ready } from "./copy-up";
import { stackOf, topOf } from "./lookup";
import { plinkOf } from "./state";

/** A directory's links are those of all its places. */
function linksOf(kernel: Kernel, node: NodeRow, top: Attributes): number {
  if (node.kind === "dir")
    return stackOf(kernel, node).places.reduce((sum, { ref }, i) => (i === 0 ? sum : sum + realAttributes(kernel, ref).nlink - 2), top.nlink);
  return plinkOf(kernel, node.sb, node.ino)?.nlink ?? top.nlink;
}

export function getattr(kernel: Kernel, ref: Ref): Attributes {
  const node = nodeOf(kernel, ref);
  const at = node.pinned?.ref ?? topOf(kernel, node)?.ref;
  if (at === undefined) return goneAttributes(node);
  const top = realAttributes(kernel, at);
  const { kind, mode, uid, gid, size, rdev, atime, mtime, ctime, linkable } = top;
  const nlink = node.pinned === undefined ? linksOf(kernel, node, top) : top.nlink;
  return { kind, mode, uid, gid, size, rdev, atime, mtime, ctime, nlink, ino: node.ino, dev: ref.sb, ...(linkable === true ? { linkable } : {}) };
}

export function setattr(kernel: Kernel, ref: Ref, change: AttributeChange): Result<true> {
  const at = ready(kernel, ref, change.size);
  return at.ok ? real(kernel, at.value).setattr(kernel, at.value, change) : at;
}

export function setxattr(kernel: Kernel, ref: Ref, name: string, data: string | undefined): Result<true> {
  const at = ready(kernel, ref);
  return at.ok ? real(kernel, at.value).setxattr(kernel, at.value, name, data) : at;
}

export function write(kernel: Kernel, ref: Ref, offset: number, data: string): Result<number> {
  const at = ready(kernel, ref);
  return at.ok ? real(kernel, at.value).write(kernel, at.value, offset, data) : at;
}

/** Nothing is copied up yet, unless the file is to be emptied; but somewhere it must be possible to copy it to. */
export function open(kernel: Kernel, ref: Ref, flags: OpenFlags): Result<true> {
  const node = nodeOf(kernel, ref);
  const writes = flags.write === true || flags.truncate === true;
  const isData = node.kind === "file" || node.kind === "dir";
  if (writes && isData && node.pinned === undefined) {
    const top = topOf(kernel, node)?.at ?? 0;
    const { branches } = unionOf(kernel, ref.sb);
    if (!branches.slice(0, top + 1).some(({ writable }) => writable)) return failure("EROFS");
  }
  if (flags.truncate === true && node.kind === "file") {
    const at = ready(kernel, ref, 0);
    if (!at.ok) return at;
  }
  return opened(kernel, ref);
}
