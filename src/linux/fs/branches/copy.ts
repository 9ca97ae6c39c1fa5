/**
 * Copying one thing from a branch to another, with its data, owner, times and extended attributes.
 *
 * @source aufs6 fs/aufs/cpup.c cpup_entry cpup_iattr; unionfs@2.5 fs/unionfs/copyup.c copyup_dentry
 */
import { type Kernel, type Result } from "../../types";
import type { AttributeChange, Ref } from "../types";
import { real, realAttributes } from "./state";

export interface CopyOptions {
  /** Bytes wanted of a file that is about to be cut; all when left out. */
  readonly bytes?: number;
  readonly xattrs: boolean;
}

/** Makes the copy under a name in a directory, whose times stay. */
export function copyEntry(kernel: Kernel, from: Ref, dir: Ref, name: string, options: CopyOptions): Result<Ref> {
  const attributes = realAttributes(kernel, from);
  const { atime, mtime } = realAttributes(kernel, dir);
  const { kind, mode, uid, gid, rdev } = attributes;
  const target = kind === "symlink" ? real(kernel, from).readlink(kernel, from) : undefined;
  const made = real(kernel, dir).create(kernel, dir, name, {
    kind,
    mode,
    uid,
    gid,
    rdev,
    ...(target?.ok === true ? { target: target.value } : {}),
  });
  if (!made.ok) return made;
  copyContents(kernel, from, made.value, options);
  real(kernel, dir).setattr(kernel, dir, { atime, mtime });
  return made;
}

/** Data, owner, times and extended attributes of one inode given to another. */
export function copyContents(kernel: Kernel, from: Ref, to: Ref, { bytes, xattrs }: CopyOptions): void {
  const { kind, mode, uid, gid, size, atime, mtime } = realAttributes(kernel, from);
  if (kind === "file") copyData(kernel, from, to, Math.min(size, bytes ?? size));
  if (xattrs) copyXattrs(kernel, from, to);
  const change: AttributeChange = { mode, uid, gid, atime, mtime };
  real(kernel, to).setattr(kernel, to, change);
}

function copyData(kernel: Kernel, from: Ref, to: Ref, size: number): void {
  const data = real(kernel, from).read(kernel, from, 0, size);
  if (data.ok && data.value !== "") real(kernel, to).write(kernel, to, 0, data.value);
}

function copyXattrs(kernel: Kernel, from: Ref, to: Ref): void {
  for (const name of real(kernel, from).listxattr(kernel, from)) {
    const data = real(kernel, from).getxattr(kernel, from, name);
    if (data.ok) real(kernel, to).setxattr(kernel, to, name, data.value);
  }
}

/** The bytes that copying something moves. */
export function bytesOf(kernel: Kernel, from: Ref, wanted: number | undefined): number {
  const { kind, size } = realAttributes(kernel, from);
  return kind === "file" ? Math.min(size, wanted ?? size) : 0;
}
