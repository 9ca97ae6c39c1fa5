/**
 * Applying a strategic merge patch: lists merge by key, directives (`$patch`, `$retainKeys`, `$setElementOrder`,
 * `$deleteFromPrimitiveList`) are obeyed, everything untouched is shared.
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go mergeMap, mergeSlice
 */
import type { Json } from "../../../sim/types";
import { sameJson } from "../equality";
import type { JsonObject } from "../objects";
import { goText } from "./go-text";
import { fail, type PatchProblems, type PatchType, strategyOf, unknownField } from "./patch-schema";
import { deduplicate, elementKind, isDeletion, isList, isObject, kindOf, type List, memberOf, noMergeKey, orderElements } from "./strategic-lists";

export interface MergeOptions {
  /** Server side: obey directives. Otherwise two patches are combined and directives are carried over. */
  readonly parallelLists: boolean;
  readonly ignoreUnmatchedNulls: boolean;
}
type Draft = Record<string, Json | undefined>;

const ORDER = "$setElementOrder/";
const REMOVE = "$deleteFromPrimitiveList";
const badRetainKeys = "invalid patch format of retainKeys";
const badOrder = "invalid patch format of setElementOrder list";

/** @rule kube.patch.strategic */
export function mergeMap(problems: PatchProblems, before: JsonObject, given: JsonObject, type: PatchType, options: MergeOptions): JsonObject {
  const directive = given["$patch"];
  if (directive !== undefined) {
    const { $patch: _, ...rest } = given;
    if (directive === "replace") return rest;
    return directive === "delete" ? {} : fail(problems, `unknown patch type '${goText(directive)}' in map: ${goText(given)}`, before);
  }
  const out: Draft = copied(before);
  let patch: Draft = given;
  if (given["$retainKeys"] !== undefined || hasOrder(given)) {
    patch = copied(given);
    retainKeys(problems, out, patch, options);
    for (const key of Object.keys(patch)) if (key.startsWith(ORDER)) mergeOrdered(problems, out, patch, key, type, options);
  }
  let removes = false;
  for (const key in patch) {
    const value = patch[key];
    if (value === null) removes = true;
    if (value !== undefined) mergeMember(problems, out, key, value, type, options);
  }
  return removes ? copied(out) : out;
}

/** Built key by key, so that objects with the same keys share one shape in the engine, also after keys were removed. */
function copied(object: JsonObject): Draft {
  const out: Draft = {};
  for (const key in object) out[key] = object[key];
  return out;
}

function hasOrder(patch: JsonObject): boolean {
  for (const key in patch) if (key.startsWith(ORDER)) return true;
  return false;
}

function mergeMember(problems: PatchProblems, out: Draft, given: string, value: Json, type: PatchType, options: MergeOptions): void {
  let key = given;
  const removal = key.startsWith(REMOVE);
  if (removal) {
    if (!options.parallelLists) {
      out[key] = value;
      return;
    }
    const slash = key.indexOf("/");
    if (slash < 0) return fail(problems, "invalid patch format of primitive list", undefined);
    key = key.slice(slash + 1);
  }
  if (value === null) {
    delete out[key];
    if (options.ignoreUnmatchedNulls) return;
  }
  const before = out[key];
  const settle = (): void => {
    const clean = withoutDirectives(options.ignoreUnmatchedNulls ? withoutNulls(value) : value);
    if (clean === undefined) delete out[key];
    else out[key] = clean;
  };
  if (before === undefined || kindOf(before) !== kindOf(value)) {
    if (!removal) settle();
    return;
  }
  if (!isObject(before) && !isList(before)) return settle();
  const field = type.field(key);
  if (field === undefined) return fail(problems, unknownField(type, key), undefined);
  const { strategy } = strategyOf(field);
  if (isObject(before) && isObject(value)) out[key] = strategy === "replace" ? value : mergeMap(problems, before, value, field.type, options);
  else if (isList(before) && isList(value))
    out[key] = strategy === "merge" || removal ? mergeList(problems, before, value, field.type, field.mergeKey, options, removal).list : value;
}

/** A value that was only said for its directives is no value. */
function withoutDirectives(value: Json): Json | undefined {
  if (isList(value)) return value.some((item) => typeof item === "object") ? value.flatMap((item) => withoutDirectives(item) ?? []) : value;
  if (!isObject(value)) return value;
  if (value["$patch"] !== undefined) return undefined;
  const out: Draft = {};
  let same = true;
  for (const key in value) {
    const given = value[key];
    const item = given === undefined ? undefined : withoutDirectives(given);
    if (item !== given) same = false;
    if (item !== undefined) out[key] = item;
  }
  return same ? value : out;
}

/** Nulls say what to delete; where there is nothing they do not become values. */
export function withoutNulls(value: Json): Json {
  if (isList(value)) return value.some((item) => typeof item === "object") ? value.map(withoutNulls) : value;
  if (!isObject(value)) return value;
  const out: Draft = {};
  let same = true;
  for (const key in value) {
    const given = value[key];
    const item = given === null || given === undefined ? undefined : withoutNulls(given);
    if (item !== given) same = false;
    if (item !== undefined) out[key] = item;
  }
  return same ? value : out;
}

/** Clears what the directive does not name. @rule kube.patch.retain-keys */
function retainKeys(problems: PatchProblems, out: Draft, patch: Draft, options: MergeOptions): void {
  const keys = patch["$retainKeys"];
  if (keys === undefined) return;
  delete patch["$retainKeys"];
  if (!options.parallelLists) {
    const other = out["$retainKeys"];
    if (other === undefined) out["$retainKeys"] = keys;
    else if (!sameJson(other, keys))
      fail(problems, `${goText(other)} and ${goText(keys)} are not deep equal: this may happen when calculating the 3-way diff patch`, undefined);
    return;
  }
  if (!isList(keys)) return fail(problems, badRetainKeys, undefined);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null || value === undefined || key.startsWith(REMOVE) || key.startsWith("$setElementOrder")) continue;
    if (!keys.includes(key)) return fail(problems, badRetainKeys, undefined);
  }
  for (const key of Object.keys(out)) if (!keys.includes(key)) delete out[key];
}

/** A list together with the order the patch wants for it. */
function mergeOrdered(problems: PatchProblems, out: Draft, patch: Draft, directive: string, type: PatchType, options: MergeOptions): void {
  const order = patch[directive];
  if (!options.parallelLists) {
    const other = out[directive];
    if (other === undefined) out[directive] = order;
    else if (!sameJson(other, order)) return fail(problems, badOrder, undefined);
  }
  delete patch[directive];
  const key = directive.slice(ORDER.length);
  const before = out[key];
  const value = patch[key];
  if (!isList(order) || (before !== undefined && !isList(before)) || (value !== undefined && !isList(value)))
    return fail(problems, badOrder, undefined);
  const field = type.field(key);
  if (field === undefined) return fail(problems, unknownField(type, key), undefined);
  checkOrder(problems, value ?? [], order, field.mergeKey);
  if (before === undefined && value === undefined) return;
  let merged: List = before ?? (withoutDirectives(value ?? []) as List);
  let server: List = before ?? [];
  if (before !== undefined && value !== undefined) {
    const both = strategyOf(field).strategy === "merge" ? mergeList(problems, before, value, field.type, field.mergeKey, options, false) : undefined;
    merged = both?.list ?? value;
    server = both?.server ?? before;
  }
  const kind = elementKind(problems, before ?? [], value ?? []);
  out[key] = orderElements(problems, merged, order, server, field.mergeKey, field.mergeKey !== "" && kind === "object");
  delete patch[key];
}

/** Items of the patch must stand in the order's order, and all be in it. */
function checkOrder(problems: PatchProblems, list: List, order: List, key: string): void {
  if (list.length === 0 || order.length === 0) return;
  const kept = key === "" ? list : list.filter((item) => !isDeletion(item));
  const same = (a: Json, b: Json): boolean => (key === "" ? a === b : memberOf(a, key) === memberOf(b, key));
  let i = 0;
  let j = 0;
  while (i < kept.length && j < order.length) {
    const item = kept[i] as Json;
    if (memberOf(item, "$patch") !== undefined) i++;
    else if (same(item, order[j++] as Json)) i++;
  }
  if (i < kept.length)
    fail(problems, `The order in patch list:\n${goText(list)}\n doesn't match $setElementOrder list:\n${goText(order)}\n`, undefined);
}

interface MergedList {
  readonly list: List;
  /**
   * What upstream's slice of the server's list holds afterwards: deleting shifts it in place and appended items fill the freed places.
   * The order of the result depends on it.
   */
  readonly server: List;
}

function mergeList(
  problems: PatchProblems,
  before: List,
  patch: List,
  type: PatchType,
  key: string,
  options: MergeOptions,
  removal: boolean,
): MergedList {
  if (before.length === 0 && patch.length === 0) return { list: before, server: before };
  if (elementKind(problems, before, patch) !== "object") {
    if (options.parallelLists && removal) return { list: before.filter((item) => !patch.includes(item)), server: before };
    return { list: orderElements(problems, deduplicate([...before, ...patch]), patch, before, key, false), server: before };
  }
  if (key === "") return fail(problems, "cannot merge lists without merge key for type map", { list: before, server: before });
  const { base, items, server } = obeyItems(problems, before, patch, key);
  const merged = [...base];
  for (const item of items) {
    const value = memberOf(item, key);
    if (value === undefined) return fail(problems, noMergeKey(item, key), { list: before, server: before });
    const at = merged.findIndex((other) => memberOf(other, key) === value);
    if (at >= 0) merged[at] = mergeMap(problems, merged[at] as JsonObject, item as JsonObject, type, options);
    else {
      if (merged.length < server.length) server[merged.length] = item;
      merged.push(item);
    }
  }
  return { list: orderElements(problems, merged, items, base, key, true), server };
}

interface Obeyed {
  readonly base: List;
  readonly items: List;
  readonly server: Json[];
}

/** Items that are directives: they delete others, or say that the patch's list stands for the whole. */
function obeyItems(problems: PatchProblems, before: List, patch: List, key: string): Obeyed {
  const server = [...before];
  let length = before.length;
  let replace = false;
  const items: Json[] = [];
  for (const item of patch) {
    const directive = memberOf(item, "$patch");
    if (directive === undefined) items.push(item);
    else if (directive === "replace") replace = true;
    else if (directive === "delete") {
      const value = memberOf(item, key);
      if (value === undefined) fail(problems, noMergeKey(item, key), undefined);
      for (let at = 0; at < length; at++) {
        if (memberOf(server[at] as Json, key) !== value) continue;
        server.copyWithin(at, at + 1, length);
        length--;
        at--;
      }
    } else if (directive === "merge") fail(problems, "merging lists cannot yet be specified in the patch", undefined);
    else fail(problems, `unknown patch type '${goText(directive)}' in map: ${goText(item)}`, undefined);
  }
  return replace ? { base: items, items: [], server } : { base: server.slice(0, length), items, server };
}
