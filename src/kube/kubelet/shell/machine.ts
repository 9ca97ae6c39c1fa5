/**
 * Runs a script step by step. All of its state is JSON: a stack of what is still to be done, variables, the directory. It runs until it
 * has to wait (sleep, a request) or ends; the kubelet then resumes it when the time has come.
 */
import type { Micros } from "../../../sim/types";
import { type CommandContext, type CommandOutcome, runCommand } from "./commands";
import { type NetCommand, networkOutcome } from "./network-commands";
import type { NetResult } from "../../proxy/messages";
import type { Redirect, ShellNode, Word } from "./syntax";

type Frame =
  | { readonly run: ShellNode }
  | { readonly sequence: Extract<ShellNode, { kind: "sequence" }>; readonly at: number }
  | { readonly loop: Extract<ShellNode, { kind: "while" }>; readonly checked: boolean }
  | { readonly each: Extract<ShellNode, { kind: "for" }>; readonly items: readonly string[]; readonly at: number }
  | { readonly branch: Extract<ShellNode, { kind: "if" }>; readonly at: number }
  | { readonly negate: true }
  | { readonly pipe: Extract<ShellNode, { kind: "pipe" }>; readonly at: number };

export interface ShellState {
  readonly stack: readonly Frame[];
  readonly variables: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly status: number;
  /** Input of the next command in a pipe. */
  readonly input?: string;
  /** Output that goes into a pipe. */
  readonly captured?: string;
  readonly waiting?: { readonly redirects: readonly Redirect[] } & ({ readonly sleep: true } | { readonly net: NetCommand });
  readonly exited?: number;
}

export type Effect = { readonly done: number } | { readonly sleep: Micros } | { readonly net: NetCommand };
export interface Step {
  readonly state: ShellState;
  readonly effect: Effect;
}

const BUSY: Micros = 100_000;
const MOST_STEPS = 2000;

export const shellOf = (node: ShellNode, variables: Readonly<Record<string, string>>, cwd: string): ShellState => ({
  stack: [{ run: node }],
  variables,
  cwd,
  status: 0,
});

/** Text of a word; unquoted variables are split at blanks. */
function expandWord(state: ShellState, context: CommandContext, word: Word): readonly string[] {
  const fields: string[] = [];
  let current: string | undefined;
  for (const part of word) {
    if ("text" in part) {
      current = (current ?? "") + part.text;
      continue;
    }
    const value =
      "variable" in part
        ? variable(state, context, part.variable, part.fallback)
        : "command" in part
          ? substitute(state, context, part.command)
          : String(arithmetic(part.arithmetic, (name) => variable(state, context, name, undefined)));
    if ("arithmetic" in part || part.quoted) {
      current = (current ?? "") + value;
      continue;
    }
    const pieces = value.split(/\s+/);
    for (const [i, piece] of pieces.entries()) {
      if (i > 0 && current !== undefined) {
        fields.push(current);
        current = undefined;
      }
      if (piece !== "") current = (current ?? "") + piece;
    }
  }
  if (current !== undefined) fields.push(current);
  return fields;
}

function variable(state: ShellState, context: CommandContext, name: string, fallback: string | undefined): string {
  if (name === "?") return String(state.status);
  if (name === "$") return "1";
  if (name === "0") return "sh";
  const value = state.variables[name] ?? context.env[name];
  return value === undefined || value === ""
    ? (fallback ?? "").replace(/^\$([A-Za-z_]\w*)$/, (_, other: string) => variable(state, context, other, undefined))
    : value;
}

/** Runs a command substitution at once; what would have to wait gives nothing. */
function substitute(state: ShellState, context: CommandContext, node: ShellNode): string {
  let out = "";
  const inner: CommandContext = { ...context, write: (text, stream) => (stream === "out" ? (out += text) : context.write(text, stream)) };
  runToEnd({ ...shellOf(node, state.variables, state.cwd), status: state.status }, inner, () => ({ kind: "timeout" }));
  return out.replace(/\n+$/, "");
}

/** Integers, variables, + - * / % and comparisons, left to right by precedence. */
function arithmetic(text: string, valueOf: (name: string) => string): number {
  const list = text.match(/[0-9]+|[A-Za-z_]\w*|\$\w+|[-+*/%()<>]|[<>=!]=/g) ?? [];
  let at = 0;
  const atom = (): number => {
    const token = list[at++] ?? "0";
    if (token === "(") {
      const value = sum();
      at++;
      return value;
    }
    if (token === "-") return -atom();
    return /^[0-9]/.test(token) ? Number(token) : Number(valueOf(token.replace(/^\$/, "")) || 0);
  };
  const product = (): number => {
    let value = atom();
    for (let op = list[at]; op === "*" || op === "/" || op === "%"; op = list[at]) {
      at++;
      const right = atom();
      value = op === "*" ? value * right : right === 0 ? 0 : op === "/" ? Math.trunc(value / right) : value % right;
    }
    return value;
  };
  const sum = (): number => {
    let value = product();
    for (let op = list[at]; op === "+" || op === "-"; op = list[at]) {
      at++;
      value = op === "+" ? value + product() : value - product();
    }
    return value;
  };
  return sum();
}

const push = (state: ShellState, ...frames: readonly Frame[]): ShellState => ({ ...state, stack: [...state.stack, ...frames] });

/** Starts a node. */
function enter(state: ShellState, context: CommandContext, node: ShellNode): ShellState | Step {
  switch (node.kind) {
    case "sequence":
      return push(state, { sequence: node, at: 0 });
    case "not":
      return push(state, { negate: true }, { run: node.node });
    case "while":
      return push(state, { loop: node, checked: false });
    case "for":
      return push(state, { each: node, items: node.words.flatMap((word) => expandWord(state, context, word)), at: 0 });
    case "if":
      return push(state, { branch: node, at: -1 });
    case "pipe":
      return push(state, { pipe: node, at: 0 });
    default:
      return command(state, context, node);
  }
}

function command(state: ShellState, context: CommandContext, node: Extract<ShellNode, { kind: "command" }>): ShellState | Step {
  const assigned = Object.fromEntries(
    node.assigns.map(({ name, value }) => [
      name,
      expandWord(
        state,
        context,
        value.map((part) => ("quoted" in part ? { ...part, quoted: true } : part)),
      ).join(" "),
    ]),
  );
  const argv = node.words.flatMap((word) => globbed(context, state, word));
  const name = argv[0];
  if (name === undefined) return { ...state, variables: { ...state.variables, ...assigned }, status: 0 };
  const stdin = inputOf(state, context, node.redirects);
  const outcome = runCommand({ ...context, env: { ...context.env, ...state.variables, ...assigned }, cwd: state.cwd, stdin }, argv);
  return concluded({ ...state, input: undefined }, context, node.redirects, outcome);
}

function globbed(context: CommandContext, state: ShellState, word: Word): readonly string[] {
  const fields = expandWord(state, context, word);
  const starred = word.some((part) => "text" in part && !part.quoted && part.text.includes("*"));
  if (!starred) return fields;
  return fields.flatMap((field) => {
    const found = context.glob(field, state.cwd);
    return found.length > 0 ? found : [field];
  });
}

function inputOf(state: ShellState, context: CommandContext, redirects: readonly Redirect[]): string | undefined {
  const source = redirects.find((redirect) => redirect.op === "<");
  if (!source) return state.input;
  return context.files.read(expandWord(state, context, source.target).join(""), state.cwd) ?? "";
}

/** Sends a command's output where its redirections say, and notes its status. */
function concluded(state: ShellState, context: CommandContext, redirects: readonly Redirect[], outcome: CommandOutcome): ShellState | Step {
  deliver(state, context, redirects, outcome.out ?? "", outcome.err ?? "");
  if (outcome.save) context.files.write(outcome.save.path, state.cwd, outcome.save.content);
  if (outcome.listen) context.listen(outcome.listen.port, outcome.listen.protocol);
  const held =
    state.captured === undefined || redirects.some((redirect) => redirect.fd === 1)
      ? {}
      : { captured: state.captured + (outcome.out ?? "") + merged(state, context, redirects, outcome.err ?? "") };
  const next: ShellState = {
    ...state,
    ...held,
    status: outcome.code ?? 0,
    ...(outcome.cwd === undefined ? {} : { cwd: outcome.cwd }),
    ...(outcome.variables ? { variables: { ...state.variables, ...outcome.variables } } : {}),
    ...(outcome.exit === undefined ? {} : { exited: outcome.exit, stack: [] }),
  };
  if (outcome.script) return push({ ...next, status: 0 }, { run: outcome.script });
  if (outcome.unwind) return unwound(next, outcome.unwind);
  if (outcome.sleep !== undefined) return { state: { ...next, waiting: { sleep: true, redirects } }, effect: { sleep: outcome.sleep } };
  if (outcome.net) return { state: { ...next, waiting: { net: outcome.net, redirects } }, effect: { net: outcome.net } };
  return next;
}

const joinsErrors = (state: ShellState, context: CommandContext, redirects: readonly Redirect[]): boolean =>
  redirects.some((redirect) => redirect.fd === 2 && redirect.op === ">&" && expandWord(state, context, redirect.target).join("") === "1");
const merged = (state: ShellState, context: CommandContext, redirects: readonly Redirect[], err: string): string =>
  joinsErrors(state, context, redirects) ? err : "";

function deliver(state: ShellState, context: CommandContext, redirects: readonly Redirect[], out: string, err: string): void {
  const to = (fd: number): Redirect | undefined => redirects.findLast((redirect) => redirect.fd === fd && redirect.op !== "<");
  const put = (text: string, redirect: Redirect | undefined, stream: "out" | "err"): void => {
    if (redirect && redirect.op !== ">&") {
      const path = expandWord(state, context, redirect.target).join("");
      if (path === "/dev/null") return;
      if (/^\/proc\/1\/fd\/[12]$|^\/dev\/(stdout|stderr)$/.test(path)) return context.write(text, stream);
      context.files.write(path, state.cwd, redirect.op === ">>" ? `${context.files.read(path, state.cwd) ?? ""}${text}` : text);
    } else if (text !== "" && !(stream === "out" && state.captured !== undefined)) context.write(text, stream);
  };
  const errors = to(2);
  const output = to(1);
  if (output?.op === ">&" && expandWord(state, context, output.target).join("") === "2")
    return put(out + err, errors?.op === ">&" ? undefined : errors, "err");
  if (errors?.op === ">&") put(out + err, output, "out");
  else {
    put(out, output, "out");
    if (err !== "" || errors) put(err, errors, "err");
  }
}

function unwound(state: ShellState, how: "break" | "continue"): ShellState {
  const at = state.stack.findLastIndex((frame) => "loop" in frame || "each" in frame);
  if (at < 0) return state;
  return { ...state, status: 0, stack: state.stack.slice(0, how === "break" ? at : at + 1) };
}

/** Goes on with what is on top of the stack. */
function advance(state: ShellState, context: CommandContext): ShellState | Step {
  const frame = state.stack[state.stack.length - 1] as Frame;
  const rest: ShellState = { ...state, stack: state.stack.slice(0, -1) };
  if ("run" in frame) return enter(rest, context, frame.run);
  if ("negate" in frame) return { ...rest, status: state.status === 0 ? 1 : 0 };
  if ("sequence" in frame) {
    const { parts } = frame.sequence;
    let at = frame.at;
    for (
      let before = parts[at - 1];
      before && ((before.after === "&&" && state.status !== 0) || (before.after === "||" && state.status === 0));
      before = parts[at - 1]
    )
      at++;
    const part = parts[at];
    return part ? push(rest, { ...frame, at: at + 1 }, { run: part.node }) : rest;
  }
  if ("loop" in frame) {
    if (!frame.checked) return push(rest, { ...frame, checked: true }, { run: frame.loop.condition });
    const holds = (state.status === 0) !== frame.loop.until;
    return holds ? push(rest, { ...frame, checked: false }, { run: frame.loop.body }) : { ...rest, status: 0 };
  }
  if ("each" in frame) {
    const item = frame.items[frame.at];
    if (item === undefined) return rest;
    return push({ ...rest, variables: { ...rest.variables, [frame.each.name]: item } }, { ...frame, at: frame.at + 1 }, { run: frame.each.body });
  }
  if ("branch" in frame) return branched(rest, frame, state.status);
  return piped(rest, frame);
}

function branched(state: ShellState, frame: Extract<Frame, { branch: unknown }>, status: number): ShellState {
  const { branches, otherwise } = frame.branch;
  const taken = frame.at >= 0 && status === 0 ? branches[frame.at] : undefined;
  if (taken) return push(state, { run: taken.body });
  const next = branches[frame.at + 1];
  if (next) return push(state, { ...frame, at: frame.at + 1 }, { run: next.condition });
  return otherwise ? push({ ...state, status: 0 }, { run: otherwise }) : { ...state, status: 0 };
}

function piped(state: ShellState, frame: Extract<Frame, { pipe: unknown }>): ShellState {
  const part = frame.pipe.parts[frame.at];
  if (!part) return { ...state, input: undefined };
  const last = frame.at === frame.pipe.parts.length - 1;
  const { captured, ...rest } = state;
  const fed: ShellState = frame.at === 0 ? rest : { ...rest, input: captured ?? "" };
  return push(last ? fed : { ...fed, captured: "" }, { ...frame, at: frame.at + 1 }, { run: part });
}

/** Runs until the script waits or ends. */
export function proceed(given: ShellState, context: CommandContext): Step {
  let state = given;
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    if (state.exited !== undefined || state.stack.length === 0) return { state, effect: { done: state.exited ?? state.status } };
    const next = advance(state, context);
    if ("effect" in next) return next;
    state = next;
  }
  return { state, effect: { sleep: BUSY } };
}

/** What it waited for has come. */
export function resumeShell(state: ShellState, context: CommandContext, result?: NetResult): Step {
  const { waiting, ...rest } = state;
  if (!waiting || "sleep" in waiting) return proceed(rest, context);
  const next = concluded(rest, context, waiting.redirects, networkOutcome(waiting.net, result ?? { kind: "timeout" }));
  return "effect" in next ? next : proceed(next, context);
}

/** Runs to the end in no time; returns its status and how long its sleeps were. */
export function runToEnd(
  given: ShellState,
  context: CommandContext,
  net: (request: NetCommand) => NetResult,
): { readonly code: number; readonly span: Micros } {
  let step = proceed(given, context);
  let span = 0;
  for (let waits = 0; waits < 50; waits++) {
    const { effect } = step;
    if ("done" in effect) return { code: effect.done, span };
    if ("sleep" in effect) span += effect.sleep;
    step = resumeShell(step.state, context, "net" in effect ? net(effect.net) : undefined);
  }
  return { code: 124, span: span + 60_000_000 };
}
