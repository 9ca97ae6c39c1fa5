/** The kubelet's Events about Pods: Pulling, Pulled, Created, Started, Killing, BackOff, Unhealthy, Failed, FailedMount… */
import type { Tx } from "../../sim/types";
import { recordEvent } from "../client/events";
import type { ContainerRow, PodRow } from "./tables";

const fieldPath = (container: ContainerRow): string => `spec.${container.role === "regular" ? "containers" : "initContainers"}{${container.name}}`;

export function podEvent(tx: Tx, row: PodRow, type: "Normal" | "Warning", reason: string, message: string, container?: ContainerRow): void {
  recordEvent(tx, {
    regarding: row.pod,
    type,
    reason,
    message,
    component: "kubelet",
    host: row.node,
    ...(container === undefined ? {} : { fieldPath: fieldPath(container) }),
  });
}
