/**
 * How much room the branches have, as the policies ask for it: measured now and then, not at every question.
 *
 * Not modelled: the real size of a disk; every file system of the machine has the same.
 *
 * @source aufs6 fs/aufs/wbr_policy.c au_mfs
 */
import type { Kernel } from "../../types";
import { real, realAttributes, type UnionRow } from "../branches/state";
import type { Ref } from "../types";
import { aufsOf, aufsTable } from "./state";

/** Of a file system in memory: half of the machine's. */
export const CAPACITY = 2 ** 32;
const PAGE = 4096;

/** Bytes that files take under a directory, in whole pages; a file with several names once. */
function usedUnder(kernel: Kernel, dir: Ref, seen: Set<number>): number {
  const entries = real(kernel, dir).readdir(kernel, dir);
  if (!entries.ok) return 0;
  let used = 0;
  for (const { ino } of entries.value) {
    const ref = { sb: dir.sb, ino };
    if (seen.has(ino)) continue;
    seen.add(ino);
    const { kind, size } = realAttributes(kernel, ref);
    used += kind === "dir" ? usedUnder(kernel, ref, seen) : kind === "file" ? Math.ceil(size / PAGE) * PAGE : 0;
  }
  return used;
}

/** What is left on the file system of a directory. */
export function freeBytes(kernel: Kernel, dir: Ref): number {
  let top = dir;
  for (let up = real(kernel, top).parent(kernel, top); up.ino !== top.ino; up = real(kernel, top).parent(kernel, top)) top = up;
  return Math.max(0, CAPACITY - usedUnder(kernel, top, new Set()));
}

/** The writable branch with most room, the lower one of equals; and how much each has. */
export function leastUsed(kernel: Kernel, union: UnionRow): { readonly branch: number; readonly free: readonly number[] } {
  const row = aufsOf(kernel, union.sb);
  const { measured } = row;
  const counts =
    measured !== undefined &&
    kernel.tx.now <= measured.at + row.config.expires &&
    measured.free.length === union.branches.length &&
    union.branches[measured.branch]?.writable === true;
  if (counts) return measured;
  const free = union.branches.map(({ root, writable }) => (writable ? freeBytes(kernel, root) : 0));
  let branch = -1;
  for (const [at, { writable }] of union.branches.entries()) if (writable && (branch < 0 || (free[at] ?? 0) >= (free[branch] ?? 0))) branch = at;
  kernel.tx.write(aufsTable).put({ ...row, measured: { at: kernel.tx.now, branch, free } });
  return { branch, free };
}
