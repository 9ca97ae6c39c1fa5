/** kube.print.pod-status: STATUS comes from container states, not from the phase. */
import { expect, it } from "vitest";
import { podSummary } from "./pod-cells";

const pod = (status: object, more: object = {}) => ({ metadata: {}, spec: { containers: [{ name: "c" }], ...more }, status }) as never;

it.each([
  ["Pending", pod({ phase: "Pending" })],
  [
    "ContainerCreating",
    pod({ phase: "Pending", containerStatuses: [{ name: "c", restartCount: 0, state: { waiting: { reason: "ContainerCreating" } } }] }),
  ],
  [
    "CrashLoopBackOff",
    pod({ phase: "Running", containerStatuses: [{ name: "c", restartCount: 3, state: { waiting: { reason: "CrashLoopBackOff" } } }] }),
  ],
  ["Error", pod({ phase: "Failed", containerStatuses: [{ name: "c", restartCount: 0, state: { terminated: { exitCode: 1, reason: "Error" } } }] })],
  [
    "Init:0/1",
    pod({ phase: "Pending", initContainerStatuses: [{ name: "i", restartCount: 0, state: { running: {} } }] }, { initContainers: [{ name: "i" }] }),
  ],
  ["Evicted", pod({ phase: "Failed", reason: "Evicted" })],
])("%s", (reason, object) => {
  expect(podSummary(object).reason).toBe(reason);
});
