import { describe, expect, test } from "vitest";
import type { Container, ContainerStatus, Pod } from "../apis/objects";
import { admitPod, NO_USAGE } from "./admission";
import { type BackoffEntry, backoffAfter, nextBackOff } from "./backoff";
import { containerEnv } from "./container-env";
import { expand, mappingFor } from "./expansion";
import { addressIn, containerId } from "./identifiers";
import { applyDefaultImageTag, imageNameText, normalizedImageName } from "./image-name";
import { resolveImage } from "./images/catalogue";
import { podActions } from "./pod-actions";
import { podReadyCondition } from "./pod-conditions";
import { hostsFile, podHostname } from "./pod-hostname";
import { podPhase } from "./pod-phase";
import { initialProbeState, probeStep } from "./probe-result";
import { containerShouldRestart } from "./restart-policy";
import type { ContainerRow } from "./tables";

const container = (name: string, more: Partial<Container> = {}): Container => ({ name, image: "nginx", ...more });
const status = (name: string, state: ContainerStatus["state"], more: Partial<ContainerStatus> = {}): ContainerStatus => ({
  name,
  image: "",
  imageID: "",
  ready: false,
  restartCount: 0,
  state,
  ...more,
});
const ended = (exitCode: number): ContainerStatus["state"] => ({ terminated: { exitCode } });

describe("kube.container.should-restart", () => {
  test("the container's own policy wins", () => {
    expect(containerShouldRestart(container("a", { restartPolicy: "Never" }), { restartPolicy: "Always" }, 1)).toBe(false);
    expect(containerShouldRestart(container("a"), { restartPolicy: "OnFailure" }, 0)).toBe(false);
  });
});

describe("kube.pod.phase", () => {
  test("a Pod that restarts its containers never fails", () =>
    expect(podPhase({ containers: [container("a")], restartPolicy: "Always" }, [status("a", ended(1))], false, true)).toBe("Running"));
  test("sidecars do not keep a Pod from succeeding", () => {
    const spec = { containers: [container("a")], initContainers: [container("s", { restartPolicy: "Always" })], restartPolicy: "Never" };
    expect(podPhase(spec, [status("a", ended(0)), status("s", ended(137))], false, true)).toBe("Succeeded");
  });
});

describe("kube.pod.condition.ready, kube.pod.condition.containers-ready", () => {
  test("names the containers that are not", () =>
    expect(podReadyCondition({ containers: [container("a")] }, [], [status("a", { running: {} })], "Running").message).toBe(
      "containers with unready status: [a]",
    ));
  test("a readiness gate without its condition", () =>
    expect(podReadyCondition({ containers: [], readinessGates: [{ conditionType: "x" }] }, [], [], "Running").reason).toBe("ReadinessGatesNotReady"));
});

describe("kube.container.crash-backoff, kube.backoff.next", () => {
  test("at once, then 10, 20, 40 s; anew after ten quiet minutes", () => {
    let entry: BackoffEntry | undefined;
    const waits: number[] = [];
    let now = 0;
    for (let i = 0; i < 4; i++) {
      const wait = backoffAfter(entry, now);
      waits.push(wait / 1e6);
      now += wait;
      entry = nextBackOff(entry, now, now);
    }
    expect(waits).toEqual([0, 10, 20, 40]);
    expect(backoffAfter(entry, now + 601e6)).toBe(0);
  });
});

describe("kube.probe.initial, kube.probe.threshold", () => {
  test("liveness kills at its threshold and starts anew", () => {
    let state = initialProbeState("liveness");
    const kills = [1, 2, 3].map(() => {
      const step = probeStep("liveness", state, "Failure", { failureThreshold: 3 });
      state = step.state;
      return step.kill;
    });
    expect(kills).toEqual([false, false, true]);
    expect(state.reported).toBe("Success");
  });
});

describe("kube.env.expand, kube.env.make, kube.env.service-links", () => {
  test("known names, unknown names and dollars", () => expect(expand("$(A) $(B) $$(A) $A", mappingFor({ A: "1" }))).toBe("1 $(B) $(A) $A"));
  const sources = (more: object = {}) => ({
    pod: { metadata: { name: "p", namespace: "n" }, spec: { containers: [], enableServiceLinks: true } } as unknown as Pod,
    podIPs: ["10.0.0.1"],
    hostIPs: ["1.1.1.1"],
    services: [],
    configMap: () => undefined,
    secret: () => undefined,
    ...more,
  });
  test("a missing ConfigMap is an error in the kubelet's words", () => {
    const spec = container("a", { envFrom: [{ configMapRef: { name: "c" } }] });
    expect(containerEnv(spec, sources())).toEqual({ error: 'configmap "c" not found' });
  });
  test("later variables see earlier ones", () => {
    const env = [
      { name: "IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
      { name: "URL", value: "http://$(IP)" },
    ];
    expect(containerEnv(container("a", { env }), sources())).toEqual({ env: { IP: "10.0.0.1", URL: "http://10.0.0.1" } });
  });
});

describe("kube.image.default-tag, kube.image.normalized-name, kube.image.resolve", () => {
  test("names in full", () => {
    expect(applyDefaultImageTag("localhost:5000/x")).toBe("localhost:5000/x:latest");
    expect(imageNameText(normalizedImageName("nginx"))).toBe("docker.io/library/nginx:latest");
    expect(imageNameText(normalizedImageName("ghcr.io/a/b:v1"))).toBe("ghcr.io/a/b:v1");
  });
  test("a tag that a known repository does not have", () =>
    expect(resolveImage("nginx:1.99x")).toEqual({
      error:
        'failed to pull and unpack image "docker.io/library/nginx:1.99x": failed to resolve reference "docker.io/library/nginx:1.99x": docker.io/library/nginx:1.99x: not found',
    }));
  test.each(["nginx:1.161", "nginx:2", "nginx:1.27-typo", "postgres:99", "strata/web:nope", "nosuchimage:1"])("%s does not exist", (name) =>
    expect("error" in resolveImage(name)).toBe(true),
  );
  test.each([
    "nginx",
    "nginx:1.14.2",
    "nginx:1.27-alpine",
    "postgres:15-alpine",
    "redis:alpine",
    "busybox:1.28",
    "registry.k8s.io/busybox:1.27.2",
    "strata/web:v2",
    "httpd:2.4",
    "mysql:8.0.36",
  ])("%s exists", (name) => expect("error" in resolveImage(name)).toBe(false));
  test("an unknown image is a stand-in", () => expect(resolveImage("ghcr.io/acme/shop:v3")).toMatchObject({ known: false }));
  test("a registry that does not exist", () => expect("error" in resolveImage("registry.example.invalid/x:1")).toBe(true));
});

describe("kube.pod.hostname, kube.pod.hosts-file, kube.kubelet.pod-ip", () => {
  test("hostname, hosts and addresses", () => {
    expect(podHostname({ name: "a", namespace: "n", subdomain: "s" }, "cluster.local")).toEqual({ hostname: "a", domain: "s.n.svc.cluster.local" });
    expect(hostsFile(["10.0.0.1"], "a", "", [])).toContain("10.0.0.1\ta\n");
    expect([addressIn("10.244.1.0/24", 2), addressIn("10.244.1.0/24", 255)]).toEqual(["10.244.1.2", undefined]);
    expect(containerId("865dcb82-230b-494e-bd68-e29bba1f1ca9", "web", 0)).toMatch(/^containerd:\/\/[0-9a-f]{64}$/);
  });
});

describe("kube.kubelet.pod-actions", () => {
  const row = (name: string, role: ContainerRow["role"], state: ContainerRow["state"], more: Partial<ContainerRow> = {}): ContainerRow => ({
    name,
    role,
    state,
    restartCount: 0,
    started: false,
    ready: false,
    ...more,
  });
  const spec = {
    containers: [container("a")],
    initContainers: [container("i"), container("s", { restartPolicy: "Always" })],
    restartPolicy: "Always",
  };
  test("init containers one after the other", () => {
    const waiting = [row("i", "init", "waiting"), row("s", "sidecar", "waiting"), row("a", "regular", "waiting")];
    expect(podActions(spec, waiting, false).start).toEqual(["i"]);
    const next = [row("i", "init", "terminated", { end: { exitCode: 0 } }), row("s", "sidecar", "waiting"), row("a", "regular", "waiting")];
    expect(podActions(spec, next, false).start).toEqual(["s"]);
  });
  test("sidecars stop when all else is over", () => {
    const never = { ...spec, restartPolicy: "Never" };
    const rows = [
      row("i", "init", "terminated", { end: { exitCode: 0 } }),
      row("s", "sidecar", "running", { started: true }),
      row("a", "regular", "terminated", { end: { exitCode: 0 } }),
    ];
    expect(podActions(never, rows, true)).toEqual({ start: [], stopSidecars: true, finished: false });
  });
});

describe("kube.kubelet.admission", () => {
  test("out of CPU, in the kubelet's words", () => {
    const pod = { spec: { containers: [container("a", { resources: { requests: { cpu: "2" } } })] } } as unknown as Pod;
    const node = { metadata: {} as never, status: { allocatable: { cpu: "1", pods: "110" } } };
    expect(admitPod(pod, NO_USAGE, () => [], node)?.message).toBe(
      "Pod was rejected: Node didn't have enough resource: cpu, requested: 2000, used: 0, capacity: 1000",
    );
  });
});
