/**
 * A plain network adapter, driven by registers: a packet out costs three accesses (address; length, which sends; acknowledgement).
 * Ports 0x300–0x30f, line 11. Frames that come in are copied to the buffer the driver has set, one at a time.
 */
import type { DeviceContext, DeviceModel, Width } from "../types";

export const NIC_IRQ = 11;
export const NIC = {
  /** 32 bits: where the frame to send lies. */
  sendAddress: 0x300,
  /** 16 bits: its length; writing it sends. */
  sendLength: 0x304,
  /** Read: what has happened (1 sent, 2 received); reading clears it and lowers the line. */
  status: 0x308,
  /** 32 bits: where the next frame may be put; writing it gives the buffer to the adapter. */
  receiveAddress: 0x30a,
  /** 16 bits: length of the frame that was put there. */
  receiveLength: 0x30e,
} as const;
export const NIC_STATUS = { sent: 1, received: 2 } as const;

const NEVER = Number.MAX_SAFE_INTEGER;
const LONGEST = 1514;

export interface NicState {
  /** Guest cycles that a frame takes. */
  service: number;
  /** Every frame that is sent comes back, as from a loopback plug. */
  echo: boolean;
  sendAddress: number;
  sendLength: number;
  receiveAddress: number;
  receiveLength: number;
  status: number;
  due: number;
  /** Frames that wait for a buffer, oldest first, as Latin-1. */
  waiting: readonly string[];
  sent: number;
  sentBytes: number;
  last: string;
  dropped: number;
}

export const nicState = (service: number, echo = false): NicState => ({
  service,
  echo,
  sendAddress: 0,
  sendLength: 0,
  receiveAddress: 0,
  receiveLength: 0,
  status: 0,
  due: NEVER,
  waiting: [],
  sent: 0,
  sentBytes: 0,
  last: "",
  dropped: 0,
});

/** A frame from the wire; with sixteen waiting the next is lost. */
export function arrive(state: NicState, frame: string, context: DeviceContext): void {
  if (state.waiting.length >= 16) state.dropped++;
  else state.waiting = [...state.waiting, frame.slice(0, LONGEST)];
  deliver(state, context);
}

function deliver(state: NicState, context: DeviceContext): void {
  const [frame, ...rest] = state.waiting;
  if (frame === undefined || state.receiveAddress === 0) return;
  for (let at = 0; at < frame.length; at++) context.writeByte(state.receiveAddress + at, frame.charCodeAt(at));
  state.waiting = rest;
  state.receiveLength = frame.length;
  state.receiveAddress = 0;
  state.status |= NIC_STATUS.received;
  context.line(NIC_IRQ, true);
}

function writePort(state: NicState, port: number, _width: Width, value: number, context: DeviceContext): void {
  if (port === NIC.sendAddress) state.sendAddress = value >>> 0;
  else if (port === NIC.receiveAddress) {
    state.receiveAddress = value >>> 0;
    deliver(state, context);
  } else if (port === NIC.sendLength && state.due === NEVER) {
    state.sendLength = Math.min(value & 0xffff, LONGEST);
    state.due = context.now + state.service;
  }
}

function readPort(state: NicState, port: number, _width: Width, context: DeviceContext): number {
  if (port === NIC.receiveLength) return state.receiveLength;
  if (port !== NIC.status) return 0xffff_ffff;
  const status = state.status;
  state.status = 0;
  context.line(NIC_IRQ, false);
  return status;
}

/**
 * The frame leaves; the adapter says so by its line.
 *
 * @rule hypervisor.io.nic
 * @source an adapter of our own, in the manner of the NE2000: registers only, no rings
 * Not modelled: addresses and filters, multicast, checksums, link state, collisions.
 */
function tick(state: NicState, context: DeviceContext): void {
  state.due = NEVER;
  let frame = "";
  for (let at = 0; at < state.sendLength; at++) frame += String.fromCharCode(context.readByte(state.sendAddress + at) & 0xff);
  state.last = frame;
  state.sent++;
  state.sentBytes += frame.length;
  state.status |= NIC_STATUS.sent;
  context.line(NIC_IRQ, true);
  if (state.echo) arrive(state, frame, context);
}

export const nicModel: DeviceModel<NicState> = {
  kind: "nic",
  ports: [[0x300, 0x310]],
  initial: () => nicState(4500),
  copy: (state) => ({ ...state }),
  readPort,
  writePort,
  due: (state) => state.due,
  tick,
};
