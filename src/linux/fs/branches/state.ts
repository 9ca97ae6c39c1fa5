/**
 * What a union of branches remembers: its branches in order, the topmost first, and the names it was asked for.
 *
 * AUFS and Unionfs stand on the same ground: whiteouts are files with a prefix, any branch may be writable, and branches come and go while
 * it is mounted. So a name's row holds no pointer into a branch; where a name lies is looked up each time, which is what both do when they
 * revalidate what they have cached. Only an open file whose name is gone is pinned to its real inode.
 *
 * A reference's number is that of a name, as with an overlay; the number `stat` shows is another one.
 *
 * @source aufs6 fs/aufs/branch.h struct au_branch; unionfs@2.5 fs/unionfs/union.h struct unionfs_data
 */
import { invariant } from "../../../sim/invariant";
import { defineTable } from "../../../sim/table";
import type { Kernel } from "../../types";
import { typeOf } from "../superblock";
import type { Attributes, FileKind, FileSystemType, Ref } from "../types";

export interface Branch {
  /** Stays while others come and go. */
  readonly id: number;
  readonly root: Ref;
  readonly path: string;
  readonly writable: boolean;
  /** As mount options write it, such as `rw` or `ro+wh`. */
  readonly mode: string;
}

export interface UnionRow {
  readonly machine: string;
  readonly sb: number;
  readonly type: "aufs" | "unionfs";
  readonly branches: readonly Branch[];
  readonly root: number;
  /** Counts changes of the branches. */
  readonly generation: number;
  /** The highest id given to a branch. */
  readonly lastBranch: number;
}

export interface NodeRow {
  readonly machine: string;
  readonly sb: number;
  readonly id: number;
  readonly parent: number;
  readonly name: string;
  readonly kind: FileKind;
  /** The number that `stat` shows. */
  readonly ino: number;
  /** False once the name is gone. */
  readonly hashed: boolean;
  readonly opens: number;
  /** Of an open file without a name: the real inode, and whether it may be written. */
  readonly pinned?: { readonly ref: Ref; readonly writable: boolean };
}

export const unionTable = defineTable<UnionRow>({ name: "linux.union", key: ["machine", "sb"] });
export const nodeTable = defineTable<NodeRow, "name" | "sb">({
  name: "linux.union.node",
  key: ["machine", "sb", "id"],
  indexes: { name: { columns: ["machine", "sb", "parent", "name"], when: ({ hashed }) => hashed }, sb: ["machine", "sb"] },
});

export function unionOf(kernel: Kernel, sb: number): UnionRow {
  const row = kernel.tx.read(unionTable).get(kernel.machine, sb);
  invariant(row !== undefined, `superblock ${sb} is no union of branches`);
  return row;
}

export function nodeOf(kernel: Kernel, ref: Ref): NodeRow {
  const row = kernel.tx.read(nodeTable).get(kernel.machine, ref.sb, ref.ino);
  invariant(row !== undefined, `no name ${ref.ino} on union ${ref.sb}`);
  return row;
}

export const putUnion = (kernel: Kernel, row: UnionRow): void => kernel.tx.write(unionTable).put(row);
export const putNode = (kernel: Kernel, row: NodeRow): void => kernel.tx.write(nodeTable).put(row);
export const dropNode = (kernel: Kernel, { sb, id }: NodeRow): void => kernel.tx.write(nodeTable).delete(kernel.machine, sb, id);
export const refOf = ({ sb, id }: NodeRow): Ref => ({ sb, ino: id });
export const isRoot = (node: NodeRow): boolean => node.parent === node.id;
export const parentOf = (kernel: Kernel, node: NodeRow): NodeRow => nodeOf(kernel, { sb: node.sb, ino: node.parent });
export const newNodeId = (kernel: Kernel, sb: number): number => kernel.tx.nextId(`linux.union.node/${kernel.machine}/${sb}`);

export function knownNode(kernel: Kernel, dir: Ref, name: string): NodeRow | undefined {
  return kernel.tx.read(nodeTable).firstBy("name", kernel.machine, dir.sb, dir.ino, name);
}

export function newNode(kernel: Kernel, dir: Ref, name: string, rest: Pick<NodeRow, "kind" | "ino">): NodeRow {
  const row: NodeRow = {
    machine: kernel.machine,
    sb: dir.sb,
    id: newNodeId(kernel, dir.sb),
    parent: dir.ino,
    name,
    hashed: true,
    opens: 0,
    ...rest,
  };
  putNode(kernel, row);
  return row;
}

/** The real file system under a reference. */
export const real = (kernel: Kernel, ref: Ref): FileSystemType => typeOf(kernel, ref.sb);
export const realAttributes = (kernel: Kernel, ref: Ref): Attributes => real(kernel, ref).getattr(kernel, ref);
export function realChild(kernel: Kernel, dir: Ref, name: string): Ref | undefined {
  const found = real(kernel, dir).lookup(kernel, dir, name);
  return found.ok ? found.value : undefined;
}

/** A name is gone; an open file keeps its real inode, and a directory somebody may stand in stays known. */
export function forgetNode(kernel: Kernel, node: NodeRow, pinned: NodeRow["pinned"]): void {
  if (node.opens === 0 && node.kind !== "dir") return dropNode(kernel, node);
  if (node.kind === "dir" || pinned === undefined) return putNode(kernel, { ...node, hashed: false });
  real(kernel, pinned.ref).open(kernel, pinned.ref, {});
  putNode(kernel, { ...node, hashed: false, pinned });
}
