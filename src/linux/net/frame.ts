/**
 * Frames on their way between two devices: rows that can be drawn, kept a while after they came.
 *
 * Not modelled: bandwidth and queues of a cable; every frame takes the same time.
 *
 * @rule linux.net.transmit
 * @source linux@6.12 net/core/dev.c __dev_queue_xmit drivers/net/veth.c veth_xmit drivers/net/loopback.c loopback_xmit
 */
import { defineTable } from "../../sim/table";
import type { Message, Micros } from "../../sim/types";
import type { Kernel } from "../types";
import { BROADCAST_MAC } from "./address";
import { arpInput } from "./arp";
import { bridgeInput, bridgeOutput } from "./bridge";
import { count, type DeviceRow, findDevice, hasCarrier } from "./device";
import { ipInput } from "./ip";
import type { Frame } from "./model";

/** From one end of a veth to the other, and through lo. */
const VETH_TIME = 15;
const LOOPBACK_TIME = 8;
const LINK_HEADER = 14;
/** What a device lets through above its mtu: the header and a tag. */
const SLACK = 4;
/** Rows kept, those that came included. */
const KEPT = 512;

/** What conntrack knows of a packet that stays on the machine's own lo. */
export interface Tracked {
  readonly connection: number;
  readonly reply: boolean;
}

export interface FrameRow {
  readonly machine: string;
  readonly id: number;
  /** Ids of devices. */
  readonly from: number;
  readonly to: number;
  readonly sent: Micros;
  readonly arrives: Micros;
  readonly frame: Frame;
  readonly tracked?: Tracked;
}

export const frameTable = defineTable<FrameRow>({ name: "linux.net.frame", key: (row) => `${row.machine}/${row.id}` });

export interface FrameMessage extends Message {
  readonly type: "frame";
  readonly frame: number;
}

function launch(kernel: Kernel, from: number, to: number, frame: Frame, delay: Micros, tracked: Tracked | undefined): void {
  const id = kernel.tx.nextId(`linux.net.frame/${kernel.machine}`);
  const { now } = kernel.tx;
  const row = { machine: kernel.machine, id, from, to, sent: now, arrives: now + delay, frame };
  const old = `${kernel.machine}/${id - KEPT}`;
  if ((kernel.tx.read(frameTable).get(old)?.arrives ?? 0) <= now) kernel.tx.write(frameTable).delete(old);
  kernel.tx.write(frameTable).put(tracked === undefined ? row : { ...row, tracked });
  const message: FrameMessage = { type: "frame", frame: id };
  kernel.tx.send(`machine/${kernel.machine}`, message, delay);
}

/** Out of a device. */
export function transmit(kernel: Kernel, device: DeviceRow, frame: Frame, tracked?: Tracked): void {
  const drop = !device.up || !hasCarrier(kernel, device);
  count(kernel, device.id, "tx", frame.size + LINK_HEADER, drop);
  if (drop || device.kind === "dummy") return;
  if (device.kind === "bridge") return bridgeOutput(kernel, device, frame);
  if (device.kind === "loopback") return launch(kernel, device.id, device.id, frame, LOOPBACK_TIME, tracked);
  launch(kernel, device.id, device.peer, frame, VETH_TIME, undefined);
  kernel.tx.fired("linux.net.transmit", `${kernel.machine}/${device.id}`);
}

/** A frame has come to the other end. */
export function arrive(kernel: Kernel, id: number): void {
  const row = kernel.tx.read(frameTable).get(`${kernel.machine}/${id}`);
  if (row === undefined) return;
  const device = findDevice(kernel, row.to);
  if (device?.up !== true) return;
  const tooLong = device.kind === "veth" && row.frame.size > device.mtu + SLACK;
  count(kernel, device.id, "rx", row.frame.size + LINK_HEADER, tooLong);
  if (tooLong) return;
  const now = findDevice(kernel, row.to) ?? device;
  if (now.master !== 0) bridgeInput(kernel, now, row.frame);
  else receive(kernel, now, row.frame, row.tracked);
}

/** Up into the protocols, when it is for this device. */
export function receive(kernel: Kernel, device: DeviceRow, frame: Frame, tracked?: Tracked): void {
  if (device.kind !== "loopback" && frame.target !== device.mac && frame.target !== BROADCAST_MAC) return;
  if (frame.arp !== undefined) arpInput(kernel, device, frame.arp);
  else if (frame.packet !== undefined) ipInput(kernel, device, frame.packet, tracked);
}
