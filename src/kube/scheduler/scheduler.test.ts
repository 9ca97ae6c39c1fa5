/** kube.scheduler.assume, kube.scheduler.failure, kube.scheduler.requeue, kube.scheduler.evict-victims: the scheduler beside an API server. */
import { describe, expect, it } from "vitest";
import { seconds } from "../../sim/time";
import { createTimeline, type Timeline } from "../../sim/timeline";
import type { Actor } from "../../sim/types";
import { apiserverActor } from "../apiserver/actor";
import type { ApiRequest } from "../apiserver/door";
import { storeTable } from "../apiserver/storage/store";
import type { Pod } from "../apis/objects";
import { callApi } from "../client/call";
import { nodeInfoTable, queueTable } from "./tables";
import { schedulerActor } from "./scheduler";

const user: Actor = {
  kind: "user",
  receive(tx, _name, message) {
    if (message.type === "ask") callApi(tx, (message as unknown as { request: ApiRequest }).request);
  },
};
const ask = (timeline: Timeline, request: ApiRequest, at = timeline.now): void => {
  timeline.submit({ to: "user/a", message: { type: "ask", request } as never }, at);
};
/** A node as it is once its kubelet has said that it is ready: the API server gave it a taint until then. */
const addNode = (timeline: Timeline, body: ReturnType<typeof node>, at = timeline.now): void => {
  ask(timeline, { method: "POST", path: "/api/v1/nodes", body }, at);
  const path = `/api/v1/nodes/${body.metadata.name}`;
  ask(timeline, { method: "PATCH", path, contentType: "application/merge-patch+json", body: { spec: { taints: null } } }, at + 1);
};
const PODS = "/api/v1/namespaces/default/pods";
const node = (name: string, cpu = "2", pods = "110") => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name, labels: { "kubernetes.io/hostname": name } },
  status: { capacity: { cpu, memory: "8Gi", pods }, allocatable: { cpu, memory: "8Gi", pods } },
});
const pod = (name: string, cpu = "1", spec: object = {}) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name },
  spec: { containers: [{ name: "c", image: "pause", resources: { requests: { cpu } } }], ...spec },
});

function world(nodes: number, cpu = "2"): Timeline {
  const timeline = createTimeline({ seed: 7, profile: "real", actors: [apiserverActor, schedulerActor, user], checks: true });
  timeline.submit({ to: "apiserver/main", message: { type: "actor.start" } }, 1);
  timeline.submit({ to: "scheduler/main", message: { type: "actor.start" } }, 2);
  ask(timeline, { method: "POST", path: "/api/v1/namespaces", body: { apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } } }, 3);
  for (const [name, value] of [
    ["low", 100],
    ["high", 1000],
  ] as const)
    ask(
      timeline,
      {
        method: "POST",
        path: "/apis/scheduling.k8s.io/v1/priorityclasses",
        body: { apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata: { name }, value },
      },
      4,
    );
  for (let i = 0; i < nodes; i++) addNode(timeline, node(`n${i}`, cpu), 5 + i);
  timeline.seek(seconds(1));
  return timeline;
}
const podNamed = (timeline: Timeline, name: string): Pod | undefined =>
  timeline.table(storeTable("pods")).get(`default/${name}`)?.object as Pod | undefined;
const scheduled = (timeline: Timeline, name: string) =>
  (podNamed(timeline, name)?.status?.conditions ?? []).find(({ type }) => type === "PodScheduled");

describe("scheduler", () => {
  it("binds Pods to the least allocated node and counts them", () => {
    const timeline = world(2);
    for (const name of ["a", "b", "c"]) ask(timeline, { method: "POST", path: PODS, body: pod(name) });
    timeline.seek(seconds(2));
    const nodes = ["a", "b", "c"].map((name) => podNamed(timeline, name)?.spec.nodeName);
    expect(nodes.every((name) => name !== undefined)).toBe(true);
    expect(new Set(nodes.slice(0, 2)).size).toBe(2);
    expect(
      timeline
        .table(nodeInfoTable)
        .rows()
        .map((info) => info.requested.cpu)
        .reduce((x, y) => x + y, 0),
    ).toBe(3000);
    expect(timeline.table(queueTable).size).toBe(0);
    const messages = timeline
      .table(storeTable("events"))
      .rows()
      .map((row) => (row.object as unknown as { message: string }).message);
    expect(messages).toContain(`Successfully assigned default/a to ${nodes[0]}`);
  });

  it("says why not, and tries again when a node comes that could hold the Pod", () => {
    const timeline = world(1);
    ask(timeline, { method: "POST", path: PODS, body: pod("big", "3") });
    timeline.seek(seconds(2));
    expect(scheduled(timeline, "big")).toMatchObject({
      status: "False",
      reason: "Unschedulable",
      message:
        "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
    });
    addNode(timeline, node("small", "1"));
    timeline.seek(seconds(4));
    expect(podNamed(timeline, "big")?.spec.nodeName).toBeUndefined();
    addNode(timeline, node("large", "4"));
    timeline.seek(seconds(6));
    expect(podNamed(timeline, "big")?.spec.nodeName).toBe("large");
    expect(scheduled(timeline, "big")?.status).toBe("True");
  });

  it("preempts a Pod of lower priority and takes its place when it is gone", () => {
    const timeline = world(1, "1");
    ask(timeline, {
      method: "POST",
      path: PODS,
      body: pod("cheap", "1", { priorityClassName: "low", priority: 100, terminationGracePeriodSeconds: 0 }),
    });
    timeline.seek(seconds(2));
    expect(podNamed(timeline, "cheap")?.spec.nodeName).toBe("n0");
    ask(timeline, { method: "POST", path: PODS, body: pod("dear", "1", { priorityClassName: "high", priority: 1000 }) });
    timeline.seek(seconds(2) + 10_000);
    expect(podNamed(timeline, "dear")?.status?.nominatedNodeName).toBe("n0");
    timeline.seek(seconds(60));
    expect(podNamed(timeline, "cheap")).toBeUndefined();
    expect(podNamed(timeline, "dear")?.spec.nodeName).toBe("n0");
  });

  it("waits for its gates, then for nothing", () => {
    const timeline = world(1);
    ask(timeline, { method: "POST", path: PODS, body: pod("gated", "1", { schedulingGates: [{ name: "example.com/wait" }] }) });
    timeline.seek(seconds(2));
    expect(podNamed(timeline, "gated")?.spec.nodeName).toBeUndefined();
    ask(timeline, { method: "PATCH", path: `${PODS}/gated`, contentType: "application/merge-patch+json", body: { spec: { schedulingGates: null } } });
    timeline.seek(seconds(3));
    expect(podNamed(timeline, "gated")?.spec.nodeName).toBe("n0");
  });

  it("starts anew without a memory and places what is left", () => {
    const timeline = world(1);
    timeline.submit({ to: "sim/faults", message: { type: "sim.stop", actor: "scheduler/main" } as never });
    ask(timeline, { method: "POST", path: PODS, body: pod("late") });
    timeline.seek(seconds(3));
    expect(podNamed(timeline, "late")?.spec.nodeName).toBeUndefined();
    timeline.submit({ to: "sim/faults", message: { type: "sim.start", actor: "scheduler/main" } as never });
    timeline.seek(seconds(4));
    expect(podNamed(timeline, "late")?.spec.nodeName).toBe("n0");
  });
});
