/**
 * Making a strategic merge patch: what has to change for one document to become another, by the type's own rules.
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go diffMaps, diffLists
 */
import type { Json } from "../../../sim/types";
import { sameJson } from "../equality";
import type { JsonObject } from "../objects";
import { goText } from "./go-text";
import { fail, type PatchProblems, type PatchType, strategyOf, unknownField } from "./patch-schema";
import {
  deduplicate,
  elementKind,
  isList,
  isObject,
  kindOf,
  type List,
  memberOf,
  noMergeKey,
  sortByKey,
  sortLike,
  sortScalars,
} from "./strategic-lists";

export interface DiffOptions {
  readonly setElementOrder: boolean;
  readonly ignoreAdditions: boolean;
  readonly ignoreDeletions: boolean;
  readonly retainKeys: boolean;
}
type Draft = Record<string, Json | undefined>;

/** @rule kube.patch.diff */
export function diffMaps(problems: PatchProblems, original: JsonObject, modified: JsonObject, type: PatchType, options: DiffOptions): Draft {
  const patch: Draft = {};
  const retained: string[] = [];
  for (const [key, value] of Object.entries(modified)) {
    if (value === undefined) continue;
    if (options.retainKeys && value !== null) retained.push(key);
    const before = original[key];
    if (before === undefined || kindOf(before) !== kindOf(value)) {
      if (!options.ignoreAdditions) patch[key] = value;
    } else if (isObject(before) && isObject(value)) diffMap(problems, key, before, value, patch, type, options);
    else if (isList(before) && isList(value)) diffList(problems, key, before, value, patch, type, options);
    else if (!options.ignoreAdditions && before !== value) patch[key] = value;
  }
  const missing = Object.keys(original).filter((key) => original[key] !== undefined && modified[key] === undefined);
  if (!options.ignoreDeletions) for (const key of missing) patch[key] = null;
  const cleared = missing.some((key) => original[key] !== null);
  if (retained.length > 0 && (Object.keys(patch).length > 0 || cleared)) patch["$retainKeys"] = sortScalars(retained);
  return patch;
}

function diffMap(
  problems: PatchProblems,
  key: string,
  before: JsonObject,
  after: JsonObject,
  patch: Draft,
  type: PatchType,
  options: DiffOptions,
): void {
  const field = type.field(key);
  if (field === undefined) {
    if (!sameJson(before, after)) fail(problems, unknownField(type, key), undefined);
    return;
  }
  const { retainKeys, strategy } = strategyOf(field);
  if (strategy === "replace") {
    if (!options.ignoreAdditions) patch[key] = after;
    return;
  }
  const value = diffMaps(problems, before, after, field.type, { ...options, retainKeys });
  if (Object.keys(value).length > 0) patch[key] = value;
}

function diffList(problems: PatchProblems, key: string, before: List, after: List, patch: Draft, type: PatchType, options: DiffOptions): void {
  const field = type.field(key);
  if (field === undefined) {
    if (!sameJson(before, after)) fail(problems, unknownField(type, key), undefined);
    return;
  }
  const { retainKeys, strategy } = strategyOf(field);
  if (strategy !== "merge") {
    if (!options.ignoreAdditions && !sameJson(before, after)) patch[key] = after;
    return;
  }
  const diff = diffLists(problems, before, after, field.type, field.mergeKey, { ...options, retainKeys });
  if (diff.add.length > 0) patch[key] = diff.add;
  if (diff.remove.length > 0) patch[`$deleteFromPrimitiveList/${key}`] = diff.remove;
  if (diff.order.length > 0) patch[`$setElementOrder/${key}`] = diff.order;
}

interface ListDiff {
  readonly add: List;
  readonly remove: List;
  readonly order: List;
}

function diffLists(problems: PatchProblems, before: List, after: List, type: PatchType, mergeKey: string, options: DiffOptions): ListDiff {
  if (before.length === 0) return { add: options.ignoreAdditions ? [] : after, remove: [], order: [] };
  if (elementKind(problems, before, after) === "object") {
    const { changes, deletions } = diffObjects(problems, before, after, type, mergeKey, options);
    const add = [...sortLike(problems, changes, after, mergeKey, true), ...deletions];
    const sameOrder = before.length === after.length && after.every((item, i) => memberOf(item, mergeKey) === memberOf(before[i] as Json, mergeKey));
    const ordered =
      options.setElementOrder && ((!options.ignoreAdditions && (add.length > 0 || !sameOrder)) || (!options.ignoreDeletions && add.length > 0));
    return { add, remove: [], order: ordered ? after.map((item) => ({ [mergeKey]: memberOf(item, mergeKey) ?? null })) : [] };
  }
  const { additions, deletions } = diffScalars(before, after, options);
  const ordered =
    options.setElementOrder && ((!options.ignoreDeletions && deletions.length > 0) || (!options.ignoreAdditions && !sameJson(before, after)));
  return { add: sortLike(problems, additions, after, mergeKey, false), remove: deletions, order: ordered ? after : [] };
}

function diffScalars(before: List, after: List, options: DiffOptions): { readonly additions: List; readonly deletions: List } {
  const was = sortScalars(before);
  const is = sortScalars(after);
  const additions: Json[] = [];
  const deletions: Json[] = [];
  let i = 0;
  let j = 0;
  while (i < was.length || j < is.length) {
    const a = i < was.length ? goText(was[i]) : undefined;
    const b = j < is.length ? goText(is[j]) : undefined;
    if (a !== undefined && a === b) {
      i++;
      j++;
    } else if (a === undefined || (b !== undefined && a > b)) {
      if (!options.ignoreAdditions) additions.push(is[j] as Json);
      j++;
    } else {
      if (!options.ignoreDeletions) deletions.push(was[i] as Json);
      i++;
    }
  }
  return { additions, deletions: deduplicate(deletions) };
}

function diffObjects(
  problems: PatchProblems,
  before: List,
  after: List,
  type: PatchType,
  key: string,
  options: DiffOptions,
): { readonly changes: List; readonly deletions: List } {
  const changes: Json[] = [];
  const deletions: Json[] = [];
  for (const item of [...before, ...after])
    if (memberOf(item, key) === undefined) return fail(problems, noMergeKey(item, key), { changes, deletions });
  const was = sortByKey(before, key);
  const is = sortByKey(after, key);
  let i = 0;
  let j = 0;
  while (i < was.length || j < is.length) {
    const old = was[i] as JsonObject | undefined;
    const next = is[j] as JsonObject | undefined;
    const a = old === undefined ? undefined : goText(old[key]);
    const b = next === undefined ? undefined : goText(next[key]);
    if (old !== undefined && next !== undefined && a === b) {
      const patch = diffMaps(problems, old, next, type, options);
      if (Object.keys(patch).length > 0) changes.push({ ...patch, [key]: next[key] });
      i++;
      j++;
    } else if (next !== undefined && (a === undefined || a > (b as string))) {
      if (!options.ignoreAdditions) changes.push(next);
      j++;
    } else {
      if (!options.ignoreDeletions && old !== undefined) deletions.push({ $patch: "delete", [key]: old[key] });
      i++;
    }
  }
  return { changes, deletions };
}
