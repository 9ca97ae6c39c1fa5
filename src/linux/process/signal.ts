/**
 * Sending signals: who may, what is dropped at once, what becomes pending.
 *
 * @rule linux.signal.send
 * @source linux@6.12 kernel/signal.c check_kill_permission sig_task_ignored send_signal_locked
 */
import { capableIn } from "../namespace/user";
import { findNamespace } from "../namespace/table";
import { DONE, failure, type Kernel, type Result } from "../types";
import { defaultAction, type SignalName, STOPS } from "./signal-names";
import { changeTask, findByNumber, findTask, leaderOf, numberIn, putTask, taskOf, type TaskRow, tasksBy } from "./task";
import { findRun, runSoon, wake, wakeTask } from "./wake";

/** Whether a process is the first of a pid namespace: what it has no handler for cannot hurt it. */
export function isInit(kernel: Kernel, row: TaskRow): boolean {
  const innermost = row.numbers.at(-1)?.[0] ?? 0;
  return findNamespace(kernel, innermost)?.pid?.init === row.tgid;
}

/**
 * The first process of a pid namespace does not receive what it has no handler for: from its own namespace nothing at all, from above it
 * all but SIGKILL and SIGSTOP.
 *
 * @rule linux.signal.init-immune
 * @source linux@6.12 kernel/signal.c sig_task_ignored
 */
function isIgnored(kernel: Kernel, row: TaskRow, signal: SignalName, fromAbove: boolean): boolean {
  const disposition = row.dispositions[signal];
  const immune = isInit(kernel, row) && disposition === undefined;
  if (immune && !(fromAbove && (signal === "KILL" || signal === "STOP"))) {
    kernel.tx.fired("linux.signal.init-immune", `${kernel.machine}/${row.id}`);
    return true;
  }
  if (row.blocked.includes(signal)) return false;
  if (disposition !== undefined) return disposition === "ignore" && signal !== "KILL" && signal !== "STOP";
  return defaultAction(signal) === "ignore";
}

/** Sends to a process; `from` is the task that sends, undefined for the kernel itself. */
export function sendSignal(kernel: Kernel, process: number, signal: SignalName, from: number | undefined): void {
  const row = findTask(kernel, process);
  if (row === undefined || row.state === "zombie") return;
  const own = row.numbers.at(-1)?.[0] ?? 0;
  const sender = from === undefined ? undefined : findTask(kernel, from);
  // The kernel speaks from above; so does whoever has no number in the receiver's namespace.
  const fromAbove = sender === undefined || numberIn(sender, own) === 0;
  if (signal === "CONT") resume(kernel, row);
  const now = taskOf(kernel, process);
  const dropped = signal === "CONT" ? ["STOP", "TSTP", "TTIN", "TTOU"] : STOPS.includes(signal) ? ["CONT"] : [];
  const pending = now.pending.filter((name) => !dropped.includes(name));
  if (pending.length !== now.pending.length) putTask(kernel, { ...now, pending });
  if (isIgnored(kernel, now, signal, fromAbove) || pending.includes(signal)) return;
  changeTask(kernel, process, { pending: [...pending, signal] });
  notice(kernel, process, signal);
}

/** A signal that does something makes the process look up from what it waits for. */
function notice(kernel: Kernel, process: number, signal: SignalName): void {
  const row = taskOf(kernel, process);
  if (row.blocked.includes(signal)) return;
  if (signal === "KILL" && row.state === "stopped") {
    putTask(kernel, { ...row, state: "running" });
    const run = findRun(kernel, process);
    if (run !== undefined) runSoon(kernel, run, 0);
  }
  wakeTask(kernel, process);
}

/** SIGCONT lets a stopped process go on at once, whatever it does with the signal. */
function resume(kernel: Kernel, row: TaskRow): void {
  if (row.state !== "stopped") return;
  putTask(kernel, { ...row, state: "running", news: { kind: "continued" } });
  const run = findRun(kernel, row.id);
  if (run !== undefined && run.waits === undefined) runSoon(kernel, run, 0);
  tellParent(kernel, row.id);
}

/** The parent may look: SIGCHLD, and whoever waits there. */
export function tellParent(kernel: Kernel, id: number): void {
  const { parent, exitSignal } = taskOf(kernel, id);
  if (parent === 0) return;
  if (exitSignal !== "") sendSignal(kernel, parent, exitSignal, undefined);
  wake(kernel, `child/${parent}`);
}

/**
 * @rule linux.signal.permission
 * @source linux@6.12 kernel/signal.c kill_ok_by_cred
 */
function maySignal(kernel: Kernel, sender: TaskRow, target: TaskRow, signal: SignalName | undefined): boolean {
  if (sender.tgid === target.tgid) return true;
  const { uid, euid } = sender.credentials;
  const { uid: real, suid, userNamespace } = target.credentials;
  if (euid === suid || euid === real || uid === suid || uid === real) return true;
  if (capableIn(kernel, sender.credentials, userNamespace, "KILL")) return true;
  return signal === "CONT" && sender.session === target.session;
}

function killOne(kernel: Kernel, sender: TaskRow, target: TaskRow, signal: SignalName | undefined): Result<true> {
  if (!maySignal(kernel, sender, target, signal)) return failure("EPERM");
  if (signal !== undefined) sendSignal(kernel, target.tgid, signal, sender.id);
  return DONE;
}

function killMany(kernel: Kernel, sender: TaskRow, targets: readonly TaskRow[], signal: SignalName | undefined): Result<true> {
  if (targets.length === 0) return failure("ESRCH");
  const answers = targets.map((target) => killOne(kernel, sender, target, signal));
  return answers.some(({ ok }) => ok) ? DONE : failure("EPERM");
}

/** Leaders of processes that have a number in a namespace. */
export const processesIn = (kernel: Kernel, namespace: number): readonly TaskRow[] =>
  tasksBy(kernel, "namespace", namespace).filter((row) => row.id === row.tgid && numberIn(row, namespace) !== 0);

/**
 * @rule linux.signal.kill
 * @source linux@6.12 kernel/signal.c kill_something_info
 */
export function kill(kernel: Kernel, id: number, number: number, signal: SignalName | undefined): Result<true> {
  const sender = taskOf(kernel, id);
  const namespace = sender.namespaces.pid;
  if (number > 0) {
    const target = findByNumber(kernel, namespace, number);
    return target === undefined ? failure("ESRCH") : killOne(kernel, sender, leaderOf(kernel, target.id), signal);
  }
  if (number === -1) {
    // All but the caller and the first process of its namespace.
    const all = processesIn(kernel, namespace).filter((row) => row.tgid !== sender.tgid && numberIn(row, namespace) > 1);
    if (all.length === 0) return failure("ESRCH");
    killMany(kernel, sender, all, signal);
    return DONE;
  }
  const group = number === 0 ? sender.group : groupByNumber(kernel, namespace, -number);
  if (group === undefined) return failure("ESRCH");
  return killMany(
    kernel,
    sender,
    tasksBy(kernel, "group", group).filter((row) => row.id === row.tgid),
    signal,
  );
}

/** The group whose number in a namespace this is. */
export function groupByNumber(kernel: Kernel, namespace: number, number: number): number | undefined {
  const leader = findByNumber(kernel, namespace, number);
  if (leader !== undefined) return leader.id;
  return processesIn(kernel, namespace).find((row) => numberOfId(kernel, namespace, row.group) === number)?.group;
}

/**
 * The number of a group or session, whose first process may be gone.
 *
 * Not modelled: the number of a group in an inner namespace once its first process was waited for; it reads 0 then, except outside.
 */
export function numberOfId(kernel: Kernel, namespace: number, id: number): number {
  const row = findTask(kernel, id);
  if (row !== undefined) return numberIn(row, namespace);
  return findNamespace(kernel, namespace)?.level === 0 ? id : 0;
}
