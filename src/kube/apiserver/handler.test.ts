/** kube.api.create, update, patch, delete, bind, evict, list, watch: one request after the other at the server's door. */
import { describe, expect, it } from "vitest";
import { defineTable } from "../../sim/table";
import { createTimeline, type Timeline } from "../../sim/timeline";
import type { Actor, Json } from "../../sim/types";
import type { KubeObject } from "../apis/objects";
import { apiserverActor } from "./actor";
import type { ApiRequest, ApiResponse, ApiWatchEvents } from "./door";
import { handle } from "./handler";
import { storeTable } from "./storage/store";
import { armDispatch } from "./watch/dispatch";

const lastTable = defineTable<{ readonly id: string; readonly value: Json }>({ name: "test.last", key: (row) => row.id });
const eventTable = defineTable<{ readonly id: string; readonly text: string }>({ name: "test.event", key: (row) => row.id });

/** Calls the door directly, and collects the events of outside watches. */
const desk: Actor = {
  kind: "desk",
  receive(tx, _name, message) {
    if (message.type === "ask") {
      tx.write(lastTable).put({ id: "last", value: handle(tx, (message as unknown as { request: ApiRequest }).request) as unknown as Json });
      armDispatch(tx);
    } else if (message.type === "api.events")
      for (const { type, object } of (message as ApiWatchEvents).events)
        tx.write(eventTable).put({ id: String(tx.nextId("event")), text: `${type} ${(object as unknown as KubeObject).metadata.name ?? ""}` });
  },
};

class Door {
  readonly timeline: Timeline = createTimeline({ seed: 7, profile: "real", actors: [apiserverActor, desk], checks: true });
  ask(request: ApiRequest): ApiResponse {
    this.timeline.submit({ to: "desk/a", message: { type: "ask", request } as never });
    this.timeline.stepForward();
    return this.timeline.table(lastTable).get("last")?.value as unknown as ApiResponse;
  }
  object(request: ApiRequest): KubeObject {
    return this.ask(request).body as unknown as KubeObject;
  }
  post(path: string, body: Json): KubeObject {
    return this.object({ method: "POST", path, body });
  }
}

const PODS = "/api/v1/namespaces/default/pods";
const MAPS = "/api/v1/namespaces/default/configmaps";
const pod = (name: string): Json => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, labels: { app: name } },
  spec: { containers: [{ name: "c", image: "x" }] },
});
const map = (name: string, more: Json = {}): Json => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...(more as object) },
  data: { a: "1" },
});

function door(): Door {
  const made = new Door();
  made.post("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } });
  return made;
}

describe("the door", () => {
  it("makes what a PUT does not find, for the kinds that allow it", () => {
    const d = door();
    const service = { apiVersion: "v1", kind: "Service", metadata: { name: "s" }, spec: { ports: [{ port: 80 }] } };
    expect(d.ask({ method: "PUT", path: "/api/v1/namespaces/default/services/s", body: service }).code).toBe(201);
    expect(d.ask({ method: "PUT", path: `${MAPS}/one`, body: map("one") }).code).toBe(404);
  });
  it("warns also of what it then refuses", () => {
    const d = door();
    d.post(MAPS, map("one"));
    const again = d.ask({ method: "POST", path: MAPS, query: { fieldValidation: "Warn" }, body: { ...(map("one") as object), datas: {} } });
    expect(again).toMatchObject({ code: 409, warnings: ['unknown field "datas"'] });
  });
  it("says what a patch is when it is no object", () => {
    const d = door();
    d.post(MAPS, map("one"));
    const message = (type: string, body: Json): unknown =>
      (d.ask({ method: "PATCH", path: `${MAPS}/one`, contentType: `application/${type}`, body }).body as { readonly message?: string }).message;
    const words = "json: cannot unmarshal string into Go value of type map[string]interface {}";
    expect(message("strategic-merge-patch+json", '"nope"')).toBe(words);
    expect(message("merge-patch+json", '"nope"')).toBe(`error decoding patch: ${words}`);
    expect(message("strategic-merge-patch+json", "nope")).toBe("invalid character 'o' in literal null (expecting 'u')");
  });
  it("creates, reads, updates and deletes, each at its revision", () => {
    const d = door();
    const made = d.post(MAPS, map("one"));
    expect(made.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(made.metadata.creationTimestamp).toBe("2026-01-01T00:00:00Z");
    const next = d.object({ method: "PUT", path: `${MAPS}/one`, body: { ...(map("one") as object), data: { a: "2" } } });
    expect(Number(next.metadata.resourceVersion)).toBeGreaterThan(Number(made.metadata.resourceVersion));
    expect(next.metadata.uid).toBe(made.metadata.uid);
    const same = d.object({ method: "PUT", path: `${MAPS}/one`, body: next as unknown as Json });
    expect(same.metadata.resourceVersion).toBe(next.metadata.resourceVersion);
    expect(d.ask({ method: "PUT", path: `${MAPS}/one`, body: { ...(made as object), data: { a: "3" } } as Json }).code).toBe(409);
    expect(d.ask({ method: "DELETE", path: `${MAPS}/one` }).code).toBe(200);
    expect(d.ask({ method: "GET", path: `${MAPS}/one` }).code).toBe(404);
  });

  it("gives a Pod on a node its grace, and less when asked again", () => {
    const d = door();
    d.post(PODS, pod("p"));
    expect(d.ask({ method: "POST", path: `${PODS}/p/binding`, body: { target: { kind: "Node", name: "n1" } } }).code).toBe(201);
    expect(d.ask({ method: "POST", path: `${PODS}/p/binding`, body: { target: { kind: "Node", name: "n2" } } }).code).toBe(409);
    d.ask({ method: "DELETE", path: `${PODS}/p` });
    const meta = () => d.object({ method: "GET", path: `${PODS}/p` }).metadata;
    expect(meta()).toMatchObject({ deletionTimestamp: "2026-01-01T00:00:30Z", deletionGracePeriodSeconds: 30 });
    d.ask({ method: "DELETE", path: `${PODS}/p`, body: { gracePeriodSeconds: 5 } });
    expect(meta()).toMatchObject({ deletionTimestamp: "2026-01-01T00:00:05Z", deletionGracePeriodSeconds: 5 });
    d.ask({ method: "DELETE", path: `${PODS}/p`, body: { gracePeriodSeconds: 0 } });
    expect(d.ask({ method: "GET", path: `${PODS}/p` }).code).toBe(404);
  });

  it("removes a Pod that no node has at once", () => {
    const d = door();
    d.post(PODS, pod("p"));
    d.ask({ method: "DELETE", path: `${PODS}/p` });
    expect(d.timeline.table(storeTable("pods")).size).toBe(0);
  });

  it("keeps an object until its finalizers are gone", () => {
    const d = door();
    d.post(MAPS, map("held", { finalizers: ["example.com/hold"] }));
    d.ask({ method: "DELETE", path: `${MAPS}/held` });
    expect(d.object({ method: "GET", path: `${MAPS}/held` }).metadata.deletionTimestamp).toBeDefined();
    d.ask({ method: "PATCH", path: `${MAPS}/held`, contentType: "application/merge-patch+json", body: { metadata: { finalizers: null } } });
    expect(d.ask({ method: "GET", path: `${MAPS}/held` }).code).toBe(404);
  });

  it("lists by label, field and page", () => {
    const d = door();
    for (const name of ["a", "b", "c"]) d.post(PODS, pod(name));
    const names = (query: Record<string, string>) =>
      (d.ask({ method: "GET", path: PODS, query }).body as unknown as { items: KubeObject[] }).items.map((item) => item.metadata.name);
    expect(names({ labelSelector: "app in (a,c)" })).toEqual(["a", "c"]);
    expect(names({ fieldSelector: "metadata.name!=b" })).toEqual(["a", "c"]);
    const first = d.ask({ method: "GET", path: PODS, query: { limit: "2" } }).body as unknown as {
      metadata: { continue: string; remainingItemCount: number };
    };
    expect(first.metadata.remainingItemCount).toBe(1);
    expect(names({ limit: "2", continue: first.metadata.continue })).toEqual(["c"]);
  });

  it("names by generateName, and answers dry runs without writing", () => {
    const d = door();
    const made = d.post(PODS, { ...(pod("") as object), metadata: { generateName: "web-" } });
    expect(made.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(d.ask({ method: "POST", path: MAPS, query: { dryRun: "All" }, body: map("dry") }).code).toBe(201);
    expect(d.timeline.table(storeTable("configmaps")).size).toBe(0);
  });

  it("evicts with a condition that says so", () => {
    const d = door();
    d.post(PODS, pod("p"));
    d.ask({ method: "POST", path: `${PODS}/p/binding`, body: { target: { kind: "Node", name: "n1" } } });
    expect(d.ask({ method: "POST", path: `${PODS}/p/eviction`, body: { metadata: { name: "p" } } }).code).toBe(201);
    const evicted = d.object({ method: "GET", path: `${PODS}/p` }) as KubeObject & { status: { conditions: { type: string }[] } };
    expect(evicted.status.conditions.map((condition) => condition.type)).toContain("DisruptionTarget");
    expect(evicted.metadata.deletionTimestamp).toBeDefined();
  });
});

describe("an outside watch", () => {
  it("begins with what is there and follows", () => {
    const d = door();
    d.post(MAPS, map("one"));
    const call = (request: ApiRequest): void => {
      d.timeline.submit({ to: "apiserver/main", message: { type: "api.request", id: 1, replyTo: "desk/a", request } as never });
    };
    call({ method: "GET", path: MAPS, query: { watch: "true" } });
    d.timeline.runToIdle(1_000_000);
    call({ method: "POST", path: MAPS, body: map("two") });
    d.timeline.runToIdle(1_000_000);
    call({ method: "DELETE", path: `${MAPS}/one` });
    d.timeline.runToIdle(1_000_000);
    expect(
      d.timeline
        .table(eventTable)
        .rows()
        .map((row) => row.text),
    ).toEqual(["ADDED one", "ADDED two", "DELETED one"]);
  });
});
