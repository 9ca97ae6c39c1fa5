/**
 * The kubelet of the live vectors: it only writes Pod status, decides by image name and takes no time.
 * `bad*` ImagePullBackOff, `crash*` CrashLoopBackOff with 3 restarts, `notready*` running but not ready, `done*` exit 0, `fail*` exit 1, all else ready.
 */
import { pathOf, resourceNamed, type ResourceInfo } from "../../../src/kube/apis/resources";
import type { Container, Pod } from "../../../src/kube/apis/objects";
import { rfc3339 } from "../../../src/kube/apis/time";
import type { WatchNotice } from "../../../src/kube/apiserver/door";
import { callApi } from "../../../src/kube/client/call";
import { advance, openWatch } from "../../../src/kube/client/watch";
import type { Actor, Json, Tx } from "../../../src/sim/types";

const PODS = resourceNamed("pods") as ResourceInfo;

export const standinKubelet: Actor = {
  kind: "standin-kubelet",
  receive(tx, _name, message) {
    if (message.type === "actor.start") return openWatch(tx, { resource: "pods" });
    if (message.type !== "api.watch") return;
    for (const change of advance(tx, message as WatchNotice)) {
      const pod = change.object as Pod;
      if (change.type === "DELETED" || pod.spec.nodeName === undefined) continue;
      const { namespace, name } = pod.metadata;
      if (pod.metadata.deletionTimestamp !== undefined) {
        callApi(tx, {
          method: "DELETE",
          path: pathOf(PODS, namespace, name),
          body: { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } },
        });
      } else if (pod.status?.podIP === undefined) report(tx, pod);
    }
  },
};

type Fate = "bad" | "crash" | "notready" | "done" | "fail" | "ready";
const fateOf = (image: string): Fate => (["bad", "crash", "notready", "done", "fail"] as const).find((word) => image.startsWith(word)) ?? "ready";

function stateOf(fate: Fate, now: string): Json {
  const ended = (reason: string, exitCode: number): Json => ({
    terminated: { containerID: "containerd://00000000", exitCode, finishedAt: now, reason, startedAt: now },
  });
  if (fate === "bad") return { state: { waiting: { reason: "ImagePullBackOff" } }, lastState: {} };
  if (fate === "crash") return { state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: ended("Error", 1) };
  if (fate === "done") return { state: ended("Completed", 0), lastState: {} };
  if (fate === "fail") return { state: ended("Error", 1), lastState: {} };
  return { state: { running: { startedAt: now } }, lastState: {} };
}

function report(tx: Tx, pod: Pod): void {
  const now = rfc3339(tx.now);
  const n = tx.nextId("standin.pod");
  const fates = pod.spec.containers.map((container) => fateOf(container.image));
  const all = (...wanted: Fate[]): boolean => fates.every((fate) => wanted.includes(fate));
  const ready = all("ready") ? "True" : "False";
  const phase = all("done") ? "Succeeded" : fates.includes("fail") ? "Failed" : fates.includes("bad") ? "Pending" : "Running";
  const condition = (type: string, status: string): Json => ({ type, status, lastProbeTime: null, lastTransitionTime: now });
  const hostIP = `192.168.0.${pod.spec.nodeName?.replace(/\D/g, "")}`;
  const podIP = `10.244.${Math.floor(n / 250)}.${(n % 250) + 1}`;
  const containerStatuses = pod.spec.containers.map((container: Container, i) => {
    const fate = fates[i] ?? "ready";
    const running = fate === "ready" || fate === "notready";
    return {
      name: container.name,
      image: container.image,
      imageID: "",
      containerID: "containerd://00000000",
      ready: fate === "ready",
      started: running,
      restartCount: fate === "crash" ? 3 : 0,
      ...(stateOf(fate, now) as object),
    };
  });
  const conditions = [
    condition("PodReadyToStartContainers", "True"),
    condition("Initialized", "True"),
    condition("Ready", ready),
    condition("ContainersReady", ready),
    condition("PodScheduled", "True"),
  ];
  const status = { phase, conditions, containerStatuses, hostIP, hostIPs: [{ ip: hostIP }], podIP, podIPs: [{ ip: podIP }], startTime: now };
  const body = { metadata: { uid: pod.metadata.uid }, status } as unknown as Json;
  callApi(tx, {
    method: "PATCH",
    path: pathOf(PODS, pod.metadata.namespace, pod.metadata.name, "status"),
    contentType: "application/merge-patch+json",
    body,
  });
}
