/**
 * The types of the API as data: fields in Go's order with their types, patch keys and allowed values. For decoding, strategic merge,
 * `kubectl explain`, completion and hover.
 *
 * Interface: typeOf(apiVersion, kind), typeNamed(id), fieldsOf, fieldAt(type, path). A type's id is `package.Name`, as `core.PodSpec`.
 * Types are parsed when first asked for.
 * @source kubernetes@1.35 staging/src/k8s.io/api
 */
import { SCHEMA } from "./generated";

export type LeafKind =
  | "string"
  | "bool"
  | "int32"
  | "int64"
  | "float64"
  | "quantity"
  | "int-or-string"
  | "time"
  | "micro-time"
  | "duration"
  | "bytes"
  | "raw";

export type FieldType =
  | { readonly kind: LeafKind; readonly pointer: boolean; readonly goType: string }
  | { readonly kind: "struct"; readonly pointer: boolean; readonly goType: string; readonly id: string }
  | { readonly kind: "list" | "map"; readonly pointer: boolean; readonly goType: string; readonly item: FieldType };

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** Left out of JSON when empty. */
  readonly omitEmpty: boolean;
  /** A struct that is left out of JSON when it is zero. */
  readonly omitZero: boolean;
  readonly required: boolean;
  readonly strategies: readonly string[];
  readonly mergeKey: string | undefined;
  readonly listType: string | undefined;
  readonly listKeys: readonly string[];
  /** Allowed values, where the API names them. */
  readonly values: readonly string[] | undefined;
}

export interface SchemaType {
  readonly id: string;
  /** As Go prints it: `v1.Container`. */
  readonly goType: string;
  readonly fields: readonly Field[];
  field(name: string): Field | undefined;
}

const LEAVES: Readonly<Record<string, readonly [LeafKind, string]>> = {
  s: ["string", "string"],
  b: ["bool", "bool"],
  i32: ["int32", "int32"],
  i64: ["int64", "int64"],
  f64: ["float64", "float64"],
  Q: ["quantity", "resource.Quantity"],
  IS: ["int-or-string", "intstr.IntOrString"],
  T: ["time", "v1.Time"],
  MT: ["micro-time", "v1.MicroTime"],
  D: ["duration", "v1.Duration"],
  B: ["bytes", "[]uint8"],
  R: ["raw", "runtime.RawExtension"],
};
const PACKAGE_OF_GROUP: Readonly<Record<string, string>> = {
  "": "core",
  apps: "apps",
  batch: "batch",
  "networking.k8s.io": "networking",
  policy: "policy",
  "rbac.authorization.k8s.io": "rbac",
  "scheduling.k8s.io": "scheduling",
  "storage.k8s.io": "storage",
  "coordination.k8s.io": "coordination",
  "discovery.k8s.io": "discovery",
  autoscaling: "autoscaling",
};

const lineOf = new Map(
  SCHEMA.trim()
    .split("\n")
    .map((line) => [line.slice(0, line.indexOf("|")), line.slice(line.indexOf("|") + 1)] as const),
);
const parsed = new Map<string, SchemaType>();

const goTypeOf = (id: string): string => `${id.startsWith("autoscaling.") ? "v2" : "v1"}.${id.slice(id.indexOf(".") + 1)}`;

function parseType(text: string): FieldType {
  const pointer = text.startsWith("*");
  const rest = pointer ? text.slice(1) : text;
  const named = /^(.*)<([^<>]+)>$/.exec(rest);
  const bare = named?.[1] ?? rest;
  const goName = named?.[2];
  if (bare.startsWith("[]") || bare.startsWith("{}")) {
    const item = parseType(bare.slice(2));
    const inner = `${item.pointer ? "*" : ""}${item.goType}`;
    const list = bare.startsWith("[]");
    return { kind: list ? "list" : "map", pointer, goType: goName ?? (list ? `[]${inner}` : `map[string]${inner}`), item };
  }
  const leaf = LEAVES[bare];
  if (leaf !== undefined) return { kind: leaf[0], pointer, goType: goName ?? leaf[1] };
  return { kind: "struct", pointer, goType: goTypeOf(bare), id: bare };
}

function parseField(text: string): Field {
  const [name = "", type = "", ...more] = text.split(" ");
  const flags = more[0] ?? "";
  const extra = (mark: string): string | undefined =>
    more
      .slice(1)
      .find((part) => part.startsWith(mark))
      ?.slice(1);
  return {
    name,
    type: parseType(type),
    omitEmpty: flags.includes("e"),
    omitZero: flags.includes("z"),
    required: flags.includes("!"),
    strategies: extra("m")?.split(",") ?? [],
    mergeKey: extra("k"),
    listType: extra("l"),
    listKeys: extra("n")?.split("+") ?? [],
    values: extra("v")
      ?.split("+")
      .map((value) => (value === "-" ? "" : value)),
  };
}

/** The type with this id, for example `core.PodSpec`. */
export function typeNamed(id: string): SchemaType | undefined {
  const known = parsed.get(id);
  if (known !== undefined) return known;
  const line = lineOf.get(id);
  if (line === undefined) return undefined;
  const fields = line === "" ? [] : line.split(";").map(parseField);
  const byName = new Map(fields.map((field) => [field.name, field]));
  const type: SchemaType = { id, goType: goTypeOf(id), fields, field: (name) => byName.get(name) };
  parsed.set(id, type);
  return type;
}

/** The type of a kind; `apiVersion` as in manifests (`v1`, `apps/v1`). */
export function typeOf(apiVersion: string, kind: string): SchemaType | undefined {
  const slash = apiVersion.indexOf("/");
  const group = slash < 0 ? "" : apiVersion.slice(0, slash);
  if (kind === "Scale" && group === "autoscaling") return typeNamed("autoscalingv1.Scale");
  const home = Object.hasOwn(PACKAGE_OF_GROUP, group) ? PACKAGE_OF_GROUP[group] : undefined;
  return home === undefined ? undefined : typeNamed(`${home}.${kind}`);
}

export const fieldsOf = (type: SchemaType): readonly Field[] => type.fields;

/** The struct inside a field's type, through lists, maps and pointers. */
export function structOf(type: FieldType): SchemaType | undefined {
  if (type.kind === "struct") return typeNamed(type.id);
  return type.kind === "list" || type.kind === "map" ? structOf(type.item) : undefined;
}

/** The field at a path of names, for example ["spec", "containers", "image"]; list indexes and map keys are left out of the path. */
export function fieldAt(type: SchemaType, path: readonly string[]): Field | undefined {
  let at: SchemaType | undefined = type;
  let field: Field | undefined;
  for (const name of path) {
    field = at?.field(name);
    if (field === undefined) return undefined;
    at = structOf(field.type);
  }
  return field;
}

/** How `kubectl explain` shows a field's type: `string`, `[]Container`, `map[string]string`, `ObjectMeta`. */
export function shownType(type: FieldType): string {
  switch (type.kind) {
    case "list":
      return `[]${shownType(type.item)}`;
    case "map":
      return `map[string]${shownType(type.item)}`;
    case "struct":
      return type.id.slice(type.id.indexOf(".") + 1);
    case "bool":
      return "boolean";
    case "int32":
    case "int64":
      return "integer";
    case "float64":
      return "number";
    case "quantity":
      return "Quantity";
    case "int-or-string":
      return "IntOrString";
    case "time":
      return "Time";
    case "micro-time":
      return "MicroTime";
    case "duration":
      return "Duration";
    case "raw":
      return "Object";
    default:
      return "string";
  }
}
