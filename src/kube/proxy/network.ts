/**
 * `net/NODE`: a node's kernel as far as requests go: resolves names through the cluster's DNS, applies the rules that kube-proxy has
 * written, sends the request to the endpoint's node and waits for the answer. `net/outside` is a machine outside the cluster.
 *
 * Not modelled: packets, retransmission, NAT tables, network policies; one request is one message.
 */
import { delayOf } from "../../sim/delays";
import type { Actor, Message, Tx } from "../../sim/types";
import { nodeTable } from "../kubelet/tables";
import { CONNECT_TIMEOUT, DNS_TIMEOUT, DNS_TRAVEL, HOP } from "./delays";
import type { ProxyEndpoint } from "./endpoints";
import type { DnsQuery, DnsReply, NetAnswer, NetPacket, NetReply, NetRequest, NetResult } from "./messages";
import { nodeOfIP, routeNodePort, type Route, routeTo } from "./route";
import { affinityTable, FLOWS_KEPT, type FlightRow, type FlowRow, flightTable, flowTable, ruleTable } from "./tables";

const OUTSIDE = "outside";
const LOCAL: Readonly<Record<string, true>> = { localhost: true, "127.0.0.1": true };
const isAddress = (host: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.includes(":");
const slotOf = (flow: number): string => String(flow % FLOWS_KEPT).padStart(3, "0");

/** The search list of a Pod with dnsPolicy ClusterFirst. @source kubernetes@1.35 pkg/kubelet/network/dns/dns.go generateSearchesForDNSClusterFirst */
export const searchOf = (namespace: string): readonly string[] => [`${namespace}.svc.cluster.local`, "svc.cluster.local", "cluster.local"];

function noteFlow(tx: Tx, flow: number, change: Partial<FlowRow>): void {
  const flows = tx.write(flowTable);
  const row = flows.get(slotOf(flow));
  if (row && row.number === flow) flows.put({ ...row, ...change });
}

function begin(tx: Tx, node: string, request: NetRequest): void {
  const flow = tx.nextId("net.flow");
  const { from, host, port, path } = request;
  tx.write(flowTable).put({ slot: flow % FLOWS_KEPT, number: flow, from, fromNode: node, host, port, path, startedAt: tx.now });
  const timer = tx.send(tx.self, { type: "net.expired", id: request.id } as Message, delayOf(tx, CONNECT_TIMEOUT) + delayOf(tx, DNS_TIMEOUT));
  const row: FlightRow = {
    id: request.id,
    node,
    replyTo: request.replyTo,
    from,
    host,
    port,
    path,
    connectOnly: request.connectOnly === true,
    timer,
    flow,
  };
  tx.write(flightTable).put(row);
  if (LOCAL[host]) return forward(tx, row, node, from.ip, port);
  if (isAddress(host)) return connect(tx, row, host);
  const known = tx.read(nodeTable).get(host);
  if (known) return connect(tx, row, known.config.internalIP);
  if (node === OUTSIDE) return finish(tx, row, { kind: "unresolved" }, delayOf(tx, DNS_TRAVEL));
  if (dnsIsDown(tx, node)) return finish(tx, row, { kind: "unresolved" }, delayOf(tx, DNS_TIMEOUT));
  const query: DnsQuery = {
    type: "dns.query",
    id: request.id,
    replyTo: tx.self,
    name: host,
    qtype: "A",
    search: searchOf(from.namespace ?? "default"),
    ndots: 5,
  };
  tx.send("dns/main", query, delayOf(tx, DNS_TRAVEL));
}

/** Where the cluster runs its DNS as Pods, none of them being ready is no DNS at all. */
function dnsIsDown(tx: Tx, node: string): boolean {
  const rule = tx.read(ruleTable).get(`${node} kube-system/kube-dns`);
  return rule !== undefined && routeTo(tx, node, rule.object.spec.clusterIP ?? "", 53).kind !== "endpoints";
}

function resolved(tx: Tx, row: FlightRow, reply: DnsReply): void {
  const addresses = reply.answer.filter((record) => record.includes(" IN A ")).map((record) => record.split(" ")[4] ?? "");
  if (addresses.length === 0) return finish(tx, row, { kind: "unresolved" }, 0);
  connect(tx, row, addresses[Math.floor(tx.random(`net/${row.node}`) * addresses.length)] ?? "");
}

function connect(tx: Tx, row: FlightRow, ip: string): void {
  const held: FlightRow = { ...row, ip };
  tx.write(flightTable).put(held);
  if (row.node === OUTSIDE) return straight(tx, held, ip, row.port);
  follow(tx, held, routeTo(tx, row.node, ip, row.port), ip);
}

function follow(tx: Tx, row: FlightRow, route: Route, ip: string): void {
  if (route.kind === "direct") return straight(tx, row, ip, row.port);
  noteFlow(tx, row.flow, { service: route.service });
  if (route.kind === "reject") return finish(tx, row, { kind: "refused" }, delayOf(tx, HOP));
  if (route.kind === "drop") return;
  const endpoint = choose(tx, row.node, row.from.ip, route);
  tx.fired("kube.proxy.route", route.service);
  const holder = nodeOfIP(tx, endpoint.ip);
  const held = { ...row, endpoint: endpoint.endpoint };
  tx.write(flightTable).put(held);
  if (holder) forward(tx, held, holder.name, endpoint.ip, endpoint.port);
}

/**
 * One endpoint at random; with session affinity the one this client had before.
 * @rule kube.proxy.choose-endpoint
 * @source kubernetes@1.35 pkg/proxy/iptables/proxier.go writeServiceToEndpointRules (statistic random, recent)
 */
function choose(tx: Tx, node: string, client: string, route: Extract<Route, { readonly kind: "endpoints" }>): ProxyEndpoint {
  const { endpoints, service, affinitySeconds } = route;
  const key = `${node} ${service} ${client}`;
  const known = affinitySeconds === undefined ? undefined : tx.read(affinityTable).get(key);
  const same =
    known && tx.now - known.at <= (affinitySeconds ?? 0) * 1_000_000
      ? endpoints.find((candidate) => candidate.endpoint === known.endpoint)
      : undefined;
  const chosen = same ?? endpoints[Math.floor(tx.random(`proxy/${node}`) * endpoints.length)] ?? (endpoints[0] as ProxyEndpoint);
  if (affinitySeconds !== undefined) tx.write(affinityTable).put({ key, endpoint: chosen.endpoint, at: tx.now });
  return chosen;
}

/** To a Pod's or a node's own address. An address that nobody has gives no answer. */
function straight(tx: Tx, row: FlightRow, ip: string, port: number): void {
  const holder = nodeOfIP(tx, ip);
  if (!holder) return;
  if (!holder.own) return row.node === OUTSIDE ? undefined : forward(tx, row, holder.name, ip, port);
  tx.send(`net/${holder.name}`, packetOf(tx, row, ip, port) as Message, delayOf(tx, HOP));
}

const packetOf = (tx: Tx, row: FlightRow, ip: string, port: number): NetPacket => ({
  type: "net.packet",
  id: row.id,
  replyTo: tx.self,
  from: row.from,
  ip,
  port,
  path: row.path,
  connectOnly: row.connectOnly,
});

function forward(tx: Tx, row: FlightRow, toNode: string, ip: string, port: number): void {
  noteFlow(tx, row.flow, { toNode, endpoint: `${ip}:${port}`, routedAt: tx.now });
  tx.send(`containerd/${toNode}`, packetOf(tx, row, ip, port) as Message, delayOf(tx, HOP));
}

/** A packet for this node's own address: a node port, or a Pod in the host's network. */
function arrived(tx: Tx, node: string, packet: NetPacket): void {
  const route = routeNodePort(tx, node, packet.port);
  if (route.kind === "direct") return void tx.send(`containerd/${node}`, packet as Message, 1);
  if (route.kind === "reject") {
    const answer: NetAnswer = { type: "net.answer", id: packet.id, result: { kind: "refused" } };
    return void tx.send(packet.replyTo, answer as Message, delayOf(tx, HOP));
  }
  if (route.kind === "drop") return;
  const endpoint = choose(tx, node, packet.from.ip, route);
  const holder = nodeOfIP(tx, endpoint.ip);
  tx.fired("kube.proxy.route-node-port", route.service);
  if (holder) tx.send(`containerd/${holder.name}`, { ...packet, ip: endpoint.ip, port: endpoint.port } as Message, delayOf(tx, HOP));
}

function finish(tx: Tx, row: FlightRow, result: NetResult, delay: number): void {
  tx.cancel(row.timer);
  tx.write(flightTable).delete(flightTable.key(row));
  noteFlow(tx, row.flow, { arrivedAt: tx.now, result: result.kind, ...(result.kind === "http" ? { status: result.status } : {}) });
  const reply: NetReply = {
    type: "net.reply",
    id: row.id,
    result,
    ...(row.ip === undefined ? {} : { ip: row.ip }),
    ...(row.endpoint === undefined ? {} : { endpoint: row.endpoint }),
  };
  tx.send(row.replyTo, reply as Message, Math.max(1, delay));
}

function receive(tx: Tx, node: string, given: Message): void {
  const message = given as
    | NetRequest
    | NetPacket
    | NetAnswer
    | DnsReply
    | { readonly type: "net.expired"; readonly id: string }
    | { readonly type: "actor.start" };
  if (message.type === "actor.start") return;
  if (message.type === "net.request") return begin(tx, node, message);
  if (message.type === "net.packet") return arrived(tx, node, message);
  const row = tx.read(flightTable).get(`${node} ${message.id}`);
  if (!row) return;
  if (message.type === "dns.answer") return resolved(tx, row, message);
  if (message.type === "net.expired") return finish(tx, row, { kind: "timeout" }, 0);
  if (message.pod !== undefined) noteFlow(tx, row.flow, { endpointPod: `${message.namespace}/${message.pod}` });
  finish(tx, row, message.result, 1);
}

export const networkActor: Actor = { kind: "net", receive };
