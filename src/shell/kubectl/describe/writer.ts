/**
 * The lines of `kubectl describe` before they are aligned, and the parts that all descriptions share.
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/describe/describe.go
 */
import { humanDuration } from "../../../kube/apis/duration";
import type { JsonObject, StringMap, Taint, Toleration } from "../../../kube/apis/objects";
import { parseTime } from "../../../kube/apis/time";
import type { Micros } from "../../../sim/types";
import { rfc1123z } from "../../clock";
import { LAST_APPLIED } from "../last-applied";
import { aligned, DESCRIBE } from "../printers/tabwriter";

export class Writer {
  private text = "";

  /** A line (or several), indented by two blanks a level. Cells are separated by tabs. */
  line(level: number, text: string): void {
    this.text += `${"  ".repeat(level)}${text}\n`;
  }

  raw(): string {
    return this.text;
  }
  aligned(): string {
    return aligned(this.text, DESCRIBE);
  }
}

export const orNone = (text: string | undefined): string => (text === undefined || text === "" ? "<none>" : text);
export const timeText = (time: string | null | undefined): string =>
  time === undefined || time === null || time === "" ? "Mon, 01 Jan 0001 00:00:00 +0000" : rfc1123z(time);
export const boolText = (value: boolean): string => (value ? "True" : "False");

/** How long ago a time was, in a word. */
export function since(time: string | null | undefined, now: Micros): string {
  const at = typeof time === "string" ? parseTime(time) : undefined;
  return at === undefined ? "<unknown>" : humanDuration((now - at) / 1e6);
}

const sortedKeys = (map: StringMap): string[] => Object.keys(map).sort((a, b) => (a < b ? -1 : 1));

/** @source printLabelsMultiline */
export function labelLines(writer: Writer, title: string, labels: StringMap | undefined): void {
  const keys = sortedKeys(labels ?? {});
  if (keys.length === 0) writer.line(0, `${title}:\t<none>`);
  for (const [i, key] of keys.entries()) writer.line(0, `${i === 0 ? `${title}:` : ""}\t${key}=${labels?.[key] ?? ""}`);
}

const LONGEST_ANNOTATION = 140;
const shortened = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length)}...` : text);

/** What apply remembers is not shown. @source printAnnotationsMultiline */
export function annotationLines(writer: Writer, title: string, annotations: StringMap | undefined): void {
  const keys = sortedKeys(annotations ?? {}).filter((key) => key !== LAST_APPLIED);
  if (keys.length === 0) return writer.line(0, `${title}:\t<none>`);
  for (const [i, key] of keys.entries()) {
    const start = i === 0 ? `${title}:\t` : "\t";
    const value = (annotations?.[key] ?? "").replace(/\n$/, "");
    if (value.length + key.length + 2 <= LONGEST_ANNOTATION && !value.includes("\n")) writer.line(0, `${start}${key}: ${value}`);
    else {
      writer.line(0, `${start}${key}:`);
      for (const part of value.split("\n")) writer.line(0, `\t  ${shortened(part, LONGEST_ANNOTATION - 2)}`);
    }
  }
}

/** @source printPodTolerationsMultiline */
export function tolerationLines(writer: Writer, title: string, tolerations: readonly Toleration[] | undefined): void {
  const list = [...(tolerations ?? [])].sort((a, b) => ((a.key ?? "") < (b.key ?? "") ? -1 : (a.key ?? "") > (b.key ?? "") ? 1 : 0));
  if (list.length === 0) writer.line(0, `${title}:\t<none>`);
  for (const [i, { key = "", value = "", effect = "", operator, tolerationSeconds }] of list.entries()) {
    const what = `${key}${value === "" ? "" : `=${value}`}${effect === "" ? "" : `:${effect}`}`;
    const exists = operator === "Exists" && value === "" ? (what === "" ? "op=Exists" : " op=Exists") : "";
    writer.line(0, `${i === 0 ? `${title}:` : ""}\t${what}${exists}${tolerationSeconds === undefined ? "" : ` for ${tolerationSeconds}s`}`);
  }
}

export const taintText = ({ key, value = "", effect }: Taint): string =>
  `${key}${value === "" ? "" : `=${value}`}${effect === "" ? "" : `:${effect}`}`;

export interface EventObject {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly eventTime?: string | null;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string | null };
  readonly source?: { readonly component?: string };
  readonly reportingComponent?: string;
  readonly involvedObject?: JsonObject;
}

const timeOf = (text: string | null | undefined): number => (typeof text === "string" ? (parseTime(text) ?? -Infinity) : -Infinity);

/** `12m (x3 over 20m)`. */
export function eventInterval(event: EventObject, now: Micros): string {
  const first = since(event.eventTime ?? event.firstTimestamp, now);
  if (event.series !== undefined && event.series !== null)
    return `${since(event.series.lastObservedTime, now)} (x${event.series.count ?? 0} over ${first})`;
  return (event.count ?? 0) > 1 ? `${since(event.lastTimestamp, now)} (x${event.count} over ${first})` : first;
}

/** @source DescribeEvents */
export function eventLines(writer: Writer, events: readonly EventObject[], now: Micros): void {
  if (events.length === 0) return writer.line(0, "Events:\t<none>");
  const list = [...events].sort((a, b) => {
    const [x, y] = [timeOf(a.lastTimestamp), timeOf(b.lastTimestamp)];
    return x === y ? 0 : x < y ? -1 : 1;
  });
  writer.line(0, "Events:");
  writer.line(1, "Type\tReason\tAge\tFrom\tMessage");
  writer.line(1, "----\t------\t----\t----\t-------");
  for (const event of list) {
    const from = event.source?.component || event.reportingComponent || "";
    const part = event.involvedObject?.["fieldPath"];
    const message = `${typeof part === "string" && part !== "" ? `${part}: ` : ""}${(event.message ?? "").trim()}`;
    writer.line(1, `${event.type ?? ""}\t${event.reason ?? ""}\t${eventInterval(event, now)}\t${from}\t${message}`);
  }
}
