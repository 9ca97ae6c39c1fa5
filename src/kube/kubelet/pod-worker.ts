/**
 * One Pod on one node, from its arrival to its removal. Each step is a function from row to row that sends what must happen later;
 * `settle` saves the row once per event.
 */
import { delayOf } from "../../sim/delays";
import { seconds } from "../../sim/time";
import type { Tx } from "../../sim/types";
import type { NodeObject, Pod } from "../apis/objects";
import { isPodTerminal } from "../apis/pod-availability";
import { cacheOf } from "../client/cache";
import { callApi } from "../client/call";
import { forgetEvents } from "../client/events";
import { storeTable } from "../apiserver/storage/store";
import { admitPod, NO_USAGE, type Rejection } from "./admission";
import { stopContainer } from "./container-end";
import { startContainer } from "./container-start";
import { CREATE_SANDBOX, MOUNT_RETRY, SYNC_POD } from "./delays";
import { podEvent } from "./event-recorder";
import { addressIn } from "./identifiers";
import { forgetLogs } from "./logs";
import { podActions } from "./pod-actions";
import { resizedContainers, resizeRefusal, restartsForResize, waitsForRoom, withGranted } from "./pod-resize";
import { reportStatus, statusSettled } from "./pod-status";
import { endProcesses } from "./processes";
import { dropPod, freshPod, machineOf, podWithIP, savePod, specOf } from "./rows";
import { callTable, fileTable, machineTable, nodeTable, type PodRow, podTable, usageTable } from "./tables";
import { mountProblem } from "./volumes";

const later = (tx: Tx, row: PodRow, type: "kubelet.pod" | "kubelet.sandbox" | "kubelet.deadline", delay: number): void =>
  void tx.send(tx.self, { type, uid: row.uid } as never, Math.max(1, delay));

/** The kubelet's own Node as the API server has it (labels may have been added since it registered); the lag of its watch is not modelled. */
const nodeObject = (tx: Tx, node: string): Pick<NodeObject, "metadata" | "status"> => {
  const known = tx.read(storeTable("nodes")).get(node)?.object as NodeObject | undefined;
  if (known !== undefined) return known;
  const config = tx.read(nodeTable).get(node)?.config;
  const labels = { "kubernetes.io/hostname": node, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64", ...config?.labels };
  return { metadata: { labels } as unknown as NodeObject["metadata"], status: { allocatable: config?.allocatable ?? config?.capacity } };
};

/** A Pod was bound to this node (or found at a restart). */
export function podAdded(tx: Tx, node: string, pod: Pod): void {
  const known = tx.read(podTable).get(pod.metadata.uid);
  if (known) return podChanged(tx, node, pod);
  if (isPodTerminal(pod) && pod.metadata.deletionTimestamp === undefined) return;
  const row = freshPod(tx, node, pod);
  if (pod.metadata.deletionTimestamp !== undefined) return savePod(tx, settle(tx, beginTermination(tx, { ...row, sandbox: "stopped" }, 0)));
  const others = (): readonly Pod[] => {
    const rows = tx.read(podTable).by("node", node);
    return rows.filter((other) => !other.finished && !other.verdict).map((other) => other.pod);
  };
  const rejection = admitPod(pod, tx.read(usageTable).get(node) ?? NO_USAGE, others, nodeObject(tx, node));
  if (rejection) return savePod(tx, settle(tx, reject(tx, row, rejection)));
  tx.fired("kube.kubelet.admission", `${row.namespace}/${row.name}`);
  const deadline = pod.spec.activeDeadlineSeconds;
  if (deadline !== undefined) later(tx, row, "kubelet.deadline", seconds(deadline));
  savePod(tx, reportStatus(tx, mount(tx, row, delayOf(tx, SYNC_POD))));
}

function reject(tx: Tx, row: PodRow, { reason, message }: Rejection): PodRow {
  podEvent(tx, row, "Warning", reason, message);
  return { ...row, sandbox: "stopped", finished: true, verdict: { phase: "Failed", reason, message } };
}

/** Volumes first; then the sandbox. Tried again, more and more seldom, while something is missing. */
function mount(tx: Tx, row: PodRow, delay: number): PodRow {
  const problem = mountProblem(tx, row);
  if (problem === undefined) {
    later(tx, row, "kubelet.sandbox", delay + delayOf(tx, CREATE_SANDBOX));
    return { ...row, sandbox: "creating" };
  }
  if (problem === "wait") {
    later(tx, row, "kubelet.pod", delayOf(tx, MOUNT_RETRY));
    return { ...row, sandbox: "mounting" };
  }
  podEvent(tx, row, "Warning", "FailedMount", problem.message);
  const retry = Math.min(delayOf(tx, MOUNT_RETRY) * 2 ** Math.min(row.mountRetries, 8), seconds(122));
  later(tx, row, "kubelet.pod", retry);
  return { ...row, sandbox: "mounting", mountRetries: row.mountRetries + 1 };
}

/** The pause container runs and the network is set up. */
export function sandboxReady(tx: Tx, row: PodRow): PodRow {
  if (row.sandbox !== "creating" || row.termination) return row;
  const ip = row.pod.spec.hostNetwork ? tx.read(nodeTable).get(row.node)?.config.internalIP : allocateIP(tx, row.node);
  return syncContainers(tx, { ...row, sandbox: "ready", ip: ip ?? row.ip });
}

/**
 * The next free address of the node's range, round and round.
 * @rule kube.kubelet.pod-ip
 * @source containernetworking/plugins@1.6 plugins/ipam/host-local/backend/allocator/allocator.go Get
 */
function allocateIP(tx: Tx, node: string): string | undefined {
  const cidr = tx.read(nodeTable).get(node)?.config.podCIDR;
  if (cidr === undefined) return undefined;
  const machines = tx.write(machineTable);
  const row = machineOf(tx, node);
  let { nextIP, wrapped } = row;
  for (let tries = 0; tries < 1024; tries++) {
    const address = addressIn(cidr, nextIP);
    nextIP = address === undefined ? 2 : nextIP + 1;
    if (address === undefined) wrapped = true;
    if (address === undefined || (wrapped && podWithIP(tx, node, address))) continue;
    machines.put({ ...row, nextIP, wrapped });
    return address;
  }
  return undefined;
}

/**
 * Does what the Pod's containers need next.
 * @rule kube.kubelet.sync-pod
 * @source kubernetes@1.35 pkg/kubelet/kubelet.go SyncPod
 */
export function syncContainers(tx: Tx, given: PodRow): PodRow {
  if (given.termination || given.verdict) return stopNext(tx, given);
  if (given.sandbox === "mounting") return mount(tx, given, delayOf(tx, SYNC_POD));
  if (given.sandbox !== "ready") return given;
  let row = given;
  const actions = podActions(row.pod.spec, row.containers, row.initialized);
  for (const name of actions.start) {
    const container = row.containers.find((candidate) => candidate.name === name);
    if (container) row = startContainer(tx, row, container);
  }
  if (actions.stopSidecars) row = stopRoles(tx, row, ["sidecar"], graceOf(row));
  return actions.finished ? { ...row, finished: true, sandbox: "stopped" } : row;
}

const graceOf = (row: PodRow): number => seconds(row.pod.spec.terminationGracePeriodSeconds ?? 30);

function stopRoles(tx: Tx, given: PodRow, roles: readonly string[], grace: number): PodRow {
  let row = given;
  for (const container of given.containers)
    if (roles.includes(container.role) && container.state === "running")
      row = stopContainer(tx, row, container, grace, `Stopping container ${container.name}`);
  return row;
}

/** Stops what still runs: containers first, then sidecars, the last one first. */
function stopNext(tx: Tx, row: PodRow): PodRow {
  const left = row.termination ? Math.max(0, row.termination.deadline - tx.now) : graceOf(row);
  if (row.containers.some((container) => container.role !== "sidecar" && container.state === "running"))
    return stopRoles(tx, row, ["init", "regular"], left);
  const sidecar = row.containers.findLast((container) => container.role === "sidecar" && container.state === "running");
  if (sidecar) return stopContainer(tx, row, sidecar, left, `Stopping container ${sidecar.name}`);
  return row.finished ? row : { ...row, finished: true, sandbox: "stopped" };
}

/**
 * @rule kube.kubelet.terminate
 * @source kubernetes@1.35 pkg/kubelet/kubelet.go SyncTerminatingPod
 */
export function beginTermination(tx: Tx, row: PodRow, graceSeconds: number): PodRow {
  const deadline = tx.now + seconds(graceSeconds);
  if (row.termination && row.termination.deadline <= deadline) return row;
  tx.fired("kube.kubelet.terminate", `${row.namespace}/${row.name}`);
  return stopNext(tx, { ...row, termination: { deadline, graceSeconds } });
}

/** Nothing that a kubelet acts on: most changes are the echo of its own reports. */
const onlyStatusChanged = (before: Pod, after: Pod): boolean =>
  before.spec === after.spec &&
  before.metadata.deletionTimestamp === after.metadata.deletionTimestamp &&
  before.metadata.deletionGracePeriodSeconds === after.metadata.deletionGracePeriodSeconds &&
  before.metadata.labels === after.metadata.labels &&
  before.metadata.annotations === after.metadata.annotations &&
  (after.spec.readinessGates ?? []).length === 0;

/**
 * Containers whose image was changed in place are stopped, and started again from the new one.
 * @rule kube.kubelet.container-changed
 * @source kubernetes@1.35 pkg/kubelet/kuberuntime/kuberuntime_manager.go containerChanged, computePodActions
 */
function redefined(tx: Tx, given: PodRow, before: Pod): PodRow {
  let row = given;
  for (const container of given.containers) {
    const image = specOf(given, container.name)?.image;
    const old = [...before.spec.containers, ...(before.spec.initContainers ?? [])].find((spec) => spec.name === container.name)?.image;
    if (container.state !== "running" || container.role === "init") continue;
    if (image !== old) row = stopContainer(tx, row, container, graceOf(row), `Container ${container.name} definition changed, will be restarted`);
    else if (restartsForResize(given.pod.spec, before.spec, container.name))
      row = stopContainer(tx, row, container, graceOf(row), `Container ${container.name} resize requires restart`);
  }
  return row;
}

/** The row with the Pod as it is asked for now; its resources only where the node has them. */
function granted(tx: Tx, known: PodRow, pod: Pod): PodRow {
  if (known.finished || resizedContainers(pod.spec, known.pod.spec).length === 0) return { ...known, pod, resize: undefined };
  const resize = resizeRefusal(pod, known.pod, tx.read(usageTable).get(known.node) ?? NO_USAGE, nodeObject(tx, known.node));
  if (resize !== undefined) return { ...known, pod: withGranted(pod, known.pod), resize };
  tx.fired("kube.kubelet.resize", `${known.namespace}/${known.name}`);
  return { ...known, pod, resize: undefined };
}

const isResized = (row: PodRow, known: PodRow): boolean =>
  row.resize?.message !== known.resize?.message || resizedContainers(row.pod.spec, known.pod.spec).length > 0;

/** A Pod has left: those that wait for room may have it now. */
function retryResizes(tx: Tx, node: string): void {
  for (const row of tx.read(podTable).by("node", node)) {
    if (!waitsForRoom(row)) continue;
    const pod = cacheOf(tx).get<Pod>("pods", row.namespace, row.name);
    if (pod?.metadata.uid === row.uid) savePod(tx, settle(tx, redefined(tx, granted(tx, row, pod), row.pod)));
  }
}

/** The Pod's object has changed. */
export function podChanged(tx: Tx, node: string, pod: Pod): void {
  const known = tx.read(podTable).get(pod.metadata.uid);
  if (!known) return podAdded(tx, node, pod);
  if (known.pod.metadata.resourceVersion === pod.metadata.resourceVersion) return;
  if (known.sent !== undefined && onlyStatusChanged(known.pod, pod)) return;
  const row = granted(tx, known, pod);
  if (pod.metadata.deletionTimestamp === undefined) {
    const next = row.pod.spec === known.pod.spec ? row : redefined(tx, row, known.pod);
    return savePod(tx, isResized(next, known) ? settle(tx, next) : next);
  }
  savePod(tx, settle(tx, beginTermination(tx, row, pod.metadata.deletionGracePeriodSeconds ?? 30)));
}

/** The Pod's object is gone: so is everything of it here. */
export function podRemoved(tx: Tx, uid: string): void {
  const row = tx.read(podTable).get(uid);
  if (!row) return;
  for (const container of row.containers) {
    for (const timer of [container.exitTimer, container.killTimer, container.retry]) if (timer !== undefined) tx.cancel(timer);
    endProcesses(tx, uid, container.name);
  }
  const files = tx.write(fileTable);
  for (const file of files.by("uid", uid)) files.delete(fileTable.key(file));
  forgetEvents(tx, uid);
  forgetLogs(tx, uid);
  dropPod(tx, row);
  retryResizes(tx, row.node);
}

/** Reports, and asks for the Pod's removal when all has ended and all has been reported. */
export function settle(tx: Tx, given: PodRow): PodRow {
  const row = reportStatus(tx, given);
  if (!row.termination || !row.finished || row.deleting || !statusSettled(row) || row.pod.metadata.deletionTimestamp === undefined) return row;
  const id = callApi(tx, {
    method: "DELETE",
    path: `/api/v1/namespaces/${row.namespace}/pods/${row.name}`,
    body: { kind: "DeleteOptions", apiVersion: "v1", gracePeriodSeconds: 0, preconditions: { uid: row.uid } },
    user: `system:node:${row.node}`,
  });
  tx.write(callTable).put({ id, kind: "pod-delete", node: row.node, uid: row.uid });
  return { ...row, deleting: true };
}

/** The Pod ran longer than it may. */
export function deadlinePassed(tx: Tx, row: PodRow): PodRow {
  if (row.finished || row.termination || row.verdict) return row;
  const message = "Pod was active on the node longer than the specified deadline";
  podEvent(tx, row, "Normal", "DeadlineExceeded", message);
  return stopNext(tx, { ...row, verdict: { phase: "Failed", reason: "DeadlineExceeded", message } });
}
