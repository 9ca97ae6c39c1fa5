/**
 * Machines of a world: kernels with what is installed on them, each with a shell on its first terminal. Wiring, no rules.
 *
 * Loaded only for worlds that have one.
 */
import { machineActor } from "../linux/machine";
import { installed, machinePrograms } from "../shell/machine/programs";
import type { TimelineInput } from "../sim/timeline";
import type { Actor, Message } from "../sim/types";

export interface MachineConfig {
  readonly name: string;
}

export const machineActors: readonly Actor[] = [machineActor(machinePrograms)];

export const CONSOLE = { columns: 100, rows: 30 } as const;
const BOOT_AT = 1;
const CONSOLE_AT = 1000;

/** A shell on a new terminal. Terminals are numbered in the order in which they are made. */
export const startShell = (name: string): Message & { readonly [key: string]: unknown } => ({
  type: "start",
  name,
  path: "/usr/bin/bash",
  argv: ["-bash"],
  env: { HOME: "/root", TERM: "xterm", PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", USER: "root", SHELL: "/bin/bash" },
  cwd: "/root",
  terminal: CONSOLE,
});

/** What brings the machines up; submitted first, in order. */
export function machineInputs(machines: readonly MachineConfig[]): readonly TimelineInput[] {
  return machines.flatMap(({ name }) => {
    const boot: Message & { readonly [key: string]: unknown } = { type: "boot", hostname: name, executables: installed, init: "init" };
    return [
      { at: BOOT_AT, to: `machine/${name}`, message: boot },
      { at: CONSOLE_AT, to: `machine/${name}`, message: startShell("1") },
    ];
  });
}
