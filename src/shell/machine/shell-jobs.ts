/**
 * Jobs in the background: their numbers, their ends, and who is told of them.
 *
 * @rule linux.shell.jobs
 * @source bash(1) JOB CONTROL
 */
import type { SignalName } from "../../linux/process/signal-names";
import { statusOf } from "./shell-fork";
import { type Job, type Shell, update, write } from "./shell-state";

const WORDS: Readonly<Record<string, string>> = {
  HUP: "Hangup",
  QUIT: "Quit",
  ILL: "Illegal instruction",
  ABRT: "Aborted",
  BUS: "Bus error",
  FPE: "Floating point exception",
  KILL: "Killed",
  USR1: "User defined signal 1",
  SEGV: "Segmentation fault",
  USR2: "User defined signal 2",
  ALRM: "Alarm clock",
  TERM: "Terminated",
};
const QUIET: readonly SignalName[] = ["INT", "PIPE", "TERM"];

export function newJob(shell: Shell, pids: readonly number[], source: string): void {
  const number = Math.max(0, ...shell.state.jobs.map((job) => job.number)) + 1;
  update(shell, { jobs: [...shell.state.jobs, { number, pids, source }] });
}

/** A script says so when a signal ended its command. */
export function tellKilled(shell: Shell, pid: number, signal: SignalName, source: string): void {
  if (QUIET.includes(signal)) return;
  const { dash, name, line } = shell.state;
  const word = WORDS[signal] ?? `Signal ${signal}`;
  write(shell.system, 2, dash ? `${word}\n` : `${name}: line ${line}: ${String(pid).padStart(5)} ${word.padEnd(23)} ${source}\n`);
}

/** Notes which jobs have ended. */
export function collectJobs(shell: Shell): void {
  for (const job of shell.state.jobs) {
    if (job.status !== undefined) continue;
    const waited = shell.system.wait4(job.pids.at(-1) ?? 0, { noHang: true });
    if (waited.ok && waited.value === null) continue;
    if (!waited.ok || waited.value === null) settle(shell, job, 127);
    else {
      const { status } = waited.value;
      if (status.kind === "signaled") tellKilled(shell, job.pids.at(-1) ?? 0, status.signal, job.source);
      settle(shell, job, statusOf(status));
    }
  }
}

export function settle(shell: Shell, job: Job, status: number): void {
  update(shell, { jobs: shell.state.jobs.map((one) => (one.number === job.number ? { ...one, status } : one)) });
}

export function forget(shell: Shell, job: Job): void {
  update(shell, { jobs: shell.state.jobs.filter(({ number }) => number !== job.number) });
}

/** `%1`, `%%`, `%+`, `%-`, `%name`. */
export function jobBy(shell: Shell, text: string): Job | undefined {
  const { jobs } = shell.state;
  if (/^%(?:%|\+|)$/.test(text)) return jobs.at(-1);
  if (text === "%-") return jobs.at(-2) ?? jobs.at(-1);
  return jobs.find((job) => `%${job.number}` === text || job.source.startsWith(text.slice(1)));
}
