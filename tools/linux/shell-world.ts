/** A machine with a shell, for tests and transcripts: a line in, what it printed and its status out. */
import { createTimeline, type Timeline } from "../../src/sim/timeline";
import type { Message } from "../../src/sim/types";
import { pipeTable } from "../../src/linux/ipc/pipe";
import { machineActor } from "../../src/linux/machine";
import { outsideTable } from "../../src/linux/process/outside";
import { taskTable, type WaitStatus } from "../../src/linux/process/task";
import { installed, machinePrograms } from "../../src/shell/machine/programs";

const MACHINE = "host";
/** Events after which a line is given up. */
const MOST_EVENTS = 200_000;

export interface Answer {
  readonly out: string;
  readonly status: WaitStatus | undefined;
}

export interface ShellWorld {
  readonly timeline: Timeline;
  /** Runs a line in a new shell until nothing more happens. */
  run(line: string): Answer;
}

export function shellWorld(seed = 1, locale: Readonly<Record<string, string>> = {}): ShellWorld {
  const timeline = createTimeline({ seed, profile: "real", actors: [machineActor(machinePrograms)], checks: true });
  const send = (message: Message & Readonly<Record<string, unknown>>): void => void timeline.submit({ to: `machine/${MACHINE}`, message });
  send({ type: "boot", hostname: "host", executables: installed, init: "init" });
  let count = 0;
  return {
    timeline,
    run: (line) => {
      const name = `line-${count++}`;
      send({ type: "start", name, path: "/usr/bin/bash", argv: ["bash", "-c", line], env: { PATH: "/usr/bin:/bin", ...locale } });
      for (let played = 0; played < MOST_EVENTS && timeline.stepForward() !== undefined; played++);
      const row = timeline.table(outsideTable).get(`${MACHINE}/${name}`);
      return {
        out: timeline.table(pipeTable).get(row?.output ?? "")?.data ?? "",
        status: timeline.table(taskTable).get(`${MACHINE}/${row?.task}`)?.status,
      };
    },
  };
}
