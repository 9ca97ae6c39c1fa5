/**
 * How the control plane decides that a node is gone. Every five seconds it looks at each node: a heartbeat (a renewed Lease or changed
 * conditions) is noted at that moment; with none noted for the grace period, it writes Unknown over the conditions.
 */
import { seconds } from "../../../sim/time";
import type { Micros } from "../../../sim/types";
import type { Condition, NodeObject } from "../../apis/objects";
import { conditionOf } from "../../apis/pod-availability";
import { parseTime, rfc3339 } from "../../apis/time";

/** @source kubernetes@1.35 pkg/controller/nodelifecycle/config/v1alpha1/defaults.go */
export const NODE_MONITOR_PERIOD = seconds(5);
export const NODE_MONITOR_GRACE = seconds(50);
export const NODE_STARTUP_GRACE = seconds(60);
/** A zone is partially disrupted from this share of its nodes on, and three nodes. */
export const UNHEALTHY_ZONE_THRESHOLD = 0.55;
export const LARGE_CLUSTER = 50;

const WATCHED: readonly string[] = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];

/**
 * The node's conditions once nothing was heard of it for the grace period; undefined when they say so already.
 * @rule kube.node.unknown
 * @source kubernetes@1.35 pkg/controller/nodelifecycle/node_lifecycle_controller.go tryUpdateNodeHealth
 */
export function unknownConditions(node: NodeObject, now: Micros): readonly Condition[] | undefined {
  const at = rfc3339(now);
  const before = node.status?.conditions ?? [];
  let changed = false;
  const next = before.map((condition) => {
    if (!WATCHED.includes(condition.type) || condition.status === "Unknown") return condition;
    changed = true;
    return {
      ...condition,
      status: "Unknown" as const,
      reason: "NodeStatusUnknown",
      message: "Kubelet stopped posting node status.",
      lastTransitionTime: at,
    };
  });
  for (const type of WATCHED) {
    if (before.some((condition) => condition.type === type)) continue;
    changed = true;
    next.push({
      type,
      status: "Unknown",
      reason: "NodeStatusNeverUpdated",
      message: "Kubelet never posted node status.",
      lastHeartbeatTime: node.metadata.creationTimestamp,
      lastTransitionTime: at,
    });
  }
  return changed ? next : undefined;
}

/** The grace period that counts for a node: longer before its first report. */
export const gracePeriod = (node: NodeObject): Micros => (conditionOf(node.status, "Ready") === undefined ? NODE_STARTUP_GRACE : NODE_MONITOR_GRACE);

/** When a node that never reported was first seen. */
export const createdAt = (node: NodeObject): Micros => parseTime(node.metadata.creationTimestamp) ?? 0;

/** The first look at or after a moment. */
export const nextLook = (at: Micros): Micros => Math.ceil(at / NODE_MONITOR_PERIOD) * NODE_MONITOR_PERIOD;

/**
 * The first look at which a node's silence exceeds its grace period, when the last heartbeat came at `heardAt`.
 * @rule kube.node.silence
 */
export const unknownAt = (heardAt: Micros, grace: Micros): Micros => nextLook(nextLook(heardAt) + grace + 1);

export type ZoneState = "Normal" | "PartialDisruption" | "FullDisruption";

/**
 * @rule kube.node.zone-state
 * @source kubernetes@1.35 pkg/controller/nodelifecycle/node_lifecycle_controller.go ComputeZoneState
 */
export function zoneState(ready: number, notReady: number): ZoneState {
  if (ready === 0 && notReady > 0) return "FullDisruption";
  return notReady > 2 && notReady / (notReady + ready) >= UNHEALTHY_ZONE_THRESHOLD ? "PartialDisruption" : "Normal";
}

/**
 * Time between two nodes of a zone that are marked for eviction; undefined when evictions stop.
 * @rule kube.node.eviction-rate
 * @source kubernetes@1.35 pkg/controller/nodelifecycle/node_lifecycle_controller.go setLimiterInZone
 */
export function evictionInterval(state: ZoneState, nodes: number, everyZoneDisrupted: boolean): Micros | undefined {
  if (everyZoneDisrupted) return undefined;
  if (state === "PartialDisruption") return nodes > LARGE_CLUSTER ? seconds(100) : undefined;
  return seconds(10);
}

/** `region:zone` of a node, as rate limits are kept per zone. @source kubernetes@1.35 staging/src/k8s.io/component-helpers/node/topology/helpers.go GetZoneKey */
export function zoneOf(node: NodeObject): string {
  const labels = node.metadata.labels ?? {};
  const region = labels["topology.kubernetes.io/region"] ?? "";
  const zone = labels["topology.kubernetes.io/zone"] ?? "";
  return region === "" && zone === "" ? "" : `${region}:\u0000:${zone}`;
}
