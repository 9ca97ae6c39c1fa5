/**
 * The Score: messages over time. Lanes from etcd down to the kubelets, strokes between them and the API server, bars for work that
 * takes time, marks for what a person looks for. Too many strokes become counts per lane.
 */
import type { NodeObject, Pod, ReplicaSet } from "../../kube/apis/objects";
import { conditionOf } from "../../kube/apis/pod-availability";
import { storeTable } from "../../kube/apiserver/storage/store";
import { revisionOf } from "../../kube/controllers/deployment/revisions";
import type { Micros } from "../../sim/types";
import { type Change, type History, historyOf, strokeIndex, type Stroke } from "./history";
import { refOf, shortIdOf, whoIs } from "./names";
import { stateKind } from "./pod-view";
import { inputWords, objectOf } from "./says";
import type { LaneView, ScoreMark, ScoreView, SpanView, StrokeView, WorldReader } from "./types";

const SECOND: Micros = 1_000_000;
const PAGE: Micros = 12 * SECOND;
const TURN: Micros = 8 * SECOND;
const LEAD: Micros = 2 * SECOND;
const MOST_STROKES = 600;
const MOST_KUBELETS = 6;
const BINS = 150;
/** Strokes before the window that may have begun work which is still going on. */
const LOOK_BACK = 200;

const FIXED: readonly LaneView[] = [
  { id: "etcd", name: { key: "stage.who.etcd" }, role: "store" },
  { id: "apiserver", name: { key: "stage.who.apiserver" }, role: "hub" },
  { id: "terminal", name: { key: "stage.who.kubectl" }, role: "person" },
  { id: "deployment-controller", name: { key: "stage.who.deployment-controller" }, role: "controller" },
  { id: "replicaset-controller", name: { key: "stage.who.replicaset-controller" }, role: "controller" },
  { id: "scheduler", name: { key: "stage.who.scheduler" }, role: "scheduler" },
];
const LAST: readonly LaneView[] = [{ id: "endpointslice-controller", name: { key: "stage.who.endpointslice-short" }, role: "controller" }];

/** The window that holds a time, turned like a page so that it stands still while the playhead moves in it. */
export function pageOf(now: Micros): readonly [from: Micros, to: Micros] {
  const page = Math.max(0, Math.floor((now - LEAD) / TURN)) * TURN;
  return [page, page + PAGE];
}

function lanesOf(reader: WorldReader, strokes: readonly Stroke[]): { readonly lanes: readonly LaneView[]; readonly laneOf: (who: string) => number } {
  const workers = reader
    .table(storeTable("nodes"))
    .keys()
    .filter((name) => strokes.some((stroke) => stroke.who === `kubelet/${name}`) || reader.table(storeTable("pods")).countBy("node", name) > 0);
  const collapsed = workers.length > MOST_KUBELETS;
  const kubelets: readonly LaneView[] = collapsed
    ? [{ id: "kubelets", name: { key: "stage.who.kubelets", params: { count: workers.length } }, role: "kubelet" }]
    : workers.map((name) => ({
        id: `kubelet/${name}`,
        name: { key: "stage.who.kubelet", params: { node: name.replace(/^node-/, "") } },
        role: "kubelet",
      }));
  const known = new Set([...FIXED, ...LAST].map((lane) => lane.id));
  const others = [...new Set(strokes.map((stroke) => stroke.who.slice(0, stroke.who.indexOf("/"))))]
    .filter((kind) => !known.has(kind) && kind !== "kubelet")
    .sort((a, b) => (a < b ? -1 : 1))
    .map((kind): LaneView => ({ id: kind, name: whoIs(`${kind}/`), role: kind === "kube-proxy" ? "proxy" : "controller" }));
  const lanes = [...FIXED, ...kubelets, ...LAST, ...others];
  const place = new Map(lanes.map((lane, i) => [lane.id, i]));
  const laneOf = (who: string): number => place.get(who) ?? place.get(who.slice(0, who.indexOf("/"))) ?? place.get("kubelets") ?? -1;
  return { lanes, laneOf };
}

/** The stroke that an event goes back to, by the engine's causes. */
function causeStroke(reader: WorldReader, history: History, position: number): number | undefined {
  let cause = reader.event(position)?.cause ?? null;
  for (let i = 0; i < 16 && cause !== null; i++) {
    const at = history.positions[cause];
    if (at === undefined) return undefined;
    if (history.strokeByPosition.has(at)) return at;
    cause = reader.event(at)?.cause ?? null;
  }
  return undefined;
}

function strokeView(reader: WorldReader, history: History, stroke: Stroke, lane: number): StrokeView {
  const found = objectOf(stroke);
  const because = causeStroke(reader, history, stroke.position);
  return {
    position: stroke.position,
    seq: stroke.seq,
    at: stroke.at,
    kind: stroke.kind,
    lane,
    verb: stroke.subresource === "binding" ? "BIND" : stroke.verb,
    ...(found === undefined ? {} : { object: refOf(found.resource, found.object) }),
    stored: stroke.kind === "write" && stroke.changes.length > 0,
    ...(stroke.refused === undefined ? {} : { refused: stroke.refused }),
    ...(because === undefined ? {} : { because }),
  };
}

interface Life {
  readonly node: string;
  readonly pod: string;
  bound?: Micros;
  started?: Micros;
  ready?: Micros;
  deleting?: Micros;
  gone?: Micros;
}

function lifeOf(changes: readonly Change[]): Life | undefined {
  let life: Life | undefined;
  for (const { at, before, after } of changes) {
    const pod = (after ?? before) as Pod;
    const node = pod.spec.nodeName;
    if (!node) continue;
    life ??= { node, pod: pod.metadata.uid, bound: at };
    const kind = after === undefined ? undefined : stateKind(after as Pod);
    if ((kind === "notReady" || kind === "ready") && life.started === undefined) life.started = at;
    if (kind === "ready" && life.ready === undefined) life.ready = at;
    if (kind === "terminating" && life.deleting === undefined) life.deleting = at;
    if (after === undefined) life.gone = at;
  }
  return life;
}

function spansOf(history: History, strokes: readonly Stroke[], laneOf: (who: string) => number, from: Micros, to: Micros): readonly SpanView[] {
  const uids = new Set<string>();
  for (const stroke of strokes) for (const change of stroke.changes) if (change.resource === "pods") uids.add(change.uid);
  const spans: SpanView[] = [];
  for (const uid of uids) {
    const life = lifeOf(history.byUid.get(uid) ?? []);
    if (life === undefined) continue;
    const lane = laneOf(`kubelet/${life.node}`);
    const add = (kind: SpanView["kind"], start: Micros | undefined, end: Micros | undefined): void => {
      if (start === undefined || start > to || (end !== undefined && end < from)) return;
      spans.push({ lane, from: start, kind, pod: life.pod, ...(end === undefined ? {} : { to: end }) });
    };
    add("pulling", life.bound, life.started ?? life.deleting ?? life.gone);
    if (life.ready !== life.started) add("starting", life.started, life.ready ?? life.deleting ?? life.gone);
    add("stopping", life.deleting, life.gone);
  }
  return spans.sort((a, b) => a.from - b.from || a.lane - b.lane);
}

function markOfChange({ resource, before, after, position, at }: Change): ScoreMark | undefined {
  const object = after ?? before;
  if (object === undefined) return undefined;
  if (object.metadata.namespace?.startsWith("kube-") === true) return undefined;
  const name = shortIdOf(resource, object);
  const mark = (key: string, weight: 1 | 2 | 3, params: Readonly<Record<string, string | number>> = { name }, alarm = false): ScoreMark => ({
    position,
    at,
    says: { key: `stage.mark.${key}`, params },
    weight,
    alarm,
  });
  if (resource === "pods") {
    const [was, is] = [before as Pod | undefined, after as Pod | undefined];
    const [old, kind] = [was && stateKind(was), is && stateKind(is)];
    if (was === undefined) return mark("created", 2);
    if (is === undefined) return mark("gone", 1);
    if (old === kind) return undefined;
    if (kind === "failed") return mark("failed", 2, { name, reason: is.status?.reason ?? "" }, true);
    if (kind === "notReady" && old === "creating") return mark("started", 1);
    if (kind === "ready") return mark("ready", 2);
    if (kind === "terminating") return mark("leaving", 2);
    return undefined;
  }
  if (resource === "replicasets") {
    const [was, is] = [before as ReplicaSet | undefined, after as ReplicaSet | undefined];
    if (is !== undefined && is.spec.replicas !== was?.spec.replicas)
      return mark("scaled", 2, { revision: revisionOf(is) ?? 1, replicas: is.spec.replicas ?? 0 });
    return undefined;
  }
  if (resource === "nodes" && before !== undefined && after !== undefined) {
    const ready = (node: NodeObject): string | undefined => conditionOf(node.status, "Ready")?.status;
    const [was, is] = [ready(before as NodeObject), ready(after as NodeObject)];
    if (was === "True" && is !== "True") return mark("nodeLost", 3, { name }, true);
    if (was !== "True" && is === "True") return mark("nodeReady", 2);
  }
  return undefined;
}

function marksOf(reader: WorldReader, history: History, strokes: readonly Stroke[], from: Micros, to: Micros): readonly ScoreMark[] {
  const marks: ScoreMark[] = [];
  for (let i = history.inputs.length - 1; i >= 0; i--) {
    const position = history.inputs[i] as number;
    const event = reader.event(position);
    if (event === undefined || event.at > to) continue;
    if (event.at < from) break;
    const { what, fault } = inputWords(event.message);
    if (fault || what.key === "stage.why.command") marks.push({ position, at: event.at, says: what, weight: 3, alarm: fault });
  }
  for (const stroke of strokes) {
    if (stroke.kind !== "write") continue;
    for (const change of stroke.changes) {
      const mark = markOfChange(change);
      if (mark !== undefined) marks.push(mark);
    }
  }
  return marks.sort((a, b) => a.at - b.at || a.position - b.position);
}

function binsOf(strokes: readonly Stroke[], lanes: number, laneOf: (who: string) => number, from: Micros, to: Micros): ScoreView["bins"] {
  const width = Math.ceil((to - from) / BINS);
  const counts = Array.from({ length: lanes }, () => Array.from({ length: BINS }, () => 0));
  const add = (lane: number, bin: number): void => {
    const row = counts[lane];
    if (row !== undefined) row[bin] = (row[bin] ?? 0) + 1;
  };
  for (const stroke of strokes) {
    const bin = Math.min(BINS - 1, Math.floor((stroke.at - from) / width));
    add(laneOf(stroke.who), bin);
    add(1, bin);
    if (stroke.kind === "write" && stroke.changes.length > 0) add(0, bin);
  }
  return { width, counts };
}

export function scoreView(reader: WorldReader, window?: readonly [from: Micros, to: Micros]): ScoreView {
  const history = historyOf(reader);
  const [from, to] = window ?? pageOf(reader.now);
  const first = strokeIndex(history, reader.positionAt(from - 1));
  const strokes = history.strokes.slice(first, strokeIndex(history, reader.positionAt(to)));
  const { lanes, laneOf } = lanesOf(reader, strokes);
  const count = strokeIndex(history, reader.position);
  const current = history.strokes[count - 1];
  const many = strokes.length > MOST_STROKES;
  const shown = many ? [] : strokes;
  const earlier = history.strokes.slice(Math.max(0, first - LOOK_BACK), first);
  return {
    from,
    to,
    now: reader.now,
    ...(current !== undefined && current.position === reader.position - 1 ? { current: current.position } : {}),
    count,
    total: history.strokes.length,
    lanes,
    strokes: shown.map((stroke) => strokeView(reader, history, stroke, laneOf(stroke.who))),
    spans: many ? [] : spansOf(history, [...earlier, ...shown], laneOf, from, to),
    marks: many ? [] : marksOf(reader, history, shown, from, to),
    ...(many ? { bins: binsOf(strokes, lanes.length, laneOf, from, to) } : {}),
  };
}
