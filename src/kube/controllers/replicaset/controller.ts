/**
 * `replicaset-controller/main`: as many Pods as wanted, no more and no fewer.
 * @source kubernetes@1.35 pkg/controller/replicaset/replica_set.go
 */
import type { Json, Micros, Tx } from "../../../sim/types";
import { sameJson } from "../../apis/equality";
import { type Selector, selectorMatches, selectorOfObject } from "../../apis/label-selector";
import type { KubeObject, LabelSelector, Pod, ReplicaSet } from "../../apis/objects";
import type { CacheReader, WatchChange } from "../../client/types";
import { replicasOf } from "../deployment/fenceposts";
import { NAMESPACE_TERMINATING, controllerActor } from "../runtime/actor";
import { adoptRequest, controllerRef, createRequest, deleteRequest, releaseRequest, updateStatusRequest } from "../runtime/requests";
import { type CallResult, type Context, NOTHING, type Plan, type PlannedCall, type Reconciler } from "../runtime/types";
import { isPodActive, podsToDelete } from "./deletion-order";
import { expectCreations, expectDeletions, expectationTable, forgetExpectations, observed, satisfied } from "./expectations";
import { claimOf, controllerOf, relatedPods, setsWithSameController } from "./ownership";
import { calculateStatus, nextAvailability } from "./status";

const NAME = "replicaset-controller";
/** @source kubernetes@1.35 pkg/controller/replicaset/replica_set.go BurstReplicas */
const BURST = 500;
/** A sync lists its Pods, so its time grows with them; what happens meanwhile is one sync. */
const MICROS_PER_POD = 2;
const CREATE = "create";
const DELETE = "delete";
const CLAIM = "claim";

const selectors = new WeakMap<LabelSelector, Selector>();
export function selectorOf(selector: LabelSelector): Selector {
  let parsed = selectors.get(selector);
  if (parsed === undefined) {
    const result = selectorOfObject(selector);
    parsed = result !== null && "error" in result ? null : result;
    selectors.set(selector, parsed);
  }
  return parsed;
}

const podKey = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;
const split = (key: string): [namespace: string, name: string] => key.split("/", 2) as [string, string];
const setOf = (key: string, cache: CacheReader): ReplicaSet | undefined => cache.get<ReplicaSet>("replicasets", ...split(key));

/** Objects in a namespace that a selector may match, by one of its label pairs. */
export function candidates<T extends KubeObject>(cache: CacheReader, resource: string, namespace: string, selector: LabelSelector): readonly T[] {
  const pairs = Object.entries(selector.matchLabels ?? {});
  const pair = pairs.find(([key]) => key === "pod-template-hash") ?? pairs[0];
  return pair === undefined ? cache.list<T>(resource, namespace) : cache.labelled<T>(resource, namespace, pair[0], pair[1]);
}

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
function manage(key: string, set: ReplicaSet, active: readonly Pod[], { tx, cache }: Context): Plan {
  const difference = active.length - replicasOf(set);
  if (difference === 0) return NOTHING;
  tx.fired("kube.replicaset.manage", `replicasets/${key}`);
  if (difference < 0) {
    const count = Math.min(-difference, BURST);
    expectCreations(tx, key, count);
    const call: PlannedCall = {
      request: createRequest(NAME, "pods", set.metadata.namespace, podFromTemplate(set)),
      repeat: count,
      tolerateCause: NAMESPACE_TERMINATING,
      success: { regarding: set, type: "Normal", reason: "SuccessfulCreate", message: "Created pod: {name}" },
      failure: { regarding: set, type: "Warning", reason: "FailedCreate", message: "Error creating: {error}" },
      tag: CREATE,
    };
    return { calls: [call], order: "slow-start" };
  }
  const siblings = setsWithSameController(set, cache.list<ReplicaSet>("replicasets", set.metadata.namespace));
  const related = relatedPods(siblings, (other) => candidates<Pod>(cache, "pods", other.metadata.namespace ?? "", other.spec.selector));
  const doomed = podsToDelete(active, related, Math.min(difference, BURST), tx.now);
  tx.fired("kube.replicaset.pods-to-delete", `replicasets/${key}`);
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
    return NOTHING;
  }
  const { active, claims } = viewOf(set, cache);
  // What is claimed comes back as a change of the Pod, and counts then.
  if (claims.length > 0) {
    tx.fired("kube.replicaset.claim", `replicasets/${key}`);
    return { calls: claims };
  }
  if (set.metadata.deletionTimestamp || !satisfied(tx, key)) return NOTHING;
  return manage(key, set, active, context);
}

function finish(key: string, { tx, cache }: Context, result: CallResult): Plan {
  if (result.tag === CREATE && result.skipped > 0) observed(tx, key, result.skipped, []);
  const set = setOf(key, cache);
  if (set === undefined || (result.tag === CLAIM && result.error !== undefined)) return NOTHING;
  const { active, terminating } = viewOf(set, cache);
  const status = calculateStatus(set, active, terminating, result.error, tx.now);
  const requeueAfter = nextAvailability(active, set.spec.minReadySeconds ?? 0, tx.now);
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

/** @source kubernetes@1.35 pkg/controller/replicaset/replica_set.go addPod, updatePod, deletePod */
function keysFor({ resource, type, object, old }: WatchChange, { cache }: Context): readonly string[] {
  if (resource === "replicasets") return [podKey(object)];
  const pod = object as Pod;
  const key = ownerKey(pod);
  const before = ownerKey(old);
  if (key !== undefined) return before !== undefined && before !== key ? [before, key] : [key];
  const orphaned = type !== "DELETED" && controllerOf(pod) === undefined;
  const moved = old === undefined || before !== undefined || old.metadata.labels !== pod.metadata.labels;
  const takers = orphaned && moved ? adopters(pod, cache) : [];
  return before === undefined ? takers : [before, ...takers];
}

/** Takes what the cache now shows off the expectations, once per set and batch. */
function observe(changes: readonly WatchChange[], { tx }: Context): void {
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
    const table = tx.write(expectationTable);
    for (const row of table.rows()) table.delete(row.key);
  },
};

export const replicaSetController = controllerActor(replicaSetReconciler);
