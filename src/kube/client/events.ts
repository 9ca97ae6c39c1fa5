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

/** An Event that was written: what it says, how often, and since when. */
interface Observation {
  /** The message with its field path; "" for the Event that stands for many. */
  readonly text: string;
  readonly name: string;
  readonly count: number;
  readonly first: string;
}
/** How many Events one component may still write about the object, and when that was reckoned. */
interface Bucket {
  readonly source: string;
  readonly tokens: number;
  readonly at: Micros;
}
/** One component's Events of one type and reason, and their different messages lately. */
interface Group {
  /** `source type reason`. */
  readonly id: string;
  readonly messages: readonly string[];
  readonly at: Micros;
  readonly observations: readonly Observation[];
}
/** What components remember of the Events of one object. */
interface MemoryRow {
  /** The object's uid; its kind and name where it has none. */
  readonly object: string;
  /** Events made so far. */
  readonly made: number;
  readonly buckets: readonly Bucket[];
  readonly groups: readonly Group[];
}
export const eventMemoryTable = defineTable<MemoryRow>({ name: "client.event-memory", key: (row) => row.object });

/** @source kubernetes@1.35 staging/src/k8s.io/client-go/tools/record/events_cache.go defaults */
const MAX_DIFFERENT = 10;
const GROUP_INTERVAL = seconds(600);
const BURST = 25;
const REFILL = seconds(300);
const EPOCH_MICROS = 1_767_225_600_000_000n;

/** Time in nanoseconds as a hexadecimal number, as the names of Events end; an object's Events of one instant differ. */
const stamp = (now: Micros, made: number): string => ((EPOCH_MICROS + BigInt(now)) * 1000n + BigInt(made % 1000)).toString(16);

/** The list with one row replaced, or added at its end. */
function replaced<T>(list: readonly T[], at: number, row: T): readonly T[] {
  const out = list.slice();
  if (at < 0) out.push(row);
  else out[at] = row;
  return out;
}

/**
 * Ten different messages of one reason within ten minutes become one Event that is overwritten.
 * @rule kube.event.aggregate
 * @source kubernetes@1.35 staging/src/k8s.io/client-go/tools/record/events_cache.go EventAggregate
 */
function lately(group: Group | undefined, message: string, now: Micros): readonly string[] {
  const recent = group !== undefined && now - group.at <= GROUP_INTERVAL ? group.messages : [];
  return recent.includes(message) ? recent : [...recent, message];
}

/**
 * At most 25 Events per object at once, then one in five minutes.
 * @rule kube.event.spam-filter
 * @source kubernetes@1.35 staging/src/k8s.io/client-go/tools/record/events_cache.go EventSourceObjectSpamFilter
 */
const tokensOf = (bucket: Bucket | undefined, now: Micros): number =>
  bucket === undefined ? BURST : Math.min(BURST, bucket.tokens + (now - bucket.at) / REFILL);

const FORGOTTEN = { made: 0, buckets: [], groups: [] };

/**
 * Writes an Event about an object, or counts up the one that says the same.
 * @rule kube.event.record
 * @source kubernetes@1.35 staging/src/k8s.io/client-go/tools/record/events_cache.go EventCorrelate
 */
export function recordEvent(tx: Tx, note: EventNote): void {
  const { metadata } = note.regarding;
  const object = metadata.uid ?? `${note.regarding.kind} ${metadata.namespace ?? ""}/${metadata.name}`;
  const memory = tx.write(eventMemoryTable);
  const before = memory.get(object) ?? FORGOTTEN;
  const source = note.host === undefined ? note.component : `${note.component}@${note.host}`;
  const id = `${source} ${note.type} ${note.reason}`;
  const groupAt = before.groups.findIndex((row) => row.id === id);
  const group = before.groups[groupAt];
  const messages = lately(group, note.message, tx.now);
  const combined = messages.length >= MAX_DIFFERENT;
  const text = combined ? "" : `${note.fieldPath ?? ""} ${note.message}`;
  const seenAt = group === undefined ? -1 : group.observations.findIndex((row) => row.text === text);
  const known = group?.observations[seenAt];
  const now = rfc3339(tx.now);
  const observation: Observation =
    known === undefined
      ? { text, name: `${metadata.name}.${stamp(tx.now, before.made)}`, count: 1, first: now }
      : { text, name: known.name, count: known.count + 1, first: known.first };
  const bucketAt = before.buckets.findIndex((row) => row.source === source);
  const tokens = tokensOf(before.buckets[bucketAt], tx.now);
  const allowed = tokens >= 1;
  const observations = group === undefined ? [observation] : replaced(group.observations, seenAt, observation);
  memory.put({
    object,
    made: before.made + 1,
    buckets: replaced(before.buckets, bucketAt, { source, tokens: allowed ? tokens - 1 : tokens, at: tx.now }),
    groups: replaced(before.groups, groupAt, { id, messages: combined ? messages.slice(1) : messages, at: tx.now, observations }),
  });
  if (combined) tx.fired("kube.event.aggregate", object);
  if (!allowed) return tx.fired("kube.event.spam-filter", object);
  write(tx, note, observation, combined ? `(combined from similar events): ${note.message}` : note.message, now);
}

function write(tx: Tx, note: EventNote, observation: Observation, message: string, now: string): void {
  const collection = `/api/v1/namespaces/${note.regarding.metadata.namespace ?? "default"}/events`;
  if (observation.count === 1)
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
  tx.write(eventMemoryTable).delete(uid);
}

/** A request whose answer nobody waits for: an empty `replyTo`. */
function post(tx: Tx, request: ApiRequest): void {
  tx.send("apiserver/main", { type: "api.request", id: 0, replyTo: "", request } as Message, delayOf(tx, REQUEST_TRAVEL));
}

function eventOf(note: EventNote, { name, count, first }: Observation, message: string, now: string): Json {
  const { apiVersion, kind, metadata } = note.regarding;
  const { namespace, uid, resourceVersion } = metadata;
  const involvedObject: Record<string, Json> = { kind };
  if (namespace !== undefined) involvedObject["namespace"] = namespace;
  involvedObject["name"] = metadata.name;
  if (uid !== undefined) involvedObject["uid"] = uid;
  involvedObject["apiVersion"] = apiVersion;
  if (resourceVersion !== undefined) involvedObject["resourceVersion"] = resourceVersion;
  if (note.fieldPath !== undefined) involvedObject["fieldPath"] = note.fieldPath;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name, namespace: namespace ?? "default" },
    involvedObject,
    reason: note.reason,
    message,
    source: note.host === undefined ? { component: note.component } : { component: note.component, host: note.host },
    firstTimestamp: first,
    lastTimestamp: now,
    count,
    type: note.type,
    eventTime: null,
    reportingComponent: note.component,
    reportingInstance: note.host ?? "",
  };
}
