/**
 * All that a shell is between two steps: variables, functions, jobs, traps, and a stack of what is still to be done. Plain data.
 */
import type { System } from "../../linux/program";
import type { SignalName } from "../../linux/process/signal-names";
import { evaluate } from "./arithmetic";
import type { Edit } from "./line-editor";
import type { BashCommand, BashRedirect, BashScript } from "../language/bash-tree";

export interface Variable {
  readonly text?: string;
  readonly list?: readonly string[];
  /** Of an associative array. */
  readonly map?: Readonly<Record<string, string>>;
  readonly exported?: boolean;
  readonly readonly?: boolean;
  /** What is assigned is evaluated, or written in small or capital letters. */
  readonly integer?: boolean;
  readonly letters?: "lower" | "upper";
}

export interface Job {
  readonly number: number;
  readonly pids: readonly number[];
  readonly source: string;
  readonly status?: number;
  /** The signal that ended it. */
  readonly signal?: SignalName;
  /** Its process group, under job control. */
  readonly group?: number;
  /** The signal that stopped it. */
  readonly stopped?: SignalName;
}

interface TerminalModes {
  readonly echo: boolean;
  readonly canonical: boolean;
  readonly signals: boolean;
  readonly mapReturn: boolean;
}

export type Loop = Extract<BashCommand, { kind: "while" | "for" | "arithmetic-for" }>;

/** What is still to be done; the last of the stack is done next. */
export type Frame =
  | {
      readonly kind: "script";
      readonly script: BashScript;
      readonly list: number;
      readonly pipeline: number;
      readonly ran?: boolean;
      readonly last?: boolean;
    }
  | { readonly kind: "run"; readonly command: BashCommand }
  | { readonly kind: "descriptors"; readonly moves: readonly (readonly [from: number, to: number])[]; readonly close: readonly number[] }
  | {
      readonly kind: "exec";
      readonly argv: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly redirects: readonly BashRedirect[];
      /** Asked for by `exec`, which is named when it fails. */
      readonly asked?: true;
    }
  | {
      readonly kind: "await";
      readonly pids: readonly number[];
      readonly statuses: readonly number[];
      readonly source: string;
      readonly group?: number;
    }
  /** What a child of an interactive shell does first. */
  | { readonly kind: "child"; readonly group?: number; readonly foreground?: boolean; readonly resets: readonly string[] }
  | { readonly kind: "not" }
  | { readonly kind: "status"; readonly status: number }
  | { readonly kind: "condition" }
  /** What fails above it is asked for: `set -e` does not count there. */
  | { readonly kind: "guard" }
  /** The text from here on is none of the language: this is said, and the script ends. */
  | { readonly kind: "bad-syntax"; readonly text: string }
  | {
      readonly kind: "loop";
      readonly command: Loop;
      readonly phase: "test" | "body";
      readonly values?: readonly string[];
      readonly at: number;
      readonly result: number;
    }
  | { readonly kind: "if"; readonly command: Extract<BashCommand, { kind: "if" }>; readonly branch: number }
  | {
      readonly kind: "call";
      readonly positional: readonly string[];
      /** Variables as they were before `local`; null where there was none. */
      readonly locals: Readonly<Record<string, Variable | null>>;
      readonly sourced?: boolean;
      /** The function's name. */
      readonly name?: string;
    }
  | { readonly kind: "restore"; readonly saved: readonly (readonly [fd: number, copy: number])[] }
  | { readonly kind: "time"; readonly began: number }
  | {
      readonly kind: "input";
      readonly fd: number;
      /** Lines of a command that is not complete. */
      readonly text: string;
      readonly line: number;
      /** The line that is being edited, and what the terminal did before. */
      readonly edit?: Edit;
      readonly modes?: TerminalModes;
    };

export interface ShellState {
  /** What errors begin with. */
  readonly name: string;
  /** `sh` is dash: another voice for errors, output written at once. */
  readonly dash: boolean;
  readonly interactive: boolean;
  /** It, or the shell it is a child of, was started interactively: bash then names no line in its errors. */
  readonly interactiveShell: boolean;
  readonly pid: number;
  readonly line: number;
  readonly positional: readonly string[];
  readonly variables: Readonly<Record<string, Variable>>;
  readonly functions: Readonly<Record<string, { readonly body: BashCommand; readonly source: string }>>;
  readonly options: Readonly<Record<string, boolean>>;
  readonly status: number;
  readonly statuses: readonly number[];
  /** `$!`. */
  readonly last: number;
  readonly jobs: readonly Job[];
  /** Commands by signal name or EXIT; an empty text ignores. */
  readonly traps: Readonly<Record<string, string>>;
  /** Signals that came and whose commands have not been run. */
  readonly arrived: readonly string[];
  /** The status of the last command substitution of this command. */
  readonly substituted: number | null;
  readonly frames: readonly Frame[];
  /** Lines that were typed, and how many older ones are forgotten. */
  readonly history?: readonly string[];
  readonly dropped?: number;
  /** Words that stand for others at the front of a command. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Where `popd` goes back to. */
  readonly directories?: readonly string[];
  /** Under job control: the shell's own group, and the one that was in front before. */
  readonly control?: { readonly group: number; readonly before: number };
  /** It was said that there are stopped jobs. */
  readonly warned?: boolean;
}

/** The shell while it takes a step. */
export interface Shell {
  readonly system: System;
  state: ShellState;
}

export function update(shell: Shell, change: Partial<ShellState>): void {
  shell.state = { ...shell.state, ...change };
}

export function push(shell: Shell, ...frames: readonly Frame[]): void {
  update(shell, { frames: [...shell.state.frames, ...frames] });
}

/** Takes the top frame off. */
export function pop(shell: Shell): Frame | undefined {
  const top = shell.state.frames.at(-1);
  update(shell, { frames: shell.state.frames.slice(0, -1) });
  return top;
}

export const scriptFrame = (script: BashScript): Frame => ({ kind: "script", script, list: 0, pipeline: 0 });

export const getText = (shell: Shell, name: string): string | undefined => {
  const variable = shell.state.variables[name];
  return variable?.text ?? variable?.list?.[0] ?? variable?.map?.["0"];
};

export function setVariable(shell: Shell, name: string, change: Variable): boolean {
  const before = Object.hasOwn(shell.state.variables, name) ? shell.state.variables[name] : undefined;
  if (before?.readonly === true) return false;
  const kept = { ...before, ...change };
  const { text: _text, list: _list, map: _map, ...flags } = kept;
  const shaped = (text: string): string => {
    if (kept.integer === true)
      return String(evaluate(text, { get: (one) => getText(shell, one) ?? "", set: (one, to) => void setVariable(shell, one, { text: to }) }));
    return kept.letters === "lower" ? text.toLowerCase() : kept.letters === "upper" ? text.toUpperCase() : text;
  };
  let next: Variable = kept;
  if (change.map !== undefined) next = { ...flags, map: change.map };
  else if (change.list !== undefined) next = { ...flags, list: change.list.map(shaped) };
  else if (change.text !== undefined) next = { ...flags, text: shaped(change.text) };
  update(shell, { variables: { ...shell.state.variables, [name]: next } });
  return true;
}

export function unsetVariable(shell: Shell, name: string): void {
  const { [name]: _gone, ...variables } = shell.state.variables;
  update(shell, { variables });
}

export function environment(shell: Shell): Record<string, string> {
  const exported = Object.entries(shell.state.variables).filter(([, variable]) => variable.exported === true && variable.text !== undefined);
  return Object.fromEntries(exported.map(([name, variable]) => [name, variable.text ?? ""]));
}

/** Says what went wrong, as this shell says it. */
export function complain(shell: Shell, message: string): void {
  const { name, line, dash, interactiveShell } = shell.state;
  const place = dash ? `${line}: ` : interactiveShell ? "" : `line ${line}: `;
  write(shell.system, 2, `${name}: ${place}${message}\n`);
}

/** What dash does after an error in one of its special builtins: it gives up the script. */
export function giveUp(shell: Shell, message: string): number {
  complain(shell, message);
  const input = shell.state.frames.findIndex(({ kind }) => kind === "input");
  update(shell, { frames: shell.state.interactive ? shell.state.frames.slice(0, input + 1) : [] });
  return 2;
}

/** Writes all, whatever becomes of it. */
export function write(system: System, fd: number, text: string): void {
  for (let rest = text; rest !== ""; ) {
    const done = system.write(fd, rest);
    if (!done.ok) {
      if (done.errno === "EINTR") continue;
      return;
    }
    rest = rest.slice(done.value);
  }
}

/** What a script has still to do on the lines below the one that is being done. */
export function nextLine(frames: readonly Frame[]): readonly Frame[] {
  const [bottom] = frames;
  if (bottom?.kind !== "script") return [];
  const lineOf = (list: number): number | undefined => bottom.script[list]?.pipelines[0]?.commands[0]?.line;
  const line = lineOf(bottom.list);
  let list = bottom.list + 1;
  while (list < bottom.script.length && lineOf(list) === line) list++;
  return list < bottom.script.length ? [{ ...bottom, list, pipeline: 0, ran: false }] : [];
}

/** Whether what fails now is asked for, so that `set -e` does not count. */
export const isCondition = (shell: Shell): boolean =>
  shell.state.frames.some(({ kind }) => kind === "condition" || kind === "not" || kind === "guard");
