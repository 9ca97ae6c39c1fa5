/** Vector suites of the ReplicaSet, EndpointSlice, node lifecycle, taint eviction and Pod GC controllers. */
import { parseTime, rfc3339 } from "../../../src/kube/apis/time";
import type {
  Condition,
  Container,
  Endpoint,
  EndpointSlice,
  IntOrString,
  NodeObject,
  Pod,
  ReplicaSet,
  Service,
  StringMap,
  Taint,
  Toleration,
} from "../../../src/kube/apis/objects";
import { addressTypesOf, endpointPorts, findPort, hintsEnabled, podToEndpoint } from "../../../src/kube/controllers/endpointslice/endpoint";
import { packEndpoints } from "../../../src/kube/controllers/endpointslice/packing";
import { unknownConditions } from "../../../src/kube/controllers/node-lifecycle/health";
import {
  NOT_READY,
  UNREACHABLE,
  conditionTaints,
  reconcileNodeLabels,
  swapExecuteTaint,
  withConditionTaints,
} from "../../../src/kube/controllers/node-lifecycle/taints";
import { executeTaintFor, withPodNotReady } from "../../../src/kube/controllers/node-lifecycle/eviction";
import { mustMarkFailed, terminatedPods, terminatingPods, unscheduledTerminatingPods } from "../../../src/kube/controllers/pod-gc/collection";
import { type RankedPod, compareForDeletion, isPodActive, podsToDelete } from "../../../src/kube/controllers/replicaset/deletion-order";
import { podsByOwner, relatedPods, setsWithSameController } from "../../../src/kube/controllers/replicaset/ownership";
import { calculateStatus } from "../../../src/kube/controllers/replicaset/status";
import { disruptionCondition, evictionAt, minTolerationSeconds, staySeconds } from "../../../src/kube/controllers/taint-eviction/tolerations";
import type { Runners } from "../runner";

const EPOCH = "2026-01-01T00:00:00Z";
const nowOf = (given: { readonly now?: string }): number => parseTime(given.now ?? EPOCH) ?? 0;

interface DeletionPod {
  readonly name: string;
  readonly ageSeconds: number;
  readonly assigned: boolean;
  readonly phase: string;
  readonly podsOnSameNodeRank: number;
  readonly ready: boolean;
  readonly readySeconds?: number;
  readonly restarts: number;
  readonly deletionCost?: string;
}
const LATER = 1_000_000_000_000_000;
const ago = (seconds: number): string => rfc3339(LATER - seconds * 1_000_000);
const rankedPod = (given: DeletionPod): RankedPod => ({
  rank: given.podsOnSameNodeRank,
  pod: {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: given.name,
      uid: "",
      resourceVersion: "1",
      creationTimestamp: ago(given.ageSeconds),
      ...(given.deletionCost === undefined ? {} : { annotations: { "controller.kubernetes.io/pod-deletion-cost": given.deletionCost } }),
    },
    spec: { containers: [], ...(given.assigned ? { nodeName: "node" } : {}) },
    status: {
      phase: given.phase,
      conditions: [
        {
          type: "Ready",
          status: given.ready ? "True" : "False",
          ...(given.readySeconds === undefined ? {} : { lastTransitionTime: ago(given.readySeconds) }),
        },
      ],
      containerStatuses: [{ name: "c", ready: given.ready, restartCount: given.restarts, image: "", imageID: "" }],
    },
  },
});

interface Misc {
  readonly pods?: readonly (Pod & { readonly podName?: string; readonly podPhase?: string })[];
  readonly allPods?: readonly Pod[];
  readonly owner?: { readonly namespace?: string; readonly name: string; readonly uid: string };
  readonly ownedOnly?: boolean;
  readonly rs?: ReplicaSet;
  readonly rss?: readonly ReplicaSet[];
}
const simplePod = (name: string, phase?: string, rest: Partial<Pod> = {}): Pod => ({
  apiVersion: "v1",
  kind: "Pod",
  spec: { containers: [] },
  status: { phase },
  ...rest,
  metadata: { name, namespace: "default", uid: name, resourceVersion: "1", creationTimestamp: EPOCH, ...rest.metadata },
});
function misc(given: Misc): readonly string[] {
  if (given.owner !== undefined)
    return podsByOwner(given.allPods ?? [], given.owner, "OwnerKind", given.ownedOnly !== true).map(
      (pod) => `${pod.metadata.namespace}/${pod.metadata.name}`,
    );
  if (given.rs === undefined)
    return (given.pods ?? []).filter((pod) => isPodActive(simplePod(pod.podName ?? "", pod.podPhase))).map((pod) => pod.podName ?? "");
  const sets = setsWithSameController(given.rs, given.rss ?? []);
  if (given.pods === undefined) return sets.map((set) => set.metadata.name);
  return relatedPods(sets, () => given.pods ?? []).map((pod) => pod.metadata.name);
}

interface EndpointGiven {
  readonly pod?: Pod;
  readonly svc?: Service;
  readonly service?: Service;
  readonly node?: NodeObject | null;
  readonly containers?: readonly Container[] | null;
  readonly initContainers?: readonly Container[] | null;
  readonly port?: IntOrString;
  readonly maxEndpointsPerSlice?: number;
  readonly annotations?: StringMap | null;
}
function endpointSlice(given: EndpointGiven): unknown {
  if (given.svc !== undefined && given.pod !== undefined) return { expectedEndpoint: podToEndpoint(given.pod, given.node, given.svc, "IPv4") };
  if (given.service !== undefined && given.pod !== undefined) return { expectedPorts: endpointPorts(given.service, given.pod) };
  if (given.service !== undefined) return { expectedAddressTypes: addressTypesOf(given.service) };
  if (given.port !== undefined) {
    const found = findPort({ spec: { containers: given.containers ?? [], initContainers: given.initContainers ?? [] } }, given.port, "TCP");
    return { expected: found ?? 0, pass: found !== undefined };
  }
  if (given.maxEndpointsPerSlice === undefined) return { expectEnabled: hintsEnabled(given.annotations) };
  // The upstream test has 250 Pods; slices are made from nothing.
  const endpoints: readonly Endpoint[] = Array.from({ length: 250 }, (_, i) => ({ addresses: [`10.0.0.${i}`] }));
  return { expectedSliceLengths: packEndpoints([] as EndpointSlice[], endpoints, given.maxEndpointsPerSlice).create.map((slice) => slice.length) };
}

interface GcGiven {
  readonly pods: readonly {
    readonly name: string;
    readonly phase?: string;
    readonly reason?: string;
    readonly nodeName?: string;
    readonly deletionTimeStamp?: null;
  }[];
  readonly nodes?: readonly { readonly name: string; readonly readyCondition: "True" | "False"; readonly taints: readonly Taint[] | null }[];
  readonly threshold?: number;
}
/**
 * In two of the tables `deletionTimeStamp` is null both for "not set" and for Go's zero time, so what is being deleted cannot be told.
 * Such a Pod is asked about as if it were being deleted, and then only those that the case says are deleted must be found.
 */
function podGc(given: GcGiven): { readonly deleted: readonly string[]; readonly patched: readonly string[]; readonly ambiguous: boolean } {
  const nodes = new Map(
    (given.nodes ?? []).map((node) => [
      node.name,
      {
        apiVersion: "v1",
        kind: "Node",
        metadata: simplePod(node.name).metadata,
        spec: { taints: node.taints ?? [] },
        status: { conditions: [{ type: "Ready", status: node.readyCondition }] },
      } satisfies NodeObject,
    ]),
  );
  const pods = given.pods.map((pod, i) => {
    const base = simplePod(pod.name, pod.phase, { spec: { containers: [], nodeName: pod.nodeName } });
    const metadata = {
      ...base.metadata,
      creationTimestamp: rfc3339(i * 60_000_000),
      ...(pod.deletionTimeStamp === null ? { deletionTimestamp: EPOCH } : {}),
    };
    return { ...base, metadata, status: { phase: pod.phase, reason: pod.reason } };
  });
  const found =
    given.threshold !== undefined
      ? terminatedPods(pods, given.threshold)
      : given.nodes !== undefined
        ? terminatingPods(pods, (name) => nodes.get(name))
        : unscheduledTerminatingPods(pods);
  const patched = given.threshold !== undefined ? [] : found.filter(mustMarkFailed);
  return {
    deleted: found.map((pod) => pod.metadata.name),
    patched: patched.map((pod) => pod.metadata.name),
    ambiguous: pods.some((pod) => pod.metadata.deletionTimestamp),
  };
}

interface TaintGiven {
  readonly now?: string;
  readonly pod?: Pod;
  readonly newPod?: Pod;
  readonly prevPod?: Pod;
  readonly taintedNodes?: Readonly<Record<string, readonly Taint[]>>;
  readonly node?: NodeObject;
  readonly newNode?: NodeObject;
  readonly oldNode?: NodeObject;
  readonly additionalSleep?: number;
  readonly awaitForScheduledEviction?: boolean;
  readonly pods?: readonly Pod[];
  readonly tolerations?: readonly Toleration[] | null;
}
/** Seconds until each Pod is evicted: as it and its node were before, then as they are at the end of the case. */
function stays(given: TaintGiven): readonly (readonly [name: string, seconds: number | undefined])[] {
  const pod = given.newPod ?? given.pod;
  const pods = given.pods ?? (pod === undefined ? [] : [pod]);
  const taintsFor = (item: Pod, node: NodeObject | undefined): readonly Taint[] | undefined =>
    node?.metadata.name === item.spec.nodeName ? node?.spec?.taints : given.taintedNodes?.[item.spec.nodeName ?? ""];
  return pods.map((item) => {
    const before = given.prevPod ?? item;
    const scheduled = evictionAt(0, taintsFor(before, given.oldNode), before.spec.tolerations, undefined);
    const at = evictionAt(
      0,
      taintsFor(item, given.newNode ?? given.node),
      item.spec.tolerations,
      given.prevPod === undefined && given.oldNode === undefined ? undefined : scheduled,
    );
    return [item.metadata.name, at === undefined ? undefined : at / 1_000_000];
  });
}
function taintEviction(given: TaintGiven): unknown {
  if (given.tolerations !== undefined) return { expected: minTolerationSeconds(given.tolerations ?? []) };
  return stays(given);
}
function sameTaintEviction(got: unknown, expected: Readonly<Record<string, unknown>>, given: TaintGiven): boolean {
  if ("expected" in expected) return (got as { expected: number }).expected === expected["expected"];
  const found = got as ReturnType<typeof stays>;
  if ("expectedDeleteTimes" in expected) {
    // Pods per bucket of waiting; those beyond the last bucket are never seen deleted.
    const buckets = (expected["expectedDeleteTimes"] ?? []) as readonly { readonly names: readonly string[] | null; readonly timestamp?: number }[];
    const within = found.filter(([, seconds]) => seconds !== undefined && seconds < 100).sort((a, b) => (a[1] ?? 0) - (b[1] ?? 0));
    const wanted = buckets.flatMap(({ names }) => names ?? []);
    const order = new Map(within.map(([name, seconds]) => [name, seconds ?? 0]));
    let last = -1;
    const rising = buckets.every(({ names }) => {
      const times = new Set((names ?? []).map((name) => order.get(name) ?? -1));
      const [time = last] = [...times];
      const ok = times.size <= 1 && time >= last;
      last = time;
      return ok;
    });
    return rising && wanted.length === within.length;
  }
  const waited = (given.additionalSleep ?? 0) + (given.awaitForScheduledEviction === true ? 50 : 0);
  const evicted = found.some(([, seconds]) => seconds !== undefined && seconds <= waited);
  return evicted === expected["expectDelete"] && evicted === expected["expectPatch"];
}

const HEALTHY: readonly Condition[] = [
  { type: "DiskPressure", status: "False", reason: "KubeletHasNoDiskPressure", message: "kubelet has no disk pressure" },
  { type: "MemoryPressure", status: "False", reason: "KubeletHasSufficientMemory", message: "kubelet has sufficient memory available" },
  { type: "PIDPressure", status: "False", reason: "KubeletHasSufficientPID", message: "kubelet has sufficient PID available" },
  { type: "Ready", status: "True", reason: "KubeletReady", message: "kubelet is posting ready status" },
];
const healthyNode: NodeObject = { apiVersion: "v1", kind: "Node", metadata: simplePod("n").metadata, spec: {}, status: { conditions: HEALTHY } };
const STOPPED = "kubelet stops posting status";

/** What happens to a node outside, in the words of the suite. */
function nodeAfter(event: string): { readonly node: NodeObject; readonly silent: boolean } {
  const change = /^(\w+) becomes (True|False|Unknown)$/.exec(event);
  if (change !== null) {
    const [, type = "", status = ""] = change;
    const known = HEALTHY.some((condition) => condition.type === type);
    const changed = HEALTHY.map((condition) => (condition.type === type ? { ...condition, status: status as Condition["status"] } : condition));
    const extra: readonly Condition[] = known ? [] : [{ type, status: status as Condition["status"], reason: "NoRouteCreated" }];
    return { node: { ...healthyNode, status: { conditions: [...changed, ...extra] } }, silent: false };
  }
  if (event === "spec.unschedulable set to true") return { node: { ...healthyNode, spec: { unschedulable: true } }, silent: false };
  return { node: healthyNode, silent: event === STOPPED };
}

/** The control plane's answer once it has had its time. Healthy again means that nothing is left. */
function settledNode(event: string): { readonly node: NodeObject; readonly wasSilent: boolean } {
  const back = event.endsWith(", then the opposite");
  const { node, silent } = nodeAfter(back ? event.slice(0, -", then the opposite".length) : event);
  const judged = judge(node, silent);
  if (!back) return { node: judged, wasSilent: silent };
  // A condition that the healthy node does not have stays, with the opposite status.
  const opposite = (status: Condition["status"]): Condition["status"] => (status === "True" ? "False" : "True");
  const extra = (judged.status?.conditions ?? []).filter(({ type }) => !HEALTHY.some((condition) => condition.type === type));
  const conditions = [...HEALTHY, ...extra.map((condition) => ({ ...condition, status: opposite(condition.status) }))];
  return { node: judge({ ...judged, spec: { ...judged.spec, unschedulable: false }, status: { conditions } }, false), wasSilent: false };
}
function judge(node: NodeObject, silent: boolean): NodeObject {
  const conditions = silent ? (unknownConditions(node, 0) ?? node.status?.conditions) : node.status?.conditions;
  const seen: NodeObject = { ...node, status: { ...node.status, conditions } };
  const scheduled = withConditionTaints(seen, EPOCH) ?? seen.spec.taints ?? [];
  const { add, remove } = executeTaintFor(seen);
  return { ...seen, spec: { ...seen.spec, taints: swapExecuteTaint(scheduled, add, remove, EPOCH) ?? scheduled } };
}

const tolerating = (seconds: number): readonly Toleration[] =>
  [UNREACHABLE, NOT_READY].map((key) => ({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: seconds }));
function tolerationsOf(text: string): readonly Toleration[] {
  const seconds = /tolerationSeconds (\d+)/.exec(text);
  if (seconds !== null) return tolerating(Number(seconds[1]));
  if (text.startsWith("none given")) return [...tolerating(300)].reverse();
  return [{ operator: "Exists" }];
}
function nodeLive(given: { event?: string; nodeEvent?: string; podTolerations?: string; observedAfterSeconds?: number }): unknown {
  const { node, wasSilent } = settledNode(given.event ?? given.nodeEvent ?? "");
  if (given.event !== undefined) {
    const taints = (node.spec.taints ?? []).map(({ key, effect }) => ({ key, effect }));
    const compare = (a: Taint, b: Taint): number => (`${a.key} ${a.effect}` < `${b.key} ${b.effect}` ? -1 : 1);
    const conditions = (node.status?.conditions ?? []).map(({ type, status, reason, message }) => ({
      type,
      status,
      reason: reason ?? null,
      message: message ?? null,
    }));
    return { taints: taints.sort(compare), conditions: conditions.sort((a, b) => (a.type < b.type ? -1 : 1)) };
  }
  const tolerations = tolerationsOf(given.podTolerations ?? "");
  const running = simplePod("p", "Running", { status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] } });
  const marked = wasSilent ? (withPodNotReady(running, 0) ?? running) : running;
  const stay = staySeconds(node.spec.taints, tolerations);
  const deleting = stay !== undefined && stay <= (given.observedAfterSeconds ?? 0);
  const conditions = [...(marked.status?.conditions ?? []), ...(deleting ? [disruptionCondition(0)] : [])];
  return {
    state: deleting ? "deleting" : "kept",
    phase: marked.status?.phase,
    conditions: conditions.map(({ type, status, reason, message }) => ({ type, status, reason: reason ?? null, message: message ?? null })),
    tolerations,
  };
}

const sorted = (values: Iterable<string>): string => JSON.stringify([...values].sort());

export const runners: Runners = {
  "replicaset-deletion-order": {
    run: (given: { pods: readonly DeletionPod[] }) => ({
      deleteFirstToLast: given.pods
        .map(rankedPod)
        .sort((a, b) => compareForDeletion(a, b, LATER))
        .map(({ pod }) => pod.metadata.name),
    }),
  },
  "replicaset-misc": {
    run: misc,
    same: (got, expected: Readonly<Record<string, unknown>>) => {
      const [value] = Object.values(expected);
      const names = Array.isArray(value)
        ? value.map((item) => (typeof item === "string" ? item : (item as ReplicaSet).metadata.name))
        : Object.keys(value ?? {});
      return sorted(got as readonly string[]) === sorted(names);
    },
  },
  "replicaset-pods-to-delete": {
    run: (given: { pods: readonly Pod[]; related: readonly Pod[] | null; diff: number; now?: string }) => ({
      expectedPodsToDelete: podsToDelete(given.pods, given.related ?? given.pods, given.diff, nowOf(given)),
    }),
    same: (got, expected: { expectedPodsToDelete: readonly Pod[] | null }) => {
      const names = (pods: readonly Pod[]): string => sorted(pods.map((pod) => pod.metadata.uid));
      return names((got as { expectedPodsToDelete: readonly Pod[] }).expectedPodsToDelete) === names(expected.expectedPodsToDelete ?? []);
    },
  },
  "replicaset-status": {
    run: (given: {
      replicaset: ReplicaSet;
      activePods: readonly Pod[] | null;
      terminatingPods?: readonly Pod[] | null;
      enableDeploymentReplicaSetTerminatingReplicas?: boolean;
      manageReplicasErr?: { error: string } | null;
      now?: string;
    }) => {
      const terminating = given.enableDeploymentReplicaSetTerminatingReplicas === true ? (given.terminatingPods ?? []) : undefined;
      return calculateStatus(given.replicaset, given.activePods ?? [], terminating, given.manageReplicasErr?.error, nowOf(given));
    },
    same: (
      got,
      expected: { expectedReplicaSetStatus?: Readonly<Record<string, unknown>>; expectedReplicaSetConditions?: readonly Condition[] | null },
    ) => {
      const status = got as Readonly<Record<string, unknown>> & { conditions?: readonly Condition[] };
      const wanted = expected.expectedReplicaSetStatus;
      if (wanted !== undefined) return sorted(Object.entries(status).map(String)) === sorted(Object.entries(wanted).map(String));
      const texts = (conditions: readonly Condition[] | null | undefined): string =>
        JSON.stringify((conditions ?? []).map(({ type, status: value, reason, message }) => [type, value, reason ?? "", message ?? ""]));
      return texts(status.conditions) === texts(expected.expectedReplicaSetConditions);
    },
  },
  endpointslice: {
    run: endpointSlice,
    same: (got, expected: Readonly<Record<string, unknown>>) => {
      const answer = got as Readonly<Record<string, unknown>>;
      if (answer["expectedAddressTypes"] !== undefined)
        return sorted(answer["expectedAddressTypes"] as string[]) === sorted(expected["expectedAddressTypes"] as string[]);
      if (answer["pass"] === false) return expected["pass"] === false;
      if (answer["expectedPorts"] !== undefined) return canonical(answer["expectedPorts"]) === canonical(expected["expectedPorts"] ?? []);
      return canonical(answer) === canonical(expected);
    },
  },
  "pod-gc": {
    run: podGc,
    same: (got, expected: { deletedPodNames: Record<string, unknown> | null; patchedPodNames: Record<string, unknown> | null }) => {
      const { deleted, patched, ambiguous } = got as ReturnType<typeof podGc>;
      const [wanted, marked] = [Object.keys(expected.deletedPodNames ?? {}), Object.keys(expected.patchedPodNames ?? {})];
      const among = ambiguous ? (name: string): boolean => wanted.includes(name) : (): boolean => true;
      return sorted(deleted.filter(among)) === sorted(wanted) && sorted(patched.filter(among)) === sorted(marked);
    },
  },
  "taint-eviction": { run: taintEviction, same: sameTaintEviction },
  "node-lifecycle": {
    run: (given: { Node: NodeObject }) => ({ taints: conditionTaints(given.Node), labels: reconcileNodeLabels(given.Node.metadata.labels) ?? null }),
    same: (got, expected: { ExpectedTaints?: readonly Taint[] | null; ExpectedLabels?: StringMap | null }) => {
      const { taints, labels } = got as { taints: readonly Taint[]; labels: StringMap | null };
      if (expected.ExpectedTaints === undefined) return canonical(labels) === canonical(expected.ExpectedLabels);
      return sorted(taints.map(canonical)) === sorted((expected.ExpectedTaints ?? []).map(canonical));
    },
  },
  "node-lifecycle-live": { run: nodeLive, same: (got, expected: unknown) => canonical(got) === canonical(expected) },
};

/** JSON with sorted keys and without what is absent. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || value === undefined || typeof value !== "object") return JSON.stringify(value ?? null);
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`)
    .join(",")}}`;
}
