/**
 * A snapshot of plain lists: for vectors, for explaining a moment after the fact, and for "what if this node held other Pods"
 * (preemption). The scheduler's own snapshot reads its tables (cache.ts).
 */
import type { KubeObject, Namespace, NodeObject, Pod } from "../apis/objects";
import { type Selector, selectorMatches } from "../apis/label-selector";
import { defaultSelector } from "./default-selector";
import type { Snapshot } from "./framework";
import { addPod, emptyNodeInfo, type NodeInfo, withNode } from "./node-info";
import { normalizedImageName } from "./plugins/image-locality";

/** Objects beside nodes and Pods that some plugins look at. */
export interface SchedulingContext {
  readonly namespaces?: readonly Namespace[];
  readonly services?: readonly KubeObject[];
  readonly replicaSets?: readonly KubeObject[];
}

/** Counts Pods on their nodes, in the order given. Pods bound to a missing node are left out. */
export function nodeInfos(nodes: readonly NodeObject[], pods: readonly Pod[]): NodeInfo[] {
  const infos = new Map(nodes.map((node) => [node.metadata.name, withNode(emptyNodeInfo(node.metadata.name), node)]));
  for (const pod of pods) {
    const info = infos.get(pod.spec.nodeName ?? "");
    if (info !== undefined) infos.set(info.name, addPod(info, pod));
  }
  return [...infos.values()];
}

export function snapshotOf(infos: readonly NodeInfo[], context: SchedulingContext = {}): Snapshot {
  const byName = new Map(infos.map((info) => [info.name, info]));
  const namespaces = context.namespaces ?? [];
  return {
    names: infos.map((info) => info.name),
    get: (name) => byName.get(name),
    all: () => infos,
    withAffinity: () => infos.filter((info) => info.withAffinity.length > 0),
    withRequiredAntiAffinity: () => infos.filter((info) => info.withRequiredAntiAffinity.length > 0),
    namespaceLabels: (name) => namespaces.find((namespace) => namespace.metadata.name === name)?.metadata.labels ?? {},
    namespacesMatching: (selector: Selector) =>
      namespaces.filter((namespace) => selectorMatches(selector, namespace.metadata.labels)).map((namespace) => namespace.metadata.name),
    nodesWithImage: (image) =>
      infos.filter((info) => (info.node?.status?.images ?? []).some((held) => (held.names ?? []).some((name) => normalizedImageName(name) === image)))
        .length,
    defaultSelector: (pod) => defaultSelector(pod, context.services ?? [], context.replicaSets ?? []),
  };
}

/** The same snapshot with one node replaced. */
export function snapshotWith(snapshot: Snapshot, changed: NodeInfo): Snapshot {
  const swap = (infos: readonly NodeInfo[]): readonly NodeInfo[] => infos.map((info) => (info.name === changed.name ? changed : info));
  const among = (infos: readonly NodeInfo[], has: boolean): readonly NodeInfo[] => {
    const rest = infos.filter((info) => info.name !== changed.name);
    return has ? [...rest, changed] : rest;
  };
  return {
    ...snapshot,
    get: (name) => (name === changed.name ? changed : snapshot.get(name)),
    all: () => swap(snapshot.all()),
    withAffinity: () => among(snapshot.withAffinity(), changed.withAffinity.length > 0),
    withRequiredAntiAffinity: () => among(snapshot.withRequiredAntiAffinity(), changed.withRequiredAntiAffinity.length > 0),
  };
}
