/**
 * Network namespaces' own part: counters and switches; a new one has only lo, and it is down.
 *
 * @rule linux.netns.create
 * @source linux@6.12 net/core/net_namespace.c setup_net drivers/net/loopback.c loopback_net_init
 */
import { defineTable } from "../../sim/table";
import type { Kernel } from "../types";
import { INITIAL } from "../namespace/table";
import { NO_MAC } from "./address";
import { NO_COUNTERS, putDevice } from "./device";

export interface NetRow {
  readonly machine: string;
  readonly id: number;
  readonly lastIndex: number;
  readonly forward: boolean;
  /** Other namespaces by the numbers they are known under here. */
  readonly peers: readonly number[];
  /** Files under /proc/sys/net that were written. */
  readonly sysctl: Readonly<Record<string, string>>;
}

export const netTable = defineTable<NetRow>({ name: "linux.net", key: (row) => `${row.machine}/${row.id}` });

export const networkOfId = (kernel: Kernel, id: number): NetRow =>
  kernel.tx.read(netTable).get(`${kernel.machine}/${id}`) ?? { machine: kernel.machine, id, lastIndex: 0, forward: false, peers: [], sysctl: {} };
export const putNetwork = (kernel: Kernel, row: NetRow): void => kernel.tx.write(netTable).put(row);

/** The settings of a new namespace are those of the first one. */
export function birthOfNetwork(kernel: Kernel, id: number): void {
  const { forward, sysctl } = networkOfId(kernel, INITIAL.net);
  putNetwork(kernel, { machine: kernel.machine, id, lastIndex: 1, forward, peers: [], sysctl });
  putDevice(kernel, {
    machine: kernel.machine,
    id: newDeviceId(kernel),
    net: id,
    index: 1,
    name: "lo",
    kind: "loopback",
    mac: NO_MAC,
    macGiven: true,
    mtu: 65536,
    mtuGiven: false,
    up: false,
    opened: false,
    queueLength: 1000,
    alias: "",
    peer: 0,
    master: 0,
    bridged: false,
    addresses: [],
    counters: NO_COUNTERS,
  });
}

export const newDeviceId = (kernel: Kernel): number => kernel.tx.nextId(`linux.net.device/${kernel.machine}`);

/** The number under which one namespace knows another; given when first needed. */
export function peerNumber(kernel: Kernel, net: number, other: number, make: boolean): number | undefined {
  const row = networkOfId(kernel, net);
  const at = row.peers.indexOf(other);
  if (at >= 0 || !make) return at < 0 ? undefined : at;
  const free = row.peers.indexOf(0);
  const peers = free < 0 ? [...row.peers, other] : row.peers.map((id, i) => (i === free ? other : id));
  putNetwork(kernel, { ...row, peers });
  return peers.indexOf(other);
}
