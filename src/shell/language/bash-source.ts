/**
 * Where a parse stands in its text: blanks, comments, operators, and the here-documents whose bodies begin after this line.
 */
import type { BashRedirect, BashScript, BashWord } from "./bash-tree";

/** Thrown inside the parser only; `parseBash` turns them into values. */
export class Unfinished extends Error {}
export class SyntaxFault extends Error {}

interface Heredoc {
  readonly tag: string;
  readonly quoted: boolean;
  readonly stripTabs: boolean;
  readonly fill: (body: BashWord) => void;
}

export interface Source {
  /** Aliases are written into it as they are met. */
  text: string;
  at: number;
  /** The number of the text's first line. */
  readonly line: number;
  readonly heredocs: Heredoc[];
  /** More text may come: a here-document that is not closed is not complete. */
  readonly more?: boolean;
  readonly aliases?: Readonly<Record<string, string>> | undefined;
  /** Aliases whose words are being read, and where these end: they do not stand for themselves. */
  inside?: readonly { readonly name: string; readonly left: number }[];
  /** The grammar, for words that contain scripts. */
  readonly script: (source: Source, until: ReadonlySet<string>) => BashScript;
  readonly expanded: (source: Source, close: string) => BashWord;
}

export const peek = (source: Source, ahead = 0): string => source.text[source.at + ahead] ?? "";
export const atEnd = (source: Source): boolean => source.at >= source.text.length;
export const rest = (source: Source): string => source.text.slice(source.at);

export function lineOf(source: Source): number {
  let line = source.line;
  for (let at = 0; at < source.at; at += 1) if (source.text[at] === "\n") line += 1;
  return line;
}

export function take(source: Source, token: string): boolean {
  if (!source.text.startsWith(token, source.at)) return false;
  source.at += token.length;
  return true;
}

/** What matches here, taken. The pattern is sticky. */
export function takeMatch(source: Source, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = source.at;
  const match = pattern.exec(source.text);
  if (match !== null) source.at += match[0].length;
  return match;
}

export function peekWord(source: Source): string {
  const pattern = /[^\s;|&<>()'"`$\\]+/y;
  pattern.lastIndex = source.at;
  const word = pattern.exec(source.text)?.[0] ?? "";
  const next = source.text[source.at + word.length] ?? " ";
  return " \t\n;|&<>()".includes(next) ? word : "";
}

export function takeNewline(source: Source): boolean {
  if (peek(source) !== "\n") return false;
  source.at += 1;
  for (const heredoc of source.heredocs.splice(0)) readHeredoc(source, heredoc);
  return true;
}

function readHeredoc(source: Source, { tag, quoted, stripTabs, fill }: Heredoc): void {
  const first = lineOf(source);
  const lines: string[] = [];
  for (;;) {
    if (atEnd(source)) {
      if (source.more === true) throw new Unfinished();
      break;
    }
    const end = source.text.indexOf("\n", source.at);
    const raw = source.text.slice(source.at, end < 0 ? undefined : end);
    const line = stripTabs ? raw.replace(/^\t+/, "") : raw;
    source.at = end < 0 ? source.text.length : end + 1;
    if (line === tag) break;
    lines.push(`${line}\n`);
  }
  // A document that the very end of the text cuts off is taken as it is.
  const text = lines.join("");
  const inner: Source = { ...source, text, at: 0, line: first, heredocs: [] };
  fill(quoted ? [{ kind: "text", text, quoted: true }] : source.expanded(inner, ""));
}

export function skipBlank(source: Source, newlines: boolean): void {
  for (;;) {
    const c = peek(source);
    if (c === " " || c === "\t" || c === "\r") source.at += 1;
    else if (c === "\\" && peek(source, 1) === "\n") source.at += 2;
    else if (c === "#" && (source.at === 0 || " \t\n;&|(".includes(source.text[source.at - 1] ?? ""))) {
      const end = source.text.indexOf("\n", source.at);
      source.at = end < 0 ? source.text.length : end;
    } else if (newlines && c === "\n") takeNewline(source);
    else return;
  }
}

export function unexpected(source: Source): Error {
  if (atEnd(source)) return new Unfinished();
  const operator = /&>>|&>|;;&|;;|;&|&&|\|\||<<<|<<-|<<|>>|<&|>&|[;&|()<>\n]/y;
  operator.lastIndex = source.at;
  const token = operator.exec(source.text)?.[0] ?? /\S+/.exec(rest(source))?.[0] ?? "newline";
  return new SyntaxFault(`syntax error near unexpected token \`${token === "\n" ? "newline" : token}'`);
}

/** A here-document's redirection: its target is filled in once its lines have been read. */
export function awaitHeredoc(source: Source, into: BashRedirect[], redirect: BashRedirect, tag: BashWord, stripTabs: boolean): void {
  const index = into.push(redirect) - 1;
  source.heredocs.push({
    tag: tag.map((part) => (part.kind === "text" ? part.text : "")).join(""),
    quoted: tag.some((part) => part.quoted),
    stripTabs,
    fill: (target) => (into[index] = { ...redirect, target }),
  });
}
