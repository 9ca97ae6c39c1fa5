/**
 * Strategic merge patches: applying one, making one from two documents, and from the three that `kubectl apply` has.
 * Not modelled: refusing conflicts (`apply --overwrite=false`).
 */
import type { JsonObject } from "../objects";
import type { PatchProblems, PatchType } from "./patch-schema";
import { diffMaps } from "./strategic-diff";
import { mergeMap } from "./strategic-merge";

export type StrategicResult = { readonly value: JsonObject } | { readonly error: string };
const result = (problems: PatchProblems, value: JsonObject): StrategicResult =>
  problems.error === undefined ? { value } : { error: problems.error };
const DIFF = { setElementOrder: true, ignoreAdditions: false, ignoreDeletions: false, retainKeys: false };

/** @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go StrategicMergeMapPatch */
export function applyStrategicPatch(original: JsonObject, patch: JsonObject, type: PatchType): StrategicResult {
  const problems: PatchProblems = { error: undefined };
  return result(problems, mergeMap(problems, original, patch, type, { parallelLists: true, ignoreUnmatchedNulls: true }));
}

/** @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go CreateTwoWayMergeMapPatch */
export function createTwoWayStrategicPatch(original: JsonObject, modified: JsonObject, type: PatchType): StrategicResult {
  const problems: PatchProblems = { error: undefined };
  return result(problems, diffMaps(problems, original, modified, type, DIFF));
}

/**
 * What apply sends: additions and changes from the live object to the manifest, deletions from what was applied last to the manifest.
 * @rule kube.patch.three-way
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go CreateThreeWayMergePatch
 */
export function createThreeWayStrategicPatch(original: JsonObject, modified: JsonObject, current: JsonObject, type: PatchType): StrategicResult {
  const problems: PatchProblems = { error: undefined };
  const delta = diffMaps(problems, current, modified, type, { ...DIFF, ignoreDeletions: true });
  const deletions = diffMaps(problems, original, modified, type, { ...DIFF, ignoreAdditions: true });
  return result(problems, mergeMap(problems, deletions, delta, type, { parallelLists: false, ignoreUnmatchedNulls: false }));
}
