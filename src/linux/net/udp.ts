/**
 * UDP: a datagram goes to the socket that is bound to its port; where there is none, the sender is told.
 *
 * @rule linux.net.udp
 * @source linux@6.12 net/ipv4/udp.c __udp4_lib_rcv __udp4_lib_err
 */
import type { Errno } from "../errno";
import type { Kernel } from "../types";
import { DEFAULT_TTL, sendError } from "./icmp";
import { ipOutput } from "./ip";
import type { IcmpPart, Packet } from "./model";
import { deviceNamed } from "./device";
import { type Name, onPort, putSocket, type SocketRow, wakeSocket } from "./socket";

const HEADERS = 28;
const MOST_WAITING = 256;

/** The best match: connected to the sender before bound to the address before bound to any. */
function receiver(kernel: Kernel, net: number, packet: Packet): SocketRow | undefined {
  const score = ({ local, remote, connected }: SocketRow): number => {
    if (local.address !== 0 && local.address !== packet.target) return -1;
    if (connected && (remote.address !== packet.source || remote.port !== packet.udp?.sport)) return -1;
    return (local.address !== 0 ? 1 : 0) + (connected ? 2 : 0);
  };
  let best: SocketRow | undefined;
  for (const row of onPort(kernel, net, "udp", packet.udp?.dport ?? 0))
    if (score(row) >= 0 && (best === undefined || score(row) > score(best))) best = row;
  return best;
}

export function udpInput(kernel: Kernel, net: number, packet: Packet): void {
  const row = receiver(kernel, net, packet);
  if (row === undefined) return sendError(kernel, net, packet, { type: 3, code: 3 });
  const datagram = {
    from: { address: packet.source, port: packet.udp?.sport ?? 0 },
    data: packet.udp?.data ?? "",
    ttl: packet.ttl,
    length: packet.length,
  };
  if (row.datagrams.length >= MOST_WAITING) return;
  putSocket(kernel, { ...row, datagrams: [...row.datagrams, datagram] });
  wakeSocket(kernel, row.id);
}

export function udpSend(kernel: Kernel, row: SocketRow, data: string, to: Name): Errno | undefined {
  const packet: Packet = {
    source: row.local.address,
    target: to.address,
    ttl: row.ttl === 0 ? DEFAULT_TTL : row.ttl,
    length: HEADERS + data.length,
    noFragments: row.noFragments && HEADERS + data.length <= 1500,
    udp: { sport: row.local.port, dport: to.port, data },
  };
  return ipOutput(kernel, row.net, packet, row.device === "" ? undefined : deviceNamed(kernel, row.net, row.device));
}

/** An error about a datagram that was sent: a connected socket hears of it, and one that listens for errors. */
export function errorToUdp(kernel: Kernel, net: number, packet: Packet, icmp: IcmpPart): void {
  const { about } = icmp;
  if (about?.udp === undefined) return;
  for (const row of onPort(kernel, net, "udp", about.udp.sport)) {
    if (row.local.address !== 0 && row.local.address !== about.source) continue;
    const datagram = { from: { address: packet.source, port: 0 }, data: "", ttl: packet.ttl, icmp, length: packet.length };
    const hears = row.connected && icmp.type === 3;
    const errno: Errno = icmp.code === 3 ? "ECONNREFUSED" : "EHOSTUNREACH";
    putSocket(kernel, { ...row, ...(hears ? { error: errno } : {}), ...(row.message === true ? { datagrams: [...row.datagrams, datagram] } : {}) });
    wakeSocket(kernel, row.id);
  }
}
