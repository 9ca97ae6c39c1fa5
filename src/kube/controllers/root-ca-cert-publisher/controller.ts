/**
 * `root-ca-certificate-publisher-controller/main`: a ConfigMap `kube-root-ca.crt` in every active namespace, from which Pods know the API
 * server's authority.
 *
 * @source kubernetes@1.35 pkg/controller/certificates/rootcacertpublisher/publisher.go
 */
import type { ConfigMap, Namespace } from "../../apis/objects";
import type { WatchChange } from "../../client/types";
import { controllerActor, NAMESPACE_TERMINATING } from "../runtime/actor";
import { createRequest, updateRequest } from "../runtime/requests";
import { type Context, NOTHING, type Plan, type Reconciler } from "../runtime/types";
import { ROOT_CA } from "./certificate";

const NAME = "root-ca-certificate-publisher-controller";
const CONFIG_MAP = "kube-root-ca.crt";
const ANNOTATION = "kubernetes.io/description";
const DESCRIPTION =
  "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.";

/** A namespace that came or is active, and one whose ConfigMap changed or went away. */
function keysFor({ resource, type, object }: WatchChange): readonly string[] {
  if (resource === "configmaps") return type !== "ADDED" && object.metadata.name === CONFIG_MAP ? [object.metadata.namespace ?? ""] : [];
  const active = type === "ADDED" || (object as Namespace).status?.phase === "Active";
  return type !== "DELETED" && active ? [object.metadata.name] : [];
}

const isCurrent = ({ data, metadata }: ConfigMap): boolean =>
  data?.["ca.crt"] === ROOT_CA && Object.keys(data).length === 1 && (metadata.annotations?.[ANNOTATION] ?? "") !== "";

/**
 * Made when it is missing, and put right when somebody changed it.
 * @rule kube.root-ca.publish
 * @source kubernetes@1.35 pkg/controller/certificates/rootcacertpublisher/publisher.go syncNamespace
 */
export function publishRootCa(name: string, { tx, cache }: Context): Plan {
  const found = cache.get<ConfigMap>("configmaps", name, CONFIG_MAP);
  if (found !== undefined && isCurrent(found)) return NOTHING;
  tx.fired("kube.root-ca.publish", name);
  const data = { "ca.crt": ROOT_CA };
  if (found !== undefined) {
    const annotations = { ...found.metadata.annotations, [ANNOTATION]: DESCRIPTION };
    return { calls: [{ request: updateRequest(NAME, "configmaps", { ...found, data, metadata: { ...found.metadata, annotations } } as ConfigMap) }] };
  }
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: CONFIG_MAP, annotations: { [ANNOTATION]: DESCRIPTION } }, data };
  return { calls: [{ request: createRequest(NAME, "configmaps", name, body), tolerate: [404], tolerateCause: NAMESPACE_TERMINATING }] };
}

export const rootCaReconciler: Reconciler = {
  name: NAME,
  watches: [{ resource: "namespaces" }, { resource: "configmaps", relaxed: true }],
  keysFor,
  reconcile: publishRootCa,
};

export const rootCaPublisher = controllerActor(rootCaReconciler);
