/**
 * The control files of a group: which there are, who may write them, their texts. A controller's files exist where the parent hands it on.
 *
 * @rule linux.cgroup.files
 * @source linux@6.12 kernel/cgroup/cgroup.c cgroup_base_files, Documentation/admin-guide/cgroup-v2.rst
 */
import { DONE, failure, type Kernel, type Result, value } from "../types";
import { attach, showProcs, showThreads } from "./attach";
import { showCpuMax, writeBurst, writeCpuMax } from "./cpu-max";
import { settle } from "./cpu-scheduler";
import { cpuOf } from "./cpu-table";
import { showCpuStat, showNice, showWeight, writeIdle, writeNice, writeWeight } from "./cpu-weight";
import { cpusAllowed, showList, writeCpus, writeMems } from "./cpuset";
import { showType, writeType } from "./domain";
import { showEvents, writeFreeze, writeKill } from "./freezer";
import { showIoMax, showIoStat, writeIoMax, writeIoWeight } from "./io";
import { writeHigh, writeMax, writeReclaim } from "./memory";
import { counterOf, usageOf } from "./memory-counter";
import { showMemoryEvents, showMemoryStat } from "./memory-stat";
import { parseBytes, parseInteger, showLimit } from "./numbers";
import { pidsIn, showPidsEvents, showPidsPeak, writePidsMax } from "./pids";
import { type Resource, showPressure } from "./pressure";
import { writeSubtreeControl } from "./subtree-control";
import { CONTROLLERS, type CgroupRow, cgroupOf, type Controller, putCgroup, ROOT, subtreeOf } from "./tables";
import { controllersOf, descendantCount, isEnabled } from "./tree";

type Show = (kernel: Kernel, row: CgroupRow) => Result<string>;
type Write = (kernel: Kernel, row: CgroupRow, text: string) => Result<true>;

export interface ControlFile {
  readonly name: string;
  readonly controller?: Controller;
  /** Whether the root has it too. */
  readonly root?: boolean;
  readonly show?: Show;
  readonly write?: Write;
}

const text =
  (of: (kernel: Kernel, row: CgroupRow) => string): Show =>
  (kernel, row) =>
    value(of(kernel, row));
const setting = (file: string, otherwise: string): Show => text((_, row) => `${row.settings[file] ?? otherwise}\n`);
const words = (list: readonly string[]): string => (list.length === 0 ? "" : `${list.join(" ")}\n`);

function put(kernel: Kernel, row: CgroupRow, file: string, to: string): Result<true> {
  putCgroup(kernel, { ...row, settings: { ...row.settings, [file]: to } });
  return DONE;
}

const bytes =
  (file: string): Write =>
  (kernel, row, written) => {
    const limit = parseBytes(written);
    return limit.ok ? put(kernel, row, file, limit.value === undefined ? "max" : String(limit.value)) : limit;
  };

const flag =
  (file: string): Write =>
  (kernel, row, written) => {
    const number = parseInteger(written);
    if (!number.ok) return number;
    return number.value === 0 || number.value === 1 ? put(kernel, row, file, String(number.value)) : failure("EINVAL");
  };

const limit =
  (part: "maxDepth" | "maxDescendants"): Write =>
  (kernel, row, written) => {
    const number = written === "max" ? undefined : parseInteger(written);
    if (number !== undefined && !number.ok) return number;
    if (number !== undefined && number.value < 0) return failure("ERANGE");
    const { [part]: _before, ...rest } = row;
    putCgroup(kernel, number === undefined ? rest : { ...rest, [part]: number.value });
    return DONE;
  };

/** Groups, and per controller the groups that have its state; those that are dying after them. */
function showStat(kernel: Kernel, row: CgroupRow): string {
  const alive = subtreeOf(kernel, row.id);
  const dying = subtreeOf(kernel, row.id, true).length - alive.length;
  const having = (controller: Controller): number => alive.filter((each) => each.id === ROOT || isEnabled(kernel, each, controller)).length;
  const shown = CONTROLLERS.map((controller) => [controller, having(controller)] as const);
  const lines = shown.map(([controller, count]) => `nr_subsys_${controller} ${count}\n`).join("");
  const gone = shown.map(([controller]) => `nr_dying_subsys_${controller} 0\n`).join("");
  return `nr_descendants ${descendantCount(kernel, row.id)}\n${lines}nr_dying_descendants ${dying}\n${gone}`;
}

const pressure = (resource: Resource): ControlFile => ({
  name: `${resource}.pressure`,
  root: true,
  show: text((kernel, row) => {
    settle(kernel);
    return showPressure(kernel, row.id, resource);
  }),
  write: () => DONE,
});

const CORE: readonly ControlFile[] = [
  { name: "cgroup.type", show: text(showType), write: writeType },
  { name: "cgroup.procs", root: true, show: showProcs, write: (kernel, row, written) => attach(kernel, row, written, true) },
  { name: "cgroup.threads", root: true, show: showThreads, write: (kernel, row, written) => attach(kernel, row, written, false) },
  { name: "cgroup.controllers", root: true, show: text((kernel, row) => words(controllersOf(kernel, row))) },
  { name: "cgroup.subtree_control", root: true, show: text((_, row) => words(row.subtreeControl)), write: writeSubtreeControl },
  { name: "cgroup.events", show: text(showEvents) },
  { name: "cgroup.max.descendants", root: true, show: text((_, row) => showLimit(row.maxDescendants)), write: limit("maxDescendants") },
  { name: "cgroup.max.depth", root: true, show: text((_, row) => showLimit(row.maxDepth)), write: limit("maxDepth") },
  { name: "cgroup.stat", root: true, show: text(showStat) },
  { name: "cgroup.freeze", show: text((_, row) => `${row.freeze ? 1 : 0}\n`), write: writeFreeze },
  { name: "cgroup.kill", write: writeKill },
  { name: "cgroup.pressure", show: setting("cgroup.pressure", "1"), write: flag("cgroup.pressure") },
  pressure("io"),
  pressure("memory"),
  pressure("cpu"),
  { name: "cpu.stat", root: true, show: text((kernel, row) => showCpuStat(kernel, row, row.id === ROOT || isEnabled(kernel, row, "cpu"))) },
  {
    name: "cpu.stat.local",
    show: text((kernel, row) => (isEnabled(kernel, row, "cpu") ? `throttled_usec ${Math.floor(cpuOf(kernel, row.id).throttledTime)}\n` : "")),
  },
];

const of = (controller: Controller, files: readonly ControlFile[]): readonly ControlFile[] => files.map((file) => ({ ...file, controller }));

const CPU: readonly ControlFile[] = of("cpu", [
  { name: "cpu.weight", show: text((_, row) => showWeight(row)), write: writeWeight },
  { name: "cpu.weight.nice", show: text((_, row) => showNice(row)), write: writeNice },
  { name: "cpu.idle", show: setting("cpu.idle", "0"), write: writeIdle },
  {
    name: "cpu.max",
    show: text((_, row) => showCpuMax(row)),
    write: (kernel, row, written) => {
      settle(kernel);
      return writeCpuMax(kernel, cgroupOf(kernel, row.id), written);
    },
  },
  { name: "cpu.max.burst", show: setting("cpu.max.burst", "0"), write: writeBurst },
]);

const MEMORY: readonly ControlFile[] = of("memory", [
  { name: "memory.current", show: text((kernel, row) => `${usageOf(kernel, row.id)}\n`) },
  { name: "memory.peak", show: text((kernel, row) => `${counterOf(kernel, row.id).peak}\n`), write: () => DONE },
  { name: "memory.min", show: setting("memory.min", "0"), write: bytes("memory.min") },
  { name: "memory.low", show: setting("memory.low", "0"), write: bytes("memory.low") },
  { name: "memory.high", show: setting("memory.high", "max"), write: writeHigh },
  { name: "memory.max", show: setting("memory.max", "max"), write: writeMax },
  { name: "memory.events", show: text((kernel, row) => showMemoryEvents(kernel, row.id, false)) },
  { name: "memory.events.local", show: text((kernel, row) => showMemoryEvents(kernel, row.id, true)) },
  { name: "memory.stat", root: true, show: text((kernel, row) => showMemoryStat(kernel, row.id)) },
  { name: "memory.oom.group", show: setting("memory.oom.group", "0"), write: flag("memory.oom.group") },
  { name: "memory.reclaim", root: true, write: writeReclaim },
  { name: "memory.swap.current", show: text(() => "0\n") },
  { name: "memory.swap.high", show: setting("memory.swap.high", "max"), write: bytes("memory.swap.high") },
  { name: "memory.swap.max", show: setting("memory.swap.max", "max"), write: bytes("memory.swap.max") },
  { name: "memory.swap.peak", show: text(() => "0\n") },
  { name: "memory.swap.events", show: text(() => "high 0\nmax 0\nfail 0\n") },
]);

const PIDS: readonly ControlFile[] = of("pids", [
  { name: "pids.max", show: setting("pids.max", "max"), write: writePidsMax },
  { name: "pids.current", show: text((kernel, row) => `${pidsIn(kernel, row.id)}\n`) },
  { name: "pids.peak", show: text(showPidsPeak) },
  { name: "pids.events", show: text((kernel, row) => showPidsEvents(kernel, row, false)) },
  { name: "pids.events.local", show: text((kernel, row) => showPidsEvents(kernel, row, true)) },
]);

const CPUSET: readonly ControlFile[] = of("cpuset", [
  { name: "cpuset.cpus", show: setting("cpuset.cpus", ""), write: writeCpus },
  { name: "cpuset.cpus.effective", root: true, show: text((kernel, row) => `${showList(cpusAllowed(kernel, row))}\n`) },
  {
    name: "cpuset.cpus.partition",
    show: text(() => "member\n"),
    write: (_kernel, _row, written) => (written === "member" ? DONE : failure("EINVAL")),
  },
  { name: "cpuset.mems", show: setting("cpuset.mems", ""), write: writeMems },
  { name: "cpuset.mems.effective", root: true, show: text(() => "0\n") },
]);

const IO: readonly ControlFile[] = of("io", [
  { name: "io.stat", root: true, show: text((kernel, row) => showIoStat(kernel, row.id)) },
  { name: "io.max", show: text((_, row) => showIoMax(row)), write: writeIoMax },
  { name: "io.weight", show: text((_, row) => `default ${row.settings["io.weight"] ?? 100}\n`), write: writeIoWeight },
]);

/** All there are; a file's place here numbers its inode. */
export const CONTROL_FILES: readonly ControlFile[] = [...CORE, ...CPU, ...MEMORY, ...PIDS, ...CPUSET, ...IO];

export const modeOf = ({ show, write }: ControlFile): number => (show === undefined ? 0 : 0o444) | (write === undefined ? 0 : 0o200);

export function hasFile(kernel: Kernel, row: CgroupRow, file: ControlFile): boolean {
  if (row.dead || (row.id === ROOT && file.root !== true)) return false;
  return file.controller === undefined || controllersOf(kernel, row).includes(file.controller);
}
