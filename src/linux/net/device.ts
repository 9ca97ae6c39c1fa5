/**
 * Network devices: one row each, in one network namespace at a time, under a name and a number there.
 *
 * @rule linux.net.device
 * @source linux@6.12 net/core/dev.c include/linux/netdevice.h
 */
import { defineTable } from "../../sim/table";
import type { Kernel } from "../types";
import type { Counters, InterfaceAddress, LinkKind } from "./model";

export interface DeviceRow {
  readonly machine: string;
  /** Of this machine, for ever. */
  readonly id: number;
  readonly net: number;
  readonly index: number;
  readonly name: string;
  readonly kind: LinkKind;
  readonly mac: string;
  /** Given by hand: a bridge no longer takes that of its ports. */
  readonly macGiven: boolean;
  readonly mtu: number;
  readonly mtuGiven: boolean;
  readonly up: boolean;
  /** Was up once since it came here. */
  readonly opened: boolean;
  readonly queueLength: number;
  readonly alias: string;
  /** Of a veth: the other end's id. */
  readonly peer: number;
  /** Id of the bridge it is a port of; 0 for none. */
  readonly master: number;
  /** Of a bridge: it had ports once, so that its carrier is theirs. */
  readonly bridged: boolean;
  readonly addresses: readonly InterfaceAddress[];
  /** The link-local address it has had since it came up, and since when. */
  readonly six?: { readonly address: string; readonly since: number };
  readonly counters: Counters;
}

export const NO_COUNTERS: Counters = Object.freeze({ rxBytes: 0, rxPackets: 0, rxDropped: 0, txBytes: 0, txPackets: 0, txDropped: 0 });

export const deviceTable = defineTable<DeviceRow, "net" | "name" | "index" | "master">({
  name: "linux.net.device",
  key: (row) => `${row.machine}/${row.id}`,
  indexes: {
    net: (row) => `${row.machine}/${row.net}`,
    name: (row) => `${row.machine}/${row.net}/${row.name}`,
    index: (row) => `${row.machine}/${row.net}/${row.index}`,
    master: (row) => (row.master === 0 ? undefined : `${row.machine}/${row.master}`),
  },
});

export const findDevice = (kernel: Kernel, id: number): DeviceRow | undefined => kernel.tx.read(deviceTable).get(`${kernel.machine}/${id}`);
export const deviceNamed = (kernel: Kernel, net: number, name: string): DeviceRow | undefined =>
  kernel.tx.read(deviceTable).by("name", `${kernel.machine}/${net}/${name}`)[0];
export const deviceNumbered = (kernel: Kernel, net: number, index: number): DeviceRow | undefined =>
  kernel.tx.read(deviceTable).by("index", `${kernel.machine}/${net}/${index}`)[0];
export const devicesIn = (kernel: Kernel, net: number): readonly DeviceRow[] =>
  [...kernel.tx.read(deviceTable).by("net", `${kernel.machine}/${net}`)].sort((a, b) => a.index - b.index);
export const portsOf = (kernel: Kernel, bridge: number): readonly DeviceRow[] =>
  [...kernel.tx.read(deviceTable).by("master", `${kernel.machine}/${bridge}`)].sort((a, b) => a.id - b.id);
export function putDevice(kernel: Kernel, row: DeviceRow): DeviceRow {
  kernel.tx.write(deviceTable).put(row);
  return row;
}

export function count(kernel: Kernel, id: number, side: "rx" | "tx", bytes: number, dropped = false): void {
  const row = findDevice(kernel, id);
  if (row === undefined) return;
  const { counters } = row;
  const more = dropped
    ? { [`${side}Dropped`]: counters[`${side}Dropped`] + 1 }
    : { [`${side}Bytes`]: counters[`${side}Bytes`] + bytes, [`${side}Packets`]: counters[`${side}Packets`] + 1 };
  putDevice(kernel, { ...row, counters: { ...counters, ...more } });
}

/**
 * Whether something is at the other end of the cable. Of a bridge: whether a port of it has that.
 *
 * @rule linux.net.carrier
 * @source linux@6.12 drivers/net/veth.c veth_open veth_close net/bridge/br_if.c
 */
export function hasCarrier(kernel: Kernel, row: DeviceRow): boolean {
  if (row.kind === "veth") return row.up && findDevice(kernel, row.peer)?.up === true;
  if (row.kind === "bridge" && row.bridged) return portsOf(kernel, row.id).some((port) => port.up && hasCarrier(kernel, port));
  return true;
}

/**
 * The state as RFC 2863 names it. A veth without carrier blames its lower layer, unless both ends happen to have one number.
 *
 * @rule linux.net.operstate
 * @source linux@6.12 net/core/link_watch.c default_operstate rfc2863_policy
 */
export function operstate(kernel: Kernel, row: DeviceRow): string {
  if (!row.up) return "DOWN";
  if (row.kind === "loopback" || row.kind === "dummy" || (row.kind === "bridge" && !row.bridged)) return "UNKNOWN";
  if (hasCarrier(kernel, row)) return "UP";
  return row.kind === "veth" && findDevice(kernel, row.peer)?.index !== row.index ? "LOWERLAYERDOWN" : "DOWN";
}

export const isRunning = (kernel: Kernel, row: DeviceRow): boolean => row.up && hasCarrier(kernel, row);
