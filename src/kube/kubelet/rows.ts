/** Small readers and changers of the kubelet's rows. */
import type { Tx } from "../../sim/types";
import type { Container, Pod } from "../apis/objects";
import { isSidecar, requestNumbers } from "../apis/pod-resources";
import { rfc3339 } from "../apis/time";
import { type ContainerRow, type MachineRow, machineTable, type PodRow, podTable, usageTable } from "./tables";

export const specOf = (row: PodRow, name: string): Container | undefined =>
  row.pod.spec.containers.find((container) => container.name === name) ?? row.pod.spec.initContainers?.find((container) => container.name === name);

/** The node's container runtime, where the containers' processes live. */
export const runtimeOf = (node: string): string => `containerd/${node}`;
export const kubeletOf = (node: string): string => `kubelet/${node}`;

export const containerOf = (row: PodRow, name: string): ContainerRow | undefined => row.containers.find((container) => container.name === name);

export function withContainer(row: PodRow, name: string, change: (container: ContainerRow) => ContainerRow): PodRow {
  return { ...row, containers: row.containers.map((container) => (container.name === name ? change(container) : container)) };
}

/** Fields that come later are there from the start, so that rows keep one shape and the engine shares it. */
const CONTAINER_LATER = { step: undefined, reason: undefined, message: undefined, retry: undefined, env: undefined, pullBackoff: undefined };
const freshContainer = (name: string, role: ContainerRow["role"]): ContainerRow => ({
  name,
  role,
  state: "waiting",
  restartCount: 0,
  started: false,
  ready: false,
  ...CONTAINER_LATER,
});

export function freshPod(tx: Tx, node: string, pod: Pod): PodRow {
  const init = (pod.spec.initContainers ?? []).map((container) => freshContainer(container.name, isSidecar(container) ? "sidecar" : "init"));
  return {
    uid: pod.metadata.uid,
    node,
    namespace: pod.metadata.namespace ?? "default",
    name: pod.metadata.name,
    pod,
    sandbox: "none",
    startTime: rfc3339(tx.now),
    containers: [...init, ...pod.spec.containers.map((container) => freshContainer(container.name, "regular"))],
    initialized: false,
    finished: false,
    deleting: false,
    sending: false,
    dirty: false,
    mountRetries: 0,
    sent: undefined,
    ip: undefined,
    verdict: undefined,
    termination: undefined,
    resize: undefined,
  };
}

/** Takes up resources of the node. */
const holds = (row: PodRow | undefined): boolean => row !== undefined && !row.finished && row.verdict === undefined;

/** Keeps the node's usage in step with its Pods. */
function account(tx: Tx, node: string, before: PodRow | undefined, after: PodRow | undefined): void {
  const step = Number(holds(after)) - Number(holds(before));
  const resized = step === 0 && holds(after) && before?.pod.spec.containers !== after?.pod.spec.containers;
  if (step === 0 && !resized) return;
  const usage = tx.write(usageTable);
  const known = usage.get(node) ?? { node, pods: 0, totals: {} };
  const totals: Record<string, number> = { ...known.totals };
  const add = (row: PodRow | undefined, sign: number): void => {
    if (row === undefined || !holds(row)) return;
    for (const [name, amount] of Object.entries(requestNumbers(row.pod.spec))) totals[name] = (totals[name] ?? 0) + sign * amount;
  };
  add(before, -1);
  add(after, 1);
  usage.put({ node, pods: known.pods + step, totals });
}

export function savePod(tx: Tx, row: PodRow): void {
  const pods = tx.write(podTable);
  account(tx, row.node, pods.get(row.uid), row);
  pods.put(row);
}

export function dropPod(tx: Tx, row: PodRow): void {
  account(tx, row.node, row, undefined);
  tx.write(podTable).delete(row.uid);
}

/** The Pod of a node by its name. */
export const podNamed = (tx: Pick<Tx, "read">, node: string, namespace: string, name: string): PodRow | undefined =>
  tx
    .read(podTable)
    .by("node", node)
    .find((row) => row.name === name && row.namespace === namespace);

/** The Pod of a node that has an address. */
export const podWithIP = (tx: Pick<Tx, "read">, node: string, ip: string): PodRow | undefined =>
  tx
    .read(podTable)
    .by("node", node)
    .find((row) => row.ip === ip && !row.finished);

export const machineOf = (tx: Pick<Tx, "read">, node: string): MachineRow =>
  tx.read(machineTable).get(node) ?? { node, nextIP: 2, wrapped: false, pullerFreeAt: 0 };

/** `name_namespace(uid)`, as kubelets write Pods in messages. */
export const podText = (row: PodRow): string => `${row.name}_${row.namespace}(${row.uid})`;

/** Whether a process listens by now. */
export const isUp = (container: ContainerRow, now: number): boolean =>
  container.state === "running" && container.plan !== undefined && now >= (container.startedAt ?? 0) + container.plan.startup;
