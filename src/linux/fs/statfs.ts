/**
 * What `statfs` tells of a file system: its kind, its blocks and inodes, free and in all.
 *
 * Every file system in memory may grow to half of the machine's memory. An overlay tells what its upper layer's file system does.
 *
 * Not modelled: size= and nr_inodes= of tmpfs; limits of memory that are met before.
 *
 * @rule linux.vfs.statfs
 * @source linux@6.12 mm/shmem.c shmem_statfs fs/overlayfs/super.c ovl_statfs include/uapi/linux/magic.h
 */
import type { Kernel } from "../types";
import { superblockOf, typeOf } from "./superblock";
import { inodeTable } from "./tmpfs";
import type { Ref } from "./types";

export interface FileSystemStatus {
  readonly type: string;
  readonly magic: number;
  readonly id: number;
  readonly blockSize: number;
  readonly blocks: number;
  readonly free: number;
  readonly inodes: number;
  readonly freeInodes: number;
  readonly nameLength: number;
}

const PAGE = 4096;
/** Half of four gibibytes, in pages. */
const MOST_PAGES = 524_288;
const MAGIC: Readonly<Record<string, number>> = {
  tmpfs: 0x01021994,
  overlay: 0x794c7630,
  aufs: 0x61756673,
  unionfs: 0xf15f083d,
  proc: 0x9fa0,
  cgroup: 0x27e0eb,
  cgroup2: 0x63677270,
  nsfs: 0x6e736673,
  pipefs: 0x50495045,
  mqueue: 0x19800202,
};

/** Pages and inodes in use on a file system in memory. */
function usedOf(kernel: Kernel, sb: number): readonly [pages: number, inodes: number] {
  let [pages, inodes] = [0, 0];
  for (const row of kernel.tx.read(inodeTable).rows()) {
    if (row.machine !== kernel.machine || row.dev !== sb) continue;
    pages += Math.ceil(row.reach / PAGE);
    inodes++;
  }
  return [pages, inodes];
}

export function statusOf(kernel: Kernel, ref: Ref): FileSystemStatus {
  const type = superblockOf(kernel, ref.sb).type;
  // A union has no room of its own: it is that of the branch which is written.
  const inner = typeOf(kernel, ref.sb).mapped(kernel, ref);
  const stored = superblockOf(kernel, inner.sb).type === "tmpfs";
  const [pages, inodes] = stored ? usedOf(kernel, inner.sb) : [0, 0];
  const most = stored ? MOST_PAGES : 0;
  return {
    type,
    magic: MAGIC[type] ?? 0,
    id: ref.sb,
    blockSize: PAGE,
    blocks: most,
    free: most - pages,
    inodes: most,
    freeInodes: most - inodes,
    nameLength: 255,
  };
}
