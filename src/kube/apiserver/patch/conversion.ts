/**
 * Whether a strategically patched document still fits its type, in the words of the converter from unstructured maps (which are not
 * those of the JSON decoder).
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/runtime/converter.go fromUnstructured
 * Not modelled: errors inside quantities, times and int-or-strings; those the decoder finds.
 */
import type { Json } from "../../../sim/types";
import type { JsonObject } from "../../apis/objects";
import { isList, isObject } from "../../apis/patch/strategic-lists";
import { type FieldType, type SchemaType, typeNamed, typeOf } from "../../apis/schema/reader";

const GO_KINDS: Readonly<Record<string, string>> = { bool: "bool", int32: "int32", int64: "int64", float64: "float64", string: "string" };

function goTypeOf(value: Json): string {
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  return isList(value) ? "[]interface {}" : "map[string]interface {}";
}

function leafError(type: FieldType, kind: string, value: Json): string | undefined {
  const given = goTypeOf(value);
  const number = kind !== "string" && kind !== "bool";
  if (given === kind) return undefined;
  if (number && (given === "int64" || given === "float64")) {
    if (kind === "float64" || Number.isInteger(value)) return undefined;
    return `cannot convert ${given} to ${type.goType}`;
  }
  if (kind === "string" && given === "int64") return `cannot convert ${given} to ${type.goType}`;
  return `unrecognized type: ${kind}`;
}

function valueError(type: FieldType, value: Json | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  switch (type.kind) {
    case "struct": {
      const struct = typeNamed(type.id);
      if (!isObject(value)) return `cannot restore struct from: ${goTypeOf(value) === "map[string]interface {}" ? "map" : kindName(value)}`;
      return struct === undefined ? undefined : structError(struct, value);
    }
    case "list":
      if (!isList(value)) return `cannot restore slice from ${kindName(value)}`;
      return first(value, (item) => valueError(type.item, item));
    case "map":
      if (!isObject(value)) return `cannot restore map from ${kindName(value)}`;
      return first(Object.values(value), (item) => valueError(type.item, item));
    default: {
      const kind = GO_KINDS[type.kind];
      return kind === undefined ? undefined : leafError(type, kind, value);
    }
  }
}

const kindName = (value: Json): string => (isList(value) ? "slice" : isObject(value) ? "map" : goTypeOf(value));

function first<T>(items: readonly T[], problem: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = problem(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

const structError = (type: SchemaType, value: JsonObject): string | undefined =>
  first(type.fields, (field) => valueError(field.type, value[field.name]));

/**
 * Members that are still those of the object before the patch need no look.
 * @rule kube.patch.conversion
 */
export function conversionError(apiVersion: string, kind: string, value: JsonObject, before: JsonObject): string | undefined {
  const type = typeOf(apiVersion, kind);
  return first(type?.fields ?? [], (field) => (value[field.name] === before[field.name] ? undefined : valueError(field.type, value[field.name])));
}
