/**
 * ICMP: answers to echo requests, and the errors that tell a sender what became of its packet.
 *
 * Not modelled: rate limits, timestamps, address masks.
 *
 * @rule linux.net.icmp
 * @source linux@6.12 net/ipv4/icmp.c icmp_echo __icmp_send icmp_unreach
 */
import type { Kernel } from "../types";
import { LIMITED_BROADCAST, isMulticast } from "./address";
import { ipOutput } from "./ip";
import type { IcmpPart, Packet } from "./model";
import { findRoute } from "./route";
import { icmpToSockets } from "./raw";
import { errorToTcp } from "./tcp";
import { errorToUdp } from "./udp";

export const DEFAULT_TTL = 64;
const IP_HEADER = 20;
const ICMP_HEADER = 8;
/** An error carries the packet it is about, up to the least that every host takes. */
const MOST_ABOUT = 548;

export const isError = (icmp: IcmpPart): boolean => icmp.type === 3 || icmp.type === 5 || icmp.type === 11 || icmp.type === 12;

/** Tells the sender of a packet; errors about errors and about what went to many are not sent. */
export function sendError(
  kernel: Kernel,
  net: number,
  about: Packet,
  what: { readonly type: number; readonly code: number; readonly info?: number },
): void {
  if (about.icmp !== undefined && isError(about.icmp)) return;
  const kind = findRoute(kernel, net, about.target)?.kind;
  if (kind === "broadcast" || isMulticast(about.target) || about.target === LIMITED_BROADCAST || about.source === 0) return;
  const icmp: IcmpPart = { ...what, id: 0, seq: 0, stamp: 0, about };
  const length = IP_HEADER + ICMP_HEADER + Math.min(about.length, MOST_ABOUT);
  const source = kind === "local" ? about.target : 0;
  ipOutput(kernel, net, { source, target: about.source, ttl: DEFAULT_TTL, length, noFragments: false, icmp });
  kernel.tx.fired("linux.net.icmp", `${kernel.machine}/${net}`);
}

/** For this host. */
export function icmpInput(kernel: Kernel, net: number, packet: Packet): void {
  const { icmp } = packet;
  if (icmp === undefined) return;
  const many = findRoute(kernel, net, packet.target)?.kind !== "local";
  if (icmp.type === 8 && !many) {
    const { length } = packet;
    ipOutput(kernel, net, { source: packet.target, target: packet.source, ttl: DEFAULT_TTL, length, noFragments: false, icmp: { ...icmp, type: 0 } });
  }
  icmpToSockets(kernel, net, packet);
  if (icmp.about?.tcp !== undefined) errorToTcp(kernel, net, icmp.about, icmp);
  if (icmp.about?.udp !== undefined) errorToUdp(kernel, net, packet, icmp);
}
