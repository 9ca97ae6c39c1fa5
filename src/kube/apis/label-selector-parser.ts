/**
 * The lexer and parser of label selectors' text. `in` and `notin` are words only where an operator may stand.
 * @source kubernetes@1.35 staging/src/k8s.io/apimachinery/pkg/labels/selector.go Lexer, Parser
 */
import { labelKeyError, newRequirement, type Requirement, type SelectorError, type SelectorOperator } from "./label-selector";

type TokenKind = "identifier" | "end" | "(" | ")" | "," | "!" | "=" | "==" | "!=" | ">" | "<" | "in" | "notin" | "error";

interface Token {
  readonly kind: TokenKind;
  readonly literal: string;
}

const SPECIAL = "=!(),><";
const WORDS: ReadonlySet<string> = new Set(["(", ")", ",", "!", "=", "==", "!=", ">", "<", "in", "notin"]);
const isSpace = (c: string): boolean => c === " " || c === "\t" || c === "\r" || c === "\n";
const isWord = (text: string): text is TokenKind => WORDS.has(text);

/** All tokens, ending with `end`. */
function lex(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const c = text[at] ?? "";
    if (isSpace(c)) {
      at++;
      continue;
    }
    const start = at;
    if (SPECIAL.includes(c)) {
      let longest = 0;
      for (let end = start + 1; end <= text.length && SPECIAL.includes(text[end - 1] ?? " "); end++) {
        if (isWord(text.slice(start, end))) longest = end;
        else if (longest > 0) break;
      }
      at = longest;
    } else {
      while (at < text.length && !SPECIAL.includes(text[at] ?? "") && !isSpace(text[at] ?? "")) at++;
    }
    const literal = text.slice(start, at);
    tokens.push({ kind: isWord(literal) ? literal : "identifier", literal });
  }
  tokens.push({ kind: "end", literal: "" });
  return tokens;
}

const END: Token = { kind: "end", literal: "" };
/** Where a value or key may stand, operator words are plain identifiers. */
const asValue = (token: Token): Token => (token.kind === "in" || token.kind === "notin" ? { ...token, kind: "identifier" } : token);

interface Cursor {
  readonly tokens: readonly Token[];
  at: number;
}
const peek = (cursor: Cursor): Token => asValue(cursor.tokens[cursor.at] ?? END);
function take(cursor: Cursor): Token {
  return asValue(takeRaw(cursor));
}
function takeRaw(cursor: Cursor): Token {
  const token = cursor.tokens[cursor.at] ?? END;
  cursor.at++;
  return token;
}

export function parseSelectorText(text: string): readonly Requirement[] | SelectorError {
  const cursor: Cursor = { tokens: lex(text), at: 0 };
  const requirements: Requirement[] = [];
  for (;;) {
    const token = peek(cursor);
    if (token.kind === "end") return requirements;
    if (token.kind !== "identifier" && token.kind !== "!") return { error: `found '${token.literal}', expected: !, identifier, or 'end of string'` };
    const requirement = parseRequirement(cursor);
    if ("error" in requirement) return { error: `unable to parse requirement: ${requirement.error}` };
    requirements.push(requirement);
    const after = take(cursor);
    if (after.kind === "end") return requirements;
    if (after.kind !== ",") return { error: `found '${after.literal}', expected: ',' or 'end of string'` };
    const next = peek(cursor);
    if (next.kind !== "identifier" && next.kind !== "!") return { error: `found '${next.literal}', expected: identifier after ','` };
  }
}

function parseRequirement(cursor: Cursor): Requirement | SelectorError {
  const first = take(cursor);
  const absent = first.kind === "!";
  const key = absent ? take(cursor) : first;
  if (key.kind !== "identifier") return { error: `found '${key.literal}', expected: identifier` };
  const keyError = labelKeyError(key.literal, "<nil>");
  if (keyError !== undefined) return { error: keyError };
  if (absent) return newRequirement(key.literal, "!", []);
  const next = peek(cursor);
  if (next.kind === "end" || next.kind === ",") return newRequirement(key.literal, "exists", []);
  const operator = parseOperator(takeRaw(cursor));
  if (typeof operator !== "string") return operator;
  const values = operator === "in" || operator === "notin" ? parseValues(cursor) : parseExactValue(cursor);
  if ("error" in values) return values;
  const sorted = [...new Set(values)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return newRequirement(key.literal, operator, sorted);
}

function parseOperator(token: Token): SelectorOperator | SelectorError {
  switch (token.kind) {
    case "in":
    case "notin":
    case "=":
    case "==":
    case "!=":
      return token.kind;
    case ">":
      return "gt";
    case "<":
      return "lt";
    default:
      return { error: `found '${token.literal}', expected: in, notin, =, ==, !=, gt, lt` };
  }
}

function parseExactValue(cursor: Cursor): readonly string[] | SelectorError {
  const next = peek(cursor);
  if (next.kind === "end" || next.kind === ",") return [""];
  const token = take(cursor);
  return token.kind === "identifier" ? [token.literal] : { error: `found '${token.literal}', expected: identifier` };
}

function parseValues(cursor: Cursor): readonly string[] | SelectorError {
  const open = take(cursor);
  if (open.kind !== "(") return { error: `found '${open.literal}' expected: '('` };
  const next = peek(cursor);
  if (next.kind === ")") {
    take(cursor);
    return [""];
  }
  if (next.kind !== "identifier" && next.kind !== ",") return { error: `found '${next.literal}', expected: ',', ')' or identifier` };
  const values = parseIdentifiers(cursor);
  if ("error" in values) return values;
  const close = take(cursor);
  return close.kind === ")" ? values : { error: `found '${next.literal}', expected: ')'` };
}

/** A list in parentheses, where two commas, or a comma at either end, stand for an empty value. */
function parseIdentifiers(cursor: Cursor): readonly string[] | SelectorError {
  const values: string[] = [];
  for (;;) {
    const token = take(cursor);
    if (token.kind === "identifier") {
      values.push(token.literal);
      const after = peek(cursor);
      if (after.kind === ")") return values;
      if (after.kind !== ",") return { error: `found '${after.literal}', expected: ',' or ')'` };
    } else if (token.kind === ",") {
      if (values.length === 0) values.push("");
      const after = peek(cursor);
      if (after.kind === ")") return [...values, ""];
      if (after.kind === ",") {
        take(cursor);
        values.push("");
      }
    } else return { error: `found '${token.literal}', expected: ',', or identifier` };
  }
}
