/**
 * A disk behind an IDE-like controller: the task file at ports 0x1f0–0x1f7, device control at 0x3f6, a bus master at 0xc000 and line 14.
 *
 * A read of 4 KiB by DMA takes eight register writes (device, count, three of address, the table of regions, the command, bus-master
 * start); only the last starts the drive. Three accesses clean up after the interrupt. By the word it takes 256 reads a sector.
 */
import type { DeviceContext, DeviceModel, Width } from "../types";
import { copyImage, type DiskImage, emptyImage, readSector, SECTOR, writeSector } from "./disk-image";

export const IDE_IRQ = 14;
export const IDE = {
  data: 0x1f0,
  error: 0x1f1,
  count: 0x1f2,
  low: 0x1f3,
  middle: 0x1f4,
  high: 0x1f5,
  device: 0x1f6,
  command: 0x1f7,
  control: 0x3f6,
  busCommand: 0xc000,
  busStatus: 0xc002,
  busTable: 0xc004,
} as const;
export const IDE_COMMAND = { read: 0x20, write: 0x30, readDma: 0xc8, writeDma: 0xca, flush: 0xe7, identify: 0xec } as const;
export const IDE_STATUS = { busy: 0x80, ready: 0x40, fault: 0x20, request: 0x08, error: 0x01 } as const;

const NEVER = Number.MAX_SAFE_INTEGER;
const ABORTED = 0x04;
const NOT_FOUND = 0x10;
const BUS_START = 0x01;
const BUS_TO_MEMORY = 0x08;
const BUS_ACTIVE = 0x01;
const BUS_ERROR = 0x02;
const BUS_INTERRUPT = 0x04;
const NO_INTERRUPTS = 0x02;

export interface IdeState {
  image: DiskImage;
  /** Guest cycles from the start of a command to its data. */
  service: number;
  error: number;
  count: number;
  low: number;
  middle: number;
  high: number;
  device: number;
  status: number;
  control: number;
  command: number;
  busCommand: number;
  busStatus: number;
  busTable: number;
  /** The sector under way, sectors left, and the words of it that have passed. */
  sector: number;
  left: number;
  buffer: string;
  at: number;
  due: number;
  /** Commands completed. */
  completed: number;
}

export const ideState = (image: DiskImage, service: number): IdeState => ({
  image,
  service,
  error: 0,
  count: 0,
  low: 0,
  middle: 0,
  high: 0,
  device: 0,
  status: IDE_STATUS.ready,
  control: 0,
  command: 0,
  busCommand: 0,
  busStatus: 0,
  busTable: 0,
  sector: 0,
  left: 0,
  buffer: "",
  at: 0,
  due: NEVER,
  completed: 0,
});

const byDma = (command: number): boolean => command === IDE_COMMAND.readDma || command === IDE_COMMAND.writeDma;

function interrupt(state: IdeState, context: DeviceContext): void {
  if ((state.control & NO_INTERRUPTS) === 0) context.line(IDE_IRQ, true);
}

function fail(state: IdeState, error: number, context: DeviceContext): void {
  state.error = error;
  state.status = IDE_STATUS.ready | IDE_STATUS.error;
  state.due = NEVER;
  if (byDma(state.command)) state.busStatus = (state.busStatus & ~BUS_ACTIVE) | BUS_ERROR | BUS_INTERRUPT;
  interrupt(state, context);
}

/** The answer to IDENTIFY DEVICE: what a driver needs to find the disk and its size. */
function identity(state: IdeState): string {
  const words = Array.from<number>({ length: 256 }).fill(0);
  words[49] = 0x0300;
  words[60] = state.image.sectors & 0xffff;
  words[61] = state.image.sectors >>> 16;
  const name = "STRATA IDE DISK".padEnd(40, " ");
  for (let index = 0; index < 20; index++) words[27 + index] = (name.charCodeAt(index * 2) << 8) | name.charCodeAt(index * 2 + 1);
  return words.map((word) => String.fromCharCode(word & 0xff, word >>> 8)).join("");
}

/**
 * A command byte: what it starts, and what it refuses.
 *
 * @rule hypervisor.io.ide-command
 * @source ATA/ATAPI-6 §8 (READ/WRITE SECTORS, READ/WRITE DMA, FLUSH CACHE, IDENTIFY DEVICE); Bus Master IDE 1.0 §2
 * Not modelled: a second device, CHS addresses, LBA48, multiple-sector transfers, queuing, SMART, power modes.
 */
function start(state: IdeState, command: number, context: DeviceContext): void {
  state.command = command;
  state.error = 0;
  state.sector = ((state.device & 0xf) << 24) | (state.high << 16) | (state.middle << 8) | state.low;
  state.left = state.count === 0 ? 256 : state.count;
  state.status = IDE_STATUS.busy | IDE_STATUS.ready;
  const moves = byDma(command) || command === IDE_COMMAND.read || command === IDE_COMMAND.write;
  if (moves && state.sector + state.left > state.image.sectors) fail(state, NOT_FOUND, context);
  else if (command === IDE_COMMAND.write) {
    // The drive asks for the first sector at once and without an interrupt.
    state.status = IDE_STATUS.ready | IDE_STATUS.request;
    state.buffer = "";
    state.at = 0;
  } else if (byDma(command)) {
    if ((state.busCommand & BUS_START) !== 0) state.due = context.now + state.service;
  } else if (command === IDE_COMMAND.read || command === IDE_COMMAND.identify || command === IDE_COMMAND.flush) {
    state.due = context.now + state.service;
  } else fail(state, ABORTED, context);
}

/** Moves the sectors of a DMA command through the table of physical regions. */
function transfer(state: IdeState, context: DeviceContext): void {
  const word = (at: number): number =>
    context.readByte(at) | (context.readByte(at + 1) << 8) | (context.readByte(at + 2) << 16) | (context.readByte(at + 3) << 24);
  let entry = state.busTable;
  let address = 0;
  let room = 0;
  let last = false;
  const next = (): number | undefined => {
    if (room === 0) {
      if (last) return undefined;
      address = word(entry) >>> 0;
      const size = word(entry + 4);
      room = (size & 0xffff) === 0 ? 0x1_0000 : size & 0xffff;
      last = size < 0;
      entry += 8;
    }
    room--;
    return address++;
  };
  for (let index = 0; index < state.left; index++) {
    const old = readSector(state.image, state.sector + index);
    let fresh = "";
    for (let at = 0; at < SECTOR; at++) {
      const place = next();
      if (place === undefined) return fail(state, ABORTED, context);
      if (state.command === IDE_COMMAND.readDma) context.writeByte(place, old.charCodeAt(at));
      else fresh += String.fromCharCode(context.readByte(place) & 0xff);
    }
    if (state.command === IDE_COMMAND.writeDma) writeSector(state.image, state.sector + index, fresh);
  }
  state.left = 0;
  state.status = IDE_STATUS.ready;
  state.busStatus = (state.busStatus & ~BUS_ACTIVE) | BUS_INTERRUPT;
  state.completed++;
  interrupt(state, context);
}

function tick(state: IdeState, context: DeviceContext): void {
  state.due = NEVER;
  if (byDma(state.command)) return transfer(state, context);
  if (state.command === IDE_COMMAND.flush) {
    state.status = IDE_STATUS.ready;
    state.completed++;
  } else if (state.command === IDE_COMMAND.write) {
    writeSector(state.image, state.sector++, state.buffer);
    state.left--;
    state.buffer = "";
    state.at = 0;
    state.status = IDE_STATUS.ready | (state.left > 0 ? IDE_STATUS.request : 0);
    if (state.left === 0) state.completed++;
  } else {
    state.buffer = state.command === IDE_COMMAND.identify ? identity(state) : readSector(state.image, state.sector++);
    state.left = state.command === IDE_COMMAND.identify ? 0 : state.left - 1;
    state.at = 0;
    state.status = IDE_STATUS.ready | IDE_STATUS.request;
  }
  interrupt(state, context);
}

/** The data register: a word of the sector under way, by whatever width. */
function readData(state: IdeState, width: Width, context: DeviceContext): number {
  if ((state.status & IDE_STATUS.request) === 0 || state.command === IDE_COMMAND.write) return 0xffff_ffff;
  let value = 0;
  for (let byte = 0; byte < width; byte++) value += (state.buffer.charCodeAt(state.at + byte) || 0) * 2 ** (8 * byte);
  state.at += width;
  if (state.at >= SECTOR) {
    state.status &= ~IDE_STATUS.request;
    if (state.left > 0) {
      state.status |= IDE_STATUS.busy;
      state.due = context.now + state.service;
    } else state.completed++;
  }
  return value;
}

function writeData(state: IdeState, width: Width, value: number, context: DeviceContext): void {
  if ((state.status & IDE_STATUS.request) === 0 || state.command !== IDE_COMMAND.write) return;
  for (let byte = 0; byte < width; byte++) state.buffer += String.fromCharCode(Math.floor(value / 2 ** (8 * byte)) & 0xff);
  if (state.buffer.length < SECTOR) return;
  state.buffer = state.buffer.slice(0, SECTOR);
  state.status = IDE_STATUS.ready | IDE_STATUS.busy;
  state.due = context.now + state.service;
}

function readPort(state: IdeState, port: number, width: Width, context: DeviceContext): number {
  if (port === IDE.data) return readData(state, width, context);
  if (port === IDE.command) {
    context.line(IDE_IRQ, false);
    return state.status;
  }
  const values: Readonly<Record<number, number>> = {
    [IDE.error]: state.error,
    [IDE.count]: state.count,
    [IDE.low]: state.low,
    [IDE.middle]: state.middle,
    [IDE.high]: state.high,
    [IDE.device]: state.device,
    [IDE.control]: state.status,
    [IDE.busCommand]: state.busCommand,
    [IDE.busStatus]: state.busStatus,
    [IDE.busTable]: state.busTable,
  };
  return values[port] ?? 0xff;
}

function writeBus(state: IdeState, value: number, context: DeviceContext): void {
  const starts = (value & BUS_START) !== 0 && (state.busCommand & BUS_START) === 0;
  state.busCommand = value & (BUS_START | BUS_TO_MEMORY);
  if ((value & BUS_START) === 0) state.busStatus &= ~BUS_ACTIVE;
  if (!starts) return;
  state.busStatus |= BUS_ACTIVE;
  if (byDma(state.command) && (state.status & IDE_STATUS.busy) !== 0) state.due = context.now + state.service;
}

function writePort(state: IdeState, port: number, width: Width, value: number, context: DeviceContext): void {
  const byte = value & 0xff;
  if (port === IDE.data) writeData(state, width, value, context);
  else if (port === IDE.count) state.count = byte;
  else if (port === IDE.low) state.low = byte;
  else if (port === IDE.middle) state.middle = byte;
  else if (port === IDE.high) state.high = byte;
  else if (port === IDE.device) state.device = byte;
  else if (port === IDE.control) state.control = byte;
  else if (port === IDE.busCommand) writeBus(state, byte, context);
  else if (port === IDE.busStatus) state.busStatus &= ~(byte & (BUS_INTERRUPT | BUS_ERROR));
  else if (port === IDE.busTable) state.busTable = value >>> 0;
  else if (port === IDE.command && (state.status & IDE_STATUS.busy) === 0) {
    context.line(IDE_IRQ, false);
    start(state, byte, context);
  }
}

export const ideModel: DeviceModel<IdeState> = {
  kind: "ide",
  ports: [
    [IDE.data, IDE.command + 1],
    [IDE.control, IDE.control + 1],
    [IDE.busCommand, IDE.busTable + 4],
  ],
  initial: () => ideState(emptyImage(2048), 30_000),
  copy: (state) => ({ ...state, image: copyImage(state.image) }),
  readPort,
  writePort,
  due: (state) => state.due,
  tick,
};
