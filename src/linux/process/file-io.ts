/**
 * Reading and writing through a descriptor: files, directories, pipes, devices and terminals each in their way.
 *
 * @rule linux.file.io
 * @source linux@6.12 fs/read_write.c ksys_read ksys_write
 */
import { chargeGrowth } from "../cgroup/file-pages";
import * as vfs from "../fs/file-calls";
import { typeOf } from "../fs/superblock";
import type { Attributes, DirectoryEntry } from "../fs/types";
import { newPipe, openPipe, readPipe, writePipe } from "../ipc/pipe";
import { superblockTable } from "../fs/superblock";
import { receive, send, socketOf } from "../net/calls";
import { mountOf } from "../fs/mount";
import { pathOf } from "../fs/path-of";
import { failure, type Kernel, type Outcome, type Result, value } from "../types";
import { readDevice, writeDevice } from "./device";
import { fileOf, type FileRow, install, newFile, putFile } from "./descriptor";
import { sendSignal } from "./signal";
import { taskOf, viewOf } from "./task";

export interface OpenFlags extends vfs.OpenOptions {
  readonly cloexec?: boolean;
  readonly nonBlocking?: boolean;
}

export function open(kernel: Kernel, task: number, path: string, flags: OpenFlags, mode: number): Outcome<number> {
  const view = viewOf(kernel, taskOf(kernel, task));
  const found = vfs.open(kernel, view, path, flags, mode);
  if (!found.ok) return found;
  const type = typeOf(kernel, found.value.ref.sb);
  const { kind } = type.getattr(kernel, found.value.ref);
  const [read, write] = [flags.read === true, flags.write === true];
  if (kind === "fifo" && flags.path !== true) {
    const met = openPipe(kernel, task, found.value.ref, read, write, flags.nonBlocking === true);
    if ("blocked" in met || !met.ok) {
      type.release(kernel, found.value.ref);
      return met;
    }
  }
  const file = newFile(kernel, {
    path: found.value,
    asked: absolute(kernel, task, path),
    kind,
    read,
    write,
    append: flags.append === true,
    nonBlocking: flags.nonBlocking === true,
    place: flags.path === true,
  });
  return install(kernel, task, file, flags.cloexec === true);
}

/** As /proc/PID/fd shows it: from the root. */
function absolute(kernel: Kernel, task: number, path: string): string {
  if (path.startsWith("/")) return path;
  const { root, cwd } = taskOf(kernel, task).fs;
  const above = pathOf(kernel, cwd, root) ?? "";
  return `${above === "/" ? "" : above}/${path}`;
}

function usable(kernel: Kernel, task: number, fd: number, end: "read" | "write"): Result<FileRow> {
  const file = fileOf(kernel, task, fd);
  return file.ok && (file.value.place || !file.value[end]) ? failure("EBADF") : file;
}

export function read(kernel: Kernel, task: number, fd: number, length: number): Outcome<string> {
  const found = usable(kernel, task, fd, "read");
  if (!found.ok) return found;
  const file = found.value;
  if (file.kind === "dir") return failure("EISDIR");
  if (file.kind === "fifo") return readPipe(kernel, file.path.ref, length, file.nonBlocking);
  if (file.kind === "char") return readDevice(kernel, task, file, length);
  if (file.socket !== undefined) return readSocket(kernel, task, fd, length);
  const got = typeOf(kernel, file.path.ref.sb).read(kernel, file.path.ref, file.offset, length);
  if (got.ok && got.value !== "") putFile(kernel, { ...file, offset: file.offset + got.value.length });
  return got;
}

export function pread(kernel: Kernel, task: number, fd: number, offset: number, length: number): Outcome<string> {
  const found = usable(kernel, task, fd, "read");
  if (!found.ok) return found;
  const { kind, path } = found.value;
  if (kind === "fifo") return failure("ESPIPE");
  if (kind === "dir") return failure("EISDIR");
  if (offset < 0) return failure("EINVAL");
  return typeOf(kernel, path.ref.sb).read(kernel, path.ref, offset, length);
}

export function write(kernel: Kernel, task: number, fd: number, data: string): Outcome<number> {
  const found = usable(kernel, task, fd, "write");
  if (!found.ok) return found;
  const file = found.value;
  if (file.kind === "fifo") {
    const done = writePipe(kernel, file.path.ref, data, file.nonBlocking);
    if (!("blocked" in done) && !done.ok && done.errno === "EPIPE") sendSignal(kernel, taskOf(kernel, task).tgid, "PIPE", task);
    return done;
  }
  if (file.kind === "char") return writeDevice(kernel, task, file, data);
  if (file.socket !== undefined) return writeSocket(kernel, task, fd, data);
  const at = file.append ? typeOf(kernel, file.path.ref.sb).getattr(kernel, file.path.ref).size : file.offset;
  const room = roomFor(kernel, task, file, at + data.length);
  if ("blocked" in room || !room.ok) return room;
  const done = vfs.write(kernel, viewOf(kernel, taskOf(kernel, task)), file.path, at, data);
  if (done.ok) putFile(kernel, { ...file, offset: at + done.value });
  return done;
}

/** Pages of a file in memory are charged to whoever writes them. Through an overlay it is the file of the upper layer that grows. */
function roomFor(kernel: Kernel, task: number, { path }: FileRow, end: number): Outcome<true> {
  const type = typeOf(kernel, path.ref.sb);
  const inner = type.mapped(kernel, path.ref);
  return chargeGrowth(kernel, task, inner, typeOf(kernel, inner.sb).getattr(kernel, inner).size, end);
}

function readSocket(kernel: Kernel, task: number, fd: number, length: number): Outcome<string> {
  const row = socketOf(kernel, task, fd);
  if (!row.ok) return row;
  const got = receive(kernel, row.value, length);
  return "blocked" in got || !got.ok ? got : value(got.value.data);
}

function writeSocket(kernel: Kernel, task: number, fd: number, data: string): Outcome<number> {
  const row = socketOf(kernel, task, fd);
  if (!row.ok) return row;
  const done = send(kernel, task, row.value, data);
  if (!("blocked" in done) && !done.ok && done.errno === "EPIPE") sendSignal(kernel, taskOf(kernel, task).tgid, "PIPE", task);
  return done;
}

export function pwrite(kernel: Kernel, task: number, fd: number, offset: number, data: string): Outcome<number> {
  const found = usable(kernel, task, fd, "write");
  if (!found.ok) return found;
  if (found.value.kind === "fifo") return failure("ESPIPE");
  if (offset < 0) return failure("EINVAL");
  const room = roomFor(kernel, task, found.value, offset + data.length);
  if ("blocked" in room || !room.ok) return room;
  return vfs.write(kernel, viewOf(kernel, taskOf(kernel, task)), found.value.path, offset, data);
}

export function lseek(kernel: Kernel, task: number, fd: number, offset: number, whence: "set" | "current" | "end"): Result<number> {
  const found = fileOf(kernel, task, fd);
  if (!found.ok) return found;
  const file = found.value;
  if (file.kind === "fifo" || file.kind === "socket") return failure("ESPIPE");
  const base = whence === "set" ? 0 : whence === "current" ? file.offset : fstatOf(kernel, file).size;
  if (base + offset < 0) return failure("EINVAL");
  putFile(kernel, { ...file, offset: base + offset });
  return value(base + offset);
}

const fstatOf = (kernel: Kernel, { path }: FileRow): Attributes => typeOf(kernel, path.ref.sb).getattr(kernel, path.ref);

/** All names at once, in the order of the file system, without `.` and `..`. */
export function readdir(kernel: Kernel, task: number, fd: number): Result<readonly DirectoryEntry[]> {
  const file = usable(kernel, task, fd, "read");
  if (!file.ok) return file;
  if (file.value.kind !== "dir") return failure("ENOTDIR");
  return typeOf(kernel, file.value.path.ref.sb).readdir(kernel, file.value.path.ref);
}

export function ftruncate(kernel: Kernel, task: number, fd: number, size: number): Result<true> {
  const file = fileOf(kernel, task, fd);
  if (!file.ok) return file;
  if (!file.value.write || file.value.kind !== "file" || size < 0) return failure("EINVAL");
  return typeOf(kernel, file.value.path.ref.sb).setattr(kernel, file.value.path.ref, { size });
}

export function pipe(kernel: Kernel, task: number, cloexec: boolean): Result<readonly [number, number]> {
  const mount = innerMount(kernel, "pipefs");
  const ref = newPipe(kernel, mount.sb);
  const path = { mount: mount.id, ref };
  const common = { path, asked: "", kind: "fifo", append: false, nonBlocking: false, place: false } as const;
  const reader = install(kernel, task, newFile(kernel, { ...common, read: true, write: false }), cloexec);
  if (!reader.ok) return reader;
  const writer = install(kernel, task, newFile(kernel, { ...common, read: false, write: true }), cloexec);
  return writer.ok ? value([reader.value, writer.value]) : writer;
}

/** The mount that nobody sees, of a file system of which there is one: its superblock and mount have the numbers given at boot. */
export function innerMount(kernel: Kernel, type: "pipefs" | "nsfs"): { readonly id: number; readonly sb: number } {
  const number = type === "pipefs" ? 2 : 3;
  const { root } = mountOf(kernel, number);
  if (kernel.tx.read(superblockTable).get(kernel.machine, root.sb)?.type !== type) throw new Error(`mount ${number} is not ${type}`);
  return { id: number, sb: root.sb };
}
