/** NodeAffinity: nodeSelector, required and preferred node affinity. */
import type { NodeObject, Pod } from "../../apis/objects";
import {
  defaultNormalize,
  failed,
  filterRun,
  type FilterRun,
  type Plugin,
  scoreRun,
  type ScoreRun,
  SKIP,
  type Status,
  unresolvable,
} from "../framework";
import { textOf } from "../verdicts";
import {
  type NodeAffinity,
  type NodeSelectorTerm,
  nodeAffinityOf,
  nodeSelectorMatches,
  preferredTermsScore,
  requiredNodeAffinityMatches,
} from "./node-selector";

const NOT_MATCHED = unresolvable("node(s) didn't match Pod's node affinity/selector");
const NOT_ENFORCED = unresolvable("node(s) didn't match scheduler-enforced node affinity");
const CONFLICT = unresolvable("pod affinity terms conflict");

/**
 * Names of the only nodes that can match, when every term names its node; undefined when any node might.
 * @rule kube.scheduler.node-affinity-names
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go NodeAffinity.PreFilter
 */
export function namedNodes(terms: readonly NodeSelectorTerm[]): ReadonlySet<string> | undefined {
  if (terms.length === 0) return undefined;
  const names = new Set<string>();
  for (const term of terms) {
    let own: Set<string> | undefined;
    for (const field of term.matchFields ?? []) {
      if (field.key !== "metadata.name" || field.operator !== "In") continue;
      const values = new Set(field.values ?? []);
      own = own === undefined ? values : new Set([...own].filter((name) => values.has(name)));
    }
    if (own === undefined) return undefined;
    for (const name of own) names.add(name);
  }
  return names;
}

/** @source kubernetes@1.35 pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go NodeAffinity.Filter */
export function nodeAffinityStatus(pod: Pod, node: NodeObject, added?: NodeAffinity): Status | undefined {
  const enforced = added?.requiredDuringSchedulingIgnoredDuringExecution;
  if (enforced && !nodeSelectorMatches(enforced, node).matches) return NOT_ENFORCED;
  return requiredNodeAffinityMatches(pod.spec, node) ? undefined : NOT_MATCHED;
}

function preFilter(pod: Pod, added: NodeAffinity | undefined): Status | FilterRun {
  const required = nodeAffinityOf(pod.spec)?.requiredDuringSchedulingIgnoredDuringExecution;
  const enforced = added?.requiredDuringSchedulingIgnoredDuringExecution;
  if (!required && !enforced && !pod.spec.nodeSelector) return SKIP;
  const nodeNames = namedNodes(required?.nodeSelectorTerms ?? []);
  if (nodeNames !== undefined && nodeNames.size === 0) return CONFLICT;
  const filter: FilterRun["filter"] = ({ node }) => (node === undefined ? NOT_MATCHED : nodeAffinityStatus(pod, node, added));
  const local = `${textOf(pod.spec.nodeSelector)} ${textOf(required)} ${textOf(enforced)}`;
  return filterRun(local, filter, nodeNames);
}

function preScore(pod: Pod, added: NodeAffinity | undefined): ScoreRun | Status | undefined {
  const own = nodeAffinityOf(pod.spec)?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const enforced = added?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  if (own.length === 0 && enforced.length === 0) return undefined;
  const wrong = preferredTermsScore(own, undefined).error;
  if (wrong !== undefined) return failed(wrong);
  return scoreRun(
    `${textOf(own)} ${textOf(enforced)}`,
    ({ node }) => preferredTermsScore(enforced, node).score + preferredTermsScore(own, node).score,
    (scores) => defaultNormalize(scores, false),
  );
}

/**
 * @rule kube.scheduler.node-affinity
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go
 */
export const nodeAffinityPlugin = (added?: NodeAffinity): Plugin => ({
  name: "NodeAffinity",
  weight: 2,
  preFilter: (pod) => preFilter(pod, added),
  preScore: (pod) => preScore(pod, added),
});
