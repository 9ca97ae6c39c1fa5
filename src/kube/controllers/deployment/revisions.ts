/**
 * Revision numbers and what else a Deployment writes on its ReplicaSets as annotations.
 * @source kubernetes@1.35 pkg/controller/deployment/util/deployment_util.go
 */
import type { Deployment, KubeObject, ReplicaSet, StringMap } from "../../apis/objects";
import { maxSurge, replicasOf } from "./fenceposts";

export const REVISION = "deployment.kubernetes.io/revision";
export const REVISION_HISTORY = "deployment.kubernetes.io/revision-history";
export const DESIRED_REPLICAS = "deployment.kubernetes.io/desired-replicas";
export const MAX_REPLICAS = "deployment.kubernetes.io/max-replicas";
const NOT_COPIED: ReadonlySet<string> = new Set([
  "kubectl.kubernetes.io/last-applied-configuration",
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  "deprecated.deployment.rollback.to",
]);
/** Characters of revision history kept on a ReplicaSet. */
const MAX_HISTORY_LENGTH = 2000;

const annotationsOf = (object: { readonly metadata?: { readonly annotations?: StringMap | null } }): StringMap => object.metadata?.annotations ?? {};

/** strconv.ParseInt in base 10; undefined when it fails. */
function parseInteger(text: string): number | undefined {
  return /^[+-]?[0-9]+$/.test(text) ? Number(text) : undefined;
}

/** The revision of an object; 0 without one, undefined when it cannot be read. */
export function revisionOf(object: KubeObject): number | undefined {
  const text = annotationsOf(object)[REVISION];
  return text === undefined ? 0 : parseInteger(text);
}

/** @source kubernetes@1.35 pkg/controller/deployment/util/deployment_util.go MaxRevision */
export const maxRevision = (sets: readonly ReplicaSet[]): number => sets.reduce((max, set) => Math.max(max, revisionOf(set) ?? 0), 0);

export type AnnotationNumber =
  | { readonly value: number; readonly valid: true }
  | { readonly value: 0; readonly valid: false; readonly error?: string };

/**
 * A non-negative 32-bit number in an annotation.
 * @rule kube.deployment.annotation-number
 * @source kubernetes@1.35 pkg/controller/deployment/util/deployment_util.go getNonNegativeInt32FromAnnotation
 */
export function nonNegativeFromAnnotation(
  object: { readonly metadata?: { readonly annotations?: StringMap | null } },
  key: string,
): AnnotationNumber {
  const text = annotationsOf(object)[key];
  if (text === undefined) return { value: 0, valid: false };
  if (!/^[0-9]+$/.test(text)) return { value: 0, valid: false, error: `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax` };
  const value = Number(text);
  // Parsed as 32 bits without sign, then checked against the signed range.
  if (value > 4294967295) return { value: 0, valid: false, error: `strconv.ParseUint: parsing ${JSON.stringify(text)}: value out of range` };
  if (value > 2147483647) return { value: 0, valid: false, error: `strconv.ParseUint: parsing ${JSON.stringify(text)}: value out of range` };
  return { value, valid: true };
}

export const desiredReplicasAnnotation = (set: ReplicaSet): number | undefined => {
  const number = nonNegativeFromAnnotation(set, DESIRED_REPLICAS);
  return number.valid ? number.value : undefined;
};

/** @source kubernetes@1.35 pkg/controller/deployment/util/deployment_util.go ReplicasAnnotationsNeedUpdate */
export function replicasAnnotationsNeedUpdate(set: ReplicaSet, desired: number, max: number): boolean {
  const annotations = annotationsOf(set);
  return annotations[DESIRED_REPLICAS] !== String(desired) || annotations[MAX_REPLICAS] !== String(max);
}

export const withAnnotations = <T extends KubeObject>(object: T, annotations: StringMap): T => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...annotationsOf(object), ...annotations } },
});

/** The ReplicaSet with the Deployment's size written on it. */
export const withReplicasAnnotations = (set: ReplicaSet, deployment: Deployment): ReplicaSet =>
  withAnnotations(set, {
    [DESIRED_REPLICAS]: String(replicasOf(deployment)),
    [MAX_REPLICAS]: String(replicasOf(deployment) + maxSurge(deployment)),
  });

/** Past revisions of a ReplicaSet with one more, the oldest dropped when the text grows too long. */
function historyWith(history: string, revision: string): string | undefined {
  if (history === "") return revision;
  const known = history.split(",");
  let length = history.length + revision.length + 1;
  let start = 0;
  while (length > MAX_HISTORY_LENGTH && start < known.length) length -= (known[start++] ?? "").length + 1;
  return length <= MAX_HISTORY_LENGTH ? [...known.slice(start), revision].join(",") : undefined;
}

/**
 * What the new ReplicaSet must carry: the Deployment's annotations, the newest revision (only ever raised; the number it had goes into
 * its history, so an undo makes a new revision), and on creation the Deployment's size. Returns the same object when nothing changes.
 * @rule kube.deployment.revision
 * @source kubernetes@1.35 pkg/controller/deployment/util/deployment_util.go SetNewReplicaSetAnnotations
 */
export function setNewReplicaSetAnnotations(deployment: Deployment, set: ReplicaSet, newRevision: number, exists: boolean): ReplicaSet {
  const before = annotationsOf(set);
  const changes: Record<string, string> = {};
  for (const [key, value] of Object.entries(annotationsOf(deployment))) if (!NOT_COPIED.has(key) && before[key] !== value) changes[key] = value;
  const oldText = before[REVISION];
  const oldRevision = oldText === undefined || oldText === "" ? 0 : parseInteger(oldText);
  if (oldRevision !== undefined && oldRevision < newRevision) {
    changes[REVISION] = String(newRevision);
    const history = oldText === undefined ? undefined : historyWith(before[REVISION_HISTORY] ?? "", oldText);
    if (history !== undefined) changes[REVISION_HISTORY] = history;
  }
  const annotated = Object.keys(changes).length > 0 ? withAnnotations(set, changes) : set;
  return exists ? annotated : withReplicasAnnotations(annotated, deployment);
}
