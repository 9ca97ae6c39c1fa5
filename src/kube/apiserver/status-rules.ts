/**
 * What a status that comes from outside may not say.
 * @source kubernetes@1.35 pkg/apis/apps/validation/validation.go ValidateDeploymentStatus, ValidateReplicaSetStatus
 * Not modelled: the statuses of other kinds (Pods, Nodes, Services).
 */
import type { JsonObject, KubeObject } from "../apis/objects";
import type { ResourceInfo } from "../apis/resources";
import { type FieldError, invalid, nonNegative } from "./validation/field-error";

interface Counts {
  /** Checked for being negative, in this order. */
  readonly counts: readonly string[];
  /** None may exceed `replicas`. */
  readonly parts: readonly string[];
}
const RULES: Readonly<Record<string, Counts>> = {
  deployments: {
    counts: [
      "observedGeneration",
      "replicas",
      "updatedReplicas",
      "readyReplicas",
      "availableReplicas",
      "unavailableReplicas",
      "terminatingReplicas",
      "collisionCount",
    ],
    parts: ["updatedReplicas", "readyReplicas", "availableReplicas"],
  },
  replicasets: {
    counts: ["replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas", "terminatingReplicas", "observedGeneration"],
    parts: ["fullyLabeledReplicas", "readyReplicas", "availableReplicas"],
  },
};

/** @rule kube.api.status-counts */
export function statusErrors(resource: ResourceInfo, object: KubeObject): readonly FieldError[] {
  const rules = RULES[resource.name];
  if (rules === undefined) return [];
  const status = ((object as KubeObject & { readonly status?: JsonObject }).status ?? {}) as JsonObject;
  const count = (name: string): number => Number(status[name] ?? 0);
  const errors = rules.counts.flatMap((name) => nonNegative(`status.${name}`, count(name)));
  for (const name of rules.parts)
    if (count(name) > count("replicas")) errors.push(invalid(`status.${name}`, count(name), "cannot be greater than status.replicas"));
  if (count("availableReplicas") > count("readyReplicas"))
    errors.push(invalid("status.availableReplicas", count("availableReplicas"), "cannot be greater than readyReplicas"));
  return errors;
}
