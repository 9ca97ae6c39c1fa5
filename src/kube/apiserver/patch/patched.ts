/**
 * What a PATCH request makes of an object, by media type.
 * @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go PatchResource
 */
import type { Json } from "../../../sim/types";
import type { JsonObject, KubeObject } from "../../apis/objects";
import { goText } from "../../apis/patch/go-text";
import { applyJsonPatch } from "../../apis/patch/json-patch";
import { patchTypeOf } from "../../apis/patch/kind-schema";
import { mergePatch } from "../../apis/patch/merge-patch";
import type { PatchType } from "../../apis/patch/patch-schema";
import { applyStrategicPatch } from "../../apis/patch/strategic";
import { isList, isObject } from "../../apis/patch/strategic-lists";
import { apiVersionOf, type ResourceInfo } from "../../apis/resources";
import { apply, type Manager } from "../apply/managers";
import type { ApiRequest, ApiResponse } from "../door";
import { parseJsonText } from "../json-text";
import { conversionError } from "./conversion";
import { mergedOwnStatus } from "./own-status";
import { badRequest, failure, invalid, notFound, plainError } from "../status";

type Query = Readonly<Record<string, string>>;
const JSON_PATCH = "application/json-patch+json";
const MERGE_PATCH = "application/merge-patch+json";
const STRATEGIC_PATCH = "application/strategic-merge-patch+json";

/** `managers`: who owns what, when the patch says so itself. */
export type Patched =
  | { readonly object: Json; readonly create?: boolean; readonly managers?: readonly Manager[] }
  | { readonly response: ApiResponse };

const rejected = (): ApiResponse => failure(422, "Invalid", "the server rejected our request due to an error in our request", {});
const unsupported = (): ApiResponse => failure(415, "UnsupportedMediaType", "415: Unsupported Media Type", {});
/** A strategic patch is decoded without the word before it. */
const notDecoded = (type: string, found: Json, wanted: string): ApiResponse =>
  badRequest(`${type === STRATEGIC_PATCH ? "" : "error decoding patch: "}json: cannot unmarshal ${goKind(found)} into Go value of type ${wanted}`);

function goKind(value: Json): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return value === null ? "null" : typeof value;
}

/** Texts are parsed. */
const parsed = (body: Json | undefined): { readonly value: Json } | { readonly error: string } =>
  typeof body === "string" ? parseJsonText(body) : { value: body ?? null };

/** @rule kube.api.patch-types */
export function patched(
  resource: ResourceInfo,
  current: KubeObject | undefined,
  request: ApiRequest,
  query: Query,
  name: string,
  typed: boolean,
  door: { readonly subresource: string | undefined; readonly now: string } = { subresource: undefined, now: "" },
): Patched {
  const type = (request.contentType ?? "").split(";")[0]?.trim();
  if (type === "application/apply-patch+yaml") {
    const configuration = parsed(request.body);
    return applied(resource, current, "error" in configuration ? undefined : configuration.value, query, door);
  }
  if (type !== JSON_PATCH && type !== MERGE_PATCH && type !== STRATEGIC_PATCH) return { response: unsupported() };
  if (current === undefined) return { response: notFound(resource, name) };
  const document = current as unknown as JsonObject;
  const read = parsed(request.body);
  if ("error" in read) return { response: badRequest(`${type === STRATEGIC_PATCH ? "" : "error decoding patch: "}${read.error}`) };
  const body = read.value;
  if (type === JSON_PATCH) {
    if (!Array.isArray(body)) return { response: notDecoded(type, body, "[]handlers.jsonPatchOp") };
    const result = applyJsonPatch(document, body as readonly Json[]);
    return "error" in result ? { response: rejected() } : { object: result.value };
  }
  if (!isObject(body)) return { response: notDecoded(type, body, "map[string]interface {}") };
  if (type === MERGE_PATCH) return { object: mergePatch(document, body) };
  if (typed) {
    const own = patchedByKubelet(document, body);
    if (own !== undefined) return { object: own };
  }
  const schema = patchTypeOf(current.apiVersion, current.kind);
  if (schema === undefined) return { response: unsupported() };
  const result = applyStrategicPatch(document, body, schema);
  if ("error" in result) return { response: plainError(result.error) };
  const unfit = typed ? undefined : conversionError(current.apiVersion, current.kind, result.value, document);
  if (unfit === undefined) return { object: result.value };
  const cause = { reason: "FieldValueInvalid", message: `Invalid value: ${JSON.stringify(goText(body))}: ${unfit}`, field: "patch" };
  return { response: invalid({ group: "", kind: "" }, "", [cause]) };
}

/** A component's patch of nothing but a Pod's status; undefined for any other. */
function patchedByKubelet(document: JsonObject, patch: JsonObject): Json | undefined {
  const { status: before } = document;
  const { status } = patch;
  if (document["kind"] !== "Pod" || !isObject(before) || !isObject(status)) return undefined;
  for (const key in patch) if (key !== "status" && key !== "metadata") return undefined;
  const merged = mergedOwnStatus(before, status);
  return merged === undefined
    ? undefined
    : { ...document, metadata: { ...(document["metadata"] as JsonObject), ...(patch["metadata"] as JsonObject) }, status: merged };
}

/**
 * Server-side apply: the configuration of one author over what is there.
 * @rule kube.api.apply
 * @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go applyPatcher
 */
function applied(
  resource: ResourceInfo,
  current: KubeObject | undefined,
  body: Json | undefined,
  query: Query,
  { subresource, now }: { readonly subresource: string | undefined; readonly now: string },
): Patched {
  const manager = query["fieldManager"];
  if (!manager)
    return {
      response: invalid({ group: "meta.k8s.io", kind: "PatchOptions" }, "", [
        { reason: "FieldValueRequired", message: "Required value: is required for apply patch", field: "fieldManager" },
      ]),
    };
  if (!isObject(body)) return { response: badRequest("error decoding YAML: not an object") };
  if ((body["metadata"] as JsonObject | undefined)?.["managedFields"] !== undefined)
    return { response: badRequest("metadata.managedFields must be nil") };
  const schema = patchTypeOf(apiVersionOf(resource), resource.kind);
  const unknown = schema === undefined ? undefined : unknownPath(body, schema, "");
  if (unknown !== undefined)
    return {
      response: plainError(`failed to create typed patch object (${place(body)}; ${gvk(resource)}): ${unknown}: field not declared in schema`),
    };
  const made = apply(resource, current, body, { manager, operation: "Apply", subresource, now }, query["force"] === "true");
  return "code" in made ? { response: made } : { ...made, ...(current === undefined ? { create: true } : {}) };
}

const gvk = (resource: ResourceInfo): string => `${resource.group}/${resource.version}, Kind=${resource.kind}`;
function place(body: JsonObject): string {
  const meta = (body["metadata"] ?? {}) as { readonly namespace?: string; readonly name?: string };
  return `${meta.namespace ?? ""}/${meta.name ?? ""}`;
}

/** The first field, depth first, that the type does not have. */
function unknownPath(value: JsonObject, type: PatchType, path: string): string | undefined {
  for (const [key, member] of Object.entries(value)) {
    const field = type.field(key);
    if (field === undefined) return `${path}.${key}`;
    for (const item of isList(member) ? member : [member]) {
      const inner = isObject(item) ? unknownPath(item, field.type, `${path}.${key}`) : undefined;
      if (inner !== undefined) return inner;
    }
  }
  return undefined;
}
