/** Reading loosely typed objects for tables, and the few texts every table shares. */
import type { Json, Micros } from "../../../sim/types";
import { humanDuration } from "../../apis/duration";
import type { JsonObject } from "../../apis/objects";
import { canonicalQuantity } from "../../apis/quantity";
import { parseTime } from "../../apis/time";

export type Cell = string | number | boolean;
export interface PrintContext {
  readonly now: Micros;
  /** Server-side printing always is; it also decides whether long addresses are cut. */
  readonly wide: boolean;
}
export type Printer = (object: JsonObject, context: PrintContext) => readonly Cell[];

export function at(object: Json | undefined, ...path: readonly string[]): Json | undefined {
  let value = object;
  for (const key of path) value = typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject)[key] : undefined;
  return value === null ? undefined : value;
}
export const text = (object: Json | undefined, ...path: readonly string[]): string => {
  const value = at(object, ...path);
  return value === undefined ? "" : String(value);
};
export const number = (object: Json | undefined, ...path: readonly string[]): number => Number(at(object, ...path) ?? 0);
export const flag = (object: Json | undefined, ...path: readonly string[]): boolean => at(object, ...path) === true;
export const list = (object: Json | undefined, ...path: readonly string[]): readonly JsonObject[] => {
  const value = at(object, ...path);
  return Array.isArray(value) ? (value as readonly JsonObject[]) : [];
};
export const texts = (object: Json | undefined, ...path: readonly string[]): readonly string[] =>
  list(object, ...path) as unknown as readonly string[];
export const size = (object: Json | undefined, ...path: readonly string[]): number => {
  const value = at(object, ...path);
  return typeof value === "object" && value !== null ? Object.keys(value).length : 0;
};
export const orElse = (value: string, instead: string): string => (value === "" ? instead : value);
export const nameOf = (object: JsonObject): string => text(object, "metadata", "name");

/** @source kubernetes@1.35 pkg/printers/internalversion/printers.go translateTimestampSince */
export function since(time: string, { now }: PrintContext): string {
  const then = time === "" ? undefined : parseTime(time);
  return then === undefined ? "<unknown>" : humanDuration((now - then) / 1_000_000);
}
export const age = (object: JsonObject, context: PrintContext): string => since(text(object, "metadata", "creationTimestamp"), context);

/** @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/labels/labels.go Set.String, FormatLabels */
export function formatLabels(labels: Json | undefined): string {
  const entries = Object.entries((labels ?? {}) as JsonObject).sort(([a], [b]) => (a < b ? -1 : 1));
  return orElse(entries.map(([key, value]) => `${key}=${String(value)}`).join(","), "<none>");
}

/** Names and images of containers, each on one line. */
export function containerCells(template: Json | undefined): readonly [string, string] {
  const containers = list(template, "spec", "containers");
  return [containers.map((container) => text(container, "name")).join(","), containers.map((container) => text(container, "image")).join(",")];
}

export const quantity = (object: Json | undefined, ...path: readonly string[]): string => {
  const value = at(object, ...path);
  return value === undefined ? "0" : canonicalQuantity(value as string);
};

/** The first three of a list, and how many more there are. */
export function shortList(items: readonly string[], empty: string): string {
  if (items.length === 0) return empty;
  return items.length > 3 ? `${items.slice(0, 3).join(",")} + ${items.length - 3} more...` : items.join(",");
}

export const distinct = (items: readonly string[]): readonly string[] => [...new Set(items)].sort((a, b) => (a < b ? -1 : 1));
export const conditionStatus = (object: JsonObject, type: string): string | undefined => {
  const found = list(object, "status", "conditions").find((condition) => condition["type"] === type);
  return found === undefined ? undefined : text(found, "status");
};
