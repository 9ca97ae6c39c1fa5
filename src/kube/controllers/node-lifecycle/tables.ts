/** What the node lifecycle controller remembers. */
import { defineTable } from "../../../sim/table";
import type { Micros } from "../../../sim/types";

export interface KnownNodeRow {
  readonly node: string;
  /** Since when this process knows the node; silence counts from here at the earliest. */
  readonly since: Micros;
}
export const knownNodeTable = defineTable<KnownNodeRow>({ name: "node-lifecycle.known", key: (row) => row.node });

export interface ZoneRow {
  readonly zone: string;
  /** The next node of this zone may be marked for eviction from here on. */
  readonly nextAt: Micros;
}
export const zoneTable = defineTable<ZoneRow>({ name: "node-lifecycle.zone", key: (row) => row.zone });
