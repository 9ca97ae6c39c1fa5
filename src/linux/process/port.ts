/** What cgroups ask of processes. */
import { namespaceOf } from "../namespace/table";
import { ROOT } from "../cgroup/tables";
import type { ProcessPort } from "../types";
import { sendSignal } from "./signal";
import { findByNumber, findTask, leaderOf, numberIn, taskOf } from "./task";
import { wake } from "./wake";

export const processPort: ProcessPort = {
  credentials: (kernel, task) => taskOf(kernel, task).credentials,
  cgroupRoot: (kernel, task) => namespaceOf(kernel, taskOf(kernel, task).namespaces.cgroup).cgroup?.root ?? ROOT,
  toLocal: (kernel, task, pid) => {
    const row = findTask(kernel, pid);
    return row === undefined ? 0 : numberIn(row, taskOf(kernel, task).namespaces.pid);
  },
  fromLocal: (kernel, task, pid) => findByNumber(kernel, taskOf(kernel, task).namespaces.pid, pid)?.id,
  kill: (kernel, process) => sendSignal(kernel, process, "KILL", undefined),
  oomScoreAdj: (kernel, process) => leaderOf(kernel, process).oomScoreAdj,
  wake,
};
