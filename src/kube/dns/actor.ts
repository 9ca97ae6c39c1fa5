/**
 * `dns/main`: the cluster's DNS. It watches Services, EndpointSlices and Namespaces and answers from what it has seen.
 *
 * Not modelled: caching and its times, names outside the cluster (none resolves).
 */
import { delayOf } from "../../sim/delays";
import type { Actor, Message, Tx } from "../../sim/types";
import type { WatchNotice } from "../apiserver/door";
import type { EndpointSlice, KubeObject, Service } from "../apis/objects";
import { cacheOf } from "../client/cache";
import type { CacheReader } from "../client/types";
import { advance, openWatch, synced } from "../client/watch";
import { DNS_TRAVEL } from "../proxy/delays";
import type { DnsQuery, DnsReply } from "../proxy/messages";
import { answerQuery } from "./answer";
import { searchOrder } from "./name";
import type { DnsService, DnsSubset, DnsView } from "./view";

const SERVICE_LABEL = "kubernetes.io/service-name";
/** What the usual Corefile says. */
const TTL = 30;

const serviceOf = ({ metadata, spec }: Service): DnsService => ({
  name: metadata.name,
  namespace: metadata.namespace ?? "default",
  ...(spec.type === undefined ? {} : { type: spec.type }),
  clusterIPs: spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : []),
  ...(spec.externalName === undefined ? {} : { externalName: spec.externalName }),
  ports: spec.ports ?? [],
});

/** Ready addresses; the slices of a Service that publishes not-ready ones say ready for all. */
function subsetOf(slice: EndpointSlice): DnsSubset {
  const ready = (slice.endpoints ?? []).filter((endpoint) => endpoint.conditions?.ready !== false);
  return {
    addresses: ready.flatMap((endpoint) =>
      endpoint.addresses.map((ip) => ({ ip, ...(endpoint.hostname === undefined ? {} : { hostname: endpoint.hostname }) })),
    ),
    ports: (slice.ports ?? []).flatMap((port) => (port.port === undefined ? [] : [{ ...port, port: port.port }])),
  };
}

/** The view of a cache. */
export function viewOf(cache: CacheReader): DnsView {
  return {
    zone: "cluster.local",
    ttl: TTL,
    pods: "insecure",
    namespaceExists: (namespace) => cache.get<KubeObject>("namespaces", "", namespace) !== undefined,
    service: (namespace, name) => {
      const found = cache.get<Service>("services", namespace, name);
      return found && serviceOf(found);
    },
    endpoints: (namespace, name) => cache.labelled<EndpointSlice>("endpointslices", namespace, SERVICE_LABEL, name).map(subsetOf),
    services: () => cache.list<Service>("services").map(serviceOf),
    upstream: () => [],
  };
}

/** Tries the search list as the client's resolver would. */
function answered(tx: Tx, query: DnsQuery): void {
  const names = query.qtype === "PTR" ? [query.name] : searchOrder(query.name, query.search, query.ndots);
  const view = viewOf(cacheOf(tx));
  let reply: DnsReply = { type: "dns.answer", id: query.id, rcode: "NXDOMAIN", qname: query.name, answer: [] };
  for (const [i, name] of names.entries()) {
    const { rcode, answer } = answerQuery(view, name, query.qtype);
    if (answer.length === 0 && rcode === "NXDOMAIN" && i < names.length - 1) continue;
    reply = { type: "dns.answer", id: query.id, rcode, qname: name, answer };
    if (answer.length > 0) break;
  }
  tx.fired("kube.dns.answer", query.name);
  tx.send(query.replyTo, reply as Message, delayOf(tx, DNS_TRAVEL));
}

export const dnsActor: Actor = {
  kind: "dns",
  receive(tx: Tx, _name: string, message: Message): void {
    if (message.type === "actor.start") for (const resource of ["services", "endpointslices", "namespaces"]) openWatch(tx, { resource });
    else if (message.type === "api.watch") advance(tx, message as unknown as WatchNotice);
    else if (message.type === "dns.query" && synced(tx)) answered(tx, message as unknown as DnsQuery);
  },
};
