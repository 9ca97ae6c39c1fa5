/**
 * Renaming: what moves keeps its meaning, by a redirect if it is merged and by opaqueness if it must not be.
 *
 * @source linux@6.12 fs/overlayfs/dir.c
 */
import { DONE, failure, type Kernel, type Result } from "../../types";
import type { Ref } from "../types";
import { copyUp } from "./copy-up";
import { isWhitedOut, lookupName } from "./lookup";
import { forget, linksBegin, linksEnd, pin, setOpaque, upperDir } from "./names";
import { setRedirect } from "./redirect";
import { clearEmpty, lowerPositive, upperNow, whiteoutsOfEmpty } from "./remove";
import {
  again,
  dentryDraft,
  dentryOf,
  type DentryRow,
  hasOrigin,
  inodeDraft,
  inodeOf,
  isMerge,
  isMergeOrLower,
  isPureUpper,
  isWhiteout,
  type OverlayInodeRow,
  overlayOf,
  type OverlayRow,
  putDentry,
  putInode,
  real,
  realAttributes,
  refOf,
  sameRef,
} from "./state";
import { setImpure } from "./xattrs";

const canMove = (overlay: OverlayRow, inode: OverlayInodeRow): boolean =>
  overlay.config.redirectDir || inode.kind !== "dir" || !isMergeOrLower(inode);

interface Side {
  readonly dir: DentryRow;
  readonly name: string;
  readonly dentry?: DentryRow;
}

/**
 * @rule linux.overlay.rename
 * @source linux@6.12 fs/overlayfs/dir.c ovl_rename
 */
export function rename(
  kernel: Kernel,
  fromRef: Ref,
  oldName: string,
  toRef: Ref,
  newName: string,
  asked: { readonly noReplace?: boolean; readonly exchange?: boolean; readonly whiteout?: boolean },
): Result<true> {
  if (asked.whiteout === true) return failure("EINVAL");
  const exchange = asked.exchange === true;
  const from = dentryOf(kernel, fromRef);
  const to = dentryOf(kernel, toRef);
  const overlay = overlayOf(kernel, from.sb);
  const source = lookupName(kernel, from, oldName);
  if (!source.ok) return source;
  const old = source.value;
  const target = lookupName(kernel, to, newName);
  if (!target.ok && target.errno !== "ENOENT") return target;
  const b: Side = { dir: to, name: newName, dentry: target.ok ? target.value : undefined };
  const isDir = inodeOf(kernel, old).kind === "dir";
  if (!canMove(overlay, inodeOf(kernel, old))) return failure("EXDEV");
  if (exchange && b.dentry !== undefined && !canMove(overlay, inodeOf(kernel, b.dentry))) return failure("EXDEV");
  let whiteouts: readonly string[] = [];
  if (!exchange && b.dentry !== undefined && inodeOf(kernel, b.dentry).kind === "dir" && !isPureUpper(inodeOf(kernel, b.dentry))) {
    const empty = whiteoutsOfEmpty(kernel, b.dentry);
    if (!empty.ok) return empty;
    whiteouts = empty.value;
  }
  const flags = { exchange, whiteout: false };
  let cleansWhiteout = false;
  const overWhiteout = b.dentry === undefined && isWhitedOut(kernel, to, newName);
  if (!exchange) {
    if (lowerPositive(kernel, old)) {
      if (overWhiteout) flags.exchange = true;
      else flags.whiteout = true;
    } else if (isDir && overWhiteout) {
      flags.exchange = true;
      cleansWhiteout = true;
    }
  }
  const copied = copyUp(kernel, refOf(old));
  if (!copied.ok) return copied;
  const newParent = upperDir(kernel, to);
  if (!newParent.ok) return newParent;
  if (b.dentry !== undefined) {
    const ready = exchange ? copyUp(kernel, refOf(b.dentry)) : linksBegin(kernel, overlay, b.dentry);
    if (!ready.ok) return ready;
  }
  let replaced: Ref | undefined;
  if (whiteouts.length > 0 && b.dentry !== undefined) {
    const cleared = clearEmpty(kernel, overlay, b.dentry, whiteouts);
    if (!cleared.ok) return cleared;
    replaced = cleared.value;
  }
  const moved = moveUpper(kernel, overlay, { dir: from, name: oldName, dentry: old }, b, {
    exchange: flags.exchange,
    whiteout: flags.whiteout,
    asked: exchange,
    replaced,
    newParent: newParent.value,
  });
  if (!moved.ok) return moved;
  const oldParent = inodeOf(kernel, from).upper;
  if (cleansWhiteout && oldParent !== undefined) real(kernel, oldParent).unlink(kernel, oldParent, oldName);
  renamed(kernel, overlay, old, b, exchange);
  return DONE;
}

interface Move {
  readonly exchange: boolean;
  readonly whiteout: boolean;
  /** The caller asked to exchange. */
  readonly asked: boolean;
  readonly replaced: Ref | undefined;
  readonly newParent: Ref;
}

function moveUpper(kernel: Kernel, overlay: OverlayRow, a: Required<Side>, b: Side, move: Move): Result<true> {
  const oldParent = inodeOf(kernel, a.dir).upper;
  if (oldParent === undefined) return failure("EROFS");
  const sameDir = a.dir.id === b.dir.id;
  const old = inodeOf(kernel, a.dentry);
  if (!sameDir && hasOrigin(old)) setImpure(kernel, overlay, move.newParent);
  const here = upperNow(kernel, oldParent, a.dentry, undefined);
  if (!here.ok) return here;
  const there = real(kernel, move.newParent).lookup(kernel, move.newParent, b.name);
  if (b.dentry !== undefined && inodeOf(kernel, b.dentry).upper !== undefined && again(kernel, b.dentry).alias) {
    const same = upperNow(kernel, move.newParent, b.dentry, move.replaced);
    if (!same.ok) return same;
  } else if (there.ok) {
    if (!isWhiteout(realAttributes(kernel, there.value))) return failure("ESTALE");
  } else if (move.exchange) return failure("ESTALE");
  if (old.upper === undefined) return failure("EROFS");
  const marked = markMoved(kernel, overlay, a.dentry, b.dir, sameDir);
  if (!marked.ok) return marked;
  if (move.asked && b.dentry !== undefined) {
    const also = markMoved(kernel, overlay, b.dentry, a.dir, sameDir);
    if (!also.ok) return also;
  }
  if (b.dentry !== undefined) pin(kernel, b.dentry);
  // Two names that are one file above and were two below: this is refused.
  if (there.ok && sameRef(there.value, old.upper)) return failure("ESTALE");
  return real(kernel, oldParent).rename(kernel, oldParent, a.name, move.newParent, b.name, { exchange: move.exchange, whiteout: move.whiteout });
}

/** What a moved thing needs so that it means the same in its new place: a redirect if it is merged, opaqueness if it must not be. */
function markMoved(kernel: Kernel, overlay: OverlayRow, dentry: DentryRow, into: DentryRow, sameDir: boolean): Result<true> {
  const inode = inodeOf(kernel, dentry);
  if (isMergeOrLower(inode)) return setRedirect(kernel, overlay, again(kernel, dentry), sameDir);
  if (inode.kind !== "dir" || again(kernel, dentry).opaque || !isMerge(inodeOf(kernel, into)) || inode.upper === undefined) return DONE;
  if (!setOpaque(kernel, overlay, inode.upper).ok) return failure("EXDEV");
  const marked = dentryDraft(again(kernel, dentry));
  marked.opaque = true;
  putDentry(kernel, marked);
  return DONE;
}

/** The names as they are afterwards. */
function renamed(kernel: Kernel, overlay: OverlayRow, old: DentryRow, b: Side, exchange: boolean): void {
  const moved = again(kernel, old);
  if (exchange && b.dentry !== undefined) {
    const other = again(kernel, b.dentry);
    putName(kernel, moved, other.parent, other.name);
    putName(kernel, other, moved.parent, moved.name);
    return;
  }
  if (b.dentry !== undefined) {
    const inode = inodeDraft(inodeOf(kernel, b.dentry));
    inode.nlink = inode.kind === "dir" ? 0 : inode.nlink - 1;
    putInode(kernel, inode);
    linksEnd(kernel, overlay, inode);
    forget(kernel, b.dentry);
  }
  putName(kernel, moved, b.dir.id, b.name);
}

function putName(kernel: Kernel, dentry: DentryRow, parent: number, name: string): void {
  const row = dentryDraft(dentry);
  row.parent = parent;
  row.name = name;
  putDentry(kernel, row);
}
