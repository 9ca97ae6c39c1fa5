/**
 * System V objects: shared memory segments, message queues and semaphore sets, each of one ipc namespace.
 *
 * Not modelled: pages of a segment and attaching it; semaphore undo.
 *
 * @rule linux.ipc.sysv
 * @source linux@6.12 ipc/util.c ipcget ipc/shm.c newseg ipc/msg.c do_msgsnd
 */
import { defineTable } from "../../sim/table";
import type { Micros } from "../../sim/types";
import { namespaceOf } from "../namespace/table";
import { capableIn } from "../namespace/user";
import { taskOf } from "../process/task";
import { wake } from "../process/wake";
import { DONE, failure, type Kernel, type Outcome, type Result, value } from "../types";

export type IpcKind = "shm" | "msg" | "sem";

export interface IpcRow {
  readonly machine: string;
  readonly namespace: number;
  readonly kind: IpcKind;
  readonly id: number;
  readonly key: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly cuid: number;
  readonly cgid: number;
  readonly creator: number;
  readonly changed: Micros;
  /** Bytes of a segment, number of semaphores of a set. */
  readonly size: number;
  readonly messages: readonly { readonly type: number; readonly text: string }[];
  readonly values: readonly number[];
}

export const ipcTable = defineTable<IpcRow, "namespace" | "key">({
  name: "linux.ipc",
  key: (row) => `${row.machine}/${row.namespace}/${row.kind}/${row.id}`,
  indexes: {
    namespace: (row) => [`${row.machine}/${row.namespace}`, `${row.machine}/${row.namespace}/${row.kind}`],
    key: (row) => (row.key === 0 ? undefined : `${row.machine}/${row.namespace}/${row.kind}/${row.key}`),
  },
});

export const ipcObjects = (kernel: Kernel, namespace: number, kind: IpcKind): readonly IpcRow[] =>
  [...kernel.tx.read(ipcTable).by("namespace", `${kernel.machine}/${namespace}/${kind}`)].sort((a, b) => a.id - b.id);

/** The objects die with their namespace. */
export function forgetIpc(kernel: Kernel, namespace: number): void {
  for (const row of kernel.tx.read(ipcTable).by("namespace", `${kernel.machine}/${namespace}`)) remove(kernel, row);
}

function remove(kernel: Kernel, row: IpcRow): void {
  kernel.tx.write(ipcTable).delete(ipcTable.key(row));
  wake(kernel, queueOf(row));
}

const queueOf = (row: IpcRow): string => `ipc/${row.namespace}/${row.kind}/${row.id}`;

function mayUse(kernel: Kernel, task: number, row: IpcRow, wanted: number): boolean {
  const { credentials } = taskOf(kernel, task);
  const owner = credentials.euid === row.uid || credentials.euid === row.cuid;
  const group = [credentials.egid, ...credentials.groups].some((gid) => gid === row.gid || gid === row.cgid);
  const bits = (owner ? row.mode >> 6 : group ? row.mode >> 3 : row.mode) & 7;
  if ((bits & wanted) === wanted) return true;
  return capableIn(kernel, credentials, namespaceOf(kernel, row.namespace).owner, "IPC_OWNER");
}

export interface IpcFlags {
  readonly create?: boolean;
  readonly exclusive?: boolean;
  readonly mode?: number;
}

/** Key 0 is IPC_PRIVATE: always a new object. */
function ipcGet(kernel: Kernel, task: number, kind: IpcKind, key: number, size: number, flags: IpcFlags): Result<number> {
  const { namespaces, credentials, tgid } = taskOf(kernel, task);
  const namespace = namespaces.ipc;
  const found = key === 0 ? undefined : kernel.tx.read(ipcTable).by("key", `${kernel.machine}/${namespace}/${kind}/${key}`)[0];
  if (found !== undefined) {
    if (flags.create === true && flags.exclusive === true) return failure("EEXIST");
    if (kind !== "msg" && found.size < size) return failure("EINVAL");
    return mayUse(kernel, task, found, ((flags.mode ?? 0) >> 6) & 7) ? value(found.id) : failure("EACCES");
  }
  if (key !== 0 && flags.create !== true) return failure("ENOENT");
  if (kind !== "msg" && size < 1) return failure("EINVAL");
  const sysctl = namespaceOf(kernel, namespace).ipc?.sysctl ?? {};
  const limit = (kind === "shm" ? sysctl["shmmni"] : kind === "msg" ? sysctl["msgmni"] : undefined) ?? "32000";
  if (ipcObjects(kernel, namespace, kind).length >= Number(limit)) return failure("ENOSPC");
  const id = kernel.tx.nextId(`linux.ipc/${kernel.machine}/${namespace}/${kind}`) - 1;
  const { euid: uid, egid: gid } = credentials;
  const owner = { uid, gid, cuid: uid, cgid: gid, creator: tgid, changed: kernel.tx.now };
  const content = { messages: [], values: kind === "sem" ? Array.from({ length: size }, () => 0) : [] };
  kernel.tx.write(ipcTable).put({ machine: kernel.machine, namespace, kind, id, key, mode: (flags.mode ?? 0) & 0o777, size, ...owner, ...content });
  return value(id);
}

function find(kernel: Kernel, task: number, kind: IpcKind, id: number): IpcRow | undefined {
  return kernel.tx.read(ipcTable).get(`${kernel.machine}/${taskOf(kernel, task).namespaces.ipc}/${kind}/${id}`);
}

function ipcRemove(kernel: Kernel, task: number, kind: IpcKind, id: number): Result<true> {
  const row = find(kernel, task, kind, id);
  if (row === undefined) return failure("EINVAL");
  const { credentials } = taskOf(kernel, task);
  const owner = credentials.euid === row.uid || credentials.euid === row.cuid;
  if (!owner && !capableIn(kernel, credentials, namespaceOf(kernel, row.namespace).owner, "SYS_ADMIN")) return failure("EPERM");
  remove(kernel, row);
  return DONE;
}

function msgsnd(kernel: Kernel, task: number, id: number, type: number, text: string): Outcome<true> {
  const row = find(kernel, task, "msg", id);
  if (row === undefined) return failure("EINVAL");
  const sysctl = namespaceOf(kernel, row.namespace).ipc?.sysctl ?? {};
  if (type < 1 || text.length > Number(sysctl["msgmax"] ?? "8192")) return failure("EINVAL");
  if (!mayUse(kernel, task, row, 2)) return failure("EACCES");
  const held = row.messages.reduce((sum, message) => sum + message.text.length, 0);
  if (held + text.length > Number(sysctl["msgmnb"] ?? "16384")) return { blocked: { queues: [queueOf(row)] } };
  kernel.tx.write(ipcTable).put({ ...row, messages: [...row.messages, { type, text }] });
  wake(kernel, queueOf(row));
  return DONE;
}

function msgrcv(kernel: Kernel, task: number, id: number, type: number, noWait: boolean): Outcome<{ readonly type: number; readonly text: string }> {
  const row = find(kernel, task, "msg", id);
  if (row === undefined) return failure("EINVAL");
  if (!mayUse(kernel, task, row, 4)) return failure("EACCES");
  const at = row.messages.findIndex((message) => type === 0 || message.type === type || (type < 0 && message.type <= -type));
  const message = row.messages[at];
  if (message === undefined) return noWait ? failure("ENOMSG") : { blocked: { queues: [queueOf(row)] } };
  kernel.tx.write(ipcTable).put({ ...row, messages: row.messages.filter((_, i) => i !== at) });
  wake(kernel, queueOf(row));
  return value(message);
}

/** One operation on one semaphore: adds, takes away when there is enough, or waits for zero. */
function semop(kernel: Kernel, task: number, id: number, number: number, by: number): Outcome<true> {
  const row = find(kernel, task, "sem", id);
  const now = row?.values[number];
  if (row === undefined) return failure("EINVAL");
  if (now === undefined) return failure("EFBIG");
  if (!mayUse(kernel, task, row, by === 0 ? 4 : 2)) return failure("EACCES");
  if (by === 0 ? now !== 0 : now + by < 0) return { blocked: { queues: [queueOf(row)] } };
  kernel.tx.write(ipcTable).put({ ...row, values: row.values.map((old, i) => (i === number ? old + by : old)) });
  wake(kernel, queueOf(row));
  return DONE;
}

export const ipcCalls = { ipcGet, ipcRemove, msgsnd, msgrcv, semop } as const;
