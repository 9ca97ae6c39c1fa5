/**
 * InterPodAffinity: near Pods that match, away from Pods that match, and the same seen from the Pods already there (anti-affinity is
 * symmetric). "Near" is the same value of a node label.
 */
import type { Pod, StringMap } from "../../apis/objects";
import {
  failed,
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
import { type AffinityTerm, affinityTerms, termMatches } from "./affinity-term";

/** Label key → label value → number. */
type TopologyCounts = Map<string, Map<string, number>>;

function count(counts: TopologyCounts, term: AffinityTerm, info: NodeInfo, by: number): void {
  const value = info.node?.metadata.labels?.[term.topologyKey];
  if (value === undefined) return;
  let values = counts.get(term.topologyKey);
  if (values === undefined) counts.set(term.topologyKey, (values = new Map()));
  values.set(value, (values.get(value) ?? 0) + by);
}
const countAt = (counts: TopologyCounts, key: string, value: string): number => counts.get(key)?.get(value) ?? 0;

const NOT_NEAR = unresolvable("node(s) didn't match pod affinity rules");
const TOO_NEAR = unschedulable("node(s) didn't match pod anti-affinity rules");
const UNWELCOME = unschedulable("node(s) didn't satisfy existing pods anti-affinity rules");

/** Terms whose namespace selector is already applied: a Pod's own terms, before they meet Pods of any namespace. */
function resolved(terms: readonly AffinityTerm[], snapshot: Snapshot): readonly AffinityTerm[] {
  if (terms.every((term) => term.namespaceSelector === null)) return terms;
  return terms.map((term) =>
    term.namespaceSelector === null
      ? term
      : { ...term, namespaces: new Set([...term.namespaces, ...snapshot.namespacesMatching(term.namespaceSelector)]), namespaceSelector: null },
  );
}

const NO_LABELS: StringMap = Object.freeze({});

/**
 * @rule kube.scheduler.inter-pod-affinity
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/interpodaffinity/filtering.go InterPodAffinity.PreFilter, Filter
 */
function preFilter(pod: Pod, snapshot: Snapshot): Status | FilterRun {
  const terms = affinityTerms(pod);
  const guarded = snapshot.withRequiredAntiAffinity();
  if (guarded.length === 0 && terms.requiredAffinity.length === 0 && terms.requiredAntiAffinity.length === 0) return SKIP;
  if (terms.error !== undefined) return unresolvable(`parsing pod: ${terms.error}`);
  const affinity = resolved(terms.requiredAffinity, snapshot);
  const antiAffinity = resolved(terms.requiredAntiAffinity, snapshot);
  const namespaceLabels = snapshot.namespaceLabels(podNamespace(pod));
  const existing: TopologyCounts = new Map();
  for (const info of guarded)
    for (const other of info.withRequiredAntiAffinity)
      for (const term of affinityTerms(other).requiredAntiAffinity) if (termMatches(term, pod, namespaceLabels)) count(existing, term, info, 1);
  const near: TopologyCounts = new Map();
  const away: TopologyCounts = new Map();
  if (affinity.length > 0 || antiAffinity.length > 0)
    for (const info of snapshot.all())
      for (const other of info.pods) {
        if (affinity.length > 0 && affinity.every((term) => termMatches(term, other, NO_LABELS)))
          for (const term of affinity) count(near, term, info, 1);
        for (const term of antiAffinity) if (termMatches(term, other, NO_LABELS)) count(away, term, info, 1);
      }
  if (existing.size === 0 && affinity.length === 0 && antiAffinity.length === 0) return SKIP;
  const isFirst = near.size === 0 && affinity.every((term) => termMatches(term, pod, NO_LABELS));
  return filterRun(undefined, ({ node }) => {
    const labels = node?.metadata.labels ?? NO_LABELS;
    if (!isNear(affinity, near, labels, isFirst)) return NOT_NEAR;
    if (antiAffinity.some(({ topologyKey }) => labels[topologyKey] !== undefined && countAt(away, topologyKey, labels[topologyKey]) > 0))
      return TOO_NEAR;
    for (const [key, values] of existing) {
      const value = labels[key];
      if (value !== undefined && (values.get(value) ?? 0) > 0) return UNWELCOME;
    }
    return undefined;
  });
}

/** The first Pod of a group that only wants to be near itself may go anywhere that has the labels. */
function isNear(terms: readonly AffinityTerm[], near: TopologyCounts, labels: StringMap, isFirst: boolean): boolean {
  let present = true;
  for (const { topologyKey } of terms) {
    const value = labels[topologyKey];
    if (value === undefined) return false;
    if (countAt(near, topologyKey, value) <= 0) present = false;
  }
  return present || isFirst;
}

export interface InterPodAffinityArgs {
  /** What a required affinity term of a Pod already there counts for. */
  readonly hardPodAffinityWeight?: number;
  readonly ignorePreferredTermsOfExistingPods?: boolean;
}

/**
 * @rule kube.scheduler.inter-pod-affinity-score
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/interpodaffinity/scoring.go InterPodAffinity.PreScore, Score
 */
function preScore(pod: Pod, snapshot: Snapshot, args: InterPodAffinityArgs): ScoreRun | Status | undefined {
  const own = affinityTerms(pod);
  const hasOwn = own.preferredAffinity.length > 0 || own.preferredAntiAffinity.length > 0;
  if (args.ignorePreferredTermsOfExistingPods === true && !hasOwn) return undefined;
  const infos = hasOwn ? snapshot.all() : snapshot.withAffinity();
  if (infos.length === 0) return undefined;
  if (own.error !== undefined) return failed(`failed to parse pod: ${own.error}`);
  const affinity = resolved(own.preferredAffinity, snapshot);
  const antiAffinity = resolved(own.preferredAntiAffinity, snapshot);
  const namespaceLabels = snapshot.namespaceLabels(podNamespace(pod));
  const hard = args.hardPodAffinityWeight ?? 1;
  const scores: TopologyCounts = new Map();
  const add = (terms: readonly AffinityTerm[], target: Pod, labels: StringMap, info: NodeInfo, factor: number): void => {
    for (const term of terms) if (termMatches(term, target, labels)) count(scores, term, info, term.weight * factor);
  };
  for (const info of infos) {
    for (const other of hasOwn ? info.pods : info.withAffinity) {
      const theirs = affinityTerms(other);
      add(affinity, other, NO_LABELS, info, 1);
      add(antiAffinity, other, NO_LABELS, info, -1);
      if (hard > 0) add(theirs.requiredAffinity, pod, namespaceLabels, info, hard);
      add(theirs.preferredAffinity, pod, namespaceLabels, info, 1);
      add(theirs.preferredAntiAffinity, pod, namespaceLabels, info, -1);
    }
  }
  if (scores.size === 0) return undefined;
  const score: ScoreRun["score"] = ({ node }) => {
    let sum = 0;
    for (const [key, values] of scores) {
      const value = node?.metadata.labels?.[key];
      if (value !== undefined) sum += values.get(value) ?? 0;
    }
    return sum;
  };
  return scoreRun(undefined, score, spreadOut);
}

/** Lowest to 0, highest to 100. */
function spreadOut(scores: Scores): void {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < scores.length; i++) {
    lowest = Math.min(lowest, scores[i] as number);
    highest = Math.max(highest, scores[i] as number);
  }
  const range = highest - lowest;
  for (let i = 0; i < scores.length; i++) scores[i] = range > 0 ? Math.trunc(MAX_NODE_SCORE * (((scores[i] as number) - lowest) / range)) : 0;
}

export const interPodAffinity = (args: InterPodAffinityArgs = {}): Plugin => ({
  name: "InterPodAffinity",
  weight: 2,
  preFilter,
  preScore: (pod, snapshot) => preScore(pod, snapshot, args),
});
