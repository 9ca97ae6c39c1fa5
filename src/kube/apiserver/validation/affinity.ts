/** Where a Pod may run: affinity, tolerations, topology spread. */
import { isValidLabelValue } from "../../apis/names";
import { int, intOf, items, type Obj, sub, text, textOf, texts } from "../../apis/schema/typed-json";
import { duplicate, type FieldError, forbidden, invalid, invalidEach, notSupported, required } from "./field-error";
import { validateLabelSelector } from "./label-selector";
import { nameIsLabel, nameIsSubdomain, validateLabelName } from "./object-meta";

const REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";
const WEIGHT = "must be in the range 1-100";
export const TAINT_EFFECTS = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidateNodeSelectorRequirement */
function validateNodeRequirement(requirement: Obj, field: string, anyValue: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const values = texts(requirement, "values");
  const operator = text(requirement, "operator");
  if (operator === "In" || operator === "NotIn") {
    if (values.length === 0) errors.push(required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (operator === "Exists" || operator === "DoesNotExist") {
    if (values.length > 0) errors.push(forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
  } else if (operator === "Gt" || operator === "Lt") {
    if (values.length !== 1) errors.push(required(`${field}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
  } else errors.push(invalid(`${field}.operator`, operator, "not a valid selector operator"));
  errors.push(...validateLabelName(text(requirement, "key"), `${field}.key`));
  if (!anyValue) for (const [i, value] of values.entries()) errors.push(...invalidEach(`${field}.values[${i}]`, value, isValidLabelValue(value)));
  return errors;
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidateNodeFieldSelectorRequirement */
function validateNodeField(requirement: Obj, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const values = texts(requirement, "values");
  const operator = text(requirement, "operator");
  if (operator !== "In" && operator !== "NotIn") errors.push(invalid(`${field}.operator`, operator, "not a valid selector operator"));
  else if (values.length !== 1)
    errors.push(required(`${field}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"));
  const key = text(requirement, "key");
  if (key !== "metadata.name") return [...errors, invalid(`${field}.key`, key, "not a valid field selector key")];
  for (const [i, value] of values.entries()) errors.push(...invalidEach(`${field}.values[${i}]`, value, nameIsSubdomain(value, false)));
  return errors;
}

function validateNodeTerm(term: Obj | undefined, field: string, anyValue: boolean): FieldError[] {
  return [
    ...items(term, "matchExpressions").flatMap((one, i) => validateNodeRequirement(one, `${field}.matchExpressions[${i}]`, anyValue)),
    ...items(term, "matchFields").flatMap((one, i) => validateNodeField(one, `${field}.matchFields[${i}]`)),
  ];
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidateNodeSelector */
export function validateNodeSelector(selector: Obj, field: string, anyValue = false): FieldError[] {
  const terms = items(selector, "nodeSelectorTerms");
  const at = `${field}.nodeSelectorTerms`;
  if (terms.length === 0) return [required(at, "must have at least one node selector term")];
  return terms.flatMap((term, i) => validateNodeTerm(term, `${at}[${i}]`, anyValue));
}

function validateNodeAffinity(affinity: Obj, field: string): FieldError[] {
  const must = sub(affinity, REQUIRED);
  return [
    ...(must === undefined ? [] : validateNodeSelector(must, `${field}.${REQUIRED}`)),
    ...items(affinity, PREFERRED).flatMap((term, i) => {
      const at = `${field}.${PREFERRED}[${i}]`;
      return [...validateWeight(term, at), ...validateNodeTerm(sub(term, "preference"), `${at}.preference`, true)];
    }),
  ];
}

const validateWeight = (term: Obj, field: string): FieldError[] => {
  const weight = int(term, "weight");
  return weight <= 0 || weight > 100 ? [invalid(`${field}.weight`, weight, WEIGHT)] : [];
};

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validatePodAffinityTerm */
function validatePodTerm(term: Obj | undefined, field: string): FieldError[] {
  const selector = sub(term, "labelSelector");
  const errors = validateLabelSelector(selector, `${field}.labelSelector`);
  errors.push(...validateLabelSelector(sub(term, "namespaceSelector"), `${field}.namespaceSelector`));
  for (const name of texts(term, "namespaces")) errors.push(...invalidEach(`${field}.namespace`, name, nameIsLabel(name, false)));
  const [match, mismatch] = [texts(term, "matchLabelKeys"), texts(term, "mismatchLabelKeys")];
  errors.push(...validateLabelKeys(match, selector, `${field}.matchLabelKeys`));
  errors.push(...validateLabelKeys(mismatch, selector, `${field}.mismatchLabelKeys`));
  for (const [i, key] of match.entries())
    if (mismatch.includes(key)) errors.push(invalid(`${field}.matchLabelKeys[${i}]`, key, "exists in both matchLabelKeys and mismatchLabelKeys"));
  const topology = text(term, "topologyKey");
  if (topology === "") errors.push(required(`${field}.topologyKey`, "can not be empty"));
  return [...errors, ...validateLabelName(topology, `${field}.topologyKey`)];
}

function validateLabelKeys(keys: readonly string[], selector: Obj | undefined, field: string): FieldError[] {
  if (keys.length === 0) return [];
  if (selector === undefined) return [forbidden(field, "must not be specified when labelSelector is not set")];
  return keys.flatMap((key, i) => validateLabelName(key, `${field}[${i}]`));
}

function validatePodAffinity(affinity: Obj, field: string): FieldError[] {
  return [
    ...items(affinity, REQUIRED).flatMap((term, i) => validatePodTerm(term, `${field}.${REQUIRED}[${i}]`)),
    ...items(affinity, PREFERRED).flatMap((term, i) => {
      const at = `${field}.${PREFERRED}[${i}]`;
      return [...validateWeight(term, at), ...validatePodTerm(sub(term, "podAffinityTerm"), `${at}.podAffinityTerm`)];
    }),
  ];
}

/**
 * @rule kube.validation.affinity
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateAffinity
 */
export function validateAffinity(affinity: Obj | undefined, field: string): FieldError[] {
  const [node, pod, anti] = [sub(affinity, "nodeAffinity"), sub(affinity, "podAffinity"), sub(affinity, "podAntiAffinity")];
  return [
    ...(node === undefined ? [] : validateNodeAffinity(node, `${field}.nodeAffinity`)),
    ...(pod === undefined ? [] : validatePodAffinity(pod, `${field}.podAffinity`)),
    ...(anti === undefined ? [] : validatePodAffinity(anti, `${field}.podAntiAffinity`)),
  ];
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateTaintEffect */
export const validateTaintEffect = (effect: string, field: string): FieldError[] =>
  TAINT_EFFECTS.includes(effect) ? [] : [notSupported(field, effect, TAINT_EFFECTS)];

/**
 * Lt and Gt are known by name, but their feature is off.
 * @rule kube.validation.tolerations
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidateTolerations
 */
export function validateTolerations(tolerations: readonly Obj[], field: string): FieldError[] {
  return tolerations.flatMap((toleration, i) => {
    const at = `${field}[${i}]`;
    const errors: FieldError[] = [];
    const [key, operator, value, effect] = ["key", "operator", "value", "effect"].map((name) => text(toleration, name)) as [
      string,
      string,
      string,
      string,
    ];
    if (key !== "") errors.push(...validateLabelName(key, `${at}.key`));
    if (key === "" && operator !== "Exists") {
      const words = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      errors.push(invalid(`${at}.operator`, operator, words));
    }
    if (intOf(toleration, "tolerationSeconds") !== undefined && effect !== "NoExecute")
      errors.push(invalid(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    if (operator === "Equal" || operator === "") {
      const complaints = isValidLabelValue(value);
      if (complaints.length > 0) errors.push(invalid(`${at}.operator`, value, complaints.join(";")));
    } else if (operator === "Exists") {
      if (value !== "") errors.push(invalid(`${at}.operator`, value, "value must be empty when `operator` is 'Exists'"));
    } else {
      const known = operator === "Lt" || operator === "Gt" ? ["Equal", "Exists", "Lt", "Gt"] : ["Equal", "Exists"];
      errors.push(notSupported(`${at}.operator`, operator, known));
    }
    if (effect !== "") errors.push(...validateTaintEffect(effect, `${at}.effect`));
    return errors;
  });
}

const oneOf = (value: string | undefined, allowed: readonly string[], field: string): FieldError[] =>
  value === undefined || allowed.includes(value) ? [] : [notSupported(field, value, allowed)];

/**
 * @rule kube.validation.topology-spread
 * @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateTopologySpreadConstraints
 */
export function validateTopologySpread(constraints: readonly Obj[], field: string): FieldError[] {
  return constraints.flatMap((constraint, i) => {
    const at = `${field}[${i}]`;
    const errors: FieldError[] = [];
    const [skew, key, action] = [int(constraint, "maxSkew"), text(constraint, "topologyKey"), text(constraint, "whenUnsatisfiable")];
    if (skew <= 0) errors.push(invalid(`${at}.maxSkew`, skew, "must be greater than zero"));
    if (key === "") errors.push(required(`${at}.topologyKey`, "can not be empty"));
    errors.push(...oneOf(action, ["DoNotSchedule", "ScheduleAnyway"], `${at}.whenUnsatisfiable`));
    const again = constraints.slice(i + 1).some((other) => text(other, "topologyKey") === key && text(other, "whenUnsatisfiable") === action);
    if (again) errors.push(duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${key}, ${action}}`));
    const domains = intOf(constraint, "minDomains");
    if (domains !== undefined && domains <= 0) errors.push(invalid(`${at}.minDomains`, domains, "must be greater than zero"));
    if (domains !== undefined && action !== "DoNotSchedule")
      errors.push(invalid(`${at}.minDomains`, domains, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`));
    errors.push(...oneOf(textOf(constraint, "nodeAffinityPolicy"), ["Honor", "Ignore"], `${at}.nodeAffinityPolicy`));
    errors.push(...oneOf(textOf(constraint, "nodeTaintsPolicy"), ["Honor", "Ignore"], `${at}.nodeTaintsPolicy`));
    errors.push(...validateSpreadKeys(constraint, `${at}.matchLabelKeys`));
    return [...errors, ...validateLabelSelector(sub(constraint, "labelSelector"), `${at}.labelSelector`)];
  });
}

function validateSpreadKeys(constraint: Obj, field: string): FieldError[] {
  const keys = texts(constraint, "matchLabelKeys");
  if (keys.length === 0) return [];
  const selector = sub(constraint, "labelSelector");
  const errors = selector === undefined ? [forbidden(field, "must not be specified when labelSelector is not set")] : [];
  const used = new Set([...Object.keys(sub(selector, "matchLabels") ?? {}), ...items(selector, "matchExpressions").map((one) => text(one, "key"))]);
  for (const [i, key] of keys.entries()) {
    errors.push(...validateLabelName(key, `${field}[${i}]`));
    if (used.has(key)) errors.push(invalid(`${field}[${i}]`, key, "exists in both matchLabelKeys and labelSelector"));
  }
  return errors;
}
