/**
 * The tree of control groups: one row a group, one row a thread's place in it, and the settings and counters of its controllers.
 *
 * A group that was removed keeps its row, marked dead, while zombies or pages still belong to it, as a dying group does in the kernel.
 *
 * @rule linux.cgroup.tree
 * @source linux@6.12 include/linux/cgroup-defs.h struct cgroup
 */
import { invariant } from "../../sim/invariant";
import { defineTable } from "../../sim/table";
import type { Kernel } from "../types";

/** In the order the kernel registers and prints them. */
export const CONTROLLERS = ["cpuset", "cpu", "io", "memory", "hugetlb", "pids", "rdma", "misc"] as const;
export type Controller = (typeof CONTROLLERS)[number];
/** Controllers that can divide the threads of one process. */
export const THREADED: readonly Controller[] = ["cpuset", "cpu", "pids"];

export interface Owner {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

export interface CgroupRow {
  readonly machine: string;
  /** 1 is the root. */
  readonly id: number;
  /** 0 above the root. */
  readonly parent: number;
  readonly name: string;
  readonly level: number;
  readonly dead: boolean;
  readonly owner: Owner;
  /** Files whose owner or mode was changed. */
  readonly files: Readonly<Record<string, Owner>>;
  readonly subtreeControl: readonly Controller[];
  readonly threaded: boolean;
  readonly freeze: boolean;
  /** Undefined is `max`. */
  readonly maxDepth?: number;
  readonly maxDescendants?: number;
  /** What was written to the controllers' files, by file; a controller that is disabled forgets its own. */
  readonly settings: Readonly<Record<string, string>>;
}

export const ROOT = 1;

export const cgroupTable = defineTable<CgroupRow, "parent">({
  name: "linux.cgroup",
  key: (row) => `${row.machine}/${row.id}`,
  indexes: { parent: (row) => `${row.machine}/${row.parent}` },
});

export interface MemberRow {
  readonly machine: string;
  readonly tid: number;
  readonly tgid: number;
  readonly cgroup: number;
  /** A zombie still counts as a process, but no longer keeps its group. */
  readonly dead: boolean;
  /** A thread of the kernel, which stays where it is. */
  readonly kernel: boolean;
}

export const memberTable = defineTable<MemberRow, "cgroup" | "live" | "process">({
  name: "linux.cgroup-member",
  key: (row) => `${row.machine}/${row.tid}`,
  indexes: {
    cgroup: (row) => `${row.machine}/${row.cgroup}`,
    live: (row) => (row.dead ? undefined : `${row.machine}/${row.cgroup}`),
    process: (row) => `${row.machine}/${row.tgid}`,
  },
});

export function cgroupOf(kernel: Kernel, id: number): CgroupRow {
  const row = kernel.tx.read(cgroupTable).get(`${kernel.machine}/${id}`);
  invariant(row !== undefined, `no cgroup ${id} on ${kernel.machine}`);
  return row;
}

export const putCgroup = (kernel: Kernel, row: CgroupRow): void => kernel.tx.write(cgroupTable).put(row);

export function memberOf(kernel: Kernel, tid: number): MemberRow | undefined {
  return kernel.tx.read(memberTable).get(`${kernel.machine}/${tid}`);
}

/** Living children, in the order they were made. */
export function childrenOf(kernel: Kernel, id: number): readonly CgroupRow[] {
  return allChildrenOf(kernel, id).filter((row) => !row.dead);
}

const allChildrenOf = (kernel: Kernel, id: number): readonly CgroupRow[] =>
  [...kernel.tx.read(cgroupTable).by("parent", `${kernel.machine}/${id}`)].sort((a, b) => a.id - b.id);

/** A group and all below it, parents first; dead ones too when asked. */
export function subtreeOf(kernel: Kernel, id: number, dead = false): readonly CgroupRow[] {
  const below = dead ? allChildrenOf(kernel, id) : childrenOf(kernel, id);
  return [cgroupOf(kernel, id), ...below.flatMap((child) => subtreeOf(kernel, child.id, dead))];
}

/** A group and all above it, upwards. */
export function ancestorsOf(kernel: Kernel, id: number): readonly CgroupRow[] {
  const found: CgroupRow[] = [];
  for (let at = id; at !== 0; ) {
    const row = cgroupOf(kernel, at);
    found.push(row);
    at = row.parent;
  }
  return found;
}

/** Living threads directly in a group, by number. */
export const threadsIn = (kernel: Kernel, id: number): readonly MemberRow[] =>
  [...kernel.tx.read(memberTable).by("live", `${kernel.machine}/${id}`)].sort((a, b) => a.tid - b.tid);

export const hasTasks = (kernel: Kernel, id: number): boolean => kernel.tx.read(memberTable).countBy("live", `${kernel.machine}/${id}`) > 0;

/** Whether any living process is in a group or below it. */
export const isPopulated = (kernel: Kernel, id: number): boolean =>
  hasTasks(kernel, id) || childrenOf(kernel, id).some((child) => isPopulated(kernel, child.id));

/** Makes the root of a machine's hierarchy; nothing is in it yet. */
export function newHierarchy(kernel: Kernel): void {
  putCgroup(kernel, {
    machine: kernel.machine,
    id: kernel.tx.nextId(`linux.cgroup/${kernel.machine}`),
    parent: 0,
    name: "",
    level: 0,
    dead: false,
    owner: { uid: 0, gid: 0, mode: 0o755 },
    files: {},
    subtreeControl: [],
    threaded: false,
    freeze: false,
    settings: {},
  });
}
