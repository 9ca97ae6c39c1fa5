/**
 * Plays a script of an exercise headless: lines a learner would type and the runner's own verbs `run 15s`, `answer ID VALUE`,
 * `fault …`, with references `$(pod web 0)`. What a learner's page does is done here in the same order through the same doors.
 */
import type { Pod } from "../kube/apis/objects";
import { storeTable } from "../kube/apiserver/storage/store";
import { terminalTable } from "../shell/tables";
import { createTimeline, type Timeline } from "../sim/timeline";
import type { Json, Message, Micros } from "../sim/types";
import { parseFault } from "../shell/fault-line";
import { ground } from "../session/machine-ground";
import { isMachineWorld, type SessionConfig } from "../session/types";
import { keysAt } from "../world/consoles";
import { createWorld } from "../world/world";
import { CourseChecker, type CourseMessage, type CourseState, type Watch } from "./checker";
import { sessionOfFixture, typedAt } from "./fixture";
import { addressed, numbersOf, withNumbers } from "./terminals";
import type { Fixture } from "./types";

const SECOND = 1e6;
const LOOK_EVERY: Micros = SECOND / 2;
/** A command that does not end in this time is interrupted, as a learner would. */
const PATIENCE: Micros = 120 * SECOND;

export interface Attempt {
  readonly timeline: Timeline;
  readonly checker: CourseChecker;
  /** States at every look, in order. */
  readonly states: readonly CourseState[];
}

const ageThenName = ({ metadata }: Pod): string => `${metadata.creationTimestamp} ${metadata.name}`;

/** `$(pod web 0)`: the first of the Pods with `app=web` that are not terminating, oldest first, then by name. */
export function resolveReferences(line: string, timeline: Timeline): string {
  return line.replace(/\$\(pod ([a-z0-9-]+) (\d+)\)/g, (_all, app: string, index: string) => {
    const rows = timeline.table(storeTable("pods")).by("label", `default app=${app}`);
    const pods = rows.map((row) => row.object as Pod).filter((pod) => pod.metadata.deletionTimestamp === undefined);
    pods.sort((a, b) => (ageThenName(a) < ageThenName(b) ? -1 : 1));
    return pods[Number(index)]?.metadata.name ?? `${app}-${index}-is-not-there`;
  });
}

/** A world that stands where the learner takes over. */
export function startOf(fixture: Fixture, seed: number): Timeline {
  const file = sessionOfFixture(fixture, seed);
  const world = createWorld(file.config, ground);
  const timeline = createTimeline({ seed, profile: file.config.profile, actors: world.actors });
  for (const input of world.inputs) timeline.submit(input, input.at);
  for (const input of file.branches[0]?.inputs ?? []) timeline.submit({ to: input.to, message: input.message as Message }, input.at);
  timeline.seek(fixture.until * SECOND);
  return timeline;
}

const namesOf = ({ machines = [] }: SessionConfig): readonly string[] => machines.map(({ name }) => name);

export class ScriptRunner {
  readonly timeline: Timeline;
  private readonly config: SessionConfig;
  readonly checker = new CourseChecker();
  readonly states: CourseState[] = [];

  constructor(fixture: Fixture, seed: number, watch: Watch) {
    this.config = fixture.config;
    this.timeline = startOf(fixture, seed);
    this.checker.reset(this.timeline, isMachineWorld(this.config) ? ground : undefined);
    this.tell({ do: "open", watch });
    this.look();
  }

  get state(): CourseState {
    return this.states.at(-1) as CourseState;
  }

  /** Runs one line of a script. */
  perform(line: string): void {
    const [verb, ...words] = line.split(" ");
    if (verb === "run") return this.run(Number.parseFloat(words[0] ?? "0") * SECOND);
    if (verb === "answer") {
      this.tell({ do: "answer", id: words[0] ?? "", value: this.resolve(words.slice(1).join(" ")) });
      return this.look();
    }
    const resolved = this.resolve(line);
    if (verb === "fault") {
      const parsed = parseFault(resolved.slice("fault ".length));
      if ("error" in parsed) throw new Error(parsed.error);
      this.timeline.submit({ to: "fault/main", message: parsed.fault as Message });
      return this.run(LOOK_EVERY);
    }
    this.type(resolved);
  }

  private resolve(line: string): string {
    if (!isMachineWorld(this.config)) return resolveReferences(line, this.timeline);
    const [machine] = ground.state(this.timeline, namesOf(this.config), {}).machines;
    return withNumbers(line, machine === undefined ? [] : numbersOf(machine));
  }

  run(span: Micros): void {
    const end = this.timeline.now + span;
    while (this.timeline.now < end) this.playTo(Math.min(end, this.timeline.now + LOOK_EVERY));
  }

  private type(text: string): void {
    const { to, message } = typedAt(this.config, text);
    const { terminal } = addressed(text);
    this.timeline.submit({ to, message: message as Message });
    const patience = this.timeline.now + PATIENCE;
    do this.playTo(this.timeline.now + LOOK_EVERY);
    while (this.isBusy(terminal) && this.timeline.now < patience);
    if (!this.isBusy(terminal)) return;
    const stop = isMachineWorld(this.config)
      ? keysAt(this.config, terminal, "\x03")
      : { to: `terminal/${terminal}`, message: { type: "terminal.key", key: "ctrl-c" } };
    this.timeline.submit({ to: stop.to, message: stop.message as Message });
    this.playTo(this.timeline.now + LOOK_EVERY);
  }

  /** Whether a terminal's command still runs. */
  private isBusy(terminal: string): boolean {
    if (!isMachineWorld(this.config)) return this.timeline.table(terminalTable).get(`terminal/${terminal}`)?.job !== undefined;
    return ground.state(this.timeline, namesOf(this.config), {}).terminals[terminal]?.busy === true;
  }

  private playTo(at: Micros): void {
    const { timeline } = this;
    for (let next = timeline.nextAt(); next !== undefined && next <= at; next = timeline.nextAt()) {
      const event = timeline.stepForward();
      if (event !== undefined) this.checker.played(timeline, event);
    }
    timeline.seek(at);
    this.look();
  }

  private tell(message: CourseMessage): void {
    this.checker.request(message as unknown as Json, this.timeline);
  }

  private look(): void {
    this.states.push(this.checker.state() as unknown as CourseState);
  }
}
