/**
 * Where a name lies in the branches: the topmost first, down to where a whiteout, an opaque directory or the lowest branch ends the sight.
 *
 * @source aufs6 fs/aufs/dentry.c au_lkup_dentry; unionfs@2.5 fs/unionfs/lookup.c unionfs_lookup_full
 */
import { failure, type Kernel, type Result, value } from "../../types";
import type { Ref } from "../types";
import { isRoot, type NodeRow, nodeOf, parentOf, real, realAttributes, realChild, type UnionRow } from "./state";

export const WHITEOUT_PREFIX = ".wh.";
export const whiteoutName = (name: string): string => WHITEOUT_PREFIX + name;

export interface Place {
  /** The branch, counted from the top. */
  readonly at: number;
  readonly ref: Ref;
}

export interface Stack {
  readonly places: readonly Place[];
  /** The branch whose whiteout ended the search. */
  readonly whiteout?: number;
  /** The branch whose directory hides all below. */
  readonly opaque?: number;
}
export const NOWHERE: Stack = { places: [] };

/** How one kind of union looks a name up below the places of its directory, from a branch on. */
export type Find = (kernel: Kernel, union: UnionRow, dir: Stack, name: string, from?: number) => Result<Stack>;

export const placeIn = (stack: Stack, at: number): Ref | undefined => stack.places.find((place) => place.at === at)?.ref;

/** Whether a directory of a branch holds the whiteout of a name. One that is no file is damage. */
export function whiteoutIn(kernel: Kernel, dir: Ref, name: string): Result<Ref | undefined> {
  const found = realChild(kernel, dir, whiteoutName(name));
  if (found === undefined) return value(undefined);
  return realAttributes(kernel, found).kind === "file" ? value(found) : failure("EIO");
}

/** Where a known name lies now; nowhere when it is gone from the branches. */
export function stackWith(kernel: Kernel, union: UnionRow, node: NodeRow, find: Find): Stack {
  if (isRoot(node)) return { places: union.branches.map(({ root }, at): Place => ({ at, ref: root })) };
  if (!node.hashed) return NOWHERE;
  const found = find(kernel, union, stackWith(kernel, union, parentOf(kernel, node), find), node.name);
  return found.ok ? found.value : NOWHERE;
}

/** Names of one real directory: those of things, and those that whiteouts hide, without the prefix. */
export function namesIn(kernel: Kernel, dir: Ref) {
  const entries = real(kernel, dir).readdir(kernel, dir);
  const all = entries.ok ? entries.value : [];
  return {
    things: all.filter(({ name }) => !name.startsWith(WHITEOUT_PREFIX)),
    whiteouts: all.filter(({ name }) => name.startsWith(WHITEOUT_PREFIX)).map(({ name }) => name.slice(WHITEOUT_PREFIX.length)),
  };
}

/** Takes away a directory of a branch in which nothing but whiteouts is left. */
export function removeEmptied(kernel: Kernel, dir: Ref, name: string): Result<true> {
  const type = real(kernel, dir);
  const victim = realChild(kernel, dir, name);
  if (victim === undefined) return failure("ENOENT");
  for (const hidden of namesIn(kernel, victim).whiteouts) {
    const gone = type.unlink(kernel, victim, whiteoutName(hidden));
    if (!gone.ok) return gone;
  }
  return type.rmdir(kernel, dir, name);
}

export const nodeStack = (kernel: Kernel, union: UnionRow, ref: Ref, find: Find): Stack => stackWith(kernel, union, nodeOf(kernel, ref), find);
