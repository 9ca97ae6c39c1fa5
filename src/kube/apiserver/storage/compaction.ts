/**
 * Forgetting old revisions. The real API server compacts every five minutes to the revision it noted five minutes before; here the
 * same is done at the first write after that, so that an idle cluster has nothing to do.
 *
 * Rows that a running watcher's cache still stands on are kept: they are that client's memory, not etcd's.
 */
import { stoppedTable } from "../../../sim/faults";
import { seconds } from "../../../sim/time";
import type { Tx } from "../../../sim/types";
import { watchTable } from "../../client/tables";
import { etcdOf, etcdTable, logRow, logTable } from "./store";

/** @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/storage/storagebackend/config.go DefaultCompactInterval */
const COMPACT_INTERVAL = seconds(300);

/**
 * @rule kube.storage.compact
 * @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/storage/etcd3/compact.go compactor
 */
export function compactWhenDue(tx: Tx): void {
  const etcd = etcdOf(tx);
  if (tx.now - etcd.markedAt < COMPACT_INTERVAL) return;
  const compacted = etcd.markedRevision;
  const trimmed = Math.max(etcd.trimmed, Math.min(compacted, oldestCursor(tx)));
  const log = tx.write(logTable);
  for (let revision = etcd.trimmed + 1; revision <= trimmed; revision++) {
    const row = logRow(log, revision);
    if (row !== undefined) log.delete(logTable.key(row));
  }
  tx.write(etcdTable).put({ ...etcd, compacted, trimmed, markedRevision: etcd.revision, markedAt: tx.now });
  if (compacted > etcd.compacted) tx.fired("kube.storage.compact", String(compacted));
}

function oldestCursor(tx: Tx): number {
  const stopped = tx.read(stoppedTable);
  let oldest = Number.MAX_SAFE_INTEGER;
  for (const row of tx.read(watchTable).rows()) if (row.synced && !stopped.has(row.address)) oldest = Math.min(oldest, row.revision);
  return oldest;
}
