/** The ground made of simulated Linux machines. Loaded with the first world that has one. */
import { outsideTable } from "../linux/process/outside";
import { terminalTable } from "../linux/process/device";
import { runTable } from "../linux/process/wake";
import type { Timeline } from "../sim/timeline";
import type { Json } from "../sim/types";
import { machineView } from "../stage/readmodel/machine/machine-view";
import { isMachineStroke, machineNowLine, machineScore, whyProcess } from "../stage/readmodel/machine/score-view";
import { machineActors, machineInputs } from "../world/machines";
import type { Ground } from "./ground";
import type { TerminalView } from "./types";

/** So much of what a terminal printed crosses to the page. */
const SHOWN = 60_000;

/** A machine's terminals by name: those of the first machine as `1`, `2` …, of others as `name.1`. */
function terminalsOf(timeline: Timeline, machines: readonly string[]): Record<string, TerminalView> {
  const out: Record<string, TerminalView> = {};
  for (const { machine, name, terminal, task } of timeline.table(outsideTable).rows()) {
    const row = timeline.table(terminalTable).get(`${machine}/${terminal}`);
    if (row === undefined) continue;
    // The shell itself waits for keys: nothing is running in front of it.
    const rests = timeline.table(runTable).get(`${machine}/${task}`)?.waits?.queues.includes(`terminal/${terminal}`) === true;
    const dropped = Math.max(0, row.printed.length - SHOWN);
    out[machine === machines[0] ? name : `${machine}.${name}`] = {
      lines: [],
      dropped: 0,
      prompt: "",
      busy: !rests,
      screen: { text: row.printed.slice(dropped), dropped },
    };
  }
  return out;
}

export const ground: Ground = {
  machineActors,
  machineInputs,
  state: (timeline, machines, { window }) => {
    const [first = ""] = machines;
    const nowLine = machineNowLine(timeline);
    return {
      machines: machines.flatMap((machine) => machineView(timeline, machine) ?? []),
      terminals: terminalsOf(timeline, machines),
      score: machineScore(timeline, first, window),
      ...(nowLine === undefined ? {} : { nowLine }),
    };
  },
  isStroke: isMachineStroke,
  why: (timeline, uid) => whyProcess(timeline, uid) as unknown as Json,
};
