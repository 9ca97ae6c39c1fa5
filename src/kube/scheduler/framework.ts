/**
 * What the scheduler's plugins are made of: a status, a view of the nodes at one moment, and the two things a plugin may do with a Pod:
 * filter nodes and score nodes. A plugin is asked once per Pod (preFilter, preScore) and then once per node.
 *
 * Not modelled: Permit, Reserve, extenders, plugins that wait.
 */
import type { Pod, StringMap } from "../apis/objects";
import type { Selector } from "../apis/label-selector";
import type { NodeInfo } from "./node-info";

export type StatusCode = "Error" | "Unschedulable" | "UnschedulableAndUnresolvable" | "Skip";

/** Why not; success is undefined. Reasons are upstream's words. */
export interface Status {
  readonly code: StatusCode;
  readonly reasons: readonly string[];
}

export const failed = (...reasons: string[]): Status => ({ code: "Error", reasons });
export const unschedulable = (...reasons: string[]): Status => ({ code: "Unschedulable", reasons });
export const unresolvable = (...reasons: string[]): Status => ({ code: "UnschedulableAndUnresolvable", reasons });
/** This plugin has nothing to do for this Pod. */
export const SKIP: Status = Object.freeze({ code: "Skip", reasons: Object.freeze([]) as readonly string[] });

/** All nodes as one scheduling cycle sees them. */
export interface Snapshot {
  /** Node names in the order in which they are visited. */
  readonly names: readonly string[];
  get(name: string): NodeInfo | undefined;
  /** Every node, in the order of `names`. */
  all(): readonly NodeInfo[];
  /** Nodes with Pods that have (anti-)affinity terms, and with required anti-affinity terms. */
  withAffinity(): readonly NodeInfo[];
  withRequiredAntiAffinity(): readonly NodeInfo[];
  namespaceLabels(namespace: string): StringMap;
  namespacesMatching(selector: Selector): readonly string[];
  /** On how many nodes an image (normalized name) is present. */
  nodesWithImage(image: string): number;
  /** What selects the Pod's siblings (its Services and its owner); undefined when nothing does. */
  defaultSelector(pod: Pod): Selector | undefined;
}

/** A filter prepared for one Pod. */
export interface FilterRun {
  /** When the answer depends only on the node's NodeInfo: what else it depends on, as text. */
  readonly local: string | undefined;
  /** Undefined when the node passes. */
  readonly filter: (info: NodeInfo) => Status | undefined;
  /** When given, only these nodes can pass. */
  readonly nodeNames: ReadonlySet<string> | undefined;
}

/** All filters are built here, so that they are of one shape to the engine, which asks them most. */
export const filterRun = (local: string | undefined, filter: FilterRun["filter"], nodeNames?: ReadonlySet<string>): FilterRun => ({
  local,
  filter,
  nodeNames,
});

/** Numbers in the order of the nodes. */
export type Scores = number[] | Float64Array;

/** A score prepared for one Pod and the nodes that passed. */
export interface ScoreRun {
  /** When the raw score depends only on the node's NodeInfo: what else it depends on, as text. */
  readonly local: string | undefined;
  readonly score: (info: NodeInfo) => number;
  /** Brings the scores into 0…100, in place. `nodes` and `scores` have the same order. */
  readonly normalize: ((scores: Scores, nodes: readonly NodeInfo[]) => void) | undefined;
  /** Makes the raw score of what `score` says, with what depends on more than the node. */
  readonly finish: ((score: number, info: NodeInfo) => number) | undefined;
}

/** All scores are built here, for the same reason. */
export const scoreRun = (
  local: string | undefined,
  score: ScoreRun["score"],
  normalize?: ScoreRun["normalize"],
  finish?: ScoreRun["finish"],
): ScoreRun => ({ local, score, normalize, finish });

export interface Plugin {
  readonly name: string;
  /** What its normalized score counts for; 0 for plugins that only filter. */
  readonly weight: number;
  /** Skip, a status that ends the attempt, or a filter. */
  preFilter?(pod: Pod, snapshot: Snapshot): Status | FilterRun;
  /** Undefined when there is nothing to score; an Error for a Pod the API server should have refused. */
  preScore?(pod: Pod, snapshot: Snapshot, nodes: readonly NodeInfo[]): ScoreRun | Status | undefined;
}

export const MAX_NODE_SCORE = 100;

/**
 * Scales scores so that the largest becomes 100; reverse turns them round.
 * @rule kube.scheduler.default-normalize
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/helper/normalize_score.go DefaultNormalizeScore
 */
export function defaultNormalize(scores: Scores, reverse: boolean): void {
  let highest = 0;
  for (let i = 0; i < scores.length; i++) if ((scores[i] as number) > highest) highest = scores[i] as number;
  if (highest === 0) {
    if (reverse) scores.fill(MAX_NODE_SCORE);
    return;
  }
  for (let i = 0; i < scores.length; i++) {
    const scaled = Math.trunc((MAX_NODE_SCORE * (scores[i] as number)) / highest);
    scores[i] = reverse ? MAX_NODE_SCORE - scaled : scaled;
  }
}
