/**
 * What `stat` adds to an inode's attributes: the room it takes, and the size of a directory.
 *
 * Files take whole pages; what was never written takes none. A directory in memory counts twenty bytes for each name.
 *
 * Not modelled: holes before what was written; the time a file was born; blocks of file systems that are not in memory.
 *
 * @rule linux.vfs.stat
 * @source linux@6.12 mm/shmem.c shmem_getattr BOGO_DIRENT_SIZE
 */
import { typeOf } from "./superblock";
import { entryTable, inodeTable } from "./tmpfs";
import type { Attributes, Ref } from "./types";
import type { Kernel } from "../types";

const PAGE = 4096;
const UNIT = 512;
const NAME = 20;

export function statOf(kernel: Kernel, ref: Ref): Attributes {
  const type = typeOf(kernel, ref.sb);
  const found = type.getattr(kernel, ref);
  const { kind, mode, uid, gid, nlink, rdev, atime, mtime, ctime, ino, dev } = found;
  const inner = kind === "file" || kind === "dir" ? type.mapped(kernel, ref) : undefined;
  const stored = inner === undefined ? undefined : kernel.tx.read(inodeTable).get(kernel.machine, inner.sb, inner.ino);
  const blocks = kind === "file" && stored !== undefined ? (Math.ceil(stored.reach / PAGE) * PAGE) / UNIT : 0;
  const names = kind === "dir" && inner !== undefined && stored !== undefined;
  const size = names ? NAME * (2 + kernel.tx.read(entryTable).countBy("dir", kernel.machine, inner.sb, inner.ino)) : found.size;
  return { kind, mode, uid, gid, nlink, size, rdev, atime, mtime, ctime, ino, dev, blocks };
}
