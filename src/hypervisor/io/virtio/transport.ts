/**
 * A virtio device's registers in memory (virtio-mmio, version 2): features, queues, notification, interrupt, status, configuration.
 * With `messages` an interrupt is a message and needs no acknowledgement, as MSI-X does for virtio over PCI; else the driver reads and
 * acknowledges a status, which is two more accesses.
 */
import type { DeviceContext, Width } from "../../types";
import { emptyQueue, type Queue, shouldInterrupt } from "./ring";

export const VIRTIO = {
  magic: 0x000,
  version: 0x004,
  deviceId: 0x008,
  vendor: 0x00c,
  deviceFeatures: 0x010,
  deviceFeaturesSelect: 0x014,
  driverFeatures: 0x020,
  driverFeaturesSelect: 0x024,
  queueSelect: 0x030,
  queueLongest: 0x034,
  queueSize: 0x038,
  queueReady: 0x044,
  notify: 0x050,
  interruptStatus: 0x060,
  interruptAcknowledge: 0x064,
  status: 0x070,
  queueDescriptors: 0x080,
  queueAvailable: 0x090,
  queueUsed: 0x0a0,
  configuration: 0x100,
} as const;
export const VIRTIO_STATUS = { acknowledge: 1, driver: 2, driverOk: 4, featuresOk: 8, needsReset: 64, failed: 128 } as const;
/** Feature bits by number. */
export const VIRTIO_FEATURE = { blockFlush: 9, netMac: 5, indirect: 28, eventIndex: 29, version1: 32 } as const;
export const LONGEST_QUEUE = 256;

export interface Transport {
  deviceId: number;
  irq: number;
  messages: boolean;
  /** Feature bits by number, ascending. */
  offered: readonly number[];
  accepted: readonly number[];
  featuresSelect: number;
  acceptedSelect: number;
  status: number;
  interrupt: number;
  select: number;
  queues: Queue[];
  configuration: readonly number[];
  /** Kicks the driver has made, and interrupts it was sent. */
  kicks: number;
  interrupts: number;
}

export interface TransportShape {
  readonly deviceId: number;
  readonly irq: number;
  readonly messages: boolean;
  readonly offered: readonly number[];
  readonly queues: number;
  readonly configuration: readonly number[];
}

export const transport = (shape: TransportShape): Transport => ({
  deviceId: shape.deviceId,
  irq: shape.irq,
  messages: shape.messages,
  offered: shape.offered,
  accepted: [],
  featuresSelect: 0,
  acceptedSelect: 0,
  status: 0,
  interrupt: 0,
  select: 0,
  queues: Array.from({ length: shape.queues }, emptyQueue),
  configuration: shape.configuration,
  kicks: 0,
  interrupts: 0,
});

export const copyTransport = (state: Transport): Transport => ({ ...state, queues: state.queues.map((queue) => ({ ...queue })) });
export const has = (state: Transport, feature: number): boolean => state.accepted.includes(feature);
export const running = (state: Transport): boolean =>
  (state.status & VIRTIO_STATUS.driverOk) !== 0 && (state.status & (VIRTIO_STATUS.needsReset | VIRTIO_STATUS.failed)) === 0;

const mask = (features: readonly number[], word: number): number =>
  features.filter((bit) => Math.floor(bit / 32) === word).reduce((sum, bit) => sum + 2 ** (bit % 32), 0);

export function readRegister(state: Transport, offset: number, width: Width): number {
  if (offset >= VIRTIO.configuration) {
    let value = 0;
    for (let byte = 0; byte < width; byte++) value += (state.configuration[offset - VIRTIO.configuration + byte] ?? 0) * 2 ** (8 * byte);
    return value;
  }
  const queue = state.queues[state.select];
  const values: Readonly<Record<number, number>> = {
    [VIRTIO.magic]: 0x7472_6976,
    [VIRTIO.version]: 2,
    [VIRTIO.deviceId]: state.deviceId,
    [VIRTIO.vendor]: 0x5453,
    [VIRTIO.deviceFeatures]: mask(state.offered, state.featuresSelect),
    [VIRTIO.queueLongest]: queue === undefined ? 0 : LONGEST_QUEUE,
    [VIRTIO.queueReady]: queue?.ready === true ? 1 : 0,
    [VIRTIO.interruptStatus]: state.interrupt,
    [VIRTIO.status]: state.status,
  };
  return values[offset] ?? 0;
}

/**
 * The driver's status: FEATURES_OK stays off when it has accepted what was not offered, or refuses VERSION_1; zero resets.
 *
 * @rule hypervisor.io.virtio-status
 * @source VIRTIO 1.2 §2.1, §2.2, §3.1.1, §4.2.2
 * Not modelled: legacy and transitional devices, suspending, shared memory, changes of configuration.
 */
function writeStatus(state: Transport, value: number, context: DeviceContext): void {
  if (value === 0) {
    Object.assign(state, { accepted: [], status: 0, interrupt: 0, select: 0, queues: state.queues.map(emptyQueue) });
    context.line(state.irq, false);
    return;
  }
  const known = state.accepted.every((bit) => state.offered.includes(bit)) && has(state, VIRTIO_FEATURE.version1);
  state.status = (value & VIRTIO_STATUS.featuresOk) !== 0 && !known ? value & ~VIRTIO_STATUS.featuresOk : value;
}

function writeQueue(queue: Queue, offset: number, value: number): void {
  const low = (old: number): number => Math.floor(old / 2 ** 32) * 2 ** 32 + value;
  const high = (old: number): number => (old % 2 ** 32) + value * 2 ** 32;
  if (offset === VIRTIO.queueSize && value <= LONGEST_QUEUE && (value & (value - 1)) === 0) queue.size = value;
  else if (offset === VIRTIO.queueReady) queue.ready = value === 1 && queue.size > 0;
  else if (offset === VIRTIO.queueDescriptors) queue.descriptors = low(queue.descriptors);
  else if (offset === VIRTIO.queueDescriptors + 4) queue.descriptors = high(queue.descriptors);
  else if (offset === VIRTIO.queueAvailable) queue.available = low(queue.available);
  else if (offset === VIRTIO.queueAvailable + 4) queue.available = high(queue.available);
  else if (offset === VIRTIO.queueUsed) queue.used = low(queue.used);
  else if (offset === VIRTIO.queueUsed + 4) queue.used = high(queue.used);
}

/** A write to a register; the number of the queue that was kicked, if one was. */
export function writeRegister(state: Transport, offset: number, value: number, context: DeviceContext): number | undefined {
  if (offset === VIRTIO.notify) {
    if (!running(state) || state.queues[value]?.ready !== true) return undefined;
    state.kicks++;
    return value;
  }
  if (offset === VIRTIO.deviceFeaturesSelect) state.featuresSelect = value;
  else if (offset === VIRTIO.driverFeaturesSelect) state.acceptedSelect = value;
  else if (offset === VIRTIO.driverFeatures) {
    const others = state.accepted.filter((bit) => Math.floor(bit / 32) !== state.acceptedSelect);
    const bits = Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => Math.floor(value / 2 ** bit) % 2 === 1);
    state.accepted = [...others, ...bits.map((bit) => bit + 32 * state.acceptedSelect)].toSorted((a, b) => a - b);
  } else if (offset === VIRTIO.queueSelect) state.select = value;
  else if (offset === VIRTIO.interruptAcknowledge) {
    state.interrupt &= ~value;
    if (state.interrupt === 0) context.line(state.irq, false);
  } else if (offset === VIRTIO.status) writeStatus(state, value, context);
  else {
    const queue = state.queues[state.select];
    if (queue !== undefined) writeQueue(queue, offset, value);
  }
  return undefined;
}

/** Interrupts the driver when it wants to hear of what a queue has given back; whether it did. */
export function signal(state: Transport, queue: Queue, context: DeviceContext): boolean {
  if (!shouldInterrupt(context, queue, has(state, VIRTIO_FEATURE.eventIndex))) return false;
  state.interrupts++;
  if (state.messages) {
    context.line(state.irq, true);
    context.line(state.irq, false);
  } else {
    state.interrupt |= 1;
    context.line(state.irq, true);
  }
  return true;
}

/** The driver has written nonsense into a ring: the device stops until it is reset. */
export function breakDown(state: Transport): void {
  state.status |= VIRTIO_STATUS.needsReset;
}
