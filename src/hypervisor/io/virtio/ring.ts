/**
 * The split virtqueue in guest memory: descriptor table, available ring (driver → device), used ring (device → driver), and who has to
 * tell whom. Both sides are here: the device's is used by the models, the driver's by benchmarks and tests (a simulated guest writes the
 * same bytes with its own instructions).
 *
 * Not modelled: packed rings, in-order use, memory barriers (one thing happens at a time).
 */

/** Guest-physical memory as both sides see it. */
export interface Bytes {
  readByte(physical: number): number;
  writeByte(physical: number, value: number): void;
}

/** Where a queue lies and how far each side has come; indexes run modulo 2^16 as in memory. */
export interface Queue {
  size: number;
  ready: boolean;
  descriptors: number;
  available: number;
  used: number;
  /** Device: the next available entry to take, the used index, and the used index when it last interrupted. */
  taken: number;
  pushed: number;
  signalled: number;
}

export interface Part {
  readonly address: number;
  readonly length: number;
  /** The device may write here. */
  readonly writable: boolean;
}
export interface Chain {
  readonly head: number;
  readonly parts: readonly Part[];
}

const NEXT = 1;
const WRITE = 2;
const INDIRECT = 4;
const NO_INTERRUPT = 1;
const NO_NOTIFY = 1;

export const read16 = (bytes: Bytes, at: number): number => bytes.readByte(at) | (bytes.readByte(at + 1) << 8);
export const read32 = (bytes: Bytes, at: number): number => read16(bytes, at) + read16(bytes, at + 2) * 65536;
export const read64 = (bytes: Bytes, at: number): number => read32(bytes, at) + read32(bytes, at + 4) * 2 ** 32;
export function write16(bytes: Bytes, at: number, value: number): void {
  bytes.writeByte(at, value & 0xff);
  bytes.writeByte(at + 1, (value >>> 8) & 0xff);
}
export function write32(bytes: Bytes, at: number, value: number): void {
  write16(bytes, at, value % 65536);
  write16(bytes, at + 2, Math.floor(value / 65536));
}
export function write64(bytes: Bytes, at: number, value: number): void {
  write32(bytes, at, value % 2 ** 32);
  write32(bytes, at + 4, Math.floor(value / 2 ** 32));
}

export const emptyQueue = (): Queue => ({ size: 0, ready: false, descriptors: 0, available: 0, used: 0, taken: 0, pushed: 0, signalled: 0 });

/** Bytes of the three parts for a queue of this size (event words included). */
export const queueBytes = (size: number): { descriptors: number; available: number; used: number } => ({
  descriptors: 16 * size,
  available: 6 + 2 * size,
  used: 6 + 8 * size,
});

/**
 * Whether an index has passed the one the other side asked to hear about.
 *
 * @rule hypervisor.io.need-event
 * @source VIRTIO 1.2 §2.7.7.2, §2.7.10 (used_event, avail_event)
 */
export const needEvent = (event: number, now: number, before: number): boolean => ((now - event - 1) & 0xffff) < ((now - before) & 0xffff);

/** Chains the driver has made available that the device has not taken. */
export const waiting = (bytes: Bytes, queue: Queue): number => (read16(bytes, queue.available + 2) - queue.taken) & 0xffff;

/**
 * Takes the next available chain; undefined when there is none, "broken" when the driver has written nonsense.
 *
 * @rule hypervisor.io.virtqueue-take
 * @source VIRTIO 1.2 §2.7.5 (descriptor table, indirect descriptors), §2.7.6
 */
export function take(bytes: Bytes, queue: Queue): Chain | "broken" | undefined {
  if (waiting(bytes, queue) === 0) return undefined;
  const head = read16(bytes, queue.available + 4 + 2 * (queue.taken % queue.size));
  queue.taken = (queue.taken + 1) & 0xffff;
  const parts: Part[] = [];
  let table = queue.descriptors;
  let entries = queue.size;
  let index = head;
  for (;;) {
    if (index >= entries || parts.length > queue.size) return "broken";
    const at = table + 16 * index;
    const flags = read16(bytes, at + 12);
    const part = { address: read64(bytes, at), length: read32(bytes, at + 8), writable: (flags & WRITE) !== 0 };
    if ((flags & INDIRECT) !== 0) {
      if (table !== queue.descriptors || (flags & NEXT) !== 0) return "broken";
      table = part.address;
      entries = Math.floor(part.length / 16);
      index = 0;
      continue;
    }
    parts.push(part);
    if ((flags & NEXT) === 0) return { head, parts };
    index = read16(bytes, at + 14);
  }
}

/** Gives a chain back, with how many bytes were written into it. */
export function give(bytes: Bytes, queue: Queue, head: number, written: number): void {
  const at = queue.used + 4 + 8 * (queue.pushed % queue.size);
  write32(bytes, at, head);
  write32(bytes, at + 4, written);
  queue.pushed = (queue.pushed + 1) & 0xffff;
  write16(bytes, queue.used + 2, queue.pushed);
}

/** Whether the driver wants to hear of what was given back since it was last interrupted. */
export function shouldInterrupt(bytes: Bytes, queue: Queue, eventIndex: boolean): boolean {
  const before = queue.signalled;
  if (queue.pushed === before) return false;
  queue.signalled = queue.pushed;
  if (!eventIndex) return (read16(bytes, queue.available) & NO_INTERRUPT) === 0;
  return needEvent(read16(bytes, queue.available + 4 + 2 * queue.size), queue.pushed, before);
}

/** The device says whether it wants a kick for what comes next. */
export function wantKicks(bytes: Bytes, queue: Queue, wanted: boolean, eventIndex: boolean): void {
  if (!eventIndex) write16(bytes, queue.used, wanted ? 0 : NO_NOTIFY);
  else if (wanted) write16(bytes, queue.used + 4 + 8 * queue.size, queue.taken);
}

/** The driver's side of a queue. */
export interface DriverQueue {
  readonly size: number;
  readonly descriptors: number;
  readonly available: number;
  readonly used: number;
  /** Descriptors that are free. */
  free: number[];
  /** Chains in use: head → its descriptors. */
  chains: Record<number, readonly number[]>;
  added: number;
  kicked: number;
  seen: number;
}

export const driverQueue = (size: number, descriptors: number, available: number, used: number): DriverQueue => ({
  size,
  descriptors,
  available,
  used,
  free: Array.from({ length: size }, (_, index) => index),
  chains: {},
  added: 0,
  kicked: 0,
  seen: 0,
});

/** Writes a chain and makes it available; its head, or undefined when there is no room. */
export function add(bytes: Bytes, queue: DriverQueue, parts: readonly Part[]): number | undefined {
  if (queue.free.length < parts.length) return undefined;
  const taken = queue.free.splice(0, parts.length);
  for (const [index, part] of parts.entries()) {
    const at = queue.descriptors + 16 * (taken[index] ?? 0);
    const next = taken[index + 1];
    write64(bytes, at, part.address);
    write32(bytes, at + 8, part.length);
    write16(bytes, at + 12, (part.writable ? WRITE : 0) | (next === undefined ? 0 : NEXT));
    write16(bytes, at + 14, next ?? 0);
  }
  const head = taken[0] ?? 0;
  queue.chains[head] = taken;
  write16(bytes, queue.available + 4 + 2 * (queue.added % queue.size), head);
  queue.added = (queue.added + 1) & 0xffff;
  write16(bytes, queue.available + 2, queue.added);
  return head;
}

/** Whether the device has to be told of what was added since the last kick. */
export function shouldKick(bytes: Bytes, queue: DriverQueue, eventIndex: boolean): boolean {
  const before = queue.kicked;
  if (queue.added === before) return false;
  queue.kicked = queue.added;
  if (!eventIndex) return (read16(bytes, queue.used) & NO_NOTIFY) === 0;
  return needEvent(read16(bytes, queue.used + 4 + 8 * queue.size), queue.added, before);
}

/** Chains the device has given back; their descriptors are free again. */
export function collect(bytes: Bytes, queue: DriverQueue): readonly { readonly head: number; readonly written: number }[] {
  const done: { head: number; written: number }[] = [];
  while (queue.seen !== read16(bytes, queue.used + 2)) {
    const at = queue.used + 4 + 8 * (queue.seen % queue.size);
    const head = read32(bytes, at);
    done.push({ head, written: read32(bytes, at + 4) });
    queue.free.push(...(queue.chains[head] ?? []));
    delete queue.chains[head];
    queue.seen = (queue.seen + 1) & 0xffff;
  }
  return done;
}

/** The driver asks to be interrupted after so many more completions (1: at the next), or not at all. */
export function wantInterrupts(bytes: Bytes, queue: DriverQueue, after: number | "never", eventIndex: boolean): void {
  if (!eventIndex) write16(bytes, queue.available, after === "never" ? NO_INTERRUPT : 0);
  else write16(bytes, queue.available + 4 + 2 * queue.size, (queue.seen + (after === "never" ? 0x8000 : after - 1)) & 0xffff);
}
