/**
 * Mounting Unionfs, and changing its branches while it is mounted: `add=BEFORE:/new=ro`, `del=/old`, `mode=/one=ro`.
 *
 * @rule linux.unionfs.branches
 * @source unionfs@2.6 fs/unionfs/main.c parse_dirs_option; fs/unionfs/super.c unionfs_remount_fs unionfs_show_options
 */
import { failure, type Kernel, type Result, value } from "../../types";
import { apart, branchAt, directoryAt, nodesOf, putRoot } from "../branches/mount";
import { type Branch, newNodeId, putUnion, type UnionRow, unionOf } from "../branches/state";
import { newSuperblock, superblockOf } from "../superblock";
import type { MountContext, Ref, TaskView } from "../types";
import { newIno, topOf } from "./lookup";

function modeOf(text: string | undefined): Result<"rw" | "ro"> {
  if (text === undefined || text === "rw") return value("rw");
  return text === "ro" ? value("ro") : failure("EINVAL");
}

/** A path, and what follows its equals sign. */
function words(text: string): readonly [path: string, mode: string | undefined] {
  const cut = text.indexOf("=");
  return cut < 0 ? [text, undefined] : [text.slice(0, cut), text.slice(cut + 1)];
}

function branchNamed(kernel: Kernel, view: TaskView, text: string, id: number): Result<Branch> {
  const [path, asked] = words(text);
  const mode = modeOf(asked);
  if (!mode.ok || path === "") return failure("EINVAL");
  const root = directoryAt(kernel, view, path);
  if (!root.ok) return root;
  // It does not stand on itself.
  if (superblockOf(kernel, root.value.sb).type === "unionfs") return failure("EINVAL");
  return value({ id, root: root.value, path, mode: mode.value, writable: mode.value === "rw" });
}

function branchesOf(kernel: Kernel, view: TaskView, text: string): Result<readonly Branch[]> {
  const branches: Branch[] = [];
  for (const part of text.split(":")) {
    if (branches.length === 0 && words(part)[1] === "ro") return failure("EINVAL");
    const branch = branchNamed(kernel, view, part, branches.length + 1);
    if (!branch.ok) return branch;
    branches.push(branch.value);
  }
  for (const [i, { root }] of branches.entries()) {
    const fits = apart(kernel, branches.slice(0, i), root);
    if (!fits.ok) return fits;
  }
  return value(branches);
}

/** Options with their texts; each needs one. */
function given(data: string): Result<readonly (readonly [string, string])[]> {
  const options = data
    .split(",")
    .filter((option) => option !== "")
    .map((option) => words(option));
  return options.every(([, text]) => text !== undefined && text !== "")
    ? value(options.map(([name, text]) => [name, text ?? ""]))
    : failure("EINVAL");
}

export function mountUnionfs(kernel: Kernel, { view, data, readOnly }: MountContext): Result<Ref> {
  const options = given(data);
  if (!options.ok) return options;
  const [first, ...more] = options.value;
  if (first?.[0] !== "dirs" || more.length > 0) return failure("EINVAL");
  const branches = branchesOf(kernel, view, first[1]);
  if (!branches.ok) return branches;
  const sb = newSuperblock(kernel, "unionfs", readOnly);
  const root = newNodeId(kernel, sb);
  const { machine } = kernel;
  putUnion(kernel, { machine, sb, type: "unionfs", branches: branches.value, root, generation: 1, lastBranch: branches.value.length });
  return value(putRoot(kernel, sb, root, newIno(kernel, sb)));
}

function positionOf(kernel: Kernel, view: TaskView, union: UnionRow, path: string): Result<number> {
  const root = directoryAt(kernel, view, path);
  if (!root.ok) return root;
  const at = branchAt(union, root.value);
  return at < 0 ? failure("ENOENT") : value(at);
}

/** `BEFORE:NEW`, `NEW` for the leftmost, `:NEW` for the rightmost. */
function add(kernel: Kernel, view: TaskView, union: UnionRow, text: string): Result<UnionRow> {
  const cut = text.indexOf(":");
  const at = cut < 0 ? value(0) : cut === 0 ? value(union.branches.length) : positionOf(kernel, view, union, text.slice(0, cut));
  if (!at.ok) return at;
  const branch = branchNamed(kernel, view, text.slice(cut + 1), union.lastBranch + 1);
  if (!branch.ok) return branch;
  const branches = [...union.branches.slice(0, at.value), branch.value, ...union.branches.slice(at.value)];
  return value({ ...union, branches, lastBranch: branch.value.id });
}

function remove(kernel: Kernel, view: TaskView, union: UnionRow, path: string): Result<UnionRow> {
  const at = positionOf(kernel, view, union, path);
  if (!at.ok) return at;
  const busy = nodesOf(kernel, union.sb).some((node) => node.opens > 0 && (node.pinned !== undefined || topOf(kernel, node)?.at === at.value));
  return busy ? failure("EBUSY") : value({ ...union, branches: union.branches.filter((_one, i) => i !== at.value) });
}

function changeMode(kernel: Kernel, view: TaskView, union: UnionRow, text: string): Result<UnionRow> {
  const [path, asked] = words(text);
  const mode = asked === undefined ? failure("EINVAL") : modeOf(asked);
  if (!mode.ok) return mode;
  const at = positionOf(kernel, view, union, path);
  if (!at.ok) return at;
  const branches = union.branches.map((branch, i) => (i === at.value ? { ...branch, mode: mode.value, writable: mode.value === "rw" } : branch));
  return value({ ...union, branches });
}

export function remountUnionfs(kernel: Kernel, sb: number, { view, data }: MountContext): Result<true> {
  if (data === "" || data === "incgen") return value(true);
  const options = given(data);
  if (!options.ok) return options;
  let union = unionOf(kernel, sb);
  const count = (name: string): number => options.value.filter((option) => option[0] === name).length;
  if (union.branches.length + count("add") - count("del") < 1) return failure("EINVAL");
  for (const [name, text] of options.value) {
    const next =
      name === "add"
        ? add(kernel, view, union, text)
        : name === "del"
          ? remove(kernel, view, union, text)
          : name === "mode"
            ? changeMode(kernel, view, union, text)
            : failure("EINVAL");
    if (!next.ok) return next;
    union = next.value;
  }
  // The leftmost branch takes what is new.
  if (union.branches[0]?.writable !== true) return failure("EINVAL");
  for (const [i, { root }] of union.branches.entries()) {
    const fits = apart(kernel, union.branches.slice(0, i), root);
    if (!fits.ok) return fits;
  }
  putUnion(kernel, { ...union, generation: union.generation + 1 });
  return value(true);
}

export const shownOptions = (kernel: Kernel, sb: number): string =>
  `dirs=${unionOf(kernel, sb)
    .branches.map(({ path, mode }) => `${path}=${mode}`)
    .join(":")}`;
