/** The ground made of simulated Linux machines. Loaded with the first world that has one. */
import type { Timeline } from "../sim/timeline";
import type { Json } from "../sim/types";
import { fileFact, firstMachine as firstOf, machineFacts, machineStamp } from "../stage/readmodel/machine/facts";
import { machineView } from "../stage/readmodel/machine/machine-view";
import { isMachineStroke, machineNowLine, machineScore, whyProcess } from "../stage/readmodel/machine/score-view";
import { machineTerminals } from "../stage/readmodel/machine/terminals-view";
import { fromBytes } from "../sim/bytes";
import { machineActors, machineInputs } from "../world/machines";
import type { Ground } from "./ground";
import type { TerminalView } from "./types";

/** So much of what a terminal printed crosses to the page. */
const SHOWN = 60_000;

/** Terminals by name: those of the first machine as `1`, `2` …, of others as `name.1`. */
function terminalsOf(timeline: Timeline, machines: readonly string[]): Record<string, TerminalView> {
  const views = machineTerminals(timeline).map(({ machine, name, printed, busy, standing, columns, rows }): [string, TerminalView] => {
    // What is dropped ends with a line, so that no character is cut in two.
    const dropped = printed.length <= SHOWN ? 0 : printed.indexOf("\n", printed.length - SHOWN) + 1;
    const screen = { text: fromBytes(printed.slice(dropped)), dropped, columns, rows };
    const key = machine === machines[0] ? name : `${machine}.${name}`;
    return [key, { lines: [], dropped: 0, prompt: "", busy, screen, ...(standing === undefined ? {} : { standing }) }];
  });
  return Object.fromEntries(views);
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
  facts: {
    stamp: machineStamp,
    variables: (timeline) => machineFacts(timeline, firstOf(timeline)),
    file: (timeline, path) => fileFact(timeline, firstOf(timeline), path) as unknown as Json | undefined,
    printed: (timeline) => machineTerminals(timeline).map(({ printed }) => fromBytes(printed)),
  },
  isStroke: isMachineStroke,
  why: (timeline, uid) => whyProcess(timeline, uid) as unknown as Json,
};
