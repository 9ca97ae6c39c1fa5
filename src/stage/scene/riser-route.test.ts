/** Risers keep clear of the marks, names and gauges of their node, and the ruler of a budget stays in the picture. */
import { describe, expect, test } from "vitest";
import { busy, rolling } from "../../../tools/gallery/fixtures";
import type { ClusterView, PodView } from "../readmodel/types";
import { troublesText } from "../paint/nodes";
import { clusterScene } from "./cluster-scene";
import { obstaclesOf, pointAlong } from "./riser-route";
import { AT_REST } from "./types";

/** A failing Pod with a long reason under each Pod that gets requests, in a later revision. */
function withFailures(view: ClusterView): ClusterView {
  const set = view.replicaSets.at(-1);
  const model = view.pods[0];
  if (set === undefined || model === undefined) return view;
  const failing = view.nodes
    .filter((node) => !node.controlPlane)
    .flatMap((node, i): PodView[] =>
      [0, 1].map((n) => ({
        ...model,
        uid: `bad-${i}-${n}`,
        name: `bad-${i}-${n}`,
        shortId: `bad${i}${n}`,
        node: node.name,
        owner: { kind: "ReplicaSet", name: set.name, uid: set.uid },
        endpointOf: [],
        state: { kind: "creating", word: { key: "stage.state.creating" }, reason: "ImagePullBackOff" } as PodView["state"],
      })),
    );
  return { ...view, pods: [...view.pods, ...failing] };
}

describe("risers", () => {
  test.each([
    ["rolling", rolling()],
    ["busy", busy()],
    ["failing", withFailures(rolling())],
  ])("%s: cross no name, mark or gauge below their own row", (_name, view) => {
    for (const [width, height] of [
      [1008, 484],
      [1366, 482],
      [1600, 700],
    ] as const) {
      const scene = clusterScene(view, { width, height }, { motion: AT_REST });
      for (const riser of scene.risers) {
        const mark = scene.pods.find((one) => one.uid === riser.pod);
        const node = scene.nodes.find((one) => one.name === mark?.pod.node);
        const band = scene.bands.find((one) => mark !== undefined && mark.y >= one.y && mark.y < one.y + one.height);
        if (mark === undefined || node === undefined || band === undefined) continue;
        const [bottom, top] = [riser.points[0], riser.points[1]];
        if (bottom === undefined || top === undefined) continue;
        const until = Math.max(top.y, band.y + band.height);
        const crossed = obstaclesOf(node, scene.pods).filter(
          (box) => bottom.x > box.x && bottom.x < box.x + box.width && box.y < bottom.y && box.y + box.height > until,
        );
        expect(crossed, `${width} ${riser.key}`).toEqual([]);
      }
    }
  });

  test("a request goes round the corners of its riser", () => {
    const points = [
      { x: 0, y: 100 },
      { x: 0, y: 50 },
      { x: 20, y: 50 },
      { x: 20, y: 20 },
    ];
    expect([0, 0.5, 0.6, 1].map((share) => pointAlong(points, share))).toEqual([
      { x: 0, y: 100 },
      { x: 0, y: 50 },
      { x: 10, y: 50 },
      { x: 20, y: 20 },
    ]);
  });
});

test("the ruler of the budget fits under three records at 1366 by 768", () => {
  const view = rolling();
  const model = view.replicaSets[0];
  if (model === undefined) throw new Error("the fixture has no ReplicaSet");
  const three = { ...view, replicaSets: [...view.replicaSets, { ...model, uid: "third", name: "third", hash: "third", revision: 9 }] };
  const scene = clusterScene(three, { width: 1366, height: 482 }, { motion: AT_REST });
  expect(scene.budget).toBeDefined();
  expect(scene.needed).toBeLessThanOrEqual(482);
});

test("conditions of a node are told as far as there is room", () => {
  const all = ["Ready=Unknown", "MemoryPressure", "DiskPressure"];
  expect(troublesText(all, 60)).toBe("Ready=Unknown · MemoryPressure · DiskPressure");
  expect(troublesText(all, 30)).toBe("Ready=Unknown +2");
});
