/** What the Inspector and the text table are told. Plain JSON, as in `types.ts`. */
import type { Json, Micros } from "../../sim/types";
import type { PodState, PodView, Words } from "./types";

export interface WhyEntry {
  /** Seek to `position + 1` to stand right after it. */
  readonly position: number;
  /** Its number among the strokes, as the NowLine counts. */
  readonly count: number;
  readonly at: Micros;
  readonly who: Words;
  readonly what: Words;
  /** Ids of the rules that acted. */
  readonly rules: readonly string[];
}

export interface LifeSegment {
  readonly from: Micros;
  readonly to: Micros;
  readonly state: PodState;
}

export interface ConditionView {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason?: string;
  readonly message?: string;
  readonly since?: Micros;
}

export interface DifferenceView {
  readonly path: string;
  readonly want: string;
  readonly have: string;
}

/** The scheduler's answer for one Pod: a row per node. */
export interface GridView {
  readonly pod: string;
  readonly filters: readonly string[];
  readonly scores: readonly string[];
  readonly nodes: readonly {
    readonly name: string;
    /** The plugin that refused it and why. */
    readonly refusedBy?: string;
    readonly reason?: string;
    readonly points: readonly number[];
    readonly total?: number;
    readonly chosen: boolean;
  }[];
}

export interface InspectorView {
  readonly uid: string;
  readonly resource: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly says: Words;
  readonly pod?: PodView;
  readonly life: readonly LifeSegment[];
  readonly why: readonly WhyEntry[];
  readonly conditions: readonly ConditionView[];
  readonly differences: readonly DifferenceView[];
  readonly facts: readonly { readonly name: Words; readonly value: string }[];
  /** Event objects about it, newest last. */
  readonly events: readonly {
    readonly at: Micros;
    readonly type: string;
    readonly reason: string;
    readonly message: string;
    readonly count: number;
  }[];
  readonly grid?: GridView;
  readonly object: Json;
}

export interface TableSection {
  readonly id: "pods" | "replicaSets" | "deployments" | "services" | "nodes";
  readonly columns: readonly Words[];
  readonly rows: readonly { readonly uid: string; readonly cells: readonly (string | Words)[] }[];
}

/** The picture as text. */
export interface TableView {
  readonly summary: readonly Words[];
  readonly sections: readonly TableSection[];
}
