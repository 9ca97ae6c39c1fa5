/**
 * Exceptions and interrupts: through the IDT onto the stack of the ring that the gate names, and back with IRET.
 *
 * @source Intel SDM vol. 3A 6.10 to 6.15; vol. 2 INT n, IRET
 * Not modelled: task gates, NMI, virtual-8086 mode, nested tasks.
 */
import { CS, DOUBLE_FAULT, GP, NP, PF, SS, SS_FAULT } from "../isa/names";
import { readLinear, stackAt, writeLinear } from "./address";
import { type Cpu, FAULT, getFlags, getSegment, popFlags, raise, setSegment } from "./cpu";
import { codeForGate, codeForReturn, dropInnerSegments, innerStack, stackSegment } from "./segments";

/** Guest cycles that delivery takes. Chosen. */
export const DELIVERY_CYCLES = 20;

/** Exceptions that push an error code. */
const WITH_CODE: ReadonlySet<number> = new Set([8, 10, 11, 12, 13, 14]);
/** Contributory exceptions: two of them make a double fault. */
const CONTRIBUTORY: ReadonlySet<number> = new Set([0, 10, 11, 12, 13]);

/**
 * Calls the handler of a vector. In a deprivileged machine the IDT is the monitor's, whose gates have DPL 0, so INT n faults. The frame is complete or nothing has happened: registers change only after all writes have succeeded.
 *
 * @rule hypervisor.cpu.interrupt
 * @source Intel SDM vol. 3A 6.12.1
 */
export function interrupt(cpu: Cpu, vector: number, software: boolean, errorCode?: number): void {
  const code = vector * 8 + 2 + (software ? 0 : 1);
  if (vector * 8 + 7 > cpu.idtr.limit || (software && cpu.ruling === "deprivileged")) raise(cpu, GP, code);
  const at = (cpu.idtr.base + vector * 8) >>> 0;
  const low = readLinear(cpu, at, 4, false);
  const high = readLinear(cpu, (at + 4) >>> 0, 4, false);
  const type = (high >> 8) & 0x1f;
  if (type !== 0x0e && type !== 0x0f) raise(cpu, GP, code);
  if (software && ((high >> 13) & 3) < cpu.cpl) raise(cpu, GP, code);
  if ((high & 0x8000) === 0) raise(cpu, NP, code);
  const { state, level } = codeForGate(cpu, low >>> 16);
  const inner = level < cpu.cpl ? innerStack(cpu, level) : undefined;
  const stack = inner?.segment ?? getSegment(cpu, SS);
  const frame = [getFlags(cpu), cpu.selector[CS] as number, cpu.eip];
  if (inner) frame.unshift(cpu.selector[SS] as number, cpu.r[4] as number);
  if (errorCode !== undefined) frame.push(errorCode);
  let esp = inner ? inner.esp : (cpu.r[4] as number) >>> 0;
  for (const value of frame) {
    esp = (esp - 4) >>> 0;
    if (esp + 3 > stack.limit) raise(cpu, SS_FAULT, 0);
    writeLinear(cpu, (stack.base + esp) >>> 0, 4, value, false);
  }
  if (inner) setSegment(cpu, SS, stack);
  cpu.r[4] = esp;
  setSegment(cpu, CS, state);
  cpu.cpl = level;
  cpu.eip = ((high & 0xffff0000) | (low & 0xffff)) >>> 0;
  if (type === 0x0e) cpu.interruptFlag = 0;
}

/**
 * Delivers the exception in flight; exceptions met on the way become a double fault, and one met then stops the machine.
 *
 * @rule hypervisor.cpu.double-fault
 * @source Intel SDM vol. 3A 6.15 (interrupt 8), table 6-5
 */
export function deliverException(cpu: Cpu): void {
  let { vector, errorCode } = cpu;
  cpu.inhibit = false;
  cpu.cycles += DELIVERY_CYCLES;
  for (;;) {
    try {
      return interrupt(cpu, vector, false, WITH_CODE.has(vector) ? errorCode : undefined);
    } catch (thrown) {
      if (thrown !== FAULT) throw thrown;
    }
    if (vector === DOUBLE_FAULT) {
      cpu.shutdown = true;
      return;
    }
    const second = cpu.vector;
    const double = (vector === PF && (second === PF || CONTRIBUTORY.has(second))) || (CONTRIBUTORY.has(vector) && CONTRIBUTORY.has(second));
    vector = double ? DOUBLE_FAULT : second;
    errorCode = double ? 0 : cpu.errorCode;
  }
}

/** Delivers a device's interrupt; what goes wrong on the way is an exception of its own. */
export function deliverExternal(cpu: Cpu, vector: number): void {
  cpu.halted = false;
  cpu.cycles += DELIVERY_CYCLES;
  try {
    interrupt(cpu, vector, false);
  } catch (thrown) {
    if (thrown !== FAULT) throw thrown;
    deliverException(cpu);
  }
}

/**
 * IRET: to the same ring or an outer one; flags as POPF may write them with the CPL before the return.
 *
 * @rule hypervisor.cpu.iret
 * @source Intel SDM vol. 2A IRET/IRETD
 */
export function interruptReturn(cpu: Cpu): void {
  const eip = stackAt(cpu, 0) >>> 0;
  const selector = stackAt(cpu, 4) & 0xffff;
  const flags = stackAt(cpu, 8);
  farReturn(cpu, eip, selector, 12, () => popFlags(cpu, flags));
}

/** RET far and IRET after their pops of `bytes`: outer returns take SS:ESP from the stack as well. */
export function farReturn(cpu: Cpu, eip: number, selector: number, bytes: number, before: () => void): void {
  const code = codeForReturn(cpu, selector);
  const level = selector & 3;
  const outer = level > cpu.cpl;
  const esp = outer ? stackAt(cpu, bytes) : (cpu.r[4] as number) + bytes;
  const stack = outer ? stackSegment(cpu, stackAt(cpu, bytes + 4) & 0xffff, level, GP) : undefined;
  if (eip > code.limit) raise(cpu, GP, 0);
  before();
  cpu.r[4] = esp;
  cpu.eip = eip;
  cpu.cpl = level;
  setSegment(cpu, CS, code);
  if (!stack) return;
  setSegment(cpu, SS, stack);
  dropInnerSegments(cpu);
}
