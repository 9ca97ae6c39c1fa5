/** Control groups as gauges: who is in them, memory used and allowed, and what the processor gave and refused in the last periods. */
import { bandwidthOf } from "../../../linux/cgroup/cpu-max";
import { cpuOf } from "../../../linux/cgroup/cpu-table";
import { usageOf } from "../../../linux/cgroup/memory-counter";
import { type CgroupRow, ROOT, subtreeOf, threadsIn } from "../../../linux/cgroup/tables";
import type { Kernel } from "../../../linux/types";
import type { WorldReader } from "../types";
import { machineHistory } from "./history";
import type { GroupView } from "./types";

const SHOWN_PERIODS = 16;

/** A group's path from the root of the hierarchy. */
export function groupPath(groups: ReadonlyMap<number, CgroupRow>, id: number): string {
  const names: string[] = [];
  for (let row = groups.get(id); row !== undefined && row.id !== ROOT; row = groups.get(row.parent)) names.unshift(row.name);
  return `/${names.join("/")}`;
}

function periodsOf(reader: WorldReader, machine: string, cgroup: number): GroupView["periods"] {
  const all = (machineHistory(reader).periods.get(`${machine}/${cgroup}`) ?? []).filter(({ position }) => position < reader.position);
  return all.slice(-SHOWN_PERIODS).map(({ ran, throttled }) => ({ ran, throttled }));
}

export function groupViews(reader: WorldReader, kernel: Kernel): readonly GroupView[] {
  const rows = subtreeOf(kernel, ROOT);
  const groups = new Map(rows.map((row) => [row.id, row]));
  return rows.map((row): GroupView => {
    const { quota, period } = bandwidthOf(row);
    const max = row.settings["memory.max"];
    const processes = new Set(threadsIn(kernel, row.id).map(({ tgid }) => tgid)).size;
    return {
      path: groupPath(groups, row.id),
      processes,
      memory: usageOf(kernel, row.id),
      ...(max === undefined || max === "max" ? {} : { memoryMax: Number(max) }),
      periods: periodsOf(reader, kernel.machine, row.id),
      ...(quota === undefined ? {} : { cpuMax: { quota, period } }),
      throttled: cpuOf(kernel, row.id).throttled,
    };
  });
}
