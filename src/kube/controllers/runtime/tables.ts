/** What the controllers' processes hold in memory: their queues and the requests in flight. Gone when a process restarts. */
import { defineTable } from "../../../sim/table";
import type { Address, Micros } from "../../../sim/types";
import type { Order, PlannedCall } from "./types";

export interface QueueRow {
  /** `address key`. */
  readonly id: string;
  readonly address: Address;
  readonly key: string;
  /** `idle`: known for its failures or for a later look. `queued`: its turn will come. `active`: being worked on. */
  readonly state: "idle" | "queued" | "active";
  /** Asked for again while active. */
  readonly dirty: boolean;
  readonly failures: number;
  /** The message that starts the work is on its way; 0 while the caches are not filled. */
  readonly timer: number;
  readonly later?: { readonly timer: number; readonly at: Micros };
}
export const queueTable = defineTable<QueueRow, "address">({
  name: "controller.queue",
  key: (row) => row.id,
  indexes: { address: (row) => row.address },
});

export interface WorkRow {
  readonly id: string;
  readonly address: Address;
  readonly phase: 1 | 2;
  readonly order: Order;
  readonly calls: readonly PlannedCall[];
  /** The call being sent and how often it was. */
  readonly index: number;
  readonly repeated: number;
  readonly outstanding: number;
  readonly batch: number;
  readonly sent: number;
  readonly error?: string;
  /** What went wrong in the phase before. */
  readonly carried?: string;
  readonly requeueAfter?: Micros;
}
export const workTable = defineTable<WorkRow, "address">({
  name: "controller.work",
  key: (row) => row.id,
  indexes: { address: (row) => row.address },
});

export interface CallRow {
  /** `address id`. */
  readonly id: string;
  readonly address: Address;
  readonly key: string;
  readonly index: number;
}
export const callTable = defineTable<CallRow, "address">({
  name: "controller.call",
  key: (row) => row.id,
  indexes: { address: (row) => row.address },
});
