/**
 * The whole cluster through its doors: a Deployment and a Service become ready Pods with endpoints; a killed Pod, a lost node and a
 * stopped scheduler are made good; the same inputs give the same world.
 */
import { describe, expect, it } from "vitest";
import { storeTable } from "../kube/apiserver/storage/store";
import type { EndpointSlice, NodeObject, Pod } from "../kube/apis/objects";
import { seconds } from "../sim/time";
import { createTimeline, type Timeline } from "../sim/timeline";
import type { Message, Profile } from "../sim/types";
import type { Fault } from "../shell/fault-line";
import { createWorld } from "./world";

const MANIFEST = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: nginx, ports: [{containerPort: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80}]
`;

function world(profile: Profile = "real", nodes = 3): Timeline {
  const { actors, inputs } = createWorld({ seed: 11, profile, nodes, controlPlane: true, kubeSystem: false });
  const timeline = createTimeline({ seed: 11, profile, actors });
  for (const input of inputs) timeline.submit(input, input.at);
  timeline.submit({ to: "terminal/1", message: { type: "workspace.write", path: "web.yaml", text: MANIFEST } as Message }, seconds(20));
  timeline.submit({ to: "terminal/1", message: { type: "terminal.type", line: "kubectl apply -f web.yaml" } as Message }, seconds(20));
  return timeline;
}
const objects = <T>(timeline: Timeline, resource: string): T[] =>
  timeline
    .table(storeTable(resource))
    .rows()
    .map((row) => row.object as unknown as T);
const fault = (timeline: Timeline, input: Fault): void => {
  timeline.submit({ to: "fault/main", message: input as Message });
};
const isReady = (object: { status?: { conditions?: readonly { type: string; status: string }[] } }): boolean =>
  (object.status?.conditions ?? []).some(({ type, status }) => type === "Ready" && status === "True");
const ready = (timeline: Timeline): Pod[] =>
  objects<Pod>(timeline, "pods").filter((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined);
const endpoints = (timeline: Timeline): number =>
  objects<EndpointSlice>(timeline, "endpointslices")
    .filter((slice) => slice.metadata.labels?.["kubernetes.io/service-name"] === "web")
    .flatMap((slice) => slice.endpoints ?? [])
    .filter((endpoint) => endpoint.conditions?.ready === true).length;

describe("a world", () => {
  it("turns a manifest into ready Pods behind a Service", () => {
    const timeline = world();
    timeline.seek(seconds(60));
    expect(objects<NodeObject>(timeline, "nodes").filter(isReady)).toHaveLength(4);
    expect(ready(timeline)).toHaveLength(3);
    expect(ready(timeline).every((pod) => pod.spec.nodeName !== "control-plane")).toBe(true);
    expect(endpoints(timeline)).toBe(3);
  });

  it("replaces a deleted Pod", () => {
    const timeline = world();
    timeline.seek(seconds(60));
    const [first] = ready(timeline);
    fault(timeline, { type: "fault.delete-pod", namespace: "default", pod: first?.metadata.name ?? "" });
    timeline.seek(seconds(120));
    expect(ready(timeline)).toHaveLength(3);
    expect(ready(timeline).some((pod) => pod.metadata.uid === first?.metadata.uid)).toBe(false);
    expect(endpoints(timeline)).toBe(3);
  });

  it("starts a killed container again in the same Pod", () => {
    const timeline = world();
    timeline.seek(seconds(60));
    const [first] = ready(timeline);
    fault(timeline, { type: "fault.kill", namespace: "default", pod: first?.metadata.name ?? "" });
    timeline.seek(seconds(90));
    const same = ready(timeline).find((pod) => pod.metadata.uid === first?.metadata.uid);
    expect(same?.status?.containerStatuses?.[0]?.restartCount).toBe(1);
  });

  it("evicts from a node that is lost and replaces elsewhere", () => {
    const timeline = world();
    timeline.seek(seconds(60));
    const [first] = ready(timeline);
    const lost = first?.spec.nodeName ?? "";
    fault(timeline, { type: "fault.crash", node: lost });
    timeline.seek(seconds(60 + 70));
    expect(
      objects<NodeObject>(timeline, "nodes")
        .find((node) => node.metadata.name === lost)
        ?.status?.conditions?.find(({ type }) => type === "Ready")?.status,
    ).toBe("Unknown");
    timeline.seek(seconds(60 + 500));
    expect(ready(timeline).filter((pod) => pod.spec.nodeName !== lost)).toHaveLength(3);
    expect(endpoints(timeline)).toBe(3);
  });

  it("kube.kubelet.sync-node-status, kube.kubelet.lease-retry: a node that is joined again says so at its kubelet's next look", () => {
    for (const profile of ["real", "teaching"] as const) {
      const timeline = world(profile);
      timeline.seek(seconds(60));
      const lost = ready(timeline)[0]?.spec.nodeName ?? "";
      const node = (): NodeObject | undefined => objects<NodeObject>(timeline, "nodes").find(({ metadata }) => metadata.name === lost);
      fault(timeline, { type: "fault.partition", node: lost });
      timeline.seek(seconds(60 + 130));
      expect(node() && isReady(node() as NodeObject)).toBe(false);
      const pods = objects<Pod>(timeline, "pods").filter((pod) => pod.spec.nodeName === lost && pod.metadata.namespace === "default");
      expect(pods.some(isReady)).toBe(false);
      fault(timeline, { type: "fault.heal", node: lost });
      timeline.seek(seconds(60 + 130 + 21));
      expect(node() && isReady(node() as NodeObject)).toBe(true);
      timeline.seek(seconds(60 + 130 + 30));
      expect(node()?.spec.taints ?? []).toEqual([]);
      expect(ready(timeline)).toHaveLength(3);
    }
  });

  it("is the same world from the same inputs, and stands still when nothing is wanted", () => {
    const play = (): Timeline => {
      const timeline = world("teaching", 2);
      timeline.seek(seconds(90));
      fault(timeline, { type: "fault.stop", component: "scheduler" });
      timeline.seek(seconds(120));
      return timeline;
    };
    const one = play();
    const other = play();
    expect(one.hash()).toBe(other.hash());
    const before = one.length;
    one.seek(seconds(60 * 20));
    const asked = one
      .events(before, one.length)
      .map((event) => (event.message as Message & { readonly request?: { readonly path: string } }).request?.path ?? "");
    expect(asked.filter((path) => path !== "" && !/\/leases\/|\/nodes\/[^/]+\/status$/.test(path))).toEqual([]);
  });
});
