/** What a state says of the world where a timeline stands. Pictures come from the read model; terminals and files from the shell's tables. */
import { fileTable, jobTable, outputTable, padded, terminalTable } from "../shell/tables";
import type { Timeline } from "../sim/timeline";
import type { Micros } from "../sim/types";
import { clusterView } from "../stage/readmodel/cluster-view";
import { inspectorView } from "../stage/readmodel/inspector-view";
import { nowLineView } from "../stage/readmodel/now-line";
import { scoreView } from "../stage/readmodel/score-view";
import type { SessionInput, SessionState, TerminalView } from "./types";

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

type Parts = Pick<SessionState, "cluster" | "score" | "nowLine" | "inspector" | "terminals" | "files" | "commands">;

export function stateParts(timeline: Timeline, inputs: readonly SessionInput[], options: ViewOptions): Parts {
  const nowLine = nowLineView(timeline);
  const inspector = options.selected === undefined ? undefined : inspectorView(timeline, options.selected);
  return {
    cluster: clusterView(timeline, { selected: options.selected }),
    score: scoreView(timeline, options.window),
    ...(nowLine === undefined ? {} : { nowLine }),
    ...(inspector === undefined ? {} : { inspector }),
    terminals: terminalsOf(timeline),
    files: Object.fromEntries(
      timeline
        .table(fileTable)
        .rows()
        .map((file) => [file.path, file.text]),
    ),
    commands: inputs.filter((input) => input.at <= timeline.now).map((input) => ({ at: input.at, text: textOf(input) })),
  };
}

/** An input as a person would say it: the line typed, or the fault's name and parameters. */
function textOf({ message }: SessionInput): string {
  if (typeof message["line"] === "string") return message["line"];
  const parameters = Object.entries(message).filter(([key]) => key !== "type" && key !== "text");
  return [message.type, ...parameters.map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`)].join(" ");
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
