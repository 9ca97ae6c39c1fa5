/**
 * The small shell that runs inside simulated containers: its syntax tree (plain JSON, so a running script can be a row of a table) and
 * its parser. Sequences, pipes, redirections, if/while/until/for, variables, command substitution and integer arithmetic.
 *
 * Not modelled: functions, here-documents, case, arrays, background jobs, globbing beyond `*` in the last part of a path.
 */
export type WordPart =
  | { readonly text: string; readonly quoted: boolean }
  | { readonly variable: string; readonly fallback?: string; readonly quoted: boolean }
  | { readonly command: ShellNode; readonly quoted: boolean }
  | { readonly arithmetic: string };
export type Word = readonly WordPart[];

export interface Redirect {
  readonly fd: number;
  readonly op: ">" | ">>" | "<" | ">&";
  readonly target: Word;
}

export type ShellNode =
  | { readonly kind: "sequence"; readonly parts: readonly { readonly node: ShellNode; readonly after: ";" | "&&" | "||" }[] }
  | {
      readonly kind: "command";
      readonly assigns: readonly { readonly name: string; readonly value: Word }[];
      readonly words: readonly Word[];
      readonly redirects: readonly Redirect[];
    }
  | { readonly kind: "pipe"; readonly parts: readonly ShellNode[] }
  | { readonly kind: "not"; readonly node: ShellNode }
  | { readonly kind: "while"; readonly until: boolean; readonly condition: ShellNode; readonly body: ShellNode }
  | { readonly kind: "for"; readonly name: string; readonly words: readonly Word[]; readonly body: ShellNode }
  | {
      readonly kind: "if";
      readonly branches: readonly { readonly condition: ShellNode; readonly body: ShellNode }[];
      readonly otherwise?: ShellNode;
    };

type Token = { readonly op: string } | { readonly word: Word; readonly plain?: string };
export type ParseResult = { readonly node: ShellNode } | { readonly error: string };

class SyntaxFailure extends Error {}
const fail = (message: string): never => {
  throw new SyntaxFailure(message);
};

const OPERATORS = ["&&", "||", ";;", ">>", ">&", ";", "&", "|", ">", "<", "(", ")", "\n"];
const SPACE = " \t\r";

/** The end of a bracket that opens at `at` (just behind it), quotes and inner brackets respected. */
function closing(text: string, at: number, open: string, close: string): number {
  let depth = 1;
  for (let i = at; i < text.length; i++) {
    const c = text[i];
    if (c === "\\") i++;
    else if (c === "'") i = text.indexOf("'", i + 1) < 0 ? text.length : text.indexOf("'", i + 1);
    else if (c === open) depth++;
    else if (c === close && --depth === 0) return i;
  }
  return fail(`syntax error: missing '${close}'`);
}

/** A `$…` at `at`; returns the part and where it ends. */
function dollar(text: string, at: number, quoted: boolean): { readonly part: WordPart; readonly end: number } {
  const next = text[at + 1] ?? "";
  if (text.startsWith("$((", at)) {
    const end = text.indexOf("))", at + 3);
    if (end < 0) fail("syntax error: missing '))'");
    return { part: { arithmetic: text.slice(at + 3, end) }, end: end + 2 };
  }
  if (next === "(") {
    const end = closing(text, at + 2, "(", ")");
    return { part: { command: parseAll(text.slice(at + 2, end)), quoted }, end: end + 1 };
  }
  if (next === "{") {
    const end = closing(text, at + 2, "{", "}");
    const match = /^([A-Za-z_][A-Za-z0-9_]*|[0-9?#@*$])(?::?-(.*))?$/s.exec(text.slice(at + 2, end));
    if (!match) return { part: { text: "", quoted }, end: end + 1 };
    return { part: { variable: match[1] ?? "", quoted, ...(match[2] === undefined ? {} : { fallback: match[2] }) }, end: end + 1 };
  }
  const name = /^([A-Za-z_][A-Za-z0-9_]*|[0-9?#@*$!])/.exec(text.slice(at + 1))?.[1];
  return name === undefined ? { part: { text: "$", quoted }, end: at + 1 } : { part: { variable: name, quoted }, end: at + 1 + name.length };
}

function doubleQuoted(text: string, at: number, parts: WordPart[]): number {
  let plain = "";
  const flush = (): void => {
    parts.push({ text: plain, quoted: true });
    plain = "";
  };
  for (let i = at; i < text.length; ) {
    const c = text[i] ?? "";
    if (c === '"') {
      flush();
      return i + 1;
    }
    if (c === "\\" && '"\\$`\n'.includes(text[i + 1] ?? "")) {
      plain += text[i + 1] === "\n" ? "" : (text[i + 1] ?? "");
      i += 2;
    } else if (c === "$" || c === "`") {
      flush();
      const found = c === "$" ? dollar(text, i, true) : backtick(text, i, true);
      parts.push(found.part);
      i = found.end;
    } else {
      plain += c;
      i++;
    }
  }
  return fail("syntax error: unterminated quoted string");
}

function backtick(text: string, at: number, quoted: boolean): { readonly part: WordPart; readonly end: number } {
  const end = text.indexOf("`", at + 1);
  if (end < 0) fail("syntax error: missing '`'");
  return { part: { command: parseAll(text.slice(at + 1, end)), quoted }, end: end + 1 };
}

/** One word from `at`. */
function readWord(text: string, at: number): { readonly word: Word; readonly end: number } {
  const parts: WordPart[] = [];
  let plain = "";
  const flush = (): void => {
    if (plain !== "") parts.push({ text: plain, quoted: false });
    plain = "";
  };
  let i = at;
  while (i < text.length) {
    const c = text[i] ?? "";
    if (SPACE.includes(c) || ";&|<>()\n".includes(c)) break;
    if (c === "\\") {
      if (text[i + 1] !== "\n") parts.push(...(plain === "" ? [] : [{ text: plain, quoted: false }]), { text: text[i + 1] ?? "", quoted: true });
      if (text[i + 1] !== "\n") plain = "";
      i += 2;
    } else if (c === "'") {
      const end = text.indexOf("'", i + 1);
      if (end < 0) fail("syntax error: unterminated quoted string");
      flush();
      parts.push({ text: text.slice(i + 1, end), quoted: true });
      i = end + 1;
    } else if (c === '"') {
      flush();
      i = doubleQuoted(text, i + 1, parts);
    } else if (c === "$" || c === "`") {
      flush();
      const found = c === "$" ? dollar(text, i, false) : backtick(text, i, false);
      parts.push(found.part);
      i = found.end;
    } else {
      plain += c;
      i++;
    }
  }
  flush();
  return { word: parts, end: i };
}

function tokens(text: string): Token[] {
  const out: Token[] = [];
  let i = 0;
  while (i < text.length) {
    const c = text[i] ?? "";
    if (SPACE.includes(c)) i++;
    else if (c === "\\" && text[i + 1] === "\n") i += 2;
    else if (c === "#") {
      const end = text.indexOf("\n", i);
      i = end < 0 ? text.length : end;
    } else {
      const redirect = /^([012]?)(>>|>&|>|<)/.exec(text.slice(i));
      const op = redirect?.[0] ?? (text.startsWith("&>", i) ? "&>" : OPERATORS.find((candidate) => text.startsWith(candidate, i)));
      if (op !== undefined) {
        out.push({ op: op === "\n" ? ";" : op });
        i += op.length;
      } else {
        const { word, end } = readWord(text, i);
        const only = word[0];
        const plain = word.length === 1 && only && "text" in only && !only.quoted ? only.text : undefined;
        out.push(plain === undefined ? { word } : { word, plain });
        i = end;
      }
    }
  }
  return out;
}

interface Cursor {
  readonly list: readonly Token[];
  at: number;
}
const isOp = (token: Token | undefined, ...ops: readonly string[]): boolean => token !== undefined && "op" in token && ops.includes(token.op);
const isPlain = (token: Token | undefined, ...words: readonly string[]): boolean =>
  token !== undefined && "word" in token && token.plain !== undefined && words.includes(token.plain);
const peek = (cursor: Cursor): Token | undefined => cursor.list[cursor.at];
const END_WORDS = ["then", "do", "done", "fi", "else", "elif", "}"];

function expectWord(cursor: Cursor, ...words: readonly string[]): string {
  const token = peek(cursor);
  if (!isPlain(token, ...words)) fail(`syntax error: expected "${words[0]}"`);
  cursor.at++;
  return (token as { plain: string }).plain;
}

function parseSequence(cursor: Cursor): ShellNode {
  const parts: { node: ShellNode; after: ";" | "&&" | "||" }[] = [];
  for (;;) {
    while (isOp(peek(cursor), ";")) cursor.at++;
    const token = peek(cursor);
    if (token === undefined || isOp(token, ")") || isPlain(token, ...END_WORDS)) break;
    const node = parsePipe(cursor);
    const after = peek(cursor);
    const joined = isOp(after, "&&") ? "&&" : isOp(after, "||") ? "||" : ";";
    parts.push({ node, after: joined });
    if (isOp(after, ";", "&&", "||", "&")) cursor.at++;
    else if (after !== undefined && !isOp(after, ")") && !isPlain(after, ...END_WORDS)) fail("syntax error: unexpected token");
  }
  const first = parts[0];
  return parts.length === 1 && first ? first.node : { kind: "sequence", parts };
}

function parsePipe(cursor: Cursor): ShellNode {
  if (isPlain(peek(cursor), "!")) {
    cursor.at++;
    return { kind: "not", node: parsePipe(cursor) };
  }
  const parts = [parseCommand(cursor)];
  while (isOp(peek(cursor), "|")) {
    cursor.at++;
    while (isOp(peek(cursor), ";")) cursor.at++;
    parts.push(parseCommand(cursor));
  }
  const first = parts[0];
  return parts.length === 1 && first ? first : { kind: "pipe", parts };
}

function parseCommand(cursor: Cursor): ShellNode {
  const token = peek(cursor);
  if (isPlain(token, "while", "until")) return parseWhile(cursor);
  if (isPlain(token, "for")) return parseFor(cursor);
  if (isPlain(token, "if")) return parseIf(cursor);
  if (isPlain(token, "{") || isOp(token, "(")) {
    cursor.at++;
    const body = parseSequence(cursor);
    if (isOp(token, "(") ? !isOp(peek(cursor), ")") : !isPlain(peek(cursor), "}")) fail("syntax error: unexpected end of file");
    cursor.at++;
    return body;
  }
  return parseSimple(cursor);
}

function parseWhile(cursor: Cursor): ShellNode {
  const until = expectWord(cursor, "while", "until") === "until";
  const condition = parseSequence(cursor);
  expectWord(cursor, "do");
  const body = parseSequence(cursor);
  expectWord(cursor, "done");
  return { kind: "while", until, condition, body };
}

function parseFor(cursor: Cursor): ShellNode {
  expectWord(cursor, "for");
  const name = peek(cursor);
  cursor.at++;
  expectWord(cursor, "in");
  const words: Word[] = [];
  for (let token = peek(cursor); token !== undefined && "word" in token; token = peek(cursor)) {
    words.push(token.word);
    cursor.at++;
  }
  while (isOp(peek(cursor), ";")) cursor.at++;
  expectWord(cursor, "do");
  const body = parseSequence(cursor);
  expectWord(cursor, "done");
  return { kind: "for", name: name !== undefined && "word" in name ? (name.plain ?? "") : "", words, body };
}

function parseIf(cursor: Cursor): ShellNode {
  const branches: { condition: ShellNode; body: ShellNode }[] = [];
  let otherwise: ShellNode | undefined;
  let word = expectWord(cursor, "if");
  while (word === "if" || word === "elif") {
    const condition = parseSequence(cursor);
    expectWord(cursor, "then");
    branches.push({ condition, body: parseSequence(cursor) });
    word = expectWord(cursor, "fi", "elif", "else");
  }
  if (word === "else") {
    otherwise = parseSequence(cursor);
    expectWord(cursor, "fi");
  }
  return { kind: "if", branches, ...(otherwise ? { otherwise } : {}) };
}

const ASSIGN = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s;

function parseSimple(cursor: Cursor): ShellNode {
  const assigns: { name: string; value: Word }[] = [];
  const words: Word[] = [];
  const redirects: Redirect[] = [];
  for (let token = peek(cursor); token !== undefined; token = peek(cursor)) {
    if ("op" in token) {
      const match = /^([012&]?)(>>|>&|>|<)$/.exec(token.op);
      if (!match) break;
      cursor.at++;
      const target = peek(cursor);
      if (target === undefined || !("word" in target)) return fail("syntax error: unexpected newline");
      const op = match[2] as Redirect["op"];
      redirects.push({ fd: match[1] === "2" ? 2 : op === "<" ? 0 : 1, op, target: target.word });
      if (match[1] === "&") redirects.push({ fd: 2, op: ">&", target: [{ text: "1", quoted: true }] });
      cursor.at++;
      continue;
    }
    const head = token.word[0];
    const assign = words.length === 0 && head && "text" in head && !head.quoted ? ASSIGN.exec(head.text) : null;
    if (assign) assigns.push({ name: assign[1] ?? "", value: [{ text: assign[2] ?? "", quoted: true }, ...token.word.slice(1)] });
    else words.push(token.word);
    cursor.at++;
  }
  if (words.length === 0 && assigns.length === 0 && redirects.length === 0) fail("syntax error: unexpected token");
  return { kind: "command", assigns, words, redirects };
}

function parseAll(text: string): ShellNode {
  const cursor: Cursor = { list: tokens(text), at: 0 };
  const node = parseSequence(cursor);
  if (cursor.at < cursor.list.length) fail("syntax error: unexpected token");
  return node;
}

/** A script's tree, or the shell's complaint. */
export function parseScript(text: string): ParseResult {
  try {
    return { node: parseAll(text) };
  } catch (error) {
    if (error instanceof SyntaxFailure) return { error: error.message };
    throw error;
  }
}
