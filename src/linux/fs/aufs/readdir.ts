/**
 * The names of a directory: those of all its branches, the topmost first, without what a whiteout hides further down.
 *
 * @rule linux.aufs.readdir
 * @source aufs6 fs/aufs/vdir.c au_do_read_vdir fillvdir; fs/aufs/dir.c au_test_empty au_test_empty_lower
 */
import { type Kernel, type Result, value } from "../../types";
import { unionOf } from "../branches/state";
import { namesIn, type Place, type Stack } from "../branches/stack";
import type { DirectoryEntry, Ref } from "../types";
import { stackAt, whiteoutsCount } from "./lookup";
import { aufsOf, inoOf } from "./state";

export function readdir(kernel: Kernel, ref: Ref): Result<readonly DirectoryEntry[]> {
  const union = unionOf(kernel, ref.sb);
  const { showsWhiteouts } = aufsOf(kernel, ref.sb).config;
  const { places } = stackAt(kernel, ref);
  const seen = new Set<string>();
  const hidden = new Set<string>();
  const entries: DirectoryEntry[] = [];
  for (const { at, ref: dir } of places) {
    const { things, whiteouts } = namesIn(kernel, dir);
    for (const { name, kind, ino } of things) {
      if (seen.has(name) || hidden.has(name)) continue;
      seen.add(name);
      entries.push({ name, kind, ino: inoOf(kernel, ref.sb, { sb: dir.sb, ino }) });
    }
    const branch = union.branches[at];
    if (branch !== undefined && (showsWhiteouts || whiteoutsCount(branch))) for (const name of whiteouts) hidden.add(name);
  }
  if (showsWhiteouts) for (const name of hidden) entries.push({ name: `.wh.${name}`, kind: "file", ino: 0 });
  return value(entries);
}

/** Whether whiteouts hide everything in some places of a directory; those of its first place count although it is not looked at. */
function showsNothing(kernel: Kernel, places: readonly Place[], hidden: Set<string>): boolean {
  for (const { ref } of places) {
    const { things, whiteouts } = namesIn(kernel, ref);
    if (things.some(({ name }) => !hidden.has(name))) return false;
    for (const name of whiteouts) hidden.add(name);
  }
  return true;
}

export const isEmpty = (kernel: Kernel, { places }: Stack): boolean => showsNothing(kernel, places, new Set());

/** Whether only the topmost place of a directory shows something. */
export function isEmptyBelow(kernel: Kernel, { places }: Stack): boolean {
  const [top, ...below] = places;
  return top === undefined || showsNothing(kernel, below, new Set(namesIn(kernel, top.ref).whiteouts));
}
