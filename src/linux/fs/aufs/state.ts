/**
 * What an AUFS mount keeps besides its branches: its options, the table that gives inodes of branches numbers of its own, and which inodes
 * are pseudo-linked.
 *
 * @source aufs6 fs/aufs/super.h struct au_sbinfo; fs/aufs/xino.c
 */
import { invariant } from "../../../sim/invariant";
import { defineTable } from "../../../sim/table";
import type { Micros } from "../../../sim/types";
import type { Kernel } from "../../types";
import type { Ref } from "../types";

export type CreatePolicy = "tdp" | "rr" | "mfs" | "mfsrr" | "tdmfs" | "pmfs" | "pmfsrr";
export type CopyUpPolicy = "tdp" | "bup" | "bu";

export interface AufsConfig {
  readonly create: CreatePolicy;
  /** Free bytes below which a policy with a second part turns to it. */
  readonly watermark: number;
  /** How long what was measured of free space counts. */
  readonly expires: Micros;
  readonly copyUp: CopyUpPolicy;
  readonly plink: boolean;
  readonly xino: boolean;
  readonly udba: "none" | "reval" | "notify";
  readonly sum: boolean;
  /** Only the topmost directory's permission bits count. */
  readonly dirperm1: boolean;
  readonly showsWhiteouts: boolean;
  /** Every new directory is made opaque. */
  readonly alwaysOpaque: boolean;
}

export interface AufsRow {
  readonly machine: string;
  readonly sb: number;
  readonly config: AufsConfig;
  /** Of the round-robin policy: counts down. */
  readonly next: number;
  /** What was last measured of free space: which branch had most, and how much each had. */
  readonly measured?: { readonly at: Micros; readonly branch: number; readonly free: readonly number[] };
}

/** A number of AUFS's own for an inode of a branch. */
interface XinoRow {
  readonly machine: string;
  readonly sb: number;
  readonly inode: string;
  readonly ino: number;
}

/** An inode that was copied up while it had other names below: they follow the copy. */
export interface PlinkRow {
  readonly machine: string;
  readonly sb: number;
  readonly ino: number;
  /** The branch's id, and the copy there. */
  readonly branch: number;
  readonly ref: Ref;
  /** Names in all branches. */
  readonly nlink: number;
}

export const aufsTable = defineTable<AufsRow>({ name: "linux.aufs", key: ["machine", "sb"] });
export const xinoTable = defineTable<XinoRow>({ name: "linux.aufs.xino", key: ["machine", "sb", "inode"] });
export const plinkTable = defineTable<PlinkRow>({ name: "linux.aufs.plink", key: ["machine", "sb", "ino"] });

export function aufsOf(kernel: Kernel, sb: number): AufsRow {
  const row = kernel.tx.read(aufsTable).get(kernel.machine, sb);
  invariant(row !== undefined, `superblock ${sb} is no aufs`);
  return row;
}

export const ROOT_INO = 2;
/** Numbers below are kept for the root and what has none. */
const FIRST_INO = 11;

export const newIno = (kernel: Kernel, sb: number): number => FIRST_INO - 1 + kernel.tx.nextId(`linux.aufs.ino/${kernel.machine}/${sb}`);

const xinoName = (of: Ref): string => `${of.sb}:${of.ino}`;

/**
 * The number of a branch's inode: the same for as long as the union is mounted, for all its names, and after a copy-up.
 *
 * @rule linux.aufs.xino
 * @source aufs6 fs/aufs/inode.c au_new_inode; fs/aufs/xino.c au_xino_read au_xino_write
 */
export function inoOf(kernel: Kernel, sb: number, of: Ref): number {
  if (!aufsOf(kernel, sb).config.xino) return newIno(kernel, sb);
  const known = kernel.tx.read(xinoTable).get(kernel.machine, sb, xinoName(of));
  if (known !== undefined) return known.ino;
  const ino = newIno(kernel, sb);
  setIno(kernel, sb, of, ino);
  return ino;
}

export function setIno(kernel: Kernel, sb: number, of: Ref, ino: number): void {
  kernel.tx.write(xinoTable).put({ machine: kernel.machine, sb, inode: xinoName(of), ino });
}
export const dropIno = (kernel: Kernel, sb: number, of: Ref): void => kernel.tx.write(xinoTable).delete(kernel.machine, sb, xinoName(of));

export const plinkOf = (kernel: Kernel, sb: number, ino: number): PlinkRow | undefined => kernel.tx.read(plinkTable).get(kernel.machine, sb, ino);
export const putPlink = (kernel: Kernel, row: PlinkRow): void => kernel.tx.write(plinkTable).put(row);
