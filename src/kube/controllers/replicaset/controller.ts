/**
 * `replicaset-controller/main`: as many Pods as wanted, no more and no fewer.
 * @source kubernetes@1.35 pkg/controller/replicaset/replica_set.go
 */
import type { Json, Micros, Tx } from "../../../sim/types";
import { sameJson } from "../../apis/equality";
import { selectorMatches } from "../../apis/label-selector";
import type { KubeObject, Pod, ReplicaSet } from "../../apis/objects";
import type { CacheReader, WatchChange } from "../../client/types";
import { replicasOf } from "../deployment/fenceposts";
import { NAMESPACE_TERMINATING, controllerActor } from "../runtime/actor";
import { adoptRequest, controllerRef, createRequest, deleteRequest, releaseRequest, updateStatusRequest } from "../runtime/requests";
import { type CallResult, type Context, NOTHING, type Plan, type PlannedCall, type Reconciler } from "../runtime/types";
import { POD_DELETION_COST, isPodActive, podsToDelete } from "./deletion-order";
import { expectCreations, expectDeletions, expectationTable, forgetExpectations, observed, satisfied } from "./expectations";
import { claimOf, controllerOf, relatedPods, setsWithSameController } from "./ownership";
import { candidates, selectorOf } from "./selectors";
import { type ReplicaSetStatus, calculateStatus, nextAvailability, statusOf } from "./status";
import { type Counts, type TallyRow, countAll, counted, countsAlike, forgetTally, keepTally, tallyRow, tallyOf, tallyTable } from "./tally";

const NAME = "replicaset-controller";
/** @source kubernetes@1.35 pkg/controller/replicaset/replica_set.go BurstReplicas */
const BURST = 500;
/** A sync lists its Pods, so its time grows with them; what happens meanwhile is one sync. */
const MICROS_PER_POD = 2;
const CREATE = "create";
const DELETE = "delete";
const CLAIM = "claim";

const podKey = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;
const split = (key: string): [namespace: string, name: string] => key.split("/", 2) as [string, string];
const setOf = (key: string, cache: CacheReader): ReplicaSet | undefined => cache.get<ReplicaSet>("replicasets", ...split(key));

interface View {
  readonly active: readonly Pod[];
  readonly terminating: readonly Pod[];
  readonly claims: readonly PlannedCall[];
}

/** The set's Pods, and the orphans to take and strays to let go. @rule kube.replicaset.claim */
function viewOf(set: ReplicaSet, cache: CacheReader): View {
  const selector = selectorOf(set.spec.selector);
  const active: Pod[] = [];
  const terminating: Pod[] = [];
  const claims: PlannedCall[] = [];
  for (const pod of cache.ownedBy<Pod>("pods", set.metadata.uid)) {
    if (controllerOf(pod)?.uid !== set.metadata.uid) continue;
    const matches = selectorMatches(selector, pod.metadata.labels);
    if (isPodActive(pod)) {
      if (matches) active.push(pod);
      else if (claimOf(set, pod, matches) === "release")
        claims.push({ request: releaseRequest(NAME, "pods", set, pod), tolerate: [404, 422], tag: CLAIM });
    } else if (matches && pod.metadata.deletionTimestamp && pod.status?.phase !== "Succeeded" && pod.status?.phase !== "Failed")
      terminating.push(pod);
  }
  for (const pod of candidates<Pod>(cache, "pods", set.metadata.namespace ?? "", set.spec.selector)) {
    if (controllerOf(pod) !== undefined || !isPodActive(pod)) continue;
    if (claimOf(set, pod, selectorMatches(selector, pod.metadata.labels)) !== "adopt") continue;
    claims.push({ request: adoptRequest(NAME, "pods", set, pod), tolerate: [404], tag: CLAIM });
  }
  return { active, terminating, claims };
}

const bodies = new WeakMap<ReplicaSet["spec"]["template"], { readonly uid: string; readonly body: Json }>();

/**
 * The Pod a template asks for: its labels, annotations and spec under a generated name. One frozen body serves all.
 * @rule kube.controller.pod-from-template
 * @source kubernetes@1.35 pkg/controller/controller_utils.go GetPodFromTemplate
 */
export function podFromTemplate(set: ReplicaSet): Json {
  const { template } = set.spec;
  const known = bodies.get(template);
  if (known !== undefined && known.uid === set.metadata.uid) return known.body;
  const { labels, annotations } = template.metadata ?? {};
  const metadata = {
    generateName: `${set.metadata.name}-`,
    namespace: set.metadata.namespace,
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    ownerReferences: Object.freeze([Object.freeze(controllerRef(set))]),
  };
  const body = Object.freeze({ apiVersion: "v1", kind: "Pod", metadata: Object.freeze(metadata), spec: template.spec }) as unknown as Json;
  bodies.set(template, { uid: set.metadata.uid, body });
  return body;
}

/**
 * Creates what is missing in batches of 1, 2, 4 …, or deletes what is too many at once; at most 500 in one sync.
 * @rule kube.replicaset.manage
 * @source kubernetes@1.35 pkg/controller/replicaset/replica_set.go manageReplicas, slowStartBatch
 */
function manage(key: string, set: ReplicaSet, count: number, { tx, cache }: Context): Plan {
  const difference = count - replicasOf(set);
  if (difference === 0) return NOTHING;
  tx.fired("kube.replicaset.manage", `replicasets/${key}`);
  if (difference < 0) {
    const missing = Math.min(-difference, BURST);
    expectCreations(tx, key, missing);
    tx.fired("kube.controller.pod-from-template", `replicasets/${key}`);
    const call: PlannedCall = {
      request: createRequest(NAME, "pods", set.metadata.namespace, podFromTemplate(set)),
      repeat: missing,
      tolerateCause: NAMESPACE_TERMINATING,
      success: { regarding: set, type: "Normal", reason: "SuccessfulCreate", message: "Created pod: {name}" },
      failure: { regarding: set, type: "Warning", reason: "FailedCreate", message: "Error creating: {error}" },
      tag: CREATE,
    };
    return { calls: [call], order: "slow-start" };
  }
  const siblings = setsWithSameController(set, cache.list<ReplicaSet>("replicasets", set.metadata.namespace));
  const related = relatedPods(siblings, (other) => candidates<Pod>(cache, "pods", other.metadata.namespace ?? "", other.spec.selector));
  const doomed = podsToDelete(viewOf(set, cache).active, related, Math.min(difference, BURST), tx.now);
  for (const rule of ["pods-to-delete", "deletion-order"]) tx.fired(`kube.replicaset.${rule}`, `replicasets/${key}`);
  if (related.length > 0) for (const rule of ["same-controller", "related-pods"]) tx.fired(`kube.replicaset.${rule}`, `replicasets/${key}`);
  if (doomed.some((pod) => pod.metadata.annotations?.[POD_DELETION_COST] !== undefined))
    tx.fired("kube.replicaset.deletion-cost", `replicasets/${key}`);
  expectDeletions(tx, key, doomed.map(podKey));
  const calls = doomed.map(
    (pod): PlannedCall => ({
      request: deleteRequest(NAME, "pods", pod),
      tolerate: [404],
      success: { regarding: set, type: "Normal", reason: "SuccessfulDelete", message: `Deleted pod: ${pod.metadata.name}` },
      failure: { regarding: set, type: "Warning", reason: "FailedDelete", message: "Error deleting: {error}" },
      tag: `${DELETE} ${podKey(pod)}`,
    }),
  );
  return { calls, order: "parallel" };
}

function reconcile(key: string, context: Context): Plan {
  const { tx, cache } = context;
  const set = setOf(key, cache);
  if (set === undefined) {
    forgetExpectations(tx, key);
    forgetTally(tx, key);
    return NOTHING;
  }
  let tally: Counts | undefined = tallyOf(tx, key, set);
  if (tally === undefined || tally.strays > 0) {
    const { claims } = viewOf(set, cache);
    // What is claimed comes back as a change of the Pod, and counts then.
    if (claims.length > 0) {
      for (const rule of ["kube.replicaset.claim", "kube.controller.claim"]) tx.fired(rule, `replicasets/${key}`);
      return { calls: claims };
    }
    tally = countAll(set, cache.ownedBy<Pod>("pods", set.metadata.uid));
    keepTally(tx, key, set, tally);
  }
  if (set.metadata.deletionTimestamp) return NOTHING;
  if (!satisfied(tx, key)) {
    tx.fired("kube.replicaset.expectations", `replicasets/${key}`);
    return NOTHING;
  }
  return manage(key, set, tally.active, context);
}

/** From the running counts; from the Pods themselves where readiness alone does not make them available. */
function statusNow(
  key: string,
  set: ReplicaSet,
  error: string | undefined,
  { tx, cache }: Context,
): { readonly status: ReplicaSetStatus; readonly requeueAfter?: Micros } {
  const tally = tallyOf(tx, key, set);
  const least = set.spec.minReadySeconds ?? 0;
  if (tally !== undefined && least === 0) return { status: statusOf(set, { ...tally, available: tally.ready }, error, tx.now) };
  const { active, terminating } = viewOf(set, cache);
  return { status: calculateStatus(set, active, terminating, error, tx.now), requeueAfter: nextAvailability(active, least, tx.now) };
}

function finish(key: string, context: Context, result: CallResult): Plan {
  const { tx, cache } = context;
  if (result.tag === CREATE && result.skipped > 0) observed(tx, key, result.skipped, []);
  const set = setOf(key, cache);
  if (set === undefined || (result.tag === CLAIM && result.error !== undefined)) return NOTHING;
  const { status, requeueAfter } = statusNow(key, set, result.error, context);
  if (requeueAfter !== undefined) tx.fired("kube.replicaset.next-availability", `replicasets/${key}`);
  if (sameJson(status as unknown as Json, (set.status ?? {}) as unknown as Json)) return { calls: [], requeueAfter };
  tx.fired("kube.replicaset.status", `replicasets/${key}`);
  return { calls: [{ request: updateStatusRequest(NAME, "replicasets", { ...set, status } as KubeObject), tolerate: [404] }], requeueAfter };
}

/** Keys of sets that a Pod without owner may belong to. */
function adopters(pod: Pod, cache: CacheReader): readonly string[] {
  const { namespace = "", labels } = pod.metadata;
  return cache
    .list<ReplicaSet>("replicasets", namespace)
    .filter((set) => selectorMatches(selectorOf(set.spec.selector), labels))
    .map(podKey);
}

const ownerKey = (pod: KubeObject | undefined): string | undefined => {
  const owner = pod === undefined ? undefined : controllerOf(pod);
  return owner?.kind === "ReplicaSet" ? `${pod?.metadata.namespace}/${owner.name}` : undefined;
};

/** A change that no count shows (a Pod got its node): a sync would find nothing to do. */
function isIdle(key: string, before: Pod, after: Pod, type: WatchChange["type"], cache: CacheReader): boolean {
  if (type !== "MODIFIED") return false;
  const set = setOf(key, cache);
  return set !== undefined && (set.spec.minReadySeconds ?? 0) === 0 && countsAlike(set, before, after);
}

/**
 * The sets that a change concerns.
 * @source kubernetes@1.35 pkg/controller/replicaset/replica_set.go addPod, updatePod, deletePod
 */
function keysFor({ resource, type, object, old }: WatchChange, { cache }: Context): readonly string[] {
  if (resource === "replicasets") return [podKey(object)];
  const pod = object as Pod;
  const key = ownerKey(pod);
  const before = ownerKey(old);
  if (key !== undefined && key === before) return isIdle(key, old as Pod, pod, type, cache) ? [] : [key];
  if (key !== undefined) return before === undefined ? [key] : [before, key];
  const orphaned = type !== "DELETED" && controllerOf(pod) === undefined;
  const moved = old === undefined || before !== undefined || old.metadata.labels !== pod.metadata.labels;
  const takers = orphaned && moved ? adopters(pod, cache) : [];
  return before === undefined ? takers : [before, ...takers];
}

/** Brings the running counts up to the cache, and takes what it now shows off the expectations. */
function observe(changes: readonly WatchChange[], context: Context): void {
  recount(changes, context);
  meet(changes, context);
}

function recount(changes: readonly WatchChange[], { tx, cache }: Context): void {
  const tallies = tx.read(tallyTable);
  const moved = new Map<string, { readonly set: ReplicaSet; row: TallyRow }>();
  const forget = (key: string): void => {
    moved.delete(key);
    forgetTally(tx, key);
  };
  for (const { resource, type, object, old } of changes) {
    if (resource === "replicasets") {
      const before = old as ReplicaSet | undefined;
      if (before?.spec.template !== (object as ReplicaSet).spec.template || before.spec.selector !== (object as ReplicaSet).spec.selector)
        forget(podKey(object));
      continue;
    }
    const [key, before] = [ownerKey(object), ownerKey(old)];
    if (type !== "DELETED" && controllerOf(object) === undefined) for (const taker of adopters(object as Pod, cache)) forget(taker);
    if (before !== undefined && before !== key) forget(before);
    if (key === undefined) continue;
    const known = moved.get(key);
    const set = known?.set ?? setOf(key, cache);
    const row = known?.row ?? tallies.get(key);
    if (set === undefined || row === undefined || row.uid !== set.metadata.uid) continue;
    const after = type === "DELETED" ? undefined : (object as Pod);
    const counts = counted(row, set, old as Pod | undefined, after);
    moved.set(key, { set, row: counts === row ? row : tallyRow(counts, key, row.uid) });
  }
  for (const { row } of moved.values()) if (row !== tallies.get(row.key)) tx.write(tallyTable).put(row);
}

function meet(changes: readonly WatchChange[], { tx }: Context): void {
  if (tx.read(expectationTable).size === 0) return;
  const seen = new Map<string, { creations: number; readonly deletions: string[] }>();
  for (const { resource, type, object, old } of changes) {
    if (resource !== "pods") continue;
    const key = ownerKey(object);
    if (key === undefined) continue;
    const created = type === "ADDED";
    const deleted = type === "DELETED" || (object.metadata.deletionTimestamp !== undefined && !old?.metadata.deletionTimestamp);
    if (!created && !deleted) continue;
    const entry = seen.get(key) ?? { creations: 0, deletions: [] };
    if (deleted) entry.deletions.push(podKey(object));
    else entry.creations++;
    seen.set(key, entry);
  }
  for (const [key, { creations, deletions }] of seen) observed(tx, key, creations, deletions);
}

export const replicaSetReconciler: Reconciler = {
  name: NAME,
  watches: [{ resource: "replicasets" }, { resource: "pods" }],
  keysFor,
  observe,
  reconcile,
  finish,
  answered(key, call, response, good, { tx }) {
    if (call.tag === CREATE && !good) observed(tx, key, 1, []);
    if (call.tag?.startsWith(DELETE) === true && (!good || response.code === 404)) observed(tx, key, 0, [call.tag.slice(DELETE.length + 1)]);
  },
  pace: (key, { cache }): Micros => Math.round((setOf(key, cache)?.status?.replicas ?? 0) * MICROS_PER_POD),
  restarted(tx: Tx) {
    for (const { key } of tx.read(expectationTable).rows()) forgetExpectations(tx, key);
    for (const { key } of tx.read(tallyTable).rows()) forgetTally(tx, key);
  },
};

export const replicaSetController = controllerActor(replicaSetReconciler);
