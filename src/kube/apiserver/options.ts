/** Options that ride on a request: dryRun, and the body or query of a DELETE. */
import type { Json } from "../../sim/types";
import type { ApiResponse } from "./door";
import { invalid } from "./status";

/** True for a dry run; a failure for an unknown value. @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go ValidateDryRun */
export function dryRunOf(query: Readonly<Record<string, string>>, options: string): boolean | ApiResponse {
  const value = query["dryRun"];
  if (value === undefined || value === "") return false;
  if (value === "All") return true;
  return invalid({ group: "meta.k8s.io", kind: options }, "", [
    { reason: "FieldValueNotSupported", message: `Unsupported value: ["${value}"]: supported values: "All"`, field: "dryRun" },
  ]);
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: string;
  readonly orphanDependents?: boolean;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun?: readonly string[];
}

const POLICIES = ["Background", "Foreground", "Orphan"];

/** @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go ValidateDeleteOptions */
export function deleteOptionsOf(
  body: Json | undefined,
  query: Readonly<Record<string, string>>,
): (DeleteOptions & { readonly dry: boolean }) | ApiResponse {
  const given = (typeof body === "object" && body !== null && !Array.isArray(body) ? body : {}) as DeleteOptions;
  const options: DeleteOptions = {
    ...given,
    ...(query["gracePeriodSeconds"] === undefined ? {} : { gracePeriodSeconds: Number(query["gracePeriodSeconds"]) }),
    ...(query["propagationPolicy"] === undefined ? {} : { propagationPolicy: query["propagationPolicy"] }),
    ...(query["orphanDependents"] === undefined ? {} : { orphanDependents: query["orphanDependents"] === "true" }),
  };
  const kind = { group: "meta.k8s.io", kind: "DeleteOptions" };
  const policy = options.propagationPolicy;
  if (policy && options.orphanDependents !== undefined)
    return invalid(kind, "", [
      {
        reason: "FieldValueInvalid",
        message: `Invalid value: "${policy}": orphanDependents and deletionPropagation cannot be both set`,
        field: "propagationPolicy",
      },
    ]);
  if (policy && !POLICIES.includes(policy))
    return invalid(kind, "", [
      {
        reason: "FieldValueNotSupported",
        message: `Unsupported value: "${policy}": supported values: "Foreground", "Background", "Orphan", nil`,
        field: "propagationPolicy",
      },
    ]);
  const dry = dryRunOf({ dryRun: query["dryRun"] ?? options.dryRun?.[0] ?? "" }, "DeleteOptions");
  return typeof dry === "boolean" ? { ...options, dry } : dry;
}
