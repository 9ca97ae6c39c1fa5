/**
 * Waiting for children, and learning how they ended, stopped or went on.
 *
 * @rule linux.process.wait
 * @source linux@6.12 kernel/exit.c do_wait wait_consider_task
 */
import { failure, type Kernel, type Outcome, value } from "../types";
import { release } from "./exit";
import { numberOfId } from "./signal";
import { changeTask, childrenOf, numberIn, putTask, type TaskRow, taskOf, type WaitStatus } from "./task";

export interface WaitOptions {
  readonly noHang?: boolean;
  readonly untraced?: boolean;
  readonly continued?: boolean;
  /** Leaves the child as it is, to be waited for again. */
  readonly noWait?: boolean;
}

export interface Waited {
  readonly pid: number;
  readonly status: WaitStatus;
}

function newsOf(row: TaskRow, options: WaitOptions): WaitStatus | undefined {
  if (row.state === "zombie") return row.status;
  if (row.news?.kind === "stopped" && options.untraced === true) return row.news;
  return row.news?.kind === "continued" && options.continued === true ? row.news : undefined;
}

/** `which`: a number, -1 any, 0 of the own group, below -1 of that group. Null when nothing has happened and the call may not wait. */
export function wait4(kernel: Kernel, id: number, which: number, options: WaitOptions): Outcome<Waited | null> {
  const self = taskOf(kernel, id);
  const namespace = self.namespaces.pid;
  const meant = childrenOf(kernel, self.tgid).filter((row) => {
    if (which > 0) return numberIn(row, namespace) === which;
    if (which === -1) return true;
    return which === 0 ? row.group === self.group : numberOfId(kernel, namespace, row.group) === -which;
  });
  if (meant.length === 0) return failure("ECHILD");
  for (const row of meant) {
    const status = newsOf(row, options);
    if (status === undefined) continue;
    if (options.noWait !== true) collect(kernel, self, row);
    return value({ pid: numberIn(row, namespace), status });
  }
  return options.noHang === true ? value(null) : { blocked: { queues: [`child/${self.tgid}`] } };
}

function collect(kernel: Kernel, parent: TaskRow, row: TaskRow): void {
  if (row.state !== "zombie") {
    const { news: _told, ...rest } = row;
    putTask(kernel, rest);
    return;
  }
  changeTask(kernel, parent.tgid, { childTime: taskOf(kernel, parent.tgid).childTime + row.userTime + row.systemTime + row.childTime });
  release(kernel, row.id);
}
