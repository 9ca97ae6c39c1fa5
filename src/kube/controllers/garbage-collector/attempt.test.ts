/** kube.gc.attempt, kube.gc.foreground, kube.gc.orphan: what is done about one object. */
import { describe, expect, it } from "vitest";
import type { KubeObject, ObjectMeta, OwnerReference } from "../../apis/objects";
import { type ResourceInfo, resourceNamed } from "../../apis/resources";
import { attemptToDelete, type Item, type Lookup, orphanDependents } from "./attempt";

const MAPS = resourceNamed("configmaps") as ResourceInfo;
const item = (name: string, meta: Partial<ObjectMeta> = {}): Item => ({
  resource: MAPS,
  object: {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "ns", uid: `uid-${name}`, resourceVersion: "5", creationTimestamp: "2026-01-01T00:00:00Z", ...meta },
  } as KubeObject,
});
const owner = (name: string, more: Partial<OwnerReference> = {}): OwnerReference => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  name,
  uid: `uid-${name}`,
  ...more,
});
const deleting = (finalizer: string): Partial<ObjectMeta> => ({ deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: [finalizer] });
function lookup(...items: readonly Item[]): Lookup {
  return {
    get: (_, __, name) => items.find(({ object }) => object.metadata.name === name)?.object,
    dependentsOf: (uid) => items.filter(({ object }) => object.metadata.ownerReferences?.some((reference) => reference.uid === uid)),
  };
}

describe("the garbage collector", () => {
  it("deletes what only gone owners had", () => {
    const child = item("child", { ownerReferences: [owner("gone")] });
    const { requests } = attemptToDelete(child, lookup(child));
    expect(requests).toMatchObject([
      {
        method: "DELETE",
        path: "/api/v1/namespaces/ns/configmaps/child",
        body: { propagationPolicy: "Background", preconditions: { uid: "uid-child" } },
      },
    ]);
  });

  it("keeps what one owner still has, without the gone one", () => {
    const child = item("child", { ownerReferences: [owner("gone"), owner("a")] });
    const { requests } = attemptToDelete(child, lookup(child, item("a")));
    expect(requests).toMatchObject([{ method: "PATCH", body: { metadata: { ownerReferences: [{ $patch: "delete", uid: "uid-gone" }] } } }]);
  });

  it("takes an owner of the same name and another uid for gone", () => {
    const child = item("child", { ownerReferences: [owner("a", { uid: "other" })] });
    expect(attemptToDelete(child, lookup(child, item("a"))).requests).toHaveLength(1);
  });

  it("lets a foreground deletion wait for those that block it, then go", () => {
    const a = item("a", deleting("foregroundDeletion"));
    const child = item("child", { ownerReferences: [owner("a", { blockOwnerDeletion: true })] });
    const free = item("free", { ownerReferences: [owner("a")] });
    expect(attemptToDelete(a, lookup(a, child, free))).toEqual({ requests: [], next: [child] });
    expect(attemptToDelete(child, lookup(a, child)).requests).toMatchObject([{ method: "DELETE" }]);
    expect(attemptToDelete(a, lookup(a, free)).requests).toMatchObject([{ method: "PATCH", body: { metadata: { finalizers: null } } }]);
  });

  it("takes the reference from dependents before an orphaning owner goes", () => {
    const a = item("a", deleting("orphan"));
    const child = item("child", { ownerReferences: [owner("a")] });
    expect(orphanDependents(a, lookup(a, child)).requests).toMatchObject([{ method: "PATCH", path: "/api/v1/namespaces/ns/configmaps/child" }]);
    expect(orphanDependents(a, lookup(a)).requests).toMatchObject([{ method: "PATCH", path: "/api/v1/namespaces/ns/configmaps/a" }]);
  });
});
