/**
 * One attempt to place a Pod, as a pure function of a snapshot: prepare the filters, find enough nodes that pass, score them, pick one.
 *
 * Not modelled: sixteen nodes checked at once (nodes are checked in order), extenders, batches of equal Pods; a score plugin's error
 * does not end the attempt (the API server refuses the Pods that would cause one).
 */
import type { Pod } from "../apis/objects";
import type { Diagnosis } from "./fit-error";
import type { FilterRun, Plugin, Snapshot, Status } from "./framework";
import { unresolvable } from "./framework";
import { addPod, type NodeInfo } from "./node-info";
import { samePod } from "./pod-info";
import { snapshotWith } from "./snapshot";

/** A Pod that waits for room on a node it was promised. */
export interface Nominated {
  readonly pod: Pod;
  readonly node: string;
}

export interface CycleOptions {
  readonly plugins: readonly Plugin[];
  /** Where to begin among the snapshot's nodes. */
  readonly start?: number;
  readonly percentage?: number;
  readonly nominated?: readonly Nominated[];
  /** A number in [0, 1) to choose among equals; asked at most once. */
  readonly random?: () => number;
}

interface NamedFilter extends FilterRun {
  readonly plugin: string;
}

export type Prepared =
  | { readonly filters: readonly NamedFilter[]; readonly nodeNames?: ReadonlySet<string>; readonly absent?: Status }
  | { readonly refused: Status; readonly plugin: string };

/**
 * @rule kube.scheduler.pre-filter
 * @source kubernetes@1.35 pkg/scheduler/framework/runtime/framework.go RunPreFilterPlugins
 */
export function prepare(pod: Pod, snapshot: Snapshot, plugins: readonly Plugin[]): Prepared {
  const filters: NamedFilter[] = [];
  const naming: string[] = [];
  let names: ReadonlySet<string> | undefined;
  for (const plugin of plugins) {
    const run = plugin.preFilter?.(pod, snapshot);
    if (run === undefined) continue;
    if (!("filter" in run)) {
      if (run.code === "Skip") continue;
      return { refused: run, plugin: plugin.name };
    }
    filters.push({ plugin: plugin.name, filter: run.filter });
    const own = run.nodeNames;
    if (own === undefined) continue;
    naming.push(plugin.name);
    names = names === undefined ? own : new Set([...names].filter((name) => own.has(name)));
    if (names.size === 0) {
      const many = naming.length > 1 ? "plugin(s) [" + naming.join(" ") + "] simultaneously" : `plugin ${plugin.name}`;
      return { refused: unresolvable(`node(s) didn't satisfy ${many}`), plugin: plugin.name };
    }
  }
  return names === undefined
    ? { filters }
    : { filters, nodeNames: names, absent: unresolvable(`node(s) didn't satisfy plugin(s) [${naming.join(" ")}]`) };
}

/** The first refusal. */
function runFilters(filters: readonly NamedFilter[], info: NodeInfo): { status: Status; plugin: string } | undefined {
  for (const run of filters) {
    const status = run.filter(info);
    if (status !== undefined) return { status, plugin: run.plugin };
  }
  return undefined;
}

/**
 * Filters a node twice when Pods of the same or a higher priority are promised to it: with them there, and without.
 * @rule kube.scheduler.filter-with-nominated
 * @source kubernetes@1.35 pkg/scheduler/framework/runtime/framework.go RunFilterPluginsWithNominatedPods
 */
export function filterNode(
  pod: Pod,
  info: NodeInfo,
  filters: readonly NamedFilter[],
  snapshot: Snapshot,
  options: CycleOptions,
): { status: Status; plugin: string } | undefined {
  const promised = (options.nominated ?? []).filter(
    ({ pod: other, node }) => node === info.name && !samePod(other, pod) && (other.spec.priority ?? 0) >= (pod.spec.priority ?? 0),
  );
  if (promised.length > 0) {
    const fuller = promised.reduce((sum, { pod: other }) => addPod(sum, other), info);
    const prepared = prepare(pod, snapshotWith(snapshot, fuller), options.plugins);
    if ("refused" in prepared) return { status: prepared.refused, plugin: prepared.plugin };
    const refusal = runFilters(prepared.filters, fuller);
    if (refusal !== undefined) return refusal;
  }
  return runFilters(filters, info);
}

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
    if (info !== undefined && filterNode(pod, info, prepared.filters, snapshot, options) === undefined)
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
    const refusal = filterNode(pod, info, prepared.filters, snapshot, options);
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

export interface PluginScores {
  readonly plugin: string;
  readonly weight: number;
  /** Normalized to 0…100, in the order of the nodes; times weight gives what counts. */
  readonly scores: readonly number[];
}

/**
 * @rule kube.scheduler.prioritize
 * @source kubernetes@1.35 pkg/scheduler/schedule_one.go prioritizeNodes
 */
export function scoreNodes(pod: Pod, snapshot: Snapshot, nodes: readonly NodeInfo[], plugins: readonly Plugin[]): PluginScores[] {
  const all: PluginScores[] = [];
  for (const plugin of plugins) {
    const run = plugin.weight > 0 ? plugin.preScore?.(pod, snapshot, nodes) : undefined;
    if (run === undefined || "code" in run) continue;
    const scores = nodes.map((info) => run.score(info));
    run.normalize?.(scores, nodes);
    all.push({ plugin: plugin.name, weight: plugin.weight, scores });
  }
  return all;
}

export function totals(nodeCount: number, scores: readonly PluginScores[]): number[] {
  const sums = Array.from({ length: nodeCount }, () => 0);
  for (const { weight, scores: own } of scores) for (const [i, score] of own.entries()) sums[i] = (sums[i] ?? 0) + score * weight;
  return sums;
}

/**
 * The best node; chance decides among equals.
 * @rule kube.scheduler.select-host
 * @source kubernetes@1.35 pkg/scheduler/schedule_one.go selectHost
 */
export function selectHost(nodes: readonly NodeInfo[], sums: readonly number[], random: () => number): NodeInfo | undefined {
  let best = Number.NEGATIVE_INFINITY;
  for (const sum of sums) if (sum > best) best = sum;
  const equals = nodes.filter((_, i) => sums[i] === best);
  return equals.length <= 1 ? equals[0] : equals[Math.floor(random() * equals.length)];
}

export interface CycleResult extends Found {
  readonly node?: string;
  /** Rules that had a say: those that refused a node and those whose scores told nodes apart. */
  readonly rules: readonly string[];
}

const kebab = (name: string): string => name.replace(/(?<!^)([A-Z])/g, "-$1").toLowerCase();
const filterRule = (plugin: string): string => `kube.scheduler.${kebab(plugin)}`;
const scoreRule = ({ plugin }: PluginScores): string => `kube.scheduler.${kebab(plugin)}-score`;
const tells = ({ scores }: PluginScores): boolean => scores.some((score) => score !== scores[0]);

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
