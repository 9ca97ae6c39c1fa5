/** kube.storage.compact: revisions are forgotten after five to ten minutes, and old watches are told so. */
import { expect, it } from "vitest";
import { seconds } from "../../../sim/time";
import { createTimeline, type Timeline } from "../../../sim/timeline";
import { defineTable } from "../../../sim/table";
import type { Actor } from "../../../sim/types";
import type { ApiReply, ApiRequest } from "../door";
import { apiserverActor } from "../actor";
import { etcdTable, logTable } from "./store";

const codes = defineTable<{ readonly id: string; readonly code: number }>({ name: "test.codes", key: (row) => row.id });
const sink: Actor = {
  kind: "sink",
  receive(tx, _name, message) {
    if (message.type === "api.reply") tx.write(codes).put({ id: String((message as ApiReply).id), code: (message as ApiReply).response.code });
  },
};

function ask(timeline: Timeline, id: number, request: ApiRequest, at: number): number | undefined {
  timeline.submit({ to: "apiserver/main", message: { type: "api.request", id, replyTo: "sink/a", request } as never }, at);
  timeline.seek(at + seconds(1));
  return timeline.table(codes).get(String(id))?.code;
}

it("compacts at writes only, and refuses what came before", () => {
  const timeline = createTimeline({ seed: 1, profile: "real", actors: [apiserverActor, sink], checks: true });
  const namespace = (name: string): ApiRequest => ({
    method: "POST",
    path: "/api/v1/namespaces",
    body: { apiVersion: "v1", kind: "Namespace", metadata: { name } },
  });
  const watch = (resourceVersion: string): ApiRequest => ({ method: "GET", path: "/api/v1/namespaces", query: { watch: "true", resourceVersion } });
  expect(ask(timeline, 1, namespace("a"), seconds(1))).toBe(201);
  expect(ask(timeline, 2, namespace("b"), seconds(310))).toBe(201);
  expect(ask(timeline, 3, watch("1"), seconds(312))).toBe(200);
  timeline.seek(seconds(2000));
  expect(timeline.table(logTable).size).toBe(2);
  expect(ask(timeline, 4, namespace("c"), seconds(2001))).toBe(201);
  expect(ask(timeline, 5, namespace("d"), seconds(2400))).toBe(201);
  expect(timeline.table(etcdTable).get("etcd")?.compacted).toBe(3);
  expect(timeline.table(logTable).size).toBe(2);
  expect(ask(timeline, 6, watch("2"), seconds(2402))).toBe(410);
  expect(ask(timeline, 7, watch("4"), seconds(2403))).toBe(200);
});
