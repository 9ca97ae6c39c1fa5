/**
 * The kubelet of a hollow node, `kubelet/NODE`: real decisions, simulated containers. It registers its Node, runs the Pods bound to it
 * and answers for logs and exec.
 *
 * Not modelled: static Pods, device plugins, swap, cgroups; images are never garbage collected.
 */
import { delayOf } from "../../sim/delays";
import type { Actor, Message, Tx } from "../../sim/types";
import type { ApiReply, WatchNotice } from "../apiserver/door";
import type { Pod } from "../apis/objects";
import { watchTable } from "../client/tables";
import { advance, openWatch } from "../client/watch";
import { containerStarted, createContainer } from "./container-start";
import { RETRY_CALL } from "./delays";
import type { KubeletCall, KubeletCancel } from "./door";
import { evictOne, setPressure } from "./eviction";
import { serveExec } from "./exec-session";
import { pullEnded } from "./image-pull";
import { followTable, serveLogs } from "./logs";
import { crashed, failPull, killContainer, resume } from "./machine";
import type { KubeletInput, KubeletTimer } from "./messages";
import { nodeAnswered, nodeEvent, preloadImages, register, renewLease } from "./node-registration";
import { nodeNoticed, reportNode, scheduleReport, syncNodeStatus } from "./node-status";
import { deadlinePassed, podAdded, podChanged, podRemoved, sandboxReady, settle, syncContainers } from "./pod-worker";
import { probeFired } from "./probes";
import { endSession } from "./processes";
import { containerOf, savePod, specOf } from "./rows";
import { reconcileStatuses, statusNoticed } from "./status-reconcile";
import { type CallRow, callTable, type ContainerRow, type NodeRow, nodeTable, type PodRow, podTable } from "./tables";

type Known = KubeletTimer | KubeletInput | ApiReply | WatchNotice | KubeletCall | KubeletCancel | { readonly type: "actor.start" };

const freshNode = (config: NodeRow["config"]): NodeRow => ({
  config,
  startedAt: -1,
  registered: false,
  ready: false,
  crashed: false,
  pressure: { memory: false, disk: false, pid: false },
});

function configure(tx: Tx, config: NodeRow["config"]): void {
  const row = freshNode(config);
  tx.write(nodeTable).put(row);
  preloadImages(tx, row);
  start(tx, config.name);
}

function start(tx: Tx, name: string): void {
  const row = tx.read(nodeTable).get(name);
  if (!row || row.startedAt === tx.now) return;
  for (const timer of [row.leaseTimer, row.statusTimer, row.syncTimer, row.reconcileTimer]) if (timer !== undefined) tx.cancel(timer);
  for (const call of tx.read(callTable).rows()) if (call.node === name && call.uid === undefined) tx.write(callTable).delete(String(call.id));
  const { config, ready, crashed, pressure } = row;
  tx.write(nodeTable).put({ ...freshNode(config), startedAt: tx.now, ready, crashed, pressure });
  openWatch(tx, { resource: "pods", node: name });
  openWatch(tx, { resource: "nodes", node: name });
  openWatch(tx, { resource: "services" });
  register(tx, name);
  resume(tx, name);
}

/**
 * Changes of this node's Pods. With the first list after a start, Pods that are no longer in it are cleared away.
 * @rule kube.kubelet.cleanup-pods
 * @source kubernetes@1.35 pkg/kubelet/kubelet_pods.go HandlePodCleanups
 */
function noticed(tx: Tx, name: string, notice: WatchNotice): void {
  const pods = notice.watch === `${tx.self} pods`;
  const first = pods && tx.read(watchTable).get(notice.watch)?.synced === false;
  const changes = advance(tx, notice);
  if (notice.watch === `${tx.self} nodes`) return nodeNoticed(tx, name);
  if (!pods) return;
  for (const change of changes) {
    if (change.type === "DELETED") podRemoved(tx, change.object.metadata.uid);
    else if (change.type === "ADDED") podAdded(tx, name, change.object as Pod);
    else {
      const row = tx.read(podTable).get(change.object.metadata.uid);
      if (row !== undefined) statusNoticed(tx, row, change.object as Pod);
      podChanged(tx, name, change.object as Pod);
    }
  }
  if (!first) return;
  const listed = new Set(changes.map((change) => change.object.metadata.uid));
  for (const row of tx.read(podTable).by("node", name)) if (!listed.has(row.uid)) podRemoved(tx, row.uid);
}

/** A status or a removal was answered. */
function podAnswered(tx: Tx, call: CallRow, reply: ApiReply): void {
  const row = call.uid === undefined ? undefined : tx.read(podTable).get(call.uid);
  if (!row) return;
  const { code } = reply.response;
  if (call.kind === "pod-delete") {
    if (code === 404 || code === 409) podRemoved(tx, row.uid);
    else if (code === 0 || code >= 500) {
      savePod(tx, { ...row, deleting: false });
      tx.send(tx.self, { type: "kubelet.pod", uid: row.uid } as never, delayOf(tx, RETRY_CALL));
    }
    return;
  }
  if (code >= 200 && code < 300)
    return savePod(tx, row.dirty ? settle(tx, { ...row, sending: false }) : settleDelete(tx, { ...row, sending: false }));
  if (code === 404 || code === 409) return savePod(tx, { ...row, sending: false });
  tx.send(tx.self, { type: "kubelet.pod", uid: row.uid } as never, delayOf(tx, RETRY_CALL));
  savePod(tx, { ...row, sending: false, dirty: true, sent: undefined });
}

const settleDelete = (tx: Tx, row: PodRow): PodRow => (row.termination && row.finished ? settle(tx, row) : row);

function answered(tx: Tx, reply: ApiReply): void {
  const calls = tx.write(callTable);
  const call = calls.get(String(reply.id));
  if (!call) return;
  calls.delete(String(reply.id));
  if (call.kind === "pod-status" || call.kind === "pod-delete") podAnswered(tx, call, reply);
  else nodeAnswered(tx, call, reply);
}

function ready(tx: Tx, name: string): void {
  const row = tx.read(nodeTable).get(name);
  if (!row) return;
  tx.write(nodeTable).put({ ...row, ready: true });
  nodeEvent(tx, name, "NodeReady", `Node ${name} status is now: NodeReady`);
  reportNode(tx, name);
  scheduleReport(tx, name);
}

/** A message about one run of a container; stale ones are ignored. */
function forContainer(tx: Tx, message: Extract<KubeletTimer, { readonly container: string }>): void {
  const row = tx.read(podTable).get(message.uid);
  const container = row && containerOf(row, message.container);
  const spec = row && specOf(row, message.container);
  if (!row || !container || !spec) return;
  if (message.type === "kubelet.pulled") {
    if (container.step !== "pulling") return;
    const ended = pullEnded(tx, row, container, spec, message);
    const next = ended.present && !row.termination ? createContainer(tx, ended.row, container.name) : ended.row;
    return savePod(tx, containerOf(next, container.name)?.step === "creating" ? next : settle(tx, next));
  }
  if (message.attempt !== container.restartCount) return;
  if (message.type === "kubelet.started") {
    if (container.step !== "creating" || row.termination) return savePod(tx, settle(tx, syncContainers(tx, withoutStep(row, container.name))));
    return savePod(tx, settle(tx, afterStart(tx, containerStarted(tx, row, container))));
  }
  if (message.type === "kubelet.exited") return;
  const next = probeFired(tx, row, message.container, message.probe);
  if (next !== row) savePod(tx, settle(tx, afterStart(tx, next)));
}

const withoutStep = (row: PodRow, name: string): PodRow => ({
  ...row,
  containers: row.containers.map((container) => (container.name === name ? { ...container, step: undefined } : container)),
});

/** A sidecar that has started lets the next container start. */
const afterStart = (tx: Tx, row: PodRow): PodRow => (row.initialized || row.termination ? row : syncContainers(tx, row));

/** What a container waited for is looked at anew; its own timer would only come again. */
function withoutRetry(tx: Tx, container: ContainerRow): ContainerRow {
  if (container.retry === undefined) return container;
  tx.cancel(container.retry);
  return { ...container, retry: undefined };
}

function forPod(tx: Tx, message: { readonly type: string; readonly uid: string }): void {
  const row = tx.read(podTable).get(message.uid);
  if (!row) return;
  if (message.type === "kubelet.sandbox") return savePod(tx, sandboxReady(tx, row));
  if (message.type === "kubelet.deadline") return savePod(tx, settle(tx, deadlinePassed(tx, row)));
  const reported = settle(tx, { ...row, containers: row.containers.map((container) => withoutRetry(tx, container)) });
  savePod(tx, settle(tx, syncContainers(tx, reported)));
}

function timed(tx: Tx, name: string, message: KubeletTimer): void {
  switch (message.type) {
    case "kubelet.pod":
    case "kubelet.sandbox":
    case "kubelet.deadline":
      return forPod(tx, message);
    case "kubelet.register":
      return register(tx, name);
    case "kubelet.ready":
      return ready(tx, name);
    case "kubelet.lease":
      return renewLease(tx, name);
    case "kubelet.report":
      reportNode(tx, name);
      return scheduleReport(tx, name);
    case "kubelet.reconcile-status":
      return reconcileStatuses(tx, name);
    case "kubelet.sync-node":
      return syncNodeStatus(tx, name);
    case "kubelet.evict":
      return evictOne(tx, name);
    default:
      return forContainer(tx, message);
  }
}

function requested(tx: Tx, name: string, call: KubeletCall): void {
  if (call.request.verb === "logs") serveLogs(tx, name, call.id, call.replyTo, call.request);
  else serveExec(tx, name, call.id, call.replyTo, call.request);
}

function receive(tx: Tx, name: string, given: Message): void {
  const message = given as Known;
  switch (message.type) {
    case "actor.start":
      return start(tx, name);
    case "api.watch":
      return noticed(tx, name, message);
    case "api.reply":
      return answered(tx, message);
    case "kubelet.configure":
      return configure(tx, message.config);
    case "kubelet.request":
      return requested(tx, name, message);
    case "kubelet.cancel":
      endSession(tx, name, message.id);
      for (const row of tx.read(followTable).rows()) if (row.id === message.id) tx.write(followTable).delete(followTable.key(row));
      return;
    case "kubelet.crash":
      return crashed(tx, name);
    case "kubelet.kill":
      return killContainer(tx, name, message);
    case "kubelet.fail-pull":
      return failPull(tx, name, message);
    case "kubelet.pressure":
      return setPressure(tx, name, message);
    default:
      if (given.type.startsWith("kubelet.")) timed(tx, name, message as KubeletTimer);
  }
}

export const kubeletActor: Actor = { kind: "kubelet", receive };
