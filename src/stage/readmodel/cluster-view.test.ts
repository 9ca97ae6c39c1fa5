/** Pictures do not lie: at random moments the text table says what the store says, and stepping changes nothing about it. */
import { describe, expect, test } from "vitest";
import type { Deployment, Pod, ReplicaSet } from "../../kube/apis/objects";
import { isPodReady } from "../../kube/apis/pod-availability";
import { storeTable } from "../../kube/apiserver/storage/store";
import type { Timeline } from "../../sim/timeline";
import { clusterView } from "./cluster-view";
import { tableView } from "./table-view";
import { SECOND, testWorld } from "../../../tools/gallery/test-world";

/** A small generator, so that moments are random and printed. */
function moments(seed: number, count: number, until: number): readonly number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.round((state / 2 ** 32) * until);
  });
}

const section = (timeline: Timeline, id: string): ReadonlyMap<string, readonly string[]> => {
  const rows = tableView(clusterView(timeline)).sections.find((one) => one.id === id)?.rows ?? [];
  return new Map(rows.map((row) => [row.uid, row.cells.map((cell) => (typeof cell === "string" ? cell : cell.key))]));
};
const stored = <T>(timeline: Timeline, resource: string): readonly T[] =>
  timeline
    .table(storeTable(resource))
    .rows()
    .map((row) => row.object as T);

function check(timeline: Timeline): void {
  const pods = stored<Pod>(timeline, "pods").filter((pod) => !pod.metadata.namespace?.startsWith("kube-"));
  const drawn = section(timeline, "pods");
  expect([...drawn.keys()].sort()).toEqual(pods.map((pod) => pod.metadata.uid).sort());
  for (const pod of pods) {
    const [name, namespace, state, node] = drawn.get(pod.metadata.uid) ?? [];
    expect([name, namespace, node]).toEqual([pod.metadata.name, pod.metadata.namespace, pod.spec.nodeName ?? ""]);
    expect(state === "stage.state.ready").toBe(pod.metadata.deletionTimestamp === undefined && isPodReady(pod));
    expect(state === "stage.state.terminating").toBe(pod.metadata.deletionTimestamp !== undefined);
  }
  const sets = section(timeline, "replicaSets");
  for (const set of stored<ReplicaSet>(timeline, "replicasets")) {
    const row = sets.get(set.metadata.uid);
    if (row !== undefined) expect(row[3]).toBe(String(set.spec.replicas));
  }
  const deployments = section(timeline, "deployments");
  for (const deployment of stored<Deployment>(timeline, "deployments"))
    expect(deployments.get(deployment.metadata.uid)?.[2]).toBe(String(deployment.spec.replicas));
}

describe("the table behind the stage", () => {
  const timeline = testWorld(11, ["12 kubectl delete pod -l app=web --wait=false", "20 kubectl apply -f web.yaml"], 30);

  test("equals the store at random moments, visited in any order", () => {
    for (const at of moments(11, 24, 30 * SECOND)) {
      timeline.seek(at);
      check(timeline);
    }
  });

  test("equals the store after every single event", () => {
    timeline.seek(4 * SECOND);
    for (let i = 0; i < 150 && timeline.stepForward() !== undefined; i++) check(timeline);
  });
});

describe("a loop", () => {
  test("shows the gap as its controller has seen it, and a ghost for what is only wanted", () => {
    const timeline = testWorld(5, ["12 kubectl delete pod -l app=web --wait=false"], 20);
    timeline.seek(12 * SECOND);
    const seen = new Set<string>();
    while (timeline.now < 16 * SECOND && timeline.stepForward() !== undefined) {
      const set = clusterView(timeline).replicaSets[0];
      if (set === undefined) continue;
      expect(set.gap).toBe(set.observed.want - set.observed.have);
      expect(set.ghosts.length).toBeLessThanOrEqual(Math.max(0, set.gap));
      seen.add(`${set.phase} ${Math.sign(set.gap)} ${set.ghosts.length > 0}`);
    }
    expect([...seen].some((one) => one.startsWith("compare 1 true"))).toBe(true);
    expect([...seen].some((one) => one.startsWith("act"))).toBe(true);
    expect([...seen].some((one) => one.startsWith("rest 0 false") || one.startsWith("observe 0 false"))).toBe(true);
  });
});
