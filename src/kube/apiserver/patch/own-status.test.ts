/** kube.api.patch-types: what a kubelet's patch makes of a status is what the general strategic merge makes of it. */
import { describe, expect, it } from "vitest";
import { randomAt } from "../../../sim/random";
import type { JsonObject } from "../../apis/objects";
import { patchTypeOf } from "../../apis/patch/kind-schema";
import type { PatchType } from "../../apis/patch/patch-schema";
import { applyStrategicPatch } from "../../apis/patch/strategic";
import { mergedOwnStatus } from "./own-status";

const POD = patchTypeOf("v1", "Pod") as PatchType;
const TYPES = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled", "example.org/other", "DisruptionTarget"];

function draw(seed: number): { readonly before: JsonObject; readonly patch: JsonObject } {
  let asked = 0;
  const random = (below: number): number => Math.floor(randomAt(seed, "own-status", asked++) * below);
  const some = (): string[] => {
    const left = [...TYPES];
    return Array.from({ length: random(TYPES.length) }, () => left.splice(random(left.length), 1)[0] as string);
  };
  const condition = (type: string, patch: boolean): JsonObject => ({
    type,
    status: random(2) === 0 ? "True" : "False",
    ...(patch || random(2) === 0 ? { lastProbeTime: null } : {}),
    lastTransitionTime: `2026-01-01T00:00:0${random(9)}Z`,
    ...(random(3) === 0 ? { reason: `R${random(3)}` } : patch && random(3) === 0 ? { reason: null, message: null } : {}),
  });
  const fields = (patch: boolean): JsonObject => ({
    ...(random(3) === 0 ? {} : { phase: ["Pending", "Running", "Failed"][random(3)] as string }),
    ...(random(3) === 0 ? { podIP: "10.244.0.7" } : patch && random(3) === 0 ? { podIP: null } : {}),
    ...(random(2) === 0
      ? { containerStatuses: [{ name: "web", ready: random(2) === 0, state: { running: { startedAt: "2026-01-01T00:00:00Z" } } }] }
      : {}),
    ...(random(4) === 0 ? {} : { conditions: some().map((type) => condition(type, patch)) }),
  });
  return { before: fields(false), patch: fields(true) };
}

describe("a kubelet's patch", () => {
  it("is merged as the general merge does, for 1,000 seeds", () => {
    for (let seed = 0; seed < 1000; seed++) {
      const { before, patch } = draw(seed);
      const general = applyStrategicPatch({ status: before }, { status: patch }, POD) as { readonly value: JsonObject };
      expect(mergedOwnStatus(before, patch), `seed ${seed}`).toEqual(general.value["status"]);
    }
  });

  it("leaves to the general merge what it does not know", () => {
    expect(mergedOwnStatus({ podIPs: [{ ip: "10.244.0.7" }] }, { podIPs: [{ ip: "10.244.0.8" }] })).toBeUndefined();
  });
});
