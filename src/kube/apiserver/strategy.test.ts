import { describe, expect, it } from "vitest";
import type { Json } from "../../sim/types";
import type { KubeObject, Pod, Service } from "../apis/objects";
import { resourceNamed, type ResourceInfo } from "../apis/resources";
import { pickFree, portBand } from "./admission/ip-range";
import { defaultPullPolicy } from "./defaulting/pull-policy";
import { create, update } from "./strategy";
import { isRefusal, type Outcome, type StrategyContext } from "./strategy-context";

const base: StrategyContext = {
  namespace: "default",
  fieldValidation: "Strict",
  now: "2026-01-01T00:00:00Z",
  random: () => 0,
  namespaceState: (name) => (name === "default" ? "Active" : name === "going" ? "Terminating" : undefined),
  priorityClass: (name) => (name === "high" ? { metadata: { name: "high" }, value: 1000, preemptionPolicy: "Never" } : undefined),
  defaultPriorityClass: () => undefined,
  isAddressTaken: (address) => address === "10.96.1.1",
  isNodePortTaken: (port) => port === 30081,
  serviceRange: "10.96.0.0/16",
  nodePorts: { first: 30000, count: 2768 },
  uid: "u1",
};
const of = (name: string): ResourceInfo => resourceNamed(name) as ResourceInfo;
const pod = (spec: object = {}, meta: object = {}): Json =>
  ({ apiVersion: "v1", kind: "Pod", metadata: { name: "p", ...meta }, spec: { containers: [{ name: "c", image: "nginx" }], ...spec } }) as Json;
const service = (spec: object): Json =>
  ({ apiVersion: "v1", kind: "Service", metadata: { name: "s" }, spec: { selector: { a: "b" }, ports: [{ port: 80 }], ...spec } }) as Json;

function object<T extends KubeObject>(outcome: Outcome): T {
  if (isRefusal(outcome)) throw new Error(JSON.stringify(outcome.body));
  return outcome.object as T;
}
const said = (outcome: Outcome): string => (isRefusal(outcome) ? String((outcome.body as { message?: string }).message) : "");

describe("kube.strategy.create", () => {
  it("fills in a Pod and shares what is made of the same spec", () => {
    const spec = object<Pod>(create(of("pods"), pod(), base)).spec;
    expect(spec.containers[0]?.imagePullPolicy).toBe("Always");
    expect(spec.priority).toBe(0);
    expect(spec.tolerations).toHaveLength(2);
    const like = (name: string): Json => ({ metadata: { name }, spec }) as never;
    const again = object<Pod>(create(of("pods"), like("q"), base)).spec;
    expect(again).toEqual(spec);
    expect(object<Pod>(create(of("pods"), like("r"), base)).spec).toBe(again);
  });
  it("kube.admission.namespace-lifecycle", () => {
    expect(said(create(of("pods"), pod(), { ...base, namespace: "nope" }))).toBe('namespaces "nope" not found');
    expect(said(create(of("pods"), pod(), { ...base, namespace: "going" }))).toMatch(/because it is being terminated$/);
  });
  it("kube.admission.priority", () => {
    const { spec } = object<Pod>(create(of("pods"), pod({ priorityClassName: "high" }), base));
    expect([spec.priority, spec.preemptionPolicy]).toEqual([1000, "Never"]);
    expect(said(create(of("pods"), pod({ priorityClassName: "nope" }), base))).toBe(
      'pods "p" is forbidden: no PriorityClass with name nope was found',
    );
  });
  it("warns about unknown fields when asked to", () => {
    const outcome = create(of("pods"), pod({ foo: 1 }), { ...base, fieldValidation: "Warn" });
    expect(outcome.warnings).toEqual(['unknown field "spec.foo"']);
  });
  it("tells equal complaints once, but keeps every cause", () => {
    const outcome = create(of("services"), service({ ports: [{ port: 80, targetPort: "A_B" }] }), base);
    expect(said(outcome)).toMatch(/^Service "s" is invalid: \[spec\.ports\[0\]\.targetPort/);
  });
});

describe("kube.service.allocate", () => {
  it("draws addresses and node ports from above the lower band, past those taken", () => {
    const { spec } = object<Service>(create(of("services"), service({ type: "NodePort" }), base));
    expect(spec.clusterIP).toBe("10.96.1.2");
    expect(spec.ports?.[0]?.nodePort).toBe(30000 + portBand(2768));
  });
  it("refuses what is taken or outside", () => {
    expect(said(create(of("services"), service({ clusterIP: "10.96.1.1" }), base))).toMatch(/provided IP is already allocated$/);
    expect(said(create(of("services"), service({ clusterIP: "1.1.1.1" }), base))).toMatch(/is not in the valid range/);
    expect(said(create(of("services"), service({ type: "NodePort", ports: [{ port: 80, nodePort: 30081 }] }), base))).toMatch(/already allocated$/);
  });
  it("falls back to the band when the rest is full", () => {
    expect(pickFree(1n, 20n, 16n, 0, (value) => value > 16n)).toBe(1n);
    expect(pickFree(1n, 20n, 16n, 0, () => true)).toBeUndefined();
  });
});

describe("kube.strategy.update", () => {
  const stored = (outcome: Outcome): KubeObject => {
    const made = object(outcome);
    return { ...made, metadata: { ...made.metadata, uid: "u1", resourceVersion: "7", creationTimestamp: base.now } };
  };
  it("keeps an address that the body leaves out", () => {
    const before = stored(create(of("services"), service({}), base));
    const after = object<Service>(update(of("services"), service({ selector: { a: "c" } }), before, base));
    expect(after.spec.clusterIP).toBe((before as Service).spec.clusterIP);
  });
  it("counts changes of spec, not of labels", () => {
    const before = stored(create(of("pods"), pod(), base));
    expect(object(update(of("pods"), pod({}, { labels: { a: "b" } }), before, base)).metadata.generation).toBe(1);
    expect(object(update(of("pods"), pod({ activeDeadlineSeconds: 5 }), before, base)).metadata.generation).toBe(2);
  });
  it("kube.validation.pod-update shows what may not change", () => {
    const before = stored(create(of("pods"), pod(), base));
    expect(said(update(of("pods"), pod({ nodeName: "n1" }), before, base))).toMatch(/\n- "NodeName": "",\n\+ "NodeName": "n1",\n/);
  });
  it("takes only the status through the status door", () => {
    const before = stored(create(of("pods"), pod(), base)) as Pod;
    const after = object<Pod>(
      update(of("pods"), { ...before, spec: { containers: [] }, status: { phase: "Running" } } as never, before, base, "status"),
    );
    expect(after.spec).toBe(before.spec);
    expect(after.status?.phase).toBe("Running");
  });
});

describe("kube.defaults.pull-policy", () => {
  it("hangs on the tag", () => {
    expect(["nginx", "nginx:latest", "r.io:5000/a/b"].map(defaultPullPolicy)).toEqual(["Always", "Always", "Always"]);
    expect(["nginx:1", "nginx:", "a b", `nginx@sha256:${"a".repeat(64)}`].map(defaultPullPolicy)).toEqual(Array(4).fill("IfNotPresent"));
  });
});
