/**
 * The files of /proc that are not of one process. /proc/sys shows the namespaces of whoever reads.
 *
 * Not modelled: limits under /proc/sys/user, most of /proc/sys/vm and /proc/sys/net.
 *
 * @rule linux.proc.sys
 * @source linux@6.12 ipc/ipc_sysctl.c kernel/utsname_sysctl.c
 */
import { type IpcKind, ipcObjects } from "../ipc/objects";
import { INITIAL, type NamespaceRow, namespaceOf, putNamespace } from "../namespace/table";
import { timePart } from "../namespace/time";
import { NET_FILES } from "./net-files";
import { capableIn } from "../namespace/user";
import { findTask, type TaskNamespaces } from "../process/task";
import { EPOCH, failure, type Kernel, type Result, value } from "../types";

export interface SystemFile {
  readonly mode: number;
  readonly read: (kernel: Kernel) => string;
  readonly write?: (kernel: Kernel, text: string) => Result<number>;
}

const fixed = (text: string): SystemFile => ({ mode: 0o444, read: () => text });

function mine(kernel: Kernel, kind: keyof TaskNamespaces & keyof typeof INITIAL): NamespaceRow {
  const row = kernel.task === undefined ? undefined : findTask(kernel, kernel.task);
  return namespaceOf(kernel, row?.namespaces[kind] ?? INITIAL[kind]);
}

function mayAdminister(kernel: Kernel, owner: number): boolean {
  const row = kernel.task === undefined ? undefined : findTask(kernel, kernel.task);
  return row === undefined || capableIn(kernel, row.credentials, owner, "SYS_ADMIN");
}

const utsFile = (part: "nodename" | "domainname"): SystemFile => ({
  mode: 0o644,
  read: (kernel) => `${mine(kernel, "uts").uts?.[part] ?? ""}\n`,
  write: (kernel, text) => {
    const row = mine(kernel, "uts");
    if (!mayAdminister(kernel, row.owner)) return failure("EPERM");
    const name = (text.split("\n")[0] ?? "").slice(0, 64);
    putNamespace(kernel, { ...row, uts: { nodename: "", domainname: "", ...row.uts, [part]: name } });
    return value(text.length);
  },
});

const ipcFile = (name: string): SystemFile => ({
  mode: 0o644,
  read: (kernel) => `${mine(kernel, "ipc").ipc?.sysctl[name] ?? 0}\n`,
  write: (kernel, text) => {
    const row = mine(kernel, "ipc");
    if (!mayAdminister(kernel, row.owner)) return failure("EPERM");
    const number = /^\s*(\d+)\s*$/.exec(text)?.[1];
    if (number === undefined) return failure("EINVAL");
    putNamespace(kernel, { ...row, ipc: { ...row.ipc, sysctl: { ...row.ipc?.sysctl, [name]: number } } });
    return value(text.length);
  },
});

/**
 * The number given last in the reader's pid namespace; the next is the one after it.
 *
 * @rule linux.proc.ns-last-pid
 * @source linux@6.12 kernel/pid_namespace.c pid_ns_ctl_handler
 */
const lastPid: SystemFile = {
  mode: 0o666,
  read: (kernel) => `${mine(kernel, "pid").pid?.last ?? 0}\n`,
  write: (kernel, text) => {
    const row = mine(kernel, "pid");
    if (!mayAdminister(kernel, row.owner)) return failure("EPERM");
    const number = /^\s*(\d+)\s*$/.exec(text)?.[1];
    if (number === undefined || row.pid === undefined) return failure("EINVAL");
    putNamespace(kernel, { ...row, pid: { ...row.pid, last: Number(number) } });
    return value(text.length);
  },
};

const HEADS: Readonly<Record<IpcKind, string>> = {
  shm: "       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime                   rss                  swap\n",
  msg: "       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  cuid  cgid      stime      rtime      ctime\n",
  sem: "       key      semid perms      nsems   uid   gid  cuid  cgid      otime      ctime\n",
};

/**
 * @rule linux.proc.sysvipc
 * @source linux@6.12 ipc/shm.c sysvipc_shm_proc_show
 */
const sysvFile = (kind: IpcKind): SystemFile => ({
  mode: 0o444,
  read: (kernel) =>
    HEADS[kind] +
    ipcObjects(kernel, mine(kernel, "ipc").id, kind)
      .map((row) => {
        const cell = (of: number, width: number): string => String(of).padStart(width);
        const head = `${cell(row.key | 0, 10)} ${cell(row.id, 10)} ${row.mode.toString(8).padStart(5)}`;
        const owners = `${cell(row.uid, 5)} ${cell(row.gid, 5)} ${cell(row.cuid, 5)} ${cell(row.cgid, 5)}`;
        const changed = cell(Math.floor((EPOCH + row.changed) / 1e6), 10);
        const bytes = row.messages.reduce((sum, { text }) => sum + text.length, 0);
        if (kind === "shm")
          return `${head} ${cell(row.size, 21)} ${cell(row.creator, 5)} ${cell(0, 5)} ${cell(0, 6)} ${owners} ${cell(0, 10)} ${cell(0, 10)} ${changed} ${cell(0, 21)} ${cell(0, 21)}\n`;
        if (kind === "msg")
          return `${head} ${cell(bytes, 11)} ${cell(row.messages.length, 10)} ${cell(0, 5)} ${cell(0, 5)} ${owners} ${cell(0, 10)} ${cell(0, 10)} ${changed}\n`;
        return `${head} ${cell(row.size, 10)} ${owners} ${cell(0, 10)} ${changed}\n`;
      })
      .join(""),
});

function uptime(kernel: Kernel): string {
  const { boottime } = timePart(mine(kernel, "time"));
  const seconds = (kernel.tx.now / 1e6 + boottime.seconds + boottime.nanos / 1e9).toFixed(2);
  return `${seconds} ${seconds}\n`;
}

const IPC_FILES = ["msgmax", "msgmnb", "msgmni", "shmall", "shmmax", "shmmni"] as const;
const QUEUE_FILES = ["msg_default", "msg_max", "msgsize_default", "msgsize_max", "queues_max"] as const;

/** By path below /proc; directories are what their paths say. */
export const SYSTEM_FILES: Readonly<Record<string, SystemFile>> = {
  filesystems: {
    mode: 0o444,
    read: (kernel) =>
      Object.keys(kernel.fileSystems)
        .map((name) => `nodev\t${name}\n`)
        .join(""),
  },
  ...NET_FILES,
  loadavg: fixed("0.00 0.00 0.00 1/1 1\n"),
  uptime: { mode: 0o444, read: uptime },
  version: fixed("Linux version 6.12.0 (builder@strata) (gcc (Debian 12.2.0-14) 12.2.0, GNU ld 2.40) #1 SMP PREEMPT_DYNAMIC\n"),
  "sysvipc/msg": sysvFile("msg"),
  "sysvipc/sem": sysvFile("sem"),
  "sysvipc/shm": sysvFile("shm"),
  "sys/kernel/cap_last_cap": fixed("40\n"),
  "sys/kernel/domainname": utsFile("domainname"),
  "sys/kernel/hostname": utsFile("nodename"),
  "sys/kernel/ns_last_pid": lastPid,
  "sys/kernel/osrelease": fixed("6.12.0\n"),
  "sys/kernel/ostype": fixed("Linux\n"),
  "sys/kernel/overflowgid": fixed("65534\n"),
  "sys/kernel/overflowuid": fixed("65534\n"),
  "sys/kernel/pid_max": fixed("4194304\n"),
  "sys/kernel/version": fixed("#1 SMP PREEMPT_DYNAMIC\n"),
  ...Object.fromEntries(IPC_FILES.map((name) => [`sys/kernel/${name}`, ipcFile(name)])),
  ...Object.fromEntries(QUEUE_FILES.map((name) => [`sys/fs/mqueue/${name}`, ipcFile(`mqueue/${name}`)])),
};
