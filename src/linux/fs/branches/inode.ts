/**
 * What reading a union's inode has in common: it is done on the topmost place of its name, or on the inode an open file is pinned to.
 */
import { DONE, failure, type Kernel, type Result, value } from "../../types";
import type { Attributes, Ref } from "../types";
import { dropNode, type NodeRow, nodeOf, putNode, real, realAttributes } from "./state";

const NO_DEVICE: readonly [number, number] = Object.freeze([0, 0] as const);

/** Of a name whose thing was taken away behind the union's back, or of a directory that was removed while somebody stood in it. */
export function goneAttributes({ kind, ino, sb }: NodeRow): Attributes {
  return { kind, mode: 0o755, uid: 0, gid: 0, nlink: 0, size: 0, rdev: NO_DEVICE, atime: 0, mtime: 0, ctime: 0, ino, dev: sb };
}

/** How one kind of union finds the real inode of a name. */
export type Top = (kernel: Kernel, node: NodeRow) => Ref | undefined;

export const realOr = (kernel: Kernel, ref: Ref, top: Top): Ref | undefined => {
  const node = nodeOf(kernel, ref);
  return node.pinned?.ref ?? top(kernel, node);
};

/** The functions that only read. */
export function readers(top: Top) {
  const at = (kernel: Kernel, ref: Ref): Result<Ref> => {
    const found = realOr(kernel, ref, top);
    return found === undefined ? failure("ESTALE") : value(found);
  };
  return {
    read: (kernel: Kernel, ref: Ref, offset: number, length: number): Result<string> => {
      const found = at(kernel, ref);
      return found.ok ? real(kernel, found.value).read(kernel, found.value, offset, length) : found;
    },
    readlink: (kernel: Kernel, ref: Ref): Result<string> => {
      const found = at(kernel, ref);
      return found.ok ? real(kernel, found.value).readlink(kernel, found.value) : found;
    },
    getxattr: (kernel: Kernel, ref: Ref, name: string): Result<string> => {
      const found = at(kernel, ref);
      return found.ok ? real(kernel, found.value).getxattr(kernel, found.value, name) : found;
    },
    listxattr: (kernel: Kernel, ref: Ref): readonly string[] => {
      const found = at(kernel, ref);
      return found.ok ? real(kernel, found.value).listxattr(kernel, found.value) : [];
    },
    mapped: (kernel: Kernel, ref: Ref): Ref => realOr(kernel, ref, top) ?? ref,
    peek: (kernel: Kernel, ref: Ref): Attributes => {
      const found = realOr(kernel, ref, top);
      return found === undefined ? goneAttributes(nodeOf(kernel, ref)) : realAttributes(kernel, found);
    },
  };
}

export function opened(kernel: Kernel, ref: Ref): Result<true> {
  const node = nodeOf(kernel, ref);
  putNode(kernel, { ...node, opens: node.opens + 1 });
  return DONE;
}

export function release(kernel: Kernel, ref: Ref): void {
  const node = nodeOf(kernel, ref);
  const opens = node.opens - 1;
  if (opens > 0 || node.hashed || node.kind === "dir") return putNode(kernel, { ...node, opens });
  if (node.pinned !== undefined) real(kernel, node.pinned.ref).release(kernel, node.pinned.ref);
  dropNode(kernel, node);
}

/**
 * A file without a name that is on a branch which may not be written is copied to one that may, without a name there too.
 *
 * @source aufs6 fs/aufs/cpup.c au_sio_cpup_wh; unionfs@2.5 fs/unionfs/commonfops.c copyup_deleted_file
 */
export function copyUnnamed(kernel: Kernel, node: NodeRow, dir: Ref, copy: (to: Ref) => void): Result<Ref> {
  const made = real(kernel, dir).tmpfile?.(kernel, dir, { kind: "file", mode: 0o600, uid: 0, gid: 0 }) ?? failure("EOPNOTSUPP");
  if (!made.ok) return made;
  real(kernel, made.value).open(kernel, made.value, { write: true });
  copy(made.value);
  if (node.pinned !== undefined) real(kernel, node.pinned.ref).release(kernel, node.pinned.ref);
  putNode(kernel, { ...node, pinned: { ref: made.value, writable: true } });
  return made;
}
