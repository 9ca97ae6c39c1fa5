/** kube.client.advance, kube.watch.dispatch, kube.storage.commit: what a component sees of the store, and when. */
import { describe, expect, it } from "vitest";
import { createTimeline, type Timeline } from "../../sim/timeline";
import { defineTable } from "../../sim/table";
import type { Actor } from "../../sim/types";
import { apiserverActor } from "../apiserver/actor";
import type { ApiReply, ApiRequest, WatchNotice } from "../apiserver/door";
import type { KubeObject } from "../apis/objects";
import { cacheOfActor } from "./cache";
import { callApi } from "./call";
import { advance, openWatch, synced } from "./watch";

const seenTable = defineTable<{ readonly id: string; readonly text: string }>({ name: "test.seen", key: (row) => row.id });

/** Watches ConfigMaps; on `ask` sends a request; notes what it hears. */
const probe: Actor = {
  kind: "probe",
  receive(tx, _name, message) {
    const note = (text: string): void => tx.write(seenTable).put({ id: String(tx.nextId("seen")).padStart(4, "0"), text });
    if (message.type === "actor.start") openWatch(tx, { resource: "configmaps" });
    else if (message.type === "api.watch") {
      for (const change of advance(tx, message as WatchNotice)) note(`${change.type} ${change.object.metadata.name}`);
      note(`synced ${synced(tx)}`);
    } else if (message.type === "api.reply") note(`code ${(message as ApiReply).response.code}`);
    else callApi(tx, (message as unknown as { request: ApiRequest }).request);
  },
};

const path = "/api/v1/namespaces/default/configmaps";
const configMap = (name: string, a = "1") => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { a } });
const ask = (timeline: Timeline, request: ApiRequest, at: number): void => {
  timeline.submit({ to: "probe/a", message: { type: "ask", request } as never }, at);
};
const seen = (timeline: Timeline): string[] =>
  timeline
    .table(seenTable)
    .rows()
    .map((row) => row.text);

function world(): Timeline {
  const timeline = createTimeline({ seed: 1, profile: "real", actors: [apiserverActor, probe], checks: true });
  timeline.submit({ to: "apiserver/main", message: { type: "actor.start" } }, 1);
  ask(timeline, { method: "POST", path: "/api/v1/namespaces", body: { apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } } }, 2);
  return timeline;
}

describe("a client", () => {
  it("gets a list, then changes, and its cache is the store at its cursor", () => {
    const timeline = world();
    ask(timeline, { method: "POST", path, body: configMap("one") }, 10);
    timeline.submit({ to: "probe/a", message: { type: "actor.start" } }, 100_000);
    ask(timeline, { method: "POST", path, body: configMap("two") }, 200_000);
    timeline.seek(200_501);
    const names = (): string[] =>
      cacheOfActor({ read: (t) => timeline.table(t) }, "probe/a")
        .list<KubeObject>("configmaps")
        .map((o) => o.metadata.name);
    expect(names()).toEqual(["one"]);
    timeline.seek(1_000_000);
    expect(names()).toEqual(["one", "two"]);
    expect(seen(timeline)).toEqual(["code 201", "code 201", "ADDED one", "synced true", "ADDED two", "synced true", "code 201"]);
  });

  it("is told of several writes at one instant once, in order", () => {
    const timeline = world();
    timeline.submit({ to: "probe/a", message: { type: "actor.start" } }, 100_000);
    for (const name of ["b", "a", "c"]) ask(timeline, { method: "POST", path, body: configMap(name) }, 200_000);
    timeline.seek(1_000_000);
    expect(seen(timeline).filter((text) => !text.startsWith("code"))).toEqual(["synced true", "ADDED b", "ADDED a", "ADDED c", "synced true"]);
  });

  it("hears of a stopped server at once, of one that stops meanwhile by its deadline, and catches up when it starts", () => {
    const timeline = world();
    timeline.submit({ to: "probe/a", message: { type: "actor.start" } }, 100_000);
    ask(timeline, { method: "POST", path, body: configMap("lost") }, 200_000);
    // Stopped between a write and its dispatch.
    ask(timeline, { method: "POST", path, body: configMap("zero") }, 199_000);
    timeline.submit({ to: "sim/faults", message: { type: "sim.stop", actor: "apiserver/main" } as never }, 200_100);
    ask(timeline, { method: "POST", path, body: configMap("refused") }, 300_000);
    timeline.seek(400_000);
    expect(seen(timeline)).toEqual(["code 201", "synced true", "code 201", "code 0"]);
    timeline.submit({ to: "sim/faults", message: { type: "sim.start", actor: "apiserver/main" } as never }, 500_000);
    ask(timeline, { method: "POST", path, body: configMap("three") }, 600_000);
    timeline.seek(60_000_000);
    ask(timeline, { method: "POST", path, body: configMap("four") }, 61_000_000);
    timeline.seek(62_000_000);
    const texts = seen(timeline).filter((text) => text !== "synced true");
    expect(texts).toEqual(["code 201", "code 201", "code 0", "ADDED zero", "ADDED three", "code 201", "code 0", "ADDED four", "code 201"]);
  });

  it("keeps its old view while its watch is frozen", () => {
    const timeline = world();
    timeline.submit({ to: "probe/a", message: { type: "actor.start" } }, 100_000);
    timeline.submit({ to: "apiserver/main", message: { type: "fault.watch", watcher: "probe/a", mode: "freeze" } as never }, 150_000);
    ask(timeline, { method: "POST", path, body: configMap("late") }, 200_000);
    timeline.seek(700_000_000);
    ask(timeline, { method: "PUT", path: `${path}/late`, body: configMap("late", "2") }, 700_000_000);
    timeline.seek(1_400_000_000);
    ask(timeline, { method: "PUT", path: `${path}/late`, body: configMap("late", "3") }, 1_400_000_000);
    timeline.seek(1_500_000_000);
    expect(seen(timeline).filter((text) => !text.startsWith("code"))).toEqual(["synced true"]);
    timeline.submit({ to: "apiserver/main", message: { type: "fault.watch", watcher: "probe/a", mode: "none" } as never });
    timeline.seek(1_600_000_000);
    expect(seen(timeline).filter((text) => text.startsWith("ADDED") || text.startsWith("MODIFIED"))).toEqual(["ADDED late"]);
  });

  it("catches up after a broken link by itself", () => {
    const timeline = world();
    timeline.submit({ to: "probe/a", message: { type: "actor.start" } }, 100_000);
    timeline.submit({ to: "sim/faults", message: { type: "sim.link", from: "apiserver/*", to: "probe/a", drop: true } as never }, 150_000);
    ask(timeline, { method: "POST", path, body: configMap("unheard") }, 200_000);
    timeline.submit({ to: "sim/faults", message: { type: "sim.link", from: "apiserver/*", to: "probe/a" } as never }, 20_000_000);
    ask(timeline, { method: "GET", path }, 30_000_000);
    timeline.seek(60_000_000);
    expect(seen(timeline)).toEqual(["code 201", "synced true", "code 0", "ADDED unheard", "synced true", "code 200"]);
  });
});
