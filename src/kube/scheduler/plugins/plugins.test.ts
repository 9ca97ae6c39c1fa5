/**
 * kube.scheduler.node-resources-fit, kube.scheduler.taint-toleration, kube.scheduler.node-unschedulable, kube.scheduler.node-affinity,
 * kube.scheduler.node-ports, kube.scheduler.inter-pod-affinity, kube.scheduler.pod-topology-spread, kube.scheduler.nodes-to-find,
 * kube.scheduler.backoff, kube.scheduler.queueing-hint: each plugin on a small cluster, in upstream's words. The golden vectors hold the
 * long tables.
 */
import { describe, expect, it } from "vitest";
import type { NodeObject, Pod } from "../../apis/objects";
import { fitErrorMessage } from "../fit-error";
import { DEFAULT_PROFILE } from "../profile";
import { backoffAfter } from "../queue";
import { worthTrying } from "../queueing-hints";
import { nodesToFind, schedulePod } from "../scheduling-cycle";
import { nodeInfos, snapshotOf } from "../snapshot";
import { naturalLog } from "./natural-log";

const node = (name: string, spec: object = {}, cpu = "2"): NodeObject =>
  ({
    metadata: { name, labels: { "kubernetes.io/hostname": name, zone: name.slice(0, 1) } },
    spec,
    status: { allocatable: { cpu, memory: "4Gi", pods: "3" } },
  }) as unknown as NodeObject;
const pod = (name: string, spec: object = {}, labels: object = { app: "web" }): Pod =>
  ({ metadata: { name, namespace: "default", uid: name, labels }, spec: { containers: [{ name: "c", image: "i" }], ...spec } }) as unknown as Pod;
const on = (name: string, nodeName: string, spec: object = {}): Pod => pod(name, { nodeName, ...spec });
const cpu = (amount: string): object => ({ containers: [{ name: "c", image: "i", resources: { requests: { cpu: amount } } }] });

/** The node, or why not. */
function place(wanted: Pod, nodes: readonly NodeObject[], pods: readonly Pod[] = []): string {
  const result = schedulePod(wanted, snapshotOf(nodeInfos(nodes, pods)), { plugins: DEFAULT_PROFILE });
  return result.node ?? fitErrorMessage(result.diagnosis);
}
const refused = (reason: string): string => `0/1 nodes are available: 1 ${reason}.`;
const near = (kind: "podAffinity" | "podAntiAffinity"): object => ({
  affinity: {
    [kind]: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: "web" } } }],
    },
  },
});

describe("a node refuses a Pod", () => {
  const cases: readonly (readonly [string, Pod, NodeObject, readonly Pod[], string])[] = [
    ["that asks for more than is left", pod("p", cpu("2")), node("a1"), [on("x", "a1", cpu("500m"))], "Insufficient cpu"],
    ["that would be one too many", pod("p"), node("a1"), ["x", "y", "z"].map((name) => on(name, "a1")), "Too many pods"],
    [
      "that does not tolerate its taint",
      pod("p"),
      node("a1", { taints: [{ key: "k", value: "v", effect: "NoSchedule" }] }),
      [],
      "node(s) had untolerated taint(s)",
    ],
    ["when it is cordoned", pod("p"), node("a1", { unschedulable: true }), [], "node(s) were unschedulable"],
    ["that selects others", pod("p", { nodeSelector: { disk: "ssd" } }), node("a1"), [], "node(s) didn't match Pod's node affinity/selector"],
    [
      "whose port is taken",
      pod("p", { containers: [{ name: "c", image: "i", ports: [{ containerPort: 80, hostPort: 80 }] }] }),
      node("a1"),
      [on("x", "a1", { containers: [{ name: "c", image: "i", ports: [{ containerPort: 81, hostPort: 80 }] }] })],
      "node(s) didn't have free ports for the requested pod ports",
    ],
    [
      "that keeps away from a Pod there",
      pod("p", near("podAntiAffinity")),
      node("a1"),
      [on("x", "a1")],
      "node(s) didn't match pod anti-affinity rules",
    ],
    [
      "that a Pod there keeps away from",
      pod("p"),
      node("a1"),
      [on("x", "a1", near("podAntiAffinity"))],
      "node(s) didn't satisfy existing pods anti-affinity rules",
    ],
    [
      "that wants to be near a Pod that is not there",
      pod("p", near("podAffinity"), { app: "other" }),
      node("a1"),
      [],
      "node(s) didn't match pod affinity rules",
    ],
  ];
  for (const [title, wanted, where, pods, reason] of cases) it(title, () => expect(place(wanted, [where], pods)).toBe(refused(reason)));
});

describe("a Pod goes", () => {
  it("to the node with most left", () => expect(place(pod("p", cpu("100m")), [node("a1"), node("a2")], [on("x", "a1", cpu("1"))])).toBe("a2"));
  it("where its group may begin, when it only wants to be near itself", () => expect(place(pod("p", near("podAffinity")), [node("a1")])).toBe("a1"));
  it("to the emptier zone, when the skew must stay small", () => {
    const spread = {
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule", labelSelector: { matchLabels: { app: "web" } } },
      ],
    };
    expect(place(pod("p", spread), [node("a1"), node("b1", {}, "1")], [on("x", "a1")])).toBe("b1");
  });
});

describe("the search and the queue", () => {
  it("look at fewer nodes of a large cluster", () =>
    expect([10, 100, 500, 1000, 5000, 10_000].map((count) => nodesToFind(count))).toEqual([10, 100, 230, 420, 500, 500]));
  it("double the wait up to ten seconds", () => expect([1, 2, 3, 4, 5, 9].map((count) => backoffAfter(count) / 1e6)).toEqual([1, 2, 4, 8, 10, 10]));
  it("try again only what a change may help", () => {
    const waiting = pod("p", cpu("1"));
    const freed = { kind: "assigned-pod-deleted", pod: on("x", "a1", cpu("1")) } as const;
    expect(worthTrying(waiting, ["NodeResourcesFit"], freed)).toBe(true);
    expect(worthTrying(waiting, ["TaintToleration"], freed)).toBe(false);
    expect(worthTrying(waiting, ["NodeResourcesFit"], { kind: "node-added", node: node("a1", {}, "500m") })).toBe(false);
    expect(worthTrying(waiting, ["NodeResourcesFit"], { kind: "node-added", node: node("a1") })).toBe(true);
  });
  it("weigh topologies by a logarithm of exact arithmetic", () => {
    for (const n of [1, 2, 3, 5, 52, 232, 502, 5002])
      expect(Math.abs(naturalLog(n) - Math.log(n))).toBeLessThan(1e-15 * Math.max(1, Math.log(n) * 4));
  });
});
