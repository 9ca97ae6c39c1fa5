/**
 * virtio-net: queue 0 receives, queue 1 sends; each frame has a header of twelve bytes before it. Sending many frames for one kick is
 * what makes it cheap.
 */
import type { DeviceContext, DeviceModel } from "../../types";
import { type Chain, give, take, wantKicks } from "./ring";
import { breakDown, copyTransport, has, readRegister, signal, type Transport, transport, VIRTIO_FEATURE, writeRegister } from "./transport";

export const VIRTIO_NET_BASE = 0xfe00_1000;
export const VIRTIO_NET_IRQ = 9;
const HEADER = 12;
const NEVER = Number.MAX_SAFE_INTEGER;
const RECEIVE = 0;
const SEND = 1;

export interface VirtioNetState {
  transport: Transport;
  /** Guest cycles from the kick to the frames' having left. */
  service: number;
  echo: boolean;
  flying: readonly Chain[];
  due: number;
  /** Frames that wait for a buffer. */
  waiting: readonly string[];
  sent: number;
  sentBytes: number;
  last: string;
  dropped: number;
}

export const virtioNetState = (service: number, echo = false, messages = true): VirtioNetState => ({
  transport: transport({
    deviceId: 1,
    irq: VIRTIO_NET_IRQ,
    messages,
    offered: [VIRTIO_FEATURE.netMac, VIRTIO_FEATURE.indirect, VIRTIO_FEATURE.eventIndex, VIRTIO_FEATURE.version1],
    queues: 2,
    configuration: [0x52, 0x54, 0x00, 0x12, 0x34, 0x56],
  }),
  service,
  echo,
  flying: [],
  due: NEVER,
  waiting: [],
  sent: 0,
  sentBytes: 0,
  last: "",
  dropped: 0,
});

/** A frame from the wire, into the next buffer the driver has offered; 256 may wait. */
export function receiveFrame(state: VirtioNetState, frame: string, context: DeviceContext): void {
  if (state.waiting.length >= 256) state.dropped++;
  else state.waiting = [...state.waiting, frame];
  deliver(state, context);
}

function deliver(state: VirtioNetState, context: DeviceContext): void {
  const queue = state.transport.queues[RECEIVE];
  if (queue === undefined || !queue.ready) return;
  while (state.waiting.length > 0) {
    const chain = take(context, queue);
    if (chain === undefined) break;
    if (chain === "broken") return breakDown(state.transport);
    const bytes = "\0".repeat(HEADER) + (state.waiting[0] ?? "");
    let at = 0;
    for (const part of chain.parts)
      for (let byte = 0; byte < part.length && at < bytes.length; byte++, at++) context.writeByte(part.address + byte, bytes.charCodeAt(at));
    state.waiting = state.waiting.slice(1);
    give(context, queue, chain.head, at);
  }
  wantKicks(context, queue, state.waiting.length > 0, has(state.transport, VIRTIO_FEATURE.eventIndex));
  signal(state.transport, queue, context);
}

/** Takes every frame that waits to be sent. */
export function takeFrames(state: VirtioNetState, context: DeviceContext): readonly Chain[] {
  const queue = state.transport.queues[SEND];
  if (queue === undefined || !queue.ready) return [];
  const chains: Chain[] = [];
  wantKicks(context, queue, false, has(state.transport, VIRTIO_FEATURE.eventIndex));
  for (let chain = take(context, queue); chain !== undefined; chain = take(context, queue)) {
    if (chain === "broken") {
      breakDown(state.transport);
      break;
    }
    chains.push(chain);
  }
  return chains;
}

/** From here on the device wants to be kicked for frames to send. */
export function sleepSending(state: VirtioNetState, context: DeviceContext): void {
  const queue = state.transport.queues[SEND];
  if (queue !== undefined) wantKicks(context, queue, true, has(state.transport, VIRTIO_FEATURE.eventIndex));
}

/**
 * A frame leaves: the chain's bytes behind the header.
 *
 * @rule hypervisor.io.virtio-net
 * @source VIRTIO 1.2 §5.1.6 (without offloads: 12 bytes of header, all zero)
 * Not modelled: checksum and segmentation offload, mergeable buffers, control queue, several pairs of queues.
 */
export function sendFrame(state: VirtioNetState, chain: Chain, context: DeviceContext): void {
  const queue = state.transport.queues[SEND];
  if (queue === undefined) return;
  let bytes = "";
  for (const part of chain.parts) for (let at = 0; at < part.length; at++) bytes += String.fromCharCode(context.readByte(part.address + at) & 0xff);
  const frame = bytes.slice(HEADER);
  state.sent++;
  state.sentBytes += frame.length;
  state.last = frame;
  give(context, queue, chain.head, 0);
  if (state.echo) receiveFrame(state, frame, context);
}

function begin(state: VirtioNetState, context: DeviceContext): void {
  state.flying = takeFrames(state, context);
  if (state.flying.length > 0) state.due = context.now + state.service;
  else sleepSending(state, context);
}

function tick(state: VirtioNetState, context: DeviceContext): void {
  const queue = state.transport.queues[SEND];
  state.due = NEVER;
  if (queue === undefined) return;
  for (const chain of state.flying) sendFrame(state, chain, context);
  state.flying = [];
  signal(state.transport, queue, context);
  begin(state, context);
}

export const virtioNetModel: DeviceModel<VirtioNetState> = {
  kind: "virtio-net",
  ports: [],
  mmio: [[VIRTIO_NET_BASE, VIRTIO_NET_BASE + 0x200]],
  initial: () => virtioNetState(4500),
  copy: (state) => ({ ...state, transport: copyTransport(state.transport) }),
  readPort: () => 0xffff_ffff,
  writePort: () => undefined,
  readMemory: (state, physical, width) => readRegister(state.transport, physical - VIRTIO_NET_BASE, width),
  writeMemory(state, physical, _width, value, context) {
    const kicked = writeRegister(state.transport, physical - VIRTIO_NET_BASE, value, context);
    if (kicked === SEND && state.flying.length === 0) begin(state, context);
    if (kicked === RECEIVE) deliver(state, context);
    if (state.transport.status === 0) state.flying = [];
  },
  due: (state) => state.due,
  tick,
};
