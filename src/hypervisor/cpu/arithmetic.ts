/**
 * Arithmetic, logic and shifts. Narrow operands are moved to the top of 32 bits, so that one set of rules gives the flags of all widths.
 *
 * Where the manual leaves a flag undefined we choose: logic clears CF and OF; multiplications leave ZF and SF; divisions leave all; OF of a
 * shift by several bits follows the rule for one bit.
 */
import { DE } from "../isa/names";
import type { Width } from "../types";
import { type Cpu, type Handler, type Operation, raise } from "./cpu";
import { readDestination, readSource, setRegister, writeDestination } from "./operand";

type Binary = (cpu: Cpu, x: number, y: number, shift: number) => number;

function zeroSign(cpu: Cpu, result: number): number {
  cpu.zf = result === 0 ? 1 : 0;
  cpu.sf = result < 0 ? 1 : 0;
  return result;
}

function addWith(cpu: Cpu, x: number, y: number, carry: number): number {
  const wide = (x >>> 0) + (y >>> 0) + carry;
  const result = wide | 0;
  cpu.cf = wide > 0xffffffff ? 1 : 0;
  cpu.of = ((x ^ result) & (y ^ result)) < 0 ? 1 : 0;
  return zeroSign(cpu, result);
}

function subWith(cpu: Cpu, x: number, y: number, borrow: number): number {
  const wide = (x >>> 0) - (y >>> 0) - borrow;
  const result = wide | 0;
  cpu.cf = wide < 0 ? 1 : 0;
  cpu.of = ((x ^ y) & (x ^ result)) < 0 ? 1 : 0;
  return zeroSign(cpu, result);
}

function logic(cpu: Cpu, result: number): number {
  cpu.cf = 0;
  cpu.of = 0;
  return zeroSign(cpu, result);
}

const ADD: Binary = (cpu, x, y) => addWith(cpu, x, y, 0);
const SUB: Binary = (cpu, x, y) => subWith(cpu, x, y, 0);
const ADC: Binary = (cpu, x, y, shift) => addWith(cpu, x, y, cpu.cf << shift);
const SBB: Binary = (cpu, x, y, shift) => subWith(cpu, x, y, cpu.cf << shift);
const AND: Binary = (cpu, x, y) => logic(cpu, x & y);
const OR: Binary = (cpu, x, y) => logic(cpu, x | y);
const XOR: Binary = (cpu, x, y) => logic(cpu, x ^ y);

/** A handler for `destination ← f(destination, source)`, with short ways for the forms that programs use most. */
function binary(f: Binary, store: boolean): (operation: Operation) => Handler {
  const general: Handler = (cpu, operation) => {
    const shift = 32 - 8 * operation.width;
    const source = readSource(cpu, operation) << shift;
    const result = f(cpu, readDestination(cpu, operation) << shift, source, shift);
    if (store) setRegister(cpu, operation.a, operation.width, result >> shift);
  };
  const registers: Handler = (cpu, operation) => {
    const result = f(cpu, cpu.r[operation.a] as number, cpu.r[operation.b] as number, 0);
    if (store) cpu.r[operation.a] = result;
  };
  const immediates: Handler = (cpu, operation) => {
    const result = f(cpu, cpu.r[operation.a] as number, operation.immediate, 0);
    if (store) cpu.r[operation.a] = result;
  };
  const memory: Handler = (cpu, operation) => {
    const shift = 32 - 8 * operation.width;
    const source = readSource(cpu, operation) << shift;
    const old = readDestination(cpu, operation);
    const { cf, zf, sf, of } = cpu;
    const result = f(cpu, old << shift, source, shift);
    if (!store) return;
    const after = [cpu.cf, cpu.zf, cpu.sf, cpu.of] as const;
    [cpu.cf, cpu.zf, cpu.sf, cpu.of] = [cf, zf, sf, of];
    writeDestination(cpu, operation, result >> shift);
    [cpu.cf, cpu.zf, cpu.sf, cpu.of] = after;
  };
  return ({ shape, width }) => {
    if (shape[0] === "m") return memory;
    if (width !== 4) return general;
    return shape === "rr" ? registers : shape === "ri" ? immediates : general;
  };
}

/** A handler for `destination ← f(destination)`; memory is written before the flags change, so that a fault leaves no trace. */
function unary(f: (cpu: Cpu, x: number, width: Width, count: number) => number): Handler {
  return (cpu, operation) => {
    const count = operation.shape === "r" || operation.shape === "m" ? 0 : readSource(cpu, operation);
    const old = readDestination(cpu, operation);
    const before = [cpu.cf, cpu.zf, cpu.sf, cpu.of] as const;
    const result = f(cpu, old, operation.width, count);
    const after = [cpu.cf, cpu.zf, cpu.sf, cpu.of] as const;
    [cpu.cf, cpu.zf, cpu.sf, cpu.of] = before;
    writeDestination(cpu, operation, result);
    [cpu.cf, cpu.zf, cpu.sf, cpu.of] = after;
  };
}

function keepingCarry(cpu: Cpu, f: Binary, x: number, width: Width): number {
  const shift = 32 - 8 * width;
  const { cf } = cpu;
  const result = f(cpu, x << shift, 1 << shift, shift) >> shift;
  cpu.cf = cf;
  return result;
}

const INC = unary((cpu, x, width) => keepingCarry(cpu, ADD, x, width));
const DEC = unary((cpu, x, width) => keepingCarry(cpu, SUB, x, width));
const NEG = unary((cpu, x, width) => {
  const shift = 32 - 8 * width;
  return SUB(cpu, 0, x << shift, shift) >> shift;
});
const NOT = unary((_, x) => ~x);

const decLong: Handler = (cpu, operation) => {
  const { cf } = cpu;
  cpu.r[operation.a] = SUB(cpu, cpu.r[operation.a] as number, 1, 0);
  cpu.cf = cf;
};
const incLong: Handler = (cpu, operation) => {
  const { cf } = cpu;
  cpu.r[operation.a] = ADD(cpu, cpu.r[operation.a] as number, 1, 0);
  cpu.cf = cf;
};

function maskOf(width: Width): number {
  return width === 4 ? 0xffffffff : width === 2 ? 0xffff : 0xff;
}

/** One bit at a time: short, and the flags of the last bit are the flags of the whole. */
function shifting(step: (cpu: Cpu, x: number, bits: number, original: number) => number, flags: boolean): Handler {
  return unary((cpu, value, width, written) => {
    const bits = width * 8;
    const count = written & 31;
    if (count === 0) return value;
    let x = (value & maskOf(width)) >>> 0;
    for (let i = 0; i < count; i++) x = (step(cpu, x, bits, x) & maskOf(width)) >>> 0;
    if (flags) {
      cpu.zf = x === 0 ? 1 : 0;
      cpu.sf = (x >>> (bits - 1)) & 1;
    }
    return x;
  });
}

const top = (x: number, bits: number): number => (x >>> (bits - 1)) & 1;

const SHL = shifting((cpu, x, bits) => {
  cpu.cf = top(x, bits);
  const result = x << 1;
  cpu.of = top(result, bits) ^ cpu.cf;
  return result;
}, true);
const SHR = shifting((cpu, x, bits) => {
  cpu.cf = x & 1;
  cpu.of = top(x, bits);
  return x >>> 1;
}, true);
const SAR = shifting((cpu, x, bits) => {
  cpu.cf = x & 1;
  cpu.of = 0;
  return (x >>> 1) | (top(x, bits) << (bits - 1));
}, true);
const ROL = shifting((cpu, x, bits) => {
  const result = (x << 1) | top(x, bits);
  cpu.cf = result & 1;
  cpu.of = top(result, bits) ^ cpu.cf;
  return result;
}, false);
const ROR = shifting((cpu, x, bits) => {
  const result = (x >>> 1) | ((x & 1) << (bits - 1));
  cpu.cf = top(result, bits);
  cpu.of = cpu.cf ^ top(result, bits - 1);
  return result;
}, false);

const MUL: Handler = (cpu, operation) => {
  const product = BigInt((cpu.r[0] as number) >>> 0) * BigInt(readDestination(cpu, operation) >>> 0);
  cpu.r[0] = Number(product & 0xffffffffn);
  cpu.r[2] = Number(product >> 32n);
  cpu.cf = cpu.of = cpu.r[2] === 0 ? 0 : 1;
};

const IMUL: Handler = (cpu, operation) => {
  const x = cpu.r[operation.a] as number;
  const y = readSource(cpu, operation);
  const result = Math.imul(x, y);
  cpu.r[operation.a] = result;
  cpu.cf = cpu.of = BigInt(x) * BigInt(y) === BigInt(result) ? 0 : 1;
};

const DIV: Handler = (cpu, operation) => {
  const divisor = BigInt(readDestination(cpu, operation) >>> 0);
  if (divisor === 0n) raise(cpu, DE);
  const dividend = (BigInt((cpu.r[2] as number) >>> 0) << 32n) | BigInt((cpu.r[0] as number) >>> 0);
  const quotient = dividend / divisor;
  if (quotient > 0xffffffffn) raise(cpu, DE);
  cpu.r[2] = Number(dividend % divisor);
  cpu.r[0] = Number(quotient);
};

const IDIV: Handler = (cpu, operation) => {
  const divisor = BigInt(readDestination(cpu, operation));
  if (divisor === 0n) raise(cpu, DE);
  const dividend = (BigInt(cpu.r[2] as number) << 32n) | BigInt((cpu.r[0] as number) >>> 0);
  const quotient = dividend / divisor;
  if (quotient > 0x7fffffffn || quotient < -0x80000000n) raise(cpu, DE);
  cpu.r[2] = Number(dividend % divisor);
  cpu.r[0] = Number(quotient);
};

const CDQ: Handler = (cpu) => {
  cpu.r[2] = (cpu.r[0] as number) >> 31;
};

const always = (handler: Handler) => () => handler;

/** Chosen once an instruction is decoded. */
export const ARITHMETIC_HANDLERS: Readonly<Record<string, (operation: Operation) => Handler>> = {
  add: binary(ADD, true),
  or: binary(OR, true),
  adc: binary(ADC, true),
  sbb: binary(SBB, true),
  and: binary(AND, true),
  sub: binary(SUB, true),
  xor: binary(XOR, true),
  cmp: binary(SUB, false),
  test: binary(AND, false),
  inc: ({ shape, width }) => (shape === "r" && width === 4 ? incLong : INC),
  dec: ({ shape, width }) => (shape === "r" && width === 4 ? decLong : DEC),
  neg: always(NEG),
  not: always(NOT),
  shl: always(SHL),
  shr: always(SHR),
  sar: always(SAR),
  rol: always(ROL),
  ror: always(ROR),
  mul: always(MUL),
  imul: always(IMUL),
  div: always(DIV),
  idiv: always(IDIV),
  cdq: always(CDQ),
};
