/**
 * Process groups, sessions, and what a process asks for itself by prctl.
 *
 * @rule linux.process.session
 * @source linux@6.12 kernel/sys.c SYSCALL_DEFINE2(setpgid) ksys_setsid SYSCALL_DEFINE5(prctl)
 */
import { DONE, failure, type Kernel, type Result, value } from "../types";
import { dropBounding, setAmbient } from "./ids";
import { groupByNumber } from "./signal";
import type { SignalName } from "./signal-names";
import { changeTask, findByNumber, leaderOf, numberIn, taskOf, tasksBy } from "./task";

/** Numbers of the caller's pid namespace; 0 is the caller, and as a group its own number. */
export function setpgid(kernel: Kernel, id: number, pid: number, group: number): Result<true> {
  const self = leaderOf(kernel, id);
  const namespace = self.namespaces.pid;
  if (group < 0) return failure("EINVAL");
  const target = pid === 0 ? self : findByNumber(kernel, namespace, pid);
  if (target === undefined) return failure("ESRCH");
  if (target.parent === self.id) {
    if (target.session !== self.session) return failure("EPERM");
    if (target.executed) return failure("EACCES");
  } else if (target.id !== self.id) return failure("ESRCH");
  if (target.session === target.id) return failure("EPERM");
  const wanted = group === 0 ? target.id : (groupByNumber(kernel, namespace, group) ?? 0);
  if (wanted !== target.id && !tasksBy(kernel, "group", wanted).some((row) => row.session === self.session)) return failure("EPERM");
  for (const thread of tasksBy(kernel, "thread", target.id)) changeTask(kernel, thread.id, { group: wanted });
  return DONE;
}

export function setsid(kernel: Kernel, id: number): Result<number> {
  const self = leaderOf(kernel, id);
  if (tasksBy(kernel, "group", self.id).length > 0) return failure("EPERM");
  changeTask(kernel, self.id, { group: self.id, session: self.id, terminal: 0 });
  return value(numberIn(self, self.namespaces.pid));
}

export interface ProcessWishes {
  readonly deathSignal?: SignalName | "";
  readonly subreaper?: boolean;
  readonly dumpable?: boolean;
  readonly keepCaps?: boolean;
  readonly noNewPrivs?: true;
  readonly name?: string;
  readonly dropBounding?: readonly string[];
  readonly ambient?: readonly string[];
}

export function prctl(kernel: Kernel, id: number, wishes: ProcessWishes): Result<true> {
  const { dropBounding: dropped, ambient, noNewPrivs, name, ...plain } = wishes;
  if (dropped !== undefined) return dropBounding(kernel, id, dropped);
  if (ambient !== undefined) return setAmbient(kernel, id, ambient);
  const { credentials } = taskOf(kernel, id);
  changeTask(kernel, id, {
    ...plain,
    ...(noNewPrivs === true ? { credentials: { ...credentials, noNewPrivs } } : {}),
    ...(name === undefined ? {} : { comm: name.slice(0, 15) }),
  });
  return DONE;
}
