/**
 * The engine's promises, held to whole clusters in flight: any order of visits gives the same world, saving and restoring changes
 * nothing, a branch leaves its parent alone, and the order of events of one instant does not decide where a cluster comes to rest.
 */
import { describe, expect, it } from "vitest";
import type { Deployment, Pod } from "../kube/apis/objects";
import { storeTable } from "../kube/apiserver/storage/store";
import { randomAt } from "../sim/random";
import { Timeline, type TimelineOptions } from "../sim/timeline";
import type { Message } from "../sim/types";
import { createWorld } from "./world";

const SEEDS = Array.from({ length: Number(process.env["WORLD_SEEDS"] ?? 8) }, (_, i) => i + 1);
console.log(`worlds of seeds ${SEEDS.join(", ")}`);
const END = 120e6;
const draw = (seed: number, name: string, n: number, below: number): number => Math.floor(randomAt(seed, `world ${name}`, n) * below);

/** What people do: applies, scales, rolls, kills, crashes, at times drawn from the seed. */
function world(seed: number, change: Partial<TimelineOptions> = {}): Timeline {
  const { actors, inputs } = createWorld({ seed, profile: "teaching", nodes: 3, controlPlane: true, kubeSystem: false });
  const timeline = new Timeline({ seed, profile: "teaching", actors, checks: seed % 3 === 0, ...change });
  for (const input of inputs) timeline.submit(input, input.at);
  const type = (at: number, line: string): void =>
    void timeline.submit({ to: "terminal/1", message: { type: "terminal.type", line } as Message }, at * 1e6);
  const fault = (at: number, message: Message): void => void timeline.submit({ to: "fault/main", message }, at * 1e6);
  type(8, "kubectl apply -f samples/web");
  type(16 + draw(seed, "scale", 0, 8), `kubectl scale deployment web --replicas=${2 + draw(seed, "replicas", 0, 4)}`);
  type(26 + draw(seed, "roll", 0, 6), "kubectl set image deployment/web web=strata/web:2.0");
  fault(30 + draw(seed, "stop", 0, 4), {
    type: "fault.stop",
    component: ["scheduler", "replicaset-controller", "deployment-controller"][seed % 3],
  } as Message);
  fault(40, { type: "fault.start", component: ["scheduler", "replicaset-controller", "deployment-controller"][seed % 3] } as Message);
  type(44, "kubectl delete pod -l app=web --wait=false");
  return timeline;
}

/** Where a cluster came to rest, without names and addresses that chance decides. */
function rest(timeline: Timeline): object {
  const web = timeline.table(storeTable("deployments")).get("default/web")?.object as Deployment | undefined;
  const pods = timeline
    .table(storeTable("pods"))
    .by("label", "default app=web")
    .map((row) => row.object as Pod);
  return {
    replicas: web?.spec.replicas,
    status: { ready: web?.status?.readyReplicas, updated: web?.status?.updatedReplicas, total: web?.status?.replicas },
    images: [...new Set(pods.map((pod) => pod.spec.containers[0]?.image))],
    phases: pods.map((pod) => pod.status?.phase),
    slices: timeline.table(storeTable("endpointslices")).size,
  };
}

describe.each(SEEDS)("a cluster of seed %i", (seed) => {
  it("is the same world however it is visited, in flight", () => {
    const straight = world(seed);
    const expected = new Map<number, string>();
    for (let at = 6; at <= 60; at += 6) {
      straight.seek(at * 1e6 + 123_457);
      expected.set(at, straight.hash());
    }
    const wandering = world(seed);
    for (let i = 0; i < 12; i++) {
      const at = 6 * (1 + draw(seed, "visit", i, 10));
      wandering.seek(at * 1e6 + 123_457);
      expect({ at, hash: wandering.hash() }).toEqual({ at, hash: expected.get(at) });
    }
  });

  it("loses nothing when saved and restored at a random moment, and a branch leaves its parent alone", () => {
    const whole = world(seed);
    const moment = 8e6 + draw(seed, "save", 0, 45e6);
    whole.seek(moment);
    const restored = Timeline.restore(whole.options, JSON.parse(JSON.stringify(whole.snapshot())));
    expect(restored.hash()).toBe(whole.hash());
    const here = whole.hash();
    const branch = whole.branch();
    branch.submit({ to: "terminal/1", message: { type: "terminal.type", line: "kubectl delete deployment web" } as Message });
    branch.seek(END);
    expect(whole.hash()).toBe(here);
    whole.seek(END);
    restored.seek(END);
    expect(restored.hash()).toBe(whole.hash());
  });

  it("comes to rest in the same place when the ties of an instant are shuffled", () => {
    const usual = world(seed);
    usual.seek(END);
    for (const tieSeed of [7, 99]) {
      const shuffled = world(seed, { tieSeed });
      shuffled.seek(END);
      expect(rest(shuffled)).toEqual(rest(usual));
    }
  });
});
