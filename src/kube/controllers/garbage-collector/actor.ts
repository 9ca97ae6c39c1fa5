/**
 * `garbage-collector/main`: deletes what nobody owns any more, and carries out foreground deletion and orphaning.
 *
 * It watches every kind that owns or is owned, queues what may have to be collected, and looks at the live state before it acts.
 *
 * @source kubernetes@1.35 pkg/controller/garbagecollector/graph_builder.go processGraphChanges; garbagecollector.go
 * Not modelled: the time of the live look-ups, rate limits, leases in the watch (an idle cluster would tick twice).
 */
import { defineDelay, delayOf } from "../../../sim/delays";
import { defineTable } from "../../../sim/table";
import { millis } from "../../../sim/time";
import type { Actor, Tx } from "../../../sim/types";
import { RESOURCES, type ResourceInfo, resourceNamed } from "../../apis/resources";
import type { ApiReply, WatchNotice } from "../../apiserver/door";
import { keyOf, stored, storeTable } from "../../apiserver/storage/store";
import { callApi } from "../../client/call";
import type { WatchChange } from "../../client/types";
import { advance, openWatch } from "../../client/watch";
import { attemptToDelete, isDeletingDependents, isOrphaning, type Item, type Lookup, orphanDependents, ownerState } from "./attempt";

const WORK = defineDelay({ name: "kube.gc.work", real: millis(5), teaching: millis(200), source: "chosen: one turn of the workers" });
const RETRY = defineDelay({
  name: "kube.gc.retry",
  real: millis(500),
  teaching: millis(500),
  source: "chosen: between the limits of the queue's back-off (5 ms … 1000 s)",
});

interface QueueRow {
  /** `resource namespace/name`. */
  readonly key: string;
  readonly resource: string;
  readonly object: string;
}
interface CallRow extends QueueRow {
  readonly id: string;
}
export const queueTable = defineTable<QueueRow>({ name: "gc.queue", key: (row) => row.key });
export const callTable = defineTable<CallRow>({ name: "gc.call", key: (row) => row.id });
const armedTable = defineTable<{ readonly id: string }>({ name: "gc.armed", key: (row) => row.id });

/** Events own nothing and are owned by nothing; leases are found by look-up. */
const WATCHED = RESOURCES.filter(({ name }) => name !== "events" && name !== "leases");
const OWNED = RESOURCES.filter(({ name }) => name !== "events");

function lookupOf(tx: Tx): Lookup {
  return {
    get: (resource, namespace, name) => stored(tx, resource.name, keyOf(namespace, name))?.object,
    dependentsOf: (uid) => dependentsOf(tx, uid),
  };
}

function dependentsOf(tx: Tx, uid: string): readonly Item[] {
  const items: Item[] = [];
  for (const resource of OWNED) {
    const table = tx.read(storeTable(resource.name));
    if (table.countBy("owner", uid) > 0) for (const row of table.by("owner", uid)) items.push({ resource, object: row.object });
  }
  return items;
}

function enqueue(tx: Tx, resource: string, object: string, delay = WORK): void {
  const key = `${resource} ${object}`;
  const queue = tx.write(queueTable);
  if (!queue.has(key)) queue.put({ key, resource, object });
  arm(tx, delay);
}

function arm(tx: Tx, delay: typeof WORK): void {
  const armed = tx.write(armedTable);
  if (armed.has(delay.name)) return;
  armed.put({ id: delay.name });
  tx.send(tx.self, { type: delay.name }, delayOf(tx, delay));
}

const keyOfItem = ({ object }: Item): string => keyOf(object.metadata.namespace, object.metadata.name);
const enqueueItem = (tx: Tx, item: Item): void => enqueue(tx, item.resource.name, keyOfItem(item));

/** @rule kube.gc.graph */
function observe(tx: Tx, change: WatchChange): void {
  const { object, old, type } = change;
  const resource = resourceNamed(change.resource) as ResourceInfo;
  const { metadata } = object;
  if (type === "DELETED") {
    for (const dependent of dependentsOf(tx, metadata.uid)) enqueueItem(tx, dependent);
    const lookup = lookupOf(tx);
    for (const owner of metadata.ownerReferences ?? []) {
      const place = RESOURCES.find((candidate) => candidate.kind === owner.kind);
      const found = place === undefined ? undefined : lookup.get(place, place.namespaced ? metadata.namespace : undefined, owner.name);
      if (place !== undefined && found !== undefined && isDeletingDependents(found)) enqueueItem(tx, { resource: place, object: found });
    }
    return;
  }
  if (old !== undefined && old.metadata.ownerReferences === metadata.ownerReferences && metadata.deletionTimestamp === undefined) return;
  if (isDeletingDependents(object) || isOrphaning(object)) return enqueueItem(tx, { resource, object });
  if (metadata.deletionTimestamp !== undefined || metadata.ownerReferences === undefined) return;
  const lookup = lookupOf(tx);
  for (const owner of metadata.ownerReferences)
    if (ownerState(owner, metadata.namespace, lookup) !== "solid") return enqueueItem(tx, { resource, object });
}

function work(tx: Tx): void {
  const queue = tx.write(queueTable);
  const lookup = lookupOf(tx);
  for (const row of queue.rows()) {
    queue.delete(row.key);
    const object = stored(tx, row.resource, row.object)?.object;
    if (object === undefined) continue;
    const item: Item = { resource: resourceNamed(row.resource) as ResourceInfo, object };
    const { requests, next } = isOrphaning(object) ? orphanDependents(item, lookup) : attemptToDelete(item, lookup);
    for (const request of requests) {
      tx.write(callTable).put({ ...row, id: String(callApi(tx, request)) });
      tx.fired("kube.gc.attempt", row.key);
    }
    for (const dependent of next) enqueueItem(tx, dependent);
  }
}

/** Conflicts and lost answers are tried again; after a patch of a dependent the orphaning owner is looked at again. */
function answered(tx: Tx, reply: ApiReply): void {
  const calls = tx.write(callTable);
  const row = calls.get(String(reply.id));
  if (row === undefined) return;
  calls.delete(row.id);
  const { code } = reply.response;
  const failed = code === 0 || (code >= 400 && code !== 404);
  const object = stored(tx, row.resource, row.object)?.object;
  if (object !== undefined && (failed || isOrphaning(object))) enqueue(tx, row.resource, row.object, failed ? RETRY : WORK);
}

export const garbageCollectorActor: Actor = {
  kind: "garbage-collector",
  receive(tx, _name, message) {
    switch (message.type) {
      case "actor.start":
        for (const resource of WATCHED) openWatch(tx, { resource: resource.name, relaxed: true });
        for (const row of tx.read(callTable).rows()) tx.write(callTable).delete(row.id);
        for (const row of tx.read(armedTable).rows()) tx.write(armedTable).delete(row.id);
        if (tx.read(queueTable).size > 0) arm(tx, WORK);
        break;
      case "api.watch":
        for (const change of advance(tx, message as WatchNotice)) observe(tx, change);
        break;
      case "api.reply":
        answered(tx, message as ApiReply);
        break;
      case WORK.name:
      case RETRY.name:
        tx.write(armedTable).delete(message.type);
        work(tx);
        break;
    }
  },
};
