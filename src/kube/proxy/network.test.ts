import { describe, expect, test } from "vitest";
import { createTimeline, type Timeline } from "../../sim/timeline";
import type { Actor, Message } from "../../sim/types";
import { apiserverActor } from "../apiserver/actor";
import { storeTable } from "../apiserver/storage/store";
import type { Pod } from "../apis/objects";
import { dnsActor } from "../dns/actor";
import { kubeletActor } from "../kubelet/actor";
import { containerdActor } from "../kubelet/runtime";
import { kubeProxyActor } from "./actor";
import type { NetReply } from "./messages";
import { networkActor } from "./network";
import { flowTable } from "./tables";

const replies: NetReply[] = [];
const asker: Actor = {
  kind: "test",
  receive(_tx, _name, message) {
    if (message.type === "net.reply") replies.push(message as unknown as NetReply);
  },
};

interface Lab {
  readonly timeline: Timeline;
  readonly service: (name: string, spec: object, endpoints: readonly string[]) => void;
  readonly ask: (from: string, host: string, port?: number) => NetReply | undefined;
}

/** Two nodes with a web server each; Services and their slices are written by hand. */
function lab(): Lab {
  const timeline = createTimeline({
    seed: 3,
    profile: "real",
    checks: true,
    actors: [apiserverActor, kubeletActor, containerdActor, kubeProxyActor, networkActor, dnsActor, asker],
  });
  const send = (to: string, message: object): void => void timeline.submit({ to, message: message as Message });
  const post = (path: string, body: object): void =>
    send("apiserver/main", { type: "api.request", id: 1, replyTo: "test/x", request: { method: "POST", path, body, user: "test" } });
  const run = (seconds: number): void => void timeline.seek(timeline.now + seconds * 1e6);
  for (const name of ["default", "kube-node-lease"]) post("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  run(1);
  for (const i of [1, 2]) {
    const config = { name: `n${i}`, capacity: { cpu: "4", memory: "8Gi", pods: "110" }, internalIP: `192.168.0.${i}`, podCIDR: `10.244.${i}.0/24` };
    send(`kubelet/n${i}`, { type: "kubelet.configure", config });
    send(`kube-proxy/n${i}`, { type: "actor.start" });
  }
  send("dns/main", { type: "actor.start" });
  run(2);
  for (const i of [1, 2]) {
    const spec = { nodeName: `n${i}`, containers: [{ name: "c", image: "strata/web" }] };
    post("/api/v1/namespaces/default/pods", { apiVersion: "v1", kind: "Pod", metadata: { name: `web-${i}` }, spec });
  }
  run(8);
  const podIP = (name: string): string => (timeline.table(storeTable("pods")).get(`default/${name}`)?.object as Pod | undefined)?.status?.podIP ?? "";
  let asked = 0;
  return {
    timeline,
    service: (name, spec, endpoints) => {
      post("/api/v1/namespaces/default/services", {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name },
        spec: { ports: [{ port: 80, targetPort: 8080 }], ...spec },
      });
      post("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", {
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: { name: `${name}-a`, labels: { "kubernetes.io/service-name": name } },
        addressType: "IPv4",
        ports: [{ name: "", port: 8080, protocol: "TCP" }],
        endpoints: endpoints.map((pod) => ({ addresses: [podIP(pod)], conditions: { ready: true }, nodeName: `n${pod.slice(-1)}` })),
      });
      run(3);
    },
    ask: (from, host, port = 80) => {
      const client = { ip: from === "outside" ? "203.0.113.7" : "10.244.1.77", namespace: "default" };
      send(`net/${from}`, { type: "net.request", id: `q${++asked}`, replyTo: "test/x", from: client, host, port, path: "/" });
      run(12);
      return replies.at(-1);
    },
  };
}

const ip = (last: number): object => ({ clusterIP: `10.96.7.${last}`, clusterIPs: [`10.96.7.${last}`] });

describe("kube.proxy.route, kube.proxy.sync-rules, kube.dns.answer", () => {
  test("a name becomes an address, an endpoint, an answer; the way is noted", () => {
    const { service, ask, timeline } = lab();
    service("web", ip(1), ["web-1", "web-2"]);
    expect(ask("n1", "web")).toMatchObject({ result: { kind: "http", status: 200 }, ip: "10.96.7.1" });
    expect(timeline.table(flowTable).rows().at(-1)).toMatchObject({ service: "default/web", result: "http", status: 200 });
    const reached = new Set(Array.from({ length: 12 }, () => ask("n1", "web")?.endpoint));
    expect(reached.size).toBe(2);
  });
  test("without endpoints it is refused; an unknown name is not resolved", () => {
    const { service, ask } = lab();
    service("none", ip(2), []);
    expect(ask("n1", "none")?.result.kind).toBe("refused");
    expect(ask("n1", "nosuch")?.result.kind).toBe("unresolved");
  });
  test("a headless Service leads to its Pods, on their own port", () => {
    const { service, ask } = lab();
    service("db", { clusterIP: "None" }, ["web-2"]);
    expect(ask("n1", "db", 8080)?.result.kind).toBe("http");
    expect(ask("n1", "db", 80)?.result.kind).toBe("refused");
  });
});

describe("kube.proxy.choose-endpoint, kube.proxy.route-node-port", () => {
  test("session affinity keeps a client with its endpoint", () => {
    const { service, ask } = lab();
    service("sticky", { ...ip(3), sessionAffinity: "ClientIP" }, ["web-1", "web-2"]);
    const reached = new Set(Array.from({ length: 8 }, () => ask("n1", "sticky")?.endpoint));
    expect(reached.size).toBe(1);
  });
  test("internalTrafficPolicy Local: dropped where no endpoint is near", () => {
    const { service, ask } = lab();
    service("near", { ...ip(4), internalTrafficPolicy: "Local" }, ["web-1"]);
    expect(ask("n1", "near")?.result.kind).toBe("http");
    expect(ask("n2", "near")?.result.kind).toBe("timeout");
  });
  test("a node port on any node, from outside; with externalTrafficPolicy Local only where an endpoint is", () => {
    const { service, ask } = lab();
    service("open", { ...ip(5), type: "NodePort", ports: [{ port: 80, targetPort: 8080, nodePort: 30081 }] }, ["web-2"]);
    service("local", { ...ip(6), type: "NodePort", externalTrafficPolicy: "Local", ports: [{ port: 80, targetPort: 8080, nodePort: 30082 }] }, [
      "web-2",
    ]);
    expect(ask("outside", "n1", 30081)?.result.kind).toBe("http");
    expect(ask("outside", "n1", 30082)?.result.kind).toBe("timeout");
    expect(ask("outside", "n2", 30082)?.result.kind).toBe("http");
    expect(ask("outside", "10.96.7.5")?.result.kind).toBe("timeout");
  });
});
