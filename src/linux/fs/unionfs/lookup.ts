/**
 * Looking a name up: every branch of the directory from the top down to a whiteout or an opaque directory. The first instance counts; the
 * others are remembered, as removing takes them all. A file between two directories does not part them.
 *
 * @rule linux.unionfs.lookup
 * @source unionfs@2.6 fs/unionfs/lookup.c unionfs_lookup_full; fs/unionfs/whiteout.c is_validname
 */
import { DONE, failure, type Kernel, type Result, value } from "../../types";
import { type Find, type Place, type Stack, stackWith, WHITEOUT_PREFIX, whiteoutIn } from "../branches/stack";
import {
  dropNode,
  isRoot,
  knownNode,
  newNode,
  type NodeRow,
  nodeOf,
  parentOf,
  putNode,
  realAttributes,
  realChild,
  refOf,
  unionOf,
} from "../branches/state";
import { peek } from "../superblock";
import type { Ref } from "../types";

/** In a directory: what is below is not to be seen. */
const OPAQUE_NAME = "__dir_opaque";
export const OPAQUE = WHITEOUT_PREFIX + OPAQUE_NAME;
const NAME_MAX = 255;

/** A name that leaves room for its whiteout, and is none. */
export function mayBeNamed(name: string): Result<true> {
  if (name.startsWith(WHITEOUT_PREFIX) || name.startsWith(OPAQUE_NAME)) return failure("EPERM");
  return name.length > NAME_MAX - WHITEOUT_PREFIX.length ? failure("ENAMETOOLONG") : DONE;
}

const isDir = (kernel: Kernel, ref: Ref): boolean => peek(kernel, ref).kind === "dir";

/** The places of a directory that are directories. */
export const directories = (kernel: Kernel, { places }: Stack): readonly Place[] => places.filter(({ ref }) => isDir(kernel, ref));

export const find: Find = (kernel, _union, dir, name, from = 0) => {
  const places: Place[] = [];
  for (const { at, ref } of dir.places) {
    if (at < from || !isDir(kernel, ref)) continue;
    const whiteout = whiteoutIn(kernel, ref, name);
    if (!whiteout.ok) return whiteout;
    if (whiteout.value !== undefined) return value({ places, whiteout: at });
    const found = realChild(kernel, ref, name);
    if (found === undefined) continue;
    places.push({ at, ref: found });
    if (isDir(kernel, found) && realChild(kernel, found, OPAQUE) !== undefined) return value({ places, opaque: at });
  }
  return value({ places });
};

export const stackOf = (kernel: Kernel, node: NodeRow): Stack => stackWith(kernel, unionOf(kernel, node.sb), node, find);
export const stackAt = (kernel: Kernel, ref: Ref): Stack => stackOf(kernel, nodeOf(kernel, ref));
export const topOf = (kernel: Kernel, node: NodeRow): Place | undefined => stackOf(kernel, node).places[0];

/** The last branch in which what lies in a directory can be seen. */
export function sightOf(kernel: Kernel, dir: NodeRow): number {
  if (isRoot(dir)) return unionOf(kernel, dir.sb).branches.length - 1;
  const { opaque, whiteout } = stackOf(kernel, dir);
  const above = sightOf(kernel, parentOf(kernel, dir));
  return Math.min(above, opaque ?? above, whiteout === undefined ? above : whiteout - 1);
}

/** Numbers are the union's own, given in the order in which names are met; they are not kept. */
export const newIno = (kernel: Kernel, sb: number): number => kernel.tx.nextId(`linux.unionfs.ino/${kernel.machine}/${sb}`);

export function lookup(kernel: Kernel, dir: Ref, name: string): Result<Ref> {
  const may = mayBeNamed(name);
  if (!may.ok) return may;
  const found = find(kernel, unionOf(kernel, dir.sb), stackAt(kernel, dir), name);
  if (!found.ok) return found;
  const [top] = found.value.places;
  const known = knownNode(kernel, dir, name);
  if (top === undefined) {
    if (known !== undefined && known.opens === 0 && known.kind !== "dir") dropNode(kernel, known);
    return failure("ENOENT");
  }
  const { kind } = realAttributes(kernel, top.ref);
  if (known !== undefined && known.kind === kind) return value(refOf(known));
  if (known !== undefined) putNode(kernel, { ...known, hashed: false });
  return value(refOf(newNode(kernel, dir, name, { kind, ino: newIno(kernel, dir.sb) })));
}

export interface Named {
  readonly node: NodeRow;
  readonly stack: Stack;
  readonly top: Place;
  /** Every instance, those under an opaque directory of that name too. */
  readonly all: readonly Place[];
}

/** A name that is there, with all its instances. */
export function named(kernel: Kernel, dir: Ref, name: string): Result<Named> {
  const found = lookup(kernel, dir, name);
  if (!found.ok) return found;
  const node = nodeOf(kernel, found.value);
  const stack = stackOf(kernel, node);
  const [top] = stack.places;
  return top === undefined ? failure("ENOENT") : value({ node, stack, top, all: allInstances(kernel, dir, name, stack) });
}

/**
 * Before a name is removed or moved it is looked up again. Instances that are known are not asked whether they are opaque, so that what
 * lies under them is found, and hidden when they go.
 *
 * @source unionfs@2.6 fs/unionfs/lookup.c unionfs_partial_lookup
 */
function allInstances(kernel: Kernel, dir: Ref, name: string, { places: known }: Stack): readonly Place[] {
  const places: Place[] = [];
  for (const { at, ref } of directories(kernel, stackAt(kernel, dir))) {
    const here = known.find((place) => place.at === at);
    if (here !== undefined) places.push(here);
    if (here !== undefined) continue;
    const whiteout = whiteoutIn(kernel, ref, name);
    if (!whiteout.ok || whiteout.value !== undefined) break;
    const found = realChild(kernel, ref, name);
    if (found === undefined) continue;
    places.push({ at, ref: found });
    if (isDir(kernel, found) && realChild(kernel, found, OPAQUE) !== undefined) break;
  }
  return places;
}

/**
 * Whoever looks into a directory must be let in by each of its instances.
 *
 * @rule linux.unionfs.permission
 * @source unionfs@2.6 fs/unionfs/inode.c unionfs_permission
 */
export const beneath = (kernel: Kernel, dir: Ref): readonly Ref[] =>
  directories(kernel, stackAt(kernel, dir))
    .slice(1)
    .map(({ ref }) => ref);
