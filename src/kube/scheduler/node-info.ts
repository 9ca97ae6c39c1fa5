/**
 * One node as the scheduler counts it: the Pods on it (bound or assumed) and the sums of what they ask for. A value: adding a Pod gives
 * a new NodeInfo.
 */
import type { NodeObject, Pod, ResourceList } from "../apis/objects";
import { milliOf, unitsOf } from "../apis/quantity";
import { type Amounts, hostPorts, podAmounts, samePod, scalarsOf } from "./pod-info";

export interface Allocatable extends Amounts {
  /** How many Pods may be here. */
  readonly pods: number;
}

export interface NodeInfo {
  readonly name: string;
  /** Undefined when Pods are bound to a node that is not there. */
  readonly node?: NodeObject;
  readonly allocatable: Allocatable;
  readonly pods: readonly Pod[];
  readonly requested: Amounts;
  /** As requested, but containers without requests count as small ones. */
  readonly nonZeroCpu: number;
  readonly nonZeroMemory: number;
  /** Those of `pods` that take ports on the node. */
  readonly withPorts: readonly Pod[];
  readonly withAffinity: readonly Pod[];
  readonly withRequiredAntiAffinity: readonly Pod[];
}

const NO_PODS: readonly Pod[] = Object.freeze([]);
const NO_SCALARS: Readonly<Record<string, number>> = Object.freeze({});
const NOTHING: Amounts = Object.freeze({ cpu: 0, memory: 0, storage: 0, scalar: NO_SCALARS });
const NOTHING_ALLOCATABLE: Allocatable = Object.freeze({ ...NOTHING, pods: 0 });

const allocatableMemo = new WeakMap<object, Allocatable>();

/** @source kubernetes@1.35 pkg/scheduler/framework/types.go NewResource */
export function allocatableOf(list: ResourceList | undefined): Allocatable {
  if (list === undefined) return NOTHING_ALLOCATABLE;
  const known = allocatableMemo.get(list);
  if (known !== undefined) return known;
  const allocatable: Allocatable = Object.freeze({
    cpu: milliOf(list["cpu"]),
    memory: unitsOf(list["memory"]),
    storage: unitsOf(list["ephemeral-storage"]),
    pods: unitsOf(list["pods"]),
    scalar: Object.freeze(scalarsOf(list)),
  });
  allocatableMemo.set(list, allocatable);
  return allocatable;
}

interface AffinityParts {
  readonly podAffinity?: object | null;
  readonly podAntiAffinity?: { readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly object[] | null } | null;
}
const hasAffinity = (pod: Pod): boolean => {
  const affinity = pod.spec.affinity as AffinityParts | undefined;
  return Boolean(affinity?.podAffinity) || Boolean(affinity?.podAntiAffinity);
};
const hasRequiredAntiAffinity = (pod: Pod): boolean => {
  const affinity = pod.spec.affinity as AffinityParts | undefined;
  return (affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.length ?? 0) > 0;
};

export function emptyNodeInfo(name: string, node?: NodeObject): NodeInfo {
  const info: NodeInfo = {
    name,
    allocatable: allocatableOf(node?.status?.allocatable),
    pods: NO_PODS,
    requested: NOTHING,
    nonZeroCpu: 0,
    nonZeroMemory: 0,
    withPorts: NO_PODS,
    withAffinity: NO_PODS,
    withRequiredAntiAffinity: NO_PODS,
  };
  return node === undefined ? info : { ...info, node };
}

export const withNode = (info: NodeInfo, node: NodeObject): NodeInfo => ({ ...info, node, allocatable: allocatableOf(node.status?.allocatable) });

export function withoutNode(info: NodeInfo): NodeInfo {
  const { node: _gone, ...rest } = info;
  return { ...rest, allocatable: NOTHING_ALLOCATABLE };
}

function addScalars(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>, sign: 1 | -1): Readonly<Record<string, number>> {
  const names = Object.keys(b);
  if (names.length === 0) return a;
  const sum = { ...a };
  for (const name of names) sum[name] = (sum[name] ?? 0) + sign * (b[name] ?? 0);
  return sum;
}

function count(info: NodeInfo, pod: Pod, sign: 1 | -1): Pick<NodeInfo, "requested" | "nonZeroCpu" | "nonZeroMemory"> {
  const amounts = podAmounts(pod);
  return {
    requested: {
      cpu: info.requested.cpu + sign * amounts.cpu,
      memory: info.requested.memory + sign * amounts.memory,
      storage: info.requested.storage + sign * amounts.storage,
      scalar: addScalars(info.requested.scalar, amounts.scalar, sign),
    },
    nonZeroCpu: info.nonZeroCpu + sign * amounts.nonZeroCpu,
    nonZeroMemory: info.nonZeroMemory + sign * amounts.nonZeroMemory,
  };
}

/** @source kubernetes@1.35 pkg/scheduler/framework/types.go NodeInfo.AddPodInfo */
export function addPod(info: NodeInfo, pod: Pod): NodeInfo {
  return {
    ...info,
    ...count(info, pod, 1),
    pods: [...info.pods, pod],
    withPorts: hostPorts(pod).length > 0 ? [...info.withPorts, pod] : info.withPorts,
    withAffinity: hasAffinity(pod) ? [...info.withAffinity, pod] : info.withAffinity,
    withRequiredAntiAffinity: hasRequiredAntiAffinity(pod) ? [...info.withRequiredAntiAffinity, pod] : info.withRequiredAntiAffinity,
  };
}

const without = (pods: readonly Pod[], pod: Pod): readonly Pod[] => (pods.length === 0 ? pods : pods.filter((other) => !samePod(other, pod)));

/** @source kubernetes@1.35 pkg/scheduler/framework/types.go NodeInfo.RemovePod */
export function removePod(info: NodeInfo, pod: Pod): NodeInfo {
  const had = info.pods.find((other) => samePod(other, pod));
  if (had === undefined) return info;
  return {
    ...info,
    ...count(info, had, -1),
    pods: without(info.pods, had),
    withPorts: without(info.withPorts, had),
    withAffinity: without(info.withAffinity, had),
    withRequiredAntiAffinity: without(info.withRequiredAntiAffinity, had),
  };
}
