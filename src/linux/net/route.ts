/**
 * Routing tables: local first, then main; the longest prefix wins, then the smallest metric.
 *
 * Not modelled: rules, more tables, several next hops.
 *
 * @rule linux.net.route
 * @source linux@6.12 net/ipv4/fib_frontend.c net/ipv4/fib_trie.c fib_table_lookup
 */
import { defineTable } from "../../sim/table";
import type { Kernel } from "../types";
import { type Address, broadcastOf, isLoopback, networkOf, within } from "./address";
import { type DeviceRow, deviceNumbered, devicesIn } from "./device";
import type { InterfaceAddress, NetAnswer, Route, RouteWish } from "./model";
import { deviceNamed } from "./device";

export interface RouteRow extends Route {
  readonly machine: string;
  readonly id: number;
  readonly net: number;
}

export const routeTable = defineTable<RouteRow, "net" | "device">({
  name: "linux.net.route",
  key: (row) => `${row.machine}/${row.id}`,
  indexes: {
    net: (row) => `${row.machine}/${row.net}`,
    device: (row) => (row.device === undefined ? undefined : `${row.machine}/${row.net}/${row.device}`),
  },
});

const TYPES = { local: 0, main: 1 };

export const routesIn = (kernel: Kernel, net: number): readonly RouteRow[] =>
  [...kernel.tx.read(routeTable).by("net", `${kernel.machine}/${net}`)].sort(
    (a, b) => TYPES[a.table] - TYPES[b.table] || a.network - b.network || b.prefix - a.prefix || a.metric - b.metric || a.id - b.id,
  );

export function putRoute(kernel: Kernel, net: number, route: Route): void {
  const id = kernel.tx.nextId(`linux.net.route/${kernel.machine}`);
  kernel.tx.write(routeTable).put({ ...route, machine: kernel.machine, id, net });
}

export const deleteRoute = (kernel: Kernel, row: RouteRow): void => kernel.tx.write(routeTable).delete(`${row.machine}/${row.id}`);

export function findRoute(kernel: Kernel, net: number, target: Address, device?: number): RouteRow | undefined {
  let best: RouteRow | undefined;
  for (const row of kernel.tx.read(routeTable).by("net", `${kernel.machine}/${net}`)) {
    if (!within(target, row.network, row.prefix)) continue;
    if (device !== undefined && row.device !== device) continue;
    if (best === undefined || before(row, best)) best = row;
  }
  return best;
}

const before = (a: RouteRow, b: RouteRow): boolean =>
  TYPES[a.table] !== TYPES[b.table]
    ? a.table === "local"
    : a.prefix !== b.prefix
      ? a.prefix > b.prefix
      : a.metric !== b.metric
        ? a.metric < b.metric
        : a.id < b.id;

export const isLocal = (kernel: Kernel, net: number, address: Address): boolean => findRoute(kernel, net, address)?.kind === "local";

/** The address a packet gets that leaves by a device: one of the next hop's network, else the first; else any of the namespace. */
export function sourceFor(kernel: Kernel, device: DeviceRow, target: Address): Address | undefined {
  const usable = device.addresses.filter(({ scope, secondary }) => scope !== "host" && !secondary);
  const near = usable.find(({ address, prefix }) => within(target, address, prefix));
  if (near !== undefined || usable[0] !== undefined) return (near ?? usable[0])?.address;
  for (const other of devicesIn(kernel, device.net)) {
    const any = other.addresses.find(({ scope }) => scope === "global");
    if (any !== undefined) return any.address;
  }
  return undefined;
}

/** Routes that an address brings with it: itself at once, its network and broadcast while the device is up. */
export function addressRoutes(device: DeviceRow, { address, prefix, scope, secondary, broadcast }: InterfaceAddress): readonly Route[] {
  // A secondary address leaves under the name of the first one of its network.
  const first = secondary
    ? device.addresses.find((other) => !other.secondary && other.prefix === prefix && within(address, other.address, prefix))
    : undefined;
  const common = { device: device.index, source: first?.address ?? address, metric: 0, protocol: "kernel" as const };
  const own: Route = { ...common, table: "local", kind: "local", network: address, prefix: 32, scope: "host" };
  if (!device.up) return [own];
  const routes: Route[] = [own];
  if (broadcast !== undefined && broadcast !== 0xffffffff)
    routes.push({ ...common, table: "local", kind: "broadcast", network: broadcast, prefix: 32, scope: "link" });
  if (prefix === 32 || secondary) return routes;
  const loopback = isLoopback(address) || scope === "host";
  const network = networkOf(address, prefix);
  routes.push(
    loopback
      ? { ...common, table: "local", kind: "local", network, prefix, scope: "host" }
      : { ...common, table: "main", kind: "unicast", network, prefix, scope: "link" },
  );
  if (prefix < 31) routes.push({ ...common, table: "local", kind: "broadcast", network: broadcastOf(address, prefix), prefix: 32, scope: "link" });
  return routes;
}

const same = (a: Route, b: Route): boolean =>
  a.table === b.table && a.kind === b.kind && a.network === b.network && a.prefix === b.prefix && a.device === b.device && a.metric === b.metric;

/** Brings the routes of a device's addresses in line with them. */
export function refreshRoutes(kernel: Kernel, device: DeviceRow): void {
  const rows = kernel.tx.read(routeTable).by("device", `${kernel.machine}/${device.net}/${device.index}`);
  const wanted = device.addresses.flatMap((address) => addressRoutes(device, address));
  for (const row of rows) {
    const kept = row.protocol === "kernel" ? wanted.some((route) => same(route, row) && route.source === row.source) : device.up;
    if (!kept) deleteRoute(kernel, row);
  }
  for (const route of wanted) if (!routesIn(kernel, device.net).some((row) => same(row, route))) putRoute(kernel, device.net, route);
}

/** Routes through gateways that nothing leads to any more are gone too. */
export function dropRoutesFrom(kernel: Kernel, net: number, source: Address): void {
  for (const row of kernel.tx.read(routeTable).by("net", `${kernel.machine}/${net}`))
    if (row.source === source && row.protocol !== "kernel") deleteRoute(kernel, row);
}

/**
 * @rule linux.net.route-change
 * @source linux@6.12 net/ipv4/fib_semantics.c fib_check_nh fib_create_info
 */
export function changeRoute(kernel: Kernel, net: number, how: "add" | "delete" | "replace", wish: RouteWish): NetAnswer<true> {
  const device = wish.device === undefined ? undefined : deviceNamed(kernel, net, wish.device);
  const { device: _device, ...plain } = wish;
  if (how === "delete") return removeRoute(kernel, net, wish, device?.index);
  const gateway = wish.via === undefined ? undefined : findRoute(kernel, net, wish.via, device?.index);
  if (networkOf(wish.network, wish.prefix) !== wish.network) return { errno: "EINVAL", message: "Invalid prefix for given prefix length" };
  if (wish.kind === "unicast") {
    if (wish.via === undefined && device === undefined) return { errno: "ENODEV" };
    if (device !== undefined && !device.up)
      return wish.via === undefined
        ? { errno: "ENETDOWN", message: "Device for nexthop is not up" }
        : { errno: "ENETUNREACH", message: "Nexthop has invalid gateway" };
    const reaches = gateway?.kind === "local" || (gateway?.kind === "unicast" && gateway.via === undefined);
    if (wish.via !== undefined && wish.onlink !== true && !reaches) return { errno: "ENETUNREACH", message: "Nexthop has invalid gateway" };
  }
  if (wish.source !== undefined && !isLocal(kernel, net, wish.source)) return { errno: "EINVAL", message: "Invalid prefsrc address" };
  const through = device?.index ?? gateway?.device;
  const route: Route = {
    table: "main",
    metric: 0,
    protocol: "boot",
    ...plain,
    scope: wish.scope ?? (wish.kind === "unicast" && wish.via === undefined ? "link" : "global"),
    ...(through === undefined || wish.kind !== "unicast" ? {} : { device: through }),
  };
  const twin = routesIn(kernel, net).find(
    (row) => row.table === route.table && row.network === route.network && row.prefix === route.prefix && row.metric === route.metric,
  );
  if (twin !== undefined && how === "add") return { errno: "EEXIST" };
  if (twin !== undefined) deleteRoute(kernel, twin);
  putRoute(kernel, net, route);
  return { done: true };
}

function removeRoute(kernel: Kernel, net: number, wish: RouteWish, device: number | undefined): NetAnswer<true> {
  const found = routesIn(kernel, net).find(
    (row) =>
      row.table === (wish.table ?? "main") &&
      row.network === wish.network &&
      row.prefix === wish.prefix &&
      (wish.via === undefined || wish.via === row.via) &&
      (device === undefined || device === row.device) &&
      (wish.kind === "unicast" || wish.kind === row.kind) &&
      (wish.metric === undefined || wish.metric === row.metric),
  );
  if (found === undefined) return { errno: "ESRCH" };
  deleteRoute(kernel, found);
  return { done: true };
}

export const routeDevice = (kernel: Kernel, row: RouteRow): DeviceRow | undefined =>
  row.device === undefined ? undefined : deviceNumbered(kernel, row.net, row.device);
