/** Sending single TCP segments, and the reset that answers what belongs to nothing. */
import type { Kernel } from "../types";
import { DEFAULT_TTL } from "./icmp";
import { ipOutput } from "./ip";
import type { Packet } from "./model";
import type { Name } from "./socket";

const HEADERS = 40;
export const WINDOW = 65_536;

export interface Segment {
  readonly seq: number;
  readonly ack: number;
  readonly flags: string;
  readonly data?: string;
  readonly window?: number;
}

export function sendSegment(kernel: Kernel, net: number, local: Name, remote: Name, { seq, ack, flags, data = "", window = WINDOW }: Segment): void {
  const tcp = { sport: local.port, dport: remote.port, seq, ack, flags, data, window };
  const length = HEADERS + data.length + (flags.includes("S") ? 20 : 12);
  ipOutput(kernel, net, { source: local.address, target: remote.address, ttl: DEFAULT_TTL, length, noFragments: true, tcp });
}

/**
 * @rule linux.net.tcp-reset
 * @source linux@6.12 net/ipv4/tcp_ipv4.c tcp_v4_send_reset
 */
export function sendReset(kernel: Kernel, net: number, { source, target, tcp }: Packet): void {
  if (tcp === undefined || tcp.flags.includes("R")) return;
  const own = tcp.flags.includes("A");
  const used = tcp.data.length + (tcp.flags.includes("S") ? 1 : 0) + (tcp.flags.includes("F") ? 1 : 0);
  const segment = own ? { seq: tcp.ack, ack: 0, flags: "R" } : { seq: 0, ack: tcp.seq + used, flags: "RA" };
  sendSegment(kernel, net, { address: target, port: tcp.dport }, { address: source, port: tcp.sport }, segment);
}
