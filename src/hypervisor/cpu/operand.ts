/** Operands of a decoded instruction: registers of three widths, effective addresses, values. 32-bit values are signed, narrower unsigned. */
import { GP } from "../isa/names";
import type { MemoryOperand } from "../isa/codec";
import type { Width } from "../types";
import { read, write } from "./address";
import { type Cpu, type Operation, raise } from "./cpu";

export function getRegister(cpu: Cpu, number: number, width: Width): number {
  if (width === 4) return cpu.r[number] as number;
  if (width === 2) return (cpu.r[number] as number) & 0xffff;
  return number < 4 ? (cpu.r[number] as number) & 0xff : ((cpu.r[number - 4] as number) >> 8) & 0xff;
}

export function setRegister(cpu: Cpu, number: number, width: Width, value: number): void {
  if (width === 4) cpu.r[number] = value;
  else if (width === 2) cpu.r[number] = ((cpu.r[number] as number) & ~0xffff) | (value & 0xffff);
  else if (number < 4) cpu.r[number] = ((cpu.r[number] as number) & ~0xff) | (value & 0xff);
  else cpu.r[number - 4] = ((cpu.r[number - 4] as number) & ~0xff00) | ((value & 0xff) << 8);
}

export function effectiveAddress(cpu: Cpu, memory: MemoryOperand): number {
  let address = memory.displacement;
  if (memory.base >= 0) address += cpu.r[memory.base] as number;
  if (memory.index >= 0) address += (cpu.r[memory.index] as number) * memory.scale;
  return address >>> 0;
}

export function readOperand(cpu: Cpu, operation: Operation): number {
  const { memory } = operation;
  return read(cpu, memory.segment, effectiveAddress(cpu, memory), operation.width);
}

/** The destination's old value: `r…` shapes a register, `m…` shapes memory. */
export function readDestination(cpu: Cpu, operation: Operation): number {
  return operation.shape[0] === "m" ? readOperand(cpu, operation) : getRegister(cpu, operation.a, operation.width);
}

export function writeDestination(cpu: Cpu, operation: Operation, value: number): void {
  const { shape, width, memory } = operation;
  if (shape[0] === "m") write(cpu, memory.segment, effectiveAddress(cpu, memory), width, value);
  else setRegister(cpu, operation.a, width, value);
}

/** The second operand of the two-operand shapes, the count of `rl`. */
export function readSource(cpu: Cpu, operation: Operation): number {
  switch (operation.shape) {
    case "rr":
      return getRegister(cpu, operation.b, operation.width);
    case "mr":
      return getRegister(cpu, operation.a, operation.width);
    case "rm":
      return readOperand(cpu, operation);
    case "rl":
      return (cpu.r[1] as number) & 0xff;
    default:
      return operation.immediate;
  }
}

/** Faults unless the ring is 0. */
export function requireRing0(cpu: Cpu): void {
  if (cpu.cpl !== 0) raise(cpu, GP, 0);
}

/** Faults when CPL > IOPL. */
export function requireIopl(cpu: Cpu): void {
  if (cpu.cpl > cpu.iopl) raise(cpu, GP, 0);
}
