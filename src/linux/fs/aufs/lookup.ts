/**
 * Looking a name up: from the topmost branch down to a whiteout, a file, or an opaque directory. Directories of several branches are one;
 * what is of another kind than the topmost is passed over, so two directories with a file between them are still one.
 *
 * @rule linux.aufs.lookup
 * @source aufs6 fs/aufs/dentry.c au_lkup_dentry au_do_lookup
 */
import { failure, type Kernel, type Result, value } from "../../types";
import { dropNode, knownNode, newNode, type NodeRow, nodeOf, putNode, realAttributes, realChild, type UnionRow, unionOf } from "../branches/state";
import { type Find, nodeStack, type Place, type Stack, stackWith, WHITEOUT_PREFIX, whiteoutIn } from "../branches/stack";
import type { FileKind, Ref } from "../types";
import { aufsOf, inoOf, plinkOf } from "./state";

/** Room is left in a name for two whiteout prefixes, a dot and four digits. */
const NAME_MAX = 255;
const MOST_NAME = NAME_MAX - 2 * WHITEOUT_PREFIX.length - 1 - 4;
/** In a directory: what is below is not to be seen. */
export const OPAQUE = ".wh..wh..opq";

/** Whether whiteouts of a branch count: of every writable one, of others only when the mount says so. */
export const whiteoutsCount = ({ mode, writable }: UnionRow["branches"][number]): boolean => writable || mode.includes("+wh");

export const find: Find = (kernel, union, dir, name, from = 0) => {
  const places: Place[] = [];
  let kind: FileKind | undefined;
  for (const { at, ref } of dir.places) {
    const branch = union.branches[at];
    if (at < from || branch === undefined) continue;
    const counts = whiteoutsCount(branch);
    const whiteout = counts ? whiteoutIn(kernel, ref, name) : value(undefined);
    if (!whiteout.ok) return whiteout;
    if (whiteout.value !== undefined) return value({ places, whiteout: at });
    const found = realChild(kernel, ref, name);
    if (found === undefined) continue;
    const here = realAttributes(kernel, found).kind;
    if (kind !== undefined && here !== kind) continue;
    kind = here;
    places.push({ at, ref: found });
    if (kind !== "dir") break;
    if (counts && realChild(kernel, found, OPAQUE) !== undefined) return value({ places, opaque: at });
  }
  return value({ places });
};

/** Names with the prefix of whiteouts are nobody's. */
export function mayBeNamed(kernel: Kernel, sb: number, name: string): Result<true> {
  if (name.length > MOST_NAME) return failure("ENAMETOOLONG");
  if (name.startsWith(WHITEOUT_PREFIX) && !aufsOf(kernel, sb).config.showsWhiteouts) return failure("EPERM");
  return value(true);
}

export const stackOf = (kernel: Kernel, node: NodeRow): Stack => stackWith(kernel, unionOf(kernel, node.sb), node, find);
export const stackAt = (kernel: Kernel, ref: Ref): Stack => nodeStack(kernel, unionOf(kernel, ref.sb), ref, find);

export interface Top extends Place {
  /** The copy of a file whose other name was copied up: this name has no place of its own there yet. */
  readonly pseudo: boolean;
}

/**
 * The inode that counts for a name: the topmost one, or the copy that was made of it under another name.
 *
 * @rule linux.aufs.plink
 * @source aufs6 fs/aufs/plink.c; Documentation/filesystems/aufs/design/02struct.txt Pseudo-link
 */
export function topOf(kernel: Kernel, node: NodeRow, stack: Stack = stackOf(kernel, node)): Top | undefined {
  const [first] = stack.places;
  if (first === undefined) return undefined;
  const plink = node.kind === "dir" ? undefined : plinkOf(kernel, node.sb, node.ino);
  if (plink === undefined) return { ...first, pseudo: false };
  const at = unionOf(kernel, node.sb).branches.findIndex(({ id }) => id === plink.branch);
  return at >= 0 && at < first.at ? { at, ref: plink.ref, pseudo: true } : { ...first, pseudo: false };
}

export function lookup(kernel: Kernel, dir: Ref, name: string): Result<Ref> {
  const may = mayBeNamed(kernel, dir.sb, name);
  if (!may.ok) return may;
  const union = unionOf(kernel, dir.sb);
  const found = find(kernel, union, stackAt(kernel, dir), name);
  if (!found.ok) return found;
  const [top] = found.value.places;
  const known = knownNode(kernel, dir, name);
  if (top === undefined) {
    // Taken away in the branches; whoever has it open keeps its number.
    if (known !== undefined && known.opens === 0 && known.kind !== "dir") dropNode(kernel, known);
    return failure("ENOENT");
  }
  const { kind } = realAttributes(kernel, top.ref);
  if (known !== undefined && known.kind === kind) return value({ sb: dir.sb, ino: known.id });
  // Another thing has taken its name in a branch.
  if (known !== undefined) putNode(kernel, { ...known, hashed: false });
  return value({ sb: dir.sb, ino: newNode(kernel, dir, name, { kind, ino: inoOf(kernel, dir.sb, top.ref) }).id });
}

export const nodeNamed = (kernel: Kernel, dir: Ref, name: string): Result<NodeRow> => {
  const found = lookup(kernel, dir, name);
  return found.ok ? value(nodeOf(kernel, found.value)) : found;
};

/**
 * Whoever looks into a directory must be let in by each of its places, unless the mount says that only the topmost counts.
 *
 * @rule linux.aufs.permission
 * @source aufs6 fs/aufs/i_op.c aufs_permission
 */
export const beneath = (kernel: Kernel, dir: Ref): readonly Ref[] =>
  aufsOf(kernel, dir.sb).config.dirperm1
    ? []
    : stackAt(kernel, dir)
        .places.slice(1)
        .map(({ ref }) => ref);
