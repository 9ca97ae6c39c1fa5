/**
 * DELETE of an object or a collection: grace periods, finalizers, propagation.
 * @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go Delete; registry/rest/delete.go BeforeDelete
 */
import { seconds } from "../../sim/time";
import type { Tx } from "../../sim/types";
import type { KubeObject, Pod } from "../apis/objects";
import type { ResourceInfo } from "../apis/resources";
import { parseTime, rfc3339 } from "../apis/time";
import type { ApiResponse } from "./door";
import { nowText } from "./identity";
import { type DeleteOptions, deleteOptionsOf } from "./options";
import { candidates, listBody } from "./reads";
import { parseSelection, selects } from "./selection";
import { answer, failure, forbidden, notFound } from "./status";
import { commit, keyOf, revisionOf, stored } from "./storage/store";
import type { WriteContext } from "./writes";

export const ORPHAN_FINALIZER = "orphan";
export const FOREGROUND_FINALIZER = "foregroundDeletion";
const IMMORTAL = ["default", "kube-system", "kube-public"];
/** Kinds whose DELETE answers with the object; the others answer with a Status. */
const RETURNED = ["pods", "services", "serviceaccounts"];

export function deleteObject({ tx, request, query, target }: WriteContext): ApiResponse {
  const options = deleteOptionsOf(request.body, query);
  if ("code" in options) return options;
  const name = target.name ?? "";
  if (target.resource.name === "namespaces" && IMMORTAL.includes(name)) return forbidden(target.resource, name, "this namespace may not be deleted");
  const row = stored(tx, target.resource.name, keyOf(target.namespace, name));
  if (row === undefined) return notFound(target.resource, name);
  const wrong = checkPreconditions(row.object, options);
  if (wrong !== undefined) return wrong;
  const result = remove(tx, target.resource, row.object, options, options.dry);
  if (!result.removed || RETURNED.includes(target.resource.name)) return answer(200, result.object as never);
  const { resource } = target;
  const details = { name, ...(resource.group === "" ? {} : { group: resource.group }), kind: resource.name, uid: row.object.metadata.uid };
  return answer(200, { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details });
}

export function deleteCollection({ tx, request, query, target }: WriteContext): ApiResponse {
  const options = deleteOptionsOf(request.body, query);
  if ("code" in options) return options;
  const selection = parseSelection(target.resource, query);
  if ("code" in selection) return selection;
  const rows = candidates(tx, target.resource, target.namespace, selection).filter((row) => selects(selection, target.resource, row.object));
  const objects = rows.map((row) => row.object);
  for (const object of objects) remove(tx, target.resource, object, options, options.dry);
  return answer(200, listBody(target.resource, objects, { resourceVersion: String(revisionOf(tx)) }));
}

/** The kind stands where the resource belongs: these words are the real ones. */
function checkPreconditions(object: KubeObject, { preconditions }: DeleteOptions): ApiResponse | undefined {
  const { name, uid, resourceVersion } = object.metadata;
  const refuse = (why: string): ApiResponse =>
    failure(409, "Conflict", `Operation cannot be fulfilled on ${object.kind} "${name}": ${why}`, { name, kind: object.kind });
  if (preconditions?.uid && preconditions.uid !== uid)
    return refuse(
      `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
  if (preconditions?.resourceVersion && preconditions.resourceVersion !== resourceVersion)
    return refuse(
      `the ResourceVersion in the precondition (${preconditions.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    );
  return undefined;
}

/**
 * How long a Pod is given: what is asked for, else what it says, and nothing where no kubelet has to stop anything.
 * @rule kube.pod.deletion-grace
 * @source kubernetes@1.35 pkg/registry/core/pod/strategy.go CheckGracefulDelete
 */
export function podGrace(pod: Pod, asked: number | undefined): number {
  let period = asked ?? pod.spec.terminationGracePeriodSeconds ?? 30;
  const phase = pod.status?.phase;
  if (!pod.spec.nodeName || phase === "Failed" || phase === "Succeeded") period = 0;
  return period < 0 ? 1 : period;
}

/**
 * The finalizers a propagation policy puts on or takes off.
 * @rule kube.api.deletion-finalizers
 * @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go deletionFinalizersForGarbageCollection
 */
export function finalizersFor(object: KubeObject, options: DeleteOptions): readonly string[] {
  const held = object.metadata.finalizers ?? [];
  const policy = options.propagationPolicy;
  const decided = options.orphanDependents !== undefined || policy !== undefined;
  const orphan = decided ? options.orphanDependents === true || policy === "Orphan" : held.includes(ORPHAN_FINALIZER);
  const foreground = decided ? policy === "Foreground" : held.includes(FOREGROUND_FINALIZER);
  const rest = held.filter((finalizer) => finalizer !== ORPHAN_FINALIZER && finalizer !== FOREGROUND_FINALIZER);
  return [...rest, ...(orphan ? [ORPHAN_FINALIZER] : []), ...(foreground ? [FOREGROUND_FINALIZER] : [])];
}

export interface Removal {
  /** The object's last state. */
  readonly object: KubeObject;
  readonly removed: boolean;
}

/** A Pod that is already being deleted may only be given less time. */
function pendingGrace(object: KubeObject, asked: number | undefined): "pending" | "shorter" | "over" | undefined {
  const { deletionTimestamp, deletionGracePeriodSeconds } = object.metadata;
  if (deletionTimestamp === undefined) return undefined;
  if (!deletionGracePeriodSeconds) return "over";
  return asked === undefined || asked >= deletionGracePeriodSeconds ? "pending" : "shorter";
}

/** Deletes or marks. */
export function remove(tx: Tx, resource: ResourceInfo, object: KubeObject, options: DeleteOptions, dry: boolean): Removal {
  const { metadata } = object;
  const pods = resource.name === "pods";
  const pending = pods ? pendingGrace(object, options.gracePeriodSeconds) : undefined;
  if (pending === "pending") return { object, removed: false };
  const grace =
    !pods || pending === "over" ? 0 : pending === "shorter" ? (options.gracePeriodSeconds ?? 0) : podGrace(object as Pod, options.gracePeriodSeconds);
  const finalizers = finalizersFor(object, options);
  const held = finalizers.length > 0 || (resource.name === "namespaces" && namespaceHeld(object));
  const key = keyOf(metadata.namespace, metadata.name);
  if (grace === 0 && !held) {
    tx.fired("kube.api.delete", `${resource.name}/${key}`);
    return { object: dry ? object : commit(tx, resource.name, key, undefined), removed: true };
  }
  const next = marked(tx, object, grace, finalizers);
  if (next === object || dry) return { object: next, removed: false };
  return { object: commit(tx, resource.name, key, next), removed: false };
}

const namespaceHeld = (object: KubeObject): boolean =>
  ((object as { readonly spec?: { readonly finalizers?: readonly string[] } }).spec?.finalizers?.length ?? 0) > 0;

/** The object with its deletion noted; the same object when an earlier deletion already says as much. */
function marked(tx: Tx, object: KubeObject, grace: number, finalizers: readonly string[]): KubeObject {
  const { metadata } = object;
  const sameFinalizers = (metadata.finalizers ?? []).join(" ") === finalizers.join(" ");
  const keep = finalizers.length > 0 ? { finalizers } : { finalizers: undefined };
  if (metadata.deletionTimestamp !== undefined) {
    const before = metadata.deletionGracePeriodSeconds ?? 0;
    if (grace >= before && sameFinalizers) return object;
    const until = (parseTime(metadata.deletionTimestamp) ?? tx.now) - seconds(before) + seconds(grace);
    const shorter = grace < before ? { deletionGracePeriodSeconds: grace, deletionTimestamp: rfc3339(until) } : {};
    return { ...object, metadata: { ...metadata, ...keep, ...shorter } };
  }
  const generation = metadata.generation === undefined ? {} : { generation: metadata.generation + 1 };
  const deletionTimestamp = grace > 0 ? rfc3339(tx.now + seconds(grace)) : nowText(tx);
  const next: KubeObject = { ...object, metadata: { ...metadata, ...generation, ...keep, deletionTimestamp, deletionGracePeriodSeconds: grace } };
  if (object.kind !== "Namespace") return next;
  return { ...next, status: { ...(object as { status?: object }).status, phase: "Terminating" } } as KubeObject;
}
