/**
 * Simulated requests on their way. A client sends `net.request` to `net/NODE` of its own node (or `net/outside`, a machine outside the
 * cluster) and gets one `net.reply`. In between: `dns.query`/`dns.answer` with `dns/main`, `net.packet` to the node of the endpoint,
 * `net.answer` back. Each hop is an event.
 */
import type { Address } from "../../sim/types";

export interface NetClient {
  readonly ip: string;
  readonly namespace?: string;
  readonly pod?: string;
  readonly container?: string;
}

export interface NetRequest {
  readonly type: "net.request";
  readonly id: string;
  readonly replyTo: Address;
  readonly from: NetClient;
  /** A name or an address. */
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Only opens a connection (nc, a database client). */
  readonly connectOnly?: boolean;
}

export type NetResult =
  | { readonly kind: "http"; readonly status: number; readonly body: string; readonly server: string }
  | { readonly kind: "connected"; readonly protocol: string }
  | { readonly kind: "refused" }
  | { readonly kind: "timeout" }
  | { readonly kind: "unresolved" };

export interface NetReply {
  readonly type: "net.reply";
  readonly id: string;
  readonly result: NetResult;
  /** The address it went to, after names were resolved. */
  readonly ip?: string;
  readonly endpoint?: string;
}

/** One request between machines. `ip` and `port` are those of the endpoint, or of the node for a node port. */
export interface NetPacket {
  readonly type: "net.packet";
  readonly id: string;
  readonly replyTo: Address;
  readonly from: NetClient;
  readonly ip: string;
  readonly port: number;
  readonly path: string;
  readonly connectOnly: boolean;
}

export interface NetAnswer {
  readonly type: "net.answer";
  readonly id: string;
  readonly result: NetResult;
  readonly namespace?: string;
  readonly pod?: string;
}

export interface DnsQuery {
  readonly type: "dns.query";
  readonly id: string;
  readonly replyTo: Address;
  readonly name: string;
  readonly qtype: string;
  /** Domains to try, for names that are not written out. */
  readonly search: readonly string[];
  readonly ndots: number;
}

export interface DnsReply {
  readonly type: "dns.answer";
  readonly id: string;
  readonly rcode: string;
  /** The name that was answered, and its records. */
  readonly qname: string;
  readonly answer: readonly string[];
}
