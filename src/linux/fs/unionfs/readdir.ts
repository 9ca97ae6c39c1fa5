/**
 * The names of a directory: those of all its branches, the leftmost first, without what a whiteout hides further to the right.
 *
 * @rule linux.unionfs.readdir
 * @source unionfs@2.6 fs/unionfs/dirfops.c unionfs_filldir; fs/unionfs/dirhelper.c check_empty
 */
import { type Kernel, type Result, value } from "../../types";
import { namesIn, type Place, type Stack } from "../branches/stack";
import { knownNode } from "../branches/state";
import type { DirectoryEntry, Ref } from "../types";
import { directories, newIno, stackAt } from "./lookup";

export function readdir(kernel: Kernel, ref: Ref): Result<readonly DirectoryEntry[]> {
  const seen = new Set<string>();
  const entries: DirectoryEntry[] = [];
  for (const { ref: dir } of directories(kernel, stackAt(kernel, ref))) {
    const { things, whiteouts } = namesIn(kernel, dir);
    for (const { name, kind } of things) {
      if (seen.has(name)) continue;
      seen.add(name);
      entries.push({ name, kind, ino: knownNode(kernel, ref, name)?.ino ?? newIno(kernel, ref.sb) });
    }
    for (const name of whiteouts) seen.add(name);
  }
  return value(entries);
}

function showsNothing(kernel: Kernel, places: readonly Place[]): boolean {
  const hidden = new Set<string>();
  for (const { ref } of places) {
    const { things, whiteouts } = namesIn(kernel, ref);
    if (things.some(({ name }) => !hidden.has(name))) return false;
    for (const name of whiteouts) hidden.add(name);
  }
  return true;
}

export const isEmpty = (kernel: Kernel, stack: Stack): boolean => showsNothing(kernel, directories(kernel, stack));

/** Whether the places of a directory but the leftmost show nothing by themselves: whiteouts of the leftmost do not count. */
export const isEmptyBelow = (kernel: Kernel, stack: Stack): boolean => showsNothing(kernel, directories(kernel, stack).slice(1));
