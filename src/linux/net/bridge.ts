/**
 * A bridge learns behind which port an address lives, floods what it does not know, and gives its own device what is for it.
 *
 * Not modelled: spanning tree, vlans, multicast snooping.
 *
 * @rule linux.net.bridge
 * @source linux@6.12 net/bridge/br_input.c br_handle_frame_finish net/bridge/br_fdb.c net/bridge/br_forward.c
 */
import { defineTable } from "../../sim/table";
import type { Micros } from "../../sim/types";
import type { Kernel } from "../types";
import { BROADCAST_MAC } from "./address";
import { count, type DeviceRow, findDevice, hasCarrier, portsOf } from "./device";
import { receive, transmit } from "./frame";
import type { Frame } from "./model";

const AGEING = 300e6;

export interface LearnedRow {
  readonly machine: string;
  readonly bridge: number;
  readonly mac: string;
  readonly port: number;
  readonly seen: Micros;
}

export const learnedTable = defineTable<LearnedRow, "port" | "bridge">({
  name: "linux.net.learned",
  key: (row) => `${row.machine}/${row.bridge}/${row.mac}`,
  indexes: { port: (row) => `${row.machine}/${row.port}`, bridge: (row) => `${row.machine}/${row.bridge}` },
});

const isForwarding = (kernel: Kernel, port: DeviceRow): boolean => port.up && hasCarrier(kernel, port);

function portFor(kernel: Kernel, bridge: number, mac: string): DeviceRow | undefined {
  const row = kernel.tx.read(learnedTable).get(`${kernel.machine}/${bridge}/${mac}`);
  if (row === undefined || row.seen + AGEING < kernel.tx.now) return undefined;
  const port = findDevice(kernel, row.port);
  return port?.master === bridge ? port : undefined;
}

function flood(kernel: Kernel, bridge: number, except: number, frame: Frame): void {
  for (const port of portsOf(kernel, bridge)) if (port.id !== except && isForwarding(kernel, port)) transmit(kernel, port, frame);
}

function pass(kernel: Kernel, bridge: number, except: number, frame: Frame): void {
  const known = frame.target === BROADCAST_MAC ? undefined : portFor(kernel, bridge, frame.target);
  if (known === undefined) return flood(kernel, bridge, except, frame);
  if (known.id !== except && isForwarding(kernel, known)) transmit(kernel, known, frame);
}

/** Sent by the bridge's own device. */
export const bridgeOutput = (kernel: Kernel, bridge: DeviceRow, frame: Frame): void => pass(kernel, bridge.id, 0, frame);

/** Came in by a port. */
export function bridgeInput(kernel: Kernel, port: DeviceRow, frame: Frame): void {
  const bridge = findDevice(kernel, port.master);
  if (bridge?.up !== true) return;
  kernel.tx.write(learnedTable).put({ machine: kernel.machine, bridge: bridge.id, mac: frame.source, port: port.id, seen: kernel.tx.now });
  kernel.tx.fired("linux.net.bridge", `${kernel.machine}/${bridge.id}`);
  const own = frame.target === bridge.mac || portsOf(kernel, bridge.id).some(({ mac }) => mac === frame.target);
  if (own || frame.target === BROADCAST_MAC) {
    count(kernel, bridge.id, "rx", frame.size);
    receive(kernel, findDevice(kernel, bridge.id) ?? bridge, own ? { ...frame, target: bridge.mac } : frame);
  }
  if (!own) pass(kernel, bridge.id, port.id, frame);
}

/** What was learned of a port is forgotten with it. */
export function forgetPort(kernel: Kernel, port: number): void {
  for (const row of kernel.tx.read(learnedTable).by("port", `${kernel.machine}/${port}`))
    kernel.tx.write(learnedTable).delete(`${row.machine}/${row.bridge}/${row.mac}`);
}
