/** Names inside specs, refused with the field they stand in. */
import { isDNS1123Label, isDNS1123Subdomain, isQualifiedName } from "../../apis/names";
import { type FieldError, invalid, invalidEach } from "./field-error";

export const validateDns1123Label = (value: string, field: string): FieldError[] => invalidEach(field, value, isDNS1123Label(value));
export const validateDns1123Subdomain = (value: string, field: string): FieldError[] => invalidEach(field, value, isDNS1123Subdomain(value));
export const validateQualifiedName = (value: string, field: string): FieldError[] => invalidEach(field, value, isQualifiedName(value));

/** No `..` among the parts of a path. @source kubernetes@1.35 pkg/apis/core/validation/validation.go validatePathNoBacksteps */
export const validateNoBacksteps = (path: string, field: string): FieldError[] =>
  path.split("/").includes("..") ? [invalid(field, path, "must not contain '..'")] : [];

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateLocalDescendingPath */
export const validateDescendingPath = (path: string, field: string): FieldError[] => [
  ...(path.startsWith("/") ? [invalid(field, path, "must be a relative path")] : []),
  ...validateNoBacksteps(path, field),
];

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidateLocalNonReservedPath */
export const validateLocalPath = (path: string, field: string): FieldError[] => [
  ...validateDescendingPath(path, field),
  ...(path.startsWith("..") && !path.startsWith("../") ? [invalid(field, path, "must not start with '..'")] : []),
];
