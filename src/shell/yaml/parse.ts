/**
 * Manifests as kubectl reads them: YAML (also JSON and the flow style of KYAML) in one or more documents, typed as Kubernetes types them:
 * `0644` is 420, `yes` is true, a date is text. Pure; the editor uses it too.
 *
 * Not modelled: numbers beyond 2^53, binary scalars, tags.
 * @source sigs.k8s.io/yaml@1.6 yaml.go YAMLToJSON, goyaml.v2/resolve.go; kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/util/yaml/decoder.go
 */
import { CORE_SCHEMA, NOT_RESOLVED, YAMLException, boolYaml11Tag, defineScalarTag, load, mergeTag } from "js-yaml";
import type { Json } from "../../sim/types";

export interface YamlDocument {
  readonly value: Json;
  /** Where the document begins in the whole text: line (from 0) and offset. */
  readonly line: number;
  readonly offset: number;
  readonly text: string;
}
export interface YamlProblem {
  /** In the decoder's words, with its own line number within the document: `yaml: line 3: …`. */
  readonly message: string;
  /** Place in the whole text, from 1. */
  readonly line: number;
  readonly column: number;
}
export interface ParsedYaml {
  /** Documents up to the first problem; empty ones are left out. */
  readonly documents: readonly YamlDocument[];
  readonly problem?: YamlProblem;
}

export const MOST_BYTES = 1 << 20;
/** Nodes that aliases may expand to. */
const MOST_NODES = 200_000;

const goInt = defineScalarTag<number>("tag:yaml.org,2002:int", {
  implicit: true,
  implicitFirstChars: [..."+-0123456789"],
  resolve: (source) => {
    const match = /^([-+]?)(?:0x([0-9a-f]+)|0b([01]+)|0o?([0-7]+)|(0|[1-9][0-9]*))$/i.exec(source.replaceAll("_", ""));
    if (match === null) return NOT_RESOLVED;
    const [, sign, hex, binary, octal, decimal] = match;
    const value =
      hex !== undefined
        ? Number.parseInt(hex, 16)
        : binary !== undefined
          ? Number.parseInt(binary, 2)
          : octal !== undefined
            ? Number.parseInt(octal, 8)
            : Number(decimal);
    return sign === "-" ? -value : value;
  },
  identify: (data) => Number.isInteger(data),
});
const SCHEMA = CORE_SCHEMA.withTags([boolYaml11Tag, goInt, mergeTag]);

export function parseYaml(text: string): ParsedYaml {
  if (text.length > MOST_BYTES) return { documents: [], problem: { message: `the file is larger than ${MOST_BYTES} bytes`, line: 1, column: 1 } };
  const documents: YamlDocument[] = [];
  for (const part of split(text)) {
    const result = parseOne(part.text);
    if ("problem" in result) {
      const { line, column, message } = result.problem;
      return { documents, problem: { message, line: line + part.line, column } };
    }
    if (result.value !== null && result.value !== undefined) documents.push({ value: result.value, ...part });
  }
  return { documents };
}

/** Lines that begin with `---` part documents. */
function split(text: string): { text: string; line: number; offset: number }[] {
  const parts = [];
  let start = 0;
  let line = 0;
  const separator = /^---(?=\s|$).*$\n?/gm;
  for (let match = separator.exec(text); match !== null; match = separator.exec(text)) {
    const before = text.slice(start, match.index);
    parts.push({ text: before, line, offset: start });
    line += countLines(before);
    const sameLine = match[0].slice(3).trim();
    if (sameLine !== "" && !sameLine.startsWith("#")) {
      start = match.index + 3;
      continue;
    }
    line += 1;
    start = match.index + match[0].length;
    if (match[0] === "") separator.lastIndex += 1;
  }
  parts.push({ text: text.slice(start), line, offset: start });
  return parts;
}

const countLines = (text: string): number => text.split("\n").length - 1;

function parseOne(text: string): { readonly value: Json } | { readonly problem: YamlProblem } {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed.split("\n").every((line) => /^\s*(#|$|%)/.test(line))) return { value: null };
  if (trimmed.startsWith("{")) {
    try {
      return { value: JSON.parse(trimmed) as Json };
    } catch {
      // Flow-style YAML begins like JSON.
    }
  }
  try {
    const value = load(text, { schema: SCHEMA, json: true, maxDepth: 100, maxAliases: 1000 }) as Json;
    if (expands(value)) return { problem: { message: "yaml: document contains excessive aliasing", line: 1, column: 1 } };
    return { value: copied(value) };
  } catch (fault) {
    if (!(fault instanceof YAMLException)) throw fault;
    return { problem: problemOf(fault, text) };
  }
}

/** Whether a document is larger than allowed once its aliases are written out. */
function expands(value: Json): boolean {
  const sizes = new Map<object, number>();
  const sizeOf = (node: Json | undefined): number => {
    if (node === null || typeof node !== "object") return 1;
    const known = sizes.get(node);
    if (known !== undefined) return known;
    sizes.set(node, Number.POSITIVE_INFINITY);
    let size = 1;
    for (const child of Object.values(node)) size += sizeOf(child as Json);
    sizes.set(node, size);
    return size;
  };
  return sizeOf(value) > MOST_NODES;
}

/** Aliases written out, so that nothing is shared. */
function copied(value: Json): Json {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(copied);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copied(item as Json)]));
}

/** js-yaml's reasons in the words of the decoder that kubectl uses. The second member: whether its scanner (not its parser) says so. */
function goReason(reason: string, text: string): readonly [string, boolean] {
  if (reason.includes("tab")) return ["found character that cannot start any token", true];
  if (reason.includes("quoted scalar") || reason.includes("deficient")) return ["found unexpected end of stream", true];
  if (reason.includes("flow collection") || reason.includes("flow"))
    return [text.includes("[") && !text.includes("{") ? "did not find expected ',' or ']'" : "did not find expected ',' or '}'", false];
  if (reason.includes("document separator")) return ["did not find expected <document start>", false];
  if (reason.includes("multiline key") || reason.includes("implicit key")) return ["could not find expected ':'", true];
  return ["did not find expected key", false];
}

/** An unclosed bracket before the place is what the decoder complains of, whatever comes after it. */
function openBracket(text: string, line: number, column: number): readonly [string, boolean] | undefined {
  const before = text.split("\n").slice(0, line + 1);
  before[line] = (before[line] ?? "").slice(0, column);
  const open: string[] = [];
  for (const c of before.join("\n").replace(/#.*$|"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'/gm, "")) {
    if (c === "[" || c === "{") open.push(c);
    else if (c === "]" || c === "}") open.pop();
    else if (c === '"' || c === "'") return undefined;
  }
  const last = open.at(-1);
  return last === undefined ? undefined : [`did not find expected ',' or '${last === "[" ? "]" : "}"}'`, false];
}

function problemOf(fault: YAMLException, text: string): YamlProblem {
  const line = fault.mark?.line ?? 0;
  const column = (fault.mark?.column ?? 0) + 1;
  const place = { line: line + 1, column };
  const alias = /unidentified alias "(.*)"/.exec(fault.reason);
  if (alias !== null) return { ...place, message: `yaml: unknown anchor '${alias[1]}' referenced` };
  if (/alias/.test(fault.reason)) return { ...place, message: "yaml: document contains excessive aliasing" };
  const source = text.split("\n")[line] ?? "";
  let [reason, scanner] = openBracket(text, line, column) ?? goReason(fault.reason, source);
  if (reason === "did not find expected key") {
    const rest = source.slice(Math.max(0, column - 2)).trim();
    if (/^[%@`]/.test(rest)) [reason, scanner] = ["found character that cannot start any token", true];
    else if (/^[^#]*:(\s|$)/.test(source) && /:\s.*:(\s|$)/.test(`: ${source.trim()}`))
      [reason, scanner] = ["mapping values are not allowed in this context", true];
  }
  const shown = scanner ? (line === 0 ? 0 : line + 1) : line;
  return { ...place, message: `yaml: ${shown === 0 ? "" : `line ${shown}: `}${reason}` };
}
