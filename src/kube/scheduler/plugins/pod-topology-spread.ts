/** PodTopologySpread: the difference between the fullest and the emptiest domain must not (or should not) exceed maxSkew. */
import type { Pod } from "../../apis/objects";
import { selectorMatches } from "../../apis/label-selector";
import {
  filterRun,
  type FilterRun,
  MAX_NODE_SCORE,
  type Plugin,
  scoreRun,
  type ScoreRun,
  type Scores,
  SKIP,
  type Snapshot,
  type Status,
  unresolvable,
  unschedulable,
} from "../framework";
import type { NodeInfo } from "../node-info";
import { podNamespace } from "../pod-info";
import { domainCounts } from "./domain-counts";
import { naturalLog } from "./natural-log";
import {
  constraintsOf,
  hasAllKeys,
  hasOwnConstraints,
  HOSTNAME,
  matchingPods,
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
  return constraints.map((constraint) => {
    const counts = domainCounts(pod, constraint, constraints, snapshot);
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
  return filterRun(undefined, ({ node }) => {
    for (const { constraint, counts, lowest, self } of domains) {
      const value = node?.metadata.labels?.[constraint.topologyKey];
      if (value === undefined) return NO_LABEL;
      if ((counts.get(value) ?? 0) + self - lowest > constraint.maxSkew) return SKEWED;
    }
    return undefined;
  });
}

interface Scored {
  readonly constraint: SpreadConstraint;
  /** Domain → matching Pods; for the hostname they are counted node by node. */
  readonly counts: ReadonlyMap<string, number> | undefined;
  readonly weight: number;
}

/** A topology of many domains weighs more; nodes without the label are one domain more, which no node is scored by. */
function scoredBy(
  pod: Pod,
  snapshot: Snapshot,
  nodes: readonly NodeInfo[],
  ignored: ReadonlySet<NodeInfo>,
  keys: readonly SpreadConstraint[],
  constraint: SpreadConstraint,
): Scored {
  const { topologyKey } = constraint;
  if (topologyKey === HOSTNAME) return { constraint, counts: undefined, weight: naturalLog(nodes.length - ignored.size + 2) };
  const values = new Set<string | undefined>();
  // Neighbours are of different zones: a value seen a moment ago need not be looked up.
  const recent: (string | undefined)[] = [];
  for (const info of nodes) {
    if (ignored.size > 0 && ignored.has(info)) continue;
    const value = info.node?.metadata.labels?.[topologyKey];
    if (recent.includes(value)) continue;
    values.add(value);
    if (recent.length < 8) recent.push(value);
  }
  const labelled = values.size > (values.has(undefined) ? 1 : 0);
  return { constraint, counts: labelled ? domainCounts(pod, constraint, keys, snapshot) : new Map(), weight: naturalLog(values.size + 2) };
}

/**
 * Fewer matching Pods in a node's domains is better.
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
  const scored = constraints.map((constraint) => scoredBy(pod, snapshot, nodes, ignored, needsAll ? constraints : [], constraint));
  const [first, ...more] = constraints.filter(({ topologyKey }) => topologyKey === HOSTNAME);
  const alone = more.length === 0;
  const finish = (own: number, info: NodeInfo): number => {
    if (ignored.size > 0 && ignored.has(info)) return 0;
    const labels = info.node?.metadata.labels;
    let score = 0;
    for (const { constraint, counts, weight } of scored) {
      const value = labels?.[constraint.topologyKey];
      if (value === undefined) continue;
      const count = counts === undefined ? (alone ? own : matchingPods(info, constraint, namespace)) : (counts.get(value) ?? 0);
      score += count * weight + (constraint.maxSkew - 1);
    }
    return Math.round(score);
  };
  // With one constraint on the hostname its count is a matter of the node alone.
  return scoreRun(
    alone ? `${namespace} ${first?.selectorText}` : undefined,
    (info) => (alone && first !== undefined ? matchingPods(info, first, namespace) : 0),
    (scores, infos) => normalize(scores, infos, ignored),
    finish,
  );
}

/** @source kubernetes@1.35 pkg/scheduler/framework/plugins/podtopologyspread/scoring.go PodTopologySpread.NormalizeScore */
function normalize(scores: Scores, infos: readonly NodeInfo[], ignored: ReadonlySet<NodeInfo>): void {
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
