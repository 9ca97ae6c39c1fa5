/**
 * One attempt to place a Pod, as a pure function of a snapshot: prepare the filters, find enough nodes that pass, score them, pick one.
 *
 * Not modelled: sixteen nodes checked at once (nodes are checked in order), extenders, batches of equal Pods; a score plugin's error
 * does not end the attempt (the API server refuses the Pods that would cause one).
 */
import type { Pod } from "../apis/objects";
import { type CycleOptions, filterNode, prepare } from "./filtering";
import type { Diagnosis } from "./fit-error";
import type { Snapshot, Status } from "./framework";
import type { NodeInfo } from "./node-info";
import { DEFAULT_PROFILE } from "./profile";
import { type PluginScores, scoreNodes, selectHost, totals } from "./scoring";

const FEWEST_NODES = 100;

/**
 * How many nodes that fit are enough: all of up to 100, then a share that shrinks with the cluster.
 * @rule kube.scheduler.nodes-to-find
 * @source kubernetes@1.35 pkg/scheduler/schedule_one.go numFeasibleNodesToFind
 */
export function nodesToFind(nodeCount: number, percentage = 0): number {
  if (nodeCount < FEWEST_NODES) return nodeCount;
  const share = percentage > 0 ? percentage : Math.max(50 - Math.trunc(nodeCount / 125), 5);
  return Math.max(Math.trunc((nodeCount * share) / 100), FEWEST_NODES);
}

export interface Found {
  readonly feasible: readonly NodeInfo[];
  readonly diagnosis: Diagnosis;
  /** Plugins that refused some node: what may change to make the Pod schedulable. */
  readonly refusing: ReadonlySet<string>;
  /** How many nodes were looked at; the next attempt starts after them. */
  readonly visited: number;
}

/**
 * @rule kube.scheduler.find-nodes
 * @source kubernetes@1.35 pkg/scheduler/schedule_one.go findNodesThatFitPod, findNodesThatPassFilters
 */
export function findNodes(pod: Pod, snapshot: Snapshot, options: CycleOptions): Found {
  const nodeCount = snapshot.names.length;
  const statuses = new Map<string, Status>();
  const prepared = prepare(pod, snapshot, options.plugins);
  if ("refused" in prepared) {
    const diagnosis: Diagnosis = { nodeCount, statuses, absent: prepared.refused, preFilterMessage: prepared.refused.reasons.join(", ") };
    return { feasible: [], diagnosis, refusing: new Set([prepared.plugin]), visited: 0 };
  }
  const refusing = new Set<string>();
  const feasible: NodeInfo[] = [];
  const promised = pod.status?.nominatedNodeName;
  if (promised !== undefined && promised !== "") {
    const info = snapshot.get(promised);
    if (info !== undefined && filterNode(pod, info, prepared, snapshot, options) === undefined)
      return { feasible: [info], diagnosis: { nodeCount, statuses }, refusing, visited: 0 };
  }
  const names = prepared.nodeNames === undefined ? snapshot.names : snapshot.names.filter((name) => prepared.nodeNames?.has(name));
  const wanted = nodesToFind(names.length, options.percentage);
  const start = prepared.nodeNames === undefined ? (options.start ?? 0) : 0;
  let visited = 0;
  while (visited < names.length && feasible.length < wanted) {
    const info = snapshot.get(names[(start + visited) % names.length] as string);
    visited++;
    if (info === undefined) continue;
    const refusal = filterNode(pod, info, prepared, snapshot, options);
    if (refusal === undefined) feasible.push(info);
    else {
      statuses.set(info.name, refusal.status);
      refusing.add(refusal.plugin);
    }
  }
  if (prepared.absent !== undefined) refusing.add("NodeAffinity");
  const diagnosis: Diagnosis = { nodeCount, statuses };
  return { feasible, diagnosis: prepared.absent === undefined ? diagnosis : { ...diagnosis, absent: prepared.absent }, refusing, visited };
}

export interface CycleResult extends Found {
  readonly node?: string;
  /** Rules that had a say: those that refused a node and those whose scores told nodes apart. */
  readonly rules: readonly string[];
}

const kebab = (name: string): string => name.replace(/(?<!^)([A-Z])/g, "-$1").toLowerCase();
const FILTER_RULES: ReadonlyMap<string, string> = new Map(DEFAULT_PROFILE.map(({ name }) => [name, `kube.scheduler.${kebab(name)}`]));
const SCORE_RULES: ReadonlyMap<string, string> = new Map(DEFAULT_PROFILE.map(({ name }) => [name, `kube.scheduler.${kebab(name)}-score`]));
const filterRule = (plugin: string): string => FILTER_RULES.get(plugin) ?? plugin;
const scoreRule = ({ plugin }: PluginScores): string => SCORE_RULES.get(plugin) ?? plugin;
/** Whether a plugin tells nodes apart; looked at in clusters that a person can look at. */
const tells = ({ scores }: PluginScores): boolean => scores.length < FEWEST_NODES && scores.some((score) => score !== scores[0]);

/**
 * @rule kube.scheduler.schedule-pod
 * @source kubernetes@1.35 pkg/scheduler/schedule_one.go schedulePod
 */
export function schedulePod(pod: Pod, snapshot: Snapshot, options: CycleOptions): CycleResult {
  const found = findNodes(pod, snapshot, options);
  const refused = [...found.refusing].map(filterRule);
  const [only] = found.feasible;
  if (only === undefined) return { ...found, rules: refused };
  if (found.feasible.length === 1) return { ...found, node: only.name, rules: refused };
  const scores = scoreNodes(pod, snapshot, found.feasible, options.plugins);
  const host = selectHost(found.feasible, totals(found.feasible.length, scores), options.random ?? (() => 0));
  return { ...found, node: (host ?? only).name, rules: [...refused, ...scores.filter(tells).map(scoreRule)] };
}
