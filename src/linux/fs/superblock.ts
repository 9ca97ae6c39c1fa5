/** Mounted file systems: one row each, and the way from an inode to the functions of its type. */
import { InvariantError } from "../../sim/invariant";
import { defineTable } from "../../sim/table";
import type { Kernel } from "../types";
import type { Attributes, FileSystemType, Ref } from "./types";

export interface SuperblockRow {
  readonly machine: string;
  readonly sb: number;
  readonly type: string;
  readonly readOnly: boolean;
  /** The user namespace it was mounted in, where that is not the first. */
  readonly owner?: number;
}

export const superblockTable = defineTable<SuperblockRow>({ name: "linux.superblock", key: ["machine", "sb"] });

export function newSuperblock(kernel: Kernel, type: string, readOnly: boolean): number {
  const sb = kernel.tx.nextId(`linux.superblock/${kernel.machine}`);
  kernel.tx.write(superblockTable).put({ machine: kernel.machine, sb, type, readOnly });
  return sb;
}

export function superblockOf(kernel: Kernel, sb: number): SuperblockRow {
  const row = kernel.tx.read(superblockTable).get(kernel.machine, sb);
  if (row === undefined) throw new InvariantError(`no superblock ${sb} on ${kernel.machine}`);
  return row;
}

/** The functions of the file system an inode is on. */
export function typeOf(kernel: Kernel, sb: number): FileSystemType {
  const known = kernel.types?.[sb];
  if (known !== undefined) return known;
  const type = kernel.fileSystems[superblockOf(kernel, sb).type];
  if (type === undefined) throw new InvariantError(`superblock ${sb} has an unknown type`);
  if (kernel.types !== undefined) kernel.types[sb] = type;
  return type;
}

export type Seen = Pick<Attributes, "kind" | "mode" | "uid" | "gid" | "nlink">;

/** Kind, mode, owner and links of an inode. */
export function peek(kernel: Kernel, ref: Ref): Seen {
  const type = typeOf(kernel, ref.sb);
  return type.peek === undefined ? type.getattr(kernel, ref) : type.peek(kernel, ref);
}

/** Whether two references are one file. */
export function sameFile(kernel: Kernel, a: Ref, b: Ref): boolean {
  if (a.sb !== b.sb) return false;
  if (a.ino === b.ino) return true;
  const identity = typeOf(kernel, a.sb).identity;
  return identity !== undefined && identity(kernel, a) === identity(kernel, b);
}
