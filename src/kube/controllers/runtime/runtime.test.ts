/** kube.workqueue.add, add-after, backoff, done; kube.event.aggregate, spam-filter: the machinery under every controller. */
import { describe, expect, it } from "vitest";
import { millis, seconds } from "../../../sim/time";
import type { Timeline } from "../../../sim/timeline";
import { defineTable } from "../../../sim/table";
import type { Actor } from "../../../sim/types";
import type { KubeObject } from "../../apis/objects";
import { recordEvent } from "../../client/events";
import { all, ask, run, testCluster } from "../test-cluster";
import { controllerActor } from "./actor";
import { queueTable } from "./tables";
import type { Plan, Reconciler } from "./types";
import { backoff } from "./work-queue";

const seenTable = defineTable<{ readonly id: number; readonly key: string; readonly at: number }>({
  name: "test.synced",
  key: (row) => String(row.id).padStart(4, "0"),
});

/** Notes each sync of a ConfigMap; one called `bad` asks for something that is refused, one called `again` for another look. */
const reconciler: Reconciler = {
  name: "test-controller",
  watches: [{ resource: "configmaps" }],
  keysFor: ({ object }) => [object.metadata.name],
  reconcile(key, { tx }): Plan {
    tx.write(seenTable).put({ id: tx.nextId("test.sync"), key, at: tx.now });
    if (key === "bad") return { calls: [{ request: { method: "DELETE", path: "/api/v1/namespaces/default/configmaps/nothing" } }] };
    return { calls: [], requeueAfter: key === "again" && tx.read(seenTable).size < 3 ? seconds(5) : undefined };
  },
};
const testController: Actor = controllerActor(reconciler);
const syncs = (timeline: Timeline): readonly { readonly key: string; readonly at: number }[] => timeline.table(seenTable).rows();
const configMap = (name: string) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "default" } });
const create = (timeline: Timeline, name: string): void =>
  ask(timeline, { method: "POST", path: "/api/v1/namespaces/default/configmaps", body: configMap(name) });

describe("a controller", () => {
  it("makes one sync of many changes of a key", () => {
    const timeline = testCluster([testController]);
    create(timeline, "a");
    for (let i = 0; i < 5; i++)
      ask(timeline, {
        method: "PATCH",
        path: "/api/v1/namespaces/default/configmaps/a",
        contentType: "application/merge-patch+json",
        body: { data: { a: String(i) } },
      });
    run(timeline, 5);
    expect(syncs(timeline).map(({ key }) => key)).toEqual(["a"]);
    expect(timeline.table(queueTable).size).toBe(0);
  });

  it("looks again when asked to, and then is still", () => {
    const timeline = testCluster([testController]);
    create(timeline, "again");
    run(timeline, 30);
    const at = syncs(timeline).map((row) => row.at);
    expect(at).toHaveLength(3);
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(seconds(5));
    expect(timeline.stepForward()).toBeUndefined();
  });

  it("waits longer after each failure", () => {
    const timeline = testCluster([testController]);
    create(timeline, "bad");
    run(timeline, 2);
    const at = syncs(timeline).map((row) => row.at);
    const waits = at.slice(1).map((time, i) => time - (at[i] ?? 0));
    expect(waits.length).toBeGreaterThan(5);
    expect(waits.every((wait, i) => i === 0 || wait > (waits[i - 1] ?? 0))).toBe(true);
    expect([0, 1, 10, 40].map((failures) => backoff({ profile: "real" }, failures))).toEqual([millis(5), millis(10), millis(5120), seconds(1000)]);
  });

  it("starts with empty memory and finds its work again", () => {
    const timeline = testCluster([testController]);
    create(timeline, "a");
    run(timeline, 1);
    timeline.submit({ to: "test-controller/main", message: { type: "actor.start" } }, timeline.now + 1);
    run(timeline, 1);
    expect(syncs(timeline).map(({ key }) => key)).toEqual(["a", "a"]);
  });
});

describe("Events", () => {
  const speaker: Actor = {
    kind: "speaker",
    receive(tx, _name, message) {
      if (message.type !== "say") return;
      const { texts } = message as unknown as { texts: readonly string[] };
      const regarding = { apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "default", uid: "u" } };
      for (const text of texts) recordEvent(tx, { regarding, type: "Normal", reason: "Said", message: text, component: "speaker" });
    },
  };
  const said = (timeline: Timeline): string[] =>
    all<KubeObject & { message: string; count: number }>(timeline, "events").map(({ message, count }) => `${message} ×${count}`);
  const say = (timeline: Timeline, ...texts: string[]): void => {
    timeline.submit({ to: "speaker/main", message: { type: "say", texts } as never }, timeline.now + 1);
    run(timeline, 1);
  };

  it("that say the same are counted on one", () => {
    const timeline = testCluster([speaker]);
    say(timeline, "a", "a", "b", "a");
    expect(said(timeline)).toEqual(["a ×3", "b ×1"]);
  });

  it("of one reason are combined from the tenth on, and cut off after 25", () => {
    const timeline = testCluster([speaker]);
    say(timeline, ...Array.from({ length: 30 }, (_, i) => `m${i}`));
    const texts = said(timeline);
    expect(texts).toHaveLength(10);
    expect(texts.at(-1)).toBe("(combined from similar events): m24 ×16");
    run(timeline, 300);
    say(timeline, "later");
    expect(said(timeline).at(-1)).toBe("(combined from similar events): later ×22");
  });
});
