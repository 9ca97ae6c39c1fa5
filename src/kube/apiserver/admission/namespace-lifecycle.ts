/** Nothing new in a namespace that is missing or on its way out. */
import type { ResourceInfo } from "../../apis/resources";
import type { ApiResponse } from "../door";
import { detailsOf, failure } from "../status";
import type { StrategyContext } from "../strategy-context";

/**
 * @rule kube.admission.namespace-lifecycle
 * @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go Admit
 */
export function admitNamespace(resource: ResourceInfo, name: string, context: StrategyContext): ApiResponse | undefined {
  const { namespace } = context;
  if (!resource.namespaced || namespace === undefined || namespace === "") return undefined;
  const state = context.namespaceState(namespace);
  if (state === "Active") return undefined;
  if (state === undefined) return failure(404, "NotFound", `namespaces "${namespace}" not found`, { name: namespace, kind: "namespaces" });
  const shown = resource.group === "" ? resource.name : `${resource.name}.${resource.group}`;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const cause = { reason: "NamespaceTerminating", message: `namespace ${namespace} is being terminated`, field: "metadata.namespace" };
  return failure(403, "Forbidden", `${shown} "${name}" is forbidden: ${why}`, { ...detailsOf(resource, name), causes: [cause] });
}
