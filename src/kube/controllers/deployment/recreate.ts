/** The Recreate strategy: all old Pods go before a new one comes. */
import type { Pod, ReplicaSet } from "../../apis/objects";
import { isPodTerminal } from "../../apis/pod-availability";
import { actualReplicaCount } from "./replica-counts";

/**
 * Whether an old Pod may still be running. A Pod in an unknown phase may.
 * @rule kube.deployment.old-pods-running
 * @source kubernetes@1.35 pkg/controller/deployment/recreate.go oldPodsRunning
 */
export function oldPodsRunning(
  current: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
  podsByOwner: ReadonlyMap<string, readonly Pod[]>,
): boolean {
  if (actualReplicaCount(old) > 0) return true;
  for (const [uid, pods] of podsByOwner) {
    if (current !== undefined && current.metadata.uid === uid) continue;
    if (pods.some((pod) => !isPodTerminal(pod))) return true;
  }
  return false;
}
