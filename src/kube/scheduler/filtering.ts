/** Filters prepared for one Pod, and what they say of one node. */
import type { Pod } from "../apis/objects";
import { type FilterRun, type Plugin, type Snapshot, type Status, unresolvable } from "./framework";
import { addPod, type NodeInfo } from "./node-info";
import { samePod } from "./pod-info";
import { snapshotWith } from "./snapshot";
import { type Refusal, rememberedRefusal } from "./verdicts";

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

/** The filters that look only at the node, which come first, and the others. */
export interface Filters {
  readonly local: readonly NamedFilter[];
  /** What the local ones depend on beside the node. */
  readonly key: string;
  readonly others: readonly NamedFilter[];
  readonly nodeNames?: ReadonlySet<string>;
  /** What is said of nodes that are not among `nodeNames`. */
  readonly absent?: Status;
}
export type Prepared = Filters | { readonly refused: Status; readonly plugin: string };

function split(filters: readonly NamedFilter[]): Filters {
  const end = filters.findIndex((run) => run.local === undefined);
  const local = end < 0 ? filters : filters.slice(0, end);
  return { local, key: local.map((run) => `${run.plugin} ${run.local}`).join("\n"), others: end < 0 ? [] : filters.slice(end) };
}

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
    filters.push({ plugin: plugin.name, local: run.local, filter: run.filter, nodeNames: run.nodeNames });
    const own = run.nodeNames;
    if (own === undefined) continue;
    naming.push(plugin.name);
    names = names === undefined ? own : new Set([...names].filter((name) => own.has(name)));
    if (names.size === 0) {
      const many = naming.length > 1 ? `plugin(s) [${naming.join(" ")}] simultaneously` : `plugin ${plugin.name}`;
      return { refused: unresolvable(`node(s) didn't satisfy ${many}`), plugin: plugin.name };
    }
  }
  const prepared = split(filters);
  if (names === undefined) return prepared;
  return { ...prepared, nodeNames: names, absent: unresolvable(`node(s) didn't satisfy plugin(s) [${naming.join(" ")}]`) };
}

/** The first refusal. */
function firstRefusal(filters: readonly NamedFilter[], info: NodeInfo): Refusal | undefined {
  for (const run of filters) {
    const status = run.filter(info);
    if (status !== undefined) return { status, plugin: run.plugin };
  }
  return undefined;
}

const runFilters = (filters: Filters, info: NodeInfo): Refusal | undefined =>
  rememberedRefusal(info, filters.key, (node) => firstRefusal(filters.local, node)) ?? firstRefusal(filters.others, info);

/** With the Pods of the same or a higher priority there that are promised to the node; undefined when there are none or the Pod fits. */
function refusalWithPromised(pod: Pod, info: NodeInfo, snapshot: Snapshot, options: CycleOptions): Refusal | undefined {
  const promised = (options.nominated ?? []).filter(
    ({ pod: other, node }) => node === info.name && !samePod(other, pod) && (other.spec.priority ?? 0) >= (pod.spec.priority ?? 0),
  );
  if (promised.length === 0) return undefined;
  const fuller = promised.reduce((sum, { pod: other }) => addPod(sum, other), info);
  const prepared = prepare(pod, snapshotWith(snapshot, fuller), options.plugins);
  if ("refused" in prepared) return { status: prepared.refused, plugin: prepared.plugin };
  return firstRefusal([...prepared.local, ...prepared.others], fuller);
}

/**
 * Filters a node twice when Pods are promised to it: with them there, and without.
 * @rule kube.scheduler.filter-with-nominated
 * @source kubernetes@1.35 pkg/scheduler/framework/runtime/framework.go RunFilterPluginsWithNominatedPods
 */
export function filterNode(pod: Pod, info: NodeInfo, filters: Filters, snapshot: Snapshot, options: CycleOptions): Refusal | undefined {
  if (options.nominated !== undefined && options.nominated.length > 0) {
    const refusal = refusalWithPromised(pod, info, snapshot, options);
    if (refusal !== undefined) return refusal;
  }
  return runFilters(filters, info);
}
