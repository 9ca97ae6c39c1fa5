/** Running counts and changed slices against the same thing done from scratch, over printed seeds. */
import { describe, expect, it } from "vitest";
import { randomAt } from "../../sim/random";
import type { Timeline } from "../../sim/timeline";
import type { EndpointSlice, Pod, ReplicaSet } from "../apis/objects";
import { deploymentController } from "./deployment/controller";
import { endpointSliceController } from "./endpointslice/controller";
import { replicaSetController } from "./replicaset/controller";
import { countAll, tallyTable } from "./replicaset/tally";
import { all, ask, run, testCluster } from "./test-cluster";

const pods = "/api/v1/namespaces/default/pods";
const merge = "application/merge-patch+json";
const set = {
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  metadata: { name: "web", namespace: "default", labels: { app: "web" } },
  spec: {
    replicas: 4,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "web" }] } },
  },
};
const service = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web", namespace: "default" },
  spec: { clusterIP: "10.96.0.9", selector: { app: "web" }, ports: [{ port: 80, protocol: "TCP", targetPort: 80 }] },
};

function disturb(timeline: Timeline, random: () => number): void {
  const list = all<Pod>(timeline, "pods");
  const pod = list[Math.floor(random() * list.length)];
  const path = `${pods}/${pod?.metadata.name}`;
  const choice = Math.floor(random() * 6);
  if (choice === 0)
    ask(timeline, {
      method: "PATCH",
      path: "/apis/apps/v1/namespaces/default/replicasets/web",
      contentType: merge,
      body: { spec: { replicas: Math.floor(random() * 9) } },
    });
  else if (choice === 1)
    ask(timeline, {
      method: "POST",
      path: pods,
      body: {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: `own-${Math.floor(random() * 1e6)}`, namespace: "default", labels: { app: "web" } },
        spec: { containers: [{ name: "c", image: "web" }] },
      },
    });
  else if (pod === undefined) return;
  else if (choice === 2) ask(timeline, { method: "DELETE", path });
  else if (choice === 3)
    ask(timeline, { method: "PATCH", path, contentType: merge, body: { metadata: { labels: { app: random() < 0.5 ? "web" : "other" } } } });
  else
    ask(timeline, {
      method: "PATCH",
      path: `${path}/status`,
      contentType: merge,
      body: { status: { conditions: [{ type: "Ready", status: random() < 0.5 ? "True" : "False" }] } },
    });
}

describe("what is kept up to date", () => {
  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8])
    it(`is what counting again would give (seed ${seed})`, () => {
      const timeline = testCluster([deploymentController, replicaSetController, endpointSliceController]);
      ask(timeline, { method: "POST", path: "/apis/apps/v1/namespaces/default/replicasets", body: set });
      ask(timeline, { method: "POST", path: "/api/v1/namespaces/default/services", body: service });
      run(timeline, 1);
      let drawn = 0;
      const random = (): number => randomAt(seed, "test", drawn++);
      for (let i = 0; i < 40; i++) {
        disturb(timeline, random);
        run(timeline, random() < 0.5 ? 0.004 : 1);
      }
      run(timeline, 30);
      const [web] = all<ReplicaSet>(timeline, "replicasets");
      const owned = all<Pod>(timeline, "pods").filter((pod) => pod.metadata.ownerReferences?.some((owner) => owner.uid === web?.metadata.uid));
      expect(timeline.table(tallyTable).get("default/web")).toMatchObject(countAll(web as ReplicaSet, owned));
      expect(web?.status?.replicas).toBe(web?.spec.replicas);
      const listed = all<EndpointSlice>(timeline, "endpointslices").flatMap((slice) =>
        (slice.endpoints ?? []).map((endpoint) => `${endpoint.targetRef?.name} ${endpoint.conditions?.ready}`),
      );
      const expected = all<Pod>(timeline, "pods")
        .filter((pod) => pod.metadata.labels?.["app"] === "web" && pod.status?.podIP)
        .map((pod) => `${pod.metadata.name} ${pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true}`);
      expect(listed.sort()).toEqual(expected.sort());
    });
});
