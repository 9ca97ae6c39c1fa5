/**
 * The devices of a machine behind ports and memory ranges, and the interrupt controller that speaks for them.
 *
 * The controller is one 8259 with sixteen lines at ports 0x20–0x21 and 0xa0–0xa1 (as the PC's pair with a cascade, seen from outside):
 * initialisation words give the vector of line 0, the second port is the mask, writing 0x20 to the first ends the interrupt in service.
 * The lowest line goes first.
 *
 * Not modelled: rotating priorities, polling, auto-EOI, the cascade's own line.
 */
import type { DeviceContext, DeviceModel, Width } from "../types";
import { type Memory, readByte, writeByte } from "./memory";

export const NEVER = Number.MAX_SAFE_INTEGER;

export interface PicState {
  /** Lines by bit: raised now, asked and not yet taken, in service, masked. */
  raised: number;
  requested: number;
  inService: number;
  mask: number;
  base: number;
  /** Initialisation words still expected by port 0x21 and 0xa1. */
  words: [number, number];
}

interface Attached {
  readonly model: DeviceModel;
  state: unknown;
}

export interface Bus {
  readonly memory: Memory;
  readonly devices: Attached[];
  pic: PicState;
  console: string;
  now: number;
  /** Earliest `due` of the devices. */
  due: number;
  readonly context: DeviceContext;
}

export function initialPic(): PicState {
  return { raised: 0, requested: 0, inService: 0, mask: 0xffff, base: 0x20, words: [0, 0] };
}

export function createBus(memory: Memory, devices: readonly { readonly model: DeviceModel; readonly state: unknown }[]): Bus {
  const bus: Bus = {
    memory,
    devices: devices.map((one) => ({ ...one })),
    pic: initialPic(),
    console: "",
    now: 0,
    due: NEVER,
    context: {
      get now() {
        return bus.now;
      },
      line: (irq, raised) => line(bus, irq, raised),
      readByte: (physical) => readByte(memory, physical),
      writeByte: (physical, value) => writeByte(memory, physical, value),
      print: (code) => {
        bus.console += String.fromCharCode(code & 255);
      },
    },
  };
  refresh(bus);
  return bus;
}

function line(bus: Bus, irq: number, raised: boolean): void {
  const bit = 1 << irq;
  const { pic } = bus;
  if (raised && !(pic.raised & bit)) pic.requested |= bit;
  pic.raised = raised ? pic.raised | bit : pic.raised & ~bit;
}

/** The due times after anything may have changed. */
export function refresh(bus: Bus): void {
  let due = NEVER;
  for (const { model, state } of bus.devices) due = Math.min(due, model.due(state));
  bus.due = due;
}

/** Lets the devices do what is due until now. */
export function advance(bus: Bus, now: number): void {
  while (bus.due <= now) {
    bus.now = bus.due;
    for (const { model, state } of bus.devices) if (model.due(state) <= bus.now) model.tick(state, bus.context);
    refresh(bus);
  }
  bus.now = now;
}

/** The vector that asks for the processor, or −1. A line in service holds back itself and those behind it. */
export function pending(bus: Bus): number {
  const { requested, mask, inService, base } = bus.pic;
  const asking = requested & ~mask;
  if (asking === 0) return -1;
  const lowest = asking & -asking;
  if (inService !== 0 && lowest >= (inService & -inService)) return -1;
  return base + (31 - Math.clz32(lowest));
}

/** The processor takes the interrupt: the line moves from requested to in service. */
export function acknowledge(bus: Bus): number {
  const vector = pending(bus);
  const bit = 1 << (vector - bus.pic.base);
  bus.pic.requested &= ~bit;
  bus.pic.inService |= bit;
  return vector;
}

function endOfInterrupt(pic: PicState): void {
  const bit = pic.inService & -pic.inService;
  pic.inService &= ~bit;
  if (pic.raised & bit) pic.requested |= bit;
}

function writePic(pic: PicState, port: number, value: number): void {
  const second = port >= 0xa0 ? 1 : 0;
  if ((port & 1) === 0) {
    if (value & 0x10) pic.words[second] = 3;
    else if (value & 0x20) endOfInterrupt(pic);
    return;
  }
  const left = pic.words[second];
  if (left === 0) {
    pic.mask = second ? (pic.mask & 0x00ff) | (value << 8) : (pic.mask & 0xff00) | value;
    return;
  }
  if (left === 3 && second === 0) pic.base = value & 0xf8;
  pic.words[second] = left - 1;
}

function readPic(pic: PicState, port: number): number {
  const shift = port >= 0xa0 ? 8 : 0;
  return ((port & 1 ? pic.mask : pic.requested) >> shift) & 0xff;
}

function isPic(port: number): boolean {
  return (port & ~1) === 0x20 || (port & ~1) === 0xa0;
}

function owner(bus: Bus, port: number): Attached | undefined {
  return bus.devices.find(({ model }) => model.ports.some(([from, to]) => port >= from && port < to));
}

/** Nobody there: all ones, as an undriven bus reads. */
const FLOATING: Readonly<Record<Width, number>> = { 1: 0xff, 2: 0xffff, 4: 0xffffffff };

export function readPort(bus: Bus, port: number, width: Width, now: number): number {
  bus.now = now;
  if (isPic(port)) return readPic(bus.pic, port);
  const device = owner(bus, port);
  if (!device) return FLOATING[width];
  const value = device.model.readPort(device.state, port, width, bus.context);
  refresh(bus);
  return value;
}

export function writePort(bus: Bus, port: number, width: Width, value: number, now: number): void {
  bus.now = now;
  if (isPic(port)) return writePic(bus.pic, port, value & 0xff);
  const device = owner(bus, port);
  if (!device) return;
  device.model.writePort(device.state, port, width, value, bus.context);
  refresh(bus);
}

function mapped(bus: Bus, physical: number): Attached | undefined {
  return bus.devices.find(({ model }) => model.mmio?.some(([from, to]) => physical >= from && physical < to));
}

export function readMmio(bus: Bus, physical: number, width: Width, now: number): number {
  bus.now = now;
  const device = mapped(bus, physical);
  if (!device?.model.readMemory) return FLOATING[width];
  const value = device.model.readMemory(device.state, physical, width, bus.context);
  refresh(bus);
  return value;
}

export function writeMmio(bus: Bus, physical: number, width: Width, value: number, now: number): void {
  bus.now = now;
  const device = mapped(bus, physical);
  device?.model.writeMemory?.(device.state, physical, width, value, bus.context);
  refresh(bus);
}
