import { describe, expect, test } from "vitest";
import { createTimeline, type Timeline } from "../../sim/timeline";
import type { Actor, Message } from "../../sim/types";
import { apiserverActor } from "../apiserver/actor";
import { logTable, storeTable } from "../apiserver/storage/store";
import type { KubeObject, Pod } from "../apis/objects";
import { dnsActor } from "../dns/actor";
import { kubeProxyActor } from "../proxy/actor";
import type { NetReply } from "../proxy/messages";
import { networkActor } from "../proxy/network";
import { kubeletActor } from "./actor";
import type { KubeletPiece } from "./door";
import { leaseRetryAfter } from "./node-registration";
import { containerdActor } from "./runtime";
import { podTable } from "./tables";

const pieces: KubeletPiece[] = [];
const replies: NetReply[] = [];
const asker: Actor = {
  kind: "test",
  receive(_tx, _name, message) {
    if (message.type === "kubelet.piece") pieces.push(message as KubeletPiece);
    if (message.type === "net.reply") replies.push(message as unknown as NetReply);
  },
};

interface Lab {
  readonly timeline: Timeline;
  readonly call: (method: string, path: string, body?: unknown) => void;
  readonly patch: (path: string, body: unknown) => void;
  readonly pod: (name: string, spec: object) => void;
  readonly run: (seconds: number) => void;
  readonly seen: (name: string) => Pod | undefined;
  readonly events: () => readonly string[];
}

function lab(): Lab {
  const actors = [apiserverActor, kubeletActor, containerdActor, kubeProxyActor, networkActor, dnsActor, asker];
  const timeline = createTimeline({ seed: 7, profile: "real", actors, checks: true });
  const send = (to: string, message: object): void => void timeline.submit({ to, message: message as Message });
  const call = (method: string, path: string, body?: unknown, contentType?: string): void =>
    send("apiserver/main", { type: "api.request", id: 1, replyTo: "test/x", request: { method, path, body, contentType, user: "test" } });
  const run = (seconds: number): void => void timeline.seek(timeline.now + seconds * 1e6);
  for (const name of ["default", "kube-node-lease"]) call("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  run(1);
  const config = { name: "n1", capacity: { cpu: "4", memory: "8Gi", pods: "110" }, internalIP: "192.168.0.2", podCIDR: "10.244.1.0/24" };
  send("kubelet/n1", { type: "kubelet.configure", config });
  for (const address of ["kubelet/n1", "kube-proxy/n1", "dns/main"]) send(address, { type: "actor.start" });
  run(3);
  return {
    timeline,
    call,
    run,
    patch: (path, body) => call("PATCH", path, body, "application/strategic-merge-patch+json"),
    pod: (name, spec) =>
      call("POST", "/api/v1/namespaces/default/pods", { apiVersion: "v1", kind: "Pod", metadata: { name }, spec: { nodeName: "n1", ...spec } }),
    seen: (name) => timeline.table(storeTable("pods")).get(`default/${name}`)?.object as Pod | undefined,
    events: () =>
      timeline
        .table(storeTable("events"))
        .rows()
        .map((row) => (row.object as KubeObject & { reason: string }).reason),
  };
}

const ready = (pod: Pod | undefined): string | undefined => pod?.status?.conditions?.find((condition) => condition.type === "Ready")?.status;

describe("a kubelet against the API server", () => {
  test("kube.kubelet.register, kube.kubelet.lease: a Node, Ready, with a Lease that is renewed", () => {
    const { timeline, run } = lab();
    run(20);
    const node = timeline.table(storeTable("nodes")).get("n1")?.object as unknown as { status: { conditions: { type: string; status: string }[] } };
    expect(node.status.conditions.find((condition) => condition.type === "Ready")?.status).toBe("True");
    expect(timeline.table(storeTable("leases")).get("kube-node-lease/n1")?.revision).toBeGreaterThan(3);
  });

  test("kube.kubelet.sync-node-status: what somebody else wrote over its conditions is put right within ten seconds, and only then", () => {
    const { timeline, run, patch } = lab();
    const conditions = (): { type: string; status: string; lastTransitionTime: string }[] =>
      (timeline.table(storeTable("nodes")).get("n1")?.object as { status?: { conditions: never[] } } | undefined)?.status?.conditions ?? [];
    const since = conditions().find(({ type }) => type === "MemoryPressure")?.lastTransitionTime;
    run(17);
    patch("/api/v1/nodes/n1/status", { status: { conditions: [{ type: "Ready", status: "Unknown", reason: "NodeStatusUnknown" }] } });
    run(1);
    expect(conditions().find(({ type }) => type === "Ready")?.status).toBe("Unknown");
    run(9.5);
    expect(conditions().find(({ type }) => type === "Ready")?.status).toBe("True");
    expect(conditions().find(({ type }) => type === "MemoryPressure")?.lastTransitionTime).toBe(since);
    const written = timeline
      .table(logTable)
      .rows()
      .filter(({ resource }) => resource === "nodes").length;
    run(200);
    expect(
      timeline
        .table(logTable)
        .rows()
        .filter(({ resource }) => resource === "nodes"),
    ).toHaveLength(written);
  });

  test("kube.kubelet.register: the Node is sent once", () => {
    const { timeline } = lab();
    const sent = timeline.events(0, timeline.length).filter(({ message }) => {
      const { request } = message as Message & { readonly request?: { readonly method: string; readonly path: string } };
      return request?.method === "POST" && request.path === "/api/v1/nodes";
    });
    expect(sent).toHaveLength(1);
  });

  test("kube.kubelet.lease-retry: five times at once, then 100 ms doubled up to seven seconds", () => {
    expect([0, 4, 5, 6, 9, 11, 12, 40].map((failures) => leaseRetryAfter(failures) / 1000)).toEqual([1, 1, 100, 200, 1600, 6400, 7000, 7000]);
  });

  test("kube.kubelet.start-container: a Pod becomes Ready with two status writes", () => {
    const { pod, run, seen, events, timeline } = lab();
    pod("web", { containers: [{ name: "web", image: "nginx:1.27" }] });
    run(5);
    expect(seen("web")?.status).toMatchObject({ phase: "Running", podIP: "10.244.1.2", hostIP: "192.168.0.2" });
    expect(ready(seen("web"))).toBe("True");
    expect(events()).toEqual(["NodeReady", "Pulling", "Pulled", "Created", "Started"]);
    const written = timeline
      .table(logTable)
      .rows()
      .filter((row) => row.resource === "pods");
    expect(written).toHaveLength(3);
  });

  test("kube.container.crash-backoff: a crashing container waits longer and longer", () => {
    const { pod, run, seen, timeline } = lab();
    pod("bad", { containers: [{ name: "c", image: "postgres:16" }] });
    run(60);
    const status = seen("bad")?.status?.containerStatuses?.[0];
    expect(status?.state?.waiting).toMatchObject({ reason: "CrashLoopBackOff" });
    expect(status?.state?.waiting?.message).toMatch(/^back-off 40s restarting failed container=c pod=bad_default\(/);
    expect(status?.restartCount).toBe(3);
    expect(seen("bad")?.status?.phase).toBe("Running");
    pieces.length = 0;
    const request = { verb: "logs", namespace: "default", pod: "bad", container: "c", follow: false, previous: true, timestamps: false };
    timeline.submit({ to: "kubelet/n1", message: { type: "kubelet.request", id: 5, replyTo: "test/x", request } as Message });
    run(1);
    expect(pieces[0]?.out).toMatch(/^Error: Database is uninitialized and superuser password is not specified.\n/);
  });

  test("kube.container.image-pull-backoff: a tag that does not exist", () => {
    const { pod, run, seen } = lab();
    pod("typo", { containers: [{ name: "c", image: "nginx:1.2x7" }] });
    run(20);
    expect(seen("typo")?.status?.containerStatuses?.[0]?.state?.waiting?.reason).toBe("ImagePullBackOff");
  });

  test("kube.kubelet.terminate: SIGTERM, grace, SIGKILL, removal", () => {
    const { pod, run, seen, call, timeline } = lab();
    pod("deaf", { terminationGracePeriodSeconds: 5, containers: [{ name: "c", image: "busybox", command: ["sleep", "3600"] }] });
    run(5);
    call("DELETE", "/api/v1/namespaces/default/pods/deaf");
    run(4);
    expect(seen("deaf")?.metadata.deletionTimestamp).toBeDefined();
    run(4);
    expect(seen("deaf")).toBeUndefined();
    expect(timeline.table(podTable).size).toBe(0);
  });

  test("kube.probe.work: readiness follows the application, liveness restarts it", () => {
    const { pod, run, seen } = lab();
    const probe = { httpGet: { path: "/healthz", port: 8080 }, periodSeconds: 1 };
    const env = [
      { name: "HEALTH_AFTER", value: "6s" },
      { name: "SICK_AFTER", value: "30s" },
    ];
    pod("app", {
      containers: [{ name: "c", image: "strata/web", env, readinessProbe: probe, livenessProbe: { ...probe, initialDelaySeconds: 10 } }],
    });
    run(5);
    expect(ready(seen("app"))).toBe("False");
    run(6);
    expect(ready(seen("app"))).toBe("True");
    run(25);
    expect(seen("app")?.status?.containerStatuses?.[0]?.restartCount).toBe(1);
  });

  test("kube.kubelet.mount: a Pod waits for its ConfigMap and serves from it", () => {
    const { pod, run, seen, call, timeline } = lab();
    const mounts = [{ name: "page", mountPath: "/usr/share/nginx/html" }];
    pod("web", { containers: [{ name: "c", image: "nginx", volumeMounts: mounts }], volumes: [{ name: "page", configMap: { name: "page" } }] });
    run(5);
    expect(seen("web")?.status?.phase).toBe("Pending");
    call("POST", "/api/v1/namespaces/default/configmaps", {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "page" },
      data: { "index.html": "from a ConfigMap" },
    });
    run(30);
    expect(ready(seen("web"))).toBe("True");
    pieces.length = 0;
    const request = {
      verb: "exec",
      namespace: "default",
      pod: "web",
      container: "c",
      command: ["sh", "-c", "curl -s localhost && ls /usr/share/nginx/html"],
    };
    timeline.submit({ to: "kubelet/n1", message: { type: "kubelet.request", id: 9, replyTo: "test/x", request } as Message });
    run(1);
    expect(pieces.map((piece) => piece.out ?? "").join("")).toBe("from a ConfigMapindex.html\n");
    expect(pieces.at(-1)?.exitCode).toBe(0);
  });

  test("two containers of a Pod cannot listen on one port", () => {
    const { pod, run, seen } = lab();
    pod("clash", {
      containers: [
        { name: "a", image: "nginx" },
        { name: "b", image: "nginx" },
      ],
    });
    run(12);
    const statuses = seen("clash")?.status?.containerStatuses;
    expect(statuses?.map((status) => status.restartCount > 0)).toEqual([false, true]);
  });

  test("kube.kubelet.pod-actions: init containers share a volume with the container", () => {
    const { pod, run, seen } = lab();
    const volumeMounts = [{ name: "d", mountPath: "/data" }];
    pod("job", {
      restartPolicy: "Never",
      volumes: [{ name: "d", emptyDir: {} }],
      initContainers: [{ name: "i", image: "busybox", command: ["sh", "-c", "echo 7 > /data/code"], volumeMounts }],
      containers: [{ name: "c", image: "busybox", command: ["sh", "-c", "exit $(cat /data/code)"], volumeMounts }],
    });
    run(10);
    expect(seen("job")?.status?.phase).toBe("Failed");
    expect(seen("job")?.status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(7);
  });

  test("containers run and answer while their kubelet is stopped; started again, it reports what happened", () => {
    const { pod, run, seen, timeline } = lab();
    pod("web", { containers: [{ name: "web", image: "nginx" }] });
    pod("once", { restartPolicy: "Never", containers: [{ name: "c", image: "busybox", command: ["sleep", "10"] }] });
    run(8);
    const ip = seen("web")?.status?.podIP ?? "";
    timeline.submit({ to: "sim/faults", message: { type: "sim.stop", actor: "kubelet/n1" } as Message });
    run(10);
    const from = { ip: "10.244.1.99" };
    timeline.submit({ to: "net/n1", message: { type: "net.request", id: "q", replyTo: "test/x", from, host: ip, port: 80, path: "/" } as Message });
    run(1);
    expect(replies.at(-1)?.result).toMatchObject({ kind: "http", status: 200 });
    expect(seen("once")?.status?.phase).toBe("Running");
    timeline.submit({ to: "sim/faults", message: { type: "sim.start", actor: "kubelet/n1" } as Message });
    run(5);
    expect(seen("once")?.status?.phase).toBe("Succeeded");
    expect(seen("web")?.status?.containerStatuses?.[0]?.restartCount).toBe(0);
  });

  test("a machine that lost power comes back with its containers restarted", () => {
    const { pod, run, seen, timeline } = lab();
    pod("web", { containers: [{ name: "web", image: "nginx" }] });
    run(8);
    timeline.submit({ to: "kubelet/n1", message: { type: "kubelet.crash" } });
    for (const actor of ["kubelet/n1", "containerd/n1", "net/n1"])
      timeline.submit({ to: "sim/faults", message: { type: "sim.stop", actor } as Message }, timeline.now + 10);
    run(20);
    expect(ready(seen("web"))).toBe("True");
    for (const actor of ["kubelet/n1", "containerd/n1", "net/n1"])
      timeline.submit({ to: "sim/faults", message: { type: "sim.start", actor } as Message });
    run(10);
    const status = seen("web")?.status?.containerStatuses?.[0];
    expect(status).toMatchObject({ restartCount: 1, ready: true });
    expect(status?.lastState?.terminated).toMatchObject({ exitCode: 255, reason: "Unknown" });
  });

  test("kube.kubelet.cleanup-pods: a Pod deleted by force while the kubelet was away is cleared away", () => {
    const { pod, run, timeline } = lab();
    pod("web", { containers: [{ name: "web", image: "nginx" }] });
    run(8);
    timeline.submit({ to: "sim/faults", message: { type: "sim.stop", actor: "kubelet/n1" } as Message });
    run(1);
    const request = {
      method: "DELETE",
      path: "/api/v1/namespaces/default/pods/web",
      body: { kind: "DeleteOptions", apiVersion: "v1", gracePeriodSeconds: 0 },
      user: "test",
    };
    timeline.submit({ to: "apiserver/main", message: { type: "api.request", id: 1, replyTo: "test/x", request } as Message });
    run(1);
    expect(timeline.table(podTable).size).toBe(1);
    timeline.submit({ to: "sim/faults", message: { type: "sim.start", actor: "kubelet/n1" } as Message });
    run(2);
    expect(timeline.table(podTable).size).toBe(0);
  });

  test("the same inputs give the same world", () => {
    const play = (): string => {
      const { pod, run, timeline } = lab();
      pod("web", { containers: [{ name: "web", image: "nginx:1.27" }] });
      run(20);
      return timeline.hash();
    };
    expect(play()).toBe(play());
  });
});
