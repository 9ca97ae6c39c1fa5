/**
 * Emulated devices: the guest's driver touches registers, each touch is an exit, and the model behind it is the same that sits behind the
 * simulated processor's ports. Such a device works on one request at a time.
 */
import { advance, type Board, board, nextDue, plug } from "../board";
import { readSector } from "../disk-image";
import { finishDma, type IdeRequest, readWords, startDma, startWords } from "../driver/ide";
import { acknowledgeSent, sendPacket } from "../driver/nic";
import { type Registers, registersOf } from "../driver/registers";
import { ideModel, ideState } from "../ide";
import { nicModel, nicState } from "../nic";
import { testImage } from "./pattern";
import { copyBytes, type Cursor, deviceWorks, later, type Run, slept, spend } from "./run";
import { deliver, rest, trip } from "./vcpu";

const NEVER = Number.MAX_SAFE_INTEGER;
const BUFFER = 0x1_0000;
const TABLE = 0x1000;

/** What the emulated device must do to be whole: start, go on, and be looked at afterwards. */
interface Emulated {
  readonly on: Board;
  /** The driver begins a request. */
  begin(registers: Registers, request: number): void;
  /** After an interrupt; whether the request is done. */
  after(registers: Registers): boolean;
  intact(): boolean;
}

/** The driver's registers with an exit for each access; `started` is told when the device has begun to work. */
function trapped(run: Run, cursor: Cursor, on: Board, started: (cursor: Cursor) => void): Registers {
  const direct = registersOf(on);
  const access = (at: number, write: boolean, act: () => number): number => {
    let value = 0;
    run.accesses++;
    trip(run, cursor, "IO_INSTRUCTION", run.knobs.deviceModel, { at, write, access: run.accesses }, () => {
      const before = nextDue(on);
      value = act();
      if (before === NEVER && nextDue(on) !== NEVER) started(cursor);
    });
    return value;
  };
  const nothing = (write: () => void): number => {
    write();
    return 0;
  };
  return {
    ...direct,
    in: (port, width) => access(port, false, () => direct.in(port, width)),
    out: (port, width, value) => void access(port, true, () => nothing(() => direct.out(port, width, value))),
  };
}

/** The request leaves the model: through the host's kernel to the real device. */
function toDevice(run: Run, cursor: Cursor, ready: (cursor: Cursor) => void): void {
  const net = run.workload.device === "net";
  const user = run.knobs.deviceModel === "user";
  if (net) copyBytes(run, cursor, user ? "vmm process" : "cpu root mode", run.workload.bytes);
  if (user) spend(run, cursor, "host kernel", "host syscall", "syscall");
  if (net && user) copyBytes(run, cursor, "host kernel", run.workload.bytes);
  spend(run, cursor, "host kernel", "host driver", net ? "hostNet" : "hostBlock");
  const { request } = cursor;
  later(run, "worker", deviceWorks(run, cursor.now, request), (then) => {
    then.request = request;
    const woken = slept(run, "worker", then);
    spend(run, then, "host kernel", "host interrupt", "interruptHost");
    if (user && woken) spend(run, then, "host kernel", "wake worker", "wakeup");
    ready(then);
  });
}

/** The model finishes (data moves, the line rises) and the guest is interrupted. */
function finish(run: Run, cursor: Cursor, device: Emulated, handle: (cursor: Cursor) => void): void {
  const user = run.knobs.deviceModel === "user";
  if (user) spend(run, cursor, "vmm process", "lock", "modelLock");
  spend(run, cursor, user ? "vmm process" : "cpu root mode", "model", "registerModel");
  const before = [...device.on.edges.values()].reduce((sum, edges) => sum + edges, 0);
  advance(device.on, nextDue(device.on));
  const after = [...device.on.edges.values()].reduce((sum, edges) => sum + edges, 0);
  if (after === before) return;
  if (user) spend(run, cursor, "host kernel", "host syscall", "syscall");
  deliver(run, cursor.now, cursor.request, false, handle);
}

/** Runs all requests, one after another, through an emulated device. */
export function runEmulated(run: Run): () => boolean {
  const device = run.workload.device === "disk" ? disk(run) : adapter(run);
  const net = run.workload.device === "net";
  const submit = (cursor: Cursor): void => {
    const request = run.started.length;
    cursor.request = request;
    run.started.push(cursor.now);
    run.accesses = 0;
    spend(run, cursor, "guest user", "call", "guestCall");
    spend(run, cursor, "guest kernel", "submit", net ? "guestNet" : "guestBlock");
    device.begin(
      trapped(run, cursor, device.on, (at) => toDevice(run, at, (then) => finish(run, then, device, handle))),
      request,
    );
  };
  const handle = (cursor: Cursor): void => {
    // Sectors after the first are in the model's buffer: no device, but an interrupt each.
    const again = (at: Cursor): void => {
      const { request } = at;
      later(run, "worker", at.now, (then) => {
        then.request = request;
        finish(run, then, device, handle);
      });
    };
    if (!device.after(trapped(run, cursor, device.on, again))) return;
    run.finished[cursor.request] = cursor.now;
    if (run.started.length < run.workload.requests) submit(cursor);
  };
  later(run, "vcpu", 0, (cursor) => {
    submit(cursor);
    rest(run, cursor);
  });
  return () => device.intact();
}

function disk(run: Run): Emulated {
  const sectors = run.workload.bytes / 512;
  const state = ideState(testImage(sectors * 16), 0);
  const on = board(BUFFER + run.workload.bytes, [plug(ideModel, state)]);
  const words = run.knobs.transfer === "words" && !run.workload.write;
  let current: IdeRequest = { write: run.workload.write, sector: 0, sectors, buffer: BUFFER, table: TABLE };
  let sector = 0;
  let good = true;
  const check = (): void => {
    for (let at = 0; at < run.workload.bytes; at++) {
      const expected = readSector(state.image, current.sector + Math.floor(at / 512)).charCodeAt(at % 512);
      if (on.memory[BUFFER + at] !== expected) good = false;
    }
  };
  return {
    on,
    begin(registers, request) {
      current = { ...current, sector: (request % 16) * sectors };
      sector = 0;
      if (!run.workload.write) on.memory.fill(0, BUFFER);
      if (words) startWords(registers, current);
      else startDma(registers, current);
    },
    after(registers) {
      good &&= words ? readWords(registers, BUFFER + sector * 512) : finishDma(registers);
      sector += words ? 1 : sectors;
      if (sector < sectors) return false;
      check();
      return true;
    },
    intact: () => good && state.completed === run.workload.requests,
  };
}

function adapter(run: Run): Emulated {
  const state = nicState(0);
  const on = board(BUFFER + run.workload.bytes, [plug(nicModel, state)]);
  let good = true;
  return {
    on,
    begin: (registers) => sendPacket(registers, BUFFER, run.workload.bytes),
    after(registers) {
      good &&= acknowledgeSent(registers);
      return true;
    },
    intact: () => good && state.sent === run.workload.requests && state.sentBytes === run.workload.requests * run.workload.bytes,
  };
}
