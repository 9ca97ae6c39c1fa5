/**
 * Go templates as far as people use them with kubectl: fields, range, if/else, with, variables, printf, index, len, comparisons.
 * @source go@1.25 src/text/template
 * Not modelled: nested templates, pipelines' own functions beyond those listed, `break` and `continue`.
 */
import type { Json } from "../../../sim/types";
import { decodeBase64 } from "../../base64";
import { jsonText } from "./json";

type Token = string;
type Block =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "print"; readonly tokens: readonly Token[] }
  | { readonly kind: "set"; readonly name: string; readonly tokens: readonly Token[] }
  | {
      readonly kind: "range" | "if" | "with";
      readonly tokens: readonly Token[];
      readonly names: readonly string[];
      readonly body: readonly Block[];
      readonly otherwise: readonly Block[];
    };
export type GoTemplate = readonly Block[];

class TemplateFault extends Error {}

export function compileGoTemplate(text: string): { readonly template: GoTemplate } | { readonly error: string } {
  const pieces = text.split(/(\{\{-?[\s\S]*?-?\}\})/);
  for (let i = 1; i < pieces.length; i += 2) {
    if (pieces[i]?.startsWith("{{-")) pieces[i - 1] = (pieces[i - 1] ?? "").replace(/\s+$/, "");
    if (pieces[i]?.endsWith("-}}")) pieces[i + 1] = (pieces[i + 1] ?? "").replace(/^\s+/, "");
  }
  let at = 0;
  const parse = (inside: boolean): { blocks: Block[]; end: string } => {
    const blocks: Block[] = [];
    while (at < pieces.length) {
      const index = at++;
      const piece = pieces[index] ?? "";
      if (index % 2 === 0) {
        if (piece !== "") blocks.push({ kind: "text", text: piece });
        continue;
      }
      const action = piece
        .replace(/^\{\{-?/, "")
        .replace(/-?\}\}$/, "")
        .trim();
      const word = /^\w*/.exec(action)?.[0] ?? "";
      if (action.startsWith("/*")) continue;
      if (word === "end" || word === "else") {
        if (!inside) throw new TemplateFault(`template: output:1: unexpected {{${word}}}`);
        return { blocks, end: action };
      }
      if (word === "range" || word === "if" || word === "with") blocks.push(control(word, action.slice(word.length).trim(), parse));
      else {
        const set = /^(\$\w+)\s*:?=\s*(.*)$/s.exec(action);
        if (set !== null) blocks.push({ kind: "set", name: set[1] ?? "", tokens: tokens(set[2] ?? "") });
        else blocks.push({ kind: "print", tokens: tokens(action) });
      }
    }
    if (inside) throw new TemplateFault("template: output:1: unexpected EOF");
    return { blocks, end: "" };
  };
  try {
    return { template: parse(false).blocks };
  } catch (fault) {
    if (fault instanceof TemplateFault) return { error: fault.message };
    throw fault;
  }
}

function control(kind: "range" | "if" | "with", text: string, parse: (inside: boolean) => { blocks: Block[]; end: string }): Block {
  const named = /^(\$\w+)(?:\s*,\s*(\$\w+))?\s*:=\s*(.*)$/s.exec(text);
  const names = named === null ? [] : [named[1] ?? "", ...(named[2] === undefined ? [] : [named[2]])];
  const { blocks, end } = parse(true);
  let otherwise: readonly Block[] = [];
  const chained = /^else\s+if\s+(.*)$/s.exec(end);
  if (chained !== null) otherwise = [control("if", chained[1] ?? "", parse)];
  else if (end.startsWith("else")) otherwise = parse(true).blocks;
  return { kind, tokens: tokens(named?.[3] ?? text), names, body: blocks, otherwise };
}

function tokens(text: string): Token[] {
  const found = text.match(/"(?:[^"\\]|\\.)*"|`[^`]*`|[()|]|[^\s()|"`]+/g) ?? [];
  if (found.join("").replace(/\s/g, "").length === 0) throw new TemplateFault("template: output:1: missing value for command");
  return found;
}

interface Scope {
  readonly root: Json;
  readonly dot: Json | undefined;
  readonly variables: Map<string, Json | undefined>;
}

export function renderGoTemplate(template: GoTemplate, data: Json): { readonly text: string } | { readonly error: string } {
  try {
    return { text: render(template, { root: data, dot: data, variables: new Map([["$", data]]) }) };
  } catch (fault) {
    if (fault instanceof TemplateFault) return { error: fault.message };
    throw fault;
  }
}

function render(blocks: readonly Block[], scope: Scope): string {
  let text = "";
  for (const block of blocks) {
    if (block.kind === "text") text += block.text;
    else if (block.kind === "set") scope.variables.set(block.name, evaluate(block.tokens, scope));
    else if (block.kind === "print") text += printed(evaluate(block.tokens, scope));
    else if (block.kind === "range") text += ranged(block, scope);
    else {
      const value = evaluate(block.tokens, scope);
      const [name] = block.names;
      if (name !== undefined) scope.variables.set(name, value);
      text += truth(value) ? render(block.body, block.kind === "with" ? { ...scope, dot: value } : scope) : render(block.otherwise, scope);
    }
  }
  return text;
}

function ranged(block: Extract<Block, { kind: "range" | "if" | "with" }>, scope: Scope): string {
  const value = evaluate(block.tokens, scope);
  const entries: readonly (readonly [Json, Json])[] = Array.isArray(value)
    ? (value as Json[]).map((item, i) => [i, item] as const)
    : value !== null && typeof value === "object"
      ? Object.entries(value as Record<string, Json>).sort(([a], [b]) => (a < b ? -1 : 1))
      : [];
  if (entries.length === 0) return render(block.otherwise, scope);
  return entries
    .map(([key, item]) => {
      const [first, second] = block.names;
      if (second !== undefined) {
        scope.variables.set(first ?? "", key);
        scope.variables.set(second, item);
      } else if (first !== undefined) scope.variables.set(first, item);
      return render(block.body, { ...scope, dot: item });
    })
    .join("");
}

const truth = (value: Json | undefined): boolean =>
  !(
    value === undefined ||
    value === null ||
    value === false ||
    value === 0 ||
    value === "" ||
    (typeof value === "object" && Object.keys(value).length === 0)
  );

function printed(value: Json | undefined): string {
  if (value === undefined || value === null) return "<no value>";
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) return `[${(value as Json[]).map(printed).join(" ")}]`;
  const entries = Object.entries(value as Record<string, Json>).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, item]) => `${key}:${printed(item)}`).join(" ")}]`;
}

function evaluate(all: readonly Token[], scope: Scope): Json | undefined {
  let piped: { readonly value: Json | undefined } | undefined;
  let start = 0;
  for (let i = 0, depth = 0; i <= all.length; i++) {
    if (all[i] === "(") depth += 1;
    if (all[i] === ")") depth -= 1;
    if (i < all.length && (all[i] !== "|" || depth > 0)) continue;
    piped = { value: command(all.slice(start, i), scope, piped) };
    start = i + 1;
  }
  return piped?.value;
}

function command(words: readonly Token[], scope: Scope, piped: { readonly value: Json | undefined } | undefined): Json | undefined {
  const operands: (Json | undefined)[] = [];
  const head = words[0] ?? "";
  const isFunction = /^[a-z]+$/.test(head) && !["true", "false", "nil"].includes(head);
  for (let i = isFunction ? 1 : 0; i < words.length; i++) {
    if (words[i] !== "(") {
      operands.push(operand(words[i] ?? "", scope));
      continue;
    }
    let depth = 1;
    let end = i + 1;
    for (; end < words.length && depth > 0; end++) depth += words[end] === "(" ? 1 : words[end] === ")" ? -1 : 0;
    operands.push(evaluate(words.slice(i + 1, end - 1), scope));
    i = end - 1;
  }
  if (piped !== undefined) operands.push(piped.value);
  return isFunction ? call(head, operands) : operands[0];
}

function operand(word: Token, scope: Scope): Json | undefined {
  if (word.startsWith('"')) return JSON.parse(word) as string;
  if (word.startsWith("`")) return word.slice(1, -1);
  if (/^-?\d+(\.\d+)?$/.test(word)) return Number(word);
  if (word === "true" || word === "false") return word === "true";
  if (word === "nil") return null;
  const variable = /^\$\w*/.exec(word)?.[0];
  let value: Json | undefined = variable === undefined ? scope.dot : scope.variables.get(variable);
  const path = variable === undefined ? word : word.slice(variable.length);
  for (const name of path.split(".").filter((part) => part !== "")) {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) value = (value as Record<string, Json>)[name];
    else if (value === undefined || value === null) return undefined;
    else throw new TemplateFault(`template: output:1:2: executing "output" at <${word}>: can't evaluate field ${name} in type interface {}`);
  }
  return value;
}

function call(name: string, args: readonly (Json | undefined)[]): Json | undefined {
  const [a, b] = args;
  const compare = (x: Json | undefined, y: Json | undefined): number => ((x as number) < (y as number) ? -1 : (x as number) > (y as number) ? 1 : 0);
  switch (name) {
    case "len":
      return typeof a === "string" ? a.length : Object.keys((a ?? {}) as object).length;
    case "index":
      return args.slice(1).reduce<Json | undefined>((value, key) => (value as Record<string, Json> | undefined)?.[String(key)], a);
    case "eq":
      return args.slice(1).some((other) => other === a);
    case "ne":
      return a !== b;
    case "lt":
      return compare(a, b) < 0;
    case "le":
      return compare(a, b) <= 0;
    case "gt":
      return compare(a, b) > 0;
    case "ge":
      return compare(a, b) >= 0;
    case "and":
      return args.find((value) => !truth(value)) ?? args.at(-1);
    case "or":
      return args.find(truth) ?? args.at(-1);
    case "not":
      return !truth(a);
    case "print":
      return args.map(printed).join("");
    case "println":
      return `${args.map(printed).join(" ")}\n`;
    case "printf":
      return formatted(String(a), args.slice(1));
    case "exists":
      return args.slice(1).reduce<Json | undefined>((value, key) => (value as Record<string, Json> | undefined)?.[String(key)], a) !== undefined;
    case "base64decode":
      return decodeBase64(String(a));
    case "json":
      return jsonText(a);
    default:
      throw new TemplateFault(`template: output:1: function ${JSON.stringify(name)} not defined`);
  }
}

function formatted(format: string, values: readonly (Json | undefined)[]): string {
  let index = 0;
  return format.replace(/%(-?\d*)([svdqt%])/g, (_, width: string, kind: string) => {
    if (kind === "%") return "%";
    const text = kind === "q" ? JSON.stringify(values[index++]) : printed(values[index++]);
    const n = Number(width);
    return n < 0 ? text.padEnd(-n) : text.padStart(n);
  });
}
