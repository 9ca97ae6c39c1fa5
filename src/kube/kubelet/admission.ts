/** Whether a Pod that was bound to this node may run here. The scheduler asked the same, but its picture may have been old. */
import { requestNumbers } from "../apis/pod-resources";
import { milliOf, unitsOf } from "../apis/quantity";
import type { NodeObject, Pod, ResourceList, StringMap } from "../apis/objects";

/** What the Pods admitted so far take. */
export interface Usage {
  readonly pods: number;
  readonly totals: Readonly<Record<string, number>>;
}
export const NO_USAGE: Usage = { pods: 0, totals: {} };

export type Rejection = { readonly reason: string; readonly message: string };

const amountOf = (name: string, list: ResourceList | undefined): number => (name === "cpu" ? milliOf(list?.[name]) : unitsOf(list?.[name]));
const REASON_NAMES: Readonly<Record<string, string>> = { cpu: "cpu", memory: "memory", "ephemeral-storage": "ephemeral-storage", pods: "pods" };

/** @source kubernetes@1.35 pkg/kubelet/lifecycle/predicate.go Admit: UnexpectedAdmissionError, OutOf… */
const outOf = (resource: string, requested: number, used: number, capacity: number): Rejection => ({
  reason: `OutOf${REASON_NAMES[resource] ?? resource}`,
  message: `Pod was rejected: Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
});

function hostPorts(pod: Pod): readonly string[] {
  return pod.spec.containers.flatMap((container) =>
    (container.ports ?? []).flatMap((port) => {
      const hostPort = port.hostPort ?? (pod.spec.hostNetwork ? port.containerPort : undefined);
      return hostPort ? [`${port.protocol ?? "TCP"}/${hostPort}`] : [];
    }),
  );
}

function selectorMatches(selector: StringMap | undefined, labels: StringMap): boolean {
  return Object.entries(selector ?? {}).every(([key, value]) => labels[key] === value);
}

/**
 * Resources, host ports and node selector, in the kubelet's order and words.
 *
 * Not modelled: required node affinity and taints are not asked again (the kubelet asks for NoExecute taints only), devices.
 * @rule kube.kubelet.admission
 * @source kubernetes@1.35 pkg/kubelet/lifecycle/predicate.go generalFilter, InsufficientResourceError
 */
export function admitPod(pod: Pod, usage: Usage, others: () => readonly Pod[], node: Pick<NodeObject, "metadata" | "status">): Rejection | undefined {
  const allocatable = node.status?.allocatable;
  const allowed = unitsOf(allocatable?.["pods"]);
  if (allowed > 0 && usage.pods + 1 > allowed) return outOf("pods", 1, usage.pods, allowed);
  for (const [name, requested] of Object.entries(requestNumbers(pod.spec))) {
    if (requested === 0) continue;
    const capacity = amountOf(name, allocatable);
    const used = usage.totals[name] ?? 0;
    if (requested > capacity - used) return outOf(name, requested, used, capacity);
  }
  if (!selectorMatches(pod.spec.nodeSelector, node.metadata.labels ?? {}))
    return { reason: "NodeAffinity", message: "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector" };
  const ports = hostPorts(pod);
  const busy = ports.length === 0 ? undefined : new Set(others().flatMap(hostPorts));
  if (ports.some((port) => busy?.has(port)))
    return {
      reason: "NodePorts",
      message: "Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
    };
  return undefined;
}
