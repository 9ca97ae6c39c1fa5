/** What the scheduler remembers: its queue, the nodes as it counts them, Pods it has placed but not seen bound, calls under way. */
import { defineDelay } from "../../sim/delays";
import { defineTable } from "../../sim/table";
import { millis, seconds } from "../../sim/time";
import type { Micros } from "../../sim/types";
import type { NodeInfo } from "./node-info";

export const SCHEDULING_CYCLE = defineDelay({
  name: "kube.scheduler.cycle",
  real: millis(1),
  teaching: millis(300),
  source: "chosen: several hundred Pods a second, as upstream's scheduler_perf thresholds ask",
});
/** @source kubernetes@1.35 pkg/scheduler/backend/queue/scheduling_queue.go DefaultPodInitialBackoffDuration, DefaultPodMaxBackoffDuration */
export const INITIAL_BACKOFF = seconds(1);
export const MAX_BACKOFF = seconds(10);
/** @source kubernetes@1.35 pkg/scheduler/backend/queue/scheduling_queue.go DefaultPodMaxInUnschedulablePodsDuration */
export const UNSCHEDULABLE_FLUSH = seconds(300);

export type Stage = "active" | "backoff" | "unschedulable" | "gated";

/** A Pod that waits for a node. */
export interface QueueRow {
  /** `namespace/name`. */
  readonly key: string;
  readonly uid: string;
  readonly stage: Stage;
  readonly priority: number;
  /** When it came to the queue, or came back: Pods of one priority are tried in this order. */
  readonly queuedAt: Micros;
  /** Its key in the active queue. */
  readonly order?: string;
  readonly attempts: number;
  /** Attempts that found no node since the last that did; the back-off doubles with each. */
  readonly failures: number;
  /** Attempts in a row that ended with an error (a refused binding). */
  readonly errors: number;
  readonly failedAt?: Micros;
  readonly backoffUntil: Micros;
  /** Plugins whose refusal must be undone before another attempt makes sense. */
  readonly refusing: readonly string[];
  readonly nominated?: string;
  /** The message that ends the wait after five minutes, or after an error's back-off. */
  readonly timer?: number;
}
export const queueTable = defineTable<QueueRow, "stage" | "nominated">({
  name: "scheduler.queue",
  key: (row) => row.key,
  indexes: {
    stage: (row) => (row.stage === "active" ? undefined : row.stage),
    nominated: (row) => (row.nominated === undefined ? undefined : ["", row.nominated]),
  },
});

/** The active queue: a lane per priority, in it places in the order in which Pods came. Places of Pods that went away are empty. */
export const activeTable = defineTable<{ readonly order: string; readonly key: string }>({ name: "scheduler.active", key: (row) => row.order });
export interface LaneRow {
  /** Sorts as text: the highest priority first. */
  readonly lane: string;
  /** The first place that may be taken, and the first that never was. */
  readonly head: number;
  readonly tail: number;
}
export const laneTable = defineTable<LaneRow>({ name: "scheduler.lane", key: (row) => row.lane });

export const nodeInfoTable = defineTable<NodeInfo, "affinity" | "guarded">({
  name: "scheduler.node-info",
  key: (row) => row.name,
  indexes: {
    affinity: (row) => (row.withAffinity.length > 0 ? "yes" : undefined),
    guarded: (row) => (row.withRequiredAntiAffinity.length > 0 ? "yes" : undefined),
  },
});

export interface AssumedRow {
  readonly key: string;
  readonly uid: string;
  readonly node: string;
  /** Its queue row, in case the binding fails. */
  readonly queued: QueueRow;
}
export const assumedTable = defineTable<AssumedRow>({ name: "scheduler.assumed", key: (row) => row.key });

/** A binding under way; other calls need no answer. */
export const bindingTable = defineTable<{ readonly id: string; readonly key: string }>({ name: "scheduler.binding", key: (row) => row.id });

export const imageTable = defineTable<{ readonly name: string; readonly nodes: number }>({ name: "scheduler.image", key: (row) => row.name });

export interface SchedulerRow {
  readonly id: "main";
  /** A scheduling cycle is under way. */
  readonly busy: boolean;
  /** Where among `names` the next search begins. */
  readonly start: number;
  /** Nodes in the order in which they are visited: zone by turns. */
  readonly names: readonly string[];
}
export const schedulerTable = defineTable<SchedulerRow>({ name: "scheduler.state", key: (row) => row.id });
export const IDLE: SchedulerRow = Object.freeze({ id: "main", busy: false, start: 0, names: Object.freeze([]) as readonly string[] });
