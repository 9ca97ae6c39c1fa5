/**
 * The way of a packet through a network namespace: in, routed, delivered here or forwarded, out to a neighbour.
 *
 * Not modelled: fragments travel as one, with the size of the largest; multicast; redirects.
 *
 * @rule linux.net.ip
 * @source linux@6.12 net/ipv4/ip_input.c net/ipv4/route.c ip_route_input_slow net/ipv4/ip_forward.c net/ipv4/ip_output.c
 */
import type { Errno } from "../errno";
import type { Kernel } from "../types";
import { type Address, BROADCAST_MAC, isLoopback, isMulticast, LIMITED_BROADCAST } from "./address";
import { sendTo } from "./arp";
import { type DeviceRow, devicesIn } from "./device";
import { forget, type Skb } from "./conntrack";
import { type Tracked, transmit } from "./frame";
import { icmpInput, sendError } from "./icmp";
import type { Packet } from "./model";
import { passHook } from "./netfilter";
import { networkOfId } from "./network";
import { findRoute, isLocal, routeDevice, sourceFor } from "./route";
import { tcpInput } from "./tcp";
import { udpInput } from "./udp";

export function ipInput(kernel: Kernel, device: DeviceRow, packet: Packet, tracked?: Tracked): void {
  const { net } = device;
  const outside = device.kind !== "loopback";
  if (outside && (isLoopback(packet.source) || isLoopback(packet.target))) return;
  const arrived: Skb = { net, packet, input: device, ...(tracked === undefined ? {} : { tracked }) };
  const skb = passHook(kernel, "PREROUTING", arrived);
  if (skb === undefined) return;
  const { target } = skb.packet;
  const route = findRoute(kernel, net, target);
  // Who uses one of our own addresses outside is not believed.
  if (outside && isLocal(kernel, net, skb.packet.source)) return forget(kernel, skb);
  if (route?.kind === "local" || route?.kind === "broadcast" || target === LIMITED_BROADCAST) return deliver(kernel, skb);
  if (isMulticast(target) || !networkOfId(kernel, net).forward) return forget(kernel, skb);
  forward(kernel, skb);
}

function deliver(kernel: Kernel, arrived: Skb): void {
  const skb = passHook(kernel, "INPUT", arrived);
  if (skb === undefined) return;
  const { packet, net } = skb;
  if (packet.icmp !== undefined) icmpInput(kernel, net, packet);
  else if (packet.tcp !== undefined) tcpInput(kernel, net, packet);
  else if (packet.udp !== undefined) udpInput(kernel, net, packet);
}

/**
 * @rule linux.net.forward
 * @source linux@6.12 net/ipv4/ip_forward.c ip_forward
 */
function forward(kernel: Kernel, arrived: Skb): void {
  const { net, packet } = arrived;
  const route = findRoute(kernel, net, packet.target);
  const refuse = (type: number, code: number, info?: number): void => {
    forget(kernel, arrived);
    sendError(kernel, net, packet, info === undefined ? { type, code } : { type, code, info });
  };
  if (route === undefined) return refuse(3, 0);
  if (route.kind === "unreachable") return refuse(3, 1);
  if (route.kind === "prohibit") return refuse(3, 13);
  const output = routeDevice(kernel, route);
  if (route.kind !== "unicast" || output === undefined) return forget(kernel, arrived);
  if (packet.ttl <= 1) return refuse(11, 0);
  if (packet.noFragments && packet.length > output.mtu) return refuse(3, 4, output.mtu);
  const passed = passHook(kernel, "FORWARD", { ...arrived, packet: { ...packet, ttl: packet.ttl - 1 }, output });
  if (passed === undefined) return;
  kernel.tx.fired("linux.net.forward", `${kernel.machine}/${net}`);
  finish(kernel, passed, route.via ?? passed.packet.target);
}

/** Out: the last hook, then the neighbour. */
function finish(kernel: Kernel, skb: Skb, hop: Address): void {
  const { output } = skb;
  const last = passHook(kernel, "POSTROUTING", skb);
  if (last === undefined || output === undefined) return;
  const { packet, tracked } = last;
  if (output.kind === "loopback") return transmit(kernel, output, { source: output.mac, target: output.mac, size: packet.length, packet }, tracked);
  const kind = findRoute(kernel, skb.net, packet.target)?.kind;
  if (kind === "broadcast" || packet.target === LIMITED_BROADCAST)
    return transmit(kernel, output, { source: output.mac, target: BROADCAST_MAC, size: Math.min(packet.length, output.mtu), packet });
  sendTo(kernel, output, hop, packet);
}

export interface Way {
  readonly output: DeviceRow;
  readonly source: Address;
  readonly hop: Address;
  readonly local: boolean;
  readonly kind: string;
}

/** Where a packet of this host would go out, and under which address. */
export function wayTo(kernel: Kernel, net: number, target: Address, from = 0, bound?: DeviceRow): Way | Errno {
  const found = findRoute(kernel, net, target);
  const route = bound === undefined || found?.kind === "local" ? found : (findRoute(kernel, net, target, bound.index) ?? found);
  if (route === undefined) {
    if (bound === undefined) return "ENETUNREACH";
    return { output: bound, source: from === 0 ? (sourceFor(kernel, bound, target) ?? 0) : from, hop: target, local: false, kind: "unicast" };
  }
  if (route.kind === "unreachable") return "EHOSTUNREACH";
  if (route.kind === "blackhole") return "EINVAL";
  if (route.kind === "prohibit") return "EACCES";
  const local = route.kind === "local";
  const device = local ? loopbackOf(kernel, net) : routeDevice(kernel, route);
  if (device === undefined) return "ENETUNREACH";
  const owner = routeDevice(kernel, route) ?? device;
  const chosen =
    from !== 0
      ? from
      : local
        ? isLoopback(target)
          ? (route.source ?? target)
          : target
        : (route.source ?? sourceFor(kernel, owner, route.via ?? target) ?? 0);
  return { output: device, source: chosen, hop: route.via ?? target, local, kind: route.kind };
}

const loopbackOf = (kernel: Kernel, net: number): DeviceRow | undefined => devicesIn(kernel, net).find(({ kind }) => kind === "loopback");

/** Sends a packet of this host; a source of 0 is chosen by the route. Undefined when it went its way. */
export function ipOutput(kernel: Kernel, net: number, packet: Packet, bound?: DeviceRow): Errno | undefined {
  const way = wayTo(kernel, net, packet.target, packet.source, bound);
  if (typeof way === "string") return way;
  if (packet.noFragments && packet.length > way.output.mtu) return "EMSGSIZE";
  const skb: Skb = { net, packet: { ...packet, source: way.source }, output: way.output };
  const passed = passHook(kernel, "OUTPUT", skb);
  if (passed === undefined) return "EPERM";
  if (passed.packet.target === packet.target) {
    finish(kernel, passed, way.hop);
    return undefined;
  }
  const other = wayTo(kernel, net, passed.packet.target, passed.packet.source);
  if (typeof other === "string") return other;
  finish(kernel, { ...passed, output: other.output }, other.hop);
  return undefined;
}
