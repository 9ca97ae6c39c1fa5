/**
 * The resources this API server serves, as discovery lists them.
 * @source kubernetes@1.35 api discovery of a running kube-apiserver (fixtures/vectors/k8s/discovery.json)
 * Not modelled, and left out of discovery: `pods/ephemeralcontainers` (the hollow kubelet has none), `proxy` of Nodes, Pods and Services.
 */
export interface ResourceInfo {
  /** Plural, as in paths: `pods`. Unique among the resources served; the name of the store's table is `etcd.pods`. */
  readonly name: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources: readonly string[];
}

const row = (
  name: string,
  group: string,
  kind: string,
  namespaced: boolean,
  shortNames: readonly string[],
  subresources: readonly string[],
  all = false,
): ResourceInfo => ({
  name,
  group,
  version: "v1",
  kind,
  singular: kind.toLowerCase(),
  namespaced,
  shortNames,
  subresources,
  ...(all ? { categories: ["all"] } : {}),
});

export const RESOURCES: readonly ResourceInfo[] = [
  row("configmaps", "", "ConfigMap", true, ["cm"], []),
  row("events", "", "Event", true, ["ev"], []),
  row("namespaces", "", "Namespace", false, ["ns"], ["status", "finalize"]),
  row("nodes", "", "Node", false, ["no"], ["status"]),
  row("pods", "", "Pod", true, ["po"], ["status", "binding", "eviction", "log", "exec", "attach", "portforward", "resize"], true),
  row("secrets", "", "Secret", true, [], []),
  row("serviceaccounts", "", "ServiceAccount", true, ["sa"], ["token"]),
  row("services", "", "Service", true, ["svc"], ["status"], true),
  row("deployments", "apps", "Deployment", true, ["deploy"], ["status", "scale"], true),
  row("replicasets", "apps", "ReplicaSet", true, ["rs"], ["status", "scale"], true),
  row("leases", "coordination.k8s.io", "Lease", true, [], []),
  row("endpointslices", "discovery.k8s.io", "EndpointSlice", true, [], []),
  row("priorityclasses", "scheduling.k8s.io", "PriorityClass", false, ["pc"], []),
];

const byName = new Map(RESOURCES.map((resource) => [resource.name, resource]));
const byKind = new Map(RESOURCES.map((resource) => [`${resource.group}/${resource.kind}`, resource]));

export const apiVersionOf = (resource: ResourceInfo): string => (resource.group === "" ? resource.version : `${resource.group}/${resource.version}`);
export const resourceNamed = (name: string): ResourceInfo | undefined => byName.get(name);
export const resourceOfKind = (apiVersion: string, kind: string): ResourceInfo | undefined =>
  byKind.get(`${apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : ""}/${kind}`);

/** The collection's path, or the object's when a name is given. */
export function pathOf(resource: ResourceInfo, namespace: string | undefined, name?: string, subresource?: string): string {
  const root = resource.group === "" ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const scope = resource.namespaced && namespace !== undefined && namespace !== "" ? `/namespaces/${namespace}` : "";
  return `${root}${scope}/${resource.name}${name === undefined ? "" : `/${name}`}${subresource === undefined ? "" : `/${subresource}`}`;
}
