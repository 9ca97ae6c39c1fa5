/** What a world is made of before anybody does anything: the cluster's machines and what a fresh control plane holds. */
import type { NodeConfig } from "../kube/kubelet/tables";
import type { Profile } from "../sim/types";
import { CONTROL_PLANE_IMAGES, CONTROL_PLANE_NODE } from "./static-pods";

export interface MachineConfig {
  /** Also its host name. */
  readonly name: string;
  /** Terminals with a shell that are there from the start; one when absent. */
  readonly consoles?: number;
  /** The language of messages at its terminals, such as `ko_KR.UTF-8`; that of the C locale when absent. */
  readonly locale?: string;
}

export interface WorldConfig {
  readonly seed: number;
  readonly profile: Profile;
  /** Number of worker nodes. */
  readonly nodes: number;
  /** A control-plane node with its taint. */
  readonly controlPlane: boolean;
  /** Whether kube-system runs: cluster DNS and the control plane's Pods. */
  readonly kubeSystem: boolean;
  /** Machines with a kernel of their own, beside the cluster or without one. */
  readonly machines?: readonly MachineConfig[];
}

/** Whether there is a cluster: a world may consist of machines alone. */
export const hasCluster = ({ nodes, controlPlane, machines = [] }: WorldConfig): boolean => nodes > 0 || controlPlane || machines.length === 0;

const letter = (i: number): string => String.fromCharCode(97 + i);
/** node-a … node-z, then node-001 … */
export const nodeName = (i: number, of: number): string => (of <= 26 ? `node-${letter(i)}` : `node-${String(i + 1).padStart(3, "0")}`);
const cidr = (i: number): string => `10.${244 + Math.floor(i / 256)}.${i % 256}.0/24`;
const address = (i: number): string => `192.168.${Math.floor(i / 250)}.${(i % 250) + 2}`;

const HOST = { "kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux" };
const ZONES = ["zone-1", "zone-2", "zone-3"];
const WORKER = { cpu: "4", memory: "8Gi", "ephemeral-storage": "100Gi", pods: "110" };

/** Where the API server listens. */
export const CONTROL_PLANE_ADDRESS = address(0);

export function nodeConfigs(config: WorldConfig): readonly NodeConfig[] {
  const controlPlane: NodeConfig = {
    name: CONTROL_PLANE_NODE,
    capacity: WORKER,
    images: CONTROL_PLANE_IMAGES,
    labels: { ...HOST, "kubernetes.io/hostname": CONTROL_PLANE_NODE, "node-role.kubernetes.io/control-plane": "" },
    taints: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }],
    internalIP: CONTROL_PLANE_ADDRESS,
    podCIDR: cidr(0),
  };
  const workers = Array.from({ length: config.nodes }, (_, i): NodeConfig => {
    const name = nodeName(i, config.nodes);
    const labels = { ...HOST, "kubernetes.io/hostname": name, "topology.kubernetes.io/zone": ZONES[i % 3] as string };
    return { name, capacity: WORKER, labels, internalIP: address(i + 1), podCIDR: cidr(i + 1) };
  });
  return config.controlPlane ? [controlPlane, ...workers] : workers;
}
