/** A node as it is drawn: whether it reports, what may be placed on it, how full it is by requests, and its components. */
import type { NodeObject, Pod } from "../../kube/apis/objects";
import { conditionOf } from "../../kube/apis/pod-availability";
import { requestNumbers } from "../../kube/apis/pod-resources";
import { milliOf, unitsOf } from "../../kube/apis/quantity";
import { storeTable } from "../../kube/apiserver/storage/store";
import { nodeTable } from "../../kube/kubelet/tables";
import { linkTable, stoppedTable } from "../../sim/faults";
import { componentOf, controlPlane } from "./components";
import type { GaugeView, NodeView, WorldReader } from "./types";

const GIB = 1024 ** 3;
const CONTROL_PLANE_LABEL = "node-role.kubernetes.io/control-plane";
const ZONE_LABEL = "topology.kubernetes.io/zone";
const short = (value: number): string => String(Math.round(value * 10) / 10);

const isDone = (pod: Pod): boolean => pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";

function gauges(reader: WorldReader, node: NodeObject): { readonly cpu: GaugeView; readonly memory: GaugeView; readonly pods: number } {
  let cpu = 0;
  let memory = 0;
  let pods = 0;
  for (const row of reader.table(storeTable("pods")).by("node", node.metadata.name)) {
    const pod = row.object as Pod;
    pods++;
    if (isDone(pod)) continue;
    const requests = requestNumbers(pod.spec);
    cpu += requests["cpu"] ?? 0;
    memory += requests["memory"] ?? 0;
  }
  const allocatable = node.status?.allocatable ?? node.status?.capacity;
  const cpuOf = milliOf(allocatable?.["cpu"]);
  const memoryOf = unitsOf(allocatable?.["memory"]);
  return {
    cpu: { used: cpu / 1000, of: cpuOf / 1000, text: short(cpu / 1000) },
    memory: { used: memory, of: memoryOf, text: memory < GIB / 10 ? `${Math.round(memory / 1024 ** 2)} Mi` : `${short(memory / GIB)} Gi` },
    pods,
  };
}

export function nodeState(node: NodeObject): NodeView["state"] {
  const status = conditionOf(node.status, "Ready")?.status;
  return status === "True" ? "ready" : status === "Unknown" ? "unknown" : "notReady";
}

/** Conditions that are bad news when they are True. */
const BAD_WHEN_TRUE = ["MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"];

/** What `kubectl describe node` would show as wrong. Ready comes first. */
export function troublesOf(node: NodeObject): readonly string[] {
  const ready = conditionOf(node.status, "Ready")?.status;
  const bad = BAD_WHEN_TRUE.filter((type) => conditionOf(node.status, type)?.status === "True");
  return ready === undefined || ready === "True" ? bad : [`Ready=${ready}`, ...bad];
}

/** Whether the node's own agent is cut off or its machine is down, which the control plane learns only later. */
function isStopped(reader: WorldReader, name: string): boolean {
  return reader.table(stoppedTable).has(`kubelet/${name}`) || reader.table(nodeTable).get(name)?.crashed === true;
}

export const isControlPlane = (node: NodeObject): boolean => node.metadata.labels?.[CONTROL_PLANE_LABEL] !== undefined;

export function nodeView(reader: WorldReader, node: NodeObject): NodeView {
  const { name, uid, labels } = node.metadata;
  const maxPods = unitsOf(node.status?.allocatable?.["pods"]);
  return {
    uid,
    name,
    podCIDR: node.spec.podCIDR,
    zone: labels?.[ZONE_LABEL],
    controlPlane: isControlPlane(node),
    state: nodeState(node),
    troubles: troublesOf(node),
    stopped: isStopped(reader, name),
    cutOff: reader
      .table(linkTable)
      .rows()
      .some((row) => row.drop && row.from === `kubelet/${name}`),
    cordoned: node.spec.unschedulable === true,
    taints: (node.spec.taints ?? []).map((taint) => `${taint.key}${taint.value ? `=${taint.value}` : ""}:${taint.effect}`),
    ...gauges(reader, node),
    ...(maxPods > 0 ? { maxPods } : {}),
    components: isControlPlane(node) ? controlPlane(reader, name) : [componentOf(reader, `kubelet/${name}`, name)],
  };
}
