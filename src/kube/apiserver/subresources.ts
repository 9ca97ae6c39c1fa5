/**
 * Doors beside an object's main one: status, scale, binding, eviction, finalize. Each writes only what is its own.
 * @source kubernetes@1.35 pkg/registry/core/pod/storage/storage.go; pkg/registry/apps/deployment/storage/storage.go
 */
import type { Json } from "../../sim/types";
import type { Condition, Deployment, KubeObject, Namespace, Pod, ReplicaSet } from "../apis/objects";
import { formatLabelSelector } from "../apis/label-selector";
import type { ApiResponse } from "./door";
import { remove } from "./deletion";
import { nowText } from "./identity";
import { deleteOptionsOf, dryRunOf } from "./options";
import { patched } from "./patch/patched";
import { answer, badRequest, conflict, failure, invalid, methodNotAllowed, MODIFIED, noSuchResource, notFound, plainError } from "./status";
import { requestToken } from "./service-account-token";
import { commit, keyOf, stored } from "./storage/store";
import { patchObject, updateObject, type WriteContext, writeNext } from "./writes";

const SUCCESS_CREATED = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 } as const;

export function subresource(context: WriteContext): ApiResponse {
  const { target, request, tx } = context;
  const { resource, name = "", namespace } = target;
  const door = target.subresource ?? "";
  if (!resource.subresources.includes(door)) return noSuchResource();
  const row = (): KubeObject | undefined => stored(tx, resource.name, keyOf(namespace, name))?.object;
  if (door === "status") return statusDoor(context, row());
  if (door === "scale") return scaleDoor(context, row() as Deployment | ReplicaSet | undefined);
  if (door === "binding") return request.method === "POST" ? bind(context, row() as Pod | undefined) : methodNotAllowed();
  if (door === "eviction") return request.method === "POST" ? evict(context, row() as Pod | undefined) : methodNotAllowed();
  if (door === "resize") return resizeDoor(context, row());
  if (door === "token") return request.method === "POST" ? requestToken(context, row()) : methodNotAllowed();
  if (door === "finalize") return request.method === "PUT" ? finalize(context, row() as Namespace | undefined) : methodNotAllowed();
  if (door === "log" || door === "exec" || door === "attach" || door === "portforward") return methodNotAllowed();
  return noSuchResource();
}

function statusDoor(context: WriteContext, object: KubeObject | undefined): ApiResponse {
  const { request, target } = context;
  if (request.method === "GET") return object === undefined ? notFound(target.resource, target.name ?? "") : answer(200, object as never);
  if (request.method === "PUT") return updateObject(context);
  return request.method === "PATCH" ? patchObject(context) : methodNotAllowed();
}

/**
 * As the main door, with the rules of a resize (`strategy.ts`).
 * @rule kube.api.resize
 * @source kubernetes@1.35 pkg/registry/core/pod/storage/storage.go ResizeREST
 */
function resizeDoor(context: WriteContext, object: KubeObject | undefined): ApiResponse {
  const { request, target } = context;
  if (object === undefined) return notFound(target.resource, target.name ?? "");
  if (request.method === "GET") return answer(200, object as never);
  if (request.method === "PUT") return updateObject(context);
  return request.method === "PATCH" ? patchObject(context) : methodNotAllowed();
}

interface Scale {
  readonly spec?: { readonly replicas?: number };
  readonly metadata?: { readonly resourceVersion?: string };
}

function scaleOf(object: Deployment | ReplicaSet): KubeObject & Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: object.spec.replicas ?? 0 },
    status: { replicas: object.status?.replicas ?? 0, selector: formatLabelSelector(object.spec.selector) },
  } as KubeObject & Scale;
}

/** @rule kube.api.scale @source kubernetes@1.35 pkg/registry/apps/deployment/storage/storage.go ScaleREST */
function scaleDoor(context: WriteContext, object: Deployment | ReplicaSet | undefined): ApiResponse {
  const { request, query, target } = context;
  const { resource, name = "" } = target;
  if (object === undefined) return notFound(resource, name);
  const now = scaleOf(object);
  if (request.method === "GET") return answer(200, now as never);
  if (request.method !== "PUT" && request.method !== "PATCH") return methodNotAllowed();
  const dryRun = dryRunOf(query, request.method === "PUT" ? "UpdateOptions" : "PatchOptions");
  if (typeof dryRun !== "boolean") return dryRun;
  let wanted = request.body as Scale | undefined;
  if (request.method === "PATCH") {
    const result = patched(resource, now, request, query, name, false);
    if ("response" in result) return result.response;
    wanted = result.object as Scale;
  }
  const version = wanted?.metadata?.resourceVersion;
  if (version && version !== object.metadata.resourceVersion) return conflict(resource, name, MODIFIED);
  const replicas = wanted?.spec?.replicas ?? 0;
  if (replicas < 0)
    return invalid({ group: "autoscaling", kind: "Scale" }, name, [
      { reason: "FieldValueInvalid", message: `Invalid value: ${replicas}: must be greater than or equal to 0`, field: "spec.replicas" },
    ]);
  const next = { ...object, spec: { ...object.spec, replicas } };
  const response = writeNext(context, object, next as unknown as Json, dryRun);
  return response.code === 200 ? answer(200, scaleOf(response.body as unknown as Deployment) as never) : response;
}

/**
 * Assigns a Pod to a node and says so in its conditions.
 * @rule kube.api.bind
 * @source kubernetes@1.35 pkg/registry/core/pod/storage/storage.go BindingREST.setPodNodeAndMetadata, assignPod
 */
function bind(context: WriteContext, pod: Pod | undefined): ApiResponse {
  const { tx, request, query, target } = context;
  const binding = request.body as
    | { readonly target?: { readonly kind?: string; readonly name?: string }; readonly metadata?: { readonly uid?: string } }
    | undefined;
  const name = target.name ?? "";
  const dryRun = dryRunOf(query, "CreateOptions");
  if (typeof dryRun !== "boolean") return dryRun;
  const node = binding?.target?.name ?? "";
  if (node === "") return plainError("target.name: Required value");
  if (pod === undefined) return notFound(target.resource, name);
  const refuse = (why: string): ApiResponse => conflict({ ...target.resource, name: "pods/binding" }, name, why);
  if (binding?.metadata?.uid && binding.metadata.uid !== pod.metadata.uid)
    return conflict(
      target.resource,
      name,
      `Precondition failed: UID in precondition: ${binding.metadata.uid}, UID in object meta: ${pod.metadata.uid}`,
    );
  if (pod.metadata.deletionTimestamp !== undefined) return refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod.spec.nodeName) return refuse(`pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
  if ((pod.spec.schedulingGates?.length ?? 0) > 0) return refuse(`pod ${name} has non-empty .spec.schedulingGates`);
  if (!dryRun) commit(tx, "pods", keyOf(pod.metadata.namespace, name), assigned(pod, node, nowText(tx)));
  tx.fired("kube.api.bind", `pods/${pod.metadata.namespace}/${name}`);
  return answer(201, SUCCESS_CREATED);
}

function assigned(pod: Pod, nodeName: string, now: string): Pod {
  const conditions = pod.status?.conditions ?? [];
  const scheduled: Condition = {
    type: "PodScheduled",
    status: "True",
    lastProbeTime: null,
    lastTransitionTime: now,
    observedGeneration: pod.metadata.generation,
  };
  const others = conditions.filter((condition) => condition.type !== "PodScheduled");
  const status: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(pod.status ?? {})) status[name] = value;
  status["conditions"] = [...others, scheduled];
  return { ...pod, spec: { ...pod.spec, nodeName }, status: status as Pod["status"] };
}

/**
 * Not modelled yet: PodDisruptionBudgets (429 with their cause).
 * @rule kube.api.evict
 * @source kubernetes@1.35 pkg/registry/core/pod/storage/eviction.go EvictionREST.Create
 */
function evict(context: WriteContext, pod: Pod | undefined): ApiResponse {
  const { tx, request, query, target } = context;
  const eviction = request.body as { readonly metadata?: { readonly name?: string }; readonly deleteOptions?: Json } | undefined;
  const name = target.name ?? "";
  if (eviction?.metadata?.name !== undefined && eviction.metadata.name !== name)
    return badRequest(`name in URL does not match name in Eviction object: "${name}" != "${eviction.metadata.name}"`);
  if (pod === undefined) return notFound(target.resource, name);
  const options = deleteOptionsOf(eviction?.deleteOptions, query);
  if ("code" in options) return options;
  const disrupted = options.dry ? pod : withDisruption(context, pod);
  remove(tx, target.resource, disrupted, options, options.dry);
  return answer(201, SUCCESS_CREATED);
}

function withDisruption({ tx }: WriteContext, pod: Pod): Pod {
  const condition: Condition = {
    type: "DisruptionTarget",
    status: "True",
    reason: "EvictionByEvictionAPI",
    message: "Eviction API: evicting",
    lastProbeTime: null,
    lastTransitionTime: nowText(tx),
    observedGeneration: pod.metadata.generation,
  };
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== "DisruptionTarget");
  const next: Pod = { ...pod, status: { ...pod.status, conditions: [...others, condition] } };
  return commit(tx, "pods", keyOf(pod.metadata.namespace, pod.metadata.name), next) as Pod;
}

/** @rule kube.api.finalize-namespace @source kubernetes@1.35 pkg/registry/core/namespace/storage/storage.go FinalizeREST */
function finalize(context: WriteContext, namespace: Namespace | undefined): ApiResponse {
  const { request, target } = context;
  const body = request.body as Namespace | undefined;
  if (namespace === undefined) return notFound(target.resource, target.name ?? "");
  if (body?.metadata?.resourceVersion && body.metadata.resourceVersion !== namespace.metadata.resourceVersion)
    return conflict(target.resource, target.name ?? "", MODIFIED);
  const finalizers = body?.spec?.finalizers ?? [];
  const next: Namespace = { ...namespace, spec: { ...namespace.spec, finalizers: finalizers.length > 0 ? finalizers : undefined } };
  if (namespace.metadata.deletionTimestamp === undefined && finalizers.length === 0)
    return failure(422, "Invalid", `Namespace "${target.name}" cannot be finalized: it is not being deleted`);
  const key = keyOf(undefined, namespace.metadata.name);
  const written = commit(context.tx, "namespaces", key, next);
  const held = finalizers.length > 0 || (namespace.metadata.finalizers?.length ?? 0) > 0;
  if (namespace.metadata.deletionTimestamp !== undefined && !held) commit(context.tx, "namespaces", key, undefined);
  return answer(200, written as never);
}
