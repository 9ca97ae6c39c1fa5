/** Control flow. EIP already points behind the instruction when a handler runs. */
import { BP, CONDITIONS, GP, UD } from "../isa/names";
import { push, stackAt, write } from "./address";
import { type Cpu, type Handler, type Operation, raise, setSegment } from "./cpu";
import { interrupt } from "./interrupt";
import { farReturn, interruptReturn } from "./interrupt";
import { readDestination, writeDestination } from "./operand";
import { codeForJump } from "./segments";

/** The sixteen conditions by number; an odd number is the opposite of the even one before it. */
export function holds(cpu: Cpu, condition: number): boolean {
  switch (condition) {
    case 0:
      return cpu.of !== 0;
    case 1:
      return cpu.of === 0;
    case 2:
      return cpu.cf !== 0;
    case 3:
      return cpu.cf === 0;
    case 4:
      return cpu.zf !== 0;
    case 5:
      return cpu.zf === 0;
    case 6:
      return cpu.cf !== 0 || cpu.zf !== 0;
    case 7:
      return cpu.cf === 0 && cpu.zf === 0;
    case 8:
      return cpu.sf !== 0;
    case 9:
      return cpu.sf === 0;
    case 12:
      return cpu.sf !== cpu.of;
    case 13:
      return cpu.sf === cpu.of;
    case 14:
      return cpu.zf !== 0 || cpu.sf !== cpu.of;
    default:
      return cpu.zf === 0 && cpu.sf === cpu.of;
  }
}

function jump(cpu: Cpu, target: number): void {
  const to = target >>> 0;
  if (to > (cpu.limit[1] as number)) raise(cpu, GP, 0);
  cpu.eip = to;
}

function target(cpu: Cpu, operation: Operation): number {
  return operation.shape === "rel" ? cpu.eip + operation.immediate : readDestination(cpu, operation);
}

const JUMP: Handler = (cpu, operation) => jump(cpu, target(cpu, operation));
const CALL: Handler = (cpu, operation) => {
  const to = target(cpu, operation) >>> 0;
  if (to > (cpu.limit[1] as number)) raise(cpu, GP, 0);
  push(cpu, cpu.eip);
  cpu.eip = to;
};
const RETURN: Handler = (cpu, operation) => {
  jump(cpu, stackAt(cpu, 0));
  cpu.r[4] = (cpu.r[4] as number) + 4 + operation.immediate;
};
const LOOP: Handler = (cpu, operation) => {
  if (cpu.r[1] !== 1) jump(cpu, cpu.eip + operation.immediate);
  cpu.r[1] = (cpu.r[1] as number) - 1;
};

function conditional(condition: number): Handler {
  return (cpu, operation) => {
    if (holds(cpu, condition)) jump(cpu, cpu.eip + operation.immediate);
  };
}

function setByte(condition: number): Handler {
  return (cpu, operation) => writeDestination(cpu, operation, holds(cpu, condition) ? 1 : 0);
}

const JUMP_FAR: Handler = (cpu, operation) => {
  const code = codeForJump(cpu, operation.selector);
  const to = operation.immediate >>> 0;
  if (to > code.limit) raise(cpu, GP, 0);
  setSegment(cpu, 1, code);
  cpu.eip = to;
};

/** Leaves CS with the CPL that really rules on the stack. */
const CALL_FAR: Handler = (cpu, operation) => {
  const code = codeForJump(cpu, operation.selector);
  const to = operation.immediate >>> 0;
  if (to > code.limit) raise(cpu, GP, 0);
  const esp = cpu.r[4] as number;
  write(cpu, 2, (esp - 8) >>> 0, 4, cpu.eip);
  write(cpu, 2, (esp - 4) >>> 0, 4, cpu.selector[1] as number);
  cpu.r[4] = esp - 8;
  setSegment(cpu, 1, code);
  cpu.eip = to;
};

const RETURN_FAR: Handler = (cpu) => {
  const eip = stackAt(cpu, 0) >>> 0;
  const selector = stackAt(cpu, 4) & 0xffff;
  farReturn(cpu, eip, selector, 8, () => undefined);
};

const INT: Handler = (cpu, operation) => interrupt(cpu, operation.immediate & 0xff, true);
const BREAK: Handler = (cpu) => interrupt(cpu, BP, true);
const UNDEFINED: Handler = (cpu) => raise(cpu, UD);
const NOP: Handler = () => undefined;

function flag(name: "cf" | "df", value: number): Handler {
  return (cpu) => {
    cpu[name] = value;
  };
}

const always = (handler: Handler) => () => handler;

export const CONTROL_HANDLERS: Readonly<Record<string, (operation: Operation) => Handler>> = {
  jmp: always(JUMP),
  call: always(CALL),
  ret: always(RETURN),
  loop: always(LOOP),
  nop: always(NOP),
  int3: always(BREAK),
  int: always(INT),
  ud2: always(UNDEFINED),
  clc: always(flag("cf", 0)),
  stc: always(flag("cf", 1)),
  cmc: always((cpu) => {
    cpu.cf ^= 1;
  }),
  cld: always(flag("df", 0)),
  std: always(flag("df", 1)),
  "jmp far": always(JUMP_FAR),
  "call far": always(CALL_FAR),
  "ret far": always(RETURN_FAR),
  iret: always(interruptReturn),
  ...Object.fromEntries(CONDITIONS.map((name, index) => [`j${name}`, always(conditional(index))])),
  ...Object.fromEntries(CONDITIONS.map((name, index) => [`set${name}`, always(setByte(index))])),
};
