/**
 * Lists in strategic merge: finding items, and the order of what comes out (the wish of the patch first, then what the server had).
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go
 */
import type { Json } from "../../../sim/types";
import type { JsonObject } from "../objects";
import { goText } from "./go-text";
import { fail, type PatchProblems } from "./patch-schema";

export type List = readonly Json[];
export type JsonKind = "object" | "array" | "null" | "string" | "number" | "boolean";

export const isObject = (value: Json | undefined): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);
export const isList = (value: Json | undefined): value is List => Array.isArray(value);
export const kindOf = (value: Json | undefined): JsonKind => {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value as JsonKind;
};

/** Go's insertion sort for short lists, whose answer for equal items depends on how `less` treats them. */
export function insertionSort<T>(list: readonly T[], less: (a: T, b: T) => boolean): T[] {
  const out = [...list];
  for (let i = 1; i < out.length; i++) {
    for (let j = i; j > 0 && less(out[j] as T, out[j - 1] as T); j--) {
      const item = out[j] as T;
      out[j] = out[j - 1] as T;
      out[j - 1] = item;
    }
  }
  return out;
}

export const sortScalars = (list: List): Json[] => insertionSort(list, (a, b) => goText(a) <= goText(b));
export const sortByKey = (list: List, key: string): Json[] => insertionSort(list, (a, b) => goText(memberOf(a, key)) <= goText(memberOf(b, key)));
export const memberOf = (item: Json, key: string): Json | undefined => (isObject(item) ? item[key] : undefined);

/** Drops later equals, putting the last item in their place, as upstream does. */
export function deduplicate(list: List): Json[] {
  const out = [...list];
  for (let i = 0; i < out.length - 1; i++) {
    for (let j = i + 1; j < out.length; j++) {
      if (out[i] !== out[j]) continue;
      const last = out.pop() as Json;
      if (j < out.length) out[j] = last;
      j--;
    }
  }
  return out;
}

/** The one kind all items share. */
export function elementKind(problems: PatchProblems, ...lists: readonly List[]): JsonKind {
  let found: JsonKind | undefined;
  for (const list of lists) {
    for (const item of list) {
      const kind = kindOf(item);
      if (kind === "array") return fail(problems, "lists of lists are not supported", kind);
      if (found !== undefined && found !== kind)
        return fail(problems, `list element types are not identical: ${goText(lists as unknown as Json)}`, found);
      found = kind;
    }
  }
  return found ?? fail<JsonKind>(problems, "no elements in any of the given slices", "null");
}

export const noMergeKey = (item: Json, key: string): string => `map: ${goText(item)} does not contain declared merge key: ${key}`;

export const isDeletion = (item: Json): boolean => memberOf(item, "$patch") === "delete";

const identity = (item: Json, key: string, objects: boolean): Json | undefined => (objects ? memberOf(item, key) : item);
const indexOf = (list: List, item: Json, key: string, objects: boolean): number => {
  const value = identity(item, key, objects);
  for (let i = 0; i < list.length; i++) if (identity(list[i] as Json, key, objects) === value) return i;
  return -1;
};

/** Sorts by another list's order; deletions go to the end. */
export function sortLike(problems: PatchProblems, list: List, order: List, key: string, objects: boolean): Json[] {
  let kept = list;
  let deletions: List = [];
  if (objects) {
    for (const item of list) if (memberOf(item, key) === undefined) return fail(problems, noMergeKey(item, key), [...list]);
    for (const item of order) if (memberOf(item, key) === undefined) return fail(problems, noMergeKey(item, key), [...list]);
    if (list.some(isDeletion)) {
      kept = list.filter((item) => !isDeletion(item));
      deletions = list.filter(isDeletion);
    }
  }
  const placed = kept.map((item) => ({ item, at: indexOf(order, item, key, objects) }));
  const sorted = insertionSort(placed, (a, b) => (a.at >= 0 && b.at >= 0 ? a.at < b.at : true)).map(({ item }) => item);
  return deletions.length > 0 ? [...sorted, ...deletions] : sorted;
}

/** Puts the server's own items among the patch's, by the order the server had. */
function interleave(left: List, right: List, serverOrder: List, key: string, objects: boolean): Json[] {
  const out: Json[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    if (i >= left.length) out.push(right[j++] as Json);
    else if (j >= right.length) out.push(left[i++] as Json);
    else {
      const a = indexOf(serverOrder, left[i] as Json, key, objects);
      const b = indexOf(serverOrder, right[j] as Json, key, objects);
      out.push(a >= 0 && b >= 0 && a < b ? (left[i++] as Json) : (right[j++] as Json));
    }
  }
  return out;
}

/** @rule kube.patch.element-order */
export function orderElements(problems: PatchProblems, merged: List, patchOrder: List, serverOrder: List, key: string, objects: boolean): Json[] {
  const inPatch = (item: Json): boolean => indexOf(patchOrder, item, key, objects) >= 0;
  if (objects) for (const item of merged) if (memberOf(item, key) === undefined) return fail(problems, noMergeKey(item, key), [...merged]);
  const wanted = sortLike(problems, merged.filter(inPatch), patchOrder, key, objects);
  const server = sortLike(
    problems,
    merged.filter((item) => !inPatch(item)),
    serverOrder,
    key,
    objects,
  );
  return interleave(server, wanted, serverOrder, key, objects);
}
