/**
 * A guest's virtio drivers: negotiation at start, then rings in memory and a doorbell now and then.
 */
import { BLOCK_TYPE } from "../virtio/block";
import { add, type DriverQueue, driverQueue, queueBytes, shouldKick, write32, write64 } from "../virtio/ring";
import { VIRTIO, VIRTIO_FEATURE, VIRTIO_STATUS } from "../virtio/transport";
import type { Registers } from "./registers";

export interface VirtioDriver {
  readonly base: number;
  readonly eventIndex: boolean;
  readonly queues: readonly DriverQueue[];
}

export interface VirtioSetup {
  readonly base: number;
  /** Where in memory the queues go, and how long each is. */
  readonly memory: number;
  readonly sizes: readonly number[];
  readonly eventIndex: boolean;
}

const even = (at: number): number => Math.ceil(at / 16) * 16;

/**
 * Reset, acknowledge, negotiate, set up queues, go: undefined when the device refuses.
 *
 * @rule hypervisor.io.virtio-setup
 * @source VIRTIO 1.2 §3.1.1, §4.2.3
 */
export function setUpVirtio(on: Registers, setup: VirtioSetup): VirtioDriver | undefined {
  const write = (register: number, value: number): void => on.store(setup.base + register, 4, value);
  const read = (register: number): number => on.load(setup.base + register, 4);
  if (read(VIRTIO.magic) !== 0x7472_6976 || read(VIRTIO.version) !== 2) return undefined;
  write(VIRTIO.status, 0);
  write(VIRTIO.status, VIRTIO_STATUS.acknowledge | VIRTIO_STATUS.driver);
  write(VIRTIO.deviceFeaturesSelect, 0);
  const low = read(VIRTIO.deviceFeatures);
  const eventIndex = setup.eventIndex && Math.floor(low / 2 ** VIRTIO_FEATURE.eventIndex) % 2 === 1;
  write(VIRTIO.driverFeaturesSelect, 0);
  write(VIRTIO.driverFeatures, eventIndex ? 2 ** VIRTIO_FEATURE.eventIndex : 0);
  write(VIRTIO.driverFeaturesSelect, 1);
  write(VIRTIO.driverFeatures, 1);
  const ready = VIRTIO_STATUS.acknowledge | VIRTIO_STATUS.driver | VIRTIO_STATUS.featuresOk;
  write(VIRTIO.status, ready);
  if ((read(VIRTIO.status) & VIRTIO_STATUS.featuresOk) === 0) return undefined;
  let at = setup.memory;
  const queues = setup.sizes.map((size, index) => {
    const bytes = queueBytes(size);
    const descriptors = at;
    const available = even(descriptors + bytes.descriptors);
    const used = even(available + bytes.available);
    at = even(used + bytes.used);
    write(VIRTIO.queueSelect, index);
    write(VIRTIO.queueSize, size);
    write(VIRTIO.queueDescriptors, descriptors);
    write(VIRTIO.queueAvailable, available);
    write(VIRTIO.queueUsed, used);
    write(VIRTIO.queueReady, 1);
    return driverQueue(size, descriptors, available, used);
  });
  write(VIRTIO.status, ready | VIRTIO_STATUS.driverOk);
  return { base: setup.base, eventIndex, queues };
}

export interface BlockRequest {
  readonly write: boolean;
  readonly sector: number;
  readonly bytes: number;
  readonly buffer: number;
  /** 17 bytes for header and status. */
  readonly header: number;
}

/** Puts a request into the ring; nobody is told yet. Its head, or undefined when the ring is full. */
export function addBlock(on: Registers, driver: VirtioDriver, request: BlockRequest): number | undefined {
  const queue = driver.queues[0];
  if (queue === undefined) return undefined;
  write32(on, request.header, request.write ? BLOCK_TYPE.out : BLOCK_TYPE.in);
  write32(on, request.header + 4, 0);
  write64(on, request.header + 8, request.sector);
  on.writeByte(request.header + 16, 0xff);
  return add(on, queue, [
    { address: request.header, length: 16, writable: false },
    { address: request.buffer, length: request.bytes, writable: !request.write },
    { address: request.header + 16, length: 1, writable: true },
  ]);
}

/** Puts a frame behind a zeroed header of twelve bytes into the sending queue. */
export function addFrame(on: Registers, driver: VirtioDriver, address: number, length: number): number | undefined {
  const queue = driver.queues[1];
  return queue === undefined ? undefined : add(on, queue, [{ address, length, writable: false }]);
}

/** Offers a buffer for frames to come. */
export function addBuffer(on: Registers, driver: VirtioDriver, address: number, length: number): number | undefined {
  const queue = driver.queues[0];
  return queue === undefined ? undefined : add(on, queue, [{ address, length, writable: true }]);
}

/** Rings the doorbell when the device wants to hear of what was added; whether it did. */
export function kick(on: Registers, driver: VirtioDriver, index: number): boolean {
  const queue = driver.queues[index];
  if (queue === undefined || !shouldKick(on, queue, driver.eventIndex)) return false;
  on.store(driver.base + VIRTIO.notify, 4, index);
  return true;
}
