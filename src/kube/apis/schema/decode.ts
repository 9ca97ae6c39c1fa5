/**
 * JSON into the form the API server keeps: every field of its type checked, unknown ones found, and the result as Go would write it again
 * (empty optional fields left out, fields without omitempty present, quantities canonical). Wrong types are refused in encoding/json's words.
 *
 * Complaints come in alphabetical order of the keys, so that the first complaint does not hang on the order of a document's keys.
 * Not modelled: duplicate keys (a parsed body has none), numbers written as 1.0 or 1e3 where an integer is wanted.
 */
import type { Json } from "../../../sim/types";
import { formatQuantity, parseQuantity } from "../quantity";
import { parseTime, rfc3339 } from "../time";
import { base64Error } from "./go-base64";
import { type FieldType, type SchemaType, typeNamed } from "./reader";
import { isZero, leftOutWhenZero, zeroOf, zeroStruct } from "./zero";

export interface Decoded {
  readonly value: Json;
  /** Paths of unknown fields: `spec.containers[0].imagePullPolcy`. */
  readonly unknown: readonly string[];
  /** The first type error, as encoding/json says it. */
  readonly error: string | undefined;
}
type JsonMap = { readonly [key: string]: Json | undefined };

interface Work {
  readonly unknown: string[];
  error: string | undefined;
  /** Keys in alphabetical order; only worth it when there is something to complain about. */
  readonly ordered: boolean;
}

/** What stands in `struct field S.path of type T`. */
interface Place {
  readonly struct: string | undefined;
  readonly fields: string;
  readonly document: string;
}

const memo = new WeakMap<object, { readonly id: string; readonly struct: Place; readonly result: Decoded }>();
const MEMOIZED = new Set(["core.PodSpec", "core.PodTemplateSpec", "core.ServiceSpec"]);

/**
 * `trusted` is a decoded object of the same type: what is the very same in it is not looked at again.
 * @rule kube.api.decode
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/runtime/serializer/json/json.go Decode
 */
export function decode(type: SchemaType, json: Json | undefined, trusted?: JsonMap): Decoded {
  const place: Place = { struct: undefined, fields: "", document: "" };
  const fast: Work = { unknown: [], error: undefined, ordered: false };
  if (isObject(json)) {
    const value = structOf(type, json, fast, place, trusted);
    if (fast.error === undefined && fast.unknown.length < 2) return { value, unknown: fast.unknown, error: undefined };
  }
  const work: Work = { unknown: [], error: undefined, ordered: true };
  if (!isObject(json)) {
    complain(work, place, json ?? null, type.goType);
    return { value: null, unknown: [], error: work.error };
  }
  const value = decodeStruct(type, json, work, place);
  return { value, unknown: work.unknown, error: work.error };
}

const isObject = (json: Json | undefined): json is JsonMap => typeof json === "object" && json !== null && !Array.isArray(json);

function decodeStruct(type: SchemaType, json: JsonMap, work: Work, place: Place): Json {
  if (!MEMOIZED.has(type.id)) return structOf(type, json, work, place);
  const known = memo.get(json);
  if (known !== undefined && known.id === type.id && known.struct.document === place.document) return replay(known.result, work);
  const inner: Work = { unknown: [], error: undefined, ordered: work.ordered };
  const value = structOf(type, json, inner, place);
  const clean = inner.error === undefined && inner.unknown.length === 0;
  const result: Decoded = { value, unknown: inner.unknown, error: inner.error };
  if (clean && Object.isFrozen(json)) memo.set(json, { id: type.id, struct: place, result });
  if (inner.error === undefined && typeof value === "object" && value !== null) {
    Object.freeze(value);
    memo.set(value, { id: type.id, struct: place, result: { value, unknown: [], error: undefined } });
  }
  return replay(result, work);
}

function replay(result: Decoded, work: Work): Json {
  work.unknown.push(...result.unknown);
  work.error ??= result.error;
  return result.value;
}

function structOf(type: SchemaType, json: JsonMap, work: Work, place: Place, trusted?: JsonMap): Json {
  const found = new Map<string, Json>();
  const all = Object.keys(json);
  for (const key of work.ordered ? all.sort((a, b) => (a < b ? -1 : 1)) : all) {
    const given = json[key];
    const field = type.field(key);
    const document = place.document === "" ? key : `${place.document}.${key}`;
    if (field === undefined) {
      if (given !== undefined) work.unknown.push(document);
      continue;
    }
    if (given === undefined || given === null) continue;
    if (given === trusted?.[key] && typeof given === "object") {
      found.set(key, given);
      continue;
    }
    const value = decodeValue(field.type, given, work, {
      struct: type.goType,
      fields: place.fields === "" ? key : `${place.fields}.${key}`,
      document,
    });
    if (value !== undefined) found.set(key, value);
  }
  const out: Record<string, Json> = {};
  const given = Object.keys(json);
  let same = true;
  let count = 0;
  for (const field of type.fields) {
    let value = found.get(field.name);
    const absent = value === undefined || (leftOutWhenZero(field) && isZero(field.type, value));
    if (absent) {
      if (leftOutWhenZero(field)) continue;
      value ??= zeroOf(field.type);
    }
    out[field.name] = value as Json;
    if (json[field.name] !== value || given[count] !== field.name) same = false;
    count++;
  }
  return same && given.length === count ? (json as Json) : out;
}

/** undefined stands for nil: null, an empty list, an empty map (storage does not tell them from absent ones). */
function decodeValue(type: FieldType, json: Json, work: Work, place: Place): Json | undefined {
  if (json === null) return undefined;
  switch (type.kind) {
    case "struct": {
      const struct = typeNamed(type.id);
      if (struct === undefined) return json;
      return isObject(json) ? decodeStruct(struct, json, work, place) : complain(work, place, json, type.goType);
    }
    case "list":
      return decodeList(type.item, type.goType, json, work, place);
    case "map":
      return decodeMap(type.item, type.goType, json, work, place);
    default:
      return decodeLeaf(type, json, work, place);
  }
}

function decodeList(item: FieldType, goType: string, json: Json, work: Work, place: Place): Json | undefined {
  if (!Array.isArray(json)) return complain(work, place, json, goType);
  if (json.length === 0) return undefined;
  let same = true;
  const out = (json as readonly Json[]).map((given, i) => {
    const value = given === null ? undefined : decodeValue(item, given, work, { ...place, document: `${place.document}[${i}]` });
    const kept = value ?? zeroItem(item);
    if (kept !== given) same = false;
    return kept;
  });
  return same ? json : out;
}

function decodeMap(item: FieldType, goType: string, json: Json, work: Work, place: Place): Json | undefined {
  if (!isObject(json)) return complain(work, place, json, goType);
  const keys = Object.keys(json);
  if (keys.length === 0) return undefined;
  const out: Record<string, Json> = {};
  let same = keys.every((key, i) => i === 0 || (keys[i - 1] ?? "") < key);
  if (!same) keys.sort((a, b) => (a < b ? -1 : 1));
  for (const key of keys) {
    const given = json[key] ?? null;
    const value = given === null ? undefined : decodeValue(item, given, work, { ...place, document: `${place.document}.${key}` });
    const kept = value ?? zeroItem(item);
    out[key] = kept;
    if (kept !== given) same = false;
  }
  return Object.freeze(same ? (json as Json) : out);
}

function zeroItem(item: FieldType): Json {
  if (item.kind === "bytes") return "";
  if (item.kind !== "struct" || item.pointer) return zeroOf(item);
  const struct = typeNamed(item.id);
  return struct === undefined ? {} : zeroStruct(struct);
}

const INT32 = 2147483647;
function decodeLeaf(type: FieldType, json: Json, work: Work, place: Place): Json | undefined {
  switch (type.kind) {
    case "string":
      return typeof json === "string" ? json : complain(work, place, json, type.goType);
    case "bool":
      return typeof json === "boolean" ? json : complain(work, place, json, type.goType);
    case "int32":
    case "int64":
      if (typeof json !== "number") return complain(work, place, json, type.goType);
      if (!Number.isInteger(json) || (type.kind === "int32" && (json > INT32 || json < -INT32 - 1)))
        return complain(work, place, json, type.goType, `number ${json}`);
      return json;
    case "float64":
      return typeof json === "number" ? json : complain(work, place, json, type.goType);
    case "quantity": {
      const parsed = parseQuantity(typeof json === "string" ? json : JSON.stringify(json));
      if ("error" in parsed) return refuse(work, parsed.error);
      return formatQuantity(parsed);
    }
    case "int-or-string":
      if (typeof json === "string") return json;
      if (typeof json === "number" && Number.isInteger(json) && json <= INT32 && json >= -INT32 - 1) return json;
      return refuse(
        work,
        `json: cannot unmarshal ${typeof json === "number" ? `number ${json}` : kindOf(json)} into Go value of type ${typeof json === "number" ? "int32" : "int32"}`,
      );
    case "time":
    case "micro-time":
      return decodeTime(type.kind, json, work);
    case "duration":
      return typeof json === "string" ? json : refuse(work, `json: cannot unmarshal ${kindOf(json)} into Go value of type string`);
    case "bytes": {
      if (typeof json !== "string") return complain(work, place, json, type.goType);
      const wrong = base64Error(json);
      return wrong === undefined ? json : refuse(work, `illegal base64 data at input byte ${wrong}`);
    }
    default:
      return json;
  }
}

function decodeTime(kind: "time" | "micro-time", json: Json, work: Work): Json | undefined {
  if (typeof json !== "string") return refuse(work, `json: cannot unmarshal ${kindOf(json)} into Go value of type string`);
  if (json === "") return refuse(work, `parsing time "" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "2006"`);
  const at = parseTime(json);
  if (at === undefined) {
    const layout = kind === "time" ? "2006-01-02T15:04:05Z07:00" : "2006-01-02T15:04:05.000000Z07:00";
    return refuse(work, `parsing time ${JSON.stringify(json)} as "${layout}": cannot parse ${JSON.stringify(json)} as "2006"`);
  }
  if (kind === "time") return rfc3339(at);
  const micros = String(((at % 1_000_000) + 1_000_000) % 1_000_000).padStart(6, "0");
  return `${rfc3339(at).slice(0, -1)}.${micros}Z`;
}

const kindOf = (json: Json): string => (Array.isArray(json) ? "array" : json === null ? "null" : typeof json === "boolean" ? "bool" : typeof json);

function complain(work: Work, place: Place, json: Json, goType: string, shown = kindOf(json)): undefined {
  const where = place.struct === undefined ? "value" : `struct field ${place.struct.slice(place.struct.indexOf(".") + 1)}.${place.fields}`;
  return refuse(work, `json: cannot unmarshal ${shown} into Go ${where} of type ${goType}`);
}

function refuse(work: Work, error: string): undefined {
  work.error ??= error;
  return undefined;
}
