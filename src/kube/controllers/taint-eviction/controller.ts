/**
 * `taint-eviction-controller/main`: Pods that do not tolerate a NoExecute taint of their node are deleted, at once or when their time is
 * over.
 * @source kubernetes@1.35 pkg/controller/tainteviction/taint_eviction.go
 */
import { defineTable } from "../../../sim/table";
import type { Json, Micros, Tx } from "../../../sim/types";
import type { KubeObject, NodeObject, Pod } from "../../apis/objects";
import type { WatchChange } from "../../client/types";
import { recordEvent } from "../../client/events";
import { controllerActor } from "../runtime/actor";
import { deleteRequest, patchRequest } from "../runtime/requests";
import { type Context, NOTHING, type Plan, type Reconciler } from "../runtime/types";
import { disruptionCondition, evictionAt, noExecuteTaints } from "./tolerations";

const NAME = "taint-eviction-controller";

interface EvictionRow {
  /** `namespace/name` of the Pod. */
  readonly key: string;
  readonly uid: string;
  readonly at: Micros;
}
/** Pods whose time is running. */
export const evictionTable = defineTable<EvictionRow>({ name: "taint-eviction.schedule", key: (row) => row.key });

const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;
const split = (key: string): [namespace: string, name: string] => key.split("/", 2) as [string, string];

const RULES: readonly string[] = [
  "kube.taint-eviction.process",
  "kube.taint-eviction.schedule",
  "kube.taint-eviction.stay",
  "kube.taint-eviction.min-toleration",
  "kube.taint.tolerates",
];

function say(tx: Tx, pod: Pod, message: string): void {
  recordEvent(tx, { regarding: pod, type: "Normal", reason: "TaintManagerEviction", message: `${message} Pod ${keyOf(pod)}`, component: NAME });
}

/** @rule kube.taint-eviction.process */
function reconcile(key: string, { tx, cache }: Context): Plan {
  const table = tx.write(evictionTable);
  const known = table.get(key);
  const pod = cache.get<Pod>("pods", ...split(key));
  if (pod === undefined || pod.metadata.deletionTimestamp || !pod.spec.nodeName) {
    table.delete(key);
    return NOTHING;
  }
  const node = cache.get<NodeObject>("nodes", "", pod.spec.nodeName);
  const scheduled = known?.uid === pod.metadata.uid ? known.at : undefined;
  const at = evictionAt(tx.now, node?.spec.taints, pod.spec.tolerations, scheduled);
  if (at === undefined) {
    if (known !== undefined) say(tx, pod, "Cancelling deletion of");
    table.delete(key);
    return NOTHING;
  }
  for (const rule of RULES) tx.fired(rule, `pods/${key}`);
  if (at > tx.now) {
    table.put({ key, uid: pod.metadata.uid, at });
    return { calls: [], requeueAfter: at - tx.now };
  }
  table.delete(key);
  tx.fired("kube.taint-eviction.condition", `pods/${key}`);
  say(tx, pod, "Marking for deletion");
  const condition = disruptionCondition(tx.now) as unknown as Json;
  return {
    calls: [
      {
        request: patchRequest(NAME, "pods", pod, { metadata: { uid: pod.metadata.uid }, status: { conditions: [condition] } }, "status"),
        tolerate: [404, 409],
      },
      { request: deleteRequest(NAME, "pods", pod), tolerate: [404] },
    ],
  };
}

const taintsText = (node: NodeObject | undefined): string =>
  noExecuteTaints(node?.spec.taints)
    .map(({ key, value, effect }) => `${key}=${value ?? ""}:${effect}`)
    .join(",");

function keysFor({ resource, type, object, old }: WatchChange, { tx, cache }: Context): readonly string[] {
  if (resource === "nodes") {
    const now = type === "DELETED" ? "" : taintsText(object as NodeObject);
    return now === taintsText(old as NodeObject | undefined) ? [] : cache.podsOn<Pod>(object.metadata.name).map(keyOf);
  }
  const pod = object as Pod;
  const before = old as Pod | undefined;
  const key = keyOf(pod);
  if (type === "DELETED") return tx.read(evictionTable).has(key) ? [key] : [];
  if (!pod.spec.nodeName || (before !== undefined && before.spec.nodeName === pod.spec.nodeName && before.spec.tolerations === pod.spec.tolerations))
    return [];
  return noExecuteTaints(cache.get<NodeObject>("nodes", "", pod.spec.nodeName)?.spec.taints).length > 0 || tx.read(evictionTable).has(key)
    ? [key]
    : [];
}

export const taintEvictionReconciler: Reconciler = {
  name: NAME,
  watches: [{ resource: "nodes" }, { resource: "pods", relaxed: true }],
  keysFor,
  reconcile,
  restarted(tx) {
    const table = tx.write(evictionTable);
    for (const row of table.rows()) table.delete(row.key);
  },
};

export const taintEvictionController = controllerActor(taintEvictionReconciler);
