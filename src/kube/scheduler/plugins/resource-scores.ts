/** How full a node would be, as a score of 0…100: least allocated, most allocated, a shape over utilization, balance between resources. */
import { MAX_NODE_SCORE, type Plugin, scoreRun } from "../framework";
import type { NodeInfo } from "../node-info";
import { amountsText, type PodAmounts, podAmounts } from "../pod-info";
import { textOf } from "../verdicts";

export interface ResourceWeight {
  readonly name: string;
  readonly weight: number;
}
/** Utilization in percent → score of 0…10, rising utilization. */
export interface ShapePoint {
  readonly utilization: number;
  readonly score: number;
}
export interface ScoringStrategy {
  readonly type: "LeastAllocated" | "MostAllocated" | "RequestedToCapacityRatio";
  readonly resources: readonly ResourceWeight[];
  readonly shape?: readonly ShapePoint[];
}

const CPU_AND_MEMORY: readonly ResourceWeight[] = [
  { name: "cpu", weight: 1 },
  { name: "memory", weight: 1 },
];
export const LEAST_ALLOCATED: ScoringStrategy = { type: "LeastAllocated", resources: CPU_AND_MEMORY };

interface Share {
  readonly weight: number;
  /** What would be requested with the Pod there. */
  readonly requested: number;
  readonly allocatable: number;
}

/**
 * What would be requested of each resource, and what there is; resources the Pod does not ask for, beside the basic ones, do not count.
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/noderesources/resource_allocation.go calculateResourceAllocatableRequest
 */
function sharesOf(resources: readonly ResourceWeight[], amounts: PodAmounts, info: NodeInfo, exact: boolean): Share[] {
  const { allocatable, requested } = info;
  const shares: Share[] = [];
  for (const { name, weight } of resources) {
    let share: Share;
    if (name === "cpu")
      share = exact
        ? { weight, requested: requested.cpu + amounts.cpu, allocatable: allocatable.cpu }
        : { weight, requested: info.nonZeroCpu + amounts.nonZeroCpu, allocatable: allocatable.cpu };
    else if (name === "memory")
      share = exact
        ? { weight, requested: requested.memory + amounts.memory, allocatable: allocatable.memory }
        : { weight, requested: info.nonZeroMemory + amounts.nonZeroMemory, allocatable: allocatable.memory };
    else if (name === "ephemeral-storage") share = { weight, requested: requested.storage + amounts.storage, allocatable: allocatable.storage };
    else {
      const own = amounts.scalar[name] ?? 0;
      if (own === 0) continue;
      share = { weight, requested: (requested.scalar[name] ?? 0) + own, allocatable: allocatable.scalar[name] ?? 0 };
    }
    if (share.allocatable > 0) shares.push(share);
  }
  return shares;
}

const leastRequested = ({ requested, allocatable }: Share): number =>
  requested > allocatable ? 0 : Math.trunc(((allocatable - requested) * MAX_NODE_SCORE) / allocatable);
const mostRequested = ({ requested, allocatable }: Share): number => Math.trunc((Math.min(requested, allocatable) * MAX_NODE_SCORE) / allocatable);

/** Straight lines between the points. @source kubernetes@1.35 pkg/scheduler/framework/plugins/helper/shape_score.go BuildBrokenLinearFunction */
function brokenLine(shape: readonly ShapePoint[], utilization: number): number {
  for (const [i, point] of shape.entries()) {
    if (utilization > point.utilization) continue;
    const before = shape[i - 1];
    if (before === undefined) return point.score;
    return before.score + Math.trunc(((point.score - before.score) * (utilization - before.utilization)) / (point.utilization - before.utilization));
  }
  return shape.at(-1)?.score ?? 0;
}

function ratioScore(shape: readonly ShapePoint[], { requested, allocatable }: Share): number {
  const scaled = shape.map(({ utilization, score }) => ({ utilization, score: score * (MAX_NODE_SCORE / 10) }));
  return brokenLine(scaled, requested > allocatable ? 100 : Math.trunc((requested * 100) / allocatable));
}

/**
 * @rule kube.scheduler.node-resources-fit-score
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/noderesources/least_allocated.go, most_allocated.go, requested_to_capacity_ratio.go
 */
export function strategyScore(strategy: ScoringStrategy, amounts: PodAmounts, info: NodeInfo): number {
  let sum = 0;
  let weights = 0;
  const ratio = strategy.type === "RequestedToCapacityRatio";
  for (const share of sharesOf(strategy.resources, amounts, info, false)) {
    const score = strategy.type === "LeastAllocated" ? leastRequested(share) : ratio ? ratioScore(strategy.shape ?? [], share) : mostRequested(share);
    // A ratio of zero does not pull the mean down.
    if (ratio && score <= 0) continue;
    sum += score * share.weight;
    weights += share.weight;
  }
  if (weights === 0) return 0;
  return ratio ? Math.round(sum / weights) : Math.trunc(sum / weights);
}

/**
 * 100 when all resources would be equally full, less by the standard deviation of their fractions.
 * @rule kube.scheduler.node-resources-balanced-allocation-score
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go balancedResourceScorer
 */
export function balancedScore(resources: readonly ResourceWeight[], amounts: PodAmounts, info: NodeInfo): number {
  const fractions = sharesOf(resources, amounts, info, true).map(({ requested, allocatable }) => Math.min(1, requested / allocatable));
  let deviation = 0;
  if (fractions.length === 2) deviation = Math.abs(((fractions[0] ?? 0) - (fractions[1] ?? 0)) / 2);
  else if (fractions.length > 2) {
    const mean = fractions.reduce((sum, fraction) => sum + fraction, 0) / fractions.length;
    deviation = Math.sqrt(fractions.reduce((sum, fraction) => sum + (fraction - mean) * (fraction - mean), 0) / fractions.length);
  }
  return Math.trunc((1 - deviation) * MAX_NODE_SCORE);
}

/**
 * What is wrong with a strategy, by field.
 * @rule kube.scheduler.strategy-validation
 * @source kubernetes@1.35 pkg/scheduler/apis/config/validation/validation_pluginargs.go validateResources, validateFunctionShape
 */
export function strategyErrors({ type, resources, shape }: ScoringStrategy): string[] {
  const errors: string[] = [];
  const invalid = (path: string, value: number, detail: string): void => {
    errors.push(`scoringStrategy.${path}: Invalid value: ${value}: ${detail}`);
  };
  for (const [i, { name, weight }] of resources.entries())
    if (weight < 1 || weight > 100) invalid(`resources[${i}].weight`, weight, `resource weight of ${name} not in valid range [1, 100]`);
  if (type !== "RequestedToCapacityRatio") return errors;
  const at = "requestedToCapacityRatio.shape";
  if ((shape ?? []).length === 0) errors.push(`scoringStrategy.${at}: Required value: at least one point must be specified`);
  for (const [i, { utilization, score }] of (shape ?? []).entries()) {
    if (utilization < 0 || utilization > 100) invalid(`${at}[${i}].utilization`, utilization, "not in valid range [0, 100]");
    const before = shape?.[i - 1];
    if (before !== undefined && utilization <= before.utilization)
      invalid(`${at}[${i}].utilization`, utilization, "utilization values must be sorted in increasing order");
    if (score < 0 || score > 10) invalid(`${at}[${i}].score`, score, "not in valid range [0, 10]");
  }
  return errors;
}

/**
 * The common case of balancedScore, cpu and memory, without lists.
 * @rule kube.scheduler.node-resources-balanced-allocation-score
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go balancedResourceScorer
 */
function balancedCpuMemory(amounts: PodAmounts, { requested, allocatable }: NodeInfo): number {
  if (allocatable.cpu === 0 || allocatable.memory === 0) return MAX_NODE_SCORE;
  const cpu = Math.min(1, (requested.cpu + amounts.cpu) / allocatable.cpu);
  const memory = Math.min(1, (requested.memory + amounts.memory) / allocatable.memory);
  return Math.trunc((1 - Math.abs((cpu - memory) / 2)) * MAX_NODE_SCORE);
}

export const isBestEffort = (amounts: PodAmounts, resources: readonly ResourceWeight[]): boolean =>
  resources.every(({ name }) => {
    if (name === "cpu") return amounts.cpu === 0;
    if (name === "memory") return amounts.memory === 0;
    return (name === "ephemeral-storage" ? amounts.storage : (amounts.scalar[name] ?? 0)) === 0;
  });

export const balancedAllocation = (resources: readonly ResourceWeight[] = CPU_AND_MEMORY): Plugin => ({
  name: "NodeResourcesBalancedAllocation",
  weight: 1,
  preScore(pod) {
    const amounts = podAmounts(pod);
    if (isBestEffort(amounts, resources)) return undefined;
    return scoreRun(`${amountsText(amounts)} ${textOf(resources)}`, (info) =>
      resources === CPU_AND_MEMORY ? balancedCpuMemory(amounts, info) : balancedScore(resources, amounts, info),
    );
  },
});
