/**
 * Stepping back: a checkpoint every so many instructions, with the pages written since the one before. One step back is the last
 * checkpoint and the way from there, so it costs what a checkpoint's distance takes to run, and is exact.
 */
import { beginEpoch, undo } from "./memory";
import { type Checkpoint, checkpoint, restore } from "./state";
import type { Cpu } from "./cpu";

/** Instructions between checkpoints: far enough that they cost nothing, near enough that going there again takes microseconds. */
const DISTANCE = 4096;

interface Epoch {
  readonly point: Checkpoint;
  /** Contents of the pages written in this epoch, as they were at its beginning. */
  readonly journal: ReadonlyMap<number, Uint8Array>;
}

export interface History {
  readonly cpu: Cpu;
  readonly epochs: Epoch[];
}

/** Steps are instructions (or waits) as `run` counts them. */
export function createHistory(cpu: Cpu): History {
  const history: History = { cpu, epochs: [] };
  mark(history);
  return history;
}

function mark(history: History): void {
  const { cpu } = history;
  history.epochs.push({ point: checkpoint(cpu), journal: beginEpoch(cpu.memory) });
}

/** Runs at most `budget` instructions by way of `run`, with checkpoints on the way. */
export function runWithHistory<End>(history: History, budget: number, run: (cpu: Cpu, budget: number) => End | "budget"): End | "budget" {
  let left = budget;
  while (left > 0) {
    const since = history.cpu.retired - (history.epochs.at(-1)?.point.cpu.retired ?? 0);
    if (since >= DISTANCE) mark(history);
    const part = Math.min(left, DISTANCE);
    const end = run(history.cpu, part);
    if (end !== "budget") return end;
    left -= part;
  }
  return "budget";
}

/**
 * Back to the state in which `retired` instructions had retired. False when that lies before the beginning.
 *
 * @rule hypervisor.cpu.step-back
 */
export function goBack(history: History, retired: number, run: (cpu: Cpu, budget: number) => unknown): boolean {
  const { cpu, epochs } = history;
  if (retired < (epochs[0]?.point.cpu.retired ?? 0) || retired > cpu.retired) return false;
  let target = epochs.pop();
  while (target) {
    undo(cpu.memory, target.journal);
    if (target.point.cpu.retired <= retired) break;
    target = epochs.pop();
  }
  if (!target) return false;
  restore(cpu, target.point);
  mark(history);
  while (cpu.retired < retired) {
    const before = cpu.cycles;
    run(cpu, Math.max(retired - cpu.retired, 1));
    if (cpu.cycles === before) return false;
  }
  return true;
}

/** One instruction back. */
export function stepBack(history: History, run: (cpu: Cpu, budget: number) => unknown): boolean {
  return goBack(history, history.cpu.retired - 1, run);
}
