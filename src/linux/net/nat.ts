/**
 * Address translation: decided once for a connection, then done to each of its packets, and undone to the answers.
 *
 * @rule linux.netfilter.nat
 * @source linux@6.12 net/netfilter/nf_nat_core.c nf_nat_setup_info get_unique_tuple nf_nat_packet net/netfilter/nf_nat_masquerade.c
 */
import type { Kernel } from "../types";
import type { Address } from "./address";
import { connectionOf, findByTuple, inverse, putConnection, type Skb, type Tuple } from "./conntrack";
import type { Packet, Rule } from "./model";
import { sourceFor } from "./route";

const FIRST_FREE_PORT = 1024;

export type Manipulation = "source" | "target";

/** What a rule's target makes of a new connection; undefined where it is no target of translation. */
export function wished(
  kernel: Kernel,
  rule: Rule,
  skb: Skb,
): { readonly kind: Manipulation; readonly address?: Address; readonly ports?: readonly [number, number] } | undefined {
  const ports = rule.to?.ports === undefined ? {} : { ports: rule.to.ports };
  const address = rule.to?.address === undefined ? {} : { address: rule.to.address };
  switch (rule.jump) {
    case "SNAT":
      return { kind: "source", ...address, ...ports };
    case "MASQUERADE": {
      const own = skb.output === undefined ? undefined : sourceFor(kernel, skb.output, skb.packet.target);
      return own === undefined ? undefined : { kind: "source", address: own, ...ports };
    }
    case "DNAT":
      return { kind: "target", ...address, ...ports };
    case "REDIRECT": {
      const own = skb.input === undefined ? 0x7f000001 : skb.input.addresses[0]?.address;
      return own === undefined ? undefined : { kind: "target", address: own, ...ports };
    }
    default:
      return undefined;
  }
}

/** Gives a connection its translated form; the source's port is kept while nobody else has it. */
export function setUp(kernel: Kernel, skb: Skb, kind: Manipulation, address?: Address, ports?: readonly [number, number]): void {
  const row = skb.tracked === undefined ? undefined : connectionOf(kernel, skb.tracked.connection);
  if (row === undefined || skb.tracked?.reply === true) return;
  const now = inverse(row.reply);
  const done = kind === "source" ? { sourceDone: true } : { targetDone: true };
  if (address === undefined && ports === undefined) {
    // Nothing was asked for, but two connections may not look alike from outside.
    const clash = kind === "source" && findByTuple(kernel, row.net, row.reply)?.connection !== row.id;
    const reply = clash ? inverse(unique(kernel, row.net, row.id, now, undefined)) : row.reply;
    return putConnection(kernel, { ...row, ...done, reply });
  }
  if (kind === "target") {
    const next: Tuple = { ...now, target: address ?? now.target, ...(ports === undefined || now.protocol === "icmp" ? {} : { dport: ports[0] }) };
    return putConnection(kernel, { ...row, ...done, targetNat: true, reply: inverse(next) });
  }
  const next = unique(kernel, row.net, row.id, { ...now, source: address ?? now.source }, ports);
  putConnection(kernel, { ...row, ...done, sourceNat: true, reply: inverse(next) });
}

function unique(kernel: Kernel, net: number, id: number, tuple: Tuple, ports: readonly [number, number] | undefined): Tuple {
  const [first, last] = ports ?? [FIRST_FREE_PORT, 65535];
  const isFree = (sport: number): boolean => {
    const found = findByTuple(kernel, net, inverse({ ...tuple, sport }));
    return found === undefined || found.connection === id;
  };
  if ((ports === undefined || (tuple.sport >= first && tuple.sport <= last)) && isFree(tuple.sport)) return tuple;
  for (let port = first; port <= last; port++) if (isFree(port)) return { ...tuple, sport: port };
  return tuple;
}

function withSource(packet: Packet, source: Address, port: number): Packet {
  const { tcp, udp, icmp } = packet;
  return {
    ...packet,
    source,
    ...(tcp === undefined ? {} : { tcp: { ...tcp, sport: port } }),
    ...(udp === undefined ? {} : { udp: { ...udp, sport: port } }),
    ...(icmp === undefined ? {} : { icmp: { ...icmp, id: port } }),
  };
}

function withTarget(packet: Packet, target: Address, port: number, id: number): Packet {
  const { tcp, udp, icmp } = packet;
  return {
    ...packet,
    target,
    ...(tcp === undefined ? {} : { tcp: { ...tcp, dport: port } }),
    ...(udp === undefined ? {} : { udp: { ...udp, dport: port } }),
    ...(icmp === undefined ? {} : { icmp: { ...icmp, id } }),
  };
}

/** Makes a packet look as its connection says. */
export function manipulate(kernel: Kernel, skb: Skb, kind: Manipulation): Skb {
  const row = skb.tracked === undefined ? undefined : connectionOf(kernel, skb.tracked.connection);
  if (row === undefined || (!row.sourceNat && !row.targetNat)) return skb;
  const reply = skb.tracked?.reply === true;
  const wanted = inverse(reply ? row.original : row.reply);
  const { packet } = skb;
  const about = packet.icmp?.about;
  if (about !== undefined && packet.icmp !== undefined) {
    // An error goes against the direction of what it is about.
    const inner = reply ? row.original : row.reply;
    if (kind === "target")
      return { ...skb, packet: { ...packet, target: inner.source, icmp: { ...packet.icmp, about: withSource(about, inner.source, inner.sport) } } };
    const translated = reply ? row.targetNat : row.sourceNat;
    const restored = withTarget(about, inner.target, inner.dport, inner.sport);
    return translated
      ? {
          ...skb,
          packet: { ...packet, source: packet.source === about.target ? inner.target : packet.source, icmp: { ...packet.icmp, about: restored } },
        }
      : skb;
  }
  if (kind === "source") return { ...skb, packet: withSource(packet, wanted.source, wanted.sport) };
  return { ...skb, packet: withTarget(packet, wanted.target, wanted.dport, wanted.sport) };
}
