/**
 * Whiteouts and what they are made of: each is a further hard link of one file in the branch's root, so that deleting takes no inode. The
 * root of a writable branch also holds a directory for pseudo-links and one for files that have lost their directory.
 *
 * @rule linux.aufs.whiteout
 * @source aufs6 fs/aufs/whout.c au_wh_init link_or_create_wh
 */
import { DONE, type Kernel, type Result } from "../../types";
import { type Branch, real, realChild } from "../branches/state";
import { whiteoutName } from "../branches/stack";
import type { NewNode, Ref } from "../types";
import { OPAQUE } from "./lookup";

const BASE = ".wh..wh.aufs";
export const PLINK_DIR = ".wh..wh.plnk";
const ORPHAN_DIR = ".wh..wh.orph";
const WHITEOUT: NewNode = { kind: "file", mode: 0o444, uid: 0, gid: 0 };
const DIRECTORY: NewNode = { kind: "dir", mode: 0o700, uid: 0, gid: 0 };

const linksWhiteouts = ({ mode }: Branch): boolean => !mode.includes("+nolwh");

/** Puts what a writable branch needs into its root, or takes it away from one that is no longer. */
export function prepareBranch(kernel: Kernel, branch: Branch, plink: boolean): Result<true> {
  const { root } = branch;
  const type = real(kernel, root);
  const wanted: readonly (readonly [string, NewNode, boolean])[] = [
    [BASE, WHITEOUT, branch.writable && linksWhiteouts(branch)],
    [PLINK_DIR, DIRECTORY, branch.writable && plink],
    [ORPHAN_DIR, DIRECTORY, branch.writable],
  ];
  for (const [name, node, keep] of wanted) {
    const there = realChild(kernel, root, name) !== undefined;
    if (keep === there) continue;
    const done = keep
      ? type.create(kernel, root, name, node)
      : node.kind === "dir"
        ? type.rmdir(kernel, root, name)
        : type.unlink(kernel, root, name);
    // What cannot be taken away stays.
    if (keep && !done.ok) return done;
  }
  return DONE;
}

function makeWhiteoutFile(kernel: Kernel, branch: Branch, dir: Ref, name: string): Result<true> {
  const type = real(kernel, dir);
  const base = linksWhiteouts(branch) ? realChild(kernel, branch.root, BASE) : undefined;
  if (base !== undefined) return type.link(kernel, base, dir, name);
  const made = type.create(kernel, dir, name, WHITEOUT);
  return made.ok ? DONE : made;
}

export const putWhiteout = (kernel: Kernel, branch: Branch, dir: Ref, name: string): Result<true> =>
  makeWhiteoutFile(kernel, branch, dir, whiteoutName(name));
export const takeWhiteout = (kernel: Kernel, dir: Ref, name: string): Result<true> => real(kernel, dir).unlink(kernel, dir, whiteoutName(name));

/** Hides what lies below a directory of a branch. */
export function setOpaque(kernel: Kernel, branch: Branch, dir: Ref): Result<true> {
  return realChild(kernel, dir, OPAQUE) === undefined ? makeWhiteoutFile(kernel, branch, dir, OPAQUE) : DONE;
}
