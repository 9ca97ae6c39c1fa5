/**
 * Kinds a Kubernetes 1.35 server has and this one does not: an object of one, asked for by name, is not found, as on a cluster that has
 * none. They are in no discovery document, so tools say that the server does not have the type.
 */
import type { ResourceInfo } from "../apis/resources";
import type { ApiRequest, ApiResponse } from "./door";
import { noSuchResource, notFound } from "./status";

const UNBUILT: Readonly<Record<string, string>> = {
  "/api/v1": "endpoints limitranges persistentvolumes* persistentvolumeclaims podtemplates replicationcontrollers resourcequotas",
  "/apis/apps/v1": "controllerrevisions daemonsets statefulsets",
  "/apis/autoscaling/v1": "horizontalpodautoscalers",
  "/apis/autoscaling/v2": "horizontalpodautoscalers",
  "/apis/batch/v1": "cronjobs jobs",
  "/apis/certificates.k8s.io/v1": "certificatesigningrequests*",
  "/apis/networking.k8s.io/v1": "ingresses ingressclasses* ipaddresses* networkpolicies servicecidrs*",
  "/apis/node.k8s.io/v1": "runtimeclasses*",
  "/apis/policy/v1": "poddisruptionbudgets",
  "/apis/rbac.authorization.k8s.io/v1": "clusterroles* clusterrolebindings* roles rolebindings",
  "/apis/storage.k8s.io/v1": "csidrivers* csinodes* csistoragecapacities storageclasses* volumeattachments* volumeattributesclasses*",
};

const JOB_WARNING =
  "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning";

/** @rule kube.api.unbuilt */
export function unbuiltAnswer(request: ApiRequest, path: string, query: Readonly<Record<string, string>>): ApiResponse {
  for (const [root, names] of Object.entries(UNBUILT)) {
    if (!path.startsWith(`${root}/`)) continue;
    const match = /^(?:\/namespaces\/([^/]+))?\/([^/]+)\/([^/]+)/.exec(path.slice(root.length));
    const [, namespace, name = "", object = ""] = match ?? [];
    const cluster = names.split(" ").includes(`${name}*`);
    if (!cluster && !names.split(" ").includes(name)) continue;
    if (cluster === (namespace !== undefined) || request.method === "POST") return noSuchResource();
    const group = root.startsWith("/apis/") ? (root.split("/")[2] ?? "") : "";
    const resource: ResourceInfo = { name, group, version: "v1", kind: "", singular: "", namespaced: !cluster, shortNames: [], subresources: [] };
    const answer = notFound(resource, object);
    const warn = name === "jobs" && request.method === "DELETE" && query["propagationPolicy"] === undefined && request.body === undefined;
    return warn ? { ...answer, warnings: [JOB_WARNING] } : answer;
  }
  return noSuchResource();
}
