/**
 * Jobs in the background: their numbers, their ends, and who is told of them.
 *
 * @rule linux.shell.jobs
 * @source bash(1) JOB CONTROL
 */
import type { SignalName } from "../../linux/process/signal-names";
import type { WaitStatus } from "../../linux/process/task";
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
  const number = nextNumber(shell);
  const group = shell.state.control === undefined ? {} : { group: pids[0] ?? 0 };
  update(shell, { jobs: [...shell.state.jobs, { number, pids, source, ...group }] });
  if (shell.state.interactive) write(shell.system, 2, `[${number}] ${pids.at(-1)}\n`);
}

const nextNumber = (shell: Shell): number => Math.max(0, ...shell.state.jobs.map((job) => job.number)) + 1;

/** A job that was in front is stopped: it has a place in the list from now on. */
export function stopJob(shell: Shell, job: Omit<Job, "number">, signal: SignalName): void {
  const placed: Job = { ...job, number: nextNumber(shell), stopped: signal };
  update(shell, { jobs: [...shell.state.jobs, placed] });
  write(shell.system, 2, `\n${jobLine(shell, placed)}`);
}

/** The job that `%+` means: the one stopped last, else the one put in the background last. */
export const currentJob = (shell: Shell): Job | undefined => inOrder(shell)[0];

function inOrder({ state: { jobs } }: Shell): readonly Job[] {
  const stopped = jobs.filter((job) => job.stopped !== undefined);
  return [...stopped.toReversed(), ...jobs.filter((job) => job.stopped === undefined).toReversed()];
}

function wordOf({ status, signal, stopped }: Job): string {
  if (stopped !== undefined) return stopped === "TSTP" ? "Stopped" : `Stopped(SIG${stopped})`;
  if (signal !== undefined) return WORDS[signal] ?? (signal === "INT" ? "Interrupt" : `Signal ${signal}`);
  return status === undefined ? "Running" : status === 0 ? "Done" : `Exit ${status}`;
}

/** A line of the list of jobs. */
export function jobLine(shell: Shell, job: Job, pid = ""): string {
  const [current, previous] = inOrder(shell);
  const place = job.number === current?.number ? "+" : job.number === previous?.number ? "-" : " ";
  const running = job.status === undefined && job.stopped === undefined;
  return `[${job.number}]${place} ${pid === "" ? "" : pid.padStart(5)} ${wordOf(job).padEnd(STATUS_WIDTH)}${job.source}${running ? " &" : ""}\n`;
}
const STATUS_WIDTH = 24;

/** Before a prompt: the jobs that have ended are told, and forgotten. */
export function tellJobs(shell: Shell): void {
  for (const job of shell.state.jobs) {
    if (job.status === undefined) continue;
    write(shell.system, 2, jobLine(shell, job));
  }
  update(shell, { jobs: shell.state.jobs.filter(({ status }) => status === undefined) });
}

/** A script says so when a signal ended its command. */
export function tellKilled(shell: Shell, pid: number, signal: SignalName, source: string): void {
  if (QUIET.includes(signal) && !(signal === "TERM" && shell.state.interactive)) return;
  const { dash, name, line, interactive } = shell.state;
  const word = WORDS[signal] ?? `Signal ${signal}`;
  if (interactive && !dash) return write(shell.system, 2, `${word}\n`);
  write(shell.system, 2, dash ? `${word}\n` : `${name}: line ${line}: ${String(pid).padStart(5)} ${word.padEnd(23)} ${source}\n`);
}

/** Notes which jobs have ended. */
export function collectJobs(shell: Shell): void {
  for (const job of shell.state.jobs) {
    if (job.status !== undefined) continue;
    const pid = job.pids.at(-1) ?? 0;
    const control = shell.state.control !== undefined;
    const waited = shell.system.wait4(pid, { noHang: true, ...(control ? { untraced: true, continued: true } : {}) });
    if (waited.ok && waited.value === null) continue;
    if (!waited.ok || waited.value === null) settle(shell, job, 127);
    else noteChange(shell, job, waited.value.status);
  }
}

function noteChange(shell: Shell, job: Job, status: WaitStatus): void {
  const { stopped: _was, ...running } = job;
  if (status.kind === "stopped" || status.kind === "continued") {
    const now = status.kind === "stopped" ? { ...running, stopped: status.signal } : running;
    update(shell, { jobs: shell.state.jobs.map((one) => (one.number === job.number ? now : one)) });
    if (status.kind === "stopped" && shell.state.interactive) write(shell.system, 2, `\n${jobLine(shell, now)}`);
    return;
  }
  // dash tells only of what it waits for.
  if (status.kind === "signaled" && !shell.state.interactive && !shell.state.dash) tellKilled(shell, job.pids.at(-1) ?? 0, status.signal, job.source);
  settle(shell, job, statusOf(status), status.kind === "signaled" ? status.signal : undefined);
}

export function settle(shell: Shell, job: Job, status: number, signal?: SignalName): void {
  const { stopped: _was, ...running } = job;
  const ended: Job = { ...running, status, ...(signal === undefined ? {} : { signal }) };
  update(shell, { jobs: shell.state.jobs.map((one) => (one.number === job.number ? ended : one)) });
}

export function forget(shell: Shell, job: Job): void {
  update(shell, { jobs: shell.state.jobs.filter(({ number }) => number !== job.number) });
}

/** `%1`, `%%`, `%+`, `%-`, `%name`. */
export function jobBy(shell: Shell, text: string): Job | undefined {
  const { jobs } = shell.state;
  if (/^%(?:%|\+|)$/.test(text)) return currentJob(shell);
  if (text === "%-") return inOrder(shell)[1] ?? currentJob(shell);
  return jobs.find((job) => `%${job.number}` === text || job.source.startsWith(text.slice(1)));
}
