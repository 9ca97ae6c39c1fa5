/**
 * A guest's driver for the IDE-like disk, register by register: eight writes start a DMA read, three accesses end it.
 *
 * @rule hypervisor.io.ide-driver
 * @source ATA/ATAPI-6 §9 (DMA data transfer), Bus Master IDE 1.0 §3.1; the fewest accesses that do it
 * Not modelled: what real drivers do besides (alternate status, 400 ns delays, reading bus-master status of a shared line).
 */
import { IDE, IDE_COMMAND } from "../ide";
import { write32 } from "../virtio/ring";
import type { Registers } from "./registers";

export interface IdeRequest {
  readonly write: boolean;
  readonly sector: number;
  readonly sectors: number;
  readonly buffer: number;
  /** Where the table of physical regions is kept. */
  readonly table: number;
}

function taskFile(on: Registers, request: IdeRequest): void {
  on.out(IDE.device, 1, 0xe0 | ((request.sector >>> 24) & 0xf));
  on.out(IDE.count, 1, request.sectors & 0xff);
  on.out(IDE.low, 1, request.sector & 0xff);
  on.out(IDE.middle, 1, (request.sector >>> 8) & 0xff);
  on.out(IDE.high, 1, (request.sector >>> 16) & 0xff);
}

/** Starts a transfer by DMA: the eighth write starts the drive. */
export function startDma(on: Registers, request: IdeRequest): void {
  write32(on, request.table, request.buffer);
  write32(on, request.table + 4, request.sectors * 512 + 0x8000_0000);
  taskFile(on, request);
  on.out(IDE.busTable, 4, request.table);
  on.out(IDE.command, 1, request.write ? IDE_COMMAND.writeDma : IDE_COMMAND.readDma);
  on.out(IDE.busCommand, 1, request.write ? 0x01 : 0x09);
}

/** After the interrupt: status (which lowers the line), bus master off, its interrupt bit cleared. */
export function finishDma(on: Registers): boolean {
  const status = on.in(IDE.command, 1);
  on.out(IDE.busCommand, 1, 0);
  on.out(IDE.busStatus, 1, 0x04);
  return (status & 0x21) === 0;
}

/** Starts a read by the word; an interrupt comes for every sector. */
export function startWords(on: Registers, request: IdeRequest): void {
  taskFile(on, request);
  on.out(IDE.command, 1, IDE_COMMAND.read);
}

/** One sector after its interrupt: status and 256 reads. */
export function readWords(on: Registers, buffer: number): boolean {
  if ((on.in(IDE.command, 1) & 0x09) !== 0x08) return false;
  for (let word = 0; word < 256; word++) {
    const value = on.in(IDE.data, 2);
    on.writeByte(buffer + 2 * word, value & 0xff);
    on.writeByte(buffer + 2 * word + 1, value >>> 8);
  }
  return true;
}
