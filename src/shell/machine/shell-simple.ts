/**
 * A simple command: assignments, redirections, then a function, a builtin, or a program found by PATH in a child of the shell.
 *
 * @rule linux.shell.simple-command
 * @source bash(1) COMMAND EXECUTION
 */
import { strerror } from "../../linux/errno";
import type { Assignment, BashCommand, SimpleCommand } from "../language/bash-tree";
import { parseBash } from "../language/bash-grammar";
import { evaluate } from "./arithmetic";
import { asFields, asText } from "./expansion";
import { builtins } from "./shell-builtins";
import { awaitAll, fork } from "./shell-fork";
import { leaveControl, regainControl } from "./shell-job-control";
import { redirect, restore } from "./shell-redirect";
import {
  complain,
  environment,
  type Frame,
  getText,
  nextLine,
  push,
  scriptFrame,
  setVariable,
  type Shell,
  update,
  type Variable,
} from "./shell-state";
import { surroundings } from "./shell-words";

const EXECUTE = 1;

export function execute(shell: Shell, command: BashCommand & SimpleCommand, last: boolean): void {
  update(shell, { substituted: null });
  const around = surroundings(shell);
  const argv = asFields(around, command.words);
  const [name] = argv;
  if (shell.state.options["xtrace"] === true) trace(shell, command, argv);
  if (name === undefined) return assignOnly(shell, command);
  const target = shell.state.functions[name];
  if (target !== undefined && Object.hasOwn(shell.state.functions, name)) return callFunction(shell, command, argv, target.body);
  const builtin = Object.hasOwn(builtins, name) ? builtins[name] : undefined;
  if (builtin === undefined) return external(shell, command, argv, last);
  const forGood = name === "exec";
  const saved = redirect(shell, command.redirects, !forGood);
  if (saved === undefined) return update(shell, { status: 1 });
  const before = temporary(shell, command.assignments);
  const depth = shell.state.frames.length;
  update(shell, { status: builtin(shell, argv) });
  putBack(shell, before);
  const opened = name === "eval" || name === "." || name === "source" ? shell.state.frames.slice(depth) : [];
  // What `eval` has still to do keeps the redirections.
  if (saved.length > 0 && opened.length > 0)
    update(shell, { frames: [...shell.state.frames.slice(0, depth), { kind: "restore", saved }, ...opened] });
  else restore(shell, saved);
}

/** What is about to be done, in words that a shell would take. */
function trace(shell: Shell, command: SimpleCommand, argv: readonly string[]): void {
  const around = surroundings(shell);
  const mark = getText(shell, "PS4") ?? "+ ";
  const word = (text: string): string => (/^[\w@%+:,./=~-]+$/.test(text) || shell.state.dash ? text : `'${text.replaceAll("'", "'\\''")}'`);
  const set = command.assignments.flatMap(({ name, append, value }) =>
    // What has to be run is not run twice.
    "array" in value || value.some(({ kind }) => kind === "command")
      ? []
      : [`${name}${append ? "+" : ""}=${word(asText(around, value)).replace(/^''$/, "")}`],
  );
  if (shell.state.dash) return void (set.length + argv.length > 0 && shell.system.write(2, `${mark}${[...set, ...argv].join(" ")}\n`));
  for (const one of set) shell.system.write(2, `${mark}${one}\n`);
  if (argv.length > 0) shell.system.write(2, `${mark}${argv.map(word).join(" ")}\n`);
}

function assignOnly(shell: Shell, command: BashCommand & SimpleCommand): void {
  for (const one of command.assignments) {
    if (assign(shell, one)) continue;
    // The rest of the line is given up; dash gives up the script.
    const frames = shell.state.dash ? [] : nextLine(shell.state.frames);
    return update(shell, { status: shell.state.dash ? 2 : 1, ...(shell.state.interactive ? {} : { frames }) });
  }
  const saved = redirect(shell, command.redirects, true);
  if (saved !== undefined) restore(shell, saved);
  update(shell, { status: saved === undefined ? 1 : (shell.state.substituted ?? 0) });
}

const placeIn = (shell: Shell, text: string): number => {
  const around = surroundings(shell);
  return evaluate(text, { get: (name) => around.get(name) ?? "", set: (name, to) => around.set(name, to) });
};

/** Items of an array; some may say where they belong: `[2]=x`. */
export function arrayOf(items: readonly string[], before: readonly string[], map: Variable["map"], append = false): Variable {
  const placed = items.map((item) => /^\[([^\]]*)\]=([\s\S]*)$/.exec(item));
  if (map !== undefined)
    return { map: { ...(append ? map : {}), ...Object.fromEntries(placed.map((match, i) => [match?.[1] ?? items[i] ?? "", match?.[2] ?? ""])) } };
  const list = [...before];
  for (const [i, match] of placed.entries())
    list[match === null ? list.length : Number(match[1])] = match === null ? (items[i] ?? "") : (match[2] ?? "");
  return { list: Array.from(list, (item) => item ?? "") };
}

export function assign(shell: Shell, { name, index, append, value }: Assignment): boolean {
  const around = surroundings(shell);
  let change: Variable;
  if ("array" in value) {
    const items = asFields(around, value.array);
    change = arrayOf(items, append ? around.list(name) : [], around.map(name), append);
  } else if (index !== undefined) {
    const key = asText(around, index);
    const map = around.map(name);
    const before = append ? (map === undefined ? around.list(name)[placeIn(shell, key)] : map[key]) : "";
    const text = (before ?? "") + asText(around, value);
    if (map !== undefined) change = { map: { ...map, [key]: text } };
    else {
      const items = [...around.list(name)];
      const at = placeIn(shell, key);
      items[at < 0 ? items.length + at : at] = text;
      change = { list: Array.from(items, (item) => item ?? "") };
    }
  } else change = { text: (append ? (getText(shell, name) ?? "") : "") + asText(around, value) };
  if (setVariable(shell, name, change)) return true;
  complain(shell, shell.state.dash ? `${name}: is read only` : `${name}: readonly variable`);
  return false;
}

type Before = readonly (readonly [string, Variable | undefined])[];

/** Assignments before a builtin hold for it only. */
function temporary(shell: Shell, assignments: readonly Assignment[]): Before {
  return assignments.map((one) => {
    const before = shell.state.variables[one.name];
    assign(shell, one);
    return [one.name, before] as const;
  });
}

function putBack(shell: Shell, before: Before): void {
  if (before.length === 0) return;
  const variables = { ...shell.state.variables };
  for (const [name, variable] of before) {
    if (variable === undefined) delete variables[name];
    else variables[name] = variable;
  }
  update(shell, { variables });
}

function callFunction(shell: Shell, command: BashCommand & SimpleCommand, argv: readonly string[], body: BashCommand): void {
  const saved = redirect(shell, command.redirects, true);
  if (saved === undefined) return update(shell, { status: 1 });
  if (saved.length > 0) push(shell, { kind: "restore", saved });
  const before = temporary(shell, command.assignments);
  const locals = Object.fromEntries(before.map(([name, variable]) => [name, variable ?? null]));
  push(shell, { kind: "call", positional: shell.state.positional, locals, name: argv[0] ?? "" }, { kind: "run", command: body });
  update(shell, { positional: argv.slice(1) });
}

function external(shell: Shell, command: BashCommand & SimpleCommand, argv: readonly string[], last: boolean): void {
  const env = environment(shell);
  const around = surroundings(shell);
  for (const { name, value } of command.assignments) env[name] = "array" in value ? "" : asText(around, value);
  const frame: Frame = { kind: "exec", argv, env, redirects: command.redirects };
  // The last command of a child, or of `-c`, takes the shell's place.
  const alone = shell.state.frames.length === 0 && shell.state.traps["EXIT"] === undefined;
  if (alone && (last || shell.state.pid !== ownPid(shell))) return push(shell, frame);
  awaitAll(shell, [fork(shell, [frame], { group: 0, foreground: true })], sourceOf(argv));
}

/** Roughly as it was written: what kind of quotes there were is guessed from what they had to protect. */
const sourceOf = (argv: readonly string[]): string =>
  argv
    .map((argument) =>
      /["$`\\]/.test(argument) && !argument.includes("'") ? `'${argument}'` : /[\s"'$]/.test(argument) ? `"${argument}"` : argument,
    )
    .join(" ");

function ownPid(shell: Shell): number {
  const self = shell.system.identity();
  return self.ok ? self.value.pid : 0;
}

/** Where a command's program is; undefined when nowhere. */
export function lookUp(shell: Shell, name: string, path?: string): string | undefined {
  if (name.includes("/")) return name;
  for (const directory of (path ?? getText(shell, "PATH") ?? "").split(":")) {
    const candidate = `${directory === "" ? "." : directory}/${name}`;
    const found = shell.system.stat(candidate);
    if (found.ok && found.value.kind === "file" && shell.system.access(candidate, EXECUTE).ok) return candidate;
  }
  return undefined;
}

export function replaceSelf(shell: Shell, { argv, env, redirects, asked }: Extract<Frame, { kind: "exec" }>): void {
  const saved = redirect(shell, redirects, false);
  // A shell that a person talks to outlives an `exec` that fails.
  const ends = shell.state.interactive ? {} : { frames: [] };
  if (saved === undefined) return update(shell, { status: 1, ...ends });
  const [name = ""] = argv;
  const path = lookUp(shell, name, env["PATH"]);
  if (path === undefined) {
    const named = asked === true && !name.includes("/") ? `exec: ${name}: not found` : undefined;
    complain(shell, named ?? (shell.state.dash ? `${name}: not found` : `${name}: command not found`));
    return update(shell, { status: 127, ...ends });
  }
  leaveControl(shell);
  const failed = shell.system.exec(path, argv, shell.state.dash ? env : { ...env, _: path });
  regainControl(shell);
  if (failed.errno === "ENOEXEC") return runText(shell, path, argv);
  const found = shell.system.stat(path);
  const directory = found.ok && found.value.kind === "dir";
  // It is there, but not what its first line asks for.
  const lacks = found.ok && failed.errno === "ENOENT";
  const words = directory ? "Is a directory" : lacks ? "cannot execute: required file not found" : strerror(failed.errno);
  complain(
    shell,
    shell.state.dash && failed.errno === "ENOENT" ? `${name}: not found` : `${name}: ${directory && shell.state.dash ? "Permission denied" : words}`,
  );
  update(shell, { status: failed.errno === "ENOENT" ? 127 : 126, ...ends });
}

/** A file without a magic number is a script of this very shell. */
function runText(shell: Shell, path: string, argv: readonly string[]): void {
  const opened = shell.system.open(path, { read: true, cloexec: true }, 0);
  let text = "";
  if (opened.ok) {
    for (let got = shell.system.read(opened.value, 65536); got.ok && got.value !== ""; got = shell.system.read(opened.value, 65536))
      text += got.value;
    shell.system.close(opened.value);
  }
  const parsed = parseBash(text);
  update(shell, {
    name: path,
    positional: argv.slice(1),
    frames: "script" in parsed ? [scriptFrame(parsed.script)] : [],
    status: "script" in parsed ? 0 : 2,
  });
}
