/**
 * ConfigMaps, Secrets, Namespaces, ServiceAccounts, PriorityClasses, and any other object field by field.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/describe/describe.go
 */
import type { ConfigMap, JsonObject, KubeObject, Namespace, PriorityClass, Secret, StringMap } from "../../../kube/apis/objects";
import type { Json, Micros } from "../../../sim/types";
import { base64Length, decodeBase64 } from "../../base64";
import { labelsText } from "../printers/table";
import { annotationLines, eventLines, type EventObject, labelLines, orNone, timeText, Writer } from "./writer";

const keysOf = (map: StringMap | undefined): string[] => Object.keys(map ?? {}).sort((a, b) => (a < b ? -1 : 1));

function head(object: KubeObject): Writer {
  const writer = new Writer();
  writer.line(0, `Name:\t${object.metadata.name}`);
  if (object.metadata.namespace !== undefined) writer.line(0, `Namespace:\t${object.metadata.namespace}`);
  labelLines(writer, "Labels", object.metadata.labels);
  annotationLines(writer, "Annotations", object.metadata.annotations);
  return writer;
}

export function describeConfigMap(config: ConfigMap, events: readonly EventObject[], now: Micros): string {
  const writer = head(config);
  writer.line(0, "\nData\n====");
  for (const key of keysOf(config.data)) writer.line(0, `${key}:\n----\n${config.data?.[key] ?? ""}\n`);
  writer.line(0, "\nBinaryData\n====");
  for (const key of keysOf(config.binaryData)) writer.line(0, `${key}: ${base64Length(config.binaryData?.[key] ?? "")} bytes`);
  writer.line(0, "");
  eventLines(writer, events, now);
  return writer.aligned();
}

export function describeSecret(secret: Secret): string {
  const writer = head(secret);
  writer.line(0, `\nType:\t${secret.type ?? ""}`);
  writer.line(0, "\nData\n====");
  for (const key of keysOf(secret.data)) {
    const value = secret.data?.[key] ?? "";
    const token = key === "token" && secret.type === "kubernetes.io/service-account-token";
    writer.line(0, `${key}:\t${token ? decodeBase64(value) : `${base64Length(value)} bytes`}`);
  }
  return writer.aligned();
}

export function describeNamespace(namespace: Namespace): string {
  const writer = head(namespace);
  writer.line(0, `Status:\t${namespace.status?.phase ?? ""}`);
  const conditions = namespace.status?.conditions ?? [];
  if (conditions.length > 0) {
    writer.line(0, "Conditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage\n  ----\t------\t------------------\t------\t-------");
    for (const each of conditions)
      writer.line(1, `${each.type}\t${each.status}\t${timeText(each.lastTransitionTime)}\t${each.reason ?? ""}\t${each.message ?? ""}`);
  }
  writer.line(0, "\nNo resource quota.");
  writer.line(0, "\nNo LimitRange resource.");
  return writer.aligned();
}

export function describeServiceAccount(account: KubeObject, events: readonly EventObject[], now: Micros): string {
  const writer = head(account);
  const names = (field: string): readonly string[] =>
    (((account as unknown as JsonObject)[field] ?? []) as readonly { readonly name: string }[]).map((each) => each.name);
  for (const [title, list] of [
    ["Image pull secrets:", names("imagePullSecrets")],
    ["Mountable secrets: ", names("secrets")],
    ["Tokens:            ", []],
  ] as const) {
    if (list.length === 0) writer.line(0, `${title}\t<none>`);
    for (const [i, name] of list.entries()) writer.line(0, `${i === 0 ? title : " ".repeat(19)}\t${name}`);
  }
  eventLines(writer, events, now);
  return writer.aligned();
}

export function describePriorityClass(object: PriorityClass, events: readonly EventObject[], now: Micros): string {
  const writer = new Writer();
  writer.line(0, `Name:\t${object.metadata.name}`);
  writer.line(0, `Value:\t${object.value}`);
  writer.line(0, `GlobalDefault:\t${object.globalDefault === true}`);
  writer.line(0, `PreemptionPolicy:\t${object.preemptionPolicy ?? "PreemptLowerPriority"}`);
  writer.line(0, `Description:\t${object.description ?? ""}`);
  writer.line(0, `Annotations:\t${labelsText(object.metadata.annotations)}`);
  eventLines(writer, events, now);
  return writer.aligned();
}

const SKIPPED = new Set(["metadata.managedFields", "metadata.name", "metadata.namespace", "metadata.labels", "metadata.annotations"]);
const ACRONYMS = new Set(["api", "cidr", "dns", "ip", "ips", "uid", "url", "id", "ttl", "tls", "cpu", "http", "https", "os"]);

/** `creationTimestamp` → `Creation Timestamp`. @source smartLabelFor */
function titled(field: string): string {
  const words = field.split(/(?<=[a-z0-9])(?=[A-Z])/);
  return words.map((word) => (ACRONYMS.has(word.toLowerCase()) ? word.toUpperCase() : word.slice(0, 1).toUpperCase() + word.slice(1))).join(" ");
}

/** @source genericDescriber.Describe, printUnstructuredContent */
export function describeAnything(object: KubeObject, events: readonly EventObject[], now: Micros): string {
  const writer = new Writer();
  writer.line(0, `Name:\t${object.metadata.name}`);
  writer.line(0, `Namespace:\t${object.metadata.namespace ?? ""}`);
  labelLines(writer, "Labels", object.metadata.labels);
  annotationLines(writer, "Annotations", object.metadata.annotations);
  fieldLines(writer, 0, object as unknown as JsonObject, "");
  eventLines(writer, events, now);
  return writer.aligned();
}

function fieldLines(writer: Writer, level: number, object: JsonObject, prefix: string): void {
  for (const key of Object.keys(object).sort((a, b) => (a < b ? -1 : 1))) {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    if (SKIPPED.has(path)) continue;
    const value = object[key] as Json;
    if (Array.isArray(value)) {
      writer.line(level, `${titled(key)}:`);
      for (const item of value as readonly Json[]) {
        if (item !== null && typeof item === "object" && !Array.isArray(item)) fieldLines(writer, level + 1, item as JsonObject, path);
        else writer.line(level + 1, String(item));
      }
    } else if (value !== null && typeof value === "object") {
      writer.line(level, `${titled(key)}:`);
      fieldLines(writer, level + 1, value as JsonObject, path);
    } else writer.line(level, `${titled(key)}:\t${orNone(value === null ? undefined : String(value))}`);
  }
}
