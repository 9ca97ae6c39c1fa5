/**
 * Descriptors and segment registers: what a selector may be loaded into, and transfers of control between segments and rings.
 *
 * @source Intel SDM vol. 3A 3.4, 5.5 to 5.8; vol. 2 MOV, POP, JMP, CALL, RET, LLDT, LTR
 * Not modelled: conforming code and expand-down data (taken as their plain kinds), call and task gates (#GP), the accessed bit.
 */
import { CS, ES, GP, NP, SS, SS_FAULT, TS } from "../isa/names";
import type { SegmentState, TableRegister } from "../types";
import { readLinear } from "./address";
import { type Cpu, raise, setSegment } from "./cpu";

export interface Descriptor {
  readonly base: number;
  readonly limit: number;
  readonly access: number;
  readonly high: number;
}

export function parseDescriptor(low: number, high: number): Descriptor {
  const raw = (high & 0xf0000) | (low & 0xffff);
  const limit = high & 0x800000 ? raw * 4096 + 4095 : raw;
  const base = ((high & 0xff000000) | ((high & 0xff) << 16) | (low >>> 16)) >>> 0;
  return { base, limit, access: (high >> 8) & 0xff, high };
}

const dplOf = (one: Descriptor): number => (one.access >> 5) & 3;
const isCode = (one: Descriptor): boolean => (one.access & 0x18) === 0x18;
const isData = (one: Descriptor): boolean => (one.access & 0x18) === 0x10;
const isPresent = (one: Descriptor): boolean => (one.access & 0x80) !== 0;

/** A local table that is not there has no entries. */
export function usable(ldtr: SegmentState): TableRegister {
  return ldtr.access & 0x80 ? ldtr : { base: 0, limit: -1 };
}

/** The descriptor of a selector, or `undefined` when it lies outside its table. */
export function fetchDescriptor(cpu: Cpu, selector: number): Descriptor | undefined {
  const local = (selector & 4) !== 0;
  const table = cpu.hooks?.table?.(local) ?? (local ? usable(cpu.ldtr) : cpu.gdtr);
  const offset = selector & 0xfff8;
  if (offset + 7 > table.limit) return undefined;
  const at = (table.base + offset) >>> 0;
  const low = readLinear(cpu, at, 4, false);
  const high = readLinear(cpu, (at + 4) >>> 0, 4, false);
  return parseDescriptor(low, cpu.hooks?.descriptor ? cpu.hooks.descriptor(high) : high);
}

function required(cpu: Cpu, selector: number, vector: number): Descriptor {
  return (selector & 0xfffc) === 0 ? raise(cpu, vector, 0) : (fetchDescriptor(cpu, selector) ?? raise(cpu, vector, selector & 0xfffc));
}

function stateOf(selector: number, one: Descriptor): SegmentState {
  return { selector, base: one.base, limit: one.limit, access: one.access };
}

export const NULL_SEGMENT: SegmentState = { selector: 0, base: 0, limit: 0, access: 0 };

/** The stack segment for a privilege level: writable data of exactly this level. */
export function stackSegment(cpu: Cpu, selector: number, level: number, vector: number): SegmentState {
  const one = required(cpu, selector, vector);
  const wrong = (selector & 3) !== level || !isData(one) || (one.access & 2) === 0 || dplOf(one) !== level;
  if (wrong) raise(cpu, vector, selector & 0xfffc);
  if (!isPresent(one)) raise(cpu, SS_FAULT, selector & 0xfffc);
  return stateOf(selector, one);
}

/**
 * MOV and POP to DS, ES, FS, GS and SS. The check compares DPL with the larger of RPL and CPL: with the CPL that really rules.
 *
 * @rule hypervisor.cpu.load-segment
 * @source Intel SDM vol. 2B MOV, table of protected-mode checks
 */
export function loadSegment(cpu: Cpu, segment: number, selector: number): void {
  if (segment === SS) return setSegment(cpu, SS, stackSegment(cpu, selector, cpu.cpl, GP));
  if ((selector & 0xfffc) === 0) return setSegment(cpu, segment, { ...NULL_SEGMENT, selector });
  const one = required(cpu, selector, GP);
  const readable = isData(one) || (isCode(one) && (one.access & 2) !== 0);
  if (!readable || dplOf(one) < Math.max(cpu.cpl, selector & 3)) raise(cpu, GP, selector & 0xfffc);
  if (!isPresent(one)) raise(cpu, NP, selector & 0xfffc);
  setSegment(cpu, segment, stateOf(selector, one));
}

/** The code segment for a far JMP or CALL: of the same ring. */
export function codeForJump(cpu: Cpu, selector: number): SegmentState {
  const one = required(cpu, selector, GP);
  if (!isCode(one) || dplOf(one) !== cpu.cpl || (selector & 3) > cpu.cpl) raise(cpu, GP, selector & 0xfffc);
  if (!isPresent(one)) raise(cpu, NP, selector & 0xfffc);
  return stateOf((selector & 0xfffc) | cpu.cpl, one);
}

/** The code segment that RET far and IRET go back to: of the ring in its RPL, never an inner one. */
export function codeForReturn(cpu: Cpu, selector: number): SegmentState {
  const one = required(cpu, selector, GP);
  if (!isCode(one) || (selector & 3) < cpu.cpl || dplOf(one) !== (selector & 3)) raise(cpu, GP, selector & 0xfffc);
  if (!isPresent(one)) raise(cpu, NP, selector & 0xfffc);
  return stateOf(selector, one);
}

/** The code segment of an interrupt gate: at least as privileged as what it interrupts. */
export function codeForGate(cpu: Cpu, selector: number): { readonly state: SegmentState; readonly level: number } {
  const one = required(cpu, selector, GP);
  if (!isCode(one) || dplOf(one) > cpu.cpl) raise(cpu, GP, selector & 0xfffc);
  if (!isPresent(one)) raise(cpu, NP, selector & 0xfffc);
  return { state: stateOf((selector & 0xfffc) | dplOf(one), one), level: dplOf(one) };
}

/** After a return to an outer ring: data segments that this ring may not use become null. */
export function dropInnerSegments(cpu: Cpu): void {
  for (let segment = ES; segment < 6; segment++) {
    if (segment === CS || segment === SS) continue;
    const access = cpu.access[segment] as number;
    if (access !== 0 && ((access >> 5) & 3) < cpu.cpl) setSegment(cpu, segment, NULL_SEGMENT);
  }
}

export function loadLdt(cpu: Cpu, selector: number): void {
  if ((selector & 0xfffc) === 0) {
    cpu.ldtr = { ...NULL_SEGMENT, selector };
    return;
  }
  const one = selector & 4 ? raise(cpu, GP, selector & 0xfffc) : required(cpu, selector, GP);
  if ((one.access & 0x1f) !== 2) raise(cpu, GP, selector & 0xfffc);
  if (!isPresent(one)) raise(cpu, NP, selector & 0xfffc);
  cpu.ldtr = stateOf(selector, one);
}

export function loadTask(cpu: Cpu, selector: number): void {
  const one = selector & 4 ? raise(cpu, GP, selector & 0xfffc) : required(cpu, selector, GP);
  if ((one.access & 0x1f) !== 9) raise(cpu, GP, selector & 0xfffc);
  if (!isPresent(one)) raise(cpu, NP, selector & 0xfffc);
  cpu.tr = stateOf(selector, one);
}

/** Stack of an inner ring, out of the task state segment: SS and ESP; #TS when it has none. */
export function innerStack(cpu: Cpu, level: number): { readonly segment: SegmentState; readonly esp: number } {
  const offset = 4 + level * 8;
  if ((cpu.tr.access & 0x80) === 0 || offset + 5 > cpu.tr.limit) raise(cpu, TS, cpu.tr.selector & 0xfffc);
  const at = (cpu.tr.base + offset) >>> 0;
  const esp = readLinear(cpu, at, 4, false) >>> 0;
  const selector = readLinear(cpu, (at + 4) >>> 0, 2, false);
  return { segment: stackSegment(cpu, selector, level, TS), esp };
}

/** What LAR, LSL, VERR and VERW see: the descriptor when the larger of CPL and RPL may use it. */
export function visible(cpu: Cpu, selector: number): Descriptor | undefined {
  if ((selector & 0xfffc) === 0) return undefined;
  const one = fetchDescriptor(cpu, selector);
  return one && dplOf(one) >= Math.max(cpu.cpl, selector & 3) ? one : undefined;
}
