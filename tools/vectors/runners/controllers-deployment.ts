/** Vector suites of the Deployment controller and of kubectl's rollout status. Each runner builds the objects and asks the rules. */
import { daemonSetRolloutStatus, deploymentRolloutStatus, type RolloutStatus, statefulSetRolloutStatus } from "../../../src/kube/apis/rollout-status";
import { parseTime } from "../../../src/kube/apis/time";
import type { Condition, Deployment, IntOrString, Pod, PodTemplateSpec, ReplicaSet, StringMap } from "../../../src/kube/apis/objects";
import { maxUnavailable, replicasOf, resolveFenceposts } from "../../../src/kube/controllers/deployment/fenceposts";
import { setsToCleanUp } from "../../../src/kube/controllers/deployment/history";
import { equalIgnoreHash, findNewReplicaSet, findOldReplicaSets, replicaSetName } from "../../../src/kube/controllers/deployment/pod-template";
import { oldPodsRunning } from "../../../src/kube/controllers/deployment/recreate";
import { actualReplicaCount, replicaCount, terminatingReplicaCount } from "../../../src/kube/controllers/deployment/replica-counts";
import {
  nonNegativeFromAnnotation,
  replicasAnnotationsNeedUpdate,
  withReplicasAnnotations,
} from "../../../src/kube/controllers/deployment/revisions";
import {
  cleanupUnhealthy,
  newReplicaSetSize,
  reconcileNew,
  reconcileOld,
  resized,
  scaleDownOld,
} from "../../../src/kube/controllers/deployment/rolling";
import { replicaSetFraction, scale } from "../../../src/kube/controllers/deployment/scale";
import { deploymentComplete, deploymentProgressing, rolloutStatus, type DeploymentStatus } from "../../../src/kube/controllers/deployment/status";
import type { Runners } from "../runner";

const NO_TEMPLATE: PodTemplateSpec = { spec: { containers: [] } };
const meta = (name: string, createdAt = "2026-01-01T00:00:00Z", annotations: StringMap | null = {}): Deployment["metadata"] => ({
  name,
  namespace: "default",
  uid: name,
  resourceVersion: "1",
  creationTimestamp: createdAt,
  annotations: annotations ?? {},
});
interface Rolling {
  readonly replicas: number;
  readonly maxSurge?: IntOrString;
  readonly maxUnavailable?: IntOrString;
}
const deployment = ({ replicas, maxSurge, maxUnavailable: most }: Rolling, type = "RollingUpdate"): Deployment => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: meta("foo"),
  spec: { replicas, selector: {}, template: NO_TEMPLATE, strategy: { type, rollingUpdate: { maxSurge: maxSurge ?? 0, maxUnavailable: most ?? 0 } } },
});
const set = (name: string, replicas: number, available = 0, createdAt?: string, annotations?: StringMap | null): ReplicaSet => ({
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  metadata: meta(name, createdAt, annotations),
  spec: { replicas, selector: {}, template: NO_TEMPLATE },
  status: { replicas, availableReplicas: available },
});
const sizes = (sets: readonly ReplicaSet[]): Record<string, number> => Object.fromEntries(sets.map((item) => [item.metadata.name, replicasOf(item)]));
const nowOf = (given: { readonly now?: string }): number => parseTime(given.now ?? "") ?? 0;

interface SetGiven {
  readonly name: string;
  readonly replicas: number;
  readonly available?: number;
  readonly createdAt?: string;
  readonly annotations?: StringMap;
}
const setOf = (given: SetGiven): ReplicaSet => set(given.name, given.replicas, given.available ?? 0, given.createdAt, given.annotations);

function syncRolloutStatus(given: { allRSs: readonly ReplicaSet[] | null; newRS: ReplicaSet | null; d: Deployment; now?: string }): unknown {
  const current = given.newRS ?? undefined;
  const all = [...(given.allRSs ?? []), ...(current === undefined ? [] : [current])];
  return rolloutStatus(all, current, given.d, nowOf(given)).conditions ?? [];
}

type ConditionExpected = { readonly conditionType: string; readonly conditionStatus: string; readonly conditionReason: string };
function hasCondition(got: unknown, expected: ConditionExpected): boolean {
  return (got as readonly Condition[]).some(
    ({ type, status, reason }) => type === expected.conditionType && status === expected.conditionStatus && reason === expected.conditionReason,
  );
}

/** One Deployment rolled from old to new by the two moves, with readiness as the case says. */
function rolloutTrace(given: Rolling & { readonly readiness: string }): unknown {
  const target = deployment(given);
  let current = set("new", 0, 0, "2026-01-01T00:00:02Z");
  let old = set("old", given.replicas, given.replicas, "2026-01-01T00:00:01Z");
  const steps: unknown[] = [];
  // Pods of a set that shrinks go at once; the status seen in a step is still the one before it.
  const settle = (item: ReplicaSet): ReplicaSet => ({
    ...item,
    status: { replicas: replicasOf(item), availableReplicas: Math.min(item.status?.availableReplicas ?? 0, replicasOf(item)) },
  });
  const record = (scaled: string): void => {
    steps.push({
      new: replicasOf(current),
      newAvailable: current.status?.availableReplicas ?? 0,
      old: replicasOf(old),
      oldAvailable: old.status?.availableReplicas ?? 0,
      scaled,
    });
    [current, old] = [settle(current), settle(old)];
  };
  for (let round = 0; round < 1000; round++) {
    const up = reconcileNew(target, [old, current], current);
    if (up.length > 0) {
      current = resized([current], up)[0] ?? current;
      record("new");
      continue;
    }
    const down = reconcileOld(target, [old, current], [old], current);
    if (down.scaled) {
      old = resized([old], down.resizes)[0] ?? old;
      record("old");
      continue;
    }
    const available = current.status?.availableReplicas ?? 0;
    const waiting = replicasOf(current) - available;
    const ready = given.readiness === "all-ready" ? waiting : given.readiness === "one-ready-per-tick" ? Math.min(1, waiting) : 0;
    if (ready === 0) break;
    current = { ...current, status: { replicas: replicasOf(current), availableReplicas: available + ready } };
  }
  const complete = replicasOf(current) === given.replicas && replicasOf(old) === 0 && (current.status?.availableReplicas ?? 0) === given.replicas;
  return { complete, finalNew: replicasOf(current), finalOld: replicasOf(old), steps };
}

interface UpstreamRolling {
  readonly deploymentReplicas?: number;
  readonly maxSurge?: IntOrString;
  readonly maxUnavailable?: IntOrString;
  readonly oldReplicas: number;
  readonly newReplicas?: number;
  readonly readyPods?: number;
  readonly readyPodsFromOldRS?: number;
  readonly readyPodsFromNewRS?: number;
  readonly maxCleanupCount?: number;
}
function upstreamRolling(given: UpstreamRolling): unknown {
  const target = deployment({ replicas: given.deploymentReplicas ?? 10, maxSurge: given.maxSurge, maxUnavailable: given.maxUnavailable });
  if (given.maxCleanupCount !== undefined)
    return { cleanupCountExpected: cleanupUnhealthy([set("foo-v2", given.oldReplicas, given.readyPods)], given.maxCleanupCount).count };
  const current = set("foo-v2", given.newReplicas ?? 0, given.readyPodsFromNewRS ?? 0);
  const old = set("foo-v1", given.oldReplicas, given.readyPodsFromOldRS ?? given.readyPods ?? 0);
  if (given.readyPods !== undefined) {
    const { resizes, count } = scaleDownOld(target, [old], [old]);
    return { scaleExpected: count > 0, expectedOldReplicas: resizes[0]?.replicas };
  }
  if (given.readyPodsFromOldRS !== undefined) {
    const { resizes, scaled } = reconcileOld(target, [old, current], [old], current);
    return { scaleExpected: scaled, expectedOldReplicas: resizes[0]?.replicas };
  }
  const up = reconcileNew(target, [old, current], current);
  return { scaleExpected: up.length > 0, expectedNewReplicas: up[0]?.replicas };
}

interface Scale {
  readonly deployment: Deployment;
  readonly oldDeployment: Deployment;
  readonly desiredReplicasAnnotations: Readonly<Record<string, number>> | null;
  readonly newRS: ReplicaSet | null;
  readonly oldRSs: readonly ReplicaSet[] | null;
}
function upstreamScale({ deployment: target, oldDeployment, desiredReplicasAnnotations, newRS, oldRSs }: Scale): unknown {
  // The upstream test writes the sizes of the Deployment before the change on each set.
  const annotated = (item: ReplicaSet): ReplicaSet => {
    const replicas = desiredReplicasAnnotations?.[item.metadata.name] ?? replicasOf(oldDeployment);
    return withReplicasAnnotations(item, { ...oldDeployment, spec: { ...oldDeployment.spec, replicas } });
  };
  const current = newRS === null ? undefined : annotated(newRS);
  const old = (oldRSs ?? []).map(annotated);
  const resizes = scale(target, current, old);
  const shape = (item: ReplicaSet): unknown => ({ name: item.metadata.name, replicas: replicasOf(item) });
  return { new: current === undefined ? null : resized([current], resizes).map(shape)[0], old: resized(old, resizes).map(shape) };
}

interface Util {
  readonly deployment?: Deployment;
  readonly rsList?: readonly ReplicaSet[];
  readonly sets?: readonly ReplicaSet[];
  readonly annotations?: StringMap;
  readonly replicaSet?: ReplicaSet;
  readonly former?: PodTemplateSpec;
  readonly latter?: PodTemplateSpec;
  readonly rsReplicas?: number;
  readonly rsAnnotations?: StringMap | null;
  readonly deploymentReplicas?: number;
  readonly deploymentMaxSurge?: IntOrString;
  readonly deploymentStatusReplicas?: number;
  readonly depReplicas?: number;
  readonly newRSReplicas?: number;
  readonly maxSurge?: IntOrString;
  readonly strategyType?: string;
}
function util(given: Util): unknown {
  if (given.deployment !== undefined && given.rsList !== undefined) {
    const { all, required } = findOldReplicaSets(given.deployment, given.rsList);
    return { current: findNewReplicaSet(given.deployment, given.rsList) ?? null, all, required };
  }
  if (given.sets !== undefined)
    return {
      expectedCount: replicaCount(given.sets),
      expectedActual: actualReplicaCount(given.sets),
      expectedTerminating: terminatingReplicaCount(given.sets) ?? null,
    };
  if (given.deployment !== undefined) return { expected: maxUnavailable(given.deployment) };
  if (given.annotations !== undefined) {
    const number = nonNegativeFromAnnotation({ metadata: { annotations: given.annotations } }, "test");
    return { expectedErr: number.valid ? "" : (number.error ?? ""), expectedValid: number.valid, expectedValue: number.value };
  }
  if (given.replicaSet !== undefined) return { expected: replicasAnnotationsNeedUpdate(given.replicaSet, 10, 20) };
  if (given.former !== undefined && given.latter !== undefined) return { expected: equalIgnoreHash(given.former, given.latter) };
  if (given.rsReplicas !== undefined) {
    const target = deployment({ replicas: given.deploymentReplicas ?? 0, maxSurge: given.deploymentMaxSurge });
    const item = set("rs", given.rsReplicas, 0, undefined, given.rsAnnotations);
    return { expectedFraction: replicaSetFraction(item, { ...target, status: { replicas: given.deploymentStatusReplicas } }) };
  }
  const current = set("new", given.newRSReplicas ?? 0);
  return {
    expected: newReplicaSetSize(deployment({ replicas: given.depReplicas ?? 0, maxSurge: given.maxSurge }, given.strategyType), [current], current),
  };
}

/** The upstream tests compare lists of sets without order, and errors by a part of their text. */
function sameUtil(got: unknown, expected: Readonly<Record<string, unknown>>): boolean {
  const answer = got as { current?: unknown; all?: readonly ReplicaSet[]; required?: readonly ReplicaSet[]; expectedErr?: string };
  const names = (sets: unknown): string => JSON.stringify(((sets ?? []) as readonly ReplicaSet[]).map((item) => item.metadata.uid).sort());
  if (answer.all !== undefined) {
    if ("expectedRequire" in expected)
      return names(answer.all) === names(expected["expected"]) && names(answer.required) === names(expected["expectedRequire"]);
    return (answer.current as ReplicaSet | null)?.metadata.uid === (expected["expected"] as ReplicaSet | null)?.metadata.uid;
  }
  if (answer.expectedErr !== undefined) {
    const text = String(expected["expectedErr"] ?? "");
    const sameError = text === "" ? answer.expectedErr === "" : answer.expectedErr.includes(text);
    return sameError && sameUtil({ ...answer, expectedErr: undefined }, { ...expected, expectedErr: undefined });
  }
  return Object.entries(expected).every(
    ([key, value]) => value === undefined || JSON.stringify((got as Record<string, unknown>)[key]) === JSON.stringify(value),
  );
}

function viewer(given: { generation: number; specReplicas?: number; status: unknown; strategy?: unknown }): RolloutStatus {
  const metadata = { ...meta("foo"), generation: given.generation };
  const status = given.status as never;
  if (given.strategy !== undefined)
    return statefulSetRolloutStatus({
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata,
      spec: { replicas: 3, updateStrategy: given.strategy as never },
      status,
    });
  if (given.specReplicas !== undefined)
    return deploymentRolloutStatus({ ...deployment({ replicas: given.specReplicas }), metadata, status: given.status as DeploymentStatus });
  return daemonSetRolloutStatus({ apiVersion: "apps/v1", kind: "DaemonSet", metadata, spec: {}, status });
}

export const runners: Runners = {
  "deployment-fenceposts": {
    run: (given: { maxSurge: IntOrString; maxUnavailable: IntOrString; desired: number }) =>
      resolveFenceposts(given.maxSurge, given.maxUnavailable, given.desired),
    same: (got, expected: Readonly<Record<string, unknown>>) => {
      const answer = got as Readonly<Record<string, unknown>>;
      if ("expectError" in expected)
        return expected["expectError"] === true
          ? "error" in answer
          : answer["surge"] === expected["expectSurge"] && answer["unavailable"] === expected["expectUnavailable"];
      return JSON.stringify(Object.entries(answer).sort()) === JSON.stringify(Object.entries(expected).sort());
    },
  },
  "deployment-names": { run: (given: { deploymentName: string; hash: string }) => ({ want: replicaSetName(given.deploymentName, given.hash) }) },
  "deployment-new-rs-size": {
    run: (given: Rolling & { newReplicas: number; oldReplicas: number }) => {
      const current = set("new", given.newReplicas);
      const resizes = reconcileNew(deployment(given), [set("old", given.oldReplicas), current], current);
      return { newReplicas: resizes[0]?.replicas ?? given.newReplicas, scaled: resizes.length > 0 };
    },
  },
  "deployment-proportional": {
    run: (given: Rolling & { newRS: string | null; replicaSets: readonly SetGiven[] }) => {
      const sets = given.replicaSets.map(setOf);
      const current = sets.find((item) => item.metadata.name === given.newRS);
      const old = sets.filter((item) => item !== current);
      return { replicas: sizes(resized(sets, scale(deployment(given), current, old))) };
    },
  },
  "deployment-scale-down-old": {
    run: (given: Rolling & { newRS: { replicas: number; available: number }; oldRSs: readonly SetGiven[] }) => {
      const old = given.oldRSs.map(setOf);
      const current = set("new", given.newRS.replicas, given.newRS.available, "2026-01-01T00:01:00Z");
      const { resizes, scaled } = reconcileOld(deployment(given), [...old, current], old, current);
      return { oldReplicas: sizes(resized(old, resizes)), scaled };
    },
  },
  "deployment-rollout-trace": { run: rolloutTrace },
  "deployment-upstream-rolling": {
    run: upstreamRolling,
    // Where no scaling is expected, the table's sizes are not looked at upstream.
    same: (got, expected: Readonly<Record<string, unknown>>) => {
      const answer = got as Readonly<Record<string, unknown>>;
      if (expected["scaleExpected"] === false) return answer["scaleExpected"] === false;
      return Object.entries(expected).every(([key, value]) => answer[key] === value);
    },
  },
  "deployment-upstream-scale": { run: upstreamScale },
  "deployment-recreate": {
    run: (given: { newRS: ReplicaSet | null; oldRSs: readonly ReplicaSet[] | null; podMap: Readonly<Record<string, readonly Pod[]>> | null }) => ({
      hasOldPodsRunning: oldPodsRunning(given.newRS ?? undefined, given.oldRSs ?? [], new Map(Object.entries(given.podMap ?? {}))),
    }),
  },
  "deployment-revision-history": {
    run: (given: { oldRSs: readonly ReplicaSet[]; revisionHistoryLimit: number }) => {
      const base = deployment({ replicas: 1 });
      return setsToCleanUp({ ...base, spec: { ...base.spec, revisionHistoryLimit: given.revisionHistoryLimit } }, given.oldRSs).map(
        (item) => item.metadata.name,
      );
    },
    same: (got, expected: { expectedDeletions?: number; expectedDeletedRSs?: Readonly<Record<string, unknown>> | null }) => {
      const names = got as readonly string[];
      if (expected.expectedDeletions !== undefined) return names.length === expected.expectedDeletions;
      return JSON.stringify([...names].sort()) === JSON.stringify(Object.keys(expected.expectedDeletedRSs ?? {}).sort());
    },
  },
  "deployment-conditions": {
    run: (given: { d: Deployment; newStatus?: DeploymentStatus; allRSs?: readonly ReplicaSet[] | null; newRS?: ReplicaSet | null; now?: string }) => {
      if (given.newStatus !== undefined) return { expected: deploymentProgressing(given.d, given.newStatus) };
      if (given.allRSs === undefined) return { expected: deploymentComplete(given.d, given.d.status ?? {}) };
      return syncRolloutStatus({ ...given, allRSs: given.allRSs, newRS: given.newRS ?? null });
    },
    same: (got, expected: ConditionExpected | { expected: boolean }) =>
      "expected" in expected ? (got as { expected: boolean }).expected === expected.expected : hasCondition(got, expected),
  },
  "deployment-util": { run: util, same: sameUtil },
  "rollout-status": {
    run: viewer,
    same: (got, expected: { msg: string; done: boolean; err?: boolean }) => {
      const { message, done, error } = got as RolloutStatus;
      if (expected.err !== undefined && expected.err !== (error !== undefined)) return false;
      // The upstream test of StatefulSets only objects to "done" where it is not expected.
      return message === expected.msg && (done === expected.done || (expected.err !== undefined && !done));
    },
  },
};
