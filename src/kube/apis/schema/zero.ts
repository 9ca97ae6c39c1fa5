/** Go's zero values as JSON shows them, and which fields JSON leaves out. */
import type { Json } from "../../../sim/types";
import { type Field, type FieldType, type SchemaType, typeNamed } from "./reader";

/** What encoding/json writes for a field nobody set and that is not left out. */
export function zeroOf(type: FieldType): Json {
  if (type.pointer) return null;
  switch (type.kind) {
    case "string":
      return "";
    case "bool":
      return false;
    case "int32":
    case "int64":
    case "float64":
    case "int-or-string":
      return 0;
    case "quantity":
      return "0";
    case "duration":
      return "0s";
    case "struct": {
      const struct = typeNamed(type.id);
      return struct === undefined ? {} : zeroStruct(struct);
    }
    default:
      return null;
  }
}

const zeros = new Map<string, Json>();
export function zeroStruct(type: SchemaType): Json {
  const known = zeros.get(type.id);
  if (known !== undefined) return known;
  const out: Record<string, Json> = {};
  for (const field of type.fields) if (!leftOutWhenZero(field)) out[field.name] = zeroOf(field.type);
  const zero = Object.freeze(out);
  zeros.set(type.id, zero);
  return zero;
}

/** omitempty does nothing for a struct that is no pointer; times and quantities are such structs, too. */
export function leftOutWhenZero(field: Field): boolean {
  if (field.omitZero) return true;
  if (!field.omitEmpty) return false;
  if (field.type.pointer) return true;
  const { kind } = field.type;
  return !(kind === "struct" || kind === "time" || kind === "micro-time" || kind === "quantity" || kind === "int-or-string" || kind === "duration");
}

/** Whether a decoded value is the zero value of its type, other than by a pointer. */
export function isZero(type: FieldType, value: Json): boolean {
  if (type.pointer) return false;
  if (type.kind === "struct") {
    const struct = typeNamed(type.id);
    const zero = struct === undefined ? {} : (zeroStruct(struct) as object);
    return Object.keys(value as object).length === Object.keys(zero).length && JSON.stringify(value) === JSON.stringify(zero);
  }
  if (type.kind === "quantity") return value === "0";
  return value === "" || value === 0 || value === false || value === null || value === "0s";
}
