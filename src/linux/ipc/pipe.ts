/**
 * Pipes and named pipes: bytes on their way, and who is at either end.
 *
 * Not modelled: short writes. A write waits while the pipe is full and then goes in whole, so a pipe may hold a little more than it should.
 *
 * @rule linux.ipc.pipe
 * @source linux@6.12 fs/pipe.c
 */
import { defineTable } from "../../sim/table";
import { newSuperblock } from "../fs/superblock";
import type { Attributes, FileSystemType, Ref } from "../fs/types";
import { wake } from "../process/wake";
import { DONE, failure, type Kernel, type Outcome, value } from "../types";

const CAPACITY = 65536;

interface PipeRow {
  readonly machine: string;
  readonly sb: number;
  readonly ino: number;
  readonly data: string;
  readonly readers: number;
  readonly writers: number;
  /** How often each end was ever opened: who waits for the other end sees by it that somebody came, even if gone again. */
  readonly readersEver: number;
  readonly writersEver: number;
  /** Opening, and waiting for the other end: the task and what it saw of the other end's count. */
  readonly opening: readonly { readonly task: number; readonly end: "read" | "write"; readonly seen: number }[];
}

export const pipeTable = defineTable<PipeRow>({ name: "linux.pipe", key: (row) => `${row.machine}/${row.sb}/${row.ino}` });

const EMPTY = { data: "", readers: 0, writers: 0, readersEver: 0, writersEver: 0, opening: [] };
const pipeOf = (kernel: Kernel, { sb, ino }: Ref): PipeRow =>
  kernel.tx.read(pipeTable).get(`${kernel.machine}/${sb}/${ino}`) ?? { ...EMPTY, machine: kernel.machine, sb, ino };
const put = (kernel: Kernel, row: PipeRow): void => {
  const unused = row.readers === 0 && row.writers === 0 && row.opening.length === 0;
  if (unused) kernel.tx.write(pipeTable).delete(`${row.machine}/${row.sb}/${row.ino}`);
  else kernel.tx.write(pipeTable).put(row);
};
const queueOf = ({ sb, ino }: Ref, end: "read" | "write"): string => `pipe/${sb}/${ino}/${end}`;

function wakeBoth(kernel: Kernel, ref: Ref): void {
  wake(kernel, queueOf(ref, "read"));
  wake(kernel, queueOf(ref, "write"));
}

/** Both ends of a new pipe. */
export function newPipe(kernel: Kernel, sb: number): Ref {
  const ref = { sb, ino: kernel.tx.nextId(`linux.pipe/${kernel.machine}`) };
  put(kernel, { ...EMPTY, machine: kernel.machine, ...ref, readers: 1, writers: 1, readersEver: 1, writersEver: 1 });
  return ref;
}

/** Opens a named pipe; waits until the other end is opened too, unless it is opened for both. */
export function openPipe(kernel: Kernel, task: number, ref: Ref, read: boolean, write: boolean, nonBlocking: boolean): Outcome<true> {
  const row = pipeOf(kernel, ref);
  const mine = row.opening.find((entry) => entry.task === task);
  const opening = row.opening.filter((entry) => entry.task !== task);
  const end = read ? "read" : "write";
  const others = read
    ? row.writers + opening.filter((entry) => entry.end === "write").length
    : row.readers + opening.filter((entry) => entry.end === "read").length;
  const ever = read ? row.writersEver : row.readersEver;
  const met = (read && write) || others > 0 || (mine !== undefined && mine.seen !== ever);
  if (!met && nonBlocking && !read) return failure("ENXIO");
  if (!met && !nonBlocking) {
    put(kernel, { ...row, opening: [...opening, { task, end, seen: mine?.seen ?? ever }] });
    return { blocked: { queues: [queueOf(ref, end)] } };
  }
  put(kernel, {
    ...row,
    opening,
    readers: row.readers + (read ? 1 : 0),
    writers: row.writers + (write ? 1 : 0),
    readersEver: row.readersEver + (read ? 1 : 0),
    writersEver: row.writersEver + (write ? 1 : 0),
  });
  wakeBoth(kernel, ref);
  return DONE;
}

/** One more holder of an open end, or one less. */
export function holdPipe(kernel: Kernel, ref: Ref, read: boolean, write: boolean, by: 1 | -1): void {
  const row = pipeOf(kernel, ref);
  put(kernel, { ...row, readers: row.readers + (read ? by : 0), writers: row.writers + (write ? by : 0) });
  if (by < 0) wakeBoth(kernel, ref);
}

export function readPipe(kernel: Kernel, ref: Ref, length: number, nonBlocking: boolean): Outcome<string> {
  const row = pipeOf(kernel, ref);
  if (row.data === "") {
    if (row.writers === 0 && !row.opening.some(({ end }) => end === "write")) return value("");
    return nonBlocking ? failure("EAGAIN") : { blocked: { queues: [queueOf(ref, "read")] } };
  }
  const bytes = row.data.slice(0, length);
  put(kernel, { ...row, data: row.data.slice(length) });
  wake(kernel, queueOf(ref, "write"));
  return value(bytes);
}

/** Whether a read or a write would not wait; and the queues that tell of it. */
export function pipeReady(kernel: Kernel, ref: Ref): { readonly read: boolean; readonly write: boolean; readonly queues: readonly string[] } {
  const row = pipeOf(kernel, ref);
  const read = row.data !== "" || (row.writers === 0 && !row.opening.some(({ end }) => end === "write"));
  return { read, write: row.data.length < CAPACITY || row.readers === 0, queues: [queueOf(ref, "read"), queueOf(ref, "write")] };
}

/** EPIPE when nobody reads; the caller sends SIGPIPE. */
export function writePipe(kernel: Kernel, ref: Ref, data: string, nonBlocking: boolean): Outcome<number> {
  const row = pipeOf(kernel, ref);
  if (row.readers === 0 && !row.opening.some(({ end }) => end === "read")) return failure("EPIPE");
  if (data === "") return value(0);
  if (row.data.length >= CAPACITY) return nonBlocking ? failure("EAGAIN") : { blocked: { queues: [queueOf(ref, "write")] } };
  put(kernel, { ...row, data: row.data + data });
  wake(kernel, queueOf(ref, "read"));
  return value(data.length);
}

export const pipefsSuperblock = (kernel: Kernel): number => newSuperblock(kernel, "pipefs", false);

function attributes(kernel: Kernel, ref: Ref): Attributes {
  const { now } = kernel.tx;
  return {
    kind: "fifo",
    mode: 0o600,
    uid: 0,
    gid: 0,
    nlink: 1,
    size: 0,
    rdev: [0, 0],
    atime: now,
    mtime: now,
    ctime: now,
    ino: ref.ino,
    dev: ref.sb,
  };
}

/** The file system that the ends of pipes are on; it has no names. */
export const pipefs: FileSystemType = {
  name: "pipefs",
  getattr: attributes,
  peek: attributes,
  lookup: () => failure("ENOTDIR"),
  parent: (_kernel, ref) => ref,
  create: () => failure("EPERM"),
  link: () => failure("EPERM"),
  unlink: () => failure("EPERM"),
  rmdir: () => failure("ENOTDIR"),
  rename: () => failure("EPERM"),
  readlink: () => failure("EINVAL"),
  readdir: () => failure("ENOTDIR"),
  setattr: () => failure("EPERM"),
  open: () => DONE,
  release: () => undefined,
  read: () => failure("EINVAL"),
  write: () => failure("EINVAL"),
  getxattr: () => failure("EOPNOTSUPP"),
  setxattr: () => failure("EOPNOTSUPP"),
  listxattr: () => [],
  mapped: (_kernel, ref) => ref,
};

/** The outside world's end of a pipe: bytes put in, and its closing. */
export function putOutside(kernel: Kernel, key: string, data: string, end: boolean): void {
  const row = kernel.tx.read(pipeTable).get(key);
  if (row === undefined) return;
  put(kernel, { ...row, data: row.data + data, writers: end ? 0 : row.writers });
  wakeBoth(kernel, row);
}

/** Takes what has been printed into a pipe that the outside world reads. */
export function takeOutside(kernel: Kernel, key: string): void {
  const row = kernel.tx.read(pipeTable).get(key);
  if (row === undefined || row.data === "") return;
  put(kernel, { ...row, data: "" });
  wakeBoth(kernel, row);
}
