/**
 * `kube-proxy/NODE`: watches Services and EndpointSlices and writes the node's rules, together and not at once. When it is stopped the
 * rules stay as they are and grow old.
 *
 * Not modelled: health-check node ports, conntrack clean-up, nftables and IPVS (the rules are the same in effect).
 */
import { delayOf } from "../../sim/delays";
import type { Actor, Message, Tx } from "../../sim/types";
import type { WatchNotice } from "../apiserver/door";
import type { EndpointSlice, KubeObject, Service } from "../apis/objects";
import { cacheOf } from "../client/cache";
import { advance, openWatch, synced } from "../client/watch";
import { RULE_SYNC } from "./delays";
import { pendingTable, type RuleRow, ruleTable } from "./tables";

const SERVICE_LABEL = "kubernetes.io/service-name";

function serviceOf(resource: string, { metadata }: KubeObject): string | undefined {
  const name = resource === "services" ? metadata.name : metadata.labels?.[SERVICE_LABEL];
  return name === undefined ? undefined : `${metadata.namespace ?? "default"}/${name}`;
}

function noticed(tx: Tx, node: string, notice: WatchNotice): void {
  const changed = advance(tx, notice).flatMap((change) => serviceOf(change.resource, change.object) ?? []);
  if (changed.length === 0) return;
  const pending = tx.write(pendingTable);
  const known = pending.get(node);
  pending.put({ node, services: [...new Set([...(known?.services ?? []), ...changed])] });
  if (!known) tx.send(tx.self, { type: "proxy.sync" }, delayOf(tx, RULE_SYNC));
}

const sameSlices = (a: readonly EndpointSlice[], b: readonly EndpointSlice[]): boolean =>
  a.length === b.length && a.every((slice, i) => slice === b[i]);

/**
 * Writes the rules of the Services that changed.
 * @rule kube.proxy.sync-rules
 * @source kubernetes@1.35 pkg/proxy/iptables/proxier.go syncProxyRules
 */
function syncRules(tx: Tx, node: string): void {
  const pending = tx.write(pendingTable);
  const row = pending.get(node);
  pending.delete(node);
  if (!row) return;
  if (!synced(tx)) {
    pending.put(row);
    return void tx.send(tx.self, { type: "proxy.sync" }, delayOf(tx, RULE_SYNC));
  }
  const cache = cacheOf(tx);
  const rules = tx.write(ruleTable);
  for (const service of row.services) {
    const [namespace = "", name = ""] = service.split("/");
    const object = cache.get<Service>("services", namespace, name);
    const key = `${node} ${service}`;
    if (!object) {
      rules.delete(key);
      continue;
    }
    const slices = cache.labelled<EndpointSlice>("endpointslices", namespace, SERVICE_LABEL, name);
    const known = rules.get(key);
    const rule: RuleRow = { node, service, object, slices };
    if (known?.object !== object || !sameSlices(known.slices, slices)) rules.put(rule);
  }
  tx.fired("kube.proxy.sync-rules", node);
}

export const kubeProxyActor: Actor = {
  kind: "kube-proxy",
  receive(tx: Tx, name: string, message: Message): void {
    if (message.type === "actor.start") {
      tx.write(pendingTable).delete(name);
      openWatch(tx, { resource: "services" });
      openWatch(tx, { resource: "endpointslices" });
    } else if (message.type === "api.watch") noticed(tx, name, message as unknown as WatchNotice);
    else if (message.type === "proxy.sync") syncRules(tx, name);
  },
};
