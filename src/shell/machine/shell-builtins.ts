/**
 * Commands that the shell is itself: they change its state, or are too small for a process.
 *
 * Not modelled: alias, bind, complete, getopts, ulimit, fc.
 * @rule linux.shell.builtins
 * @source bash(1) SHELL BUILTIN COMMANDS
 */
import { strerror } from "../../linux/errno";
import { parseBash } from "../language/bash-grammar";
import { unescape } from "../language/bash-word";
import { evaluate } from "./arithmetic";
import { format } from "./format";
import { controlBuiltins } from "./shell-control";
import { historyBuiltins } from "./shell-history";
import { controlTerminalBuiltins } from "./shell-job-control";
import { jobBuiltins } from "./shell-job-builtins";
import { complain, getText, push, scriptFrame, setVariable, type Shell, update } from "./shell-state";
import { lookUp } from "./shell-simple";
import { TestFault, testArguments } from "./shell-test";
import { variableBuiltins } from "./shell-variables";
import { surroundings } from "./shell-words";

export type Builtin = (shell: Shell, argv: readonly string[]) => number;

/** Prints as stdio does: bash line by line, dash at once. A failure is told once. */
export function print(shell: Shell, name: string, text: string): number {
  const pieces = shell.state.dash ? [text] : (text.match(/[^\n]*\n|[^\n]+/g) ?? []);
  for (const piece of pieces) {
    for (let rest = piece; rest !== ""; ) {
      const done = shell.system.write(1, rest);
      if (!done.ok) {
        complain(shell, shell.state.dash ? `${name}: I/O error` : `${name}: write error: ${strerror(done.errno)}`);
        return 1;
      }
      rest = rest.slice(done.value);
    }
  }
  return 0;
}

function echo(shell: Shell, argv: readonly string[]): number {
  let [index, newline, escapes] = [1, true, shell.state.dash];
  for (; /^-[neE]+$/.test(argv[index] ?? "") && !(shell.state.dash && argv[index] !== "-n"); index += 1) {
    for (const letter of (argv[index] ?? "").slice(1)) {
      if (letter === "n") newline = false;
      else escapes = letter === "e";
    }
  }
  const text = argv.slice(index).join(" ");
  const cut = escapes ? text.indexOf("\\c") : -1;
  const shown = escapes ? unescape(cut < 0 ? text : text.slice(0, cut)) : text;
  return print(shell, "echo", shown + (newline && cut < 0 ? "\n" : ""));
}

function printf(shell: Shell, argv: readonly string[]): number {
  const into = argv[1] === "-v" ? argv[2] : undefined;
  const [template, ...values] = argv.slice(into === undefined ? (argv[1] === "--" ? 2 : 1) : 3);
  if (template === undefined) {
    complain(shell, "printf: usage: printf [-v var] format [arguments]");
    return 2;
  }
  const { text, problems } = format(template, values);
  for (const problem of problems) complain(shell, `printf: ${problem}`);
  if (into !== undefined) return setVariable(shell, into, { text }) ? 0 : 1;
  return print(shell, "printf", text) || (problems.length > 0 ? 1 : 0);
}

function cd(shell: Shell, argv: readonly string[]): number {
  const asked = argv.slice(1).find((argument) => argument !== "--" && argument !== "-P" && argument !== "-L");
  const target = asked === "-" ? getText(shell, "OLDPWD") : (asked ?? getText(shell, "HOME") ?? "/root");
  if (target === undefined) return fail(shell, "cd: OLDPWD not set");
  const done = shell.system.chdir(target);
  if (!done.ok) return fail(shell, shell.state.dash ? `cd: can't cd to ${target}` : `cd: ${target}: ${strerror(done.errno)}`);
  const before = getText(shell, "PWD") ?? "/";
  const path = logical(before, target);
  setVariable(shell, "OLDPWD", { text: before, exported: true });
  setVariable(shell, "PWD", { text: path, exported: true });
  return asked === "-" ? print(shell, "cd", `${path}\n`) : 0;
}

/** The place by name, with `.` and `..` taken away as text. */
function logical(from: string, to: string): string {
  const names: string[] = [];
  for (const name of `${to.startsWith("/") ? "" : from}/${to}`.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}

function pwd(shell: Shell, argv: readonly string[]): number {
  if (argv[1] === "-P") {
    const real = shell.system.readlink("/proc/self/cwd");
    if (real.ok) return print(shell, "pwd", `${real.value}\n`);
  }
  return print(shell, "pwd", `${getText(shell, "PWD") ?? "/"}\n`);
}

export function fail(shell: Shell, message: string, status = 1): number {
  complain(shell, message);
  return status;
}

function evaluateText(shell: Shell, argv: readonly string[]): number {
  const parsed = parseBash(argv.slice(1).join(" "), shell.state.line);
  if (!("script" in parsed)) return fail(shell, "error" in parsed ? `eval: ${parsed.error}` : "eval: syntax error: unexpected end of file", 2);
  push(shell, scriptFrame(parsed.script));
  return shell.state.status;
}

function source(shell: Shell, argv: readonly string[]): number {
  const [, path = "", ...positional] = argv;
  const opened = shell.system.open(path, { read: true, cloexec: true }, 0);
  if (!opened.ok) return fail(shell, `${path}: ${strerror(opened.errno)}`);
  let text = "";
  for (let got = shell.system.read(opened.value, 65536); got.ok && got.value !== ""; got = shell.system.read(opened.value, 65536)) text += got.value;
  shell.system.close(opened.value);
  const parsed = parseBash(text);
  if (!("script" in parsed)) return fail(shell, `${path}: ${"error" in parsed ? parsed.error : "syntax error: unexpected end of file"}`, 2);
  push(shell, { kind: "call", positional: shell.state.positional, locals: {}, sourced: positional.length === 0 }, scriptFrame(parsed.script));
  if (positional.length > 0) update(shell, { positional });
  return 0;
}

function test(shell: Shell, argv: readonly string[]): number {
  const bracket = argv[0] === "[";
  if (bracket && argv.at(-1) !== "]") return fail(shell, "[: missing `]'", 2);
  try {
    return testArguments(shell.system, argv.slice(1, bracket ? -1 : undefined)) ? 0 : 1;
  } catch (fault) {
    if (fault instanceof TestFault) return fail(shell, `${argv[0]}: ${fault.message}`, 2);
    throw fault;
  }
}

function command(shell: Shell, argv: readonly string[]): number {
  const [, option, ...names] = argv;
  if (option !== "-v" && option !== "-V") {
    const rest = argv.slice(1);
    const [name = ""] = rest;
    const builtin = Object.hasOwn(builtins, name) ? builtins[name] : undefined;
    if (builtin !== undefined) return builtin(shell, rest);
    push(shell, {
      kind: "run",
      command: {
        kind: "simple",
        assignments: [],
        words: rest.map((text) => [{ kind: "text", text, quoted: true }]),
        redirects: [],
        line: shell.state.line,
      },
    });
    return 0;
  }
  return names.every((name) => describe(shell, name, option === "-V" ? "type" : "name")) ? 0 : 1;
}

function describe(shell: Shell, name: string, how: "type" | "name" | "kind"): boolean {
  const isFunction = Object.hasOwn(shell.state.functions, name);
  const isBuiltin = Object.hasOwn(builtins, name);
  const path = isFunction || isBuiltin ? name : lookUp(shell, name);
  if (path === undefined || (path.includes("/") && !shell.system.stat(path).ok)) return false;
  const kind = isFunction ? "function" : isBuiltin ? "builtin" : "file";
  const sentence = isFunction ? `${name} is a function` : isBuiltin ? `${name} is a shell builtin` : `${name} is ${path}`;
  print(shell, "type", `${how === "kind" ? kind : how === "name" ? path : sentence}\n`);
  return true;
}

function type(shell: Shell, argv: readonly string[]): number {
  const kind = argv[1] === "-t";
  const names = argv.slice(kind ? 2 : 1);
  let status = 0;
  for (const name of names) {
    if (describe(shell, name, kind ? "kind" : "type")) continue;
    status = kind ? 1 : fail(shell, `type: ${name}: not found`);
  }
  return status;
}

function letNumbers(shell: Shell, argv: readonly string[]): number {
  const around = surroundings(shell);
  let result = 0;
  for (const text of argv.slice(1)) result = evaluate(text, { get: (name) => around.get(name) ?? "", set: (name, value) => around.set(name, value) });
  return result === 0 ? 1 : 0;
}

function umask(shell: Shell, argv: readonly string[]): number {
  const [, wanted] = argv;
  if (wanted !== undefined) {
    if (!/^[0-7]+$/.test(wanted)) return fail(shell, `umask: ${wanted}: octal number out of range`);
    shell.system.umask(Number.parseInt(wanted, 8));
    return 0;
  }
  const now = shell.system.umask(0);
  if (!now.ok) return 1;
  shell.system.umask(now.value);
  return print(shell, "umask", `${now.value.toString(8).padStart(4, "0")}\n`);
}

export const builtins: Readonly<Record<string, Builtin>> = {
  ":": () => 0,
  true: () => 0,
  false: () => 1,
  echo,
  printf,
  cd,
  pwd,
  test,
  "[": test,
  eval: evaluateText,
  ".": source,
  source,
  command,
  builtin: (shell, argv) => command(shell, argv),
  type,
  let: letNumbers,
  umask,
  hash: () => 0,
  ...controlBuiltins,
  ...variableBuiltins,
  ...jobBuiltins,
  ...historyBuiltins,
  ...controlTerminalBuiltins,
};
