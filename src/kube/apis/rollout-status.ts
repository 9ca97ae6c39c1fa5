/**
 * What `kubectl rollout status` says of an object, and whether it is done.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go
 */
import { conditionOf } from "./pod-availability";
import type { Condition, Deployment, KubeObject } from "./objects";

/** `error` is what kubectl prints after `error: ` before it exits with 1. */
export interface RolloutStatus {
  readonly message: string;
  readonly done: boolean;
  readonly error?: string;
}

interface DaemonSet extends KubeObject {
  readonly spec: { readonly updateStrategy?: { readonly type?: string } };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly updatedNumberScheduled?: number;
    readonly desiredNumberScheduled?: number;
    readonly numberAvailable?: number;
  };
}

interface StatefulSet extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: { readonly partition?: number } };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
    readonly conditions?: readonly Condition[];
  };
}

const waiting = (message: string): RolloutStatus => ({ message: `${message}\n`, done: false });
const finished = (message: string): RolloutStatus => ({ message: `${message}\n`, done: true });

/**
 * @rule kube.rollout-status.deployment
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go DeploymentStatusViewer
 */
export function deploymentRolloutStatus(deployment: Deployment): RolloutStatus {
  const { metadata, spec, status = {} } = deployment;
  const name = metadata.name;
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0)) return waiting("Waiting for deployment spec update to be observed...");
  if (conditionOf(status, "Progressing")?.reason === "ProgressDeadlineExceeded")
    return { message: "", done: false, error: `deployment "${name}" exceeded its progress deadline` };
  const [updated, total, available] = [status.updatedReplicas ?? 0, status.replicas ?? 0, status.availableReplicas ?? 0];
  const start = `Waiting for deployment "${name}" rollout to finish:`;
  if (spec.replicas !== undefined && updated < spec.replicas)
    return waiting(`${start} ${updated} out of ${spec.replicas} new replicas have been updated...`);
  if (total > updated) return waiting(`${start} ${total - updated} old replicas are pending termination...`);
  if (available < updated) return waiting(`${start} ${available} of ${updated} updated replicas are available...`);
  return finished(`deployment "${name}" successfully rolled out`);
}

/**
 * @rule kube.rollout-status.daemonset
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go DaemonSetStatusViewer
 */
export function daemonSetRolloutStatus({ metadata, spec, status = {} }: DaemonSet): RolloutStatus {
  const strategy = spec.updateStrategy?.type ?? "RollingUpdate";
  if (strategy !== "RollingUpdate") return { message: "", done: true, error: `rollout status is only available for RollingUpdate strategy type` };
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0)) return waiting("Waiting for daemon set spec update to be observed...");
  const [updated, desired, available] = [status.updatedNumberScheduled ?? 0, status.desiredNumberScheduled ?? 0, status.numberAvailable ?? 0];
  const start = `Waiting for daemon set "${metadata.name}" rollout to finish:`;
  if (updated < desired) return waiting(`${start} ${updated} out of ${desired} new pods have been updated...`);
  if (available < desired) return waiting(`${start} ${available} of ${desired} updated pods are available...`);
  return finished(`daemon set "${metadata.name}" successfully rolled out`);
}

/**
 * @rule kube.rollout-status.statefulset
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go StatefulSetStatusViewer
 */
export function statefulSetRolloutStatus({ metadata, spec, status = {} }: StatefulSet): RolloutStatus {
  const strategy = spec.updateStrategy?.type ?? "RollingUpdate";
  if (strategy !== "RollingUpdate") return { message: "", done: true, error: `rollout status is only available for RollingUpdate strategy type` };
  const observed = status.observedGeneration ?? 0;
  if (observed === 0 || (metadata.generation ?? 0) > observed) return waiting("Waiting for statefulset spec update to be observed...");
  const ready = status.readyReplicas ?? 0;
  if (spec.replicas !== undefined && ready < spec.replicas) return waiting(`Waiting for ${spec.replicas - ready} pods to be ready...`);
  const updated = status.updatedReplicas ?? 0;
  const partition = spec.updateStrategy?.rollingUpdate?.partition;
  if (spec.updateStrategy?.rollingUpdate !== undefined && spec.replicas !== undefined && partition !== undefined) {
    const wanted = spec.replicas - partition;
    if (updated < wanted) return waiting(`Waiting for partitioned roll out to finish: ${updated} out of ${wanted} new pods have been updated...`);
    return finished(`partitioned roll out complete: ${updated} new pods have been updated...`);
  }
  if (status.updateRevision !== status.currentRevision)
    return waiting(`waiting for statefulset rolling update to complete ${updated} pods at revision ${status.updateRevision}...`);
  return finished(`statefulset rolling update complete ${status.replicas ?? 0} pods at revision ${status.currentRevision}...`);
}
