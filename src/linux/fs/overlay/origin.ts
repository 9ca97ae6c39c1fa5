/**
 * Where a copied-up file came from, kept as a file handle on the copy; and the index, which has one entry per copied-up hard link.
 *
 * @rule linux.overlay.origin
 * @source linux@6.12 fs/overlayfs/namei.c ovl_check_origin_fh ovl_lookup_index
 */
import { failure, type Kernel, type Result, value } from "../../types";
import type { Ref } from "../types";
import { inodeTable } from "../tmpfs";
import { isWhiteout, type LowerPath, type OverlayRow, real, realAttributes, sameRef } from "./state";
import { markOf } from "./xattrs";

/** A file handle: the inode's file system and number. */
export const handleOf = (ref: Ref): string => `${ref.sb}-${ref.ino}`;

/** The inode a handle stands for, if it still exists. */
export function fromHandle(kernel: Kernel, handle: string): Ref | undefined {
  const dash = handle.indexOf("-");
  const sb = Number(handle.slice(0, dash));
  const ino = Number(handle.slice(dash + 1));
  return kernel.tx.read(inodeTable).has(kernel.machine, sb, ino) ? { sb, ino } : undefined;
}

/** Of a copied-up file; undefined when it has none or it is gone. */
export function originOf(kernel: Kernel, overlay: OverlayRow, upper: Ref): LowerPath | undefined {
  const handle = markOf(kernel, overlay, upper, "origin");
  const ref = handle === undefined ? undefined : fromHandle(kernel, handle);
  if (ref === undefined || isWhiteout(realAttributes(kernel, ref))) return undefined;
  // Which layer it is on is told by the file system only; layers of one file system are as good as one.
  const layer = overlay.layers.findIndex((one, i) => i > 0 && one?.root.sb === ref.sb);
  return layer < 0 ? undefined : { layer, ref };
}

/** The index entry of a lower inode, if it was copied up through the index. */
export function indexEntryOf(kernel: Kernel, overlay: OverlayRow, origin: Ref, upper: Ref | undefined): Result<Ref | undefined> {
  const { index } = overlay;
  if (index === undefined) return value(undefined);
  const found = real(kernel, index).lookup(kernel, index, handleOf(origin));
  if (!found.ok) return value(undefined);
  const attributes = realAttributes(kernel, found.value);
  if (isWhiteout(attributes)) return upper === undefined ? value(undefined) : failure("ESTALE");
  if (attributes.kind !== realAttributes(kernel, origin).kind) return failure("EIO");
  if (attributes.kind !== "dir" && upper !== undefined && !sameRef(found.value, upper)) return failure("EIO");
  return value(found.value);
}
