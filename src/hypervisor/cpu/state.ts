/**
 * Between frozen rows and a processor in motion. A machine that was just saved is kept unpacked beside its rows, so that going on costs
 * nothing; any other state is unpacked anew.
 *
 * A saved machine wakes with an empty TLB: a guest that edits its page tables must use INVLPG or load CR3, as the manual asks.
 */
import type { Program } from "../assembler/assembler";
import { CR0_PE, CR0_PG, FLAG_FIXED } from "../isa/names";
import type { Levels } from "../translate/types";
import type { CpuState, DeviceModel, DeviceRow, MachineState, SegmentState, SegmentStates, TableRegister } from "../types";
import { type Bus, createBus, initialPic, type PicState, refresh } from "./bus";
import { type Cpu, getFlags, getSegment, setFlags, setSegment } from "./cpu";
import { CONSOLE, TIMER } from "./devices";
import { createMemory, frameText, loadFrame, type Memory } from "./memory";
import { NULL_SEGMENT } from "./segments";

export const KERNEL_CODE = 0x08;
export const KERNEL_DATA = 0x10;
const FLAT = 0xffffffff;
const NO_TABLE: TableRegister = { base: 0, limit: 0 };

function flat(selector: number, access: number): SegmentState {
  return { selector, base: 0, limit: FLAT, access };
}

/** The processor as a boot loader leaves it: protected mode, flat segments, no tables, interrupts off, the stack at `stack`. */
export function initialCpu(entry: number, stack: number): CpuState {
  const data = flat(KERNEL_DATA, 0x92);
  return {
    registers: [0, 0, 0, 0, stack, 0, 0, 0],
    eip: entry,
    eflags: FLAG_FIXED,
    cpl: 0,
    segments: [data, flat(KERNEL_CODE, 0x9a), data, data, data, data],
    ldtr: NULL_SEGMENT,
    tr: NULL_SEGMENT,
    gdtr: NO_TABLE,
    idtr: NO_TABLE,
    cr0: CR0_PE,
    cr2: 0,
    cr3: 0,
    cr4: 0,
    halted: false,
    inhibit: false,
    shutdown: false,
    cycles: 0,
    retired: 0,
  };
}

export const BASIC_DEVICES: readonly DeviceModel<never>[] = [CONSOLE, TIMER] as unknown as readonly DeviceModel<never>[];

export interface MachineOptions {
  readonly memorySize?: number;
  readonly levels?: Levels;
  /** Besides console and timer. */
  readonly devices?: readonly DeviceRow[];
}

/** A machine with a program in its memory, ready to start. */
export function boot(program: Program, options: MachineOptions = {}): MachineState {
  const memorySize = options.memorySize ?? 1 << 20;
  const memory = createMemory(memorySize);
  for (const line of program.lines) {
    for (const [i, byte] of line.bytes.entries()) {
      if (line.address + i >= memorySize) continue;
      memory.bytes[line.address + i] = byte;
      memory.present.add((line.address + i) >>> 12);
    }
  }
  const pages = new Map<number, string>();
  for (const frame of [...memory.present].sort((a, b) => a - b)) pages.set(frame, frameText(memory, frame) ?? "");
  const basic: DeviceRow[] = [
    { kind: "pic", state: initialPic() },
    { kind: "console", state: CONSOLE.initial() },
    { kind: "timer", state: TIMER.initial() },
  ];
  return {
    cpu: initialCpu(program.entry, memorySize),
    memorySize,
    levels: options.levels ?? 2,
    pages,
    devices: [...basic, ...(options.devices ?? [])],
    console: "",
  };
}

function emptyCpu(memory: Memory, bus: Bus, levels: Levels): Cpu {
  const entries = () => new Int32Array(4 * 256);
  return {
    r: new Int32Array(8),
    eip: 0,
    cf: 0,
    zf: 0,
    sf: 0,
    of: 0,
    df: 0,
    interruptFlag: 0,
    iopl: 0,
    cpl: 0,
    selector: new Int32Array(6),
    base: new Float64Array(6),
    limit: new Float64Array(6),
    access: new Int32Array(6),
    readMost: new Float64Array(6),
    writeMost: new Float64Array(6),
    ldtr: NULL_SEGMENT,
    tr: NULL_SEGMENT,
    gdtr: NO_TABLE,
    idtr: NO_TABLE,
    cr0: CR0_PE,
    cr2: 0,
    cr3: 0,
    cr4: 0,
    halted: false,
    inhibit: false,
    shutdown: false,
    cycles: 0,
    retired: 0,
    idle: 0,
    levels,
    translating: false,
    memory,
    bus,
    deadline: 0,
    tlbTag: entries(),
    tlbFrame: entries(),
    tlbMisses: 0,
    walkReads: 0,
    fetchPage: -1,
    fetchFrame: 0,
    fetchCode: [],
    vector: 0,
    errorCode: 0,
    ruling: "native",
    stopMask: 0,
    stopped: undefined,
    hooks: undefined,
  };
}

/** Puts saved registers into a processor. */
export function setCpu(cpu: Cpu, state: CpuState): void {
  for (const [i, value] of state.registers.entries()) cpu.r[i] = value;
  setFlags(cpu, state.eflags);
  for (const [i, segment] of state.segments.entries()) setSegment(cpu, i, segment);
  const { eip, cpl, ldtr, tr, gdtr, idtr, cr0, cr2, cr3, cr4, halted, inhibit, shutdown, cycles, retired } = state;
  Object.assign(cpu, { eip, cpl, ldtr, tr, gdtr, idtr, cr0, cr2, cr3, cr4, halted, inhibit, shutdown, cycles, retired });
  cpu.translating = (cr0 & CR0_PG) !== 0 || cpu.hooks?.miss !== undefined;
  cpu.tlbTag.fill(0);
  cpu.fetchPage = -1;
  cpu.deadline = 0;
}

export function getCpu(cpu: Cpu): CpuState {
  const { eip, cpl, ldtr, tr, gdtr, idtr, cr0, cr2, cr3, cr4, halted, inhibit, shutdown, cycles, retired } = cpu;
  const registers = Array.from(cpu.r, (value) => value >>> 0);
  const segments = [0, 1, 2, 3, 4, 5].map((i) => getSegment(cpu, i)) as unknown as SegmentStates;
  return {
    registers,
    eip,
    eflags: getFlags(cpu),
    cpl,
    segments,
    ldtr,
    tr,
    gdtr,
    idtr,
    cr0,
    cr2,
    cr3,
    cr4,
    halted,
    inhibit,
    shutdown,
    cycles,
    retired,
  };
}

/** A second processor over the same memory and devices, for monitors. */
export function twin(cpu: Cpu): Cpu {
  return emptyCpu(cpu.memory, cpu.bus, cpu.levels);
}

/** Unpacks a machine. `models` are those of its devices besides console and timer. */
export function load(state: MachineState, models: readonly DeviceModel<never>[] = []): Cpu {
  const memory = createMemory(state.memorySize);
  for (const [frame, text] of state.pages) if (text !== "") loadFrame(memory, frame, text);
  const known = [...BASIC_DEVICES, ...models];
  const devices = state.devices.flatMap((row) => {
    const model = known.find((one) => one.kind === row.kind);
    return model ? [{ model: model as unknown as DeviceModel, state: model.copy(row.state as never) }] : [];
  });
  const bus = createBus(memory, devices);
  const pic = state.devices.find((row) => row.kind === "pic")?.state as PicState | undefined;
  if (pic) bus.pic = copyPic(pic);
  bus.console = state.console;
  const cpu = emptyCpu(memory, bus, state.levels as Levels);
  setCpu(cpu, state.cpu);
  return cpu;
}

function copyPic(pic: PicState): PicState {
  return { ...pic, words: [...pic.words] };
}

function deviceRows(bus: Bus): DeviceRow[] {
  return [{ kind: "pic", state: copyPic(bus.pic) }, ...bus.devices.map(({ model, state }) => ({ kind: model.kind, state: model.copy(state) }))];
}

/** Packs a machine; pages that were not written since `before` are the same strings. */
export function save(cpu: Cpu, before: MachineState | undefined): MachineState {
  const { memory, bus } = cpu;
  const pages = new Map(before?.pages);
  for (const frame of before ? memory.dirty : memory.present) {
    const text = frameText(memory, frame);
    if (text === undefined) pages.delete(frame);
    else pages.set(frame, text);
    memory.ready[frame] = 0;
  }
  memory.dirty.clear();
  return { cpu: getCpu(cpu), memorySize: memory.size, levels: cpu.levels, pages, devices: deviceRows(bus), console: bus.console };
}

/** Everything but memory, for stepping back: registers and devices. */
export interface Checkpoint {
  readonly cpu: CpuState;
  readonly idle: number;
  readonly devices: readonly DeviceRow[];
  readonly console: string;
}

export function checkpoint(cpu: Cpu): Checkpoint {
  return { cpu: getCpu(cpu), idle: cpu.idle, devices: deviceRows(cpu.bus), console: cpu.bus.console };
}

export function restore(cpu: Cpu, point: Checkpoint): void {
  const { bus } = cpu;
  for (const row of point.devices) {
    if (row.kind === "pic") bus.pic = copyPic(row.state as PicState);
    const device = bus.devices.find(({ model }) => model.kind === row.kind);
    if (device) device.state = device.model.copy(row.state);
  }
  bus.console = point.console;
  bus.now = point.cpu.cycles;
  refresh(bus);
  setCpu(cpu, point.cpu);
  cpu.idle = point.idle;
}
