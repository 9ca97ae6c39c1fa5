/**
 * RFC 6902 JSON patch as the API server's library applies it. Every failure is the same to the client; the reason is kept for tests.
 * @source kubernetes@1.35 vendor/gopkg.in/evanphx/json-patch.v4/patch.go
 */
import type { Json } from "../../../sim/types";
import { sameJson } from "../equality";
import type { JsonObject } from "../objects";

export type JsonPatchResult = { readonly value: Json } | { readonly error: string };

interface Operation {
  readonly op?: Json;
  readonly path?: Json;
  readonly from?: Json;
  readonly value?: Json;
}
type Found = { readonly parent: Json; readonly key: string } | undefined;

const pointer = (path: string): string[] =>
  path
    .split("/")
    .slice(1)
    .map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"));
const isObject = (value: Json | undefined): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);

/** Negative indexes count from the end, as that library allows. */
function indexIn(list: readonly Json[], key: string, forAdd: boolean): number | undefined {
  if (key === "-") return forAdd ? list.length : undefined;
  if (!/^-?\d+$/.test(key)) return undefined;
  const length = list.length + (forAdd ? 1 : 0);
  const index = Number(key) < 0 ? Number(key) + length : Number(key);
  return index >= 0 && index < length ? index : undefined;
}

function child(value: Json, key: string): Json | undefined {
  if (Array.isArray(value)) {
    const index = indexIn(value as readonly Json[], key, false);
    return index === undefined ? undefined : (value as readonly Json[])[index];
  }
  return isObject(value) ? value[key] : undefined;
}

function parentOf(root: Json, path: string): Found {
  const keys = pointer(path);
  const key = keys.pop();
  if (key === undefined) return undefined;
  let parent: Json | undefined = root;
  for (const part of keys) {
    parent = child(parent, part);
    if (parent === undefined) return undefined;
  }
  return typeof parent === "object" && parent !== null ? { parent, key } : undefined;
}

/** A copy of `root` in which the container at `keys` was replaced by what `change` makes of it. */
function rebuild(root: Json, keys: readonly string[], change: (container: Json) => Json): Json {
  const [key, ...rest] = keys;
  if (key === undefined) return change(root);
  const next = rebuild(child(root, key) as Json, rest, change);
  if (Array.isArray(root)) {
    const list = [...(root as readonly Json[])];
    list[indexIn(list, key, false) ?? 0] = next;
    return list;
  }
  return { ...(root as JsonObject), [key]: next };
}

function add(root: Json, path: string, value: Json): JsonPatchResult {
  if (path === "") return { value };
  const found = parentOf(root, path);
  if (found === undefined) return { error: `add operation does not apply: doc is missing path: "${path}": missing value` };
  const keys = pointer(path).slice(0, -1);
  if (!Array.isArray(found.parent)) return { value: rebuild(root, keys, (parent) => ({ ...(parent as JsonObject), [found.key]: value })) };
  const index = indexIn(found.parent as readonly Json[], found.key, true);
  if (index === undefined) return { error: `add operation does not apply: Unable to access invalid index: ${found.key}` };
  return { value: rebuild(root, keys, (parent) => [...(parent as Json[]).slice(0, index), value, ...(parent as Json[]).slice(index)]) };
}

function remove(root: Json, path: string): JsonPatchResult {
  const found = parentOf(root, path);
  if (found === undefined || child(found.parent, found.key) === undefined)
    return { error: `remove operation does not apply: doc is missing path: "${path}"` };
  return {
    value: rebuild(root, pointer(path).slice(0, -1), (parent) => {
      if (Array.isArray(parent)) {
        const index = indexIn(parent as readonly Json[], found.key, false);
        return (parent as readonly Json[]).filter((_, i) => i !== index);
      }
      const { [found.key]: _, ...rest } = parent as JsonObject;
      return rest;
    }),
  };
}

/** Replacing a missing member of an object adds it, as the library has it. */
function replace(root: Json, path: string, value: Json): JsonPatchResult {
  if (path === "") return { value };
  const found = parentOf(root, path);
  if (found === undefined) return { error: `replace operation does not apply: doc is missing path: ${path}` };
  if (!Array.isArray(found.parent)) return add(root, path, value);
  const index = indexIn(found.parent as readonly Json[], found.key, false);
  if (index === undefined) return { error: `replace operation does not apply: doc is missing key: ${path}` };
  return { value: rebuild(root, pointer(path).slice(0, -1), (parent) => (parent as readonly Json[]).map((item, i) => (i === index ? value : item))) };
}

function valueAt(root: Json, path: string): Json | undefined {
  if (path === "") return root;
  const found = parentOf(root, path);
  return found === undefined ? undefined : child(found.parent, found.key);
}

function applyOne(root: Json, operation: Operation): JsonPatchResult {
  const { op, path, from, value } = operation;
  if (typeof path !== "string") return { error: "missing path" };
  switch (op) {
    case "add":
      return add(root, path, value ?? null);
    case "remove":
      return remove(root, path);
    case "replace":
      return replace(root, path, value ?? null);
    case "test":
      return sameJson(valueAt(root, path) ?? null, value ?? null) ? { value: root } : { error: `testing value ${path} failed` };
    case "move":
    case "copy": {
      const moved = typeof from === "string" ? valueAt(root, from) : undefined;
      if (moved === undefined || typeof from !== "string") return { error: `${op} operation does not apply: doc is missing from path` };
      if (op === "copy") return add(root, path, moved);
      const without = remove(root, from);
      return "error" in without ? without : add(without.value, path, moved);
    }
    default:
      return { error: `Unexpected kind: ${String(op)}` };
  }
}

/** @rule kube.patch.json */
export function applyJsonPatch(document: Json, operations: readonly Json[]): JsonPatchResult {
  let value = document;
  for (const operation of operations) {
    const result = applyOne(value, isObject(operation) ? (operation as Operation) : {});
    if ("error" in result) return result;
    value = result.value;
  }
  return { value };
}
