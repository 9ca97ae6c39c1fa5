/** Where the kinds' own rules (decoding, defaults, validation, admission) meet the generic registry. */
import type { Json, Tx } from "../../sim/types";
import { sameJson } from "../apis/equality";
import type { KubeObject } from "../apis/objects";
import type { ResourceInfo } from "../apis/resources";
import type { ApiResponse } from "./door";

export type Admitted = { readonly object: KubeObject; readonly warnings?: readonly string[] } | ApiResponse;
type Query = Readonly<Record<string, string>>;

export function admitCreate(
  _tx: Tx,
  resource: ResourceInfo,
  body: Json | undefined,
  namespace: string | undefined,
  _query: Query,
  _dryRun: boolean,
): Admitted {
  const given = body as unknown as KubeObject;
  const generation = resource.name === "deployments" || resource.name === "replicasets" || resource.name === "pods" ? { generation: 1 } : {};
  return { object: { ...given, metadata: { ...given.metadata, ...(resource.namespaced ? { namespace } : {}), ...generation } } };
}

export function admitUpdate(
  _tx: Tx,
  _resource: ResourceInfo,
  body: Json | undefined,
  previous: KubeObject,
  subresource: string | undefined,
  _query: Query,
  _decoded: boolean,
): Admitted {
  const next = body as unknown as KubeObject & { readonly spec?: Json; readonly status?: Json };
  const before = previous as KubeObject & { readonly spec?: Json; readonly status?: Json };
  const { uid, resourceVersion, creationTimestamp, generation, deletionTimestamp, deletionGracePeriodSeconds } = previous.metadata;
  const fixed = { uid, resourceVersion, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds };
  if (subresource === "status") {
    const object = {
      ...before,
      metadata: { ...next.metadata, ...fixed, generation, ownerReferences: previous.metadata.ownerReferences },
      status: next.status,
    };
    return { object: object as KubeObject };
  }
  const moved = generation !== undefined && !sameJson(next.spec, before.spec);
  const status = before.status === undefined ? {} : { status: before.status };
  return { object: { ...next, metadata: { ...next.metadata, ...fixed, generation: moved ? generation + 1 : generation }, ...status } as KubeObject };
}
