/** A machine in which commands are run one after another, each by a shell of its own; what an earlier one left running goes on. */
import { fromBytes } from "../../src/sim/bytes";
import { pipeTable } from "../../src/linux/ipc/pipe";
import { machineActor } from "../../src/linux/machine";
import { outsideTable } from "../../src/linux/process/outside";
import { taskTable } from "../../src/linux/process/task";
import { installed, machinePrograms } from "../../src/shell/machine/programs";
import { createTimeline, type Timeline } from "../../src/sim/timeline";
import type { Message, Micros } from "../../src/sim/types";

const MACHINE = "host";
/** A command that takes longer, or more events, is given up. */
const LONGEST: Micros = 120e6;
const MOST_EVENTS = 400_000;
/** So long does whoever types wait before the next command. */
const PAUSE: Micros = 250_000;
const ENV = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root", LC_ALL: "C.UTF-8" };

export interface Said {
  readonly exit: number;
  readonly stdout: string;
}

export interface CommandWorld {
  readonly timeline: Timeline;
  /** Runs until the shell that was given the line has ended and nobody holds its output any more, or it has been quiet for a moment. */
  run(line: string): Said;
  pass(span: Micros): void;
}

export function commandWorld(cpus: number, seed = 1): CommandWorld {
  const timeline = createTimeline({ seed, profile: "real", actors: [machineActor(machinePrograms)] });
  const send = (message: Message & Readonly<Record<string, unknown>>): void =>
    void timeline.submit({ to: `machine/${MACHINE}`, message }, timeline.now);
  send({ type: "boot", hostname: "host", executables: installed, init: "init", cpus });
  let count = 0;
  return {
    timeline,
    run: (line) => {
      const name = `command-${count++}`;
      send({ type: "start", name, path: "/usr/bin/bash", argv: ["bash", "-c", `exec 2>&1\n${line}`], env: ENV });
      const until = timeline.now + LONGEST;
      for (let played = 0; played < MOST_EVENTS && (timeline.nextAt() ?? until) < until; played++) {
        timeline.stepForward();
        const row = timeline.table(outsideTable).get(`${MACHINE}/${name}`);
        const task = timeline.table(taskTable).get(`${MACHINE}/${row?.task}`);
        if (task?.state !== "zombie") continue;
        const { status } = task;
        timeline.seek(timeline.now + PAUSE, MOST_EVENTS);
        const stdout = timeline.table(pipeTable).get(row?.output ?? "")?.data ?? "";
        return { exit: status?.kind === "exited" ? status.code : 128, stdout: fromBytes(stdout) };
      }
      return { exit: -1, stdout: "" };
    },
    pass: (span) => timeline.seek(timeline.now + span),
  };
}
