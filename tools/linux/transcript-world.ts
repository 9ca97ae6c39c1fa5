/**
 * Long-lived shells in a machine that has come up, as whoever recorded the transcripts had them: `host`, a shell in namespaces of its own, and
 * shells that were started from it. A command in, what it printed and its status out; virtual time runs only as far as it must.
 *
 * The shells started later talk through named pipes, which processes outside of the host's namespaces carry over.
 */
import { pipeTable } from "../../src/linux/ipc/pipe";
import { machineActor } from "../../src/linux/machine";
import { outsideTable } from "../../src/linux/process/outside";
import { taskTable } from "../../src/linux/process/task";
import { installed, machinePrograms } from "../../src/shell/machine/programs";
import { createTimeline, type Timeline } from "../../src/sim/timeline";
import type { Message, Micros } from "../../src/sim/types";

const MACHINE = "host";
const MARK = "@@step@@";
/** A command that takes longer, or more events, is given up. */
const LONGEST: Micros = 120e6;
const MOST_EVENTS = 400_000;
/** So long does whoever types wait before the next command. */
const PAUSE: Micros = 20_000;
/** The first number of a process inside, so that it is told from what else is printed. */
export const FIRST_PID = 31_000;
export const WORK = "/tmp/strata-work";
const PIPES = "/run/lines";
const ENV = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/root",
  LC_ALL: "C",
  D: WORK,
};

export interface Said {
  readonly exit: number | "eof" | "timeout";
  readonly stdout: string;
}

export interface TranscriptWorld {
  readonly timeline: Timeline;
  say(context: string, command: string): Said;
  /** Starts a shell from another one; answers with its number at the host. */
  begin(from: string, name: string, command: string): string;
}

interface Line {
  readonly into: string;
  readonly from: string;
  /** How much of the output was looked at. */
  seen: number;
}

class Lines implements TranscriptWorld {
  readonly timeline = createTimeline({ seed: 1, profile: "real", actors: [machineActor(machinePrograms)] });
  private readonly lines = new Map<string, Line>();

  constructor() {
    this.send({ type: "boot", hostname: "host", executables: installed, init: "init" });
    this.start("clear", ["bash", "-c", `mkdir -p ${WORK} ${PIPES}`]);
    this.settle();
    this.start("host", "unshare --mount --uts --ipc --net --pid --cgroup --fork --mount-proc bash --norc".split(" "));
    this.lines.set("host", { into: "host", from: "host", seen: 0 });
    this.say("host", `cd $D; echo ${FIRST_PID} > /proc/sys/kernel/ns_last_pid`);
  }

  private send(message: Message & Readonly<Record<string, unknown>>): void {
    this.timeline.submit({ to: `machine/${MACHINE}`, message }, this.timeline.now);
  }

  private start(name: string, argv: readonly string[]): void {
    this.send({ type: "start", name, path: `/usr/bin/${argv[0]}`, argv, env: ENV });
  }

  private settle(pause = PAUSE): void {
    const until = this.timeline.now + pause;
    this.timeline.seek(until, MOST_EVENTS);
  }

  private output(name: string): { readonly text: string; readonly ended: boolean } {
    const row = this.timeline.table(outsideTable).get(`${MACHINE}/${name}`);
    const text = this.timeline.table(pipeTable).get(row?.output ?? "")?.data ?? "";
    return { text, ended: this.timeline.table(taskTable).get(`${MACHINE}/${row?.task}`)?.state === "zombie" };
  }

  /** Feeds and forgets what the other side printed before; so that is kept first. */
  private feed(line: Line, data: string): string {
    const before = this.output(line.from).text.slice(line.seen);
    this.send({ type: "feed", name: line.into, data });
    if (line.from !== line.into) this.send({ type: "feed", name: line.from, data: "" });
    line.seen = 0;
    return before;
  }

  say(context: string, command: string): Said {
    const line = this.lines.get(context);
    if (line === undefined) throw new Error(`no shell ${context}`);
    const before = this.feed(line, `{ ${command}\n} 2>&1 </dev/null; echo "${MARK} $?"\n`);
    const until = this.timeline.now + LONGEST;
    let fed = false;
    for (let played = 0; played < MOST_EVENTS; played++) {
      const next = this.timeline.nextAt();
      if (next === undefined || next > until) break;
      const event = this.timeline.stepForward();
      const type = (event?.message as { readonly type?: string } | undefined)?.type;
      if (type === "feed") {
        fed = true;
        continue;
      }
      if (!fed || type === "time") continue;
      const { text, ended } = this.output(line.from);
      const found = new RegExp(`${MARK} (\\d+)\\n`).exec(text);
      if (found !== null) {
        line.seen = found.index + found[0].length;
        this.settle();
        return { exit: Number(found[1]), stdout: before + text.slice(0, found.index) };
      }
      if (ended) {
        line.seen = text.length;
        this.settle();
        return { exit: "eof", stdout: before + text };
      }
    }
    const { text } = this.output(line.from);
    line.seen = text.length;
    return { exit: "timeout", stdout: before + text };
  }

  private newestTask(): number {
    return Math.max(
      ...this.timeline
        .table(taskTable)
        .rows()
        .map(({ id }) => id),
    );
  }

  /** What the host calls the first process that was born after another one. */
  private numberAfter(task: number): string {
    const born = this.timeline
      .table(taskTable)
      .rows()
      .filter(({ id }) => id > task);
    const first = born.toSorted((a, b) => a.id - b.id)[0];
    // The first namespace is the machine's own, the second that of the host's shell.
    return String(first?.numbers[1]?.[1] ?? "");
  }

  begin(from: string, name: string, command: string): string {
    const [input, output] = [`${PIPES}/${name}.in`, `${PIPES}/${name}.out`];
    this.start(`${name}-pipes`, ["bash", "-c", `rm -f ${input} ${output}; mkfifo ${input} ${output}`]);
    this.settle();
    this.start(`${name}-in`, ["bash", "-c", `exec cat > ${input}`]);
    this.start(`${name}-out`, ["bash", "-c", `exec cat < ${output}`]);
    this.settle();
    this.lines.set(name, { into: `${name}-in`, from: `${name}-out`, seen: 0 });
    const line = this.lines.get(from);
    if (line === undefined) throw new Error(`no shell ${from}`);
    const newest = this.newestTask();
    this.feed(line, `${command} < ${input} > ${output} 2>&1 &\n`);
    this.settle();
    this.say(name, ":");
    return this.numberAfter(newest);
  }
}

export const transcriptWorld = (): TranscriptWorld => new Lines();
