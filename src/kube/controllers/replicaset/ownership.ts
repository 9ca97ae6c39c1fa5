/**
 * Whose Pods are whose: an owner takes matching orphans and lets go of what no longer matches.
 * @source kubernetes@1.35 pkg/controller/controller_ref_manager.go, pkg/controller/controller_utils.go
 */
import type { KubeObject, OwnerReference, Pod, ReplicaSet } from "../../apis/objects";
import { labelSelectorMatches } from "../../apis/label-selector";

/** The owner that manages an object. */
export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find((owner) => owner.controller === true);

export type Claim = "ours" | "adopt" | "release" | "ignore";

/**
 * What an owner does with an object in its namespace. Something being deleted neither adopts nor is adopted, and an owner being deleted
 * does not let go.
 * @rule kube.controller.claim
 * @source kubernetes@1.35 pkg/controller/controller_ref_manager.go ClaimObject
 */
export function claimOf(owner: KubeObject, object: KubeObject, matches: boolean): Claim {
  const controller = controllerOf(object);
  if (controller !== undefined) {
    if (controller.uid !== owner.metadata.uid) return "ignore";
    if (matches) return "ours";
    return owner.metadata.deletionTimestamp ? "ignore" : "release";
  }
  if (owner.metadata.deletionTimestamp || !matches || object.metadata.deletionTimestamp) return "ignore";
  return owner.metadata.namespace === object.metadata.namespace ? "adopt" : "ignore";
}

/**
 * The owner's Pods in its namespace, with orphans when wanted.
 * @rule kube.controller.pods-by-owner
 * @source kubernetes@1.35 pkg/controller/controller_utils.go FilterPodsByOwner
 */
export function podsByOwner(
  pods: readonly Pod[],
  owner: { readonly namespace?: string; readonly name: string; readonly uid: string },
  kind: string,
  includeOrphans: boolean,
): readonly Pod[] {
  return pods.filter((pod) => {
    if (pod.metadata.namespace !== owner.namespace) return false;
    const controller = controllerOf(pod);
    if (controller === undefined) return includeOrphans;
    return controller.kind === kind && controller.name === owner.name && controller.uid === owner.uid;
  });
}

/**
 * ReplicaSets of the same Deployment, this one included; none for a ReplicaSet without owner.
 * @rule kube.replicaset.same-controller
 * @source kubernetes@1.35 pkg/controller/replicaset/replica_set.go getReplicaSetsWithSameController
 */
export function setsWithSameController(set: ReplicaSet, sets: readonly ReplicaSet[]): readonly ReplicaSet[] {
  const owner = controllerOf(set);
  return owner === undefined ? [] : sets.filter((other) => controllerOf(other)?.uid === owner.uid);
}

/**
 * Pods that the related ReplicaSets select, each once.
 * @rule kube.replicaset.related-pods
 * @source kubernetes@1.35 pkg/controller/replicaset/replica_set.go getIndirectlyRelatedPods
 */
export function relatedPods(related: readonly ReplicaSet[], podsOf: (set: ReplicaSet) => readonly Pod[]): readonly Pod[] {
  const seen = new Map<string, Pod>();
  for (const set of related) {
    for (const pod of podsOf(set))
      if (!seen.has(pod.metadata.uid) && labelSelectorMatches(set.spec.selector, pod.metadata.labels)) seen.set(pod.metadata.uid, pod);
  }
  return [...seen.values()];
}
