/** A Pod as an endpoint of a Service: address, conditions, ports. */
import { isPodReady, isPodTerminal } from "../../apis/pod-availability";
import type { Container, Endpoint, EndpointSlice, IntOrString, NodeObject, Pod, Service, ServicePort, StringMap } from "../../apis/objects";

export type AddressType = "IPv4" | "IPv6";
export type EndpointPort = NonNullable<EndpointSlice["ports"]>[number];

const ZONE = "topology.kubernetes.io/zone";
const isIPv6 = (address: string): boolean => address.includes(":");

/**
 * The families a Service has endpoints in: those in its spec; else that of its cluster IP; else (headless, not yet defaulted) both.
 * @rule kube.endpointslice.address-types
 * @source kubernetes@1.35 staging/src/k8s.io/endpointslice/utils.go getAddressTypesForService
 */
export function addressTypesOf(service: Service): readonly AddressType[] {
  const families = (service.spec.ipFamilies ?? []).filter((family): family is AddressType => family === "IPv4" || family === "IPv6");
  if (families.length > 0) return [...new Set(families)];
  const { clusterIP } = service.spec;
  if (clusterIP !== undefined && clusterIP !== "" && clusterIP !== "None") return [isIPv6(clusterIP) ? "IPv6" : "IPv4"];
  return ["IPv4", "IPv6"];
}

/**
 * Not ready Pods and Pods that are going stay in; finished Pods and Pods without address do not.
 * @rule kube.endpointslice.should-be-in
 * @source kubernetes@1.35 staging/src/k8s.io/endpointslice/util/controller_utils.go ShouldPodBeInEndpoints
 */
export const shouldPodBeInEndpoints = (pod: Pod): boolean =>
  !isPodTerminal(pod) && (Boolean(pod.status?.podIP) || (pod.status?.podIPs ?? []).length > 0);

/** @source kubernetes@1.35 staging/src/k8s.io/endpointslice/utils.go getEndpointAddresses */
function addressesOf(pod: Pod, type: AddressType): readonly string[] {
  return (pod.status?.podIPs ?? []).map(({ ip }) => ip).filter((ip) => isIPv6(ip) === (type === "IPv6"));
}

/**
 * `serving` is the Pod's readiness; `ready` also wants it not to be going, unless the Service publishes not ready addresses.
 * @rule kube.endpointslice.endpoint
 * @source kubernetes@1.35 staging/src/k8s.io/endpointslice/utils.go podToEndpoint
 */
export function podToEndpoint(pod: Pod, node: NodeObject | undefined | null, service: Service, type: AddressType): Endpoint {
  const serving = isPodReady(pod);
  const terminating = Boolean(pod.metadata.deletionTimestamp);
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating);
  const { hostname, subdomain, nodeName } = pod.spec;
  const named = Boolean(hostname) && subdomain === service.metadata.name && pod.metadata.namespace === service.metadata.namespace;
  const zone = node?.metadata.labels?.[ZONE];
  const { namespace, name, uid } = pod.metadata;
  return {
    addresses: addressesOf(pod, type),
    conditions: { ready, serving, terminating },
    ...(named ? { hostname } : {}),
    ...(nodeName ? { nodeName } : {}),
    targetRef: { kind: "Pod", namespace, name, ...(uid ? { uid } : {}) },
    ...(zone ? { zone } : {}),
  };
}

/**
 * The number of a target port: itself, or the container port of that name and protocol; sidecars are looked at last.
 * @rule kube.endpointslice.find-port
 * @source kubernetes@1.35 staging/src/k8s.io/endpointslice/utils.go findPort
 */
export function findPort(pod: { readonly spec: Partial<Pod["spec"]> }, target: IntOrString, protocol: string): number | undefined {
  if (typeof target === "number") return target;
  const named = (containers: readonly Container[]): number | undefined =>
    containers.flatMap((container) => container.ports ?? []).find((port) => port.name === target && (port.protocol ?? "TCP") === protocol)
      ?.containerPort;
  const sidecars = (pod.spec.initContainers ?? []).filter((container) => container.restartPolicy === "Always");
  return named(pod.spec.containers ?? []) ?? named(sidecars);
}

const targetOf = (port: ServicePort): IntOrString =>
  port.targetPort === undefined || port.targetPort === null || port.targetPort === "" ? port.port : port.targetPort;

/**
 * Ports of a slice for one Pod; a port that the Pod does not have is left out. A headless Service may have none.
 * @rule kube.endpointslice.ports
 * @source kubernetes@1.35 staging/src/k8s.io/endpointslice/utils.go getEndpointPorts
 */
export function endpointPorts(service: Service, pod: { readonly spec: Partial<Pod["spec"]> }): readonly EndpointPort[] {
  const ports: EndpointPort[] = [];
  for (const port of service.spec.ports ?? []) {
    const protocol = port.protocol ?? "TCP";
    const number = findPort(pod, targetOf(port), protocol);
    if (number === undefined) continue;
    ports.push({ name: port.name ?? "", port: number, protocol, ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }) });
  }
  return ports;
}

/**
 * Whether a Service asks for topology hints. The older annotation wins.
 *
 * Not modelled: the hints themselves.
 * @rule kube.endpointslice.hints-enabled
 * @source kubernetes@1.35 staging/src/k8s.io/endpointslice/utils.go hintsEnabled
 */
export function hintsEnabled(annotations: StringMap | undefined | null): boolean {
  const value = annotations?.["service.kubernetes.io/topology-aware-hints"] ?? annotations?.["service.kubernetes.io/topology-mode"];
  return value === "Auto" || value === "auto";
}
