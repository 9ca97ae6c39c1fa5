/**
 * Which of several writable branches a new thing is made in, and to which a changed one is copied.
 *
 * @rule linux.aufs.policy
 * @source aufs6 fs/aufs/wbr_policy.c; Documentation/filesystems/aufs/design/05wbr_policy.txt
 */
import { failure, type Kernel, type Result, value } from "../../types";
import { isRoot, type NodeRow, parentOf, type UnionRow } from "../branches/state";
import type { Stack } from "../branches/stack";
import { leastUsed } from "./free-space";
import { stackOf } from "./lookup";
import { type AufsRow, aufsOf, aufsTable } from "./state";

/** A name's directory and where it lies; and the branch the name itself is counted from. */
export interface Choice {
  readonly kernel: Kernel;
  readonly union: UnionRow;
  readonly dir: NodeRow;
  readonly dirStack: Stack;
  /** The topmost branch that has the name; of a new one, that has its directory. */
  readonly top: number;
  readonly whiteout?: number | undefined;
}

const READ_ONLY = -1;
const writable = ({ branches }: UnionRow, at: number): boolean => branches[at]?.writable === true;

/** The nearest writable branch, from one upwards. */
function bottomUp(union: UnionRow, from: number): number {
  for (let at = from; at >= 0; at--) if (writable(union, at)) return at;
  return READ_ONLY;
}

/** Not below a branch where a directory further up is opaque: nobody would see it there. */
function notHidden({ kernel, dir }: Choice, at: number): number {
  let lowest = at;
  for (let node = dir; !isRoot(node); ) {
    node = parentOf(kernel, node);
    const { opaque } = stackOf(kernel, node);
    if (opaque !== undefined && opaque < lowest) lowest = opaque;
  }
  return lowest;
}

/** Top-down-parent: the topmost writable branch that has the directory; else the nearest writable one above. */
function topDownParent(choice: Choice): number {
  const { union, dirStack, top } = choice;
  if (writable(union, top)) return top;
  const above = dirStack.places.find(({ at }) => at < top && writable(union, at));
  if (above !== undefined) return above.at;
  const nearest = bottomUp(union, top - 1);
  return nearest < 0 ? nearest : notHidden(choice, nearest);
}

/** Whatever the policy: where a whiteout hides the name, or the directory is opaque, it is made there. */
function exception(choice: Choice): number {
  const { union, dirStack, whiteout } = choice;
  const marks = [whiteout, dirStack.opaque].filter((at) => at !== undefined);
  if (marks.length === 0) return READ_ONLY;
  const at = notHidden(choice, Math.min(...marks));
  return writable(union, at) ? at : READ_ONLY;
}

/** Files take turns, directories do not advance them. */
function roundRobin(choice: Choice, isDir: boolean): number {
  const special = exception(choice);
  if (special >= 0) return special;
  const { kernel, union } = choice;
  const count = union.branches.length;
  for (let tried = 0; tried < count; tried++) {
    const row = aufsOf(kernel, union.sb);
    const turn = row.next === 0 ? -1 : row.next;
    if (!isDir) putRow(kernel, { ...row, next: turn - 1 });
    // The counter is an unsigned word that counts down.
    const at = (2 ** 32 + turn) % count;
    if (writable(union, at)) return notHidden(choice, at);
  }
  return READ_ONLY;
}

const putRow = (kernel: Kernel, row: AufsRow): void => kernel.tx.write(aufsTable).put(row);

function mostFree(choice: Choice): number {
  const special = exception(choice);
  if (special >= 0) return special;
  const { branch } = leastUsed(choice.kernel, choice.union);
  return branch < 0 ? branch : notHidden(choice, branch);
}

function freeOf(choice: Choice, at: number): number {
  return leastUsed(choice.kernel, choice.union).free[at] ?? 0;
}

function mostFreeThenTurns(choice: Choice, isDir: boolean): number {
  const at = mostFree(choice);
  const { free } = leastUsed(choice.kernel, choice.union);
  const { watermark } = aufsOf(choice.kernel, choice.union.sb).config;
  return at >= 0 && Math.max(...free) < watermark ? roundRobin(choice, isDir) : at;
}

/** The topmost branch with room enough, whether it has the directory or not. */
function topDownFree(choice: Choice): number {
  const { kernel, union, dirStack, whiteout } = choice;
  const { branch, free } = leastUsed(kernel, union);
  const { watermark } = aufsOf(kernel, union.sb).config;
  const last = dirStack.places.at(-1)?.at ?? 0;
  const tail = notHidden(choice, whiteout !== undefined && whiteout < last ? whiteout : last);
  for (let at = 0; at <= tail; at++) if (writable(union, at) && (free[at] ?? 0) > watermark) return at;
  return branch;
}

/** Of the branches that have the directory the one with most room. */
function parentMostFree(choice: Choice): number {
  const { union, dirStack } = choice;
  let best = topDownParent(choice);
  if (best < 0 || dirStack.places.length < 2) return best;
  for (const { at } of dirStack.places) if (writable(union, at) && freeOf(choice, at) > freeOf(choice, best)) best = at;
  return notHidden(choice, best);
}

export function createBranch(choice: Choice, isDir: boolean): Result<number> {
  const { create, watermark } = aufsOf(choice.kernel, choice.union.sb).config;
  const at = ((): number => {
    switch (create) {
      case "tdp":
        return topDownParent(choice);
      case "rr":
        return roundRobin(choice, isDir);
      case "mfs":
        return mostFree(choice);
      case "mfsrr":
        return mostFreeThenTurns(choice, isDir);
      case "tdmfs":
        return topDownFree(choice);
      case "pmfs":
        return parentMostFree(choice);
      case "pmfsrr": {
        const best = parentMostFree(choice);
        return best >= 0 && freeOf(choice, best) < watermark ? mostFreeThenTurns(choice, isDir) : best;
      }
    }
  })();
  if (at >= 0 && writable(choice.union, at)) return value(at);
  // What the policy chose cannot be written: as a copy-up would choose.
  return copyUpBranch(choice);
}

/** Where a thing that must be changed is copied, when the branch it is on is read-only. */
export function copyUpBranch(choice: Choice): Result<number> {
  const { union, dirStack, top } = choice;
  const policy = aufsOf(choice.kernel, union.sb).config.copyUp;
  let at: number;
  if (policy === "tdp") at = topDownParent(choice);
  else if (policy === "bu") at = bottomUp(union, top);
  else {
    const parent = [...dirStack.places].reverse().find((place) => place.at <= top && writable(union, place.at));
    at = parent?.at ?? bottomUp(union, (dirStack.places[0]?.at ?? 0) - 1);
  }
  return at < 0 ? failure("EROFS") : value(at);
}
