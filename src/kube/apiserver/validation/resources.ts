/** Requests and limits of containers and Pods, and the names and amounts of resources wherever they stand. */
import { isQualifiedName } from "../../apis/names";
import { compareQuantities, milliValueOf, type ParsedQuantity, parseQuantity, signOf } from "../../apis/quantity";
import { items, type Obj, sortedEntries, strings, sub, text } from "../../apis/schema/typed-json";
import { duplicate, type FieldError, forbidden, invalid, invalidEach, NOT_NEGATIVE, notFoundValue, notSupported, required } from "./field-error";
import { validateDns1123Label } from "./names";

const ZERO: ParsedQuantity = { value: 0n, scale: 0, big: false, format: "DecimalSI" };
/** A decoded quantity; decoding has refused those that do not parse. */
export function amount(value: string | undefined): ParsedQuantity {
  const parsed = value === undefined ? ZERO : parseQuantity(value);
  return "error" in parsed ? ZERO : parsed;
}
/** A decoded resource list in key order. */
export const resourceEntries = (object: Obj | undefined, name: string): [string, string][] => sortedEntries(strings(object, name));

const HUGE = "hugepages-";
const STANDARD_CONTAINER = new Set(["cpu", "memory", "ephemeral-storage"]);
const INTEGER = new Set(
  "pods services replicationcontrollers resourcequotas secrets configmaps persistentvolumeclaims services.nodeports services.loadbalancers".split(
    " ",
  ),
);
const STANDARD = new Set([
  ...STANDARD_CONTAINER,
  ...INTEGER,
  ..."requests.cpu requests.memory requests.ephemeral-storage limits.cpu limits.memory limits.ephemeral-storage requests.storage storage".split(" "),
]);
export const isStandardQuotaResource = (name: string): boolean =>
  (STANDARD.has(name) && name !== "storage") || name.startsWith(HUGE) || name.startsWith("requests.hugepages-");
const isStandardResource = (name: string): boolean => STANDARD.has(name) || name.startsWith(HUGE) || name.startsWith("requests.hugepages-");
const isStandardContainerResource = (name: string): boolean => STANDARD_CONTAINER.has(name) || name.startsWith(HUGE);
const isNative = (name: string): boolean => !name.includes("/") || name.includes("kubernetes.io/");
/** @source kubernetes@1.35 pkg/apis/core/helper/helpers.go IsExtendedResourceName */
const isExtended = (name: string): boolean => !isNative(name) && !name.startsWith("requests.") && isQualifiedName(`requests.${name}`).length === 0;
/** @source kubernetes@1.35 pkg/apis/core/helper/helpers.go IsOvercommitAllowed */
export const isOvercommitAllowed = (name: string): boolean => isNative(name) && !name.startsWith(HUGE);

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateResourceName */
export function validateResourceName(name: string, field: string): FieldError[] {
  const errors = invalidEach(field, name, isQualifiedName(name));
  if (errors.length > 0) return errors;
  if (!name.includes("/") && !isStandardResource(name)) return [invalid(field, name, "must be a standard resource type or fully qualified")];
  return [];
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateContainerResourceName */
export function validateContainerResourceName(name: string, field: string): FieldError[] {
  const errors = validateResourceName(name, field);
  if (!name.includes("/")) {
    if (!isStandardContainerResource(name)) errors.push(invalid(field, name, "must be a standard resource for containers"));
  } else if (!isNative(name) && !isExtended(name)) errors.push(invalid(field, name, "doesn't follow extended resource name standard"));
  return errors;
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validatePodResourceName */
function validatePodResourceName(name: string, field: string): FieldError[] {
  const errors = validateResourceName(name, field);
  if (errors.length > 0) return errors;
  return name === "cpu" || name === "memory" || name.startsWith(HUGE) ? [] : [notSupported(field, name, ["cpu", "memory"])];
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidateResourceQuantityValue */
export function validateQuantityValue(name: string, value: string, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const quantity = amount(value);
  if (signOf(quantity) < 0) errors.push(invalid(field, value, NOT_NEGATIVE));
  const whole = INTEGER.has(name) || isExtended(name);
  if (whole && milliValueOf(quantity) % 1000n !== 0n) errors.push(invalid(field, value, "must be an integer"));
  return errors;
}

function hugePageError(name: string, value: string, field: string): FieldError[] {
  if (!name.startsWith(HUGE)) return [];
  const page = parseQuantity(name.slice(HUGE.length));
  const quantity = amount(value);
  const size = "error" in page ? 0n : milliValueOf(page);
  if (size > 0n && signOf(quantity) >= 0 && milliValueOf(quantity) % size === 0n) return [];
  return [invalid(field, value, `${value} is not positive integer multiple of ${name}`)];
}

/**
 * @rule kube.validation.resource-requirements
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateResourceRequirements
 */
export function validateResourceRequirements(resources: Obj | undefined, claims: ReadonlySet<string>, field: string, pod = false): FieldError[] {
  const nameRule = pod ? validatePodResourceName : validateContainerResourceName;
  const errors: FieldError[] = [];
  const limits = strings(resources, "limits");
  for (const [name, value] of resourceEntries(resources, "limits")) {
    const at = `${field}.limits[${name}]`;
    errors.push(...nameRule(name, at), ...validateQuantityValue(name, value, at), ...hugePageError(name, value, at));
  }
  for (const [name, value] of resourceEntries(resources, "requests")) {
    const at = `${field}.requests[${name}]`;
    errors.push(...nameRule(name, at), ...validateQuantityValue(name, value, at));
    errors.push(...compareWithLimit(name, value, limits[name], field));
    errors.push(...hugePageError(name, value, at));
  }
  const names = [...Object.keys(limits), ...Object.keys(strings(resources, "requests"))];
  if (names.some((name) => name.startsWith(HUGE)) && !names.includes("cpu") && !names.includes("memory"))
    errors.push(forbidden(field, "HugePages require cpu or memory"));
  return [...errors, ...validateClaimNames(items(resources, "claims"), claims, `${field}.claims`)];
}

function compareWithLimit(name: string, value: string, limit: string | undefined, field: string): FieldError[] {
  if (limit === undefined)
    return isOvercommitAllowed(name) ? [] : [required(`${field}.limits`, "Limit must be set for non overcommitable resources")];
  const order = compareQuantities(amount(value), amount(limit));
  const at = `${field}.requests`;
  if (order !== 0 && !isOvercommitAllowed(name)) return [invalid(at, value, `must be equal to ${name} limit of ${limit}`)];
  return order > 0 ? [invalid(at, value, `must be less than or equal to ${name} limit of ${limit}`)] : [];
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateResourceClaimNames */
function validateClaimNames(claims: readonly Obj[], known: ReadonlySet<string>, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [i, claim] of claims.entries()) {
    const at = `${field}[${i}]`;
    const name = text(claim, "name");
    if (name === "") {
      errors.push(required(at));
      continue;
    }
    const request = text(claim, "request");
    if (request !== "") errors.push(...validateDns1123Label(request, `${at}.request`));
    const key = request === "" ? name : `${name}/${request}`;
    const overlaps = seen.has(name) || seen.has(key) || (request === "" && [...seen].some((other) => other.startsWith(`${name}/`)));
    if (overlaps) errors.push(duplicate(at, seen.has(key) ? key : name));
    seen.add(key);
    if (known.has(name)) continue;
    const rest = known.size === 0 ? " which is empty" : `: ${[...known].sort((a, b) => (a < b ? -1 : 1)).join(", ")}`;
    const error = notFoundValue(at, name);
    errors.push({ ...error, message: `${error.message}: must be one of the names in pod.spec.resourceClaims${rest}` });
  }
  return errors;
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validatePodResources */
export function validatePodResources(spec: Obj, claims: ReadonlySet<string>, field: string): FieldError[] {
  const resources = sub(spec, "resources");
  if (resources === undefined) return [];
  const errors: FieldError[] = [];
  if (resources["claims"] !== undefined) errors.push(forbidden(`${field}.claims`, "claims cannot be set for Resources at pod-level"));
  errors.push(...validateResourceRequirements(resources, claims, field, true));
  for (const [i, container] of items(spec, "containers").entries()) {
    for (const [name, limit] of resourceEntries(sub(container, "resources"), "limits")) {
      const most = strings(resources, "limits")[name];
      if (most !== undefined && compareQuantities(amount(limit), amount(most)) > 0)
        errors.push(invalid(`${field}.containers[${i}][${name}].limits`, limit, `must be less than or equal to pod limits of ${most}`));
    }
  }
  return errors;
}
