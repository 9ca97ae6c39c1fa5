/**
 * Version 1 hierarchies: a controller is bound to one hierarchy, so one mounted as v1 is missing in v2 until the last such mount goes.
 *
 * Not modelled: groups inside a v1 hierarchy; its root can be looked at.
 *
 * @rule linux.cgroup.v1.binding
 * @source linux@6.12 kernel/cgroup/cgroup-v1.c cgroup1_root_to_use, cgroup.c rebind_subsystems
 */
import { defineTable } from "../../sim/table";
import { mountTable } from "../fs/mount";
import { DONE, failure, type Kernel, type Result } from "../types";
import { CONTROLLERS, type Controller, cgroupOf, ROOT } from "./tables";

interface V1Row {
  readonly machine: string;
  readonly controller: Controller;
  /** The superblock of its hierarchy: it is bound while that is mounted anywhere. */
  readonly sb: number;
}
const v1Table = defineTable<V1Row, "machine">({
  name: "linux.cgroup-v1",
  key: (row) => `${row.machine}/${row.controller}`,
  indexes: { machine: (row) => row.machine },
});

export const v1Controllers = (kernel: Kernel): readonly Controller[] =>
  kernel.tx
    .read(v1Table)
    .by("machine", kernel.machine)
    .filter((row) => isMounted(kernel, row.sb))
    .map((row) => row.controller);

const isMounted = (kernel: Kernel, sb: number): boolean =>
  kernel.tx
    .read(mountTable)
    .rows()
    .some((row) => row.machine === kernel.machine && row.root.sb === sb);

/** Takes controllers into v1; EBUSY while v2 hands one to children. */
export function bindV1(kernel: Kernel, names: readonly string[], sb: number): Result<true> {
  const asked = CONTROLLERS.filter((controller) => names.includes(controller));
  if (asked.length !== names.length || asked.length === 0) return failure("EINVAL");
  if (cgroupOf(kernel, ROOT).subtreeControl.some((controller) => asked.includes(controller))) return failure("EBUSY");
  for (const controller of asked) kernel.tx.write(v1Table).put({ machine: kernel.machine, controller, sb });
  kernel.tx.fired("linux.cgroup.v1.binding", `${kernel.machine}/${asked.join(",")}`);
  return DONE;
}

const V1_FILES: Readonly<Partial<Record<Controller, readonly string[]>>> = {
  cpu: ["cpu.cfs_burst_us", "cpu.cfs_period_us", "cpu.cfs_quota_us", "cpu.idle", "cpu.shares", "cpu.stat"],
  memory: ["memory.failcnt", "memory.limit_in_bytes", "memory.max_usage_in_bytes", "memory.oom_control", "memory.stat", "memory.usage_in_bytes"],
  pids: [],
};

/** What a v1 hierarchy's root shows, ascending. */
export function v1RootFiles(controllers: readonly Controller[]): readonly string[] {
  const own = controllers.flatMap((controller) => V1_FILES[controller] ?? []);
  const core = ["cgroup.clone_children", "cgroup.procs", "cgroup.sane_behavior", "notify_on_release", "release_agent", "tasks"];
  return [...core, ...own].sort((a, b) => (a < b ? -1 : 1));
}
