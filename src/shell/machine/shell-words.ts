/**
 * What expansion sees of a shell: its variables, special parameters and files.
 */
import type { BashScript } from "../language/bash-tree";
import { substitute } from "./shell-fork";
import type { Surroundings } from "./expansion";
import { getText, setVariable, type Shell } from "./shell-state";

function special(shell: Shell, name: string): string | undefined {
  const { state } = shell;
  switch (name) {
    case "?":
      return String(state.status);
    case "$":
      return String(state.pid);
    case "!":
      return state.last === 0 ? "" : String(state.last);
    case "#":
      return String(state.positional.length);
    case "@":
    case "*":
      return state.positional.join(" ");
    case "0":
      return state.name;
    case "-":
      return (
        Object.entries(FLAGS)
          .filter(([, option]) => state.options[option] === true)
          .map(([letter]) => letter)
          .join("") + (state.dash ? "" : `${state.interactive ? "hiB" : "hB"}${state.options["command"] === true ? "c" : ""}`)
      );
    case "LINENO":
      return String(state.line);
    case "BASHPID": {
      const self = shell.system.identity();
      return self.ok ? String(self.value.pid) : "0";
    }
    case "FUNCNAME": {
      const frame = state.frames.findLast(({ kind }) => kind === "call");
      return !state.dash && frame?.kind === "call" ? frame.name : undefined;
    }
    case "RANDOM": {
      const device = state.dash ? undefined : shell.system.open("/dev/urandom", { read: true, cloexec: true }, 0);
      const bytes = device?.ok === true ? shell.system.read(device.value, 2) : undefined;
      if (device?.ok === true) shell.system.close(device.value);
      return bytes?.ok === true ? String((bytes.value.charCodeAt(0) * 256 + bytes.value.charCodeAt(1)) & 0x7fff) : undefined;
    }
    case "HOSTNAME": {
      const own = state.dash || Object.hasOwn(state.variables, name) ? undefined : shell.system.uname();
      return own?.ok === true ? own.value.nodename : undefined;
    }
    case "BASH":
    case "BASH_VERSION":
    case "OSTYPE":
    case "HOSTTYPE":
    case "MACHTYPE":
      return state.dash || Object.hasOwn(state.variables, name) ? undefined : FIXED[name];
    case "UID":
    case "EUID": {
      const credentials = shell.system.credentials();
      return credentials.ok ? String(name === "UID" ? credentials.value.uid : credentials.value.euid) : "0";
    }
    case "namespaces": {
      const apart = shell.system.apart();
      return apart.ok && apart.value.length > 0 ? apart.value.join("·") : undefined;
    }
    case "SECONDS": {
      const clock = shell.system.clock("monotonic");
      return clock.ok ? String(Math.floor(clock.value / 1e6)) : "0";
    }
  }
  return /^[1-9]\d*$/.test(name) ? state.positional[Number(name) - 1] : undefined;
}

const FLAGS = { e: "errexit", f: "noglob", u: "nounset", x: "xtrace", v: "verbose", C: "noclobber", m: "monitor" } as const;
const FIXED: Readonly<Record<string, string>> = {
  BASH: "/usr/bin/bash",
  BASH_VERSION: "5.2.15(1)-release",
  OSTYPE: "linux-gnu",
  HOSTTYPE: "x86_64",
  MACHTYPE: "x86_64-pc-linux-gnu",
};

export const surroundings = (shell: Shell): Surroundings => ({
  get: (name) => special(shell, name) ?? (Object.hasOwn(shell.state.variables, name) ? getText(shell, name) : undefined),
  list: (name) => {
    if (name === "@" || name === "*") return shell.state.positional;
    if (name === "PIPESTATUS") return shell.state.statuses.map(String);
    const variable = Object.hasOwn(shell.state.variables, name) ? shell.state.variables[name] : undefined;
    if (variable?.map !== undefined) return Object.values(variable.map);
    return variable?.list ?? (variable?.text === undefined ? [] : [variable.text]);
  },
  map: (name) => (Object.hasOwn(shell.state.variables, name) ? shell.state.variables[name]?.map : undefined),
  startingWith: (prefix) =>
    Object.keys(shell.state.variables)
      .filter((name) => name.startsWith(prefix))
      .toSorted((a, b) => (a < b ? -1 : 1)),
  home: (user) => homeOf(shell, user),
  set: (name, value) => void setVariable(shell, name, { text: value }),
  substitute: (script: BashScript) => substitute(shell, script),
  names: (directory) => namesIn(shell, directory),
  exists: (path) => shell.system.lstat(path).ok,
  globs: shell.state.options["noglob"] !== true,
  hidden: shell.state.options["dotglob"] === true,
  nullglob: shell.state.options["nullglob"] === true,
  nounset: shell.state.options["nounset"] === true,
});

/** The home of another user, from /etc/passwd. */
function homeOf({ system }: Shell, user: string): string | undefined {
  const file = system.open("/etc/passwd", { read: true, cloexec: true }, 0);
  if (!file.ok) return undefined;
  let text = "";
  for (let got = system.read(file.value, 65_536); got.ok && got.value !== ""; got = system.read(file.value, 65_536)) text += got.value;
  system.close(file.value);
  const line = text.split("\n").find((one) => one.startsWith(`${user}:`));
  return line?.split(":")[5];
}

export function namesIn({ system }: Shell, directory: string): readonly string[] {
  const opened = system.open(directory, { read: true, directory: true, cloexec: true }, 0);
  if (!opened.ok) return [];
  const names = system.readdir(opened.value);
  system.close(opened.value);
  return names.ok ? names.value.map(({ name }) => name) : [];
}
