/**
 * Devices with rings: on bare metal and with passthrough or SR-IOV the device itself takes from the ring, with virtio a thread of the VMM
 * does, with vhost one of the host's kernel. The ring, the driver and the serving of requests are the same functions in all of them.
 *
 * The real device is given the same ring interface here, as drives and adapters with queues have it (some are virtio devices in hardware).
 */
import { board, contextOf, plug } from "../board";
import { readSector } from "../disk-image";
import { type Registers, registersOf } from "../driver/registers";
import { addBlock, addFrame, kick, setUpVirtio, type VirtioDriver } from "../driver/virtio";
import { serveRequest, sleep, takeRequests, VIRTIO_BLOCK_BASE, virtioBlockModel, virtioBlockState } from "../virtio/block";
import { sendFrame, sleepSending, takeFrames, VIRTIO_NET_BASE, virtioNetModel, virtioNetState } from "../virtio/net";
import { type Chain, collect, type DriverQueue, type Queue, wantInterrupts } from "../virtio/ring";
import { signal, type Transport, VIRTIO, writeRegister } from "../virtio/transport";
import { type DmaPath, dmaPath } from "./dma";
import { testImage } from "./pattern";
import { copyBytes, type Cursor, deviceWorks, later, type Run, slept, spend } from "./run";
import { deliver, rest, trip } from "./vcpu";

const RINGS = 0x1000;
const HEADERS = 0x8000;
const BUFFERS = 0x1_0000;
const RING_SIZE = 256;
const FRAME_HEADER = 12;

/** A device behind a ring, and the driver's part that belongs to it. */
interface Ringed {
  readonly registers: Registers;
  readonly driver: VirtioDriver;
  readonly queue: DriverQueue;
  /** Number of the queue that is kicked. */
  readonly index: number;
  readonly transport: Transport;
  readonly deviceQueue: Queue;
  readonly dma: DmaPath;
  add(request: number, slot: number): number | undefined;
  take(): readonly Chain[];
  sleep(): void;
  serve(chain: Chain): void;
  /** Whether what the request should have moved has been moved. */
  check(request: number, slot: number): boolean;
}

const slotBytes = (run: Run): number => Math.ceil((run.workload.bytes + FRAME_HEADER) / 4096) * 4096;

function block(run: Run): Ringed {
  const { bytes, depth, write } = run.workload;
  const sectors = bytes / 512;
  const state = virtioBlockState(testImage(sectors * 16), 0);
  const on = board(BUFFERS + depth * slotBytes(run), [plug(virtioBlockModel, state)]);
  const registers = registersOf(on);
  const driver = setUpVirtio(registers, { base: VIRTIO_BLOCK_BASE, memory: RINGS, sizes: [RING_SIZE], eventIndex: run.knobs.eventIndex });
  const dma = dmaPath(run, contextOf(on), on.memory.length);
  const deviceQueue = state.transport.queues[0];
  const queue = driver?.queues[0];
  if (driver === undefined || queue === undefined || deviceQueue === undefined) throw new Error("the device refuses its own driver");
  const sectorOf = (request: number): number => (request % 16) * sectors;
  const bufferOf = (slot: number): number => BUFFERS + slot * slotBytes(run);
  return {
    registers,
    driver,
    queue,
    index: 0,
    transport: state.transport,
    deviceQueue,
    dma,
    add(request, slot) {
      if (!write) on.memory.fill(0, bufferOf(slot), bufferOf(slot) + bytes);
      return addBlock(registers, driver, { write, sector: sectorOf(request), bytes, buffer: bufferOf(slot), header: HEADERS + slot * 32 });
    },
    take: () => takeRequests(state, dma.context),
    sleep: () => sleep(state, dma.context),
    serve: (chain) => serveRequest(state, chain, dma.context),
    check(request, slot) {
      if (on.memory[HEADERS + slot * 32 + 16] !== 0) return false;
      for (let at = 0; at < bytes; at++) {
        const expected = readSector(state.image, sectorOf(request) + Math.floor(at / 512)).charCodeAt(at % 512);
        if (on.memory[bufferOf(slot) + at] !== expected) return false;
      }
      return true;
    },
  };
}

function net(run: Run): Ringed {
  const { bytes, depth } = run.workload;
  const state = virtioNetState(0);
  const on = board(BUFFERS + depth * slotBytes(run), [plug(virtioNetModel, state)]);
  const registers = registersOf(on);
  const sizes = [16, RING_SIZE];
  const driver = setUpVirtio(registers, { base: VIRTIO_NET_BASE, memory: RINGS, sizes, eventIndex: run.knobs.eventIndex });
  const dma = dmaPath(run, contextOf(on), on.memory.length);
  const deviceQueue = state.transport.queues[1];
  const queue = driver?.queues[1];
  if (driver === undefined || queue === undefined || deviceQueue === undefined) throw new Error("the device refuses its own driver");
  return {
    registers,
    driver,
    queue,
    index: 1,
    transport: state.transport,
    deviceQueue,
    dma,
    add: (_request, slot) => addFrame(registers, driver, BUFFERS + slot * slotBytes(run), bytes + FRAME_HEADER),
    take: () => takeFrames(state, dma.context),
    sleep: () => sleepSending(state, dma.context),
    serve: (chain) => sendFrame(state, chain, dma.context),
    check: () => state.sentBytes === state.sent * bytes,
  };
}

/** Runs all requests through a ring; whether all data came through is asked afterwards. */
export function runRings(run: Run): () => boolean {
  const device = run.workload.device === "disk" ? block(run) : net(run);
  const { requests, depth, batch } = run.workload;
  const hardware = run.knobs.path === "bare-metal" || run.knobs.path === "passthrough" || run.knobs.path === "sr-iov";
  const slots = Array.from({ length: depth }, (_, slot) => slot);
  const flying = new Map<number, { readonly request: number; readonly slot: number }>();
  let done: { at: number; chain: Chain }[] = [];
  let good = true;
  let finished = 0;

  const requestOf = (chain: Chain): number => flying.get(chain.head)?.request ?? 0;

  /** What is done by now is given back; the guest hears of it when it wants to. */
  const complete = (cursor: Cursor): void => {
    const ready = done.filter((each) => each.at <= cursor.now);
    const first = ready[0];
    if (first === undefined) return;
    done = done.filter((each) => each.at > cursor.now);
    cursor.request = requestOf(first.chain);
    if (!hardware) hostCompletes(run, cursor, ready.length);
    for (const { chain } of ready) device.serve(chain);
    if (!signal(device.transport, device.deviceQueue, device.dma.context)) return;
    if (run.knobs.path === "virtio") spend(run, cursor, "host kernel", "host syscall", "syscall");
    deliver(run, cursor.now, cursor.request, hardware, handle);
  };

  const start = (from: Cursor, chain: Chain): void => {
    const cursor: Cursor = { now: from.now, request: requestOf(chain) };
    if (run.knobs.path === "passthrough" || run.knobs.path === "sr-iov") spend(run, cursor, "device", "remap", "iotlb");
    const at = deviceWorks(run, cursor.now, cursor.request);
    done.push({ at, chain });
    later(run, hardware ? "device" : "worker", at, complete);
  };

  /** A real device takes what the doorbell announces at once. */
  const announced = (cursor: Cursor): void => {
    for (const chain of device.take()) start(cursor, chain);
    device.sleep();
  };

  /** The worker empties the ring and looks again; it wants to be kicked only when it has found nothing. */
  const backend = (cursor: Cursor, first: boolean): void => {
    const woken = slept(run, "worker", cursor);
    const chains = device.take();
    cursor.request = chains[0] === undefined ? 0 : requestOf(chains[0]);
    if (first && woken) spend(run, cursor, "host kernel", "wake worker", "wakeup");
    if (first && run.knobs.path === "virtio") spend(run, cursor, "vmm process", "lock", "modelLock");
    if (chains.length === 0) return device.sleep();
    hostTakes(run, cursor, chains, requestOf);
    for (const chain of chains) {
      cursor.request = requestOf(chain);
      spend(run, cursor, "host kernel", "host driver", run.workload.device === "net" ? "hostNet" : "hostBlock");
      start(cursor, chain);
    }
    later(run, "worker", cursor.now, (again) => backend(again, false));
  };

  /** The doorbell: an exit for virtual devices, a write through to real ones. */
  const ring = (cursor: Cursor): Registers => ({
    ...device.registers,
    store(address, _width, value) {
      run.kicks++;
      const register = { at: address, write: true, access: 1 };
      const tell = (): void => void writeRegister(device.transport, VIRTIO.notify, value, device.dma.context);
      if (hardware) {
        spend(run, cursor, "guest kernel", "doorbell", "doorbell", { register });
        tell();
        announced(cursor);
        return;
      }
      trip(run, cursor, "EPT_MISCONFIG", "hypervisor", register, () => {
        tell();
        later(run, "worker", cursor.now, (then) => backend(then, true));
      });
    },
  });

  const room = (): boolean => run.started.length < requests && slots.length >= Math.min(batch, requests - run.started.length);

  /** One batch into the ring and one doorbell; what still has room comes after, so that others may act between. */
  const submit = (cursor: Cursor): void => {
    if (!room()) return;
    const count = Math.min(batch, requests - run.started.length);
    for (let index = 0; index < count; index++) {
      const request = run.started.length;
      const slot = slots.shift() ?? 0;
      cursor.request = request;
      run.started.push(cursor.now);
      spend(run, cursor, "guest user", "call", "guestCall");
      spend(run, cursor, "guest kernel", "submit", run.workload.device === "net" ? "guestNet" : "guestBlock");
      spend(run, cursor, "guest kernel", "ring", "driverRing");
      const head = device.add(request, slot);
      if (head === undefined) throw new Error("the ring is full");
      flying.set(head, { request, slot });
    }
    listen();
    kick(ring(cursor), device.driver, device.index);
    if (!room()) return;
    later(run, "vcpu", cursor.now, (then) => {
      submit(then);
      rest(run, then);
    });
  };
  const listen = (): void => wantInterrupts(device.registers, device.queue, Math.max(1, Math.min(flying.size, batch)), run.knobs.eventIndex);

  const gather = (cursor: Cursor): void => {
    for (const { head } of collect(device.registers, device.queue)) {
      const found = flying.get(head);
      if (found === undefined) throw new Error("a chain came back twice");
      flying.delete(head);
      good &&= device.check(found.request, found.slot);
      slots.push(found.slot);
      finished++;
      run.finished[found.request] = cursor.now;
    }
  };
  const handle = (cursor: Cursor): void => {
    gather(cursor);
    if (flying.size > 0) listen();
    submit(cursor);
  };

  later(run, "vcpu", 0, (cursor) => {
    submit(cursor);
    rest(run, cursor);
  });
  return () => good && finished === requests && device.dma.faults() === 0;
}

/** The host's side of taking chains: translate buffers; a packet is copied on its way out, a block is not. */
function hostTakes(run: Run, cursor: Cursor, chains: readonly Chain[], requestOf: (chain: Chain) => number): void {
  const user = run.knobs.path === "virtio";
  for (const chain of chains) {
    cursor.request = requestOf(chain);
    spend(run, cursor, user ? "vmm process" : "host kernel", "take chain", "ringModel");
    if (run.workload.device === "net") copyBytes(run, cursor, "host kernel", run.workload.bytes);
  }
  if (user) spend(run, cursor, "host kernel", "host syscall", "syscall");
}

/** The host's side of completion: its interrupt, and with virtio the VMM's thread wakes to pass it on. */
function hostCompletes(run: Run, cursor: Cursor, count: number): void {
  const woken = slept(run, "worker", cursor);
  spend(run, cursor, "host kernel", "host interrupt", "interruptHost");
  if (run.knobs.path === "virtio") {
    if (woken) spend(run, cursor, "host kernel", "wake worker", "wakeup");
    spend(run, cursor, "vmm process", "lock", "modelLock");
  }
  spend(run, cursor, run.knobs.path === "virtio" ? "vmm process" : "host kernel", "model", "registerModel", { times: count });
}
