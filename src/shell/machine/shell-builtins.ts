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
import { optionBuiltins } from "./shell-options";
import { placeBuiltins } from "./shell-place";
import { jobBuiltins } from "./shell-job-builtins";
import { complain, getText, giveUp, push, scriptFrame, setVariable, type Shell, update, write } from "./shell-state";
import { lookUp } from "./shell-simple";
import { syntaxWords } from "./shell-syntax";
import { TestFault, testArguments } from "./shell-test";
import { aliasBuiltins } from "./shell-alias";
import { readBuiltins } from "./shell-read";
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
    write(shell.system, 2, "printf: usage: printf [-v var] format [arguments]\n");
    return 2;
  }
  const { text, problems } = format(template, values);
  for (const problem of problems) complain(shell, `printf: ${problem}`);
  if (into !== undefined) return setVariable(shell, into, { text }) ? 0 : 1;
  return print(shell, "printf", text) || (problems.length > 0 ? 1 : 0);
}

export function fail(shell: Shell, message: string, status = 1): number {
  complain(shell, message);
  return status;
}

/** Dash gives up the script, bash only what was to be evaluated. */
function badSyntax(shell: Shell, text: string, place: string, first = 1): number {
  write(shell.system, 2, syntaxWords(text, place, shell.state.dash, first));
  if (shell.state.dash && !shell.state.interactive) update(shell, { frames: [] });
  return 2;
}

function evaluateText(shell: Shell, argv: readonly string[]): number {
  const text = argv.slice(1).join(" ");
  const parsed = parseBash(text, shell.state.line);
  if (!("script" in parsed))
    return badSyntax(shell, text, shell.state.dash ? `${shell.state.name}` : `${shell.state.name}: eval: line`, shell.state.line);
  push(shell, scriptFrame(parsed.script));
  return shell.state.status;
}

function source(shell: Shell, argv: readonly string[]): number {
  const [, path = "", ...positional] = argv;
  const opened = shell.system.open(path, { read: true, cloexec: true }, 0);
  if (!opened.ok && shell.state.dash)
    return giveUp(shell, `${argv[0] ?? "."}: cannot open ${path}: ${opened.errno === "ENOENT" ? "No such file" : strerror(opened.errno)}`);
  if (!opened.ok) return fail(shell, `${path}: ${strerror(opened.errno)}`);
  let text = "";
  for (let got = shell.system.read(opened.value, 65536); got.ok && got.value !== ""; got = shell.system.read(opened.value, 65536)) text += got.value;
  shell.system.close(opened.value);
  const parsed = parseBash(text);
  if (!("script" in parsed)) return badSyntax(shell, text, shell.state.dash ? `${shell.state.name}` : `${path}: line`);
  push(shell, { kind: "call", positional: shell.state.positional, locals: {}, sourced: positional.length === 0 }, scriptFrame(parsed.script));
  if (positional.length > 0) update(shell, { positional });
  return 0;
}

function test(shell: Shell, argv: readonly string[]): number {
  const bracket = argv[0] === "[";
  if (bracket && argv.at(-1) !== "]") return fail(shell, shell.state.dash ? "[: missing ]" : "[: missing `]'", 2);
  try {
    return testArguments(shell.system, argv.slice(1, bracket ? -1 : undefined)) ? 0 : 1;
  } catch (fault) {
    if (fault instanceof TestFault)
      return fail(shell, `${argv[0]}: ${shell.state.dash ? testInDash(fault.message, argv[1] ?? "") : fault.message}`, 2);
    throw fault;
  }
}

function testInDash(message: string, first: string): string {
  const number = /^(.*): integer expression expected$/s.exec(message)?.[1];
  return number === undefined ? `${first}: unexpected operator` : `Illegal number: ${number}`;
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

const KEYWORDS = "if then else elif fi case esac for select while until do done in function time { } ! [[ ]] coproc".split(" ");

type How = "type" | "name" | "kind";
type Meaning = readonly [kind: "alias" | "keyword" | "function" | "builtin" | "file", path: string];

/** What a name means, the first meaning first. */
function meanings(shell: Shell, name: string, all: boolean): readonly Meaning[] {
  const found: Meaning[] = [];
  if (Object.hasOwn(shell.state.aliases ?? {}, name)) found.push(["alias", name]);
  if (KEYWORDS.includes(name)) found.push(["keyword", name]);
  if (Object.hasOwn(shell.state.functions, name)) found.push(["function", name]);
  if (Object.hasOwn(builtins, name)) found.push(["builtin", name]);
  if (found.length > 0 && !all) return found.slice(0, 1);
  const paths = name.includes("/") ? [name] : (getText(shell, "PATH") ?? "").split(":").map((directory) => lookUp(shell, name, directory));
  for (const path of paths) {
    const at = path === undefined ? undefined : shell.system.stat(path);
    if (path !== undefined && at?.ok === true && at.value.kind !== "dir") found.push(["file", path]);
  }
  return all ? found : found.slice(0, 1);
}

function describe(shell: Shell, name: string, how: How, all = false): boolean {
  const found = meanings(shell, name, all);
  for (const [kind, path] of found) {
    const source = kind === "function" ? shell.state.functions[name]?.source : undefined;
    const sentence =
      kind === "alias"
        ? `${name} is aliased to \`${shell.state.aliases?.[name] ?? ""}'`
        : kind === "keyword"
          ? `${name} is a shell keyword`
          : kind === "function"
            ? `${name} is a function\n${source ?? ""}`
            : kind === "builtin"
              ? `${name} is a shell builtin`
              : `${name} is ${path}`;
    print(shell, "type", `${how === "kind" ? kind : how === "name" ? path : sentence}\n`);
  }
  return found.length > 0;
}

function type(shell: Shell, argv: readonly string[]): number {
  let at = 1;
  for (; !shell.state.dash && /^-[afptP]+$/.test(argv[at] ?? ""); at++);
  const letters = argv.slice(1, at).join("");
  const how: How = letters.includes("t") ? "kind" : /[pP]/.test(letters) ? "name" : "type";
  let status = 0;
  for (const name of argv.slice(at)) {
    if (describe(shell, name, how, letters.includes("a"))) continue;
    if (shell.state.dash) {
      print(shell, "type", `${name}: not found\n`);
      status = 127;
    } else status = how === "type" ? fail(shell, `type: ${name}: not found`) : 1;
  }
  return status;
}

/** Only what is built in. */
function builtinOnly(shell: Shell, argv: readonly string[]): number {
  const [, name] = argv;
  if (name === undefined) return 0;
  const found = Object.hasOwn(builtins, name) ? builtins[name] : undefined;
  return found === undefined ? fail(shell, `builtin: ${name}: not a shell builtin`) : found(shell, argv.slice(1));
}

function letNumbers(shell: Shell, argv: readonly string[]): number {
  const around = surroundings(shell);
  let result = 0;
  for (const text of argv.slice(1)) result = evaluate(text, { get: (name) => around.get(name) ?? "", set: (name, value) => around.set(name, value) });
  return result === 0 ? 1 : 0;
}

export const builtins: Readonly<Record<string, Builtin>> = {
  ":": () => 0,
  true: () => 0,
  false: () => 1,
  echo,
  printf,
  test,
  "[": test,
  eval: evaluateText,
  ".": source,
  source,
  command,
  builtin: builtinOnly,
  type,
  let: letNumbers,
  hash: () => 0,
  ...placeBuiltins,
  ...optionBuiltins,
  ...controlBuiltins,
  ...variableBuiltins,
  ...readBuiltins,
  ...aliasBuiltins,
  ...jobBuiltins,
  ...historyBuiltins,
  ...controlTerminalBuiltins,
};
