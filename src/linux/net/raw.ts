/**
 * Raw ICMP sockets: each gets a copy of every ICMP packet that comes in, echo requests excepted.
 *
 * @rule linux.net.raw
 * @source linux@6.12 net/ipv4/raw.c raw_v4_input
 */
import type { Kernel } from "../types";
import type { Packet } from "./model";
import { putSocket, socketTable, wakeSocket } from "./socket";

const MOST_WAITING = 64;

export function icmpToSockets(kernel: Kernel, net: number, packet: Packet): void {
  const { icmp } = packet;
  if (icmp === undefined || icmp.type === 8) return;
  for (const row of kernel.tx.read(socketTable).by("port", `${kernel.machine}/${net}/icmp`)) {
    const datagram = { from: { address: packet.source, port: 0 }, data: "", ttl: packet.ttl, icmp, length: packet.length };
    putSocket(kernel, { ...row, datagrams: [...row.datagrams, datagram].slice(-MOST_WAITING) });
    wakeSocket(kernel, row.id);
  }
}
