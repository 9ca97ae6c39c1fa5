/**
 * The dumb interpreter: a second reading of the manual, for tests only. It re-reads every byte at every step, keeps no cache, counts in
 * BigInt, and shares with the processor nothing but the decoding of bytes (the instruction table's data) and the devices behind ports.
 * Slow on purpose, and written without looking at the other.
 */
import { decode, type Decoded, lengthOf } from "../../src/hypervisor/isa/codec";
import { acknowledge, advance, type Bus, createBus, NEVER, pending, readPort, writePort, readMmio, writeMmio } from "../../src/hypervisor/cpu/bus";
import { BASIC_DEVICES } from "../../src/hypervisor/cpu/state";
import type { CpuState, DeviceModel, MachineState, SegmentState } from "../../src/hypervisor/types";
import { instruction } from "./dumb-instructions";

export interface Dumb {
  regs: bigint[];
  eip: bigint;
  flags: { cf: boolean; zf: boolean; sf: boolean; of: boolean; df: boolean; if: boolean; iopl: number };
  cpl: number;
  segs: SegmentState[];
  ldtr: SegmentState;
  tr: SegmentState;
  gdtr: { base: number; limit: number };
  idtr: { base: number; limit: number };
  cr: Record<number, bigint>;
  halted: boolean;
  inhibit: boolean;
  shutdown: boolean;
  cycles: number;
  retired: number;
  ram: Map<number, number>;
  size: number;
  levels: number;
  bus: Bus;
}

export class GuestFault {
  constructor(
    readonly vector: number,
    readonly code: number,
  ) {}
}

export const u32 = (x: bigint): bigint => BigInt.asUintN(32, x);
export const num = (x: bigint): number => Number(BigInt.asUintN(32, x));

export function dumbLoad(state: MachineState, models: readonly DeviceModel<never>[] = []): Dumb {
  const ram = new Map<number, number>();
  for (const [frame, text] of state.pages) for (let i = 0; i < text.length; i++) ram.set(frame * 4096 + i, text.charCodeAt(i));
  const memory = {
    size: state.memorySize,
    bytes: new Proxy({} as Uint8Array, {
      get: (_, key) => ram.get(Number(key)) ?? 0,
      set: (_, key, value: number) => ram.set(Number(key), value & 255) && true,
    }),
    ready: new Proxy({} as Uint8Array, { get: () => 1 }),
  } as unknown as Bus["memory"];
  const all = [...BASIC_DEVICES, ...models];
  const rows = state.devices.filter((row) => row.kind !== "pic");
  const devices = rows.map((row) => {
    const model = all.find((one) => one.kind === row.kind) as unknown as DeviceModel;
    return { model, state: model.copy(row.state) };
  });
  const c = state.cpu;
  const bit = (n: number) => (c.eflags & n) !== 0;
  return {
    regs: c.registers.map((x) => BigInt(x)),
    eip: BigInt(c.eip),
    flags: { cf: bit(1), zf: bit(64), sf: bit(128), of: bit(2048), df: bit(1024), if: bit(512), iopl: (c.eflags >> 12) & 3 },
    cpl: c.cpl,
    segs: [...c.segments],
    ldtr: c.ldtr,
    tr: c.tr,
    gdtr: { ...c.gdtr },
    idtr: { ...c.idtr },
    cr: { 0: BigInt(c.cr0), 2: BigInt(c.cr2), 3: BigInt(c.cr3), 4: BigInt(c.cr4) },
    halted: c.halted,
    inhibit: c.inhibit,
    shutdown: c.shutdown,
    cycles: c.cycles,
    retired: c.retired,
    ram,
    size: state.memorySize,
    levels: state.levels,
    bus: createBus(memory, devices),
  };
}

export function packFlags(d: Dumb): number {
  const f = d.flags;
  return 2 + (f.cf ? 1 : 0) + (f.zf ? 64 : 0) + (f.sf ? 128 : 0) + (f.if ? 512 : 0) + (f.df ? 1024 : 0) + (f.of ? 2048 : 0) + f.iopl * 4096;
}

export function dumbCpu(d: Dumb): CpuState {
  return {
    registers: d.regs.map(num),
    eip: num(d.eip),
    eflags: packFlags(d),
    cpl: d.cpl,
    segments: [...d.segs] as unknown as CpuState["segments"],
    ldtr: d.ldtr,
    tr: d.tr,
    gdtr: d.gdtr,
    idtr: d.idtr,
    cr0: num(d.cr[0] ?? 0n),
    cr2: num(d.cr[2] ?? 0n),
    cr3: num(d.cr[3] ?? 0n),
    cr4: num(d.cr[4] ?? 0n),
    halted: d.halted,
    inhibit: d.inhibit,
    shutdown: d.shutdown,
    cycles: d.cycles,
    retired: d.retired,
  };
}

export function dumbPages(d: Dumb): Map<number, string> {
  const pages = new Map<number, string>();
  const frames = new Set([...d.ram].filter(([, v]) => v !== 0).map(([at]) => Math.floor(at / 4096)));
  for (const frame of [...frames].sort((a, b) => a - b)) {
    pages.set(frame, Array.from({ length: 4096 }, (_, i) => String.fromCharCode(d.ram.get(frame * 4096 + i) ?? 0)).join(""));
  }
  return pages;
}

/* Memory: physical, paging by the book, segments. */

function physWord(d: Dumb, at: number): number {
  if (at + 4 > d.size) return 0xffffffff;
  return [3, 2, 1, 0].reduce((sum, i) => sum * 256 + (d.ram.get(at + i) ?? 0), 0);
}

/** The walk for tables of 4-byte entries (two levels) or 8-byte ones. */
function translate(d: Dumb, linear: number, write: boolean, user: boolean): number {
  if ((d.cr[0] ?? 0n) < 0x80000000n) return linear;
  const wide = d.levels > 2;
  const bits = wide ? 9 : 10;
  const wp = ((d.cr[0] ?? 0n) & 0x10000n) !== 0n;
  const fault = (present: boolean, reserved = false): never => {
    d.cr[2] = BigInt(linear);
    throw new GuestFault(14, (present ? 1 : 0) + (write ? 2 : 0) + (user ? 4 : 0) + (reserved ? 8 : 0));
  };
  let table = num(d.cr[3] ?? 0n);
  table -= table % (d.levels === 3 ? 32 : 4096);
  let mayWrite = true;
  let mayUser = true;
  const passed: { at: number; low: number; plain: boolean; leaf: boolean }[] = [];
  let result = -1;
  for (let level = d.levels; level >= 1 && result < 0; level--) {
    const shift = 12 + bits * (level - 1);
    const index = Math.floor(linear / 2 ** shift) % (d.levels === 3 && level === 3 ? 4 : 2 ** bits);
    const at = table + index * (wide ? 8 : 4);
    const low = physWord(d, at);
    const high = wide ? physWord(d, at + 4) : 0;
    if (low % 2 === 0) fault(false);
    const plain = d.levels === 3 && level === 3;
    const large = level > 1 && (low & 128) !== 0;
    const most = d.levels === 2 || d.levels === 3 ? 2 : 3;
    const target = Math.floor(low / 4096) * 4096 + (high % 2 ** 20) * 2 ** 32;
    if (large && (level > most || (wide ? (target - (target & 0x1000)) % 2 ** shift !== 0 : (low & 0x3fe000) !== 0))) fault(true, true);
    if (high >= 2 ** 31) fault(true, true);
    if (!plain) {
      if ((low & 2) === 0) mayWrite = false;
      if ((low & 4) === 0) mayUser = false;
    }
    const leaf = level === 1 || large;
    passed.push({ at, low, plain, leaf });
    if (leaf) result = target - (target % 2 ** shift) + (linear % 2 ** shift);
    table = target;
  }
  if (user && !mayUser) fault(true);
  if (write && !mayWrite && (user || wp)) fault(true);
  for (const { at, low, plain, leaf } of passed) {
    if (plain) continue;
    let next = low % 64 >= 32 ? low : low + 32;
    if (leaf && write && next % 128 < 64) next += 64;
    if (next !== low) for (let i = 0; i < 4; i++) d.ram.set(at + i, Math.floor(next / 256 ** i) % 256);
  }
  return result;
}

/** Bytes of a linear range; every page is translated before the first byte moves. */
function places(d: Dumb, linear: number, n: number, write: boolean, user: boolean): number[] {
  return Array.from({ length: n }, (_, i) => {
    const at = (linear + i) % 0x100000000;
    return translate(d, at, write, user);
  });
}

export function linRead(d: Dumb, linear: number, n: number, user: boolean): bigint {
  const at = places(d, linear, n, false, user);
  const first = at[0] ?? 0;
  if (first + n > d.size && (linear % 4096) + n <= 4096) return BigInt(readMmio(d.bus, first, n as 1 | 2 | 4, d.cycles) >>> 0);
  return at.reduceRight(
    (sum, physical) => sum * 256n + BigInt(physical < d.size ? (d.ram.get(physical) ?? 0) : readMmio(d.bus, physical, 1, d.cycles)),
    0n,
  );
}

export function linWrite(d: Dumb, linear: number, n: number, value: bigint, user: boolean): void {
  const at = places(d, linear, n, true, user);
  const first = at[0] ?? 0;
  const cut = Number(BigInt.asUintN(n * 8, value));
  if (first + n > d.size && (linear % 4096) + n <= 4096) return writeMmio(d.bus, first, n as 1 | 2 | 4, cut, d.cycles);
  for (const [i, physical] of at.entries()) {
    const byte = Math.floor(cut / 256 ** i) % 256;
    if (physical < d.size) d.ram.set(physical, byte);
    else writeMmio(d.bus, physical, 1, byte, d.cycles);
  }
}

function segCheck(d: Dumb, seg: number, offset: number, n: number, write: boolean): void {
  const s = d.segs[seg] as SegmentState;
  const usable = (s.access & 0x80) !== 0 && (s.access & 0x10) !== 0;
  const code = (s.access & 8) !== 0;
  const w = (s.access & 2) !== 0;
  const good = usable && (write ? !code && w : !code || w);
  if (!good || offset + n - 1 > s.limit) throw new GuestFault(seg === 2 ? 12 : 13, 0);
}

export function segRead(d: Dumb, seg: number, offset: bigint, n: number): bigint {
  const at = num(offset);
  segCheck(d, seg, at, n, false);
  return linRead(d, ((d.segs[seg]?.base ?? 0) + at) % 0x100000000, n, d.cpl === 3);
}

export function segWrite(d: Dumb, seg: number, offset: bigint, n: number, value: bigint): void {
  const at = num(offset);
  segCheck(d, seg, at, n, true);
  linWrite(d, ((d.segs[seg]?.base ?? 0) + at) % 0x100000000, n, value, d.cpl === 3);
}

/* Descriptors and interrupts. */

export interface Desc {
  base: number;
  limit: number;
  access: number;
  high: number;
  dpl: number;
}

export function descriptor(d: Dumb, selector: number): Desc | undefined {
  const local = (selector & 4) !== 0;
  if (local && (d.ldtr.access & 0x80) === 0) return undefined;
  const table = local ? d.ldtr : d.gdtr;
  const index = Math.floor(selector / 8) * 8;
  if (index + 7 > table.limit) return undefined;
  const low = num(linRead(d, (table.base + index) % 0x100000000, 4, false));
  const high = num(linRead(d, (table.base + index + 4) % 0x100000000, 4, false));
  const raw = (low % 65536) + (Math.floor(high / 65536) % 16) * 65536;
  const access = Math.floor(high / 256) % 256;
  return {
    base: Math.floor(high / 0x1000000) * 0x1000000 + (high % 256) * 65536 + Math.floor(low / 65536),
    limit: (high & 0x800000) !== 0 ? raw * 4096 + 4095 : raw,
    access,
    high,
    dpl: Math.floor(access / 32) % 4,
  };
}

export function need(d: Dumb, selector: number, vector: number): Desc {
  if ((selector & 0xfffc) === 0) throw new GuestFault(vector, 0);
  const found = descriptor(d, selector);
  if (!found) throw new GuestFault(vector, selector & 0xfffc);
  return found;
}

export function hidden(selector: number, x: Desc): SegmentState {
  return { selector, base: x.base, limit: x.limit, access: x.access };
}

export function stackSeg(d: Dumb, selector: number, ring: number, vector: number): SegmentState {
  const x = need(d, selector, vector);
  if (selector % 4 !== ring || (x.access & 0x1a) !== 0x12 || x.dpl !== ring) throw new GuestFault(vector, selector & 0xfffc);
  if ((x.access & 0x80) === 0) throw new GuestFault(12, selector & 0xfffc);
  return hidden(selector, x);
}

export function deliver(d: Dumb, vector: number, software: boolean, code?: number): void {
  const error = vector * 8 + 2 + (software ? 0 : 1);
  if (vector * 8 + 7 > d.idtr.limit) throw new GuestFault(13, error);
  const low = num(linRead(d, (d.idtr.base + vector * 8) % 0x100000000, 4, false));
  const high = num(linRead(d, (d.idtr.base + vector * 8 + 4) % 0x100000000, 4, false));
  const kind = Math.floor(high / 256) % 32;
  if (kind !== 14 && kind !== 15) throw new GuestFault(13, error);
  if (software && Math.floor(high / 8192) % 4 < d.cpl) throw new GuestFault(13, error);
  if ((high & 0x8000) === 0) throw new GuestFault(11, error);
  const selector = Math.floor(low / 65536);
  const x = need(d, selector, 13);
  if ((x.access & 0x18) !== 0x18 || x.dpl > d.cpl) throw new GuestFault(13, selector & 0xfffc);
  if ((x.access & 0x80) === 0) throw new GuestFault(11, selector & 0xfffc);
  let stack = d.segs[2] as SegmentState;
  let esp = num(d.regs[4] ?? 0n);
  const words: bigint[] = [];
  if (x.dpl < d.cpl) {
    const offset = 4 + 8 * x.dpl;
    if ((d.tr.access & 0x80) === 0 || offset + 5 > d.tr.limit) throw new GuestFault(10, d.tr.selector & 0xfffc);
    words.push(BigInt(stack.selector), d.regs[4] ?? 0n);
    esp = num(linRead(d, (d.tr.base + offset) % 0x100000000, 4, false));
    stack = stackSeg(d, num(linRead(d, (d.tr.base + offset + 4) % 0x100000000, 2, false)), x.dpl, 10);
  }
  words.push(BigInt(packFlags(d)), BigInt(d.segs[1]?.selector ?? 0), d.eip);
  if (code !== undefined) words.push(BigInt(code));
  for (const word of words) {
    esp = esp >= 4 ? esp - 4 : esp - 4 + 0x100000000;
    if (esp + 3 > stack.limit) throw new GuestFault(12, 0);
    linWrite(d, (stack.base + esp) % 0x100000000, 4, word, false);
  }
  if (x.dpl < d.cpl) d.segs[2] = stack;
  d.regs[4] = BigInt(esp);
  d.segs[1] = hidden((selector & 0xfffc) + x.dpl, x);
  d.cpl = x.dpl;
  d.eip = BigInt(Math.floor(high / 65536) * 65536 + (low % 65536));
  if (kind === 14) d.flags.if = false;
}

function exception(d: Dumb, first: GuestFault): void {
  const contributory = [0, 10, 11, 12, 13];
  let fault = first;
  d.inhibit = false;
  d.cycles += 20;
  for (;;) {
    try {
      return deliver(d, fault.vector, false, [8, 10, 11, 12, 13, 14].includes(fault.vector) ? fault.code : undefined);
    } catch (next) {
      if (!(next instanceof GuestFault)) throw next;
      if (fault.vector === 8) {
        d.shutdown = true;
        return;
      }
      const both = contributory.includes(fault.vector) && contributory.includes(next.vector);
      const page = fault.vector === 14 && (next.vector === 14 || contributory.includes(next.vector));
      fault = both || page ? new GuestFault(8, 0) : next;
    }
  }
}

/* One step. */

function nextInstruction(d: Dumb): Decoded {
  const code = d.segs[1] as SegmentState;
  const eip = num(d.eip);
  if (eip > code.limit) throw new GuestFault(13, 0);
  const byte = (i: number): number => {
    const physical = translate(d, (code.base + eip + i) % 0x100000000, false, d.cpl === 3);
    return physical < d.size ? (d.ram.get(physical) ?? 0) : 255;
  };
  const bytes = [byte(0), byte(1)];
  const length = lengthOf(bytes[0] as number, bytes[1] as number);
  for (let i = 2; i < length; i++) bytes.push(byte(i));
  const found = decode((i) => bytes[i] ?? 0);
  if (!found || found.hypercall) throw new GuestFault(6, 0);
  return found;
}

/** One step: an interrupt that is due, then an instruction (or the exception it raised). False when nothing will happen any more. */
export function dumbStep(d: Dumb): boolean {
  if (d.shutdown) return false;
  advance(d.bus, d.cycles);
  const held = d.inhibit && !d.halted;
  if (held) d.inhibit = false;
  else if (d.flags.if && pending(d.bus) >= 0) {
    d.halted = false;
    d.cycles += 20;
    try {
      deliver(d, acknowledge(d.bus), false);
    } catch (fault) {
      if (!(fault instanceof GuestFault)) throw fault;
      exception(d, fault);
    }
    if (d.shutdown) return false;
  }
  if (d.halted) {
    if (!d.flags.if || d.bus.due === NEVER) return false;
    d.cycles = d.bus.due;
    return true;
  }
  const start = d.eip;
  try {
    const one = nextInstruction(d);
    d.eip = u32(d.eip + BigInt(one.length));
    instruction(d, one);
    d.cycles += one.cycles;
    d.retired += 1;
  } catch (fault) {
    if (!(fault instanceof GuestFault)) throw fault;
    d.eip = start;
    exception(d, fault);
  }
  return !d.shutdown;
}

export function dumbRun(d: Dumb, steps: number): "halt" | "shutdown" | "budget" {
  for (let i = 0; i < steps; i++) if (!dumbStep(d)) return d.shutdown ? "shutdown" : "halt";
  return "budget";
}

export const dumbIn = (d: Dumb, port: number, n: 1 | 2 | 4): bigint => BigInt(readPort(d.bus, port, n, d.cycles) >>> 0);
export const dumbOut = (d: Dumb, port: number, n: 1 | 2 | 4, value: number): void => writePort(d.bus, port, n, value, d.cycles);
