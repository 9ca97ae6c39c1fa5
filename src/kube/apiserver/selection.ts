/**
 * Which objects of a list a request wants: label selector, field selector, namespace. The fields each kind offers are the real ones.
 * @source kubernetes@1.35 pkg/registry/core/pod/strategy.go ToSelectableFields; pkg/apis/core/v1/conversion.go AddFieldLabelConversions…
 */
import { type FieldSelector, fieldSelectorMatches, parseFieldSelector } from "../apis/field-selector";
import { parseLabelSelector, type Selector, selectorMatches } from "../apis/label-selector";
import type { JsonObject, KubeObject, StringMap } from "../apis/objects";
import type { ResourceInfo } from "../apis/resources";
import type { ApiResponse } from "./door";
import { badRequest } from "./status";

export interface Selection {
  readonly labels: Selector | undefined;
  readonly fields: FieldSelector | undefined;
}
export const EVERYTHING: Selection = { labels: undefined, fields: undefined };

const text = (value: unknown): string => (value === undefined || value === null ? "" : String(value));
type Fields = (object: JsonObject) => StringMap;
const at = (object: JsonObject, ...path: readonly string[]): string => {
  let value: unknown = object;
  for (const key of path) value = typeof value === "object" && value !== null ? (value as JsonObject)[key] : undefined;
  return text(value);
};

const pods: Fields = (pod) => ({
  "spec.nodeName": at(pod, "spec", "nodeName"),
  "spec.restartPolicy": at(pod, "spec", "restartPolicy"),
  "spec.schedulerName": at(pod, "spec", "schedulerName"),
  "spec.serviceAccountName": at(pod, "spec", "serviceAccountName"),
  "spec.hostNetwork": (pod["spec"] as JsonObject | undefined)?.["hostNetwork"] === true ? "true" : "false",
  "status.phase": at(pod, "status", "phase"),
  "status.podIP": at(pod, "status", "podIP"),
  "status.nominatedNodeName": at(pod, "status", "nominatedNodeName"),
});
const involved = ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"] as const;
const events: Fields = (event) => ({
  ...Object.fromEntries(involved.map((key) => [`involvedObject.${key}`, at(event, "involvedObject", key)])),
  reason: at(event, "reason"),
  reportingComponent: at(event, "reportingComponent"),
  source: at(event, "source", "component") || at(event, "reportingComponent"),
  type: at(event, "type"),
});

const FIELDS: Readonly<Record<string, Fields>> = {
  pods,
  events,
  nodes: (node) => ({ "spec.unschedulable": (node["spec"] as JsonObject | undefined)?.["unschedulable"] === true ? "true" : "false" }),
  namespaces: (namespace) => ({ "status.phase": at(namespace, "status", "phase"), name: at(namespace, "metadata", "name") }),
  secrets: (secret) => ({ type: at(secret, "type") }),
  services: (service) => ({ "spec.clusterIP": at(service, "spec", "clusterIP"), "spec.type": at(service, "spec", "type") }),
  replicasets: (set) => ({ "status.replicas": text((set["status"] as JsonObject | undefined)?.["replicas"] ?? 0) }),
};

/** The label and field names each kind knows; everything else is refused. */
export function fieldsOf(resource: ResourceInfo, object: KubeObject): StringMap {
  const { name, namespace } = object.metadata;
  const own = FIELDS[resource.name]?.(object as unknown as JsonObject);
  return { ...own, "metadata.name": name, ...(resource.namespaced ? { "metadata.namespace": namespace ?? "" } : {}) };
}
const PROBE = { apiVersion: "", kind: "", metadata: { name: "", uid: "", resourceVersion: "", creationTimestamp: "" } };

export function parseSelection(resource: ResourceInfo, query: Readonly<Record<string, string>>): Selection | ApiResponse {
  if (!query["labelSelector"] && !query["fieldSelector"]) return EVERYTHING;
  const labels = parseLabelSelector(query["labelSelector"] ?? "");
  if (labels !== null && "error" in labels) return badRequest(labels.error);
  const fields = parseFieldSelector(query["fieldSelector"] ?? "");
  if ("error" in fields) return badRequest(fields.error);
  const known = fieldsOf(resource, PROBE);
  for (const { field } of fields) {
    if (field in known) continue;
    return badRequest(
      FIELDS[resource.name] === undefined
        ? `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`
        : `field label not supported: ${field}`,
    );
  }
  return { labels, fields };
}

export function selects(selection: Selection, resource: ResourceInfo, object: KubeObject): boolean {
  if (selection.labels !== undefined && !selectorMatches(selection.labels, object.metadata.labels ?? {})) return false;
  return selection.fields === undefined || selection.fields.length === 0 || fieldSelectorMatches(selection.fields, fieldsOf(resource, object));
}
