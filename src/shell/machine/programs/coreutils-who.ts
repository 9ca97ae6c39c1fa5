/**
 * Who and what: whoami, groups, logname, tty, uname, arch, hostid, uptime, which, setsid, sleep.
 *
 * Not modelled: sessions of users, so that nobody is ever logged in; load averages are those of /proc/loadavg.
 *
 * @source coreutils@9.1 src/whoami.c src/groups.c src/uname.c; procps@4.0.2 uptime.c; util-linux@2.38 sys-utils/setsid.c
 */
import type { Invocation, Program, System } from "../../../linux/program";
import { duration } from "./coreutils-run";
import { complain, given, quoted, tryHelp } from "./coreutils-support";
import { strftime } from "./coreutils-strftime";
import { groupName, groupsOf, userByName, userName } from "./passwd";
import { textOf } from "./process-table";
import { because, print } from "./support";
import { executeOr, killedLike } from "./util-linux-run";

export const whoami: Program = (system, invocation) => {
  const options = given(system, invocation, { short: "" });
  if (options === undefined) return 1;
  const [extra] = options.operands;
  if (extra !== undefined) return tryHelp(system, invocation, `extra operand ${quoted(invocation, extra)}`);
  const own = system.credentials();
  const uid = own.ok ? own.value.euid : 0;
  const name = userName(system, uid);
  if (name === undefined) return (complain(system, invocation, `cannot find name for user ID ${uid}`), 1);
  print(system, `${name}\n`);
  return 0;
};

export const groups: Program = (system, invocation) => {
  const options = given(system, invocation, { short: "" });
  if (options === undefined) return 1;
  const { operands } = options;
  let status = 0;
  const show = (numbers: readonly number[], before: string): void => {
    const names = [...new Set(numbers)].map((number) => {
      const name = groupName(system, number);
      if (name === undefined) {
        complain(system, invocation, `cannot find name for group ID ${number}`);
        status = 1;
      }
      return name ?? String(number);
    });
    print(system, `${before}${names.join(" ")}\n`);
  };
  if (operands.length === 0) {
    const own = system.credentials();
    if (own.ok) show([own.value.egid, ...own.value.groups], "");
    return status;
  }
  for (const name of operands) {
    const entry = userByName(system, name);
    if (entry === undefined) {
      complain(system, invocation, `${quoted(invocation, name)}: no such user`);
      status = 1;
    } else show([entry.group, ...groupsOf(system, name)], `${name} : `);
  }
  return status;
};

export const logname: Program = (system, invocation) => {
  const options = given(system, invocation, { short: "" });
  if (options === undefined) return 1;
  const [extra] = options.operands;
  if (extra !== undefined) return tryHelp(system, invocation, `extra operand ${quoted(invocation, extra)}`);
  complain(system, invocation, "no login name");
  return 1;
};

export const tty: Program = (system, invocation) => {
  const options = given(system, invocation, { short: "s", long: { silent: "s", quiet: "s" } });
  if (options === undefined) return 2;
  const [extra] = options.operands;
  if (extra !== undefined) return tryHelp(system, invocation, `extra operand ${quoted(invocation, extra)}`, 2);
  const found = system.terminal(0);
  if (!options.has("s")) print(system, `${found.ok ? found.value.name : "not a tty"}\n`);
  return found.ok ? 0 : 1;
};

const NAMES = { "kernel-name": "s", nodename: "n", "kernel-release": "r", "kernel-version": "v", machine: "m", processor: "p" } as const;

export const uname: Program = (system, invocation) => {
  const options = given(system, invocation, { short: "asnrvmpio", long: { all: "a", ...NAMES, "hardware-platform": "i", "operating-system": "o" } });
  if (options === undefined) return 1;
  const [extra] = options.operands;
  if (extra !== undefined) return tryHelp(system, invocation, `extra operand ${quoted(invocation, extra)}`);
  const found = system.uname();
  if (!found.ok) return (complain(system, invocation, "cannot get system name"), 1);
  const { sysname, nodename, release, version, machine } = found.value;
  const fields: readonly (readonly [key: string, text: string])[] = [
    ["s", sysname],
    ["n", nodename],
    ["r", release],
    ["v", version],
    ["m", machine],
    ["p", "unknown"],
    ["i", "unknown"],
    ["o", "GNU/Linux"],
  ];
  const all = options.has("a");
  const none = options.options.length === 0;
  // What is not known is left out of -a.
  const shown = fields.filter(([key, text]) => (all ? text !== "unknown" : none ? key === "s" : options.has(key)));
  print(system, `${shown.map(([, text]) => text).join(" ")}\n`);
  return 0;
};

export const arch: Program = (system, invocation) => {
  const found = system.uname();
  const [, extra] = invocation.argv;
  if (extra !== undefined) return tryHelp(system, invocation, `extra operand ${quoted(invocation, extra)}`);
  print(system, `${found.ok ? found.value.machine : "unknown"}\n`);
  return 0;
};

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;

export const uptime: Program = (system, invocation) => {
  const options = given(system, invocation, { short: "psV", long: { pretty: "p", since: "s" } });
  if (options === undefined) return 1;
  const now = system.clock("realtime");
  const seconds = Math.floor(Number((textOf(system, "/proc/uptime") ?? "0").split(" ")[0]));
  const micros = now.ok ? now.value : 0;
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  if (options.has("s")) print(system, `${strftime("%Y-%m-%d %H:%M:%S", micros - seconds * 1e6)}\n`);
  else if (options.has("p")) {
    const parts = [
      ...(days >= 7 ? [plural(Math.floor(days / 7), "week")] : []),
      ...(days % 7 > 0 ? [plural(days % 7, "day")] : []),
      ...(hours > 0 ? [plural(hours, "hour")] : []),
      ...(minutes > 0 || seconds < 60 ? [plural(minutes, "minute")] : []),
    ];
    print(system, `up ${parts.join(", ")}\n`);
  } else {
    const load = (textOf(system, "/proc/loadavg") ?? "0.00 0.00 0.00").split(" ").slice(0, 3).join(", ");
    const since = hours > 0 ? `${String(hours).padStart(2)}:${String(minutes).padStart(2, "0")}` : `${minutes} min`;
    print(system, ` ${strftime("%H:%M:%S", micros)} up ${days > 0 ? `${plural(days, "day")}, ` : ""}${since},  0 users,  load average: ${load}\n`);
  }
  return 0;
};

export const which: Program = (system, invocation) => {
  const args = invocation.argv.slice(1);
  const [first = ""] = args;
  if (/^-./.test(first) && first !== "-a" && first !== "--") {
    const illegal = /[^a]/.exec(first.slice(1))?.[0] ?? "";
    print(system, `Illegal option -${illegal}\nUsage: ${invocation.argv[0] ?? ""} [-a] args\n`, 2);
    return 2;
  }
  const all = first === "-a";
  const names = first === "-a" || first === "--" ? args.slice(1) : args;
  let status = names.length === 0 ? 1 : 0;
  const runs = (path: string): boolean => {
    const found = system.stat(path);
    return found.ok && found.value.kind === "file" && system.access(path, 1).ok;
  };
  for (const name of names) {
    const places = name.includes("/")
      ? [name]
      : (invocation.env["PATH"] ?? "").split(":").map((directory) => `${directory === "" ? "." : directory}/${name}`);
    const found = places.filter(runs);
    if (found.length === 0) status = 1;
    for (const path of all ? found : found.slice(0, 1)) print(system, `${path}\n`);
  }
  return status;
};

interface Detached {
  readonly child?: boolean;
}

export const setsid: Program = (system, invocation) => {
  const options = given(system, invocation, { short: "+cfwV", long: { ctty: "c", fork: "f", wait: "w" } });
  if (options === undefined) return 1;
  const command = options.operands;
  if (command.length === 0) {
    print(system, "setsid: no command specified\nTry 'setsid --help' for more information.\n", 2);
    return 1;
  }
  const own = system.identity();
  const leads = own.ok && own.value.group === own.value.pid;
  if ((invocation.state as Detached | undefined)?.child !== true && (options.has("f") || leads)) {
    const child = system.spawn({ state: { child: true } });
    if (!child.ok) return (complain(system, invocation, `fork: ${because(child.errno)}`), 1);
    return options.has("w") ? killedLike(system, child.value.pid) : 0;
  }
  const made = system.setsid();
  if (!made.ok) return (complain(system, invocation, `setsid failed: ${because(made.errno)}`), 1);
  if (options.has("c")) {
    const taken = system.controlTerminal(0);
    if (!taken.ok) return (complain(system, invocation, `failed to set the controlling terminal: ${because(taken.errno)}`), 1);
  }
  return executeOr(system, invocation, command);
};

export const sleep: Program = (system: System, invocation: Invocation) => {
  const options = given(system, invocation, { short: "+" });
  if (options === undefined) return 1;
  if (options.operands.length === 0) return tryHelp(system, invocation, "missing operand");
  const times = options.operands.map((text) => ({ text, seconds: duration(text) }));
  const bad = times.filter(({ seconds }) => seconds === undefined);
  for (const { text } of bad) complain(system, invocation, `invalid time interval ${quoted(invocation, text)}`);
  if (bad.length > 0) return tryHelp(system, invocation);
  const seconds = times.reduce((sum, time) => sum + (time.seconds ?? 0), 0);
  if (Number.isFinite(seconds)) system.sleep(Math.round(seconds * 1e6));
  else for (;;) system.pause();
  return 0;
};
