/** What nodes know of Services (the rules kube-proxy has written) and which requests are on their way. */
import { defineTable } from "../../sim/table";
import type { Address, Micros } from "../../sim/types";
import type { EndpointSlice, Service } from "../apis/objects";
import type { NetClient, NetResult } from "./messages";

/** The rules of one Service on one node. They outlive a kube-proxy that is stopped. */
export interface RuleRow {
  readonly node: string;
  /** `namespace/name`. */
  readonly service: string;
  readonly object: Service;
  readonly slices: readonly EndpointSlice[];
}

interface PortAddress {
  readonly ip: string;
  readonly port: number;
}
/** Addresses and ports at which a Service's traffic is taken, by the position of the port. */
export function frontAddresses(service: Service): readonly (PortAddress & { readonly index: number; readonly external: boolean })[] {
  const ingress = (service.status?.["loadBalancer"] as { readonly ingress?: readonly { readonly ip?: string }[] } | undefined)?.ingress ?? [];
  const outside = [
    ...ingress.flatMap((entry) => entry.ip ?? []),
    ...((service.spec as { readonly externalIPs?: readonly string[] }).externalIPs ?? []),
  ];
  const inside = (service.spec.clusterIPs ?? [service.spec.clusterIP ?? ""]).filter((ip) => ip !== "" && ip !== "None");
  return (service.spec.ports ?? []).flatMap((port, index) => [
    ...inside.map((ip) => ({ ip, port: port.port, index, external: false })),
    ...outside.map((ip) => ({ ip, port: port.port, index, external: true })),
  ]);
}

export const ruleTable = defineTable<RuleRow, "front" | "nodePort" | "node">({
  name: "proxy.rule",
  key: (row) => `${row.node} ${row.service}`,
  indexes: {
    node: (row) => row.node,
    front: (row) => frontAddresses(row.object).map(({ ip, port }) => `${row.node} ${ip}:${port}`),
    nodePort: (row) => (row.object.spec.ports ?? []).flatMap((port) => (port.nodePort ? [`${row.node} ${port.nodePort}`] : [])),
  },
});

/** Services whose rules a node's kube-proxy is about to write. */
export const pendingTable = defineTable<{ readonly node: string; readonly services: readonly string[] }>({
  name: "proxy.pending",
  key: (row) => row.node,
});

export interface AffinityRow {
  readonly key: string;
  readonly endpoint: string;
  readonly at: Micros;
}
export const affinityTable = defineTable<AffinityRow>({ name: "proxy.affinity", key: (row) => row.key });

/** A request in flight, at the node of its client. */
export interface FlightRow {
  readonly id: string;
  readonly node: string;
  readonly replyTo: Address;
  readonly from: NetClient;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly connectOnly: boolean;
  readonly timer: number;
  readonly ip?: string;
  readonly endpoint?: string;
  readonly flow: number;
}
export const flightTable = defineTable<FlightRow>({ name: "net.flight", key: (row) => `${row.node} ${row.id}` });

export const FLOWS_KEPT = 256;
/** The last requests, for the picture: a ring by number. */
export interface FlowRow {
  readonly slot: number;
  readonly number: number;
  readonly from: NetClient;
  readonly fromNode: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** `namespace/name` of the Service it went through. */
  readonly service?: string;
  readonly endpoint?: string;
  readonly endpointPod?: string;
  readonly toNode?: string;
  readonly startedAt: Micros;
  /** When it left for the endpoint, when it was answered. */
  readonly routedAt?: Micros;
  readonly arrivedAt?: Micros;
  readonly result?: NetResult["kind"];
  readonly status?: number;
}
export const flowTable = defineTable<FlowRow>({ name: "net.flow", key: (row) => String(row.slot).padStart(3, "0") });
