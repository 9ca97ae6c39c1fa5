/**
 * Rows of the core kinds.
 * @source kubernetes@1.35 pkg/printers/internalversion/printers.go
 */
import type { JsonObject } from "../../apis/objects";
import {
  age,
  type Cell,
  conditionStatus,
  distinct,
  flag,
  formatLabels,
  list,
  nameOf,
  number,
  orElse,
  type PrintContext,
  type Printer,
  shortList,
  since,
  size,
  text,
  texts,
} from "./fields";

const ROLE_LABEL = "node-role.kubernetes.io/";

function nodeRoles(node: JsonObject): string {
  const roles = Object.entries((node["metadata"] as JsonObject | undefined)?.["labels"] ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(ROLE_LABEL)) return key.length > ROLE_LABEL.length ? [key.slice(ROLE_LABEL.length)] : [];
    return key === "kubernetes.io/role" && value !== "" ? [String(value)] : [];
  });
  return orElse(distinct(roles).join(","), "<none>");
}

const nodeAddress = (node: JsonObject, type: string): string =>
  orElse(
    text(
      list(node, "status", "addresses").find((address) => address["type"] === type),
      "address",
    ),
    "<none>",
  );

/** @rule kube.print.node */
export function printNode(node: JsonObject, context: PrintContext): readonly Cell[] {
  const ready = conditionStatus(node, "Ready");
  const status = [ready === undefined ? "Unknown" : ready === "True" ? "Ready" : "NotReady"];
  if (flag(node, "spec", "unschedulable")) status.push("SchedulingDisabled");
  const info = (key: string): string => text(node, "status", "nodeInfo", key);
  return [
    nameOf(node),
    status.join(","),
    nodeRoles(node),
    age(node, context),
    info("kubeletVersion"),
    nodeAddress(node, "InternalIP"),
    nodeAddress(node, "ExternalIP"),
    orElse(info("osImage"), "<unknown>"),
    orElse(info("kernelVersion"), "<unknown>"),
    orElse(info("containerRuntimeVersion"), "<unknown>"),
  ];
}

/** @source kubernetes@1.35 pkg/printers/internalversion/printers.go loadBalancerStatusStringer */
export function loadBalancerText(object: JsonObject, wide: boolean): string {
  const points = list(object, "status", "loadBalancer", "ingress").map((point) => orElse(text(point, "ip"), text(point, "hostname")));
  const joined = distinct(points.filter((point) => point !== "")).join(",");
  return !wide && joined.length > 16 ? `${joined.slice(0, 13)}...` : joined;
}

function externalIp(service: JsonObject, wide: boolean): string {
  const external = texts(service, "spec", "externalIPs");
  switch (text(service, "spec", "type")) {
    case "ClusterIP":
    case "NodePort":
      return orElse(external.join(","), "<none>");
    case "LoadBalancer": {
      const balancer = loadBalancerText(service, wide);
      if (external.length > 0) return [...(balancer === "" ? [] : balancer.split(",")), ...external].join(",");
      return orElse(balancer, "<pending>");
    }
    case "ExternalName":
      return text(service, "spec", "externalName");
    default:
      return "<unknown>";
  }
}

function portText(port: JsonObject): string {
  const node = number(port, "nodePort");
  return `${number(port, "port")}${node > 0 ? `:${node}` : ""}/${text(port, "protocol")}`;
}

/** @rule kube.print.service */
export function printService(service: JsonObject, context: PrintContext): readonly Cell[] {
  return [
    nameOf(service),
    text(service, "spec", "type"),
    texts(service, "spec", "clusterIPs")[0] ?? "<none>",
    externalIp(service, context.wide),
    orElse(list(service, "spec", "ports").map(portText).join(","), "<none>"),
    age(service, context),
    formatLabels((service["spec"] as JsonObject | undefined)?.["selector"]),
  ];
}

/** @rule kube.print.event */
export function printEvent(event: JsonObject, context: PrintContext): readonly Cell[] {
  const eventTime = text(event, "eventTime");
  const first = since(orElse(text(event, "firstTimestamp"), eventTime), context);
  const lastTime = text(event, "lastTimestamp");
  const series = event["series"];
  const repeated = series !== undefined && series !== null;
  const last = repeated ? since(text(series, "lastObservedTime"), context) : lastTime === "" ? first : since(lastTime, context);
  const count = repeated ? number(series, "count") : number(event, "count") || 1;
  const kind = text(event, "involvedObject", "kind").toLowerCase();
  const name = text(event, "involvedObject", "name");
  const component = orElse(text(event, "source", "component"), text(event, "reportingComponent"));
  const host = orElse(text(event, "source", "host"), text(event, "reportingInstance"));
  return [
    last,
    text(event, "type"),
    text(event, "reason"),
    name === "" ? kind : `${kind}/${name}`,
    text(event, "involvedObject", "fieldPath"),
    host === "" ? component : `${component}, ${host}`,
    text(event, "message").trim(),
    first,
    count,
    nameOf(event),
  ];
}

export const printNamespace: Printer = (object, context) => [nameOf(object), text(object, "status", "phase"), age(object, context)];
export const printSecret: Printer = (object, context) => [nameOf(object), text(object, "type"), size(object, "data"), age(object, context)];
export const printConfigMap: Printer = (object, context) => [nameOf(object), size(object, "data") + size(object, "binaryData"), age(object, context)];
export const printServiceAccount: Printer = (object, context) => [nameOf(object), age(object, context)];
export const printLease: Printer = (object, context) => [nameOf(object), text(object, "spec", "holderIdentity"), age(object, context)];

const hostPort = (ip: string, port: number): string => (ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`);

export const printEndpoints: Printer = (object, context) => {
  const addresses = list(object, "subsets").flatMap((subset) => {
    const ips = list(subset, "addresses").map((address) => text(address, "ip"));
    const ports = list(subset, "ports");
    return ports.length === 0 ? ips : ports.flatMap((port) => ips.map((ip) => hostPort(ip, number(port, "port"))));
  });
  return [nameOf(object), shortList(addresses, "<none>"), age(object, context)];
};

/** @rule kube.print.endpointslice */
export const printEndpointSlice: Printer = (object, context) => {
  const ports = list(object, "ports").map((port) =>
    orElse(text(port, "port"), port["name"] === undefined || port["name"] === null ? "*" : text(port, "name")),
  );
  const addresses = list(object, "endpoints").flatMap((endpoint) => texts(endpoint, "addresses"));
  return [nameOf(object), text(object, "addressType"), shortList(ports, "<unset>"), shortList(addresses, "<unset>"), age(object, context)];
};

export const printComponentStatus: Printer = (object) => {
  const healthy = list(object, "conditions").find((condition) => condition["type"] === "Healthy");
  const status = text(healthy, "status");
  const shown = status === "True" ? "Healthy" : status === "False" ? "Unhealthy" : "Unknown";
  return [nameOf(object), shown, text(healthy, "message"), text(healthy, "error")];
};
