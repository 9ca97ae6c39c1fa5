/** kube.deployment.rolling, kube.replicaset.manage, kube.deployment.revision…: a Deployment through the API server's door to Pods. */
import { describe, expect, it } from "vitest";
import { seconds } from "../../sim/time";
import type { Timeline } from "../../sim/timeline";
import type { Json } from "../../sim/types";
import type { Deployment, Pod, ReplicaSet } from "../apis/objects";
import { deploymentController } from "./deployment/controller";
import { replicaSetController } from "./replicaset/controller";
import { all, ask, messages, run, testCluster } from "./test-cluster";

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

const cluster = (): Timeline => testCluster([deploymentController, replicaSetController]);
const sets = (timeline: Timeline): Record<string, string> =>
  Object.fromEntries(
    all<ReplicaSet>(timeline, "replicasets").map((set) => [
      set.metadata.annotations?.["deployment.kubernetes.io/revision"] ?? "",
      `${set.spec.replicas}/${set.status?.availableReplicas ?? 0}`,
    ]),
  );
const status = (timeline: Timeline): Deployment["status"] => all<Deployment>(timeline, "deployments")[0]?.status;
const reasons = (timeline: Timeline): readonly (string | undefined)[] => (status(timeline)?.conditions ?? []).map(({ reason }) => reason);

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
