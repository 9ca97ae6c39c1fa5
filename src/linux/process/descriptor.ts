/**
 * Open files and the numbers by which a process knows them. A description is shared by whoever inherited or duplicated a number.
 *
 * @rule linux.file.descriptors
 * @source linux@6.12 fs/file.c fs/file_table.c
 */
import { InvariantError } from "../../sim/invariant";
import { defineTable } from "../../sim/table";
import { typeOf } from "../fs/superblock";
import type { FileKind, Path } from "../fs/types";
import { holdPipe } from "../ipc/pipe";
import { closeSocket } from "../net/calls";
import { DONE, failure, type Kernel, type Result, value } from "../types";
import { changeTask, taskOf } from "./task";

/** RLIMIT_NOFILE. */
const MAX_FILES = 1024;

export interface FileRow {
  readonly machine: string;
  readonly id: number;
  readonly path: Path;
  /** The path it was opened by; empty when it never had one. */
  readonly asked: string;
  readonly kind: FileKind;
  readonly read: boolean;
  readonly write: boolean;
  readonly append: boolean;
  readonly nonBlocking: boolean;
  /** Opened with O_PATH: it names a place only. */
  readonly place: boolean;
  readonly offset: number;
  /** How many numbers lead here. */
  readonly uses: number;
  /** Of a pidfd: the process. */
  readonly process?: number;
  /** Of a socket: its number. */
  readonly socket?: number;
}

export interface Slot {
  readonly fd: number;
  readonly file: number;
  readonly cloexec: boolean;
}

interface FilesRow {
  readonly machine: string;
  readonly id: number;
  /** Ascending. */
  readonly slots: readonly Slot[];
}

export const fileTable = defineTable<FileRow, "mount">({
  name: "linux.file",
  key: (row) => `${row.machine}/${row.id}`,
  indexes: { mount: (row) => `${row.machine}/${row.path.mount}` },
});
const filesTable = defineTable<FilesRow>({ name: "linux.files", key: (row) => `${row.machine}/${row.id}` });

export const slotsOf = (kernel: Kernel, files: number): readonly Slot[] => kernel.tx.read(filesTable).get(`${kernel.machine}/${files}`)?.slots ?? [];
const putSlots = (kernel: Kernel, id: number, slots: readonly Slot[]): void =>
  kernel.tx.write(filesTable).put({ machine: kernel.machine, id, slots: [...slots].sort((a, b) => a.fd - b.fd) });

export function fileById(kernel: Kernel, id: number): FileRow {
  const row = kernel.tx.read(fileTable).get(`${kernel.machine}/${id}`);
  if (row === undefined) throw new InvariantError(`no open file ${id} on ${kernel.machine}`);
  return row;
}

export const putFile = (kernel: Kernel, row: FileRow): void => kernel.tx.write(fileTable).put(row);

export function slotOf(kernel: Kernel, task: number, fd: number): Slot | undefined {
  return slotsOf(kernel, taskOf(kernel, task).files).find((slot) => slot.fd === fd);
}

export function fileOf(kernel: Kernel, task: number, fd: number): Result<FileRow> {
  const slot = slotOf(kernel, task, fd);
  return slot === undefined ? failure("EBADF") : value(fileById(kernel, slot.file));
}

export function newFiles(kernel: Kernel): number {
  const id = kernel.tx.nextId(`linux.files/${kernel.machine}`);
  putSlots(kernel, id, []);
  return id;
}

export function newFile(kernel: Kernel, row: Omit<FileRow, "machine" | "id" | "offset" | "uses">): number {
  const id = kernel.tx.nextId(`linux.file/${kernel.machine}`);
  putFile(kernel, { ...row, machine: kernel.machine, id, offset: 0, uses: 0 });
  return id;
}

function used(kernel: Kernel, file: number, by: 1 | -1): void {
  const row = fileById(kernel, file);
  if (row.uses + by > 0) return putFile(kernel, { ...row, uses: row.uses + by });
  kernel.tx.write(fileTable).delete(`${kernel.machine}/${file}`);
  if (row.place || row.process !== undefined) return;
  if (row.socket !== undefined) return closeSocket(kernel, row.socket);
  if (row.kind === "fifo") holdPipe(kernel, row.path.ref, row.read, row.write, -1);
  typeOf(kernel, row.path.ref.sb).release(kernel, row.path.ref);
}

/** Gives a description the lowest free number that is not below one. */
export function install(kernel: Kernel, task: number, file: number, cloexec: boolean, from = 0): Result<number> {
  const { files } = taskOf(kernel, task);
  const slots = slotsOf(kernel, files);
  let fd = from;
  for (const slot of slots) if (slot.fd === fd) fd++;
  if (fd >= MAX_FILES) {
    used(kernel, file, 1);
    used(kernel, file, -1);
    return failure("EMFILE");
  }
  putSlots(kernel, files, [...slots, { fd, file, cloexec }]);
  used(kernel, file, 1);
  return value(fd);
}

export function close(kernel: Kernel, task: number, fd: number): Result<true> {
  const { files } = taskOf(kernel, task);
  const slot = slotOf(kernel, task, fd);
  if (slot === undefined) return failure("EBADF");
  putSlots(
    kernel,
    files,
    slotsOf(kernel, files).filter((other) => other.fd !== fd),
  );
  used(kernel, slot.file, -1);
  return DONE;
}

export function duplicate(kernel: Kernel, task: number, fd: number, from: number, cloexec: boolean): Result<number> {
  const slot = slotOf(kernel, task, fd);
  if (slot === undefined) return failure("EBADF");
  if (from < 0 || from >= MAX_FILES) return failure("EINVAL");
  return install(kernel, task, slot.file, cloexec, from);
}

export function duplicateTo(kernel: Kernel, task: number, fd: number, to: number, cloexec: boolean): Result<number> {
  const slot = slotOf(kernel, task, fd);
  if (slot === undefined || to < 0 || to >= MAX_FILES) return failure("EBADF");
  if (fd === to) return value(to);
  used(kernel, slot.file, 1);
  if (slotOf(kernel, task, to) !== undefined) close(kernel, task, to);
  const { files } = taskOf(kernel, task);
  putSlots(kernel, files, [...slotsOf(kernel, files), { fd: to, file: slot.file, cloexec }]);
  return value(to);
}

export function setCloexec(kernel: Kernel, task: number, fd: number, cloexec: boolean): Result<true> {
  const { files } = taskOf(kernel, task);
  if (slotOf(kernel, task, fd) === undefined) return failure("EBADF");
  putSlots(
    kernel,
    files,
    slotsOf(kernel, files).map((slot) => (slot.fd === fd ? { ...slot, cloexec } : slot)),
  );
  return DONE;
}

/** A table of its own with the same open files. */
export function copyFiles(kernel: Kernel, files: number): number {
  const id = newFiles(kernel);
  const slots = slotsOf(kernel, files);
  putSlots(kernel, id, slots);
  for (const { file } of slots) used(kernel, file, 1);
  return id;
}

export function closeAll(kernel: Kernel, files: number): void {
  const slots = slotsOf(kernel, files);
  kernel.tx.write(filesTable).delete(`${kernel.machine}/${files}`);
  for (const { file } of slots) used(kernel, file, -1);
}

/** What exec does: closes what asked for it, in a table that no other thread shares. */
export function closeOnExec(kernel: Kernel, task: number): void {
  const { files } = taskOf(kernel, task);
  for (const slot of slotsOf(kernel, files)) if (slot.cloexec) close(kernel, task, slot.fd);
}

/** Ends the sharing of a table. */
export function ownFiles(kernel: Kernel, task: number): void {
  changeTask(kernel, task, { files: copyFiles(kernel, taskOf(kernel, task).files) });
}
