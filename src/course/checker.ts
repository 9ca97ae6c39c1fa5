/**
 * Watches a world for a lesson or an exercise: which goals hold, which listed wrong attempt has been made, which promise can no longer be
 * kept. It looks at the world and its history and never touches it.
 *
 * What was seen hangs on positions of the timeline, so standing elsewhere forgets what comes later, and another branch is read anew.
 */
import { etcdTable } from "../kube/apiserver/storage/store";
import type { Facts, Ground } from "../session/ground";
import type { HostExtension } from "../session/host";
import type { Timeline } from "../sim/timeline";
import type { Json, Message, Micros, SimEvent } from "../sim/types";
import { fromBytes } from "../sim/bytes";
import { type Check, Checks } from "./check/expression";
import { bindingsOf, type Deeds, functionsFor } from "./check/model";
import { Samples } from "./check/samples";

/** What to watch. `startAt` is the virtual time at which the learner took over. */
export interface Watch {
  readonly startAt: Micros;
  readonly goals: readonly { readonly id: string; readonly check: string }[];
  readonly wrong: readonly { readonly id: string; readonly when: string; readonly kind?: "progress" }[];
  /** Expressions whose value is reported as text or truth: steps of a lesson, outcomes of predictions. */
  readonly values: readonly { readonly id: string; readonly check: string }[];
}

export type CourseMessage =
  | { readonly do: "open"; readonly watch: Watch }
  | { readonly do: "answer"; readonly id: string; readonly value: string }
  | { readonly do: "check" };

export interface CourseState {
  readonly open: boolean;
  readonly settled: boolean;
  readonly solved: boolean;
  readonly goals: Readonly<Record<string, boolean>>;
  readonly values: Readonly<Record<string, string | boolean>>;
  readonly answers: Readonly<Record<string, string>>;
  /** The wrong attempt to speak of, and how often it was spoken of before. */
  readonly feedback?: { readonly id: string; readonly progress: boolean; readonly again: number };
  /** A goal about the whole time that was broken, and when. */
  readonly broken?: { readonly goal: string; readonly at: Micros; readonly position: number };
  /** Number of checks that were evaluated; a check that never ran proves nothing. */
  readonly evaluated: number;
}

/** No object changed for this long. */
const SETTLED: Micros = 2e6;
const LOOK_EVERY: Micros = 500_000;
const CLOSED: CourseState = { open: false, settled: false, solved: false, goals: {}, values: {}, answers: {}, evaluated: 0 };

interface Opened {
  readonly watch: Watch;
  readonly goals: readonly { readonly id: string; readonly check: Check }[];
  readonly wrong: readonly { readonly id: string; readonly progress: boolean; readonly check: Check }[];
  readonly values: readonly { readonly id: string; readonly check: Check }[];
}

export class CourseChecker implements HostExtension {
  /** Set by the host before anything is asked. */
  private timeline!: Timeline;
  private opened: Opened | undefined;
  private samples: Samples | undefined;
  private revision = -1;
  private inputs = 0;
  private changedAt: Micros = 0;
  private sampledTo = 0;
  private answers: { readonly at: Micros; readonly id: string; readonly value: string }[] = [];
  private spoken: { readonly at: Micros; readonly id: string; readonly state: string }[] = [];
  private lookedAt = "";
  private latest: CourseState = CLOSED;
  private evaluated = 0;
  private deeds: Deeds = { commands: [], answers: {} };
  private checks: Checks | undefined;

  private facts: Facts | undefined;

  reset(timeline: Timeline, ground?: Ground): void {
    this.timeline = timeline;
    this.facts = ground?.facts;
    // Another world, or another branch: what was answered later than here was not answered here.
    this.answers = this.answers.filter((answer) => answer.at <= timeline.now);
    this.spoken = this.spoken.filter((word) => word.at <= timeline.now);
    if (this.opened !== undefined) this.rebuild();
  }

  played(timeline: Timeline, _event: SimEvent): void {
    this.timeline = timeline;
    if (this.opened !== undefined && timeline.now >= this.opened.watch.startAt) this.sample(timeline);
  }

  moved(timeline: Timeline): void {
    this.timeline = timeline;
    if (this.opened === undefined) return;
    if (this.samples === undefined || timeline.position > this.sampledTo) return this.rebuild();
    this.samples.forgetAfter(timeline.position);
    this.answers = this.answers.filter((answer) => answer.at <= timeline.now);
    this.spoken = this.spoken.filter((word) => word.at <= timeline.now);
    this.sampledTo = timeline.position;
    this.revision = -1;
    this.lookedAt = "";
  }

  request(message: Json, timeline: Timeline): Json {
    this.timeline = timeline;
    const asked = message as unknown as CourseMessage;
    if (asked.do === "open") this.open(asked.watch);
    else if (asked.do === "answer") {
      this.answers.push({ at: timeline.now, id: asked.id, value: asked.value });
      this.look(true);
    } else this.look(true);
    return this.latest as unknown as Json;
  }

  state(): Json {
    this.look(false);
    return this.latest as unknown as Json;
  }

  private open(watch: Watch): void {
    this.checks = new Checks(functionsFor(() => ({ world: this.timeline, deeds: this.deeds, facts: this.facts })));
    const compile = (text: string): Check => (this.checks as Checks).compile(text);
    this.opened = {
      watch,
      goals: watch.goals.map(({ id, check }) => ({ id, check: compile(check) })),
      wrong: watch.wrong.map(({ id, when, kind }) => ({ id, progress: kind === "progress", check: compile(when) })),
      values: watch.values.map(({ id, check }) => ({ id, check: compile(check) })),
    };
    this.answers = [];
    this.spoken = [];
    this.evaluated = 0;
    this.rebuild();
  }

  private allChecks(opened: Opened): readonly Check[] {
    return [...opened.goals, ...opened.wrong, ...opened.values].map(({ check }) => check);
  }

  /** Reads the whole stretch from the start again, on a copy. */
  private rebuild(): void {
    const opened = this.opened;
    if (opened === undefined) return;
    const here = this.timeline;
    this.samples = undefined;
    this.lookedAt = "";
    if (here.now < opened.watch.startAt) return;
    const twin = here.branch();
    twin.seek(opened.watch.startAt);
    this.timeline = twin;
    this.deeds = this.deedsOf(twin);
    const start = bindingsOf(twin, this.deeds, this.facts);
    this.samples = new Samples(this.allChecks(opened), start);
    this.revision = -1;
    this.sample(twin);
    while (twin.position < here.position && twin.stepForward() !== undefined) this.sample(twin);
    this.timeline = here;
  }

  private deedsOf(timeline: Timeline): Deeds {
    const from = this.opened?.watch.startAt ?? 0;
    const commands = timeline.inputs.filter((input) => input.at > from && input.at <= timeline.now).flatMap(({ message }) => linesOf(message));
    const answers = this.answers.filter((answer) => answer.at <= timeline.now);
    return {
      commands,
      answers: Object.fromEntries(answers.map(({ id, value }) => [id, value])),
    };
  }

  /** One sample, if an object changed or something was typed. Leases and Events change without meaning anything here. */
  private sample(timeline: Timeline): void {
    this.sampledTo = timeline.position;
    const revision = (timeline.table(etcdTable).get("etcd")?.revision ?? 0) + (this.facts?.stamp(timeline) ?? 0);
    const inputs = timeline.inputs.length;
    if (revision === this.revision && inputs === this.inputs) return;
    if (this.facts !== undefined || this.touchesObjects(timeline) || inputs !== this.inputs) this.changedAt = timeline.now;
    this.revision = revision;
    this.inputs = inputs;
    this.deeds = this.deedsOf(timeline);
    this.samples?.sample(bindingsOf(timeline, this.deeds, this.facts), timeline.position, timeline.now);
  }

  private touchesObjects(timeline: Timeline): boolean {
    const writes = timeline.writes(timeline.position - 1);
    return writes.some(({ table }) => table.startsWith("etcd.") && !/^etcd\.(log|stream|meta|leases|events)$/.test(table));
  }

  private look(asked: boolean): void {
    const { opened, samples, timeline } = this;
    if (opened === undefined || samples === undefined) {
      this.latest = { ...CLOSED, open: opened !== undefined };
      return;
    }
    const settled = timeline.now - this.changedAt >= SETTLED;
    const moment = `${timeline.position}/${Math.floor(timeline.now / LOOK_EVERY)}/${settled}/${this.answers.length}`;
    if (!asked && moment === this.lookedAt) return;
    this.lookedAt = moment;
    this.deeds = this.deedsOf(timeline);
    const bindings = bindingsOf(timeline, this.deeds, this.facts);
    const quietSince = Math.max(opened.watch.startAt, ...timeline.inputs.filter((input) => input.at <= timeline.now).map((input) => input.at));
    const value = (check: Check): unknown => {
      this.evaluated++;
      return check.evaluate(samples.values(check, bindings, timeline.now, quietSince));
    };
    const goals = Object.fromEntries(opened.goals.map(({ id, check }) => [id, value(check) === true]));
    const values = Object.fromEntries(opened.values.map(({ id, check }) => [id, plain(value(check))]));
    const solved = opened.goals.length > 0 && Object.values(goals).every(Boolean);
    const broken = opened.goals.flatMap(({ id, check }) => {
      const at = samples.brokenAt(check);
      return at === undefined ? [] : [{ goal: id, at: at.at, position: at.position }];
    })[0];
    const feedback = solved || !(settled || asked) ? this.latest.feedback : this.feedback(opened, value);
    this.latest = {
      open: true,
      settled,
      solved,
      goals,
      values,
      answers: this.deeds.answers,
      evaluated: this.evaluated,
      ...(feedback === undefined || solved ? {} : { feedback }),
      ...(broken === undefined ? {} : { broken }),
    };
  }

  /** The first wrong attempt that holds, in the order of the file. */
  private feedback(opened: Opened, value: (check: Check) => unknown): CourseState["feedback"] {
    const found = opened.wrong.find(({ check }) => value(check) === true);
    if (found === undefined) return undefined;
    const state = String(this.revision);
    const before = this.spoken.filter((word) => word.id === found.id && word.state !== state).length;
    if (!this.spoken.some((word) => word.id === found.id && word.state === state)) this.spoken.push({ at: this.timeline.now, id: found.id, state });
    return { id: found.id, progress: found.progress, again: before };
  }
}

/** The lines that an input types. */
function linesOf(message: Message): readonly string[] {
  const { line, keys } = message as { readonly line?: unknown; readonly keys?: unknown };
  if (message.type === "terminal.type") return [String(line ?? "")];
  return message.type === "keys" ? fromBytes(String(keys)).split("\r").slice(0, -1) : [];
}

const plain = (value: unknown): string | boolean => (typeof value === "boolean" ? value : value === undefined ? false : String(value));
