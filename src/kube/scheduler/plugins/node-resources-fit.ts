/**
 * NodeResourcesFit: what is requested on a node must not exceed what it can allocate. As a score it prefers the least allocated node
 * (or another strategy).
 */
import type { NodeObject, Pod } from "../../apis/objects";
import { filterRun, type Plugin, scoreRun, type Status, unresolvable, unschedulable } from "../framework";
import { addPod, emptyNodeInfo, type NodeInfo, withNode } from "../node-info";
import { amountsText, type PodAmounts, podAmounts } from "../pod-info";
import { textOf } from "../verdicts";
import { LEAST_ALLOCATED, type ScoringStrategy, strategyScore } from "./resource-scores";

export interface Insufficient {
  readonly resource: string;
  readonly reason: string;
  readonly requested: number;
  readonly used: number;
  readonly capacity: number;
  /** Would not fit on the empty node either. */
  readonly unresolvable: boolean;
}

export interface FitArgs {
  readonly ignoredResources?: readonly string[];
  readonly ignoredResourceGroups?: readonly string[];
  readonly strategy?: ScoringStrategy;
}

/** @source kubernetes@1.35 pkg/apis/core/v1/helper/helpers.go IsExtendedResourceName */
export const isExtendedResource = (name: string): boolean => name.includes("/") && !name.includes("kubernetes.io/") && !name.startsWith("requests.");

const isIgnored = (name: string, args: FitArgs): boolean =>
  isExtendedResource(name) &&
  ((args.ignoredResources ?? []).includes(name) || (args.ignoredResourceGroups ?? []).includes(name.slice(0, name.indexOf("/"))));

/**
 * The resources a node is short of for a Pod: room for one more Pod, cpu, memory, local storage, then the others by name.
 *
 * Not modelled: device claims.
 * @rule kube.scheduler.fit
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/noderesources/fit.go fitsRequest
 */
export function insufficientResources(amounts: PodAmounts, info: NodeInfo, args: FitArgs = {}): Insufficient[] {
  const short: Insufficient[] = [];
  const { allocatable, requested: used } = info;
  if (info.pods.length + 1 > allocatable.pods)
    short.push({ resource: "pods", reason: "Too many pods", requested: 1, used: info.pods.length, capacity: allocatable.pods, unresolvable: false });
  const check = (resource: string, wanted: number, taken: number, capacity: number): void => {
    if (wanted <= 0 || wanted <= capacity - taken) return;
    short.push({ resource, reason: `Insufficient ${resource}`, requested: wanted, used: taken, capacity, unresolvable: wanted > capacity });
  };
  check("cpu", amounts.cpu, used.cpu, allocatable.cpu);
  check("memory", amounts.memory, used.memory, allocatable.memory);
  check("ephemeral-storage", amounts.storage, used.storage, allocatable.storage);
  for (const name in amounts.scalar) {
    if (isIgnored(name, args)) continue;
    check(name, amounts.scalar[name] ?? 0, used.scalar[name] ?? 0, allocatable.scalar[name] ?? 0);
  }
  return short;
}

export function fitStatus(short: readonly Insufficient[]): Status | undefined {
  if (short.length === 0) return undefined;
  const reasons = short.map(({ reason }) => reason);
  return short.some((resource) => resource.unresolvable) ? unresolvable(...reasons) : unschedulable(...reasons);
}

/** Whether a Pod fits on a node beside the Pods given. @source kubernetes@1.35 pkg/scheduler/framework/plugins/noderesources/fit.go isFit */
export function isFit(pod: Pod, node: NodeObject | null | undefined, pods: readonly Pod[] = []): boolean {
  if (!node) return false;
  const info = pods.reduce(addPod, withNode(emptyNodeInfo(node.metadata.name), node));
  return insufficientResources(podAmounts(pod), info).length === 0;
}

/**
 * @rule kube.scheduler.node-resources-fit
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/noderesources/fit.go Fit.Filter
 */
export const nodeResourcesFit = (args: FitArgs = {}): Plugin => ({
  name: "NodeResourcesFit",
  weight: 1,
  preFilter(pod) {
    const amounts = podAmounts(pod);
    const plain = Object.keys(amounts.scalar).length === 0;
    return filterRun(`${amountsText(amounts)} ${textOf(args)}`, (info) => {
      // The usual node has room; say so without making a list.
      const { allocatable, requested } = info;
      if (
        plain &&
        info.pods.length < allocatable.pods &&
        requested.cpu + amounts.cpu <= allocatable.cpu &&
        requested.memory + amounts.memory <= allocatable.memory &&
        requested.storage + amounts.storage <= allocatable.storage
      )
        return undefined;
      return fitStatus(insufficientResources(amounts, info, args));
    });
  },
  preScore(pod) {
    const amounts = podAmounts(pod);
    const strategy = args.strategy ?? LEAST_ALLOCATED;
    return scoreRun(`${amountsText(amounts)} ${textOf(strategy)}`, (info) => strategyScore(strategy, amounts, info));
  },
});
