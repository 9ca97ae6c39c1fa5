/** A machine with a person at a terminal, for tests: keys in, the screen out. */
import { machineActor } from "../../src/linux/machine";
import { terminalTable } from "../../src/linux/process/device";
import { outsideTable } from "../../src/linux/process/outside";
import { taskTable } from "../../src/linux/process/task";
import { machinePrograms } from "../../src/shell/machine/programs";
import { createTimeline } from "../../src/sim/timeline";
import type { Message } from "../../src/sim/types";
import { screenOf } from "./terminal-screen";

const EXECUTABLES = Object.fromEntries(Object.keys(machinePrograms).map((name) => [`/usr/bin/${name}`, name]));
/** Events after which keys are no longer waited for. */
const MOST_EVENTS = 20_000;

export interface Sitting {
  /** Strikes keys, lets the machine run until it rests or so many seconds have gone, and gives the screen. */
  type(keys: string, seconds?: number): readonly string[];
  readonly alive: () => boolean;
}

export function sitDown(columns = 80, argv: readonly string[] = ["bash"], env: Readonly<Record<string, string>> = {}): Sitting {
  const timeline = createTimeline({ seed: 1, profile: "real", actors: [machineActor(machinePrograms)], checks: true });
  const send = (message: Message & Readonly<Record<string, unknown>>): void => void timeline.submit({ to: "machine/host", message });
  send({ type: "boot", hostname: "host", executables: EXECUTABLES, init: "init" });
  const home = { PATH: "/usr/bin:/bin", HOME: "/root", PWD: "/", ...env };
  send({ type: "start", name: "t", path: `/usr/bin/${argv[0]}`, argv, env: home, terminal: { columns, rows: 24 } });
  const rest = (seconds: number): void => {
    const until = timeline.now + seconds * 1e6;
    for (let played = 0; played < MOST_EVENTS; played++) {
      const next = timeline.nextAt();
      if (next === undefined || next > until) return;
      timeline.stepForward();
    }
  };
  rest(1);
  return {
    type: (keys, seconds = 1) => {
      const terminal = timeline.table(outsideTable).get("host/t")?.terminal ?? 0;
      send({ type: "keys", terminal, keys });
      rest(seconds);
      return screenOf(timeline.table(terminalTable).get(`host/${terminal}`)?.printed ?? "", columns);
    },
    alive: () => timeline.table(taskTable).get(`host/${timeline.table(outsideTable).get("host/t")?.task}`)?.state !== "zombie",
  };
}
