/**
 * Which fields an object has, as paths through its type: the members of a list with keys by their keys, those of a set by their value; what
 * is atomic is one field. A path's elements are written as in `fieldsV1` (`f:spec`, `k:{"name":"web"}`, `v:"x"`).
 * @source sigs.k8s.io/structured-merge-diff@v6 typed/tofieldset.go, fieldpath/serialize-pe.go
 */
import type { Json } from "../../../sim/types";
import type { JsonObject } from "../../apis/objects";
import { type Field, type FieldType, type SchemaType, structOf } from "../../apis/schema/reader";

/** Path to the JSON text of what stands there; "" for a member of a list that is more than a value. */
export type FieldValues = ReadonlyMap<string, string>;
const SEPARATOR = "\u001f";
export const elementsOf = (path: string): readonly string[] => path.split(SEPARATOR);
export const isWithin = (path: string, above: string): boolean => path === above || path.startsWith(`${above}${SEPARATOR}`);

/** Structs that are taken and given as one. @source kubernetes@1.35 staging/src/k8s.io/api: +structType=atomic */
const ATOMIC: ReadonlySet<string> = new Set([
  "meta.LabelSelector",
  "core.ConfigMapKeySelector",
  "core.LocalObjectReference",
  "core.NodeSelector",
  "core.NodeSelectorTerm",
  "core.ObjectFieldSelector",
  "core.ObjectReference",
  "core.ResourceFieldSelector",
  "core.SecretKeySelector",
  "core.SecretReference",
  "core.TypedLocalObjectReference",
  "core.TypedObjectReference",
  "meta.OwnerReference",
]);
/** Keys that a member may leave to their default. */
const KEY_DEFAULTS: Readonly<Record<string, Json>> = { protocol: "TCP" };

export const isObject = (value: Json | undefined): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);
const isAtomic = (type: FieldType): boolean => type.kind === "struct" && ATOMIC.has(type.id);
export const structFor = (type: FieldType): SchemaType | undefined => (type.kind === "struct" && !isAtomic(type) ? structOf(type) : undefined);
export const isKeyed = (field: Field | undefined): field is Field =>
  field?.type.kind === "list" && field.listType === "map" && field.listKeys.length > 0;
export const isSet = (field: Field | undefined): boolean => field?.type.kind === "list" && field.listType === "set";

/** A member's name among the others of its list. */
export function memberKey(item: Json, keys: readonly string[]): string {
  const given = isObject(item) ? item : {};
  const named = keys
    .toSorted((a, b) => (a < b ? -1 : 1))
    .flatMap((key) => {
      const value = given[key] ?? KEY_DEFAULTS[key];
      return value === undefined ? [] : [`${JSON.stringify(key)}:${JSON.stringify(value)}`];
    });
  return `k:{${named.join(",")}}`;
}
export const valueKey = (item: Json): string => `v:${JSON.stringify(item)}`;

function visitList(field: Field, list: readonly Json[], path: string, out: Map<string, string>): void {
  const item = field.type.kind === "list" ? structFor(field.type.item) : undefined;
  for (const member of list) {
    const at = `${path}${SEPARATOR}${isKeyed(field) ? memberKey(member, field.listKeys) : valueKey(member)}`;
    out.set(at, "");
    if (isKeyed(field) && item !== undefined && isObject(member)) visitStruct(item, member, at, out);
  }
}

function visitField(field: Field, value: Json, path: string, out: Map<string, string>): void {
  if (Array.isArray(value) && (isKeyed(field) || isSet(field))) return visitList(field, value, path, out);
  const struct = structFor(field.type);
  if (isObject(value) && Object.keys(value).length > 0) {
    if (struct !== undefined) return visitStruct(struct, value, path, out);
    if (field.type.kind === "map") {
      for (const [key, member] of Object.entries(value)) out.set(`${path}${SEPARATOR}f:${key}`, JSON.stringify(member ?? null));
      return;
    }
  }
  out.set(path, JSON.stringify(value));
}

function visitStruct(type: SchemaType, value: JsonObject, path: string, out: Map<string, string>): void {
  for (const [key, member] of Object.entries(value)) {
    const field = type.field(key);
    if (field !== undefined && member !== undefined) visitField(field, member, path === "" ? `f:${key}` : `${path}${SEPARATOR}f:${key}`, out);
  }
}

/** Identity and bookkeeping belong to nobody. @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/stripmeta.go */
const STRIPPED = ["apiVersion", "kind"];
const STRIPPED_META = [
  "name",
  "namespace",
  "creationTimestamp",
  "selfLink",
  "uid",
  "clusterName",
  "generation",
  "managedFields",
  "resourceVersion",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
];

/** @rule kube.apply.field-set */
export function fieldsOfObject(type: SchemaType, object: JsonObject): FieldValues {
  const out = new Map<string, string>();
  const meta = isObject(object["metadata"]) ? object["metadata"] : {};
  const metadata = Object.fromEntries(Object.entries(meta).filter(([key]) => !STRIPPED_META.includes(key)));
  const rest = Object.fromEntries(Object.entries(object).filter(([key]) => !STRIPPED.includes(key) && key !== "metadata"));
  visitStruct(type, { ...(Object.keys(metadata).length > 0 ? { metadata } : {}), ...rest } as JsonObject, "", out);
  return out;
}

type Trie = { [element: string]: Trie };
/** As `fieldsV1`: a field that is owned and has owned fields below it is marked with `.`. */
export function fieldsV1(paths: Iterable<string>): JsonObject {
  const root: Trie = {};
  const owned = [...paths].sort((a, b) => (a < b ? -1 : 1));
  const inner = new Set(
    owned.flatMap((path) =>
      elementsOf(path)
        .slice(0, -1)
        .map((_, i, all) => all.slice(0, i + 1).join(SEPARATOR)),
    ),
  );
  for (const path of owned) {
    let at = root;
    for (const element of elementsOf(path)) at = at[element] ??= {};
    if (inner.has(path)) at["."] = {};
  }
  return root as unknown as JsonObject;
}

export function pathsOf(trie: Json | undefined): ReadonlySet<string> {
  const out = new Set<string>();
  const visit = (at: JsonObject, path: string): void => {
    const below = Object.entries(at).filter(([element]) => element !== ".");
    if (path !== "" && (below.length === 0 || at["."] !== undefined)) out.add(path);
    for (const [element, child] of below) if (isObject(child)) visit(child, path === "" ? element : `${path}${SEPARATOR}${element}`);
  };
  if (isObject(trie)) visit(trie, "");
  return out;
}

/** As a conflict shows it: `.spec.containers[name="web"].image`. @source sigs.k8s.io/structured-merge-diff@v6 fieldpath/element.go String */
export function shownPath(path: string): string {
  return elementsOf(path)
    .map((element) => {
      const text = element.slice(2);
      if (element.startsWith("f:")) return `.${text}`;
      if (element.startsWith("v:")) return `[=${text}]`;
      const keys = Object.entries(JSON.parse(text) as Record<string, Json>);
      return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(",")}]`;
    })
    .join("");
}
