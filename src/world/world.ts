/**
 * The composition root: which actors a world has and the input that brings it up. Wiring, no rules.
 *
 * Invariant: components meet only at the API server's door; nothing here hands one to another.
 */
import { apiserverActor } from "../kube/apiserver/actor";
import { deploymentController } from "../kube/controllers/deployment/controller";
import { endpointSliceController } from "../kube/controllers/endpointslice/controller";
import { garbageCollectorActor } from "../kube/controllers/garbage-collector/actor";
import { namespaceControllerActor } from "../kube/controllers/namespace/actor";
import { nodeLifecycleController } from "../kube/controllers/node-lifecycle/controller";
import { podGcController } from "../kube/controllers/pod-gc/controller";
import { replicaSetController } from "../kube/controllers/replicaset/controller";
import { rootCaPublisher } from "../kube/controllers/root-ca-cert-publisher/controller";
import { serviceAccountController } from "../kube/controllers/serviceaccount/controller";
import { taintEvictionController } from "../kube/controllers/taint-eviction/controller";
import { dnsActor } from "../kube/dns/actor";
import { kubeletActor } from "../kube/kubelet/actor";
import { containerdActor } from "../kube/kubelet/runtime";
import { kubeProxyActor } from "../kube/proxy/actor";
import { networkActor } from "../kube/proxy/network";
import { schedulerActor } from "../kube/scheduler/scheduler";
import { terminalActor } from "../shell/terminal";
import { invariant } from "../sim/invariant";
import type { TimelineInput } from "../sim/timeline";
import type { Actor } from "../sim/types";
import { bootOf, worldActor } from "./boot";
import { hasCluster, type MachineConfig, nodeConfigs, type WorldConfig } from "./config";
import { faultActor } from "./faults";

export interface World {
  readonly actors: readonly Actor[];
  /** Submit these first, in order. */
  readonly inputs: readonly TimelineInput[];
}

/** Kernels for a world's machines; loaded only where a world has one. */
export interface MachineParts {
  readonly machineActors: readonly Actor[];
  machineInputs(machines: readonly MachineConfig[]): readonly TimelineInput[];
}

/** Actors with one address each, started when the cluster comes up. */
const CONTROL_PLANE: readonly Actor[] = [
  schedulerActor,
  deploymentController,
  replicaSetController,
  endpointSliceController,
  nodeLifecycleController,
  taintEvictionController,
  podGcController,
  namespaceControllerActor,
  garbageCollectorActor,
  serviceAccountController,
  rootCaPublisher,
  dnsActor,
];
/** Actors with an address on every node. */
const NODE_ACTORS: readonly Actor[] = [kubeletActor, containerdActor, kubeProxyActor, networkActor];

export function createWorld(config: WorldConfig, parts?: MachineParts): World {
  const { machines = [] } = config;
  if (machines.length === 0) return clusterWorld(config);
  invariant(parts !== undefined, "a world with machines needs their parts");
  const { actors, inputs } = hasCluster(config) ? clusterWorld(config) : { actors: [terminalActor], inputs: [] };
  return { actors: [...actors, ...parts.machineActors], inputs: [...inputs, ...parts.machineInputs(machines)].sort((a, b) => a.at - b.at) };
}

function clusterWorld(config: WorldConfig): World {
  const components = ["apiserver/main", ...CONTROL_PLANE.map((actor) => `${actor.kind}/main`)];
  const onNodes = NODE_ACTORS.flatMap((actor) => nodeConfigs(config).map((node) => `${actor.kind}/${node.name}`));
  return {
    actors: [worldActor, faultActor, apiserverActor, terminalActor, ...CONTROL_PLANE, ...NODE_ACTORS],
    inputs: [{ at: 1, to: "world/main", message: bootOf(config, [...components, ...onNodes]) }],
  };
}
