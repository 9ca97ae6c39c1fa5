/**
 * What a driver can do to its devices: port and memory accesses, and writing its own memory. Who answers, and what an access costs,
 * is for whoever passes this in: a board, or a path that counts an exit for each.
 */
import type { Width } from "../../types";
import { type Board, memoryIn, memoryOut, portIn, portOut } from "../board";
import type { Bytes } from "../virtio/ring";

export interface Registers extends Bytes {
  in(port: number, width: Width): number;
  out(port: number, width: Width, value: number): void;
  load(address: number, width: Width): number;
  store(address: number, width: Width, value: number): void;
}

/** A board's devices, touched directly. */
export const registersOf = (on: Board): Registers => ({
  in: (port, width) => portIn(on, port, width),
  out: (port, width, value) => portOut(on, port, width, value),
  load: (address, width) => memoryIn(on, address, width),
  store: (address, width, value) => memoryOut(on, address, width, value),
  readByte: (physical) => on.memory[physical] ?? 0xff,
  writeByte(physical, value) {
    on.memory[physical] = value;
  },
});
