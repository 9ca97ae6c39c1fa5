/**
 * Which changes may make a refused Pod schedulable, plugin by plugin: so that Pods are not tried again for nothing.
 *
 * Not modelled: hints for claims, volumes and storage classes.
 */
import type { NodeObject, Pod } from "../apis/objects";
import { isFit } from "./plugins/node-resources-fit";
import { nodeAffinityStatus } from "./plugins/node-affinity";
import { portsConflict } from "./plugins/node-ports";
import { blocksScheduling, untoleratedTaint } from "./plugins/taint-toleration";
import { hasAllKeys } from "./plugins/topology-constraints";
import { hostPorts, podAmounts, podPriority, samePod } from "./pod-info";
import { selectorMatches, selectorOfObject } from "../apis/label-selector";
import type { RawConstraint } from "./plugins/topology-constraints";

export type ClusterEvent =
  | { readonly kind: "node-added"; readonly node: NodeObject }
  | { readonly kind: "node-updated"; readonly node: NodeObject; readonly old: NodeObject }
  | { readonly kind: "node-deleted"; readonly node: NodeObject }
  | { readonly kind: "assigned-pod-added"; readonly pod: Pod }
  | { readonly kind: "assigned-pod-updated"; readonly pod: Pod; readonly old: Pod }
  | { readonly kind: "assigned-pod-deleted"; readonly pod: Pod };

type Hint = (pod: Pod, event: ClusterEvent) => boolean;

const nodeOf = (event: ClusterEvent): NodeObject | undefined =>
  event.kind === "node-added" || event.kind === "node-updated" ? event.node : undefined;

const changed = (event: ClusterEvent, read: (node: NodeObject) => unknown): boolean =>
  event.kind !== "node-updated" || read(event.node) !== read(event.old);

/** @source kubernetes@1.35 pkg/scheduler/framework/plugins/noderesources/fit.go isSchedulableAfterPodEvent, isSchedulableAfterNodeChange */
function fitHint(pod: Pod, event: ClusterEvent): boolean {
  const node = nodeOf(event);
  if (node !== undefined) return changed(event, (n) => n.status?.allocatable) && isFit(pod, node);
  if (event.kind === "assigned-pod-deleted") return true;
  if (event.kind !== "assigned-pod-updated") return false;
  const before = podAmounts(event.old);
  const after = podAmounts(event.pod);
  return after.cpu < before.cpu || after.memory < before.memory || after.storage < before.storage;
}

const toleratesNode = (pod: Pod, node: NodeObject): boolean =>
  untoleratedTaint(node.spec?.taints, pod.spec.tolerations, blocksScheduling) === undefined;

/** @source kubernetes@1.35 pkg/scheduler/framework/plugins/interpodaffinity/plugin.go isSchedulableAfterPodChange, isSchedulableAfterNodeChange */
function affinityHint(pod: Pod, event: ClusterEvent): boolean {
  const node = nodeOf(event);
  if (node !== undefined) return changed(event, (n) => n.metadata.labels);
  return event.kind !== "node-deleted";
}

/** @source kubernetes@1.35 pkg/scheduler/framework/plugins/podtopologyspread/plugin.go isSchedulableAfterPodChange, isSchedulableAfterNodeChange */
function spreadHint(pod: Pod, event: ClusterEvent): boolean {
  const constraints = (pod.spec.topologySpreadConstraints ?? []) as unknown as readonly RawConstraint[];
  if ("node" in event) {
    const keyed = constraints.map(({ topologyKey }) => ({ topologyKey }) as never);
    return hasAllKeys(event.node, keyed) || (event.kind === "node-updated" && hasAllKeys(event.old, keyed));
  }
  if (samePod(pod, event.pod)) return true;
  if (event.pod.metadata.namespace !== pod.metadata.namespace) return false;
  return constraints.some(({ labelSelector }) => {
    const selector = selectorOfObject(labelSelector);
    return selector !== null && !("error" in selector) && selectorMatches(selector, event.pod.metadata.labels);
  });
}

const HINTS: Readonly<Record<string, Hint>> = {
  NodeResourcesFit: fitHint,
  NodeAffinity: (pod, event) => {
    const node = nodeOf(event);
    return node !== undefined && changed(event, (n) => n.metadata.labels) && nodeAffinityStatus(pod, node) === undefined;
  },
  TaintToleration: (pod, event) => {
    const node = nodeOf(event);
    return node !== undefined && changed(event, (n) => n.spec?.taints) && toleratesNode(pod, node);
  },
  NodeUnschedulable: (_pod, event) => {
    const node = nodeOf(event);
    return node !== undefined && changed(event, (n) => n.spec?.unschedulable === true) && node.spec?.unschedulable !== true;
  },
  NodeName: (pod, event) => event.kind === "node-added" && event.node.metadata.name === pod.spec.nodeName,
  NodePorts: (pod, event) => {
    if (event.kind === "node-added") return true;
    if (event.kind !== "assigned-pod-deleted") return false;
    return hostPorts(event.pod).some((taken) => hostPorts(pod).some((wanted) => portsConflict(wanted, taken)));
  },
  InterPodAffinity: affinityHint,
  PodTopologySpread: spreadHint,
  /** There was no node at all. */
  "": (_pod, event) => event.kind === "node-added",
};

/**
 * Whether a change may help a Pod that these plugins refused.
 * @rule kube.scheduler.queueing-hint
 * @source kubernetes@1.35 pkg/scheduler/backend/queue/scheduling_queue.go isPodWorthRequeuing
 */
export function worthTrying(pod: Pod, refusing: readonly string[], event: ClusterEvent): boolean {
  return (refusing.length === 0 ? [""] : refusing).some((plugin) => HINTS[plugin]?.(pod, event) === true);
}

/** Whether a change of a Pod itself may help it: labels, tolerations, requests, gates. */
export const podChanged = (pod: Pod, old: Pod): boolean =>
  pod.metadata.labels !== old.metadata.labels || pod.spec !== old.spec || podPriority(pod) !== podPriority(old);
