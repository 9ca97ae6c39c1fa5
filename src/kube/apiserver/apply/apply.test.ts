/** kube.apply.field-set, kube.apply.merge, kube.apply.update-manager, kube.apply.apply, kube.apply.conflict: who owns which field. */
import { describe, expect, it } from "vitest";
import type { KubeObject, JsonObject } from "../../apis/objects";
import { resourceNamed, type ResourceInfo } from "../../apis/resources";
import type { ApiResponse } from "../door";
import { shownPath } from "./field-set";
import { type Applied, apply, type Author, managersAfterUpdate, managersOf } from "./managers";

const DEPLOYMENTS = resourceNamed("deployments") as ResourceInfo;
const container = (name: string, more: object): object => ({ name, ...more });
const deployment = (spec: object, meta: object = {}): JsonObject =>
  ({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "default", ...meta }, spec }) as JsonObject;
const author = (manager: string, operation: Author["operation"] = "Apply"): Author => ({
  manager,
  operation,
  subresource: undefined,
  now: "2026-01-01T00:00:00Z",
});
const stored = ({ object, managers }: Applied): KubeObject => {
  const made = object as unknown as KubeObject;
  return { ...made, metadata: { ...made.metadata, managedFields: managers } };
};
const ok = (made: Applied | ApiResponse): KubeObject => {
  if ("code" in made) throw new Error(JSON.stringify(made.body));
  return stored(made);
};
const message = (made: Applied | ApiResponse): string => ("code" in made ? (made.body as { message: string }).message : "applied");
const fields = (object: KubeObject, manager: string): unknown => managersOf(object).find((entry) => entry.manager === manager)?.fieldsV1;

describe("server-side apply", () => {
  const first = (): KubeObject =>
    ok(
      apply(
        DEPLOYMENTS,
        undefined,
        deployment({ replicas: 3, template: { spec: { containers: [container("c", { image: "a", ports: [{ containerPort: 80 }] })] } } }),
        author("one"),
        false,
      ),
    );

  it("notes fields by path, members of lists by their keys", () => {
    expect(fields(first(), "one")).toEqual({
      "f:spec": {
        "f:replicas": {},
        "f:template": {
          "f:spec": {
            "f:containers": {
              'k:{"name":"c"}': {
                ".": {},
                "f:name": {},
                "f:image": {},
                "f:ports": { 'k:{"containerPort":80,"protocol":"TCP"}': { ".": {}, "f:containerPort": {} } },
              },
            },
          },
        },
      },
    });
    expect(shownPath('f:spec\u001ff:containers\u001fk:{"containerPort":80,"protocol":"TCP"}\u001ff:x')).toBe(
      '.spec.containers[containerPort=80,protocol="TCP"].x',
    );
  });

  it("refuses to change what another author owns, in the real words, and takes it when forced", () => {
    const wanted = deployment({ replicas: 5 });
    expect(message(apply(DEPLOYMENTS, first(), wanted, author("two"), false))).toBe(
      'Apply failed with 1 conflict: conflict with "one": .spec.replicas',
    );
    const forced = ok(apply(DEPLOYMENTS, first(), wanted, author("two"), true));
    expect(forced).toMatchObject({ spec: { replicas: 5 } });
    expect(fields(forced, "two")).toEqual({ "f:spec": { "f:replicas": {} } });
    expect(JSON.stringify(fields(forced, "one"))).not.toContain("f:replicas");
  });

  it("shares what both want the same, and takes away what its last owner no longer names", () => {
    const shared = ok(apply(DEPLOYMENTS, first(), deployment({ replicas: 3 }), author("two"), false));
    const left = ok(
      apply(DEPLOYMENTS, shared, deployment({ template: { spec: { containers: [container("d", { image: "b" })] } } }), author("one"), false),
    );
    expect(left).toMatchObject({ spec: { replicas: 3, template: { spec: { containers: [{ name: "d", image: "b" }] } } } });
    const gone = ok(apply(DEPLOYMENTS, left, deployment({}), author("two"), false));
    expect((gone as unknown as { spec: object }).spec).not.toHaveProperty("replicas");
  });

  it("tells several conflicts by manager, and that somebody wrote them without applying", () => {
    const base = first();
    const after = {
      ...base,
      spec: { replicas: 4, paused: true, template: (base as unknown as { spec: { template: object } }).spec.template },
    } as unknown as KubeObject;
    const edited: KubeObject = {
      ...after,
      metadata: { ...after.metadata, managedFields: managersAfterUpdate(DEPLOYMENTS, base, after, author("kubectl-edit", "Update")) },
    };
    expect(fields(edited, "kubectl-edit")).toEqual({ "f:spec": { "f:replicas": {}, "f:paused": {} } });
    expect(message(apply(DEPLOYMENTS, edited, deployment({ replicas: 1, paused: false }), author("one"), false))).toBe(
      'Apply failed with 2 conflicts: conflicts with "kubectl-edit" using apps/v1:\n- .spec.paused\n- .spec.replicas',
    );
  });

  it("gives what nobody kept account of to before-first-apply", () => {
    const live = deployment({ replicas: 2 }) as unknown as KubeObject;
    expect(message(apply(DEPLOYMENTS, live, deployment({ replicas: 1 }), author("one"), false))).toBe(
      'Apply failed with 1 conflict: conflict with "before-first-apply" using apps/v1: .spec.replicas',
    );
  });
});
