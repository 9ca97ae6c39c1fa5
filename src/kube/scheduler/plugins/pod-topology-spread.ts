/** PodTopologySpread: the difference between the fullest and the emptiest domain must not (or should not) exceed maxSkew. */
import type { Pod } from "../../apis/objects";
import { selectorMatches } from "../../apis/label-selector";
import {
  type FilterRun,
  MAX_NODE_SCORE,
  type Plugin,
  type ScoreRun,
  SKIP,
  type Snapshot,
  type Status,
  unresolvable,
  unschedulable,
} from "../framework";
import type { NodeInfo } from "../node-info";
import { podNamespace } from "../pod-info";
import { naturalLog } from "./natural-log";
import {
  constraintsOf,
  hasAllKeys,
  hasOwnConstraints,
  HOSTNAME,
  matchingPods,
  nodeCounts,
  type SpreadArgs,
  type SpreadConstraint,
  SYSTEM_DEFAULTS,
} from "./topology-constraints";

const SKEWED = unschedulable("node(s) didn't match pod topology spread constraints");
const NO_LABEL = unresolvable("node(s) didn't match pod topology spread constraints (missing required label)");

interface Domains {
  readonly constraint: SpreadConstraint;
  readonly counts: ReadonlyMap<string, number>;
  /** What a domain's count is compared with: the emptiest domain, or 0 with too few domains. */
  readonly lowest: number;
  readonly self: number;
}

function domainsOf(pod: Pod, snapshot: Snapshot, constraints: readonly SpreadConstraint[]): Domains[] {
  const all = snapshot.all().filter((info) => info.node !== undefined && hasAllKeys(info.node, constraints));
  const namespace = podNamespace(pod);
  return constraints.map((constraint) => {
    const counts = new Map<string, number>();
    for (const info of all) {
      const { node } = info;
      if (node === undefined || !nodeCounts(constraint, pod, node)) continue;
      const value = node.metadata.labels?.[constraint.topologyKey] ?? "";
      counts.set(value, (counts.get(value) ?? 0) + matchingPods(info, constraint, namespace));
    }
    let lowest = counts.size === 0 ? 2 ** 31 - 1 : Number.POSITIVE_INFINITY;
    for (const count of counts.values()) lowest = Math.min(lowest, count);
    if (counts.size < constraint.minDomains) lowest = 0;
    return { constraint, counts, lowest, self: selectorMatches(constraint.selector, pod.metadata.labels) ? 1 : 0 };
  });
}

/**
 * @rule kube.scheduler.pod-topology-spread
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/podtopologyspread/filtering.go PodTopologySpread.Filter
 */
function preFilter(pod: Pod, snapshot: Snapshot, args: SpreadArgs): Status | FilterRun {
  const constraints = constraintsOf(pod, "DoNotSchedule", snapshot, args);
  if (constraints.length === 0) return SKIP;
  const domains = domainsOf(pod, snapshot, constraints);
  return {
    filter({ node }) {
      for (const { constraint, counts, lowest, self } of domains) {
        const value = node?.metadata.labels?.[constraint.topologyKey];
        if (value === undefined) return NO_LABEL;
        if ((counts.get(value) ?? 0) + self - lowest > constraint.maxSkew) return SKEWED;
      }
      return undefined;
    },
  };
}

interface Scored {
  readonly constraint: SpreadConstraint;
  /** Domain → matching Pods; for the hostname they are counted node by node. */
  readonly counts: Map<string, number>;
  readonly weight: number;
}

/**
 * Fewer matching Pods in a node's domains is better; a topology of many domains weighs more.
 * @rule kube.scheduler.pod-topology-spread-score
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/podtopologyspread/scoring.go PodTopologySpread.PreScore, Score
 */
function preScore(pod: Pod, snapshot: Snapshot, nodes: readonly NodeInfo[], args: SpreadArgs): ScoreRun | undefined {
  const constraints = constraintsOf(pod, "ScheduleAnyway", snapshot, args);
  if (constraints.length === 0) return undefined;
  const needsAll = hasOwnConstraints(pod) || !args.systemDefaulted;
  const ignored = new Set<NodeInfo>();
  if (needsAll) for (const info of nodes) if (info.node === undefined || !hasAllKeys(info.node, constraints)) ignored.add(info);
  const namespace = podNamespace(pod);
  let local = ignored.size === 0;
  const scored = constraints.map((constraint): Scored => {
    const counts = new Map<string, number>();
    if (constraint.topologyKey === HOSTNAME) return { constraint, counts, weight: naturalLog(nodes.length - ignored.size + 2) };
    let labelled = false;
    for (const info of nodes) {
      if (ignored.has(info)) continue;
      const value = info.node?.metadata.labels?.[constraint.topologyKey];
      if (value === undefined) continue;
      counts.set(value, 0);
      labelled = true;
    }
    // A node without the label is in a domain of its own, which no node is scored by.
    if (
      counts.size < nodes.length - ignored.size &&
      nodes.some((info) => !ignored.has(info) && info.node?.metadata.labels?.[constraint.topologyKey] === undefined)
    )
      counts.set("", 0);
    if (labelled) local = false;
    if (labelled) countDomains(counts, constraint, constraints, pod, snapshot, needsAll);
    return { constraint, counts, weight: naturalLog(counts.size + 2) };
  });
  const key = scored.map(
    ({ constraint, weight }) => `${namespace} ${constraint.topologyKey} ${constraint.selectorText} ${constraint.maxSkew} ${weight}`,
  );
  return {
    ...(local ? { local: key.join(",") } : {}),
    score(info) {
      if (ignored.size > 0 && ignored.has(info)) return 0;
      let score = 0;
      for (const { constraint, counts, weight } of scored) {
        const value = info.node?.metadata.labels?.[constraint.topologyKey];
        if (value === undefined) continue;
        const count = constraint.topologyKey === HOSTNAME ? matchingPods(info, constraint, namespace) : (counts.get(value) ?? 0);
        score += count * weight + (constraint.maxSkew - 1);
      }
      return Math.round(score);
    },
    normalize: (scores, infos) => normalize(scores, infos, ignored),
  };
}

function countDomains(
  counts: Map<string, number>,
  constraint: SpreadConstraint,
  constraints: readonly SpreadConstraint[],
  pod: Pod,
  snapshot: Snapshot,
  needsAll: boolean,
): void {
  const namespace = podNamespace(pod);
  for (const info of snapshot.all()) {
    const { node } = info;
    if (node === undefined || (needsAll && !hasAllKeys(node, constraints)) || !nodeCounts(constraint, pod, node)) continue;
    const value = node.metadata.labels?.[constraint.topologyKey] ?? "";
    const count = counts.get(value);
    if (count !== undefined) counts.set(value, count + matchingPods(info, constraint, namespace));
  }
}

/** @source kubernetes@1.35 pkg/scheduler/framework/plugins/podtopologyspread/scoring.go PodTopologySpread.NormalizeScore */
function normalize(scores: number[], infos: readonly NodeInfo[], ignored: ReadonlySet<NodeInfo>): void {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = 0;
  const counts = (i: number): boolean => ignored.size === 0 || !ignored.has(infos[i] as NodeInfo);
  for (let i = 0; i < scores.length; i++) {
    if (!counts(i)) continue;
    lowest = Math.min(lowest, scores[i] as number);
    highest = Math.max(highest, scores[i] as number);
  }
  for (let i = 0; i < scores.length; i++) {
    if (!counts(i)) scores[i] = 0;
    else scores[i] = highest === 0 ? MAX_NODE_SCORE : Math.trunc((MAX_NODE_SCORE * (highest + lowest - (scores[i] as number))) / highest);
  }
}

export const podTopologySpread = (args: SpreadArgs = SYSTEM_DEFAULTS): Plugin => ({
  name: "PodTopologySpread",
  weight: 2,
  preFilter: (pod, snapshot) => preFilter(pod, snapshot, args),
  preScore: (pod, snapshot, nodes) => preScore(pod, snapshot, nodes, args),
});
