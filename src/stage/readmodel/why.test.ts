/** "Why?" is causal: without the input it names, the object would not be. And strokes are told in words. */
import { describe, expect, test } from "vitest";
import { storeTable } from "../../kube/apiserver/storage/store";
import { createTimeline, type Timeline } from "../../sim/timeline";
import { createWorld } from "../../world/world";
import { historyOf } from "./history";
import { inspectorView } from "./inspector-view";
import { nowLineView } from "./now-line";
import { scoreView } from "./score-view";
import { isStroke } from "./strokes";
import type { Pod } from "../../kube/apis/objects";
import type { Message } from "../../sim/types";
import { clusterView } from "./cluster-view";
import { gridView } from "./grid-view";
import { SECOND, testWorld } from "../../../tools/gallery/test-world";
import { rootInput, whyChain } from "./why";

const CONFIG = { seed: 3, profile: "teaching" as const, nodes: 3, controlPlane: true, kubeSystem: false };
const podUids = (timeline: Timeline): readonly string[] =>
  timeline
    .table(storeTable("pods"))
    .rows()
    .map((row) => row.object.metadata.uid);

/** The same world without one input. */
function without(timeline: Timeline, position: number): Timeline {
  const gone = timeline.event(position);
  const twin = createTimeline({ seed: CONFIG.seed, profile: CONFIG.profile, actors: createWorld(CONFIG).actors });
  for (const input of timeline.inputs) {
    if (input.message === gone?.message) continue;
    twin.submit(input, input.at);
  }
  twin.seek(timeline.now);
  return twin;
}

describe("why does it exist", () => {
  const timeline = testWorld(CONFIG.seed, ["12 kubectl delete pod -l app=web --wait=false"], 20);

  test("names a person's command first and the scheduler last", () => {
    const chain = whyChain(timeline, podUids(timeline)[0] as string);
    expect(chain.map((entry) => entry.who.key)).toEqual(["stage.who.you", "stage.who.replicaset-controller", "stage.who.scheduler"]);
    expect(chain[0]?.what.params).toEqual({ command: "kubectl delete pod -l app=web --wait=false" });
    expect(chain.every((entry, i) => i === 0 || entry.at >= (chain[i - 1]?.at ?? 0))).toBe(true);
  });

  test("removing the named input removes the Pods", () => {
    const pods = podUids(timeline);
    expect(pods.length).toBeGreaterThan(0);
    for (const uid of pods) {
      const input = rootInput(timeline, uid);
      expect(input).toBeDefined();
      expect(podUids(without(timeline, input as number))).not.toContain(uid);
    }
  });

  test("the first Pods go back to apply, through Deployment and ReplicaSet", () => {
    const early = testWorld(CONFIG.seed, [], 10);
    const chain = whyChain(early, podUids(early)[0] as string);
    expect(chain.map((entry) => entry.who.key)).toEqual([
      "stage.who.you",
      "stage.who.deployment-controller",
      "stage.who.replicaset-controller",
      "stage.who.scheduler",
    ]);
  });

  test("the inspector holds life, causes and conditions", () => {
    const view = inspectorView(timeline, podUids(timeline)[0] as string);
    expect(view?.life.map((segment) => segment.state.kind)).toEqual(
      ["pending", "creating", "ready"].filter((kind) => view?.life.some((one) => one.state.kind === kind)),
    );
    expect(view?.conditions.some((condition) => condition.type === "Ready")).toBe(true);
  });
});

describe("after a fault", () => {
  const timeline = testWorld(CONFIG.seed, [], 12);
  const lost = timeline
    .table(storeTable("pods"))
    .rows()
    .map((row) => row.object as Pod)
    .filter((pod) => pod.spec.nodeName === "node-b");
  timeline.submit({ to: "fault/main", message: { type: "fault.crash", node: "node-b" } as Message }, timeline.now);
  timeline.seek(400 * SECOND);

  test("the replacement goes back to the fault, by way of the node, its taint and the eviction", () => {
    expect(lost.length).toBe(1);
    const replacement = timeline
      .table(storeTable("pods"))
      .rows()
      .find((row) => row.object.metadata.creationTimestamp > "2026-01-01T00:01:00Z");
    const uid = replacement?.object.metadata.uid as string;
    expect(whyChain(timeline, uid).map((entry) => entry.who.key)).toEqual([
      "stage.who.fault",
      "stage.who.node-lifecycle-controller",
      "stage.who.taint-eviction-controller",
      "stage.who.replicaset-controller",
      "stage.who.scheduler",
    ]);
    expect(podUids(without(timeline, rootInput(timeline, uid) as number))).not.toContain(uid);
  });

  test("its Pods are drawn as unknown once the node is silent", () => {
    timeline.seek(80 * SECOND);
    const view = clusterView(timeline);
    expect(view.nodes.find((node) => node.name === "node-b")).toMatchObject({ state: "unknown", stopped: true });
    expect(view.pods.find((pod) => pod.node === "node-b")?.state.kind).toBe("unknown");
  });

  test("the scheduler says why not there", () => {
    const grid = gridView(timeline, lost[0]?.metadata.uid as string);
    expect(grid?.nodes.find((node) => node.name === "control-plane")?.refusedBy).toBe("TaintToleration");
    expect(grid?.nodes.find((node) => node.name === "node-a")?.total).toBeGreaterThan(0);
  });
});

describe("strokes", () => {
  const timeline = testWorld(7, [], 10);

  test("are the same seen from anywhere, and each has its sentence", () => {
    const all = historyOf(timeline).strokes.length;
    expect(scoreView(timeline, [0, timeline.headTime]).strokes.length).toBe(all);
    timeline.seek(0);
    let count = 0;
    while (timeline.position < timeline.length && timeline.stepForward() !== undefined) {
      if (!isStroke(timeline, timeline.position - 1)) continue;
      count++;
      const line = nowLineView(timeline);
      expect(line?.count).toBe(count);
      expect(line?.says.key.startsWith("stage.says.")).toBe(true);
      expect(scoreView(timeline).current).toBe(timeline.position - 1);
    }
    expect(count).toBe(all);
  });

  test("say why a Pod was stored in the controller's own numbers", () => {
    const { strokes } = historyOf(timeline);
    const stores = strokes.filter((stroke) => stroke.kind === "write" && stroke.who === "replicaset-controller/main" && stroke.resource === "pods");
    expect(stores.length).toBe(3);
    timeline.seekPosition((stores[0]?.position ?? 0) + 1);
    expect(nowLineView(timeline)?.because).toEqual({ key: "stage.because.tooFew", params: { want: 3, have: 0 } });
  });
});
