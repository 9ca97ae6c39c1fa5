/** Jobs and CronJobs. */
import type { LabelSelector } from "../../apis/objects";
import { selectorMatches, selectorOfObject } from "../../apis/label-selector";
import { isDNS1123Label } from "../../apis/names";
import { sameJson } from "../../apis/equality";
import { intOf, ints, items, type Obj, strings, sub, text, textOf } from "../../apis/schema/typed-json";
import { scheduleError } from "./cron-schedule";
import { duplicate, type FieldError, IMMUTABLE, invalid, nonNegative, notSupported, required, tooMany } from "./field-error";
import { goForm } from "./go-value";
import type { KindRules } from "./kinds";
import { validateLabelSelector } from "./label-selector";
import { immutable, nameIsSubdomain, validateObjectMeta, validateObjectMetaUpdate } from "./object-meta";
import { validatePodTemplate } from "./pod-spec";

const meta = (object: Obj): Obj => sub(object, "metadata") ?? {};
const spec = (object: Obj): Obj => sub(object, "spec") ?? {};
const ACTIONS = ["Count", "FailIndex", "FailJob", "Ignore"];

function validateExitCodes(codes: Obj, template: Obj, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const operator = text(codes, "operator");
  if (operator !== "In" && operator !== "NotIn")
    errors.push(operator === "" ? required(`${field}.operator`) : notSupported(`${field}.operator`, operator, ["In", "NotIn"]));
  const name = textOf(codes, "containerName");
  const names = [...items(sub(template, "spec"), "containers"), ...items(sub(template, "spec"), "initContainers")].map((one) => text(one, "name"));
  if (name !== undefined && !names.includes(name))
    errors.push(invalid(`${field}.containerName`, name, "must be one of the container or initContainer names in the pod template"));
  const values = ints(codes, "values");
  if (values.length === 0) errors.push(invalid(`${field}.values`, values as never, "at least one value is required"));
  else if (values.length > 255) errors.push(tooMany(`${field}.values`, values.length, 255));
  let ordered = true;
  for (const [i, value] of values.entries()) {
    if (operator === "In" && value === 0) errors.push(invalid(`${field}.values[${i}]`, 0, "must not be 0 for the In operator"));
    if (values.indexOf(value) < i) errors.push(duplicate(`${field}.values[${i}]`, value));
    else if (i > 0 && (values[i - 1] ?? 0) > value) ordered = false;
  }
  return ordered ? errors : [...errors, invalid(`${field}.values`, values as never, "must be ordered")];
}

/** @source kubernetes@1.35 pkg/apis/batch/validation/validation.go validatePodFailurePolicy */
function validateFailurePolicy(policy: Obj, template: Obj, perIndex: boolean, field: string): FieldError[] {
  const rules = items(policy, "rules");
  if (rules.length > 20) return [tooMany(`${field}.rules`, rules.length, 20)];
  return rules.flatMap((rule, i) => {
    const at = `${field}.rules[${i}]`;
    const errors: FieldError[] = [];
    const action = text(rule, "action");
    if (action === "") errors.push(required(`${at}.action`, `valid values: ${ACTIONS.map((one) => JSON.stringify(one)).join(", ")}`));
    else if (action === "FailIndex" && !perIndex) errors.push(invalid(`${at}.action`, action, "requires the backoffLimitPerIndex to be set"));
    else if (!ACTIONS.includes(action)) errors.push(notSupported(`${at}.action`, action, ACTIONS));
    const [codes, conditions] = [sub(rule, "onExitCodes"), items(rule, "onPodConditions")];
    if (codes !== undefined) errors.push(...validateExitCodes(codes, template, `${at}.onExitCodes`));
    if (conditions.length > 20) errors.push(tooMany(`${at}.onPodConditions`, conditions.length, 20));
    if (codes !== undefined && conditions.length > 0)
      errors.push({ ...invalid(at, "", ""), message: "Invalid value: specifying both OnExitCodes and OnPodConditions is not supported" });
    if (codes === undefined && conditions.length === 0)
      errors.push({ ...invalid(at, "", ""), message: "Invalid value: specifying one of OnExitCodes and OnPodConditions is required" });
    return errors;
  });
}

/** @source kubernetes@1.35 pkg/apis/batch/validation/validation.go validateJobSpec */
function validateBareJobSpec(job: Obj, field: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const name of [
    "parallelism",
    "completions",
    "activeDeadlineSeconds",
    "backoffLimit",
    "ttlSecondsAfterFinished",
    "backoffLimitPerIndex",
    "maxFailedIndexes",
  ])
    errors.push(...nonNegative(`${field}.${name}`, intOf(job, name)));
  const mode = textOf(job, "completionMode");
  const indexed = mode === "Indexed";
  if (mode !== undefined && mode !== "NonIndexed" && !indexed) errors.push(notSupported(`${field}.completionMode`, mode, ["Indexed", "NonIndexed"]));
  const parallel = intOf(job, "parallelism") ?? 0;
  if (indexed && intOf(job, "completions") === undefined) errors.push(required(`${field}.completions`, "when completion mode is Indexed"));
  if (indexed && parallel > 100000)
    errors.push(invalid(`${field}.parallelism`, parallel, "must be less than or equal to 100000 when completion mode is Indexed"));
  for (const name of ["backoffLimitPerIndex", "maxFailedIndexes"]) {
    const value = intOf(job, name);
    if (!indexed && value !== undefined) errors.push(invalid(`${field}.${name}`, value, "requires indexed completion mode"));
  }
  const failed = intOf(job, "maxFailedIndexes");
  const completions = intOf(job, "completions");
  if (failed !== undefined && completions !== undefined && failed > completions)
    errors.push(invalid(`${field}.maxFailedIndexes`, failed, "must be less than or equal to completions"));
  if (failed !== undefined && intOf(job, "backoffLimitPerIndex") === undefined)
    errors.push(required(`${field}.backoffLimitPerIndex`, "when maxFailedIndexes is specified"));
  const template = sub(job, "template") ?? {};
  const policy = sub(job, "podFailurePolicy");
  if (policy !== undefined)
    errors.push(...validateFailurePolicy(policy, template, intOf(job, "backoffLimitPerIndex") !== undefined, `${field}.podFailurePolicy`));
  const replacement = textOf(job, "podReplacementPolicy");
  const allowed = policy === undefined ? ["Failed", "TerminatingOrFailed"] : ["Failed"];
  if (replacement !== undefined && !allowed.includes(replacement)) errors.push(notSupported(`${field}.podReplacementPolicy`, replacement, allowed));
  errors.push(...validatePodTemplate(template, `${field}.template`));
  const restart = text(sub(template, "spec"), "restartPolicy");
  const at = `${field}.template.spec.restartPolicy`;
  if (restart !== "OnFailure" && restart !== "Never") errors.push(required(at, 'valid values: "OnFailure", "Never"'));
  if (policy !== undefined && restart !== "Never") errors.push(invalid(at, restart, 'only "Never" is supported when podFailurePolicy is specified'));
  return errors;
}

/** @source kubernetes@1.35 pkg/apis/batch/validation/validation.go ValidateJobSpec */
function validateJobSpec(job: Obj, field: string): FieldError[] {
  const errors = validateBareJobSpec(job, field);
  const selector = sub(job, "selector");
  if (selector === undefined) errors.push(required(`${field}.selector`));
  else errors.push(...validateLabelSelector(selector, `${field}.selector`));
  const parsed = selectorOfObject(selector as LabelSelector | undefined);
  const labels = sub(sub(job, "template"), "metadata");
  if (parsed !== null && "error" in parsed) return errors;
  if (!selectorMatches(parsed, strings(labels, "labels")))
    errors.push(invalid(`${field}.template.metadata.labels`, labels?.["labels"], "`selector` does not match template `labels`"));
  return errors;
}

/** @source kubernetes@1.35 pkg/apis/batch/validation/validation.go validateGeneratedSelector */
function validateGenerated(job: Obj): FieldError[] {
  const selector = sub(spec(job), "selector");
  if (spec(job)["manualSelector"] === true || selector === undefined) return [];
  const keys = Object.keys(strings(selector, "matchLabels"));
  const own = keys.length === 1 && keys[0] === "batch.kubernetes.io/controller-uid" && items(selector, "matchExpressions").length === 0;
  return own ? [] : [invalid("spec.selector", selector as never, "`selector` not auto-generated")];
}

function validateJob(job: Obj): FieldError[] {
  const errors = [...validateObjectMeta(meta(job), true, nameIsSubdomain), ...validateGenerated(job), ...validateJobSpec(spec(job), "spec")];
  const completions = intOf(spec(job), "completions") ?? 0;
  const name = text(meta(job), "name");
  const last = `${name}-${completions - 1}`;
  if (textOf(spec(job), "completionMode") === "Indexed" && completions > 0 && isDNS1123Label(last).length > 0)
    errors.push(invalid("metadata.name", name, `will not able to create pod with invalid DNS label: ${last}`));
  return errors;
}

/** The spec is judged twice, as by upstream's strategy. @source kubernetes@1.35 pkg/registry/batch/job/strategy.go ValidateUpdate */
function validateJobUpdate(next: Obj, previous: Obj): FieldError[] {
  const [now, then] = [spec(next), spec(previous)];
  const errors = [...validateJob(next), ...validateObjectMetaUpdate(meta(next), meta(previous)), ...validateJobSpec(now, "spec")];
  errors.push(...immutable("spec.completions", now, then, "completions"), ...immutable("spec.selector", now, then, "selector"));
  if (!sameJson(now["template"], then["template"])) {
    const shown = goForm("PodTemplateSpec", sub(now, "template") ?? {}, undefined);
    errors.push(invalid("spec.template", { printed: JSON.stringify(shown) }, IMMUTABLE));
  }
  for (const name of ["completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"])
    errors.push(...immutable(`spec.${name}`, now, then, name));
  return errors;
}

/** @source kubernetes@1.35 pkg/apis/batch/validation/validation.go validateCronJobSpec */
function validateCronSpec(cron: Obj): FieldError[] {
  const errors: FieldError[] = [];
  const schedule = text(cron, "schedule");
  if (schedule === "") errors.push(required("spec.schedule"));
  else {
    const wrong = scheduleError(schedule);
    if (wrong !== undefined) errors.push(invalid("spec.schedule", schedule, wrong));
    if (schedule.includes("TZ")) errors.push(invalid("spec.schedule", schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"));
  }
  errors.push(...nonNegative("spec.startingDeadlineSeconds", intOf(cron, "startingDeadlineSeconds")));
  const zone = textOf(cron, "timeZone");
  if (zone === "") errors.push(invalid("spec.timeZone", zone, "timeZone must be nil or non-empty string"));
  else if (zone?.toLowerCase() === "local")
    errors.push(invalid("spec.timeZone", zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"));
  const policy = text(cron, "concurrencyPolicy");
  const policies = ["Allow", "Forbid", "Replace"];
  if (policy === "") errors.push(required("spec.concurrencyPolicy"));
  else if (!policies.includes(policy)) errors.push(notSupported("spec.concurrencyPolicy", policy, policies));
  const job = sub(sub(cron, "jobTemplate"), "spec") ?? {};
  errors.push(...validateBareJobSpec(job, "spec.jobTemplate.spec"));
  if (job["selector"] !== undefined) errors.push(invalid("spec.jobTemplate.spec.selector", job["selector"], "`selector` will be auto-generated"));
  if (job["manualSelector"] === true) errors.push(notSupported("spec.jobTemplate.spec.manualSelector", true, ["nil", "false"]));
  for (const name of ["successfulJobsHistoryLimit", "failedJobsHistoryLimit"]) errors.push(...nonNegative(`spec.${name}`, intOf(cron, name)));
  return errors;
}

const cronName = (cron: Obj): FieldError[] => {
  const name = text(meta(cron), "name");
  return name.length > 52 ? [invalid("metadata.name", name, "must be no more than 52 characters")] : [];
};

export const BATCH_KINDS: Readonly<Record<string, KindRules>> = {
  jobs: { create: validateJob, update: validateJobUpdate },
  cronjobs: {
    create: (cron) => [...validateObjectMeta(meta(cron), true, nameIsSubdomain), ...validateCronSpec(spec(cron)), ...cronName(cron)],
    update: (next, previous) => [...validateObjectMetaUpdate(meta(next), meta(previous)), ...validateCronSpec(spec(next))],
  },
};
