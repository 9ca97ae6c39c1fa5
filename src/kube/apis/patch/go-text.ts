/** Go's `%v` of JSON values, as it shows in messages. */
import type { Json } from "../../../sim/types";
import type { JsonObject } from "../objects";

export function goText(value: Json | undefined): string {
  if (value === null || value === undefined) return "<nil>";
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(goText).join(" ")}]`;
  const object = value as JsonObject;
  const keys = Object.keys(object)
    .filter((key) => object[key] !== undefined)
    .sort((a, b) => (a < b ? -1 : 1));
  return `map[${keys.map((key) => `${key}:${goText(object[key])}`).join(" ")}]`;
}
