/** Limits on how fast nodes are given up, and when not at all. */
import type { Micros, Tx } from "../../../sim/types";
import { conditionOf } from "../../apis/pod-availability";
import type { NodeObject } from "../../apis/objects";
import { evictionInterval, type ZoneState, zoneOf, zoneState } from "./health";
import { zoneTable } from "./tables";

export interface Zones {
  readonly states: ReadonlyMap<string, { readonly state: ZoneState; readonly nodes: number }>;
  /** No node is ready anywhere: more likely the control plane's own fault. */
  readonly everyZoneDisrupted: boolean;
}

/** @source kubernetes@1.35 pkg/controller/nodelifecycle/node_lifecycle_controller.go handleDisruption */
export function zonesOf(nodes: readonly NodeObject[]): Zones {
  const counts = new Map<string, { ready: number; notReady: number }>();
  for (const node of nodes) {
    const count = counts.get(zoneOf(node)) ?? { ready: 0, notReady: 0 };
    if (conditionOf(node.status, "Ready")?.status === "True") count.ready++;
    else count.notReady++;
    counts.set(zoneOf(node), count);
  }
  const states = new Map([...counts].map(([zone, { ready, notReady }]) => [zone, { state: zoneState(ready, notReady), nodes: ready + notReady }]));
  return { states, everyZoneDisrupted: states.size > 0 && [...states.values()].every(({ state }) => state === "FullDisruption") };
}

/**
 * Whether a node may be marked for eviction now; otherwise how long to wait, or undefined to wait for better times.
 * @rule kube.node.eviction-limiter
 * @source kubernetes@1.35 pkg/controller/nodelifecycle/scheduler/rate_limited_queue.go Try
 */
export function acquire(tx: Tx, node: NodeObject, zones: Zones): { readonly granted: boolean; readonly wait?: Micros } {
  const zone = zoneOf(node);
  const { state, nodes } = zones.states.get(zone) ?? { state: "Normal", nodes: 1 };
  const interval = evictionInterval(state, nodes, zones.everyZoneDisrupted);
  if (interval === undefined) return { granted: false };
  const table = tx.write(zoneTable);
  const nextAt = table.get(zone)?.nextAt ?? 0;
  if (tx.now < nextAt) return { granted: false, wait: nextAt - tx.now };
  table.put({ zone, nextAt: tx.now + interval });
  return { granted: true };
}
