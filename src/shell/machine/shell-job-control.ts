/**
 * Job control: which process group the terminal listens to, what becomes of a job that is stopped, and how it goes on.
 *
 * @rule linux.shell.job-control
 * @source bash(1) JOB CONTROL
 */
import { strerror } from "../../linux/errno";
import { signalNumber, type SignalName } from "../../linux/process/signal-names";
import type { Builtin } from "./shell-builtins";
import { awaitAll } from "./shell-fork";
import { currentJob, forget, jobBy, stopJob } from "./shell-jobs";
import { restore } from "./shell-redirect";
import { complain, type Frame, type Job, type Shell, update, write } from "./shell-state";

/** What an interactive shell does with signals while nothing is trapped. */
const RESTING: Readonly<Record<string, "ignore" | "handle">> = {
  INT: "handle",
  QUIT: "ignore",
  TERM: "ignore",
  TSTP: "ignore",
  TTIN: "ignore",
  TTOU: "ignore",
};
const TERMINAL = 2;

export const restingAction = (shell: Shell, name: SignalName): "ignore" | "handle" | "default" =>
  (shell.state.interactive ? RESTING[name] : undefined) ?? "default";

function setSignals(shell: Shell, to: "resting" | "default"): void {
  for (const name of Object.keys(RESTING) as SignalName[]) {
    if (shell.state.traps[name] === undefined) shell.system.sigaction(name, to === "default" ? to : restingAction(shell, name));
  }
}

/** An interactive shell takes a process group of its own to the front. */
export function takeControl(shell: Shell): void {
  const { system } = shell;
  setSignals(shell, "resting");
  const terminal = system.terminal(TERMINAL);
  if (!terminal.ok) return;
  const self = system.identity();
  if (!self.ok) return;
  const { pid, group } = self.value;
  if (group !== pid) system.setpgid(0, 0);
  const taken = system.tcsetpgrp(TERMINAL, pid);
  if (taken.ok) return update(shell, { control: { group: pid, before: terminal.value.foreground } });
  if (group !== pid) system.setpgid(0, group);
  if (shell.state.dash) write(system, 2, `${shell.state.name}: 0: can't access tty; job control turned off\n`);
  else write(system, 2, `bash: cannot set terminal process group (${group}): ${strerror(taken.errno)}\nbash: no job control in this shell\n`);
}

/** Before another program takes the shell's place, and when it ends. */
export function leaveControl(shell: Shell): void {
  const { control } = shell.state;
  if (control !== undefined && control.before !== 0 && control.before !== control.group) shell.system.tcsetpgrp(TERMINAL, control.before);
  if (shell.state.interactive) setSignals(shell, "default");
}

export function regainControl(shell: Shell): void {
  if (shell.state.interactive) setSignals(shell, "resting");
  bringBack(shell);
}

/** The terminal listens to the shell again. */
export function bringBack({ system, state }: Shell): void {
  if (state.control !== undefined) system.tcsetpgrp(TERMINAL, state.control.group);
}

/** What a child of an interactive shell does first: a group, the terminal, and signals as they are meant to be. */
export function settleChild(shell: Shell, { group, foreground, resets }: Extract<Frame, { kind: "child" }>): void {
  if (group !== undefined) {
    shell.system.setpgid(0, group);
    const self = shell.system.identity();
    if (foreground === true && self.ok) shell.system.tcsetpgrp(TERMINAL, self.value.group);
  }
  for (const name of resets as readonly SignalName[]) shell.system.sigaction(name, "default");
}

/** The signals that an interactive shell treats in its own way, which its children must not inherit. */
export const ownSignals = (shell: Shell): readonly string[] => Object.keys(RESTING).filter((name) => shell.state.traps[name] !== "");

/** Gives up the line that is being run: the next one is read. */
export function abandon(shell: Shell, status: number): void {
  const input = shell.state.frames.findIndex(({ kind }) => kind === "input");
  const left = shell.state.frames.slice(input + 1).reverse();
  update(shell, { status, frames: shell.state.frames.slice(0, input + 1) });
  for (const frame of left) {
    if (frame.kind === "restore") restore(shell, frame.saved);
    if (frame.kind === "call" && frame.sourced !== true) update(shell, { positional: frame.positional });
  }
}

/** A process of the foreground job was stopped: the job goes to the list, the terminal comes back. */
export function stopped(shell: Shell, frame: Extract<Frame, { kind: "await" }>, signal: SignalName): void {
  bringBack(shell);
  stopJob(shell, { pids: frame.pids, source: frame.source, ...(frame.group === undefined ? {} : { group: frame.group }) }, signal);
  update(shell, { status: 128 + signalNumber(signal), statuses: [128 + signalNumber(signal)] });
}

function named(shell: Shell, command: string, argument: string | undefined): Job | undefined {
  if (shell.state.control === undefined) {
    complain(shell, `${command}: no job control`);
    return undefined;
  }
  const job = argument === undefined ? currentJob(shell) : jobBy(shell, argument.startsWith("%") ? argument : `%${argument}`);
  if (job !== undefined && job.status === undefined) return job;
  complain(shell, job === undefined ? `${command}: ${argument ?? "current"}: no such job` : `${command}: job has terminated`);
  return undefined;
}

const fg: Builtin = (shell, argv) => {
  const job = named(shell, "fg", argv[1]);
  if (job === undefined) return 1;
  write(shell.system, 1, `${job.source}\n`);
  forget(shell, job);
  const group = job.group ?? job.pids[0] ?? 0;
  shell.system.tcsetpgrp(TERMINAL, group);
  if (job.stopped !== undefined) shell.system.kill(-group, "CONT");
  awaitAll(shell, job.pids, job.source, group);
  return 0;
};

const bg: Builtin = (shell, argv) => {
  let status = 0;
  for (const argument of argv.length > 1 ? argv.slice(1) : [undefined]) {
    const job = named(shell, "bg", argument);
    if (job === undefined) status = 1;
    else if (job.stopped === undefined) complain(shell, `bg: job ${job.number} already in background`);
    else {
      const mark = job === currentJob(shell) ? "+" : "-";
      const { stopped: _was, ...running } = job;
      update(shell, { last: job.pids.at(-1) ?? 0, jobs: shell.state.jobs.map((one) => (one === job ? running : one)) });
      write(shell.system, 1, `[${job.number}]${mark} ${job.source} &\n`);
      shell.system.kill(-(job.group ?? 0), "CONT");
    }
  }
  return status;
};

const disown: Builtin = (shell, argv) => {
  for (const argument of argv.length > 1 ? argv.slice(1) : ["%+"]) {
    const job = jobBy(shell, argument);
    if (job !== undefined) forget(shell, job);
    else {
      complain(shell, `disown: ${argument === "%+" ? "current" : argument}: no such job`);
      return 1;
    }
  }
  return 0;
};

export const controlTerminalBuiltins: Readonly<Record<string, Builtin>> = { fg, bg, disown };
