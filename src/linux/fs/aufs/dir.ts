/**
 * Making names in AUFS: where the policy says, in directories copied there if need be, and without the whiteout that hid the name. A
 * directory made over a whiteout is opaque.
 *
 * @rule linux.aufs.create
 * @source aufs6 fs/aufs/i_op_add.c add_simple aufs_mkdir aufs_tmpfile aufs_link
 */
import { DONE, failure, type Kernel, type Result, value } from "../../types";
import { copyName, directoryIn } from "../branches/copy";
import { knownNode, newNode, newNodeId, nodeOf, type NodeRow, putNode, real, realAttributes, refOf, type UnionRow, unionOf } from "../branches/state";
import { nodeStack, stackWith } from "../branches/stack";
import type { NewNode, Ref } from "../types";
import { branchOf, COPYING, mayWrite, ready, remember } from "./copy-up";
import { find, mayBeNamed, topOf } from "./lookup";
import { type Choice, copyUpBranch, createBranch } from "./policy";
import { aufsOf, newIno, plinkOf, putPlink, setIno } from "./state";
import { setOpaque, takeWhiteout } from "./whiteout";

/** A name that is to be made: its directory, and what the branches say of it. */
export function choiceOf(kernel: Kernel, dirRef: Ref, name: string): Result<Choice> {
  const union = unionOf(kernel, dirRef.sb);
  const dir = nodeOf(kernel, dirRef);
  const dirStack = nodeStack(kernel, union, dirRef, find);
  const found = find(kernel, union, dirStack, name);
  if (!found.ok) return found;
  const [first] = dirStack.places;
  if (first === undefined) return failure("ENOENT");
  return value({ kernel, union, dir, dirStack, top: found.value.places[0]?.at ?? first.at, whiteout: found.value.whiteout });
}

export function create(kernel: Kernel, dirRef: Ref, name: string, node: NewNode): Result<Ref> {
  const may = mayBeNamed(kernel, dirRef.sb, name);
  if (!may.ok) return may;
  const choice = choiceOf(kernel, dirRef, name);
  if (!choice.ok) return choice;
  const { union, dir, whiteout } = choice.value;
  const isDir = node.kind === "dir";
  const at = createBranch(choice.value, isDir);
  const branch = at.ok ? branchOf(union, at.value) : at;
  if (!at.ok || !branch.ok) return branch.ok ? failure("EROFS") : branch;
  const parent = directoryIn(kernel, union, dir, at.value, COPYING);
  if (!parent.ok) return parent;
  const made = real(kernel, parent.value).create(kernel, parent.value, name, node);
  if (!made.ok) return made;
  const wasHidden = whiteout === at.value;
  if (isDir && (wasHidden || aufsOf(kernel, dirRef.sb).config.alwaysOpaque)) {
    const opaque = setOpaque(kernel, branch.value, made.value);
    if (!opaque.ok) return opaque;
  }
  if (wasHidden) takeWhiteout(kernel, parent.value, name);
  return value(refOf(named(kernel, dirRef, name, node.kind, made.value)));
}

/** A new number for what was made, under its name. */
function named(kernel: Kernel, dir: Ref, name: string, kind: NewNode["kind"], made: Ref): NodeRow {
  const ino = newIno(kernel, dir.sb);
  if (aufsOf(kernel, dir.sb).config.xino) setIno(kernel, dir.sb, made, ino);
  const known = knownNode(kernel, dir, name);
  if (known !== undefined) putNode(kernel, { ...known, hashed: false });
  return newNode(kernel, dir, name, { kind, ino });
}

export function tmpfile(kernel: Kernel, dirRef: Ref, node: NewNode): Result<Ref> {
  const choice = choiceOf(kernel, dirRef, "");
  const at = choice.ok ? createBranch(choice.value, false) : choice;
  if (!at.ok || !choice.ok) return at.ok ? failure("EROFS") : at;
  const parent = directoryIn(kernel, choice.value.union, choice.value.dir, at.value, COPYING);
  if (!parent.ok) return parent;
  const made = real(kernel, parent.value).tmpfile?.(kernel, parent.value, node) ?? failure("EOPNOTSUPP");
  if (!made.ok) return made;
  real(kernel, made.value).open(kernel, made.value, { write: true });
  const { sb } = dirRef;
  const id = newNodeId(kernel, sb);
  const pinned = { ref: made.value, writable: true };
  putNode(kernel, {
    machine: kernel.machine,
    sb,
    id,
    parent: dirRef.ino,
    name: "",
    kind: "file",
    ino: newIno(kernel, sb),
    hashed: false,
    opens: 0,
    pinned,
  });
  return value({ sb, ino: id });
}

/**
 * The branch a name is linked or moved to: the one wanted, unless it is read-only or what is put there would be hidden.
 *
 * @source aufs6 fs/aufs/i_op_ren.c au_wbr; fs/aufs/i_op.c au_wr_dir
 */
export function wantedBranch(choice: Choice, wanted: number, source: number): Result<number> {
  const { union, dirStack, whiteout, top } = choice;
  const hidden = [dirStack.opaque, whiteout].some((at) => at !== undefined && at < wanted);
  if (mayWrite(union, wanted) && !hidden) return value(wanted);
  const at = Math.min(source, top);
  return mayWrite(union, at) ? value(at) : copyUpBranch(choice);
}

/**
 * A further name is a real link where the file lies. When it has to be in another branch the file is copied there under the new name
 * alone, and the old name follows by a pseudo-link.
 *
 * @rule linux.aufs.link
 * @source aufs6 fs/aufs/i_op_add.c aufs_link au_cpup_or_link
 */
export function link(kernel: Kernel, ref: Ref, dirRef: Ref, name: string): Result<true> {
  const old = nodeOf(kernel, ref);
  const choice = choiceOf(kernel, dirRef, name);
  if (!choice.ok) return choice;
  const { union, dir, whiteout } = choice.value;
  const top = old.pinned === undefined ? topOf(kernel, old) : undefined;
  const source = top?.at ?? branchHolding(kernel, union, old) ?? 0;
  const at = wantedBranch(choice.value, source, source);
  const branch = at.ok ? branchOf(union, at.value) : at;
  if (!at.ok || !branch.ok) return branch.ok ? failure("EROFS") : branch;
  const linked = place(kernel, union, old, ref, dir, name, at.value, source);
  if (!linked.ok) return linked;
  if (whiteout === at.value) {
    const parent = directoryIn(kernel, union, dir, at.value, COPYING);
    if (parent.ok) takeWhiteout(kernel, parent.value, name);
  }
  const known = knownNode(kernel, dirRef, name);
  if (known !== undefined) putNode(kernel, { ...known, hashed: false });
  newNode(kernel, dirRef, name, { kind: old.kind, ino: old.ino });
  const plink = plinkOf(kernel, dirRef.sb, old.ino);
  if (plink !== undefined) putPlink(kernel, { ...plink, nlink: plink.nlink + 1 });
  return DONE;
}

function branchHolding(kernel: Kernel, union: UnionRow, node: NodeRow): number | undefined {
  const { pinned } = node;
  if (pinned === undefined) return undefined;
  const dir = nodeOf(kernel, { sb: node.sb, ino: node.parent });
  const found = stackWith(kernel, union, dir, find).places.find(({ at, ref }) => mayWrite(union, at) && ref.sb === pinned.ref.sb);
  return found?.at;
}

function place(kernel: Kernel, union: UnionRow, old: NodeRow, ref: Ref, dir: NodeRow, name: string, at: number, source: number): Result<true> {
  const from = old.pinned?.ref ?? topOf(kernel, old)?.ref;
  const branch = branchOf(union, at);
  if (from === undefined || !branch.ok) return failure("ENOENT");
  if (at >= source || !aufsOf(kernel, old.sb).config.plink) {
    const ours = at < source ? ready(kernel, ref) : value(from);
    const parent = ours.ok ? directoryIn(kernel, union, dir, at, COPYING) : ours;
    return !ours.ok ? ours : !parent.ok ? parent : real(kernel, ours.value).link(kernel, ours.value, parent.value, name);
  }
  const { nlink } = realAttributes(kernel, from);
  const copied = copyName(kernel, union, old, at, { as: { dir, name } }, COPYING);
  if (!copied.ok) return copied;
  setIno(kernel, old.sb, copied.value, old.ino);
  remember(kernel, old, branch.value, copied.value, nlink);
  return DONE;
}
