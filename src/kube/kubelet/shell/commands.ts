/**
 * The commands of simulated containers, busybox-like in their words. A command is a function of context and arguments; what it must wait
 * for it says in its outcome.
 */
import type { Micros } from "../../../sim/types";
import { fileCommands } from "./file-commands";
import { type NetCommand, networkCommands } from "./network-commands";
import { parseScript, type ShellNode } from "./syntax";
import { textCommands } from "./text-commands";

export interface ShellFiles {
  read(path: string, cwd: string): string | undefined;
  write(path: string, cwd: string, content: string): void;
  remove(path: string, cwd: string): boolean;
  makeDirectory(path: string, cwd: string): void;
  isDirectory(path: string, cwd: string): boolean;
  /** Names in a directory; undefined when there is none. */
  list(path: string, cwd: string): readonly string[] | undefined;
}

export interface CommandContext {
  readonly now: Micros;
  readonly date: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly stdin?: string;
  readonly hostname: string;
  readonly podIP: string;
  readonly files: ShellFiles;
  glob(pattern: string, cwd: string): readonly string[];
  write(text: string, stream: "out" | "err"): void;
  processes(): readonly { readonly pid: number; readonly argv: readonly string[] }[];
  listen(port: number, protocol: "http" | "tcp"): void;
  /** True when there is such a process. */
  kill(pid: number, signal: string): boolean;
}

export interface CommandOutcome {
  readonly out?: string;
  readonly err?: string;
  readonly code?: number;
  readonly cwd?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly exit?: number;
  readonly unwind?: "break" | "continue";
  /** Runs instead of the command. */
  readonly script?: ShellNode;
  readonly sleep?: Micros;
  readonly net?: NetCommand;
  /** Is written to a file. */
  readonly save?: { readonly path: string; readonly content: string };
  /** From now on the process listens. */
  readonly listen?: { readonly port: number; readonly protocol: "http" | "tcp" };
}

export type Command = (context: CommandContext, args: readonly string[]) => CommandOutcome;

export const FOREVER: Micros = 400 * 24 * 3600 * 1_000_000;
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 };

const SHELL_NAMES: ReadonlySet<string> = new Set(["sh", "bash", "ash", "dash"]);

function sleepSpan(args: readonly string[]): Micros | undefined {
  let total = 0;
  for (const word of args) {
    if (word === "infinity" || word === "inf") return FOREVER;
    const match = /^([0-9]*\.?[0-9]+)([smhd]?)$/.exec(word);
    if (!match) return undefined;
    total += Number(match[1]) * (UNITS[match[2] || "s"] ?? 1) * 1_000_000;
  }
  return Math.min(FOREVER, Math.round(total));
}

/** `-e` of echo, and printf. */
export const unescape = (text: string): string =>
  text.replace(/\\([ntr\\0])/g, (_, c: string) => ({ n: "\n", t: "\t", r: "\r", "\\": "\\", "0": "" })[c] ?? c);

function echo(args: readonly string[]): CommandOutcome {
  let newline = true;
  let escapes = false;
  let at = 0;
  while (/^-[neE]+$/.test(args[at] ?? "")) {
    if (args[at]?.includes("n")) newline = false;
    if (args[at]?.includes("e")) escapes = true;
    at++;
  }
  const text = args.slice(at).join(" ");
  return { out: (escapes ? unescape(text) : text) + (newline ? "\n" : "") };
}

function runScript(args: readonly string[]): CommandOutcome {
  const at = args.findIndex((word) => /^-[a-z]*c$/.test(word));
  if (at < 0) return { code: 0 };
  const parsed = parseScript(args[at + 1] ?? "");
  return "error" in parsed ? { err: `sh: ${parsed.error}\n`, code: 2, exit: 2 } : { script: parsed.node };
}

const isNumber = (text: string | undefined): boolean => /^-?[0-9]+$/.test(text ?? "");

function test(context: CommandContext, args: readonly string[]): boolean {
  if (args[0] === "!") return !test(context, args.slice(1));
  const and = args.indexOf("-a");
  if (and > 0) return test(context, args.slice(0, and)) && test(context, args.slice(and + 1));
  const [a = "", op = "", b = ""] = args;
  if (args.length === 0) return false;
  if (args.length === 1) return a !== "";
  if (args.length === 2) {
    const path = op;
    const content = context.files.read(path, context.cwd);
    if (a === "-z") return op === "";
    if (a === "-n") return op !== "";
    if (a === "-d") return context.files.isDirectory(path, context.cwd);
    if (a === "-s") return (content ?? "") !== "";
    if (a === "-f" || a === "-r" || a === "-w" || a === "-x") return content !== undefined;
    return content !== undefined || context.files.isDirectory(path, context.cwd);
  }
  if (op === "=" || op === "==") return a === b;
  if (op === "!=") return a !== b;
  if (!isNumber(a) || !isNumber(b)) return false;
  const [x, y] = [Number(a), Number(b)];
  return { "-eq": x === y, "-ne": x !== y, "-lt": x < y, "-le": x <= y, "-gt": x > y, "-ge": x >= y }[op] ?? false;
}

function kill(context: CommandContext, args: readonly string[]): CommandOutcome {
  const signal = args.find((word) => word.startsWith("-"))?.replace(/^-(s)?/, "") ?? "TERM";
  const name = { "9": "KILL", "15": "TERM", "1": "HUP", "2": "INT" }[signal] ?? signal.replace(/^SIG/, "");
  const pids = args.filter((word) => /^[0-9]+$/.test(word)).map(Number);
  const missing = pids.find((pid) => !context.kill(pid, name));
  return missing === undefined ? {} : { err: `sh: can't kill pid ${missing}: No such process\n`, code: 1 };
}

function ps(context: CommandContext): CommandOutcome {
  const rows = context.processes().map(({ pid, argv }) => `${String(pid).padStart(5)} root      0:00 ${argv.join(" ")}`);
  return { out: ["PID   USER     TIME  COMMAND", ...rows].join("\n").concat("\n") };
}

const environment = (context: CommandContext): string =>
  Object.entries(context.env)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");

const COMMANDS: Readonly<Record<string, Command>> = {
  ":": () => ({}),
  true: () => ({}),
  false: () => ({ code: 1 }),
  trap: () => ({}),
  set: () => ({}),
  ulimit: () => ({ out: "unlimited\n" }),
  wait: () => ({}),
  sleep: (_, args) => {
    const span = sleepSpan(args);
    return span === undefined ? { err: `sleep: invalid number '${args[0] ?? ""}'\n`, code: 1 } : { sleep: span };
  },
  echo: (_, args) => echo(args),
  printf: (_, args) => {
    let at = 1;
    return { out: unescape(args[0] ?? "").replace(/%[sd]|%%/g, (spec) => (spec === "%%" ? "%" : (args[at++] ?? ""))) };
  },
  pwd: (context) => ({ out: `${context.cwd}\n` }),
  env: (context) => ({ out: environment(context) }),
  printenv: (context, args) => {
    if (args.length === 0) return { out: environment(context) };
    const values = args.flatMap((name) => context.env[name] ?? []);
    return { out: values.map((value) => `${value}\n`).join(""), code: values.length === args.length ? 0 : 1 };
  },
  export: (_, args) => ({
    variables: Object.fromEntries(
      args.filter((word) => word.includes("=")).map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]),
    ),
  }),
  exit: (_, args) => ({ exit: Number(args[0] ?? 0) || 0, code: Number(args[0] ?? 0) || 0 }),
  break: () => ({ unwind: "break" }),
  continue: () => ({ unwind: "continue" }),
  read: (context, args) => {
    const line = (context.stdin ?? "").split("\n")[0] ?? "";
    const name = args.filter((word) => !word.startsWith("-"))[0] ?? "REPLY";
    return { variables: { [name]: line }, code: context.stdin === undefined || context.stdin === "" ? 1 : 0 };
  },
  test: (context, args) => ({ code: test(context, args) ? 0 : 1 }),
  "[": (context, args) => ({ code: test(context, args.slice(0, -1)) ? 0 : 1 }),
  "[[": (context, args) => ({ code: test(context, args.slice(0, -1)) ? 0 : 1 }),
  date: (context, args) => {
    const format = args.find((word) => word.startsWith("+"));
    if (format === "+%s") return { out: `${1_767_225_600 + Math.floor(context.now / 1_000_000)}\n` };
    if (format === "+%T" || format === "+%H:%M:%S") return { out: `${context.date.slice(11, 19)}\n` };
    if (format === "+%F") return { out: `${context.date.slice(0, 10)}\n` };
    return { out: `${context.date.replace("T", " ").replace("Z", "")} UTC\n` };
  },
  id: (_, args) => ({ out: args[0] === "-u" ? "0\n" : "uid=0(root) gid=0(root) groups=0(root)\n" }),
  whoami: () => ({ out: "root\n" }),
  hostname: (context, args) => ({ out: args[0] === "-i" || args[0] === "-I" ? `${context.podIP}\n` : `${context.hostname}\n` }),
  uname: (context, args) => ({
    out:
      args[0] === "-a" ? `Linux ${context.hostname} 6.12.0-strata #1 SMP x86_64 GNU/Linux\n` : args[0] === "-n" ? `${context.hostname}\n` : "Linux\n",
  }),
  nproc: () => ({ out: "4\n" }),
  ps,
  kill,
  nginx: (_, args) =>
    args[0] === "-v"
      ? { err: "nginx version: nginx/1.29\n" }
      : args[0] === "-t"
        ? {
            err: "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n",
          }
        : {},
  httpd: (_, args) => {
    const at = args.indexOf("-p");
    return {
      listen: { port: Number((args[at + 1] ?? "80").replace(/^.*:/, "")) || 80, protocol: "http" },
      ...(args.includes("-f") ? { sleep: FOREVER } : {}),
    };
  },
};

const WITH_PATH = /^\/(?:usr\/(?:local\/)?)?s?bin\//;

/** Runs one command line. */
export function runCommand(context: CommandContext, argv: readonly string[]): CommandOutcome {
  const [written = "", ...args] = argv;
  const name = written.replace(WITH_PATH, "");
  if (name === "exec" || name === "command" || name === "nohup" || name === "time") return args.length === 0 ? {} : runCommand(context, args);
  if (name === "timeout")
    return runCommand(
      context,
      args.filter((word, i) => i > 0 && !(i === 1 && /^[0-9]/.test(word) && args[0] === "-t")),
    );
  if (SHELL_NAMES.has(name)) return runScript(args);
  const own = [COMMANDS, fileCommands, textCommands, networkCommands].find((table) => Object.hasOwn(table, name))?.[name];
  return own ? own(context, args) : { err: `sh: ${written}: not found\n`, code: 127 };
}

/** Whether a container has a command by this name. */
export const hasCommand = (written: string): boolean => {
  const name = written.replace(WITH_PATH, "");
  return SHELL_NAMES.has(name) || [COMMANDS, fileCommands, textCommands, networkCommands].some((table) => Object.hasOwn(table, name));
};
