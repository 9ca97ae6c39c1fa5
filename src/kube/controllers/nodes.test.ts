/** kube.node.unknown, kube.node.taint-based-eviction, kube.taint-eviction.process, kube.pod-gc.orphaned, kube.endpointslice.reconcile. */
import { describe, expect, it } from "vitest";
import type { Timeline } from "../../sim/timeline";
import type { Json } from "../../sim/types";
import { conditionOf } from "../apis/pod-availability";
import { rfc3339 } from "../apis/time";
import type { EndpointSlice, NodeObject, Pod } from "../apis/objects";
import { endpointSliceController } from "./endpointslice/controller";
import { nodeLifecycleController } from "./node-lifecycle/controller";
import { podGcController } from "./pod-gc/controller";
import { taintEvictionController } from "./taint-eviction/controller";
import { all, ask, messages, run, testCluster } from "./test-cluster";

const CONTROLLERS = [endpointSliceController, nodeLifecycleController, taintEvictionController, podGcController];
const pods = "/api/v1/namespaces/default/pods";
const leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";

function addNode(timeline: Timeline, name: string): void {
  const conditions = ["MemoryPressure", "DiskPressure", "PIDPressure"].map((type) => ({ type, status: "False", reason: "Fine", message: "fine" }));
  const ready = {
    type: "Ready",
    status: "True",
    reason: "KubeletReady",
    message: "kubelet is posting ready status",
    lastHeartbeatTime: rfc3339(timeline.now),
  };
  const labels = { "kubernetes.io/os": "linux", "topology.kubernetes.io/zone": "z1" };
  ask(timeline, {
    method: "POST",
    path: "/api/v1/nodes",
    body: { apiVersion: "v1", kind: "Node", metadata: { name, labels }, spec: {}, status: { conditions: [...conditions, ready] } },
  });
  ask(timeline, { method: "POST", path: leases, body: lease(timeline, name) });
}
const lease = (timeline: Timeline, name: string): Json => ({
  apiVersion: "coordination.k8s.io/v1",
  kind: "Lease",
  metadata: { name, namespace: "kube-node-lease" },
  spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: rfc3339(timeline.now) },
});
const renew = (timeline: Timeline, name: string): void =>
  ask(timeline, {
    method: "PATCH",
    path: `${leases}/${name}`,
    contentType: "application/merge-patch+json",
    body: { spec: { renewTime: rfc3339(timeline.now).replace("Z", ".000000Z") } },
  });
const unreachable = (seconds: number): Json => ({
  key: "node.kubernetes.io/unreachable",
  operator: "Exists",
  effect: "NoExecute",
  tolerationSeconds: seconds,
});
const addPod = (timeline: Timeline, name: string, nodeName: string, tolerations: readonly Json[] = []): void =>
  ask(timeline, {
    method: "POST",
    path: pods,
    body: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, labels: { app: "web" } },
      spec: { nodeName, tolerations, containers: [{ name: "c", image: "web", ports: [{ name: "http", containerPort: 8080 }] }] },
    },
  });
const node = (timeline: Timeline, name: string): NodeObject | undefined =>
  all<NodeObject>(timeline, "nodes").find((item) => item.metadata.name === name);
const pod = (timeline: Timeline, name: string): Pod | undefined => all<Pod>(timeline, "pods").find((item) => item.metadata.name === name);
const taints = (timeline: Timeline, name: string): string[] => (node(timeline, name)?.spec.taints ?? []).map(({ key, effect }) => `${key}:${effect}`);
/** Lets time pass while the nodes named renew their leases. */
function live(timeline: Timeline, seconds: number, ...alive: string[]): void {
  for (let left = seconds; left > 0; left -= 10) {
    for (const name of alive) renew(timeline, name);
    run(timeline, Math.min(10, left));
  }
}

describe("a node", () => {
  it("that falls silent is unknown after its grace, tainted, and its Pods leave when their time is over", () => {
    const timeline = testCluster(CONTROLLERS);
    for (const name of ["dead", "other"]) addNode(timeline, name);
    run(timeline, 4);
    addPod(timeline, "patient", "dead", [unreachable(300)]);
    addPod(timeline, "hasty", "dead", [unreachable(2)]);
    addPod(timeline, "stoic", "dead", [{ operator: "Exists" }]);
    live(timeline, 30, "dead", "other");
    expect(node(timeline, "dead")?.metadata.labels?.["beta.kubernetes.io/os"]).toBe("linux");
    expect(taints(timeline, "dead")).toEqual([]);
    live(timeline, 40, "other");
    expect(conditionOf(node(timeline, "dead")?.status, "Ready")?.status).toBe("True");
    live(timeline, 20, "other");
    const ready = conditionOf(node(timeline, "dead")?.status, "Ready");
    expect(ready).toMatchObject({ status: "Unknown", reason: "NodeStatusUnknown", message: "Kubelet stopped posting node status." });
    expect(taints(timeline, "dead")).toEqual(["node.kubernetes.io/unreachable:NoSchedule", "node.kubernetes.io/unreachable:NoExecute"]);
    expect(messages(timeline, "NodeNotReady")).toContain("Node dead status is now: NodeNotReady");
    expect(conditionOf(pod(timeline, "patient")?.status, "Ready")?.status).toBe("False");
    expect(conditionOf(pod(timeline, "hasty")?.status, "DisruptionTarget")?.reason).toBe("DeletionByTaintManager");
    expect(pod(timeline, "hasty")?.metadata.deletionTimestamp).toBeDefined();
    expect(pod(timeline, "patient")?.metadata.deletionTimestamp).toBeUndefined();
    live(timeline, 320, "other");
    expect(pod(timeline, "patient")?.metadata.deletionTimestamp).toBeDefined();
    expect(pod(timeline, "stoic")?.metadata.deletionTimestamp).toBeUndefined();
    // The node object goes: the Pods that waited on it are collected.
    ask(timeline, { method: "DELETE", path: "/api/v1/nodes/dead" });
    live(timeline, 80, "other");
    expect(all<Pod>(timeline, "pods")).toEqual([]);
  });

  it("that comes back loses its taints; a cordoned one has one", () => {
    const timeline = testCluster(CONTROLLERS);
    for (const name of ["a", "b"]) addNode(timeline, name);
    live(timeline, 80, "b");
    expect(taints(timeline, "a")).toHaveLength(2);
    const back = node(timeline, "a") as NodeObject;
    const conditions = (back.status?.conditions ?? []).map((condition) => ({ ...condition, status: condition.type === "Ready" ? "True" : "False" }));
    renew(timeline, "a");
    ask(timeline, { method: "PUT", path: "/api/v1/nodes/a/status", body: { ...back, status: { ...back.status, conditions } } as unknown as Json });
    live(timeline, 20, "a", "b");
    expect(taints(timeline, "a")).toEqual([]);
    ask(timeline, { method: "PATCH", path: "/api/v1/nodes/a", contentType: "application/merge-patch+json", body: { spec: { unschedulable: true } } });
    live(timeline, 10, "a", "b");
    expect(taints(timeline, "a")).toEqual(["node.kubernetes.io/unschedulable:NoSchedule"]);
  });

  it("is not given up when no node is ready: nobody is evicted", () => {
    const timeline = testCluster(CONTROLLERS);
    for (const name of ["dead", "dead2"]) addNode(timeline, name);
    addPod(timeline, "hasty", "dead", [unreachable(2)]);
    run(timeline, 120);
    expect(conditionOf(node(timeline, "dead")?.status, "Ready")?.status).toBe("Unknown");
    expect(taints(timeline, "dead")).toEqual(["node.kubernetes.io/unreachable:NoSchedule"]);
    expect(pod(timeline, "hasty")?.metadata.deletionTimestamp).toBeUndefined();
  });
});

describe("a Service", () => {
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web" },
    spec: { clusterIP: "10.96.0.5", selector: { app: "web" }, ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: "http" }] },
  };
  const slices = (timeline: Timeline): readonly EndpointSlice[] => all<EndpointSlice>(timeline, "endpointslices");

  it("has an empty slice, then its Pods, then none", () => {
    const timeline = testCluster(CONTROLLERS);
    ask(timeline, { method: "POST", path: "/api/v1/namespaces/default/services", body: service });
    run(timeline, 1);
    expect(slices(timeline).map(({ endpoints, ports }) => [endpoints?.length ?? 0, ports?.length ?? 0])).toEqual([[0, 0]]);
    addNode(timeline, "a");
    addPod(timeline, "one", "a");
    addPod(timeline, "two", "a");
    run(timeline, 2);
    const [slice] = slices(timeline);
    expect(slices(timeline)).toHaveLength(1);
    expect(slice?.ports).toEqual([{ name: "http", port: 8080, protocol: "TCP" }]);
    expect(slice?.endpoints?.map(({ conditions, zone, nodeName }) => [conditions?.ready, zone, nodeName])).toEqual([
      [true, "z1", "a"],
      [true, "z1", "a"],
    ]);
    for (const name of ["one", "two"]) ask(timeline, { method: "DELETE", path: `${pods}/${name}` });
    run(timeline, 2);
    expect(slices(timeline).map(({ endpoints }) => endpoints?.length ?? 0)).toEqual([0]);
  });

  it("fills slices of a hundred", () => {
    const timeline = testCluster(CONTROLLERS);
    addNode(timeline, "a");
    ask(timeline, { method: "POST", path: "/api/v1/namespaces/default/services", body: service });
    for (let i = 0; i < 250; i++) addPod(timeline, `p${i}`, "a");
    run(timeline, 5);
    const sizes = slices(timeline).map(({ endpoints }) => endpoints?.length ?? 0);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(250);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
    expect(sizes.length).toBeLessThanOrEqual(5);
  });
});
