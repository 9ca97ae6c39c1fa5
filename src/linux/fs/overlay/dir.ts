/**
 * Changing names through an overlay: what is made goes into the upper layer, what is removed leaves a whiteout when something lies below,
 * and a directory that must not be merged with what lies below is marked opaque.
 *
 * @rule linux.overlay.dir
 * @source linux@6.12 fs/overlayfs/dir.c
 */
import { DONE, failure, type Kernel, type Result, value } from "../../types";
import type { NewNode, Ref } from "../types";
import { copyUp, tempName } from "./copy-up";
import { inodeFor, isWhitedOut, newDentry } from "./lookup";
import { linksBegin, setOpaque, upperDir, workDir } from "./names";
import { setRedirect } from "./redirect";
import {
  again,
  allowsOfflineChanges,
  dentryOf,
  type DentryRow,
  hasOrigin,
  inodeDraft,
  inodeOf,
  isMerge,
  overlayOf,
  putInode,
  real,
  refOf,
} from "./state";
import { setImpure } from "./xattrs";

/** Makes a new thing, or a further name of an old one, in the upper layer. */
function place(
  kernel: Kernel,
  dir: DentryRow,
  name: string,
  made: (at: Ref, name: string) => Result<Ref>,
  kind: NewNode["kind"],
  isLink: boolean,
): Result<{ readonly upper: Ref; readonly opaque: boolean }> {
  const overlay = overlayOf(kernel, dir.sb);
  const parent = upperDir(kernel, dir);
  if (!parent.ok) return parent;
  if (!isWhitedOut(kernel, again(kernel, dir), name)) {
    const upper = made(parent.value, name);
    if (!upper.ok) return upper;
    const opaque = kind === "dir" && isMerge(inodeOf(kernel, dir)) && !allowsOfflineChanges(overlay);
    if (opaque) setOpaque(kernel, overlay, upper.value);
    return value({ upper: upper.value, opaque });
  }
  const work = workDir(overlay);
  if (!work.ok) return work;
  const temp = tempName(kernel, overlay);
  const upper = made(work.value, temp);
  if (!upper.ok) return upper;
  const opaque = kind === "dir" && !isLink;
  if (opaque) {
    const marked = setOpaque(kernel, overlay, upper.value);
    if (!marked.ok) return marked;
  }
  const renamed = real(kernel, work.value).rename(kernel, work.value, temp, parent.value, name, opaque ? { exchange: true } : {});
  if (!renamed.ok) return renamed;
  if (opaque) real(kernel, work.value).unlink(kernel, work.value, temp);
  return value({ upper: upper.value, opaque });
}

export function create(kernel: Kernel, dirRef: Ref, name: string, node: NewNode): Result<Ref> {
  // Nobody makes whiteouts through the mount.
  if (node.kind === "char" && (node.rdev === undefined || (node.rdev[0] === 0 && node.rdev[1] === 0))) return failure("EPERM");
  const dir = dentryOf(kernel, dirRef);
  const placed = place(kernel, dir, name, (at, as) => real(kernel, at).create(kernel, at, as, node), node.kind, false);
  if (!placed.ok) return placed;
  const inode = inodeFor(kernel, overlayOf(kernel, dir.sb), {
    upper: placed.value.upper,
    lower: [],
    index: undefined,
    redirect: undefined,
    upperMetacopy: false,
  });
  if (!inode.ok) return inode;
  return value(refOf(newDentry(kernel, dirRef, name, { inode: inode.value, opaque: placed.value.opaque, alias: true })));
}

/** A file without a name lies in the upper layer, in no directory. */
export function tmpfile(kernel: Kernel, dirRef: Ref, node: NewNode): Result<Ref> {
  const dir = dentryOf(kernel, dirRef);
  const parent = upperDir(kernel, dir);
  if (!parent.ok) return parent;
  const upper = real(kernel, parent.value).tmpfile?.(kernel, parent.value, node) ?? failure("EOPNOTSUPP");
  if (!upper.ok) return upper;
  const inode = inodeFor(kernel, overlayOf(kernel, dir.sb), {
    upper: upper.value,
    lower: [],
    index: undefined,
    redirect: undefined,
    upperMetacopy: false,
  });
  if (!inode.ok) return inode;
  return value(refOf(newDentry(kernel, dirRef, "", { inode: inode.value, opaque: false, alias: true }, false)));
}

export function link(kernel: Kernel, ref: Ref, dirRef: Ref, name: string): Result<true> {
  const old = dentryOf(kernel, ref);
  // What never had a name does not get one: its file is seen through a mount of its own.
  if (old.name === "") return failure("EXDEV");
  const dir = dentryOf(kernel, dirRef);
  const overlay = overlayOf(kernel, dir.sb);
  const copied = copyUp(kernel, ref);
  if (!copied.ok) return copied;
  const parent = upperDir(kernel, dir);
  if (!parent.ok) return parent;
  if (!inodeOf(kernel, old).upperData) {
    const redirected = setRedirect(kernel, overlay, again(kernel, old), false);
    if (!redirected.ok) return redirected;
  }
  const begun = linksBegin(kernel, overlay, old);
  if (!begun.ok) return begun;
  const inode = inodeOf(kernel, old);
  const { upper } = inode;
  if (upper === undefined) return failure("EROFS");
  if (hasOrigin(inode)) setImpure(kernel, overlay, parent.value);
  const placed = place(
    kernel,
    dir,
    name,
    (at, as) => {
      const linked = real(kernel, at).link(kernel, upper, at, as);
      return linked.ok ? value(upper) : linked;
    },
    inode.kind,
    true,
  );
  if (!placed.ok) return placed;
  const now = inodeDraft(inodeOf(kernel, old));
  now.nlink++;
  putInode(kernel, now);
  // The new name is looked up when it is first used: only then it is known what lies below it.
  return DONE;
}
