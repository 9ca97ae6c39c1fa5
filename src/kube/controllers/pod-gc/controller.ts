/**
 * `pod-gc-controller/main`: looks every 20 seconds for Pods that nobody else removes. Here it looks only when something happened that can
 * make one, at the same moments.
 * @source kubernetes@1.35 pkg/controller/podgc/gc_controller.go
 */
import { defineTable } from "../../../sim/table";
import { seconds } from "../../../sim/time";
import type { Json, Micros, Tx } from "../../../sim/types";
import { isPodTerminal } from "../../apis/pod-availability";
import type { NodeObject, Pod } from "../../apis/objects";
import { rfc3339 } from "../../apis/time";
import type { CacheReader, WatchChange } from "../../client/types";
import { controllerActor } from "../runtime/actor";
import { deleteRequest, patchRequest } from "../runtime/requests";
import { type Context, NOTHING, type KeyRequest, type Plan, type PlannedCall, type Reconciler } from "../runtime/types";
import {
  NODE_QUARANTINE,
  TERMINATED_POD_THRESHOLD,
  isOutOfService,
  mustMarkFailed,
  terminatedPods,
  terminatingPods,
  unscheduledTerminatingPods,
} from "./collection";

const NAME = "pod-gc-controller";
const KEY = "gc";
/** @source kubernetes@1.35 pkg/controller/podgc/gc_controller.go gcCheckPeriod */
const PERIOD = seconds(20);

interface MissingRow {
  readonly node: string;
  readonly since: Micros;
}
/** Nodes that Pods are bound to and that are not there, and since when that is known. */
export const missingTable = defineTable<MissingRow>({ name: "pod-gc.missing", key: (row) => row.node });

const toNextLook = (now: Micros): Micros => (Math.floor(now / PERIOD) + 1) * PERIOD - now;

/**
 * Pods of nodes that have been missing for 40 seconds; `waiting` when some have not been for so long.
 * @rule kube.pod-gc.orphaned
 * @source kubernetes@1.35 pkg/controller/podgc/gc_controller.go gcOrphaned, discoverDeletedNodes
 */
function orphanedPods(tx: Tx, pods: readonly Pod[], cache: CacheReader): { readonly pods: readonly Pod[]; readonly waiting: boolean } {
  const table = tx.write(missingTable);
  const missing = new Set<string>();
  for (const { spec } of pods) if (spec.nodeName && cache.get<NodeObject>("nodes", "", spec.nodeName) === undefined) missing.add(spec.nodeName);
  for (const { node } of table.rows()) if (!missing.has(node)) table.delete(node);
  const gone = new Set<string>();
  for (const node of missing) {
    const since = table.get(node)?.since;
    if (since === undefined) table.put({ node, since: tx.now });
    else if (tx.now - since >= NODE_QUARANTINE) gone.add(node);
  }
  return { pods: pods.filter(({ spec }) => spec.nodeName !== undefined && gone.has(spec.nodeName)), waiting: missing.size > gone.size };
}

const condition = (tx: Tx, message: string): Json => ({
  type: "DisruptionTarget",
  status: "True",
  reason: "DeletionByPodGC",
  message,
  lastTransitionTime: rfc3339(tx.now),
});

/** Marks as Failed what is not finished, then deletes at once. */
function removal(pod: Pod, why: Json | undefined): readonly PlannedCall[] {
  const status = { phase: "Failed", ...(why === undefined ? {} : { conditions: [why] }) };
  const mark: PlannedCall = {
    request: patchRequest(NAME, "pods", pod, { metadata: { uid: pod.metadata.uid }, status }, "status"),
    tolerate: [404, 409],
  };
  const remove: PlannedCall = { request: deleteRequest(NAME, "pods", pod, { gracePeriodSeconds: 0 }), tolerate: [404] };
  return mustMarkFailed(pod) ? [mark, remove] : [remove];
}

function reconcile(_key: string, { tx, cache }: Context): Plan {
  const pods = cache.list<Pod>("pods");
  const orphaned = orphanedPods(tx, pods, cache);
  const remove = (rule: string, found: readonly Pod[], why?: Json): readonly PlannedCall[] =>
    found.flatMap((pod) => {
      tx.fired(`kube.pod-gc.${rule}`, `pods/${pod.metadata.namespace}/${pod.metadata.name}`);
      if (mustMarkFailed(pod)) tx.fired("kube.pod-gc.mark-failed", `pods/${pod.metadata.namespace}/${pod.metadata.name}`);
      return removal(pod, why);
    });
  const calls = [
    ...remove("terminated", terminatedPods(pods, TERMINATED_POD_THRESHOLD)),
    ...remove(
      "terminating",
      terminatingPods(pods, (name) => cache.get<NodeObject>("nodes", "", name)),
    ),
    ...remove("orphaned", orphaned.pods, condition(tx, "PodGC: node no longer exists")),
    ...remove("unscheduled", unscheduledTerminatingPods(pods)),
  ];
  return calls.length === 0 && !orphaned.waiting ? NOTHING : { calls, requeueAfter: orphaned.waiting ? toNextLook(tx.now) : undefined };
}

/** Whether a change can leave something to collect. */
function matters({ resource, type, object, old }: WatchChange, cache: CacheReader): boolean {
  if (resource === "nodes") {
    const node = object as NodeObject;
    if (type !== "DELETED" && !isOutOfService(node)) return false;
    return cache.podsOn<Pod>(node.metadata.name).length > 0;
  }
  if (type === "DELETED") return false;
  const pod = object as Pod;
  const before = old as Pod | undefined;
  if (pod.metadata.deletionTimestamp && !before?.metadata.deletionTimestamp) {
    const node = pod.spec.nodeName ? cache.get<NodeObject>("nodes", "", pod.spec.nodeName) : undefined;
    if (node === undefined || isOutOfService(node)) return true;
  }
  if (isPodTerminal(pod) && (before === undefined || !isPodTerminal(before))) return cache.list("pods").length > TERMINATED_POD_THRESHOLD;
  return (
    Boolean(pod.spec.nodeName) &&
    pod.spec.nodeName !== before?.spec.nodeName &&
    cache.get<NodeObject>("nodes", "", pod.spec.nodeName ?? "") === undefined
  );
}

export const podGcReconciler: Reconciler = {
  name: NAME,
  watches: [{ resource: "nodes" }, { resource: "pods", relaxed: true }],
  keysFor: (change: WatchChange, { tx, cache }): readonly KeyRequest[] => (matters(change, cache) ? [{ key: KEY, after: toNextLook(tx.now) }] : []),
  reconcile,
  restarted(tx) {
    const table = tx.write(missingTable);
    for (const row of table.rows()) table.delete(row.node);
  },
};

export const podGcController = controllerActor(podGcReconciler);
