/**
 * Label selectors, as text (`app=web,tier in (a,b),!legacy`) and as LabelSelector objects, reduced to one list of requirements.
 * A failure is a value with upstream's words.
 */
import type { LabelSelector, StringMap } from "./objects";
import { invalidValue, isQualifiedName, isValidLabelValue } from "./names";
import { parseSelectorText } from "./label-selector-parser";

export type SelectorOperator = "in" | "notin" | "=" | "==" | "!=" | "exists" | "!" | "gt" | "lt";

export interface Requirement {
  readonly key: string;
  readonly operator: SelectorOperator;
  readonly values: readonly string[];
}

/** All requirements must hold, so none matches everything; null matches nothing. Sorted by key. */
export type Selector = readonly Requirement[] | null;
export type SelectorError = { readonly error: string };

export const nothing: Selector = null;

/** Go's strconv.ParseInt base 10 to 64 bits; undefined when it fails. */
export function parseInt64(text: string): bigint | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ""));
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

const byKey = (a: Requirement, b: Requirement): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/** @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/labels/selector.go validateLabelKey */
export function labelKeyError(key: string, path: string): string | undefined {
  const errors = isQualifiedName(key);
  return errors.length > 0 ? invalidValue(path, JSON.stringify(key), errors.join("; ")) : undefined;
}

/** Go's aggregate of errors: one alone, several in brackets, equal ones once. */
const aggregate = (errors: readonly string[]): string => (errors.length === 1 ? (errors[0] ?? "") : `[${[...new Set(errors)].join(", ")}]`);

/**
 * Checks a requirement.
 * @rule kube.labels.requirement
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/labels/selector.go NewRequirement
 */
export function newRequirement(key: string, operator: SelectorOperator, values: readonly string[]): Requirement | SelectorError {
  const errors: string[] = [];
  const keyError = labelKeyError(key, "key");
  if (keyError !== undefined) errors.push(keyError);
  const refuse = (detail: string): void => {
    errors.push(invalidValue("values", values.length === 0 ? "null" : JSON.stringify(values), detail));
  };
  if ((operator === "in" || operator === "notin") && values.length === 0) refuse("for 'in', 'notin' operators, values set can't be empty");
  if ((operator === "=" || operator === "==" || operator === "!=") && values.length !== 1)
    refuse("exact-match compatibility requires one single value");
  if ((operator === "exists" || operator === "!") && values.length !== 0) refuse("values set must be empty for exists and does not exist");
  if (operator === "gt" || operator === "lt") {
    if (values.length !== 1) refuse("for 'Gt', 'Lt' operators, exactly one value is required");
    for (const [i, value] of values.entries())
      if (parseInt64(value) === undefined)
        errors.push(invalidValue(`values[${i}]`, JSON.stringify(value), "for 'Gt', 'Lt' operators, the value must be an integer"));
  }
  for (const [i, value] of values.entries()) {
    const valueErrors = isValidLabelValue(value);
    if (valueErrors.length > 0) errors.push(invalidValue(`values[${i}][${key}]`, JSON.stringify(value), valueErrors.join("; ")));
  }
  return errors.length > 0 ? { error: aggregate(errors) } : { key, operator, values };
}

/**
 * Reads a selector as `-l` takes it.
 * @rule kube.labels.parse
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/labels/selector.go Parse
 */
export function parseLabelSelector(text: string): Selector | SelectorError {
  const parsed = parseSelectorText(text);
  return "error" in parsed ? parsed : [...parsed].sort(byKey);
}

const OPERATORS: Readonly<Record<string, SelectorOperator>> = { In: "in", NotIn: "notin", Exists: "exists", DoesNotExist: "!" };
const memo = new WeakMap<LabelSelector, Selector | SelectorError>();

/**
 * A LabelSelector object's requirements; a missing one matches nothing, an empty one everything. Memoized by the object's identity.
 * @rule kube.labels.selector-of-object
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/helpers.go LabelSelectorAsSelector
 */
export function selectorOfObject(selector: LabelSelector | undefined | null): Selector | SelectorError {
  if (selector === undefined || selector === null) return nothing;
  const known = memo.get(selector);
  if (known !== undefined) return known;
  const result = requirementsOf(selector);
  memo.set(selector, result);
  return result;
}

function requirementsOf(selector: LabelSelector): Selector | SelectorError {
  const requirements: Requirement[] = [];
  const pairs = Object.entries(selector.matchLabels ?? {}).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  for (const [key, value] of pairs) {
    const requirement = newRequirement(key, "=", [value]);
    if ("error" in requirement) return requirement;
    requirements.push(requirement);
  }
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const known = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
    if (known === undefined) return { error: `${JSON.stringify(operator)} is not a valid label selector operator` };
    const requirement = newRequirement(key, known, values ?? []);
    if ("error" in requirement) return requirement;
    requirements.push(requirement);
  }
  return requirements.sort(byKey);
}

/** A plain map as a selector, as in Service and ReplicationController. */
export const selectorOfMap = (labels: StringMap): Requirement[] =>
  Object.entries(labels)
    .map(([key, value]): Requirement => ({ key, operator: "=", values: [value] }))
    .sort(byKey);

/**
 * Whether one requirement holds for a set of labels.
 * @rule kube.labels.matches
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/labels/selector.go Requirement.Matches
 */
export function requirementMatches({ key, operator, values }: Requirement, labels: StringMap): boolean {
  const has = Object.hasOwn(labels, key);
  const value = labels[key] ?? "";
  switch (operator) {
    case "in":
    case "=":
    case "==":
      return has && values.includes(value);
    case "notin":
    case "!=":
      return !has || !values.includes(value);
    case "exists":
      return has;
    case "!":
      return !has;
    default: {
      const left = has ? parseInt64(value) : undefined;
      const right = parseInt64(values[0] ?? "");
      if (left === undefined || right === undefined) return false;
      return operator === "gt" ? left > right : left < right;
    }
  }
}

export const selectorMatches = (selector: Selector, labels: StringMap | undefined): boolean =>
  selector !== null && selector.every((requirement) => requirementMatches(requirement, labels ?? {}));

/** Whether a LabelSelector object matches; a selector that is wrong matches nothing. */
export function labelSelectorMatches(selector: LabelSelector | undefined | null, labels: StringMap | undefined): boolean {
  const parsed = selectorOfObject(selector);
  return parsed !== null && !("error" in parsed) && selectorMatches(parsed, labels);
}

const SIGNS: Readonly<Record<SelectorOperator, string>> = {
  in: " in ",
  notin: " notin ",
  "=": "=",
  "==": "==",
  "!=": "!=",
  gt: ">",
  lt: "<",
  exists: "",
  "!": "!",
};

function formatRequirement({ key, operator, values }: Requirement): string {
  if (operator === "!") return `!${key}`;
  if (operator === "exists") return key;
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const set = operator === "in" || operator === "notin";
  return `${key}${SIGNS[operator]}${set ? `(${sorted.join(",")})` : sorted.join(",")}`;
}

/** Canonical text. @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/labels/selector.go internalSelector.String */
export const formatSelector = (selector: Selector): string => (selector ?? []).map(formatRequirement).join(",");

/** As printed in tables. @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/helpers.go FormatLabelSelector */
export function formatLabelSelector(selector: LabelSelector | undefined | null): string {
  const parsed = selectorOfObject(selector);
  if (parsed !== null && "error" in parsed) return "<error>";
  const text = formatSelector(parsed);
  return text === "" ? "<none>" : text;
}
