/**
 * The names of a directory: those of one real directory as they are, or, where whiteouts may lie, of all layers merged, the topmost first.
 *
 * @rule linux.overlay.readdir
 * @source linux@6.12 fs/overlayfs/readdir.c ovl_dir_read_merged
 */
import { type Kernel, type Result, value } from "../../types";
import type { DirectoryEntry, Ref } from "../types";
import { lookupName } from "./lookup";
import { isMarkedWhiteout } from "./lookup-layer";
import {
  type DentryRow,
  dentryOf,
  isWhiteout,
  type OverlayInodeRow,
  overlayInode,
  overlayOf,
  type OverlayRow,
  real,
  realAttributes,
  realOf,
} from "./state";
import { markOf } from "./xattrs";

export interface MergedEntries {
  /** Those of the upper directory come first. */
  readonly visible: readonly DirectoryEntry[];
  readonly fromUpper: number;
  /** Names that the upper directory hides. */
  readonly upperWhiteouts: readonly string[];
}

export function mergedEntries(kernel: Kernel, inode: OverlayInodeRow): MergedEntries {
  const overlay = overlayOf(kernel, inode.sb);
  const seen = new Set<string>();
  const visible: DirectoryEntry[] = [];
  let fromUpper = 0;
  const upperWhiteouts: string[] = [];
  const layers: readonly Ref[] = [...(inode.upper === undefined ? [] : [inode.upper]), ...inode.lower.map(({ ref }) => ref)];
  for (const dir of layers) {
    const entries = real(kernel, dir).readdir(kernel, dir);
    if (!entries.ok) continue;
    // Only a directory that says so may hold marked whiteouts.
    const marked = markOf(kernel, overlay, dir, "opaque") === "x";
    const upper = dir === inode.upper;
    for (const entry of entries.value) {
      const hides = (marked || entry.kind === "char") && isHiding(kernel, overlay, { sb: dir.sb, ino: entry.ino }, marked);
      if (hides && upper) upperWhiteouts.push(entry.name);
      if (seen.has(entry.name)) continue;
      seen.add(entry.name);
      if (!hides) visible.push(entry);
    }
    if (upper) fromUpper = visible.length;
  }
  return { visible, fromUpper, upperWhiteouts };
}

function isHiding(kernel: Kernel, overlay: OverlayRow, ref: Ref, marked: boolean): boolean {
  const attributes = realAttributes(kernel, ref);
  return isWhiteout(attributes) || (marked && isMarkedWhiteout(kernel, overlay, ref, attributes));
}

/**
 * A copied-up file shows the number of what it was copied from, which only a lookup knows: upper names of a directory that holds such files
 * are looked up, and one that cannot be is not listed.
 */
export function readdir(kernel: Kernel, ref: Ref): Result<readonly DirectoryEntry[]> {
  const dentry = dentryOf(kernel, ref);
  const inode = overlayInode(kernel, dentry);
  const overlay = overlayOf(kernel, ref.sb);
  const looksUp = overlay.same && inode.upper !== undefined && markOf(kernel, overlay, inode.upper, "impure") !== undefined;
  if (!inode.whiteouts) {
    const dir = realOf(inode);
    const entries = real(kernel, dir).readdir(kernel, dir);
    return entries.ok && looksUp ? value(entries.value.map((entry) => numbered(kernel, dentry, entry) ?? entry)) : entries;
  }
  const { visible, fromUpper } = mergedEntries(kernel, inode);
  if (!looksUp) return value(visible);
  return value(
    visible.flatMap((entry, i): readonly DirectoryEntry[] => {
      const found = i < fromUpper ? numbered(kernel, dentry, entry) : entry;
      return found === undefined ? [] : [found];
    }),
  );
}

function numbered(kernel: Kernel, dir: DentryRow, entry: DirectoryEntry): DirectoryEntry | undefined {
  const found = lookupName(kernel, dir, entry.name);
  if (!found.ok) return undefined;
  const { name, kind, ino } = entry;
  return { name, kind, ino: shownIno(kernel, overlayInode(kernel, found.value)) ?? ino };
}

/** The number of the origin, when it stands for the copy. */
export function shownIno(kernel: Kernel, inode: OverlayInodeRow): number | undefined {
  const lower = inode.lower[0]?.ref;
  if (inode.upper === undefined || lower === undefined || !inode.constIno) return undefined;
  const { nlink } = realAttributes(kernel, lower);
  return inode.indexed || inode.kind === "dir" || nlink === 1 ? lower.ino : undefined;
}
