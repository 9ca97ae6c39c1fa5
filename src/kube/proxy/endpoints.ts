/** Which endpoints of a Service a node may send to. Lists keep the order of what is given. */
import type { EndpointSlice, StringMap } from "../apis/objects";

export interface ProxyEndpoint {
  /** `ip:port`. */
  readonly endpoint: string;
  readonly ip: string;
  readonly port: number;
  readonly isLocal: boolean;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly zoneHints: readonly string[];
  readonly nodeHints: readonly string[];
}

/** What of a Service's port these rules read. */
export interface PortPolicy {
  readonly internalPolicyLocal: boolean;
  readonly externalPolicyLocal: boolean;
  /** It can be reached from outside: node port, load balancer or external address. */
  readonly externallyAccessible: boolean;
}

export interface Categorized {
  /** Undefined when the Service never uses the Cluster policy. */
  readonly cluster?: readonly ProxyEndpoint[];
  /** Undefined when the Service never uses the Local policy. */
  readonly local?: readonly ProxyEndpoint[];
  readonly reachable: readonly ProxyEndpoint[];
  /** Whether there is any usable endpoint anywhere. */
  readonly hasAny: boolean;
}

type Topology = "" | "PreferSameZone" | "PreferSameNode";

/** @source kubernetes@1.35 pkg/proxy/topology.go topologyModeFromHints */
function topologyMode(endpoints: readonly ProxyEndpoint[], node: string, zone: string, preferSameNode: boolean): Topology {
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  if (ready.length === 0) return "";
  const nodesHinted = ready.every((endpoint) => endpoint.nodeHints.length > 0);
  if (preferSameNode && nodesHinted && ready.some((endpoint) => endpoint.nodeHints.includes(node))) return "PreferSameNode";
  const zonesHinted = ready.every((endpoint) => endpoint.zoneHints.length > 0);
  return zonesHinted && ready.some((endpoint) => endpoint.zoneHints.includes(zone)) ? "PreferSameZone" : "";
}

function available(endpoint: ProxyEndpoint, mode: Topology, node: string, zone: string): boolean {
  if (mode === "PreferSameNode") return endpoint.nodeHints.includes(node);
  return mode === "" || endpoint.zoneHints.includes(zone);
}

const leaving = (endpoint: ProxyEndpoint): boolean => endpoint.serving && endpoint.terminating;
const orLeaving = (ready: readonly ProxyEndpoint[], all: readonly ProxyEndpoint[]): readonly ProxyEndpoint[] =>
  ready.length > 0 ? ready : all.filter(leaving);

/**
 * Usable endpoints by traffic policy: the ready ones, near ones where hints say so; if there are none, those that terminate but still
 * serve, for each policy by itself.
 * @rule kube.proxy.categorize-endpoints
 * @source kubernetes@1.35 pkg/proxy/topology.go CategorizeEndpoints
 */
export function categorizeEndpoints(
  endpoints: readonly ProxyEndpoint[],
  policy: PortPolicy,
  node: string,
  nodeLabels: StringMap,
  preferSameNode = true,
): Categorized {
  if (endpoints.length === 0) return { reachable: [], hasAny: false };
  const usesCluster = !policy.internalPolicyLocal || policy.externallyAccessible;
  const usesLocal = policy.internalPolicyLocal || (policy.externalPolicyLocal && policy.externallyAccessible);
  const zone = nodeLabels["topology.kubernetes.io/zone"] ?? "";
  const mode = usesCluster ? topologyMode(endpoints, node, zone, preferSameNode) : "";
  const near = endpoints.filter((endpoint) => endpoint.ready && available(endpoint, mode, node, zone));
  const cluster = usesCluster ? orLeaving(near, endpoints) : undefined;
  if (!usesLocal) return { cluster, reachable: cluster ?? [], hasAny: (cluster ?? []).length > 0 };
  const here = endpoints.filter((endpoint) => endpoint.isLocal);
  const readyHere = here.filter((endpoint) => endpoint.ready);
  const local = orLeaving(readyHere, here);
  const hasAny = endpoints.some((endpoint) => endpoint.ready || leaving(endpoint));
  if (cluster === undefined) return { local, reachable: local, hasAny };
  const merged = new Map([...cluster, ...local].map((endpoint) => [endpoint.endpoint, endpoint]));
  return { cluster, local, reachable: [...merged.values()], hasAny };
}

const byText = (a: ProxyEndpoint, b: ProxyEndpoint): number => (a.endpoint < b.endpoint ? -1 : a.endpoint > b.endpoint ? 1 : 0);

/**
 * Endpoints by name of the Service's port, from its slices; an endpoint in several slices counts once, and as local if one says so.
 * A later slice of the same name replaces the earlier.
 * @rule kube.proxy.endpoints-of-slices
 * @source kubernetes@1.35 pkg/proxy/endpointslicecache.go endpointInfoByServicePort, addEndpoints
 */
export function endpointsOfSlices(slices: readonly EndpointSlice[], node: string): ReadonlyMap<string, readonly ProxyEndpoint[]> {
  const current = new Map(slices.map((slice) => [slice.metadata.name, slice]));
  const ports = new Map<string, Map<string, ProxyEndpoint>>();
  for (const slice of current.values()) {
    for (const port of slice.ports ?? []) {
      if (port.port === undefined || port.port === null) continue;
      const found = ports.get(port.name ?? "") ?? new Map<string, ProxyEndpoint>();
      ports.set(port.name ?? "", found);
      for (const given of slice.endpoints ?? []) {
        const ip = given.addresses[0];
        if (ip === undefined) continue;
        const endpoint = endpointOf(given, ip, port.port, node);
        if (!found.has(endpoint.endpoint) || endpoint.isLocal) found.set(endpoint.endpoint, endpoint);
      }
    }
  }
  return new Map([...ports].filter(([, found]) => found.size > 0).map(([name, found]) => [name, [...found.values()].sort(byText)]));
}

function endpointOf(given: NonNullable<EndpointSlice["endpoints"]>[number], ip: string, port: number, node: string): ProxyEndpoint {
  const hints = given.hints as
    | { readonly forZones?: readonly { readonly name: string }[]; readonly forNodes?: readonly { readonly name: string }[] }
    | undefined;
  return {
    endpoint: `${ip.includes(":") ? `[${ip}]` : ip}:${port}`,
    ip,
    port,
    isLocal: node !== "" && given.nodeName === node,
    ready: given.conditions?.ready ?? true,
    serving: given.conditions?.serving ?? true,
    terminating: given.conditions?.terminating ?? false,
    zoneHints: (hints?.forZones ?? []).map((hint) => hint.name),
    nodeHints: (hints?.forNodes ?? []).map((hint) => hint.name),
  };
}
