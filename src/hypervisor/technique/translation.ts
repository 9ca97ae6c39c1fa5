/**
 * Binary translation: the guest's kernel is never run as it stands. Its code is taken a basic block at a time; harmless instructions are
 * kept (also those that a fault would catch are replaced before they can fault), sensitive ones become calls of the monitor. Blocks that
 * follow each other are chained. User code runs directly. Writing to code that was translated throws its blocks away.
 *
 * Blocks are found by physical address, so one translation serves every address space.
 *
 * @rule hypervisor.technique.translation
 * @source Adams & Agesen 2006 §3 (basic blocks, IDENT and non-IDENT, chaining, callouts); Bugnion et al. 2012
 * Not modelled: the space translated code takes, adaptive translation of faulting loads, return caches.
 */
import { textOf } from "../assembler/disassembler";
import { translate } from "../cpu/address";
import { FAULT, type Operation, STOP } from "../cpu/cpu";
import { operationOf } from "../cpu/fetch";
import { readByte } from "../cpu/memory";
import { run } from "../cpu/run";
import { decode, lengthOf } from "../isa/codec";
import type { RunEnd } from "../types";
import { lower, prepare, raise } from "./deprivilege";
import { count, cyclesOf, exit, type Monitor } from "./monitor";
import { type Deprivileged, emulate, attendGuest } from "./trap-emulate";
import { EXCEPTIONS, PF } from "../isa/names";
import { type Shadow, shadowMiss } from "./shadow";

/** One guest instruction and what became of it. */
export interface TranslatedLine {
  readonly address: number;
  readonly text: string;
  /** Kept as it is, replaced by a call of the monitor, or the block's end that leads to the next. */
  readonly how: "kept" | "callout" | "end";
}

export interface Block {
  readonly physical: number;
  readonly lines: readonly TranslatedLine[];
  /** Instructions that run before a callout or the end. */
  readonly length: number;
  executions: number;
  /** Physical addresses of blocks it jumps to without asking. */
  readonly chained: Set<number>;
}

export interface Translator extends Deprivileged {
  /** The translation cache, by physical address. */
  readonly blocks: Map<number, Block>;
  codeVersion: number;
  translated: number;
  invalidated: number;
  lookups: number;
  chainedJumps: number;
}

const LONGEST_BLOCK = 24;

export function translator(monitor: Monitor): Translator {
  const shadow: Shadow = new Map();
  const { real } = monitor;
  prepare(monitor, shadowMiss(monitor, shadow), (cpu, operation) => cpu.cpl < 3 && mustCallOut(operation), STOP.sensitive);
  return {
    monitor,
    shadow,
    blocks: new Map(),
    codeVersion: real.memory.codeVersion,
    translated: 0,
    invalidated: 0,
    lookups: 0,
    chainedJumps: 0,
  };
}

function mustCallOut(operation: Pick<Operation, "row">): boolean {
  return operation.row.sensitive !== undefined;
}

/** Reads the block that begins at EIP. `undefined` when its first byte cannot be fetched. */
function translateBlock(machine: Translator, eip: number): Block | undefined {
  const { real } = machine.monitor;
  const lines: TranslatedLine[] = [];
  let at = eip;
  let length = 0;
  let physical = -1;
  try {
    for (; lines.length < LONGEST_BLOCK; ) {
      const place = translate(real, ((real.base[1] as number) + at) >>> 0, false, real.cpl === 3);
      if (physical < 0) physical = place;
      if ((place & 4095) + 12 > 4096 && lines.length > 0) break;
      if ((place & 4095) + lengthOf(readByte(real.memory, place), readByte(real.memory, place + 1)) > 4096) return undefined;
      const decoded = decode((offset) => readByte(real.memory, place + offset));
      if (!decoded || decoded.hypercall) break;
      const operation = operationOf(decoded);
      const callout = mustCallOut(operation);
      const ends = callout || operation.row.ends === true || operation.row.id.startsWith("rep ");
      lines.push({ address: at, text: textOf(decoded, at), how: callout ? "callout" : ends ? "end" : "kept" });
      if (!callout) length += 1;
      at = (at + decoded.length) >>> 0;
      if (ends) break;
    }
  } catch (thrown) {
    if (thrown !== FAULT) throw thrown;
  }
  if (physical < 0 || lines.length === 0) return undefined;
  return { physical, lines, length, executions: 0, chained: new Set() };
}

function invalidate(machine: Translator): void {
  const { memory } = machine.monitor.real;
  machine.codeVersion = memory.codeVersion;
  for (const [physical] of machine.blocks) {
    if (!memory.overwritten.has(physical >>> 12)) continue;
    machine.blocks.delete(physical);
    machine.invalidated += 1;
  }
  for (const block of machine.blocks.values()) for (const target of block.chained) if (!machine.blocks.has(target)) block.chained.delete(target);
  memory.overwritten.clear();
}

/** The block at EIP, out of the cache or newly made; chained when the one before knows it. */
function nextBlock(machine: Translator, previous: Block | undefined): Block | undefined {
  const { monitor } = machine;
  const { real, counters, parameters } = monitor;
  if (machine.codeVersion !== real.memory.codeVersion) invalidate(machine);
  let physical: number;
  try {
    physical = translate(real, ((real.base[1] as number) + real.eip) >>> 0, false, real.cpl === 3);
  } catch (thrown) {
    if (thrown !== FAULT) throw thrown;
    return undefined;
  }
  let block = machine.blocks.get(physical);
  if (block && previous?.chained.has(physical)) machine.chainedJumps += 1;
  else {
    machine.lookups += 1;
    counters.monitorCycles += cyclesOf(parameters, parameters.blockLookup);
  }
  if (!block) {
    block = translateBlock(machine, real.eip);
    if (!block) return undefined;
    machine.blocks.set(physical, block);
    machine.translated += 1;
    counters.monitorCycles += cyclesOf(parameters, parameters.translate * block.lines.length);
  }
  previous?.chained.add(physical);
  block.executions += 1;
  return block;
}

/** Kernel code, block after block, until something needs the monitor. */
function runBlocks(machine: Translator, left: number): ReturnType<typeof run> {
  const { real, guest } = machine.monitor;
  const from = real.retired;
  let previous: Block | undefined;
  for (;;) {
    const remaining = left - (real.retired - from);
    if (remaining <= 0) return "budget";
    if (real.cycles >= guest.bus.due) return "deadline";
    const block = nextBlock(machine, previous);
    const end = run(real, Math.min(remaining, block?.length || 1));
    if (end !== "budget") return end;
    previous = block;
  }
}

export function runTranslation(machine: Translator, budget: number): RunEnd {
  const { monitor } = machine;
  const { guest, real, counters, parameters } = monitor;
  let left = budget;
  while (left > 0) {
    const end = attendGuest(monitor, parameters.trap);
    if (end !== undefined) return end;
    if (guest.halted) {
      left -= 1;
      continue;
    }
    lower(monitor);
    real.deadline = guest.bus.due;
    const before = real.retired;
    const most = guest.deadline === 0 ? 1 : left;
    const why = guest.cpl === 3 ? run(real, most) : runBlocks(machine, most);
    left -= real.retired - before;
    raise(monitor);
    if (why === "stop" && real.stopped) {
      count(counters.callouts, real.stopped.row.id);
      counters.monitorCycles += cyclesOf(parameters, parameters.callout);
    } else if (why === "fault") exit(monitor, faultCause(monitor), parameters.trap, parameters.emulate);
    else continue;
    emulate(machine);
    left -= 1;
  }
  return "budget";
}

function faultCause({ real, guest }: Monitor): string {
  if (real.vector === PF) return "guest page fault";
  const operation = real.fetchPage < 0 ? undefined : real.fetchCode[(((real.base[1] as number) + real.eip) >>> 0) & 4095];
  return operation?.row.id === "int" && guest.cpl === 3 ? "system call" : `exception ${EXCEPTIONS[real.vector] ?? real.vector}`;
}
