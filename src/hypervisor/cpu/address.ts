/**
 * From an offset in a segment to bytes: limit and rights of the segment, the TLB, the page walk, then memory or a device.
 *
 * The processor's own TLB is direct mapped, 256 entries for each of (supervisor, user) × (read, write); entries for writes are made only
 * by walks for writes, so the dirty bit is set. It is emptied by CR3, CR0 and INVLPG as the manual says; global pages are not kept.
 */
import { CR0_PG, CR0_WP, GP, PF, SS, SS_FAULT } from "../isa/names";
import type { WordMemory } from "../translate/types";
import { walk } from "../translate/walk";
import type { Width } from "../types";
import { readMmio, writeMmio } from "./bus";
import { type Cpu, raise } from "./cpu";
import { type Memory, touch, writeByte } from "./memory";

const ENTRIES = 256;

/** Guest-physical memory as the walker reads it. */
export function wordMemory(memory: Memory): WordMemory {
  return {
    read: (physical) => (physical + 4 <= memory.size ? (memory.longs[physical >>> 2] as number) >>> 0 : 0xffffffff),
    write: (physical, value) => {
      for (let i = 0; i < 4; i++) writeByte(memory, physical + i, (value >>> (8 * i)) & 255);
    },
  };
}

const WORDS = new WeakMap<Memory, WordMemory>();

function wordsOf(memory: Memory): WordMemory {
  const known = WORDS.get(memory) ?? wordMemory(memory);
  WORDS.set(memory, known);
  return known;
}

/** The guest's own walk; raises #PF with CR2. */
export function walkGuest(cpu: Cpu, linear: number, write: boolean, user: boolean): number {
  if ((cpu.cr0 & CR0_PG) === 0) return linear;
  const access = { kind: write ? ("write" as const) : ("read" as const), user };
  const found = walk(wordsOf(cpu.memory), cpu.cr3, linear, access, { levels: cpu.levels, writeProtect: (cpu.cr0 & CR0_WP) !== 0 });
  cpu.walkReads += found.reads.length;
  if (found.ok) return found.physical;
  cpu.cr2 = linear;
  return raise(cpu, PF, found.errorCode);
}

/** Under a monitor every access to a device's memory leaves the guest, so no entry is made for it. */
function miss(cpu: Cpu, linear: number, write: boolean, user: boolean): number {
  cpu.tlbMisses += 1;
  const physical = cpu.hooks?.miss ? cpu.hooks.miss(cpu, linear, write, user) : walkGuest(cpu, linear, write, user);
  if (cpu.hooks && physical >= cpu.memory.size) return physical;
  const page = linear >>> 12;
  const at = ((user ? 2 : 0) + (write ? 1 : 0)) * ENTRIES + (page & (ENTRIES - 1));
  cpu.tlbTag[at] = page + 1;
  cpu.tlbFrame[at] = Math.floor(physical / 4096);
  return physical;
}

/** The physical address of a linear one. */
export function translate(cpu: Cpu, linear: number, write: boolean, user: boolean): number {
  if (!cpu.translating) return linear;
  const page = linear >>> 12;
  const at = ((user ? 2 : 0) + (write ? 1 : 0)) * ENTRIES + (page & (ENTRIES - 1));
  if (cpu.tlbTag[at] === page + 1) return (cpu.tlbFrame[at] as number) * 4096 + (linear & 4095);
  return miss(cpu, linear, write, user);
}

export function forgetPage(cpu: Cpu, linear: number): void {
  const page = linear >>> 12;
  for (let section = 0; section < 4; section++) {
    const at = section * ENTRIES + (page & (ENTRIES - 1));
    if (cpu.tlbTag[at] === page + 1) cpu.tlbTag[at] = 0;
  }
  cpu.fetchPage = -1;
}

export function readLinear(cpu: Cpu, linear: number, width: Width, user: boolean): number {
  if ((linear & 4095) + width > 4096) return readAcross(cpu, linear, width, user);
  const physical = translate(cpu, linear, false, user);
  const { memory } = cpu;
  if (physical + width > memory.size) return device(cpu, physical, width);
  if (width === 4) {
    if ((physical & 3) === 0) return memory.longs[physical >>> 2] as number;
    const { bytes } = memory;
    return (
      (bytes[physical] as number) |
      ((bytes[physical + 1] as number) << 8) |
      ((bytes[physical + 2] as number) << 16) |
      ((bytes[physical + 3] as number) << 24)
    );
  }
  if (width === 1) return memory.bytes[physical] as number;
  return (memory.bytes[physical] as number) | ((memory.bytes[physical + 1] as number) << 8);
}

function device(cpu: Cpu, physical: number, width: Width): number {
  const value = readMmio(cpu.bus, physical, width, cpu.cycles);
  cpu.deadline = 0;
  return width === 4 ? value | 0 : value;
}

/** Both pages are translated before a byte is read. */
function readAcross(cpu: Cpu, linear: number, width: Width, user: boolean): number {
  translate(cpu, linear, false, user);
  translate(cpu, (linear + width - 1) >>> 0, false, user);
  let value = 0;
  for (let i = 0; i < width; i++) value |= readLinear(cpu, (linear + i) >>> 0, 1, user) << (8 * i);
  return value;
}

export function writeLinear(cpu: Cpu, linear: number, width: Width, value: number, user: boolean): void {
  if ((linear & 4095) + width > 4096) return writeAcross(cpu, linear, width, value, user);
  const physical = translate(cpu, linear, true, user);
  const { memory } = cpu;
  if (physical + width > memory.size) {
    writeMmio(cpu.bus, physical, width, width === 4 ? value >>> 0 : value & (width === 1 ? 0xff : 0xffff), cpu.cycles);
    cpu.deadline = 0;
    return;
  }
  const frame = physical >>> 12;
  if (memory.ready[frame] !== 1) touch(memory, frame);
  const { bytes } = memory;
  if (width === 4 && (physical & 3) === 0) {
    memory.longs[physical >>> 2] = value;
    return;
  }
  bytes[physical] = value;
  if (width === 1) return;
  bytes[physical + 1] = value >> 8;
  if (width === 2) return;
  bytes[physical + 2] = value >> 16;
  bytes[physical + 3] = value >> 24;
}

function writeAcross(cpu: Cpu, linear: number, width: Width, value: number, user: boolean): void {
  translate(cpu, linear, true, user);
  translate(cpu, (linear + width - 1) >>> 0, true, user);
  for (let i = 0; i < width; i++) writeLinear(cpu, (linear + i) >>> 0, 1, (value >>> (8 * i)) & 255, user);
}

function segmentFault(cpu: Cpu, segment: number): never {
  return raise(cpu, segment === SS ? SS_FAULT : GP, 0);
}

/**
 * Offset in a segment → value. Beyond the limit, or not readable: #GP(0), on the stack #SS(0).
 *
 * @rule hypervisor.cpu.segment-limit
 * @source Intel SDM vol. 3A 5.3
 */
export function read(cpu: Cpu, segment: number, offset: number, width: Width): number {
  if (offset + width - 1 > (cpu.readMost[segment] as number)) return segmentFault(cpu, segment);
  return readLinear(cpu, ((cpu.base[segment] as number) + offset) >>> 0, width, cpu.cpl === 3);
}

export function write(cpu: Cpu, segment: number, offset: number, width: Width, value: number): void {
  if (offset + width - 1 > (cpu.writeMost[segment] as number)) segmentFault(cpu, segment);
  writeLinear(cpu, ((cpu.base[segment] as number) + offset) >>> 0, width, value, cpu.cpl === 3);
}

/** Writes below the top of the stack; ESP moves only when that succeeded. */
export function push(cpu: Cpu, value: number): void {
  const top = ((cpu.r[4] as number) - 4) >>> 0;
  write(cpu, SS, top, 4, value);
  cpu.r[4] = top;
}

/** The value on the stack `depth` bytes above its top; ESP stays. */
export function stackAt(cpu: Cpu, depth: number): number {
  return read(cpu, SS, ((cpu.r[4] as number) + depth) >>> 0, 4);
}

export function pop(cpu: Cpu): number {
  const value = stackAt(cpu, 0);
  cpu.r[4] = (cpu.r[4] as number) + 4;
  return value;
}
