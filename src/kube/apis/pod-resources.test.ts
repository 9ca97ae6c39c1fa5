import { describe, expect, test } from "vitest";
import { isPodAvailable } from "./pod-availability";
import { podLimits, podRequests, requestNumbers } from "./pod-resources";
import { oomScoreAdj, qosClass } from "./qos-class";

const container = (name: string, cpu: string, restartPolicy?: string) => ({ name, image: "x", restartPolicy, resources: { requests: { cpu } } });

describe("kube.pod.requests, kube.pod.limits", () => {
  test("init containers count by maximum, sidecars add to both", () => {
    const spec = { containers: [container("a", "1"), container("b", "1")], initContainers: [container("s", "500m", "Always"), container("i", "3")] };
    expect(podRequests({ spec })).toEqual({ cpu: "3500m" });
    expect(requestNumbers(spec)).toEqual({ cpu: 3500 });
  });
  test("overhead is no limit of its own", () =>
    expect(podLimits({ spec: { containers: [container("a", "1")], overhead: { cpu: "1" } } })).toEqual({}));
});

describe("kube.pod.qos-class, kube.pod.oom-score-adj", () => {
  test("requests without limits are Burstable", () => {
    const spec = { containers: [container("a", "1")] };
    expect(qosClass(spec)).toBe("Burstable");
    expect(oomScoreAdj(spec, container("a", "1"), 4e9)).toBe(999);
  });
});

describe("kube.pod.available", () => {
  const pod = { status: { conditions: [{ type: "Ready", status: "True" as const, lastTransitionTime: "2026-01-01T00:00:10Z" }] } };
  test("only after minReadySeconds", () => {
    expect(isPodAvailable(pod, 5, 14_000_000)).toBe(false);
    expect(isPodAvailable(pod, 5, 15_000_000)).toBe(true);
  });
});
