/**
 * One sync of a Deployment as a list of requests: changes to its ReplicaSets, then its status. Steps work on a draft; a ReplicaSet that
 * several steps change is written once.
 */
import type { Json, Micros } from "../../../sim/types";
import { sameJson } from "../../apis/equality";
import type { Deployment, KubeObject, ReplicaSet } from "../../apis/objects";
import { conditionOf } from "../../apis/pod-availability";
import { controllerRef, createRequest, deleteRequest, updateRequest, updateStatusRequest } from "../runtime/requests";
import type { EventTemplate, PlannedCall } from "../runtime/types";
import { newCondition, setCondition } from "./conditions";
import { maxSurge, replicasOf } from "./fenceposts";
import { POD_TEMPLATE_HASH, computeHash, findNewReplicaSet, findOldReplicaSets, replicaSetName } from "./pod-template";
import {
  REVISION,
  maxRevision,
  replicasAnnotationsNeedUpdate,
  setNewReplicaSetAnnotations,
  withAnnotations,
  withReplicasAnnotations,
} from "./revisions";
import { type Resize, newReplicaSetSize } from "./rolling";
import { type DeploymentStatus, hasProgressDeadline } from "./status";

export const NAME = "deployment-controller";
export const CREATE_SET = "create";

export interface Draft {
  /** As stored. */
  readonly stored: Deployment;
  readonly now: Micros;
  deployment: Deployment;
  current: ReplicaSet | undefined;
  old: readonly ReplicaSet[];
  readonly calls: PlannedCall[];
  /** Rules that acted, for "Why?". */
  readonly rules: Set<string>;
  /** Sets to be written, by name, in the order they were first changed. */
  readonly updates: Map<string, { set: ReplicaSet; readonly events: EventTemplate[] }>;
}

export function draftOf(deployment: Deployment, sets: readonly ReplicaSet[], now: Micros): Draft {
  return {
    stored: deployment,
    now,
    deployment,
    current: findNewReplicaSet(deployment, sets),
    old: findOldReplicaSets(deployment, sets).all,
    calls: [],
    rules: new Set(),
    updates: new Map(),
  };
}

/** Notes that rules of `kube.deployment` acted. */
export function acted(draft: Draft, ...rules: readonly string[]): void {
  for (const rule of rules) draft.rules.add(`kube.deployment.${rule}`);
}

export const allSets = ({ old, current }: Draft): readonly ReplicaSet[] => (current === undefined ? old : [...old, current]);

/** A reason on the Deployment's Progressing condition. */
export function progress(draft: Draft, status: "True" | "False" | "Unknown", reason: string, message: string): void {
  const conditions = setCondition(draft.deployment.status?.conditions, newCondition("Progressing", status, reason, message, draft.now));
  draft.deployment = { ...draft.deployment, status: { ...draft.deployment.status, conditions } };
}

function replace(draft: Draft, set: ReplicaSet, event?: EventTemplate): void {
  const name = set.metadata.name;
  const entry = draft.updates.get(name) ?? { set, events: [] };
  entry.set = set;
  if (event !== undefined) entry.events.push(event);
  draft.updates.set(name, entry);
  if (draft.current?.metadata.name === name) draft.current = set;
  else draft.old = draft.old.map((other) => (other.metadata.name === name ? set : other));
}

/**
 * Sizes of ReplicaSets, with the Deployment's size written on them. Unless `always`, a set that has its size is left alone.
 * @rule kube.deployment.scale-set
 * @source kubernetes@1.35 pkg/controller/deployment/sync.go scaleReplicaSet, scaleReplicaSetAndRecordEvent
 */
export function applySizes(draft: Draft, resizes: readonly Resize[], always = false): void {
  const { deployment } = draft;
  for (const { set: seen, replicas } of resizes) {
    const set = draft.updates.get(seen.metadata.name)?.set ?? seen;
    const before = replicasOf(set);
    if (before === replicas && !always) continue;
    const annotate = replicasAnnotationsNeedUpdate(set, replicasOf(deployment), replicasOf(deployment) + maxSurge(deployment));
    if (before === replicas && !annotate) continue;
    const next = withReplicasAnnotations({ ...set, spec: { ...set.spec, replicas } }, deployment);
    acted(draft, "scale-set");
    const way = before < replicas ? "up" : "down";
    const message = `Scaled ${way} replica set ${set.metadata.name} from ${before} to ${replicas}`;
    replace(draft, next, before === replicas ? undefined : { regarding: deployment, type: "Normal", reason: "ScalingReplicaSet", message });
  }
}

/**
 * The new ReplicaSet gets its revision and the Deployment's annotations, and the Deployment the revision of its new set; with `create`
 * a set that does not exist is made.
 * @rule kube.deployment.get-new-replica-set
 * @source kubernetes@1.35 pkg/controller/deployment/sync.go getNewReplicaSet
 */
export function syncRevision(draft: Draft, create: boolean): void {
  const { deployment, old, current } = draft;
  const revision = maxRevision(old) + 1;
  if (current === undefined) {
    if (create) createSet(draft, revision);
    return;
  }
  const annotated = setNewReplicaSetAnnotations(deployment, current, revision, true);
  const minReadySeconds = deployment.spec.minReadySeconds ?? 0;
  const waits = (current.spec.minReadySeconds ?? 0) !== minReadySeconds;
  if (annotated !== current || waits) replace(draft, waits ? { ...annotated, spec: { ...annotated.spec, minReadySeconds } } : annotated);
  if (annotated !== current) acted(draft, "revision");
  acted(draft, "new-replica-set", "template-equal", ...(old.length > 0 ? ["old-replica-sets"] : []));
  takeRevision(draft, (draft.current ?? current).metadata.annotations?.[REVISION]);
  if (hasProgressDeadline(deployment) && conditionOf(deployment.status, "Progressing") === undefined)
    progress(draft, "True", "FoundNewReplicaSet", `Found new replica set "${current.metadata.name}"`);
}

function takeRevision(draft: Draft, revision: string | undefined): void {
  if (revision !== undefined && draft.deployment.metadata.annotations?.[REVISION] !== revision)
    draft.deployment = withAnnotations(draft.deployment, { [REVISION]: revision });
}

/** The set as it will be created, without size. */
export function newReplicaSet(deployment: Deployment): ReplicaSet {
  const { template, selector, minReadySeconds } = deployment.spec;
  const hash = computeHash(template, deployment.status?.collisionCount);
  const labels = { ...template.metadata?.labels, [POD_TEMPLATE_HASH]: hash };
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: replicaSetName(deployment.metadata.name, hash),
      namespace: deployment.metadata.namespace,
      labels,
      ownerReferences: [controllerRef(deployment)],
    } as unknown as ReplicaSet["metadata"],
    spec: {
      replicas: 0,
      ...(minReadySeconds ? { minReadySeconds } : {}),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [POD_TEMPLATE_HASH]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

function createSet(draft: Draft, revision: number): void {
  const { deployment, old } = draft;
  const empty = newReplicaSet(deployment);
  const name = empty.metadata.name;
  const size = newReplicaSetSize(deployment, [...old, empty], empty);
  const set = setNewReplicaSetAnnotations(deployment, { ...empty, spec: { ...empty.spec, replicas: size } }, revision, false);
  draft.calls.push({
    request: createRequest(NAME, "replicasets", deployment.metadata.namespace, set as unknown as Json),
    quiet: [409],
    tag: CREATE_SET,
    ...(size > 0
      ? {
          success: { regarding: deployment, type: "Normal", reason: "ScalingReplicaSet", message: `Scaled up replica set ${name} from 0 to ${size}` },
        }
      : {}),
    failure: {
      regarding: deployment,
      type: "Warning",
      reason: "ReplicaSetCreateError",
      message: `Failed to create new replica set "${name}": {error}`,
    },
  });
  acted(draft, "get-new-replica-set", "template-hash", "replica-set-name", "new-rs-size", "revision");
  draft.current = set;
  takeRevision(draft, String(revision));
  if (hasProgressDeadline(deployment)) progress(draft, "True", "NewReplicaSetCreated", `Created new replica set "${name}"`);
}

export function deleteSets(draft: Draft, sets: readonly ReplicaSet[]): void {
  for (const set of sets) draft.calls.push({ request: deleteRequest(NAME, "replicasets", set), tolerate: [404] });
}

/** All requests of the draft with this status; the status is written when it, or an annotation, differs from what is stored. */
export function callsOf(draft: Draft, status: DeploymentStatus): { readonly calls: readonly PlannedCall[]; readonly statusChanged: boolean } {
  const calls: PlannedCall[] = draft.calls.filter(({ tag }) => tag === CREATE_SET);
  for (const { set, events } of draft.updates.values()) {
    const [success] = events.slice(-1);
    calls.push({ request: updateRequest(NAME, "replicasets", set), ...(success === undefined ? {} : { success }) });
  }
  calls.push(...draft.calls.filter(({ tag }) => tag !== CREATE_SET));
  const annotated = draft.deployment.metadata !== draft.stored.metadata;
  const statusChanged = annotated || !sameJson(status as unknown as Json, (draft.stored.status ?? {}) as unknown as Json);
  if (statusChanged)
    calls.push({ request: updateStatusRequest(NAME, "deployments", { ...draft.deployment, status } as KubeObject), tolerate: [404] });
  return { calls, statusChanged };
}
