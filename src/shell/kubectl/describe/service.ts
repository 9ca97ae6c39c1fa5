/**
 * Services and EndpointSlices as `kubectl describe` shows them.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/describe/describe.go describeService, formatEndpointSlices, describeEndpointSliceV1
 */
import type { Endpoint, EndpointSlice, JsonObject, Service } from "../../../kube/apis/objects";
import type { Micros } from "../../../sim/types";
import { labelsText } from "../printers/table";
import { annotationLines, eventLines, type EventObject, labelLines, Writer } from "./writer";

const MOST_ENDPOINTS = 3;

/** Ready addresses of a port, three at most. */
export function endpointsText(slices: readonly EndpointSlice[], port: string): string {
  const found = slices.flatMap((slice) => {
    const ready = (slice.endpoints ?? []).filter((endpoint) => endpoint.conditions?.ready !== false).map((endpoint) => endpoint.addresses[0] ?? "");
    const ports = slice.ports ?? [];
    if (ports.length === 0) return ready;
    return ports
      .filter((each) => (each.name ?? "") === port)
      .flatMap((each) => ready.map((address) => `${address.includes(":") ? `[${address}]` : address}:${each.port ?? 0}`));
  });
  if (found.length === 0) return slices.length === 0 ? "<none>" : "";
  const more = found.length - MOST_ENDPOINTS;
  return found.slice(0, MOST_ENDPOINTS).join(",") + (more > 0 ? ` + ${more} more...` : "");
}

type FullService = Service & {
  readonly spec: {
    readonly ipFamilyPolicy?: string;
    readonly externalIPs?: readonly string[];
    readonly loadBalancerIP?: string;
    readonly healthCheckNodePort?: number;
    readonly loadBalancerSourceRanges?: readonly string[];
  };
};

export function describeService(given: Service, slices: readonly EndpointSlice[], events: readonly EventObject[], now: Micros): string {
  const writer = new Writer();
  const { metadata, spec, status } = given as FullService;
  writer.line(0, `Name:\t${metadata.name}`);
  writer.line(0, `Namespace:\t${metadata.namespace ?? ""}`);
  labelLines(writer, "Labels", metadata.labels);
  annotationLines(writer, "Annotations", metadata.annotations);
  writer.line(0, `Selector:\t${labelsText(spec.selector)}`);
  writer.line(0, `Type:\t${spec.type ?? ""}`);
  if (spec.ipFamilyPolicy !== undefined) writer.line(0, `IP Family Policy:\t${spec.ipFamilyPolicy}`);
  writer.line(0, `IP Families:\t${(spec.ipFamilies ?? []).length === 0 ? "<none>" : (spec.ipFamilies ?? []).join(",")}`);
  writer.line(0, `IP:\t${spec.clusterIP ?? ""}`);
  writer.line(0, `IPs:\t${(spec.clusterIPs ?? []).length === 0 ? "<none>" : (spec.clusterIPs ?? []).join(",")}`);
  if ((spec.externalIPs ?? []).length > 0) writer.line(0, `External IPs:\t${(spec.externalIPs ?? []).join(",")}`);
  if (spec.loadBalancerIP) writer.line(0, `Desired LoadBalancer IP:\t${spec.loadBalancerIP}`);
  if (spec.externalName) writer.line(0, `External Name:\t${spec.externalName}`);
  const ingress = ((status?.["loadBalancer"] as JsonObject | undefined)?.["ingress"] ?? []) as readonly JsonObject[];
  if (ingress.length > 0)
    writer.line(
      0,
      `LoadBalancer Ingress:\t${ingress.map((each) => `${String(each["ip"] || each["hostname"])}${each["ipMode"] === undefined ? "" : ` (${String(each["ipMode"])})`}`).join(", ")}`,
    );
  portLines(writer, spec, slices);
  writer.line(0, `Session Affinity:\t${spec.sessionAffinity ?? ""}`);
  if (spec.externalTrafficPolicy) writer.line(0, `External Traffic Policy:\t${spec.externalTrafficPolicy}`);
  if (spec.internalTrafficPolicy) writer.line(0, `Internal Traffic Policy:\t${spec.internalTrafficPolicy}`);
  if (spec.healthCheckNodePort) writer.line(0, `HealthCheck NodePort:\t${spec.healthCheckNodePort}`);
  if ((spec.loadBalancerSourceRanges ?? []).length > 0)
    writer.line(0, `LoadBalancer Source Ranges:\t${(spec.loadBalancerSourceRanges ?? []).join(",")}`);
  eventLines(writer, events, now);
  return writer.aligned();
}

function portLines(writer: Writer, spec: Service["spec"], slices: readonly EndpointSlice[]): void {
  for (const port of spec.ports ?? []) {
    const name = port.name || "<unset>";
    writer.line(0, `Port:\t${name}\t${port.port}/${port.protocol ?? ""}`);
    writer.line(0, `TargetPort:\t${port.targetPort ?? 0}/${port.protocol ?? ""}`);
    if (port.nodePort) writer.line(0, `NodePort:\t${name}\t${port.nodePort}/${port.protocol ?? ""}`);
    writer.line(0, `Endpoints:\t${endpointsText(slices, port.name ?? "")}`);
  }
}

export function describeEndpointSlice(slice: EndpointSlice, events: readonly EventObject[], now: Micros): string {
  const writer = new Writer();
  const { metadata } = slice;
  writer.line(0, `Name:\t${metadata.name}`);
  writer.line(0, `Namespace:\t${metadata.namespace ?? ""}`);
  labelLines(writer, "Labels", metadata.labels);
  annotationLines(writer, "Annotations", metadata.annotations);
  writer.line(0, `AddressType:\t${slice.addressType}`);
  const ports = slice.ports ?? [];
  if (ports.length === 0) writer.line(0, "Ports: <unset>");
  else {
    writer.line(0, "Ports:\n  Name\tPort\tProtocol\n  ----\t----\t--------");
    for (const port of ports) writer.line(1, `${port.name || "<unset>"}\t${port.port ?? "<unset>"}\t${port.protocol ?? ""}`);
  }
  const endpoints = slice.endpoints ?? [];
  writer.line(0, endpoints.length === 0 ? "Endpoints: <none>" : "Endpoints:");
  for (const endpoint of endpoints) endpointLines(writer, endpoint);
  eventLines(writer, events, now);
  return writer.aligned();
}

function endpointLines(writer: Writer, endpoint: Endpoint): void {
  const { conditions, targetRef } = endpoint;
  writer.line(1, `- Addresses:\t${endpoint.addresses.join(", ")}`);
  writer.line(2, "Conditions:");
  writer.line(3, `Ready:\t${conditions?.ready ?? "<unset>"}`);
  writer.line(2, `Hostname:\t${endpoint.hostname || "<unset>"}`);
  if (targetRef !== undefined) writer.line(2, `TargetRef:\t${targetRef.kind}/${targetRef.name}`);
  writer.line(2, `NodeName:\t${endpoint.nodeName || "<unset>"}`);
  writer.line(2, `Zone:\t${endpoint.zone || "<unset>"}`);
}
