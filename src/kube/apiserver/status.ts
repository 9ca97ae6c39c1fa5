/**
 * metav1.Status bodies in the API server's words.
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/api/errors/errors.go
 */
import type { Json } from "../../sim/types";
import type { JsonObject } from "../apis/objects";
import type { ResourceInfo } from "../apis/resources";
import type { ApiResponse } from "./door";

export interface StatusCause extends JsonObject {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}
export interface StatusDetails extends JsonObject {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

const ok = (code: number, body: Json, warnings?: readonly string[]): ApiResponse => ({ code, body, warnings });
export const answer = ok;

export function failure(code: number, reason: string | undefined, message: string, details?: StatusDetails): ApiResponse {
  return { code, body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, details, code } };
}

const qualified = (resource: ResourceInfo): string => (resource.group === "" ? resource.name : `${resource.name}.${resource.group}`);
/** Absent fields stay out, so that details compare as the wire shows them. */
export const detailsOf = (resource: ResourceInfo, name: string | undefined): StatusDetails => ({
  ...(name ? { name } : {}),
  ...(resource.group === "" ? {} : { group: resource.group }),
  kind: resource.name,
});

export const notFound = (resource: ResourceInfo, name: string): ApiResponse =>
  failure(404, "NotFound", `${qualified(resource)} "${name}" not found`, detailsOf(resource, name));
export const noSuchResource = (): ApiResponse => failure(404, "NotFound", "the server could not find the requested resource", {});
export const alreadyExists = (resource: ResourceInfo, name: string): ApiResponse =>
  failure(409, "AlreadyExists", `${qualified(resource)} "${name}" already exists`, detailsOf(resource, name));
export const generateNameConflict = (resource: ResourceInfo, name: string): ApiResponse =>
  failure(409, "AlreadyExists", `${qualified(resource)} "${name}" already exists, the server was not able to generate a unique name for the object`, {
    ...detailsOf(resource, name),
    retryAfterSeconds: 1,
  });
export const conflict = (resource: ResourceInfo, name: string, why: string): ApiResponse =>
  failure(409, "Conflict", `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`, detailsOf(resource, name));
export const MODIFIED = "the object has been modified; please apply your changes to the latest version and try again";
export const badRequest = (message: string): ApiResponse => failure(400, "BadRequest", message);
export const forbidden = (resource: ResourceInfo, name: string, why: string): ApiResponse =>
  failure(403, "Forbidden", `${qualified(resource)} "${name}" is forbidden: ${why}`, detailsOf(resource, name));
export const methodNotAllowed = (): ApiResponse =>
  failure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});
export const gone = (message: string): ApiResponse => failure(410, "Expired", message);
export const internalError = (message: string): ApiResponse =>
  failure(500, "InternalError", `Internal error occurred: ${message}`, { causes: [{ message }] });
/** A plain error that nobody wrapped: code 500 without a reason. */
export const plainError = (message: string): ApiResponse => failure(500, undefined, message);

export type Cause = { readonly reason: string; readonly message: string; readonly field: string };
/** 422 with the field errors; `kind` as the message shows it (`Deployment.apps`). */
export function invalid(kind: { readonly group: string; readonly kind: string }, name: string, causes: readonly Cause[]): ApiResponse {
  const shown = kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`;
  const texts = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const list = texts.length === 1 ? (texts[0] ?? "") : `[${[...new Set(texts)].join(", ")}]`;
  return failure(422, "Invalid", `${shown} "${name}" is invalid: ${list}`, {
    ...(name === "" ? {} : { name }),
    ...(kind.group === "" ? {} : { group: kind.group }),
    ...(kind.kind === "" ? {} : { kind: kind.kind }),
    causes,
  });
}
