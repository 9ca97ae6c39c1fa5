/** HorizontalPodAutoscalers. */
import { int, intOf, items, type Obj, sub, text, textOf } from "../../apis/schema/typed-json";
import { signOf } from "../../apis/quantity";
import { type FieldError, forbidden, invalid, invalidEach, notSupported, required } from "./field-error";
import type { KindRules } from "./kinds";
import { nameIsPathSegment, nameIsSubdomain, validateObjectMeta, validateObjectMetaUpdate } from "./object-meta";
import { amount } from "./resources";
import { validateLabelSelector } from "./label-selector";

const SOURCES: Readonly<Record<string, string>> = {
  ContainerResource: "containerResource",
  External: "external",
  Object: "object",
  Pods: "pods",
  Resource: "resource",
};
const TYPES = Object.keys(SOURCES);

function validateReference(ref: Obj | undefined, field: string): FieldError[] {
  return ["kind", "name"].flatMap((part) => {
    const value = text(ref, part);
    return value === "" ? [required(`${field}.${part}`)] : invalidEach(`${field}.${part}`, value, nameIsPathSegment(value, false));
  });
}

/** @source kubernetes@1.35 pkg/apis/autoscaling/validation/validation.go validateMetricTarget */
function validateTarget(target: Obj | undefined, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const type = text(target, "type");
  if (type === "") errors.push(required(`${field}.type`, "must specify a metric target type"));
  else if (!["Utilization", "Value", "AverageValue"].includes(type))
    errors.push(invalid(`${field}.type`, type, "must be either Utilization, Value, or AverageValue"));
  for (const part of ["value", "averageValue"]) {
    const value = textOf(target, part);
    if (value !== undefined && signOf(amount(value)) <= 0) errors.push(invalid(`${field}.${part}`, value, "must be positive"));
  }
  const use = intOf(target, "averageUtilization");
  return use !== undefined && use < 1 ? [...errors, invalid(`${field}.averageUtilization`, use, "must be greater than 0")] : errors;
}

/** A source of usage of a resource: relative or absolute, not both. */
function validateUsage(source: Obj, field: string): FieldError[] {
  const target = sub(source, "target");
  const errors = text(source, "name") === "" ? [required(`${field}.name`, "must specify a resource name")] : [];
  errors.push(...validateTarget(target, `${field}.target`));
  const [use, value] = [intOf(target, "averageUtilization"), textOf(target, "averageValue")];
  if (use === undefined && value === undefined)
    errors.push(required(`${field}.target.averageUtilization`, "must set either a target raw value or a target utilization"));
  if (use !== undefined && value !== undefined)
    errors.push(forbidden(`${field}.target.averageValue`, "may not set both a target raw value and a target utilization"));
  return errors;
}

function validateIdentifier(source: Obj, field: string): FieldError[] {
  const metric = sub(source, "metric");
  const name = text(metric, "name");
  const errors = name === "" ? [required(`${field}.metric.name`)] : invalidEach(`${field}.metric.name`, name, nameIsPathSegment(name, false));
  return [...errors, ...validateLabelSelector(sub(metric, "selector"), `${field}.metric.selector`)];
}

function validateMetricSource(type: string, source: Obj, field: string): FieldError[] {
  const target = sub(source, "target");
  if (type === "Resource") return validateUsage(source, field);
  if (type === "ContainerResource") {
    const container = text(source, "container") === "" ? [required(`${field}.container`, "must specify a container")] : [];
    return [...container, ...validateUsage(source, field)];
  }
  const errors = type === "Object" ? validateReference(sub(source, "describedObject"), `${field}.describedObject`) : [];
  errors.push(...validateIdentifier(source, field), ...validateTarget(target, `${field}.target`));
  const [value, average] = [textOf(target, "value"), textOf(target, "averageValue")];
  const at = `${field}.target.averageValue`;
  if (type === "Pods" && average === undefined) errors.push(required(at, "must specify a positive target averageValue"));
  if (type !== "Pods" && value === undefined && average === undefined)
    errors.push(required(at, "must set either a target value for metric or a per-pod target"));
  if (type === "External" && value !== undefined && average !== undefined)
    errors.push(forbidden(`${field}.target.value`, "may not set both a target value for metric and a per-pod target"));
  return errors;
}

/** @source kubernetes@1.35 pkg/apis/autoscaling/validation/validation.go validateMetricSpec */
function validateMetric(metric: Obj, field: string): FieldError[] {
  const type = text(metric, "type");
  if (type === "") return [required(`${field}.type`, "must specify a metric source type")];
  const expected = SOURCES[type];
  if (expected === undefined) return [notSupported(`${field}.type`, type, TYPES)];
  const present = TYPES.filter((name) => sub(metric, SOURCES[name] ?? "") !== undefined);
  const errors = present.flatMap((name) => validateMetricSource(name, sub(metric, SOURCES[name] ?? "") ?? {}, `${field}.${SOURCES[name]}`));
  if (!present.includes(type)) errors.push(required(`${field}.${expected}`, "must populate information for the given metric source"));
  if (present.length === 1) return errors;
  for (const name of present) if (name !== type) errors.push(forbidden(`${field}.${SOURCES[name]}`, "must populate the given metric source only"));
  return errors;
}

/** @source kubernetes@1.35 pkg/apis/autoscaling/validation/validation.go validateScalingRules */
function validateScaling(rules: Obj | undefined, field: string): FieldError[] {
  if (rules === undefined) return [];
  const errors: FieldError[] = [];
  const window = intOf(rules, "stabilizationWindowSeconds");
  const at = `${field}.stabilizationWindowSeconds`;
  if (window !== undefined && window < 0) errors.push(invalid(at, window, "must be greater than or equal to zero"));
  if (window !== undefined && window > 3600) errors.push(invalid(at, window, "must be less than or equal to 3600"));
  const select = textOf(rules, "selectPolicy");
  const selects = ["Disabled", "Max", "Min"];
  if (select !== undefined && !selects.includes(select)) errors.push(notSupported(`${field}.selectPolicy`, select, selects));
  const policies = items(rules, "policies");
  if (policies.length === 0) errors.push(required(`${field}.policies`, "must specify at least one Policy"));
  for (const [i, policy] of policies.entries()) {
    const place = `${field}.policies[${i}]`;
    const [type, value, period] = [text(policy, "type"), int(policy, "value"), int(policy, "periodSeconds")];
    if (type !== "Percent" && type !== "Pods") errors.push(notSupported(`${place}.type`, type, ["Percent", "Pods"]));
    if (value <= 0) errors.push(invalid(`${place}.value`, value, "must be greater than zero"));
    if (period <= 0) errors.push(invalid(`${place}.periodSeconds`, period, "must be greater than zero"));
    if (period > 1800) errors.push(invalid(`${place}.periodSeconds`, period, "must be less than or equal to 1800"));
  }
  return errors;
}

/**
 * @rule kube.validation.horizontalpodautoscaler
 * @source kubernetes@1.35 pkg/apis/autoscaling/validation/validation.go validateHorizontalPodAutoscalerSpec
 */
function validateSpec(object: Obj): FieldError[] {
  const spec = sub(object, "spec") ?? {};
  const errors: FieldError[] = [];
  const [least, most] = [intOf(spec, "minReplicas"), int(spec, "maxReplicas")];
  if (least !== undefined && least < 1) errors.push(invalid("spec.minReplicas", least, "must be greater than or equal to 1"));
  if (most < 1) errors.push(invalid("spec.maxReplicas", most, "must be greater than 0"));
  if (least !== undefined && most < least) errors.push(invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`"));
  errors.push(...validateReference(sub(spec, "scaleTargetRef"), "spec.scaleTargetRef"));
  for (const [i, metric] of items(spec, "metrics").entries()) errors.push(...validateMetric(metric, `spec.metrics[${i}]`));
  const behavior = sub(spec, "behavior");
  errors.push(...validateScaling(sub(behavior, "scaleUp"), "spec.behavior.scaleUp"));
  return [...errors, ...validateScaling(sub(behavior, "scaleDown"), "spec.behavior.scaleDown")];
}

export const AUTOSCALING_KINDS: Readonly<Record<string, KindRules>> = {
  horizontalpodautoscalers: {
    create: (object) => [...validateObjectMeta(sub(object, "metadata") ?? {}, true, nameIsSubdomain), ...validateSpec(object)],
    update: (next, previous) => [...validateObjectMetaUpdate(sub(next, "metadata") ?? {}, sub(previous, "metadata") ?? {}), ...validateSpec(next)],
  },
};
