/**
 * Copying a file up takes time: the system call that needs the copy waits, while a row tells what is copied and how far it has come.
 *
 * The file systems do not know of waiting. They answer ERESTARTSYS while a copy is in flight, before they have changed anything, and the
 * door of the kernel makes the call again when the time has come. Work done outside a system call (a case, a test) costs nothing.
 *
 * Not modelled: the device's load, reflinks (which would make the data step free), the half-written file in the work directory.
 *
 * @rule linux.copy-up.time
 * @source linux@6.12 fs/overlayfs/copy_up.c ovl_copy_up_one ovl_copy_up_file
 */
import { defineTable } from "../../sim/table";
import type { Micros } from "../../sim/types";
import { DONE, failure, type Kernel, type Result } from "../types";
import type { Ref } from "./types";

/** Making, describing and moving one thing into place take as long each, whatever its size. */
export const STEP_TIME: Micros = 30;
/** Reading a mebibyte below and writing it above. */
export const MIB_TIME: Micros = 500;
const MIB = 2 ** 20;

export type CopyUpStep = "create" | "data" | "attributes" | "rename";
const STEPS: readonly CopyUpStep[] = ["create", "data", "attributes", "rename"];

export interface CopyUpRow {
  readonly machine: string;
  /** The union file system, and what is copied up on it. */
  readonly sb: number;
  readonly what: string;
  /** The task whose call waits for it. */
  readonly task: number;
  readonly name: string;
  readonly from: Ref;
  /** Where it is staged: the work directory, or, without one, the directory it goes to. */
  readonly stage: Ref | null;
  readonly bytes: number;
  readonly began: Micros;
  readonly until: Micros;
}

export const copyUpTable = defineTable<CopyUpRow, "machine">({
  name: "linux.copyup",
  key: (row) => `${row.machine}/${row.sb}/${row.what}`,
  indexes: { machine: (row) => row.machine },
});

const dataTime = (bytes: number): Micros => Math.ceil((bytes / MIB) * MIB_TIME);
export const copyUpTime = (bytes: number): Micros => (STEPS.length - 1) * STEP_TIME + dataTime(bytes);

export interface CopyUpProgress {
  readonly bytes: number;
  readonly done: readonly CopyUpStep[];
  /** The step it is at; none when all are done. */
  readonly step?: CopyUpStep;
}

/** How far a copy has come at a time. */
export function copyUpProgress(row: Pick<CopyUpRow, "began" | "bytes">, now: Micros): CopyUpProgress {
  let left = now - row.began;
  const done: CopyUpStep[] = [];
  let bytes = 0;
  for (const step of STEPS) {
    const time = step === "data" ? dataTime(row.bytes) : STEP_TIME;
    if (step === "data" && left > 0) bytes = time === 0 ? row.bytes : Math.min(row.bytes, Math.floor((left / time) * row.bytes));
    if (left < time) return { bytes, done, step };
    left -= time;
    done.push(step);
  }
  return { bytes: row.bytes, done };
}

export type CopyUpWork = Pick<CopyUpRow, "sb" | "what" | "name" | "from" | "stage" | "bytes">;

/** Goes on once the time of a copy has passed; ERESTARTSYS until then. Nothing may have been changed before. */
export function spendCopyUp(kernel: Kernel, work: CopyUpWork): Result<true> {
  const { tx, machine, task } = kernel;
  if (task === undefined) return DONE;
  const key = `${machine}/${work.sb}/${work.what}`;
  const row = tx.read(copyUpTable).get(key);
  // One that nobody fetched when it was ready was given up, and begins anew.
  if (row !== undefined && tx.now >= row.until && (row.task === task || tx.now === row.until)) {
    tx.write(copyUpTable).delete(key);
    return DONE;
  }
  if (row === undefined || tx.now > row.until)
    tx.write(copyUpTable).put({ ...work, machine, task, began: tx.now, until: tx.now + copyUpTime(work.bytes) });
  return failure("ERESTARTSYS");
}

/** When a call that was told to be made again should be: when its copy is ready, or another's that it has to wait for. */
export function copyUpReady(kernel: Kernel): Micros {
  const rows = kernel.tx
    .read(copyUpTable)
    .by("machine", kernel.machine)
    .filter((row) => row.until > kernel.tx.now);
  const own = rows.filter((row) => row.task === kernel.task);
  const times = (own.length > 0 ? own : rows).map((row) => row.until);
  return times.length === 0 ? kernel.tx.now : Math.min(...times);
}
