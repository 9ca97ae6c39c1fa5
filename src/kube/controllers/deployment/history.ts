/** Old ReplicaSets that are kept for undo, and those that are not. */
import type { Deployment, ReplicaSet } from "../../apis/objects";
import { byRevision } from "./replica-counts";
import { replicasOf } from "./fenceposts";

const NO_LIMIT = 2147483647;

/**
 * Sets beyond revisionHistoryLimit, lowest revision first. Only sets that neither want nor have Pods, and whose wish was observed, go;
 * those skipped still count.
 * @rule kube.deployment.cleanup
 * @source kubernetes@1.35 pkg/controller/deployment/sync.go cleanupDeployment
 */
export function setsToCleanUp(deployment: Deployment, old: readonly ReplicaSet[]): readonly ReplicaSet[] {
  const limit = deployment.spec.revisionHistoryLimit;
  if (limit === undefined || limit === null || limit === NO_LIMIT) return [];
  const alive = old.filter((set) => !set.metadata.deletionTimestamp);
  const surplus = alive.length - limit;
  if (surplus <= 0) return [];
  const unused = (set: ReplicaSet): boolean =>
    (set.status?.replicas ?? 0) === 0 && replicasOf(set) === 0 && (set.metadata.generation ?? 0) <= (set.status?.observedGeneration ?? 0);
  return [...alive].sort(byRevision).slice(0, surplus).filter(unused);
}
