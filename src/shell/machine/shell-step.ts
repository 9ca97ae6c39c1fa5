/**
 * One step of the shell: what each kind of frame does next.
 *
 * @rule linux.shell.step
 * @source bash(1) SHELL GRAMMAR
 */
import type { BashCommand, BashPipeline } from "../language/bash-tree";
import { parseBash } from "../language/bash-grammar";
import { ArithmeticFault, evaluate } from "./arithmetic";
import { asFields, asPattern, asText, ExpansionFault } from "./expansion";
import { matches } from "./pattern";
import { awaitAll, fork, ForkFault, noteSignals, startPipeline, statusOf } from "./shell-fork";
import { readInput } from "./shell-input";
import { abandon, bringBack, settleChild, stopped } from "./shell-job-control";
import { collectJobs, newJob, tellKilled } from "./shell-jobs";
import { redirect, restore } from "./shell-redirect";
import { execute, replaceSelf } from "./shell-simple";
import {
  complain,
  type Frame,
  isCondition,
  type Loop,
  nextLine,
  pop,
  push,
  scriptFrame,
  setVariable,
  type Shell,
  update,
  write,
} from "./shell-state";
import { conditional } from "./shell-test";
import { surroundings } from "./shell-words";

export function step(shell: Shell): void {
  try {
    if (runTrap(shell)) return;
    const frame = pop(shell);
    if (frame !== undefined) act(shell, frame);
  } catch (fault) {
    if (fault instanceof ExpansionFault || fault instanceof ArithmeticFault) {
      complain(shell, shell.state.dash ? inDash(fault.message) : fault.message);
      const input = shell.state.frames.findIndex(({ kind }) => kind === "input");
      // A script ends where a parameter may not be empty; arithmetic that fails takes the rest of its line along.
      const ends = shell.state.dash || fault instanceof ExpansionFault;
      const frames = input >= 0 || ends ? shell.state.frames.slice(0, input + 1) : nextLine(shell.state.frames);
      update(shell, { status: shell.state.dash ? 2 : fault instanceof ExpansionFault && shell.state.options["command"] === true ? 127 : 1, frames });
    } else if (fault instanceof ForkFault) {
      const input = shell.state.frames.findIndex(({ kind }) => kind === "input");
      update(shell, { frames: shell.state.frames.slice(0, input + 1) });
    } else throw fault;
  }
}

/** The same fault as dash says it. */
function inDash(message: string): string {
  const [, expression = ""] = /^(.*?): (?:division by 0|syntax error|missing|`:' expected|expression rec)/s.exec(message) ?? [];
  if (expression === "") return message.replace(/unbound variable$/, "parameter not set");
  const what = message.includes("division by 0") ? "division by zero" : message.includes("operand expected") ? "expecting primary" : "expecting EOF";
  return `arithmetic expression: ${what}: "${expression}"`;
}

/** The command of a signal that came, before the next command. */
function runTrap(shell: Shell): boolean {
  const top = shell.state.frames.at(-1);
  if (top?.kind !== "script" && top?.kind !== "input") return false;
  if (shell.state.interactive || Object.keys(shell.state.traps).some((name) => name !== "EXIT")) noteSignals(shell);
  const [name, ...arrived] = shell.state.arrived;
  if (name === undefined) return false;
  update(shell, { arrived });
  if (name === "INT" && shell.state.traps[name] === undefined && shell.state.interactive) {
    // A line editor answers for itself.
    if (top.kind === "input" && top.edit !== undefined) return false;
    write(shell.system, 2, "\n");
    abandon(shell, INTERRUPTED);
    return true;
  }
  const parsed = parseBash(shell.state.traps[name] ?? "");
  if ("script" in parsed) push(shell, { kind: "status", status: shell.state.status }, scriptFrame(parsed.script));
  return true;
}

function act(shell: Shell, frame: Frame): void {
  switch (frame.kind) {
    case "script":
      return scriptStep(shell, frame);
    case "run":
      return begin(shell, frame.command, false);
    case "descriptors":
      for (const [from, to] of frame.moves) {
        shell.system.dup2(from, to);
        if (from !== to) shell.system.close(from);
      }
      for (const fd of frame.close) shell.system.close(fd);
      return;
    case "child":
      return settleChild(shell, frame);
    case "exec":
      return replaceSelf(shell, frame);
    case "await":
      return awaitStep(shell, frame);
    case "not":
      return update(shell, { status: shell.state.status === 0 ? 1 : 0 });
    case "status":
      return update(shell, { status: frame.status });
    case "guard":
      return;
    case "bad-syntax":
      write(shell.system, 2, frame.text);
      return update(shell, { status: 2, frames: [] });
    case "condition":
    case "call":
      return frame.kind === "call" ? leaveCall(shell, frame) : undefined;
    case "loop":
      return loopStep(shell, frame);
    case "if":
      return branch(shell, frame);
    case "restore":
      return restore(shell, frame.saved);
    case "time":
      return timed(shell, frame.began);
    case "input":
      return readInput(shell, frame);
  }
}

/** 128 and the number of SIGINT. */
const INTERRUPTED = 130;

/** After a command that failed: what ERR traps, and the end under `set -e`. */
function failed(shell: Shell, frame: Extract<Frame, { kind: "script" }>): boolean {
  const trap = shell.state.traps["ERR"];
  const ends = shell.state.options["errexit"] === true;
  const parsed = trap === undefined || shell.state.frames.some(({ kind }) => kind === "call") ? undefined : parseBash(trap);
  const hasTrap = parsed !== undefined && "script" in parsed;
  if (!ends && !hasTrap) return false;
  if (ends) update(shell, { frames: [] });
  else push(shell, { ...frame, ran: false });
  if (hasTrap) push(shell, { kind: "status", status: shell.state.status }, scriptFrame(parsed.script));
  return true;
}

function scriptStep(shell: Shell, frame: Extract<Frame, { kind: "script" }>): void {
  const list = frame.script[frame.list];
  if (frame.ran === true && shell.state.status !== 0 && !isCondition(shell) && failed(shell, frame)) return;
  if (list === undefined || (shell.state.options["noexec"] === true && !shell.state.interactive)) return;
  if (list.background) {
    push(shell, { kind: "script", script: frame.script, list: frame.list + 1, pipeline: 0, ...(frame.last === true ? { last: true } : {}) });
    return background(shell, list);
  }
  const pipeline = list.pipelines[frame.pipeline];
  if (pipeline === undefined) return push(shell, { ...frame, list: frame.list + 1, pipeline: 0, ran: false });
  const ends = frame.pipeline === list.pipelines.length - 1;
  const skipped = (pipeline.after === "&&" && shell.state.status !== 0) || (pipeline.after === "||" && shell.state.status === 0);
  const finished = ends && frame.list === frame.script.length - 1;
  if (!finished || shell.state.options["errexit"] === true || shell.state.traps["ERR"] !== undefined)
    push(shell, { ...frame, pipeline: frame.pipeline + 1, ran: ends && !skipped && !pipeline.negated });
  if (skipped) return;
  if (!ends) push(shell, { kind: "guard" });
  runPipeline(shell, pipeline, list.source, finished && frame.last === true);
}

function runPipeline(shell: Shell, pipeline: BashPipeline, source: string, last: boolean): void {
  if (pipeline.timed) {
    const clock = shell.system.clock("monotonic");
    push(shell, { kind: "time", began: clock.ok ? clock.value : 0 });
  }
  if (pipeline.negated) push(shell, { kind: "not" });
  const [only] = pipeline.commands;
  if (pipeline.commands.length > 1) return awaitAll(shell, startPipeline(shell, pipeline), source);
  if (only === undefined) return update(shell, { status: 0 });
  begin(shell, only, last && !pipeline.negated && !pipeline.timed);
}

function background(shell: Shell, list: { readonly pipelines: readonly BashPipeline[]; readonly source: string }): void {
  const [only] = list.pipelines;
  const quiet: Frame[] = [];
  const opened = shell.state.interactive ? undefined : shell.system.open("/dev/null", { read: true }, 0);
  if (opened?.ok === true) quiet.push({ kind: "descriptors", moves: [[opened.value, 0]], close: [] });
  const simple = list.pipelines.length === 1 && only?.negated === false && !only.timed && only.commands.length === 1 ? only.commands[0] : undefined;
  const script = scriptFrame([{ ...list, background: false }]);
  const pid = fork(shell, [simple === undefined ? script : { kind: "run", command: simple }, ...quiet], { group: 0, foreground: false });
  if (opened?.ok === true) shell.system.close(opened.value);
  newJob(shell, [pid], list.source);
  update(shell, { last: pid, status: 0 });
}

/** Begins a command; `last` when nothing follows it, so that it may take the shell's place. */
function begin(shell: Shell, command: BashCommand, last: boolean): void {
  update(shell, { line: command.line });
  if (command.kind === "simple") return execute(shell, command, last);
  if (command.kind === "subshell") {
    const body: Frame[] = [scriptFrame(command.body)];
    if (command.redirects.length > 0) body.splice(0, 1, { kind: "run", command: { ...command, kind: "group" } });
    return awaitAll(shell, [fork(shell, body, { group: 0, foreground: true })], "( ... )");
  }
  if (command.redirects.length > 0) {
    const saved = redirect(shell, command.redirects, true);
    if (saved === undefined) return update(shell, { status: 1 });
    push(shell, { kind: "restore", saved });
  }
  enter(shell, command);
}

function enter(shell: Shell, command: Exclude<BashCommand, { kind: "simple" }>): void {
  const around = surroundings(shell);
  switch (command.kind) {
    case "group":
    case "subshell":
      return push(shell, scriptFrame(command.body));
    case "function": {
      const functions = { ...shell.state.functions, [command.name]: { body: command.body, source: command.source } };
      return update(shell, { functions, status: 0 });
    }
    case "arithmetic":
      return update(shell, { status: arithmetic(shell, command.text) === 0 ? 1 : 0 });
    case "test":
      return update(shell, { status: conditional(shell, command.test) ? 0 : 1 });
    case "if":
      return push(shell, { kind: "if", command, branch: -1 });
    case "case": {
      const subject = asText(around, command.word);
      const hit = command.items.findIndex(({ patterns }) => patterns.some((pattern) => matches(asPattern(around, pattern), subject)));
      update(shell, { status: 0 });
      const bodies = [];
      for (let at = hit; at >= 0 && at < command.items.length; at += 1) {
        const item = command.items[at];
        if (item !== undefined) bodies.push(item.body);
        if (item?.end === ";&") continue;
        // After `;;&` the patterns that follow are tried too.
        const more =
          item?.end === ";;&"
            ? command.items.findIndex(({ patterns }, i) => i > at && patterns.some((pattern) => matches(asPattern(around, pattern), subject)))
            : -1;
        if (more < 0) break;
        at = more - 1;
      }
      return push(shell, ...bodies.reverse().map(scriptFrame));
    }
    default:
      return enterLoop(shell, command);
  }
}

function enterLoop(shell: Shell, command: Loop): void {
  const values =
    command.kind !== "for" ? undefined : command.words === undefined ? shell.state.positional : asFields(surroundings(shell), command.words);
  if (command.kind === "arithmetic-for") arithmetic(shell, command.parts[0] ?? []);
  push(shell, { kind: "loop", command, phase: "test", ...(values === undefined ? {} : { values }), at: 0, result: 0 });
}

const arithmetic = (shell: Shell, text: Parameters<typeof asText>[1]): number => {
  const around = surroundings(shell);
  return evaluate(asText(around, text), { get: (name) => around.get(name) ?? "", set: (name, value) => around.set(name, value) });
};

function loopStep(shell: Shell, frame: Extract<Frame, { kind: "loop" }>): void {
  const { command, phase, values, at } = frame;
  const result = phase === "test" && command.kind === "while" && at > 0 && at % 2 === 1 ? frame.result : at === 0 ? 0 : shell.state.status;
  if (command.kind === "for") {
    const value = values?.[at];
    if (value === undefined) return update(shell, { status: at === 0 ? 0 : result });
    setVariable(shell, command.variable, { text: value });
    return push(shell, { ...frame, at: at + 1 }, scriptFrame(command.body));
  }
  if (command.kind === "arithmetic-for") {
    if (at > 0) arithmetic(shell, command.parts[2] ?? []);
    const test = command.parts[1] ?? [];
    if (test.length > 0 && arithmetic(shell, test) === 0) return update(shell, { status: result });
    return push(shell, { ...frame, at: at + 1 }, scriptFrame(command.body));
  }
  if (phase === "test") {
    // Before the condition runs, `result` keeps what the body said.
    return push(
      shell,
      { ...frame, phase: "body", at: at + 1, result: at === 0 ? 0 : shell.state.status },
      { kind: "condition" },
      scriptFrame(command.condition),
    );
  }
  if ((shell.state.status === 0) === command.until) return update(shell, { status: frame.result });
  push(shell, { ...frame, phase: "test" }, scriptFrame(command.body));
}

function branch(shell: Shell, { command, branch: at }: Extract<Frame, { kind: "if" }>): void {
  const chosen = command.branches[at];
  if (chosen !== undefined && shell.state.status === 0) return push(shell, scriptFrame(chosen.body));
  const next = command.branches[at + 1];
  if (next !== undefined) return push(shell, { kind: "if", command, branch: at + 1 }, { kind: "condition" }, scriptFrame(next.condition));
  update(shell, { status: 0 });
  if (command.otherwise !== undefined) push(shell, scriptFrame(command.otherwise));
}

function leaveCall(shell: Shell, { positional, locals, sourced }: Extract<Frame, { kind: "call" }>): void {
  const variables = { ...shell.state.variables };
  for (const [name, before] of Object.entries(locals)) {
    if (before === null) delete variables[name];
    else variables[name] = before;
  }
  update(shell, { variables, ...(sourced === true ? {} : { positional }) });
}

function awaitStep(shell: Shell, frame: Extract<Frame, { kind: "await" }>): void {
  const [pid, ...pids] = frame.pids;
  if (pid === undefined) {
    const failed = shell.state.options["pipefail"] === true ? frame.statuses.findLast((status) => status !== 0) : undefined;
    update(shell, { status: failed ?? frame.statuses.at(-1) ?? 0, statuses: frame.statuses });
    bringBack(shell);
    return collectJobs(shell);
  }
  const waited = shell.system.wait4(pid, frame.group === undefined ? {} : { untraced: true });
  if (!waited.ok && waited.errno === "EINTR") {
    noteSignals(shell);
    return push(shell, frame);
  }
  const status = waited.ok && waited.value !== null ? waited.value.status : undefined;
  if (status?.kind === "stopped") return stopped(shell, frame, status.signal);
  if (status?.kind === "signaled" && status.signal === "INT" && pids.length === 0 && frame.group !== undefined) {
    bringBack(shell);
    write(shell.system, 2, "\n");
    return abandon(shell, INTERRUPTED);
  }
  if (status?.kind === "signaled" && pids.length === 0) tellKilled(shell, pid, status.signal, frame.source);
  push(shell, { ...frame, pids, statuses: [...frame.statuses, status === undefined ? 127 : statusOf(status)] });
}

function timed(shell: Shell, began: number): void {
  const clock = shell.system.clock("monotonic");
  const millis = Math.round(((clock.ok ? clock.value : began) - began) / 1000);
  const shown = (of: number): string => `${Math.floor(of / 60000)}m${(of % 60000) / 1000 >= 0 ? ((of % 60000) / 1000).toFixed(3) : "0.000"}s`;
  write(shell.system, 2, `\nreal\t${shown(millis)}\nuser\t${shown(0)}\nsys\t${shown(0)}\n`);
}
