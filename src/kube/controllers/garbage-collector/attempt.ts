/**
 * What the garbage collector does about one object whose owners may be gone, or which waits for its dependents.
 * @source kubernetes@1.35 pkg/controller/garbagecollector/garbagecollector.go attemptToDeleteItem, processDeletingDependentsItem, orphanDependents
 */
import type { Json } from "../../../sim/types";
import type { KubeObject, OwnerReference } from "../../apis/objects";
import { pathOf, type ResourceInfo, resourceOfKind } from "../../apis/resources";
import type { ApiRequest } from "../../apiserver/door";

export const ORPHAN = "orphan";
export const FOREGROUND = "foregroundDeletion";

export interface Item {
  readonly resource: ResourceInfo;
  readonly object: KubeObject;
}
/** The live state of the cluster, as the collector looks it up before it acts. */
export interface Lookup {
  get(resource: ResourceInfo, namespace: string | undefined, name: string): KubeObject | undefined;
  dependentsOf(uid: string): readonly Item[];
}
export interface Attempt {
  readonly requests: readonly ApiRequest[];
  /** Dependents to look at next. */
  readonly next: readonly Item[];
}
const NOTHING: Attempt = { requests: [], next: [] };

const held = (object: KubeObject, finalizer: string): boolean => object.metadata.finalizers?.includes(finalizer) === true;
export const isDeletingDependents = (object: KubeObject): boolean => object.metadata.deletionTimestamp !== undefined && held(object, FOREGROUND);
export const isOrphaning = (object: KubeObject): boolean => object.metadata.deletionTimestamp !== undefined && held(object, ORPHAN);
const pathOfItem = ({ resource, object }: Item): string => pathOf(resource, object.metadata.namespace, object.metadata.name);

type OwnerState = "solid" | "dangling" | "waiting";

/** An owner is dangling when it is gone or its name belongs to another object by now. Kinds we do not serve are left alone. */
export function ownerState(owner: OwnerReference, namespace: string | undefined, lookup: Lookup): OwnerState {
  const resource = resourceOfKind(owner.apiVersion, owner.kind);
  if (resource === undefined) return "solid";
  const object = lookup.get(resource, resource.namespaced ? namespace : undefined, owner.name);
  if (object === undefined || object.metadata.uid !== owner.uid) return "dangling";
  return isDeletingDependents(object) ? "waiting" : "solid";
}

function deletion(item: Item, propagationPolicy: string): ApiRequest {
  const { uid, resourceVersion, ownerReferences } = item.object.metadata;
  // With owners the resourceVersion guards against an adoption in between.
  const preconditions = ownerReferences === undefined ? { uid } : { uid, resourceVersion };
  return { method: "DELETE", path: pathOfItem(item), body: { propagationPolicy, preconditions }, user: "garbage-collector" };
}

const strategic = (item: Item, body: Json): ApiRequest => ({
  method: "PATCH",
  path: pathOfItem(item),
  contentType: "application/strategic-merge-patch+json",
  body,
  user: "garbage-collector",
});
const withoutOwners = (item: Item, uids: readonly string[]): ApiRequest =>
  strategic(item, { metadata: { ownerReferences: uids.map((uid) => ({ $patch: "delete", uid })), uid: item.object.metadata.uid } });

function withoutFinalizer(item: Item, finalizer: string): ApiRequest {
  const { finalizers = [], resourceVersion } = item.object.metadata;
  const left = finalizers.filter((name) => name !== finalizer);
  return {
    method: "PATCH",
    path: pathOfItem(item),
    contentType: "application/merge-patch+json",
    body: { metadata: { finalizers: left.length > 0 ? left : null, resourceVersion } },
    user: "garbage-collector",
  };
}

const blocks = (item: Item, uid: string): boolean =>
  item.object.metadata.ownerReferences?.some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true) === true;

/**
 * An owner that is deleted in the foreground waits for the dependents that block it, and goes when there are none.
 * @rule kube.gc.foreground
 */
export function waitForDependents(item: Item, lookup: Lookup): Attempt {
  const { uid } = item.object.metadata;
  const blocking = lookup.dependentsOf(uid).filter((dependent) => blocks(dependent, uid));
  if (blocking.length === 0) return { requests: [withoutFinalizer(item, FOREGROUND)], next: [] };
  return { requests: [], next: blocking.filter((dependent) => !isDeletingDependents(dependent.object)) };
}

/**
 * Dependents lose their reference before the owner goes.
 * @rule kube.gc.orphan
 */
export function orphanDependents(item: Item, lookup: Lookup): Attempt {
  const { uid } = item.object.metadata;
  const patches = lookup.dependentsOf(uid).map((dependent) => withoutOwners(dependent, [uid]));
  return { requests: patches.length > 0 ? patches : [withoutFinalizer(item, ORPHAN)], next: [] };
}

/**
 * @rule kube.gc.attempt
 */
export function attemptToDelete(item: Item, lookup: Lookup): Attempt {
  const { object } = item;
  const { metadata } = object;
  const deleting = isDeletingDependents(object);
  if (metadata.deletionTimestamp !== undefined && !deleting) return NOTHING;
  if (deleting) return waitForDependents(item, lookup);
  const owners = metadata.ownerReferences ?? [];
  if (owners.length === 0) return NOTHING;
  const states = owners.map((owner) => ({ uid: owner.uid, state: ownerState(owner, metadata.namespace, lookup) }));
  const gone = states.filter(({ state }) => state !== "solid").map(({ uid }) => uid);
  if (gone.length < states.length) return gone.length === 0 ? NOTHING : { requests: [withoutOwners(item, gone)], next: [] };
  const dependents = lookup.dependentsOf(metadata.uid);
  if (states.some(({ state }) => state === "waiting") && dependents.length > 0) return foregroundDeletion(item, dependents);
  const policy = held(object, ORPHAN) ? "Orphan" : held(object, FOREGROUND) ? "Foreground" : "Background";
  return { requests: [deletion(item, policy)], next: [] };
}

/** Dependents of a dependent: it too is deleted in the foreground. A cycle is broken by no longer blocking the owner. */
function foregroundDeletion(item: Item, dependents: readonly Item[]): Attempt {
  const remove = deletion(item, "Foreground");
  if (!dependents.some((dependent) => isDeletingDependents(dependent.object))) return { requests: [remove], next: [] };
  const owners = (item.object.metadata.ownerReferences ?? []).map((owner) => ({
    ...owner,
    blockOwnerDeletion: owner.blockOwnerDeletion === true ? false : owner.blockOwnerDeletion,
  }));
  const { resourceVersion: _, ...rest } = remove.body as { readonly resourceVersion?: string };
  const unguarded: ApiRequest = { ...remove, body: { ...rest, preconditions: { uid: item.object.metadata.uid } } };
  return { requests: [strategic(item, { metadata: { ownerReferences: owners as unknown as Json } }), unguarded], next: [] };
}
