/** What a state says of the world where a timeline stands. Pictures come from the read model; terminals and files from the shell's tables. */
import { fileTable, jobTable, outputTable, padded, terminalTable } from "../shell/tables";
import type { Timeline } from "../sim/timeline";
import { type ActiveFault, activeFaults } from "../world/active-faults";
import { type Fault, faultLine } from "../shell/fault-line";
import type { Micros } from "../sim/types";
import { clusterView } from "../stage/readmodel/cluster-view";
import { inspectorView } from "../stage/readmodel/inspector-view";
import { whoIs } from "../stage/readmodel/names";
import { nowLineView } from "../stage/readmodel/now-line";
import { scoreView } from "../stage/readmodel/score-view";
import { fromBytes } from "../sim/bytes";
import { isMachineWorld } from "../world/consoles";
import type { Branches } from "./branches";
import type { FaultView, SessionInput, SessionState, TerminalView } from "./types";

export interface ViewOptions {
  readonly selected?: string;
  /** The Score's window; the last seconds when absent. */
  readonly window?: readonly [from: Micros, to: Micros];
}

/** Rows of output a state carries for each terminal. */
const SHOWN_LINES = 1500;
/** The job of a typed line that does not end its command. */
const UNFINISHED = 0;
export const PROMPT = "$ ";
export const CONTINUED = "> ";

type Parts = Pick<SessionState, "machines" | "cluster" | "score" | "nowLine" | "inspector" | "terminals" | "files" | "commands" | "faults">;

export function stateParts(timeline: Timeline, branches: Branches, options: ViewOptions): Parts {
  const inputs = branches.inputsOf(branches.active);
  const { config, ground } = branches;
  const machines = config.machines ?? [];
  const below =
    ground === undefined || machines.length === 0
      ? undefined
      : ground.state(
          timeline,
          machines.map(({ name }) => name),
          options,
        );
  const machineWorld = below !== undefined && isMachineWorld(config);
  const nowLine = machineWorld ? below.nowLine : nowLineView(timeline);
  const inspector = options.selected === undefined ? undefined : inspectorView(timeline, options.selected);
  return {
    cluster: clusterView(timeline, { selected: options.selected }),
    machines: below?.machines ?? [],
    score: machineWorld ? below.score : scoreView(timeline, options.window),
    ...(nowLine === undefined ? {} : { nowLine }),
    ...(inspector === undefined ? {} : { inspector }),
    terminals: machineWorld ? below.terminals : terminalsOf(timeline),
    files: Object.fromEntries(
      timeline
        .table(fileTable)
        .rows()
        .map((file) => [file.path, file.text]),
    ),
    faults: activeFaults(timeline).map(faultView),
    commands: inputs.filter((input) => input.at <= timeline.now).map((input) => ({ at: input.at, text: textOf(input) })),
  };
}

/** The line a person can type to do the same. A session file may hold what no line does: it is shown as a remark. */
function textOf({ to, message }: SessionInput): string {
  if (message.type === "terminal.type") return String(message["line"]);
  if (message.type === "keys") return typedLine(String(message["keys"]));
  if (to.startsWith("machine/")) return "";
  if (to.startsWith("terminal/")) return "";
  if (message.type.startsWith("fault.")) return faultLine(message as unknown as Fault);
  return `# ${to} ${JSON.stringify(message)}`;
}

/** The lines among keys struck; a single key is no command. */
const typedLine = (keys: string): string => (/[\r\n]$/.test(keys) ? fromBytes(keys.replace(/[\r\n]+$/, "")) : "");

/** A component is named in words; a node or an image by its name. */
function faultView({ fault, mends }: ActiveFault): FaultView {
  const address = "component" in fault ? fault.component : "watcher" in fault ? fault.watcher : undefined;
  const name = "node" in fault && fault.type !== "fault.fail-pull" ? fault.node : "image" in fault ? fault.image : "";
  return { fault, mends, what: address === undefined ? { key: "stage.who.other", params: { name } } : whoIs(address.split(" ")[0] ?? address) };
}

function terminalsOf(timeline: Timeline): Record<string, TerminalView> {
  const out: Record<string, TerminalView> = {};
  for (const row of timeline.table(terminalTable).rows()) {
    const all = timeline.table(outputTable).by("terminal", row.terminal);
    const first = Math.max(all.length - SHOWN_LINES, all.length - (row.written - row.shownFrom), 0);
    const waiting = row.job === undefined ? undefined : timeline.table(jobTable).get(padded(row.job))?.waiting;
    out[row.terminal.slice(row.terminal.indexOf("/") + 1)] = {
      lines: all.slice(first).map(({ stream, text, job, prompt }, i) => {
        const before = all[first + i - 1];
        const continues = stream === "in" && before?.stream === "in" && before.job === UNFINISHED;
        return { stream, text, job, ...(continues ? { continues } : {}), ...(prompt === undefined ? {} : { prompt }) };
      }),
      dropped: first,
      prompt: waiting?.for === "line" ? waiting.prompt : row.partial === "" ? PROMPT : CONTINUED,
      busy: row.job !== undefined && waiting?.for !== "line",
      ...(waiting?.for === "line" ? { reads: true } : {}),
      ...(waiting?.for === "edit" ? { edit: { job: row.job as number, name: waiting.name, text: waiting.text } } : {}),
    };
  }
  return out;
}
