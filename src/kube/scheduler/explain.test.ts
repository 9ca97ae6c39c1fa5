/** kube.scheduler.explain: the grid agrees with the attempt. */
import { describe, expect, it } from "vitest";
import type { NodeObject, Pod } from "../apis/objects";
import { explainScheduling } from "./explain";
import { DEFAULT_PROFILE } from "./profile";
import { schedulePod } from "./scheduling-cycle";
import { nodeInfos, snapshotOf } from "./snapshot";

const node = (name: string, cpu: string, taint = false): NodeObject =>
  ({
    metadata: { name, labels: { "kubernetes.io/hostname": name } },
    spec: taint ? { taints: [{ key: "d", value: "x", effect: "NoSchedule" }] } : {},
    status: { allocatable: { cpu, memory: "8Gi", pods: "110" } },
  }) as unknown as NodeObject;
const pod = {
  metadata: { name: "p", namespace: "default", uid: "p" },
  spec: { containers: [{ name: "c", image: "i", resources: { requests: { cpu: "1" } } }] },
} as unknown as Pod;

describe("the grid", () => {
  it("says pass, fail and score for each node, and its best node is the attempt's", () => {
    const snapshot = snapshotOf(nodeInfos([node("a", "4"), node("b", "500m", true), node("c", "2")], []));
    const grid = explainScheduling(pod, snapshot);
    const of = (name: string) =>
      grid.cells.filter((cell) => cell.node === name && cell.result === "fail").map(({ plugin, reason }) => `${plugin}: ${reason}`);
    expect(of("b")).toEqual(["TaintToleration: node(s) had untolerated taint(s)", "NodeResourcesFit: Insufficient cpu"]);
    expect(of("a")).toEqual([]);
    expect(grid.best).toEqual(["a"]);
    expect(grid.nodes.map(({ feasible }) => feasible)).toEqual([true, false, true]);
    expect(schedulePod(pod, snapshot, { plugins: DEFAULT_PROFILE }).node).toBe("a");
  });
});
