/** A small cluster for tests of controllers: the API server, a hollow kubelet for all nodes, and somebody who asks. Not part of any world. */
import { seconds } from "../../sim/time";
import { createTimeline, type Timeline } from "../../sim/timeline";
import type { Actor, Json, Tx } from "../../sim/types";
import { apiserverActor } from "../apiserver/actor";
import type { ApiRequest, WatchNotice } from "../apiserver/door";
import { storeTable } from "../apiserver/storage/store";
import type { KubeObject, Pod } from "../apis/objects";
import { callApi } from "../client/call";
import { advance, openWatch } from "../client/watch";
import { rfc3339 } from "../apis/time";

/** Makes Pods ready (but for images called bad) and lets go those being deleted (but for those on a node called dead). */
const hollow: Actor = {
  kind: "hollow",
  receive(tx, _name, message) {
    if (message.type === "actor.start") openWatch(tx, { resource: "pods" });
    if (message.type !== "api.watch") return;
    for (const { type, object } of advance(tx, message as WatchNotice)) {
      const pod = object as Pod;
      const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}`;
      if (type === "MODIFIED" && pod.metadata.deletionTimestamp && pod.spec.nodeName !== "dead")
        callApi(tx, { method: "DELETE", path, body: { gracePeriodSeconds: 0 } });
      if (type === "ADDED" && pod.spec.containers[0]?.image !== "bad")
        callApi(tx, { method: "PUT", path: `${path}/status`, body: runningPod(tx, pod) });
    }
  },
};

function runningPod(tx: Tx, pod: Pod): Json {
  const ip = `10.0.${Math.floor(tx.nextId("test.ip") / 250)}.${tx.nextId("test.ip") % 250}`;
  const status = {
    ...pod.status,
    phase: "Running",
    podIP: ip,
    podIPs: [{ ip }],
    conditions: [{ type: "Ready", status: "True", lastTransitionTime: rfc3339(tx.now) }],
  };
  return { ...pod, status } as unknown as Json;
}

const asker: Actor = {
  kind: "asker",
  receive(tx, _name, message) {
    if (message.type === "ask") callApi(tx, (message as unknown as { request: ApiRequest }).request);
  },
};

export function ask(timeline: Timeline, request: ApiRequest): void {
  timeline.submit({ to: "asker/a", message: { type: "ask", request } as never }, timeline.now + 1);
}

export function testCluster(controllers: readonly Actor[]): Timeline {
  const timeline = createTimeline({ seed: 1, profile: "real", actors: [apiserverActor, ...controllers, hollow, asker], checks: true });
  timeline.submit({ to: "apiserver/main", message: { type: "actor.start" } }, 1);
  for (const actor of [...controllers.map(({ kind }) => `${kind}/main`), "hollow/a"])
    timeline.submit({ to: actor, message: { type: "actor.start" } }, 10);
  for (const name of ["default", "kube-node-lease"])
    ask(timeline, { method: "POST", path: "/api/v1/namespaces", body: { apiVersion: "v1", kind: "Namespace", metadata: { name } } });
  run(timeline, 1);
  return timeline;
}

export const all = <T extends KubeObject>(timeline: Timeline, resource: string): readonly T[] =>
  timeline
    .table(storeTable(resource))
    .rows()
    .map((row) => row.object as T);

export function run(timeline: Timeline, span = 20): void {
  timeline.seek(timeline.now + seconds(span));
}

export const messages = (timeline: Timeline, reason: string): string[] =>
  all<KubeObject & { readonly reason: string; readonly message: string }>(timeline, "events")
    .filter((event) => event.reason === reason)
    .map(({ message }) => message);
