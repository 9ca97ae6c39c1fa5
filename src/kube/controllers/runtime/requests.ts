/** Requests that controllers send, in one line each. */
import type { Json } from "../../../sim/types";
import type { ApiRequest } from "../../apiserver/door";
import type { KubeObject, OwnerReference } from "../../apis/objects";
import { pathOf, resourceNamed } from "../../apis/resources";

export function pathFor(resource: string, namespace: string | undefined, name?: string, subresource?: string): string {
  const info = resourceNamed(resource);
  if (info === undefined) throw new Error(`no resource ${resource}`);
  return pathOf(info, namespace, name, subresource);
}

const place = (resource: string, { metadata }: KubeObject, subresource?: string): string =>
  pathFor(resource, metadata.namespace, metadata.name, subresource);
const json = (object: KubeObject): Json => object as unknown as Json;

export const createRequest = (user: string, resource: string, namespace: string | undefined, body: Json): ApiRequest => ({
  method: "POST",
  path: pathFor(resource, namespace),
  body,
  user,
});
export const updateRequest = (user: string, resource: string, object: KubeObject): ApiRequest => ({
  method: "PUT",
  path: place(resource, object),
  body: json(object),
  user,
});
export const updateStatusRequest = (user: string, resource: string, object: KubeObject): ApiRequest => ({
  method: "PUT",
  path: place(resource, object, "status"),
  body: json(object),
  user,
});
export const deleteRequest = (user: string, resource: string, object: KubeObject, body?: Json): ApiRequest => ({
  method: "DELETE",
  path: place(resource, object),
  ...(body === undefined ? {} : { body }),
  user,
});
export const patchRequest = (user: string, resource: string, object: KubeObject, body: Json, subresource?: string): ApiRequest => ({
  method: "PATCH",
  path: place(resource, object, subresource),
  contentType: "application/strategic-merge-patch+json",
  body,
  user,
});

/** @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/controller_ref.go NewControllerRef */
export const controllerRef = ({ apiVersion, kind, metadata }: KubeObject): OwnerReference => ({
  apiVersion,
  kind,
  name: metadata.name,
  uid: metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
});

/** @source kubernetes@1.35 pkg/controller/controller_ref_manager.go AdoptPod */
export const adoptRequest = (user: string, resource: string, owner: KubeObject, object: KubeObject): ApiRequest =>
  patchRequest(user, resource, object, { metadata: { ownerReferences: [controllerRef(owner) as unknown as Json], uid: object.metadata.uid } });

/** @source kubernetes@1.35 pkg/controller/controller_ref_manager.go ReleasePod */
export const releaseRequest = (user: string, resource: string, owner: KubeObject, object: KubeObject): ApiRequest =>
  patchRequest(user, resource, object, { metadata: { ownerReferences: [{ $patch: "delete", uid: owner.metadata.uid }], uid: object.metadata.uid } });
