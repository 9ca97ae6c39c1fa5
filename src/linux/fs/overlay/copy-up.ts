/**
 * Copying a file of a lower layer into the upper one before it is changed: staged in the work directory, then put in place by one rename.
 * Directories above it come first. With `metacopy` a change of attributes copies attributes only, and the data follow when they change.
 *
 * Not modelled: reflinks, sparse copying, fs-verity digests, file locks, capabilities of the copied file.
 *
 * @rule linux.overlay.copy-up
 * @source linux@6.12 fs/overlayfs/copy_up.c ovl_copy_up_flags ovl_copy_up_one ovl_do_copy_up
 */
import { DONE, failure, type Failure, type Kernel, type Result, value } from "../../types";
import { spendCopyUp } from "../copy-up-time";
import type { Attributes, OpenFlags, Ref } from "../types";
import { handleOf } from "./origin";
import {
  again,
  dentryDraft,
  type DentryRow,
  dentryOf,
  inodeDraft,
  isRoot,
  type OverlayInodeRow,
  type OverlayRow,
  overlayInode,
  overlayOf,
  parentOf,
  putDentry,
  putInode,
  real,
  realAttributes,
} from "./state";
import { isPrivate, setImpure, setMark } from "./xattrs";

const ONLY_ATTRIBUTES: OpenFlags = {};
export const WITH_DATA: OpenFlags = { write: true };

const changesData = ({ write, truncate }: OpenFlags): boolean => write === true || truncate === true;

function needsData(inode: OverlayInodeRow, flags: OpenFlags): boolean {
  return inode.kind === "file" && inode.upper !== undefined && !inode.upperData && changesData(flags);
}

export function isCopiedUp(kernel: Kernel, dentry: DentryRow, flags: OpenFlags): boolean {
  const inode = overlayInode(kernel, dentry);
  return inode.upper !== undefined && dentry.alias && !needsData(inode, flags);
}

/** Copies a name up, and what it is in. */
export function copyUp(kernel: Kernel, ref: Ref, flags: OpenFlags = ONLY_ATTRIBUTES): Result<true> {
  const overlay = overlayOf(kernel, ref.sb);
  if (overlay.work === undefined && !isCopiedUp(kernel, dentryOf(kernel, ref), flags)) return failure("EROFS");
  for (;;) {
    const dentry = dentryOf(kernel, ref);
    if (isCopiedUp(kernel, dentry, flags)) return DONE;
    let next = dentry;
    for (;;) {
      const parent = parentOf(kernel, next);
      if (isRoot(next) || overlayInode(kernel, parent).upper !== undefined) break;
      next = parent;
    }
    const one = copyOne(kernel, overlay, next, next.id === dentry.id ? flags : ONLY_ATTRIBUTES);
    if (!one.ok) return one;
  }
}

function copyOne(kernel: Kernel, overlay: OverlayRow, dentry: DentryRow, flags: OpenFlags): Result<true> {
  const inode = overlayInode(kernel, dentry);
  if (inode.upper === undefined) return copyFresh(kernel, overlay, dentry, inode, flags);
  if (!dentry.alias) return linkUp(kernel, overlay, dentry, inode);
  return copyDataLate(kernel, dentry.name, inode, flags);
}

/** @source linux@6.12 fs/overlayfs/copy_up.c ovl_need_index */
function needsIndex(overlay: OverlayRow, lower: Attributes): boolean {
  if (overlay.index === undefined) return false;
  return overlay.config.nfsExport || (lower.kind !== "dir" && lower.nlink > 1);
}
export function needsIndexOf(kernel: Kernel, overlay: OverlayRow, inode: OverlayInodeRow): boolean {
  const lower = inode.lower[0]?.ref;
  return lower !== undefined && needsIndex(overlay, realAttributes(kernel, lower));
}

/** The name under which the work directory stages one thing. */
export function tempName(kernel: Kernel, overlay: OverlayRow): string {
  return `#${kernel.tx.nextId(overlay.counter).toString(16)}`;
}

function copyFresh(kernel: Kernel, overlay: OverlayRow, dentry: DentryRow, inode: OverlayInodeRow, flags: OpenFlags): Result<true> {
  const lower = inode.lower[0]?.ref;
  const parent = overlayInode(kernel, parentOf(kernel, dentry)).upper;
  const { work } = overlay;
  if (lower === undefined || parent === undefined || work === undefined) return failure("EROFS");
  const attributes = realAttributes(kernel, lower);
  const parentAttributes = realAttributes(kernel, parent);
  const metacopy = overlay.config.metacopy && attributes.kind === "file" && !changesData(flags);
  const indexed = needsIndex(overlay, attributes);
  const toIndex = indexed && attributes.kind !== "dir";
  const origin = attributes.kind === "dir" || attributes.nlink === 1 || toIndex;
  const stage = toIndex ? (overlay.index ?? work) : work;
  const bytes = attributes.kind !== "file" || metacopy || flags.truncate === true ? 0 : attributes.size;
  const spent = spendCopyUp(kernel, { sb: overlay.sb, what: String(inode.id), name: dentry.name, from: lower, stage, bytes });
  if (!spent.ok) return spent;
  const made = staged(kernel, overlay, stage, lower, attributes);
  if (!made.ok) return made;
  const { upper } = made.value;
  if (attributes.kind === "file" && !metacopy) copyData(kernel, inode.lower.at(-1)?.ref ?? lower, upper, flags.truncate === true);
  const described = copyAttributes(kernel, overlay, lower, upper, { attributes, origin, metacopy });
  if (!described.ok) return givenUp(kernel, made.value, described);
  if (toIndex) {
    const placed = placeAt(kernel, made.value, stage, handleOf(lower));
    if (!placed.ok) return placed;
  } else {
    setImpure(kernel, overlay, parent);
    const placed = placeAt(kernel, made.value, parent, dentry.name);
    if (!placed.ok) return placed;
    if (indexed && overlay.index !== undefined) indexDirectory(kernel, overlay, overlay.index, lower, upper);
    // Putting it there is no change that a user made.
    real(kernel, parent).setattr(kernel, parent, { atime: parentAttributes.atime, mtime: parentAttributes.mtime });
    hasUpper(kernel, dentry);
  }
  const copied = inodeDraft(overlayInode(kernel, dentry));
  copied.upper = upper;
  copied.upperData = !metacopy;
  copied.indexed = indexed || inode.indexed;
  copied.whiteouts = inode.whiteouts || inode.kind === "dir";
  // A lower hard link that was found by nothing is found by its copy from now on.
  copied.key = inode.key ?? upper;
  putInode(kernel, copied);
  kernel.tx.fired("linux.overlay.copy-up", dentry.name);
  if (!toIndex) return DONE;
  const noted = setUpperLinks(kernel, overlay, copied);
  return noted.ok ? linkUp(kernel, overlay, dentry, copied) : noted;
}

/** What is made ready in the work directory. */
interface Staged {
  readonly upper: Ref;
  readonly stage: Ref;
  /** Without one it is a file that has no name yet. */
  readonly temp: string | undefined;
}

/** @source linux@6.12 fs/overlayfs/copy_up.c ovl_copy_up_tmpfile ovl_copy_up_workdir */
function staged(kernel: Kernel, overlay: OverlayRow, stage: Ref, lower: Ref, attributes: Attributes): Result<Staged> {
  const { kind, mode, uid, gid, rdev } = attributes;
  const type = real(kernel, stage);
  const node = { kind, mode, uid, gid, rdev, target: kind === "symlink" ? linkText(kernel, lower) : undefined };
  const nameless = kind === "file" && type.tmpfile !== undefined;
  const temp = nameless ? undefined : tempName(kernel, overlay);
  const made = temp === undefined ? type.tmpfile?.(kernel, stage, node) : type.create(kernel, stage, temp, node);
  if (made === undefined) return failure("EOPNOTSUPP");
  return made.ok ? value({ upper: made.value, stage, temp }) : made;
}

/** A file without a name is linked into place, which does not replace what is there; the rest is moved. */
function placeAt(kernel: Kernel, made: Staged, dir: Ref, name: string): Result<true> {
  const { upper, stage, temp } = made;
  const type = real(kernel, stage);
  const placed = temp === undefined ? type.link(kernel, upper, dir, name) : type.rename(kernel, stage, temp, dir, name, {});
  return placed.ok ? DONE : givenUp(kernel, made, placed);
}

function givenUp(kernel: Kernel, { upper, stage, temp }: Staged, why: Failure): Failure {
  const type = real(kernel, stage);
  if (temp !== undefined) type.unlink(kernel, stage, temp);
  // A file without a name goes when it is closed.
  else if (type.open(kernel, upper, {}).ok) type.release(kernel, upper);
  return why;
}

/** The upper layer has the name from now on. */
function hasUpper(kernel: Kernel, dentry: DentryRow): void {
  const row = dentryDraft(again(kernel, dentry));
  row.alias = true;
  putDentry(kernel, row);
}

/** @source linux@6.12 fs/overlayfs/copy_up.c ovl_create_index */
function indexDirectory(kernel: Kernel, overlay: OverlayRow, index: Ref, lower: Ref, upper: Ref): void {
  const entry = real(kernel, index).create(kernel, index, handleOf(lower), { kind: "dir", mode: 0, uid: 0, gid: 0 });
  if (entry.ok) setMark(kernel, overlay, entry.value, "upper", handleOf(upper));
}

const linkText = (kernel: Kernel, ref: Ref): string => {
  const target = real(kernel, ref).readlink(kernel, ref);
  return target.ok ? target.value : "";
};

function copyData(kernel: Kernel, from: Ref, to: Ref, empty: boolean): void {
  if (empty) return;
  const { size } = realAttributes(kernel, from);
  const bytes = real(kernel, from).read(kernel, from, 0, size);
  if (bytes.ok && bytes.value !== "") real(kernel, to).write(kernel, to, 0, bytes.value);
}

interface Description {
  readonly attributes: Attributes;
  readonly origin: boolean;
  readonly metacopy: boolean;
}

/** @source linux@6.12 fs/overlayfs/copy_up.c ovl_copy_up_metadata */
function copyAttributes(kernel: Kernel, overlay: OverlayRow, lower: Ref, upper: Ref, { attributes, origin, metacopy }: Description): Result<true> {
  copyXattrs(kernel, overlay, lower, upper);
  if (metacopy) {
    const marked = setMark(kernel, overlay, upper, "metacopy", "");
    if (!marked.ok) return marked;
  }
  // Best effort: what cannot carry the mark goes without.
  if (origin) setMark(kernel, overlay, upper, "origin", handleOf(lower));
  const { mode, uid, gid, atime, mtime, size } = attributes;
  real(kernel, upper).setattr(kernel, upper, { mode, uid, gid, atime, mtime, size: metacopy ? size : undefined });
  return DONE;
}

export function copyXattrs(kernel: Kernel, overlay: OverlayRow, from: Ref, to: Ref): void {
  for (const name of real(kernel, from).listxattr(kernel, from)) {
    if (isPrivate(overlay, name)) continue;
    const data = real(kernel, from).getxattr(kernel, from, name);
    if (data.ok) real(kernel, to).setxattr(kernel, to, name, data.value);
  }
}

/** Gives an indexed file, copied up under another name, this name too. */
function linkUp(kernel: Kernel, overlay: OverlayRow, dentry: DentryRow, inode: OverlayInodeRow): Result<true> {
  const parent = overlayInode(kernel, parentOf(kernel, dentry)).upper;
  if (parent === undefined || inode.upper === undefined) return failure("EROFS");
  setImpure(kernel, overlay, parent);
  const noted = setLowerLinks(kernel, overlay, inode);
  if (!noted.ok) return noted;
  const before = realAttributes(kernel, parent);
  const linked = real(kernel, parent).link(kernel, inode.upper, parent, dentry.name);
  if (!linked.ok) return linked;
  real(kernel, parent).setattr(kernel, parent, { atime: before.atime, mtime: before.mtime });
  hasUpper(kernel, dentry);
  return setUpperLinks(kernel, overlay, inode);
}

const signed = (count: number): string => (count < 0 ? String(count) : `+${count}`);

/**
 * The number of names in all layers is kept relative to the upper file's own, or, while a name is added that changes those, to the lower's.
 *
 * @rule linux.overlay.nlink
 * @source linux@6.12 fs/overlayfs/inode.c ovl_set_nlink_upper ovl_set_nlink_lower
 */
export function setUpperLinks(kernel: Kernel, overlay: OverlayRow, inode: OverlayInodeRow): Result<true> {
  if (inode.upper === undefined) return DONE;
  return setMark(kernel, overlay, inode.upper, "nlink", `U${signed(inode.nlink - realAttributes(kernel, inode.upper).nlink)}`);
}
function setLowerLinks(kernel: Kernel, overlay: OverlayRow, inode: OverlayInodeRow): Result<true> {
  const lower = inode.lower[0]?.ref;
  if (inode.upper === undefined || lower === undefined) return DONE;
  return setMark(kernel, overlay, inode.upper, "nlink", `L${signed(inode.nlink - realAttributes(kernel, lower).nlink)}`);
}

/** The data of a file that so far had only attributes of its own. */
function copyDataLate(kernel: Kernel, name: string, inode: OverlayInodeRow, flags: OpenFlags): Result<true> {
  const { upper } = inode;
  const lower = inode.lower.at(-1)?.ref;
  if (upper === undefined || lower === undefined) return failure("EIO");
  const { mtime, atime } = realAttributes(kernel, upper);
  const spent = spendCopyUp(kernel, {
    sb: inode.sb,
    what: String(inode.id),
    name,
    from: lower,
    stage: null,
    bytes: flags.truncate === true ? 0 : realAttributes(kernel, lower).size,
  });
  if (!spent.ok) return spent;
  copyData(kernel, lower, upper, flags.truncate === true);
  real(kernel, upper).setattr(kernel, upper, { mtime, atime });
  const overlay = overlayOf(kernel, inode.sb);
  const unmarked = setMark(kernel, overlay, upper, "metacopy", undefined);
  if (!unmarked.ok) return unmarked;
  const whole = inodeDraft(inode);
  whole.upperData = true;
  putInode(kernel, whole);
  return DONE;
}
