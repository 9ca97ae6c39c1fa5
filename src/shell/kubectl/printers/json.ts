/**
 * JSON as Go's encoder writes it: keys in order, `<`, `>` and `&` escaped.
 * @source go@1.25 src/encoding/json/encode.go; kubernetes@1.35 staging/src/k8s.io/cli-runtime/pkg/printers/json.go
 */
import type { Json } from "../../../sim/types";

const byCode = (a: string, b: string): number => (a < b ? -1 : 1);

/** Members of an object with keys ascending; absent ones left out. */
export const sortedEntries = (value: { readonly [key: string]: Json | undefined }): [string, Json][] =>
  Object.entries(value)
    .filter((entry): entry is [string, Json] => entry[1] !== undefined)
    .sort(([a], [b]) => byCode(a, b));

const quote = (text: string): string =>
  JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

export function jsonText(value: Json | undefined, indent = "", level = ""): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string") return quote(value);
  if (typeof value !== "object") return String(value);
  const inner = level + indent;
  const [open, close, members] = Array.isArray(value)
    ? ["[", "]", (value as readonly Json[]).map((item) => jsonText(item, indent, inner))]
    : [
        "{",
        "}",
        sortedEntries(value as { readonly [key: string]: Json }).map(
          ([key, item]) => `${quote(key)}:${indent === "" ? "" : " "}${jsonText(item, indent, inner)}`,
        ),
      ];
  if (members.length === 0) return open + close;
  return indent === "" ? open + members.join(",") + close : `${open}\n${inner}${members.join(`,\n${inner}`)}\n${level}${close}`;
}

export const prettyJson = (value: Json): string => `${jsonText(value, "    ")}\n`;

/** A value as Go's `%#v` shows it, in messages about templates. */
export function goSyntax(value: Json | undefined): string {
  if (value === null || value === undefined) return "interface {}(nil)";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) return `[]interface {}{${(value as readonly Json[]).map(goSyntax).join(", ")}}`;
  return `map[string]interface {}{${sortedEntries(value as { readonly [key: string]: Json })
    .map(([key, item]) => `${JSON.stringify(key)}:${goSyntax(item)}`)
    .join(", ")}}`;
}
