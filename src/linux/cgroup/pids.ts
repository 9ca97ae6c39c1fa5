/**
 * The number of tasks: only fork is refused; moving tasks in may exceed a limit. A refusal is counted at the group whose limit it was.
 *
 * @rule linux.cgroup.pids
 * @source linux@6.12 kernel/cgroup/pids.c pids_can_fork, pids_event
 */
import { defineTable } from "../../sim/table";
import { DONE, failure, type Kernel, type Result } from "../types";
import { ancestorsOf, type CgroupRow, memberTable, putCgroup, subtreeOf } from "./tables";

const PIDS_MAX = 4_194_305;

interface PidsRow {
  readonly machine: string;
  readonly cgroup: number;
  readonly events: number;
  readonly localEvents: number;
  readonly peak: number;
}
const pidsTable = defineTable<PidsRow>({ name: "linux.cgroup-pids", key: (row) => `${row.machine}/${row.cgroup}` });

const countersOf = (kernel: Kernel, cgroup: number): PidsRow =>
  kernel.tx.read(pidsTable).get(`${kernel.machine}/${cgroup}`) ?? { machine: kernel.machine, cgroup, events: 0, localEvents: 0, peak: 0 };

/** Tasks of a group and below it; a zombie counts until it is reaped. */
export function pidsIn(kernel: Kernel, cgroup: number): number {
  const table = kernel.tx.read(memberTable);
  return subtreeOf(kernel, cgroup, true).reduce((sum, row) => sum + table.countBy("cgroup", `${kernel.machine}/${row.id}`), 0);
}

/** Whether a task of a group may make another one. */
export function mayFork(kernel: Kernel, cgroup: number): Result<true> {
  const path = ancestorsOf(kernel, cgroup);
  const limited = path.find((row) => {
    const limit = row.settings["pids.max"];
    return limit !== undefined && limit !== "max" && pidsIn(kernel, row.id) + 1 > Number(limit);
  });
  if (limited === undefined) return DONE;
  for (const row of ancestorsOf(kernel, limited.id)) {
    if (row.parent === 0) continue;
    const counters = countersOf(kernel, row.id);
    const local = row.id === limited.id ? 1 : 0;
    kernel.tx.write(pidsTable).put({ ...counters, events: counters.events + 1, localEvents: counters.localEvents + local });
  }
  kernel.tx.fired("linux.cgroup.pids", `${kernel.machine}/${limited.id}`);
  return failure("EAGAIN");
}

/** Keeps the highest number seen, where a limit's files are. */
export function notePeak(kernel: Kernel, cgroup: number): void {
  for (const row of ancestorsOf(kernel, cgroup)) {
    if (row.settings["pids.max"] === undefined) continue;
    const counters = countersOf(kernel, row.id);
    const count = pidsIn(kernel, row.id);
    if (count > counters.peak) kernel.tx.write(pidsTable).put({ ...counters, peak: count });
  }
}

export function writePidsMax(kernel: Kernel, row: CgroupRow, text: string): Result<true> {
  const number = /^[+-]?[0-9]+$/.test(text) ? Number(text) : undefined;
  if (text !== "max" && (number === undefined || number < 0 || number >= PIDS_MAX)) return failure("EINVAL");
  putCgroup(kernel, { ...row, settings: { ...row.settings, "pids.max": text === "max" ? "max" : String(number) } });
  return DONE;
}

export const showPidsPeak = (kernel: Kernel, row: CgroupRow): string => `${Math.max(countersOf(kernel, row.id).peak, pidsIn(kernel, row.id))}\n`;
export const showPidsEvents = (kernel: Kernel, row: CgroupRow, local: boolean): string =>
  `max ${local ? countersOf(kernel, row.id).localEvents : countersOf(kernel, row.id).events}\n`;
