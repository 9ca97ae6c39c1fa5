/**
 * "Why?" is causal: for ten random Pods of a busy world, the input named first, left out on another branch of the same seed, leaves the
 * Pod out too.
 */
import { describe, expect, test } from "vitest";
import type { Pod } from "../kube/apis/objects";
import { storeTable } from "../kube/apiserver/storage/store";
import { createTimeline, type Timeline } from "../sim/timeline";
import type { Message } from "../sim/types";
import { rootInput, whyChain } from "../stage/readmodel/why";
import { createWorld } from "../world/world";

const SECOND = 1e6;
const PODS = 10;
const DEEDS = [
  [3, "kubectl apply -f samples/web"],
  [5, "kubectl create deployment shop --image=nginx:1.27 --replicas=4"],
  [12, "kubectl run alone --image=redis:7.4"],
  [20, "kubectl scale deployment web --replicas=6"],
  [26, "kubectl delete pod -l app=web --wait=false"],
  [40, "kubectl set image deployment/shop nginx=nginx:1.28"],
  [55, "kubectl delete pod -l app=shop --wait=false"],
  [70, "kubectl create deployment late --image=httpd:2.4 --replicas=3"],
] as const;
const END = 90 * SECOND;

const worldOf = (seed: number) => createWorld({ seed, profile: "teaching", nodes: 4, controlPlane: true, kubeSystem: true });
const pods = (timeline: Timeline): readonly Pod[] =>
  timeline
    .table(storeTable("pods"))
    .rows()
    .map((row) => row.object as Pod);

function busyWorld(seed: number): Timeline {
  const world = worldOf(seed);
  const timeline = createTimeline({ seed, profile: "teaching", actors: world.actors });
  for (const input of world.inputs) timeline.submit(input, input.at);
  for (const [at, line] of DEEDS) timeline.submit({ to: "terminal/1", message: { type: "terminal.type", line } as Message }, at * SECOND);
  timeline.seek(END);
  return timeline;
}

/** The same world without one input. */
function without(timeline: Timeline, seed: number, position: number): Timeline {
  const gone = timeline.event(position)?.message;
  const twin = createTimeline({ seed, profile: "teaching", actors: worldOf(seed).actors });
  for (const input of timeline.inputs) if (input.message !== gone) twin.submit(input, input.at);
  twin.seek(timeline.now);
  return twin;
}

/** Park and Miller's numbers. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe.each([11, 2026])("why, with seed %i", (seed) => {
  const timeline = busyWorld(seed);
  const next = numbers(seed);
  const left = pods(timeline).filter((pod) => pod.metadata.namespace === "default");
  const chosen = Array.from({ length: PODS }, () => left.splice(Math.floor(next() * left.length), 1)[0] as Pod);

  test.each(chosen.map((pod) => [pod.metadata.name, pod] as const))("%s is not there without the input its chain begins with", (_name, pod) => {
    const { uid } = pod.metadata;
    const input = rootInput(timeline, uid) as number;
    expect(timeline.event(input)?.message.type).toBe("terminal.type");
    expect(whyChain(timeline, uid)[0]?.what.params?.["command"]).toBe((timeline.event(input)?.message as { line?: string } | undefined)?.line);
    // Uids are drawn in the order of creation, so on the other branch another object may have drawn this one: the Pod is name and uid.
    const there = (world: Timeline): boolean =>
      pods(world).some(
        ({ metadata }) => metadata.uid === uid && metadata.name === pod.metadata.name && metadata.namespace === pod.metadata.namespace,
      );
    expect(there(timeline)).toBe(true);
    expect(there(without(timeline, seed, input))).toBe(false);
  });
});
