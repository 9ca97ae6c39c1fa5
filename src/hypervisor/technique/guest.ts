/** One door to all techniques: the same machine, the same budget, the same books. */
import { run } from "../cpu/run";
import { load, twin } from "../cpu/state";
import type { ParameterValues } from "../parameters";
import type { DeviceModel, MachineState, RunEnd } from "../types";
import { type Controls, type Hardware, hardware, runHardware } from "./hardware";
import { defaults, emptyCounters, type Monitor, type Technique } from "./monitor";
import { type Deprivileged, deprivileged, runTrapEmulate } from "./trap-emulate";
import { runTranslation, type Translator, translator } from "./translation";

export type Guest =
  | { readonly technique: "native"; readonly monitor: Monitor }
  | { readonly technique: "trap-emulate" | "paravirtual"; readonly monitor: Monitor; readonly machine: Deprivileged }
  | { readonly technique: "translation"; readonly monitor: Monitor; readonly machine: Translator }
  | { readonly technique: "hardware"; readonly monitor: Monitor; readonly machine: Hardware };

export interface GuestOptions {
  readonly models?: readonly DeviceModel<never>[];
  readonly controls?: Controls;
  readonly parameters?: Partial<ParameterValues>;
  /** How many exits the log keeps; 0 for none. */
  readonly logLength?: number;
}

/** Puts a machine under a technique. */
export function place(state: MachineState, technique: Technique, options: GuestOptions = {}): Guest {
  const guest = load(state, options.models);
  const alone = technique === "native" || technique === "hardware";
  const monitor: Monitor = {
    technique,
    guest,
    real: alone ? guest : twin(guest),
    counters: emptyCounters(),
    log: [],
    logLength: options.logLength ?? 0,
    parameters: defaults(options.parameters),
  };
  switch (technique) {
    case "native":
      return { technique, monitor };
    case "translation":
      return { technique, monitor, machine: translator(monitor) };
    case "hardware":
      return { technique, monitor, machine: hardware(monitor, options.controls) };
    default:
      return { technique, monitor, machine: deprivileged(monitor) };
  }
}

/** Runs at most `budget` instructions. */
export function runGuest(guest: Guest, budget: number): RunEnd {
  switch (guest.technique) {
    case "native": {
      const end = run(guest.monitor.guest, budget);
      if (end === "stop" || end === "fault" || end === "deadline") throw new Error(`a native run ended with ${end}`);
      return end;
    }
    case "translation":
      return runTranslation(guest.machine, budget);
    case "hardware":
      return runHardware(guest.machine, budget);
    default:
      return runTrapEmulate(guest.machine, budget);
  }
}
