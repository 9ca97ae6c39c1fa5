/** Completion, hover texts and validation from the Kubernetes schema: the same types by which the API server decodes. Loaded with the editor. */
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import type { EditorView, Tooltip } from "@codemirror/view";
import { RESOURCES } from "../../kube/apis/resources";
import { decode } from "../../kube/apis/schema/decode";
import { type Field, fieldAt, fieldsOf, type SchemaType, shownType, structOf, typeOf } from "../../kube/apis/schema/reader";
import type { Json } from "../../sim/types";
import { parseYaml } from "../../shell/yaml/parse";
import { fieldPositions, lineColumn } from "../../shell/yaml/positions";
import type { EditorSupport } from "./editor-view";
import { placeAt, type TextPlace } from "./schema-path";
import type { Problem } from "./yaml-problems";

type Fields = { readonly [key: string]: Json | undefined };
const versionOf = (group: string, version: string): string => (group === "" ? version : `${group}/${version}`);

/** The decoder's own count of lines, which begins anew in each document and lags behind: the editor shows the place itself. */
const DECODER_PLACE = /^yaml: (line \d+: )?/;

/** Unknown fields and wrong types, in the API server's words, at their keys. */
export function schemaProblems(text: string): readonly Problem[] {
  const { documents, problem } = parseYaml(text);
  const found: Problem[] = [];
  for (const document of documents) {
    const { value } = document;
    if (typeof value !== "object" || value === null || Array.isArray(value)) continue;
    const { apiVersion, kind } = value as Fields;
    if (typeof apiVersion !== "string" || typeof kind !== "string") {
      found.push({ line: document.line + 1, severity: "error", message: `Object '${kind === undefined ? "Kind" : "apiVersion"}' is missing` });
      continue;
    }
    const type = typeOf(apiVersion, kind);
    if (type === undefined) {
      found.push({ line: document.line + 1, severity: "error", message: `no matches for kind "${kind}" in version "${apiVersion}"` });
      continue;
    }
    const positions = fieldPositions(document.text);
    const { unknown, error } = decode(type, value);
    for (const path of unknown) {
      const place = lineColumn(document.text, positions.get(path)?.from ?? 0);
      found.push({ line: document.line + place.line, column: place.column, severity: "error", message: `unknown field "${path}"` });
    }
    if (error !== undefined) {
      const path = /field (\S+) of type/.exec(error)?.[1]?.split(".").slice(1).join(".");
      const place = lineColumn(document.text, positions.get(path ?? "")?.from ?? 0);
      found.push({ line: document.line + place.line, column: place.column, severity: "error", message: error });
    }
  }
  if (problem !== undefined)
    found.push({ line: problem.line, column: problem.column, severity: "error", message: problem.message.replace(DECODER_PLACE, "") });
  return found;
}

function typeAt(place: TextPlace): SchemaType | undefined {
  const root = typeOf(place.apiVersion, place.kind);
  if (root === undefined || place.path.length === 0) return root;
  const field = fieldAt(root, place.path);
  return field === undefined ? undefined : structOf(field.type);
}

function detailOf(field: Field): string {
  return `${shownType(field.type)}${field.required ? " (required)" : ""}`;
}

function fieldOptions(place: TextPlace): readonly Completion[] {
  const type = typeAt(place);
  if (type === undefined) {
    return place.path.length > 0 ? [] : ["apiVersion", "kind", "metadata", "spec"].map((label) => ({ label, apply: `${label}: `, type: "property" }));
  }
  return fieldsOf(type)
    .filter((field) => !place.siblings.includes(field.name) && field.name !== "status")
    .map((field) => ({
      label: field.name,
      detail: detailOf(field),
      type: "property",
      boost: field.required ? 1 : 0,
      apply: ["struct", "list", "map"].includes(field.type.kind) ? `${field.name}:` : `${field.name}: `,
    }));
}

function valueOptions(place: TextPlace): readonly Completion[] {
  const name = place.path.at(-1);
  if (place.path.length === 1 && name === "kind") return RESOURCES.map(({ kind }) => ({ label: kind, type: "enum" }));
  if (place.path.length === 1 && name === "apiVersion") {
    return [...new Set(RESOURCES.map(({ group, version }) => versionOf(group, version)))].map((label) => ({ label, type: "enum" }));
  }
  const root = typeOf(place.apiVersion, place.kind);
  const field = root === undefined ? undefined : fieldAt(root, place.path);
  if (field === undefined) return [];
  const values = field.values ?? (field.type.kind === "bool" ? ["true", "false"] : []);
  return values.filter((value) => value !== "").map((label) => ({ label, type: "enum" }));
}

function complete(context: CompletionContext): CompletionResult | null {
  const line = context.state.doc.lineAt(context.pos);
  const place = placeAt(context.state.doc.toString(), line.number - 1, context.pos - line.from);
  if (place.word === "" && !context.explicit && !place.value) return null;
  const options = place.value ? valueOptions(place) : fieldOptions(place);
  return options.length === 0 ? null : { from: context.pos - place.word.length, options: [...options], validFor: /^[\w./-]*$/ };
}

function hover(view: EditorView, position: number): Tooltip | null {
  const line = view.state.doc.lineAt(position);
  const key = /^(\s*(?:-\s+)*)["']?([\w./-]+)["']?\s*:/.exec(line.text);
  if (key === null) return null;
  const from = line.from + (key[1] ?? "").length;
  const to = from + (key[2] ?? "").length;
  if (position < from || position > to) return null;
  const place = placeAt(view.state.doc.toString(), line.number - 1, line.text.indexOf(":", (key[1] ?? "").length) + 2);
  const root = typeOf(place.apiVersion, place.kind);
  const field = root === undefined ? undefined : fieldAt(root, place.path);
  if (field === undefined) return null;
  return {
    pos: from,
    end: to,
    above: true,
    create: () => {
      const dom = document.createElement("div");
      dom.className = "schema-hover";
      const name = document.createElement("b");
      name.textContent = `${place.kind}.${place.path.join(".")}`;
      const detail = document.createElement("div");
      const values = field.values?.filter((value) => value !== "") ?? [];
      detail.textContent = detailOf(field) + (values.length > 0 ? `: ${values.join(", ")}` : "");
      const text = document.createElement("p");
      dom.append(name, detail, text);
      const inner = structOf(field.type);
      const owner = place.path.length < 2 ? root : typeAt({ ...place, path: place.path.slice(0, -1) });
      // The texts are large and few ask for them: they come when the first word is pointed at.
      void import("../../kube/apis/schema/docs").then(({ docOf }) => {
        text.textContent = docOf(owner?.id ?? "", place.path.at(-1)) || docOf(inner?.id ?? "");
        text.hidden = text.textContent === "";
      });
      return { dom };
    },
  };
}

export const schemaSupport: EditorSupport = { problems: schemaProblems, complete, hover };
