/**
 * Mounting AUFS and changing its branches while it is mounted: they can be added anywhere, taken away, and made read-only or writable.
 *
 * @rule linux.aufs.branches
 * @source aufs6 fs/aufs/branch.c test_add au_br_add au_br_del au_br_mod; fs/aufs/super.c aufs_show_options (brs=0)
 */
import { DONE, failure, type Kernel, type Result, value } from "../../types";
import { apart, branchAt, directoryAt, isStacked, nodesOf, putRoot } from "../branches/mount";
import { type Branch, newNodeId, putUnion, type UnionRow, unionOf } from "../branches/state";
import { newSuperblock, superblockOf } from "../superblock";
import type { MountContext, Ref, TaskView } from "../types";
import { topOf } from "./lookup";
import { aufsOptions, type BranchChange, type BranchWords, DEFAULTS, permission } from "./options";
import { type AufsConfig, aufsOf, aufsTable, ROOT_INO } from "./state";
import { prepareBranch } from "./whiteout";

const writes = (mode: string): boolean => mode.startsWith("rw");

/** The first branch is writable when nothing is said, the others are read-only. */
const modeOf = ({ mode }: BranchWords, at: number): string => permission(mode ?? (at === 0 ? "rw" : "ro"));

function added(kernel: Kernel, view: TaskView, union: UnionRow, words: BranchWords, at: number, remount: boolean): Result<UnionRow> {
  const root = directoryAt(kernel, view, words.path);
  if (!root.ok) return failure("EINVAL");
  if (branchAt(union, root.value) >= 0) return remount ? value(union) : failure("EINVAL");
  if (at < 0 || at > union.branches.length) return failure("EDOM");
  if (isStacked(kernel, root.value)) return failure("EINVAL");
  const fits = apart(kernel, union.branches, root.value);
  if (!fits.ok) return fits;
  const mode = modeOf(words, at);
  if (writes(mode) && superblockOf(kernel, root.value.sb).readOnly) return failure("EINVAL");
  const branch: Branch = { id: union.lastBranch + 1, root: root.value, path: words.path, writable: writes(mode), mode };
  const branches = [...union.branches.slice(0, at), branch, ...union.branches.slice(at)];
  return value({ ...union, branches, lastBranch: branch.id, generation: union.generation + 1 });
}

/** A branch of which a file is open is busy. */
function isBusy(kernel: Kernel, { sb }: UnionRow, at: number): boolean {
  return nodesOf(kernel, sb).some((node) => node.opens > 0 && (node.pinned !== undefined || topOf(kernel, node)?.at === at));
}

function removed(kernel: Kernel, view: TaskView, union: UnionRow, path: string, remount: boolean): Result<UnionRow> {
  const root = directoryAt(kernel, view, path);
  if (!root.ok) return root;
  const at = branchAt(union, root.value);
  if (at < 0) return remount ? value(union) : failure("ENOENT");
  if (union.branches.length === 1 || isBusy(kernel, union, at)) return failure("EBUSY");
  return value({ ...union, branches: union.branches.filter((_one, i) => i !== at), generation: union.generation + 1 });
}

function modified(kernel: Kernel, view: TaskView, union: UnionRow, words: BranchWords, remount: boolean): Result<UnionRow> {
  const root = directoryAt(kernel, view, words.path);
  if (!root.ok) return root;
  const at = branchAt(union, root.value);
  if (at < 0) return remount ? value(union) : failure("ENOENT");
  const mode = modeOf(words, at);
  if (writes(mode) && superblockOf(kernel, root.value.sb).readOnly) return failure("EINVAL");
  const branches = union.branches.map((branch, i) => (i === at ? { ...branch, mode, writable: writes(mode) } : branch));
  return value({ ...union, branches, generation: union.generation + 1 });
}

function changed(kernel: Kernel, view: TaskView, union: UnionRow, change: BranchChange, remount: boolean): Result<UnionRow> {
  switch (change.do) {
    case "add":
      return added(kernel, view, union, change.branch, change.at === "end" ? union.branches.length : change.at, remount);
    case "del":
      return removed(kernel, view, union, change.path, remount);
    case "mod":
      return modified(kernel, view, union, change.branch, remount);
  }
}

/** Puts changed branches in force; what a branch is made ready with comes and goes with its being writable. */
function settle(kernel: Kernel, before: readonly Branch[], union: UnionRow, config: AufsConfig): Result<true> {
  for (const branch of union.branches) {
    const was = before.find(({ id }) => id === branch.id);
    if (was === undefined || was.mode !== branch.mode) {
      const ready = prepareBranch(kernel, branch, config.plink);
      if (!ready.ok) return ready;
    }
  }
  putUnion(kernel, union);
  return DONE;
}

export function mountAufs(kernel: Kernel, { view, data, readOnly }: MountContext): Result<Ref> {
  const options = aufsOptions(data);
  if (!options.ok) return options;
  const { changes, config } = options.value;
  if (!changes.some((change) => change.do === "add")) return failure("EINVAL");
  let union: UnionRow = { machine: kernel.machine, sb: 0, type: "aufs", branches: [], root: 1, generation: 1, lastBranch: 0 };
  for (const change of changes) {
    const next = changed(kernel, view, union, change, false);
    if (!next.ok) return next;
    union = next.value;
  }
  const sb = newSuperblock(kernel, "aufs", readOnly);
  const all = { ...DEFAULTS, ...config };
  const id = newNodeId(kernel, sb);
  const last = union.branches.findLastIndex(({ writable }) => writable);
  kernel.tx.write(aufsTable).put({ machine: kernel.machine, sb, config: all, next: -Math.max(0, last) });
  const ready = settle(kernel, [], { ...union, sb, root: id }, all);
  return ready.ok ? value(putRoot(kernel, sb, id, ROOT_INO)) : ready;
}

export function remountAufs(kernel: Kernel, sb: number, { view, data }: MountContext): Result<true> {
  const options = aufsOptions(data);
  if (!options.ok) return options;
  const before = unionOf(kernel, sb);
  let union = before;
  for (const change of options.value.changes) {
    const next = changed(kernel, view, union, change, true);
    if (!next.ok) return next;
    union = next.value;
  }
  const row = aufsOf(kernel, sb);
  const config = { ...row.config, ...options.value.config };
  const { measured: _old, ...rest } = row;
  kernel.tx.write(aufsTable).put({ ...rest, config });
  return settle(kernel, before.branches, union, config);
}

const DEFAULT_POLICY = { create: "tdp", copyUp: "tdp" };

/** As the mount table shows them where the branches are not in /sys. */
export function shownOptions(kernel: Kernel, sb: number): string {
  const { config } = aufsOf(kernel, sb);
  const own = [
    `si=${sb.toString(16).padStart(16, "0")}`,
    ...(config.xino ? [] : ["noxino"]),
    ...(config.showsWhiteouts ? ["shwh"] : []),
    ...(config.plink ? [] : ["noplink"]),
    ...(config.udba === "reval" ? [] : [`udba=${config.udba}`]),
    ...(config.create === DEFAULT_POLICY.create ? [] : [`create=${config.create}`]),
    ...(config.copyUp === DEFAULT_POLICY.copyUp ? [] : [`cpup=${config.copyUp}`]),
    ...(config.sum ? ["sum"] : []),
    ...(config.dirperm1 ? ["dirperm1"] : []),
    ...(config.alwaysOpaque ? ["diropq=a"] : []),
  ];
  const branches = unionOf(kernel, sb).branches.map(({ path, mode }) => `${path}=${mode}`);
  return [...own, `br:${branches.join(":")}`].join(",");
}
