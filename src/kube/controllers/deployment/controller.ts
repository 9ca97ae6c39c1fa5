/**
 * `deployment-controller/main`: moves a Deployment's Pods to its template, a few at a time, by sizing ReplicaSets.
 * @source kubernetes@1.35 pkg/controller/deployment/deployment_controller.go syncDeployment
 * Not modelled: the rollback annotation of extensions/v1beta1 (`kubectl rollout undo` writes the template).
 */
import { selectorMatches } from "../../apis/label-selector";
import { conditionOf } from "../../apis/pod-availability";
import type { Deployment, KubeObject, Pod, ReplicaSet } from "../../apis/objects";
import type { CacheReader, WatchChange } from "../../client/types";

import { claimOf, controllerOf } from "../replicaset/ownership";
import { candidates, selectorOf } from "../replicaset/selectors";
import { controllerActor } from "../runtime/actor";
import { adoptRequest, releaseRequest, updateStatusRequest } from "../runtime/requests";
import { type CallResult, type Context, NOTHING, type Plan, type PlannedCall, type Reconciler } from "../runtime/types";
import { newCondition, setCondition } from "./conditions";
import { isRollingUpdate, replicasOf } from "./fenceposts";
import { setsToCleanUp } from "./history";
import { equalIgnoreHash } from "./pod-template";
import {
  CREATE_SET,
  type Draft,
  NAME,
  acted,
  allSets,
  applySizes,
  callsOf,
  deleteSets,
  draftOf,
  newReplicaSet,
  progress,
  syncRevision,
} from "./plan";
import { oldPodsRunning } from "./recreate";
import { activeSets } from "./replica-counts";
import { reconcileNew, reconcileOld } from "./rolling";
import { isScalingEvent, scale } from "./scale";
import { type DeploymentStatus, calculateStatus, deploymentComplete, hasProgressDeadline, rolloutStatus, stuckAfter } from "./status";

const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;
const split = (key: string): [namespace: string, name: string] => key.split("/", 2) as [string, string];
const deploymentOf = (key: string, cache: CacheReader): Deployment | undefined => cache.get<Deployment>("deployments", ...split(key));

/** Sets that are the Deployment's, and requests to take or let go others. @rule kube.deployment.claim */
function claim(deployment: Deployment, cache: CacheReader): { readonly sets: readonly ReplicaSet[]; readonly claims: readonly PlannedCall[] } {
  const selector = selectorOf(deployment.spec.selector);
  const sets: ReplicaSet[] = [];
  const claims: PlannedCall[] = [];
  const consider = (set: ReplicaSet): void => {
    const what = claimOf(deployment, set, selectorMatches(selector, set.metadata.labels));
    if (what === "ours") sets.push(set);
    else if (what === "adopt") claims.push({ request: adoptRequest(NAME, "replicasets", deployment, set), tolerate: [404] });
    else if (what === "release") claims.push({ request: releaseRequest(NAME, "replicasets", deployment, set), tolerate: [404, 422] });
  };
  for (const set of cache.ownedBy<ReplicaSet>("replicasets", deployment.metadata.uid)) consider(set);
  for (const set of candidates<ReplicaSet>(cache, "replicasets", deployment.metadata.namespace ?? "", deployment.spec.selector))
    if (controllerOf(set) === undefined) consider(set);
  return { sets, claims };
}

/**
 * A pause (and its end) is noted on Progressing, so that the time of the pause does not count as lack of progress.
 * @rule kube.deployment.pause
 * @source kubernetes@1.35 pkg/controller/deployment/sync.go checkPausedConditions
 */
function checkPaused(draft: Draft): void {
  const { deployment } = draft;
  const reason = conditionOf(deployment.status, "Progressing")?.reason;
  if (!hasProgressDeadline(deployment) || reason === "ProgressDeadlineExceeded") return;
  const paused = deployment.spec.paused === true;
  if (paused && reason !== "DeploymentPaused") progress(draft, "Unknown", "DeploymentPaused", "Deployment is paused");
  if (!paused && reason === "DeploymentPaused") progress(draft, "Unknown", "DeploymentResumed", "Deployment is resumed");
}

/** @rule kube.deployment.rolling @source kubernetes@1.35 pkg/controller/deployment/rolling.go rolloutRolling */
function rolloutRolling(draft: Draft): void {
  syncRevision(draft, true);
  const { current } = draft;
  if (current === undefined) return;
  const up = reconcileNew(draft.deployment, allSets(draft), current);
  if (up.length > 0) {
    acted(draft, "reconcile-new", "new-rs-size", "fenceposts");
    return applySizes(draft, up);
  }
  const down = reconcileOld(draft.deployment, allSets(draft), activeSets(draft.old), current);
  applySizes(draft, down.resizes);
  if (!down.scaled) return cleanUpWhenComplete(draft);
  acted(draft, "reconcile-old", "scale-down-old", "fenceposts", "max-unavailable", ...(down.cleaned > 0 ? ["cleanup-unhealthy"] : []));
}

/** @rule kube.deployment.recreate @source kubernetes@1.35 pkg/controller/deployment/recreate.go rolloutRecreate */
function rolloutRecreate(draft: Draft, cache: CacheReader): void {
  syncRevision(draft, false);
  const active = activeSets(draft.old);
  if (active.length > 0)
    return applySizes(
      draft,
      active.map((set) => ({ set, replicas: 0 })),
    );
  const pods = new Map(allSets(draft).map((set) => [set.metadata.uid, cache.ownedBy<Pod>("pods", set.metadata.uid)]));
  acted(draft, "old-pods-running");
  if (oldPodsRunning(draft.current, draft.old, pods)) return;
  if (draft.current === undefined) syncRevision(draft, true);
  if (draft.current !== undefined) applySizes(draft, [{ set: draft.current, replicas: replicasOf(draft.deployment) }]);
  cleanUpWhenComplete(draft);
}

function cleanUpWhenComplete(draft: Draft): void {
  const { deployment } = draft;
  if (deploymentComplete(deployment, draft.stored.status ?? {})) cleanUp(draft);
}

function cleanUp(draft: Draft): void {
  const surplus = setsToCleanUp(draft.deployment, draft.old);
  if (surplus.length > 0) acted(draft, "cleanup");
  deleteSets(draft, surplus);
}

/** @rule kube.deployment.sync @source kubernetes@1.35 pkg/controller/deployment/sync.go sync */
function scaleOrPause(draft: Draft): void {
  syncRevision(draft, false);
  const resizes = scale(draft.deployment, draft.current, draft.old);
  if (resizes.length > 0)
    acted(
      draft,
      "scaling-event",
      "annotation-number",
      "active-or-latest",
      "sync",
      ...(resizes.length > 1 ? ["proportional-scaling", "fraction"] : []),
    );
  applySizes(draft, resizes, true);
  if (draft.deployment.spec.paused === true) {
    acted(draft, "pause");
    cleanUp(draft);
  }
}

const selectsAll = ({ spec }: Deployment): boolean =>
  Object.keys(spec.selector.matchLabels ?? {}).length === 0 && (spec.selector.matchExpressions ?? []).length === 0;

/**
 * Another object has the name of the set to be made. If it is not a set of this Deployment with this template, the hash is changed.
 * @rule kube.deployment.collision
 * @source kubernetes@1.35 pkg/controller/deployment/sync.go getNewReplicaSet
 */
function collision(deployment: Deployment, sets: readonly ReplicaSet[], cache: CacheReader): boolean {
  if (sets.some((set) => equalIgnoreHash(set.spec.template, deployment.spec.template))) return false;
  return cache.get<ReplicaSet>("replicasets", deployment.metadata.namespace ?? "", newReplicaSet(deployment).metadata.name) !== undefined;
}

function statusOnly(draft: Draft, status: DeploymentStatus): Plan {
  const { calls } = callsOf(draft, status);
  return { calls };
}

function reconcile(key: string, { tx, cache }: Context): Plan {
  const deployment = deploymentOf(key, cache);
  if (deployment === undefined) return NOTHING;
  if (selectsAll(deployment)) return NOTHING;
  const { sets, claims } = claim(deployment, cache);
  if (claims.length > 0) {
    for (const rule of ["kube.deployment.claim", "kube.controller.claim"]) tx.fired(rule, `deployments/${key}`);
    return { calls: claims };
  }
  const draft = draftOf(deployment, sets, tx.now);
  const subject = `deployments/${key}`;
  if (deployment.metadata.deletionTimestamp) return statusOnly(draft, calculateStatus(sets, draft.current, deployment, tx.now));
  if (deployment.spec.paused !== true && collision(deployment, sets, cache)) {
    tx.fired("kube.deployment.collision", subject);
    return statusOnly(draft, { ...deployment.status, collisionCount: (deployment.status?.collisionCount ?? 0) + 1 });
  }
  checkPaused(draft);
  if (deployment.spec.paused === true || isScalingEvent(deployment, sets)) {
    scaleOrPause(draft);
    const plan = statusOnly(draft, calculateStatus(allSets(draft), draft.current, draft.deployment, tx.now));
    if (plan.calls.length > 0) for (const rule of draft.rules) tx.fired(rule, subject);
    return plan;
  }
  if (isRollingUpdate(deployment)) rolloutRolling(draft);
  else rolloutRecreate(draft, cache);
  if (draft.calls.length + draft.updates.size > 0) acted(draft, isRollingUpdate(deployment) ? "rolling" : "recreate");
  const status = rolloutStatus(allSets(draft), draft.current, draft.deployment, tx.now);
  const { calls, statusChanged } = callsOf(draft, status);
  const requeueAfter = statusChanged ? undefined : stuckAfter(draft.deployment, status, tx.now);
  if (requeueAfter !== undefined) tx.fired("kube.deployment.requeue-stuck", subject);
  if (statusChanged) acted(draft, "status", "rollout-status", ...statusRules(deployment, status));
  if (calls.length > 0) for (const rule of draft.rules) tx.fired(rule, subject);
  return { calls, requeueAfter };
}

const PROGRESS_RULES: Readonly<Record<string, string>> = {
  NewReplicaSetAvailable: "complete",
  ReplicaSetUpdated: "progressing",
  ProgressDeadlineExceeded: "timed-out",
};
function statusRules(deployment: Deployment, next: DeploymentStatus): readonly string[] {
  const reason = conditionOf(next, "Progressing")?.reason ?? "";
  const rule = PROGRESS_RULES[reason];
  const renewed = rule === "progressing" || reason !== conditionOf(deployment.status, "Progressing")?.reason;
  return [
    ...(rule !== undefined && renewed ? [rule] : []),
    ...(next.terminatingReplicas !== deployment.status?.terminatingReplicas ? ["terminating-replicas"] : []),
  ];
}

/** A set that could not be made is told in the status. */
function finish(key: string, { tx, cache }: Context, { tag, error, sent }: CallResult): Plan {
  const deployment = deploymentOf(key, cache);
  if (tag !== CREATE_SET || error === undefined || sent > 1 || deployment === undefined || !hasProgressDeadline(deployment)) return NOTHING;
  if (error.endsWith("already exists") || error.endsWith("because it is being terminated")) return NOTHING;
  const message = `Failed to create new replica set "${newReplicaSet(deployment).metadata.name}": ${error}`;
  const condition = newCondition("Progressing", "False", "ReplicaSetCreateError", message, tx.now);
  const conditions = setCondition(deployment.status?.conditions, condition);
  if (conditions === deployment.status?.conditions) return NOTHING;
  return {
    calls: [
      {
        request: updateStatusRequest(NAME, "deployments", { ...deployment, status: { ...deployment.status, conditions } } as KubeObject),
        tolerate: [404],
      },
    ],
  };
}

const ownerKey = (set: KubeObject | undefined, kind: string): string | undefined => {
  const owner = set === undefined ? undefined : controllerOf(set);
  return owner?.kind === kind ? `${set?.metadata.namespace}/${owner.name}` : undefined;
};

/** A Recreate waits for the last old Pod. @source kubernetes@1.35 pkg/controller/deployment/deployment_controller.go deletePod */
function podGone(pod: Pod, cache: CacheReader): readonly string[] {
  const setKey = ownerKey(pod, "ReplicaSet");
  const set = setKey === undefined ? undefined : cache.get<ReplicaSet>("replicasets", ...split(setKey));
  const key = ownerKey(set, "Deployment");
  const deployment = key === undefined ? undefined : deploymentOf(key, cache);
  if (key === undefined || deployment === undefined || isRollingUpdate(deployment)) return [];
  const left = cache
    .ownedBy<ReplicaSet>("replicasets", deployment.metadata.uid)
    .some((other) => cache.ownedBy<Pod>("pods", other.metadata.uid).length > 0);
  return left ? [] : [key];
}

function keysFor({ resource, type, object, old }: WatchChange, { cache }: Context): readonly string[] {
  if (resource === "deployments") return [keyOf(object)];
  if (resource === "pods") return type === "DELETED" ? podGone(object as Pod, cache) : [];
  const key = ownerKey(object, "Deployment");
  const before = ownerKey(old, "Deployment");
  if (key !== undefined) return before !== undefined && before !== key ? [before, key] : [key];
  const orphaned = type !== "DELETED" && controllerOf(object) === undefined;
  const takers = orphaned
    ? cache
        .list<Deployment>("deployments", object.metadata.namespace)
        .filter(({ spec }) => selectorMatches(selectorOf(spec.selector), object.metadata.labels))
        .map(keyOf)
    : [];
  return before === undefined ? takers : [before, ...takers];
}

export const deploymentReconciler: Reconciler = {
  name: NAME,
  watches: [{ resource: "deployments" }, { resource: "replicasets" }, { resource: "pods", relaxed: true }],
  keysFor,
  reconcile,
  finish,
};

export const deploymentController = controllerActor(deploymentReconciler);
