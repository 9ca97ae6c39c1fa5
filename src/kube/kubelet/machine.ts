/** Faults and restarts of the machine below the kubelet. */
import { delayOf } from "../../sim/delays";
import type { Tx } from "../../sim/types";
import { rfc3339 } from "../apis/time";
import { containerExited } from "./container-end";
import { RELIST, START_CONTAINER } from "./delays";
import type { KubeletInput } from "./messages";
import { beginProbes } from "./probes";
import { endProcesses, renewProcesses } from "./processes";
import { podNamed, savePod, specOf } from "./rows";
import { type ContainerRow, nodeTable, type PodRow, podTable, pullFaultTable } from "./tables";

type Input<T extends KubeletInput["type"]> = Extract<KubeletInput, { readonly type: T }>;

/** Power is lost: nothing runs any more, and nobody is there to say so. */
export function crashed(tx: Tx, name: string): void {
  const node = tx.read(nodeTable).get(name);
  if (node) tx.write(nodeTable).put({ ...node, crashed: true, ready: false });
  for (const row of tx.read(podTable).by("node", name)) {
    for (const container of row.containers) endProcesses(tx, row.uid, container.name);
    const containers = row.containers.map((container) => lost(tx, container));
    savePod(tx, { ...row, containers, sending: false, sandbox: row.sandbox === "ready" ? "creating" : row.sandbox });
  }
}

/** @source kubernetes@1.35 pkg/kubelet/kuberuntime/helpers.go: containers of a vanished sandbox end with 255, reason Unknown */
function lost(tx: Tx, container: ContainerRow): ContainerRow {
  for (const timer of [container.exitTimer, container.killTimer, container.retry]) if (timer !== undefined) tx.cancel(timer);
  const { step: _step, retry: _retry, exitTimer: _exit, killTimer: _kill, ...rest } = container;
  if (container.state !== "running") return rest;
  const end = {
    containerID: container.id,
    exitCode: 255,
    reason: "Unknown",
    startedAt: rfc3339(container.startedAt ?? 0),
    finishedAt: rfc3339(tx.now),
  };
  return { ...rest, state: "terminated", end, endedAt: tx.now, ready: false, started: false };
}

/**
 * The kubelet starts (again): containers that still run are looked after, timers that were lost are set anew.
 * @rule kube.kubelet.resume
 * @source kubernetes@1.35 pkg/kubelet/kubelet.go HandlePodAdditions at start
 */
export function resume(tx: Tx, name: string): void {
  const node = tx.read(nodeTable).get(name);
  if (!node) return;
  tx.write(nodeTable).put({ ...node, crashed: false });
  for (const given of tx.read(podTable).by("node", name)) {
    let row: PodRow = { ...given, sending: false, dirty: true, sent: undefined, deleting: false };
    row = { ...row, containers: row.containers.map((container) => renewed(tx, row, container)) };
    for (const container of row.containers) {
      const spec = specOf(row, container.name);
      if (container.state === "running" && spec) row = beginProbes(tx, row, container, spec);
    }
    savePod(tx, row);
    tx.send(tx.self, { type: row.sandbox === "creating" ? "kubelet.sandbox" : "kubelet.pod", uid: row.uid } as never, delayOf(tx, RELIST));
  }
}

/** What the kubelet itself had in hand: starts go on, waits are reckoned anew. */
function renewed(tx: Tx, row: PodRow, container: ContainerRow): ContainerRow {
  if (container.retry !== undefined) tx.cancel(container.retry);
  const { retry: _retry, step, ...rest } = container;
  if (step === "creating")
    tx.send(
      tx.self,
      { type: "kubelet.started", uid: row.uid, container: container.name, attempt: container.restartCount } as never,
      delayOf(tx, START_CONTAINER),
    );
  return step === "creating" || step === "stopping" ? { ...rest, step } : rest;
}

/** The runtime starts again: processes still run, their timers were lost. */
export function renewRuntime(tx: Tx, node: string): void {
  for (const row of tx.read(podTable).by("node", node)) {
    const containers = row.containers.map((container) => {
      const exit = container.plan?.exit;
      renewProcesses(tx, row.uid, container.name);
      if (container.state !== "running" || !exit || container.exitTimer === undefined) return container;
      tx.cancel(container.exitTimer);
      const message = {
        type: "kubelet.exited",
        uid: row.uid,
        container: container.name,
        attempt: container.restartCount,
        code: exit.code,
        cause: exit.oom ? "oom" : "itself",
      };
      return { ...container, exitTimer: tx.send(tx.self, message as never, Math.max(1, (container.startedAt ?? 0) + exit.after - tx.now)) };
    });
    savePod(tx, { ...row, containers });
  }
}

/** A signal from outside to a container's main process. */
export function killContainer(tx: Tx, name: string, input: Input<"kubelet.kill">): void {
  const row = podNamed(tx, name, input.namespace, input.pod);
  const target = row?.containers.find(
    (container) => container.state === "running" && (input.container === undefined || container.name === input.container),
  );
  if (!row || !target) return;
  const polite = input.signal === "SIGTERM" ? (target.plan?.onTerm ?? null) : null;
  if (input.signal === "SIGTERM" && polite === null) return;
  savePod(tx, containerExited(tx, row, target.name, polite ? polite.code : 137, polite ? "stopped" : "killed"));
}

export function failPull(tx: Tx, node: string, input: Input<"kubelet.fail-pull">): void {
  const table = tx.write(pullFaultTable);
  if (input.off) table.delete(`${node} ${input.image}`);
  else
    table.put({
      node,
      image: input.image,
      message: input.message ?? "failed to copy: httpReadSeeker: failed open: unexpected status code 503 Service Unavailable",
    });
}
