/**
 * What making, removing and renaming have in common: where in the upper layer a name goes, and what happens to a name and its inode when it
 * comes or goes.
 */
import { DONE, failure, type Kernel, type Result, value } from "../../types";
import { WHITEOUT } from "../tmpfs";
import type { Ref } from "../types";
import { copyUp, needsIndexOf, setUpperLinks } from "./copy-up";
import { handleOf } from "./origin";
import {
  again,
  dentryDraft,
  type DentryRow,
  dentryTable,
  inodeDraft,
  inodeOf,
  type OverlayInodeRow,
  overlayInodeTable,
  type OverlayRow,
  putDentry,
  putInode,
  real,
  refOf,
} from "./state";
import { setMark } from "./xattrs";

/** The upper directory of a name's parent, copied up first. */
export function upperDir(kernel: Kernel, dir: DentryRow): Result<Ref> {
  const copied = copyUp(kernel, refOf(dir));
  if (!copied.ok) return copied;
  const { upper } = inodeOf(kernel, dir);
  return upper === undefined ? failure("EROFS") : value(upper);
}

export function workDir(overlay: OverlayRow): Result<Ref> {
  return overlay.work === undefined ? failure("EROFS") : value(overlay.work);
}

export function setOpaque(kernel: Kernel, overlay: OverlayRow, upper: Ref): Result<true> {
  return setMark(kernel, overlay, upper, "opaque", "y");
}

/**
 * Before a name of an indexed file comes or goes, the number of its names is noted, relative to the upper file.
 *
 * @source linux@6.12 fs/overlayfs/util.c ovl_nlink_start
 */
export function linksBegin(kernel: Kernel, overlay: OverlayRow, dentry: DentryRow): Result<true> {
  const inode = inodeOf(kernel, dentry);
  if (inode.kind === "dir") return DONE;
  if (needsIndexOf(kernel, overlay, inode) && !again(kernel, dentry).alias) {
    const copied = copyUp(kernel, refOf(dentry));
    if (!copied.ok) return copied;
  }
  const now = inodeOf(kernel, dentry);
  return now.indexed ? setUpperLinks(kernel, overlay, now) : DONE;
}

/** After an indexed file lost its last name, its index entry goes; a whiteout stays where a lower name might still lead to it. */
export function linksEnd(kernel: Kernel, overlay: OverlayRow, inode: OverlayInodeRow): void {
  const { index } = overlay;
  const lower = inode.lower[0]?.ref;
  if (index === undefined || lower === undefined || !inode.indexed || inode.nlink > 0) return;
  const name = handleOf(lower);
  if (inode.kind === "dir") real(kernel, index).rmdir(kernel, index, name);
  else real(kernel, index).unlink(kernel, index, name);
  if (overlay.config.nfsExport) real(kernel, index).create(kernel, index, name, WHITEOUT);
}

/** Forgets a name; the inode goes with its last one, unless somebody has it open. */
export function forget(kernel: Kernel, dentry: DentryRow): void {
  const inode = inodeDraft(inodeOf(kernel, dentry));
  inode.names--;
  if (inode.opens > 0) {
    const nameless = dentryDraft(again(kernel, dentry));
    nameless.hashed = false;
    putDentry(kernel, nameless);
  } else kernel.tx.write(dentryTable).delete(kernel.machine, dentry.sb, dentry.id);
  if (inode.names === 0 && inode.opens === 0) kernel.tx.write(overlayInodeTable).delete(kernel.machine, inode.sb, inode.id);
  else {
    if (inode.names === 0) inode.key = undefined;
    putInode(kernel, inode);
  }
}

/** Keeps the real inode of an open file alive when its name goes. */
export function pin(kernel: Kernel, dentry: DentryRow): void {
  const inode = inodeOf(kernel, dentry);
  if (inode.opens === 0 || inode.pinned !== undefined || inode.upper === undefined) return;
  real(kernel, inode.upper).open(kernel, inode.upper, {});
  const pinned = inodeDraft(inode);
  pinned.pinned = inode.upper;
  putInode(kernel, pinned);
}
