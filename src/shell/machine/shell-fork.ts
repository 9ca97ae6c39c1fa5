/**
 * Children of a shell: a copy of its state with something of its own to do, in a new process.
 *
 * @rule linux.shell.fork
 * @source bash(1) COMMAND EXECUTION ENVIRONMENT
 */
import type { Json } from "../../sim/types";
import { strerror } from "../../linux/errno";
import { signalNumber } from "../../linux/process/signal-names";
import type { WaitStatus } from "../../linux/process/task";
import type { BashPipeline, BashScript } from "../language/bash-tree";
import { ownSignals } from "./shell-job-control";
import { type Frame, push, type Shell, scriptFrame, update, write, isCondition } from "./shell-state";

/** The command could not be started at all; the shell gives it up. */
export class ForkFault extends Error {}
const FORK_FAILED = 254;

/** Where a child of a shell with job control stands: in a group (0 for one of its own), in front or behind. */
export interface Standing {
  readonly group: number;
  readonly foreground: boolean;
}

const TERMINAL = 2;

/** A child that does `frames`, the last first; it keeps none of the shell's jobs, and of its traps only what is ignored. */
export function fork(shell: Shell, frames: readonly Frame[], standing?: Standing, substitutes = false): number {
  const traps = Object.fromEntries(Object.entries(shell.state.traps).filter(([, text]) => text === ""));
  const { control, history: _lines, ...kept } = shell.state;
  const placed = control === undefined ? undefined : standing;
  const first: Frame[] = shell.state.interactive ? [{ kind: "child", ...placed, resets: ownSignals(shell) }] : [];
  // A substitution, and what is only asked for, goes on after a failure.
  const options = isCondition(shell) || (substitutes && !shell.state.dash) ? { ...kept.options, errexit: false } : kept.options;
  const state = { ...kept, options, frames: [...frames, ...first], jobs: [], traps, arrived: [], interactive: false };
  const spawned = shell.system.spawn({ state: state as unknown as Json });
  if (spawned.ok) {
    const { pid } = spawned.value;
    // Parent and child both do it, so that it is done whichever comes first.
    if (placed !== undefined) shell.system.setpgid(pid, placed.group === 0 ? pid : placed.group);
    if (placed?.foreground === true && placed.group === 0) shell.system.tcsetpgrp(TERMINAL, pid);
    return pid;
  }
  const { name, dash, line } = shell.state;
  write(shell.system, 2, dash ? `${name}: ${line}: Cannot fork\n` : `${name}: fork: ${strerror(spawned.errno)}\n`);
  update(shell, { status: FORK_FAILED });
  throw new ForkFault();
}

export const statusOf = (status: WaitStatus): number =>
  status.kind === "exited" ? status.code : status.kind === "continued" ? 0 : 128 + signalNumber(status.signal);

/** What a script prints, run in a child. */
export function substitute(shell: Shell, script: BashScript): string {
  const { system } = shell;
  const ends = system.pipe(false);
  if (!ends.ok) return "";
  const [reader, writer] = ends.value;
  const pid = fork(shell, [scriptFrame(script), { kind: "descriptors", moves: [[writer, 1]], close: [reader] }], undefined, true);
  system.close(writer);
  let text = "";
  for (;;) {
    const got = system.read(reader, 65536);
    if (!got.ok && got.errno === "EINTR") noteSignals(shell);
    else if (!got.ok || got.value === "") break;
    else text += got.value;
  }
  system.close(reader);
  update(shell, { substituted: waitFor(shell, pid) });
  return text;
}

/** Takes the signals that have handlers; their commands run before the next command. */
export function noteSignals(shell: Shell): void {
  const taken = shell.system.takeSignals();
  if (taken.ok && taken.value.length > 0) update(shell, { arrived: [...shell.state.arrived, ...taken.value] });
}

export function waitFor(shell: Shell, pid: number): number {
  for (;;) {
    const waited = shell.system.wait4(pid, {});
    if (waited.ok && waited.value !== null) return statusOf(waited.value.status);
    if (!waited.ok && waited.errno !== "EINTR") return 127;
    noteSignals(shell);
  }
}

/** Starts the commands of a pipeline, each in a child, joined by pipes. */
export function startPipeline(shell: Shell, { commands }: BashPipeline, foreground = true): readonly number[] {
  const { system } = shell;
  const pids: number[] = [];
  let input: number | undefined;
  for (const [index, command] of commands.entries()) {
    const ends = index < commands.length - 1 ? system.pipe(false) : undefined;
    const made = ends?.ok === true ? ends.value : undefined;
    const moves: (readonly [number, number])[] = [];
    if (input !== undefined) moves.push([input, 0]);
    if (made !== undefined) moves.push([made[1], 1]);
    pids.push(
      fork(
        shell,
        [
          { kind: "run", command },
          { kind: "descriptors", moves, close: made === undefined ? [] : [made[0]] },
        ],
        { group: pids[0] ?? 0, foreground },
      ),
    );
    if (input !== undefined) system.close(input);
    if (made !== undefined) system.close(made[1]);
    input = made?.[0];
  }
  return pids;
}

export function awaitAll(shell: Shell, pids: readonly number[], source: string, group = pids[0] ?? 0): void {
  push(shell, { kind: "await", pids, statuses: [], source, ...(shell.state.control === undefined ? {} : { group }) });
}
