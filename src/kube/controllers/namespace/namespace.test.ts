/** kube.namespace.sync: a namespace that is deleted takes its content with it, Pods first, and waits for finalizers. */
import { expect, it } from "vitest";
import { seconds } from "../../../sim/time";
import { createTimeline, type Timeline } from "../../../sim/timeline";
import type { Actor, Json } from "../../../sim/types";
import { apiserverActor } from "../../apiserver/actor";
import type { ApiRequest } from "../../apiserver/door";
import { storeTable } from "../../apiserver/storage/store";
import type { Namespace } from "../../apis/objects";
import { namespaceControllerActor } from "./actor";

const sink: Actor = { kind: "sink", receive() {} };

function world(): Timeline {
  const timeline = createTimeline({ seed: 1, profile: "real", actors: [apiserverActor, namespaceControllerActor, sink], checks: true });
  for (const to of ["apiserver/main", "namespace-controller/main"]) timeline.submit({ to, message: { type: "actor.start" } });
  ask(timeline, "POST", "/api/v1/namespaces", {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "going" },
    spec: { finalizers: ["kubernetes"] },
  });
  return timeline;
}
let calls = 0;
function ask(timeline: Timeline, method: ApiRequest["method"], path: string, body?: Json, contentType?: string): void {
  timeline.submit({
    to: "apiserver/main",
    message: { type: "api.request", id: ++calls, replyTo: "sink/a", request: { method, path, body, contentType } } as never,
  });
  timeline.runToIdle(seconds(60));
}
const content = (timeline: Timeline): number =>
  ["pods", "configmaps"].reduce((sum, name) => sum + timeline.table(storeTable(name)).by("namespace", "going").length, 0);
const namespaceOf = (timeline: Timeline): Namespace | undefined =>
  timeline.table(storeTable("namespaces")).get("going")?.object as Namespace | undefined;

it("goes when nothing is left in it", () => {
  const timeline = world();
  ask(timeline, "POST", "/api/v1/namespaces/going/configmaps", { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } });
  ask(timeline, "POST", "/api/v1/namespaces/going/pods", {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p" },
    spec: { containers: [{ name: "c", image: "x" }] },
  });
  expect(content(timeline)).toBeGreaterThanOrEqual(2);
  ask(timeline, "DELETE", "/api/v1/namespaces/going");
  expect(content(timeline)).toBe(0);
  expect(namespaceOf(timeline)).toBeUndefined();
});

it("says what holds it while something does", () => {
  const timeline = world();
  ask(timeline, "POST", "/api/v1/namespaces/going/configmaps", {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "a", finalizers: ["example.com/hold"] },
  });
  ask(timeline, "DELETE", "/api/v1/namespaces/going");
  expect(namespaceOf(timeline)?.status?.phase).toBe("Terminating");
  expect(
    namespaceOf(timeline)
      ?.status?.conditions?.filter((condition) => condition.status === "True")
      .map((condition) => condition.message),
  ).toEqual([
    "Some resources are remaining: configmaps. has 1 resource instances",
    "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances",
  ]);
  ask(timeline, "PATCH", "/api/v1/namespaces/going/configmaps/a", { metadata: { finalizers: null } }, "application/merge-patch+json");
  expect(namespaceOf(timeline)).toBeUndefined();
});
