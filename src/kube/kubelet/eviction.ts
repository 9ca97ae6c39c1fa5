/**
 * Pressure on a node, and the Pods that must go. Pressure is an input; while it lasts, one Pod is evicted every ten seconds.
 *
 * Not modelled: measured usage. Ranking is by class of service, then priority, then name.
 */
import { seconds } from "../../sim/time";
import type { Tx } from "../../sim/types";
import { qosClass } from "../apis/qos-class";
import { podEvent } from "./event-recorder";
import type { KubeletInput } from "./messages";
import { reportNode } from "./node-status";
import { settle, syncContainers } from "./pod-worker";
import { savePod } from "./rows";
import { nodeTable, type PodRow, podTable } from "./tables";

/** @source kubernetes@1.35 pkg/kubelet/eviction/eviction_manager.go monitoringInterval */
const INTERVAL = seconds(10);
const RANK: Readonly<Record<string, number>> = { BestEffort: 0, Burstable: 1, Guaranteed: 2 };

export function setPressure(tx: Tx, name: string, input: Extract<KubeletInput, { readonly type: "kubelet.pressure" }>): void {
  const row = tx.read(nodeTable).get(name);
  if (!row) return;
  const pressure = { memory: input.memory ?? row.pressure.memory, disk: input.disk ?? row.pressure.disk, pid: input.pid ?? row.pressure.pid };
  tx.write(nodeTable).put({ ...row, pressure });
  reportNode(tx, name);
  if (pressure.memory || pressure.disk) tx.send(tx.self, { type: "kubelet.evict" }, INTERVAL);
}

const rankOf = (row: PodRow): number => (RANK[qosClass(row.pod.spec)] ?? 0) * 1e10 + (row.pod.spec.priority ?? 0);

const usageText = (row: PodRow): string => `${Math.round(row.containers.reduce((sum, container) => sum + (container.memory ?? 0), 0) / 1024)}Ki`;
const requestText = (row: PodRow): string => String(row.pod.spec.containers[0]?.resources?.requests?.["memory"] ?? 0);

/**
 * @rule kube.kubelet.evict
 * @source kubernetes@1.35 pkg/kubelet/eviction/eviction_manager.go synchronize, helpers.go rankMemoryPressure
 */
export function evictOne(tx: Tx, name: string): void {
  const node = tx.read(nodeTable).get(name);
  if (!node || !(node.pressure.memory || node.pressure.disk)) return;
  tx.send(tx.self, { type: "kubelet.evict" }, INTERVAL);
  const running = tx
    .read(podTable)
    .by("node", name)
    .filter((row) => !row.finished && !row.verdict && !row.termination && (row.pod.spec.priority ?? 0) < 2e9);
  const victim = [...running].sort((a, b) => rankOf(a) - rankOf(b) || (a.name < b.name ? -1 : 1))[0];
  if (!victim) return;
  const resource = node.pressure.memory ? "memory" : "ephemeral-storage";
  const first = victim.containers.find((container) => container.role === "regular")?.name ?? "";
  const limits = resource === "memory" ? "Threshold quantity: 100Mi, available: 72Mi. " : "Threshold quantity: 10Gi, available: 9Gi. ";
  const message = `The node was low on resource: ${resource}. ${limits}Container ${first} was using ${usageText(victim)}, request is ${requestText(victim)}, has larger consumption of ${resource}. `;
  podEvent(tx, victim, "Warning", "Evicted", message);
  tx.fired("kube.kubelet.evict", `${victim.namespace}/${victim.name}`);
  savePod(tx, settle(tx, syncContainers(tx, { ...victim, verdict: { phase: "Failed", reason: "Evicted", message } })));
}
