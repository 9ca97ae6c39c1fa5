/**
 * What an overlay remembers: its layers, the inodes it made up over theirs, and the names it has looked up.
 *
 * A reference to an overlay's inode holds the number of a *name* (a dentry), as many decisions are about a name: whether it has a place of
 * its own in the upper layer, and where it would be copied to. Names of one file share one inode row.
 *
 * @source linux@6.12 fs/overlayfs/ovl_entry.h
 */
import { InvariantError } from "../../../sim/invariant";
import { defineTable } from "../../../sim/table";
import type { Draft, Kernel } from "../../types";
import { typeOf } from "../superblock";
import type { Attributes, FileKind, FileSystemType, Ref } from "../types";

export interface Layer {
  readonly root: Ref;
}

export interface OverlayConfig {
  /** Renames of directories that a lower layer holds. */
  readonly redirectDir: boolean;
  readonly redirectFollow: boolean;
  readonly index: boolean;
  readonly metacopy: boolean;
  readonly nfsExport: boolean;
  readonly userxattr: boolean;
  readonly xino: boolean;
  readonly volatile: boolean;
}

export interface OverlayRow {
  readonly machine: string;
  readonly sb: number;
  /** 0 is the upper one, absent in a read-only overlay; then the lower ones, topmost first, data-only ones last. */
  readonly layers: readonly (Layer | null)[];
  readonly dataLayers: number;
  /** `work` and `index` inside the work directory. */
  readonly work?: Ref;
  readonly index?: Ref;
  readonly config: OverlayConfig;
  /** As they were given. */
  readonly options: string;
  /** The counter that numbers what it makes up. */
  readonly counter: string;
  readonly root: number;
  /** Roots of layers and the work directory: nobody may come upon them by a name. */
  readonly traps: readonly Ref[];
  /** Whether every layer is on one file system. */
  readonly same: boolean;
}

export interface LowerPath {
  readonly layer: number;
  readonly ref: Ref;
}

export interface OverlayInodeRow {
  readonly machine: string;
  readonly sb: number;
  readonly id: number;
  readonly kind: FileKind;
  readonly upper?: Ref;
  /** The stack below, topmost first. Of a copied-up file: what it was copied from. */
  readonly lower: readonly LowerPath[];
  readonly redirect?: string;
  /** False while the upper file has only attributes of its own. */
  readonly upperData: boolean;
  /** The number shown is that of the lower inode, before and after copy-up. */
  readonly constIno: boolean;
  readonly indexed: boolean;
  readonly nlink: number;
  /** A directory that may hold whiteouts, so that reading it means merging. */
  readonly whiteouts: boolean;
  /** The real inode it is found by; none for lower hard links that a copy-up would break. */
  readonly key?: Ref;
  /** Names it is known by. */
  readonly names: number;
  readonly opens: number;
  /** The real inode kept alive for those who have it open, after its last name went. */
  readonly pinned?: Ref;
}

export interface DentryRow {
  readonly machine: string;
  readonly sb: number;
  readonly id: number;
  readonly parent: number;
  readonly name: string;
  readonly inode: number;
  readonly opaque: boolean;
  /** Whether the upper layer has this name. */
  readonly alias: boolean;
  /** False once the name is gone. */
  readonly hashed: boolean;
}

export const overlayTable = defineTable<OverlayRow>({ name: "linux.overlay", key: ["machine", "sb"] });
export const overlayInodeTable = defineTable<OverlayInodeRow, "real">({
  name: "linux.overlay.inode",
  key: ["machine", "sb", "id"],
  indexes: { real: { columns: ["machine", "sb", ({ key }) => key?.sb ?? 0, ({ key }) => key?.ino ?? 0], when: ({ key }) => key !== undefined } },
});
export const dentryTable = defineTable<DentryRow, "name">({
  name: "linux.overlay.dentry",
  key: ["machine", "sb", "id"],
  indexes: { name: { columns: ["machine", "sb", "parent", "name"], when: ({ hashed }) => hashed } },
});

export function overlayOf(kernel: Kernel, sb: number): OverlayRow {
  const row = kernel.tx.read(overlayTable).get(kernel.machine, sb);
  if (row === undefined) throw new InvariantError(`superblock ${sb} is no overlay`);
  return row;
}

export function dentryOf(kernel: Kernel, ref: Ref): DentryRow {
  const row = kernel.tx.read(dentryTable).get(kernel.machine, ref.sb, ref.ino);
  if (row === undefined) throw new InvariantError(`no name ${ref.ino} on overlay ${ref.sb}`);
  return row;
}

export function overlayInode(kernel: Kernel, dentry: DentryRow): OverlayInodeRow {
  const row = kernel.tx.read(overlayInodeTable).get(kernel.machine, dentry.sb, dentry.inode);
  if (row === undefined) throw new InvariantError(`no inode ${dentry.inode} on overlay ${dentry.sb}`);
  return row;
}

/** Copies to be changed and put; written out, as they are made often. */
export function inodeDraft(row: OverlayInodeRow): Draft<OverlayInodeRow> {
  return {
    machine: row.machine,
    sb: row.sb,
    id: row.id,
    kind: row.kind,
    upper: row.upper,
    lower: row.lower,
    redirect: row.redirect,
    upperData: row.upperData,
    constIno: row.constIno,
    indexed: row.indexed,
    nlink: row.nlink,
    whiteouts: row.whiteouts,
    key: row.key,
    names: row.names,
    opens: row.opens,
    pinned: row.pinned,
  };
}
export function dentryDraft(row: DentryRow): Draft<DentryRow> {
  return {
    machine: row.machine,
    sb: row.sb,
    id: row.id,
    parent: row.parent,
    name: row.name,
    inode: row.inode,
    opaque: row.opaque,
    alias: row.alias,
    hashed: row.hashed,
  };
}

export const putInode = (kernel: Kernel, row: OverlayInodeRow): void => kernel.tx.write(overlayInodeTable).put(row);
export const putDentry = (kernel: Kernel, row: DentryRow): void => kernel.tx.write(dentryTable).put(row);

export const parentOf = (kernel: Kernel, dentry: DentryRow): DentryRow => dentryOf(kernel, { sb: dentry.sb, ino: dentry.parent });
export const isRoot = (dentry: DentryRow): boolean => dentry.parent === dentry.id;

/** The real file system under a reference. */
export const real = (kernel: Kernel, ref: Ref): FileSystemType => typeOf(kernel, ref.sb);
export const realAttributes = (kernel: Kernel, ref: Ref): Attributes => real(kernel, ref).getattr(kernel, ref);
export const sameRef = (a: Ref | undefined, b: Ref | undefined): boolean => a?.ino === b?.ino && a?.sb === b?.sb;

/** A place-holder that hides a name in the layers below: a character device 0/0. */
export const isWhiteout = ({ kind, rdev }: Attributes): boolean => kind === "char" && rdev[0] === 0 && rdev[1] === 0;

/** Also a directory that an opaque or merged one stands for: more than one layer gives it. */
export function isMerge(inode: OverlayInodeRow): boolean {
  if (inode.upper === undefined) return inode.lower.length > 1;
  return inode.lower.length > 0 && (inode.kind === "dir" || !inode.upperData);
}
export const isMergeOrLower = (inode: OverlayInodeRow): boolean => inode.upper === undefined || isMerge(inode);
/** A copied-up file that shows its origin's number. */
export const hasOrigin = (inode: OverlayInodeRow): boolean => inode.upper !== undefined && inode.lower.length > 0 && inode.constIno;
export const isPureUpper = (inode: OverlayInodeRow): boolean => inode.lower.length === 0 && !inode.whiteouts;

/** Whether the layers may be changed while not mounted; features that remember origins forbid it. */
export const allowsOfflineChanges = ({ config }: OverlayRow): boolean => !config.index && !config.metacopy && !config.redirectDir && !config.xino;

/** The real inode whose attributes count. */
export function realOf(inode: OverlayInodeRow): Ref {
  const ref = inode.upper ?? inode.lower[0]?.ref ?? inode.pinned;
  if (ref === undefined) throw new InvariantError(`overlay inode ${inode.id} stands on nothing`);
  return ref;
}

/** The real inode whose data count. */
export function realData(inode: OverlayInodeRow): Ref {
  if (inode.upper !== undefined && inode.upperData) return inode.upper;
  return inode.lower.at(-1)?.ref ?? realOf(inode);
}

export const refOf = (dentry: DentryRow): Ref => ({ sb: dentry.sb, ino: dentry.id });
/** A name's row as it is now. */
export const again = (kernel: Kernel, dentry: DentryRow): DentryRow => dentryOf(kernel, refOf(dentry));
export const inodeOf = (kernel: Kernel, dentry: DentryRow): OverlayInodeRow => overlayInode(kernel, again(kernel, dentry));
