/**
 * Nice values: anybody may be nicer, only CAP_SYS_NICE of the first user namespace makes less nice.
 *
 * Not modelled: RLIMIT_NICE, groups of processes and users at once.
 *
 * @rule linux.process.nice
 * @source linux@6.12 kernel/sys.c set_one_prio kernel/sched/syscalls.c can_nice
 */
import { INITIAL } from "../namespace/table";
import { capableIn } from "../namespace/user";
import { DONE, failure, type Kernel, type Result, value } from "../types";
import { changeTask, findByNumber, taskOf } from "./task";

function named(kernel: Kernel, task: number, pid: number): number | undefined {
  return pid === 0 ? task : findByNumber(kernel, taskOf(kernel, task).namespaces.pid, pid)?.id;
}

export function getpriority(kernel: Kernel, task: number, pid: number): Result<number> {
  const id = named(kernel, task, pid);
  return id === undefined ? failure("ESRCH") : value(taskOf(kernel, id).nice);
}

export function setpriority(kernel: Kernel, task: number, pid: number, nice: number): Result<true> {
  const id = named(kernel, task, pid);
  if (id === undefined) return failure("ESRCH");
  const { credentials } = taskOf(kernel, task);
  const target = taskOf(kernel, id);
  const wanted = Math.max(-20, Math.min(19, nice));
  const all = capableIn(kernel, credentials, INITIAL.user, "SYS_NICE");
  const own = target.credentials.uid === credentials.euid || target.credentials.euid === credentials.euid;
  if (!own && !capableIn(kernel, credentials, target.credentials.userNamespace, "SYS_NICE")) return failure("EPERM");
  if (wanted < target.nice && !all) return failure("EACCES");
  changeTask(kernel, id, { nice: wanted });
  return DONE;
}
