/**
 * The shell as a program: an explicit machine whose state is data. Each step takes the top frame and does a little of it.
 *
 * `sh` is the same machine with dash's voice. Not modelled: job control's stops in scripts.
 * @rule linux.shell.machine
 * @source bash(1) INVOCATION
 */
import type { Json } from "../../sim/types";
import { strerror } from "../../linux/errno";
import type { Invocation, Program, System } from "../../linux/program";
import { parseBash } from "../language/bash-grammar";
import { leaveControl, takeControl } from "./shell-job-control";
import { step } from "./shell-step";
import { syntaxWords } from "./shell-syntax";
import { type Frame, scriptFrame, type Shell, type ShellState, update, write } from "./shell-state";

export const shell: Program = (system, invocation) => {
  const running: Shell = {
    system,
    state: invocation.state === undefined ? initial(system, invocation) : (invocation.state as unknown as ShellState),
  };
  for (;;) {
    system.mark(running.state as unknown as Json);
    if (running.state.frames.length > 0) {
      step(running);
      continue;
    }
    const last = running.state.traps["EXIT"];
    if (last === undefined || last === "") {
      leaveControl(running);
      return running.state.status;
    }
    const { EXIT: _once, ...traps } = running.state.traps;
    const parsed = parseBash(last);
    update(running, {
      traps,
      frames: [{ kind: "status", status: running.state.status }, ...("script" in parsed ? [scriptFrame(parsed.script)] : [])],
    });
  }
};

interface Options {
  readonly command?: string;
  readonly interactive: boolean;
  readonly set: Readonly<Record<string, boolean>>;
  readonly rest: readonly string[];
}

const LETTERS: Readonly<Record<string, string>> = { n: "noexec", e: "errexit", u: "nounset", x: "xtrace", f: "noglob" };

function optionsOf(argv: readonly string[]): Options {
  let [index, takesCommand, interactive, fromInput] = [1, false, false, false];
  const set: Record<string, boolean> = {};
  for (; index < argv.length; index += 1) {
    const argument = argv[index] ?? "";
    if (argument === "--" || argument === "-") {
      index += 1;
      break;
    }
    if (argument.startsWith("--")) continue;
    if (!/^[-+]./.test(argument)) break;
    for (const letter of argument.slice(1)) {
      if (letter === "c") takesCommand = true;
      else if (letter === "i") interactive = true;
      else if (letter === "s") fromInput = true;
      else if (letter === "o") set[argv[(index += 1)] ?? ""] = true;
      else if (LETTERS[letter] !== undefined) set[LETTERS[letter] ?? ""] = argument.startsWith("-");
    }
  }
  const command = takesCommand ? (argv[index++] ?? "") : undefined;
  // With -s what follows are arguments, as after a script's name.
  const rest = fromInput ? ["", ...argv.slice(index)] : argv.slice(index);
  return { ...(command === undefined ? {} : { command }), interactive, set, rest };
}

function initial(system: System, { argv, env }: Invocation): ShellState {
  const name = argv[0] ?? "bash";
  const base = name.replace(/^-/, "").split("/").at(-1) ?? name;
  const { command, interactive, set, rest } = optionsOf(argv);
  const self = system.identity();
  const pid = self.ok ? self.value.pid : 0;
  const variables = Object.fromEntries(Object.entries(env).map(([key, text]) => [key, { text, exported: true }]));
  const script = command === undefined && rest[0] !== "" ? rest[0] : undefined;
  const talks = interactive || (command === undefined && script === undefined && system.terminal(0).ok);
  const state: ShellState = {
    name: command !== undefined && rest[0] !== undefined ? rest[0] : (script ?? (base === "sh" || base === "bash" ? name : base)),
    dash: base === "sh" || base === "dash",
    interactive: talks,
    interactiveShell: talks,
    pid,
    line: 1,
    positional: rest.slice(1),
    variables: {
      PATH: { text: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
      ...variables,
      ...(base === "bash" ? { SHLVL: { text: String(levelOf(env["SHLVL"]) + 1), exported: true } } : {}),
      PPID: { text: self.ok ? String(self.value.ppid) : "0" },
      PWD: { text: place(system, env["PWD"]), exported: true },
    },
    functions: {},
    options: command === undefined ? set : { ...set, command: true },
    status: 0,
    statuses: [],
    last: 0,
    jobs: [],
    traps: {},
    arrived: [],
    substituted: null,
    frames: [],
  };
  const started: Shell = { system, state };
  if (state.interactive) takeControl(started);
  update(started, { frames: [...beginning(started, command, script), ...(state.interactive && !state.dash ? startFiles(started, argv) : [])] });
  return started.state;
}

const levelOf = (text: string | undefined): number => (text !== undefined && /^\d{1,3}$/.test(text) ? Number(text) : 0);

/** Where the shell stands: by the name it was told, as long as that leads there. */
function place(system: System, named: string | undefined): string {
  const here = system.stat(".");
  const there = named?.startsWith("/") === true ? system.stat(named) : here;
  if (named?.startsWith("/") === true && here.ok && there.ok && here.value.ino === there.value.ino && here.value.dev === there.value.dev)
    return named;
  const cwd = system.getcwd();
  return cwd.ok ? cwd.value : (named ?? "/");
}

function beginning(started: Shell, command: string | undefined, script: string | undefined): readonly Frame[] {
  if (command !== undefined) return parsedFrames(started, command, true);
  if (script === undefined) return [{ kind: "input", fd: 0, text: "", line: 1 }];
  const text = fileText(started, script);
  return text === undefined ? [] : parsedFrames(started, text, false);
}

/** What an interactive bash runs before its first prompt; the last of the frames is run first. */
function startFiles(started: Shell, argv: readonly string[]): readonly Frame[] {
  const home = started.state.variables["HOME"]?.text ?? "";
  const login = argv[0]?.startsWith("-") === true || argv.includes("-l") || argv.includes("--login");
  if (argv.includes(login ? "--noprofile" : "--norc")) return [];
  const paths = login
    ? ["/etc/profile", ["bash_profile", "bash_login", "profile"].map((name) => `${home}/.${name}`).find((path) => started.system.stat(path).ok) ?? ""]
    : ["/etc/bash.bashrc", `${home}/.bashrc`];
  const there = paths.filter((path) => path !== "" && started.system.stat(path).ok);
  return there.toReversed().flatMap((path) => parsedFrames(started, fileText(started, path) ?? "", false));
}

function parsedFrames(started: Shell, text: string, last: boolean): readonly Frame[] {
  const parsed = parseBash(text);
  if ("script" in parsed) return [{ kind: "script", script: parsed.script, list: 0, pipeline: 0, ...(last ? { last } : {}) }];
  const { name, dash } = started.state;
  const lines = text.split("\n");
  const line = "error" in parsed ? parsed.line : lines.length + (text.endsWith("\n") ? 0 : 1);
  return [
    { kind: "bad-syntax", text: syntaxWords(text, dash ? name : `${name}:${last ? " -c:" : ""} line`, dash) },
    ...linesBefore(lines.slice(0, line - 1)),
  ];
}

/** A script is read as it is run: what stands on the lines before the fault has been done by then. */
function linesBefore(lines: readonly string[]): readonly Frame[] {
  for (let count = lines.length; count > 0; count--) {
    const parsed = parseBash(lines.slice(0, count).join("\n"));
    if ("script" in parsed) return [scriptFrame(parsed.script)];
  }
  return [];
}

/** All that a file holds; what prevents it is told, and is the status. */
function fileText(started: Shell, path: string): string | undefined {
  const { system } = started;
  const opened = system.open(path, { read: true, cloexec: true }, 0);
  if (!opened.ok) {
    const why = started.state.dash && opened.errno === "ENOENT" ? "No such file" : strerror(opened.errno);
    write(system, 2, `${started.state.dash ? "sh: 0: cannot open" : "bash:"} ${path}: ${why}\n`);
    update(started, { status: started.state.dash ? 2 : opened.errno === "ENOENT" ? 127 : 126 });
    return undefined;
  }
  let text = "";
  for (let got = system.read(opened.value, 65536); got.ok && got.value !== ""; got = system.read(opened.value, 65536)) text += got.value;
  system.close(opened.value);
  return text;
}
