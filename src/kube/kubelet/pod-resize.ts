/**
 * Resources of running containers changed in place. What a kubelet has granted is the spec of its own copy of the Pod; what it cannot grant
 * stays asked for, with a condition that says why, and is tried again when another Pod leaves.
 * @source kubernetes@1.35 pkg/kubelet/allocation/allocation_manager.go handlePodResourcesResize, canResizePod
 * Not modelled: the time it takes (PodResizeInProgress), a memory limit below what is used, Events, the scheduler's look at what is granted.
 */
import { sameJson } from "../apis/equality";
import type { Condition, Container, NodeObject, Pod, PodSpec } from "../apis/objects";
import { requestNumbers } from "../apis/pod-resources";
import { milliOf, unitsOf } from "../apis/quantity";
import type { Usage } from "./admission";
import type { PodRow } from "./tables";

export type Pending = NonNullable<PodRow["resize"]>;
type Sized = Container & { readonly resizePolicy?: readonly { readonly resourceName: string; readonly restartPolicy: string }[] };

const isSame = (a: unknown, b: unknown): boolean => sameJson((a ?? null) as never, (b ?? null) as never);
const containersOf = (spec: PodSpec): readonly Container[] => [...spec.containers, ...(spec.initContainers ?? [])];

/** Containers whose resources are not those granted. */
export function resizedContainers(wanted: PodSpec, granted: PodSpec): readonly string[] {
  if (wanted === granted) return [];
  const before = new Map(containersOf(granted).map((container) => [container.name, container.resources]));
  return containersOf(wanted).flatMap(({ name, resources }) => (before.has(name) && !isSame(resources, before.get(name)) ? [name] : []));
}

/**
 * Why the node cannot grant it: never (Infeasible), or not now (Deferred).
 * @rule kube.kubelet.resize
 * @source kubernetes@1.35 pkg/kubelet/allocation/allocation_manager.go canResizePod
 */
export function resizeRefusal(wanted: Pod, granted: Pod, usage: Usage, node: Pick<NodeObject, "status">): Pending | undefined {
  const old = requestNumbers(granted.spec);
  const generation = wanted.metadata.generation;
  const seen = generation === undefined ? {} : { generation };
  for (const name of ["cpu", "memory"]) {
    const requested = requestNumbers(wanted.spec)[name] ?? 0;
    const text = node.status?.allocatable?.[name];
    const capacity = name === "cpu" ? milliOf(text) : unitsOf(text);
    if (requested > capacity)
      return {
        reason: "Infeasible",
        message: `Node didn't have enough capacity: ${name}, requested: ${requested}, capacity: ${capacity}`,
        ...seen,
      };
    const used = (usage.totals[name] ?? 0) - (old[name] ?? 0);
    if (requested > capacity - used && requested > (old[name] ?? 0))
      return {
        reason: "Deferred",
        message: `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
        ...seen,
      };
  }
  return undefined;
}

/** The Pod as asked for, but with what is granted. */
export function withGranted(pod: Pod, granted: Pod): Pod {
  const before = new Map(containersOf(granted.spec).map((container) => [container.name, container.resources]));
  const list = (containers: readonly Container[]): readonly Container[] =>
    containers.map((container) => ({ ...container, resources: before.get(container.name) }) as Container);
  const init = pod.spec.initContainers === undefined ? {} : { initContainers: list(pod.spec.initContainers) };
  return { ...pod, spec: { ...pod.spec, containers: list(pod.spec.containers), ...init } };
}

/** Whether a container must start again for what changed. @source kubernetes@1.35 pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodResizeAction */
export function restartsForResize(wanted: PodSpec, granted: PodSpec, name: string): boolean {
  const now = containersOf(wanted).find((container) => container.name === name) as Sized | undefined;
  const then = containersOf(granted).find((container) => container.name === name);
  return (now?.resizePolicy ?? []).some(({ resourceName, restartPolicy }) => {
    const changed = (["limits", "requests"] as const).some(
      (list) => !isSame(now?.resources?.[list]?.[resourceName], then?.resources?.[list]?.[resourceName]),
    );
    return changed && restartPolicy === "RestartContainer";
  });
}

/** @source kubernetes@1.35 pkg/kubelet/status/status_manager.go SetPodResizePendingCondition */
export function resizeConditions({ resize }: PodRow): readonly Condition[] {
  if (resize === undefined) return [];
  return [{ type: "PodResizePending", status: "True", reason: resize.reason, message: resize.message }];
}

/** The Pods of a node that wait for room. */
export const waitsForRoom = (row: PodRow): boolean => row.resize?.reason === "Deferred" && !row.finished && row.termination === undefined;
