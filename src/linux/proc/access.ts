/**
 * Whether one process may look into another: the same user and no more rights inside, or the right to trace it.
 *
 * @rule linux.process.ptrace-access
 * @source linux@6.12 kernel/ptrace.c __ptrace_may_access security/commoncap.c cap_ptrace_access_check
 */
import { capableIn } from "../namespace/user";
import { isSubset } from "../process/capability";
import { findTask, type TaskRow } from "../process/task";
import type { Kernel } from "../types";

export function mayLookInto(kernel: Kernel, target: TaskRow): boolean {
  const caller = kernel.task === undefined ? undefined : findTask(kernel, kernel.task);
  if (caller === undefined || caller.tgid === target.tgid) return true;
  const { credentials: mine } = caller;
  const { credentials: theirs, dumpable } = target;
  const mayTrace = capableIn(kernel, mine, theirs.userNamespace, "SYS_PTRACE");
  const sameUser = [theirs.uid, theirs.euid, theirs.suid].every((id) => id === mine.fsuid);
  const sameGroup = [theirs.gid, theirs.egid, theirs.sgid].every((id) => id === mine.fsgid);
  if (!(sameUser && sameGroup) && !mayTrace) return false;
  if (!dumpable && !mayTrace) return false;
  return (mine.userNamespace === theirs.userNamespace && isSubset(theirs.permitted, mine.effective)) || mayTrace;
}
