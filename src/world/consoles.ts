/** How a person's terminals reach a machine: a shell on each, and keys struck at it. Data only, so that the page can use it. */
import type { Message } from "../sim/types";
import { toBytes } from "../sim/bytes";
import { hasCluster, type WorldConfig } from "./config";

type Typed = Message & { readonly [key: string]: string | number | boolean | readonly string[] | { readonly [key: string]: string | number } };

export interface Struck {
  readonly to: string;
  readonly message: Typed;
}

const SIZE = { columns: 100, rows: 30 };
const ENVIRONMENT = {
  HOME: "/root",
  TERM: "xterm",
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  USER: "root",
  SHELL: "/bin/bash",
};

/** A shell on a new terminal. Terminals are numbered in the order in which they are made. */
export const startShell = (name: string, locale?: string): Typed => ({
  type: "start",
  name,
  path: "/usr/bin/bash",
  argv: ["-bash"],
  env: locale === undefined ? ENVIRONMENT : { ...ENVIRONMENT, LC_MESSAGES: locale },
  cwd: "/root",
  terminal: SIZE,
});

/** Whether terminals are those of machines: a world without a cluster has no other. */
export const isMachineWorld = (config: WorldConfig): boolean => !hasCluster(config);

/** Keys for a terminal: `1` is the first machine's first, `name.2` the second of the machine of that name. */
export function keysAt(config: WorldConfig, terminal: string, keys: string): Struck {
  const { machine, number } = placeOf(config, terminal);
  return { to: `machine/${machine}`, message: { type: "keys", terminal: number, keys: toBytes(keys) } };
}

/** A terminal's window has another size now. */
export function sizeAt(config: WorldConfig, terminal: string, columns: number, rows: number): Struck {
  const { machine, number } = placeOf(config, terminal);
  return { to: `machine/${machine}`, message: { type: "resize", terminal: number, columns, rows } };
}

function placeOf(config: WorldConfig, terminal: string): { readonly machine: string; readonly number: number } {
  const at = terminal.lastIndexOf(".");
  return { machine: at < 0 ? (config.machines?.[0]?.name ?? "") : terminal.slice(0, at), number: Number(terminal.slice(at + 1)) };
}
