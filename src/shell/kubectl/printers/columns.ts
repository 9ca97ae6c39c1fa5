/**
 * `-o custom-columns`, and the relaxed spelling of paths that it shares with `--sort-by` and `wait`.
 */
import type { Json } from "../../../sim/types";
import { compileJsonPath, findValues, type Template } from "./jsonpath";
import { jsonText } from "./json";

export interface Column {
  readonly header: string;
  readonly fieldSpec: string;
}

const WANTED = "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'";

/**
 * `x.y`, `.x.y` and `{x.y}` all mean `{.x.y}`.
 * @rule kubectl.jsonpath.relaxed
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/get/customcolumn.go RelaxedJSONPathExpression
 */
export function relaxedJsonPath(text: string): { readonly path: string } | { readonly error: string } {
  if (text === "") return { path: "" };
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(text);
  if (match === null) return { error: WANTED };
  return { path: `{.${match[1] ?? match[2] ?? ""}}` };
}

/**
 * @rule kubectl.custom-columns.spec
 * @source kubernetes@1.35 staging/src/k8s.io/kubectl/pkg/cmd/get/customcolumn.go NewCustomColumnsPrinterFromSpec
 */
export function parseColumns(spec: string): { readonly columns: readonly Column[] } | { readonly error: string } {
  if (spec === "") return { error: "custom-columns format specified but no custom columns given" };
  const columns: Column[] = [];
  for (const part of spec.split(",")) {
    const colon = part.indexOf(":");
    if (colon < 0) return { error: `unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>` };
    const relaxed = relaxedJsonPath(part.slice(colon + 1));
    if ("error" in relaxed) return relaxed;
    columns.push({ header: part.slice(0, colon), fieldSpec: relaxed.path });
  }
  return { columns };
}

/** `custom-columns-file`: a line of headers over a line of paths. */
export function parseColumnsFile(text: string): { readonly columns: readonly Column[] } | { readonly error: string } {
  const [headers = "", specs = ""] = text.split("\n");
  const names = headers
    .trim()
    .split(/\s+/)
    .filter((name) => name !== "");
  const paths = specs
    .trim()
    .split(/\s+/)
    .filter((path) => path !== "");
  if (names.length === 0 || names.length !== paths.length)
    return { error: `number of headers (${names.length}) and field specifications (${paths.length}) don't match` };
  return parseColumns(names.map((name, i) => `${name}:${paths[i]}`).join(","));
}

export function compileColumns(columns: readonly Column[]): { readonly templates: readonly Template[] } | { readonly error: string } {
  const templates: Template[] = [];
  for (const { fieldSpec } of columns) {
    const compiled = compileJsonPath(fieldSpec);
    if ("error" in compiled) return compiled;
    templates.push(compiled.template);
  }
  return { templates };
}

/** One line of cells, separated by tabs. */
export function columnsRow(templates: readonly Template[], object: Json): string {
  return templates
    .map((template) => {
      const found = findValues(template, object, true);
      if ("error" in found || found.values.length === 0) return "<none>";
      return found.values.map(shown).join(",");
    })
    .join("\t");
}

const shown = (value: Json): string => {
  if (value === null) return "<none>";
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) return `[${(value as Json[]).map(shown).join(" ")}]`;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return members.every(([, member]) => member === null || typeof member !== "object")
    ? `map[${members.map(([key, member]) => `${key}:${shown(member as Json)}`).join(" ")}]`
    : `map[${members.map(([key, member]) => `${key}:${typeof member === "object" ? shown(member as Json) : jsonText(member as Json)}`).join(" ")}]`;
};
