/**
 * Who set which field: kept with each object that a person's client made or applied, so that one author does not overwrite another unawares.
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/structuredmerge.go Update, Apply; sigs.k8s.io/structured-merge-diff@v6 merge/update.go
 * Not modelled: what the cluster's own components write belongs to nobody; several versions of a kind; managedFields that a client sends.
 */
import type { Json } from "../../../sim/types";
import type { JsonObject, KubeObject } from "../../apis/objects";
import { sameJson } from "../../apis/equality";
import { apiVersionOf, type ResourceInfo } from "../../apis/resources";
import { type SchemaType, typeOf } from "../../apis/schema/reader";
import type { ApiResponse } from "../door";
import { failure } from "../status";
import { type FieldValues, fieldsOfObject, fieldsV1, isWithin, pathsOf, shownPath } from "./field-set";
import { mergedStruct, withoutPath } from "./merge";

export interface Manager {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly time?: string;
  readonly fieldsType: "FieldsV1";
  readonly fieldsV1: JsonObject;
  readonly subresource?: string;
}
export interface Author {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly subresource: string | undefined;
  readonly now: string;
}

export const managersOf = (object: KubeObject | undefined): readonly Manager[] =>
  ((object?.metadata as { readonly managedFields?: readonly Manager[] } | undefined)?.managedFields ?? []) as readonly Manager[];

const isAuthor = (entry: Manager, { manager, operation, subresource }: Author): boolean =>
  entry.manager === manager && entry.operation === operation && (entry.subresource ?? "") === (subresource ?? "");

/** The main door owns no status, the status door nothing else. @source strategies' GetResetFields */
const atDoor = (path: string, subresource: string | undefined): boolean => isWithin(path, "f:status") === (subresource === "status");

function entryOf(resource: ResourceInfo, author: Author, paths: Iterable<string>): Manager {
  const { manager, operation, subresource, now } = author;
  const part = subresource === undefined ? {} : { subresource };
  return { manager, operation, apiVersion: apiVersionOf(resource), time: now, fieldsType: "FieldsV1", fieldsV1: fieldsV1(paths), ...part };
}

/** Applied ones first, then the oldest. @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/managedfields.go sortEncodedManagedFields */
const sorted = (entries: readonly Manager[]): readonly Manager[] =>
  entries.toSorted((a, b) => {
    if (a.operation !== b.operation) return a.operation < b.operation ? -1 : 1;
    if (a.time !== b.time) return (a.time ?? "") < (b.time ?? "") ? -1 : 1;
    return a.manager < b.manager ? -1 : 1;
  });

/** The entries with one's own set to these paths, and none of `lost` with the others. One that says the same keeps its time. */
function written(
  resource: ResourceInfo,
  entries: readonly Manager[],
  author: Author,
  own: ReadonlySet<string>,
  lost: ReadonlySet<string>,
): readonly Manager[] {
  const out: Manager[] = [];
  for (const entry of entries) {
    if (isAuthor(entry, author)) continue;
    const paths = pathsOf(entry.fieldsV1);
    const left = [...paths].filter((path) => !lost.has(path));
    if (left.length === paths.size) out.push(entry);
    else if (left.length > 0) out.push({ ...entry, fieldsV1: fieldsV1(left) });
  }
  const before = entries.find((entry) => isAuthor(entry, author));
  if (own.size > 0) {
    const mine = entryOf(resource, author, own);
    out.push(before !== undefined && sameJson(before.fieldsV1 as Json, mine.fieldsV1 as Json) ? before : mine);
  }
  return sorted(out);
}

function compared(before: FieldValues, after: FieldValues): { readonly set: readonly string[]; readonly removed: readonly string[] } {
  const set = [...after].flatMap(([path, value]) => (before.get(path) === value ? [] : [path]));
  return { set, removed: [...before.keys()].filter((path) => !after.has(path)) };
}

const NONE: FieldValues = new Map();
const valuesOf = (type: SchemaType, object: KubeObject | undefined): FieldValues =>
  object === undefined ? NONE : fieldsOfObject(type, object as unknown as JsonObject);

/**
 * After a create, PUT or PATCH: whoever changes a field owns it, alone.
 * @rule kube.apply.update-manager
 * @source sigs.k8s.io/structured-merge-diff@v6 merge/update.go Updater.Update
 */
export function managersAfterUpdate(resource: ResourceInfo, before: KubeObject | undefined, after: KubeObject, author: Author): readonly Manager[] {
  const type = typeOf(apiVersionOf(resource), resource.kind);
  const entries = managersOf(before);
  if (type === undefined) return entries;
  const { set, removed } = compared(valuesOf(type, before), valuesOf(type, after));
  const changed = set.filter((path) => atDoor(path, author.subresource));
  const own = new Set(pathsOf(entries.find((entry) => isAuthor(entry, author))?.fieldsV1));
  for (const path of changed) own.add(path);
  for (const path of removed) own.delete(path);
  return written(resource, entries, author, own, new Set([...changed, ...removed]));
}

interface Conflict {
  readonly entry: Manager;
  readonly path: string;
}
const shownManager = ({ manager, subresource, operation, apiVersion }: Manager): string =>
  `${JSON.stringify(manager)}${subresource === undefined ? "" : ` with subresource ${JSON.stringify(subresource)}`}${operation === "Update" ? ` using ${apiVersion}` : ""}`;

/** @rule kube.apply.conflict @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/conflict.go NewConflictError */
function refused(conflicts: readonly Conflict[]): ApiResponse {
  const causes = conflicts.map(({ entry, path }) => ({
    reason: "FieldManagerConflict",
    message: `conflict with ${shownManager(entry)}`,
    field: shownPath(path),
  }));
  const byManager = new Map<string, string[]>();
  for (const { entry, path } of conflicts) byManager.set(shownManager(entry), [...(byManager.get(shownManager(entry)) ?? []), shownPath(path)]);
  const [first] = conflicts;
  const several = [...byManager]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([manager, paths]) => `conflicts with ${manager}:\n- ${paths.join("\n- ")}`)
    .join("\n");
  const message =
    conflicts.length === 1 && first !== undefined
      ? `Apply failed with 1 conflict: conflict with ${shownManager(first.entry)}: ${shownPath(first.path)}`
      : `Apply failed with ${conflicts.length} conflicts: ${several}`;
  return failure(409, "Conflict", message, { causes });
}

export interface Applied {
  readonly object: Json;
  readonly managers: readonly Manager[];
}

/** What nobody has kept account of belonged to somebody before. @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/skipnonapplied.go Apply */
function accounted(resource: ResourceInfo, live: KubeObject, values: FieldValues, author: Author): readonly Manager[] {
  const entries = managersOf(live);
  if (entries.length > 0) return entries;
  const paths = [...values.keys()].filter((path) => atDoor(path, author.subresource));
  return [entryOf(resource, { manager: "before-first-apply", operation: "Update", subresource: undefined, now: author.now }, paths)];
}

/**
 * A configuration applied: laid over the live object, minus what its author no longer names and nobody else owns. Refused where it
 * would change what others own, unless forced.
 * @rule kube.apply.apply
 * @source sigs.k8s.io/structured-merge-diff@v6 merge/update.go Updater.Apply, prune
 */
export function apply(
  resource: ResourceInfo,
  live: KubeObject | undefined,
  given: JsonObject,
  author: Author,
  force: boolean,
): Applied | ApiResponse {
  const type = typeOf(apiVersionOf(resource), resource.kind);
  if (type === undefined) return { object: given, managers: [] };
  const named = new Set([...fieldsOfObject(type, given).keys()].filter((path) => atDoor(path, author.subresource)));
  if (live === undefined) return { object: given, managers: written(resource, [], author, named, new Set()) };
  const before = valuesOf(type, live);
  const entries = accounted(resource, live, before, author);
  let merged: Json = mergedStruct(type, live as unknown as JsonObject, given);
  const others = entries.filter((entry) => !isAuthor(entry, author)).map((entry) => ({ entry, paths: pathsOf(entry.fieldsV1) }));
  const dropped = [...pathsOf(entries.find((entry) => isAuthor(entry, author))?.fieldsV1)].filter((path) => !named.has(path));
  for (const path of dropped) {
    const kept = others.some(({ paths }) => [...paths].some((other) => isWithin(other, path))) || [...named].some((other) => isWithin(other, path));
    if (!kept) merged = withoutPath(merged, path);
  }
  const { set, removed } = compared(before, fieldsOfObject(type, merged as JsonObject));
  const changed = new Set(set);
  const conflicts = others.flatMap(({ entry, paths }) => [...paths].filter((path) => changed.has(path)).map((path) => ({ entry, path })));
  if (conflicts.length > 0 && !force) return refused(conflicts);
  return { object: merged, managers: written(resource, entries, author, named, new Set([...changed, ...removed])) };
}
