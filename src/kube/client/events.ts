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
/** What one component remembers of the Events of one object. */
interface CorrelatorRow {
  readonly id: string;
  readonly uid: string;
  /** Events that may still be sent, and when that was reckoned. */
  readonly tokens: number;
  readonly at: Micros;
  /** Per type and reason: different messages lately. */
  readonly groups: Readonly<Record<string, { readonly messages: readonly string[]; readonly at: Micros }>>;
  readonly seen: Readonly<Record<string, Observation>>;
}
export const correlatorTable = defineTable<CorrelatorRow, "uid">({ name: "client.event", key: (row) => row.id, indexes: { uid: (row) => row.uid } });

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
function aggregate(tx: Tx, row: CorrelatorRow, note: EventNote): { readonly row: CorrelatorRow; readonly key: string; readonly message: string } {
  const group = `${note.type} ${note.reason}`;
  const known = row.groups[group];
  const recent = known !== undefined && tx.now - known.at <= GROUP_INTERVAL ? known.messages : [];
  const messages = recent.includes(note.message) ? recent : [...recent, note.message];
  const full = messages.length >= MAX_DIFFERENT;
  const kept = { messages: full ? messages.slice(1) : messages, at: tx.now };
  const next = { ...row, groups: { ...row.groups, [group]: kept } };
  if (!full) return { row: next, key: `${group} ${note.fieldPath ?? ""} ${note.message}`, message: note.message };
  return { row: next, key: group, message: `(combined from similar events): ${note.message}` };
}

/**
 * At most 25 Events per object at once, then one in five minutes.
 * @rule kube.event.spam-filter
 * @source kubernetes@1.35 staging/src/k8s.io/client-go/tools/record/events_cache.go EventSourceObjectSpamFilter
 */
function takeToken(tx: Tx, row: CorrelatorRow): { readonly row: CorrelatorRow; readonly allowed: boolean } {
  const tokens = Math.min(BURST, row.tokens + (tx.now - row.at) / REFILL);
  const allowed = tokens >= 1;
  return { row: { ...row, tokens: allowed ? tokens - 1 : tokens, at: tx.now }, allowed };
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
  const table = tx.write(correlatorTable);
  const before = table.get(id) ?? { id, uid, tokens: BURST, at: tx.now, groups: {}, seen: {} };
  const grouped = aggregate(tx, before, note);
  const known = grouped.row.seen[grouped.key];
  const now = rfc3339(tx.now);
  const observation: Observation =
    known === undefined ? { name: `${metadata.name}.${stamp(tx)}`, count: 1, first: now } : { ...known, count: known.count + 1 };
  const { row, allowed } = takeToken(tx, { ...grouped.row, seen: { ...before.seen, [grouped.key]: observation } });
  table.put(row);
  if (grouped.message !== note.message) tx.fired("kube.event.aggregate", id);
  if (!allowed) return tx.fired("kube.event.spam-filter", id);
  const collection = `/api/v1/namespaces/${metadata.namespace ?? "default"}/events`;
  if (known === undefined)
    return post(tx, { method: "POST", path: collection, body: eventOf(note, observation, grouped.message, now), user: note.component });
  const body = { count: observation.count, lastTimestamp: now, message: grouped.message };
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
  const table = tx.write(correlatorTable);
  for (const { id } of table.by("uid", uid)) table.delete(id);
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
