/**
 * Making and removing groups, and which controllers a group has.
 *
 * @rule linux.cgroup.limits
 * @source linux@6.12 kernel/cgroup/cgroup.c cgroup_mkdir, cgroup_check_hierarchy_limits, cgroup_destroy_locked
 */
import { DONE, failure, type Kernel, type Result, value } from "../types";
import { chargedTo } from "./memory-counter";
import {
  ancestorsOf,
  CONTROLLERS,
  type CgroupRow,
  cgroupOf,
  cgroupTable,
  childrenOf,
  type Controller,
  isPopulated,
  memberTable,
  type Owner,
  putCgroup,
  ROOT,
  subtreeOf,
  THREADED,
} from "./tables";
import { v1Controllers } from "./v1";

/** Controllers a group may hand on: what its parent hands to it; a threaded group has those that divide threads. */
export function controllersOf(kernel: Kernel, row: CgroupRow): readonly Controller[] {
  if (row.id === ROOT) {
    const taken = v1Controllers(kernel);
    return CONTROLLERS.filter((controller) => !taken.includes(controller));
  }
  const given = cgroupOf(kernel, row.parent).subtreeControl;
  return CONTROLLERS.filter((controller) => given.includes(controller) && (!row.threaded || THREADED.includes(controller)));
}

export const isEnabled = (kernel: Kernel, row: CgroupRow, controller: Controller): boolean => controllersOf(kernel, row).includes(controller);

/** The nearest group at or above that has the controller's state of its own: the root always has. */
export function effectiveGroup(kernel: Kernel, id: number, controller: Controller): CgroupRow {
  const row = cgroupOf(kernel, id);
  return row.id === ROOT ||
    (!row.dead && isEnabled(kernel, row, controller)) ||
    (row.dead && cgroupOf(kernel, row.parent).subtreeControl.includes(controller))
    ? row
    : effectiveGroup(kernel, row.parent, controller);
}

export const descendantCount = (kernel: Kernel, id: number): number => subtreeOf(kernel, id).length - 1;

export function makeCgroup(kernel: Kernel, parent: CgroupRow, name: string, owner: Owner): Result<number> {
  if (parent.dead) return failure("ENODEV");
  if (name.includes("\n")) return failure("EINVAL");
  if (name.length > 255) return failure("ENAMETOOLONG");
  if (childrenOf(kernel, parent.id).some((child) => child.name === name)) return failure("EEXIST");
  const full = ancestorsOf(kernel, parent.id).some(
    (above, i) =>
      (above.maxDescendants !== undefined && descendantCount(kernel, above.id) >= above.maxDescendants) ||
      (above.maxDepth !== undefined && i + 1 > above.maxDepth),
  );
  if (full) {
    kernel.tx.fired("linux.cgroup.limits", `${kernel.machine}/${parent.id}`);
    return failure("EAGAIN");
  }
  const id = kernel.tx.nextId(`linux.cgroup/${kernel.machine}`);
  putCgroup(kernel, {
    machine: kernel.machine,
    id,
    parent: parent.id,
    name,
    level: parent.level + 1,
    dead: false,
    owner,
    files: {},
    subtreeControl: [],
    threaded: false,
    freeze: false,
    settings: {},
  });
  return value(id);
}

/** A group can go when no living process and no child is in it; zombies do not keep it. */
export function removeCgroup(kernel: Kernel, row: CgroupRow): Result<true> {
  if (isPopulated(kernel, row.id) || childrenOf(kernel, row.id).length > 0) return failure("EBUSY");
  putCgroup(kernel, { ...row, dead: true });
  forget(kernel, row.id);
  return DONE;
}

/** Lets go of a removed group that nothing belongs to any more. */
export function forget(kernel: Kernel, id: number): void {
  const row = kernel.tx.read(cgroupTable).get(`${kernel.machine}/${id}`);
  if (row === undefined || !row.dead) return;
  const held =
    kernel.tx.read(memberTable).countBy("cgroup", `${kernel.machine}/${id}`) > 0 ||
    kernel.tx.read(cgroupTable).countBy("parent", `${kernel.machine}/${id}`) > 0 ||
    chargedTo(kernel, id) > 0;
  if (held) return;
  kernel.tx.write(cgroupTable).delete(`${kernel.machine}/${id}`);
  forget(kernel, row.parent);
}

/**
 * A group's path as a cgroup namespace with that root shows it; `(deleted)` once removed.
 *
 * @rule linux.cgroup.path
 * @source linux@6.12 kernel/cgroup/cgroup.c proc_cgroup_show, fs/kernfs/dir.c kernfs_path_from_node
 */
export function pathOf(kernel: Kernel, id: number, root: number): string {
  const own = ancestorsOf(kernel, id).toReversed();
  const from = ancestorsOf(kernel, root).toReversed();
  const differs = own.findIndex((row, i) => row.id !== from[i]?.id);
  const common = differs === -1 ? own.length : differs;
  const path = [...from.slice(common).map(() => ".."), ...own.slice(common).map((row) => row.name)].join("/");
  return `/${path}${cgroupOf(kernel, id).dead ? " (deleted)" : ""}`;
}
