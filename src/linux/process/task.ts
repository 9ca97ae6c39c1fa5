/**
 * Tasks: one row each, as `struct task_struct`. A process is a thread group; its leader's row holds what the group shares.
 *
 * A task's id is its number in the initial pid namespace. `numbers` lists its number in every namespace it is in, outermost first.
 *
 * @rule linux.process.task
 * @source linux@6.12 include/linux/sched.h struct task_struct
 */
import { InvariantError } from "../../sim/invariant";
import { defineTable } from "../../sim/table";
import type { Micros, TextIndex } from "../../sim/types";
import type { Path, TaskView } from "../fs/types";
import { reaching } from "../namespace/user";
import type { Credentials, Kernel } from "../types";
import type { SignalName } from "./signal-names";

/** What `clone` and `unshare` may make anew; user and pid live elsewhere too: in the credentials and in the numbers. */
export interface TaskNamespaces {
  readonly mnt: number;
  readonly uts: number;
  readonly ipc: number;
  readonly net: number;
  readonly cgroup: number;
  readonly time: number;
  readonly timeForChildren: number;
  readonly pid: number;
  readonly pidForChildren: number;
}

/** Whether a running one waits is told by its run row. */
export type TaskState = "running" | "stopped" | "zombie";

/** How a process ended or changed, as the macros of `wait` tell it. */
export type WaitStatus =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signaled"; readonly signal: SignalName; readonly core: boolean }
  | { readonly kind: "stopped"; readonly signal: SignalName }
  | { readonly kind: "continued" };

export type Disposition = "ignore" | "handle";

export interface TaskRow {
  readonly machine: string;
  readonly id: number;
  /** The thread group: the id of its leader. */
  readonly tgid: number;
  /** The leader of the process that waits for this one; 0 for the first. */
  readonly parent: number;
  readonly numbers: readonly (readonly [namespace: number, number: number])[];
  readonly group: number;
  readonly session: number;
  /** The terminal that controls the session, 0 for none. */
  readonly terminal: number;
  readonly comm: string;
  readonly exe: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly state: TaskState;
  readonly credentials: Credentials;
  readonly fs: { readonly root: Path; readonly cwd: Path; readonly umask: number };
  /** The table of descriptors; threads share one. 0 when it has none any more. */
  readonly files: number;
  readonly namespaces: TaskNamespaces;
  readonly blocked: readonly SignalName[];
  readonly pending: readonly SignalName[];
  readonly dispositions: Readonly<Record<string, Disposition>>;
  /** What the parent is told, once there is something to tell. */
  readonly status?: WaitStatus;
  /** The parent has not yet been told of a stop or continuation. */
  readonly news?: WaitStatus;
  readonly exitSignal: SignalName | "";
  readonly deathSignal: SignalName | "";
  readonly subreaper: boolean;
  readonly dumpable: boolean;
  readonly keepCaps: boolean;
  readonly executed: boolean;
  readonly nice: number;
  readonly oomScoreAdj: number;
  readonly started: Micros;
  readonly userTime: Micros;
  readonly systemTime: Micros;
  /** Times of children that were waited for. */
  readonly childTime: Micros;
}

export type TaskIndex = "number" | "parent" | "group" | "session" | "thread" | "files" | "namespace" | "terminal" | "mount";

const NAMESPACE_KINDS = ["mnt", "uts", "ipc", "net", "cgroup", "time", "timeForChildren", "pidForChildren"] as const;

/** The namespaces that this task keeps alive. A zombie has let go of all but those of its numbers and its user namespace. */
export function heldNamespaces(row: TaskRow): readonly number[] {
  const held = new Set<number>([row.credentials.userNamespace]);
  for (const [namespace] of row.numbers) held.add(namespace);
  if (row.state !== "zombie") for (const kind of NAMESPACE_KINDS) held.add(row.namespaces[kind]);
  return [...held];
}

const under = (member: "group" | "session" | "tgid" | "files" | "terminal"): TextIndex<TaskRow> => ({
  of: (row) => `${row.machine}/${row[member]}`,
  from: [member],
});

export const taskTable = defineTable<TaskRow, TaskIndex>({
  name: "linux.task",
  key: (row) => `${row.machine}/${row.id}`,
  indexes: {
    number: { of: (row) => row.numbers.map(([namespace, number]) => `${row.machine}/${namespace}/${number}`), from: ["numbers"] },
    parent: { of: (row) => (row.id === row.tgid ? `${row.machine}/${row.parent}` : undefined), from: ["tgid", "parent"] },
    group: under("group"),
    session: under("session"),
    thread: under("tgid"),
    files: under("files"),
    namespace: {
      of: (row) => heldNamespaces(row).map((id) => `${row.machine}/${id}`),
      from: ["credentials", "numbers", "state", "namespaces"],
    },
    terminal: under("terminal"),
    /** The mounts it stands in, while it lives. */
    mount: {
      of: (row) => (row.state === "zombie" ? undefined : [...new Set([row.fs.root.mount, row.fs.cwd.mount])].map((id) => `${row.machine}/${id}`)),
      from: ["state", "fs"],
    },
  },
});

export const findTask = (kernel: Kernel, id: number): TaskRow | undefined => kernel.tx.read(taskTable).get(`${kernel.machine}/${id}`);

export function taskOf(kernel: Kernel, id: number): TaskRow {
  const row = findTask(kernel, id);
  if (row === undefined) throw new InvariantError(`no task ${id} on ${kernel.machine}`);
  return row;
}

export const leaderOf = (kernel: Kernel, id: number): TaskRow => taskOf(kernel, taskOf(kernel, id).tgid);

export function putTask(kernel: Kernel, row: TaskRow): TaskRow {
  kernel.tx.write(taskTable).put(row);
  return row;
}

export const changeTask = (kernel: Kernel, id: number, change: Partial<TaskRow>): TaskRow => putTask(kernel, { ...taskOf(kernel, id), ...change });

export function tasksBy(kernel: Kernel, index: TaskIndex, id: number | string): readonly TaskRow[] {
  return kernel.tx.read(taskTable).by(index, `${kernel.machine}/${id}`);
}

/** The processes whose parent this is: leaders only, oldest first. */
export const childrenOf = (kernel: Kernel, tgid: number): readonly TaskRow[] =>
  [...tasksBy(kernel, "parent", tgid)].sort((a, b) => a.started - b.started || a.id - b.id);

export const viewOf = (kernel: Kernel, row: TaskRow): TaskView => ({
  credentials: reaching(kernel, row.credentials),
  root: row.fs.root,
  cwd: row.fs.cwd,
  umask: row.fs.umask,
});

/** The number of a task in a pid namespace; 0 where it cannot be seen. */
export const numberIn = (row: TaskRow, namespace: number): number => row.numbers.find(([id]) => id === namespace)?.[1] ?? 0;

export function findByNumber(kernel: Kernel, namespace: number, number: number): TaskRow | undefined {
  return kernel.tx.read(taskTable).firstBy("number", `${kernel.machine}/${namespace}/${number}`);
}
