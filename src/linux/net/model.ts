/**
 * What the network's parts and the programs that configure it say to each other: packets, links, routes, rules, requests and answers.
 */
import type { Micros } from "../../sim/types";
import type { Errno } from "../errno";
import type { Address } from "./address";

export type LinkKind = "loopback" | "veth" | "bridge" | "dummy";

export interface InterfaceAddress {
  readonly address: Address;
  readonly prefix: number;
  readonly broadcast?: Address;
  readonly scope: "global" | "host" | "link";
  readonly secondary: boolean;
  readonly label: string;
}

export interface IcmpPart {
  readonly type: number;
  readonly code: number;
  readonly id: number;
  readonly seq: number;
  /** When the request was sent, as ping writes it into the data. */
  readonly stamp: number;
  /** Of an error: the packet it is about; the mtu or the better gateway. */
  readonly about?: Packet;
  readonly info?: number;
}

export interface TcpPart {
  readonly sport: number;
  readonly dport: number;
  readonly seq: number;
  readonly ack: number;
  /** Of `S`, `A`, `F`, `R`. */
  readonly flags: string;
  readonly data: string;
  readonly window: number;
}

export interface UdpPart {
  readonly sport: number;
  readonly dport: number;
  readonly data: string;
}

export interface Packet {
  readonly source: Address;
  readonly target: Address;
  readonly ttl: number;
  /** Bytes with all headers but the link's. */
  readonly length: number;
  readonly noFragments: boolean;
  readonly icmp?: IcmpPart;
  readonly tcp?: TcpPart;
  readonly udp?: UdpPart;
}

export interface Frame {
  readonly source: string;
  readonly target: string;
  /** Bytes of the largest piece, without the link's header. */
  readonly size: number;
  readonly packet?: Packet;
  readonly arp?: { readonly reply: boolean; readonly senderMac: string; readonly sender: Address; readonly target: Address };
}

export type RouteKind = "unicast" | "local" | "broadcast" | "unreachable" | "blackhole" | "prohibit";

export interface Route {
  readonly table: "main" | "local";
  readonly kind: RouteKind;
  readonly network: Address;
  readonly prefix: number;
  readonly via?: Address;
  /** Number of the device in its namespace. */
  readonly device?: number;
  readonly source?: Address;
  readonly metric: number;
  readonly protocol: "kernel" | "boot" | "static";
  readonly scope: "global" | "link" | "host";
  /** The gateway is on the link although no route says so. */
  readonly onlink?: boolean;
}

export interface LinkInfo {
  readonly index: number;
  readonly name: string;
  readonly kind: LinkKind;
  readonly mac: string;
  readonly mtu: number;
  readonly flags: readonly string[];
  readonly state: string;
  readonly qdisc: string;
  readonly queueLength: number;
  readonly master: string;
  readonly alias: string;
  /** Of a veth: the peer's number, and the number of its namespace where that is another. */
  readonly link?: { readonly index: number; readonly netns?: number };
  readonly promiscuity: number;
  readonly addresses: readonly InterfaceAddress[];
  readonly sixes: readonly { readonly address: string; readonly prefix: number; readonly scope: string; readonly tentative: boolean }[];
  readonly counters: Counters;
}

export interface Counters {
  readonly rxBytes: number;
  readonly rxPackets: number;
  readonly rxDropped: number;
  readonly txBytes: number;
  readonly txPackets: number;
  readonly txDropped: number;
}

export interface NeighbourInfo {
  readonly address: Address;
  readonly device: string;
  readonly mac: string;
  readonly state: "INCOMPLETE" | "REACHABLE" | "STALE" | "DELAY" | "PROBE" | "FAILED" | "PERMANENT";
  readonly since: Micros;
}

/** A namespace as a request names it: by an open file or a process number. */
export type NamespaceName = { readonly fd: number } | { readonly pid: number };

export interface LinkWish {
  readonly name?: string;
  readonly up?: boolean;
  readonly mtu?: number;
  readonly mac?: string;
  readonly alias?: string;
  readonly queueLength?: number;
  /** Empty for none. */
  readonly master?: string;
  readonly netns?: NamespaceName;
}

export type NetRequest =
  | { readonly type: "links" }
  | { readonly type: "link-add"; readonly kind: string; readonly wish: LinkWish; readonly peer?: LinkWish }
  | { readonly type: "link-delete"; readonly name: string }
  | { readonly type: "link-set"; readonly name: string; readonly wish: LinkWish }
  | { readonly type: "address-add" | "address-delete"; readonly device: string; readonly address: Omit<InterfaceAddress, "secondary"> }
  | { readonly type: "address-flush"; readonly device: string; readonly sixToo: boolean }
  | { readonly type: "routes" }
  | { readonly type: "route-add" | "route-delete" | "route-replace"; readonly route: RouteWish }
  | { readonly type: "route-get"; readonly target: Address }
  | { readonly type: "neighbours" }
  | {
      readonly type: "neighbour-add" | "neighbour-replace" | "neighbour-delete";
      readonly device: string;
      readonly address: Address;
      readonly mac: string;
    }
  | { readonly type: "fdb" }
  | { readonly type: "netns-id"; readonly netns: NamespaceName };

export type RouteWish = Omit<Partial<Route>, "device"> & {
  readonly device?: string;
  readonly network: Address;
  readonly prefix: number;
  readonly kind: RouteKind;
};

/** An answer of the kernel's: data, or an errno with the sentence it may come with. */
export type NetAnswer<T> = { readonly done: T } | { readonly errno: Errno; readonly message?: string };

export interface Matching<T> {
  readonly is: T;
  readonly not: boolean;
}

export type Match =
  | {
      readonly kind: "tcp" | "udp";
      readonly sport?: Matching<readonly [number, number]>;
      readonly dport?: Matching<readonly [number, number]>;
      readonly syn?: boolean;
      readonly notSyn?: boolean;
    }
  | { readonly kind: "multiport"; readonly side: "sports" | "dports" | "ports"; readonly ports: readonly (readonly [number, number])[] }
  | { readonly kind: "icmp"; readonly type: Matching<number>; readonly code?: number }
  | { readonly kind: "state" | "conntrack"; readonly states: Matching<readonly string[]> }
  | { readonly kind: "comment"; readonly text: string }
  | { readonly kind: "addrtype"; readonly side: "src" | "dst"; readonly type: Matching<string> };

export interface Rule {
  readonly source?: Matching<readonly [Address, number]>;
  readonly target?: Matching<readonly [Address, number]>;
  readonly input?: Matching<string>;
  readonly output?: Matching<string>;
  readonly protocol?: Matching<string>;
  readonly matches: readonly Match[];
  /** Empty for none. */
  readonly jump: string;
  readonly go?: boolean;
  /** Of SNAT and DNAT: addresses from, to; ports from, to. Of REDIRECT and MASQUERADE: ports. */
  readonly to?: { readonly address?: Address; readonly last?: Address; readonly ports?: readonly [number, number] };
  /** Of REJECT. */
  readonly with?: string;
  /** Of LOG: what stands before. */
  readonly prefix?: string;
  readonly packets: number;
  readonly bytes: number;
}

export interface Chain {
  readonly name: string;
  /** Of a chain that was there from the start. */
  readonly policy?: "ACCEPT" | "DROP";
  readonly packets: number;
  readonly bytes: number;
  readonly rules: readonly Rule[];
}

export type TableName = "filter" | "nat" | "mangle" | "raw";

export type FilterRequest =
  | { readonly type: "list"; readonly table: TableName }
  | { readonly type: "append" | "delete" | "check"; readonly table: TableName; readonly chain: string; readonly rule: Rule }
  | { readonly type: "insert" | "replace"; readonly table: TableName; readonly chain: string; readonly at: number; readonly rule: Rule }
  | { readonly type: "delete-at"; readonly table: TableName; readonly chain: string; readonly at: number }
  | { readonly type: "flush" | "zero" | "delete-chain"; readonly table: TableName; readonly chain?: string }
  | { readonly type: "new-chain"; readonly table: TableName; readonly chain: string }
  | { readonly type: "rename-chain"; readonly table: TableName; readonly chain: string; readonly to: string }
  | { readonly type: "policy"; readonly table: TableName; readonly chain: string; readonly policy: "ACCEPT" | "DROP" };
