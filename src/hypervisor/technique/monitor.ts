/**
 * A guest under a monitor: the guest's virtual processor, the real one that runs its instructions, and the books: exits by cause and cycles
 * by place. Guest cycles are the guest's own clock; what crossings and the monitor cost is counted beside it, so that every technique gives
 * the guest the same time.
 *
 * Not modelled: several virtual processors, the monitor's own memory traffic.
 */
import { disassemble } from "../assembler/disassembler";
import { translate } from "../cpu/address";
import { pending } from "../cpu/bus";
import { type Cpu, FAULT } from "../cpu/cpu";
import { readByte } from "../cpu/memory";
import { parameterValues, type ParameterValues } from "../parameters";

export type Technique = "native" | "trap-emulate" | "translation" | "paravirtual" | "hardware";

/** One exit as a log shows it. `retired` and `cycles` are the guest's, before the exit is handled. */
export interface Exit {
  readonly cause: string;
  readonly eip: number;
  readonly instruction: string;
  readonly retired: number;
  readonly cycles: number;
}

export interface Counters {
  /** Exits by cause. */
  readonly exits: Map<string, number>;
  /** Monitor's routines called from translated code, by instruction: no exits. */
  readonly callouts: Map<string, number>;
  /** Sensitive instructions that ran unnoticed in a deprivileged kernel, by instruction. */
  readonly silent: Map<string, number>;
  injected: number;
  posted: number;
  /** Cycles spent crossing between guest and monitor, and in the monitor. */
  exitCycles: number;
  monitorCycles: number;
}

export interface Monitor {
  readonly technique: Technique;
  /** What the guest believes it has. */
  readonly guest: Cpu;
  /** What runs its instructions; the same object under hardware assistance. */
  readonly real: Cpu;
  readonly counters: Counters;
  /** The last exits, when somebody reads them. */
  readonly log: Exit[];
  readonly logLength: number;
  readonly parameters: ParameterValues;
}

export function emptyCounters(): Counters {
  return { exits: new Map(), callouts: new Map(), silent: new Map(), injected: 0, posted: 0, exitCycles: 0, monitorCycles: 0 };
}

export function count(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}

export function totalExits(counters: Counters): number {
  let sum = 0;
  for (const n of counters.exits.values()) sum += n;
  return sum;
}

/** Nanoseconds of a parameter as cycles of the clock. */
export function cyclesOf(parameters: ParameterValues, nanoseconds: number): number {
  return Math.round((nanoseconds * parameters.clock) / 1000);
}

/** Books an exit: its cause, what crossing cost, what handling cost (nanoseconds). */
export function exit(monitor: Monitor, cause: string, crossing: number, handling: number): void {
  const { counters, parameters, log } = monitor;
  count(counters.exits, cause);
  counters.exitCycles += cyclesOf(parameters, crossing);
  counters.monitorCycles += cyclesOf(parameters, handling);
  if (monitor.logLength === 0) return;
  const { eip, retired, cycles } = monitor.real;
  log.push({ cause, eip, instruction: textAt(monitor.guest, eip), retired, cycles });
  if (log.length > monitor.logLength) log.shift();
}

/** The instruction at an address of the guest, or "?" where nothing can be read. */
export function textAt(cpu: Cpu, eip: number): string {
  const { cr2, tlbMisses, walkReads } = cpu;
  try {
    return disassemble((at) => readByte(cpu.memory, translate(cpu, ((cpu.base[1] as number) + at) >>> 0, false, false)), eip).text;
  } catch (thrown) {
    if (thrown !== FAULT) throw thrown;
    return "?";
  } finally {
    Object.assign(cpu, { cr2, tlbMisses, walkReads });
  }
}

export function defaults(changed: Partial<ParameterValues> | undefined): ParameterValues {
  return parameterValues(changed);
}

/** True when an interrupt asks and the guest would take it. */
export function interruptible(cpu: Cpu): boolean {
  return cpu.interruptFlag !== 0 && pending(cpu.bus) >= 0;
}
