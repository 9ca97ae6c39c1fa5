/**
 * KYAML: YAML in flow style, strings always quoted, keys bare where that is safe.
 * @source sigs.k8s.io/yaml@1.6 kyaml/kyaml.go
 */
import type { Json } from "../../../sim/types";
import { sortedEntries } from "./json";
import { resolvesToOther } from "./yaml";

const FIRST = ["apiVersion", "kind", "metadata"];

export const kyamlText = (value: Json): string => `---\n${node(value, "")}\n`;

function node(value: Json, pad: string): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (value === null || typeof value !== "object") return String(value);
  const inner = `${pad}  `;
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    if (items.length === 0) return "[]";
    const cuddled = items.every((item) => item !== null && typeof item === "object");
    if (cuddled) return `[${items.map((item) => node(item, pad)).join(", ")}]`;
    return `[\n${items.map((item) => `${inner}${node(item, inner)},\n`).join("")}${pad}]`;
  }
  const entries = sortedEntries(value as { readonly [key: string]: Json });
  if (entries.length === 0) return "{}";
  if (pad === "") entries.sort(([a], [b]) => rank(a) - rank(b));
  return `{\n${entries.map(([key, item]) => `${inner}${keyText(key)}: ${node(item, inner)},\n`).join("")}${pad}}`;
}

const rank = (key: string): number => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length);
const keyText = (key: string): string => (/^[A-Za-z_][\w./-]*$/.test(key) && !resolvesToOther(key) ? key : JSON.stringify(key));
