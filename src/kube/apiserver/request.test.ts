/** kube.api.handle: what a path means. */
import { describe, expect, it } from "vitest";
import { parsePath, splitQuery } from "./request";

describe("parsePath", () => {
  it.each([
    ["/api/v1/namespaces/a/pods/p/status", ["pods", "a", "p", "status"]],
    ["/api/v1/namespaces/a/pods", ["pods", "a", undefined, undefined]],
    ["/api/v1/pods", ["pods", undefined, undefined, undefined]],
    ["/api/v1/namespaces", ["namespaces", undefined, undefined, undefined]],
    ["/api/v1/namespaces/a", ["namespaces", undefined, "a", undefined]],
    ["/api/v1/namespaces/a/status", ["namespaces", undefined, "a", "status"]],
    ["/api/v1/namespaces/a/finalize", ["namespaces", undefined, "a", "finalize"]],
    ["/api/v1/nodes/n1", ["nodes", undefined, "n1", undefined]],
    ["/apis/apps/v1/namespaces/a/deployments/web/scale", ["deployments", "a", "web", "scale"]],
    ["/apis/apps/v1/deployments", ["deployments", undefined, undefined, undefined]],
  ])("%s", (path, [resource, namespace, name, subresource]) => {
    const target = parsePath(path);
    expect(target).toMatchObject({ type: "resource", resource: { name: resource } });
    expect(target).toMatchObject({ namespace, name, subresource });
  });

  it.each(["/api", "/apis", "/api/v1", "/apis/apps", "/apis/apps/v1", "/version", "/apis/foo", "/healthz"])("%s is a document", (path) => {
    expect(parsePath(path)?.type).toBe("document");
  });

  it.each(["/api/v1/foos", "/api/v1/namespaces/a/foos", "/api/v2/pods", "/apis/apps/v1/pods"])("%s is unknown", (path) => {
    expect(parsePath(path)).toBeUndefined();
  });

  it("reads the query of the path", () => {
    expect(splitQuery({ method: "GET", path: "/api/v1/pods?labelSelector=a%20b&watch=true" }).query).toEqual({ labelSelector: "a b", watch: "true" });
  });
});
