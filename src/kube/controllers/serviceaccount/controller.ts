/**
 * `serviceaccount-controller/main`: every active namespace has an account `default`, which Pods run as that name no other.
 *
 * @source kubernetes@1.35 pkg/controller/serviceaccount/serviceaccounts_controller.go
 * Not modelled: the controllers of tokens kept in Secrets.
 */
import type { Namespace } from "../../apis/objects";
import type { WatchChange } from "../../client/types";
import { controllerActor, NAMESPACE_TERMINATING } from "../runtime/actor";
import { createRequest } from "../runtime/requests";
import { type Context, NOTHING, type Plan, type Reconciler } from "../runtime/types";

const NAME = "serviceaccount-controller";
const DEFAULT = "default";

/** A namespace that came or changed, and one whose account went away. */
function keysFor({ resource, type, object }: WatchChange): readonly string[] {
  if (resource === "namespaces") return type === "DELETED" ? [] : [object.metadata.name];
  return type === "DELETED" ? [object.metadata.namespace ?? ""] : [];
}

/**
 * @rule kube.serviceaccount.default
 * @source kubernetes@1.35 pkg/controller/serviceaccount/serviceaccounts_controller.go syncNamespace
 */
export function ensureDefaultAccount(name: string, { tx, cache }: Context): Plan {
  const namespace = cache.get<Namespace>("namespaces", "", name);
  if (namespace?.status?.phase !== "Active" || cache.get("serviceaccounts", name, DEFAULT) !== undefined) return NOTHING;
  tx.fired("kube.serviceaccount.default", name);
  const body = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: DEFAULT } };
  return { calls: [{ request: createRequest(NAME, "serviceaccounts", name, body), tolerate: [409], tolerateCause: NAMESPACE_TERMINATING }] };
}

export const serviceAccountReconciler: Reconciler = {
  name: NAME,
  watches: [{ resource: "namespaces" }, { resource: "serviceaccounts", relaxed: true }],
  keysFor,
  reconcile: ensureDefaultAccount,
};

export const serviceAccountController = controllerActor(serviceAccountReconciler);
