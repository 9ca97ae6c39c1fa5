/** From EIP to an operation: decoded once, kept by physical frame until that frame is written. */
import { decode, lengthOf } from "../isa/codec";
import type { Decoded } from "../isa/codec";
import { GP, UD } from "../isa/names";
import { ARITHMETIC_HANDLERS } from "./arithmetic";
import { translate } from "./address";
import { CONTROL_HANDLERS } from "./control";
import { type Cpu, type Handler, type Operation, raise, STOP } from "./cpu";
import { DATA_HANDLERS } from "./data";
import { codeOf, keepCode, readByte } from "./memory";
import { SYSTEM_HANDLERS } from "./system";

const HANDLERS: Readonly<Record<string, (operation: Operation) => Handler>> = {
  ...ARITHMETIC_HANDLERS,
  ...DATA_HANDLERS,
  ...CONTROL_HANDLERS,
  ...SYSTEM_HANDLERS,
};

const STOPS: Readonly<Record<string, number>> = {
  hlt: STOP.hlt,
  in: STOP.io,
  out: STOP.io,
  "mov cr": STOP.cr,
  lmsw: STOP.cr,
  clts: STOP.cr,
  smsw: STOP.cr,
  cpuid: STOP.cpuid,
  rdtsc: STOP.rdtsc,
  invlpg: STOP.invlpg,
  lgdt: STOP.tables,
  lidt: STOP.tables,
  sgdt: STOP.tables,
  sidt: STOP.tables,
  lldt: STOP.tables,
  ltr: STOP.tables,
  sldt: STOP.tables,
  str: STOP.tables,
};

const UNDEFINED: Handler = (cpu) => raise(cpu, UD);

/** An operation that can be run. A hypercall is no instruction of the bare machine: #UD unless a monitor stops before it. */
export function operationOf(decoded: Decoded): Operation {
  const stop = (STOPS[decoded.row.id] ?? 0) | (decoded.row.sensitive ? STOP.sensitive : 0);
  if (decoded.hypercall) return { ...decoded, stop: STOP.hypercall, run: UNDEFINED };
  const operation = { ...decoded, stop, run: UNDEFINED };
  const choose = HANDLERS[decoded.row.id];
  if (!choose) throw new Error(`no handler for ${decoded.row.id}`);
  operation.run = choose(operation);
  return operation;
}

/** The operation at EIP; raises what fetching it raises. */
export function fetch(cpu: Cpu): Operation {
  const { eip } = cpu;
  if (eip > (cpu.limit[1] as number)) raise(cpu, GP, 0);
  const linear = ((cpu.base[1] as number) + eip) >>> 0;
  if (linear >>> 12 !== cpu.fetchPage) enterPage(cpu, linear);
  return cpu.fetchCode[linear & 4095] ?? decodeAt(cpu, linear);
}

function enterPage(cpu: Cpu, linear: number): void {
  cpu.fetchPage = -1;
  cpu.fetchFrame = Math.floor(translate(cpu, linear, false, cpu.cpl === 3) / 4096);
  cpu.fetchCode = cpu.fetchFrame * 4096 < cpu.memory.size ? codeOf(cpu.memory, cpu.fetchFrame) : [];
  cpu.fetchPage = linear >>> 12;
}

function decodeAt(cpu: Cpu, linear: number): Operation {
  const physical = cpu.fetchFrame * 4096 + (linear & 4095);
  const byte = (at: number): number => {
    const address = (linear + at) >>> 0;
    const inside = (linear & 4095) + at < 4096;
    return readByte(cpu.memory, inside ? physical + at : translate(cpu, address, false, cpu.cpl === 3));
  };
  const first = byte(0);
  const bytes = [first, byte(1)];
  const length = lengthOf(first, bytes[1] as number);
  while (bytes.length < length) bytes.push(byte(bytes.length));
  const decoded = decode((at) => bytes[at] ?? 0);
  if (!decoded) return raise(cpu, UD);
  const operation = operationOf(decoded);
  if ((linear & 4095) + length <= 4096 && physical < cpu.memory.size) keepCode(cpu.memory, physical, operation);
  return operation;
}
