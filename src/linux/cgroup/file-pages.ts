/**
 * Pages of files that lie in memory: charged to whoever writes them first, given back when the file gets shorter or is gone.
 *
 * Not modelled: page cache of file systems on disks (there are none); huge pages.
 *
 * @rule linux.cgroup.memory.shmem
 * @source linux@6.12 mm/shmem.c shmem_add_to_page_cache
 */
import type { Ref } from "../fs/types";
import { superblockTable } from "../fs/superblock";
import { failure, type Kernel, type Outcome, value } from "../types";
import { charge } from "./memory";
import { filePages, releasePages } from "./memory-pages";
import { PAGE } from "./numbers";

const pagesOf = (size: number): number => Math.ceil(size / PAGE);
const isInMemory = (kernel: Kernel, ref: Ref): boolean => kernel.tx.read(superblockTable).get(kernel.machine, ref.sb)?.type === "tmpfs";

/** Before a file grows by a write; ENOMEM when there is no room, or when the writer was killed for it. */
export function chargeGrowth(kernel: Kernel, task: number, ref: Ref, before: number, after: number): Outcome<true> {
  const pages = pagesOf(after) - pagesOf(before);
  if (pages <= 0 || !isInMemory(kernel, ref)) return value(true);
  const charged = charge(kernel, task, filePages(ref.sb, ref.ino), "shmem", pages * PAGE);
  if (!charged.ok) return charged;
  return charged.value.killed ? failure("ENOMEM") : value(true);
}

/** After a file got shorter, or is gone. */
export function releaseShrunk(kernel: Kernel, ref: Ref, before: number, after: number): void {
  const pages = pagesOf(before) - pagesOf(after);
  if (pages > 0) releasePages(kernel, filePages(ref.sb, ref.ino), pages * PAGE);
}
