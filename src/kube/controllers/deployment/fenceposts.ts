/** How far a rolling update may go above and below the wanted number of Pods, as whole numbers. */
import { scaledValueFromIntOrPercent } from "../../apis/int-or-string";
import type { Deployment, IntOrString } from "../../apis/objects";

export type Fenceposts = { readonly surge: number; readonly unavailable: number } | { readonly error: string };

/** Absent replicas mean one, as the API's default does. */
export const replicasOf = (owner: { readonly spec: { readonly replicas?: number } }): number => owner.spec.replicas ?? 1;

export const isRollingUpdate = (deployment: Deployment): boolean => (deployment.spec.strategy?.type ?? "RollingUpdate") === "RollingUpdate";

/**
 * Percentages of the wanted number: surge rounds up, unavailable rounds down. Were both zero, nothing could move: unavailable becomes one.
 * @rule kube.deployment.fenceposts
 * @source kubernetes@1.35 pkg/controller/deployment/util/deployment_util.go ResolveFenceposts
 */
export function resolveFenceposts(
  maxSurge: IntOrString | undefined | null,
  maxUnavailable: IntOrString | undefined | null,
  desired: number,
): Fenceposts {
  const surge = scaledValueFromIntOrPercent(maxSurge ?? 0, desired, true);
  if ("error" in surge) return surge;
  const unavailable = scaledValueFromIntOrPercent(maxUnavailable ?? 0, desired, false);
  if ("error" in unavailable) return unavailable;
  if (surge.value === 0 && unavailable.value === 0) return { surge: 0, unavailable: 1 };
  return { surge: surge.value, unavailable: unavailable.value };
}

function fencepostsOf(deployment: Deployment): { readonly surge: number; readonly unavailable: number } {
  const update = deployment.spec.strategy?.rollingUpdate;
  const posts = resolveFenceposts(update?.maxSurge, update?.maxUnavailable, replicasOf(deployment));
  return "error" in posts ? { surge: 0, unavailable: 0 } : posts;
}

/**
 * Pods that may be missing during an update: never more than there should be.
 * @rule kube.deployment.max-unavailable
 * @source kubernetes@1.35 pkg/controller/deployment/util/deployment_util.go MaxUnavailable
 */
export function maxUnavailable(deployment: Deployment): number {
  const replicas = replicasOf(deployment);
  if (!isRollingUpdate(deployment) || replicas === 0) return 0;
  return Math.min(fencepostsOf(deployment).unavailable, replicas);
}

/** @source kubernetes@1.35 pkg/controller/deployment/util/deployment_util.go MaxSurge */
export const maxSurge = (deployment: Deployment): number => (isRollingUpdate(deployment) ? fencepostsOf(deployment).surge : 0);
