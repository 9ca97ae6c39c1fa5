/**
 * Complaints about fields, in the words of upstream's field package. Paths are texts (`spec.containers[0].image`); the order of a list of
 * errors is the order in which upstream finds them.
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/validation/field/errors.go
 */
import type { Json } from "../../../sim/types";

export interface FieldError {
  /** The cause's reason: `FieldValueInvalid`. */
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** A value that is already written as upstream would print it. */
export interface Printed {
  readonly printed: string;
}
type Value = Json | undefined | Printed;

const isPrinted = (value: Value): value is Printed => typeof value === "object" && value !== null && "printed" in value;
/** Go's JSON escapes what HTML minds; `%q` of a plain text does not. */
const goJson = (value: Json): string => JSON.stringify(value).replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
export function shown(value: Value): string {
  if (isPrinted(value)) return value.printed;
  if (value === undefined || value === null) return "null";
  return typeof value === "string" ? JSON.stringify(value) : goJson(value);
}

const error = (reason: string, field: string, words: string, detail: string): FieldError => ({
  reason,
  message: detail === "" ? words : `${words}: ${detail}`,
  field,
});

export const required = (field: string, detail = ""): FieldError => error("FieldValueRequired", field, "Required value", detail);
export const invalid = (field: string, value: Value, detail: string): FieldError =>
  error("FieldValueInvalid", field, `Invalid value: ${shown(value)}`, detail);
export const forbidden = (field: string, detail: string): FieldError => error("FieldValueForbidden", field, "Forbidden", detail);
export const notFoundValue = (field: string, value: Value): FieldError => error("FieldValueNotFound", field, `Not found: ${shown(value)}`, "");
export const duplicate = (field: string, value: Value, detail = ""): FieldError =>
  error("FieldValueDuplicate", field, `Duplicate value: ${shown(value)}`, detail);
export const tooLong = (field: string, most: number): FieldError =>
  error("FieldValueTooLong", field, "Too long", `may not be more than ${most} bytes`);
export const tooMany = (field: string, count: number, most: number): FieldError =>
  error("FieldValueTooMany", field, `Too many: ${count}`, `must have at most ${most} item${most === 1 ? "" : "s"}`);
export const notSupported = (field: string, value: Value, supported: readonly string[]): FieldError =>
  error(
    "FieldValueNotSupported",
    field,
    `Unsupported value: ${shown(value)}`,
    `supported values: ${supported.map((v) => JSON.stringify(v)).join(", ")}`,
  );

/** One Invalid error for each message. */
export const invalidEach = (field: string, value: Value, details: readonly string[]): FieldError[] =>
  details.map((detail) => invalid(field, value, detail));

export const NOT_NEGATIVE = "must be greater than or equal to 0";
export const IMMUTABLE = "field is immutable";

/** @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/api/validation/generic.go ValidateNonnegativeField */
export const nonNegative = (field: string, value: number | undefined): FieldError[] =>
  value !== undefined && value < 0 ? [invalid(field, value, NOT_NEGATIVE)] : [];
