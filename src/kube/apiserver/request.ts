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

/** The part of a path from `from` to the next slash. */
const part = (path: string, from: number): string => {
  const end = path.indexOf("/", from);
  return end < 0 ? path.slice(from) : path.slice(from, end);
};

export function parsePath(path: string): Target {
  const core = path.startsWith("/api/");
  if (!core && !path.startsWith("/apis/")) return { type: "document", path };
  let at = core ? 5 : 6;
  const group = core ? "" : part(path, at);
  if (!core) at += group.length + 1;
  const version = part(path, at);
  at += version.length + 1;
  let name = part(path, at);
  if (name === "" || at > path.length) return { type: "document", path };
  let namespace: string | undefined;
  // `/namespaces/x/pods` is about Pods; `/namespaces/x`, `/namespaces/x/status` and `/finalize` are about the namespace.
  if (name === "namespaces") {
    const place = part(path, at + 11);
    const about = part(path, at + 12 + place.length);
    if (about !== "" && about !== "status" && about !== "finalize" && at + 12 + place.length < path.length) {
      namespace = place;
      at += 12 + place.length;
      name = about;
    }
  }
  const resource = resourceNamed(name);
  if (resource === undefined || resource.group !== group || resource.version !== version) return undefined;
  if (!resource.namespaced && namespace !== undefined) return undefined;
  at += name.length + 1;
  const object = at <= path.length ? part(path, at) : "";
  at += object.length + 1;
  const subresource = object !== "" && at < path.length ? path.slice(at) : undefined;
  return { type: "resource", resource, namespace, name: object === "" ? undefined : object, subresource };
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
