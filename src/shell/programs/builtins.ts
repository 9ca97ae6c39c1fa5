/**
 * What the shell itself does, and programs that only know the terminal: echo, cd, history, sleep, date, env, watch, help.
 * @source bash(1) SHELL BUILTIN COMMANDS; coreutils
 */
import { rfc3339 } from "../../kube/apis/time";
import { captured, withInput } from "../pipeline";
import { clockTime } from "../clock";
import { isFolder, resolvePath, ROOT } from "../paths";
import { err, filePaths, now, out, type Program, readAllInput, type Run, setState, sleep, terminalState } from "../program";
import { PROGRAMS } from "./index";

function* echo(args: readonly string[]): Run<number> {
  let rest = args;
  let newline = true;
  let escapes = false;
  while (/^-[neE]+$/.test(rest[0] ?? "")) {
    if (rest[0]?.includes("n")) newline = false;
    if (rest[0]?.includes("e")) escapes = true;
    rest = rest.slice(1);
  }
  const text = rest.join(" ");
  yield* out((escapes ? unescaped(text) : text) + (newline ? "\n" : ""));
  return 0;
}

export const unescaped = (text: string): string =>
  text.replace(/\\([ntr\\0])/g, (_, c: string) => ({ n: "\n", t: "\t", r: "\r", "\\": "\\", "0": "\0" })[c] ?? "");

/** @source printf(1); only %s, %d and %% */
function* printf(args: readonly string[]): Run<number> {
  const [format = "", ...values] = args;
  let index = 0;
  do {
    yield* out(unescaped(format).replace(/%([sd%])/g, (_, kind: string) => (kind === "%" ? "%" : (values[index++] ?? (kind === "d" ? "0" : "")))));
  } while (index > 0 && index < values.length);
  return 0;
}

function* cd(args: readonly string[]): Run<number> {
  const { cwd } = yield* terminalState();
  const path = resolvePath(cwd, args[0] ?? "~");
  const paths = yield* filePaths();
  if (path === undefined || !isFolder(paths, path)) {
    yield* err(`bash: cd: ${args[0] ?? ""}: ${path !== undefined && paths.includes(path) ? "Not a directory" : "No such file or directory"}\n`);
    return 1;
  }
  yield* setState({ cwd: path });
  return 0;
}

function* pwd(): Run<number> {
  const { cwd } = yield* terminalState();
  yield* out(cwd === "" ? `${ROOT}\n` : `${ROOT}/${cwd}\n`);
  return 0;
}

function* history(): Run<number> {
  const state = yield* terminalState();
  yield* out(state.history.map((line, i) => `${String(i + 1).padStart(5)}  ${line}\n`).join(""));
  return 0;
}

function* clear(): Run<number> {
  yield { do: "clear" };
  return 0;
}

/** @source sleep(1) */
function* sleepProgram(args: readonly string[]): Run<number> {
  const match = /^(\d*\.?\d+)([smhd]?)$/.exec(args[0] ?? "");
  if (match === null) {
    yield* err(args[0] === undefined ? "sleep: missing operand\n" : `sleep: invalid time interval '${args[0]}'\n`);
    return 1;
  }
  const unit = { s: 1, m: 60, h: 3600, d: 86400 }[match[2] || "s"] ?? 1;
  yield* sleep(Math.round(Number(match[1]) * unit * 1e6));
  return 0;
}

function* date(args: readonly string[]): Run<number> {
  const at = yield* now();
  yield* out(args.includes("-Is") || args.includes("--iso-8601=seconds") ? `${rfc3339(at)}\n` : `${clockTime(at)}\n`);
  return 0;
}

function* env(): Run<number> {
  const { variables, cwd } = yield* terminalState();
  const all: Readonly<Record<string, string>> = { HOME: ROOT, PWD: cwd === "" ? ROOT : `${ROOT}/${cwd}`, ...variables };
  yield* out(
    Object.entries(all)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(""),
  );
  return 0;
}

function* exportProgram(args: readonly string[]): Run<number> {
  const { variables } = yield* terminalState();
  const next = { ...variables };
  for (const arg of args) {
    const equals = arg.indexOf("=");
    if (equals > 0) next[arg.slice(0, equals)] = arg.slice(equals + 1);
  }
  yield* setState({ variables: next });
  return 0;
}

/** Shows a command's output again and again until Ctrl-C. @source watch(1) */
function* watch(args: readonly string[]): Run<number> {
  let rest = args;
  let seconds = 2;
  for (;;) {
    const flag = /^(?:-n|--interval=?)(.*)$/.exec(rest[0] ?? "");
    if (flag !== null) {
      const inline = flag[1] !== "";
      seconds = Math.max(0.1, Number(inline ? flag[1] : rest[1]) || 2);
      rest = rest.slice(inline ? 1 : 2);
    } else if (/^-[td]$/.test(rest[0] ?? "")) rest = rest.slice(1);
    else break;
  }
  const words = rest.length === 1 ? (rest[0] ?? "").split(/\s+/) : rest;
  const [name = "", ...programArgs] = words;
  const program = PROGRAMS.get(name);
  if (program === undefined) {
    yield* err(name === "" ? "Usage: watch [options] command\n" : `sh: 1: ${name}: not found\n`);
    return 1;
  }
  for (;;) {
    const { text } = yield* captured(withInput(program(programArgs, name), ""));
    yield { do: "clear" };
    yield* out(`Every ${seconds.toFixed(1)}s: ${words.join(" ")}    ${clockTime(yield* now())}\n\n${text}`);
    yield* sleep(Math.round(seconds * 1e6));
  }
}

/** @source xargs(1); without options, and `-n1`, `-I NAME` */
function* xargs(args: readonly string[]): Run<number> {
  let rest = [...args];
  let each = 0;
  let replace: string | undefined;
  for (;;) {
    const n = /^-n(\d*)$/.exec(rest[0] ?? "");
    if (n !== null) {
      each = Number(n[1] || rest[1]) || 1;
      rest = rest.slice(n[1] ? 1 : 2);
    } else if (rest[0] === "-I") {
      replace = rest[1] ?? "{}";
      rest = rest.slice(2);
    } else if (rest[0] === "-r") rest = rest.slice(1);
    else break;
  }
  const [name = "echo", ...fixed] = rest;
  const program = PROGRAMS.get(name);
  if (program === undefined) {
    yield* err(`xargs: ${name}: No such file or directory\n`);
    return 127;
  }
  const input = yield* readAllInput();
  const marker = replace;
  const items = (marker === undefined ? input.split(/\s+/) : input.split("\n")).filter((item) => item !== "");
  const size = marker !== undefined ? 1 : each === 0 ? Math.max(items.length, 1) : each;
  let worst = 0;
  for (let i = 0; i < items.length; i += size) {
    const batch = items.slice(i, i + size);
    const code = yield* program(marker === undefined ? [...fixed, ...batch] : fixed.map((arg) => arg.replaceAll(marker, batch[0] ?? "")), name);
    if (code !== 0) worst = 123;
  }
  return worst;
}

function* help(): Run<number> {
  const names = [...PROGRAMS.keys()].filter((name) => name !== "k").sort((a, b) => (a < b ? -1 : 1));
  yield* out(
    `Commands: ${names.join(", ")}\nPipes, redirection, variables, for, while, if and here-documents work as in bash.\nkubectl --help lists what kubectl can do; Tab completes; Ctrl-C ends a command.\n`,
  );
  return 0;
}

/** These speak to the cluster's own network, which this terminal is outside of. */
function* clientOnly(args: readonly string[], name: string): Run<number> {
  yield* err(
    `${name}: this terminal is not in the cluster's network; ask from a Pod, for example: kubectl exec client -- ${[name, ...args].join(" ")}\n`,
  );
  return 127;
}

const constant = (code: number): Program =>
  // eslint-disable-next-line require-yield
  function* (): Run<number> {
    return code;
  };

export const BUILTINS: readonly (readonly [string, Program])[] = [
  ["echo", echo],
  ["printf", printf],
  ["cd", cd],
  ["pwd", pwd],
  ["history", history],
  ["clear", clear],
  ["sleep", sleepProgram],
  ["date", date],
  ["env", env],
  ["export", exportProgram],
  ["watch", watch],
  ["xargs", xargs],
  ["help", help],
  ["true", constant(0)],
  [":", constant(0)],
  ["false", constant(1)],
  ["curl", clientOnly],
  ["wget", clientOnly],
  ["dig", clientOnly],
  ["nslookup", clientOnly],
];
