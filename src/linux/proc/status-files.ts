/**
 * /proc/PID/status and stat: what is known of a process, as text.
 *
 * Not modelled: memory figures here, faults, context switches; they read as constants.
 *
 * @rule linux.proc.status
 * @source linux@6.12 fs/proc/array.c proc_pid_status do_task_stat
 */
import { shownId } from "../namespace/user";
import { capabilityMask } from "../process/capability";
import { slotsOf } from "../process/descriptor";
import { numberOfId } from "../process/signal";
import { type SignalName, signalMask, signalNumber } from "../process/signal-names";
import { findTask, leaderOf, numberIn, type TaskRow, tasksBy } from "../process/task";
import { findRun } from "../process/wake";
import type { Kernel } from "../types";

const STATES = { R: "running", S: "sleeping", T: "stopped", Z: "zombie" } as const;

/** The letter `ps` shows. */
export function stateLetter(kernel: Kernel, row: TaskRow): keyof typeof STATES {
  if (row.state === "zombie") return "Z";
  if (leaderOf(kernel, row.id).state === "stopped") return "T";
  return findRun(kernel, row.id)?.waits === undefined ? "R" : "S";
}

/** The user namespace of the reader, by whose names ids are shown. */
export const readerNamespace = (kernel: Kernel, row: TaskRow): number =>
  (kernel.task === undefined ? undefined : findTask(kernel, kernel.task))?.credentials.userNamespace ?? row.credentials.userNamespace;

const withDisposition = (row: TaskRow, wanted: string): readonly SignalName[] =>
  (Object.keys(row.dispositions) as SignalName[]).filter((name) => row.dispositions[name] === wanted);

export function parentNumber(kernel: Kernel, namespace: number, row: TaskRow): number {
  return row.parent === 0 ? 0 : numberOfId(kernel, namespace, row.parent);
}

/** Numbers from the level of the reading /proc down to the process's own. */
function levels(kernel: Kernel, namespace: number, row: TaskRow, id: number): string {
  const from = row.numbers.findIndex(([at]) => at === namespace);
  return row.numbers
    .slice(Math.max(0, from))
    .map(([at]) => `\t${numberOfId(kernel, at, id)}`)
    .join("");
}

export function showStatus(kernel: Kernel, namespace: number, row: TaskRow): string {
  const { credentials } = row;
  const reader = readerNamespace(kernel, row);
  const leader = leaderOf(kernel, row.id);
  const letter = stateLetter(kernel, row);
  const ids = (kind: "uids" | "gids", list: readonly number[]): string => list.map((id) => shownId(kernel, reader, kind, id)).join("\t");
  const { uid, euid, suid, fsuid, gid, egid, sgid, fsgid, groups } = credentials;
  const size = Math.max(64, slotsOf(kernel, row.files).length);
  const lines = [
    `Name:\t${row.comm}`,
    `Umask:\t${row.fs.umask.toString(8).padStart(4, "0")}`,
    `State:\t${letter} (${STATES[letter]})`,
    `Tgid:\t${numberOfId(kernel, namespace, row.tgid)}`,
    "Ngid:\t0",
    `Pid:\t${numberIn(row, namespace)}`,
    `PPid:\t${parentNumber(kernel, namespace, row)}`,
    "TracerPid:\t0",
    `Uid:\t${ids("uids", [uid, euid, suid, fsuid])}`,
    `Gid:\t${ids("gids", [gid, egid, sgid, fsgid])}`,
    `FDSize:\t${size}`,
    `Groups:\t${groups.map((id) => `${shownId(kernel, reader, "gids", id)} `).join("")}`,
    `NStgid:${levels(kernel, namespace, row, row.tgid)}`,
    `NSpid:${levels(kernel, namespace, row, row.id)}`,
    `NSpgid:${levels(kernel, namespace, row, row.group)}`,
    `NSsid:${levels(kernel, namespace, row, row.session)}`,
    "Kthread:\t0",
    ...(letter === "Z" ? [] : ["VmPeak:\t    4096 kB", "VmSize:\t    4096 kB", "VmRSS:\t    2048 kB"]),
    `Threads:\t${tasksBy(kernel, "thread", row.tgid).length}`,
    "SigQ:\t0/7823",
    `SigPnd:\t${signalMask([])}`,
    `ShdPnd:\t${signalMask(leader.pending)}`,
    `SigBlk:\t${signalMask(leader.blocked)}`,
    `SigIgn:\t${signalMask(withDisposition(leader, "ignore"))}`,
    `SigCgt:\t${signalMask(withDisposition(leader, "handle"))}`,
    `CapInh:\t${capabilityMask(credentials.inheritable)}`,
    `CapPrm:\t${capabilityMask(credentials.permitted)}`,
    `CapEff:\t${capabilityMask(credentials.effective)}`,
    `CapBnd:\t${capabilityMask(credentials.bounding)}`,
    `CapAmb:\t${capabilityMask(credentials.ambient)}`,
    `NoNewPrivs:\t${credentials.noNewPrivs ? 1 : 0}`,
    "Seccomp:\t0",
    "voluntary_ctxt_switches:\t0",
    "nonvoluntary_ctxt_switches:\t0",
  ];
  return `${lines.join("\n")}\n`;
}

const TICK = 10_000;
/** Signals, addresses and processors: fields 26 to 51. */
const ZEROS = "0 ".repeat(26).trim();

export function showStat(kernel: Kernel, namespace: number, row: TaskRow): string {
  const of = (id: number): number => numberOfId(kernel, namespace, id);
  const status = row.status?.kind === "exited" ? row.status.code << 8 : row.status?.kind === "signaled" ? signalNumber(row.status.signal) : 0;
  const terminal = row.terminal === 0 ? 0 : 136 * 256 + row.terminal - 1;
  const fields = [
    numberIn(row, namespace),
    `(${row.comm})`,
    stateLetter(kernel, row),
    parentNumber(kernel, namespace, row),
    of(row.group),
    of(row.session),
    terminal,
    -1,
    4194304,
    "0 0 0 0",
    Math.floor(row.userTime / TICK),
    Math.floor(row.systemTime / TICK),
    Math.floor(row.childTime / TICK),
    0,
    20 + row.nice,
    row.nice,
    tasksBy(kernel, "thread", row.tgid).length,
    0,
    Math.floor(row.started / TICK),
    4194304,
    512,
    ZEROS,
    status,
  ];
  return `${fields.join(" ")}\n`;
}
