/** Moves: registers, memory, stack, strings. Nothing is changed before the last access that may fault. */
import { DS, ES } from "../isa/names";
import type { Width } from "../types";
import { pop, push, read, stackAt, write } from "./address";
import type { Cpu, Handler, Operation } from "./cpu";
import { effectiveAddress, getRegister, readDestination, readOperand, readSource, setRegister, writeDestination } from "./operand";

const MOVE: Handler = (cpu, operation) => writeDestination(cpu, operation, readSource(cpu, operation));
const MOVE_REGISTERS: Handler = (cpu, operation) => {
  cpu.r[operation.a] = cpu.r[operation.b] as number;
};
const MOVE_IMMEDIATE: Handler = (cpu, operation) => {
  cpu.r[operation.a] = operation.immediate;
};
const LOAD: Handler = (cpu, operation) => {
  cpu.r[operation.a] = readOperand(cpu, operation);
};
const STORE: Handler = (cpu, operation) => {
  write(cpu, operation.memory.segment, effectiveAddress(cpu, operation.memory), 4, cpu.r[operation.a] as number);
};

function move({ shape, width }: Operation): Handler {
  if (width !== 4) return MOVE;
  return shape === "rr" ? MOVE_REGISTERS : shape === "ri" ? MOVE_IMMEDIATE : shape === "rm" ? LOAD : shape === "mr" ? STORE : MOVE;
}

const EXTEND_ZERO: Handler = (cpu, operation) => {
  cpu.r[operation.a] = readSource(cpu, operation);
};
const EXTEND_SIGN: Handler = (cpu, operation) => {
  const shift = 32 - 8 * operation.width;
  cpu.r[operation.a] = (readSource(cpu, operation) << shift) >> shift;
};
const ADDRESS: Handler = (cpu, operation) => {
  cpu.r[operation.a] = effectiveAddress(cpu, operation.memory);
};
const EXCHANGE: Handler = (cpu, operation) => {
  const { shape, width, a, b, memory } = operation;
  const mine = getRegister(cpu, a, width);
  const other = readSource(cpu, operation);
  if (shape === "rr") setRegister(cpu, b, width, mine);
  else write(cpu, memory.segment, effectiveAddress(cpu, memory), width, mine);
  setRegister(cpu, a, width, other);
};
const PUSH: Handler = (cpu, operation) => push(cpu, operation.shape === "i" ? operation.immediate : readDestination(cpu, operation));

/** POP to memory computes its address with the ESP behind the pop. */
const POP: Handler = (cpu, operation) => {
  if (operation.shape === "r") {
    const value = pop(cpu);
    cpu.r[operation.a] = value;
    return;
  }
  const value = stackAt(cpu, 0);
  const { base, index, scale } = operation.memory;
  const moved = (base === 4 ? 4 : 0) + (index === 4 ? 4 * scale : 0);
  write(cpu, operation.memory.segment, (effectiveAddress(cpu, operation.memory) + moved) >>> 0, 4, value);
  cpu.r[4] = (cpu.r[4] as number) + 4;
};

const PUSH_ALL: Handler = (cpu) => {
  const before = cpu.r[4] as number;
  const values = Array.from(cpu.r);
  try {
    for (const value of values) push(cpu, value);
  } catch (thrown) {
    cpu.r[4] = before;
    throw thrown;
  }
};
const POP_ALL: Handler = (cpu) => {
  const values = Array.from({ length: 8 }, (_, i) => stackAt(cpu, 4 * i));
  for (const [i, value] of values.entries()) if (7 - i !== 4) cpu.r[7 - i] = value;
  cpu.r[4] = (cpu.r[4] as number) + 32;
};
const LEAVE: Handler = (cpu) => {
  const frame = cpu.r[5] as number;
  const value = read(cpu, 2, frame >>> 0, 4);
  cpu.r[4] = frame + 4;
  cpu.r[5] = value;
};

function step(cpu: Cpu, register: number, width: Width): void {
  cpu.r[register] = (cpu.r[register] as number) + (cpu.df ? -width : width);
}

const MOVE_STRING: Handler = (cpu, { width }) => {
  const value = read(cpu, DS, (cpu.r[6] as number) >>> 0, width);
  write(cpu, ES, (cpu.r[7] as number) >>> 0, width, value);
  step(cpu, 6, width);
  step(cpu, 7, width);
};
const STORE_STRING: Handler = (cpu, { width }) => {
  write(cpu, ES, (cpu.r[7] as number) >>> 0, width, getRegister(cpu, 0, width));
  step(cpu, 7, width);
};
const LOAD_STRING: Handler = (cpu, { width }) => {
  setRegister(cpu, 0, width, read(cpu, DS, (cpu.r[6] as number) >>> 0, width));
  step(cpu, 6, width);
};

/**
 * REP: one element, then the same instruction again while ECX is not zero, so that interrupts and faults come between elements.
 *
 * @rule hypervisor.cpu.rep
 * @source Intel SDM vol. 2B REP
 */
function repeated(once: Handler): Handler {
  return (cpu, operation) => {
    if (cpu.r[1] === 0) return;
    once(cpu, operation);
    cpu.r[1] = (cpu.r[1] as number) - 1;
    if (cpu.r[1] !== 0) cpu.eip = (cpu.eip - operation.length) >>> 0;
  };
}

const always = (handler: Handler) => () => handler;

export const DATA_HANDLERS: Readonly<Record<string, (operation: Operation) => Handler>> = {
  mov: move,
  movzx: always(EXTEND_ZERO),
  movsx: always(EXTEND_SIGN),
  lea: always(ADDRESS),
  xchg: always(EXCHANGE),
  push: always(PUSH),
  pop: always(POP),
  pusha: always(PUSH_ALL),
  popa: always(POP_ALL),
  leave: always(LEAVE),
  movs: always(MOVE_STRING),
  stos: always(STORE_STRING),
  lods: always(LOAD_STRING),
  "rep movs": always(repeated(MOVE_STRING)),
  "rep stos": always(repeated(STORE_STRING)),
};
