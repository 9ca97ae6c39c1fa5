/** Vector suites of patches: strategic-merge-patch (an artificial type, as data) and apply-three-way (real kinds). */
import { sameJson } from "../../../src/kube/apis/equality";
import type { JsonObject } from "../../../src/kube/apis/objects";
import { patchTypeOf } from "../../../src/kube/apis/patch/kind-schema";
import type { PatchField, PatchType } from "../../../src/kube/apis/patch/patch-schema";
import {
  applyStrategicPatch,
  createThreeWayStrategicPatch,
  createTwoWayStrategicPatch,
  type StrategicResult,
} from "../../../src/kube/apis/patch/strategic";
import type { Runners } from "../runner";

/** The test type of upstream, as the vectors' README describes it. */
const MERGE_ITEM: PatchType = { name: "strategicpatch.MergeItem", field: (name) => MERGE_ITEM_FIELDS[name] };
const field = (type: PatchType, mergeKey: string, ...strategies: string[]): PatchField => ({ strategies, mergeKey, type });
const SCALAR: PatchType = { name: "string", field: () => undefined };
const STRINGS: PatchType = { name: "map[string]string", field: () => field(SCALAR, "") };
const MERGE_ITEM_FIELDS: Readonly<Record<string, PatchField>> = {
  name: field(SCALAR, ""),
  value: field(SCALAR, ""),
  other: field(SCALAR, ""),
  mergingList: field(MERGE_ITEM, "name", "merge"),
  nonMergingList: field(MERGE_ITEM, ""),
  mergingIntList: field(SCALAR, "", "merge"),
  nonMergingIntList: field(SCALAR, ""),
  mergeItemPtr: field(MERGE_ITEM, "name", "merge"),
  simpleMap: field(STRINGS, ""),
  replacingItem: field(STRINGS, "name", "replace"),
  retainKeysMap: field(MERGE_ITEM, "", "retainKeys"),
  retainKeysMergingList: field(MERGE_ITEM, "name", "merge", "retainKeys"),
};

interface MergeGiven {
  readonly original: JsonObject | null;
  readonly modified: JsonObject | null;
  readonly current: JsonObject | null;
}
interface MergeExpected {
  readonly twoWayPatch: JsonObject | null;
  readonly threeWayPatch: JsonObject | null;
  readonly result: JsonObject | null;
  readonly twoWayResult: JsonObject | null;
  readonly error: string | null;
}

const value = (result: StrategicResult): JsonObject => {
  if ("error" in result) throw new Error(result.error);
  return result.value;
};

/** The given documents through every function; which of them a case is about is told by what it expects. */
function mergeCase(given: MergeGiven, expected: MergeExpected): Record<string, unknown> {
  const original = given.original ?? {};
  const out: Record<string, unknown> = { twoWayPatch: expected.twoWayPatch, threeWayPatch: null, result: null, twoWayResult: null, error: null };
  if (expected.error !== null) {
    const result = applyStrategicPatch(original, expected.twoWayPatch ?? {}, MERGE_ITEM);
    out["error"] = "error" in result && result.error.includes(expected.error) ? expected.error : result;
    return out;
  }
  const modified = given.modified ?? {};
  if (given.current === null) {
    const applied = value(applyStrategicPatch(original, expected.twoWayPatch ?? {}, MERGE_ITEM));
    if (!sameJson(applied, modified)) out["applied"] = applied;
    return out;
  }
  out["twoWayPatch"] = value(createTwoWayStrategicPatch(original, modified, MERGE_ITEM));
  const two = value(applyStrategicPatch(original, expected.twoWayPatch ?? {}, MERGE_ITEM));
  if (expected.twoWayResult !== null) out["twoWayResult"] = two;
  const patch = createThreeWayStrategicPatch(original, modified, given.current, MERGE_ITEM);
  out["threeWayPatch"] = value(patch);
  out["result"] = value(applyStrategicPatch(given.current, value(patch), MERGE_ITEM));
  return out;
}

const GROUPS: Readonly<Record<string, string>> = {
  Deployment: "apps/v1",
  StatefulSet: "apps/v1",
  DaemonSet: "apps/v1",
  ReplicaSet: "apps/v1",
  Job: "batch/v1",
  CronJob: "batch/v1",
  Ingress: "networking.k8s.io/v1",
};

interface ApplyGiven {
  readonly kind: string;
  readonly lastApplied: JsonObject | null;
  readonly live: JsonObject;
  readonly manifest: JsonObject;
}

export const runners: Runners = {
  "apply-three-way": {
    run({ kind, lastApplied, live, manifest }: ApplyGiven) {
      const type = patchTypeOf(GROUPS[kind] ?? "v1", kind);
      if (type === undefined) throw new Error(`no type for ${kind}`);
      const patch = value(createThreeWayStrategicPatch(lastApplied ?? {}, manifest, live, type));
      return { patch, result: value(applyStrategicPatch(live, patch, type)) };
    },
  },
  "strategic-merge-patch": {
    run: (given: MergeGiven) => given,
    same(got, expected, given) {
      const computed = mergeCase(given, expected);
      if (sameJson(computed as never, expected)) return true;
      Object.assign(got as object, { computed });
      return false;
    },
  },
};
