/**
 * The five hooks, and the chains of rules that packets pass there.
 *
 * @rule linux.netfilter.hooks
 * @source linux@6.12 net/ipv4/netfilter/ip_tables.c ipt_do_table include/uapi/linux/netfilter_ipv4.h
 */
import { defineTable } from "../../sim/table";
import type { Kernel } from "../types";
import { within } from "./address";
import { confirm, connectionOf, forget, type Skb, stateOf, track } from "./conntrack";
import { sendError } from "./icmp";
import type { Chain, Match, Matching, Packet, Rule, TableName } from "./model";
import { type Manipulation, manipulate, setUp, wished } from "./nat";
import { findRoute } from "./route";
import { sendReset } from "./tcp-segment";

export type Hook = "PREROUTING" | "INPUT" | "FORWARD" | "OUTPUT" | "POSTROUTING";

export interface RulesRow {
  readonly machine: string;
  readonly net: number;
  readonly table: TableName;
  readonly chains: readonly Chain[];
}

export const rulesTable = defineTable<RulesRow>({ name: "linux.net.rules", key: (row) => `${row.machine}/${row.net}/${row.table}` });

/** Chains that a table has from the start. */
export const BUILT_IN: Readonly<Record<TableName, readonly Hook[]>> = {
  raw: ["PREROUTING", "OUTPUT"],
  mangle: ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
  nat: ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
  filter: ["INPUT", "FORWARD", "OUTPUT"],
};

export const findRules = (kernel: Kernel, net: number, table: TableName): RulesRow | undefined =>
  kernel.tx.read(rulesTable).get(`${kernel.machine}/${net}/${table}`);

const MANIPULATES: Readonly<Record<Hook, Manipulation | undefined>> = {
  PREROUTING: "target",
  INPUT: "source",
  FORWARD: undefined,
  OUTPUT: "target",
  POSTROUTING: "source",
};

const usesStates = (row: RulesRow | undefined): boolean =>
  row?.chains.some(({ rules }) => rules.some(({ matches }) => matches.some(({ kind }) => kind === "state" || kind === "conntrack"))) === true;

/** A packet at a hook: undefined when it goes no further. */
export function passHook(kernel: Kernel, hook: Hook, arrived: Skb): Skb | undefined {
  const nat = findRules(kernel, arrived.net, "nat");
  const filter = findRules(kernel, arrived.net, "filter");
  const mangle = findRules(kernel, arrived.net, "mangle");
  if (nat === undefined && filter === undefined && mangle === undefined) return arrived;
  let skb = arrived;
  if ((nat !== undefined || usesStates(filter) || usesStates(mangle)) && (hook === "PREROUTING" || hook === "OUTPUT")) skb = track(kernel, skb);
  const manipulation = MANIPULATES[hook];
  const translate = (): boolean => {
    if (nat === undefined || manipulation === undefined) return true;
    if (!decide(kernel, hook, nat, skb, manipulation)) return false;
    skb = manipulate(kernel, skb, manipulation);
    return true;
  };
  if (mangle !== undefined && verdict(kernel, mangle, hook, skb) === "DROP") return dropped(kernel, skb);
  // Sources are translated last, targets before anything is filtered.
  if (manipulation === "target" && !translate()) return dropped(kernel, skb);
  if (filter !== undefined && BUILT_IN.filter.includes(hook) && verdict(kernel, filter, hook, skb) === "DROP") return dropped(kernel, skb);
  if (manipulation === "source" && !translate()) return dropped(kernel, skb);
  if (hook === "POSTROUTING" || hook === "INPUT") confirm(kernel, skb);
  return skb;
}

function dropped(kernel: Kernel, skb: Skb): undefined {
  forget(kernel, skb);
  kernel.tx.fired("linux.netfilter.hooks", `${kernel.machine}/${skb.net}`);
  return undefined;
}

/** The chain is asked for the first packet of a connection only. */
function decide(kernel: Kernel, hook: Hook, nat: RulesRow, skb: Skb, kind: Manipulation): boolean {
  const row = skb.tracked === undefined ? undefined : connectionOf(kernel, skb.tracked.connection);
  if (row === undefined || skb.tracked?.reply === true || skb.packet.icmp?.about !== undefined) return true;
  if (kind === "source" ? row.sourceDone : row.targetDone) return true;
  if (row.confirmed) return true;
  const found = verdict(kernel, nat, hook, skb);
  if (found === "DROP") return false;
  const wish = typeof found === "string" ? undefined : wished(kernel, found, skb);
  if (wish === undefined) setUp(kernel, skb, kind);
  else setUp(kernel, skb, wish.kind, wish.address, wish.ports);
  return true;
}

type Verdict = "ACCEPT" | "DROP" | "RETURN" | Rule;

function verdict(kernel: Kernel, { table }: RulesRow, hook: Hook, skb: Skb): "ACCEPT" | "DROP" | Rule {
  const found = walk(kernel, table, hook, skb);
  if (found === "DROP" || found === "ACCEPT" || typeof found !== "string") return found;
  const row = findRules(kernel, skb.net, table);
  const chain = row?.chains.find(({ name }) => name === hook);
  if (row !== undefined && chain !== undefined)
    putChain(kernel, row, { ...chain, packets: chain.packets + 1, bytes: chain.bytes + skb.packet.length });
  return chain?.policy ?? "ACCEPT";
}

export const putChain = (kernel: Kernel, row: RulesRow, chain: Chain): void =>
  kernel.tx.write(rulesTable).put({ ...row, chains: row.chains.map((other) => (other.name === chain.name ? chain : other)) });

function counted(kernel: Kernel, net: number, table: TableName, name: string, at: number, bytes: number): void {
  const row = findRules(kernel, net, table);
  const chain = row?.chains.find((one) => one.name === name);
  if (row === undefined || chain === undefined) return;
  const rules = chain.rules.map((rule, i) => (i === at ? { ...rule, packets: rule.packets + 1, bytes: rule.bytes + bytes } : rule));
  putChain(kernel, row, { ...chain, rules });
}

function walk(kernel: Kernel, table: TableName, name: string, skb: Skb): Verdict {
  const chain = findRules(kernel, skb.net, table)?.chains.find((one) => one.name === name);
  for (const [at, rule] of (chain?.rules ?? []).entries()) {
    if (!matchesRule(kernel, rule, skb)) continue;
    counted(kernel, skb.net, table, name, at, skb.packet.length);
    switch (rule.jump) {
      case "":
      case "LOG":
        continue;
      case "ACCEPT":
      case "DROP":
      case "RETURN":
        return rule.jump;
      case "REJECT":
        reject(kernel, rule, skb);
        return "DROP";
      case "SNAT":
      case "DNAT":
      case "MASQUERADE":
      case "REDIRECT":
        return rule;
    }
    const below = walk(kernel, table, rule.jump, skb);
    if (below !== "RETURN" || rule.go === true) return below;
  }
  return "RETURN";
}

const CODES: Readonly<Record<string, number>> = {
  "icmp-net-unreachable": 0,
  "icmp-host-unreachable": 1,
  "icmp-proto-unreachable": 2,
  "icmp-port-unreachable": 3,
  "icmp-net-prohibited": 9,
  "icmp-host-prohibited": 10,
  "icmp-admin-prohibited": 13,
};

function reject(kernel: Kernel, rule: Rule, { net, packet }: Skb): void {
  if (rule.with === "tcp-reset") sendReset(kernel, net, packet);
  else sendError(kernel, net, packet, { type: 3, code: CODES[rule.with ?? ""] ?? 3 });
}

const holds = <T>(matching: Matching<T> | undefined, test: (is: T) => boolean): boolean =>
  matching === undefined || test(matching.is) !== matching.not;

export const isName = (pattern: string, name: string | undefined): boolean =>
  pattern.endsWith("+") ? (name ?? "").startsWith(pattern.slice(0, -1)) : pattern === (name ?? "");

const protocolOf = ({ tcp, udp, icmp }: Packet): string => (tcp !== undefined ? "tcp" : udp !== undefined ? "udp" : icmp !== undefined ? "icmp" : "");

function matchesRule(kernel: Kernel, rule: Rule, skb: Skb): boolean {
  const { packet } = skb;
  return (
    holds(rule.source, ([network, prefix]) => within(packet.source, network, prefix)) &&
    holds(rule.target, ([network, prefix]) => within(packet.target, network, prefix)) &&
    holds(rule.input, (name) => isName(name, skb.input?.name)) &&
    holds(rule.output, (name) => isName(name, skb.output?.name)) &&
    holds(rule.protocol, (name) => name === protocolOf(packet)) &&
    rule.matches.every((match) => matches(kernel, match, skb))
  );
}

function matches(kernel: Kernel, match: Match, skb: Skb): boolean {
  const { packet, net } = skb;
  const ports = packet.tcp ?? packet.udp;
  const among = (port: number | undefined, [low, high]: readonly [number, number]): boolean => port !== undefined && port >= low && port <= high;
  switch (match.kind) {
    case "tcp":
    case "udp": {
      const flags = packet.tcp?.flags ?? "";
      const syn = flags.includes("S") && !flags.includes("A");
      if ((match.syn === true && !syn) || (match.notSyn === true && syn)) return false;
      return holds(match.sport, (range) => among(ports?.sport, range)) && holds(match.dport, (range) => among(ports?.dport, range));
    }
    case "multiport":
      return match.ports.some(
        (range) => (match.side !== "dports" && among(ports?.sport, range)) || (match.side !== "sports" && among(ports?.dport, range)),
      );
    case "icmp":
      return holds(match.type, (type) => type === 255 || (packet.icmp?.type === type && (match.code ?? packet.icmp.code) === packet.icmp.code));
    case "state":
    case "conntrack": {
      const row = skb.tracked === undefined ? undefined : connectionOf(kernel, skb.tracked.connection);
      const now = [stateOf(kernel, skb), ...(row?.sourceNat === true ? ["SNAT"] : []), ...(row?.targetNat === true ? ["DNAT"] : [])];
      return holds(match.states, (states) => states.some((state) => now.includes(state)));
    }
    case "comment":
      return true;
    case "addrtype": {
      const kind = findRoute(kernel, net, match.side === "src" ? packet.source : packet.target)?.kind ?? "unreachable";
      return holds(match.type, (type) => type.toLowerCase() === kind);
    }
  }
}
