/** Runners of `sched-*` and `scheduler-live*`: upstream's tables name their columns in Go; here they are only brought into our shapes. */
import type { KubeObject, Namespace, NodeObject, Pod, ResourceList, Taint, Toleration } from "../../../src/kube/apis/objects";
import { parseTime } from "../../../src/kube/apis/time";
import { SCHEDULING_GATED, gatedStatus, triedBefore, unschedulableCondition } from "../../../src/kube/scheduler/conditions";
import { fitErrorMessage, NO_NODES } from "../../../src/kube/scheduler/fit-error";
import { defaultNormalize, type Plugin, type Snapshot, type Status } from "../../../src/kube/scheduler/framework";
import { addPod, emptyNodeInfo, type NodeInfo, withNode } from "../../../src/kube/scheduler/node-info";
import { podAmounts, podPriority, hostPorts } from "../../../src/kube/scheduler/pod-info";
import { bestCandidate, candidatesWanted, type DisruptionBudget, dryRun, ineligible, preempt } from "../../../src/kube/scheduler/preemption";
import { DEFAULT_PROFILE } from "../../../src/kube/scheduler/profile";
import { findNodes, nodesToFind, schedulePod } from "../../../src/kube/scheduler/scheduling-cycle";
import { scoreNodes, totals } from "../../../src/kube/scheduler/scoring";
import { nodeInfos, snapshotOf } from "../../../src/kube/scheduler/snapshot";
import { imageLocality, normalizedImageName } from "../../../src/kube/scheduler/plugins/image-locality";
import { interPodAffinity } from "../../../src/kube/scheduler/plugins/inter-pod-affinity";
import { nodeAffinityPlugin, nodeAffinityStatus } from "../../../src/kube/scheduler/plugins/node-affinity";
import { nodePorts, portsFit } from "../../../src/kube/scheduler/plugins/node-ports";
import { fitStatus, insufficientResources, isFit, nodeResourcesFit } from "../../../src/kube/scheduler/plugins/node-resources-fit";
import {
  labelRequirements,
  type NodeAffinity,
  type NodeSelector,
  nodeSelectorError,
  nodeSelectorMatches,
  type NodeSelectorRequirement,
  preferredTermsScore,
  type PreferredSchedulingTerm,
  requiredNodeAffinityMatches,
} from "../../../src/kube/scheduler/plugins/node-selector";
import { podTopologySpread } from "../../../src/kube/scheduler/plugins/pod-topology-spread";
import { balancedAllocation, type ScoringStrategy, type ShapePoint, strategyErrors } from "../../../src/kube/scheduler/plugins/resource-scores";
import {
  blocksScheduling,
  nodeName,
  nodeUnschedulable,
  taintToleration,
  untoleratedTaint,
} from "../../../src/kube/scheduler/plugins/taint-toleration";
import { SYSTEM_DEFAULTS } from "../../../src/kube/scheduler/plugins/topology-constraints";
import type { Runners } from "../runner";

/** fwk.Code. */
const CODES: Readonly<Record<string, number>> = { Error: 1, Unschedulable: 2, UnschedulableAndUnresolvable: 3, Skip: 5 };
const plainStatus = (status: Status | undefined): unknown =>
  status === undefined ? null : status.reasons.length === 0 ? { code: status.code } : { code: status.code, reasons: status.reasons };

const infoOf = (node: NodeObject | null | undefined, pods: readonly Pod[] | null | undefined): NodeInfo => {
  const name = node?.metadata.name ?? "";
  return (pods ?? []).reduce(addPod, node ? withNode(emptyNodeInfo(name), node) : emptyNodeInfo(name));
};
const nodeWith = (allocatable: ResourceList, name = "node"): NodeObject =>
  ({ metadata: { name }, spec: {}, status: { allocatable, capacity: allocatable } }) as unknown as NodeObject;

/** PreFilter and Filter of one plugin on one node. */
function filterOnce(
  plugin: Plugin,
  pod: Pod,
  info: NodeInfo,
  snapshot: Snapshot,
): { pre: Status | undefined; status: Status | undefined; names?: ReadonlySet<string> } {
  const run = plugin.preFilter?.(pod, snapshot);
  if (run === undefined) return { pre: undefined, status: undefined };
  if (!("filter" in run)) return { pre: run, status: undefined };
  const result = { pre: undefined, status: run.filter(info) };
  return run.nodeNames === undefined ? result : { ...result, names: run.nodeNames };
}

interface Row {
  readonly Name: string;
  readonly Score: number;
}
const rowsOf = (infos: readonly NodeInfo[], scores: ArrayLike<number> | undefined): Row[] | null =>
  scores === undefined ? null : infos.map((info, i) => ({ Name: info.name, Score: scores[i] ?? 0 }));

function scoresOf(plugin: Plugin, pod: Pod, infos: readonly NodeInfo[], snapshot: Snapshot): Row[] | null {
  return rowsOf(infos, scoreNodes(pod, snapshot, infos, [plugin])[0]?.scores);
}

function preScoreStatus(
  plugin: Plugin,
  pod: Pod,
  infos: readonly NodeInfo[],
  snapshot: Snapshot,
): { code: string; reasons?: readonly string[] } | null {
  const run = plugin.preScore?.(pod, snapshot, infos);
  if (run === undefined) return { code: "Skip" };
  return "code" in run ? run : null;
}

interface Named {
  readonly Name: string;
  readonly Weight: number;
}
interface GoStrategy {
  readonly Type: ScoringStrategy["type"];
  readonly Resources?: readonly Named[] | null;
  readonly RequestedToCapacityRatio?: { readonly Shape?: readonly GoPoint[] } | null;
}
interface GoPoint {
  readonly Utilization: number;
  readonly Score: number;
}
const weights = (list: readonly Named[] | null | undefined): { name: string; weight: number }[] =>
  (list ?? []).map(({ Name, Weight }) => ({ name: Name, weight: Weight }));
const shapeOf = (list: readonly GoPoint[] | null | undefined): ShapePoint[] =>
  (list ?? []).map(({ Utilization, Score }) => ({ utilization: Utilization, score: Score }));

interface ScoresGiven {
  readonly nodes: readonly NodeObject[];
  readonly pods?: readonly Pod[] | null;
  readonly existingPods?: readonly Pod[] | null;
  readonly pod?: Pod;
  readonly requestedPod?: Pod;
  readonly nodeResourcesFitArgs?: { readonly ScoringStrategy: GoStrategy };
  readonly args?: { readonly Resources: readonly Named[] };
  readonly resources?: readonly Named[] | null;
  readonly shape?: readonly GoPoint[];
}
interface ScoresExpected {
  readonly expectedPriorities?: readonly Row[];
  readonly expectedScores?: readonly Row[];
  readonly expectedList?: readonly Row[] | null;
  readonly expectedScore?: number;
  readonly wantPreScoreStatusCode?: number;
  readonly wantStatusCode?: number;
  readonly wantErrs?: readonly { readonly error: string }[] | null;
}

/** The bin packing tables score extended resources by a rising shape, one alone or two with weights 3 and 5. */
const RISING: readonly ShapePoint[] = [
  { utilization: 0, score: 0 },
  { utilization: 100, score: 1 },
];

function strategyOf(given: ScoresGiven, type: ScoringStrategy["type"] | undefined): ScoringStrategy {
  const args = given.nodeResourcesFitArgs?.ScoringStrategy;
  if (args) return { type: args.Type, resources: weights(args.Resources), shape: shapeOf(args.RequestedToCapacityRatio?.Shape) };
  if (given.shape) return { type: "RequestedToCapacityRatio", resources: weights(given.resources), shape: shapeOf(given.shape) };
  if (given.resources !== undefined) return { type: type ?? "LeastAllocated", resources: weights(given.resources) };
  const extended = [...new Set(given.nodes.flatMap((node) => Object.keys(node.status?.allocatable ?? {})))].filter((name) => name.includes("/"));
  const two = extended.length > 1;
  return {
    type: "RequestedToCapacityRatio",
    resources: extended.map((name) => ({ name, weight: two ? (name.endsWith("foo") ? 3 : 5) : 1 })),
    shape: RISING,
  };
}

const sameRows = (got: readonly Row[] | null, want: readonly Row[] | null): boolean => {
  if (got === null || want === null) return got === want;
  return got.length === want.length && want.every((row) => got.some((other) => other.Name === row.Name && other.Score === row.Score));
};

/** Upstream's namespaces in these tables: `subteamN.teamM` is labelled with its team. */
function namespacesOf(pods: readonly Pod[]): Namespace[] {
  const names = new Set(["subteam1.team1", "subteam2.team1", "subteam1.team2", "subteam2.team2", ...pods.map((pod) => pod.metadata.namespace ?? "")]);
  return [...names].map((name) => {
    const team = /^subteam\d+\.(team\d+)$/.exec(name)?.[1];
    return { metadata: { name, labels: team === undefined ? {} : { team } } } as unknown as Namespace;
  });
}

interface AffinityGiven {
  readonly pod: Pod;
  readonly pods: readonly Pod[] | null;
  readonly node?: NodeObject;
  readonly nodes?: readonly NodeObject[];
  readonly hardPodAffinityWeight?: number;
  readonly ignorePreferredTermsOfExistingPods?: boolean;
}

function interPod(given: AffinityGiven): unknown {
  const nodes = given.nodes ?? (given.node ? [given.node] : []);
  const pods = given.pods ?? [];
  const infos = nodeInfos(nodes, pods);
  const snapshot = snapshotOf(infos, { namespaces: namespacesOf([given.pod, ...pods]) });
  if (given.hardPodAffinityWeight !== undefined || given.ignorePreferredTermsOfExistingPods !== undefined) {
    // The preferred table runs with the default weight of required terms, the symmetric one with its own.
    const plugin = interPodAffinity({
      hardPodAffinityWeight: given.hardPodAffinityWeight ?? 1,
      ignorePreferredTermsOfExistingPods: given.ignorePreferredTermsOfExistingPods === true,
    });
    return { expectedList: scoresOf(plugin, given.pod, infos, snapshot), wantStatus: preScoreStatus(plugin, given.pod, infos, snapshot) };
  }
  const results = infos.map((info) => filterOnce(interPodAffinity(), given.pod, info, snapshot));
  const pre = plainStatus(results[0]?.pre);
  return given.node
    ? { wantFilterStatus: plainStatus(results[0]?.status), wantPreFilterStatus: pre }
    : { wantFilterStatuses: results.map(({ status }) => plainStatus(status)), wantPreFilterStatus: pre };
}

interface NodeAffinityGiven {
  readonly args?: { readonly AddedAffinity?: NodeAffinity | null; readonly node?: NodeObject | null; readonly nodeSelector?: NodeSelector | null };
  readonly labels?: Readonly<Record<string, string>> | null;
  readonly nodeName?: string;
  readonly pod?: Pod;
  readonly nodes?: readonly NodeObject[];
  readonly node?: NodeObject | null;
  readonly nodeSelector?: NodeSelector;
  readonly prefSchedTerms?: readonly PreferredSchedulingTerm[];
  readonly in?: readonly NodeSelectorRequirement[] | null;
  readonly runPreFilter?: boolean;
}

function nodeAffinity(given: NodeAffinityGiven): unknown {
  const { args, pod } = given;
  if (args && "nodeSelector" in args) return { want: nodeSelectorMatches(args.nodeSelector, args.node).matches };
  if (given.nodeSelector !== undefined) {
    const error = nodeSelectorError(given.nodeSelector);
    return {
      wantErr: error === undefined ? null : { error },
      wantMatch: error === undefined && nodeSelectorMatches(given.nodeSelector, given.node).matches,
    };
  }
  if (given.prefSchedTerms !== undefined) {
    const { score, error } = preferredTermsScore(given.prefSchedTerms, given.node);
    return { wantErr: error === undefined ? null : { error }, wantScore: score };
  }
  if ("in" in given) {
    const { requirements, errors } = labelRequirements(given.in ?? [], "");
    return {
      out: (given.in ?? []).length === 0 ? null : requirements.map(({ key, operator, values }) => ({ key, operator, strValues: values })),
      wantErr: errors.length === 0 ? null : { error: errors.length === 1 ? errors[0] : `[${errors.join(", ")}]` },
    };
  }
  if (pod === undefined) throw new Error("no pod");
  const plugin = nodeAffinityPlugin(args?.AddedAffinity ?? undefined);
  if (given.nodes) {
    const infos = nodeInfos(given.nodes, []);
    const status = preScoreStatus(plugin, pod, infos, snapshotOf(infos));
    return { expectedList: scoresOf(plugin, pod, infos, snapshotOf(infos)), wantPreScoreStatus: status === null ? null : { code: status.code } };
  }
  const node = { metadata: { name: given.nodeName ?? "", labels: given.labels ?? {} }, spec: {} } as unknown as NodeObject;
  if (!args) return { want: requiredNodeAffinityMatches(pod.spec, node) };
  const info = infoOf(node, []);
  const { pre, names } = filterOnce(plugin, pod, info, snapshotOf([info]));
  return {
    wantPreFilterResult: names === undefined ? null : { NodeNames: Object.fromEntries([...names].map((name) => [name, {}])) },
    wantPreFilterStatus: plainStatus(pre),
    // Upstream's table asks the filter even when the preparation refused.
    wantStatus: plainStatus(nodeAffinityStatus(pod, node, args.AddedAffinity ?? undefined)),
  };
}

interface SpreadGiven {
  readonly pod: Pod;
  readonly nodes: readonly NodeObject[];
  readonly failedNodes?: readonly NodeObject[] | null;
  readonly existingPods: readonly Pod[] | null;
  readonly objs?: readonly KubeObject[] | null;
  readonly enableMatchLabelKeys?: boolean;
}

/** With the feature off the API server drops the field. */
const withoutMatchLabelKeys = (pod: Pod): Pod => ({
  ...pod,
  spec: { ...pod.spec, topologySpreadConstraints: (pod.spec.topologySpreadConstraints ?? []).map(({ matchLabelKeys: _off, ...rest }) => rest) },
});

function spread(given: SpreadGiven): unknown {
  const infos = nodeInfos([...given.nodes, ...(given.failedNodes ?? [])], given.existingPods ?? []);
  const objects = given.objs ?? [];
  const snapshot = snapshotOf(infos, {
    services: objects.filter(
      (object) => "selector" in ((object as { spec?: object }).spec ?? {}) && !("template" in ((object as { spec?: object }).spec ?? {})),
    ),
    replicaSets: objects.filter((object) => "template" in ((object as { spec?: object }).spec ?? {})),
  });
  const plugin = podTopologySpread(SYSTEM_DEFAULTS);
  const pod = given.enableMatchLabelKeys === false ? withoutMatchLabelKeys(given.pod) : given.pod;
  if (given.failedNodes !== undefined) {
    const candidates = infos.slice(0, given.nodes.length);
    return { want: scoresOf(plugin, pod, candidates, snapshot) };
  }
  return {
    wantStatusCode: Object.fromEntries(
      infos.map((info) => {
        const { status } = filterOnce(plugin, pod, info, snapshot);
        return [info.name, status === undefined ? 0 : CODES[status.code]];
      }),
    ),
  };
}

interface PreemptionGiven {
  readonly nodeNames?: readonly string[];
  readonly nodes?: readonly string[];
  readonly nodeCapacityEach?: ResourceList;
  readonly pod?: Pod;
  readonly pods?: readonly Pod[] | null;
  readonly initPods?: readonly Pod[];
  readonly testPods?: readonly Pod[];
  readonly pdbs?: readonly DisruptionBudget[];
  readonly nominatedNodeStatus?: Status | null;
  readonly filterPlugins?: readonly string[];
}
interface PlainCandidate {
  readonly node: string;
  readonly victims: readonly string[];
  readonly pdbViolations: number;
}

const ROOMY: ResourceList = { pods: "32" };

function clusterOf(given: PreemptionGiven): { infos: NodeInfo[]; snapshot: Snapshot } {
  const nodes = (given.nodeNames ?? given.nodes ?? []).map((name) => nodeWith({ ...ROOMY, ...given.nodeCapacityEach }, name));
  const infos = nodeInfos(nodes, given.initPods ?? given.pods ?? []);
  return { infos, snapshot: snapshotOf(infos) };
}

/** Upstream's start times differ by nanoseconds, which the tables lost: Pods that look the same but for their names stand for each other. */
function looks(given: PreemptionGiven, name: string): string {
  const pod = (given.initPods ?? []).find((other) => other.metadata.name === name);
  const budgeted = (given.pdbs ?? []).length > 0;
  return pod === undefined || budgeted ? name : JSON.stringify(sorted([pod.metadata.labels ?? {}, pod.spec, pod.status ?? {}]));
}

function candidatesFor(given: PreemptionGiven, pod: Pod, offset: number, wanted: number | undefined): PlainCandidate[] {
  const { snapshot } = clusterOf(given);
  const options = { plugins: DEFAULT_PROFILE };
  const { diagnosis } = findNodes(pod, snapshot, options);
  const helpful = snapshot.all().filter((info) => diagnosis.statuses.get(info.name)?.code === "Unschedulable");
  const { candidates } = dryRun(pod, helpful, snapshot, options, given.pdbs ?? [], offset, wanted ?? candidatesWanted(helpful.length));
  return candidates
    .map(({ node, victims, violations }) => ({
      node,
      victims: victims.map((victim) => looks(given, victim.metadata.name)).sort(),
      pdbViolations: violations,
    }))
    .sort((a, b) => (a.node < b.node ? -1 : 1));
}

function preemption(given: PreemptionGiven): unknown {
  const { snapshot } = clusterOf(given);
  if (given.testPods !== undefined) return { candidates: given.testPods.map((pod) => candidatesFor(given, pod, 0, undefined)) };
  const pod = given.pod as Pod;
  if ("nominatedNodeStatus" in given) return { expected: ineligible(pod, snapshot, given.nominatedNodeStatus ?? undefined) === undefined };
  const options = { plugins: DEFAULT_PROFILE };
  const { diagnosis } = findNodes(pod, snapshot, options);
  const helpful = snapshot.all().filter((info) => diagnosis.statuses.get(info.name)?.code === "Unschedulable");
  const { candidates } = dryRun(pod, helpful, snapshot, options, given.pdbs ?? [], 0, helpful.length);
  return { expected: bestCandidate(candidates)?.node };
}

/** Upstream draws the offset and sets the number wanted in the test's arguments; neither is given, so any that explains the answer will do. */
function samePreemption(
  got: unknown,
  expected: { expected?: unknown; candidates?: readonly (readonly PlainCandidate[])[] },
  given: PreemptionGiven,
): boolean {
  if (expected.candidates === undefined) {
    const mine = (got as { expected: unknown }).expected;
    return Array.isArray(expected.expected) ? expected.expected.includes(mine) : expected.expected === mine;
  }
  const nodes = given.nodeNames?.length ?? 1;
  return expected.candidates.every((want, i) => {
    const pod = given.testPods?.[i] as Pod;
    const text = JSON.stringify(
      want
        .map(({ node, victims, pdbViolations }) => ({ node, victims: victims.map((name) => looks(given, name)).sort(), pdbViolations }))
        .sort((a, b) => (a.node < b.node ? -1 : 1)),
    );
    if (JSON.stringify(candidatesFor(given, pod, 0, undefined)) === text) return true;
    for (let wanted = 1; wanted <= nodes; wanted++)
      for (let offset = 0; offset < nodes; offset++) if (JSON.stringify(candidatesFor(given, pod, offset, wanted)) === text) return true;
    return false;
  });
}

/** Priority classes of the live cases. */
const CLASSES: Readonly<Record<string, { value: number; never?: boolean }>> = {
  low: { value: 100 },
  mid: { value: 1000 },
  high: { value: 10_000 },
  nonpre: { value: 10_000, never: true },
};

/** What the API server's admission and defaulting would have made of a Pod. */
function admitted(pod: Pod, i: number): Pod {
  const known = CLASSES[pod.spec.priorityClassName ?? ""];
  const withRequests = (pod.spec.containers ?? []).map((container) => {
    const { requests, limits } = container.resources ?? {};
    return { ...container, resources: { ...container.resources, requests: { ...limits, ...requests } } };
  });
  const spec = {
    ...pod.spec,
    containers: withRequests,
    priority: pod.spec.priority ?? known?.value ?? 0,
    ...(known?.never === true ? { preemptionPolicy: "Never" } : {}),
  };
  return { ...pod, metadata: { ...pod.metadata, namespace: pod.metadata.namespace ?? "default", uid: pod.metadata.uid ?? `uid-${i}` }, spec };
}

interface LiveGiven {
  readonly nodes: readonly NodeObject[];
  readonly pods: readonly Pod[];
  readonly pod: Pod;
}

function live(given: LiveGiven): Record<string, unknown> {
  const pod = admitted(given.pod, 0);
  if (gatedStatus(pod) !== undefined) return { scheduled: false, condition: SCHEDULING_GATED };
  if (given.nodes.length === 0) return { scheduled: false, condition: unschedulableCondition(NO_NODES) };
  const infos = nodeInfos(
    given.nodes,
    given.pods.map((other, i) => admitted(other, i + 1)),
  );
  const snapshot = snapshotOf(infos, { namespaces: [{ metadata: { name: "default", labels: {} } } as unknown as Namespace] });
  const options = { plugins: DEFAULT_PROFILE };
  const result = schedulePod(pod, snapshot, options);
  if (result.node !== undefined) return { scheduled: true, node: result.node };
  const outcome = preempt(pod, snapshot, result.diagnosis, options);
  const message = fitErrorMessage("message" in outcome ? { ...result.diagnosis, postFilterMessage: outcome.message } : result.diagnosis);
  return {
    scheduled: false,
    condition: unschedulableCondition(message),
    nominatedNodeName: "candidate" in outcome ? outcome.candidate.node : null,
    victims: "candidate" in outcome ? outcome.candidate.victims.map((victim) => victim.metadata.name).sort() : [],
  };
}

interface FitGiven {
  readonly nodeAllocatable?: ResourceList;
  readonly podsOnNode?: readonly Pod[] | null;
  readonly pod: Pod;
  readonly node?: NodeObject | null;
  readonly args?: { readonly IgnoredResources?: readonly string[]; readonly IgnoredResourceGroups?: readonly string[] };
}

function fit(given: FitGiven): unknown {
  if ("node" in given) return { expected: isFit(given.pod, given.node) };
  const args = { ignoredResources: given.args?.IgnoredResources ?? [], ignoredResourceGroups: given.args?.IgnoredResourceGroups ?? [] };
  const info = infoOf(nodeWith(given.nodeAllocatable ?? {}), given.podsOnNode);
  if (given.podsOnNode === undefined) {
    const { pre, status } = filterOnce(nodeResourcesFit(args), given.pod, info, snapshotOf([info]));
    return { wantFilterStatus: plainStatus(status), wantPreFilterStatus: plainStatus(pre) };
  }
  const short = insufficientResources(podAmounts(given.pod), info, args);
  const { status } = filterOnce(nodeResourcesFit(args), given.pod, info, snapshotOf([info]));
  if (JSON.stringify(status) !== JSON.stringify(fitStatus(short))) throw new Error("the filter's short cut disagrees with the rule");
  return {
    status: plainStatus(status),
    insufficient: short.map(({ capacity, reason, requested, resource, unresolvable, used }) => ({
      Capacity: capacity,
      Reason: reason,
      Requested: requested,
      ResourceName: resource,
      Unresolvable: unresolvable,
      Used: used,
    })),
  };
}

function misc(given: Readonly<Record<string, unknown>>): unknown {
  if ("scores" in given) {
    const scores = [...((given["scores"] as number[] | null) ?? [])];
    defaultNormalize(scores, given["reverse"] === true);
    return { expectedScores: scores };
  }
  if ("numAllNodes" in given) {
    const own = given["profilePercentage"] as number | null;
    return { wantNumNodes: nodesToFind(given["numAllNodes"] as number, own ?? (given["globalPercentage"] as number)) };
  }
  if ("Input" in given) return { Output: normalizedImageName(given["Input"] as string) };
  if ("p1" in given) {
    const queued = (row: { priority?: number; queuedAt: string }): { priority: number; queuedAt: number } => ({
      priority: row.priority ?? 0,
      queuedAt: parseTime(row.queuedAt) ?? 0,
    });
    return { p1First: triedBefore(queued(given["p1"] as never), queued(given["p2"] as never)) };
  }
  const pod = given["pod"] as Pod;
  if ("nodes" in given) {
    const infos = nodeInfos(given["nodes"] as NodeObject[], (given["pods"] as Pod[] | null) ?? []);
    return { expectedList: scoresOf(imageLocality, pod, infos, snapshotOf(infos)) };
  }
  if ("node" in given) {
    const info = infoOf(given["node"] as NodeObject | null, []);
    const snapshot = snapshotOf([info]);
    return { wantStatus: plainStatus(filterOnce(nodeUnschedulable, pod, info, snapshot).status ?? filterOnce(nodeName, pod, info, snapshot).status) };
  }
  return { want: plainStatus(gatedStatus(pod)), expectedPriority: podPriority(pod) };
}

/** What `expect` speaks of must be as it says. */
function covers(got: unknown, expected: unknown): boolean {
  const mine = got as Readonly<Record<string, unknown>>;
  return Object.entries(expected as Readonly<Record<string, unknown>>).every(
    ([key, value]) => JSON.stringify(sorted(mine[key] ?? null)) === JSON.stringify(sorted(value)),
  );
}
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}

export const runners: Runners = {
  "sched-fit": { run: fit, same: covers },
  "sched-fiterror": {
    run: ({ diagnosis, numAllNodes }: { diagnosis: GoDiagnosis; numAllNodes: number }) => ({
      wantReasonMsg: fitErrorMessage({
        nodeCount: numAllNodes,
        statuses: new Map(
          Object.entries(diagnosis.NodeToStatus?.nodeToStatus ?? {}).map(([node, { code, reasons }]) => [node, { code, reasons: reasons ?? [] }]),
        ),
        absent: { code: "UnschedulableAndUnresolvable", reasons: diagnosis.NodeToStatus?.absentNodesStatus?.reasons ?? [] },
        preFilterMessage: diagnosis.PreFilterMsg,
        postFilterMessage: diagnosis.PostFilterMsg,
      }),
    }),
  },
  "sched-interpodaffinity": {
    run: interPod,
    same: (got, expected: { expectedList?: readonly Row[] | null; wantStatus?: Status | null }) => {
      if (!("expectedList" in expected)) return covers(got, expected);
      const mine = got as { expectedList: Row[] | null; wantStatus: Status | null };
      // Upstream looks for a part of the error's text.
      const status =
        expected.wantStatus?.code === "Error"
          ? mine.wantStatus?.code === "Error" && expected.wantStatus.reasons.every((reason) => mine.wantStatus?.reasons[0]?.includes(reason))
          : mine.wantStatus?.code === expected.wantStatus?.code;
      return status && sameRows(mine.expectedList, expected.expectedList ?? null);
    },
  },
  "sched-misc": { run: misc, same: covers },
  "sched-nodeaffinity": {
    run: nodeAffinity,
    // Upstream compares errors without the value they complain about.
    same: (got, expected) => covers(withoutValues(got), withoutValues(expected)),
  },
  "sched-nodeports": {
    run: (given: { nodeInfo?: { node: NodeObject | null; pods: Pod[] }; existing?: { node: NodeObject | null; pods: Pod[] }; pod: Pod }) => {
      if (given.existing) return { expect: portsFit(hostPorts(given.pod), infoOf(given.existing.node, given.existing.pods).withPorts) };
      const info = infoOf(given.nodeInfo?.node, given.nodeInfo?.pods);
      const { pre, status } = filterOnce(nodePorts, given.pod, info, snapshotOf([info]));
      return { wantFilterStatus: plainStatus(status), wantPreFilterStatus: plainStatus(pre) };
    },
  },
  "sched-preemption": { run: preemption, same: samePreemption },
  "sched-resource-scores": {
    run: (given: ScoresGiven) => given,
    same: (_got, expected: ScoresExpected, given: ScoresGiven) => sameScores(expected, given),
  },
  "sched-taints": {
    run: (given: { nodes?: NodeObject[]; node?: NodeObject; pod: Pod; taints?: Taint[]; tolerations?: Toleration[]; applyFilter?: boolean }) => {
      if (given.pod === undefined) {
        const counts = given.applyFilter === true ? blocksScheduling : undefined;
        return { expectError: false, expectTolerated: untoleratedTaint(given.taints, given.tolerations, counts) === undefined };
      }
      if (given.nodes) {
        const infos = nodeInfos(given.nodes, []);
        return { expectedList: scoresOf(taintToleration, given.pod, infos, snapshotOf(infos)) };
      }
      const info = infoOf(given.node, []);
      return { wantStatus: plainStatus(filterOnce(taintToleration, given.pod, info, snapshotOf([info])).status) };
    },
    same: covers,
  },
  "sched-topologyspread": {
    run: spread,
    same: (got, expected: { want?: readonly Row[] | null }) =>
      "want" in expected ? sameRows((got as { want: Row[] | null }).want, expected.want ?? null) : covers(got, expected),
  },
  "scheduler-live": { run: live, same: covers },
  "scheduler-live-preemption": { run: live, same: covers },
};

interface GoDiagnosis {
  readonly NodeToStatus?: { readonly absentNodesStatus?: { readonly reasons?: string[] }; readonly nodeToStatus?: Readonly<Record<string, Status>> };
  readonly PreFilterMsg: string;
  readonly PostFilterMsg: string;
}

const withoutValues = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value ?? null).replace(/Invalid value: (null|\\"(?:[^"\\]|\\\\.)*\\"|\[[^\]]*\]): /g, "Invalid value: "));

function sameScores(expected: ScoresExpected, given: ScoresGiven): boolean {
  const pod = (given.pod ?? given.requestedPod) as Pod;
  const infos = nodeInfos(given.nodes, given.pods ?? given.existingPods ?? []);
  const snapshot = snapshotOf(infos);
  if (expected.expectedScore !== undefined) {
    const sums = totals(infos.length, scoreNodes(pod, snapshot, infos, [nodeResourcesFit(), balancedAllocation(), podTopologySpread()]));
    return sums.every((sum) => sum === expected.expectedScore);
  }
  if (expected.wantPreScoreStatusCode !== undefined) {
    const rows = scoresOf(balancedAllocation(weights(given.args?.Resources)), pod, infos, snapshot);
    return (rows === null) === (expected.wantPreScoreStatusCode === 5) && sameRows(rows, expected.expectedList ?? null);
  }
  if (expected.wantErrs) {
    const errors = strategyErrors(strategyOf(given, undefined)).map((error) => error.replace(/Invalid value: .*$/, "Invalid value: null"));
    return JSON.stringify(errors) === JSON.stringify(expected.wantErrs.map(({ error }) => error));
  }
  const want = expected.expectedPriorities ?? expected.expectedScores ?? [];
  // The tables of least and most allocated have the same columns: one of the two strategies must explain every row.
  const types: readonly ScoringStrategy["type"][] = ["LeastAllocated", "MostAllocated"];
  return types.some((type) => sameRows(scoresOf(nodeResourcesFit({ strategy: strategyOf(given, type) }), pod, infos, snapshot), want));
}
