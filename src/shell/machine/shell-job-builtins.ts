/**
 * Builtins about processes: jobs, wait, kill.
 *
 * @rule linux.shell.job-builtins
 * @source bash(1) SHELL BUILTIN COMMANDS
 */
import { strerror } from "../../linux/errno";
import { SIGNAL_NAMES, signalByNumber, signalNumber } from "../../linux/process/signal-names";
import type { Builtin } from "./shell-builtins";
import { signalNamed } from "./shell-control";
import { noteSignals, statusOf } from "./shell-fork";
import { collectJobs, forget, jobBy, jobLine, settle, tellKilled } from "./shell-jobs";
import { complain, type Job, type Shell, write } from "./shell-state";

const jobs: Builtin = (shell, argv) => {
  collectJobs(shell);
  const { jobs: all } = shell.state;
  for (const job of all) {
    if (argv.includes("-p")) write(shell.system, 1, `${job.pids[0]}\n`);
    else {
      const long = argv.slice(1).some((option) => /^-\w*l/.test(option));
      write(shell.system, 1, jobLine(shell, job, long ? String(job.pids[0] ?? "") : ""));
    }
    if (job.status !== undefined) forget(shell, job);
  }
  return 0;
};

/** Waits for one job; undefined when a signal with a trap came in between. */
function waitJob(shell: Shell, job: Job): number | undefined {
  if (job.status !== undefined) {
    forget(shell, job);
    return job.status;
  }
  const pid = job.pids.at(-1) ?? 0;
  const waited = shell.system.wait4(pid, {});
  if (!waited.ok && waited.errno === "EINTR") {
    noteSignals(shell);
    return undefined;
  }
  if (!waited.ok || waited.value === null) {
    settle(shell, job, 127);
    return 127;
  }
  const { status } = waited.value;
  if (status.kind === "signaled") tellKilled(shell, pid, status.signal, job.source);
  forget(shell, job);
  return statusOf(status);
}

function interrupted(shell: Shell): number {
  const name = signalNamed(shell.state.arrived[0] ?? "INT");
  return name === undefined || name === "EXIT" ? 130 : 128 + signalNumber(name);
}

const wait: Builtin = (shell, argv) => {
  const names = argv.slice(1).filter((argument) => !argument.startsWith("-"));
  if (names.length === 0) {
    for (const job of shell.state.jobs) if (waitJob(shell, job) === undefined) return interrupted(shell);
    return 0;
  }
  let status = 0;
  for (const name of names) {
    const job = name.startsWith("%") ? jobBy(shell, name) : shell.state.jobs.find(({ pids }) => pids.includes(Number(name)));
    if (job === undefined) {
      if (!shell.state.dash) complain(shell, name.startsWith("%") ? `wait: ${name}: no such job` : `wait: pid ${name} is not a child of this shell`);
      status = 127;
    } else {
      const got = waitJob(shell, job);
      if (got === undefined) return interrupted(shell);
      status = got;
    }
  }
  return status;
};

function listSignals(shell: Shell, names: readonly string[]): number {
  if (names.length === 0) write(shell.system, 1, `${SIGNAL_NAMES.map((name, index) => `${String(index + 1).padStart(2)}) SIG${name}`).join("\n")}\n`);
  for (const name of names) {
    const number = Number(name) > 128 ? Number(name) - 128 : Number(name);
    const found = signalNamed(name);
    write(
      shell.system,
      1,
      `${/^\d/.test(name) ? (signalByNumber(number) ?? name) : found === undefined || found === "EXIT" ? 0 : signalNumber(found)}\n`,
    );
  }
  return 0;
}

const kill: Builtin = (shell, argv) => {
  let [index, asked] = [1, "TERM"];
  const first = argv[1] ?? "";
  if (first === "-l" || first === "-L") return listSignals(shell, argv.slice(2));
  if (first === "-s" || first === "-n") [asked, index] = [argv[2] ?? "", 3];
  else if (/^-./.test(first) && first !== "--") [asked, index] = [first.slice(1), 2];
  if (argv[index] === "--") index += 1;
  const signal = signalNamed(asked);
  if (signal === undefined) {
    complain(shell, `kill: ${asked}: invalid signal specification`);
    return 1;
  }
  const targets = argv.slice(index);
  if (targets.length === 0) {
    complain(shell, "kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]");
    return 2;
  }
  let status = 0;
  for (const target of targets) if (!killOne(shell, target, signal)) status = 1;
  return status;
};

function killOne(shell: Shell, target: string, signal: NonNullable<ReturnType<typeof signalNamed>>): boolean {
  const job = target.startsWith("%") ? jobBy(shell, target) : undefined;
  if (target.startsWith("%") && job === undefined) {
    complain(shell, `kill: ${target}: no such job`);
    return false;
  }
  if (job === undefined && !/^-?\d+$/.test(target)) {
    complain(shell, shell.state.dash ? `kill: Illegal number: ${target}` : `kill: ${target}: arguments must be process or job IDs`);
    return false;
  }
  const pid = job?.pids[0] ?? Number(target);
  const group = job?.group === undefined ? pid : -job.group;
  const done = shell.system.kill(group, signal === "EXIT" ? undefined : signal);
  if (job?.stopped !== undefined && (signal === "TERM" || signal === "HUP")) shell.system.kill(group, "CONT");
  if (done.ok) return true;
  if (shell.state.dash) complain(shell, `kill: ${strerror(done.errno)}\n`);
  else complain(shell, `kill: (${pid}) - ${strerror(done.errno)}`);
  return false;
}

export const jobBuiltins: Readonly<Record<string, Builtin>> = { jobs, wait, kill };
