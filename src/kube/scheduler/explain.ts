/**
 * Why here and not there: every plugin's answer for every node, worked out when somebody asks, by the functions the scheduler itself
 * uses. Unlike the scheduler it does not stop at the first refusal, and looks at all nodes.
 *
 * Interface: explainScheduling (pure), explainPod (from the scheduler's tables and view at a moment).
 */
import type { Tx } from "../../sim/types";
import type { Pod } from "../apis/objects";
import { cacheOfActor } from "../client/cache";
import { cachedSnapshot } from "./cache";
import { prepare } from "./filtering";
import type { Plugin, Snapshot } from "./framework";
import { type NodeInfo, removePod } from "./node-info";
import { samePod } from "./pod-info";
import { DEFAULT_PROFILE } from "./profile";
import { nodesToFind } from "./scheduling-cycle";
import { scoreNodes, totals } from "./scoring";
import { snapshotWith } from "./snapshot";

export interface GridCell {
  readonly node: string;
  readonly plugin: string;
  readonly result: "pass" | "fail" | "score";
  /** Why it fails, in the scheduler's words. */
  readonly reason?: string;
  /** Normalized score of 0…100 times the plugin's weight. */
  readonly score?: number;
}

export interface GridNode {
  readonly node: string;
  /** No plugin refuses it. */
  readonly feasible: boolean;
  /** Sum of the weighted scores; only of feasible nodes, and only when there are several. */
  readonly total?: number;
}

export interface SchedulingGrid {
  /** Plugins that have something to say about this Pod, in the order in which they are asked; first those that filter. */
  readonly filters: readonly string[];
  readonly scores: readonly { readonly plugin: string; readonly weight: number }[];
  readonly nodes: readonly GridNode[];
  readonly cells: readonly GridCell[];
  /** Nodes with the highest total; chance decides among them. */
  readonly best: readonly string[];
  /** The Pod is refused before any node is looked at. */
  readonly refused?: { readonly plugin: string; readonly reason: string };
  /** In large clusters the scheduler stops when it has found this many nodes. */
  readonly enough: number;
}

function filterCells(
  pod: Pod,
  snapshot: Snapshot,
  plugins: readonly Plugin[],
): { filters: string[]; cells: GridCell[]; refused?: { plugin: string; reason: string } } {
  const filters: string[] = [];
  const cells: GridCell[] = [];
  for (const plugin of plugins) {
    const prepared = prepare(pod, snapshot, [plugin]);
    if ("refused" in prepared) return { filters, cells, refused: { plugin: prepared.plugin, reason: prepared.refused.reasons.join(", ") } };
    const runs = [...prepared.local, ...prepared.others];
    if (runs.length === 0) continue;
    filters.push(plugin.name);
    for (const info of snapshot.all()) {
      const absent = prepared.nodeNames !== undefined && !prepared.nodeNames.has(info.name) ? prepared.absent : undefined;
      const status = absent ?? runs[0]?.filter(info);
      const cell = { node: info.name, plugin: plugin.name };
      cells.push(status === undefined ? { ...cell, result: "pass" } : { ...cell, result: "fail", reason: status.reasons.join(", ") });
    }
  }
  return { filters, cells };
}

/**
 * The grid of nodes and plugins for a Pod.
 * @rule kube.scheduler.explain
 * @source kubernetes@1.35 pkg/scheduler/schedule_one.go schedulePod
 */
export function explainScheduling(pod: Pod, snapshot: Snapshot, plugins: readonly Plugin[] = DEFAULT_PROFILE): SchedulingGrid {
  const { filters, cells, refused } = filterCells(pod, snapshot, plugins);
  const enough = nodesToFind(snapshot.names.length);
  const failing = new Set(cells.filter(({ result }) => result === "fail").map(({ node }) => node));
  const feasible: NodeInfo[] = refused === undefined ? snapshot.all().filter(({ name }) => !failing.has(name)) : [];
  const scores = feasible.length > 0 ? scoreNodes(pod, snapshot, feasible, plugins) : [];
  const sums = totals(feasible.length, scores);
  const total = new Map(feasible.map(({ name }, i) => [name, sums[i] as number]));
  const highest = sums.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const scoreCells = scores.flatMap(({ plugin, weight, scores: own }) =>
    feasible.map(({ name }, i): GridCell => ({ node: name, plugin, result: "score", score: (own[i] as number) * weight })),
  );
  const nodes = snapshot.names.map((node): GridNode => {
    const sum = total.get(node);
    return sum === undefined ? { node, feasible: false } : { node, feasible: true, total: sum };
  });
  const grid = {
    filters,
    scores: scores.map(({ plugin, weight }) => ({ plugin, weight })),
    nodes,
    cells: [...cells, ...scoreCells],
    best: feasible.filter(({ name }) => total.get(name) === highest).map(({ name }) => name),
    enough,
  };
  return refused === undefined ? grid : { ...grid, refused };
}

/**
 * The grid for a Pod as the scheduler would see it now, as if the Pod had no node yet. Stand just before the Pod was placed to see why it
 * went where it is.
 */
export function explainPod(tx: Pick<Tx, "read">, pod: Pod): SchedulingGrid {
  const snapshot = cachedSnapshot(tx, cacheOfActor(tx, "scheduler/main"));
  const { nodeName: _placed, ...spec } = pod.spec;
  const waiting: Pod = { ...pod, spec };
  const holder = snapshot.all().find((info) => info.pods.some((other) => samePod(other, pod)));
  return explainScheduling(waiting, holder === undefined ? snapshot : snapshotWith(snapshot, removePod(holder, pod)));
}
