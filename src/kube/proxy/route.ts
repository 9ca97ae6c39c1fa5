/** Where a node sends a connection, by its rules. Reads only. */
import type { Tx } from "../../sim/types";
import type { Service } from "../apis/objects";
import { nodeTable } from "../kubelet/tables";
import { categorizeEndpoints, endpointsOfSlices, type ProxyEndpoint } from "./endpoints";
import { frontAddresses, type RuleRow, ruleTable } from "./tables";

export type Route =
  /** Not a Service's address. */
  | { readonly kind: "direct" }
  | { readonly kind: "endpoints"; readonly service: string; readonly endpoints: readonly ProxyEndpoint[]; readonly affinitySeconds?: number }
  /** No endpoint anywhere: refused. No endpoint that the policy allows here: dropped. */
  | { readonly kind: "reject"; readonly service: string }
  | { readonly kind: "drop"; readonly service: string };

const DEFAULT_AFFINITY_SECONDS = 10800;

function affinityOf(service: Service): number | undefined {
  if (service.spec.sessionAffinity !== "ClientIP") return undefined;
  const config = service.spec.sessionAffinityConfig?.["clientIP"] as { readonly timeoutSeconds?: number } | undefined;
  return config?.timeoutSeconds ?? DEFAULT_AFFINITY_SECONDS;
}

function throughRule(tx: Tx, node: string, rule: RuleRow, index: number, external: boolean): Route {
  const { spec } = rule.object;
  const port = spec.ports?.[index];
  const all = endpointsOfSlices(rule.slices, node).get(port?.name ?? "") ?? [];
  const outside = frontAddresses(rule.object).some((front) => front.external);
  const policy = {
    internalPolicyLocal: spec.internalTrafficPolicy === "Local",
    externalPolicyLocal: spec.externalTrafficPolicy === "Local",
    externallyAccessible: (port?.nodePort ?? 0) !== 0 || outside,
  };
  const labels = tx.read(nodeTable).get(node)?.config.labels ?? {};
  const sorted = categorizeEndpoints(all, policy, node, labels);
  const local = external ? policy.externalPolicyLocal : policy.internalPolicyLocal;
  const usable = (local ? sorted.local : sorted.cluster) ?? [];
  if (usable.length === 0) return { kind: sorted.hasAny ? "drop" : "reject", service: rule.service };
  const affinitySeconds = affinityOf(rule.object);
  return { kind: "endpoints", service: rule.service, endpoints: usable, ...(affinitySeconds === undefined ? {} : { affinitySeconds }) };
}

/**
 * A connection to an address that may be a Service's.
 * @rule kube.proxy.route
 * @source kubernetes@1.35 pkg/proxy/iptables/proxier.go syncProxyRules (KUBE-SERVICES)
 */
export function routeTo(tx: Tx, node: string, ip: string, port: number): Route {
  const rule = tx.read(ruleTable).by("front", `${node} ${ip}:${port}`)[0];
  const front = rule && frontAddresses(rule.object).find((candidate) => candidate.ip === ip && candidate.port === port);
  return rule && front ? throughRule(tx, node, rule, front.index, front.external) : { kind: "direct" };
}

/**
 * A connection from outside to a port of the node itself.
 * @rule kube.proxy.route-node-port
 * @source kubernetes@1.35 pkg/proxy/iptables/proxier.go syncProxyRules (KUBE-NODEPORTS)
 */
export function routeNodePort(tx: Tx, node: string, port: number): Route {
  const rule = tx.read(ruleTable).by("nodePort", `${node} ${port}`)[0];
  const index = rule?.object.spec.ports?.findIndex((candidate) => candidate.nodePort === port) ?? -1;
  return rule && index >= 0 ? throughRule(tx, node, rule, index, true) : { kind: "direct" };
}

/** The node that has a Pod address in its range, or that address itself. */
export function nodeOfIP(tx: Tx, ip: string): { readonly name: string; readonly own: boolean } | undefined {
  const nodes = tx.read(nodeTable);
  const own = nodes.by("ip", ip)[0];
  if (own) return { name: own.config.name, own: true };
  const holder = nodes.by("cidr", `${ip.slice(0, ip.lastIndexOf("."))}.0/24`)[0];
  return holder ? { name: holder.config.name, own: false } : undefined;
}
