/**
 * How components write Events: like messages are counted on one Event, many of one reason are combined, and an object that causes too
 * many is cut off. Nobody waits for the answer.
 *
 * @source kubernetes@1.35 staging/src/k8s.io/client-go/tools/record/events_cache.go EventCorrelator
 * Not modelled: retries when the API server does not answer, and the limit of remembered keys.
 */
import { delayOf } from "../../sim/delays";
import { defineTable } from "../../sim/table";
import { seconds } from "../../sim/time";
import type { Json, Message, Micros, Tx } from "../../sim/types";
import type { ApiRequest } from "../apiserver/door";
import type { KubeObject } from "../apis/objects";
import { rfc3339 } from "../apis/time";
import { REQUEST_TRAVEL } from "./delays";

export interface EventNote {
  /** The object it is about; only its identity is read. */
  readonly regarding: Pick<KubeObject, "apiVersion" | "kind"> & {
    readonly metadata: { readonly name: string; readonly namespace?: string; readonly uid?: string; readonly resourceVersion?: string };
  };
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  /** For example `deployment-controller`. */
  readonly component: string;
  /** The node of a kubelet. */
  readonly host?: string;
  /** For example `spec.containers{web}`. */
  readonly fieldPath?: string;
}

interface Observation {
  readonly name: string;
  readonly count: number;
  readonly first: string;
}
/** How many Events one component may still write about one object, and when that was reckoned. */
interface BucketRow {
  readonly id: string;
  readonly uid: string;
  readonly tokens: number;
  readonly at: Micros;
}
/** Different messages lately of one type and reason. */
interface GroupRow {
  readonly id: string;
  readonly uid: string;
  readonly messages: readonly string[];
  readonly at: Micros;
}
interface SeenRow extends Observation {
  readonly id: string;
  readonly uid: string;
}
/** What components remember of the Events of an object: rows begin with `component kind namespace/name uid`. */
const byUid = { key: (row: { readonly id: string }): string => row.id, indexes: { uid: (row: { readonly uid: string }): string => row.uid } };
export const bucketTable = defineTable<BucketRow, "uid">({ name: "client.event-bucket", ...byUid });
export const groupTable = defineTable<GroupRow, "uid">({ name: "client.event-group", ...byUid });
export const seenTable = defineTable<SeenRow, "uid">({ name: "client.event-seen", ...byUid });

/** @source kubernetes@1.35 staging/src/k8s.io/client-go/tools/record/events_cache.go defaults */
const MAX_DIFFERENT = 10;
const GROUP_INTERVAL = seconds(600);
const BURST = 25;
const REFILL = seconds(300);
const EPOCH_MICROS = 1_767_225_600_000_000n;

/** Time in nanoseconds as a hexadecimal number, as the names of Events end. */
const stamp = (tx: Tx): string => ((EPOCH_MICROS + BigInt(tx.now)) * 1000n + BigInt(tx.nextId("client.event") % 1000)).toString(16);

/**
 * Ten different messages of one reason within ten minutes become one Event that is overwritten.
 * @rule kube.event.aggregate
 * @source kubernetes@1.35 staging/src/k8s.io/client-go/tools/record/events_cache.go EventAggregate
 */
function isCombined(tx: Tx, id: string, uid: string, message: string): boolean {
  const groups = tx.write(groupTable);
  const known = groups.get(id);
  const recent = known !== undefined && tx.now - known.at <= GROUP_INTERVAL ? known.messages : [];
  const messages = recent.includes(message) ? recent : [...recent, message];
  const full = messages.length >= MAX_DIFFERENT;
  groups.put({ id, uid, messages: full ? messages.slice(1) : messages, at: tx.now });
  return full;
}

/**
 * At most 25 Events per object at once, then one in five minutes.
 * @rule kube.event.spam-filter
 * @source kubernetes@1.35 staging/src/k8s.io/client-go/tools/record/events_cache.go EventSourceObjectSpamFilter
 */
function takeToken(tx: Tx, id: string, uid: string): boolean {
  const buckets = tx.write(bucketTable);
  const row = buckets.get(id);
  const tokens = row === undefined ? BURST : Math.min(BURST, row.tokens + (tx.now - row.at) / REFILL);
  const allowed = tokens >= 1;
  buckets.put({ id, uid, tokens: allowed ? tokens - 1 : tokens, at: tx.now });
  return allowed;
}

/**
 * Writes an Event about an object, or counts up the one that says the same.
 * @rule kube.event.record
 * @source kubernetes@1.35 staging/src/k8s.io/client-go/tools/record/events_cache.go EventCorrelate
 */
export function recordEvent(tx: Tx, note: EventNote): void {
  const { metadata } = note.regarding;
  const uid = metadata.uid ?? "";
  const id = `${note.component}${note.host === undefined ? "" : `@${note.host}`} ${note.regarding.kind} ${metadata.namespace ?? ""}/${metadata.name} ${uid}`;
  const group = `${id} ${note.type} ${note.reason}`;
  const combined = isCombined(tx, group, uid, note.message);
  const key = combined ? group : `${group} ${note.fieldPath ?? ""} ${note.message}`;
  const seen = tx.write(seenTable);
  const known = seen.get(key);
  const now = rfc3339(tx.now);
  const observation: SeenRow =
    known === undefined ? { id: key, uid, name: `${metadata.name}.${stamp(tx)}`, count: 1, first: now } : { ...known, count: known.count + 1 };
  seen.put(observation);
  if (combined) tx.fired("kube.event.aggregate", id);
  if (!takeToken(tx, id, uid)) return tx.fired("kube.event.spam-filter", id);
  const message = combined ? `(combined from similar events): ${note.message}` : note.message;
  const collection = `/api/v1/namespaces/${metadata.namespace ?? "default"}/events`;
  if (known === undefined)
    return post(tx, { method: "POST", path: collection, body: eventOf(note, observation, message, now), user: note.component });
  const body = { count: observation.count, lastTimestamp: now, message };
  post(tx, {
    method: "PATCH",
    path: `${collection}/${observation.name}`,
    contentType: "application/strategic-merge-patch+json",
    body,
    user: note.component,
  });
}

/** Forgets an object that is gone. */
export function forgetEvents(tx: Tx, uid: string): void {
  for (const table of [bucketTable, groupTable, seenTable] as const) {
    const rows = tx.write(table as typeof seenTable);
    for (const { id } of rows.by("uid", uid)) rows.delete(id);
  }
}

/** A request whose answer nobody waits for: an empty `replyTo`. */
function post(tx: Tx, request: ApiRequest): void {
  tx.send("apiserver/main", { type: "api.request", id: 0, replyTo: "", request } as Message, delayOf(tx, REQUEST_TRAVEL));
}

function eventOf(note: EventNote, { name, count, first }: Observation, message: string, now: string): Json {
  const { apiVersion, kind, metadata } = note.regarding;
  const { namespace, uid, resourceVersion } = metadata;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name, namespace: namespace ?? "default" },
    involvedObject: {
      kind,
      ...(namespace === undefined ? {} : { namespace }),
      name: metadata.name,
      ...(uid === undefined ? {} : { uid }),
      apiVersion,
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(note.fieldPath === undefined ? {} : { fieldPath: note.fieldPath }),
    },
    reason: note.reason,
    message,
    source: { component: note.component, ...(note.host === undefined ? {} : { host: note.host }) },
    firstTimestamp: first,
    lastTimestamp: now,
    count,
    type: note.type,
    eventTime: null,
    reportingComponent: note.component,
    reportingInstance: note.host ?? "",
  };
}
