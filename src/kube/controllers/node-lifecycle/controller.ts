/**
 * `node-lifecycle-controller/main`: taints nodes by their conditions, declares silent nodes unknown, and marks lost ones for eviction.
 *
 * The real controller looks at every node each five seconds. Here a node is looked at when its silence would become too long, and at the
 * next such moment after it changed: the answers come at the same times, and a quiet cluster has nothing to do.
 *
 * @source kubernetes@1.35 pkg/controller/nodelifecycle/node_lifecycle_controller.go monitorNodeHealth, doNodeProcessingPassWorker
 * Not modelled: Pods bound to a node that is already lost are not marked until the next look that changes the node.
 */
import type { Json, Micros, Tx } from "../../../sim/types";
import { sameJson } from "../../apis/equality";
import { conditionOf } from "../../apis/pod-availability";
import type { KubeObject, Lease, NodeObject, Pod } from "../../apis/objects";
import { parseTime, rfc3339 } from "../../apis/time";
import { recordEvent } from "../../client/events";
import type { CacheReader, WatchChange } from "../../client/types";
import { controllerActor } from "../runtime/actor";
import { patchRequest, updateStatusRequest } from "../runtime/requests";
import { type Context, type KeyRequest, NOTHING, type Plan, type PlannedCall, type Reconciler } from "../runtime/types";
import { executeTaintFor, withPodNotReady } from "./eviction";
import { NODE_MONITOR_PERIOD, createdAt, gracePeriod, nextLook, unknownAt, unknownConditions } from "./health";
import { knownNodeTable, zoneTable } from "./tables";
import { reconcileNodeLabels, swapExecuteTaint, withConditionTaints } from "./taints";
import { acquire, zonesOf } from "./zones";

const NAME = "node-lifecycle-controller";
/** The component in Events. */
const COMPONENT = "node-controller";
const LEASES = "kube-node-lease";

const nodeOf = (cache: CacheReader, name: string): NodeObject | undefined => cache.get<NodeObject>("nodes", "", name);
const readyOf = (node: NodeObject): string | undefined => conditionOf(node.status, "Ready")?.status;
const untilNextLook = (now: Micros): Micros => nextLook(now + 1) - now;

/** The last sign of life that this controller knows of. @rule kube.node.heartbeat */
function heardAt(node: NodeObject, { tx, cache }: Context): Micros {
  const lease = cache.get<Lease>("leases", LEASES, node.metadata.name)?.spec?.renewTime;
  const reported = conditionOf(node.status, "Ready")?.lastHeartbeatTime;
  const since = tx.read(knownNodeTable).get(node.metadata.name)?.since ?? tx.now;
  const renewed = lease === undefined ? 0 : (parseTime(lease) ?? 0);
  return Math.max(renewed, typeof reported === "string" ? (parseTime(reported) ?? 0) : 0, createdAt(node), since);
}

/** Labels and NoSchedule taints follow the node at once. */
function process(node: NodeObject, { tx }: Context): Plan {
  const labels = reconcileNodeLabels(node.metadata.labels);
  const taints = withConditionTaints(node, rfc3339(tx.now));
  const relabelled = labels !== undefined && !sameJson(labels as unknown as Json, node.metadata.labels as unknown as Json);
  if (taints === undefined && !relabelled) return NOTHING;
  if (taints !== undefined) tx.fired("kube.node.condition-taints", `nodes/${node.metadata.name}`);
  if (relabelled) tx.fired("kube.node.labels", `nodes/${node.metadata.name}`);
  const body = {
    metadata: { resourceVersion: node.metadata.resourceVersion, ...(relabelled ? { labels } : {}) },
    ...(taints === undefined ? {} : { spec: { taints } }),
  };
  return { calls: [{ request: patchRequest(NAME, "nodes", node, body as unknown as Json), tolerate: [404] }] };
}

/** The node fell silent: its conditions become Unknown and, when it was ready until now, its Pods not ready. */
function declareUnknown(node: NodeObject, conditions: NonNullable<ReturnType<typeof unknownConditions>>, { tx, cache }: Context): Plan {
  for (const rule of ["kube.node.unknown", "kube.node.heartbeat", "kube.node.silence", "kube.node.monitor"])
    tx.fired(rule, `nodes/${node.metadata.name}`);
  const name = node.metadata.name;
  const wasReady = readyOf(node) === "True";
  const event = { regarding: node, type: "Normal", reason: "NodeNotReady", message: `Node ${name} status is now: NodeNotReady` } as const;
  const calls: PlannedCall[] = [
    {
      request: updateStatusRequest(NAME, "nodes", { ...node, status: { ...node.status, conditions } } as KubeObject),
      tolerate: [404],
      ...(wasReady ? { success: event } : {}),
    },
  ];
  if (!wasReady) return { calls };
  for (const pod of cache.podsOn<Pod>(name)) {
    const marked = withPodNotReady(pod, tx.now);
    if (marked === undefined) continue;
    const ready = conditionOf(marked.status, "Ready");
    tx.fired("kube.node.mark-pods-not-ready", `pods/${pod.metadata.namespace}/${pod.metadata.name}`);
    calls.push({
      request: patchRequest(
        NAME,
        "pods",
        pod,
        { metadata: { uid: pod.metadata.uid }, status: { conditions: [{ ...ready, lastTransitionTime: rfc3339(tx.now) } as unknown as Json] } },
        "status",
      ),
      tolerate: [404, 409],
      success: { regarding: pod, type: "Warning", reason: "NodeNotReady", message: "Node is not ready" },
    });
  }
  return { calls };
}

/**
 * The NoExecute taint of a node that is not ready; rate-limited per zone, and withheld when no node anywhere is ready. One that only
 * changes its reason, or goes, does so at once.
 * @rule kube.node.taint-based-eviction
 * @source kubernetes@1.35 pkg/controller/nodelifecycle/node_lifecycle_controller.go processTaintBaseEviction, doNoExecuteTaintingPass
 */
function taintForEviction(node: NodeObject, { tx, cache }: Context): Plan {
  const taints = node.spec.taints ?? [];
  const { add, remove } = executeTaintFor(node);
  const swap = swapExecuteTaint(taints, add, remove, rfc3339(tx.now));
  if (swap === undefined && add === undefined) return NOTHING;
  const zones = add === undefined ? undefined : zonesOf(cache.list<NodeObject>("nodes"));
  const spared = zones?.everyZoneDisrupted === true;
  const next = spared && add !== undefined ? swapExecuteTaint(taints, undefined, [...remove, add], "") : swap;
  if (next === undefined) return NOTHING;
  const fresh = next.length > taints.length;
  if (fresh && zones !== undefined) {
    const { granted, wait } = acquire(tx, node, zones);
    if (!granted) return { calls: [], requeueAfter: wait };
  }
  const rules = ["taint-based-eviction", "execute-taint", ...(fresh ? ["zone-state", "eviction-rate", "eviction-limiter"] : [])];
  for (const rule of rules) tx.fired(`kube.node.${rule}`, `nodes/${node.metadata.name}`);
  const body = { metadata: { resourceVersion: node.metadata.resourceVersion }, spec: { taints: next } };
  return { calls: [{ request: patchRequest(NAME, "nodes", node, body as unknown as Json), tolerate: [404] }] };
}

/** One look at one node. @rule kube.node.monitor */
function monitor(node: NodeObject, context: Context): Plan {
  const { tx } = context;
  register(tx, node);
  const deadline = unknownAt(heardAt(node, context), gracePeriod(node));
  const conditions = tx.now >= deadline ? unknownConditions(node, tx.now) : undefined;
  // The taint for eviction is the matter of the next look, which sees what this one wrote.
  if (conditions !== undefined) return { ...declareUnknown(node, conditions, context), requeueAfter: NODE_MONITOR_PERIOD };
  const plan = taintForEviction(node, context);
  // A node that is known to be lost has no deadline: its return is a change.
  if (tx.now >= deadline) return plan;
  return { ...plan, requeueAfter: Math.min(plan.requeueAfter ?? Number.MAX_SAFE_INTEGER, deadline - tx.now) };
}

function register(tx: Tx, node: NodeObject): void {
  const known = tx.write(knownNodeTable);
  const name = node.metadata.name;
  if (known.has(name)) return;
  known.put({ node: name, since: tx.now });
  recordEvent(tx, {
    regarding: node,
    type: "Normal",
    reason: "RegisteredNode",
    message: `Node ${name} event: Registered Node ${name} in Controller`,
    component: COMPONENT,
  });
}

function reconcile(key: string, context: Context): Plan {
  const [what, name = ""] = key.split("/");
  const node = nodeOf(context.cache, name);
  if (node !== undefined) return what === "node" ? process(node, context) : monitor(node, context);
  const known = context.tx.write(knownNodeTable);
  if (known.has(name)) {
    known.delete(name);
    const gone = { apiVersion: "v1", kind: "Node", metadata: { name } };
    recordEvent(context.tx, {
      regarding: gone,
      type: "Normal",
      reason: "RemovingNode",
      message: `Node ${name} event: Removing Node ${name} from Controller`,
      component: COMPONENT,
    });
  }
  return NOTHING;
}

const statuses = (node: NodeObject | undefined): string => (node?.status?.conditions ?? []).map(({ type, status }) => `${type}=${status}`).join(" ");

function keysFor({ resource, type, object, old }: WatchChange, { tx, cache }: Context): readonly KeyRequest[] {
  if (resource !== "nodes") return [];
  const node = object as NodeObject;
  const name = node.metadata.name;
  const look = (target: string): KeyRequest => ({ key: `monitor/${target}`, after: untilNextLook(tx.now) });
  if (type === "DELETED") return [`monitor/${name}`];
  const before = old as NodeObject | undefined;
  const changed =
    before === undefined || statuses(node) !== statuses(before) || node.spec !== before.spec || node.metadata.labels !== before.metadata.labels;
  if (!changed) return [];
  if (before === undefined) return [`node/${name}`, look(name)];
  if (readyOf(node) === readyOf(before)) return [`node/${name}`, ...(node.spec.taints !== before.spec.taints ? [look(name)] : [])];
  // Whether evictions stop depends on all nodes, so the others that are not ready are looked at again.
  const others = cache.list<NodeObject>("nodes").filter((other) => readyOf(other) !== "True" && other.metadata.name !== name);
  return [`node/${name}`, look(name), ...others.map((other) => look(other.metadata.name))];
}

export const nodeLifecycleReconciler: Reconciler = {
  name: NAME,
  component: COMPONENT,
  watches: [{ resource: "nodes" }, { resource: "leases", namespace: LEASES }, { resource: "pods", relaxed: true }],
  keysFor,
  reconcile,
  restarted(tx) {
    const known = tx.write(knownNodeTable);
    for (const row of known.rows()) known.delete(row.node);
    const zones = tx.write(zoneTable);
    for (const row of zones.rows()) zones.delete(row.zone);
  },
};

export const nodeLifecycleController = controllerActor(nodeLifecycleReconciler);
