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

export interface Ground extends MachineParts {
  state(timeline: Timeline, machines: readonly string[], options: ViewOptions): GroundState;
  isStroke(timeline: Timeline, position: number, uid: string | undefined): boolean;
  /** Why a process exists: its causes, the nearest first. */
  why(timeline: Timeline, uid: string): Json;
}
