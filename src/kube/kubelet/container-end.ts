/** How containers are stopped, and what remains of them when they have ended. */
import { delayOf } from "../../sim/delays";
import { seconds } from "../../sim/time";
import type { Micros, Tx } from "../../sim/types";
import type { Container, JsonObject } from "../apis/objects";
import { rfc3339 } from "../apis/time";
import { RELIST, SIGKILL } from "./delays";
import { podEvent } from "./event-recorder";
import { filesOf } from "./files";
import { appendLog } from "./logs";
import type { ExitCause } from "./messages";
import { endProcesses } from "./processes";
import { containerOf, kubeletOf, runtimeOf, specOf, withContainer } from "./rows";
import type { ContainerRow, PodRow } from "./tables";

/** @source kubernetes@1.35 pkg/kubelet/kuberuntime/kuberuntime_container.go minimumGracePeriodInSeconds */
const MINIMUM_GRACE = seconds(2);

const field = (value: unknown, name: string): unknown => (typeof value === "object" && value !== null ? (value as JsonObject)[name] : undefined);

/** How long the preStop hook takes: its sleep, or the sleep in its command. */
export function preStopSpan(spec: Container): Micros {
  const hook = field(spec.lifecycle, "preStop");
  const sleep = field(field(hook, "sleep"), "seconds");
  if (typeof sleep === "number") return seconds(sleep);
  const command = field(field(hook, "exec"), "command");
  if (!Array.isArray(command)) return hook === undefined ? 0 : 50_000;
  const found = /(?:^|[\s;&])sleep\s+([0-9.]+)/.exec(command.join(" "));
  return found ? seconds(Number(found[1])) : 20_000;
}

/** The command of a postStart hook. @source kubernetes@1.35 pkg/kubelet/lifecycle/handlers.go Run */
export function postStartCommand(spec: Container): readonly string[] | undefined {
  const command = field(field(field(spec.lifecycle, "postStart"), "exec"), "command");
  return Array.isArray(command) ? command.map(String) : undefined;
}

/**
 * Sends SIGTERM after the preStop hook, and SIGKILL when the grace period is over; the hook's time counts.
 * @rule kube.kubelet.kill-container
 * @source kubernetes@1.35 pkg/kubelet/kuberuntime/kuberuntime_container.go killContainer
 */
export function stopContainer(tx: Tx, row: PodRow, container: ContainerRow, grace: Micros, event: string): PodRow {
  const spec = specOf(row, container.name);
  if (container.state !== "running" || !spec) return row;
  if (container.step === "stopping" && grace > 0) return row;
  podEvent(tx, row, "Normal", "Killing", event, container);
  tx.fired("kube.kubelet.kill-container", `${row.namespace}/${row.name}`);
  const hook = grace === 0 ? 0 : Math.min(preStopSpan(spec), grace);
  const remaining = grace === 0 ? 0 : Math.max(hook > 0 ? MINIMUM_GRACE : 0, grace - hook);
  const polite = container.plan?.onTerm ?? null;
  const obeys = grace > 0 && polite !== null && polite.after <= remaining;
  const after = obeys ? hook + polite.after : hook + remaining + delayOf(tx, SIGKILL);
  if (container.exitTimer !== undefined) tx.cancel(container.exitTimer);
  if (container.killTimer !== undefined) tx.cancel(container.killTimer);
  const message = {
    type: "kubelet.exited",
    uid: row.uid,
    container: container.name,
    attempt: container.restartCount,
    code: obeys ? polite.code : 137,
    cause: obeys ? "stopped" : "killed",
  };
  const killTimer = tx.send(runtimeOf(row.node), message as never, Math.max(1, after));
  return withContainer(row, container.name, (c) => ({ ...c, step: "stopping", killTimer, exitTimer: undefined }));
}

const reasonOf = (code: number, cause: ExitCause): string => (cause === "oom" ? "OOMKilled" : code === 0 ? "Completed" : "Error");

/** A process is gone. The kubelet notices it when it lists the runtime's containers again. */
export function containerExited(tx: Tx, row: PodRow, name: string, code: number, cause: ExitCause): PodRow {
  const container = containerOf(row, name);
  if (!container || container.state !== "running") return row;
  if (container.exitTimer !== undefined && cause !== "itself" && cause !== "oom") tx.cancel(container.exitTimer);
  if (container.killTimer !== undefined) tx.cancel(container.killTimer);
  const said = container.plan?.exit?.log;
  if (said !== undefined && cause === "itself") appendLog(tx, row.uid, name, container.restartCount, said, "stderr");
  endProcesses(tx, row.uid, name);
  tx.send(kubeletOf(row.node), { type: "kubelet.pod", uid: row.uid } as never, delayOf(tx, RELIST));
  const startedAt = rfc3339(container.startedAt ?? 0);
  const last = filesOf(tx, row, container).read(specOf(row, name)?.terminationMessagePath ?? "/dev/termination-log", "/");
  const words = last === undefined ? {} : { message: last };
  return withContainer(row, name, (c) => ({
    name: c.name,
    role: c.role,
    state: "terminated",
    id: c.id,
    imageID: c.imageID,
    startedAt: c.startedAt,
    ...(c.last ? { last: c.last } : {}),
    restartCount: c.restartCount,
    started: false,
    ready: false,
    ...(c.backoff ? { backoff: c.backoff } : {}),
    ...(c.env ? { env: c.env } : {}),
    plan: c.plan,
    end: { containerID: c.id, exitCode: code, finishedAt: rfc3339(tx.now), reason: reasonOf(code, cause), startedAt, ...words },
    endedAt: tx.now,
  }));
}
