/**
 * What happened, indexed once for all pictures: each change of the store, each stroke (a message that starts or ends at the API
 * server), and where each event stands. Grows with the timeline and is kept beside it, so every view costs what it shows.
 *
 * Invariant: what is indexed never changes, because a timeline only adds events; a branch is another timeline.
 * Not shown as strokes: leases, heartbeats, Event objects, first lists of a watch, what does not matter to the component that is told,
 * reads by components. They would bury the rest.
 */
import type { ApiCall, ApiReply, WatchNotice } from "../../kube/apiserver/door";
import type { LogRow } from "../../kube/apiserver/storage/store";
import type { KubeObject, Service } from "../../kube/apis/objects";
import { RESOURCES } from "../../kube/apis/resources";
import type { Micros, SimEvent } from "../../sim/types";
import { isHeartbeat, matters } from "./relevance";
import type { StrokeKind, WorldReader } from "./types";

export interface Change {
  readonly position: number;
  readonly at: Micros;
  readonly revision: number;
  readonly resource: string;
  readonly key: string;
  readonly uid: string;
  readonly before?: KubeObject;
  readonly after?: KubeObject;
}

export interface Stroke {
  readonly position: number;
  readonly seq: number;
  readonly at: Micros;
  readonly kind: StrokeKind;
  /** Address of the component that is not the API server. */
  readonly who: string;
  readonly verb: string;
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
  /** Of a write: what it changed. Of a watch: what it told. */
  readonly changes: readonly Change[];
  /** HTTP code, once the answer is known. */
  refused?: number;
}

export interface History {
  upTo: number;
  readonly strokes: Stroke[];
  /** Positions of inputs. */
  readonly inputs: number[];
  /** Position by seq. */
  readonly positions: number[];
  readonly strokeByPosition: Map<number, Stroke>;
  readonly byRevision: Change[];
  /** Revisions of a watch's stream (`pods`, `pods@node-a`), ascending. */
  readonly streams: Map<string, number[]>;
  readonly byUid: Map<string, Change[]>;
  /** A Service with a selector exists or existed: only then is a Pod's readiness news to endpoints. */
  selecting: boolean;
}

const QUIET: ReadonlySet<string> = new Set(["leases", "events"]);
const SERVER = "apiserver/main";
const kinds = new Map(RESOURCES.map((resource) => [resource.name, resource.kind]));
export const kindOf = (resource: string): string => kinds.get(resource) ?? resource;

const histories = new WeakMap<WorldReader, History>();

/** The history of everything played so far, including what lies after the playhead. */
export function historyOf(reader: WorldReader): History {
  let history = histories.get(reader);
  if (history === undefined) {
    history = {
      upTo: 0,
      strokes: [],
      inputs: [],
      positions: [],
      strokeByPosition: new Map(),
      byRevision: [],
      streams: new Map(),
      byUid: new Map(),
      selecting: false,
    };
    histories.set(reader, history);
  }
  for (; history.upTo < reader.length; history.upTo++) {
    const event = reader.event(history.upTo);
    if (event === undefined) break;
    index(history, reader, history.upTo, event);
  }
  return history;
}

function index(history: History, reader: WorldReader, position: number, event: SimEvent): void {
  history.positions[event.seq] = position;
  if (event.from === null) history.inputs.push(position);
  const { type } = event.message;
  if (event.to === SERVER && type !== "api.dispatch") {
    const changes = changesAt(reader, position, event.at);
    for (const change of changes) remember(history, change);
    if (type === "api.request") addRequest(history, position, event, changes);
  } else if (type === "api.watch") addNotice(history, reader, position, event);
  else if (type === "api.reply") noteAnswer(history, event);
}

function changesAt(reader: WorldReader, position: number, at: Micros): Change[] {
  const changes: Change[] = [];
  for (const write of reader.writes(position)) {
    if (write.table !== "etcd.log" || write.after === undefined) continue;
    const { revision, resource, key, before, after } = write.after as LogRow;
    const uid = (after ?? before)?.metadata.uid ?? "";
    changes.push({ position, at, revision, resource, key, uid, before, after });
  }
  return changes;
}

function append<K>(map: Map<K, number[]>, key: K, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

const nodeNameOf = (object: KubeObject | undefined): string | undefined =>
  (object as { readonly spec?: { readonly nodeName?: string } } | undefined)?.spec?.nodeName;

function remember(history: History, change: Change): void {
  history.byRevision[change.revision] = change;
  if (change.resource === "services") history.selecting ||= (change.after as Service | undefined)?.spec.selector !== undefined;
  if (QUIET.has(change.resource)) return;
  append(history.streams, change.resource, change.revision);
  if (change.resource === "pods") {
    const node = nodeNameOf(change.after ?? change.before);
    if (node !== undefined) append(history.streams, `pods@${node}`, change.revision);
  }
  const list = history.byUid.get(change.uid);
  if (list === undefined) history.byUid.set(change.uid, [change]);
  else list.push(change);
}

interface Target {
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** What a request's path names; undefined for discovery and the like. */
export function targetOf(path: string): Target | undefined {
  const parts = path.split("?", 1)[0]?.split("/").filter(Boolean) ?? [];
  const rest = parts[0] === "api" ? parts.slice(2) : parts[0] === "apis" ? parts.slice(3) : [];
  const [first, second, third, ...more] = rest;
  if (first === undefined) return undefined;
  if (first === "namespaces" && third !== undefined && third !== "finalize" && third !== "status") {
    return { resource: third, namespace: second, name: more[0], subresource: more[1] };
  }
  return { resource: first, name: second, subresource: third };
}

function addStroke(history: History, stroke: Stroke): void {
  history.strokes.push(stroke);
  history.strokeByPosition.set(stroke.position, stroke);
}

function addRequest(history: History, position: number, event: SimEvent, changes: readonly Change[]): void {
  const { request, replyTo } = event.message as unknown as ApiCall;
  const target = targetOf(request.path);
  if (target === undefined || QUIET.has(target.resource)) return;
  const person = replyTo.startsWith("terminal/");
  if (replyTo.startsWith("world/")) return;
  if (request.method === "GET" && !person) return;
  if (target.resource === "nodes" && replyTo.startsWith("kubelet/") && changes.every(isHeartbeat)) return;
  const main = changes.find((change) => change.resource === target.resource) ?? changes[0];
  const object = main?.after ?? main?.before;
  addStroke(history, {
    position,
    seq: event.seq,
    at: event.at,
    kind: request.method === "GET" ? "read" : "write",
    who: replyTo,
    verb: request.method,
    ...target,
    namespace: target.namespace ?? object?.metadata.namespace,
    name: target.name ?? object?.metadata.name,
    changes,
  });
}

function addNotice(history: History, reader: WorldReader, position: number, event: SimEvent): void {
  const { watch } = event.message as unknown as WatchNotice;
  for (const write of reader.writes(position)) {
    if (write.table !== "client.watch" || write.key !== watch) continue;
    const before = write.before as { readonly synced: boolean; readonly revision: number } | undefined;
    const after = write.after as { readonly stream: string; readonly resource: string; readonly revision: number } | undefined;
    if (before === undefined || after === undefined || !before.synced) return;
    if (event.to.startsWith("endpointslice-controller/") && !history.selecting) return;
    const changes = between(history, after.stream, before.revision, after.revision).filter((change) => matters(event.to, change));
    const last = changes.at(-1);
    if (last === undefined) return;
    const object = last.after ?? last.before;
    addStroke(history, {
      position,
      seq: event.seq,
      at: event.at,
      kind: "watch",
      who: event.to,
      verb: last.before === undefined ? "ADDED" : last.after === undefined ? "DELETED" : "MODIFIED",
      resource: after.resource,
      namespace: object?.metadata.namespace,
      name: object?.metadata.name,
      changes,
    });
    return;
  }
}

/** Changes of a stream in (from, to], oldest first. */
function between(history: History, stream: string, from: number, to: number): readonly Change[] {
  const revisions = history.streams.get(stream) ?? [];
  const changes: Change[] = [];
  for (let i = revisions.length - 1; i >= 0; i--) {
    const revision = revisions[i] as number;
    if (revision <= from) break;
    const change = history.byRevision[revision];
    if (revision <= to && change !== undefined) changes.push(change);
  }
  return changes.reverse();
}

function noteAnswer(history: History, event: SimEvent): void {
  const { response } = event.message as unknown as ApiReply;
  const asked = event.cause === null ? undefined : history.positions[event.cause];
  const stroke = asked === undefined ? undefined : history.strokeByPosition.get(asked);
  if (stroke !== undefined && response.code >= 400) stroke.refused = response.code;
}

/** Index of the first stroke at or after a position. */
export function strokeIndex(history: History, position: number): number {
  let low = 0;
  let high = history.strokes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((history.strokes[middle] as Stroke).position < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last stroke before a position (events played up to there). */
export const lastStroke = (history: History, position: number): Stroke | undefined => history.strokes[strokeIndex(history, position) - 1];

/** Changes of an object up to a position, oldest first. */
export function changesOf(history: History, uid: string, position: number): readonly Change[] {
  const all = history.byUid.get(uid) ?? [];
  const last = all.at(-1);
  return last === undefined || last.position < position ? all : all.filter((change) => change.position < position);
}
