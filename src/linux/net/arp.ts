/**
 * Neighbours: who has an address on a link. Three questions a second apart; then those that waited are told that the host is unreachable.
 *
 * @rule linux.net.neighbour
 * @source linux@6.12 net/core/neighbour.c neigh_timer_handler net/ipv4/arp.c arp_process arp_solicit
 */
import { defineTable } from "../../sim/table";
import type { Message, Micros } from "../../sim/types";
import type { Kernel } from "../types";
import { type Address, BROADCAST_MAC, NO_MAC } from "./address";
import { type DeviceRow, findDevice } from "./device";
import { transmit } from "./frame";
import { sendError } from "./icmp";
import type { Frame, NeighbourInfo, Packet } from "./model";
import { isLocal, sourceFor } from "./route";

const RETRANSMIT = 1_000_000;
const PROBES = 3;
const REACHABLE_TIME = 30_000_000;
const DELAY_TIME = 5_000_000;
const QUEUE = 101;
const ARP_SIZE = 28;

export interface NeighbourRow {
  readonly machine: string;
  readonly device: number;
  readonly address: Address;
  readonly mac: string;
  readonly state: NeighbourInfo["state"];
  readonly probes: number;
  /** When it was last known to be there. */
  readonly confirmed: Micros;
  readonly changed: Micros;
  readonly queue: readonly Packet[];
  readonly timer?: number;
}

export const neighbourTable = defineTable<NeighbourRow, "device">({
  name: "linux.net.neighbour",
  key: (row) => `${row.machine}/${row.device}/${row.address}`,
  indexes: { device: (row) => `${row.machine}/${row.device}` },
});

export interface NeighbourMessage extends Message {
  readonly type: "neighbour";
  readonly device: number;
  readonly address: Address;
}

const find = (kernel: Kernel, device: number, address: Address): NeighbourRow | undefined =>
  kernel.tx.read(neighbourTable).get(`${kernel.machine}/${device}/${address}`);
const put = (kernel: Kernel, row: NeighbourRow): void => kernel.tx.write(neighbourTable).put(row);

function wait(kernel: Kernel, row: NeighbourRow, delay: Micros): NeighbourRow {
  if (row.timer !== undefined) kernel.tx.cancel(row.timer);
  const message: NeighbourMessage = { type: "neighbour", device: row.device, address: row.address };
  const next = { ...row, timer: kernel.tx.send(`machine/${kernel.machine}`, message, delay) };
  put(kernel, next);
  return next;
}

/** The state it has now: what was there a while ago is stale. */
export const stateNow = (kernel: Kernel, row: NeighbourRow): NeighbourRow["state"] =>
  row.state === "REACHABLE" && row.confirmed + REACHABLE_TIME <= kernel.tx.now ? "STALE" : row.state;

function ask(kernel: Kernel, device: DeviceRow, row: NeighbourRow): void {
  const waiting = row.queue[0]?.source;
  const sender = waiting !== undefined && isLocal(kernel, device.net, waiting) ? waiting : sourceFor(kernel, device, row.address);
  const target = row.state === "PROBE" ? row.mac : BROADCAST_MAC;
  transmit(kernel, device, {
    source: device.mac,
    target,
    size: ARP_SIZE,
    arp: { reply: false, senderMac: device.mac, sender: sender ?? 0, target: row.address },
  });
}

const frameOf = (device: DeviceRow, mac: string, packet: Packet): Frame => ({
  source: device.mac,
  target: mac,
  size: Math.min(packet.length, device.mtu),
  packet,
});

/** Sends to a neighbour, or lets the packet wait until it is known. */
export function sendTo(kernel: Kernel, device: DeviceRow, address: Address, packet: Packet): void {
  const row = find(kernel, device.id, address);
  const state = row === undefined ? undefined : stateNow(kernel, row);
  if (row === undefined || state === "FAILED") {
    const { now } = kernel.tx;
    const fresh = {
      machine: kernel.machine,
      device: device.id,
      address,
      mac: NO_MAC,
      state: "INCOMPLETE",
      probes: 1,
      confirmed: 0,
      changed: now,
      queue: [packet],
    } as const;
    ask(kernel, device, wait(kernel, fresh, RETRANSMIT));
    return;
  }
  if (state === "INCOMPLETE") return put(kernel, { ...row, queue: [...row.queue, packet].slice(-QUEUE) });
  if (state === "STALE") wait(kernel, { ...row, state: "DELAY", changed: kernel.tx.now }, DELAY_TIME);
  transmit(kernel, device, frameOf(device, row.mac, packet));
}

export function neighbourTime(kernel: Kernel, id: number, address: Address): void {
  const found = find(kernel, id, address);
  const device = findDevice(kernel, id);
  if (found === undefined || device === undefined) return;
  const { timer: _timer, ...row } = found;
  put(kernel, row);
  if (row.state === "DELAY") return ask(kernel, device, wait(kernel, { ...row, state: "PROBE", probes: 1, changed: kernel.tx.now }, RETRANSMIT));
  if (row.state !== "INCOMPLETE" && row.state !== "PROBE") return;
  if (row.probes < PROBES) return ask(kernel, device, wait(kernel, { ...row, probes: row.probes + 1 }, RETRANSMIT));
  put(kernel, { ...row, state: "FAILED", changed: kernel.tx.now, queue: [] });
  for (const packet of row.queue) sendError(kernel, device.net, packet, { type: 3, code: 1 });
}

function learn(kernel: Kernel, device: DeviceRow, address: Address, mac: string, reply: boolean): void {
  const row = find(kernel, device.id, address);
  if (row?.state === "PERMANENT") return;
  const { now } = kernel.tx;
  if (row?.timer !== undefined) kernel.tx.cancel(row.timer);
  const kept = !reply && row !== undefined && row.mac === mac && (row.state === "REACHABLE" || row.state === "DELAY");
  if (kept && row.timer === undefined) return;
  const state = reply || row?.state === "PROBE" ? ("REACHABLE" as const) : ("STALE" as const);
  put(kernel, { machine: kernel.machine, device: device.id, address, mac, state, probes: 0, confirmed: now, changed: now, queue: [] });
  for (const packet of row?.queue ?? []) sendTo(kernel, device, address, packet);
}

/**
 * Whoever asks for an address of this namespace is answered, whichever device has it.
 *
 * @rule linux.net.arp
 * @source linux@6.12 net/ipv4/arp.c arp_process
 */
export function arpInput(kernel: Kernel, device: DeviceRow, arp: NonNullable<Frame["arp"]>): void {
  const mine = isLocal(kernel, device.net, arp.target);
  if (arp.sender !== 0 && isLocal(kernel, device.net, arp.sender)) return;
  if (!arp.reply && mine) {
    learn(kernel, device, arp.sender, arp.senderMac, false);
    kernel.tx.fired("linux.net.arp", `${kernel.machine}/${device.id}`);
    const answer = { reply: true, senderMac: device.mac, sender: arp.target, target: arp.sender };
    return transmit(kernel, device, { source: device.mac, target: arp.senderMac, size: ARP_SIZE, arp: answer });
  }
  if (arp.reply && find(kernel, device.id, arp.sender) !== undefined) learn(kernel, device, arp.sender, arp.senderMac, true);
}

/** All neighbours on a link, when it goes down or away. */
export function forgetNeighbours(kernel: Kernel, device: number, permanentToo = true): void {
  for (const row of kernel.tx.read(neighbourTable).by("device", `${kernel.machine}/${device}`)) {
    if (!permanentToo && row.state === "PERMANENT") continue;
    if (row.timer !== undefined) kernel.tx.cancel(row.timer);
    kernel.tx.write(neighbourTable).delete(`${row.machine}/${row.device}/${row.address}`);
  }
}

export function setNeighbour(kernel: Kernel, device: number, address: Address, mac: string | undefined): boolean {
  const row = find(kernel, device, address);
  if (row?.timer !== undefined) kernel.tx.cancel(row.timer);
  if (mac === undefined) {
    kernel.tx.write(neighbourTable).delete(`${kernel.machine}/${device}/${address}`);
    return row !== undefined;
  }
  const { now } = kernel.tx;
  put(kernel, { machine: kernel.machine, device, address, mac, state: "PERMANENT", probes: 0, confirmed: now, changed: now, queue: [] });
  return true;
}
