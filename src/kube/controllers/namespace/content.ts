/**
 * What is left in a namespace that is being deleted, and what to say about it.
 * @source kubernetes@1.35 pkg/controller/namespace/deletion/namespaced_resources_deleter.go, status_condition_utils.go
 */
import type { Condition, KubeObject, Namespace, Pod } from "../../apis/objects";
import { RESOURCES, type ResourceInfo } from "../../apis/resources";

export interface Remaining {
  readonly resource: ResourceInfo;
  readonly objects: readonly KubeObject[];
}

const NAMESPACED = RESOURCES.filter((resource) => resource.namespaced);

/** @rule kube.namespace.remaining */
export function remainingIn(list: (resource: ResourceInfo) => readonly KubeObject[]): readonly Remaining[] {
  return NAMESPACED.map((resource) => ({ resource, objects: list(resource) })).filter(({ objects }) => objects.length > 0);
}

/** Pods go before everything else. @rule kube.namespace.order */
export function nextToDelete(remaining: readonly Remaining[]): readonly Remaining[] {
  const pods = remaining.filter(({ resource }) => resource.name === "pods");
  return pods.length > 0 ? pods : remaining;
}

/** Seconds until another look is worth it: half of the longest grace of a Pod, and one. */
export function estimateOf(remaining: readonly Remaining[]): number {
  const graces = remaining.flatMap(({ resource, objects }) =>
    resource.name === "pods" ? objects.map((pod) => (pod as Pod).spec.terminationGracePeriodSeconds ?? 0) : [],
  );
  return Math.floor(graces.reduce((most, grace) => Math.max(most, grace), 0) / 2) + 1;
}

const group = (resource: ResourceInfo): string => (resource.group === "" ? `${resource.name}.` : `${resource.name}.${resource.group}`);

function finalizersText(remaining: readonly Remaining[]): string {
  const counts = new Map<string, number>();
  for (const { objects } of remaining)
    for (const object of objects) for (const name of object.metadata.finalizers ?? []) counts.set(name, (counts.get(name) ?? 0) + 1);
  const texts = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => `${name} in ${count} resource instances`);
  return texts.length === 0 ? "" : `Some content in the namespace has finalizers remaining: ${texts.join(", ")}`;
}

/** @rule kube.namespace.conditions */
export function namespaceConditions(remaining: readonly Remaining[], before: readonly Condition[] | undefined, now: string): readonly Condition[] {
  const left = remaining
    .map(({ resource, objects }) => `${group(resource)} has ${objects.length} resource instances`)
    .sort((a, b) => (a < b ? -1 : 1));
  const held = finalizersText(remaining);
  const wanted = [
    condition("NamespaceDeletionDiscoveryFailure", "ResourcesDiscovered", "All resources successfully discovered"),
    condition("NamespaceDeletionGroupVersionParsingFailure", "ParsedGroupVersions", "All legacy kube types successfully parsed"),
    condition("NamespaceDeletionContentFailure", "ContentDeleted", "All content successfully deleted, may be waiting on finalization"),
    left.length > 0
      ? condition("NamespaceContentRemaining", "SomeResourcesRemain", `Some resources are remaining: ${left.join(", ")}`, "True")
      : condition("NamespaceContentRemaining", "ContentRemoved", "All content successfully removed"),
    held !== ""
      ? condition("NamespaceFinalizersRemaining", "SomeFinalizersRemain", held, "True")
      : condition("NamespaceFinalizersRemaining", "ContentHasNoFinalizers", "All content-preserving finalizers finished"),
  ];
  return wanted.map((next) => {
    const old = before?.find(({ type }) => type === next.type);
    return { ...next, lastTransitionTime: old?.status === next.status && old.lastTransitionTime ? old.lastTransitionTime : now };
  });
}

const condition = (type: string, reason: string, message: string, status: "True" | "False" = "False"): Condition => ({
  type,
  status,
  reason,
  message,
});

export const isHeldBy = (namespace: Namespace, finalizer: string): boolean => namespace.spec?.finalizers?.includes(finalizer) === true;
