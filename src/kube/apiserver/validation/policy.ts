/** PodDisruptionBudgets, quotas, limit ranges, roles and their bindings. */
import { sameJson } from "../../apis/equality";
import { isQualifiedName } from "../../apis/names";
import { compareQuantities, type ParsedQuantity } from "../../apis/quantity";
import { intOrString, items, type Obj, strings, sub, text, textOf, texts } from "../../apis/schema/typed-json";
import { duplicate, type FieldError, forbidden, IMMUTABLE, invalid, invalidEach, notSupported, required } from "./field-error";
import { goStruct } from "./go-value";
import type { KindRules } from "./kinds";
import { validateLabelSelector } from "./label-selector";
import { nameIsPathSegment, nameIsSubdomain, validateObjectMeta, validateObjectMetaUpdate } from "./object-meta";
import {
  amount,
  isOvercommitAllowed,
  isStandardQuotaResource,
  resourceEntries,
  validateContainerResourceName,
  validateQuantityValue,
  validateResourceName,
} from "./resources";
import { notOver100Percent, validateIntOrPercent } from "./workloads";

const RBAC = "rbac.authorization.k8s.io";
const meta = (object: Obj): Obj => sub(object, "metadata") ?? {};
const spec = (object: Obj): Obj => sub(object, "spec") ?? {};
const metaUpdate = (next: Obj, previous: Obj): FieldError[] => validateObjectMetaUpdate(meta(next), meta(previous));

/**
 * @rule kube.validation.poddisruptionbudget
 * @source kubernetes@1.35 pkg/apis/policy/validation/validation.go ValidatePodDisruptionBudgetSpec
 */
function validateBudget(budget: Obj): FieldError[] {
  const errors: FieldError[] = [];
  const [least, most] = [intOrString(budget, "minAvailable"), intOrString(budget, "maxUnavailable")];
  if (least !== undefined && most !== undefined)
    errors.push(invalid("spec", goStruct("PodDisruptionBudgetSpec", budget), "minAvailable and maxUnavailable cannot be both set"));
  for (const [name, value] of [
    ["minAvailable", least],
    ["maxUnavailable", most],
  ] as const)
    if (value !== undefined) errors.push(...validateIntOrPercent(value, `spec.${name}`), ...notOver100Percent(value, `spec.${name}`));
  errors.push(...validateLabelSelector(sub(budget, "selector"), "spec.selector"));
  const policy = textOf(budget, "unhealthyPodEvictionPolicy");
  const policies = ["AlwaysAllow", "IfHealthyBudget"];
  if (policy !== undefined && !policies.includes(policy)) errors.push(notSupported("spec.unhealthyPodEvictionPolicy", policy, policies));
  return errors;
}

const SCOPES = [
  "BestEffort",
  "CrossNamespacePodAffinity",
  "NotBestEffort",
  "NotTerminating",
  "PriorityClass",
  "Terminating",
  "VolumeAttributesClass",
];
const COMPUTE = new Set(
  "pods cpu memory ephemeral-storage requests.cpu requests.memory requests.ephemeral-storage limits.cpu limits.memory limits.ephemeral-storage".split(
    " ",
  ),
);
/** @source kubernetes@1.35 pkg/apis/core/helper/helpers.go IsResourceQuotaScopeValidForResource */
function scopeFits(scope: string, resource: string): boolean {
  if (scope === "BestEffort") return resource === "pods";
  if (scope === "VolumeAttributesClass") return resource === "persistentvolumeclaims" || resource === "requests.storage";
  return COMPUTE.has(resource);
}

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go validateResourceQuotaScopes */
function validateScopes(quota: Obj): FieldError[] {
  const scopes = texts(quota, "scopes");
  const refuse = (detail: string): FieldError => invalid("spec.scopes", scopes as never, detail);
  const errors = scopes.flatMap((scope) => [
    ...(SCOPES.includes(scope) ? [] : [refuse("unsupported scope")]),
    ...resourceEntries(quota, "hard")
      .filter(([name]) => isStandardQuotaResource(name) && !scopeFits(scope, name))
      .map(() => refuse("unsupported scope applied to resource")),
  ]);
  for (const [a, b] of [
    ["BestEffort", "NotBestEffort"],
    ["Terminating", "NotTerminating"],
  ] as const)
    if (scopes.includes(a) && scopes.includes(b)) errors.push(refuse("conflicting scopes"));
  return errors;
}

function validateQuota(quota: Obj): FieldError[] {
  const hard = resourceEntries(quota, "hard").flatMap(([name, value]) => {
    const at = `spec.hard[${name}]`;
    const errors = validateResourceName(name, at);
    if (!name.includes("/") && !isStandardQuotaResource(name)) errors.push(invalid(at, name, "must be a standard resource for quota"));
    return [...errors, ...validateQuantityValue(name, value, at)];
  });
  return [...hard, ...validateScopes(quota)];
}

/** Pairs that must be in order, as upstream compares them. */
function compareLimits(limit: Obj, name: string, at: string): FieldError[] {
  const errors: FieldError[] = [];
  const get = (list: string): string | undefined => strings(limit, list)[name];
  const [min, max, usual, asked, ratio] = [get("min"), get("max"), get("default"), get("defaultRequest"), get("maxLimitRequestRatio")];
  const above = (a: string | undefined, b: string | undefined): boolean =>
    a !== undefined && b !== undefined && compareQuantities(amount(a), amount(b)) > 0;
  const refuse = (list: string, value: string | undefined, detail: string): void => {
    errors.push(invalid(`${at}.${list}[${name}]`, value, detail));
  };
  if (above(min, max)) refuse("min", min, `min value ${min} is greater than max value ${max}`);
  if (above(min, asked)) refuse("defaultRequest", asked, `min value ${min} is greater than default request value ${asked}`);
  if (above(asked, max)) refuse("defaultRequest", asked, `default request value ${asked} is greater than max value ${max}`);
  if (above(asked, usual)) refuse("defaultRequest", asked, `default request value ${asked} is greater than default limit value ${usual}`);
  if (above(min, usual)) refuse("default", min, `min value ${min} is greater than default value ${usual}`);
  if (above(usual, max)) refuse("default", max, `default value ${usual} is greater than max value ${max}`);
  if (ratio !== undefined && above("1", ratio)) refuse("maxLimitRequestRatio", ratio, `ratio ${ratio} is less than 1`);
  if (ratio !== undefined && min !== undefined && max !== undefined) {
    const most = number(amount(max)) / number(amount(min));
    if (number(amount(ratio)) > most) refuse("maxLimitRequestRatio", ratio, `ratio ${ratio} is greater than max/min = ${most.toFixed(6)}`);
  }
  if (!isOvercommitAllowed(name) && usual !== undefined && asked !== undefined && compareQuantities(amount(usual), amount(asked)) !== 0)
    refuse("defaultRequest", asked, `default value ${usual} must equal to defaultRequest value ${asked} in ${name}`);
  return errors;
}
const number = ({ value, scale }: ParsedQuantity): number => Number(value) * Number(`1e${scale}`);

/** @source kubernetes@1.35 pkg/apis/core/validation/validation.go ValidateLimitRange */
function validateLimits(range: Obj): FieldError[] {
  const seen = new Set<string>();
  return items(range, "limits").flatMap((limit, i) => {
    const at = `spec.limits[${i}]`;
    const type = text(limit, "type");
    const errors = invalidEach(`${at}.type`, type, isQualifiedName(type));
    if (errors.length === 0 && !type.includes("/") && !["Pod", "Container", "PersistentVolumeClaim"].includes(type))
      errors.push(invalid(`${at}.type`, type, "must be a standard limit type or fully qualified"));
    if (seen.has(type)) errors.push(duplicate(`${at}.type`, type));
    seen.add(type);
    const names = new Set<string>();
    const check = (list: string): void => {
      for (const [name] of resourceEntries(limit, list)) {
        const rule = type === "Pod" || type === "Container" ? validateContainerResourceName : validateResourceName;
        errors.push(...rule(name, `${at}.${list}[${name}]`));
        names.add(name);
      }
    };
    check("max");
    check("min");
    for (const list of ["default", "defaultRequest"]) {
      if (type !== "Pod") check(list);
      else if (resourceEntries(limit, list).length > 0) errors.push(forbidden(`${at}.${list}`, "may not be specified when `type` is 'Pod'"));
    }
    const storage = (list: string): boolean => Object.hasOwn(strings(limit, list), "storage");
    if (type === "PersistentVolumeClaim" && !storage("min") && !storage("max"))
      errors.push(required(`${at}.limits`, "either minimum or maximum storage value is required, but neither was provided"));
    check("maxLimitRequestRatio");
    const own = type === "Pod" ? { ...limit, default: undefined, defaultRequest: undefined } : limit;
    for (const name of names) errors.push(...compareLimits(own, name, at));
    return errors;
  });
}

/** @source kubernetes@1.35 pkg/apis/rbac/validation/validation.go ValidatePolicyRule */
function validatePolicyRule(rule: Obj, namespaced: boolean, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (texts(rule, "verbs").length === 0) errors.push(required(`${field}.verbs`, "verbs must contain at least one value"));
  const urls = texts(rule, "nonResourceURLs");
  if (urls.length > 0) {
    const at = `${field}.nonResourceURLs`;
    if (namespaced) errors.push(invalid(at, urls as never, "namespaced rules cannot apply to non-resource URLs"));
    if (["apiGroups", "resources", "resourceNames"].some((name) => texts(rule, name).length > 0))
      errors.push(invalid(at, urls as never, "rules cannot apply to both regular resources and non-resource URLs"));
    return errors;
  }
  if (texts(rule, "apiGroups").length === 0) errors.push(required(`${field}.apiGroups`, "resource rules must supply at least one api group"));
  if (texts(rule, "resources").length === 0) errors.push(required(`${field}.resources`, "resource rules must supply at least one resource"));
  return errors;
}

function role(namespaced: boolean): KindRules {
  const create = (object: Obj): FieldError[] => {
    const errors = validateObjectMeta(meta(object), namespaced, nameIsPathSegment);
    for (const [i, rule] of items(object, "rules").entries()) errors.push(...validatePolicyRule(rule, namespaced, `rules[${i}]`));
    const aggregation = sub(object, "aggregationRule");
    if (aggregation !== undefined && items(aggregation, "clusterRoleSelectors").length === 0)
      errors.push(required("aggregationRule.clusterRoleSelectors", "at least one clusterRoleSelector required if aggregationRule is non-nil"));
    return errors;
  };
  return { create, update: (next, previous) => [...create(next), ...metaUpdate(next, previous)] };
}

/** @source kubernetes@1.35 pkg/apis/rbac/validation/validation.go ValidateRoleBindingSubject */
function validateSubject(subject: Obj, namespaced: boolean, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const [name, kind, group] = [text(subject, "name"), text(subject, "kind"), text(subject, "apiGroup")];
  if (name === "") errors.push(required(`${field}.name`));
  if (kind === "ServiceAccount") {
    if (name !== "") errors.push(...invalidEach(`${field}.name`, name, nameIsSubdomain(name, false)));
    if (group !== "") errors.push(notSupported(`${field}.apiGroup`, group, [""]));
    if (!namespaced && text(subject, "namespace") === "") errors.push(required(`${field}.namespace`));
  } else if (kind === "User" || kind === "Group") {
    if (group !== RBAC) errors.push(notSupported(`${field}.apiGroup`, group, [RBAC]));
  } else errors.push(notSupported(`${field}.kind`, kind, ["ServiceAccount", "User", "Group"]));
  return errors;
}

function binding(namespaced: boolean): KindRules {
  const kinds = namespaced ? ["Role", "ClusterRole"] : ["ClusterRole"];
  const create = (object: Obj): FieldError[] => {
    const errors = validateObjectMeta(meta(object), namespaced, nameIsPathSegment);
    const ref = sub(object, "roleRef");
    const [group, kind, name] = [text(ref, "apiGroup"), text(ref, "kind"), text(ref, "name")];
    if (group !== RBAC) errors.push(notSupported("roleRef.apiGroup", group, [RBAC]));
    if (!kinds.includes(kind)) errors.push(notSupported("roleRef.kind", kind, kinds));
    if (name === "") errors.push(required("roleRef.name"));
    else errors.push(...invalidEach("roleRef.name", name, nameIsPathSegment(name, false)));
    for (const [i, subject] of items(object, "subjects").entries()) errors.push(...validateSubject(subject, namespaced, `subjects[${i}]`));
    return errors;
  };
  const update = (next: Obj, previous: Obj): FieldError[] => {
    const errors = [...create(next), ...metaUpdate(next, previous)];
    if (sameJson(next["roleRef"], previous["roleRef"])) return errors;
    const ref = sub(next, "roleRef");
    const shown = { APIGroup: text(ref, "apiGroup"), Kind: text(ref, "kind"), Name: text(ref, "name") };
    return [...errors, invalid("roleRef", shown, "cannot change roleRef")];
  };
  return { create, update };
}

export const POLICY_KINDS: Readonly<Record<string, KindRules>> = {
  poddisruptionbudgets: {
    create: (object) => {
      const errors = validateBudget(spec(object));
      return errors.length > 0 ? errors : validateObjectMeta(meta(object), true, nameIsPathSegment);
    },
    update: (next, previous) => [...metaUpdate(next, previous), ...validateBudget(spec(next))],
  },
  resourcequotas: {
    create: (object) => [...validateObjectMeta(meta(object), true, nameIsSubdomain), ...validateQuota(spec(object))],
    update: (next, previous) => {
      const errors = [...metaUpdate(next, previous), ...validateQuota(spec(next))];
      const sorted = (object: Obj): string[] => [...texts(spec(object), "scopes")].sort((a, b) => (a < b ? -1 : 1));
      return sameJson(sorted(next), sorted(previous)) ? errors : [...errors, invalid("spec.scopes", texts(spec(next), "scopes") as never, IMMUTABLE)];
    },
  },
  limitranges: {
    create: (object) => [...validateObjectMeta(meta(object), true, nameIsSubdomain), ...validateLimits(spec(object))],
    update: (next) => [...validateObjectMeta(meta(next), true, nameIsSubdomain), ...validateLimits(spec(next))],
  },
  roles: role(true),
  clusterroles: role(false),
  rolebindings: binding(true),
  clusterrolebindings: binding(false),
};
