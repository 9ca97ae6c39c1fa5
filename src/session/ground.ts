/**
 * What lies below the cluster: machines with kernels of their own. A world that has one needs these parts; others never load them.
 */
import type { Json } from "../sim/types";
import type { Timeline } from "../sim/timeline";
import type { MachineView } from "../stage/readmodel/machine/types";
import type { NowLineView, ScoreView } from "../stage/readmodel/types";
import type { MachineParts } from "../world/world";
import type { TerminalView } from "./types";
import type { ViewOptions } from "./views";

export interface GroundState {
  readonly machines: readonly MachineView[];
  readonly terminals: Readonly<Record<string, TerminalView>>;
  readonly score: ScoreView;
  readonly nowLine?: NowLineView;
}

/** What checks ask of a world with machines. */
export interface Facts {
  /** Changes with whatever a check could see. */
  stamp(timeline: Timeline): number;
  variables(timeline: Timeline): Readonly<Record<string, Json>>;
  /** What lies at a path of the first machine; undefined when nothing does. */
  file(timeline: Timeline, path: string): Json | undefined;
  /** All that was printed on terminals. */
  printed(timeline: Timeline): readonly string[];
}

export interface Ground extends MachineParts {
  readonly facts: Facts;
  state(timeline: Timeline, machines: readonly string[], options: ViewOptions): GroundState;
  isStroke(timeline: Timeline, position: number, uid: string | undefined): boolean;
  /** Why a process exists: its causes, the nearest first. */
  why(timeline: Timeline, uid: string): Json;
}
