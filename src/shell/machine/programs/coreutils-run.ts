/**
 * Programs that run another in changed circumstances: env, printenv, nice, nohup, timeout.
 *
 * Not modelled: `env --block-signal` and its like.
 *
 * @source coreutils@9.1 src/env.c src/printenv.c src/nice.c src/nohup.c src/timeout.c
 */
import type { SignalName } from "../../../linux/process/signal-names";
import { SIGNAL_NAMES, signalByNumber, signalNumber } from "../../../linux/process/signal-names";
import type { Invocation, Program, System } from "../../../linux/program";
import { complain, given, quoted, shellQuoted, tryHelp } from "./coreutils-support";
import { because, print } from "./support";
import { execAlong } from "./util-linux-run";

/** Takes the program's place; its status when that fails. */
function become(system: System, invocation: Invocation, command: readonly string[], env: Invocation["env"], words = ""): number {
  const errno = execAlong(system, command, env);
  complain(system, invocation, `${words}${quoted(invocation, command[0] ?? "")}: ${because(errno)}`);
  return errno === "ENOENT" ? 127 : 126;
}

/** Words of `env -S`, as a shell would split the simplest of them. */
function splitWords(text: string): readonly string[] {
  return (text.match(/"(?:\\.|[^"\\])*"|'[^']*'|\S+/g) ?? []).map((word) =>
    /^["']/.test(word) ? word.slice(1, -1).replace(/\\(["\\$])/g, "$1") : word,
  );
}

export const env: Program = (system, invocation) => {
  const args = invocation.argv.slice(1);
  const at = args.findIndex((arg) => /^(-[iv]*S|--split-string=)/.test(arg));
  if (at >= 0 && args.slice(0, at).every((arg) => arg.startsWith("-"))) {
    const inline = (args[at] ?? "").replace(/^(-[iv]*S|--split-string=)/, "");
    const flags = /^-([iv]+)S/.exec(args[at] ?? "")?.[1];
    const text = inline === "" ? (args[at + 1] ?? "") : inline;
    args.splice(at, inline === "" ? 2 : 1, ...(flags === undefined ? [] : [`-${flags}`]), ...splitWords(text));
  }
  // A lone minus is -i.
  const plain = args[0] === "-" ? ["-i", ...args.slice(1)] : args;
  const options = given(
    system,
    { ...invocation, argv: [invocation.argv[0] ?? "env", ...plain] },
    {
      short: "+C:iu:v0",
      long: { "ignore-environment": "i", null: "0", "unset=": "u", "chdir=": "C", debug: "v" },
    },
  );
  if (options === undefined) return 125;
  const next: Record<string, string> = options.has("i") ? {} : { ...invocation.env };
  for (const name of options.values("u")) {
    if (name === "" || name.includes("="))
      return (complain(system, invocation, `cannot unset ${quoted(invocation, name)}: ${because("EINVAL")}`), 125);
    delete next[name];
  }
  let first = 0;
  for (const operand of options.operands) {
    const cut = operand.indexOf("=");
    if (cut < 0) break;
    next[operand.slice(0, cut)] = operand.slice(cut + 1);
    first++;
  }
  const command = options.operands.slice(first);
  const directory = options.value("C");
  if (directory !== undefined && command.length === 0) return tryHelp(system, invocation, "must specify command with --chdir (-C)", 125);
  if (options.has("0") && command.length > 0) return tryHelp(system, invocation, "cannot specify --null (-0) with command", 125);
  if (directory !== undefined) {
    const moved = system.chdir(directory);
    if (!moved.ok) return (complain(system, invocation, `cannot change directory to ${shellQuoted(directory)}: ${because(moved.errno)}`), 125);
  }
  if (command.length > 0) return become(system, invocation, command, next);
  const end = options.has("0") ? "\0" : "\n";
  print(
    system,
    Object.entries(next)
      .map(([name, value]) => `${name}=${value}${end}`)
      .join(""),
  );
  return 0;
};

export const printenv: Program = (system, invocation) => {
  const options = given(system, invocation, { short: "+0", long: { null: "0" } });
  if (options === undefined) return 2;
  const end = options.has("0") ? "\0" : "\n";
  const { operands } = options;
  if (operands.length === 0) {
    print(
      system,
      Object.entries(invocation.env)
        .map(([name, value]) => `${name}=${value}${end}`)
        .join(""),
    );
    return 0;
  }
  let status = 0;
  for (const name of operands) {
    const value = name.includes("=") || !Object.hasOwn(invocation.env, name) ? undefined : invocation.env[name];
    if (value === undefined) status = 1;
    else print(system, value + end);
  }
  return status;
};

export const nice: Program = (system, invocation) => {
  // `-5` and `--5` are old spellings of `-n 5` and `-n -5`.
  const argv = invocation.argv.flatMap((arg, i) => (i > 0 && i < 2 && /^-[-+]?\d+$/.test(arg) ? ["-n", arg.slice(1)] : [arg]));
  const options = given(system, { ...invocation, argv }, { short: "+n:", long: { "adjustment=": "n" } });
  if (options === undefined) return 125;
  const asked = options.value("n");
  if (asked !== undefined && !/^[-+]?\d+$/.test(asked)) return (complain(system, invocation, `invalid adjustment ${quoted(invocation, asked)}`), 125);
  const now = system.getpriority(0);
  const current = now.ok ? now.value : 0;
  const command = options.operands;
  if (command.length === 0) {
    if (asked !== undefined) return tryHelp(system, invocation, "a command must be given with an adjustment", 125);
    print(system, `${current}\n`);
    return 0;
  }
  const done = system.setpriority(0, current + (asked === undefined ? 10 : Number(asked)));
  if (!done.ok) complain(system, invocation, `cannot set niceness: ${because(done.errno)}`);
  return become(system, invocation, command, invocation.env);
};

export const nohup: Program = (system, invocation) => {
  const options = given(system, invocation, { short: "+" });
  if (options === undefined) return 125;
  if (options.operands.length === 0) return tryHelp(system, invocation, "missing operand", 125);
  const [input, output, errors] = [0, 1, 2].map((fd) => system.terminal(fd).ok) as [boolean, boolean, boolean];
  if (input) {
    const none = system.open("/dev/null", { write: true }, 0);
    if (none.ok) system.dup2(none.value, 0);
  }
  if (output) {
    const home = `${invocation.env["HOME"] ?? ""}/nohup.out`;
    const path = system.open("nohup.out", { write: true, create: true, append: true }, 0o600);
    const file = path.ok ? path : system.open(home, { write: true, create: true, append: true }, 0o600);
    if (!file.ok) return (complain(system, invocation, `failed to open ${shellQuoted("nohup.out")}: ${because(file.errno)}`), 125);
    const name = path.ok ? "nohup.out" : home;
    complain(system, invocation, `${input ? "ignoring input and " : ""}appending output to ${quoted(invocation, name)}`);
    system.dup2(file.value, 1);
    system.close(file.value);
  } else if (input) complain(system, invocation, errors ? "ignoring input and redirecting stderr to stdout" : "ignoring input");
  if (errors && (output || input)) system.dup2(1, 2, false);
  system.sigaction("HUP", "ignore");
  return become(system, invocation, options.operands, invocation.env, "failed to run command ");
};

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds; `1.5m` and `infinity` are times too. */
export function duration(text: string): number | undefined {
  if (/^inf(inity)?$/i.test(text)) return Number.POSITIVE_INFINITY;
  const parts = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text);
  return parts === null ? undefined : Number(parts[1]) * (UNITS[parts[2] ?? ""] ?? 1);
}

/** A signal by its name, with or without SIG, or by its number. */
function signalNamed(text: string): SignalName | undefined {
  const name = text.toUpperCase().replace(/^SIG/, "");
  if (/^\d+$/.test(text)) return signalByNumber(Number(text));
  return SIGNAL_NAMES.find((one) => one === name);
}

interface Watch {
  readonly child?: true;
  readonly pid: number;
  /** When a signal is due; -1 for never. */
  readonly due: number;
  readonly signal: SignalName;
  readonly killAfter: number;
  readonly over: boolean;
}

export const timeout: Program = (system, invocation) => {
  const options = given(system, invocation, {
    short: "+k:s:v",
    long: { foreground: "foreground", "kill-after=": "k", "preserve-status": "preserve", "signal=": "s", verbose: "v" },
  });
  if (options === undefined) return 125;
  const [time, ...command] = options.operands;
  if (time === undefined || command.length === 0) return tryHelp(system, invocation, undefined, 125);
  const begun = invocation.state as Watch | undefined;
  if (begun?.child === true) {
    for (const signal of ["CHLD", "TERM", "INT", "HUP", "QUIT", "TTIN", "TTOU"] as const) system.sigaction(signal, "default");
    return become(system, invocation, command, invocation.env, "failed to run command ");
  }
  const [seconds, after] = [duration(time), options.has("k") ? duration(options.value("k") ?? "") : 0];
  for (const [text, value] of [
    [options.value("k") ?? "", after],
    [time, seconds],
  ] as const)
    if (value === undefined) return tryHelp(system, invocation, `invalid time interval ${quoted(invocation, text)}`, 125);
  const signal = options.has("s") ? signalNamed(options.value("s") ?? "") : "TERM";
  if (signal === undefined) return tryHelp(system, invocation, `${quoted(invocation, options.value("s") ?? "")}: invalid signal`, 125);
  const foreground = options.has("foreground");
  const watch = begun ?? begin(system, seconds ?? 0, after ?? 0, signal, foreground);
  if (watch === undefined) return (complain(system, invocation, `fork system call failed: ${because("EAGAIN")}`), 125);
  const says = options.has("v") ? `to command ${quoted(invocation, command[0] ?? "")}` : undefined;
  return watchOver(system, invocation, watch, { foreground, preserve: options.has("preserve"), says });
};

const clock = (system: System): number => {
  const now = system.clock("monotonic");
  return now.ok ? now.value : 0;
};

function begin(system: System, seconds: number, after: number, signal: SignalName, foreground: boolean): Watch | undefined {
  if (!foreground) system.setpgid(0, 0);
  for (const name of ["CHLD", "TERM", "INT", "HUP", "QUIT"] as const) system.sigaction(name, "handle");
  for (const name of ["TTIN", "TTOU"] as const) system.sigaction(name, "ignore");
  const child = system.spawn({ state: { child: true } });
  if (!child.ok) return undefined;
  const lasts = seconds > 0 && Number.isFinite(seconds);
  return { pid: child.value.pid, due: lasts ? clock(system) + Math.round(seconds * 1e6) : -1, signal, killAfter: after, over: false };
}

interface Manner {
  readonly foreground: boolean;
  readonly preserve: boolean;
  readonly says: string | undefined;
}

/** Passes a signal on: to the command, and to all that share its group. */
function pass(system: System, invocation: Invocation, { pid }: Watch, signal: SignalName, { foreground, says }: Manner): void {
  if (says !== undefined) complain(system, invocation, `sending signal ${signal} ${says}`);
  system.kill(pid, signal);
  if (foreground) return;
  system.sigaction(signal, "ignore");
  system.kill(0, signal);
  if (signal === "KILL" || signal === "CONT") return;
  system.kill(pid, "CONT");
  system.kill(0, "CONT");
}

function watchOver(system: System, invocation: Invocation, from: Watch, manner: Manner): number {
  let watch = from;
  for (;;) {
    system.mark({ ...watch });
    const waited = system.wait4(watch.pid, { noHang: true });
    if (!waited.ok) return 125;
    if (waited.value !== null) {
      const { status } = waited.value;
      const killed = status.kind === "signaled" ? status.signal : undefined;
      if (killed !== undefined && !watch.over) {
        system.sigaction(killed, "default");
        const self = system.identity();
        if (self.ok) system.kill(self.value.pid, killed);
      }
      const code = status.kind === "exited" ? status.code : 128 + (killed === undefined ? 0 : signalNumber(killed));
      return watch.over && !manner.preserve && killed !== "KILL" ? 124 : code;
    }
    const left = watch.due - clock(system);
    if (watch.due >= 0 && left <= 0) {
      const { signal, killAfter } = watch;
      watch = { ...watch, over: true, signal: "KILL", killAfter: 0, due: killAfter > 0 ? clock(system) + Math.round(killAfter * 1e6) : -1 };
      pass(system, invocation, watch, signal, manner);
      continue;
    }
    const slept = watch.due < 0 ? system.pause() : system.sleep(left);
    if (slept.ok) continue;
    const taken = system.takeSignals();
    for (const signal of taken.ok ? taken.value : []) if (signal !== "CHLD") pass(system, invocation, watch, signal, manner);
  }
}
