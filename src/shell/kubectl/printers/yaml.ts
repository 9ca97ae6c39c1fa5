/**
 * YAML as kubectl prints it: keys in order, sequences not indented, scalars quoted only where they would read as something else.
 * @source sigs.k8s.io/yaml@1.6 goyaml.v2/encode.go stringv, emitterc.go yaml_emitter_analyze_scalar
 */
import type { Json } from "../../../sim/types";
import { sortedEntries } from "./json";

export const yamlText = (value: Json): string => block(value, 0, "top").replace(/^\n/, "");

/** `column` is where a scalar would begin. */
function block(value: Json, level: number, place: "top" | "map" | "seq", column = 2 * level): string {
  const pad = "  ".repeat(level);
  if (Array.isArray(value)) {
    if (value.length === 0) return place === "map" ? " []\n" : "[]\n";
    const lines = (value as readonly Json[]).map((item) => `- ${block(item, level + 1, "seq")}`);
    return place === "seq" ? lines.join(pad) : `${place === "map" ? "\n" : ""}${pad}${lines.join(pad)}`;
  }
  if (value !== null && typeof value === "object") {
    const entries = sortedEntries(value as { readonly [key: string]: Json });
    if (entries.length === 0) return place === "map" ? " {}\n" : "{}\n";
    const lines = entries.map(([key, item]) => {
      const nested = Array.isArray(item) ? level : level + 1;
      const name = scalar(key, level, undefined);
      return `${name}:${block(item, nested, "map", 2 * level + name.length + 2)}`;
    });
    return place === "seq" ? lines.join(pad) : `${place === "map" ? "\n" : ""}${pad}${lines.join(pad)}`;
  }
  const text = typeof value === "string" ? scalar(value, level, column) : String(value);
  return `${place === "map" ? " " : ""}${text}\n`;
}

const INDICATORS = "#,[]{}&*!|>'\"%@`";

/** Control characters (but tab and newline), a byte-order mark, half of a surrogate pair. */
function hasSpecial(text: string): boolean {
  for (const c of text) {
    const code = c.codePointAt(0) ?? 0;
    if (
      (code < 0x20 && code !== 9 && code !== 10) ||
      (code >= 0x7f && code <= 0x9f && code !== 0x85) ||
      code === 0xfeff ||
      (code >= 0xd800 && code <= 0xdfff)
    )
      return true;
  }
  return false;
}

/** A string in the lightest style that reads back as the same string, folded when it is long. Without a column it is a key. */
function scalar(text: string, level: number, column: number | undefined): string {
  const special = hasSpecial(text);
  const spaceBreak = / \n/.test(text);
  if (text.includes("\n")) {
    const blockAllowed = !special && !spaceBreak && !text.endsWith(" ");
    return blockAllowed && column !== undefined ? literal(text, level) : folded(text, DOUBLE, level, column);
  }
  if (resolvesToOther(text) || special || text.includes("\t")) return folded(text, DOUBLE, level, column);
  return folded(text, /^ | $/.test(text) || !plainAllowed(text) ? SINGLE : PLAIN, level, column);
}

interface Style {
  readonly quote: string;
  readonly written: (c: string) => string;
}
const PLAIN: Style = { quote: "", written: (c) => c };
const SINGLE: Style = { quote: "'", written: (c) => (c === "'" ? "''" : c) };
const DOUBLE: Style = { quote: '"', written: escaped };

const BEST_WIDTH = 80;

/** Breaks at the first single blank after column 80. @source goyaml.v2/emitterc.go yaml_emitter_write_plain_scalar and its quoted siblings */
function folded(text: string, { quote, written }: Style, level: number, start: number | undefined): string {
  const chars = [...text];
  let out = quote;
  let column = (start ?? 0) + quote.length;
  let afterBlank = false;
  for (const [i, c] of chars.entries()) {
    const inside = quote === "" || (i > 0 && i < chars.length - 1);
    if (c === " " && start !== undefined && !afterBlank && column > BEST_WIDTH && inside && (quote === '"' || chars[i + 1] !== " ")) {
      out += `\n${"  ".repeat(level)}${quote === '"' && chars[i + 1] === " " ? "\\" : ""}`;
      column = 2 * level;
      afterBlank = true;
      continue;
    }
    const text = written(c);
    out += text;
    column += text.length;
    afterBlank = c === " ";
  }
  return out + quote;
}

function plainAllowed(text: string): boolean {
  if (text.startsWith("---") || text.startsWith("...")) return false;
  const first = text[0] ?? "";
  if (INDICATORS.includes(first)) return false;
  if ("?:-".includes(first) && (text.length === 1 || text[1] === " ")) return false;
  return !/:( |$)/.test(text) && !/ #/.test(text);
}

function literal(text: string, level: number): string {
  const indent = "  ".repeat(level);
  const hint = /^[ \n]/.test(text) ? "2" : "";
  const chomp = !text.endsWith("\n") ? "-" : text.endsWith("\n\n") || text === "\n" ? "+" : "";
  const body = text.endsWith("\n") ? text.slice(0, -1) : text;
  return `|${hint}${chomp}\n${body
    .split("\n")
    .map((line) => (line === "" ? "" : indent + line))
    .join("\n")}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\x07": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\x1b": "\\e",
  '"': '\\"',
  "\\": "\\\\",
};
function escaped(c: string): string {
  const known = ESCAPES[c];
  if (known !== undefined) return known;
  return hasSpecial(c) ? `\\x${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}` : c;
}

const WORDS = new Set(
  "~ null Null NULL true True TRUE false False FALSE y Y yes Yes YES n N no No NO on On ON off Off OFF .nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF <<".split(
    " ",
  ),
);

/** Whether a plain scalar would be read as null, a boolean, a number, a timestamp or a merge key. */
export function resolvesToOther(text: string): boolean {
  if (text === "" || WORDS.has(text)) return true;
  if (!/^[-+.0-9]/.test(text)) return false;
  const bare = text.replaceAll("_", "");
  if (/^[-+]?(0b[01]+|0o?[0-7]+|0x[0-9a-fA-F]+|[0-9]+)$/.test(bare)) return true;
  if (/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(bare)) return true;
  if (/^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/.test(text)) return true;
  return /^\d{4}-\d{1,2}-\d{1,2}([Tt ]\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?(Z|[-+]\d\d:\d\d)?)?$/.test(text);
}
