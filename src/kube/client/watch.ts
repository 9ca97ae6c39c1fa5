/**
 * A component's watches. A cursor says how far it has read; a notice from the API server says how far it may read. What it gets is
 * every change in between, in order, as an informer would.
 *
 * @source kubernetes@1.35 staging/src/k8s.io/client-go/tools/cache/reflector.go ListAndWatch
 * Not modelled: resyncs, and each client's own reconnection back-off (the API server greets every client when it starts).
 */
import { delayOf } from "../../sim/delays";
import type { Tx } from "../../sim/types";
import type { KubeObject } from "../apis/objects";
import type { WatchNotice } from "../apiserver/door";
import { type LogRow, etcdOf, nodeOf, streamOf, walkBack } from "../apiserver/storage/store";
import { listAt } from "./cache";
import { WATCH_CONNECT } from "./delays";
import { type ApiOpenWatch, type WatchRow, watchTable } from "./tables";
import type { WatchChange, WatchSpec } from "./types";

/** Opens a watch of the running actor; call on `actor.start`. Opening it again forgets what it knew. */
export function openWatch(tx: Tx, spec: WatchSpec): void {
  const id = `${tx.self} ${spec.resource}`;
  tx.write(watchTable).put({
    id,
    address: tx.self,
    resource: spec.resource,
    namespace: spec.namespace,
    node: spec.node,
    relaxed: spec.relaxed,
    stream: streamOf(spec.resource, spec.node),
    open: false,
    synced: false,
    revision: 0,
  });
  const open: ApiOpenWatch = { type: "api.open", watch: id };
  tx.send("apiserver/main", open, delayOf(tx, WATCH_CONNECT));
}

/** All watches that the running actor opened have delivered their list. */
export function synced(tx: Tx): boolean {
  for (const row of tx.read(watchTable).by("address", tx.self)) if (!row.synced) return false;
  return true;
}

/**
 * Moves the cursor to the notice and returns what changed. The first time that is the list, as ADDED. A cursor from before the last
 * compaction lists again and gets the differences.
 * @rule kube.client.advance
 * @source kubernetes@1.35 staging/src/k8s.io/client-go/tools/cache/reflector.go watchHandler, syncWith
 */
export function advance(tx: Tx, notice: WatchNotice): readonly WatchChange[] {
  const watches = tx.write(watchTable);
  const row = watches.get(notice.watch);
  if (row === undefined || (row.synced && notice.revision <= row.revision)) return [];
  const next = moved(row, notice.revision);
  watches.put(next);
  if (!row.synced) return listAt(tx, next).map((object) => ({ type: "ADDED", resource: row.resource, object }));
  const entries: LogRow[] = [];
  walkBack(tx, row.stream, row.revision, notice.revision, (entry) => {
    entries.push(entry);
  });
  entries.reverse();
  if (row.revision < etcdOf(tx).compacted) {
    tx.fired("kube.client.relist", row.id);
    return changesOf(row, netEntries(entries));
  }
  return changesOf(row, entries);
}

/** Written out: this is the row that is written most. */
const moved = (row: WatchRow, revision: number): WatchRow => ({
  id: row.id,
  address: row.address,
  resource: row.resource,
  namespace: row.namespace,
  node: row.node,
  relaxed: row.relaxed,
  stream: row.stream,
  open: true,
  synced: true,
  revision,
});

const sees = (row: WatchRow, object: KubeObject | undefined): object is KubeObject =>
  object !== undefined &&
  (row.namespace === undefined || object.metadata.namespace === row.namespace) &&
  (row.node === undefined || nodeOf(row.resource, object) === row.node);

function changesOf(row: WatchRow, entries: readonly LogRow[]): readonly WatchChange[] {
  const changes: WatchChange[] = [];
  const resource = row.resource;
  for (const { before, after } of entries) {
    const old = sees(row, before) ? before : undefined;
    if (sees(row, after))
      changes.push(old === undefined ? { type: "ADDED", resource, object: after } : { type: "MODIFIED", resource, object: after, old });
    else if (old !== undefined) changes.push({ type: "DELETED", resource, object: old, old });
  }
  return changes;
}

/** One entry per key, from the first state to the last. */
function netEntries(entries: readonly LogRow[]): readonly LogRow[] {
  const byKey = new Map<string, LogRow>();
  for (const entry of entries) {
    const first = byKey.get(entry.key);
    byKey.set(entry.key, first === undefined ? entry : { ...first, after: entry.after });
  }
  return [...byKey.values()].filter(({ before, after }) => before !== undefined || after !== undefined);
}
