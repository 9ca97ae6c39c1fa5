/** Scores of the nodes that passed, and the choice among them. */
import type { Pod } from "../apis/objects";
import type { Plugin, ScoreRun, Snapshot } from "./framework";
import type { NodeInfo } from "./node-info";
import { rememberedScores } from "./verdicts";

export interface PluginScores {
  readonly plugin: string;
  readonly weight: number;
  /** Normalized to 0…100, in the order of the nodes; times weight gives what counts. */
  readonly scores: Float64Array;
}

/**
 * @rule kube.scheduler.prioritize
 * @source kubernetes@1.35 pkg/scheduler/schedule_one.go prioritizeNodes
 */
export function scoreNodes(pod: Pod, snapshot: Snapshot, nodes: readonly NodeInfo[], plugins: readonly Plugin[]): PluginScores[] {
  const runs: Prepared[] = [];
  const local: Prepared[] = [];
  let key = "";
  for (const plugin of plugins) {
    const run = plugin.weight > 0 ? plugin.preScore?.(pod, snapshot, nodes) : undefined;
    if (run === undefined || "code" in run) continue;
    const prepared: Prepared = { plugin: plugin.name, weight: plugin.weight, run, scores: new Float64Array(nodes.length) };
    runs.push(prepared);
    if (run.local === undefined) continue;
    local.push(prepared);
    key = `${key}${plugin.name} ${run.local}\n`;
  }
  const make = (info: NodeInfo): readonly number[] => local.map(({ run }) => run.score(info));
  for (let i = 0; i < nodes.length; i++) {
    const known = rememberedScores(nodes[i] as NodeInfo, key, make);
    for (let j = 0; j < local.length; j++) (local[j] as Prepared).scores[i] = known[j] as number;
  }
  for (const prepared of runs) finish(prepared, nodes);
  return runs;
}

interface Prepared extends PluginScores {
  readonly run: ScoreRun;
}

function finish({ run, scores }: Prepared, nodes: readonly NodeInfo[]): void {
  if (run.local === undefined) for (let i = 0; i < nodes.length; i++) scores[i] = run.score(nodes[i] as NodeInfo);
  if (run.finish !== undefined) for (let i = 0; i < nodes.length; i++) scores[i] = run.finish(scores[i] as number, nodes[i] as NodeInfo);
  run.normalize?.(scores, nodes);
}

export function totals(nodeCount: number, scores: readonly PluginScores[]): Float64Array {
  const sums = new Float64Array(nodeCount);
  for (const own of scores) for (let i = 0; i < nodeCount; i++) sums[i] = (sums[i] as number) + (own.scores[i] as number) * own.weight;
  return sums;
}

/**
 * The best node; chance decides among equals.
 * @rule kube.scheduler.select-host
 * @source kubernetes@1.35 pkg/scheduler/schedule_one.go selectHost
 */
export function selectHost(nodes: readonly NodeInfo[], sums: Float64Array, random: () => number): NodeInfo | undefined {
  let best = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < sums.length; i++) if ((sums[i] as number) > best) best = sums[i] as number;
  const equals: NodeInfo[] = [];
  for (let i = 0; i < nodes.length; i++) if (sums[i] === best) equals.push(nodes[i] as NodeInfo);
  return equals.length <= 1 ? equals[0] : equals[Math.floor(random() * equals.length)];
}
