/** What clients inside the cluster remember of their watches, and the faults laid on these. A row is an informer: spec and cursor. */
import { defineTable } from "../../sim/table";
import type { Address, Message, Micros } from "../../sim/types";

export interface WatchRow {
  /** `address resource`, for example `kubelet/node-a pods`. */
  readonly id: string;
  readonly address: Address;
  readonly resource: string;
  readonly namespace?: string;
  readonly node?: string;
  readonly relaxed?: boolean;
  /** The stream of the store's log it reads. */
  readonly stream: string;
  /** The API server has heard of it. */
  readonly open: boolean;
  /** The initial list has arrived. */
  readonly synced: boolean;
  /** The cache is the store as it stood at this revision. */
  readonly revision: number;
}

export const watchTable = defineTable<WatchRow, "stream" | "address">({
  name: "client.watch",
  key: (row) => row.id,
  indexes: { stream: (row) => row.stream, address: (row) => row.address },
});

export type WatchFaultMode = "drop" | "delay" | "freeze" | "none";

/** An input to `apiserver/main`. `watcher` is a watch's id or the address of a client (all of its watches). */
export interface WatchFault extends Message {
  readonly type: "fault.watch";
  readonly watcher: string;
  readonly mode: WatchFaultMode;
  readonly delay?: Micros;
}
export interface WatchFaultRow {
  readonly watcher: string;
  readonly mode: Exclude<WatchFaultMode, "none">;
  readonly delay: Micros;
}
export const watchFaultTable = defineTable<WatchFaultRow>({ name: "client.fault", key: (row) => row.watcher });

/** Sent by a client that has opened (or opened again) a watch. */
export interface ApiOpenWatch extends Message {
  readonly type: "api.open";
  readonly watch: string;
}
