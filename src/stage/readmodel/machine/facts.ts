/**
 * What a check may ask of a machine: its processes, namespaces, mounts, control groups, and files, as plain JSON in the kernel's own words.
 *
 * Files are looked up through the kernel's own path walk from the root of the first process, without changing anything: what an overlay
 * has not looked up yet is read from its layers.
 */
import { cgroupTable, memberTable } from "../../../linux/cgroup/tables";
import { bandwidthOf } from "../../../linux/cgroup/cpu-max";
import { cpuOf } from "../../../linux/cgroup/cpu-table";
import { counterOf } from "../../../linux/cgroup/memory-counter";
import { resolve } from "../../../linux/fs/namei";
import { mountLines } from "../../../linux/fs/mountinfo";
import { pathOf } from "../../../linux/fs/path-of";
import { typeOf } from "../../../linux/fs/superblock";
import { lookingKernel } from "../../../linux/looking";
import { namespaceTable } from "../../../linux/namespace/table";
import { type TaskRow, taskTable } from "../../../linux/process/task";
import type { Kernel } from "../../../linux/types";
import type { Json } from "../../../sim/types";
import type { WorldReader } from "../types";
import { groupPath } from "./groups-view";
import { machineHistory } from "./history";

/** Names as checks use them; values are JSON. */
export type MachineFacts = Readonly<Record<"processes" | "namespaces" | "mounts" | "cgroups", Json>>;

const KINDS = ["pid", "net", "mnt", "uts", "ipc", "cgroup", "time"] as const;

function processFact(kernel: Kernel, row: TaskRow, first: TaskRow, group: string): Json {
  const ns = Object.fromEntries([...KINDS.map((kind) => [kind, row.namespaces[kind]]), ["user", row.credentials.userNamespace]]);
  const own = [
    ...KINDS.filter((kind) => row.namespaces[kind] !== first.namespaces[kind]),
    ...(row.credentials.userNamespace === first.credentials.userNamespace ? [] : ["user"]),
  ];
  const uts = kernel.tx.read(namespaceTable).get(`${kernel.machine}/${row.namespaces.uts}`)?.uts;
  return {
    name: row.comm,
    argv: row.argv,
    pid: row.id,
    ppid: row.parent,
    nspid: row.numbers.map(([, number]) => number),
    /** The same as `/proc/PID/status` lists them. */
    numbers: row.numbers.map(([, number]) => number).join(" "),
    state: row.state,
    uid: row.credentials.euid,
    cgroup: group,
    ns,
    own,
    hostname: uts?.nodename ?? "",
    root: row.state === "zombie" ? "" : (pathOf(kernel, row.fs.root, first.fs.root) ?? "elsewhere"),
  };
}

function mountFacts(kernel: Kernel, tasks: readonly TaskRow[]): Json {
  const seen = new Set<number>();
  return tasks.flatMap((row): Json[] => {
    const ns = row.namespaces.mnt;
    if (row.state === "zombie" || seen.has(ns)) return [];
    seen.add(ns);
    return mountLines(kernel, ns, row.fs.root).map(({ row: mount, target, type, options }) => ({
      ns,
      target,
      type,
      source: mount.source,
      options,
      shared: mount.group !== 0,
      readOnly: mount.readOnly,
    }));
  });
}

function groupFacts(world: WorldReader, kernel: Kernel): Json {
  const { machine } = kernel;
  const rows = world
    .table(cgroupTable)
    .rows()
    .filter((row) => row.machine === machine && !row.dead);
  const groups = new Map(rows.map((row) => [row.id, row]));
  return rows.map((row) => {
    const members = world.table(memberTable).by("live", `${machine}/${row.id}`);
    const periods = (machineHistory(world).periods.get(`${machine}/${row.id}`) ?? []).filter(({ position }) => position < world.position).slice(-10);
    const ran = periods.reduce((sum, one) => sum + one.ran, 0);
    const { quota, period } = bandwidthOf(row);
    const { throttled, usage } = cpuOf(kernel, row.id);
    return {
      path: groupPath(groups, row.id),
      procs: [...new Set(members.map(({ tgid }) => tgid))],
      settings: row.settings,
      throttled,
      usage,
      ...(quota === undefined || periods.length === 0 ? {} : { cpuPercent: (100 * ran) / (period * periods.length) }),
      memory: counterOf(kernel, row.id).usage,
    };
  });
}

export function machineFacts(world: WorldReader, machine: string): MachineFacts {
  const kernel = lookingKernel(world, machine);
  const tasks = world
    .table(taskTable)
    .rows()
    .filter((row) => row.machine === machine && row.id === row.tgid)
    .toSorted((a, b) => a.id - b.id);
  const [first] = tasks;
  if (first === undefined) return { processes: [], namespaces: [], mounts: [], cgroups: [] };
  const groups = new Map(
    world
      .table(cgroupTable)
      .rows()
      .filter((row) => row.machine === machine)
      .map((row) => [row.id, row]),
  );
  const groupOf = (id: number): string => groupPath(groups, world.table(memberTable).get(`${machine}/${id}`)?.cgroup ?? 0);
  return {
    processes: tasks.map((row) => processFact(kernel, row, first, groupOf(row.id))),
    namespaces: world
      .table(namespaceTable)
      .rows()
      .filter((row) => row.machine === machine)
      .map(({ id, type, level, uts }) => ({ id, type, level, ...(uts === undefined ? {} : { hostname: uts.nodename }) })),
    mounts: mountFacts(kernel, tasks),
    cgroups: groupFacts(world, kernel),
  };
}

/** The machine that was booted first. */
export const firstMachine = (world: WorldReader): string => world.table(taskTable).rows()[0]?.machine ?? "";

/** A number that changes with whatever a check could see. */
export const machineStamp = (world: WorldReader): number => {
  const { strokes } = machineHistory(world);
  return strokes.length;
};

export interface FileFact {
  readonly kind: string;
  readonly mode: number;
  readonly uid: number;
  readonly rdev: readonly [number, number];
  readonly size: number;
  readonly text: string;
}

/** What lies at a path as the first process sees it; undefined when nothing does. */
export function fileFact(world: WorldReader, machine: string, path: string): FileFact | undefined {
  const first = world.table(taskTable).get(`${machine}/1`);
  if (first === undefined) return undefined;
  const kernel = lookingKernel(world, machine);
  const view = { credentials: first.credentials, root: first.fs.root, cwd: first.fs.root, umask: 0 };
  const found = resolve(kernel, view, path, false);
  if (!found.ok) return undefined;
  const type = typeOf(kernel, found.value.ref.sb);
  const { kind, mode, uid, rdev, size } = type.getattr(kernel, found.value.ref);
  const text = kind === "file" ? type.read(kernel, found.value.ref, 0, Math.min(size, 65_536)) : undefined;
  return { kind, mode, uid, rdev, size, text: text?.ok === true ? text.value : "" };
}
