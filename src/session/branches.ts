/** The branches of a session: each a timeline of its own, built from its file when it is first stood on. */
import type { Message } from "../sim/types";
import { createTimeline, type Timeline, type TimelineInput } from "../sim/timeline";
import { createWorld } from "../world/world";
import type { Ground } from "./ground";
import { type BranchFile, type BranchView, ENGINE_VERSION, type SessionConfig, type SessionFile, type SessionInput } from "./types";

export interface Branch {
  readonly id: number;
  readonly name: string;
  readonly parent: number | null;
  readonly forkAt: number;
  timeline: Timeline;
  /** What is still to be replayed before the branch stands where its file says; undefined once it does. */
  arriving: BranchFile | undefined;
}

export class Branches {
  readonly config: SessionConfig;
  readonly ground: Ground | undefined;
  private readonly list = new Map<number, Branch | BranchFile>();
  private readonly bootInputs: readonly TimelineInput[];
  active: Branch;

  constructor(file: SessionFile, ground?: Ground) {
    this.config = file.config;
    this.ground = ground;
    this.bootInputs = createWorld(file.config, ground).inputs;
    for (const branch of file.branches) this.list.set(branch.id, branch);
    this.active = this.open(file.active);
  }

  /** Stands on a branch; building its timeline when this is the first time. */
  open(id: number): Branch {
    const found = this.list.get(id);
    if (found === undefined) return this.active;
    const branch = "timeline" in found ? found : this.build(found);
    this.list.set(id, branch);
    this.active = branch;
    return branch;
  }

  /** A new branch from where the active one stands. */
  fork(name: string | undefined): Branch {
    const from = this.active;
    const id = Math.max(...this.list.keys()) + 1;
    const branch: Branch = {
      id,
      name: name ?? `branch ${id}`,
      parent: from.id,
      forkAt: from.timeline.now,
      timeline: from.timeline.branch(),
      arriving: undefined,
    };
    this.list.set(id, branch);
    this.active = branch;
    return branch;
  }

  /**
   * A branch for reading where it stands, and how far it was played: its own timeline, or one replayed for this reading when it was
   * never stood on (or is still on its way).
   */
  reading(id: number): { readonly timeline: Timeline; readonly head: number } | undefined {
    const found = this.list.get(id);
    if (found === undefined) return undefined;
    const file = "timeline" in found ? found.arriving : found;
    if (file === undefined) return "timeline" in found ? { timeline: found.timeline, head: headOf(found) } : undefined;
    const { timeline } = this.build(file);
    timeline.seek(file.now);
    return { timeline, head: file.head };
  }

  inputsOf(branch: Branch): readonly SessionInput[] {
    return branch.timeline.inputs.slice(this.bootInputs.length) as unknown as readonly SessionInput[];
  }

  views(): readonly BranchView[] {
    return [...this.list.values()].map((branch) => {
      const { id, name, parent, forkAt } = branch;
      const times = "timeline" in branch ? { now: branch.timeline.now, head: headOf(branch) } : { now: branch.now, head: branch.head };
      return { id, name, parent, forkAt, ...times, active: branch === this.active };
    });
  }

  file(onlyActive: boolean): SessionFile {
    const chosen = onlyActive ? [this.active] : [...this.list.values()];
    const branches = chosen.map((branch) => ("timeline" in branch ? this.fileOf(branch, onlyActive) : branch));
    return { schema: "strata/session@1", engine: ENGINE_VERSION, config: this.config, branches, active: this.active.id };
  }

  private fileOf(branch: Branch, alone: boolean): BranchFile {
    if (branch.arriving !== undefined) return branch.arriving;
    const { id, name, forkAt, timeline } = branch;
    const inputs = this.inputsOf(branch);
    const head = Math.max(headOf(branch), inputs.at(-1)?.at ?? 0);
    return {
      id,
      name,
      parent: alone ? null : branch.parent,
      forkAt,
      inputs,
      head,
      now: timeline.now,
      position: timeline.position,
      hash: timeline.hash(),
    };
  }

  private build(file: BranchFile): Branch {
    const { actors } = createWorld(this.config, this.ground);
    const timeline = createTimeline({ seed: this.config.seed, profile: this.config.profile, actors });
    for (const input of this.bootInputs) timeline.submit({ to: input.to, message: input.message }, input.at);
    for (const input of file.inputs) timeline.submit({ to: input.to, message: input.message as Message }, input.at);
    return { id: file.id, name: file.name, parent: file.parent, forkAt: file.forkAt, timeline, arriving: file };
  }
}

export const headOf = (branch: Branch): number => Math.max(branch.timeline.headTime, branch.timeline.now);
