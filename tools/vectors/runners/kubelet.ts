/** Vector suites of the kubelet's pure rules. */
import type { ConfigMap, Condition, Container, ContainerStatus, EnvVar, Pod, PodSpec, Secret, Service } from "../../../src/kube/apis/objects";
import { seconds } from "../../../src/sim/time";
import { backoffAfter, nextBackOff, type BackoffEntry } from "../../../src/kube/kubelet/backoff";
import { containerEnv } from "../../../src/kube/kubelet/container-env";
import { type Env, expandAll, expandSubPath } from "../../../src/kube/kubelet/expansion";
import { applyDefaultImageTag } from "../../../src/kube/kubelet/image-name";
import { type ConditionSpec, containersReadyCondition, podInitializedCondition, podReadyCondition } from "../../../src/kube/kubelet/pod-conditions";
import { type HostAlias, hostsFile, podHostname, truncateHostname } from "../../../src/kube/kubelet/pod-hostname";
import { podPhase } from "../../../src/kube/kubelet/pod-phase";
import { initialProbeState, type ProbeKind, probeStep } from "../../../src/kube/kubelet/probe-result";
import type { Runners } from "../runner";

interface PhaseGiven {
  readonly pod?: Pick<Pod, "spec" | "status">;
  readonly spec?: PodSpec;
  readonly statuses?: readonly ContainerStatus[];
  readonly podIsTerminal?: boolean;
  readonly podHasInitialized?: boolean;
}

interface GoEnv {
  readonly Name: string;
  readonly Value: string;
}

const envOf = (rows: readonly GoEnv[] | null): Env => Object.fromEntries((rows ?? []).map(({ Name, Value }) => [Name, Value]));

interface EnvGiven {
  readonly container?: Container;
  readonly envs?: readonly (GoEnv & EnvVar)[] | null;
  readonly command?: readonly string[] | null;
  readonly ns?: string;
  readonly enableServiceLinks?: boolean | null;
  readonly podIPs?: readonly string[] | null;
  readonly configMap?: ConfigMap | null;
  readonly secret?: Secret | null;
  readonly staticPod?: boolean;
  readonly nilLister?: boolean;
  readonly unsyncedServices?: boolean;
  readonly servicesInCluster?: readonly { name: string; namespace: string; clusterIP: string; protocol: string; port: number }[];
}

/** The Pod of upstream's test, and objects found under the name that is asked for, as its fakes do. */
function environment(given: EnvGiven): unknown {
  const services = (given.servicesInCluster ?? []).map(({ name, namespace, clusterIP, protocol, port }) => ({
    metadata: { name, namespace },
    spec: { clusterIP, ports: [{ protocol, port }] },
  })) as unknown as Service[];
  const pod = {
    metadata: { name: "dapi-test-pod-name", namespace: given.ns, annotations: {} },
    spec: {
      containers: [],
      nodeName: "node-name",
      serviceAccountName: "special",
      enableServiceLinks: given.enableServiceLinks ?? undefined,
    },
  } as unknown as Pod;
  const result = containerEnv(
    given.container as Container,
    {
      pod,
      podIPs: given.podIPs ?? [],
      hostIPs: ["127.0.0.1", "::1"],
      services: given.unsyncedServices ? undefined : given.nilLister ? [] : services,
      configMap: () => given.configMap ?? undefined,
      secret: () => given.secret ?? undefined,
    },
    given.staticPod,
  );
  if ("error" in result) return { expectedEnvs: null, expectedError: true };
  const rows = Object.entries(result.env).map(([Name, Value]) => ({ Name, Value }));
  return { expectedEnvs: rows.length === 0 ? null : rows, expectedError: false };
}

function runEnv(given: EnvGiven): unknown {
  if (given.ns !== undefined) return environment(given);
  if (given.container === undefined) {
    const env = Object.fromEntries((given.envs ?? []).map(({ name, value }) => [name, value ?? ""]));
    return { expected: expandAll(given.command, env) ?? null };
  }
  const env = envOf(given.envs ?? null);
  const mount = given.container.volumeMounts?.[0] as { subPathExpr?: string; mountPath?: string } | undefined;
  if (mount) {
    const expanded = expandSubPath(mount.subPathExpr ?? "", env);
    const ok = typeof expanded === "string";
    return { expectedMountPath: mount.mountPath, expectedOk: ok, expectedSubPath: ok ? expanded : mount.subPathExpr };
  }
  return { expectedCommand: expandAll(given.container.command, env) ?? null, expectedArgs: expandAll(given.container.args, env) ?? null };
}

interface EnvExpected {
  readonly expectedEnvs?: readonly GoEnv[] | null;
  readonly expectedError?: boolean;
}
const sorted = (rows: readonly GoEnv[] | null | undefined): string =>
  JSON.stringify((rows ?? []).map(({ Name, Value }) => [Name, Value]).sort((a, b) => (String(a) < String(b) ? -1 : 1)));

interface ConditionGiven {
  readonly spec: ConditionSpec;
  readonly containerStatuses: readonly ContainerStatus[] | null;
  readonly podPhase: string;
  readonly conditions?: readonly Condition[] | null;
}

export const runners: Runners = {
  "pod-phase": {
    run: ({ pod, spec, statuses, podIsTerminal, podHasInitialized }: PhaseGiven) => ({
      phase: podPhase(
        pod?.spec ?? spec ?? { containers: [] },
        statuses ?? [...(pod?.status?.containerStatuses ?? []), ...(pod?.status?.initContainerStatuses ?? [])],
        podIsTerminal ?? false,
        podHasInitialized ?? false,
      ),
    }),
  },
  "pod-conditions": {
    run: ({ spec, containerStatuses, podPhase: phase, conditions }: ConditionGiven) => ({
      containersReady: containersReadyCondition(spec, containerStatuses, phase),
      ready: podReadyCondition(spec, conditions ?? [], containerStatuses, phase),
      initialized: podInitializedCondition(spec, containerStatuses, phase),
    }),
    same: (got, expected: { expectReady?: Condition; expected?: Condition }) => {
      const mine = got as Readonly<Record<"containersReady" | "ready" | "initialized", Condition>>;
      const want = expected.expectReady ?? expected.expected;
      if (!want) return false;
      // Upstream's table of the Initialized condition leaves type and message out.
      if (expected.expected) return mine.initialized.status === want.status && (mine.initialized.reason ?? "") === (want.reason ?? "");
      const ours = want.type === "Ready" ? mine.ready : mine.containersReady;
      return (["type", "status", "reason", "message"] as const).every((field) => (ours[field] ?? "") === (want[field] ?? ""));
    },
  },
  "crashloop-backoff": {
    run: ({ initialSeconds, maxSeconds, ranForSeconds }: { initialSeconds: number; maxSeconds: number; ranForSeconds: number[] }) => {
      const limits = { initial: seconds(initialSeconds), max: seconds(maxSeconds) };
      let entry: BackoffEntry | undefined;
      let now = 0;
      const steps = ranForSeconds.map((ran) => {
        const ended = now + seconds(ran);
        const wait = backoffAfter(entry, ended, limits);
        now = ended + wait;
        entry = nextBackOff(entry, ended, now, limits);
        return { ranForSeconds: ran, waitedSeconds: wait / 1_000_000 };
      });
      return { steps };
    },
  },
  "probe-thresholds": {
    run: (given: { probe: ProbeKind; successThreshold: number; failureThreshold: number; rawResults: ("Success" | "Failure")[] }) => {
      let state = initialProbeState(given.probe);
      const initial = state.reported;
      let containerKills = 0;
      const reportedAfterEach = given.rawResults.map((raw) => {
        const step = probeStep(given.probe, state, raw, given);
        state = step.state;
        if (!step.kill) return state.reported;
        containerKills++;
        return "Failure (container is killed)";
      });
      return { initial, reportedAfterEach, containerKills };
    },
  },
  "image-names": { run: ({ Input }: { Input: string }) => ({ Output: applyDefaultImageTag(Input) }) },
  "container-env": {
    run: runEnv,
    same: (got, expected: EnvExpected) => {
      if (!("expectedEnvs" in expected)) return JSON.stringify(sortKeys(got)) === JSON.stringify(sortKeys(expected));
      const mine = got as EnvExpected;
      return mine.expectedError === expected.expectedError && sorted(mine.expectedEnvs) === sorted(expected.expectedEnvs);
    },
  },
  "pod-hostname": {
    run: (given: {
      input?: string;
      podName: string;
      podHostname: string;
      podSubdomain: string;
      podHostnameOverride: string | null;
      featureGateEnabled: boolean;
      errorContains?: string;
    }) => {
      if (given.input !== undefined) return { output: truncateHostname(given.input) ?? "" };
      const name = podHostname(
        {
          name: given.podName,
          namespace: "default",
          hostname: given.podHostname,
          subdomain: given.podSubdomain,
          hostnameOverride: given.featureGateEnabled ? given.podHostnameOverride : null,
        },
        "cluster.local",
      );
      if (!("error" in name)) return { expectError: false, expectedDomain: name.domain, expectedHostname: name.hostname };
      return { expectError: name.error.includes(given.errorContains ?? ""), expectedDomain: "", expectedHostname: "" };
    },
  },
  "pod-hosts-file": {
    run: (given: { hostAliases: HostAlias[] | null; hostDomainName: string; hostIPs: string[]; hostName: string }) => ({
      expectedContent: hostsFile(given.hostIPs, given.hostName, given.hostDomainName, given.hostAliases ?? []),
    }),
  },
};

const sortKeys = (value: unknown): unknown => Object.entries(value as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1));
