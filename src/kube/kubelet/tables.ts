/**
 * What a kubelet remembers: its node's configuration, the Pods it runs with their containers, the calls it waits for, images on its
 * disk, files and logs. Each row belongs to one node's kubelet.
 */
import { defineTable } from "../../sim/table";
import type { Micros } from "../../sim/types";
import type { ContainerState, Pod, PodStatus, ResourceList, StringMap, Taint } from "../apis/objects";
import type { BackoffEntry } from "./backoff";
import type { ProcessPlan } from "./images/plan";
import type { ProbeKind, ProbeState } from "./probe-result";

/** What the world says about a machine. The kubelet registers a Node from it. */
export interface NodeConfig {
  readonly name: string;
  /** For example `{cpu: "4", memory: "8Gi", pods: "110", "ephemeral-storage": "100Gi"}`. */
  readonly capacity: ResourceList;
  /** Default: capacity. */
  readonly allocatable?: ResourceList;
  readonly labels?: StringMap;
  readonly taints?: readonly Taint[];
  readonly internalIP: string;
  /** For example `10.244.1.0/24`. */
  readonly podCIDR: string;
  readonly osImage?: string;
  /** Images on its disk from the start. */
  readonly images?: readonly string[];
  /** Bytes per second of an image pull. */
  readonly pullBandwidth?: number;
}

export interface NodeRow {
  readonly config: NodeConfig;
  /** When the kubelet last started. */
  readonly startedAt: Micros;
  readonly registered: boolean;
  readonly ready: boolean;
  /** The machine lost power: its containers are gone. */
  readonly crashed: boolean;
  readonly pressure: { readonly memory: boolean; readonly disk: boolean; readonly pid: boolean };
  readonly leaseTimer?: number;
  /** The next five-minute report, and the next ten-second look when there is something to find. */
  readonly statusTimer?: number;
  readonly syncTimer?: number;
  readonly reconcileTimer?: number;
  /** Failures in a row. */
  readonly leaseFailures?: number;
  readonly statusTries?: number;
  readonly registerFailures?: number;
}
export const nodeTable = defineTable<NodeRow, "ip" | "cidr">({
  name: "kubelet.node",
  key: (row) => row.config.name,
  indexes: { ip: (row) => row.config.internalIP, cidr: (row) => row.config.podCIDR },
});

export type Terminated = NonNullable<ContainerState["terminated"]>;

export interface ContainerRow {
  readonly name: string;
  readonly role: "init" | "sidecar" | "regular";
  readonly state: "waiting" | "running" | "terminated";
  /** Work in progress on it. */
  readonly step?: "queued" | "pulling" | "creating" | "starting" | "stopping";
  readonly reason?: string;
  readonly message?: string;
  readonly id?: string;
  readonly imageID?: string;
  readonly startedAt?: Micros;
  readonly end?: Terminated;
  readonly endedAt?: Micros;
  readonly last?: Terminated;
  readonly restartCount: number;
  readonly started: boolean;
  readonly ready: boolean;
  readonly backoff?: BackoffEntry;
  readonly pullBackoff?: BackoffEntry;
  /** Seq of the message that will try again. */
  readonly retry?: number;
  readonly plan?: ProcessPlan;
  readonly env?: StringMap;
  /** Seq of the message by which it ends by itself. */
  readonly exitTimer?: number;
  readonly killTimer?: number;
  readonly probes?: { readonly [K in ProbeKind]?: ProbeState };
  readonly probeTimers?: { readonly [K in ProbeKind]?: number };
  /** Bytes in use, as the program has it. */
  readonly memory?: number;
}

export interface PodRow {
  readonly uid: string;
  readonly node: string;
  readonly namespace: string;
  readonly name: string;
  /** As last seen from the API server, with the resources that this kubelet has granted. */
  readonly pod: Pod;
  readonly sandbox: "none" | "mounting" | "creating" | "ready" | "stopped";
  readonly ip?: string;
  readonly startTime: string;
  /** Init containers, then containers, in the order of the spec. */
  readonly containers: readonly ContainerRow[];
  /** A regular container has been started. */
  readonly initialized: boolean;
  /** Phase, reason and message that override what the containers say (rejected, evicted, past its deadline). */
  readonly verdict?: { readonly phase: "Failed"; readonly reason: string; readonly message: string };
  /** Other resources are asked for and cannot be granted. */
  readonly resize?: { readonly reason: "Deferred" | "Infeasible"; readonly message: string; readonly generation?: number };
  readonly termination?: { readonly deadline: Micros; readonly graceSeconds: number };
  /** All containers have ended and none will start again. */
  readonly finished: boolean;
  readonly deleting: boolean;
  readonly sent?: PodStatus;
  readonly sending: boolean;
  readonly dirty: boolean;
  readonly mountRetries: number;
}
export const podTable = defineTable<PodRow, "node">({ name: "kubelet.pod", key: (row) => row.uid, indexes: { node: (row) => row.node } });

/** What a machine hands out: Pod addresses in order, the one image puller. */
export interface MachineRow {
  readonly node: string;
  /** Number of the next address in the node's range. */
  readonly nextIP: number;
  /** The range has been gone through once, so addresses may be taken. */
  readonly wrapped: boolean;
  /** When the image puller is free. */
  readonly pullerFreeAt: Micros;
}
export const machineTable = defineTable<MachineRow>({ name: "kubelet.machine", key: (row) => row.node });

/** Pods and requested resources (CPU in millicores) that a node's kubelet has admitted and that have not ended. */
export interface UsageRow {
  readonly node: string;
  readonly pods: number;
  readonly totals: Readonly<Record<string, number>>;
}
export const usageTable = defineTable<UsageRow>({ name: "kubelet.usage", key: (row) => row.node });

/** A request on its way to the API server, and what to do with the answer. */
export interface CallRow {
  readonly id: number;
  readonly kind: "register" | "node-status" | "lease" | "lease-create" | "pod-status" | "pod-delete";
  readonly node: string;
  readonly uid?: string;
}
export const callTable = defineTable<CallRow>({ name: "kubelet.call", key: (row) => String(row.id) });

/** An image on a node's disk, or on its way there. */
export interface ImageRow {
  readonly node: string;
  readonly image: string;
  readonly sizeBytes: number;
  /** When it is complete. */
  readonly readyAt: Micros;
}
export const imageTable = defineTable<ImageRow, "node">({
  name: "kubelet.image",
  key: (row) => `${row.node} ${row.image}`,
  indexes: { node: (row) => row.node },
});

/** An image pull that is made to fail. `image` is a name as written in Pods, or a prefix ending in `*`. */
export interface PullFaultRow {
  readonly node: string;
  readonly image: string;
  readonly message: string;
}
export const pullFaultTable = defineTable<PullFaultRow, "node">({
  name: "kubelet.pull-fault",
  key: (row) => `${row.node} ${row.image}`,
  indexes: { node: (row) => row.node },
});

export interface LogLine {
  readonly at: Micros;
  readonly text: string;
  readonly stream: "stdout" | "stderr";
}
/** The last lines of one run of a container; `attempt` is its restart count. */
export interface LogRow {
  readonly uid: string;
  readonly container: string;
  readonly attempt: number;
  readonly lines: readonly LogLine[];
  readonly dropped: number;
}
export const logTable = defineTable<LogRow, "uid">({
  name: "kubelet.log",
  key: (row) => `${row.uid} ${row.container} ${row.attempt}`,
  indexes: { uid: (row) => row.uid },
});

/** A file written at run time: in a volume (`volume/NAME`) or in a container's own layer (`container/NAME`). Content null: removed. */
export interface FileRow {
  readonly uid: string;
  readonly place: string;
  readonly path: string;
  readonly content: string | null;
}
export const fileTable = defineTable<FileRow, "uid">({
  name: "kubelet.file",
  key: (row) => `${row.uid} ${row.place} ${row.path}`,
  indexes: { uid: (row) => row.uid },
});
