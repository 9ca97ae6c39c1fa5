/**
 * kube-scheduler: takes one Pod after the other from its queue, finds the best node, notes the Pod there at once (assumes it) and asks
 * the API server to bind it. When no node fits it says why, and may preempt.
 *
 * An attempt is decided in one moment, after the time a cycle takes; binding happens beside the next attempts.
 * Not modelled: several profiles, leader election, volumes, batches of equal Pods.
 * @source kubernetes@1.35 pkg/scheduler/schedule_one.go ScheduleOne
 */
import { delayOf } from "../../sim/delays";
import type { Actor, Message, TableDefinition, Tx } from "../../sim/types";
import type { ApiReply, WatchNotice } from "../apiserver/door";
import type { Pod } from "../apis/objects";
import { cacheOf } from "../client/cache";
import { callApi } from "../client/call";
import type { CacheReader } from "../client/types";
import { advance, openWatch, synced } from "../client/watch";
import { cachedSnapshot, countPod, schedulerState, uncountPod } from "./cache";
import { podEvent } from "./events";
import { failed } from "./failure";
import { podKey, podNamespace } from "./pod-info";
import { moveAll, onChange, podByKey } from "./pod-watch";
import { DEFAULT_PROFILE } from "./profile";
import { dequeue, errored, hasWork, pop, waitOver, type WaitOver } from "./queue";
import type { CycleOptions, Nominated } from "./filtering";
import { schedulePod } from "./scheduling-cycle";
import {
  activeTable,
  laneTable,
  assumedTable,
  bindingTable,
  IDLE,
  imageTable,
  nodeInfoTable,
  type QueueRow,
  queueTable,
  schedulerTable,
  SCHEDULING_CYCLE,
} from "./tables";

const RESOURCES = ["pods", "nodes", "namespaces", "services", "replicasets"];

function clear<Row, Index extends string>(tx: Tx, definition: TableDefinition<Row, Index>): void {
  const table = tx.write(definition);
  for (const key of table.keys()) table.delete(key);
}

/** A scheduler that starts knows nothing. */
function start(tx: Tx): void {
  for (const row of tx.read(queueTable).rows()) if (row.timer !== undefined) tx.cancel(row.timer);
  clear(tx, queueTable);
  clear(tx, activeTable);
  clear(tx, laneTable);
  clear(tx, nodeInfoTable);
  clear(tx, assumedTable);
  clear(tx, bindingTable);
  clear(tx, imageTable);
  tx.write(schedulerTable).put(IDLE);
  for (const resource of RESOURCES) openWatch(tx, { resource });
}

/** Begins a cycle unless one is under way or there is nothing to do. */
function wake(tx: Tx): void {
  const state = schedulerState(tx);
  if (state.busy || !hasWork(tx) || !synced(tx)) return;
  tx.write(schedulerTable).put({ ...state, busy: true });
  tx.send(tx.self, { type: "scheduler.cycle" }, delayOf(tx, SCHEDULING_CYCLE));
}

function nominatedPods(tx: Tx, cache: CacheReader): Nominated[] {
  return tx
    .read(queueTable)
    .by("nominated", "")
    .flatMap((row) => {
      const pod = podByKey(cache, row.key);
      return pod === undefined || row.nominated === undefined ? [] : [{ pod, node: row.nominated }];
    });
}

function cycle(tx: Tx): void {
  const row = pop(tx);
  if (row !== undefined) {
    const cache = cacheOf(tx);
    const pod = podByKey(cache, row.key);
    if (pod === undefined || pod.metadata.uid !== row.uid || pod.spec.nodeName || pod.metadata.deletionTimestamp !== undefined) dequeue(tx, row.key);
    else attempt(tx, cache, row, pod);
  }
  tx.write(schedulerTable).put({ ...schedulerState(tx), busy: false });
  wake(tx);
}

function attempt(tx: Tx, cache: CacheReader, row: QueueRow, pod: Pod): void {
  const snapshot = cachedSnapshot(tx, cache);
  const state = schedulerState(tx);
  const options: CycleOptions = {
    plugins: DEFAULT_PROFILE,
    start: state.start,
    nominated: nominatedPods(tx, cache),
    random: () => tx.random("scheduler"),
  };
  const result = schedulePod(pod, snapshot, options);
  if (result.visited > 0) tx.write(schedulerTable).put({ ...state, start: (state.start + result.visited) % snapshot.names.length });
  for (const rule of result.rules) tx.fired(rule, `pods/${row.key}`);
  if (result.node === undefined) failed(tx, cache, row, pod, result, snapshot, options);
  else assume(tx, row, pod, result.node);
}

/**
 * @rule kube.scheduler.assume
 * @source kubernetes@1.35 pkg/scheduler/schedule_one.go assume, bind
 */
function assume(tx: Tx, row: QueueRow, pod: Pod, node: string): void {
  dequeue(tx, row.key);
  countPod(tx, node, pod);
  tx.write(assumedTable).put({ key: row.key, uid: row.uid, node, queued: row });
  tx.fired("kube.scheduler.assume", `pods/${row.key}`);
  const namespace = podNamespace(pod);
  const { name, uid } = pod.metadata;
  const id = callApi(tx, {
    method: "POST",
    path: `/api/v1/namespaces/${namespace}/pods/${name}/binding`,
    body: { apiVersion: "v1", kind: "Binding", metadata: { name, namespace, uid }, target: { kind: "Node", name: node } },
    user: "kube-scheduler",
  });
  tx.write(bindingTable).put({ id: String(id), key: row.key });
}

function onReply(tx: Tx, { id, response }: ApiReply): void {
  const binding = tx.read(bindingTable).get(String(id));
  if (binding === undefined) return;
  tx.write(bindingTable).delete(binding.id);
  const cache = cacheOf(tx);
  const pod = podByKey(cache, binding.key);
  const assumed = tx.read(assumedTable).get(binding.key);
  if (response.code >= 200 && response.code < 300) {
    const node = assumed?.node ?? pod?.spec.nodeName;
    if (pod !== undefined && node !== undefined)
      podEvent(tx, pod, "Normal", "Scheduled", `Successfully assigned ${podNamespace(pod)}/${pod.metadata.name} to ${node}`);
    return;
  }
  if (assumed !== undefined)
    bindingFailed(tx, cache, assumed.node, assumed.queued, (response.body as { readonly message?: string } | null)?.message ?? "");
}

/**
 * The Pod leaves the node where it was assumed and is tried again.
 * @rule kube.scheduler.binding-failed
 * @source kubernetes@1.35 pkg/scheduler/schedule_one.go handleBindingCycleError
 */
function bindingFailed(tx: Tx, cache: CacheReader, node: string, queued: QueueRow, message: string): void {
  tx.write(assumedTable).delete(queued.key);
  const pod = podByKey(cache, queued.key);
  if (pod === undefined || pod.metadata.uid !== queued.uid) return;
  uncountPod(tx, node, pod);
  moveAll(tx, { kind: "assigned-pod-deleted", pod });
  if (pod.spec.nodeName || pod.metadata.deletionTimestamp !== undefined) return;
  tx.fired("kube.scheduler.binding-failed", `pods/${podKey(pod)}`);
  podEvent(tx, pod, "Warning", "FailedScheduling", `running Bind plugin "DefaultBinder": ${message}`);
  const { order: _order, timer: _timer, ...rest } = queued;
  errored(tx, rest);
}

export const schedulerActor: Actor = {
  kind: "scheduler",
  receive(tx: Tx, _name: string, message: Message): void {
    if (message.type === "scheduler.cycle") return cycle(tx);
    if (message.type === "actor.start") return start(tx);
    if (message.type === "api.watch") for (const change of advance(tx, message as WatchNotice)) onChange(tx, change);
    else if (message.type === "api.reply") onReply(tx, message as ApiReply);
    else if (message.type === "scheduler.wait-over") waitOver(tx, (message as unknown as WaitOver).key);
    wake(tx);
  },
};
