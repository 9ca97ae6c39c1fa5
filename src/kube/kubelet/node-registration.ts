/**
 * The kubelet's Node: registered at start, Ready when the runtime is up, its Lease renewed every ten seconds and its status reported
 * every five minutes or when something about it changed.
 */
import { delayOf } from "../../sim/delays";
import type { Tx } from "../../sim/types";
import type { Condition } from "../apis/objects";
import { rfc3339 } from "../apis/time";
import { callApi } from "../client/call";
import { recordEvent } from "../client/events";
import type { ApiReply } from "../apiserver/door";
import { LEASE_RENEW, NODE_READY, NODE_STATUS_REPORT, RETRY_CALL } from "./delays";
import { digest, imageId } from "./identifiers";
import { resolveImage } from "./images/catalogue";
import { type CallRow, callTable, imageTable, type NodeRow, nodeTable } from "./tables";

const VERSION = "v1.35.6";
const LEASE_SECONDS = 40;
const LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";

const micros = (tx: Tx): string => `${rfc3339(tx.now).slice(0, -1)}.${String(tx.now % 1_000_000).padStart(6, "0")}Z`;

/** The spread of renewals over their period, by name, so that not all come in one instant. */
const phaseOf = (name: string, period: number): number => (parseInt(digest(name).slice(0, 6), 16) % 1000) * (period / 1000);

/**
 * @rule kube.kubelet.node-conditions
 * @source kubernetes@1.35 pkg/kubelet/nodestatus/setters.go ReadyCondition, MemoryPressureCondition, DiskPressureCondition, PIDPressureCondition
 */
function conditionsOf(tx: Tx, row: NodeRow): readonly Condition[] {
  const now = rfc3339(tx.now);
  const pressure = (type: string, on: boolean, has: string, hasNot: string): Condition => ({
    type,
    status: on ? "True" : "False",
    lastHeartbeatTime: now,
    reason: on ? has : hasNot,
    message: `kubelet has ${on ? (type === "PIDPressure" ? "insufficient PID available" : `${type === "DiskPressure" ? "disk pressure" : "insufficient memory available"}`) : type === "MemoryPressure" ? "sufficient memory available" : type === "DiskPressure" ? "no disk pressure" : "sufficient PID available"}`,
  });
  const { memory, disk, pid } = row.pressure;
  return [
    pressure("MemoryPressure", memory, "KubeletHasInsufficientMemory", "KubeletHasSufficientMemory"),
    pressure("DiskPressure", disk, "KubeletHasDiskPressure", "KubeletHasNoDiskPressure"),
    pressure("PIDPressure", pid, "KubeletHasInsufficientPID", "KubeletHasSufficientPID"),
    row.ready
      ? { type: "Ready", status: "True", lastHeartbeatTime: now, reason: "KubeletReady", message: "kubelet is posting ready status" }
      : {
          type: "Ready",
          status: "False",
          lastHeartbeatTime: now,
          reason: "KubeletNotReady",
          message:
            "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized",
        },
  ];
}

function statusOf(tx: Tx, row: NodeRow, old: readonly Condition[]): unknown {
  const { config } = row;
  const conditions = conditionsOf(tx, row).map((condition) => {
    const before = old.find((other) => other.type === condition.type);
    const same = before !== undefined && before.status === condition.status && before.lastTransitionTime;
    return { ...condition, lastTransitionTime: same ? before.lastTransitionTime : rfc3339(tx.now) };
  });
  const images = tx
    .read(imageTable)
    .by("node", config.name)
    .filter((image) => image.readyAt <= tx.now)
    .map((image) => ({ names: [imageId(image.image), image.image], sizeBytes: image.sizeBytes }))
    .sort((a, b) => b.sizeBytes - a.sizeBytes || ((a.names[1] ?? "") < (b.names[1] ?? "") ? -1 : 1));
  return {
    capacity: config.capacity,
    allocatable: config.allocatable ?? config.capacity,
    conditions,
    addresses: [
      { type: "InternalIP", address: config.internalIP },
      { type: "Hostname", address: config.name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: {
      machineID: digest(config.name).slice(0, 32),
      systemUUID: digest(`${config.name} uuid`).slice(0, 32),
      bootID: digest(`${config.name} boot`).slice(0, 32),
      kernelVersion: "6.12.0-strata",
      osImage: config.osImage ?? "Debian GNU/Linux 13 (trixie)",
      containerRuntimeVersion: "containerd://2.1.4",
      kubeletVersion: VERSION,
      kubeProxyVersion: "",
      operatingSystem: "linux",
      architecture: "amd64",
    },
    images: images.slice(0, 50),
  };
}

function call(tx: Tx, kind: CallRow["kind"], node: string, request: Parameters<typeof callApi>[1]): void {
  const id = callApi(tx, { ...request, user: `system:node:${node}` });
  tx.write(callTable).put({ id, kind, node });
}

/**
 * @rule kube.kubelet.register
 * @source kubernetes@1.35 pkg/kubelet/kubelet_node_status.go registerWithAPIServer, initialNode
 */
export function register(tx: Tx, name: string): void {
  const row = tx.read(nodeTable).get(name);
  if (!row) return;
  const { config } = row;
  const labels = {
    "beta.kubernetes.io/arch": "amd64",
    "beta.kubernetes.io/os": "linux",
    "kubernetes.io/arch": "amd64",
    "kubernetes.io/hostname": name,
    "kubernetes.io/os": "linux",
    ...config.labels,
  };
  const body = {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels, annotations: { "volumes.kubernetes.io/controller-managed-attach-detach": "true" } },
    spec: { podCIDR: config.podCIDR, podCIDRs: [config.podCIDR], ...(config.taints ? { taints: config.taints } : {}) },
    status: statusOf(tx, row, []),
  };
  call(tx, "register", name, { method: "POST", path: "/api/v1/nodes", body: body as never });
}

/**
 * @rule kube.kubelet.node-event
 * @source kubernetes@1.35 pkg/kubelet/kubelet_node_status.go recordNodeStatusEvent
 */
export function nodeEvent(tx: Tx, name: string, reason: string, message: string): void {
  recordEvent(tx, {
    regarding: { apiVersion: "v1", kind: "Node", metadata: { name, uid: name } },
    type: "Normal",
    reason,
    message,
    component: "kubelet",
    host: name,
  });
}

/** Sends the whole node status. @source kubernetes@1.35 pkg/kubelet/kubelet_node_status.go tryUpdateNodeStatus */
export function reportNode(tx: Tx, name: string, old: readonly Condition[]): void {
  const row = tx.read(nodeTable).get(name);
  if (!row?.registered) return;
  const body = { status: statusOf(tx, row, old) };
  call(tx, "node-status", name, {
    method: "PATCH",
    path: `/api/v1/nodes/${name}/status`,
    contentType: "application/strategic-merge-patch+json",
    body: body as never,
  });
  tx.fired("kube.kubelet.register", name);
}

/**
 * @rule kube.kubelet.lease
 * @source kubernetes@1.35 staging/src/k8s.io/component-helpers/apimachinery/lease/controller.go sync
 */
export function renewLease(tx: Tx, name: string): void {
  const row = tx.read(nodeTable).get(name);
  if (!row) return;
  const timer = tx.send(tx.self, { type: "kubelet.lease" }, delayOf(tx, LEASE_RENEW));
  tx.write(nodeTable).put({ ...row, leaseTimer: timer });
  call(tx, "lease", name, {
    method: "PATCH",
    path: `${LEASES}/${name}`,
    contentType: "application/merge-patch+json",
    body: { spec: { renewTime: micros(tx) } },
  });
}

function createLease(tx: Tx, name: string): void {
  const body = {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name, namespace: "kube-node-lease" },
    spec: { holderIdentity: name, leaseDurationSeconds: LEASE_SECONDS, renewTime: micros(tx) },
  };
  call(tx, "lease-create", name, { method: "POST", path: LEASES, body });
}

/** The five-minute report; keeps itself going. */
export function scheduleReport(tx: Tx, name: string): void {
  const row = tx.read(nodeTable).get(name);
  if (!row) return;
  if (row.statusTimer !== undefined) tx.cancel(row.statusTimer);
  const timer = tx.send(tx.self, { type: "kubelet.report" }, delayOf(tx, NODE_STATUS_REPORT));
  tx.write(nodeTable).put({ ...row, statusTimer: timer });
}

/** What the answers to register, lease and node-status mean. */
export function nodeAnswered(tx: Tx, callRow: CallRow, reply: ApiReply): void {
  const nodes = tx.write(nodeTable);
  const row = nodes.get(callRow.node);
  if (!row) return;
  const { code } = reply.response;
  if (callRow.kind === "register") {
    if (code !== 201 && code !== 200 && code !== 409) return void tx.send(tx.self, { type: "kubelet.register" }, delayOf(tx, RETRY_CALL));
    nodes.put({ ...row, registered: true });
    createLease(tx, callRow.node);
    tx.send(tx.self, { type: "kubelet.ready" }, delayOf(tx, NODE_READY));
  } else if (callRow.kind === "lease-create") {
    if (code !== 201 && code !== 409) return void tx.send(tx.self, { type: "kubelet.lease" }, delayOf(tx, RETRY_CALL));
    if (row.leaseTimer !== undefined) tx.cancel(row.leaseTimer);
    const timer = tx.send(tx.self, { type: "kubelet.lease" }, Math.round(1 + phaseOf(callRow.node, delayOf(tx, LEASE_RENEW))));
    nodes.put({ ...row, leaseTimer: timer });
  } else if (callRow.kind === "lease" && code === 404) createLease(tx, callRow.node);
}

/** Puts the images a node has from the start on its disk. */
export function preloadImages(tx: Tx, row: NodeRow): void {
  for (const written of ["registry.k8s.io/pause:3.10.1", ...(row.config.images ?? [])]) {
    const resolved = resolveImage(written);
    if ("error" in resolved) continue;
    tx.write(imageTable).put({ node: row.config.name, image: resolved.text, sizeBytes: resolved.image.sizeBytes, readyAt: tx.now });
  }
}
