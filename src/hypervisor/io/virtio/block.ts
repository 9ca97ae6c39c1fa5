/**
 * virtio-blk: requests in a queue, a header, data and a status byte each. Taking, serving and giving back are apart, so that a benchmark
 * can put the host's work and the drive's time between them.
 */
import type { DeviceContext, DeviceModel } from "../../types";
import { copyImage, type DiskImage, emptyImage, readSector, SECTOR, writeSector } from "../disk-image";
import { type Chain, give, read32, read64, take, wantKicks } from "./ring";
import { breakDown, copyTransport, has, readRegister, running, signal, type Transport, transport, VIRTIO_FEATURE, writeRegister } from "./transport";

export const VIRTIO_BLOCK_BASE = 0xfe00_0000;
export const VIRTIO_BLOCK_IRQ = 10;
export const BLOCK_TYPE = { in: 0, out: 1, flush: 4, getId: 8 } as const;
export const BLOCK_STATUS = { ok: 0, error: 1, unsupported: 2 } as const;

const NEVER = Number.MAX_SAFE_INTEGER;

export interface VirtioBlockState {
  transport: Transport;
  image: DiskImage;
  /** Guest cycles from the kick to the data. */
  service: number;
  /** Chains taken and not yet given back, oldest first. */
  flying: readonly Chain[];
  due: number;
  completed: number;
}

export const virtioBlockState = (image: DiskImage, service: number, messages = true): VirtioBlockState => ({
  transport: transport({
    deviceId: 2,
    irq: VIRTIO_BLOCK_IRQ,
    messages,
    offered: [VIRTIO_FEATURE.blockFlush, VIRTIO_FEATURE.indirect, VIRTIO_FEATURE.eventIndex, VIRTIO_FEATURE.version1],
    queues: 1,
    configuration: Array.from({ length: 8 }, (_, byte) => Math.floor(image.sectors / 2 ** (8 * byte)) % 256),
  }),
  image,
  service,
  flying: [],
  due: NEVER,
  completed: 0,
});

/** Takes every chain that is available; while any is in flight the device asks for no kick. */
export function takeRequests(state: VirtioBlockState, context: DeviceContext): readonly Chain[] {
  const queue = state.transport.queues[0];
  if (queue === undefined || !queue.ready) return [];
  const eventIndex = has(state.transport, VIRTIO_FEATURE.eventIndex);
  const chains: Chain[] = [];
  wantKicks(context, queue, false, eventIndex);
  for (let chain = take(context, queue); chain !== undefined; chain = take(context, queue)) {
    if (chain === "broken") {
      breakDown(state.transport);
      break;
    }
    chains.push(chain);
  }
  return chains;
}

/** The device sleeps: from here on it wants to be kicked. */
export function sleep(state: VirtioBlockState, context: DeviceContext): void {
  const queue = state.transport.queues[0];
  if (queue !== undefined) wantKicks(context, queue, true, has(state.transport, VIRTIO_FEATURE.eventIndex));
}

/**
 * Serves one request and gives its chain back.
 *
 * @rule hypervisor.io.virtio-block
 * @source VIRTIO 1.2 §5.2.6
 * Not modelled: discard, write zeroes, secure erase, topology, several queues, zones.
 */
export function serveRequest(state: VirtioBlockState, chain: Chain, context: DeviceContext): void {
  const queue = state.transport.queues[0];
  const [header, ...rest] = chain.parts;
  const status = rest.pop();
  if (queue === undefined || header === undefined || header.length < 16 || status === undefined || !status.writable)
    return breakDown(state.transport);
  const type = read32(context, header.address);
  let sector = read64(context, header.address + 8);
  let written = 0;
  let answer: number = BLOCK_STATUS.ok;
  for (const part of rest) {
    if (type !== BLOCK_TYPE.in && type !== BLOCK_TYPE.out) break;
    if (part.length % SECTOR !== 0 || sector + part.length / SECTOR > state.image.sectors || part.writable !== (type === BLOCK_TYPE.in)) {
      answer = BLOCK_STATUS.error;
      break;
    }
    for (let at = 0; at < part.length; at += SECTOR, sector++) {
      if (type === BLOCK_TYPE.in) {
        const bytes = readSector(state.image, sector);
        for (let byte = 0; byte < SECTOR; byte++) context.writeByte(part.address + at + byte, bytes.charCodeAt(byte));
        written += SECTOR;
      } else {
        let bytes = "";
        for (let byte = 0; byte < SECTOR; byte++) bytes += String.fromCharCode(context.readByte(part.address + at + byte) & 0xff);
        writeSector(state.image, sector, bytes);
      }
    }
  }
  if (type !== BLOCK_TYPE.in && type !== BLOCK_TYPE.out && type !== BLOCK_TYPE.flush) answer = BLOCK_STATUS.unsupported;
  context.writeByte(status.address, answer);
  give(context, queue, chain.head, written + 1);
  state.completed++;
}

function tick(state: VirtioBlockState, context: DeviceContext): void {
  const queue = state.transport.queues[0];
  state.due = NEVER;
  if (queue === undefined || !running(state.transport)) return;
  for (const chain of state.flying) serveRequest(state, chain, context);
  state.flying = [];
  signal(state.transport, queue, context);
  begin(state, context);
}

function begin(state: VirtioBlockState, context: DeviceContext): void {
  state.flying = takeRequests(state, context);
  if (state.flying.length > 0) state.due = context.now + state.service;
  else sleep(state, context);
}

export const virtioBlockModel: DeviceModel<VirtioBlockState> = {
  kind: "virtio-blk",
  ports: [],
  mmio: [[VIRTIO_BLOCK_BASE, VIRTIO_BLOCK_BASE + 0x200]],
  initial: () => virtioBlockState(emptyImage(2048), 30_000),
  copy: (state) => ({ ...state, transport: copyTransport(state.transport), image: copyImage(state.image) }),
  readPort: () => 0xffff_ffff,
  writePort: () => undefined,
  readMemory: (state, physical, width) => readRegister(state.transport, physical - VIRTIO_BLOCK_BASE, width),
  writeMemory(state, physical, _width, value, context) {
    const kicked = writeRegister(state.transport, physical - VIRTIO_BLOCK_BASE, value, context);
    if (kicked === 0 && state.flying.length === 0) begin(state, context);
    if (state.transport.status === 0) state.flying = [];
  },
  due: (state) => state.due,
  tick,
};
