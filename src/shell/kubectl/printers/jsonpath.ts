/**
 * JSONPath templates as kubectl reads them: text with `{…}` holding paths, filters, quoted text and `range … end`.
 * @source kubernetes@1.35 staging/src/k8s.io/client-go/util/jsonpath/{parser,jsonpath}.go
 * Not modelled: nested ranges share one list of results, as here each range evaluates its own body.
 */
import type { Json } from "../../../sim/types";
import { jsonText } from "./json";

type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "field"; readonly name: string }
  | { readonly kind: "wildcard" }
  | { readonly kind: "recursive" }
  | { readonly kind: "slice"; readonly from?: number; readonly to?: number; readonly step?: number; readonly single: boolean }
  | { readonly kind: "filter"; readonly left: readonly Node[]; readonly operator: string; readonly right: readonly Node[] }
  | { readonly kind: "union"; readonly parts: readonly (readonly Node[])[] }
  | { readonly kind: "root" | "current" }
  | { readonly kind: "literal"; readonly value: Json }
  | { readonly kind: "path"; readonly nodes: readonly Node[] }
  | { readonly kind: "range"; readonly nodes: readonly Node[]; readonly body: readonly Node[] };

export type Template = readonly Node[];
export type Compiled = { readonly template: Template } | { readonly error: string };
export type Evaluated = { readonly values: readonly Json[] } | { readonly error: string };

class PathFault extends Error {}

export function compileJsonPath(text: string): Compiled {
  try {
    const { nodes, rest } = parseTemplate(text, false);
    return rest === "" ? { template: nodes } : { error: "not in range, nothing to end" };
  } catch (fault) {
    if (fault instanceof PathFault) return { error: fault.message };
    throw fault;
  }
}

function parseTemplate(source: string, inRange: boolean): { nodes: Node[]; rest: string } {
  const nodes: Node[] = [];
  let text = source;
  while (text !== "") {
    const open = text.indexOf("{");
    if (open !== 0) {
      nodes.push({ kind: "text", text: open < 0 ? text : text.slice(0, open) });
      text = open < 0 ? "" : text.slice(open);
      continue;
    }
    const close = closing(text);
    const action = text.slice(1, close).trim();
    text = text.slice(close + 1);
    if (action === "end") {
      if (!inRange) throw new PathFault("not in range, nothing to end");
      return { nodes, rest: text };
    }
    const range = /^range\s+(.*)$/s.exec(action);
    if (range !== null) {
      const body = parseTemplate(text, true);
      nodes.push({ kind: "range", nodes: parsePath(range[1] ?? ""), body: body.nodes });
      text = body.rest;
    } else nodes.push(...parseAction(action));
  }
  if (inRange) throw new PathFault("unclosed range");
  return { nodes, rest: "" };
}

/** Index of the brace that closes the one at 0. */
function closing(text: string): number {
  let quote = "";
  for (let i = 1; i < text.length; i++) {
    const c = text[i] ?? "";
    if (quote !== "") {
      if (c === "\\") i += 1;
      else if (c === quote) quote = "";
    } else if (c === '"' || c === "'") quote = c;
    else if (c === "}") return i;
  }
  throw new PathFault("unclosed action");
}

/** Several paths or literals in one pair of braces. */
function parseAction(action: string): Node[] {
  const out: Node[] = [];
  let rest = action;
  while (rest !== "") {
    const literal = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\s*/s.exec(rest);
    if (literal !== null) {
      out.push({ kind: "literal", value: unquote(literal[1] ?? literal[2] ?? "") });
      rest = rest.slice(literal[0].length);
      continue;
    }
    const end = pathEnd(rest);
    out.push({ kind: "path", nodes: parsePath(rest.slice(0, end)) });
    rest = rest.slice(end).trim();
  }
  return out;
}

function pathEnd(text: string): number {
  let depth = 0;
  let quote = "";
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? "";
    if (quote !== "") quote = c === quote ? "" : quote;
    else if (c === '"' || c === "'") quote = c;
    else if (c === "[" || c === "(") depth += 1;
    else if (c === "]" || c === ")") depth -= 1;
    else if (depth === 0 && /\s/.test(c)) return i;
  }
  return text.length;
}

const unquote = (text: string): string => text.replace(/\\(.)/gs, (_, c: string) => ({ n: "\n", t: "\t", r: "\r" })[c] ?? c);

function parsePath(source: string): Node[] {
  const nodes: Node[] = [];
  let text = source.trim();
  while (text !== "") {
    const head = text[0];
    if (head === "$" || head === "@") {
      nodes.push({ kind: head === "$" ? "root" : "current" });
      text = text.slice(1);
    } else if (text.startsWith("..")) {
      nodes.push({ kind: "recursive" });
      text = /^\.\.[^.[]/.test(text) ? text.slice(1) : text.slice(2);
    } else if (head === "[") {
      const end = bracketEnd(text);
      nodes.push(parseBracket(text.slice(1, end).trim()));
      text = text.slice(end + 1);
    } else if (head === "*" || text.startsWith(".*")) {
      nodes.push({ kind: "wildcard" });
      text = text.slice(head === "*" ? 1 : 2);
    } else {
      const match = /^\.?((?:[^.[\]\s\\(){}"'|,*]|\\.)+)/.exec(text);
      if (match === null) {
        if (text === ".") return nodes;
        if (text.startsWith(".[")) {
          text = text.slice(1);
          continue;
        }
        throw new PathFault(`unrecognized character in action: ${goChar(text.replace(/^\./, "")[0] ?? ".")}`);
      }
      if (head !== "." && nodes.length > 0) throw new PathFault(`unrecognized character in action: ${goChar(head ?? "")}`);
      nodes.push({ kind: "field", name: (match[1] ?? "").replace(/\\(.)/g, "$1") });
      text = text.slice(match[0].length);
    }
  }
  return nodes;
}

const goChar = (c: string): string => `U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")} '${c}'`;

function bracketEnd(text: string): number {
  let depth = 0;
  let quote = "";
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? "";
    if (quote !== "") quote = c === quote ? "" : quote;
    else if (c === '"' || c === "'") quote = c;
    else if (c === "[") depth += 1;
    else if (c === "]" && --depth === 0) return i;
  }
  throw new PathFault("unterminated array");
}

function parseBracket(inner: string): Node {
  if (inner === "*") return { kind: "wildcard" };
  const filter = /^\?\((.*)\)$/s.exec(inner);
  if (filter !== null) return parseFilter((filter[1] ?? "").trim());
  const quoted = /^(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")$/.exec(inner);
  if (quoted !== null) return { kind: "field", name: (quoted[1] ?? quoted[2] ?? "").replace(/\\(.)/g, "$1") };
  if (inner.includes(",")) return { kind: "union", parts: inner.split(",").map((part) => [parseBracket(part.trim())]) };
  const slice = /^(-?\d*)(?:(:)(-?\d*)(?::(-?\d*))?)?$/.exec(inner);
  if (slice === null || inner === "") throw new PathFault(`invalid array index ${inner}`);
  const number = (text: string | undefined): number | undefined => (text === undefined || text === "" ? undefined : Number(text));
  return { kind: "slice", from: number(slice[1]), to: number(slice[3]), step: number(slice[4]), single: slice[2] === undefined };
}

function parseFilter(text: string): Node {
  let quote = "";
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? "";
    if (quote !== "") quote = c === quote ? "" : quote;
    else if (c === '"' || c === "'") quote = c;
    else if ("<>=!".includes(c)) {
      const operator = text[i + 1] === "=" ? c + "=" : c;
      if (operator === "=" || operator === "!") throw new PathFault(`unrecognized filter operator ${operator}`);
      return { kind: "filter", left: parseOperand(text.slice(0, i)), operator, right: parseOperand(text.slice(i + operator.length)) };
    }
  }
  return { kind: "filter", left: parseOperand(text), operator: "exists", right: [] };
}

function parseOperand(source: string): Node[] {
  const text = source.trim();
  const quoted = /^(?:"(.*)"|'(.*)')$/s.exec(text);
  if (quoted !== null) return [{ kind: "literal", value: unquote(quoted[1] ?? quoted[2] ?? "") }];
  if (/^-?\d+(\.\d+)?$/.test(text)) return [{ kind: "literal", value: Number(text) }];
  if (text === "true" || text === "false") return [{ kind: "literal", value: text === "true" }];
  return parsePath(text);
}

type Found = readonly Json[];
interface Scope {
  readonly root: Json;
  /** Missing keys give nothing instead of a fault. */
  readonly lenient: boolean;
}

/** Values that a template's first path finds. */
export function findValues(template: Template, data: Json, lenient: boolean): Evaluated {
  try {
    const scope = { root: data, lenient };
    const out: Json[] = [];
    for (const node of template) if (node.kind === "path") out.push(...walk(node.nodes, [data], scope));
    return { values: out };
  } catch (fault) {
    if (fault instanceof PathFault) return { error: fault.message };
    throw fault;
  }
}

/** The template's text for an object. */
export function renderJsonPath(template: Template, data: Json, lenient: boolean): { readonly text: string } | { readonly error: string } {
  try {
    return { text: render(template, data, { root: data, lenient }) };
  } catch (fault) {
    if (fault instanceof PathFault) return { error: fault.message };
    throw fault;
  }
}

function render(template: Template, current: Json, scope: Scope): string {
  let text = "";
  for (const node of template) {
    if (node.kind === "text") text += node.text;
    else if (node.kind === "literal") text += String(node.value);
    else if (node.kind === "range") for (const item of walk(node.nodes, [current], scope)) text += render(node.body, item, scope);
    else if (node.kind === "path") text += walk(node.nodes, [current], scope).map(printed).join(" ");
  }
  return text;
}

const printed = (value: Json): string =>
  typeof value === "string" ? value : value !== null && typeof value === "object" ? jsonText(value) : value === null ? "" : String(value);

function walk(nodes: readonly Node[], start: Found, scope: Scope): Found {
  let found = start;
  for (const [index, node] of nodes.entries()) {
    if (node.kind === "root") found = [scope.root];
    else if (node.kind === "recursive") {
      const rest = nodes.slice(index + 1);
      return rest.length === 0 ? found.flatMap(descendants) : found.flatMap(descendants).flatMap((value) => tryWalk(rest, value, scope));
    } else if (node.kind === "literal") found = [node.value];
    else if (node.kind !== "current") found = found.flatMap((value) => stepInto(node, value, scope));
  }
  return found;
}

function tryWalk(nodes: readonly Node[], value: Json, scope: Scope): Found {
  return walk(nodes, [value], { ...scope, lenient: true });
}

function descendants(value: Json): Json[] {
  if (value === null || typeof value !== "object") return [];
  return [value, ...(Array.isArray(value) ? (value as Json[]) : Object.values(value as Record<string, Json>)).flatMap(descendants)];
}

function stepInto(node: Node, value: Json, scope: Scope): Found {
  const members = value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Readonly<Record<string, Json>>) : undefined;
  const items = Array.isArray(value) ? (value as Json[]) : undefined;
  if (node.kind === "field") {
    const member = members?.[node.name];
    if (member !== undefined) return [member];
    if (scope.lenient) return [];
    throw new PathFault(`${node.name} is not found`);
  }
  if (node.kind === "wildcard")
    return (
      items ??
      (members === undefined
        ? []
        : Object.keys(members)
            .sort((a, b) => (a < b ? -1 : 1))
            .map((key) => members[key] as Json))
    );
  if (node.kind === "union") return node.parts.flatMap((part) => walk(part, [value], scope));
  if (node.kind === "slice") return sliced(node, value, items, scope);
  if (node.kind === "filter") return (items ?? (members === undefined ? [] : Object.values(members))).filter((item) => holds(node, item, scope));
  return [];
}

function sliced(node: Extract<Node, { kind: "slice" }>, value: Json, items: readonly Json[] | undefined, scope: Scope): Found {
  if (items === undefined) {
    if (scope.lenient && (value === null || value === undefined)) return [];
    throw new PathFault(`${jsonText(value)} is not array or slice`);
  }
  const length = items.length;
  const place = (n: number): number => (n < 0 ? n + length : n);
  const from = place(node.from ?? 0);
  const to = node.single ? from + 1 : place(node.to ?? length);
  if (to !== from) {
    if (from >= length || from < 0) throw new PathFault(`array index out of bounds: index ${from}, length ${length}`);
    if (to > length || to < 0) throw new PathFault(`array index out of bounds: index ${to - 1}, length ${length}`);
  }
  const out: Json[] = [];
  const step = node.step === undefined || node.step < 1 ? 1 : node.step;
  for (let i = from; i < to; i += step) out.push(items[i] as Json);
  return out;
}

function holds(node: Extract<Node, { kind: "filter" }>, item: Json, scope: Scope): boolean {
  const lenient = { ...scope, lenient: true };
  const left = walk(node.left, [item], lenient);
  if (node.operator === "exists") return left.length > 0;
  const right = walk(node.right, [item], lenient);
  const [a, b] = [left[0], right[0]];
  if (a === undefined || b === undefined) return false;
  if (node.operator === "==") return a === b;
  if (node.operator === "!=") return a !== b;
  if (typeof a !== typeof b || a === null || b === null) return false;
  if (node.operator === "<") return a < b;
  if (node.operator === ">") return a > b;
  return node.operator === "<=" ? a <= b : a >= b;
}
