/**
 * The API server's door: one request, one answer, at one instant. The actor adds time around it; tests and tools call it bare.
 * @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/endpoints/installer.go registerResourceHandlers
 */
import type { Tx } from "../../sim/types";
import { authorize } from "./authorization";
import { deleteCollection, deleteObject } from "./deletion";
import { discovery } from "./discovery";
import type { ApiRequest, ApiResponse } from "./door";
import { withTableOptions } from "./printing/accept";
import { getObject, listObjects } from "./reads";
import { reviewed } from "./reviews";
import { parsePath, splitQuery } from "./request";
import { failure, methodNotAllowed } from "./status";
import { compactWhenDue } from "./storage/compaction";
import { subresource } from "./subresources";
import { unbuiltAnswer } from "./unbuilt";
import { createObject, patchObject, updateObject, type WriteContext } from "./writes";

const MEDIA_TYPES = /^application\/(json|yaml|vnd\.kubernetes\.protobuf)\b/;
const unknownFormat = (): ApiResponse =>
  failure(
    415,
    "UnsupportedMediaType",
    "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf",
  );

/**
 * `typed`: the body comes from a component of the cluster, so a status need not be decoded.
 * @rule kube.api.handle
 */
export function handle(tx: Tx, request: ApiRequest, typed = false): ApiResponse {
  const { path, query } = splitQuery(request);
  const target = parsePath(path);
  const review = reviewed(request, path);
  if (review !== undefined) return review;
  const forbidden = authorize(request, path, target, query);
  if (forbidden !== undefined) return forbidden;
  if (target === undefined) return unbuiltAnswer(request, path, query);
  if (target.type === "document") return request.method === "GET" ? discovery(target.path, request.accept) : methodNotAllowed();
  const context: WriteContext = { tx, request, query, target, typed };
  if (request.method === "GET" && target.subresource === undefined) {
    const accept = withTableOptions(request.accept, query);
    return target.name === undefined ? listObjects(tx, target, query, accept) : getObject(tx, target, accept);
  }
  if ((request.method === "POST" || request.method === "PUT") && !MEDIA_TYPES.test(request.contentType ?? "application/json")) return unknownFormat();
  compactWhenDue(tx);
  if (target.subresource !== undefined) return subresource(context);
  return write(context);
}

function write(context: WriteContext): ApiResponse {
  const named = context.target.name !== undefined;
  const placed = !context.target.resource.namespaced || context.target.namespace !== undefined;
  switch (context.request.method) {
    case "POST":
      return named || !placed ? methodNotAllowed() : createObject(context);
    case "PUT":
      return named && placed ? updateObject(context) : methodNotAllowed();
    case "PATCH":
      return named && placed ? patchObject(context) : methodNotAllowed();
    case "DELETE":
      if (!placed) return methodNotAllowed();
      return named ? deleteObject(context) : deleteCollection(context);
    default:
      return methodNotAllowed();
  }
}
