/**
 * A Pod's row. STATUS is not the phase: it is read from container states.
 * @source kubernetes@1.35 pkg/printers/internalversion/printers.go printPod
 */
import type { JsonObject } from "../../apis/objects";
import { isPodPhaseTerminal } from "../../apis/pod-availability";
import { parseTime } from "../../apis/time";
import { age, at, type Cell, conditionStatus, list, nameOf, number, orElse, type PrintContext, since, text } from "./fields";

interface Restarts {
  count: number;
  last: string;
}

const later = (a: string, b: string): string => {
  if (b === "") return a;
  if (a === "") return b;
  return (parseTime(a) ?? 0) < (parseTime(b) ?? 0) ? b : a;
};
function addRestarts(restarts: Restarts, status: JsonObject): void {
  restarts.count += number(status, "restartCount");
  restarts.last = later(restarts.last, text(status, "lastState", "terminated", "finishedAt"));
}

const exitText = (terminated: JsonObject): string => {
  const reason = text(terminated, "reason");
  if (reason !== "") return reason;
  const signal = number(terminated, "signal");
  return signal !== 0 ? `Signal:${signal}` : `ExitCode:${number(terminated, "exitCode")}`;
};

interface Summary {
  reason: string;
  ready: number;
  total: number;
  restarts: Restarts;
}

/** What init containers say; false when the Pod is past them. */
function initSummary(pod: JsonObject, summary: Summary, sidecarRestarts: Restarts): boolean {
  const specs = list(pod, "spec", "initContainers");
  const sidecars = new Set(specs.filter((spec) => spec["restartPolicy"] === "Always").map((spec) => text(spec, "name")));
  summary.total += sidecars.size;
  for (const [i, status] of list(pod, "status", "initContainerStatuses").entries()) {
    const sidecar = sidecars.has(text(status, "name"));
    addRestarts(summary.restarts, status);
    if (sidecar) addRestarts(sidecarRestarts, status);
    const terminated = at(status, "state", "terminated") as JsonObject | undefined;
    const waiting = text(status, "state", "waiting", "reason");
    if (terminated !== undefined && number(terminated, "exitCode") === 0) continue;
    if (sidecar && status["started"] === true) {
      if (status["ready"] === true) summary.ready++;
      continue;
    }
    if (terminated !== undefined) summary.reason = `Init:${exitText(terminated)}`;
    else if (waiting !== "" && waiting !== "PodInitializing") summary.reason = `Init:${waiting}`;
    else summary.reason = `Init:${i}/${specs.length}`;
    return true;
  }
  return false;
}

function mainSummary(pod: JsonObject, summary: Summary): void {
  let running = false;
  for (const status of list(pod, "status", "containerStatuses").toReversed()) {
    addRestarts(summary.restarts, status);
    const waiting = text(status, "state", "waiting", "reason");
    const terminated = at(status, "state", "terminated") as JsonObject | undefined;
    if (waiting !== "") summary.reason = waiting;
    else if (terminated !== undefined) summary.reason = exitText(terminated);
    else if (status["ready"] === true && at(status, "state", "running") !== undefined) {
      running = true;
      summary.ready++;
    }
  }
  if (summary.reason === "Completed" && running) summary.reason = conditionStatus(pod, "Ready") === "True" ? "Running" : "NotReady";
}

/** @rule kube.print.pod-status */
export function podSummary(pod: JsonObject): {
  readonly reason: string;
  readonly ready: number;
  readonly total: number;
  readonly restarts: number;
  readonly lastRestart: string;
} {
  const phase = text(pod, "status", "phase");
  const why = text(pod, "status", "reason");
  const gated = list(pod, "status", "conditions").some(
    (condition) => condition["type"] === "PodScheduled" && condition["reason"] === "SchedulingGated",
  );
  const summary: Summary = {
    reason: gated ? "SchedulingGated" : orElse(why, phase),
    ready: 0,
    total: list(pod, "spec", "containers").length,
    restarts: { count: 0, last: "" },
  };
  const sidecarRestarts: Restarts = { count: 0, last: "" };
  if (!initSummary(pod, summary, sidecarRestarts) || conditionStatus(pod, "Initialized") === "True") {
    summary.restarts = sidecarRestarts;
    mainSummary(pod, summary);
  }
  if (text(pod, "metadata", "deletionTimestamp") !== "") {
    if (why === "NodeLost") summary.reason = "Unknown";
    else if (!isPodPhaseTerminal(phase)) summary.reason = "Terminating";
  }
  return { reason: summary.reason, ready: summary.ready, total: summary.total, restarts: summary.restarts.count, lastRestart: summary.restarts.last };
}

export function printPod(pod: JsonObject, context: PrintContext): readonly Cell[] {
  const { reason, ready, total, restarts, lastRestart } = podSummary(pod);
  const again = restarts !== 0 && lastRestart !== "" ? `${restarts} (${since(lastRestart, context)} ago)` : String(restarts);
  const gates = list(pod, "spec", "readinessGates").map((gate) => text(gate, "conditionType"));
  const open = gates.filter((gate) => conditionStatus(pod, gate) === "True").length;
  return [
    nameOf(pod),
    `${ready}/${total}`,
    reason,
    again,
    age(pod, context),
    orElse(text(list(pod, "status", "podIPs")[0], "ip"), "<none>"),
    orElse(text(pod, "spec", "nodeName"), "<none>"),
    orElse(text(pod, "status", "nominatedNodeName"), "<none>"),
    gates.length > 0 ? `${open}/${gates.length}` : "<none>",
  ];
}

/** Rows of finished Pods say so, for clients that hide them. */
export function podRowConditions(pod: JsonObject): readonly JsonObject[] | undefined {
  const phase = text(pod, "status", "phase");
  if (phase === "Succeeded") return [{ type: "Completed", status: "True", reason: "Succeeded", message: "The pod has completed successfully." }];
  return phase === "Failed" ? [{ type: "Completed", status: "True", reason: "Failed", message: "The pod failed." }] : undefined;
}
