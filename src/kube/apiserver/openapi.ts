/**
 * `/openapi/v3`: enough of the document for a client to see which operations there are and that the server validates fields itself.
 *
 * Not modelled: schemas; `kubectl explain` of a real client finds no fields here.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/validation (what a client looks for: the fieldValidation parameter of a PATCH)
 */
import type { Json } from "../../sim/types";
import type { ApiResponse } from "./door";
import { answer, noSuchResource } from "./status";
import { pathOf, RESOURCES, type ResourceInfo } from "../apis/resources";

const idOf = (group: string): string => (group === "" ? "api/v1" : `apis/${group}/v1`);
const parameter = (name: string): Json => ({ name, in: "query", schema: { type: "string", uniqueItems: true } });
const PARAMETERS: Json = ["dryRun", "fieldManager", "fieldValidation", "pretty"].map(parameter);

function operationsOf(resource: ResourceInfo): Json {
  const kind = { group: resource.group, version: resource.version, kind: resource.kind };
  const operation = (action: string): Json => ({ "x-kubernetes-action": action, "x-kubernetes-group-version-kind": kind, parameters: PARAMETERS });
  return { get: operation("get"), put: operation("put"), patch: operation("patch"), delete: operation("delete") };
}

function documentOf(group: string): Json {
  const resources = RESOURCES.filter((resource) => resource.group === group);
  const paths = resources.map(
    (resource) => [pathOf(resource, resource.namespaced ? "{namespace}" : undefined, "{name}"), operationsOf(resource)] as const,
  );
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: "v1.35.6" },
    paths: Object.fromEntries(paths) as { readonly [key: string]: Json },
  };
}

/** @rule kube.api.openapi */
export function openapi(path: string): ApiResponse {
  const groups = [...new Set(RESOURCES.map((resource) => resource.group))];
  if (path === "/openapi/v3") {
    return answer(200, { paths: Object.fromEntries(groups.map((group) => [idOf(group), { serverRelativeURL: `/openapi/v3/${idOf(group)}` }])) });
  }
  const group = groups.find((name) => path === `/openapi/v3/${idOf(name)}`);
  return group === undefined ? noSuchResource() : answer(200, documentOf(group));
}
