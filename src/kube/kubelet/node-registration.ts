/**
 * The kubelet's Node and its Lease: the Node is registered at start, the Lease renewed every ten seconds; a call that fails is tried again
 * soon and then less often.
 *
 * Not modelled: the GET of the Lease before a failed renewal is tried again; jitter.
 */
import { delayOf } from "../../sim/delays";
import { millis, seconds } from "../../sim/time";
import type { Micros, Tx } from "../../sim/types";
import { rfc3339 } from "../apis/time";
import type { ApiReply } from "../apiserver/door";
import { callApi } from "../client/call";
import { recordEvent } from "../client/events";
import { LEASE_RENEW, NODE_READY } from "./delays";
import { digest } from "./identifiers";
import { resolveImage } from "./images/catalogue";
import { nodeReported, statusOf } from "./node-status";
import { type CallRow, callTable, imageTable, type NodeRow, nodeTable } from "./tables";

const LEASE_SECONDS = 40;
const LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
/** @source kubernetes@1.35 staging/src/k8s.io/component-helpers/apimachinery/lease/controller.go maxUpdateRetries, maxBackoff */
const LEASE_TRIES = 5;
const FIRST_BACKOFF = millis(100);
const MAX_BACKOFF = seconds(7);
/** Retries without a wait still take their time. */
const AT_ONCE = millis(1);

const micros = (tx: Tx): string => `${rfc3339(tx.now).slice(0, -1)}.${String(tx.now % 1_000_000).padStart(6, "0")}Z`;

/** The spread of renewals over their period, by name, so that not all come in one instant. */
const phaseOf = (name: string, period: number): number => (parseInt(digest(name).slice(0, 6), 16) % 1000) * (period / 1000);

/** 100 ms, doubled with each failure, at most seven seconds. */
const backoff = (failures: number): Micros => Math.min(MAX_BACKOFF, FIRST_BACKOFF * 2 ** Math.min(failures, 10));

/**
 * How long after so many failures in a row the Lease is tried again: five times at once, then backing off.
 * @rule kube.kubelet.lease-retry
 * @source kubernetes@1.35 staging/src/k8s.io/component-helpers/apimachinery/lease/controller.go retryUpdateLease, backoffEnsureLease
 */
export const leaseRetryAfter = (failures: number): Micros => (failures < LEASE_TRIES ? AT_ONCE : backoff(failures - LEASE_TRIES));

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

/**
 * @rule kube.kubelet.lease
 * @source kubernetes@1.35 staging/src/k8s.io/component-helpers/apimachinery/lease/controller.go sync
 */
export function renewLease(tx: Tx, name: string): void {
  const row = tx.read(nodeTable).get(name);
  if (!row) return;
  const { leaseTimer: _gone, ...rest } = row;
  tx.write(nodeTable).put(rest);
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

/** The next renewal, a period after the last one was answered. */
function leaseLater(tx: Tx, row: NodeRow, delay: Micros, failures: number): void {
  if (row.leaseTimer !== undefined) tx.cancel(row.leaseTimer);
  const timer = tx.send(tx.self, { type: "kubelet.lease" }, delay);
  tx.write(nodeTable).put({ ...row, leaseTimer: timer, leaseFailures: failures });
}

function leaseAnswered(tx: Tx, row: NodeRow, kind: "lease" | "lease-create", code: number): void {
  const period = delayOf(tx, LEASE_RENEW);
  if (kind === "lease" && code === 404) return createLease(tx, row.config.name);
  if (code === 200) return leaseLater(tx, row, period, 0);
  if (kind === "lease-create" && (code === 201 || code === 409)) return leaseLater(tx, row, Math.round(1 + phaseOf(row.config.name, period)), 0);
  const failures = row.leaseFailures ?? 0;
  leaseLater(tx, row, leaseRetryAfter(failures), failures + 1);
  tx.fired("kube.kubelet.lease-retry", row.config.name);
}

/** What the answers to register, lease and node-status mean. */
export function nodeAnswered(tx: Tx, callRow: CallRow, reply: ApiReply): void {
  const row = tx.read(nodeTable).get(callRow.node);
  if (!row) return;
  const { code } = reply.response;
  if (callRow.kind === "node-status") return nodeReported(tx, callRow.node, code);
  if (callRow.kind === "lease" || callRow.kind === "lease-create") return leaseAnswered(tx, row, callRow.kind, code);
  if (code !== 201 && code !== 200 && code !== 409) {
    const failures = row.registerFailures ?? 0;
    tx.write(nodeTable).put({ ...row, registerFailures: failures + 1 });
    return void tx.send(tx.self, { type: "kubelet.register" }, backoff(failures));
  }
  tx.write(nodeTable).put({ ...row, registered: true, registerFailures: 0 });
  createLease(tx, callRow.node);
  tx.send(tx.self, { type: "kubelet.ready" }, delayOf(tx, NODE_READY));
}

/** Puts the images a node has from the start on its disk. */
export function preloadImages(tx: Tx, row: NodeRow): void {
  for (const written of ["registry.k8s.io/pause:3.10.1", ...(row.config.images ?? [])]) {
    const resolved = resolveImage(written);
    if ("error" in resolved) continue;
    tx.write(imageTable).put({ node: row.config.name, image: resolved.text, sizeBytes: resolved.image.sizeBytes, readyAt: tx.now });
  }
}
