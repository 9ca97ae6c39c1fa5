/** The scheduler's Events about Pods: Scheduled, FailedScheduling, Preempted. */
import type { Tx } from "../../sim/types";
import type { Pod } from "../apis/objects";
import { recordEvent } from "../client/events";

const COMPONENT = "default-scheduler";

export function podEvent(tx: Tx, pod: Pod, type: "Normal" | "Warning", reason: string, message: string): void {
  recordEvent(tx, { regarding: { apiVersion: "v1", kind: "Pod", metadata: pod.metadata }, type, reason, message, component: COMPONENT });
}
