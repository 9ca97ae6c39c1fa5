/**
 * Stopping a whole subtree, and killing it.
 *
 * A frozen process sleeps; a fatal signal without a handler ends it all the same, a handler runs after the thaw.
 *
 * @rule linux.cgroup.freeze
 * @source linux@6.12 kernel/cgroup/freezer.c cgroup_freeze, cgroup.c cgroup_kill_write
 */
import { DONE, failure, type Kernel, type Result } from "../types";
import { parseInteger } from "./numbers";
import { ancestorsOf, type CgroupRow, isPopulated, putCgroup, subtreeOf, threadsIn } from "./tables";

/** Whether a group or one above it is to be frozen. */
export const isFrozen = (kernel: Kernel, id: number): boolean => ancestorsOf(kernel, id).some((row) => row.freeze);

export function writeFreeze(kernel: Kernel, row: CgroupRow, text: string): Result<true> {
  const number = parseInteger(text);
  if (!number.ok) return number;
  if (number.value !== 0 && number.value !== 1) return failure("ERANGE");
  putCgroup(kernel, { ...row, freeze: number.value === 1 });
  kernel.tx.fired("linux.cgroup.freeze", `${kernel.machine}/${row.id}`);
  for (const below of subtreeOf(kernel, row.id)) {
    if (isFrozen(kernel, below.id)) continue;
    for (const member of threadsIn(kernel, below.id)) kernel.processes?.wake(kernel, `frozen/${member.tid}`);
  }
  return DONE;
}

export const showEvents = (kernel: Kernel, row: CgroupRow): string =>
  `populated ${isPopulated(kernel, row.id) ? 1 : 0}\nfrozen ${isFrozen(kernel, row.id) ? 1 : 0}\n`;

/** SIGKILL for every process of the subtree; only `1` can be written. */
export function writeKill(kernel: Kernel, row: CgroupRow, text: string): Result<true> {
  const number = parseInteger(text);
  if (!number.ok) return number;
  if (number.value !== 1) return failure("ERANGE");
  if (row.threaded) return failure("EOPNOTSUPP");
  const members = subtreeOf(kernel, row.id).flatMap((below) => threadsIn(kernel, below.id));
  for (const process of new Set(members.filter((member) => !member.kernel).map((member) => member.tgid))) kernel.processes?.kill(kernel, process);
  kernel.tx.fired("linux.cgroup.kill", `${kernel.machine}/${row.id}`);
  return DONE;
}
