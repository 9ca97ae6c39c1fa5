/**
 * What the kubelet says of its Node: every ten seconds it compares the Node as its own watch shows it with what it finds, and writes when
 * they differ (the control plane called it unknown, say) or when the last report is five minutes old.
 *
 * A comparison whose outcome cannot have changed is left out, so that a quiet node has nothing to do; the writes come at the same times.
 * Not modelled: images on the disk are told with the next report; the jitter of the period; the GET before a second try.
 */
import { delayOf } from "../../sim/delays";
import type { Micros, Tx } from "../../sim/types";
import type { Condition, NodeObject } from "../apis/objects";
import { rfc3339 } from "../apis/time";
import { callApi } from "../client/call";
import { cacheOf } from "../client/cache";
import { NODE_STATUS_REPORT, NODE_STATUS_SYNC } from "./delays";
import { digest, imageId } from "./identifiers";
import { callTable, imageTable, type NodeRow, nodeTable } from "./tables";

const VERSION = "v1.35.6";
/** @source kubernetes@1.35 pkg/kubelet/kubelet.go nodeStatusUpdateRetry */
const TRIES = 5;

/** The Node as this kubelet's watch shows it. */
const knownNode = (tx: Tx, name: string): NodeObject | undefined => cacheOf(tx).get<NodeObject>("nodes", "", name);

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

export function statusOf(tx: Tx, row: NodeRow, old: readonly Condition[]): unknown {
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

/** Sends the whole node status. @source kubernetes@1.35 pkg/kubelet/kubelet_node_status.go tryUpdateNodeStatus */
export function reportNode(tx: Tx, name: string): void {
  const row = tx.read(nodeTable).get(name);
  if (!row?.registered) return;
  const body = { status: statusOf(tx, row, knownNode(tx, name)?.status?.conditions ?? []) };
  const path = `/api/v1/nodes/${name}/status`;
  const contentType = "application/strategic-merge-patch+json";
  const id = callApi(tx, { method: "PATCH", path, contentType, body: body as never, user: `system:node:${name}` });
  tx.write(callTable).put({ id, kind: "node-status", node: name });
  tx.fired("kube.kubelet.register", name);
}

/** The five-minute report, reckoned from the last one. */
export function scheduleReport(tx: Tx, name: string): void {
  const row = tx.read(nodeTable).get(name);
  if (!row) return;
  if (row.statusTimer !== undefined) tx.cancel(row.statusTimer);
  const timer = tx.send(tx.self, { type: "kubelet.report" }, delayOf(tx, NODE_STATUS_REPORT));
  tx.write(nodeTable).put({ ...row, statusTimer: timer });
}

const said = (conditions: readonly Condition[]): string =>
  conditions
    .map(({ type, status, reason, message }) => `${type}=${status} ${reason} ${message}`)
    .sort((a, b) => (a < b ? -1 : 1))
    .join("\n");

/** @source kubernetes@1.35 pkg/kubelet/kubelet_node_status.go nodeStatusHasChanged */
function differs(tx: Tx, row: NodeRow): boolean {
  const known = knownNode(tx, row.config.name);
  return known !== undefined && said(known.status?.conditions ?? []) !== said(conditionsOf(tx, row));
}

/** The kubelet's next ten-second look, counted from its start. */
function armSync(tx: Tx, row: NodeRow): void {
  if (row.syncTimer !== undefined) return;
  const period: Micros = delayOf(tx, NODE_STATUS_SYNC);
  const timer = tx.send(tx.self, { type: "kubelet.sync-node" }, period - ((tx.now - row.startedAt) % period));
  tx.write(nodeTable).put({ ...row, syncTimer: timer });
}

/** The Node has changed at the API server: does it still say what this kubelet finds? */
export function nodeNoticed(tx: Tx, name: string): void {
  const row = tx.read(nodeTable).get(name);
  if (row?.registered && row.ready && differs(tx, row)) armSync(tx, row);
}

/**
 * @rule kube.kubelet.sync-node-status
 * @source kubernetes@1.35 pkg/kubelet/kubelet_node_status.go syncNodeStatus, updateNodeStatus
 */
export function syncNodeStatus(tx: Tx, name: string): void {
  const row = tx.read(nodeTable).get(name);
  if (!row) return;
  const { syncTimer: _gone, ...rest } = row;
  tx.write(nodeTable).put({ ...rest, statusTries: 0 });
  if (!differs(tx, row)) return;
  tx.fired("kube.kubelet.sync-node-status", name);
  reportNode(tx, name);
}

/** A report was answered: five tries in a row, then the next look tries again. */
export function nodeReported(tx: Tx, name: string, code: number): void {
  const row = tx.read(nodeTable).get(name);
  if (!row) return;
  if (code >= 200 && code < 300) {
    tx.write(nodeTable).put({ ...row, statusTries: 0 });
    return scheduleReport(tx, name);
  }
  const tries = (row.statusTries ?? 0) + 1;
  tx.write(nodeTable).put({ ...row, statusTries: tries % TRIES });
  if (tries < TRIES) reportNode(tx, name);
  else armSync(tx, { ...row, statusTries: 0 });
}
