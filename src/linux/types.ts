/**
 * The kernel's vocabulary: what every part of `src/linux` shares.
 *
 * A system call is a synchronous function of (kernel, task id, arguments). It reads and writes rows of the engine's tables through the
 * transaction and keeps nothing of its own. It answers with a value, with the name of an errno, or says on what it would wait.
 *
 * Invariant: keys of the tables named `linux.*` begin with the machine's name, so that several machines live in one world.
 */
import type { Micros, Tx } from "../sim/types";
import type { Errno } from "./errno";
import type { FileSystemType } from "./fs/types";

/** One machine's kernel, as a handler holds it. */
export interface Kernel {
  readonly tx: Tx;
  readonly machine: string;
  /** What `mount -t` knows, by name. */
  readonly fileSystems: Readonly<Record<string, FileSystemType>>;
  /** The types of superblocks that were asked for through this handle; they never change, nor is a superblock's number given again. */
  readonly types?: FileSystemType[];
  /** The thread whose system call this is; none while the machine itself acts. */
  readonly task?: number;
  /** What cgroups ask of processes. */
  readonly processes?: ProcessPort;
}

/** What cgroups ask of processes; numbers are those of the first pid namespace unless said. */
export interface ProcessPort {
  credentials(kernel: Kernel, task: number): Credentials;
  /** The cgroup that a task's cgroup namespace shows as the root. */
  cgroupRoot(kernel: Kernel, task: number): number;
  /** A number as a task's pid namespace shows it; 0 where it is not seen. */
  toLocal(kernel: Kernel, task: number, pid: number): number;
  fromLocal(kernel: Kernel, task: number, pid: number): number | undefined;
  /** Sends SIGKILL to a process. */
  kill(kernel: Kernel, process: number): void;
  oomScoreAdj(kernel: Kernel, process: number): number;
  /** What waits on a queue may go on. */
  wake(kernel: Kernel, queue: string): void;
}

export type Failure = { readonly ok: false; readonly errno: Errno };
export type Result<T> = { readonly ok: true; readonly value: T } | Failure;

/** The call cannot go on now. It is made again, unchanged, when one of the queues is woken or the time has come. */
export interface Blocked {
  readonly blocked: { readonly queues: readonly string[]; readonly until?: Micros };
}

export type Outcome<T> = Result<T> | Blocked;

/** A row before it is put. */
export type Draft<Row> = { -readonly [Member in keyof Row]: Row[Member] };

export const value = <T>(of: T): { readonly ok: true; readonly value: T } => ({ ok: true, value: of });
export const DONE: { readonly ok: true; readonly value: true } = { ok: true, value: true };
export const failure = (errno: Errno): Failure => ({ ok: false, errno });

/** Identity and rights of a task; a row's part, replaced whole, as `struct cred` is. Ids are those of the initial user namespace. */
export interface Credentials {
  readonly uid: number;
  readonly euid: number;
  readonly suid: number;
  readonly fsuid: number;
  readonly gid: number;
  readonly egid: number;
  readonly sgid: number;
  readonly fsgid: number;
  readonly groups: readonly number[];
  /** Names without the prefix, such as `SYS_ADMIN`; ascending. */
  readonly permitted: readonly string[];
  readonly effective: readonly string[];
  readonly inheritable: readonly string[];
  readonly bounding: readonly string[];
  readonly ambient: readonly string[];
  readonly noNewPrivs: boolean;
  /** The user namespace the capabilities count in: its namespace id. */
  readonly userNamespace: number;
  /**
   * What the user namespace maps, added where files are reached from one that is not the first: a capability over a file counts only when
   * both its owners are mapped.
   */
  readonly reach?: { readonly uids: readonly IdRange[]; readonly gids: readonly IdRange[] };
}

/** Ids of the initial user namespace. */
export interface IdRange {
  readonly lower: number;
  readonly count: number;
}

/** 2026-01-01T00:00:00Z in microseconds: when every world begins, and where times of files are counted from. */
export const EPOCH = 1767225600e6;
