/** The scheduler's count of nodes and the Pods on them, kept up to date change by change, and the snapshot that a cycle reads. */
import type { TableReader, Tx } from "../../sim/types";
import type { Namespace, NodeObject, Pod, ReplicaSet, Service } from "../apis/objects";
import { selectorMatches } from "../apis/label-selector";
import type { CacheReader } from "../client/types";
import { defaultSelector } from "./default-selector";
import type { Snapshot } from "./framework";
import { addPod, emptyNodeInfo, type NodeInfo, removePod, withNode, withoutNode } from "./node-info";
import { normalizedImageName } from "./plugins/image-locality";
import { IDLE, imageTable, nodeInfoTable, type SchedulerRow, schedulerTable } from "./tables";

type Reader = Pick<Tx, "read">;

export const schedulerState = (tx: Reader): SchedulerRow => tx.read(schedulerTable).get("main") ?? IDLE;

export function countPod(tx: Tx, node: string, pod: Pod): void {
  const table = tx.write(nodeInfoTable);
  table.put(addPod(table.get(node) ?? emptyNodeInfo(node), pod));
}

export function uncountPod(tx: Tx, node: string, pod: Pod): void {
  const table = tx.write(nodeInfoTable);
  const info = table.get(node);
  if (info === undefined) return;
  const less = removePod(info, pod);
  if (less.node === undefined && less.pods.length === 0) table.delete(node);
  else if (less !== info) table.put(less);
}

/** Takes the new version of a Pod that is counted already. */
export function recountPod(tx: Tx, node: string, pod: Pod): void {
  const table = tx.write(nodeInfoTable);
  table.put(addPod(removePod(table.get(node) ?? emptyNodeInfo(node), pod), pod));
}

function imageNames(node: NodeObject | undefined): Set<string> {
  return new Set((node?.status?.images ?? []).flatMap((image) => (image.names ?? []).map(normalizedImageName)));
}

function countImages(tx: Tx, old: NodeObject | undefined, node: NodeObject | undefined): void {
  if (old?.status?.images === node?.status?.images) return;
  const table = tx.write(imageTable);
  const before = imageNames(old);
  const after = imageNames(node);
  const change = (name: string, by: number): void => {
    const nodes = (table.get(name)?.nodes ?? 0) + by;
    if (nodes > 0) table.put({ name, nodes });
    else table.delete(name);
  };
  for (const name of before) if (!after.has(name)) change(name, -1);
  for (const name of after) if (!before.has(name)) change(name, 1);
}

const zoneOf = (node: NodeObject | undefined): string =>
  `${node?.metadata.labels?.["topology.kubernetes.io/region"] ?? ""}/${node?.metadata.labels?.["topology.kubernetes.io/zone"] ?? ""}`;

/**
 * Nodes one zone after the other by turns, so that a search that stops early has seen all zones.
 * @rule kube.scheduler.node-order
 * @source kubernetes@1.35 pkg/scheduler/backend/cache/node_tree.go nodeTree.list
 */
export function nodeOrder(infos: readonly NodeInfo[]): string[] {
  const zones = new Map<string, string[]>();
  for (const { name, node } of infos) {
    if (node === undefined) continue;
    const zone = zoneOf(node);
    const names = zones.get(zone);
    if (names === undefined) zones.set(zone, [name]);
    else names.push(name);
  }
  const lists = [...zones.values()];
  const longest = lists.reduce((most, list) => Math.max(most, list.length), 0);
  const order: string[] = [];
  for (let i = 0; i < longest; i++) for (const list of lists) if (list[i] !== undefined) order.push(list[i] as string);
  return order;
}

/** Takes a node's new version, or with undefined its removal. */
export function countNode(tx: Tx, name: string, node: NodeObject | undefined): void {
  const table = tx.write(nodeInfoTable);
  const info = table.get(name);
  countImages(tx, info?.node, node);
  if (node !== undefined) table.put(withNode(info ?? emptyNodeInfo(name), node));
  else if (info !== undefined && info.pods.length > 0) table.put(withoutNode(info));
  else table.delete(name);
  if (info?.node !== undefined && node !== undefined && zoneOf(info.node) === zoneOf(node)) return;
  tx.write(schedulerTable).put({ ...schedulerState(tx), names: nodeOrder(table.rows()) });
}

function listed(table: TableReader<NodeInfo, "affinity" | "guarded">, names: readonly string[]): readonly NodeInfo[] {
  const infos: NodeInfo[] = [];
  for (const name of names) {
    const info = table.get(name);
    if (info !== undefined) infos.push(info);
  }
  return infos;
}

/** The nodes as counted at this moment; valid until the tables change. */
export function cachedSnapshot(tx: Reader, cache: CacheReader): Snapshot {
  const table = tx.read(nodeInfoTable);
  const { names } = schedulerState(tx);
  let all: readonly NodeInfo[] | undefined;
  return {
    names,
    get: (name) => table.get(name),
    all: () => (all ??= listed(table, names)),
    withAffinity: () => table.by("affinity", "yes"),
    withRequiredAntiAffinity: () => table.by("guarded", "yes"),
    namespaceLabels: (name) => cache.get<Namespace>("namespaces", "", name)?.metadata.labels ?? {},
    namespacesMatching: (selector) =>
      cache
        .list<Namespace>("namespaces")
        .filter((namespace) => selectorMatches(selector, namespace.metadata.labels))
        .map((namespace) => namespace.metadata.name),
    nodesWithImage: (image) => tx.read(imageTable).get(image)?.nodes ?? 0,
    defaultSelector(pod) {
      const namespace = pod.metadata.namespace ?? "";
      const owner = (pod.metadata.ownerReferences ?? []).find((reference) => reference.controller === true);
      const found = owner?.kind === "ReplicaSet" ? cache.get<ReplicaSet>("replicasets", namespace, owner.name) : undefined;
      return defaultSelector(pod, cache.list<Service>("services", namespace), found === undefined ? [] : [found]);
    },
  };
}
