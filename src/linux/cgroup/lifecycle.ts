/**
 * What processes tell the groups: born, died, reaped. A child is born into the group of its parent.
 *
 * @rule linux.cgroup.members
 * @source linux@6.12 kernel/cgroup/cgroup.c cgroup_post_fork, cgroup_exit, cgroup_release
 */
import type { Kernel, Result } from "../types";
import { endBurst } from "./cpu-scheduler";
import { processPages, releasePages } from "./memory-pages";
import { mayFork, notePeak } from "./pids";
import { memberOf, memberTable, ROOT } from "./tables";
import { forget } from "./tree";

/** A task that nobody forked: init, or a thread of the kernel. */
export function enrol(kernel: Kernel, tid: number, isKernel: boolean): void {
  kernel.tx.write(memberTable).put({ machine: kernel.machine, tid, tgid: tid, cgroup: ROOT, dead: false, kernel: isKernel });
}

/** EAGAIN where a limit on the number of tasks forbids one more. */
export const canFork = (kernel: Kernel, parent: number): Result<true> => mayFork(kernel, memberOf(kernel, parent)?.cgroup ?? ROOT);

/** A new task; one of the same process when `process` is the parent's. */
export function forked(kernel: Kernel, parent: number, tid: number, process: number): void {
  const cgroup = memberOf(kernel, parent)?.cgroup ?? ROOT;
  kernel.tx.write(memberTable).put({ machine: kernel.machine, tid, tgid: process, cgroup, dead: false, kernel: false });
  notePeak(kernel, cgroup);
}

/** Dead: a zombie holds no memory and no longer keeps its group. */
export function exited(kernel: Kernel, tid: number): void {
  const member = memberOf(kernel, tid);
  if (member === undefined) return;
  endBurst(kernel, tid);
  const table = kernel.tx.write(memberTable);
  table.put({ ...member, dead: true });
  if (table.by("process", `${kernel.machine}/${member.tgid}`).every((each) => each.dead)) releasePages(kernel, processPages(member.tgid));
}

/** Reaped: its number is free, and a removed group may go. */
export function reaped(kernel: Kernel, tid: number): void {
  const member = memberOf(kernel, tid);
  kernel.tx.write(memberTable).delete(`${kernel.machine}/${tid}`);
  if (member !== undefined) forget(kernel, member.cgroup);
}
