/** What both halves of PodTopologySpread read: a Pod's constraints, which nodes count for them, and how many Pods match on a node. */
import type { LabelSelector, NodeObject, Pod, PodSpec } from "../../apis/objects";
import { formatSelector, nothing, type Requirement, type Selector, selectorMatches, selectorOfObject } from "../../apis/label-selector";
import type { Snapshot } from "../framework";
import type { NodeInfo } from "../node-info";
import { requiredNodeAffinityMatches } from "./node-selector";
import { blocksScheduling, untoleratedTaint } from "./taint-toleration";

export const HOSTNAME = "kubernetes.io/hostname";
export const ZONE = "topology.kubernetes.io/zone";

export type UnsatisfiableAction = "DoNotSchedule" | "ScheduleAnyway";

export interface RawConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly whenUnsatisfiable: string;
  readonly labelSelector?: LabelSelector | null;
  readonly minDomains?: number | null;
  readonly nodeAffinityPolicy?: string | null;
  readonly nodeTaintsPolicy?: string | null;
  readonly matchLabelKeys?: readonly string[] | null;
}

export interface SpreadConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly selector: Selector;
  /** The selector as text, to remember counts under. */
  readonly selectorText: string;
  readonly minDomains: number;
  readonly honorAffinity: boolean;
  readonly honorTaints: boolean;
}

export interface SpreadArgs {
  /** Applied to Pods without constraints of their own. */
  readonly defaultConstraints: readonly RawConstraint[];
  /** The built-in defaults, which do not require every node label. */
  readonly systemDefaulted: boolean;
}

/** @source kubernetes@1.35 pkg/scheduler/framework/plugins/podtopologyspread/plugin.go systemDefaultConstraints */
export const SYSTEM_DEFAULTS: SpreadArgs = Object.freeze({
  defaultConstraints: [
    { topologyKey: HOSTNAME, whenUnsatisfiable: "ScheduleAnyway", maxSkew: 3 },
    { topologyKey: ZONE, whenUnsatisfiable: "ScheduleAnyway", maxSkew: 5 },
  ],
  systemDefaulted: true,
});

const rawConstraints = (spec: PodSpec): readonly RawConstraint[] => (spec.topologySpreadConstraints ?? []) as unknown as readonly RawConstraint[];
export const hasOwnConstraints = (pod: Pod): boolean => rawConstraints(pod.spec).length > 0;

function selectorOf(raw: RawConstraint, pod: Pod): Selector {
  const parsed = selectorOfObject(raw.labelSelector);
  if (parsed === null || "error" in parsed) return nothing;
  const labels = pod.metadata.labels ?? {};
  const keys: Requirement[] = (raw.matchLabelKeys ?? [])
    .filter((key) => labels[key] !== undefined)
    .map((key) => ({ key, operator: "=", values: [labels[key] ?? ""] }));
  return keys.length === 0 ? parsed : [...parsed, ...keys];
}

const parse = (raw: RawConstraint, selector: Selector): SpreadConstraint => ({
  maxSkew: raw.maxSkew,
  topologyKey: raw.topologyKey,
  selector,
  selectorText: selector === null ? "-" : formatSelector(selector),
  minDomains: raw.minDomains ?? 1,
  honorAffinity: (raw.nodeAffinityPolicy ?? "Honor") === "Honor",
  honorTaints: (raw.nodeTaintsPolicy ?? "Ignore") === "Honor",
});

/**
 * A Pod's constraints with this action, or the defaults with its siblings' selector.
 * @rule kube.scheduler.spread-constraints
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/podtopologyspread/common.go filterTopologySpreadConstraints, buildDefaultConstraints
 */
export function constraintsOf(pod: Pod, action: UnsatisfiableAction, snapshot: Snapshot, args: SpreadArgs): readonly SpreadConstraint[] {
  const own = rawConstraints(pod.spec);
  if (own.length > 0) return own.filter((raw) => raw.whenUnsatisfiable === action).map((raw) => parse(raw, selectorOf(raw, pod)));
  const defaults = args.defaultConstraints.filter((raw) => raw.whenUnsatisfiable === action);
  if (defaults.length === 0) return [];
  const selector = snapshot.defaultSelector(pod);
  return selector === undefined ? [] : defaults.map((raw) => parse(raw, selector));
}

export const hasAllKeys = (node: NodeObject, constraints: readonly SpreadConstraint[]): boolean =>
  constraints.every(({ topologyKey }) => node.metadata.labels?.[topologyKey] !== undefined);

/** @source kubernetes@1.35 pkg/scheduler/framework/plugins/podtopologyspread/common.go matchNodeInclusionPolicies */
export function nodeCounts(constraint: SpreadConstraint, pod: Pod, node: NodeObject): boolean {
  if (constraint.honorAffinity && !requiredNodeAffinityMatches(pod.spec, node)) return false;
  return !constraint.honorTaints || untoleratedTaint(node.spec?.taints, pod.spec.tolerations, blocksScheduling) === undefined;
}

/**
 * How many Pods of a namespace on a node match; dying ones do not count.
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/podtopologyspread/common.go countPodsMatchSelector
 */
export function matchingPods(info: NodeInfo, constraint: SpreadConstraint, namespace: string): number {
  if (constraint.selector === null || constraint.selector.length === 0 || info.pods.length === 0) return 0;
  let count = 0;
  // Pods of one template share their labels: looked at once.
  let last: Pod["metadata"]["labels"] | null = null;
  let matched = false;
  for (const { metadata } of info.pods) {
    if (metadata.deletionTimestamp !== undefined || (metadata.namespace ?? "") !== namespace) continue;
    if (metadata.labels !== last) {
      last = metadata.labels;
      matched = selectorMatches(constraint.selector, last);
    }
    if (matched) count++;
  }
  return count;
}
