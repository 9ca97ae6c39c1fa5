/**
 * Waiting for one of several descriptors.
 *
 * @rule linux.net.poll
 * @source linux@6.12 fs/select.c do_sys_poll
 */
import { pipeReady } from "../ipc/pipe";
import { fileOf } from "../process/descriptor";
import { terminalOf } from "../process/device";
import { callBegan } from "../process/wake";
import { type Kernel, type Outcome, value } from "../types";
import { findSocket, queueOf } from "./socket";

export interface Polled {
  readonly fd: number;
  readonly read: boolean;
  readonly write: boolean;
}

const ROOM = 65_536;

interface Readiness extends Polled {
  readonly queues: readonly string[];
}

function readiness(kernel: Kernel, task: number, fd: number): Readiness {
  const always = { fd, read: true, write: true, queues: [] };
  const found = fileOf(kernel, task, fd);
  if (!found.ok) return always;
  const file = found.value;
  if (file.socket !== undefined) {
    const row = findSocket(kernel, file.socket);
    if (row === undefined) return always;
    const read = row.received !== "" || row.ended || row.datagrams.length > 0 || row.ready.length > 0 || row.error !== undefined || row.shutRead;
    const write =
      row.type === "udp" ||
      row.error !== undefined ||
      ((row.state === "ESTAB" || row.state === "CLOSE-WAIT") && (row.tcp?.buffer.length ?? 0) < ROOM);
    return { fd, read, write, queues: [queueOf(row.id)] };
  }
  const terminal = file.kind === "char" ? terminalOf(kernel, task, file) : undefined;
  if (terminal !== undefined) return { fd, read: terminal.ready !== "" || terminal.ended, write: true, queues: [`terminal/${terminal.id}`] };
  if (file.kind === "fifo") return { fd, ...pipeReady(kernel, file.path.ref) };
  return always;
}

/** The descriptors that are ready; none when the time is over first. A negative time waits for ever. */
export function poll(
  kernel: Kernel,
  task: number,
  wanted: readonly { readonly fd: number; readonly write?: boolean }[],
  micros: number,
): Outcome<readonly Polled[]> {
  const states = wanted.map(({ fd, write }) => ({ ...readiness(kernel, task, fd), wantsWrite: write === true }));
  const ready = states.filter(({ read, write, wantsWrite }) => (wantsWrite ? write : read));
  if (ready.length > 0) return value(ready.map(({ fd, read, write }) => ({ fd, read, write })));
  const until = callBegan(kernel, task) + micros;
  if (micros >= 0 && kernel.tx.now >= until) return value([]);
  const queues = states.flatMap((state) => state.queues);
  return { blocked: micros < 0 ? { queues } : { queues, until } };
}
