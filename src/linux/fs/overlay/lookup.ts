/**
 * Looking up one name through the layers: the upper one first, then the parent's stack from the top. What is found decides how far the eye
 * goes on: a whiteout or an opaque directory stops it, a directory is merged with those below, a redirect changes the name it looks for.
 *
 * @rule linux.overlay.lookup
 * @source linux@6.12 fs/overlayfs/namei.c ovl_lookup ovl_lookup_layer ovl_lookup_single
 */
import { DONE, failure, type Kernel, type Result, value } from "../../types";
import { superblockOf } from "../superblock";
import type { Ref } from "../types";
import { inLayer, type Looking } from "./lookup-layer";
import { handleOf, indexEntryOf, originOf } from "./origin";
import {
  type DentryRow,
  dentryOf,
  dentryTable,
  inodeDraft,
  isWhiteout,
  type LowerPath,
  overlayInode,
  type OverlayInodeRow,
  overlayInodeTable,
  overlayOf,
  type OverlayRow,
  putDentry,
  putInode,
  real,
  realAttributes,
  refOf,
  sameRef,
} from "./state";
import { markOf, setImpure, setMark } from "./xattrs";

export interface Found {
  readonly inode?: OverlayInodeRow;
  /** In the upper layer something says: nothing from below. Of a missing name: there is a whiteout. */
  readonly opaque: boolean;
  readonly alias: boolean;
}

/** Goes on looking from the root, after an absolute redirect. */
function fromRoot(kernel: Kernel, overlay: OverlayRow, layers: Layers): void {
  layers.stack = overlayInode(kernel, dentryOf(kernel, { sb: overlay.sb, ino: overlay.root })).lower;
  layers.atRoot = true;
}

/** Looks a name up in the layers, and makes its inode. */
export function lookupLayers(kernel: Kernel, overlay: OverlayRow, parent: OverlayInodeRow, name: string): Result<Found> {
  const checksRedirect = overlay.config.redirectFollow || overlay.dataLayers > 0;
  const looking: Looking = {
    kernel,
    overlay,
    name,
    isDir: false,
    opaque: false,
    stop: false,
    last: checksRedirect ? false : parent.lower.length === 0,
    redirect: undefined,
    absolute: false,
    metacopy: false,
  };
  const layers: Layers = {
    parent,
    atRoot: false,
    stack: parent.lower,
    upper: undefined,
    upperMetacopy: false,
    upperRedirect: undefined,
    originPath: undefined,
    origin: undefined,
    lower: [],
  };
  const above = inUpper(looking, layers);
  if (!above.ok) return above;
  const opaque = looking.opaque;
  const below = inLowers(looking, layers, checksRedirect);
  if (!below.ok) return below;
  const indexed = throughIndex(looking, layers);
  if (!indexed.ok) return indexed;
  const alias = layers.upper !== undefined;
  const { lower } = layers;
  const index = indexed.value;
  const upper = layers.upper ?? index;
  if (upper === undefined && lower.length === 0) return value({ opaque, alias });
  // Found by the index only: the file was copied up under another name, and says itself what it is.
  const own = alias || index === undefined ? undefined : index;
  const redirect = own === undefined ? layers.upperRedirect : markOf(kernel, overlay, own, "redirect");
  const upperMetacopy = own === undefined ? layers.upperMetacopy : markOf(kernel, overlay, own, "metacopy") !== undefined;
  const inode = inodeFor(kernel, overlay, { upper, lower, index, redirect, upperMetacopy });
  return inode.ok ? value({ inode: inode.value, opaque, alias }) : inode;
}

/** What a lookup has found so far. */
interface Layers {
  readonly parent: OverlayInodeRow;
  atRoot: boolean;
  /** Where it looks next: the parent's stack, or the root's after an absolute redirect. */
  stack: readonly LowerPath[];
  upper: Ref | undefined;
  upperMetacopy: boolean;
  upperRedirect: string | undefined;
  /** What the upper file says it was copied from. */
  originPath: LowerPath | undefined;
  /** The lower inode that an index entry would be named after. */
  origin: Ref | undefined;
  readonly lower: LowerPath[];
}

function inUpper(looking: Looking, layers: Layers): Result<true> {
  const { upper: base } = layers.parent;
  if (base === undefined) return DONE;
  const found = inLayer(looking, base);
  if (!found.ok) return found;
  if (found.value !== undefined) {
    layers.upper = found.value;
    if (!looking.isDir) {
      const origin = originOf(looking.kernel, looking.overlay, found.value);
      layers.originPath = origin;
      layers.upperMetacopy = looking.metacopy;
    }
  }
  if (looking.redirect !== undefined) {
    layers.upperRedirect = looking.redirect;
    if (looking.redirect.startsWith("/")) fromRoot(looking.kernel, looking.overlay, layers);
  }
  return DONE;
}

function inLowers(looking: Looking, layers: Layers, checksRedirect: boolean): Result<true> {
  const { overlay } = looking;
  const lowest = overlay.layers.length - 1 - overlay.dataLayers;
  for (let i = 0; !looking.stop && i < layers.stack.length; i++) {
    const base = layers.stack[i] as LowerPath;
    if (looking.redirect !== undefined && !overlay.config.redirectFollow) return failure("EPERM");
    if (!checksRedirect) looking.last = i === layers.stack.length - 1;
    else if (looking.isDir || overlay.dataLayers === 0) looking.last = base.layer === lowest;
    const found = inLayer(looking, base.ref);
    if (!found.ok) return found;
    if (found.value === undefined) continue;
    if ((layers.upperMetacopy || looking.metacopy) && !overlay.config.metacopy) return failure("EPERM");
    const fits = firstBelow(looking, layers, found.value);
    if (!fits.ok) return fits;
    if (!fits.value) break;
    // Only the topmost of several files that have just attributes is kept.
    if (!(looking.metacopy && layers.lower.length > 0)) layers.lower.push({ layer: base.layer, ref: found.value });
    if (looking.stop) break;
    if (looking.redirect?.startsWith("/") === true && !layers.atRoot) {
      fromRoot(looking.kernel, overlay, layers);
      i = base.layer - 1;
    }
  }
  return withData(looking, layers);
}

/** What comes first under an upper one: it is noted as the origin, or, where origins are trusted, must be it. False ends the search. */
function firstBelow(looking: Looking, layers: Layers, here: Ref): Result<boolean> {
  const { kernel, overlay, isDir } = looking;
  const { upper, parent, lower, originPath } = layers;
  if (upper === undefined || lower.length > 0) return value(true);
  if (isDir && parent.upper !== undefined) noteOrigin(kernel, overlay, parent.upper, upper, here);
  if (!verifies(overlay, isDir, originPath)) return value(true);
  if (!sameRef(originOf(kernel, overlay, upper)?.ref, here)) return isDir ? value(false) : failure("ESTALE");
  layers.origin = here;
  return value(true);
}

/** A file that has only attributes needs data below it; EIO when there are none. */
function withData(looking: Looking, layers: Layers): Result<true> {
  const { lower, upper, originPath } = layers;
  if (looking.metacopy && lower.length > 0 && looking.overlay.dataLayers > 0 && looking.absolute) {
    const data = dataOf(looking);
    if (data !== undefined) {
      lower.push(data);
      looking.metacopy = false;
    }
  }
  if (looking.metacopy || (layers.upperMetacopy && lower.length === 0)) return failure("EIO");
  if (!looking.isDir && upper !== undefined && lower.length === 0 && originPath !== undefined) {
    lower.push(originPath);
    layers.origin = originPath.ref;
  }
  if (upper === undefined && lower[0] !== undefined) layers.origin = lower[0].ref;
  return DONE;
}

function throughIndex({ kernel, overlay, isDir }: Looking, { origin, upper }: Layers): Result<Ref | undefined> {
  if (origin === undefined || overlay.index === undefined || (isDir && !overlay.config.nfsExport)) return value(undefined);
  return indexEntryOf(kernel, overlay, origin, upper);
}

/** A merged directory that does not say what it lies over is told so when it is found. */
function noteOrigin(kernel: Kernel, overlay: OverlayRow, parent: Ref, upper: Ref, lower: Ref): void {
  if (superblockOf(kernel, overlay.sb).readOnly || markOf(kernel, overlay, upper, "origin") !== undefined) return;
  if (setMark(kernel, overlay, upper, "origin", handleOf(lower)).ok) setImpure(kernel, overlay, parent);
}

const verifies = (overlay: OverlayRow, isDir: boolean, origin: LowerPath | undefined): boolean =>
  isDir ? overlay.config.nfsExport && overlay.config.index : overlay.config.index && origin !== undefined;

/** The data of a file that names them by a path in the data-only layers. */
function dataOf(looking: Looking): LowerPath | undefined {
  const { kernel, overlay, redirect = "" } = looking;
  const first = overlay.layers.length - overlay.dataLayers;
  for (let layer = first; layer < overlay.layers.length; layer++) {
    let at = overlay.layers[layer]?.root;
    for (const part of redirect.split("/").filter((one) => one !== "")) {
      if (at === undefined) break;
      const found = real(kernel, at).lookup(kernel, at, part);
      at = found.ok ? found.value : undefined;
    }
    if (at !== undefined && realAttributes(kernel, at).kind === "file") return { layer, ref: at };
  }
  return undefined;
}

interface InodeParts {
  readonly upper: Ref | undefined;
  readonly lower: readonly LowerPath[];
  readonly index: Ref | undefined;
  readonly redirect: string | undefined;
  readonly upperMetacopy: boolean;
}

/**
 * Whether an inode is found by its lower one, so that its number stays over copy-up. Not for hard links that copying up breaks.
 *
 * @source linux@6.12 fs/overlayfs/inode.c ovl_hash_bylower
 */
function hashedByLower(kernel: Kernel, overlay: OverlayRow, { upper, lower, index }: InodeParts): boolean {
  const below = lower[0]?.ref;
  if (below === undefined) return false;
  if (index !== undefined || overlay.layers[0] === null) return true;
  const attributes = realAttributes(kernel, below);
  if ((upper !== undefined || overlay.index === undefined) && attributes.kind !== "dir" && attributes.nlink > 1) return false;
  return !(overlay.config.nfsExport && upper !== undefined);
}

/**
 * The overlay's inode over real ones: the one that is known, or a new one, which is put when it gets its name.
 *
 * @rule linux.overlay.inode
 * @source linux@6.12 fs/overlayfs/inode.c ovl_get_inode ovl_verify_inode
 */
export function inodeFor(kernel: Kernel, overlay: OverlayRow, parts: InodeParts): Result<OverlayInodeRow> {
  const { upper, lower, index } = parts;
  const below = lower[0]?.ref;
  const byLower = hashedByLower(kernel, overlay, parts);
  const hash = byLower ? below : upper;
  const realRef = upper ?? below;
  if (realRef === undefined) return failure("ENOENT");
  const attributes = realAttributes(kernel, realRef);
  const isDir = attributes.kind === "dir";
  if (hash !== undefined) {
    const known = kernel.tx.read(overlayInodeTable).firstBy("real", kernel.machine, overlay.sb, hash.sb, hash.ino);
    if (known !== undefined) return matches(known, isDir, upper, below) ? value(known) : failure("ESTALE");
  }
  const row: OverlayInodeRow = {
    machine: kernel.machine,
    sb: overlay.sb,
    id: kernel.tx.nextId(overlay.counter),
    kind: attributes.kind,
    upper,
    lower,
    redirect: parts.redirect,
    upperData: !parts.upperMetacopy,
    constIno: hash !== undefined && byLower,
    indexed: index !== undefined,
    nlink: isDir ? 1 : unionLinks(kernel, overlay, below, upper, attributes.nlink),
    whiteouts:
      isDir &&
      ((upper !== undefined && below !== undefined) ||
        lower.length > 1 ||
        (upper !== undefined && markOf(kernel, overlay, upper, "origin") !== undefined)),
    key: hash,
    names: 0,
    opens: 0,
    pinned: undefined,
  };
  return value(row);
}

function matches(known: OverlayInodeRow, isDir: boolean, upper: Ref | undefined, below: Ref | undefined): boolean {
  const knownBelow = known.lower[0]?.ref;
  if (isDir && ((below === undefined && knownBelow !== undefined) || (upper === undefined && known.upper !== undefined))) return false;
  if (below !== undefined && !sameRef(knownBelow, below)) return false;
  return upper === undefined || sameRef(known.upper, upper);
}

/** Names of an indexed file in all layers: kept as a difference to those in one of them. */
export function unionLinks(kernel: Kernel, overlay: OverlayRow, below: Ref | undefined, upper: Ref | undefined, otherwise: number): number {
  if (below === undefined || upper === undefined) return otherwise;
  const lowerLinks = realAttributes(kernel, below).nlink;
  if (lowerLinks === 1) return otherwise;
  const kept = /^([UL])([+-]\d+)$/.exec(markOf(kernel, overlay, upper, "nlink") ?? "");
  if (kept === null) return otherwise;
  const links = (kept[1] === "L" ? lowerLinks : realAttributes(kernel, upper).nlink) + Number(kept[2]);
  return links > 0 ? links : otherwise;
}

/** A name that has been looked up before. */
export const knownName = (kernel: Kernel, dir: Ref, name: string): DentryRow | undefined =>
  kernel.tx.read(dentryTable).firstBy("name", kernel.machine, dir.sb, dir.ino, name);

/** A name of a directory: the one that is known, or what the layers say. */
export function lookupName(kernel: Kernel, dir: DentryRow, name: string): Result<DentryRow> {
  const known = knownName(kernel, refOf(dir), name);
  if (known !== undefined) return value(known);
  const found = lookupLayers(kernel, overlayOf(kernel, dir.sb), overlayInode(kernel, dir), name);
  if (!found.ok) return found;
  if (found.value.inode === undefined) return failure("ENOENT");
  const { inode, opaque, alias } = found.value;
  return value(newDentry(kernel, refOf(dir), name, { inode, opaque, alias }));
}

/** A new name of an inode, the root's own in directory 0; one that nobody can find is not `hashed`. */
export function newDentry(kernel: Kernel, dir: Ref, name: string, found: Required<Found>, hashed = true): DentryRow {
  const inode = inodeDraft(found.inode);
  // An inode and the name that it was found by have one number.
  const id = inode.names === 0 ? inode.id : kernel.tx.nextId(overlayOf(kernel, inode.sb).counter);
  if (hashed) inode.names++;
  putInode(kernel, inode);
  const row: DentryRow = {
    machine: kernel.machine,
    sb: inode.sb,
    id,
    parent: dir.ino === 0 ? id : dir.ino,
    name,
    inode: inode.id,
    opaque: found.opaque,
    alias: found.alias,
    hashed,
  };
  putDentry(kernel, row);
  return row;
}

/** Whether the upper layer hides a missing name by a whiteout. */
export function isWhitedOut(kernel: Kernel, dir: DentryRow, name: string): boolean {
  const { upper } = overlayInode(kernel, dir);
  if (upper === undefined) return false;
  const found = real(kernel, upper).lookup(kernel, upper, name);
  return found.ok && isWhiteout(realAttributes(kernel, found.value));
}
