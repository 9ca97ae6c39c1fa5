/**
 * Removing names: a whiteout is left where something lies below, and a directory that shows nothing but still holds whiteouts is emptied.
 *
 * @source linux@6.12 fs/overlayfs/dir.c
 */
import { DONE, failure, type Kernel, type Result, value } from "../../types";
import { WHITEOUT } from "../tmpfs";
import type { Ref } from "../types";
import { copyXattrs, tempName } from "./copy-up";
import { lookupName } from "./lookup";
import { forget, linksBegin, linksEnd, pin, setOpaque, upperDir, workDir } from "./names";
import { mergedEntries } from "./readdir";
import {
  again,
  dentryOf,
  type DentryRow,
  inodeDraft,
  inodeOf,
  isPureUpper,
  isWhiteout,
  overlayOf,
  type OverlayRow,
  parentOf,
  putInode,
  real,
  realAttributes,
  sameRef,
} from "./state";

/** @source linux@6.12 fs/overlayfs/dir.c ovl_lower_positive */
export function lowerPositive(kernel: Kernel, dentry: DentryRow): boolean {
  if (inodeOf(kernel, dentry).upper === undefined || !again(kernel, dentry).alias) return true;
  for (const { ref } of inodeOf(kernel, parentOf(kernel, dentry)).lower) {
    const found = real(kernel, ref).lookup(kernel, ref, dentry.name);
    if (found.ok) return !isWhiteout(realAttributes(kernel, found.value));
    if (found.errno !== "ENOENT" && found.errno !== "ENAMETOOLONG") return true;
  }
  return false;
}

/** The whiteouts of a directory that shows nothing; ENOTEMPTY when it shows something. */
export function whiteoutsOfEmpty(kernel: Kernel, dentry: DentryRow): Result<readonly string[]> {
  const entries = mergedEntries(kernel, inodeOf(kernel, dentry));
  return entries.visible.length > 0 ? failure("ENOTEMPTY") : value(entries.upperWhiteouts);
}

/** A whiteout in the work directory; all of one mount are links of one. */
function stagedWhiteout(kernel: Kernel, overlay: OverlayRow, work: Ref): string {
  const type = real(kernel, work);
  const kept = type.lookup(kernel, work, "#whiteout");
  let shared = kept.ok ? kept.value : undefined;
  if (shared === undefined) {
    const made = type.create(kernel, work, "#whiteout", WHITEOUT);
    shared = made.ok ? made.value : undefined;
  }
  const temp = tempName(kernel, overlay);
  if (shared !== undefined) type.link(kernel, shared, work, temp);
  return temp;
}

/**
 * An empty directory that still holds whiteouts is replaced by a really empty, opaque one, so that it can be removed.
 *
 * @source linux@6.12 fs/overlayfs/dir.c ovl_clear_empty
 */
export function clearEmpty(kernel: Kernel, overlay: OverlayRow, dentry: DentryRow, whiteouts: readonly string[]): Result<Ref> {
  const work = workDir(overlay);
  if (!work.ok) return work;
  const { upper } = inodeOf(kernel, dentry);
  const parent = inodeOf(kernel, parentOf(kernel, dentry)).upper;
  if (upper === undefined || parent === undefined) return failure("EROFS");
  const attributes = realAttributes(kernel, upper);
  const type = real(kernel, work.value);
  const temp = tempName(kernel, overlay);
  const made = type.create(kernel, work.value, temp, { kind: "dir", mode: attributes.mode, uid: attributes.uid, gid: attributes.gid });
  if (!made.ok) return made;
  copyXattrs(kernel, overlay, upper, made.value);
  const opaque = setOpaque(kernel, overlay, made.value);
  if (!opaque.ok) return opaque;
  const { mode, uid, gid, atime, mtime } = attributes;
  type.setattr(kernel, made.value, { mode, uid, gid, atime, mtime });
  const renamed = type.rename(kernel, work.value, temp, parent, dentry.name, { exchange: true });
  if (!renamed.ok) return renamed;
  for (const name of whiteouts) type.unlink(kernel, upper, name);
  type.rmdir(kernel, work.value, temp);
  return made;
}

export const unlink = (kernel: Kernel, dir: Ref, name: string): Result<true> => remove(kernel, dir, name, false);
export const rmdir = (kernel: Kernel, dir: Ref, name: string): Result<true> => remove(kernel, dir, name, true);

/**
 * @rule linux.overlay.remove
 * @source linux@6.12 fs/overlayfs/dir.c ovl_do_remove
 */
function remove(kernel: Kernel, dirRef: Ref, name: string, directory: boolean): Result<true> {
  const dir = dentryOf(kernel, dirRef);
  const overlay = overlayOf(kernel, dir.sb);
  const found = lookupName(kernel, dir, name);
  if (!found.ok) return found;
  const dentry = found.value;
  const below = lowerPositive(kernel, dentry);
  let whiteouts: readonly string[] = [];
  if (directory && (below || !isPureUpper(inodeOf(kernel, dentry)))) {
    const empty = whiteoutsOfEmpty(kernel, dentry);
    if (!empty.ok) return empty;
    whiteouts = empty.value;
  }
  const parent = upperDir(kernel, dir);
  if (!parent.ok) return parent;
  const begun = linksBegin(kernel, overlay, dentry);
  if (!begun.ok) return begun;
  pin(kernel, dentry);
  const gone = below
    ? whiteOut(kernel, overlay, parent.value, dentry, whiteouts)
    : removeUpper(kernel, overlay, parent.value, dentry, directory, whiteouts);
  if (!gone.ok) return gone;
  const inode = inodeDraft(inodeOf(kernel, dentry));
  inode.nlink = directory ? 0 : inode.nlink - 1;
  putInode(kernel, inode);
  linksEnd(kernel, overlay, inode);
  forget(kernel, dentry);
  return DONE;
}

/** ESTALE when the upper layer holds something else under the name than was looked up. */
export function upperNow(kernel: Kernel, parent: Ref, dentry: DentryRow, replaced: Ref | undefined): Result<Ref | undefined> {
  const found = real(kernel, parent).lookup(kernel, parent, dentry.name);
  const here = found.ok ? found.value : undefined;
  const wanted = replaced ?? inodeOf(kernel, dentry).upper;
  if (wanted !== undefined && again(kernel, dentry).alias && !sameRef(here, wanted)) return failure("ESTALE");
  return value(here);
}

function removeUpper(
  kernel: Kernel,
  overlay: OverlayRow,
  parent: Ref,
  dentry: DentryRow,
  directory: boolean,
  whiteouts: readonly string[],
): Result<true> {
  let replaced: Ref | undefined;
  if (whiteouts.length > 0) {
    const cleared = clearEmpty(kernel, overlay, dentry, whiteouts);
    if (!cleared.ok) return cleared;
    replaced = cleared.value;
  }
  const here = upperNow(kernel, parent, dentry, replaced);
  if (!here.ok) return here;
  return directory ? real(kernel, parent).rmdir(kernel, parent, dentry.name) : real(kernel, parent).unlink(kernel, parent, dentry.name);
}

/** @source linux@6.12 fs/overlayfs/dir.c ovl_remove_and_whiteout ovl_cleanup_and_whiteout */
function whiteOut(kernel: Kernel, overlay: OverlayRow, parent: Ref, dentry: DentryRow, whiteouts: readonly string[]): Result<true> {
  const work = workDir(overlay);
  if (!work.ok) return work;
  let replaced: Ref | undefined;
  if (whiteouts.length > 0) {
    const cleared = clearEmpty(kernel, overlay, dentry, whiteouts);
    if (!cleared.ok) return cleared;
    replaced = cleared.value;
  }
  const here = upperNow(kernel, parent, dentry, replaced);
  if (!here.ok) return here;
  const type = real(kernel, work.value);
  const temp = stagedWhiteout(kernel, overlay, work.value);
  const isDir = here.value !== undefined && realAttributes(kernel, here.value).kind === "dir";
  const renamed = type.rename(kernel, work.value, temp, parent, dentry.name, isDir ? { exchange: true } : {});
  if (!renamed.ok) return renamed;
  if (isDir) type.rmdir(kernel, work.value, temp);
  kernel.tx.fired("linux.overlay.remove", dentry.name);
  return DONE;
}
