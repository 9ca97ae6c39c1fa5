/**
 * One overlay inode: its attributes are those of the real one, its changes copy it up first, and its data are wherever they are now.
 *
 * @rule linux.overlay.inode-operations
 * @source linux@6.12 fs/overlayfs/inode.c ovl_getattr ovl_setattr; fs/overlayfs/file.c ovl_open
 */
import { DONE, failure, type Kernel, type Result } from "../../types";
import { peek as peekReal } from "../superblock";
import type { AttributeChange, Attributes, OpenFlags, Ref } from "../types";
import { copyUp, isCopiedUp, WITH_DATA } from "./copy-up";
import { shownIno } from "./readdir";
import {
  dentryOf,
  dentryTable,
  inodeDraft,
  isMerge,
  overlayInode,
  overlayInodeTable,
  overlayOf,
  putInode,
  real,
  realAttributes,
  realData,
  realOf,
} from "./state";
import { isPrivate, shown, stored } from "./xattrs";

const inodeAt = (kernel: Kernel, ref: Ref): ReturnType<typeof overlayInode> => overlayInode(kernel, dentryOf(kernel, ref));

/** Directories over several file systems have numbers of the overlay's own. */
const OWN_NUMBERS = 2 ** 31;

/** Layers on one file system: numbers are its own, on the overlay's device. On several, a lower file keeps its device. */
export function getattr(kernel: Kernel, ref: Ref): Attributes {
  const overlay = overlayOf(kernel, ref.sb);
  const inode = inodeAt(kernel, ref);
  const realRef = realOf(inode);
  const attributes = realAttributes(kernel, realRef);
  const isDir = inode.kind === "dir";
  const ino = isDir && !overlay.same ? OWN_NUMBERS + inode.id : (shownIno(kernel, inode) ?? attributes.ino);
  const dev =
    overlay.same || isDir
      ? ref.sb
      : inode.upper === undefined
        ? (inode.lower[0]?.ref.sb ?? ref.sb)
        : ((shownIno(kernel, inode) === undefined ? inode.upper.sb : inode.lower[0]?.ref.sb) ?? ref.sb);
  const nlink = isDir ? (isMerge(inode) ? 1 : attributes.nlink) : inode.indexed ? inode.nlink : attributes.nlink;
  return {
    kind: attributes.kind,
    mode: attributes.mode,
    uid: attributes.uid,
    gid: attributes.gid,
    nlink,
    size: attributes.size,
    rdev: attributes.rdev,
    atime: attributes.atime,
    mtime: attributes.mtime,
    ctime: attributes.ctime,
    ino,
    dev,
    linkable: attributes.linkable,
  };
}

/** A merged directory's links are not counted here: it has some. */
export const peek = (kernel: Kernel, ref: Ref): ReturnType<typeof peekReal> => peekReal(kernel, realOf(inodeAt(kernel, ref)));

export function setattr(kernel: Kernel, ref: Ref, change: AttributeChange): Result<true> {
  const copied = copyUp(kernel, ref, change.size === undefined ? {} : WITH_DATA);
  if (!copied.ok) return copied;
  const { upper } = inodeAt(kernel, ref);
  return upper === undefined ? failure("EROFS") : real(kernel, upper).setattr(kernel, upper, change);
}

const isSpecial = (kind: Attributes["kind"]): boolean => kind !== "file" && kind !== "dir" && kind !== "symlink";

/**
 * Opening for writing copies up, before anything is written; a device or a pipe is never copied up for that.
 *
 * @rule linux.overlay.open
 * @source linux@6.12 fs/overlayfs/copy_up.c ovl_open_need_copy_up
 */
export function open(kernel: Kernel, ref: Ref, flags: OpenFlags): Result<true> {
  const dentry = dentryOf(kernel, ref);
  const wants = flags.write === true || flags.truncate === true;
  if (wants && !isCopiedUp(kernel, dentry, flags) && !isSpecial(overlayInode(kernel, dentry).kind)) {
    const copied = copyUp(kernel, ref, flags);
    if (!copied.ok) return copied;
  }
  const inode = inodeDraft(inodeAt(kernel, ref));
  inode.opens++;
  putInode(kernel, inode);
  return DONE;
}

export function release(kernel: Kernel, ref: Ref): void {
  const dentry = dentryOf(kernel, ref);
  const inode = inodeDraft(overlayInode(kernel, dentry));
  inode.opens--;
  putInode(kernel, inode);
  if (inode.opens > 0 || dentry.hashed) return;
  kernel.tx.write(dentryTable).delete(kernel.machine, ref.sb, ref.ino);
  if (inode.names > 0) return;
  if (inode.pinned !== undefined) real(kernel, inode.pinned).release(kernel, inode.pinned);
  kernel.tx.write(overlayInodeTable).delete(kernel.machine, ref.sb, inode.id);
}

export function read(kernel: Kernel, ref: Ref, offset: number, length: number): Result<string> {
  const data = realData(inodeAt(kernel, ref));
  return real(kernel, data).read(kernel, data, offset, length);
}

export function write(kernel: Kernel, ref: Ref, offset: number, bytes: string): Result<number> {
  const { upper } = inodeAt(kernel, ref);
  return upper === undefined ? failure("EROFS") : real(kernel, upper).write(kernel, upper, offset, bytes);
}

export function getxattr(kernel: Kernel, ref: Ref, name: string): Result<string> {
  const at = realOf(inodeAt(kernel, ref));
  return real(kernel, at).getxattr(kernel, at, stored(overlayOf(kernel, ref.sb), name));
}

/**
 * Nothing is copied up for an attribute that is not there to be removed, nor is a name linked up for one whose file is in the upper layer
 * under another name: only the inode is asked.
 *
 * @rule linux.overlay.xattr-set
 * @source linux@6.12 fs/overlayfs/xattrs.c ovl_xattr_set
 */
export function setxattr(kernel: Kernel, ref: Ref, name: string, data: string | undefined): Result<true> {
  const inode = inodeAt(kernel, ref);
  const kept = stored(overlayOf(kernel, ref.sb), name);
  if (data === undefined && inode.upper === undefined) {
    const at = realOf(inode);
    const there = real(kernel, at).getxattr(kernel, at, kept);
    if (!there.ok) return there;
  }
  if (inode.upper === undefined) {
    const copied = copyUp(kernel, ref);
    if (!copied.ok) return copied;
  }
  const { upper } = inodeAt(kernel, ref);
  return upper === undefined ? failure("EROFS") : real(kernel, upper).setxattr(kernel, upper, kept, data);
}

export function listxattr(kernel: Kernel, ref: Ref): readonly string[] {
  const at = realOf(inodeAt(kernel, ref));
  const overlay = overlayOf(kernel, ref.sb);
  return shown(
    overlay,
    real(kernel, at)
      .listxattr(kernel, at)
      .filter((name) => !isPrivate(overlay, name)),
  );
}

export const readlink = (kernel: Kernel, ref: Ref): Result<string> => {
  const at = realOf(inodeAt(kernel, ref));
  return real(kernel, at).readlink(kernel, at);
};

export const mapped = (kernel: Kernel, ref: Ref): Ref => realData(inodeAt(kernel, ref));
