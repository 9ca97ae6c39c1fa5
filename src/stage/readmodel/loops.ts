/**
 * ReplicaSets as loops: what is wanted, what counts, and the gap as their controller has observed it. A stale controller shows as a
 * ring that still says 0.
 */
import type { Pod, ReplicaSet } from "../../kube/apis/objects";
import { isPodReady, isPodTerminal } from "../../kube/apis/pod-availability";
import { keyOf, storeTable } from "../../kube/apiserver/storage/store";
import { cacheOfActor } from "../../kube/client/cache";
import { watchTable } from "../../kube/client/tables";
import type { CacheReader } from "../../kube/client/types";
import { revisionOf } from "../../kube/controllers/deployment/revisions";
import type { Micros, TableDefinition, TableReader } from "../../sim/types";
import { historyOf, strokeIndex, type Stroke } from "./history";
import { shortIdOf } from "./names";
import { touches } from "./strokes";
import type { LoopPhase, ReplicaSetView, WorldReader } from "./types";

const CONTROLLER = "replicaset-controller/main";
/** A phase stays lit this long after its message, in virtual time. */
const LINGER: Micros = 600_000;
const LOOK_BACK = 64;

/** What the controller counts: Pods that are neither terminating nor finished. */
export const counts = (pod: Pod): boolean => pod.metadata.deletionTimestamp === undefined && !isPodTerminal(pod);
export const podsOf = (reader: WorldReader, uid: string): readonly Pod[] =>
  reader
    .table(storeTable("pods"))
    .by("owner", uid)
    .map((row) => row.object as Pod);

export const asRead = (
  reader: WorldReader,
): { read: <Row, Index extends string>(table: TableDefinition<Row, Index>) => TableReader<Row, Index> } => ({
  read: (table) => reader.table(table),
});

/** The controller's own view, when it has one. */
export function controllerCache(reader: WorldReader): CacheReader | undefined {
  const watches = reader.table(watchTable);
  const has = (resource: string): boolean => watches.get(`${CONTROLLER} ${resource}`)?.synced === true;
  return has("replicasets") && has("pods") ? cacheOfActor(asRead(reader), CONTROLLER) : undefined;
}

/** Strokes of the controller that concern a set, newest first, from the last `LINGER`. */
function recent(reader: WorldReader, uid: string): Stroke | undefined {
  const history = historyOf(reader);
  const last = strokeIndex(history, reader.position) - 1;
  for (let i = last; i >= 0 && i > last - LOOK_BACK; i--) {
    const stroke = history.strokes[i] as Stroke;
    if (stroke.at < reader.now - LINGER) return undefined;
    if (stroke.who === CONTROLLER && touches(stroke, uid)) return stroke;
  }
  return undefined;
}

function phaseOf(stroke: Stroke | undefined, gap: number): LoopPhase {
  if (stroke?.kind === "write") return stroke.resource === "pods" ? "act" : "rest";
  if (gap !== 0) return "compare";
  return stroke?.kind === "watch" ? "observe" : "rest";
}

/** Pods that the controller's last writes stored (positive) or deleted (negative). */
function actingOf(reader: WorldReader, uid: string): number {
  const history = historyOf(reader);
  let acting = 0;
  for (let i = strokeIndex(history, reader.position) - 1; i >= 0; i--) {
    const stroke = history.strokes[i] as Stroke;
    if (stroke.at < reader.now - LINGER || (stroke.who === CONTROLLER && stroke.kind === "watch" && touches(stroke, uid))) break;
    if (stroke.who !== CONTROLLER || stroke.kind !== "write" || stroke.resource !== "pods" || !touches(stroke, uid)) continue;
    acting += stroke.verb === "POST" ? 1 : stroke.verb === "DELETE" ? -1 : 0;
  }
  return acting;
}

export function replicaSetView(reader: WorldReader, cache: CacheReader | undefined, set: ReplicaSet): ReplicaSetView {
  const { uid, name, namespace = "" } = set.metadata;
  const desired = set.spec.replicas ?? 1;
  const pods = podsOf(reader, uid);
  const active = pods.filter(counts);
  const seen = cache?.get<ReplicaSet>("replicasets", namespace, name);
  const observed = {
    want: seen?.spec.replicas ?? (cache === undefined ? desired : 0),
    have: cache === undefined ? active.length : cache.ownedBy<Pod>("pods", uid).filter(counts).length,
  };
  const gap = observed.want - observed.have;
  const phase = phaseOf(recent(reader, uid), gap);
  const missing = Math.max(0, Math.min(gap, observed.want - active.length));
  return {
    uid,
    name,
    namespace,
    hash: shortIdOf("replicasets", set),
    deployment: set.metadata.ownerReferences?.find((one) => one.kind === "Deployment")?.uid,
    revision: revisionOf(set) || undefined,
    images: set.spec.template.spec.containers.map((one) => one.image),
    desired,
    have: active.length,
    ready: active.filter(isPodReady).length,
    observed,
    gap,
    phase,
    acting: phase === "act" ? actingOf(reader, uid) : 0,
    ghosts: Array.from({ length: missing }, (_, i) => ({ id: `${uid}#${active.length + i}` })),
  };
}

/** All ReplicaSets that want or have Pods, or are one of the two newest of their Deployment. */
export function replicaSetViews(reader: WorldReader, shown: (namespace: string) => boolean): readonly ReplicaSetView[] {
  const cache = controllerCache(reader);
  const views: ReplicaSetView[] = [];
  for (const { object } of reader.table(storeTable("replicasets")).rows()) {
    if (!shown(object.metadata.namespace ?? "")) continue;
    views.push(replicaSetView(reader, cache, object as ReplicaSet));
  }
  const kept = new Set(latestTwo(views));
  const alive = (set: ReplicaSetView): boolean =>
    set.desired > 0 || set.have > 0 || set.deployment === undefined || kept.has(set) || podsOf(reader, set.uid).length > 0;
  return views.filter(alive).sort(inOrder);
}

/** The newest revision of each Deployment and the one before it, which an undo would go back to. */
function latestTwo(views: readonly ReplicaSetView[]): readonly ReplicaSetView[] {
  const byDeployment = new Map<string, ReplicaSetView[]>();
  for (const set of views) {
    if (set.deployment === undefined) continue;
    byDeployment.set(set.deployment, [...(byDeployment.get(set.deployment) ?? []), set]);
  }
  return [...byDeployment.values()].flatMap((sets) => sets.sort((a, b) => (b.revision ?? 0) - (a.revision ?? 0)).slice(0, 2));
}

/** By namespace, Deployment, then revision: the older revision is drawn above. */
function inOrder(a: ReplicaSetView, b: ReplicaSetView): number {
  const left = keyOf(a.namespace, a.deployment ?? a.name);
  const right = keyOf(b.namespace, b.deployment ?? b.name);
  if (left !== right) return left < right ? -1 : 1;
  return (a.revision ?? 0) - (b.revision ?? 0) || (a.name < b.name ? -1 : 1);
}
