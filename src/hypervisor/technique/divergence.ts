/**
 * Where a guest under a monitor first differs from the same guest on the bare machine, and which instruction made the difference: both are
 * stepped side by side, one instruction at a time, and compared after each.
 */
import { type Cpu, FAULT } from "../cpu/cpu";
import { fetch } from "../cpu/fetch";
import { frameText } from "../cpu/memory";
import { getCpu } from "../cpu/state";
import { REGISTERS } from "../isa/names";
import type { CpuState, MachineState } from "../types";
import { type GuestOptions, place, runGuest } from "./guest";
import { type Technique, textAt } from "./monitor";

export interface Divergence {
  /** Instructions that had retired before the one that differs. */
  readonly retired: number;
  readonly eip: number;
  /** Id of the instruction in the table, and its text. */
  readonly culprit: string;
  readonly text: string;
  /** What differs: register names, "eip", "eflags", a segment, or "memory page 0x…". */
  readonly differs: readonly string[];
  /** The processors after the instruction. */
  readonly native: CpuState;
  readonly guest: CpuState;
}

const SINGLE = ["eip", "eflags", "cpl", "cr0", "cr2", "cr3", "cr4", "halted", "shutdown"] as const;
const SEGMENT_NAMES = ["es", "cs", "ss", "ds", "fs", "gs"];

/** Names of what differs between two processors; cycles and TLBs do not count. */
export function differences(a: CpuState, b: CpuState): string[] {
  const found = REGISTERS.filter((_, i) => a.registers[i] !== b.registers[i]) as string[];
  for (const name of SINGLE) if (a[name] !== b[name]) found.push(name);
  for (const [i, name] of SEGMENT_NAMES.entries()) {
    const x = a.segments[i];
    const y = b.segments[i];
    if (x?.selector !== y?.selector || x?.base !== y?.base || x?.limit !== y?.limit || x?.access !== y?.access) found.push(name);
  }
  for (const name of ["gdtr", "idtr", "ldtr", "tr"] as const) if (a[name].base !== b[name].base || a[name].limit !== b[name].limit) found.push(name);
  return found;
}

function memoryDifferences(a: Cpu, b: Cpu): string[] {
  const frames = new Set([...a.memory.dirty, ...b.memory.dirty]);
  for (const { memory } of [a, b]) {
    for (const frame of memory.dirty) memory.ready[frame] = 0;
    memory.dirty.clear();
  }
  return [...frames]
    .filter((frame) => frameText(a.memory, frame) !== frameText(b.memory, frame))
    .map((frame) => `memory page 0x${frame.toString(16)}`);
}

function idAt(cpu: Cpu): string {
  const { cr2, vector, errorCode } = cpu;
  try {
    return fetch(cpu).row.id;
  } catch (thrown) {
    if (thrown !== FAULT) throw thrown;
    return "?";
  } finally {
    Object.assign(cpu, { cr2, vector, errorCode });
  }
}

/**
 * The first difference within `budget` instructions, or `undefined` when there is none.
 *
 * @rule hypervisor.technique.divergence
 */
export function firstDivergence(state: MachineState, technique: Technique, budget: number, options: GuestOptions = {}): Divergence | undefined {
  const native = place(state, "native", options);
  const other = place(state, technique, options);
  const a = native.monitor.guest;
  const b = other.monitor.guest;
  for (let i = 0; i < budget; i++) {
    const { eip, retired } = a;
    const culprit = idAt(a);
    const text = textAt(a, eip);
    const end = runGuest(native, 1);
    runGuest(other, 1);
    const x = getCpu(a);
    const y = getCpu(b);
    const differs = [...differences(x, y), ...memoryDifferences(a, b)];
    if (differs.length > 0) return { retired, eip, culprit, text, differs, native: x, guest: y };
    if (end !== "budget") return undefined;
  }
  return undefined;
}
