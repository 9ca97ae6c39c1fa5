/**
 * Making, changing and moving devices.
 *
 * Not modelled: qdiscs, offloads, vlans. IPv6 is only shown: the addresses a device would have.
 *
 * @rule linux.net.link
 * @source linux@6.12 net/core/rtnetlink.c rtnl_newlink do_setlink net/core/dev.c __dev_change_net_namespace drivers/net/veth.c veth_newlink
 */
import type { Kernel } from "../types";
import { linkLocal } from "./address";
import { forgetNeighbours } from "./arp";
import { forgetPort } from "./bridge";
import {
  type DeviceRow,
  deviceNamed,
  deviceNumbered,
  devicesIn,
  deviceTable,
  findDevice,
  hasCarrier,
  isRunning,
  NO_COUNTERS,
  operstate,
  portsOf,
  putDevice,
} from "./device";
import type { LinkInfo, LinkKind, LinkWish, NetAnswer } from "./model";
import { networkOfId, newDeviceId, peerNumber, putNetwork } from "./network";
import { deleteRoute, refreshRoutes, routesIn, routeTable } from "./route";

const ETHERNET_MTU = 1500;
const LEAST_MTU = 68;
const NAME_LENGTH = 15;
/** After which a link-local address is no longer tentative. */
const TENTATIVE = 1_500_000;

const OK = { done: true } as const;

function newMac(kernel: Kernel): string {
  const bytes = Array.from({ length: 6 }, () => Math.floor(kernel.tx.random("linux.net.mac") * 256));
  bytes[0] = ((bytes[0] ?? 0) & 0xfe) | 2;
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}

/** The next number that was not given yet. */
function newIndex(kernel: Kernel, net: number): number {
  const row = networkOfId(kernel, net);
  let index = row.lastIndex + 1;
  while (deviceNumbered(kernel, net, index) !== undefined) index++;
  putNetwork(kernel, { ...row, lastIndex: index });
  return index;
}

function freeName(kernel: Kernel, net: number, stem: string): string {
  let at = 0;
  while (deviceNamed(kernel, net, `${stem}${at}`) !== undefined) at++;
  return `${stem}${at}`;
}

function make(kernel: Kernel, net: number, kind: LinkKind, wish: LinkWish): DeviceRow {
  const mtu = wish.mtu ?? ETHERNET_MTU;
  return putDevice(kernel, {
    machine: kernel.machine,
    id: newDeviceId(kernel),
    net,
    index: newIndex(kernel, net),
    name: wish.name ?? freeName(kernel, net, kind),
    kind,
    mac: wish.mac ?? newMac(kernel),
    macGiven: wish.mac !== undefined,
    mtu,
    mtuGiven: wish.mtu !== undefined,
    up: false,
    opened: false,
    queueLength: wish.queueLength ?? 1000,
    alias: "",
    peer: 0,
    master: 0,
    bridged: false,
    addresses: [],
    counters: NO_COUNTERS,
  });
}

const isValidName = (name: string): boolean => name !== "" && name !== "." && name !== ".." && !/[/\s:]/.test(name);

function refused(kernel: Kernel, net: number, { name, mtu }: LinkWish): NetAnswer<true> | undefined {
  if (name !== undefined && name.length > NAME_LENGTH) return { errno: "EINVAL", message: "Attribute failed policy validation" };
  if (name !== undefined && !isValidName(name)) return { errno: "EINVAL" };
  if (name !== undefined && deviceNamed(kernel, net, name) !== undefined) return { errno: "EEXIST" };
  if (mtu !== undefined && mtu < LEAST_MTU) return { errno: "EINVAL", message: "mtu less than device minimum" };
  return undefined;
}

export function addLink(
  kernel: Kernel,
  here: number,
  kind: string,
  wish: LinkWish,
  peer: LinkWish,
  place: (wish: LinkWish) => number,
): NetAnswer<true> {
  const net = place(wish);
  if (kind !== "veth" && kind !== "bridge" && kind !== "dummy") return { errno: "EOPNOTSUPP", message: "Unknown device type" };
  const why = refused(kernel, net, wish);
  if (why !== undefined) return why;
  if (kind !== "veth") {
    const made = make(kernel, net, kind, wish);
    return wish.up === true || wish.master !== undefined ? setLink(kernel, made, { ...wish, name: made.name }, () => net) : OK;
  }
  const other = peer.netns === undefined ? net : place(peer);
  const whyPeer =
    refused(kernel, other, peer) ??
    (other === net && peer.name !== undefined && peer.name === wish.name ? ({ errno: "EEXIST" } as const) : undefined);
  if (whyPeer !== undefined) return whyPeer;
  const far = make(kernel, other, kind, peer);
  const near = make(kernel, net, kind, wish);
  putDevice(kernel, { ...far, peer: near.id });
  const row = putDevice(kernel, { ...near, peer: far.id });
  acquaint(kernel, row);
  kernel.tx.fired("linux.net.link", `${kernel.machine}/${row.id}`);
  if (peer.up === true) setLink(kernel, { ...far, peer: near.id }, { up: true }, () => other);
  void here;
  return wish.up === true || wish.master !== undefined ? setLink(kernel, row, wish, () => net) : OK;
}

/** The namespaces of the ends of a cable know each other by number. */
function acquaint(kernel: Kernel, row: DeviceRow): void {
  const other = findDevice(kernel, row.peer);
  if (row.kind !== "veth" || other === undefined || other.net === row.net) return;
  peerNumber(kernel, row.net, other.net, true);
  peerNumber(kernel, other.net, row.net, true);
}

export function setLink(kernel: Kernel, device: DeviceRow, wish: LinkWish, place: (wish: LinkWish) => number): NetAnswer<true> {
  let row = device;
  if (wish.netns !== undefined) {
    const moved = moveLink(kernel, row, place(wish), wish.name ?? row.name);
    if ("errno" in moved) return moved;
    row = moved.done;
  }
  if (wish.name !== undefined && wish.name !== row.name) {
    const why = refused(kernel, row.net, { name: wish.name });
    if (why !== undefined) return why;
    row = putDevice(kernel, { ...row, name: wish.name });
  }
  if (wish.mtu !== undefined) {
    if (wish.mtu < LEAST_MTU && row.kind !== "loopback") return { errno: "EINVAL", message: "mtu less than device minimum" };
    if (wish.mtu > 65535 && row.kind !== "loopback") return { errno: "EINVAL", message: "mtu greater than device maximum" };
    row = putDevice(kernel, { ...row, mtu: wish.mtu, mtuGiven: true });
    if (row.master !== 0) adaptBridge(kernel, row.master);
  }
  if (wish.mac !== undefined) {
    if (row.kind === "loopback") return { errno: "EOPNOTSUPP" };
    row = putDevice(kernel, { ...row, mac: wish.mac, macGiven: true });
    if (row.master !== 0) adaptBridge(kernel, row.master);
  }
  if (wish.alias !== undefined) row = putDevice(kernel, { ...row, alias: wish.alias });
  if (wish.queueLength !== undefined) row = putDevice(kernel, { ...row, queueLength: wish.queueLength });
  if (wish.master !== undefined) {
    const joined = enslave(kernel, row, wish.master);
    if ("errno" in joined) return joined;
  }
  if (wish.up !== undefined) setUp(kernel, device.id, wish.up);
  return OK;
}

/** Carrier of the other end and of the bridge changes with this. */
function setUp(kernel: Kernel, id: number, up: boolean): void {
  const row = findDevice(kernel, id);
  if (row === undefined || row.up === up) return;
  const lo = row.kind === "loopback" && up && row.addresses.length === 0;
  const addresses = lo ? [{ address: 0x7f000001, prefix: 8, scope: "host" as const, secondary: false, label: "lo" }] : row.addresses;
  const { six: _six, ...rest } = row;
  const next = putDevice(kernel, { ...rest, up, opened: true, addresses });
  refreshRoutes(kernel, next);
  if (!up) {
    forgetNeighbours(kernel, id);
    if (next.kind === "bridge") for (const port of portsOf(kernel, id)) forgetPort(kernel, port.id);
    if (next.master !== 0) forgetPort(kernel, id);
  }
  settle(kernel, id);
  if (next.peer !== 0) settle(kernel, next.peer);
}

/** What follows from the carrier: neighbours are forgotten without it, a link-local address comes with it. */
function settle(kernel: Kernel, id: number): void {
  const row = findDevice(kernel, id);
  if (row === undefined) return;
  const carrier = isRunning(kernel, row);
  if (row.up && !carrier) forgetNeighbours(kernel, id, false);
  if (carrier && row.six === undefined && row.kind !== "loopback")
    putDevice(kernel, { ...row, six: { address: linkLocal(row.mac), since: kernel.tx.now } });
  if (row.master !== 0) settle(kernel, row.master);
}

/**
 * @rule linux.net.bridge-port
 * @source linux@6.12 net/bridge/br_if.c br_add_if br_del_if
 */
function enslave(kernel: Kernel, row: DeviceRow, name: string): NetAnswer<true> {
  const bridge = name === "" ? undefined : deviceNamed(kernel, row.net, name);
  if (name !== "" && bridge?.kind !== "bridge") return { errno: "EOPNOTSUPP" };
  if (bridge !== undefined && row.kind === "loopback") return { errno: "EINVAL" };
  if (bridge !== undefined && row.kind === "bridge") return { errno: "ELOOP", message: "Can not enslave a bridge to a bridge" };
  const before = row.master;
  forgetPort(kernel, row.id);
  const changed = putDevice(kernel, { ...row, master: bridge?.id ?? 0 });
  if (before !== 0) adaptBridge(kernel, before);
  if (bridge !== undefined) {
    putDevice(kernel, { ...(findDevice(kernel, bridge.id) ?? bridge), bridged: true });
    adaptBridge(kernel, bridge.id);
  }
  settle(kernel, changed.id);
  return OK;
}

/** A bridge has the lowest address of its ports and the smallest mtu, unless it was given others. */
function adaptBridge(kernel: Kernel, id: number): void {
  const bridge = findDevice(kernel, id);
  if (bridge === undefined) return;
  const ports = portsOf(kernel, id);
  const macs = ports.map(({ mac }) => mac).sort((a, b) => (a < b ? -1 : 1));
  const mac = bridge.macGiven ? bridge.mac : (macs[0] ?? "00:00:00:00:00:00");
  const mtu = bridge.mtuGiven || ports.length === 0 ? bridge.mtu : Math.min(...ports.map((port) => port.mtu));
  putDevice(kernel, { ...bridge, mac, mtu });
  settle(kernel, id);
}

/** Into another namespace: down, without addresses and routes; with the same number if that is free there. */
function moveLink(kernel: Kernel, row: DeviceRow, net: number, name: string): NetAnswer<DeviceRow> {
  if (net === row.net) return { done: row };
  if (row.kind === "loopback" || row.kind === "bridge") return { errno: "EINVAL", message: "The interface netns is immutable" };
  if (deviceNamed(kernel, net, name) !== undefined) return { errno: "EEXIST", message: "An interface with the same name exists in the target netns" };
  setUp(kernel, row.id, false);
  forgetNeighbours(kernel, row.id);
  if (row.master !== 0) enslave(kernel, findDevice(kernel, row.id) ?? row, "");
  for (const route of kernel.tx.read(routeTable).by("device", `${kernel.machine}/${row.net}/${row.index}`)) deleteRoute(kernel, route);
  const index = deviceNumbered(kernel, net, row.index) === undefined ? row.index : newIndex(kernel, net);
  const moved = putDevice(kernel, { ...(findDevice(kernel, row.id) ?? row), net, index, name, addresses: [], opened: false });
  acquaint(kernel, moved);
  return { done: moved };
}

export function deleteLink(kernel: Kernel, row: DeviceRow): NetAnswer<true> {
  if (row.kind === "loopback") return { errno: "EOPNOTSUPP" };
  const peer = findDevice(kernel, row.peer);
  remove(kernel, row);
  if (peer !== undefined) remove(kernel, peer);
  return OK;
}

function remove(kernel: Kernel, row: DeviceRow): void {
  for (const port of portsOf(kernel, row.id)) enslave(kernel, port, "");
  forgetNeighbours(kernel, row.id);
  forgetPort(kernel, row.id);
  for (const route of routesIn(kernel, row.net)) if (route.device === row.index) deleteRoute(kernel, route);
  kernel.tx.write(deviceTable).delete(`${row.machine}/${row.id}`);
  if (row.master !== 0) adaptBridge(kernel, row.master);
}

/** All devices of a namespace that ends; the other ends of its cables go with them. */
export function removeLinks(kernel: Kernel, net: number): void {
  for (const { id } of devicesIn(kernel, net)) {
    const row = findDevice(kernel, id);
    if (row === undefined) continue;
    if (row.kind === "loopback") remove(kernel, row);
    else deleteLink(kernel, row);
  }
}

export function showLink(kernel: Kernel, row: DeviceRow): LinkInfo {
  const peer = row.kind === "veth" ? findDevice(kernel, row.peer) : undefined;
  const carrier = hasCarrier(kernel, row);
  const here = peer?.net === row.net;
  const number = peer === undefined || here ? undefined : peerNumber(kernel, row.net, peer.net, true);
  const { six } = row;
  return {
    index: row.index,
    name: row.name,
    kind: row.kind,
    mac: row.mac,
    mtu: row.mtu,
    flags: [
      ...(row.up && !carrier ? ["NO-CARRIER"] : []),
      ...(row.kind === "loopback" ? ["LOOPBACK"] : row.kind === "dummy" ? ["BROADCAST", "NOARP"] : ["BROADCAST", "MULTICAST"]),
      ...(row.up ? ["UP"] : []),
      ...(row.up && carrier ? ["LOWER_UP"] : []),
      ...(here && !peer.up ? ["M-DOWN"] : []),
    ],
    state: operstate(kernel, row),
    qdisc: row.opened ? "noqueue" : "noop",
    queueLength: row.queueLength,
    master: findDevice(kernel, row.master)?.name ?? "",
    alias: row.alias,
    ...(peer === undefined ? {} : { link: { index: peer.index, ...(number === undefined ? {} : { netns: number }) } }),
    promiscuity: row.master === 0 ? 0 : 1,
    addresses: row.addresses,
    sixes: [
      ...(row.kind === "loopback" && row.up ? [{ address: "::1", prefix: 128, scope: "host", tentative: false }] : []),
      ...(six === undefined || !row.up
        ? []
        : [{ address: six.address, prefix: 64, scope: "link", tentative: six.since + TENTATIVE > kernel.tx.now }]),
    ],
    counters: row.counters,
  };
}
