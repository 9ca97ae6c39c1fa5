/** The Pod's class of service, from the CPU and memory of its containers, and the OOM score its containers get by it. */
import type { Container, PodSpec, ResourceList } from "./objects";
import { isPodLevelResourcesSet, isSidecar, type ResourcePod } from "./pod-resources";
import { compareQuantities, unitsOf } from "./quantity";
import { addTotals, type ResourceTotals, totalsOf } from "./resource-list";

export type QosClass = "Guaranteed" | "Burstable" | "BestEffort";

/** CPU and memory above zero. */
const counted = (list: ResourceList | undefined | null): ResourceTotals =>
  new Map([...totalsOf(list)].filter(([name, quantity]) => (name === "cpu" || name === "memory") && quantity.value > 0n));

interface QosMemo {
  readonly init: unknown;
  readonly whole: unknown;
  readonly result: QosClass;
}
/** By the list of containers, which Pods of one template share. */
const memo = new WeakMap<object, QosMemo>();

/**
 * Guaranteed when every container limits both CPU and memory and the requests equal the limits; BestEffort when none asks for either.
 * @rule kube.pod.qos-class
 * @source kubernetes@1.35 pkg/apis/core/v1/helper/qos/qos.go ComputePodQOS
 */
export function qosClass(spec: ResourcePod["spec"]): QosClass {
  const key = spec.containers ?? spec;
  const known = memo.get(key);
  if (known && known.init === spec.initContainers && known.whole === spec.resources) return known.result;
  const result = compute(spec);
  memo.set(key, { init: spec.initContainers, whole: spec.resources, result });
  return result;
}

function compute(spec: ResourcePod["spec"]): QosClass {
  const whole = isPodLevelResourcesSet({ spec });
  const parts = whole ? [spec.resources] : [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map((container) => container.resources);
  const requests: ResourceTotals = new Map();
  const limits: ResourceTotals = new Map();
  let guaranteed = true;
  for (const part of parts) {
    addTotals(requests, counted(part?.requests));
    const own = counted(part?.limits);
    addTotals(limits, own);
    if (own.size < 2) guaranteed = false;
  }
  if (requests.size === 0 && limits.size === 0) return "BestEffort";
  if (!guaranteed || requests.size !== limits.size) return "Burstable";
  for (const [name, request] of requests) {
    const limit = limits.get(name);
    if (!limit || compareQuantities(limit, request) !== 0) return "Burstable";
  }
  return "Guaranteed";
}

const GUARANTEED_SCORE = -997;
const BEST_EFFORT_SCORE = 1000;
const SYSTEM_CRITICAL_PRIORITY = 2_000_000_000;

/** @source kubernetes@1.35 pkg/kubelet/types/pod_update.go IsNodeCriticalPod */
const isNodeCritical = (spec: Partial<PodSpec>): boolean =>
  (spec.priority ?? 0) >= SYSTEM_CRITICAL_PRIORITY && spec.priorityClassName === "system-node-critical";

const memoryRequest = (container: Container): number => unitsOf(container.resources?.requests?.["memory"]);

/**
 * How willing the kernel is to kill this container when memory runs out: -997 (last) to 1000 (first); Burstable Pods in between by
 * the share of the node's memory they requested.
 * @rule kube.pod.oom-score-adj
 * @source kubernetes@1.35 pkg/kubelet/qos/policy.go GetContainerOOMScoreAdjust
 */
export function oomScoreAdj(spec: ResourcePod["spec"], container: Container, memoryCapacityBytes: number): number {
  if (isNodeCritical(spec)) return GUARANTEED_SCORE;
  const qos = qosClass(spec);
  if (qos === "Guaranteed") return GUARANTEED_SCORE;
  if (qos === "BestEffort") return BEST_EFFORT_SCORE;
  const spare = sharedRequest(spec);
  const scoreOf = (request: number): number => 1000 - Math.trunc((1000 * (request + spare)) / memoryCapacityBytes);
  let score = scoreOf(memoryRequest(container));
  const sidecar = isSidecar(container) && (spec.initContainers ?? []).some((row) => row.name === container.name);
  if (sidecar) score = Math.min(score, scoreOf(Math.min(...(spec.containers ?? []).map(memoryRequest))));
  if (score < 1000 + GUARANTEED_SCORE) return 1000 + GUARANTEED_SCORE;
  return score === BEST_EFFORT_SCORE ? score - 1 : score;
}

/** What the Pod as a whole requested beyond its containers, per container. */
function sharedRequest(spec: ResourcePod["spec"]): number {
  const whole = spec.resources?.requests?.["memory"];
  if (whole === undefined) return 0;
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? []).filter(isSidecar)];
  const own = containers.reduce((sum, container) => sum + memoryRequest(container), 0);
  return Math.max(0, Math.trunc((unitsOf(whole) - own) / Math.max(1, containers.length)));
}
