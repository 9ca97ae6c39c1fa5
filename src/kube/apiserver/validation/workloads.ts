/** Deployments, ReplicaSets, StatefulSets, DaemonSets: their specs and what may not change. */
import { isValidPercent } from "../../apis/names";
import { int, intOf, intOrString, type Obj, strings, sub, text } from "../../apis/schema/typed-json";
import type { LabelSelector } from "../../apis/objects";
import { selectorMatches, selectorOfObject } from "../../apis/label-selector";
import { type FieldError, forbidden, invalid, invalidEach, NOT_NEGATIVE, nonNegative, notSupported, required } from "./field-error";
import { goStruct } from "./go-value";
import { isEmptySelector, validateLabelSelector } from "./label-selector";
import { validatePodTemplate } from "./pod-spec";

const NO_MATCH = "`selector` does not match template `labels`";

/** @source kubernetes@1.35 pkg/apis/apps/validation/validation.go ValidatePositiveIntOrPercent */
export function validateIntOrPercent(value: number | string | undefined, field: string): FieldError[] {
  if (typeof value === "string") return invalidEach(field, value, isValidPercent(value));
  return (value ?? 0) < 0 ? [invalid(field, value, NOT_NEGATIVE)] : [];
}
/** @source kubernetes@1.35 pkg/apis/apps/validation/validation.go IsNotMoreThan100Percent */
export const notOver100Percent = (value: number | string | undefined, field: string): FieldError[] =>
  typeof value === "string" && isValidPercent(value).length === 0 && Number.parseInt(value, 10) > 100
    ? [invalid(field, value, "must not be greater than 100%")]
    : [];
const isZero = (value: number | string | undefined): boolean =>
  typeof value === "string" ? (Number.parseInt(value, 10) || 0) === 0 : (value ?? 0) === 0;

interface Owner {
  readonly kind: string;
  /** What the selector's own error says; "" in StatefulSets, undefined where it is passed over. */
  readonly badSelector: string | undefined;
}

/** A selector that may not be missing or empty, and a template it must match. */
function validateSelectorAndTemplate(spec: Obj, field: string, owner: Owner): FieldError[] {
  const errors: FieldError[] = [];
  const selector = sub(spec, "selector");
  const at = `${field}.selector`;
  if (selector === undefined) errors.push(required(at));
  else {
    errors.push(...validateLabelSelector(selector, at));
    if (isEmptySelector(selector)) errors.push(invalid(at, selector as never, `empty selector is invalid for ${owner.kind.toLowerCase()}`));
  }
  const parsed = selectorOfObject(selector as LabelSelector | undefined);
  if (parsed !== null && "error" in parsed) return [...errors, invalid(at, selector as never, owner.badSelector ?? "")];
  const template = sub(spec, "template") ?? {};
  if (parsed === null || parsed.length > 0) errors.push(...matchTemplate(template, field, parsed));
  return [...errors, ...validateTemplateOf(template, field, owner.kind)];
}

function matchTemplate(template: Obj, field: string, selector: Parameters<typeof selectorMatches>[0]): FieldError[] {
  const labels = sub(sub(template, "metadata"), "labels");
  if (selectorMatches(selector, strings(sub(template, "metadata"), "labels"))) return [];
  return [invalid(`${field}.template.metadata.labels`, labels as never, NO_MATCH)];
}

function validateTemplateOf(template: Obj, field: string, kind: string): FieldError[] {
  const at = `${field}.template`;
  const errors = validatePodTemplate(template, at);
  const spec = sub(template, "spec");
  const policy = text(spec, "restartPolicy");
  if (policy !== "Always") errors.push(notSupported(`${at}.spec.restartPolicy`, policy, ["Always"]));
  if (intOf(spec, "activeDeadlineSeconds") !== undefined) {
    const shown = kind === "Deployment" ? "ReplicaSet" : kind;
    errors.push(forbidden(`${at}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${shown} is not Supported`));
  }
  return errors;
}

/** @source kubernetes@1.35 pkg/apis/apps/validation/validation.go ValidateRollingUpdateDeployment */
function validateRollingUpdate(rolling: Obj, field: string): FieldError[] {
  const [unavailable, surge] = [intOrString(rolling, "maxUnavailable"), intOrString(rolling, "maxSurge")];
  const errors = [...validateIntOrPercent(unavailable, `${field}.maxUnavailable`), ...validateIntOrPercent(surge, `${field}.maxSurge`)];
  if (isZero(unavailable) && isZero(surge)) errors.push(invalid(`${field}.maxUnavailable`, unavailable ?? 0, "may not be 0 when `maxSurge` is 0"));
  return [...errors, ...notOver100Percent(unavailable, `${field}.maxUnavailable`)];
}

/** @source kubernetes@1.35 pkg/apis/apps/validation/validation.go ValidateDeploymentStrategy */
function validateStrategy(strategy: Obj, field: string): FieldError[] {
  const rolling = sub(strategy, "rollingUpdate");
  const type = text(strategy, "type");
  if (type === "Recreate")
    return rolling === undefined ? [] : [forbidden(`${field}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")];
  if (type !== "RollingUpdate") return [notSupported(field, goStruct("DeploymentStrategy", strategy), ["Recreate", "RollingUpdate"])];
  if (rolling === undefined) return [required(`${field}.rollingUpdate`, "this should be defaulted and never be nil")];
  return validateRollingUpdate(rolling, `${field}.rollingUpdate`);
}

/**
 * @rule kube.validation.deployment
 * @source kubernetes@1.35 pkg/apis/apps/validation/validation.go ValidateDeploymentSpec
 */
export function validateDeploymentSpec(spec: Obj, field = "spec"): FieldError[] {
  const ready = int(spec, "minReadySeconds");
  const deadline = intOf(spec, "progressDeadlineSeconds");
  const errors = [
    ...nonNegative(`${field}.replicas`, int(spec, "replicas")),
    ...validateSelectorAndTemplate(spec, field, { kind: "Deployment", badSelector: "invalid label selector" }),
    ...validateStrategy(sub(spec, "strategy") ?? {}, `${field}.strategy`),
    ...nonNegative(`${field}.minReadySeconds`, ready),
    ...nonNegative(`${field}.revisionHistoryLimit`, intOf(spec, "revisionHistoryLimit")),
    ...nonNegative(`${field}.progressDeadlineSeconds`, deadline),
  ];
  if (deadline !== undefined && deadline <= ready)
    errors.push(invalid(`${field}.progressDeadlineSeconds`, deadline, "must be greater than minReadySeconds"));
  return errors;
}

/**
 * @rule kube.validation.replicaset
 * @source kubernetes@1.35 pkg/apis/apps/validation/validation.go ValidateReplicaSetSpec
 */
export const validateReplicaSetSpec = (spec: Obj, field = "spec"): FieldError[] => [
  ...nonNegative(`${field}.replicas`, int(spec, "replicas")),
  ...nonNegative(`${field}.minReadySeconds`, int(spec, "minReadySeconds")),
  ...validateSelectorAndTemplate(spec, field, { kind: "ReplicaSet", badSelector: "invalid label selector" }),
];

/** @source kubernetes@1.35 pkg/apis/apps/validation/validation.go validateRollingUpdateStatefulSet */
function validateStatefulStrategy(strategy: Obj, field: string): FieldError[] {
  const type = text(strategy, "type");
  const rolling = sub(strategy, "rollingUpdate");
  if (type === "") return [required(field)];
  if (type === "OnDelete") {
    if (rolling === undefined) return [];
    return [invalid(`${field}.rollingUpdate`, goStruct("StatefulSetRollingUpdate", rolling), "only allowed for updateStrategy 'RollingUpdate'")];
  }
  if (type !== "RollingUpdate") return [invalid(field, goStruct("StatefulSetUpdateStrategy", strategy), "must be 'RollingUpdate' or 'OnDelete'")];
  if (rolling === undefined) return [];
  const errors = nonNegative(`${field}.rollingUpdate.partition`, int(rolling, "partition"));
  const unavailable = intOrString(rolling, "maxUnavailable");
  if (unavailable === undefined) return errors;
  const at = `${field}.rollingUpdate.maxUnavailable`;
  errors.push(...validateIntOrPercent(unavailable, at));
  if (isZero(unavailable)) errors.push(invalid(at, unavailable, "cannot be 0"));
  return [...errors, ...notOver100Percent(unavailable, at)];
}

/**
 * @rule kube.validation.statefulset
 * @source kubernetes@1.35 pkg/apis/apps/validation/validation.go ValidateStatefulSetSpec
 */
export function validateStatefulSetSpec(spec: Obj, field = "spec"): FieldError[] {
  const errors: FieldError[] = [];
  const management = text(spec, "podManagementPolicy");
  if (management === "") errors.push(required(`${field}.podManagementPolicy`));
  else if (management !== "OrderedReady" && management !== "Parallel")
    errors.push(invalid(`${field}.podManagementPolicy`, management, "must be 'OrderedReady' or 'Parallel'"));
  errors.push(...validateStatefulStrategy(sub(spec, "updateStrategy") ?? {}, `${field}.updateStrategy`));
  const retention = sub(spec, "persistentVolumeClaimRetentionPolicy");
  if (retention !== undefined)
    for (const part of ["whenDeleted", "whenScaled"]) {
      const value = text(retention, part);
      if (value !== "Delete" && value !== "Retain")
        errors.push(notSupported(`${field}.persistentVolumeClaimRetentionPolicy.${part}`, value, ["Delete", "Retain"]));
    }
  errors.push(...nonNegative(`${field}.replicas`, int(spec, "replicas")));
  errors.push(...nonNegative(`${field}.minReadySeconds`, int(spec, "minReadySeconds")));
  const ordinals = sub(spec, "ordinals");
  if (ordinals !== undefined) errors.push(...nonNegative(`${field}.ordinals.start`, int(ordinals, "start")));
  return [...errors, ...validateSelectorAndTemplate(spec, field, { kind: "StatefulSet", badSelector: "" })];
}

/** @source kubernetes@1.35 pkg/apis/apps/validation/validation.go ValidateDaemonSetUpdateStrategy */
function validateDaemonStrategy(strategy: Obj, field: string): FieldError[] {
  const type = text(strategy, "type");
  if (type === "OnDelete") return [];
  if (type !== "RollingUpdate") return [notSupported(field, goStruct("DaemonSetUpdateStrategy", strategy), ["OnDelete", "RollingUpdate"])];
  const rolling = sub(strategy, "rollingUpdate");
  if (rolling === undefined) return [required(`${field}.rollingUpdate`)];
  const at = `${field}.rollingUpdate`;
  const [unavailable, surge] = [intOrString(rolling, "maxUnavailable"), intOrString(rolling, "maxSurge")];
  const errors = [
    ...validateIntOrPercent(unavailable, `${at}.maxUnavailable`),
    ...notOver100Percent(unavailable, `${at}.maxUnavailable`),
    ...validateIntOrPercent(surge, `${at}.maxSurge`),
    ...notOver100Percent(surge, `${at}.maxSurge`),
  ];
  const [some, more] = [!isZero(unavailable), !isZero(surge)];
  if (some && more) errors.push(invalid(`${at}.maxSurge`, surge, "may not be set when maxUnavailable is non-zero"));
  if (!some && !more) errors.push(required(`${at}.maxUnavailable`, "cannot be 0 when maxSurge is 0"));
  return errors;
}

/**
 * @rule kube.validation.daemonset
 * @source kubernetes@1.35 pkg/apis/apps/validation/validation.go ValidateDaemonSetSpec
 */
export function validateDaemonSetSpec(spec: Obj, field = "spec"): FieldError[] {
  const selector = sub(spec, "selector");
  const template = sub(spec, "template") ?? {};
  const errors = selector === undefined ? [] : validateLabelSelector(selector, `${field}.selector`);
  const parsed = selectorOfObject(selector as LabelSelector | undefined);
  if (parsed === null || !("error" in parsed)) errors.push(...matchTemplate(template, field, parsed));
  if (selector !== undefined && isEmptySelector(selector))
    errors.push(invalid(`${field}.selector`, selector as never, "empty selector is invalid for daemonset"));
  return [
    ...errors,
    ...validateTemplateOf(template, field, "DaemonSet"),
    ...nonNegative(`${field}.minReadySeconds`, int(spec, "minReadySeconds")),
    ...validateDaemonStrategy(sub(spec, "updateStrategy") ?? {}, `${field}.updateStrategy`),
    ...nonNegative(`${field}.revisionHistoryLimit`, intOf(spec, "revisionHistoryLimit")),
  ];
}
