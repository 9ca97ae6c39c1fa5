/**
 * Namespaces of all eight types: one row each. What a type holds stands in the row's part of that name.
 *
 * A namespace lives while a task is in it, its file is open or mounted, or another namespace stands on it. Nothing counts: the holders
 * are found by index when one lets go.
 *
 * @rule linux.namespace.lifetime
 * @source man-pages@6.9 namespaces(7)
 */
import { InvariantError } from "../../sim/invariant";
import { defineTable } from "../../sim/table";
import { ROOT } from "../cgroup/tables";
import type { Kernel } from "../types";

export const NAMESPACE_TYPES = ["cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"] as const;
export type NamespaceType = (typeof NAMESPACE_TYPES)[number];

/** `count` ids from `first` inside are those from `lower`, an id of the initial namespace. */
export interface IdExtent {
  readonly first: number;
  readonly lower: number;
  readonly count: number;
}

export interface ClockOffset {
  readonly seconds: number;
  readonly nanos: number;
}

export interface NamespaceRow {
  readonly machine: string;
  /** The inode number of its file, as `readlink /proc/self/ns/uts` prints it. */
  readonly id: number;
  readonly type: NamespaceType;
  /** Depth of nesting, of pid and user namespaces. */
  readonly level: number;
  /** The one it is nested in; 0 for none. */
  readonly parent: number;
  /** The user namespace whose capabilities count over it; of a user namespace, its parent. */
  readonly owner: number;
  /** The how-manieth that was made. */
  readonly made: number;
  /** Open files of it. */
  readonly opens: number;
  readonly uts?: { readonly nodename: string; readonly domainname: string };
  readonly pid?: { readonly init: number; readonly dead: boolean; readonly last: number };
  readonly user?: {
    readonly uid: number;
    readonly gid: number;
    readonly uids: readonly IdExtent[];
    readonly gids: readonly IdExtent[];
    readonly setgroups: boolean;
    readonly couldSetfcap: boolean;
  };
  readonly time?: { readonly monotonic: ClockOffset; readonly boottime: ClockOffset; readonly frozen: boolean };
  /** The cgroup shown as the root. */
  readonly cgroup?: { readonly root: number };
  readonly ipc?: {
    readonly sysctl: Readonly<Record<string, string>>;
    /** The directory of its message queues, once it was mounted. */
    readonly mqueue?: { readonly sb: number; readonly ino: number };
  };
}

export const namespaceTable = defineTable<NamespaceRow, "child">({
  name: "linux.namespace",
  key: (row) => `${row.machine}/${row.id}`,
  indexes: {
    /** Under those that it keeps alive: the one it is nested in, and its owner. */
    child: (row) => [...new Set([row.parent, row.owner])].filter((id) => id !== 0).map((id) => `${row.machine}/${id}`),
  },
});

/** The numbers that the kernel gives to the first namespace of each type. */
export const INITIAL: Readonly<Record<NamespaceType, number>> = {
  cgroup: 4026531835,
  pid: 4026531836,
  user: 4026531837,
  uts: 4026531838,
  ipc: 4026531839,
  mnt: 4026531832,
  net: 4026531833,
  time: 4026531834,
};
const FIRST_DYNAMIC = 4026532128;

export const findNamespace = (kernel: Kernel, id: number): NamespaceRow | undefined => kernel.tx.read(namespaceTable).get(`${kernel.machine}/${id}`);

export function namespaceOf(kernel: Kernel, id: number): NamespaceRow {
  const row = findNamespace(kernel, id);
  if (row === undefined) throw new InvariantError(`no namespace ${id} on ${kernel.machine}`);
  return row;
}

export const putNamespace = (kernel: Kernel, row: NamespaceRow): void => kernel.tx.write(namespaceTable).put(row);

/** The lowest number that is free, as the kernel gives inode numbers of /proc. */
function freeNumber(kernel: Kernel): number {
  let id = FIRST_DYNAMIC;
  while (findNamespace(kernel, id) !== undefined) id++;
  return id;
}

export function newNamespace(kernel: Kernel, row: Omit<NamespaceRow, "machine" | "id" | "made" | "opens">): NamespaceRow {
  const made = { ...row, machine: kernel.machine, id: freeNumber(kernel), made: kernel.tx.nextId(`linux.namespace/${kernel.machine}`), opens: 0 };
  putNamespace(kernel, made);
  return made;
}

/** Everything that was there before the first namespace was made. */
export function initialNamespaces(kernel: Kernel, nodename: string): void {
  const whole: readonly IdExtent[] = [{ first: 0, lower: 0, count: 4294967295 }];
  const zero = { seconds: 0, nanos: 0 };
  const parts: Readonly<Record<NamespaceType, Partial<NamespaceRow>>> = {
    cgroup: { cgroup: { root: ROOT } },
    ipc: { ipc: { sysctl: IPC_LIMITS } },
    mnt: {},
    net: {},
    pid: { pid: { init: 0, dead: false, last: 0 } },
    time: { time: { monotonic: zero, boottime: zero, frozen: true } },
    user: { user: { uid: 0, gid: 0, uids: whole, gids: whole, setgroups: true, couldSetfcap: true } },
    uts: { uts: { nodename, domainname: "(none)" } },
  };
  for (const type of NAMESPACE_TYPES) {
    const owner = type === "user" ? 0 : INITIAL.user;
    putNamespace(kernel, { machine: kernel.machine, id: INITIAL[type], type, level: 0, parent: 0, owner, made: 0, opens: 0, ...parts[type] });
  }
}

/** What /proc/sys/kernel and /proc/sys/fs/mqueue say of a new ipc namespace. */
export const IPC_LIMITS: Readonly<Record<string, string>> = Object.freeze({
  msgmax: "8192",
  msgmnb: "16384",
  msgmni: "32000",
  shmall: "18446744073692774399",
  shmmax: "18446744073692774399",
  shmmni: "4096",
  "mqueue/msg_default": "10",
  "mqueue/msg_max": "10",
  "mqueue/msgsize_default": "8192",
  "mqueue/msgsize_max": "8192",
  "mqueue/queues_max": "256",
});
