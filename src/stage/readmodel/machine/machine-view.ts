/** One machine as its pictures need it, from the kernel's tables where a world stands. */
import { cgroupTable, type CgroupRow, memberTable } from "../../../linux/cgroup/tables";
import { mountTable } from "../../../linux/fs/mount";
import { overlayTable } from "../../../linux/fs/overlay/state";
import { superblockOf } from "../../../linux/fs/superblock";
import { pathOf } from "../../../linux/fs/path-of";
import { lookingKernel } from "../../../linux/looking";
import { INITIAL } from "../../../linux/namespace/table";
import { type TaskRow, taskTable } from "../../../linux/process/task";
import type { Kernel } from "../../../linux/types";
import type { WorldReader } from "../types";
import { groupPath, groupViews } from "./groups-view";
import { ledgerView } from "./ledger-view";
import { raceView } from "./race-view";
import type { MachineView, ProcessView } from "./types";
import { unionViews } from "./union-view";

/** A mount's place from the root of its own tree. */
function placeOf(kernel: Kernel, id: number): string {
  const row = kernel.tx.read(mountTable).get(kernel.machine, id);
  if (row === undefined) return "";
  const top = kernel.tx
    .read(mountTable)
    .by("ns", kernel.machine, row.ns)
    .find(({ id: own, parent }) => own === parent);
  if (top === undefined) return "";
  return pathOf(kernel, { mount: row.id, ref: row.root }, { mount: top.id, ref: top.root }) ?? "";
}

/** What a process stands on. */
function rootOf(kernel: Kernel, row: TaskRow): ProcessView["root"] {
  const first = kernel.tx.read(taskTable).get(`${kernel.machine}/1`);
  const mount = row.state === "zombie" ? undefined : kernel.tx.read(mountTable).get(kernel.machine, row.fs.root.mount);
  if (first === undefined || mount === undefined) return { type: "", source: "", own: false };
  const { root } = first.fs;
  const { type } = superblockOf(kernel, mount.root.sb);
  const path = pathOf(kernel, row.fs.root, root);
  const own = row.fs.root.ref.sb !== root.ref.sb || row.fs.root.ref.ino !== root.ref.ino;
  const layers = kernel.tx.read(overlayTable).get(kernel.machine, mount.root.sb)?.layers;
  return {
    ...(path === undefined ? {} : { path }),
    type,
    source: mount.source,
    own,
    ...(layers === undefined ? {} : { layers: layers.filter((layer) => layer !== null).length }),
  };
}

/** Undefined until the machine has booted. */
export function machineView(world: WorldReader, machine: string): MachineView | undefined {
  if (!world.table(taskTable).has(`${machine}/1`)) return undefined;
  const kernel = lookingKernel(world, machine);
  const groups = new Map(
    world
      .table(cgroupTable)
      .rows()
      .filter((row) => row.machine === machine)
      .map((row): [number, CgroupRow] => [row.id, row]),
  );
  const groupOf = (task: number): string => groupPath(groups, world.table(memberTable).get(`${machine}/${task}`)?.cgroup ?? 0);
  const race = raceView(kernel);
  return {
    machine,
    now: world.now,
    ...ledgerView(world, machine, groupOf, (row) => rootOf(kernel, row)),
    unions: unionViews(world, machine, (mount) => placeOf(kernel, mount)),
    ...(race === undefined ? {} : { race }),
    groups: groupViews(world, kernel),
    nets: [{ id: INITIAL.net, devices: [], processes: [] }],
    cables: [],
  };
}
