/**
 * What a kind's strategy does to an object before it is checked: status and generation are the server's, not the client's.
 * @source kubernetes@1.35 pkg/registry/core/pod/strategy.go PrepareForCreate, PrepareForUpdate and the strategies of the other kinds
 */
import type { Json } from "../../sim/types";
import { sameJson } from "../apis/equality";
import { qosClass } from "../apis/qos-class";
import type { ResourceInfo } from "../apis/resources";
import { type SchemaType, typeNamed } from "../apis/schema/reader";
import { int, intOf, items, type Obj, sortedEntries, strings, sub, text, texts, withFields } from "../apis/schema/typed-json";
import { zeroStruct } from "../apis/schema/zero";
import type { StrategyContext } from "./strategy-context";

/** Kinds whose changes are counted, and by which fields. */
const COUNTED: Readonly<Record<string, readonly string[]>> = {
  pods: ["spec"],
  deployments: ["spec", "annotations"],
  replicasets: ["spec"],
  statefulsets: ["spec"],
  daemonsets: ["spec"],
  replicationcontrollers: ["spec"],
  jobs: ["spec"],
  cronjobs: ["spec"],
  poddisruptionbudgets: ["spec"],
  networkpolicies: ["spec"],
  ingresses: ["spec"],
  ingressclasses: ["spec"],
  endpointslices: ["endpoints", "ports", "labels"],
  priorityclasses: [],
};
/** Kinds that may come with a status. */
const KEEPS_STATUS = new Set(["nodes"]);

function zeroStatus(type: SchemaType): Json | undefined {
  const field = type.field("status");
  if (field === undefined || field.type.kind !== "struct") return undefined;
  const struct = typeNamed(field.type.id);
  return struct === undefined ? undefined : zeroStruct(struct);
}

const GATED = {
  type: "PodScheduled",
  status: "False",
  reason: "SchedulingGated",
  message: "Scheduling is blocked due to non-empty scheduling gates",
};

function preparePod(pod: Obj, context: StrategyContext): Obj {
  const spec = sub(pod, "spec") ?? {};
  const grace = intOf(spec, "terminationGracePeriodSeconds");
  const kind = qosClass(spec as never);
  const gates = items(spec, "schedulingGates").length > 0;
  const gated = { ...GATED, lastProbeTime: null, lastTransitionTime: context.now };
  return {
    ...pod,
    spec: (grace !== undefined && grace < 0 ? withFields(spec, { terminationGracePeriodSeconds: 1 }) : spec) as Json,
    status: gates ? { phase: "Pending", conditions: [gated], qosClass: kind } : { phase: "Pending", qosClass: kind },
  };
}

const withFinalizer = (object: Obj, name: string): Obj => {
  const meta = sub(object, "metadata") ?? {};
  if (texts(meta, "finalizers").includes(name)) return object;
  return { ...object, metadata: { ...meta, finalizers: [...texts(meta, "finalizers"), name] } as Json };
};

function prepareNamespace(namespace: Obj): Obj {
  const spec = sub(namespace, "spec") ?? {};
  const finalizers = texts(spec, "finalizers");
  const next = finalizers.includes("kubernetes") ? finalizers : [...finalizers, "kubernetes"];
  return { ...namespace, spec: { ...spec, finalizers: next } as Json, status: { phase: "Active" } };
}

/** A new Node takes no Pods until it is ready. @source kubernetes@1.35 plugin/pkg/admission/nodetaint/admission.go Admit */
function prepareNode(node: Obj): Obj {
  const spec = sub(node, "spec") ?? {};
  const key = "node.kubernetes.io/not-ready";
  if (items(spec, "taints").some((taint) => text(taint, "key") === key && text(taint, "effect") === "NoSchedule")) return node;
  return { ...node, spec: { ...spec, taints: [...items(spec, "taints"), { key, effect: "NoSchedule" }] } as Json };
}

/** @source kubernetes@1.35 pkg/registry/batch/job/strategy.go generateSelector */
function prepareJob(job: Obj, context: StrategyContext): Obj {
  const spec = sub(job, "spec") ?? {};
  if (spec["manualSelector"] === true) return job;
  const name = text(sub(job, "metadata"), "name");
  const template = sub(spec, "template") ?? {};
  const meta = sub(template, "metadata") ?? {};
  const unsorted: Record<string, string> = {
    ...strings(meta, "labels"),
    "controller-uid": context.uid,
    "job-name": name,
    "batch.kubernetes.io/controller-uid": context.uid,
    "batch.kubernetes.io/job-name": name,
  };
  const labels = Object.fromEntries(sortedEntries(unsorted));
  const selector = sub(spec, "selector");
  const match = { ...strings(selector, "matchLabels"), "batch.kubernetes.io/controller-uid": context.uid };
  const next = { ...spec, selector: { ...selector, matchLabels: match }, template: { ...template, metadata: { ...meta, labels } } };
  return { ...job, spec: next as Json };
}

/** What reading from the store adds, because defaults are applied there again: a Job without labels takes those of its Pods. */
export function finishCreate(resource: ResourceInfo, object: Obj): Obj {
  return resource.name === "jobs" ? labelled(object, sub(sub(object, "spec"), "template")) : object;
}
function labelled(object: Obj, template: Obj | undefined): Obj {
  const [own, labels] = [sub(object, "metadata") ?? {}, sub(template, "metadata")?.["labels"]];
  return own["labels"] === undefined && labels !== undefined ? { ...object, metadata: { ...own, labels } as Json } : object;
}

const OWN: Readonly<Record<string, (object: Obj, context: StrategyContext) => Obj>> = {
  pods: preparePod,
  namespaces: prepareNamespace,
  nodes: prepareNode,
  jobs: prepareJob,
  persistentvolumeclaims: (claim) => withFinalizer({ ...claim, status: { phase: "Pending" } }, "kubernetes.io/pvc-protection"),
  persistentvolumes: (volume, context) =>
    withFinalizer({ ...volume, status: { phase: "Pending", lastPhaseTransitionTime: context.now } }, "kubernetes.io/pv-protection"),
  daemonsets: (set) => {
    const meta = sub(set, "metadata") ?? {};
    const annotations = { ...strings(meta, "annotations"), "deprecated.daemonset.template.generation": "1" };
    return { ...set, metadata: { ...meta, annotations } as Json };
  },
};

/** @rule kube.strategy.prepare-create */
export function prepareCreate(resource: ResourceInfo, type: SchemaType, object: Obj, context: StrategyContext): Obj {
  const meta = sub(object, "metadata") ?? {};
  const metadata = withFields(meta, {
    ...(resource.namespaced ? { namespace: context.namespace } : { namespace: undefined }),
    generation: resource.name in COUNTED ? 1 : undefined,
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
    selfLink: undefined,
    managedFields: undefined,
  });
  const status = KEEPS_STATUS.has(resource.name) ? undefined : zeroStatus(type);
  const next: Obj = { ...object, metadata: metadata as Json, ...(status === undefined ? {} : { status }) };
  return OWN[resource.name]?.(next, context) ?? next;
}

function counts(resource: ResourceInfo, next: Obj, previous: Obj): boolean {
  const part = (object: Obj, name: string): Json | undefined =>
    name === "labels" || name === "annotations" ? (sub(object, "metadata")?.[name] ?? undefined) : (object[name] ?? undefined);
  return (COUNTED[resource.name] ?? []).some((name) => !sameJson(part(next, name), part(previous, name)));
}

/**
 * What the server has decided stays: identity, times, status on the main door, everything but status on the status door.
 * @rule kube.strategy.prepare-update
 */
export function prepareUpdate(resource: ResourceInfo, next: Obj, previous: Obj, subresource: string | undefined): Obj {
  const [meta, old] = [sub(next, "metadata") ?? {}, sub(previous, "metadata") ?? {}];
  if (subresource === "status" && meta === old) return withFields(previous, { status: next["status"] });
  const fixed: Record<string, Json | undefined> = {};
  for (const name of ["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "resourceVersion"])
    fixed[name] = old[name];
  const namespace = text(meta, "namespace") === "" ? old["namespace"] : meta["namespace"];
  const metadata = withFields(meta, {
    ...fixed,
    name: meta["name"] ?? old["name"],
    namespace,
    selfLink: undefined,
    managedFields: old["managedFields"],
  });
  if (subresource === "status") {
    const kept = withFields(metadata, {
      ownerReferences: old["ownerReferences"],
      ...(resource.name === "pods" ? { finalizers: old["finalizers"] } : {}),
    });
    return withFields(previous, { metadata: (sameJson(kept as Json, old as Json) ? old : kept) as Json, status: next["status"] });
  }
  let out: Obj = { ...next, metadata: metadata as Json };
  if (previous["status"] !== undefined && resource.name !== "persistentvolumes") out = withFields(out, { status: previous["status"] });
  if (resource.name === "namespaces") out = withFields(out, { spec: previous["spec"], status: previous["status"] });
  if (!counts(resource, out, previous)) return out;
  return { ...out, metadata: { ...metadata, generation: int(old, "generation") + 1 } as Json };
}
