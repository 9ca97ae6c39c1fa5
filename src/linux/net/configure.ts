/**
 * What `ip` and `iptables` ask of the kernel: one call each, whose answers carry the kernel's own sentences.
 *
 * @rule linux.net.configure
 * @source linux@6.12 net/core/rtnetlink.c rtnetlink_rcv_msg net/ipv4/devinet.c inet_rtm_newaddr inet_rtm_deladdr
 */
import { namespaceOf } from "../namespace/table";
import { capableIn } from "../namespace/user";
import { fileOf } from "../process/descriptor";
import { findByNumber, taskOf } from "../process/task";
import { type Kernel, type Result, value } from "../types";
import { networkOf, within } from "./address";
import { neighbourTable, setNeighbour, stateNow } from "./arp";
import { learnedTable } from "./bridge";
import { type DeviceRow, deviceNamed, devicesIn, findDevice, isRunning, putDevice } from "./device";
import { wayTo } from "./ip";
import { addLink, deleteLink, setLink, showLink } from "./link";
import type { FilterRequest, InterfaceAddress, NetAnswer, NetRequest, NamespaceName } from "./model";
import { netTable, peerNumber } from "./network";
import { changeRoute, dropRoutesFrom, refreshRoutes, routesIn } from "./route";
import { changeRules } from "./rules";

const READS: readonly NetRequest["type"][] = ["links", "routes", "route-get", "neighbours", "fdb", "netns-id"];

function mayAdminister(kernel: Kernel, task: number, net: number): boolean {
  return capableIn(kernel, taskOf(kernel, task).credentials, namespaceOf(kernel, net).owner, "NET_ADMIN");
}

/** The namespace that is named: by an open file of it, or by a process in it. */
function placeOf(kernel: Kernel, task: number, name: NamespaceName): number | undefined {
  if ("pid" in name) return findByNumber(kernel, taskOf(kernel, task).namespaces.pid, name.pid)?.namespaces.net;
  const file = fileOf(kernel, task, name.fd);
  const id = file.ok ? file.value.path.ref.ino : 0;
  return file.ok && kernel.tx.read(netTable).has(`${kernel.machine}/${id}`) ? id : undefined;
}

function changeLinks(
  kernel: Kernel,
  task: number,
  net: number,
  request: Extract<NetRequest, { type: "link-add" | "link-set" | "link-delete" }>,
): NetAnswer<unknown> {
  if (request.type === "link-add") {
    const wishes = [request.wish, request.peer ?? {}];
    for (const { netns } of wishes) if (netns !== undefined && placeOf(kernel, task, netns) === undefined) return { errno: "ESRCH" };
    return addLink(kernel, net, request.kind, request.wish, request.peer ?? {}, ({ netns }) =>
      netns === undefined ? net : (placeOf(kernel, task, netns) ?? net),
    );
  }
  const device = deviceNamed(kernel, net, request.name);
  if (device === undefined) return { errno: "ENODEV" };
  if (request.type === "link-delete") return deleteLink(kernel, device);
  const { netns } = request.wish;
  const place = netns === undefined ? net : placeOf(kernel, task, netns);
  if (place === undefined) return { errno: "ESRCH" };
  if (place !== net && !mayAdminister(kernel, task, place)) return { errno: "EPERM" };
  return setLink(kernel, device, request.wish, () => place);
}

/** @rule linux.net.address */
function changeAddresses(
  kernel: Kernel,
  net: number,
  request: Extract<NetRequest, { type: "address-add" | "address-delete" | "address-flush" }>,
): NetAnswer<true> {
  const device = deviceNamed(kernel, net, request.device);
  if (device === undefined) return { errno: "ENODEV" };
  if (request.type === "address-flush") {
    for (const { address } of device.addresses) dropAddress(kernel, net, device.name, address);
    const { six: _six, ...rest } = deviceNamed(kernel, net, device.name) ?? device;
    if (request.sixToo) putDevice(kernel, rest);
    return { done: true };
  }
  const { address, prefix } = request.address;
  const twin = device.addresses.find((other) => other.address === address && other.prefix === prefix);
  if (request.type === "address-delete") {
    if (twin === undefined) return { errno: "EADDRNOTAVAIL", message: "ipv4: Address not found" };
    dropAddress(kernel, net, device.name, address, prefix);
    return { done: true };
  }
  if (twin !== undefined) return { errno: "EEXIST", message: "ipv4: Address already assigned" };
  const secondary = device.addresses.some((other) => other.prefix === prefix && within(address, other.address, prefix));
  const row = putDevice(kernel, { ...device, addresses: inserted(device.addresses, { ...request.address, secondary }) });
  refreshRoutes(kernel, row);
  return { done: true };
}

const SCOPES = { global: 0, link: 253, host: 254 };

/** A first address of a network stands after those of as wide a scope or narrower, and before all second ones. */
function inserted(addresses: readonly InterfaceAddress[], fresh: InterfaceAddress): readonly InterfaceAddress[] {
  if (fresh.secondary) return [...addresses, fresh];
  const last = addresses.findLastIndex(({ secondary, scope }) => !secondary && SCOPES[fresh.scope] <= SCOPES[scope]);
  return addresses.toSpliced(last + 1, 0, fresh);
}

/** With the first address of a network its others go too. */
function dropAddress(kernel: Kernel, net: number, name: string, address: number, prefix?: number): void {
  const device = deviceNamed(kernel, net, name);
  const found = device?.addresses.find((one) => one.address === address && (prefix === undefined || one.prefix === prefix));
  if (device === undefined || found === undefined) return;
  const goes = (other: InterfaceAddress): boolean =>
    other === found ||
    (!found.secondary &&
      other.secondary &&
      other.prefix === found.prefix &&
      networkOf(other.address, other.prefix) === networkOf(address, found.prefix));
  const row = putDevice(kernel, { ...device, addresses: device.addresses.filter((other) => !goes(other)) });
  refreshRoutes(kernel, row);
  for (const other of device.addresses.filter(goes)) dropRoutesFrom(kernel, net, other.address);
}

function shownRoutes(kernel: Kernel, net: number) {
  return routesIn(kernel, net).map(({ machine: _machine, id: _id, net: _net, ...route }) => {
    const device = route.device === undefined ? undefined : devicesIn(kernel, net).find(({ index }) => index === route.device);
    return { ...route, deviceName: device?.name ?? "", linkDown: device !== undefined && !isRunning(kernel, device) };
  });
}

function shownNeighbours(kernel: Kernel, net: number) {
  return devicesIn(kernel, net).flatMap((device: DeviceRow) =>
    kernel.tx
      .read(neighbourTable)
      .by("device", `${kernel.machine}/${device.id}`)
      .map((row) => ({ address: row.address, device: device.name, mac: row.mac, state: stateNow(kernel, row), since: row.changed })),
  );
}

function shownLearned(kernel: Kernel, net: number) {
  return devicesIn(kernel, net).flatMap(({ id, name }) =>
    kernel.tx
      .read(learnedTable)
      .by("bridge", `${kernel.machine}/${id}`)
      .map((row) => ({ bridge: name, mac: row.mac, port: findDevice(kernel, row.port)?.name ?? "" })),
  );
}

function answer(kernel: Kernel, task: number, net: number, request: NetRequest): NetAnswer<unknown> {
  switch (request.type) {
    case "links":
      return { done: devicesIn(kernel, net).map((row) => showLink(kernel, row)) };
    case "link-add":
    case "link-set":
    case "link-delete":
      return changeLinks(kernel, task, net, request);
    case "address-add":
    case "address-delete":
    case "address-flush":
      return changeAddresses(kernel, net, request);
    case "routes":
      return { done: shownRoutes(kernel, net) };
    case "route-add":
      return changeRoute(kernel, net, "add", request.route);
    case "route-replace":
      return changeRoute(kernel, net, "replace", request.route);
    case "route-delete":
      return changeRoute(kernel, net, "delete", request.route);
    case "route-get": {
      const way = wayTo(kernel, net, request.target);
      if (typeof way === "string") return { errno: way };
      return { done: { device: way.output.name, source: way.source, hop: way.hop, local: way.local, kind: way.kind } };
    }
    case "neighbours":
      return { done: shownNeighbours(kernel, net) };
    case "neighbour-add":
    case "neighbour-replace":
    case "neighbour-delete": {
      const device = deviceNamed(kernel, net, request.device);
      if (device === undefined) return { errno: "ENODEV" };
      const known = shownNeighbours(kernel, net).some((one) => one.address === request.address && one.device === device.name);
      if (known && request.type === "neighbour-add") return { errno: "EEXIST" };
      return setNeighbour(kernel, device.id, request.address, request.type === "neighbour-delete" ? undefined : request.mac)
        ? { done: true }
        : { errno: "ENOENT" };
    }
    case "fdb":
      return { done: shownLearned(kernel, net) };
    case "netns-id": {
      const other = placeOf(kernel, task, request.netns);
      return { done: other === undefined ? -1 : (peerNumber(kernel, net, other, false) ?? -1) };
    }
  }
}

/** A request to the routing part of the kernel, about the caller's own namespace. */
export function netlink(kernel: Kernel, task: number, request: NetRequest): Result<NetAnswer<unknown>> {
  const { net } = taskOf(kernel, task).namespaces;
  if (!READS.includes(request.type) && !mayAdminister(kernel, task, net)) return value({ errno: "EPERM" });
  return value(answer(kernel, task, net, request));
}

/** A request to the packet filter. Without the right not even its rules are shown. */
export function netfilter(kernel: Kernel, task: number, request: FilterRequest): Result<NetAnswer<unknown>> {
  const { net } = taskOf(kernel, task).namespaces;
  return value(mayAdminister(kernel, task, net) ? changeRules(kernel, net, request) : { errno: "EPERM" });
}
