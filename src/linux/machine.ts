/**
 * The actor that is a machine: it boots, gives its tasks their turns, and is where the outside world starts processes, strikes keys and reads
 * what was printed.
 *
 * The programs are given by whoever composes the world; the kernel knows none but the first process.
 */
import { defineTable } from "../sim/table";
import type { Actor, Message, Tx } from "../sim/types";
import { boot, type BootOptions } from "./boot";
import { nextChange, settle } from "./cgroup/cpu-scheduler";
import { burstTable } from "./cgroup/cpu-table";
import { cgroup1 } from "./cgroup/v1-mount";
import { cgroup2 } from "./cgroup/cgroupfs";
import { aufs } from "./fs/aufs/aufs";
import { overlay } from "./fs/overlay/overlay";
import { tmpfs } from "./fs/tmpfs";
import type { FileSystemType } from "./fs/types";
import { unionfs } from "./fs/unionfs/unionfs";
import { mqueue } from "./ipc/mqueue";
import { pipefs } from "./ipc/pipe";
import { neighbourTime, type NeighbourMessage } from "./net/arp";
import { arrive, type FrameMessage } from "./net/frame";
import { tcpTime, type TcpMessage } from "./net/tcp";
import { nsfs } from "./proc/nsfs";
import { procfs } from "./proc/procfs";
import { type FeedMessage, feed, type StartMessage, startFromOutside } from "./process/outside";
import { processPort } from "./process/port";
import { type Programs, runSlice, timeCame, type TimeMessage } from "./process/run";
import type { SliceMessage } from "./process/wake";
import { resize, strike } from "./process/device";
import type { Program } from "./program";
import type { Kernel } from "./types";

/** What `mount -t` knows. */
export const FILE_SYSTEMS: Readonly<Record<string, FileSystemType>> = {
  tmpfs,
  overlay,
  aufs,
  unionfs,
  proc: procfs,
  mqueue,
  nsfs,
  pipefs,
  cgroup: cgroup1,
  cgroup2,
};

interface BootMessage extends Message, BootOptions {
  readonly type: "boot";
}

/** Keys struck at a terminal. */
interface KeysMessage extends Message {
  readonly type: "keys";
  readonly terminal: number;
  readonly keys: string;
}

/** A terminal's window was made larger or smaller. */
interface ResizeMessage extends Message {
  readonly type: "resize";
  readonly terminal: number;
  readonly columns: number;
  readonly rows: number;
}

export type MachineMessage =
  | BootMessage
  | SliceMessage
  | TimeMessage
  | StartMessage
  | FeedMessage
  | KeysMessage
  | ResizeMessage
  | ProcessorMessage
  | FrameMessage
  | NeighbourMessage
  | TcpMessage;

/** The first process: it waits for children, its own and adopted ones, for ever. */
const init: Program = (system) => {
  for (;;) {
    system.mark(null);
    if (!system.wait4(-1, {}).ok) system.pause();
  }
};

interface MachineRow {
  readonly machine: string;
  readonly booted: number;
}
const machineTable = defineTable<MachineRow>({ name: "linux.machine", key: (row) => row.machine });

interface ProcessorRow {
  readonly machine: string;
  readonly at: number;
  readonly timer: number;
}
const processorTable = defineTable<ProcessorRow>({ name: "linux.processor", key: (row) => row.machine });

/** The time has come to deal out the processor anew. */
interface ProcessorMessage extends Message {
  readonly type: "processor";
}

export function machineActor(programs: Programs, fileSystems: Readonly<Record<string, FileSystemType>> = FILE_SYSTEMS): Actor {
  const known: Programs = { init, ...programs };
  return {
    kind: "machine",
    receive: (tx: Tx, machine: string, message: Message): void => {
      const kernel: Kernel = { tx, machine, fileSystems, types: [], processes: processPort };
      receive(kernel, known, message as MachineMessage);
      watchProcessor(kernel);
    },
  };
}

/** Looks again when the processor's time is to be dealt out anew. */
function watchProcessor(kernel: Kernel): void {
  const row = kernel.tx.read(processorTable).get(kernel.machine);
  const busy = kernel.tx.read(burstTable).countBy("machine", kernel.machine) > 0;
  const next = busy ? nextChange(kernel) : undefined;
  if (row?.at === next) return;
  if (row !== undefined) kernel.tx.cancel(row.timer);
  if (next === undefined) return kernel.tx.write(processorTable).delete(kernel.machine);
  const timer = kernel.tx.send(`machine/${kernel.machine}`, { type: "processor" }, next - kernel.tx.now);
  kernel.tx.write(processorTable).put({ machine: kernel.machine, at: next, timer });
}

function receive(kernel: Kernel, programs: Programs, message: MachineMessage): void {
  if (message.type === "boot") {
    kernel.tx.write(machineTable).put({ machine: kernel.machine, booted: kernel.tx.now });
    return boot(kernel, message);
  }
  if (!kernel.tx.read(machineTable).has(kernel.machine)) return;
  switch (message.type) {
    case "slice":
      return runSlice(kernel, programs, message.task);
    case "time":
      return timeCame(kernel, programs, message.task);
    case "processor":
      kernel.tx.write(processorTable).delete(kernel.machine);
      settle(kernel);
      return;
    case "frame":
      return arrive(kernel, message.frame);
    case "neighbour":
      return neighbourTime(kernel, message.device, message.address);
    case "tcp":
      return tcpTime(kernel, message.socket);
    case "start":
      return startFromOutside(kernel, message);
    case "feed":
      return feed(kernel, message);
    case "keys":
      return strike(kernel, message.terminal, message.keys);
    case "resize":
      return resize(kernel, message.terminal, message.columns, message.rows);
  }
}
