/**
 * Sockets: one row each. What they are bound to, connected to, have received, and may still send.
 *
 * @rule linux.net.socket
 * @source linux@6.12 net/socket.c net/ipv4/af_inet.c
 */
import { defineTable } from "../../sim/table";
import type { Micros } from "../../sim/types";
import type { Errno } from "../errno";
import { findNamespace, namespaceOf, putNamespace } from "../namespace/table";
import { releaseNamespace } from "../namespace/lifetime";
import { wake } from "../process/wake";
import type { Kernel } from "../types";
import type { Address } from "./address";
import type { IcmpPart } from "./model";

export type SocketType = "tcp" | "udp" | "icmp" | "unix";

export type TcpState =
  | "CLOSE"
  | "LISTEN"
  | "SYN-SENT"
  | "SYN-RECV"
  | "ESTAB"
  | "FIN-WAIT-1"
  | "FIN-WAIT-2"
  | "CLOSE-WAIT"
  | "CLOSING"
  | "LAST-ACK"
  | "TIME-WAIT";

export interface Name {
  readonly address: Address;
  readonly port: number;
}

export interface Datagram {
  readonly from: Name;
  readonly data: string;
  readonly ttl: number;
  readonly icmp?: IcmpPart;
  readonly length: number;
}

/** What TCP keeps of a connection. */
export interface TcpControl {
  readonly unacked: number;
  readonly next: number;
  readonly expected: number;
  /** Bytes from `unacked` on, that were not acknowledged yet. */
  readonly buffer: string;
  readonly finQueued: boolean;
  readonly mss: number;
  readonly window: number;
  readonly retries: number;
  readonly timer?: number;
}

export interface SocketRow {
  readonly machine: string;
  /** Its inode number. */
  readonly id: number;
  readonly net: number;
  readonly type: SocketType;
  readonly state: TcpState;
  readonly local: Name;
  readonly remote: Name;
  readonly bound: boolean;
  readonly connected: boolean;
  readonly reuse: boolean;
  /** Others that say so too may listen on its port. */
  readonly reusePort?: boolean;
  readonly ttl: number;
  readonly noFragments: boolean;
  readonly broadcast: boolean;
  /** Bound to a device, by name. */
  readonly device: string;
  readonly error?: Errno;
  readonly received: string;
  readonly ended: boolean;
  readonly datagrams: readonly Datagram[];
  readonly parent: number;
  /** Of a listener: connections that are ready. */
  readonly ready: readonly number[];
  readonly backlog: number;
  readonly shutRead: boolean;
  readonly shutWrite: boolean;
  /** No descriptor leads here any more. */
  readonly orphan: boolean;
  readonly tcp?: TcpControl;
  readonly expires?: Micros;
  /** Of a unix socket: its path, `@name` for an abstract one; and the other end. */
  readonly path?: string;
  readonly peer?: number;
  readonly message?: boolean;
}

export const socketTable = defineTable<SocketRow, "port" | "pair" | "net" | "parent" | "path">({
  name: "linux.net.socket",
  key: (row) => `${row.machine}/${row.id}`,
  indexes: {
    port: (row) =>
      row.type === "tcp" || row.type === "udp"
        ? `${row.machine}/${row.net}/${row.type}/${row.local.port}`
        : row.type === "icmp"
          ? `${row.machine}/${row.net}/icmp`
          : undefined,
    pair: (row) => (row.type === "tcp" && row.remote.port !== 0 ? pairKey(row.machine, row.net, row.local, row.remote) : undefined),
    net: (row) => `${row.machine}/${row.net}`,
    parent: (row) => (row.parent === 0 ? undefined : `${row.machine}/${row.parent}`),
    path: (row) => (row.path === undefined ? undefined : `${row.machine}/${row.path}`),
  },
});

export const pairKey = (machine: string, net: number, local: Name, remote: Name): string =>
  `${machine}/${net}/${local.address}:${local.port}/${remote.address}:${remote.port}`;

export const findSocket = (kernel: Kernel, id: number): SocketRow | undefined => kernel.tx.read(socketTable).get(`${kernel.machine}/${id}`);
export function putSocket(kernel: Kernel, row: SocketRow): SocketRow {
  kernel.tx.write(socketTable).put(row);
  return row;
}
export const queueOf = (id: number): string => `socket/${id}`;
export const wakeSocket = (kernel: Kernel, id: number): void => wake(kernel, queueOf(id));

export const NOWHERE: Name = Object.freeze({ address: 0, port: 0 });

export function newSocket(kernel: Kernel, net: number, type: SocketType, more: Partial<SocketRow> = {}): SocketRow {
  const id = 20_000 + kernel.tx.nextId(`linux.net.socket/${kernel.machine}`);
  return putSocket(kernel, {
    machine: kernel.machine,
    id,
    net,
    type,
    state: "CLOSE",
    local: NOWHERE,
    remote: NOWHERE,
    bound: false,
    connected: false,
    reuse: false,
    ttl: 64,
    noFragments: true,
    broadcast: false,
    device: "",
    received: "",
    ended: false,
    datagrams: [],
    parent: 0,
    ready: [],
    backlog: 0,
    shutRead: false,
    shutWrite: false,
    orphan: false,
    ...more,
  });
}

export function dropSocket(kernel: Kernel, row: SocketRow): void {
  if (row.tcp?.timer !== undefined) kernel.tx.cancel(row.tcp.timer);
  kernel.tx.write(socketTable).delete(`${row.machine}/${row.id}`);
}

/** An open socket keeps its namespace. */
export function holdNetwork(kernel: Kernel, net: number, by: 1 | -1): void {
  if (findNamespace(kernel, net) === undefined) return;
  const row = namespaceOf(kernel, net);
  putNamespace(kernel, { ...row, opens: row.opens + by });
  if (by < 0) releaseNamespace(kernel, net);
}

const FIRST_PORT = 32768;
const LAST_PORT = 60999;

/** Sockets that hold a port; those whose time is over are cleared away. */
export function onPort(kernel: Kernel, net: number, type: "tcp" | "udp", port: number): readonly SocketRow[] {
  const rows = kernel.tx.read(socketTable).by("port", `${kernel.machine}/${net}/${type}/${port}`);
  for (const row of rows) if (row.expires !== undefined && row.expires <= kernel.tx.now) dropSocket(kernel, row);
  return rows.filter((row) => row.expires === undefined || row.expires > kernel.tx.now);
}

/** A port nobody uses: an even one to connect from, an odd one to be bound. */
export function freePort(kernel: Kernel, net: number, type: "tcp" | "udp", parity: 0 | 1): number {
  const span = (LAST_PORT - FIRST_PORT + 1) / 2;
  const start = Math.floor(kernel.tx.random("linux.net.port") * span);
  for (let i = 0; i < span; i++) {
    const port = FIRST_PORT + 2 * ((start + i) % span) + parity;
    if (onPort(kernel, net, type, port).length === 0) return port;
  }
  return 0;
}
