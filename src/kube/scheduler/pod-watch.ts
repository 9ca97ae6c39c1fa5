/** What the scheduler does when Pods and nodes change: keeps its count, fills its queue, and looks whether somebody who waits may go. */
import type { Tx } from "../../sim/types";
import type { NodeObject, Pod } from "../apis/objects";
import { cacheOf } from "../client/cache";
import { forgetEvents } from "../client/events";
import type { CacheReader, WatchChange } from "../client/types";
import { countNode, countPod, recountPod, uncountPod } from "./cache";
import { gatedStatus } from "./conditions";
import { podKey } from "./pod-info";
import { dequeue, enqueue, requeue } from "./queue";
import { type ClusterEvent, podChanged, worthTrying } from "./queueing-hints";
import { assumedTable, queueTable } from "./tables";

export const SCHEDULER_NAME = "default-scheduler";

/** Finished Pods hold nothing; for the scheduler they are gone. */
const live = (pod: Pod | undefined): Pod | undefined => (pod?.status?.phase === "Succeeded" || pod?.status?.phase === "Failed" ? undefined : pod);
const splitKey = (key: string): readonly [string, string] => {
  const slash = key.indexOf("/");
  return [key.slice(0, slash), key.slice(slash + 1)];
};

export function podByKey(cache: CacheReader, key: string): Pod | undefined {
  const [namespace, name] = splitKey(key);
  return cache.get<Pod>("pods", namespace, name);
}

/**
 * Tries again every waiting Pod that the change may help.
 * @source kubernetes@1.35 pkg/scheduler/backend/queue/scheduling_queue.go MoveAllToActiveOrBackoffQueue
 */
export function moveAll(tx: Tx, event: ClusterEvent): void {
  const waiting = tx.read(queueTable).by("stage", "unschedulable");
  if (waiting.length === 0) return;
  const cache = cacheOf(tx);
  for (const row of waiting) {
    const pod = podByKey(cache, row.key);
    if (pod === undefined || !worthTrying(pod, row.refusing, event)) continue;
    tx.fired("kube.scheduler.queueing-hint", `pods/${row.key}`);
    requeue(tx, row);
  }
}

/** Whether a bound Pod's change matters to the count. */
const recounts = (pod: Pod, old: Pod): boolean =>
  pod.metadata.labels !== old.metadata.labels ||
  pod.metadata.deletionTimestamp !== old.metadata.deletionTimestamp ||
  (pod.spec !== old.spec && (pod.spec.containers !== old.spec.containers || pod.spec.affinity !== old.spec.affinity));

function boundPod(tx: Tx, pod: Pod, old: Pod | undefined): void {
  const node = pod.spec.nodeName ?? "";
  const key = podKey(pod);
  if (old?.spec.nodeName === node) {
    if (!recounts(pod, old)) return;
    recountPod(tx, node, pod);
    moveAll(tx, { kind: "assigned-pod-updated", pod, old });
    return;
  }
  dequeue(tx, key);
  const assumed = tx.read(assumedTable).get(key);
  if (assumed !== undefined) tx.write(assumedTable).delete(key);
  if (assumed?.node === node && assumed.uid === pod.metadata.uid) return;
  if (assumed !== undefined) uncountPod(tx, assumed.node, pod);
  countPod(tx, node, pod);
  moveAll(tx, { kind: "assigned-pod-added", pod });
}

function unboundPod(tx: Tx, pod: Pod, old: Pod | undefined): void {
  if ((pod.spec.schedulerName ?? SCHEDULER_NAME) !== SCHEDULER_NAME) return;
  const key = podKey(pod);
  const row = tx.read(queueTable).get(key);
  if (row === undefined || row.uid !== pod.metadata.uid) {
    if (pod.metadata.deletionTimestamp !== undefined || tx.read(assumedTable).get(key)?.uid === pod.metadata.uid) return;
    dequeue(tx, key);
    enqueue(tx, pod);
    return;
  }
  if (row.stage === "gated" && gatedStatus(pod) === undefined) {
    dequeue(tx, key);
    enqueue(tx, pod);
  } else if (row.stage === "unschedulable" && old !== undefined && podChanged(pod, old)) requeue(tx, row);
}

function gonePod(tx: Tx, pod: Pod): void {
  const key = podKey(pod);
  const row = tx.read(queueTable).get(key);
  if (row?.uid === pod.metadata.uid) dequeue(tx, key);
  const assumed = tx.read(assumedTable).get(key);
  const isAssumed = assumed?.uid === pod.metadata.uid;
  if (isAssumed) tx.write(assumedTable).delete(key);
  forgetEvents(tx, pod.metadata.uid);
  const node = pod.spec.nodeName || (isAssumed ? assumed?.node : undefined);
  if (node === undefined) return;
  uncountPod(tx, node, pod);
  moveAll(tx, { kind: "assigned-pod-deleted", pod });
}

/** @source kubernetes@1.35 pkg/scheduler/eventhandlers.go addPod, updatePod, deletePod */
function onPod(tx: Tx, change: WatchChange): void {
  const pod = change.object as Pod;
  const before = live(change.old as Pod | undefined);
  const now = change.type === "DELETED" ? undefined : live(pod);
  if (now === undefined) {
    if (before !== undefined) gonePod(tx, pod.spec.nodeName === undefined ? before : pod);
  } else if (before !== undefined && before.metadata.uid !== now.metadata.uid) {
    gonePod(tx, before);
    onLivePod(tx, now, undefined);
  } else onLivePod(tx, now, before);
}

function onLivePod(tx: Tx, pod: Pod, old: Pod | undefined): void {
  if (pod.spec.nodeName) boundPod(tx, pod, old);
  else unboundPod(tx, pod, old);
}

const NODE_PARTS: readonly ((node: NodeObject) => unknown)[] = [
  (node) => node.spec,
  (node) => node.metadata.labels,
  (node) => node.status?.allocatable,
  (node) => node.status?.images,
];

/** @source kubernetes@1.35 pkg/scheduler/eventhandlers.go addNode, updateNode, deleteNode */
function onNode(tx: Tx, change: WatchChange): void {
  const node = change.object as NodeObject;
  const old = change.old as NodeObject | undefined;
  if (change.type === "DELETED") {
    countNode(tx, node.metadata.name, undefined);
    moveAll(tx, { kind: "node-deleted", node });
    return;
  }
  if (old !== undefined && NODE_PARTS.every((part) => part(node) === part(old))) return;
  countNode(tx, node.metadata.name, node);
  moveAll(tx, old === undefined ? { kind: "node-added", node } : { kind: "node-updated", node, old });
}

export function onChange(tx: Tx, change: WatchChange): void {
  if (change.resource === "pods") onPod(tx, change);
  else if (change.resource === "nodes") onNode(tx, change);
}
