/**
 * What a PATCH request makes of an object, by media type.
 * @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go PatchResource
 */
import type { Json } from "../../../sim/types";
import { applyJsonPatch } from "../../apis/patch/json-patch";
import { mergePatch } from "../../apis/patch/merge-patch";
import type { KubeObject } from "../../apis/objects";
import type { ResourceInfo } from "../../apis/resources";
import type { ApiRequest, ApiResponse } from "../door";
import { badRequest, failure, notFound } from "../status";

export type Patched = { readonly object: Json; readonly create?: boolean } | { readonly response: ApiResponse };

const rejected = (): ApiResponse => failure(422, "Invalid", "the server rejected our request due to an error in our request", {});
const unsupported = (): ApiResponse => failure(415, "UnsupportedMediaType", "415: Unsupported Media Type", {});

export function patched(
  resource: ResourceInfo,
  current: KubeObject | undefined,
  request: ApiRequest,
  _query: Readonly<Record<string, string>>,
  name: string,
): Patched {
  const body = request.body ?? null;
  const document = current as unknown as Json | undefined;
  switch (request.contentType) {
    case "application/json-patch+json": {
      if (!Array.isArray(body))
        return { response: badRequest("error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp") };
      if (document === undefined) return { response: notFound(resource, name) };
      const result = applyJsonPatch(document, body as readonly Json[]);
      return "error" in result ? { response: rejected() } : { object: result.value };
    }
    case "application/merge-patch+json":
    case "application/strategic-merge-patch+json":
      if (document === undefined) return { response: notFound(resource, name) };
      return { object: mergePatch(document, body) };
    default:
      return { response: unsupported() };
  }
}
