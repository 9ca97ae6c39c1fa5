/** kube.deployment.rolling, kube.replicaset.manage, kube.deployment.revision…: a Deployment through the API server's door to Pods. */
import { describe, expect, it } from "vitest";
import { seconds } from "../../sim/time";
import { createTimeline, type Timeline } from "../../sim/timeline";
import type { Actor, Json } from "../../sim/types";
import { apiserverActor } from "../apiserver/actor";
import type { ApiRequest, WatchNotice } from "../apiserver/door";
import { storeTable } from "../apiserver/storage/store";
import type { Deployment, KubeObject, Pod, ReplicaSet } from "../apis/objects";
import { callApi } from "../client/call";
import { advance, openWatch } from "../client/watch";
import { deploymentController } from "./deployment/controller";
import { replicaSetController } from "./replicaset/controller";

/** Makes Pods ready (but for images called bad) and lets go those being deleted. */
const hollow: Actor = {
  kind: "hollow",
  receive(tx, _name, message) {
    if (message.type === "actor.start") openWatch(tx, { resource: "pods" });
    if (message.type !== "api.watch") return;
    for (const { type, object } of advance(tx, message as WatchNotice)) {
      const pod = object as Pod;
      const path = `/api/v1/namespaces/default/pods/${pod.metadata.name}`;
      if (type === "MODIFIED" && pod.metadata.deletionTimestamp) callApi(tx, { method: "DELETE", path, body: { gracePeriodSeconds: 0 } });
      if (type !== "ADDED" || pod.spec.containers[0]?.image === "bad") continue;
      const status = { ...pod.status, phase: "Running", conditions: [{ type: "Ready", status: "True", lastTransitionTime: "2026-01-01T00:00:00Z" }] };
      callApi(tx, { method: "PUT", path: `${path}/status`, body: { ...pod, status } as unknown as Json });
    }
  },
};

const asker: Actor = {
  kind: "asker",
  receive(tx, _name, message) {
    if (message.type === "ask") callApi(tx, (message as unknown as { request: ApiRequest }).request);
  },
};

export const ask = (timeline: Timeline, request: ApiRequest): void => {
  timeline.submit({ to: "asker/a", message: { type: "ask", request } as never }, timeline.now + 1);
};
const deployments = "/apis/apps/v1/namespaces/default/deployments";
const web = (replicas: number, image = "web:1", extra: Json = {}): Json => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default" },
  spec: {
    replicas,
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } },
    progressDeadlineSeconds: 600,
    revisionHistoryLimit: 10,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image }] } },
    ...(extra as object),
  },
});

function cluster(): Timeline {
  const timeline = createTimeline({
    seed: 1,
    profile: "real",
    actors: [apiserverActor, deploymentController, replicaSetController, hollow, asker],
    checks: true,
  });
  timeline.submit({ to: "apiserver/main", message: { type: "actor.start" } }, 1);
  for (const kind of ["deployment-controller/main", "replicaset-controller/main", "hollow/a"])
    timeline.submit({ to: kind, message: { type: "actor.start" } }, 10);
  ask(timeline, { method: "POST", path: "/api/v1/namespaces", body: { apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } } });
  timeline.seek(seconds(1));
  return timeline;
}
const all = <T extends KubeObject>(timeline: Timeline, resource: string): readonly T[] =>
  timeline
    .table(storeTable(resource))
    .rows()
    .map((row) => row.object as T);
const sets = (timeline: Timeline): Record<string, string> =>
  Object.fromEntries(
    all<ReplicaSet>(timeline, "replicasets").map((set) => [
      set.metadata.annotations?.["deployment.kubernetes.io/revision"] ?? "",
      `${set.spec.replicas}/${set.status?.availableReplicas ?? 0}`,
    ]),
  );
const status = (timeline: Timeline): Deployment["status"] => all<Deployment>(timeline, "deployments")[0]?.status;
const reasons = (timeline: Timeline): readonly (string | undefined)[] => (status(timeline)?.conditions ?? []).map(({ reason }) => reason);
const messages = (timeline: Timeline, reason: string): string[] =>
  all<KubeObject & { reason: string; message: string }>(timeline, "events")
    .filter((event) => event.reason === reason)
    .map(({ message }) => message);
const run = (timeline: Timeline, span = 20): void => {
  timeline.seek(timeline.now + seconds(span));
};

describe("a Deployment", () => {
  it("becomes a ReplicaSet and ready Pods, and says so", () => {
    const timeline = cluster();
    ask(timeline, { method: "POST", path: deployments, body: web(3) });
    run(timeline);
    expect(sets(timeline)).toEqual({ "1": "3/3" });
    expect(all<Pod>(timeline, "pods")).toHaveLength(3);
    expect(status(timeline)).toMatchObject({
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      observedGeneration: 1,
      terminatingReplicas: 0,
    });
    expect(reasons(timeline)).toEqual(["MinimumReplicasAvailable", "NewReplicaSetAvailable"]);
    const [set] = all<ReplicaSet>(timeline, "replicasets");
    expect(messages(timeline, "ScalingReplicaSet")).toEqual([`Scaled up replica set ${set?.metadata.name} from 0 to 3`]);
    expect(messages(timeline, "SuccessfulCreate").sort()).toEqual(
      all<Pod>(timeline, "pods")
        .map((pod) => `Created pod: ${pod.metadata.name}`)
        .sort(),
    );
  });

  it("rolls to a new template within its budget at every moment, and goes still", () => {
    const timeline = cluster();
    ask(timeline, { method: "POST", path: deployments, body: web(4) });
    run(timeline);
    ask(timeline, { method: "PUT", path: `${deployments}/web`, body: web(4, "web:2") });
    const until = timeline.now + seconds(20);
    let most = 0;
    let least = 99;
    for (let next = timeline.stepForward(); next !== undefined && timeline.now < until; next = timeline.stepForward()) {
      const alive = all<Pod>(timeline, "pods").filter((pod) => !pod.metadata.deletionTimestamp);
      most = Math.max(most, alive.length);
      least = Math.min(
        least,
        alive.filter((pod) => pod.status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True")).length,
      );
    }
    expect(sets(timeline)).toEqual({ "1": "0/0", "2": "4/4" });
    expect(least).toBeGreaterThanOrEqual(3);
    expect(most).toBe(5);
    expect(timeline.stepForward()).toBeUndefined();
  });

  it("keeps serving when the new Pods never get ready, and is told when its deadline is over", () => {
    const timeline = cluster();
    ask(timeline, { method: "POST", path: deployments, body: web(3, "web:1", { progressDeadlineSeconds: 60 }) });
    run(timeline);
    ask(timeline, { method: "PUT", path: `${deployments}/web`, body: web(3, "bad", { progressDeadlineSeconds: 60 }) });
    run(timeline, 50);
    expect(sets(timeline)).toEqual({ "1": "3/3", "2": "1/0" });
    expect(reasons(timeline)).toContain("ReplicaSetUpdated");
    run(timeline, 30);
    expect(reasons(timeline)).toContain("ProgressDeadlineExceeded");
    // Back to the first template: its set is used again under a new revision.
    ask(timeline, { method: "PUT", path: `${deployments}/web`, body: web(3, "web:1", { progressDeadlineSeconds: 60 }) });
    run(timeline);
    expect(sets(timeline)).toEqual({ "2": "0/0", "3": "3/3" });
    expect(all<Deployment>(timeline, "deployments")[0]?.metadata.annotations?.["deployment.kubernetes.io/revision"]).toBe("3");
  });

  it("recreates only when every old Pod is gone; scales up and down; replaces a deleted Pod", () => {
    const timeline = cluster();
    const strategy = { strategy: { type: "Recreate" } };
    ask(timeline, { method: "POST", path: deployments, body: web(2, "web:1", strategy) });
    run(timeline);
    ask(timeline, { method: "PUT", path: `${deployments}/web`, body: web(2, "web:2", strategy) });
    run(timeline);
    expect(sets(timeline)).toEqual({ "1": "0/0", "2": "2/2" });
    ask(timeline, {
      method: "PUT",
      path: `${deployments}/web/scale`,
      body: { kind: "Scale", apiVersion: "autoscaling/v1", metadata: { name: "web" }, spec: { replicas: 5 } },
    });
    run(timeline);
    expect(sets(timeline)["2"]).toBe("5/5");
    const [pod] = all<Pod>(timeline, "pods");
    ask(timeline, { method: "DELETE", path: `/api/v1/namespaces/default/pods/${pod?.metadata.name}` });
    run(timeline);
    expect(all<Pod>(timeline, "pods")).toHaveLength(5);
    ask(timeline, { method: "PUT", path: `${deployments}/web`, body: web(1, "web:2", strategy) });
    run(timeline);
    expect(sets(timeline)["2"]).toBe("1/1");
    expect(all<Pod>(timeline, "pods")).toHaveLength(1);
  });

  it("brings up a thousand Pods in slow start and two bursts", () => {
    const timeline = cluster();
    const before = performance.now();
    ask(timeline, { method: "POST", path: deployments, body: web(1000) });
    run(timeline, 60);
    expect(sets(timeline)).toEqual({ "1": "1000/1000" });
    console.log(`1000 Pods: ${Math.round(performance.now() - before)} ms`);
  });
});
