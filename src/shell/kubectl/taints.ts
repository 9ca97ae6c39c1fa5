/**
 * Taints on the command line.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/taint/utils.go; pkg/util/taints/taints.go
 */
import { isQualifiedName, isValidLabelValue } from "../../kube/apis/names";
import type { Taint } from "../../kube/apis/objects";
import type { Made } from "./create-service";

const EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
const effectError = (effect: string): string | undefined =>
  EFFECTS.includes(effect) ? undefined : `invalid taint effect: ${effect}, unsupported taint effect`;

function parseTaint(text: string): Made<Taint> {
  const parts = text.split(":");
  const [left = "", effect = ""] = parts;
  let [key = "", value = ""] = [left, ""];
  if (parts.length > 2) return { error: `invalid taint spec: ${text}` };
  if (parts.length === 2) {
    const wrong = effectError(effect);
    if (wrong !== undefined) return { error: wrong };
    const pair = left.split("=");
    if (pair.length > 2) return { error: `invalid taint spec: ${text}` };
    [key = "", value = ""] = pair;
    const problems = pair.length === 2 ? isValidLabelValue(value) : [];
    if (problems.length > 0) return { error: `invalid taint spec: ${text}, ${problems.join("; ")}` };
  }
  const problems = isQualifiedName(key);
  if (problems.length > 0) return { error: `invalid taint spec: ${text}, ${problems.join("; ")}` };
  return { value: { key, effect, ...(value === "" ? {} : { value }) } };
}

/**
 * What to add and, for words that end with a dash, what to remove.
 * @rule kubectl.taint.parse
 */
export function parseTaints(specs: readonly string[]): Made<{ readonly add: readonly Taint[]; readonly remove: readonly Taint[] }> {
  const [add, remove]: [Taint[], Taint[]] = [[], []];
  for (const spec of specs) {
    const removing = spec.endsWith("-");
    const parsed = parseTaint(removing ? spec.slice(0, -1) : spec);
    if ("error" in parsed) return parsed;
    const taint = parsed.value;
    if (removing) {
      remove.push({ key: taint.key, effect: taint.effect });
      continue;
    }
    if (taint.effect === "") return { error: `invalid taint spec: ${spec}` };
    if (add.some((other) => sameTaint(other, taint)))
      return { error: `duplicated taints with the same key and effect: {${taint.key} ${taint.value ?? ""} ${taint.effect} <nil>}` };
    add.push(taint);
  }
  return { value: { add, remove } };
}

/** @source CheckTaintValidation */
export function taintError({ key, value = "", effect }: Taint): string | undefined {
  const problems = isQualifiedName(key);
  if (problems.length > 0) return `invalid taint key: ${problems.join("; ")}`;
  const values = value === "" ? [] : isValidLabelValue(value);
  if (values.length > 0) return `invalid taint value: ${values.join("; ")}`;
  return effect === "" ? undefined : effectError(effect);
}

export const sameTaint = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect;

/** @source AddOrUpdateTaint */
export function addOrUpdateTaint(taints: readonly Taint[], taint: Taint): { readonly taints: readonly Taint[]; readonly updated: boolean } {
  const at = taints.findIndex((other) => sameTaint(other, taint));
  if (at < 0) return { taints: [...taints, taint], updated: true };
  const old = taints[at];
  if ((old?.value ?? "") === (taint.value ?? "") && old?.timeAdded === taint.timeAdded) return { taints, updated: false };
  return { taints: taints.map((other, i) => (i === at ? taint : other)), updated: true };
}

/** In the first but not the second, and the other way round. @source TaintSetDiff */
export function taintDifference(a: readonly Taint[], b: readonly Taint[]): { readonly add: readonly Taint[]; readonly remove: readonly Taint[] } {
  const without = (list: readonly Taint[], other: readonly Taint[]): readonly Taint[] =>
    list.filter((taint) => !other.some((each) => sameTaint(each, taint)));
  return { add: without(a, b), remove: without(b, a) };
}

export interface TaintChange {
  readonly taints: readonly Taint[];
  readonly operation: "tainted" | "untainted" | "modified";
}

/** @source reorganizeTaints */
export function changedTaints(old: readonly Taint[], add: readonly Taint[], remove: readonly Taint[], overwrite: boolean): Made<TaintChange> {
  let taints: Taint[] = [...add, ...old.filter((taint) => !add.some((each) => sameTaint(each, taint)))];
  const added = taints.length !== old.length;
  const missing: string[] = [];
  let deleted = false;
  for (const taint of remove) {
    const left = taints.filter((each) => !(each.key === taint.key && (taint.effect === "" || each.effect === taint.effect)));
    if (left.length === taints.length) missing.push(`taint "${taint.key}${taint.effect === "" ? "" : `:${taint.effect}`}" not found`);
    else deleted = true;
    taints = left;
  }
  if (missing.length > 0) return { error: missing.length === 1 ? (missing[0] ?? "") : `[${missing.join(", ")}]` };
  return { value: { taints, operation: (added && deleted) || overwrite ? "modified" : added ? "tainted" : "untainted" } };
}

/** Keys that would be changed without `--overwrite`. @source checkIfTaintsAlreadyExists */
export const takenKeys = (old: readonly Taint[], add: readonly Taint[]): readonly string[] =>
  add.filter((taint) => old.some((each) => sameTaint(each, taint))).map((taint) => taint.key);
