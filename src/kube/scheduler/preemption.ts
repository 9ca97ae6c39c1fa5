/**
 * Preemption: when no node fits, find one where removing Pods of lower priority makes room, with the fewest and least important victims.
 *
 * Not modelled: extenders.
 */
import type { KubeObject, LabelSelector, Pod } from "../apis/objects";
import { selectorMatches, selectorOfObject } from "../apis/label-selector";
import { parseTime } from "../apis/time";
import { type Diagnosis, fitErrorMessage } from "./fit-error";
import { type Snapshot, type Status, unresolvable } from "./framework";
import { addPod, type NodeInfo, removePod } from "./node-info";
import { podPriority } from "./pod-info";
import { type CycleOptions, filterNode, prepare } from "./filtering";
import { snapshotWith } from "./snapshot";

export interface DisruptionBudget extends KubeObject {
  readonly spec?: { readonly selector?: LabelSelector };
  readonly status?: { readonly disruptionsAllowed?: number; readonly disruptedPods?: Readonly<Record<string, unknown>> };
}

export interface Candidate {
  readonly node: string;
  /** Most important first. */
  readonly victims: readonly Pod[];
  readonly violations: number;
}

const startOf = (pod: Pod): number => (pod.status?.startTime === undefined ? Number.POSITIVE_INFINITY : (parseTime(pod.status.startTime) ?? 0));

/** Higher priority, then started earlier. @source kubernetes@1.35 pkg/scheduler/util/utils.go MoreImportantPod */
export function byImportance(a: Pod, b: Pod): number {
  if (podPriority(a) !== podPriority(b)) return podPriority(b) - podPriority(a);
  const first = startOf(a);
  const second = startOf(b);
  return first === second ? 0 : first < second ? -1 : 1;
}

/**
 * @rule kube.scheduler.preemption-eligible
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go PodEligibleToPreemptOthers
 */
export function ineligible(pod: Pod, snapshot: Snapshot, nominatedStatus: Status | undefined): string | undefined {
  if (pod.spec.preemptionPolicy === "Never") return "not eligible due to preemptionPolicy=Never.";
  const nominated = pod.status?.nominatedNodeName;
  if (nominated === undefined || nominated === "" || nominatedStatus?.code === "UnschedulableAndUnresolvable") return undefined;
  const dying = snapshot
    .get(nominated)
    ?.pods.some(
      (other) =>
        podPriority(other) < podPriority(pod) &&
        other.metadata.deletionTimestamp !== undefined &&
        (other.status?.conditions ?? []).some(
          (condition) => condition.type === "DisruptionTarget" && condition.status === "True" && condition.reason === "PreemptionByScheduler",
        ),
    );
  return dying === true ? "not eligible due to a terminating pod on the nominated node." : undefined;
}

/** Which Pods may not go without breaking a budget, each taken off its budget in turn. @source kubernetes@1.35 pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go filterPodsWithPDBViolation */
function splitByBudget(pods: readonly Pod[], budgets: readonly DisruptionBudget[]): { violating: Pod[]; others: Pod[] } {
  const allowed = budgets.map((budget) => budget.status?.disruptionsAllowed ?? 0);
  const violating: Pod[] = [];
  const others: Pod[] = [];
  for (const pod of pods) {
    let violates = false;
    for (const [i, budget] of budgets.entries()) {
      if (Object.keys(pod.metadata.labels ?? {}).length === 0 || budget.metadata.namespace !== pod.metadata.namespace) continue;
      const selector = selectorOfObject(budget.spec?.selector);
      if (selector === null || "error" in selector || selector.length === 0 || !selectorMatches(selector, pod.metadata.labels)) continue;
      if (Object.hasOwn(budget.status?.disruptedPods ?? {}, pod.metadata.name)) continue;
      allowed[i] = (allowed[i] ?? 0) - 1;
      if ((allowed[i] ?? 0) < 0) violates = true;
    }
    (violates ? violating : others).push(pod);
  }
  return { violating, others };
}

/**
 * The victims on one node: all Pods of lower priority go, then as many as possible come back, the most important first, those under a
 * broken budget before the others.
 * @rule kube.scheduler.select-victims
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go SelectVictimsOnNode
 */
export function selectVictims(
  pod: Pod,
  node: NodeInfo,
  snapshot: Snapshot,
  options: CycleOptions,
  budgets: readonly DisruptionBudget[],
): Candidate | { readonly status: Status } {
  const possible = node.pods.filter((other) => podPriority(other) < podPriority(pod));
  if (possible.length === 0) return { status: unresolvable("No preemption victims found for incoming pod") };
  const refusalOn = (info: NodeInfo): Status | undefined => {
    const view = snapshotWith(snapshot, info);
    const prepared = prepare(pod, view, options.plugins);
    return "refused" in prepared ? prepared.refused : filterNode(pod, info, prepared, view, options)?.status;
  };
  let info = possible.reduce(removePod, node);
  const refusal = refusalOn(info);
  if (refusal !== undefined) return { status: refusal };
  const victims: Pod[] = [];
  const comesBack = (other: Pod): boolean => {
    const fuller = addPod(info, other);
    if (refusalOn(fuller) === undefined) {
      info = fuller;
      return true;
    }
    victims.push(other);
    return false;
  };
  const { violating, others } = splitByBudget([...possible].sort(byImportance), budgets);
  let violations = 0;
  for (const other of violating) if (!comesBack(other)) violations++;
  for (const other of others) comesBack(other);
  return { node: node.name, victims: victims.sort(byImportance), violations };
}

/** A tenth of the nodes, at least 100. @source kubernetes@1.35 pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go calculateNumCandidates */
export const candidatesWanted = (nodes: number, percentage = 10, absolute = 100): number =>
  Math.min(nodes, Math.max(absolute, Math.trunc((nodes * percentage) / 100)));

/**
 * Tries nodes from an offset on until there are enough candidates, one of them without a broken budget.
 * @rule kube.scheduler.preemption-dry-run
 * @source kubernetes@1.35 pkg/scheduler/framework/preemption/preemption.go DryRunPreemption
 */
export function dryRun(
  pod: Pod,
  nodes: readonly NodeInfo[],
  snapshot: Snapshot,
  options: CycleOptions,
  budgets: readonly DisruptionBudget[],
  offset: number,
  wanted: number,
): { candidates: Candidate[]; statuses: Map<string, Status> } {
  const clean: Candidate[] = [];
  const violating: Candidate[] = [];
  const statuses = new Map<string, Status>();
  for (let i = 0; i < nodes.length; i++) {
    if (clean.length > 0 && clean.length + violating.length >= wanted) break;
    const info = nodes[(offset + i) % nodes.length] as NodeInfo;
    const result = selectVictims(pod, info, snapshot, options, budgets);
    if ("status" in result) statuses.set(info.name, result.status);
    else if (result.victims.length > 0) (result.violations === 0 ? clean : violating).push(result);
  }
  return { candidates: [...clean, ...violating], statuses };
}

const PRIORITY_SHIFT = 2 ** 31;

/** Each measure in turn, the smallest is best. @source kubernetes@1.35 pkg/scheduler/framework/preemption/preemption.go pickOneNodeForPreemption */
const MEASURES: readonly ((candidate: Candidate) => number)[] = [
  ({ violations }) => violations,
  ({ victims }) => (victims[0] === undefined ? Number.NEGATIVE_INFINITY : podPriority(victims[0])),
  ({ victims }) => victims.reduce((sum, victim) => sum + podPriority(victim) + PRIORITY_SHIFT, 0),
  ({ victims }) => victims.length,
  ({ victims }) => {
    // Of the most important victims the one that has run longest; a later start is better.
    const [first] = victims;
    if (first === undefined) return 0;
    return -victims
      .filter((victim) => podPriority(victim) === podPriority(first))
      .reduce((start, victim) => Math.min(start, startOf(victim)), Number.POSITIVE_INFINITY);
  },
];

/**
 * Fewest broken budgets, lowest highest priority, lowest sum of priorities, fewest victims, latest start; then the first by order.
 * @rule kube.scheduler.pick-preemption-node
 * @source kubernetes@1.35 pkg/scheduler/framework/preemption/preemption.go pickOneNodeForPreemption
 */
export function bestCandidate(candidates: readonly Candidate[]): Candidate | undefined {
  let left = candidates;
  for (const measure of MEASURES) {
    if (left.length <= 1) break;
    const values = left.map(measure);
    const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    left = left.filter((_, i) => values[i] === least);
  }
  return left[0];
}

/** What dynamic resource allocation says when a Pod has no claims. */
const NO_CLAIMS = "no new claims to deallocate";

export type PreemptionResult = { readonly candidate: Candidate } | { readonly message: string; readonly clearsNomination: boolean };

/**
 * @rule kube.scheduler.preempt
 * @source kubernetes@1.35 pkg/scheduler/framework/preemption/preemption.go Preempt
 */
export function preempt(
  pod: Pod,
  snapshot: Snapshot,
  diagnosis: Diagnosis,
  options: CycleOptions,
  budgets: readonly DisruptionBudget[] = [],
): PreemptionResult {
  const statusOf = (node: string): Status | undefined => diagnosis.statuses.get(node) ?? diagnosis.absent;
  const refused = ineligible(pod, snapshot, statusOf(pod.status?.nominatedNodeName ?? ""));
  if (refused !== undefined) return { message: `${NO_CLAIMS}, preemption: ${refused}`, clearsNomination: false };
  const helpful = snapshot.all().filter((info) => statusOf(info.name)?.code === "Unschedulable");
  const offset = helpful.length > 1 ? Math.floor((options.random ?? (() => 0))() * helpful.length) : 0;
  const { candidates, statuses } = dryRun(pod, helpful, snapshot, options, budgets, offset, candidatesWanted(helpful.length));
  const candidate = bestCandidate(candidates);
  if (candidate !== undefined) return { candidate };
  const message = fitErrorMessage({
    nodeCount: snapshot.names.length,
    statuses,
    absent: unresolvable("Preemption is not helpful for scheduling"),
  });
  return { message: `${NO_CLAIMS}, preemption: ${message}`, clearsNomination: true };
}
