/** LabelSelector objects as fields of others. */
import { isValidLabelValue } from "../../apis/names";
import { type Obj, items, strings, text, texts } from "../../apis/schema/typed-json";
import { forbidden, type FieldError, invalid, invalidEach, required } from "./field-error";
import { validateLabelName, validateLabels } from "./object-meta";

export const isEmptySelector = (selector: Obj): boolean =>
  Object.keys(strings(selector, "matchLabels")).length + items(selector, "matchExpressions").length === 0;

/**
 * @rule kube.validation.label-selector
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/validation/validation.go ValidateLabelSelector
 */
export function validateLabelSelector(selector: Obj | undefined, field: string, anyValue = false): FieldError[] {
  if (selector === undefined) return [];
  const errors = validateLabels(strings(selector, "matchLabels"), `${field}.matchLabels`);
  for (const [i, expression] of items(selector, "matchExpressions").entries())
    errors.push(...validateRequirement(expression, `${field}.matchExpressions[${i}]`, anyValue));
  return errors;
}

function validateRequirement(expression: Obj, field: string, anyValue: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const values = texts(expression, "values");
  const operator = text(expression, "operator");
  if (operator === "In" || operator === "NotIn") {
    if (values.length === 0) errors.push(required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (operator === "Exists" || operator === "DoesNotExist") {
    if (values.length > 0) errors.push(forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
  } else errors.push(invalid(`${field}.operator`, operator, "not a valid selector operator"));
  errors.push(...validateLabelName(text(expression, "key"), `${field}.key`));
  if (anyValue) return errors;
  for (const [i, value] of values.entries()) errors.push(...invalidEach(`${field}.values[${i}]`, value, isValidLabelValue(value)));
  return errors;
}
