/** What holds for the metadata of every object, on creation and on update. */
import { isDNS1035Label, isDNS1123Label, isDNS1123Subdomain, isQualifiedName, isValidLabelValue } from "../../apis/names";
import { type Obj, flag, int, items, sortedEntries, strings, text, texts } from "../../apis/schema/typed-json";
import { sameJson } from "../../apis/equality";
import { forbidden, type FieldError, IMMUTABLE, invalid, invalidEach, nonNegative, required, tooLong } from "./field-error";

export type NameRule = (name: string, prefix: boolean) => readonly string[];

/** A prefix may end in a dash, for more is to come. */
const masked = (name: string, prefix: boolean): string => (prefix && name.length > 1 && name.endsWith("-") ? `${name.slice(0, -2)}a` : name);
export const nameIsSubdomain: NameRule = (name, prefix) => isDNS1123Subdomain(masked(name, prefix));
export const nameIsLabel: NameRule = (name, prefix) => isDNS1123Label(masked(name, prefix));
export const nameIsLabel1035: NameRule = (name, prefix) => isDNS1035Label(masked(name, prefix));
/** @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/api/validation/path/name.go ValidatePathSegmentName */
export const nameIsPathSegment: NameRule = (name, prefix) => {
  if (!prefix && (name === "." || name === "..")) return [`may not be '${name}'`];
  return ["/", "%"].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);
};

const MOST_ANNOTATION_BYTES = 256 * 1024;
const STANDARD_FINALIZERS = new Set(["kubernetes", "orphan", "foregroundDeletion"]);

/** @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go ValidateLabelName */
export const validateLabelName = (name: string, field: string): FieldError[] => invalidEach(field, name, isQualifiedName(name));

/**
 * @rule kube.validation.labels
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go ValidateLabels
 */
export function validateLabels(labels: Readonly<Record<string, string>>, field: string): FieldError[] {
  if (goodLabels.has(labels)) return [];
  const errors = checkLabels(labels, field);
  if (errors.length === 0 && Object.isFrozen(labels)) goodLabels.add(labels);
  return errors;
}
/** Pods share the labels of their template. */
const goodLabels = new WeakSet<object>();
function checkLabels(labels: Readonly<Record<string, string>>, field: string): FieldError[] {
  return sortedEntries(labels).flatMap(([key, value]) => [...validateLabelName(key, field), ...invalidEach(field, value, isValidLabelValue(value))]);
}

/** @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go ValidateAnnotations */
export function validateAnnotations(annotations: Readonly<Record<string, string>>, field: string): FieldError[] {
  const errors = sortedEntries(annotations).flatMap(([key]) => invalidEach(field, key, isQualifiedName(key.toLowerCase())));
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) bytes += key.length + value.length;
  if (bytes > MOST_ANNOTATION_BYTES) errors.push(tooLong(field, MOST_ANNOTATION_BYTES));
  return errors;
}

/** @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go ValidateOwnerReferences */
export function validateOwnerReferences(references: readonly Obj[], field: string): FieldError[] {
  const errors: FieldError[] = [];
  const first = references.find((reference) => flag(reference, "controller"));
  for (const reference of references) {
    const version = text(reference, "apiVersion");
    const kind = text(reference, "kind");
    if (version === "" || version.endsWith("/")) errors.push(invalid(`${field}.apiVersion`, version, "version must not be empty"));
    for (const name of ["kind", "name", "uid"]) if (text(reference, name) === "") errors.push(invalid(`${field}.${name}`, "", "must not be empty"));
    if (version === "v1" && kind === "Event") errors.push(invalid(field, reference as never, "/v1, Kind=Event is disallowed from being an owner"));
    if (flag(reference, "controller") && reference !== first) {
      const shown = (r: Obj | undefined): string => `${text(r, "kind")}/${text(r, "name")}`;
      const words = `Only one reference can have Controller set to true. Found "true" in references for ${shown(first)} and ${shown(reference)}`;
      errors.push(invalid(field, references as never, words));
    }
  }
  return errors;
}

/** @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go ValidateFinalizers */
function validateFinalizers(finalizers: readonly string[], field: string): FieldError[] {
  const errors = finalizers.flatMap((name) => invalidEach(field, name, isQualifiedName(name)));
  if (finalizers.includes("orphan") && finalizers.includes("foregroundDeletion"))
    errors.push(invalid(field, finalizers as never, "finalizer orphan and foregroundDeletion cannot be both set"));
  return errors;
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateKubeFinalizerName */
function validateStandardFinalizers(finalizers: readonly string[], field: string): FieldError[] {
  return finalizers.flatMap((name, i) =>
    name.includes("/") || STANDARD_FINALIZERS.has(name)
      ? []
      : [invalid(`${field}[${i}]`, name, "name is neither a standard finalizer name nor is it fully qualified")],
  );
}

/**
 * @rule kube.validation.object-meta
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go ValidateObjectMetaAccessor
 */
export function validateObjectMeta(meta: Obj, namespaced: boolean, nameRule: NameRule, field = "metadata"): FieldError[] {
  const errors: FieldError[] = [];
  const [name, prefix, namespace] = [text(meta, "name"), text(meta, "generateName"), text(meta, "namespace")];
  if (prefix !== "") errors.push(...invalidEach(`${field}.generateName`, prefix, nameRule(prefix, true)));
  if (name === "") errors.push(required(`${field}.name`, "name or generateName is required"));
  else errors.push(...invalidEach(`${field}.name`, name, nameRule(name, false)));
  if (namespaced) {
    if (namespace === "") errors.push(required(`${field}.namespace`));
    else errors.push(...invalidEach(`${field}.namespace`, namespace, isDNS1123Label(namespace)));
  } else if (namespace !== "") errors.push(forbidden(`${field}.namespace`, "not allowed on this type"));
  errors.push(...nonNegative(`${field}.generation`, int(meta, "generation")));
  errors.push(...sharedMeta(meta, field));
  errors.push(...validateFinalizers(texts(meta, "finalizers"), `${field}.finalizers`));
  errors.push(...validateStandardFinalizers(texts(meta, "finalizers"), `${field}.finalizers`));
  return errors;
}

function sharedMeta(meta: Obj, field: string): FieldError[] {
  return [
    ...validateLabels(strings(meta, "labels"), `${field}.labels`),
    ...validateAnnotations(strings(meta, "annotations"), `${field}.annotations`),
    ...validateOwnerReferences(items(meta, "ownerReferences"), `${field}.ownerReferences`),
  ];
}

/**
 * @rule kube.validation.object-meta-update
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go ValidateObjectMetaAccessorUpdate
 */
export function validateObjectMetaUpdate(meta: Obj, previous: Obj, field = "metadata"): FieldError[] {
  const errors: FieldError[] = [];
  if (text(previous, "deletionTimestamp") !== "") {
    const fresh = texts(meta, "finalizers").filter((name) => !texts(previous, "finalizers").includes(name));
    const list = `[]string{${fresh.map((name) => JSON.stringify(name)).join(", ")}}`;
    if (fresh.length > 0)
      errors.push(forbidden(`${field}.finalizers`, `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`));
  }
  for (const name of ["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"])
    errors.push(...immutable(`${field}.${name}`, meta, previous, name));
  errors.push(...sharedMeta(meta, field));
  errors.push(...validateStandardFinalizers(texts(meta, "finalizers"), `${field}.finalizers`));
  return errors;
}

/** The field must not change. @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go ValidateImmutableField */
export function immutable(field: string, next: Obj | undefined, previous: Obj | undefined, name: string): FieldError[] {
  return sameJson(next?.[name], previous?.[name]) ? [] : [invalid(field, next?.[name], IMMUTABLE)];
}
