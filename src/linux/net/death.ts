/**
 * The end of a network namespace: its virtual devices go, and with a cable its other end; rules and connections too.
 *
 * @rule linux.netns.cleanup
 * @source linux@6.12 net/core/net_namespace.c cleanup_net net/core/dev.c default_device_exit_batch
 */
import type { Kernel } from "../types";
import { forgetConnections } from "./conntrack";
import { removeLinks } from "./link";
import { rulesTable } from "./netfilter";
import { netTable } from "./network";
import { deleteRoute, routesIn } from "./route";
import { dropSocket, socketTable } from "./socket";

export function deathOfNetwork(kernel: Kernel, net: number): void {
  removeLinks(kernel, net);
  for (const route of routesIn(kernel, net)) deleteRoute(kernel, route);
  for (const table of ["filter", "nat", "mangle", "raw"]) kernel.tx.write(rulesTable).delete(`${kernel.machine}/${net}/${table}`);
  forgetConnections(kernel, net);
  for (const row of kernel.tx.read(socketTable).by("net", `${kernel.machine}/${net}`)) dropSocket(kernel, row);
  kernel.tx.write(netTable).delete(`${kernel.machine}/${net}`);
  for (const row of kernel.tx.read(netTable).rows())
    if (row.machine === kernel.machine && row.peers.includes(net))
      kernel.tx.write(netTable).put({ ...row, peers: row.peers.map((id) => (id === net ? 0 : id)) });
  kernel.tx.fired("linux.netns.cleanup", `${kernel.machine}/${net}`);
}
