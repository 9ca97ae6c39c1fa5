/**
 * Guest-physical memory inside one run: one flat array, sparse between runs. A frame's first write in an epoch is noticed, so that saving,
 * stepping back and the cache of decoded instructions cost only what was touched.
 *
 * `ready[frame] === 1` lets a write pass without further bookkeeping; everything else goes through `touch`.
 */
import type { Operation } from "./cpu";

export const PAGE = 4096;

export interface Memory {
  readonly size: number;
  readonly bytes: Uint8Array;
  readonly longs: Int32Array;
  readonly ready: Uint8Array;
  /** Frames that hold anything: given at load, or written since. */
  readonly present: Set<number>;
  /** Frames written since the last save. */
  readonly dirty: Set<number>;
  /** Decoded instructions by frame and offset, and whether a frame has any. */
  readonly code: (Operation | undefined)[][];
  readonly hasCode: Uint8Array;
  /** Rises when decoded instructions were thrown away: bytes that had run were overwritten. */
  codeVersion: number;
  /** Frames whose code was overwritten, for those who keep translations. */
  readonly overwritten: Set<number>;
  /** Contents before the first write of this epoch, when somebody keeps history. */
  journal: Map<number, Uint8Array> | undefined;
}

export function createMemory(size: number): Memory {
  const buffer = new ArrayBuffer(size);
  return {
    size,
    bytes: new Uint8Array(buffer),
    longs: new Int32Array(buffer),
    ready: new Uint8Array(size / PAGE),
    present: new Set(),
    dirty: new Set(),
    code: [],
    hasCode: new Uint8Array(size / PAGE),
    codeVersion: 0,
    overwritten: new Set(),
    journal: undefined,
  };
}

/** The bookkeeping of a first write. */
export function touch(memory: Memory, frame: number): void {
  if (memory.hasCode[frame]) dropCode(memory, frame);
  if (memory.journal && !memory.journal.has(frame)) memory.journal.set(frame, memory.bytes.slice(frame * PAGE, frame * PAGE + PAGE));
  memory.present.add(frame);
  memory.dirty.add(frame);
  memory.ready[frame] = 1;
}

/** The array stays the same, for a processor may hold it. */
function dropCode(memory: Memory, frame: number): void {
  memory.code[frame]?.fill(undefined);
  memory.hasCode[frame] = 0;
  memory.codeVersion += 1;
  memory.overwritten.add(frame);
}

/** Keeps a decoded instruction; the next write to its frame throws it away. */
export function keepCode(memory: Memory, physical: number, operation: Operation): void {
  const frame = physical >>> 12;
  codeOf(memory, frame)[physical & 4095] = operation;
  memory.hasCode[frame] = 1;
  memory.ready[frame] = 0;
}

export function codeOf(memory: Memory, frame: number): (Operation | undefined)[] {
  const known = memory.code[frame] ?? Array.from<Operation | undefined>({ length: PAGE });
  memory.code[frame] = known;
  return known;
}

/** From now on changes are kept apart, so that they can be undone. */
export function beginEpoch(memory: Memory): Map<number, Uint8Array> {
  for (const frame of memory.dirty) memory.ready[frame] = 0;
  for (const frame of memory.journal?.keys() ?? []) memory.ready[frame] = 0;
  memory.journal = new Map();
  return memory.journal;
}

/** Puts the contents of an epoch's journal back. */
export function undo(memory: Memory, journal: ReadonlyMap<number, Uint8Array>): void {
  for (const [frame, old] of journal) {
    memory.bytes.set(old, frame * PAGE);
    memory.dirty.add(frame);
    memory.ready[frame] = 0;
    if (memory.hasCode[frame]) dropCode(memory, frame);
  }
}

export function readByte(memory: Memory, physical: number): number {
  return physical < memory.size ? (memory.bytes[physical] as number) : 0xff;
}

export function writeByte(memory: Memory, physical: number, value: number): void {
  if (physical >= memory.size) return;
  const frame = physical >>> 12;
  if (memory.ready[frame] !== 1) touch(memory, frame);
  memory.bytes[physical] = value;
}

const CHUNK = 1024;

/** A frame as text, one character a byte; `undefined` when all bytes are zero. */
export function frameText(memory: Memory, frame: number): string | undefined {
  const from = frame * PAGE;
  const longs = memory.longs.subarray(from / 4, from / 4 + CHUNK);
  if (longs.every((long) => long === 0)) return undefined;
  let text = "";
  for (let at = from; at < from + PAGE; at += CHUNK)
    text += String.fromCharCode.apply(null, memory.bytes.subarray(at, at + CHUNK) as unknown as number[]);
  return text;
}

export function loadFrame(memory: Memory, frame: number, text: string): void {
  const from = frame * PAGE;
  for (let i = 0; i < PAGE; i++) memory.bytes[from + i] = text.charCodeAt(i);
  memory.present.add(frame);
}
