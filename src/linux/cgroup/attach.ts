/**
 * Moving processes and threads between groups.
 *
 * @rule linux.cgroup.attach
 * @source linux@6.12 kernel/cgroup/cgroup.c __cgroup_procs_write, cgroup_attach_permissions, cgroup_migrate_vet_dst
 */
import { allowed, WRITE } from "../fs/permission";
import { DONE, failure, type Kernel, type Result, value } from "../types";
import { canBeThreadRoot, domainOf, isValidDomain } from "./domain";
import { fileAttributes } from "./file-owner";
import { isFrozen } from "./freezer";
import { parseInteger } from "./numbers";
import { ancestorsOf, type CgroupRow, cgroupOf, type MemberRow, memberOf, memberTable, threadsIn } from "./tables";

/** Which process a written number means: 0 is the writer. One number a write. */
function meant(kernel: Kernel, text: string): Result<MemberRow> {
  const number = parseInteger(text);
  if (!number.ok || number.value < 0) return failure("EINVAL");
  const tid = number.value === 0 ? kernel.task : localTask(kernel, number.value);
  const member = tid === undefined ? undefined : memberOf(kernel, tid);
  if (member === undefined || member.dead) return failure("ESRCH");
  return member.kernel ? failure("EINVAL") : value(member);
}

function localTask(kernel: Kernel, pid: number): number | undefined {
  if (kernel.task === undefined || kernel.processes === undefined) return pid;
  return kernel.processes.fromLocal(kernel, kernel.task, pid);
}

/** Whether the writer may move something across: it needs the write right at the nearest group above both. */
function mayMove(kernel: Kernel, from: CgroupRow, to: CgroupRow, file: string): Result<true> {
  if (kernel.task === undefined || kernel.processes === undefined) return DONE;
  const above = ancestorsOf(kernel, from.id);
  const common = ancestorsOf(kernel, to.id).find((row) => above.some((other) => other.id === row.id));
  if (common !== undefined && !allowed(kernel.processes.credentials(kernel, kernel.task), fileAttributes(common, file, 0o644), WRITE)) {
    kernel.tx.fired("linux.cgroup.delegation", `${kernel.machine}/${to.id}`);
    return failure("EACCES");
  }
  return DONE;
}

/**
 * Whether a group may take processes: not when it divides domain resources among children.
 *
 * @rule linux.cgroup.no-internal-process
 * @source linux@6.12 kernel/cgroup/cgroup.c cgroup_migrate_vet_dst
 */
function mayHold(kernel: Kernel, to: CgroupRow): Result<true> {
  if (!isValidDomain(kernel, domainOf(kernel, to))) return failure("EOPNOTSUPP");
  if (to.threaded || canBeThreadRoot(kernel, to)) return DONE;
  if (to.subtreeControl.length === 0) return DONE;
  kernel.tx.fired("linux.cgroup.no-internal-process", `${kernel.machine}/${to.id}`);
  return failure("EBUSY");
}

export function attach(kernel: Kernel, to: CgroupRow, text: string, wholeProcess: boolean): Result<true> {
  if (to.dead) return failure("ENODEV");
  const member = meant(kernel, text);
  if (!member.ok) return member;
  const from = cgroupOf(kernel, member.value.cgroup);
  const may = mayMove(kernel, from, to, wholeProcess ? "cgroup.procs" : "cgroup.threads");
  if (!may.ok) return may;
  const holds = mayHold(kernel, to);
  if (!holds.ok) return holds;
  if (!wholeProcess && domainOf(kernel, from).id !== domainOf(kernel, to).id) return failure("EOPNOTSUPP");
  const table = kernel.tx.write(memberTable);
  const moved = wholeProcess ? table.by("process", `${kernel.machine}/${member.value.tgid}`) : [member.value];
  for (const each of moved) {
    if (each.dead) continue;
    table.put({ ...each, cgroup: to.id });
    if (isFrozen(kernel, from.id) && !isFrozen(kernel, to.id)) kernel.processes?.wake(kernel, `frozen/${each.tid}`);
  }
  kernel.tx.fired("linux.cgroup.attach", `${kernel.machine}/${to.id}`);
  return DONE;
}

const shown = (kernel: Kernel, pid: number): number =>
  kernel.task === undefined || kernel.processes === undefined ? pid : kernel.processes.toLocal(kernel, kernel.task, pid);

const lines = (numbers: readonly number[]): string => numbers.map((number) => `${number}\n`).join("");

/** Processes of a threaded group belong to its domain; only their threads are listed. */
export function showProcs(kernel: Kernel, row: CgroupRow): Result<string> {
  if (row.threaded) return failure("EOPNOTSUPP");
  const groups = [...new Set(threadsIn(kernel, row.id).map((member) => member.tgid))].sort((a, b) => a - b);
  return value(lines(groups.map((pid) => shown(kernel, pid))));
}

export const showThreads = (kernel: Kernel, row: CgroupRow): Result<string> =>
  value(lines(threadsIn(kernel, row.id).map((member) => shown(kernel, member.tid))));
