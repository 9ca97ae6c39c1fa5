/** kube.patch.strategic, three-way, retain-keys, element-order, merge, json: small cases by hand; the vectors hold many more. */
import { describe, expect, it } from "vitest";
import { applyJsonPatch } from "./json-patch";
import { patchTypeOf } from "./kind-schema";
import { mergePatch } from "./merge-patch";
import type { PatchType } from "./patch-schema";
import { applyStrategicPatch, createThreeWayStrategicPatch } from "./strategic";

const DEPLOYMENT = patchTypeOf("apps/v1", "Deployment") as PatchType;
const spec = (containers: readonly object[], more: object = {}) => ({ spec: { ...more, template: { spec: { containers } } } }) as never;
const value = (result: object) => (result as { value: unknown }).value;

describe("strategic merge", () => {
  it("merges containers by name and replaces their arguments", () => {
    const before = spec([
      { name: "a", image: "a:1", args: ["x"] },
      { name: "b", image: "b:1" },
    ]);
    const patch = spec([
      { name: "a", args: ["y"] },
      { name: "b", $patch: "delete" },
      { name: "c", image: "c:1" },
    ]);
    expect(value(applyStrategicPatch(before, patch, DEPLOYMENT))).toEqual(
      spec([
        { name: "a", image: "a:1", args: ["y"] },
        { name: "c", image: "c:1" },
      ]),
    );
  });

  it("keeps only the keys named by $retainKeys", () => {
    const before = spec([], { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1 } } });
    const patch = { spec: { strategy: { $retainKeys: ["type"], type: "Recreate" } } };
    expect(value(applyStrategicPatch(before, patch, DEPLOYMENT))).toEqual(spec([], { strategy: { type: "Recreate" } }));
  });

  it("removes what an earlier apply set and leaves what others set", () => {
    const last = { metadata: { labels: { a: "1", b: "2" } } };
    const live = { metadata: { labels: { a: "1", b: "2", c: "3" } } };
    const patch = createThreeWayStrategicPatch(last, { metadata: { labels: { a: "1" } } }, live, DEPLOYMENT);
    expect(value(patch)).toEqual({ metadata: { labels: { b: null } } });
  });

  it("shares what it does not touch", () => {
    const before = { metadata: { labels: { a: "1" } }, spec: { replicas: 1 } };
    const after = value(applyStrategicPatch(before, { spec: { replicas: 2 } }, DEPLOYMENT)) as typeof before;
    expect(after.metadata).toBe(before.metadata);
  });
});

describe("other patches", () => {
  it("merges by RFC 7386", () => {
    expect(mergePatch({ a: { b: 1, c: 2 } }, { a: { b: null, d: 3 } })).toEqual({ a: { c: 2, d: 3 } });
  });

  it("applies operations by RFC 6902, all or none", () => {
    expect(
      applyJsonPatch({ a: [1, 2] }, [
        { op: "add", path: "/a/1", value: 9 },
        { op: "move", from: "/a/0", path: "/b" },
      ]),
    ).toEqual({ value: { a: [9, 2], b: 1 } });
    expect(applyJsonPatch({ a: 1 }, [{ op: "test", path: "/a", value: 2 }])).toHaveProperty("error");
    expect(applyJsonPatch({}, [{ op: "add", path: "/a/b", value: 1 }])).toHaveProperty("error");
  });
});
