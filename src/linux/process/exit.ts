/**
 * The end of a process: what it held is let go, its children get a new parent, its parent is told.
 *
 * @rule linux.process.exit
 * @source linux@6.12 kernel/exit.c do_exit exit_notify
 */
import { exited, reaped } from "../cgroup/lifecycle";
import { releaseNamespaces } from "../namespace/lifetime";
import { namespaceOf, putNamespace } from "../namespace/table";
import type { Kernel } from "../types";
import { closeAll } from "./descriptor";
import { processesIn, sendSignal, tellParent } from "./signal";
import {
  changeTask,
  childrenOf,
  findTask,
  heldNamespaces,
  leaderOf,
  putTask,
  type TaskRow,
  taskOf,
  taskTable,
  tasksBy,
  type WaitStatus,
} from "./task";
import { forgetRun, wake } from "./wake";

/** Ends a whole process. */
export function exitProcess(kernel: Kernel, id: number, status: WaitStatus): void {
  const leader = leaderOf(kernel, id);
  for (const thread of tasksBy(kernel, "thread", leader.id)) if (thread.id !== leader.id) exitThread(kernel, thread.id);
  if (leader.state === "zombie") return;
  letGo(kernel, leader);
  const row = changeTask(kernel, leader.id, { state: "zombie", status, files: 0, pending: [] });
  endNamespace(kernel, row);
  disown(kernel, row);
  endSession(kernel, row);
  releaseNamespaces(kernel, heldNamespaces(leader));
  notify(kernel, row);
}

/** Ends one thread that is not the first of its process. */
export function exitThread(kernel: Kernel, id: number): void {
  const row = taskOf(kernel, id);
  letGo(kernel, row);
  reaped(kernel, row.id);
  kernel.tx.write(taskTable).delete(`${row.machine}/${row.id}`);
  releaseNamespaces(kernel, heldNamespaces(row));
}

function letGo(kernel: Kernel, row: TaskRow): void {
  forgetRun(kernel, row.id);
  exited(kernel, row.id);
  if (row.files !== 0 && tasksBy(kernel, "files", row.files).length === 1) closeAll(kernel, row.files);
}

/** The nearest ancestor that adopts: one that asked to, within the namespace; then the namespace's first process. */
function reaperOf(kernel: Kernel, row: TaskRow): number {
  const namespace = row.numbers.at(-1)?.[0] ?? 0;
  for (let at = findTask(kernel, row.parent); at !== undefined; at = findTask(kernel, at.parent)) {
    if (at.numbers.at(-1)?.[0] !== namespace) break;
    if (at.subreaper && at.state !== "zombie") return at.id;
  }
  const init = namespaceOf(kernel, namespace).pid?.init ?? 0;
  return init === row.id ? 0 : init;
}

/**
 * Children of a process that ended are adopted.
 *
 * @rule linux.process.reparent
 * @source linux@6.12 kernel/exit.c find_new_reaper forget_original_parent
 */
function disown(kernel: Kernel, row: TaskRow): void {
  const children = childrenOf(kernel, row.id);
  if (children.length === 0) return;
  for (const child of children) {
    // The first process of a namespace below goes to what adopts here.
    const reaper = reaperOf(kernel, row);
    const adopted = putTask(kernel, { ...taskOf(kernel, child.id), parent: reaper, exitSignal: "CHLD" });
    kernel.tx.fired("linux.process.reparent", `${kernel.machine}/${child.id}`);
    if (adopted.deathSignal !== "") sendSignal(kernel, adopted.id, adopted.deathSignal, undefined);
    if (adopted.state === "zombie") notify(kernel, adopted);
    orphaned(kernel, adopted.group, adopted.session);
  }
}

/**
 * With the first process of a pid namespace all in it end, and no process can be made there again.
 *
 * @rule linux.pidns.init-death
 * @source linux@6.12 kernel/pid_namespace.c zap_pid_ns_processes
 */
function endNamespace(kernel: Kernel, row: TaskRow): void {
  const id = row.numbers.at(-1)?.[0] ?? 0;
  const namespace = namespaceOf(kernel, id);
  if (namespace.pid?.init !== row.id) return;
  kernel.tx.fired("linux.pidns.init-death", `${kernel.machine}/${id}`);
  putNamespace(kernel, { ...namespace, pid: { ...namespace.pid, dead: true } });
  for (const other of processesIn(kernel, id)) {
    if (other.id === row.id) continue;
    if (other.state !== "zombie") exitProcess(kernel, other.id, { kind: "signaled", signal: "KILL", core: false });
    // Nobody is left inside to wait for it.
    const dead = findTask(kernel, other.id);
    if (dead !== undefined && (dead.parent === row.id || dead.parent === 0)) release(kernel, dead.id);
  }
}

/** A process group with stopped members that nobody of its session outside the group looks after is told to hang up. */
function orphaned(kernel: Kernel, group: number, session: number): void {
  const members = tasksBy(kernel, "group", group).filter((row) => row.state !== "zombie");
  if (!members.some((row) => row.state === "stopped")) return;
  const guarded = members.some((row) => {
    const parent = findTask(kernel, row.parent);
    return parent !== undefined && parent.group !== group && parent.session === session && !(parent.parent === 0);
  });
  if (guarded) return;
  for (const row of members) {
    sendSignal(kernel, row.id, "HUP", undefined);
    sendSignal(kernel, row.id, "CONT", undefined);
  }
}

/** The first process of a session takes the terminal with it. */
function endSession(kernel: Kernel, row: TaskRow): void {
  if (row.session !== row.id || row.terminal === 0) return;
  for (const other of tasksBy(kernel, "session", row.session)) {
    if (other.id === row.id) continue;
    if (other.state !== "zombie") sendSignal(kernel, other.id, "HUP", undefined);
    if (findTask(kernel, other.id) !== undefined) changeTask(kernel, other.id, { terminal: 0 });
  }
}

/** Tells the parent, or ends it for good where the parent does not want to know. */
function notify(kernel: Kernel, row: TaskRow): void {
  wake(kernel, `pidfd/${row.id}`);
  // Started from outside: it stays until whoever started it has looked.
  if (row.parent === 0) return;
  const parent = findTask(kernel, row.parent);
  if (parent === undefined || parent.state === "zombie" || (row.exitSignal === "CHLD" && parent.dispositions["CHLD"] === "ignore")) {
    release(kernel, row.id);
    if (parent !== undefined) wake(kernel, `child/${parent.id}`);
    return;
  }
  tellParent(kernel, row.id);
}

/** Takes a zombie away. */
export function release(kernel: Kernel, id: number): void {
  const row = taskOf(kernel, id);
  reaped(kernel, id);
  kernel.tx.write(taskTable).delete(`${row.machine}/${row.id}`);
  releaseNamespaces(kernel, heldNamespaces(row));
}
