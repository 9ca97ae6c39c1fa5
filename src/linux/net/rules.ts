/**
 * Changing the chains, as `iptables` asks for it.
 *
 * @rule linux.netfilter.rules
 * @source iptables@1.8.9 iptables/nft.c
 */
import { invariant } from "../../sim/invariant";
import type { Errno } from "../errno";
import type { Kernel } from "../types";
import type { Chain, FilterRequest, NetAnswer, Rule, TableName } from "./model";
import { BUILT_IN, findRules, type RulesRow, rulesTable } from "./netfilter";

const fresh = (kernel: Kernel, net: number, table: TableName): RulesRow => ({
  machine: kernel.machine,
  net,
  table,
  chains: BUILT_IN[table].map((name) => ({ name, policy: "ACCEPT" as const, packets: 0, bytes: 0, rules: [] })),
});

const TARGETS = ["", "ACCEPT", "DROP", "RETURN", "REJECT", "LOG", "SNAT", "DNAT", "MASQUERADE", "REDIRECT"];

/** One rule by what it says, without what it counted. */
const said = ({ packets: _packets, bytes: _bytes, ...rule }: Rule): string => JSON.stringify(sorted(rule));

function sorted(of: unknown): unknown {
  if (Array.isArray(of)) return of.map(sorted);
  if (typeof of !== "object" || of === null) return of;
  return Object.fromEntries(
    Object.entries(of)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

export function changeRules(kernel: Kernel, net: number, request: FilterRequest): NetAnswer<readonly Chain[]> {
  const { table } = request;
  const row = findRules(kernel, net, table) ?? fresh(kernel, net, table);
  if (request.type === "list") return { done: row.chains };
  const chains = changed(row, request);
  if (typeof chains === "string") return { errno: chains };
  kernel.tx.write(rulesTable).put({ ...row, chains });
  return { done: chains };
}

function changed(row: RulesRow, request: Exclude<FilterRequest, { type: "list" }>): readonly Chain[] | Errno {
  const replace = (name: string, change: (chain: Chain) => Chain): readonly Chain[] =>
    row.chains.map((chain) => (chain.name === name ? change(chain) : chain));
  const named = row.chains.find(({ name }) => name === request.chain);
  switch (request.type) {
    case "new-chain":
      return named === undefined ? [...row.chains, { name: request.chain, packets: 0, bytes: 0, rules: [] }] : "EEXIST";
    case "flush":
    case "zero":
      if (request.chain !== undefined && named === undefined) return "ENOENT";
      return row.chains.map((chain) =>
        request.chain === undefined || chain.name === request.chain ? emptied(chain, request.type === "flush") : chain,
      );
    case "delete-chain":
      return withoutChain(row, request.chain);
    default:
  }
  if (named === undefined) return "ENOENT";
  switch (request.type) {
    case "policy":
      return named.policy === undefined ? "EINVAL" : replace(named.name, (chain) => ({ ...chain, policy: request.policy }));
    case "rename-chain":
      if (row.chains.some(({ name }) => name === request.to)) return "EEXIST";
      return replace(named.name, (chain) => ({ ...chain, name: request.to }));
    case "delete-at":
      if (request.at > named.rules.length) return "E2BIG";
      return replace(named.name, (chain) => ({ ...chain, rules: chain.rules.filter((_, i) => i !== request.at - 1) }));
    case "delete":
    case "check": {
      const at = named.rules.findIndex((rule) => said(rule) === said(request.rule));
      if (at < 0) return "ENOENT";
      return request.type === "check" ? row.chains : replace(named.name, (chain) => ({ ...chain, rules: chain.rules.filter((_, i) => i !== at) }));
    }
    default:
  }
  invariant(request.type === "append" || request.type === "insert" || request.type === "replace", "a rule to put in");
  const { rule } = request;
  if (!TARGETS.includes(rule.jump) && !row.chains.some(({ name, policy }) => name === rule.jump && policy === undefined)) return "ENODATA";
  if (request.type === "append") return replace(named.name, (chain) => ({ ...chain, rules: [...chain.rules, rule] }));
  invariant("at" in request, "a place to put it");
  const end = request.type === "insert" ? named.rules.length + 1 : named.rules.length;
  if (request.at > end) return "E2BIG";
  const removed = request.type === "replace" ? 1 : 0;
  return replace(named.name, (chain) => ({ ...chain, rules: chain.rules.toSpliced(request.at - 1, removed, rule) }));
}

const emptied = (chain: Chain, rulesToo: boolean): Chain =>
  rulesToo ? { ...chain, rules: [] } : { ...chain, packets: 0, bytes: 0, rules: chain.rules.map((rule) => ({ ...rule, packets: 0, bytes: 0 })) };

function withoutChain(row: RulesRow, name: string | undefined): readonly Chain[] | Errno {
  const used = (chain: string): boolean => row.chains.some(({ rules }) => rules.some(({ jump }) => jump === chain));
  const goes = row.chains.filter((chain) => (name === undefined ? chain.policy === undefined : chain.name === name));
  if (name !== undefined && goes.length === 0) return "ENOENT";
  if (goes.some(({ rules, name: chain, policy }) => rules.length > 0 || used(chain) || policy !== undefined)) return "EBUSY";
  return row.chains.filter((chain) => !goes.includes(chain));
}
