/**
 * Words: quoting and the expansions as written. Nothing is expanded here.
 *
 * Not modelled: `$"…"` translation, process substitution, extended patterns in `[[ ]]`.
 * @source bash(1) QUOTING, EXPANSION
 */
import type { BashPart, BashWord } from "./bash-tree";
import { atEnd, peek, type Source, SyntaxFault, take, takeMatch, Unfinished } from "./bash-source";

const META = " \t\n\r;|&<>()";
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", a: "\x07", b: "\b", e: "\x1b", E: "\x1b", f: "\f", v: "\v" };

/** Characters of a string that has backslash escapes as `$'…'`, `echo -e` and `printf` know them. */
export function unescape(text: string): string {
  return text.replace(
    /\\(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|0?([0-7]{1,3})|(.))/gs,
    (all, hex?: string, unicode?: string, octal?: string, c?: string) => {
      const code = hex ?? unicode;
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
      if (c !== undefined && "\\'\"?".includes(c)) return c;
      return ESCAPES[c ?? ""] ?? all;
    },
  );
}

const text = (value: string, quoted: boolean): BashPart => ({ kind: "text", text: value, quoted });

/** One word; empty when none begins here. */
export function word(source: Source): BashWord {
  return wordUntil(source, META);
}

/** A word that ends before any of these characters, unless they are quoted. */
function wordUntil(source: Source, stops: string): BashWord {
  const parts: BashPart[] = [];
  while (!atEnd(source) && !stops.includes(peek(source))) wordPart(source, parts, stops);
  return parts;
}

function wordPart(source: Source, parts: BashPart[], stops: string): void {
  const c = peek(source);
  if (c === "'") {
    const end = source.text.indexOf("'", source.at + 1);
    if (end < 0) throw new Unfinished();
    parts.push(text(source.text.slice(source.at + 1, end), true));
    source.at = end + 1;
  } else if (c === '"') {
    source.at += 1;
    const inner = expanded(source, '"');
    parts.push(...(inner.length === 0 ? [text("", true)] : inner));
    source.at += 1;
  } else if (c === "$" && peek(source, 1) === "'") {
    const match = takeMatch(source, /\$'((?:[^'\\]|\\.)*)'/sy);
    if (match === null) throw new Unfinished();
    parts.push(text(unescape(match[1] ?? ""), true));
  } else if (c === "\\") {
    if (peek(source, 1) === "") parts.push(text("\\", true));
    else if (peek(source, 1) !== "\n") parts.push(text(peek(source, 1), true));
    source.at += 2;
  } else if (c === "$" || c === "`") parts.push(expansion(source, false));
  else {
    const from = source.at;
    do source.at += 1;
    while (!atEnd(source) && !stops.includes(peek(source)) && !"'\"\\$`".includes(peek(source)));
    parts.push(text(source.text.slice(from, source.at), false));
  }
}

/** Text in which `$`, backquote and some backslashes work, up to a closing quote (or the end); `at` is left on the quote. */
export function expanded(source: Source, close: string): BashPart[] {
  const parts: BashPart[] = [];
  const add = (value: string): void => {
    const last = parts.at(-1);
    if (last?.kind === "text") parts[parts.length - 1] = text(last.text + value, true);
    else parts.push(text(value, true));
  };
  const special = close === '"' ? '$`"\\' : "$`\\";
  for (;;) {
    if (atEnd(source)) {
      if (close !== "") throw new Unfinished();
      return parts;
    }
    const c = peek(source);
    if (c === close) return parts;
    if (c === "\\" && peek(source, 1) === "\n") source.at += 2;
    else if (c === "\\" && peek(source, 1) !== "" && special.includes(peek(source, 1))) {
      add(peek(source, 1));
      source.at += 2;
    } else if (c === "$" || c === "`") {
      const part = expansion(source, true);
      if (part.kind === "text") add(part.text);
      else parts.push(part);
    } else {
      add(c);
      source.at += 1;
    }
  }
}

function expansion(source: Source, quoted: boolean): BashPart {
  if (peek(source) === "`") return backquoted(source, quoted);
  if (take(source, "$((")) {
    const from = source.at;
    const inner = arithmeticText(source);
    if (inner !== undefined) return { kind: "arithmetic", text: inner, quoted };
    source.at = from - 3;
  }
  if (take(source, "$(")) {
    const script = source.script(source, new Set());
    if (!take(source, ")")) throw new Unfinished();
    return { kind: "command", script, quoted };
  }
  if (take(source, "${")) return braced(source, quoted);
  source.at += 1;
  const name = takeMatch(source, NAME)?.[0] ?? takeMatch(source, /[?#@*$!0-9-]/y)?.[0];
  return name === undefined ? text("$", quoted) : { kind: "parameter", name, quoted };
}

function backquoted(source: Source, quoted: boolean): BashPart {
  const match = takeMatch(source, /`((?:[^`\\]|\\.)*)`/sy);
  if (match === null) throw new Unfinished();
  const inner: Source = { ...source, text: (match[1] ?? "").replace(/\\([`\\$])/g, "$1"), at: 0, heredocs: [] };
  return { kind: "command", script: source.script(inner, new Set()), quoted };
}

/** What stands between `((` and `))`, taken; undefined when the parentheses turn out to be a subshell's. */
export function arithmeticText(source: Source): BashWord | undefined {
  let depth = 0;
  for (let at = source.at; at < source.text.length; at += 1) {
    const c = source.text[at];
    if (c === "(") depth += 1;
    if (c !== ")") continue;
    if (depth > 0) {
      depth -= 1;
      continue;
    }
    if (source.text[at + 1] !== ")") return undefined;
    const inner: Source = { ...source, text: source.text.slice(source.at, at), at: 0, heredocs: [] };
    source.at = at + 2;
    return expanded(inner, "");
  }
  throw new Unfinished();
}

const OPERATOR = /:-|:=|:\?|:\+|-|=|\?|\+|##|#|%%|%|\/\/|\/#|\/%|\/|\^\^|\^|,,|,|:|@[QEPAULu]/y;

function braced(source: Source, quoted: boolean): BashPart {
  const prefix = takeMatch(source, /[#!](?=[A-Za-z_0-9@*?])/y)?.[0];
  const name = takeMatch(source, NAME)?.[0] ?? takeMatch(source, /[0-9]+|[?#@*$!-]/y)?.[0];
  if (name === undefined) throw atEnd(source) ? new Unfinished() : new SyntaxFault("bad substitution");
  let index: BashWord | undefined;
  if (take(source, "[")) {
    index = wordUntil(source, "]");
    if (!take(source, "]")) throw new Unfinished();
  }
  const common = { kind: "parameter", name, quoted, ...(index === undefined ? {} : { index }) } as const;
  if (take(source, "}")) return prefix === undefined ? common : { ...common, operator: prefix === "#" ? "length" : "indirect" };
  if (prefix === "!" && takeMatch(source, /[*@](?=\})/y) !== null && take(source, "}")) return { ...common, operator: "names" };
  const operator = takeMatch(source, OPERATOR)?.[0];
  if (operator === undefined) throw atEnd(source) ? new Unfinished() : new SyntaxFault("bad substitution");
  const two = operator === ":" || operator.startsWith("/");
  const argument = argumentOf(source, two ? (operator === ":" ? ":}" : "/}") : "}", quoted);
  const second = two && take(source, operator === ":" ? ":" : "/") ? argumentOf(source, "}", quoted) : undefined;
  if (!take(source, "}")) throw new Unfinished();
  return { ...common, operator, argument, ...(second === undefined ? {} : { second }) };
}

/** In double quotes the argument of an operator stays quoted, save for its own quotes. */
function argumentOf(source: Source, stops: string, quoted: boolean): BashWord {
  const parts = wordUntil(source, stops);
  if (!quoted) return parts;
  return parts.map((part) => (part.kind === "text" ? part : { ...part, quoted: true }));
}
