/**
 * Connection tracking: what belongs together, in both directions, so that answers are translated back.
 *
 * It acts once a rule needs it. Entries end by looking at the clock, when they are next met.
 *
 * @rule linux.netfilter.conntrack
 * @source linux@6.12 net/netfilter/nf_conntrack_core.c nf_conntrack_in resolve_normal_ct
 */
import { defineTable } from "../../sim/table";
import type { Micros } from "../../sim/types";
import type { Kernel } from "../types";
import type { Address } from "./address";
import type { DeviceRow } from "./device";
import type { Tracked } from "./frame";
import type { Packet } from "./model";

/** A packet inside a namespace, with what has been found out of it. */
export interface Skb {
  readonly net: number;
  readonly packet: Packet;
  readonly input?: DeviceRow;
  readonly output?: DeviceRow;
  readonly tracked?: Tracked;
}

export interface Tuple {
  readonly protocol: "icmp" | "tcp" | "udp";
  readonly source: Address;
  readonly target: Address;
  /** Ports; of ICMP the id and the type. */
  readonly sport: number;
  readonly dport: number;
}

export interface ConnectionRow {
  readonly machine: string;
  readonly id: number;
  readonly net: number;
  readonly original: Tuple;
  readonly reply: Tuple;
  /** It left the namespace or was delivered. */
  readonly confirmed: boolean;
  readonly answered: boolean;
  readonly assured: boolean;
  /** What has been decided of its addresses. */
  readonly sourceDone: boolean;
  readonly targetDone: boolean;
  readonly sourceNat: boolean;
  readonly targetNat: boolean;
  readonly state: "" | "SYN_SENT" | "SYN_RECV" | "ESTABLISHED" | "FIN_WAIT" | "TIME_WAIT" | "CLOSE";
  readonly expires: Micros;
}

export const tupleKey = ({ protocol, source, target, sport, dport }: Tuple): string => `${protocol}/${source}:${sport}/${target}:${dport}`;

export const connectionTable = defineTable<ConnectionRow, "tuple" | "net">({
  name: "linux.net.connection",
  key: (row) => `${row.machine}/${row.id}`,
  indexes: {
    tuple: (row) => [...new Set([row.original, row.reply].map((tuple) => `${row.machine}/${row.net}/${tupleKey(tuple)}`))],
    net: (row) => `${row.machine}/${row.net}`,
  },
});

const SECOND = 1e6;
const TIMES = { icmp: 30, udp: 30, udpStream: 120, SYN_SENT: 120, SYN_RECV: 60, ESTABLISHED: 432_000, FIN_WAIT: 120, TIME_WAIT: 120, CLOSE: 10 };

export function tupleOf(packet: Packet): Tuple | undefined {
  const { source, target, icmp, tcp, udp } = packet;
  if (tcp !== undefined) return { protocol: "tcp", source, target, sport: tcp.sport, dport: tcp.dport };
  if (udp !== undefined) return { protocol: "udp", source, target, sport: udp.sport, dport: udp.dport };
  return icmp !== undefined && (icmp.type === 8 || icmp.type === 0)
    ? { protocol: "icmp", source, target, sport: icmp.id, dport: icmp.type }
    : undefined;
}

export const inverse = ({ protocol, source, target, sport, dport }: Tuple): Tuple =>
  protocol === "icmp"
    ? { protocol, source: target, target: source, sport, dport: dport === 8 ? 0 : 8 }
    : { protocol, source: target, target: source, sport: dport, dport: sport };

export function findByTuple(kernel: Kernel, net: number, tuple: Tuple): Tracked | undefined {
  const key = tupleKey(tuple);
  for (const row of kernel.tx.read(connectionTable).by("tuple", `${kernel.machine}/${net}/${key}`)) {
    if (row.expires > kernel.tx.now) return { connection: row.id, reply: tupleKey(row.original) !== key };
    kernel.tx.write(connectionTable).delete(`${row.machine}/${row.id}`);
  }
  return undefined;
}

export const connectionOf = (kernel: Kernel, id: number): ConnectionRow | undefined => kernel.tx.read(connectionTable).get(`${kernel.machine}/${id}`);
export const putConnection = (kernel: Kernel, row: ConnectionRow): void => kernel.tx.write(connectionTable).put(row);

/** Finds or makes the connection of a packet. An error belongs to what it is about. */
export function track(kernel: Kernel, skb: Skb): Skb {
  if (skb.tracked !== undefined) return skb;
  const { packet, net } = skb;
  const tuple = tupleOf(packet);
  if (tuple === undefined) {
    const about = packet.icmp?.about === undefined ? undefined : tupleOf(packet.icmp.about);
    const found = about === undefined ? undefined : findByTuple(kernel, net, about);
    return found === undefined ? skb : { ...skb, tracked: { connection: found.connection, reply: !found.reply } };
  }
  const found = findByTuple(kernel, net, tuple);
  if (found !== undefined) {
    advance(kernel, found, packet);
    return { ...skb, tracked: found };
  }
  if (tuple.protocol === "icmp" && tuple.dport === 0) return skb;
  const id = kernel.tx.nextId(`linux.net.connection/${kernel.machine}`);
  const state = tuple.protocol === "tcp" ? (packet.tcp?.flags.includes("S") === true ? "SYN_SENT" : "ESTABLISHED") : "";
  putConnection(kernel, {
    machine: kernel.machine,
    id,
    net,
    original: tuple,
    reply: inverse(tuple),
    confirmed: false,
    answered: false,
    assured: false,
    sourceDone: false,
    targetDone: false,
    sourceNat: false,
    targetNat: false,
    state,
    expires: kernel.tx.now + (state === "" ? TIMES.udp : TIMES[state]) * SECOND,
  });
  return { ...skb, tracked: { connection: id, reply: false } };
}

function advance(kernel: Kernel, { connection, reply }: Tracked, { tcp, icmp }: Packet): void {
  const row = connectionOf(kernel, connection);
  if (row === undefined) return;
  const answered = row.answered || reply;
  let { state } = row;
  if (tcp !== undefined) {
    if (tcp.flags.includes("R")) state = "CLOSE";
    else if (tcp.flags.includes("S")) state = reply ? "SYN_RECV" : "SYN_SENT";
    else if (tcp.flags.includes("F")) state = state === "FIN_WAIT" ? "TIME_WAIT" : "FIN_WAIT";
    else if (state === "SYN_RECV" && !reply) state = "ESTABLISHED";
  }
  const seconds = state !== "" ? TIMES[state] : icmp !== undefined ? TIMES.icmp : answered ? TIMES.udpStream : TIMES.udp;
  putConnection(kernel, { ...row, answered, assured: row.assured || state === "ESTABLISHED", state, expires: kernel.tx.now + seconds * SECOND });
}

/** What a packet is to its connection, as `--ctstate` names it. */
export function stateOf(kernel: Kernel, skb: Skb): string {
  const row = skb.tracked === undefined ? undefined : connectionOf(kernel, skb.tracked.connection);
  if (row === undefined) return "INVALID";
  if (skb.packet.icmp?.about !== undefined) return "RELATED";
  return row.answered ? "ESTABLISHED" : "NEW";
}

export function confirm(kernel: Kernel, skb: Skb): void {
  const row = skb.tracked === undefined ? undefined : connectionOf(kernel, skb.tracked.connection);
  if (row !== undefined && !row.confirmed) putConnection(kernel, { ...row, confirmed: true });
}

/** A packet was dropped: a connection that never left is none. */
export function forget(kernel: Kernel, skb: Skb): void {
  const row = skb.tracked === undefined ? undefined : connectionOf(kernel, skb.tracked.connection);
  if (row?.confirmed === false) kernel.tx.write(connectionTable).delete(`${row.machine}/${row.id}`);
}

export function forgetConnections(kernel: Kernel, net: number): void {
  for (const row of kernel.tx.read(connectionTable).by("net", `${kernel.machine}/${net}`))
    kernel.tx.write(connectionTable).delete(`${row.machine}/${row.id}`);
}
