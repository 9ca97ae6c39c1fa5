/**
 * From a path to what is meant: a resource (perhaps an object, perhaps a subresource of it), or a document about the API itself.
 * @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/endpoints/request/requestinfo.go NewRequestInfo
 */
import { type ResourceInfo, resourceNamed } from "../apis/resources";
import type { ApiRequest } from "./door";

export interface ResourceTarget {
  readonly type: "resource";
  readonly resource: ResourceInfo;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}
export type Target = ResourceTarget | { readonly type: "document"; readonly path: string } | undefined;

export function parsePath(path: string): Target {
  const parts = path.split("/");
  const core = parts[1] === "api";
  if ((!core && parts[1] !== "apis") || parts.length < (core ? 4 : 5)) return { type: "document", path };
  const group = core ? "" : (parts[2] ?? "");
  let at = core ? 3 : 4;
  const version = parts[at - 1];
  let namespace: string | undefined;
  // `/namespaces/x/pods` is about Pods; `/namespaces/x`, `/namespaces/x/status` and `/finalize` are about the namespace.
  const about = parts[at + 2];
  if (parts[at] === "namespaces" && about !== undefined && about !== "" && about !== "status" && about !== "finalize") {
    namespace = parts[at + 1];
    at += 2;
  }
  const name = parts[at];
  if (name === undefined || name === "") return { type: "document", path };
  const resource = resourceNamed(name);
  if (resource === undefined || resource.group !== group || resource.version !== version) return undefined;
  if (!resource.namespaced && namespace !== undefined) return undefined;
  const subresource = parts.length > at + 2 ? parts.slice(at + 2).join("/") : undefined;
  return { type: "resource", resource, namespace, name: parts[at + 1] || undefined, subresource };
}

/** The path without a query, and the query with what the path carried. */
export function splitQuery(request: ApiRequest): { readonly path: string; readonly query: Readonly<Record<string, string>> } {
  const mark = request.path.indexOf("?");
  if (mark < 0) return { path: request.path, query: request.query ?? NO_QUERY };
  const query: Record<string, string> = {};
  for (const pair of request.path.slice(mark + 1).split("&")) {
    const equals = pair.indexOf("=");
    const key = equals < 0 ? pair : pair.slice(0, equals);
    if (key !== "") query[key] = decodeURIComponent(equals < 0 ? "" : pair.slice(equals + 1).replace(/\+/g, " "));
  }
  return { path: request.path.slice(0, mark), query: { ...query, ...request.query } };
}

const NO_QUERY: Readonly<Record<string, string>> = Object.freeze({});
