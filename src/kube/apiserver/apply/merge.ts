/**
 * An applied configuration laid over what is there, and what its author no longer names taken away.
 * @source sigs.k8s.io/structured-merge-diff@v6 typed/merge.go, typed/remove.go
 * Not modelled: the order of merged lists is the live one's, what is new comes last.
 */
import type { Json } from "../../../sim/types";
import type { JsonObject } from "../../apis/objects";
import type { Field, SchemaType } from "../../apis/schema/reader";
import { elementsOf, isKeyed, isObject, isSet, memberKey, structFor, valueKey } from "./field-set";

function mergedList(field: Field, live: readonly Json[], given: readonly Json[]): readonly Json[] {
  if (isSet(field)) return [...live, ...given.filter((item) => !live.some((other) => valueKey(other) === valueKey(item)))];
  const keyOf = (item: Json): string => memberKey(item, field.listKeys);
  const struct = field.type.kind === "list" ? structFor(field.type.item) : undefined;
  const wanted = new Map(given.map((item) => [keyOf(item), item]));
  const kept = live.map((item) => {
    const over = wanted.get(keyOf(item));
    wanted.delete(keyOf(item));
    return over !== undefined && struct !== undefined && isObject(item) && isObject(over) ? mergedStruct(struct, item, over) : (over ?? item);
  });
  return [...kept, ...wanted.values()];
}

function mergedField(field: Field | undefined, live: Json | undefined, given: Json): Json {
  if (live === undefined || live === null || field === undefined) return given;
  if (Array.isArray(live) && Array.isArray(given) && (isKeyed(field) || isSet(field))) return mergedList(field, live, given) as Json;
  if (!isObject(live) || !isObject(given)) return given;
  const struct = structFor(field.type);
  if (struct !== undefined) return mergedStruct(struct, live, given);
  return field.type.kind === "map" ? ({ ...live, ...given } as Json) : given;
}

/** @rule kube.apply.merge */
export function mergedStruct(type: SchemaType, live: JsonObject, given: JsonObject): JsonObject {
  const out: Record<string, Json | undefined> = { ...live };
  for (const [key, value] of Object.entries(given)) if (value !== undefined) out[key] = mergedField(type.field(key), live[key], value);
  return out as JsonObject;
}

/** The object without what stands at a path. */
export function withoutPath(value: Json, path: string): Json {
  const remove = (at: Json, elements: readonly string[]): Json => {
    const [element = "", ...rest] = elements;
    if (element.startsWith("f:")) {
      const key = element.slice(2);
      if (!isObject(at) || at[key] === undefined) return at;
      const { [key]: inner, ...others } = at;
      return rest.length === 0 ? (others as Json) : ({ ...at, [key]: remove(inner as Json, rest) } as Json);
    }
    if (!Array.isArray(at)) return at;
    const isMember = (item: Json): boolean => {
      if (element.startsWith("v:")) return valueKey(item) === element;
      const keys = Object.keys(JSON.parse(element.slice(2)) as object);
      return memberKey(item, keys) === element;
    };
    if (rest.length === 0) return (at as readonly Json[]).filter((item) => !isMember(item)) as Json;
    return (at as readonly Json[]).map((item) => (isMember(item) ? remove(item, rest) : item)) as Json;
  };
  return remove(value, elementsOf(path));
}
