import { describe, expect, test } from "vitest";
import type { EndpointSlice } from "../apis/objects";
import { answerQuery } from "../dns/answer";
import { parseName, searchOrder } from "../dns/name";
import type { DnsView } from "../dns/view";
import { categorizeEndpoints, endpointsOfSlices, type ProxyEndpoint } from "./endpoints";

const endpoint = (text: string, more: Partial<ProxyEndpoint> = {}): ProxyEndpoint => ({
  endpoint: text,
  ip: text.split(":")[0] ?? "",
  port: 80,
  isLocal: false,
  ready: true,
  serving: true,
  terminating: false,
  zoneHints: [],
  nodeHints: [],
  ...more,
});

describe("kube.proxy.categorize-endpoints", () => {
  const cluster = { internalPolicyLocal: false, externalPolicyLocal: false, externallyAccessible: false };
  test("terminating ones serve when no other is ready", () => {
    const leaving = endpoint("10.0.0.1:80", { ready: false, terminating: true });
    expect(categorizeEndpoints([leaving], cluster, "n", {}).cluster).toEqual([leaving]);
    expect(categorizeEndpoints([leaving, endpoint("10.0.0.2:80")], cluster, "n", {}).cluster).toHaveLength(1);
  });
  test("the Local policy without local endpoints has none, though there are some", () => {
    const policy = { ...cluster, internalPolicyLocal: true };
    expect(categorizeEndpoints([endpoint("10.0.0.1:80")], policy, "n", {})).toMatchObject({ local: [], hasAny: true });
  });
});

describe("kube.proxy.endpoints-of-slices", () => {
  test("sorted, one per address", () => {
    const slice = {
      metadata: { name: "a" },
      addressType: "IPv4",
      ports: [{ name: "http", port: 80 }],
      endpoints: [{ addresses: ["10.0.0.2"] }, { addresses: ["10.0.0.1"], nodeName: "n" }],
    } as unknown as EndpointSlice;
    const found = endpointsOfSlices([slice], "n").get("http") ?? [];
    expect(found.map((one) => [one.endpoint, one.isLocal])).toEqual([
      ["10.0.0.1:80", true],
      ["10.0.0.2:80", false],
    ]);
  });
});

describe("kube.dns.parse-name, kube.dns.search, kube.dns.answer", () => {
  test("parts of a name", () => {
    expect(parseName("_http._tcp.web.shop.svc.cluster.local.", "cluster.local")).toMatchObject({ service: "web", port: "http", protocol: "tcp" });
    expect(parseName("web.shop.cluster.local", "cluster.local")).toBeUndefined();
  });
  test("few dots: the search list first", () => expect(searchOrder("web", ["a.b"], 5)).toEqual(["web.a.b.", "web."]));
  test("a headless Service names its ready addresses", () => {
    const view: DnsView = {
      zone: "cluster.local",
      ttl: 30,
      pods: "insecure",
      namespaceExists: () => true,
      service: () => ({ name: "db", namespace: "n", clusterIPs: ["None"] }),
      endpoints: () => [{ addresses: [{ ip: "10.0.0.1" }], ports: [] }],
      services: () => [],
      upstream: () => [],
    };
    expect(answerQuery(view, "db.n.svc.cluster.local", "A").answer).toEqual(["db.n.svc.cluster.local. 30 IN A 10.0.0.1"]);
    expect(answerQuery(view, "10-0-0-9.n.pod.cluster.local", "A").answer).toEqual(["10-0-0-9.n.pod.cluster.local. 30 IN A 10.0.0.9"]);
  });
});
