/**
 * Runs a session: plays the active branch in slices, applies commands, answers requests and reports states. It lives in a worker, holds
 * no rule of the world, and is told the time by whoever drives it (`tick`).
 *
 * Invariant: a state is made from the timeline as it stands between two events.
 */
import type { Json, SimEvent } from "../sim/types";
import type { Timeline } from "../sim/timeline";
import { isStroke } from "../stage/readmodel/strokes";
import { isMachineWorld } from "../world/consoles";
import { type Branch, Branches, headOf } from "./branches";
import type { Ground } from "./ground";
import { answer } from "./requests";
import { madeHere } from "./session-file";
import type { SessionCommand, SessionFile, SessionRequest, SessionState } from "./types";
import { stateParts, type ViewOptions } from "./views";

/** Something that watches the world as it is played, such as an exercise's checker. It may not touch it. */
export interface HostExtension {
  /** Another file was loaded, or another branch is stood on: forget what was seen. */
  reset(timeline: Timeline, ground: Ground | undefined): void;
  /** The timeline moved one event forward for the first time. */
  played(timeline: Timeline, event: SimEvent): void;
  /** The timeline stands elsewhere in what was already played. */
  moved(timeline: Timeline): void;
  request(message: Json, timeline: Timeline): Json;
  state(): Json;
}

/** Events played between two looks at the clock. */
const CHUNK = 64;
/** How far ahead "as fast as it goes" aims at each tick, in virtual time. */
const FASTEST_AHEAD = 60e6;
/** A step to the next stroke looks this far ahead, in virtual time: longer than the longest back-off of a container. */
const STROKE_WITHIN = 600e6;

export class SessionHost {
  private branches: Branches;
  private readonly extensions: Readonly<Record<string, HostExtension>>;
  private playing = false;
  private speed = 1;
  private lastTick: number | undefined;
  private options: ViewOptions = {};
  private error: SessionState["error"];
  private notice: SessionState["notice"];
  private changed = true;
  /** Commands that came while a file was being replayed. */
  private waiting: SessionCommand[] = [];

  /** Needed before a world with machines is opened. */
  ground: Ground | undefined;

  constructor(file: SessionFile, extensions: Readonly<Record<string, HostExtension>> = {}, ground?: Ground) {
    this.extensions = extensions;
    this.ground = ground;
    this.branches = new Branches(file, ground);
    this.arrivedAt(file);
  }

  get timeline(): Timeline {
    return this.branches.active.timeline;
  }
  /** Whether a tick has something to do. */
  get busy(): boolean {
    return this.playing || this.arriving;
  }

  /** Whether a file is still being replayed: the world is not yet the one that was asked for. */
  get arriving(): boolean {
    return this.branches.active.arriving !== undefined;
  }

  command(command: SessionCommand): void {
    this.changed = true;
    if (command.do === "load") return this.load(command.file);
    if (command.do === "select") this.options = { ...this.options, selected: command.uid };
    if (command.do === "window") this.options = { ...this.options, window: [command.from, command.to] };
    if (command.do === "speed") this.speed = command.speed;
    if (this.arriving) {
      this.waiting.push(command);
      return;
    }
    this.guarded(() => this.travel(command));
  }

  /** Plays for at most `budget` milliseconds of the driver's clock. */
  tick(clock: () => number, budget: number): void {
    const start = clock();
    const elapsed = this.lastTick === undefined ? 0 : Math.min(start - this.lastTick, 250);
    this.lastTick = this.playing ? start : undefined;
    const branch = this.branches.active;
    if (branch.arriving === undefined && !this.playing) return;
    this.changed = true;
    this.guarded(() => {
      const more = (): boolean => clock() - start < budget;
      if (branch.arriving !== undefined) this.arrive(branch, more);
      else this.playTo(this.timeline.now + (Number.isFinite(this.speed) ? Math.round(elapsed * 1000 * this.speed) : FASTEST_AHEAD), more);
    });
  }

  request(request: SessionRequest): Json {
    if (request.kind === "record") return this.branches.file(request.onlyActive) as unknown as Json;
    if (request.kind === "extension") {
      // What was said may change an extension's state while the world stands still.
      this.changed = true;
      return this.extensions[request.name]?.request(request.message, this.timeline) ?? null;
    }
    return answer(request, this.timeline, this.branches);
  }

  /** The state, when something may have changed since it was last taken. */
  takeState(): SessionState | undefined {
    if (!this.changed) return undefined;
    this.changed = false;
    return this.state();
  }

  state(): SessionState {
    const branch = this.branches.active;
    const { timeline, arriving } = branch;
    return {
      now: timeline.now,
      head: headOf(branch),
      position: timeline.position,
      length: timeline.length,
      playing: this.playing,
      speed: this.speed,
      branches: this.branches.views(),
      config: this.branches.config,
      ...stateParts(timeline, this.branches, this.options),
      ...(this.options.selected === undefined ? {} : { selected: this.options.selected }),
      extensions: Object.fromEntries(Object.entries(this.extensions).map(([name, extension]) => [name, extension.state()])),
      ...(arriving === undefined ? {} : { busy: { done: timeline.now, of: Math.max(arriving.head, timeline.now) } }),
      ...(this.error === undefined ? {} : { error: this.error }),
      ...(this.notice === undefined ? {} : { notice: this.notice }),
    };
  }

  private load(file: SessionFile): void {
    this.branches = new Branches(file, this.ground);
    this.waiting = [];
    this.playing = false;
    this.error = undefined;
    this.arrivedAt(file);
  }

  private arrivedAt(file: SessionFile): void {
    this.notice = madeHere(file) ? undefined : "engine";
    this.eachExtension((extension) => extension.reset(this.timeline, this.ground));
  }

  private travel(command: SessionCommand): void {
    const { timeline } = this;
    const before = timeline.position;
    if (command.do === "submit") return this.submit(command.to, command.message);
    if (command.do === "play") this.playing = true;
    else if (command.do === "pause") this.playing = false;
    else if (command.do === "head") timeline.seek(headOf(this.branches.active));
    else if (command.do === "stepForward") this.step();
    else if (command.do === "stepBack") timeline.stepBack();
    else if (command.do === "stroke") this.stroke(command.by, command.uid);
    else if (command.do === "seek") this.playTo(Math.max(0, Math.round(command.at)), () => true);
    else if (command.do === "branch") this.branches.fork(command.name);
    else if (command.do === "switch") this.branches.open(command.id);
    if (command.do === "branch" || command.do === "switch") this.stood();
    if (command.do === "stepForward" || command.do === "stepBack" || command.do === "stroke") this.playing = false;
    if (timeline.position < before) this.eachExtension((extension) => extension.moved(timeline));
  }

  private submit(to: string, message: { readonly type: string }): void {
    if (this.timeline.position < this.timeline.length) {
      this.branches.fork(undefined);
      this.stood();
    }
    this.timeline.submit({ to, message });
    if (!this.playing) this.step();
  }

  private stood(): void {
    this.eachExtension((extension) => extension.reset(this.timeline, this.ground));
  }

  private step(): SimEvent | undefined {
    const { timeline } = this;
    const fresh = timeline.position === timeline.length;
    const event = timeline.stepForward();
    if (event !== undefined && fresh) this.eachExtension((extension) => extension.played(timeline, event));
    return event;
  }

  private stroke(by: 1 | -1, uid: string | undefined): void {
    const { timeline } = this;
    if (by === 1) {
      const until = timeline.now + STROKE_WITHIN;
      while ((timeline.nextAt() ?? until) <= until) {
        if (this.step() === undefined || this.isStroke(timeline.position - 1, uid)) return;
      }
      return;
    }
    for (let position = timeline.position - 2; position >= 0; position--) {
      if (this.isStroke(position, uid)) return timeline.seekPosition(position + 1);
    }
    timeline.seekPosition(0);
  }

  private isStroke(position: number, uid: string | undefined): boolean {
    const { timeline, ground } = this;
    const onMachine = ground !== undefined && isMachineWorld(this.branches.config);
    return onMachine ? ground.isStroke(timeline, position, uid) : isStroke(timeline, position, uid);
  }

  /** Plays forward (or travels back) to a time, as long as the budget lasts. */
  private playTo(at: number, more: () => boolean): void {
    const { timeline } = this;
    if (at < timeline.now) {
      timeline.seek(at);
      return;
    }
    for (let played = 1; ; played++) {
      const next = timeline.nextAt();
      if (next === undefined || next > at) break;
      this.step();
      if (played % CHUNK === 0 && !more()) return;
    }
    timeline.seek(at);
  }

  private arrive(branch: Branch, more: () => boolean): void {
    const file = branch.arriving;
    if (file === undefined) return;
    this.playTo(file.head, more);
    const { timeline } = branch;
    const next = timeline.nextAt();
    if (next !== undefined && next <= file.head) return;
    if (file.position < 0 || timeline.positionAt(file.now) === file.position) timeline.seek(file.now);
    else timeline.seekPosition(Math.min(file.position, timeline.length));
    branch.arriving = undefined;
    if (file.hash !== undefined && file.hash !== timeline.hash()) this.notice = "hash";
    this.eachExtension((extension) => extension.moved(timeline));
    for (const command of this.waiting.splice(0)) this.command(command);
  }

  /** A bug of ours stops the session before the event that failed; everything up to it is kept. */
  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.playing = false;
      this.timeline.stepBack();
      this.branches.active.arriving = undefined;
      this.error = { position: this.timeline.position, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  }

  private eachExtension(visit: (extension: HostExtension) => void): void {
    for (const extension of Object.values(this.extensions)) visit(extension);
  }
}
