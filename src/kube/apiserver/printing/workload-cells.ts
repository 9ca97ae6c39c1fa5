/**
 * Rows of workloads.
 * @source kubernetes@1.35 pkg/printers/internalversion/printers.go
 */
import { humanDuration } from "../../apis/duration";
import { formatLabelSelector, formatSelector, selectorOfObject } from "../../apis/label-selector";
import type { JsonObject, LabelSelector } from "../../apis/objects";
import { parseTime } from "../../apis/time";
import { age, at, conditionStatus, containerCells, formatLabels, list, nameOf, number, orElse, type Printer, quantity, since, text } from "./fields";

const selectorText = (object: JsonObject, ...path: readonly string[]): string =>
  formatLabelSelector(at(object, ...path) as LabelSelector | undefined);
const template = (object: JsonObject) => at(object, "spec", "template");

/** @rule kube.print.deployment */
export const printDeployment: Printer = (object, context) => {
  const selector = selectorOfObject(at(object, "spec", "selector") as LabelSelector | undefined);
  const shown = selector !== null && "error" in selector ? "<invalid>" : formatSelector(selector);
  const counts = [number(object, "status", "updatedReplicas"), number(object, "status", "availableReplicas")];
  const ready = `${number(object, "status", "readyReplicas")}/${number(object, "spec", "replicas")}`;
  return [nameOf(object), ready, ...counts, age(object, context), ...containerCells(template(object)), shown];
};

const replicaCounts = (object: JsonObject): readonly number[] => [
  number(object, "spec", "replicas"),
  number(object, "status", "replicas"),
  number(object, "status", "readyReplicas"),
];
/** @rule kube.print.replicaset */
export const printReplicaSet: Printer = (object, context) => [
  nameOf(object),
  ...replicaCounts(object),
  age(object, context),
  ...containerCells(template(object)),
  selectorText(object, "spec", "selector"),
];
export const printReplicationController: Printer = (object, context) => [
  nameOf(object),
  ...replicaCounts(object),
  age(object, context),
  ...containerCells(template(object)),
  formatLabels(at(object, "spec", "selector")),
];
export const printStatefulSet: Printer = (object, context) => [
  nameOf(object),
  `${number(object, "status", "readyReplicas")}/${number(object, "spec", "replicas")}`,
  age(object, context),
  ...containerCells(template(object)),
];
const SCHEDULED = ["desiredNumberScheduled", "currentNumberScheduled", "numberReady", "updatedNumberScheduled", "numberAvailable"];
export const printDaemonSet: Printer = (object, context) => [
  nameOf(object),
  ...SCHEDULED.map((field) => number(object, "status", field)),
  formatLabels(at(object, "spec", "template", "spec", "nodeSelector")),
  age(object, context),
  ...containerCells(template(object)),
  selectorText(object, "spec", "selector"),
];
export const printPodTemplate: Printer = (object) => {
  const inner = at(object, "template");
  return [nameOf(object), ...containerCells(inner), formatLabels(at(inner, "metadata", "labels"))];
};
export const printControllerRevision: Printer = (object, context) => {
  const owner = list(object, "metadata", "ownerReferences").find((reference) => reference["controller"] === true);
  const group = text(owner, "apiVersion").includes("/") ? text(owner, "apiVersion").split("/")[0] : "";
  const shown = owner === undefined ? "<none>" : `${text(owner, "kind").toLowerCase()}${group === "" ? "" : `.${group}`}/${text(owner, "name")}`;
  return [nameOf(object), shown, number(object, "revision"), age(object, context)];
};

function completions(job: JsonObject): string {
  const succeeded = number(job, "status", "succeeded");
  const wanted = at(job, "spec", "completions");
  if (wanted !== undefined) return `${succeeded}/${Number(wanted)}`;
  const parallelism = number(job, "spec", "parallelism");
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}
function jobStatus(job: JsonObject): string {
  const is = (type: string): boolean => conditionStatus(job, type) === "True";
  if (is("Complete")) return "Complete";
  if (is("Failed")) return "Failed";
  if (text(job, "metadata", "deletionTimestamp") !== "") return "Terminating";
  if (is("Suspended")) return "Suspended";
  if (is("FailureTarget")) return "FailureTarget";
  return is("SuccessCriteriaMet") ? "SuccessCriteriaMet" : "Running";
}
export const printJob: Printer = (object, context) => {
  const start = text(object, "status", "startTime");
  const end = text(object, "status", "completionTime");
  const span = start === "" ? "" : humanDuration(((end === "" ? context.now : (parseTime(end) ?? 0)) - (parseTime(start) ?? 0)) / 1_000_000);
  const wide = [...containerCells(template(object)), selectorText(object, "spec", "selector")];
  return [nameOf(object), jobStatus(object), completions(object), span, age(object, context), ...wide];
};
export const printCronJob: Printer = (object, context) => {
  const last = text(object, "status", "lastScheduleTime");
  const suspend = at(object, "spec", "suspend");
  const inner = at(object, "spec", "jobTemplate", "spec", "template");
  return [
    nameOf(object),
    text(object, "spec", "schedule"),
    orElse(text(object, "spec", "timeZone"), "<none>"),
    suspend === undefined ? "<unset>" : suspend === true ? "True" : "False",
    list(object, "status", "active").length,
    last === "" ? "<none>" : since(last, context),
    age(object, context),
    ...containerCells(inner),
    selectorText(object, "spec", "jobTemplate", "spec", "selector"),
  ];
};

/** One metric as `current/target`. @source kubernetes@1.35 pkg/printers/internalversion/printers.go formatHPAMetrics */
function metricText(spec: JsonObject, status: JsonObject | undefined): string {
  const type = text(spec, "type");
  const key = `${type.slice(0, 1).toLowerCase()}${type.slice(1)}`;
  const target = at(spec, key, "target");
  const current = at(status, key, "current");
  if (type === "Pods") return `${current === undefined ? "<unknown>" : quantity(current, "averageValue")}/${quantity(target, "averageValue")}`;
  if (type === "External" || type === "Object") {
    const average = at(target, "averageValue") !== undefined;
    const field = average ? "averageValue" : "value";
    const known = current !== undefined && (!average || at(current, field) !== undefined);
    return `${known ? quantity(current, field) : "<unknown>"}/${quantity(target, field)}${average ? " (avg)" : ""}`;
  }
  if (type !== "Resource" && type !== "ContainerResource") return "<unknown type>";
  const name = text(spec, key, "name");
  if (at(target, "averageValue") !== undefined)
    return `${name}: ${current === undefined ? "<unknown>" : quantity(current, "averageValue")}/${quantity(target, "averageValue")}`;
  const percent = (value: JsonObject | undefined, instead: string): string =>
    at(value, "averageUtilization") === undefined ? instead : `${number(value, "averageUtilization")}%`;
  return `${name}: ${percent(current as JsonObject | undefined, "<unknown>")}/${percent(target as JsonObject | undefined, "<auto>")}`;
}
function metricsText(object: JsonObject): string {
  const statuses = list(object, "status", "currentMetrics");
  const shown = list(object, "spec", "metrics").map((spec, i) => metricText(spec, statuses[i]));
  if (shown.length === 0) return "<none>";
  return shown.length > 2 ? `${shown.slice(0, 2).join(", ")} + ${shown.length - 2} more...` : shown.join(", ");
}
export const printHorizontalPodAutoscaler: Printer = (object, context) => [
  nameOf(object),
  `${text(object, "spec", "scaleTargetRef", "kind")}/${text(object, "spec", "scaleTargetRef", "name")}`,
  metricsText(object),
  orElse(text(object, "spec", "minReplicas"), "<unset>"),
  number(object, "spec", "maxReplicas"),
  number(object, "status", "currentReplicas"),
  age(object, context),
];
export const printPodDisruptionBudget: Printer = (object, context) => [
  nameOf(object),
  orElse(text(object, "spec", "minAvailable"), "N/A"),
  orElse(text(object, "spec", "maxUnavailable"), "N/A"),
  number(object, "status", "disruptionsAllowed"),
  age(object, context),
];
