/** kube.replicaset.expectations, kube.workqueue.backoff: controllers that are stopped, cut off or blind catch up and never overshoot. */
import { describe, expect, it } from "vitest";
import type { Timeline } from "../../sim/timeline";
import type { Json } from "../../sim/types";
import type { Deployment, Pod, ReplicaSet } from "../apis/objects";
import { deploymentController } from "./deployment/controller";
import { replicaSetController } from "./replicaset/controller";
import { all, ask, run, testCluster } from "./test-cluster";

const deployments = "/apis/apps/v1/namespaces/default/deployments";
const web = (replicas: number, image: string): Json => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default" },
  spec: {
    replicas,
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } },
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image }] } },
  },
});
const put = (timeline: Timeline, replicas: number, image: string): void =>
  ask(timeline, { method: "PUT", path: `${deployments}/web`, body: web(replicas, image) });
const fault = (timeline: Timeline, message: object): void => {
  timeline.submit({ to: "sim/faults", message: message as never }, timeline.now + 1);
};
const stop = (timeline: Timeline, actor: string): void => fault(timeline, { type: "sim.stop", actor });
const start = (timeline: Timeline, actor: string): void => fault(timeline, { type: "sim.start", actor });

function rolled(): Timeline {
  const timeline = testCluster([deploymentController, replicaSetController]);
  ask(timeline, { method: "POST", path: deployments, body: web(6, "web:1") });
  run(timeline, 5);
  return timeline;
}
function expectDone(timeline: Timeline, replicas: number, image: string): void {
  const pods = all<Pod>(timeline, "pods").filter((pod) => !pod.metadata.deletionTimestamp);
  expect(pods.map((pod) => pod.spec.containers[0]?.image)).toEqual(Array.from({ length: replicas }, () => image));
  const [deployment] = all<Deployment>(timeline, "deployments");
  expect(deployment?.status).toMatchObject({ replicas, updatedReplicas: replicas, availableReplicas: replicas });
}

describe("a rollout", () => {
  for (const actor of ["deployment-controller/main", "replicaset-controller/main", "apiserver/main"])
    it(`survives that ${actor} stops in the middle and starts again`, () => {
      for (const after of [0.001, 0.006, 0.013, 0.02, 0.031]) {
        const timeline = rolled();
        put(timeline, 6, "web:2");
        run(timeline, after);
        stop(timeline, actor);
        run(timeline, 30);
        start(timeline, actor);
        run(timeline, 120);
        expectDone(timeline, 6, "web:2");
      }
    });

  it("does not overshoot when the ReplicaSet controller no longer hears of Pods", () => {
    const timeline = rolled();
    timeline.submit(
      { to: "apiserver/main", message: { type: "fault.watch", watcher: "replicaset-controller/main pods", mode: "drop" } as never },
      timeline.now + 1,
    );
    put(timeline, 9, "web:1");
    run(timeline, 60);
    expect(all<Pod>(timeline, "pods")).toHaveLength(9);
    timeline.submit(
      { to: "apiserver/main", message: { type: "fault.watch", watcher: "replicaset-controller/main pods", mode: "none" } as never },
      timeline.now + 1,
    );
    run(timeline, 30);
    expectDone(timeline, 9, "web:1");
  });

  it("follows several changes of mind at once to the last", () => {
    const timeline = rolled();
    for (const image of ["web:2", "web:3", "web:4"]) {
      put(timeline, 6, image);
      run(timeline, 0.02);
    }
    run(timeline, 60);
    expectDone(timeline, 6, "web:4");
    const revisions = all<ReplicaSet>(timeline, "replicasets").map((set) => Number(set.metadata.annotations?.["deployment.kubernetes.io/revision"]));
    expect(revisions.sort((a, b) => a - b)).toEqual([1, 2, 3, 4]);
  });
});
