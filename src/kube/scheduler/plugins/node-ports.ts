/** NodePorts: a port of the node can be taken once per protocol and address; 0.0.0.0 is every address. */
import type { Pod } from "../../apis/objects";
import { filterRun, type Plugin, SKIP, unschedulable } from "../framework";
import { type HostPort, hostPorts } from "../pod-info";

const TAKEN = unschedulable("node(s) didn't have free ports for the requested pod ports");
const EVERY = "0.0.0.0";

/**
 * Whether two host ports cannot be on one node.
 * @rule kube.scheduler.host-port-conflict
 * @source kubernetes@1.35 staging/src/k8s.io/kube-scheduler/framework/types.go HostPortInfo.CheckConflict
 */
export const portsConflict = (a: HostPort, b: HostPort): boolean =>
  a.port === b.port && a.protocol === b.protocol && (a.ip === EVERY || b.ip === EVERY || a.ip === b.ip);

/** @source kubernetes@1.35 pkg/scheduler/framework/plugins/nodeports/node_ports.go fitsPorts */
export const portsFit = (wanted: readonly HostPort[], pods: readonly Pod[]): boolean =>
  !pods.some((pod) => hostPorts(pod).some((taken) => wanted.some((port) => portsConflict(port, taken))));

/**
 * @rule kube.scheduler.node-ports
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/nodeports/node_ports.go
 */
export const nodePorts: Plugin = {
  name: "NodePorts",
  weight: 0,
  preFilter(pod) {
    const wanted = hostPorts(pod);
    if (wanted.length === 0) return SKIP;
    return filterRun(JSON.stringify(wanted), (info) => (portsFit(wanted, info.withPorts) ? undefined : TAKEN));
  },
};
