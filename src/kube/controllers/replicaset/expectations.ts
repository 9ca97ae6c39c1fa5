/**
 * What a ReplicaSet's sync has asked for and not yet seen in its cache. Until then it does not count Pods again, or it would make or
 * delete too many.
 *
 * @source kubernetes@1.35 pkg/controller/controller_utils.go ControllerExpectations, UIDTrackingControllerExpectations
 */
import { defineTable } from "../../../sim/table";
import { seconds } from "../../../sim/time";
import type { Micros, Tx } from "../../../sim/types";

interface ExpectationRow {
  readonly key: string;
  readonly creations: number;
  /** Keys of Pods whose deletion was asked for. */
  readonly deletions: readonly string[];
  readonly at: Micros;
}
export const expectationTable = defineTable<ExpectationRow>({ name: "replicaset.expectation", key: (row) => row.key });

/** @source kubernetes@1.35 pkg/controller/controller_utils.go ExpectationsTimeout */
const TIMEOUT = seconds(300);

export const expectCreations = (tx: Tx, key: string, creations: number): void =>
  tx.write(expectationTable).put({ key, creations, deletions: [], at: tx.now });
export const expectDeletions = (tx: Tx, key: string, deletions: readonly string[]): void =>
  tx.write(expectationTable).put({ key, creations: 0, deletions, at: tx.now });
export const forgetExpectations = (tx: Tx, key: string): void => tx.write(expectationTable).delete(key);

export function observed(tx: Tx, key: string, creations: number, deletions: readonly string[]): void {
  const table = tx.write(expectationTable);
  const row = table.get(key);
  if (row === undefined) return;
  const gone = new Set(deletions);
  const next = {
    ...row,
    creations: row.creations - creations,
    deletions: gone.size === 0 ? row.deletions : row.deletions.filter((pod) => !gone.has(pod)),
  };
  if (next.creations <= 0 && next.deletions.length === 0) table.delete(key);
  else table.put(next);
}

/**
 * Nothing is outstanding, or it has been for five minutes.
 * @rule kube.replicaset.expectations
 * @source kubernetes@1.35 pkg/controller/controller_utils.go SatisfiedExpectations
 */
export function satisfied(tx: Pick<Tx, "read" | "now">, key: string): boolean {
  const row = tx.read(expectationTable).get(key);
  return row === undefined || tx.now - row.at > TIMEOUT;
}
