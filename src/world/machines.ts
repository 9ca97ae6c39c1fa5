/**
 * Machines of a world: kernels with what is installed on them, each with a shell on its first terminal. Wiring, no rules.
 *
 * Loaded only for worlds that have one.
 */
import { machineActor } from "../linux/machine";
import { installed, machinePrograms } from "../shell/machine/programs";
import type { TimelineInput } from "../sim/timeline";
import type { Actor, Message } from "../sim/types";
import type { MachineConfig } from "./config";
import { startShell } from "./consoles";

export const machineActors: readonly Actor[] = [machineActor(machinePrograms)];

const BOOT_AT = 1;
const CONSOLE_AT = 1000;

/** What brings the machines up; submitted first, in order. */
export function machineInputs(machines: readonly MachineConfig[]): readonly TimelineInput[] {
  return machines.flatMap(({ name, consoles = 1, locale }) => {
    const boot: Message & { readonly [key: string]: unknown } = { type: "boot", hostname: name, executables: installed, init: "init" };
    return [
      { at: BOOT_AT, to: `machine/${name}`, message: boot },
      ...Array.from({ length: consoles }, (_, i) => ({ at: CONSOLE_AT + i, to: `machine/${name}`, message: startShell(String(i + 1), locale) })),
    ];
  });
}
