/**
 * Watches of clients outside the cluster (`GET …?watch=true`): kubectl and the Node server get the events themselves.
 * @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/endpoints/handlers/watch.go; pkg/storage/cacher/cacher.go Watch
 * Not modelled: timeouts; bookmarks come with other traffic, never on a clock of their own.
 */
import { delayOf } from "../../../sim/delays";
import { defineTable } from "../../../sim/table";
import { seconds } from "../../../sim/time";
import type { Json, Micros, Tx } from "../../../sim/types";
import type { KubeObject } from "../../apis/objects";
import { apiVersionOf, type ResourceInfo, resourceNamed } from "../../apis/resources";
import { READ_REPLY, WATCH_TRAVEL } from "../delays";
import type { ApiResponse, ApiWatchEvents, WatchEvent } from "../door";
import { wantsTable } from "../printing/accept";
import { tableOf } from "../printing/table";
import { candidates, checkResourceVersion } from "../reads";
import type { ResourceTarget } from "../request";
import { parseSelection, type Selection, selects } from "../selection";
import { answer, gone } from "../status";
import { etcdOf, type LogRow, walkBack } from "../storage/store";

interface OutsideRow {
  readonly id: string;
  readonly replyTo: string;
  readonly resource: string;
  readonly namespace?: string;
  readonly query: Readonly<Record<string, string>>;
  readonly accept?: string;
  readonly revision: number;
  readonly told: Micros;
}
export const outsideTable = defineTable<OutsideRow, "resource">({
  name: "apiserver.outside",
  key: (row) => row.id,
  indexes: { resource: (row) => row.resource },
});
const BOOKMARK_EVERY = seconds(60);

/** @rule kube.watch.outside */
export function openOutside(
  tx: Tx,
  target: ResourceTarget,
  query: Readonly<Record<string, string>>,
  accept: string | undefined,
  replyTo: string,
): ApiResponse {
  const wrong = checkResourceVersion(query);
  if (wrong !== undefined) return wrong;
  const asked = target.name === undefined ? query : { ...query, fieldSelector: `metadata.name=${target.name}` };
  const selection = parseSelection(target.resource, asked);
  if ("code" in selection) return selection;
  const etcd = etcdOf(tx);
  const since = Number(query["resourceVersion"] ?? 0);
  if (since > 0 && since < etcd.compacted) return gone(`too old resource version: ${since} (${etcd.compacted + 1})`);
  const id = `watch-${tx.nextId("apiserver.outside")}`;
  const initial = query["sendInitialEvents"] === "true" || since === 0;
  const row: OutsideRow = {
    id,
    replyTo,
    resource: target.resource.name,
    namespace: target.namespace,
    query: asked,
    accept,
    revision: initial ? etcd.revision : since,
    told: tx.now,
  };
  tx.write(outsideTable).put({ ...row, revision: etcd.revision });
  const events = initial ? firstEvents(tx, target.resource, row, selection) : eventsSince(tx, target.resource, row, selection);
  if (events.length > 0) sendEvents(tx, row, events, delayOf(tx, READ_REPLY) + delayOf(tx, WATCH_TRAVEL));
  return answer(200, { watch: id });
}

export function closeOutside(tx: Tx, id: string): boolean {
  const known = tx.read(outsideTable).has(id);
  tx.write(outsideTable).delete(id);
  return known;
}

/** A server that goes away ends its connections; one that starts knows none of its old ones. */
export function dropOutside(tx: Tx): void {
  for (const row of tx.read(outsideTable).rows()) {
    const closed: ApiWatchEvents = { type: "api.events", watch: row.id, events: [], closed: true };
    tx.send(row.replyTo, closed, delayOf(tx, WATCH_TRAVEL));
    tx.write(outsideTable).delete(row.id);
  }
}

export function sendOutside(tx: Tx, resourceName: string): void {
  const table = tx.write(outsideTable);
  if (table.countBy("resource", resourceName) === 0) return;
  const resource = resourceNamed(resourceName);
  if (resource === undefined) return;
  const revision = etcdOf(tx).revision;
  for (const row of table.by("resource", resourceName)) {
    const selection = parseSelection(resource, row.query);
    if ("code" in selection) continue;
    let events = eventsSince(tx, resource, row, selection);
    const quiet = events.length === 0 && row.query["allowWatchBookmarks"] === "true" && tx.now - row.told >= BOOKMARK_EVERY;
    if (quiet) events = [bookmark(resource, revision, undefined)];
    table.put({ ...row, revision, told: events.length > 0 ? tx.now : row.told });
    if (events.length > 0) sendEvents(tx, row, events, delayOf(tx, WATCH_TRAVEL));
  }
}

function sendEvents(tx: Tx, row: OutsideRow, events: readonly WatchEvent[], delay: Micros): void {
  const message: ApiWatchEvents = { type: "api.events", watch: row.id, events };
  tx.send(row.replyTo, message, delay);
}

function firstEvents(tx: Tx, resource: ResourceInfo, row: OutsideRow, selection: Selection): readonly WatchEvent[] {
  const rows = candidates(tx, resource, row.namespace, selection).filter(({ object }) => selects(selection, resource, object));
  const events = rows.map(({ object }) => shown(tx, resource, row, "ADDED", object));
  if (row.query["sendInitialEvents"] !== "true") return events;
  return [...events, bookmark(resource, row.revision, { "k8s.io/initial-events-end": "true" })];
}

function bookmark(resource: ResourceInfo, revision: number, annotations: { readonly [key: string]: string } | undefined): WatchEvent {
  const metadata = { resourceVersion: String(revision), creationTimestamp: null, ...(annotations === undefined ? {} : { annotations }) };
  return { type: "BOOKMARK", object: { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata } };
}

function eventsSince(tx: Tx, resource: ResourceInfo, row: OutsideRow, selection: Selection): readonly WatchEvent[] {
  const entries: LogRow[] = [];
  walkBack(tx, resource.name, row.revision, Number.MAX_SAFE_INTEGER, (entry) => {
    entries.push(entry);
  });
  const sees = (object: KubeObject | undefined): object is KubeObject =>
    object !== undefined && (row.namespace === undefined || object.metadata.namespace === row.namespace) && selects(selection, resource, object);
  const events: WatchEvent[] = [];
  for (const { before, after, revision } of entries.reverse()) {
    if (sees(after)) events.push(shown(tx, resource, row, sees(before) ? "MODIFIED" : "ADDED", after));
    else if (sees(before)) {
      const last = { ...before, metadata: { ...before.metadata, resourceVersion: String(revision) } };
      events.push(shown(tx, resource, row, "DELETED", last));
    }
  }
  return events;
}

function shown(tx: Tx, resource: ResourceInfo, row: OutsideRow, type: "ADDED" | "MODIFIED" | "DELETED", object: KubeObject): WatchEvent {
  return { type, object: wantsTable(row.accept) ? tableOf(tx.now, resource, [object], row.accept) : (object as unknown as Json) };
}
