/**
 * A new process as a copy of the caller, in the namespaces asked for, with a number in each pid namespace from its own outwards.
 *
 * Not modelled: addresses and pages; what a child runs is said by name, with the state it begins with.
 *
 * @rule linux.process.clone
 * @source linux@6.12 kernel/fork.c copy_process
 */
import type { Json } from "../../sim/types";
import { canFork, forked } from "../cgroup/lifecycle";
import { prepare } from "../namespace/enter";
import { findNamespace, namespaceOf, type NamespaceType, putNamespace } from "../namespace/table";
import { freeze } from "../namespace/time";
import { failure, type Kernel, type Result, value } from "../types";
import { copyFiles, install, newFile } from "./descriptor";
import { findByNumber, numberIn, putTask, type TaskRow, taskOf } from "./task";
import { findRun, putRun, runSoon } from "./wake";

const PID_MAX = 4194304;
/** Numbers below are not given a second time. */
const RESERVED = 300;
const FORK_TIME = 150;

export interface SpawnOptions {
  /** What the child runs; the caller's own program when left out. */
  readonly program?: string;
  readonly state?: Json;
  readonly namespaces?: readonly NamespaceType[];
  /** A thread of the caller. */
  readonly thread?: boolean;
  /** Gives the caller a descriptor for the child. */
  readonly pidfd?: boolean;
}

export interface Spawned {
  readonly pid: number;
  readonly pidfd?: number;
}

/**
 * One number per level, the lowest free one after the last. In a namespace whose first process is gone none is given.
 *
 * @rule linux.pidns.numbers
 * @source linux@6.12 kernel/pid.c alloc_pid
 */
function allocate(kernel: Kernel, namespace: number): Result<TaskRow["numbers"]> {
  const numbers: (readonly [number, number])[] = [];
  if (namespaceOf(kernel, namespace).pid?.dead === true) return failure("ENOMEM");
  for (let row = findNamespace(kernel, namespace); row?.pid !== undefined; row = findNamespace(kernel, row.parent)) {
    let number = row.pid.last + 1;
    if (number > PID_MAX) number = RESERVED;
    while (findByNumber(kernel, row.id, number) !== undefined) number++;
    numbers.unshift([row.id, number]);
    putNamespace(kernel, { ...row, pid: { ...row.pid, last: number } });
  }
  return value(numbers);
}

export function spawn(kernel: Kernel, id: number, own: string, options: SpawnOptions): Result<Spawned> {
  const parent = taskOf(kernel, id);
  const types = options.namespaces ?? [];
  const thread = options.thread === true;
  if (thread && (types.includes("user") || types.includes("pid") || parent.namespaces.pid !== parent.namespaces.pidForChildren))
    return failure("EINVAL");
  const room = canFork(kernel, id);
  if (!room.ok) return room;
  const prepared = prepare(kernel, parent, types);
  if (!prepared.ok) return prepared;
  const allocated = allocate(kernel, prepared.value.namespaces.pidForChildren);
  if (!allocated.ok) return allocated;
  const child = birth(kernel, parent, { numbers: allocated.value, thread, ...prepared.value });
  forked(kernel, id, child.id, child.tgid);
  putRun(kernel, {
    machine: kernel.machine,
    id: child.id,
    program: options.program ?? own,
    ...(options.state === undefined ? {} : { mark: options.state }),
    answers: [],
  });
  start(kernel, child.id);
  kernel.tx.fired("linux.process.clone", `${kernel.machine}/${child.id}`);
  const pid = numberIn(child, parent.namespaces.pid);
  if (options.pidfd !== true) return value({ pid });
  const pidfd = openProcess(kernel, id, child.tgid);
  return pidfd.ok ? value({ pid, pidfd: pidfd.value }) : pidfd;
}

export function start(kernel: Kernel, id: number): void {
  const run = findRun(kernel, id);
  if (run !== undefined) runSoon(kernel, run, FORK_TIME);
}

type Birth = Pick<TaskRow, "numbers" | "credentials" | "namespaces" | "fs"> & { readonly thread: boolean };

function birth(kernel: Kernel, parent: TaskRow, { thread, ...given }: Birth): TaskRow {
  const id = given.numbers[0]?.[1] ?? 0;
  const active = given.numbers.at(-1)?.[0] ?? 0;
  const { namespaces } = given;
  if (namespaces.time !== namespaces.timeForChildren) freeze(kernel, namespaces.timeForChildren);
  const { status: _status, news: _news, ...copied } = parent;
  const child = putTask(kernel, {
    ...copied,
    ...given,
    id,
    tgid: thread ? parent.tgid : id,
    parent: thread ? parent.parent : parent.tgid,
    state: "running",
    files: thread ? parent.files : copyFiles(kernel, parent.files),
    namespaces: { ...namespaces, pid: active, pidForChildren: active, time: namespaces.timeForChildren },
    pending: [],
    exitSignal: thread ? "" : "CHLD",
    deathSignal: "",
    subreaper: false,
    executed: false,
    started: kernel.tx.now,
    userTime: 0,
    systemTime: 0,
    childTime: 0,
  });
  const namespace = namespaceOf(kernel, active);
  if (namespace.pid?.init === 0) putNamespace(kernel, { ...namespace, pid: { ...namespace.pid, init: id } });
  return child;
}

/** A descriptor for a process. */
export function openProcess(kernel: Kernel, task: number, process: number): Result<number> {
  const path = taskOf(kernel, task).fs.root;
  const file = newFile(kernel, { path, asked: "", kind: "file", read: true, write: false, append: false, nonBlocking: false, place: false, process });
  return install(kernel, task, file, true);
}
