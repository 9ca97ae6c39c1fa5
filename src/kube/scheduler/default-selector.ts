/** What selects a Pod's siblings, for spreading by default: the Services that select it and its ReplicaSet. */
import type { KubeObject, Pod, ReplicaSet, Service, StringMap } from "../apis/objects";
import { type Requirement, type Selector, selectorMatches, selectorOfMap, selectorOfObject } from "../apis/label-selector";

/**
 * Not modelled: ReplicationController and StatefulSet owners.
 * @rule kube.scheduler.default-selector
 * @source kubernetes@1.35 pkg/scheduler/framework/plugins/helper/spread.go DefaultSelector
 */
export function defaultSelector(pod: Pod, services: readonly KubeObject[], replicaSets: readonly KubeObject[]): Selector | undefined {
  let labels: StringMap = {};
  for (const service of services as readonly Service[]) {
    const selector = service.spec.selector ?? {};
    if (service.metadata.namespace !== pod.metadata.namespace || Object.keys(selector).length === 0) continue;
    if (selectorMatches(selectorOfMap(selector), pod.metadata.labels)) labels = { ...labels, ...selector };
  }
  const requirements: Requirement[] = selectorOfMap(labels);
  const owner = (pod.metadata.ownerReferences ?? []).find((reference) => reference.controller === true);
  if (owner?.kind === "ReplicaSet" && owner.apiVersion.startsWith("apps/")) {
    const found = (replicaSets as readonly ReplicaSet[]).find(
      (replicaSet) => replicaSet.metadata.namespace === pod.metadata.namespace && replicaSet.metadata.name === owner.name,
    );
    const selector = found === undefined ? null : selectorOfObject(found.spec.selector);
    if (selector !== null && !("error" in selector)) requirements.push(...selector);
  }
  return requirements.length === 0 ? undefined : requirements;
}
