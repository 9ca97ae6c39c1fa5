/**
 * Who may do what, as a stub: everybody who is part of the cluster may do everything; whoever acts as somebody else (`kubectl --as`)
 * finds that nobody has been given a role, and sees the API server's words for that.
 * @source kubernetes@1.35 staging/src/k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go ForbiddenStatusError
 * Not modelled: RBAC objects, certificates, tokens.
 */
import type { ApiRequest, ApiResponse } from "./door";
import type { Target } from "./request";
import { detailsOf, failure } from "./status";

/** Documents any authenticated user may read, and those anybody may. */
const DISCOVERY = /^\/(api|apis)(\/|$)|^\/(version|healthz|livez|readyz|openapi)(\/|$)/;
const PUBLIC = /^\/(version|healthz|livez|readyz)(\/|$)/;

function verbOf(request: ApiRequest, named: boolean, watch: boolean): string {
  switch (request.method) {
    case "GET":
      return named ? "get" : watch ? "watch" : "list";
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "PATCH":
      return "patch";
    default:
      return named ? "delete" : "deletecollection";
  }
}

/** @rule kube.api.authorize */
export function authorize(request: ApiRequest, path: string, target: Target, query: Readonly<Record<string, string>>): ApiResponse | undefined {
  const user = request.as;
  if (user === undefined) return undefined;
  if (target?.type !== "resource") {
    const anonymous = user === "system:anonymous";
    if (request.method === "GET" && (anonymous ? PUBLIC : DISCOVERY).test(path)) return undefined;
    return failure(403, "Forbidden", `forbidden: User "${user}" cannot ${request.method.toLowerCase()} path "${path}"`, {});
  }
  const { resource, name, namespace, subresource } = target;
  const verb = verbOf(request, name !== undefined, query["watch"] === "true");
  const shown = resource.group === "" ? resource.name : `${resource.name}.${resource.group}`;
  const subject = name === undefined || verb === "create" ? shown : `${shown} "${name}"`;
  const what = subresource === undefined ? resource.name : `${resource.name}/${subresource}`;
  const where = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
  const message = `${subject} is forbidden: User "${user}" cannot ${verb} resource "${what}" in API group "${resource.group}" ${where}`;
  return failure(403, "Forbidden", message, detailsOf(resource, verb === "create" ? undefined : name));
}
