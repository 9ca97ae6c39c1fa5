/** kube.api.resize, kube.validation.pod-resize, kube.kubelet.resize, kube.api.token-request, kube.api.self-review: every subresource that discovery lists answers. */
import { describe, expect, it } from "vitest";
import type { Message } from "../../sim/types";
import { createTimeline, type Timeline } from "../../sim/timeline";
import type { Json } from "../../sim/types";
import { defineTable } from "../../sim/table";
import type { Actor } from "../../sim/types";
import type { KubeObject, Pod } from "../apis/objects";
import { RESOURCES } from "../apis/resources";
import { kubeletActor } from "../kubelet/actor";
import { containerdActor } from "../kubelet/runtime";
import { kubeProxyActor } from "../proxy/actor";
import { networkActor } from "../proxy/network";
import { apiserverActor } from "./actor";
import type { ApiReply, ApiRequest, ApiResponse } from "./door";
import { storeTable } from "./storage/store";

const answers = defineTable<{ readonly id: string; readonly value: Json }>({ name: "test.answer", key: (row) => row.id });
const asker: Actor = {
  kind: "test",
  receive(tx, _name, message) {
    if (message.type === "api.reply") tx.write(answers).put({ id: "last", value: (message as unknown as ApiReply).response as unknown as Json });
  },
};
const PODS = "/api/v1/namespaces/default/pods";

class Lab {
  readonly timeline: Timeline = createTimeline({
    seed: 7,
    profile: "real",
    actors: [apiserverActor, kubeletActor, containerdActor, kubeProxyActor, networkActor, asker],
    checks: true,
  });
  constructor() {
    for (const name of ["default", "kube-node-lease"]) this.ask("POST", "/api/v1/namespaces", { metadata: { name } });
    const config = { name: "n1", capacity: { cpu: "4", memory: "8Gi", pods: "110" }, internalIP: "192.168.0.2", podCIDR: "10.244.1.0/24" };
    this.timeline.submit({ to: "kubelet/n1", message: { type: "kubelet.configure", config } as Message });
    for (const to of ["kubelet/n1", "kube-proxy/n1"]) this.timeline.submit({ to, message: { type: "actor.start" } });
    this.run(3);
  }
  run(seconds: number): void {
    this.timeline.seek(this.timeline.now + seconds * 1e6);
  }
  ask(method: ApiRequest["method"], path: string, body?: Json, contentType?: string, as?: string): ApiResponse {
    const request: ApiRequest = {
      method,
      path,
      user: "test",
      ...(body === undefined ? {} : { body }),
      ...(contentType ? { contentType } : {}),
      ...(as ? { as } : {}),
    };
    this.timeline.submit({ to: "apiserver/main", message: { type: "api.request", id: 1, replyTo: "test/x", request } as Message });
    this.run(1);
    return this.timeline.table(answers).get("last")?.value as unknown as ApiResponse;
  }
  pod(name: string, container: object, spec: object = {}): void {
    this.ask("POST", PODS, { metadata: { name }, spec: { nodeName: "n1", ...spec, containers: [{ name: "c", image: "nginx:1.27", ...container }] } });
  }
  resize(name: string, resources: object): ApiResponse {
    const body = { spec: { containers: [{ name: "c", resources }] } } as Json;
    return this.ask("PATCH", `${PODS}/${name}/resize`, body, "application/strategic-merge-patch+json");
  }
  seen(name: string): Pod {
    return this.timeline.table(storeTable("pods")).get(`default/${name}`)?.object as Pod;
  }
}
const message = (response: ApiResponse): string => (response.body as { message: string }).message;
const condition = (pod: Pod, type: string) => pod.status?.conditions?.find((one) => one.type === type);

describe("pods/resize", () => {
  it("changes CPU and memory of a running container without starting it again, and nothing else", () => {
    const lab = new Lab();
    lab.pod("web", { resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "200m" } } });
    lab.run(5);
    const answered = lab.resize("web", { requests: { cpu: "150m" } });
    expect(answered.code).toBe(200);
    expect((answered.body as unknown as KubeObject).metadata.generation).toBe(2);
    lab.run(2);
    const status = lab.seen("web").status?.containerStatuses?.[0];
    expect(status).toMatchObject({ restartCount: 0, allocatedResources: { cpu: "150m", memory: "64Mi" }, resources: { limits: { cpu: "200m" } } });
    const body = { spec: { containers: [{ name: "c", image: "other" }] } };
    lab.ask("PATCH", `${PODS}/web/resize`, body, "application/strategic-merge-patch+json");
    expect(lab.seen("web").spec.containers[0]?.image).toBe("nginx:1.27");
  });

  it("restarts a container whose policy says so", () => {
    const lab = new Lab();
    const resizePolicy = [{ resourceName: "memory", restartPolicy: "RestartContainer" }];
    lab.pod("web", { resizePolicy, resources: { requests: { cpu: "100m", memory: "64Mi" } } });
    lab.run(5);
    lab.resize("web", { requests: { cpu: "150m" } });
    lab.run(40);
    expect(lab.seen("web").status?.containerStatuses?.[0]?.restartCount).toBe(0);
    lab.resize("web", { requests: { memory: "96Mi" } });
    lab.run(40);
    expect(lab.seen("web").status?.containerStatuses?.[0]).toMatchObject({ restartCount: 1, allocatedResources: { memory: "96Mi" } });
  });

  it("is refused in the server's words", () => {
    const lab = new Lab();
    lab.pod("web", { resources: { requests: { cpu: "100m" }, limits: { cpu: "200m" } } });
    lab.pod("best", {});
    expect(message(lab.resize("best", { requests: { cpu: "1" } }))).toBe(
      'Pod "best" is invalid: spec: Invalid value: "BestEffort": Pod QOS Class may not change as a result of resizing',
    );
    expect(message(lab.resize("web", { limits: { cpu: null } }))).toBe(
      'Pod "web" is invalid: spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed',
    );
    expect(message(lab.resize("web", { requests: { "ephemeral-storage": "1Gi" } }))).toBe(
      'Pod "web" is invalid: spec: Forbidden: only cpu and memory resources are mutable',
    );
  });

  it("waits when the node has no room now, and says that it never will have when it is too small", () => {
    const lab = new Lab();
    lab.pod("web", { resources: { requests: { cpu: "1" } } });
    lab.pod("other", { resources: { requests: { cpu: "2" } } }, { terminationGracePeriodSeconds: 1 });
    lab.run(5);
    lab.resize("web", { requests: { cpu: "8" } });
    lab.run(2);
    expect(condition(lab.seen("web"), "PodResizePending")).toMatchObject({
      reason: "Infeasible",
      message: "Node didn't have enough capacity: cpu, requested: 8000, capacity: 4000",
    });
    lab.resize("web", { requests: { cpu: "3" } });
    lab.run(2);
    expect(condition(lab.seen("web"), "PodResizePending")).toMatchObject({
      reason: "Deferred",
      message: "Node didn't have enough resource: cpu, requested: 3000, used: 2000, capacity: 4000",
    });
    expect(lab.seen("web").status?.containerStatuses?.[0]).toMatchObject({ allocatedResources: { cpu: "1" } });
    lab.ask("DELETE", `${PODS}/other`);
    lab.run(10);
    expect(condition(lab.seen("web"), "PodResizePending")).toBeUndefined();
    expect(lab.seen("web").status?.containerStatuses?.[0]).toMatchObject({ restartCount: 0, allocatedResources: { cpu: "3" } });
  });
});

describe("serviceaccounts/token", () => {
  const TOKEN = "/api/v1/namespaces/default/serviceaccounts/robot/token";
  it("gives a token of three parts for an hour, or says why not", () => {
    const lab = new Lab();
    expect(message(lab.ask("POST", TOKEN, {}))).toBe('serviceaccounts "robot" not found');
    lab.ask("POST", "/api/v1/namespaces/default/serviceaccounts", { metadata: { name: "robot" } });
    const { code, body } = lab.ask("POST", TOKEN, { spec: {} });
    expect(code).toBe(201);
    const made = body as { spec: { expirationSeconds: number }; status: { token: string } };
    expect(made.spec.expirationSeconds).toBe(3600);
    expect(made.status.token.split(".")).toHaveLength(3);
    expect(JSON.parse(Buffer.from(made.status.token.split(".")[1] ?? "", "base64url").toString())).toMatchObject({
      sub: "system:serviceaccount:default:robot",
      iat: expect.any(Number) as number,
    });
    expect(message(lab.ask("POST", TOKEN, { spec: { expirationSeconds: 60 } }))).toBe(
      'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes',
    );
  });
});

describe("reviews", () => {
  it("tell the cluster's own everything, and somebody acted as what everybody has", () => {
    const lab = new Lab();
    const review = (spec: object, as?: string): unknown =>
      lab.ask("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", { spec } as Json, undefined, as).body;
    const get = { resourceAttributes: { verb: "get", resource: "pods" } };
    expect(review(get)).toMatchObject({ status: { allowed: true } });
    expect(review(get, "eve")).toMatchObject({ status: { allowed: false } });
    expect(review({ nonResourceAttributes: { path: "/apis/apps", verb: "get" } }, "eve")).toMatchObject({ status: { allowed: true } });
    expect(lab.ask("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {}, undefined, "eve").body).toMatchObject({
      status: { userInfo: { username: "eve" } },
    });
  });
});

it("kube.api.discovery: no subresource that is listed is unknown to the door", () => {
  const lab = new Lab();
  for (const { name, group, namespaced, subresources } of RESOURCES)
    for (const door of subresources) {
      const root = group === "" ? "/api/v1" : `/apis/${group}/v1`;
      const path = `${root}${namespaced ? "/namespaces/default" : ""}/${name}/x/${door}`;
      const said = ["GET", "POST", "PUT"].map((method) => message(lab.ask(method as "GET", path, {})) ?? "");
      expect(
        said.every((text) => text === "the server could not find the requested resource"),
        path,
      ).toBe(false);
    }
});
