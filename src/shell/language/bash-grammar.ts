/**
 * A script's text to its tree: lists, pipelines, compound commands, functions, redirections.
 *
 * Not modelled: coproc, select.
 * @rule linux.shell.grammar
 * @source bash(1) SHELL GRAMMAR
 */
import type { BashCommand, BashList, BashParsed, BashPipeline, BashRedirect, BashScript, BashWord } from "./bash-tree";
import { compound, functionBody } from "./bash-compound";
import {
  atEnd,
  awaitHeredoc,
  lineOf,
  peek,
  peekWord,
  skipBlank,
  type Source,
  SyntaxFault,
  take,
  takeMatch,
  takeNewline,
  unexpected,
  Unfinished,
} from "./bash-source";
import { assignment } from "./bash-assignment";
import { expanded, word } from "./bash-word";

const RESERVED = new Set(["do", "done", "then", "elif", "else", "fi", "esac", "}", "in"]);

export function parseBash(text: string, line = 1, more = false, aliases?: Source["aliases"]): BashParsed {
  const source = { ...sourceOf(text, line), more, aliases };
  try {
    const read = script(source, new Set());
    if (!atEnd(source)) throw unexpected(source);
    return { script: read };
  } catch (fault) {
    if (fault instanceof Unfinished) return { incomplete: true };
    if (fault instanceof SyntaxFault) return { error: fault.message, line: lineOf(source) };
    throw fault;
  }
}

export const sourceOf = (text: string, line: number): Source => ({ text, at: 0, line, heredocs: [], script, expanded });

/** Lists up to the end, a closing parenthesis or one of these words. */
export function script(source: Source, until: ReadonlySet<string>): BashScript {
  const lists: BashList[] = [];
  for (;;) {
    skipBlank(source, true);
    if (atEnd(source) || peek(source) === ")" || until.has(peekWord(source)) || source.text.startsWith(";;", source.at)) return lists;
    if (source.text.startsWith(";&", source.at)) return lists;
    const from = source.at;
    const pipelines = andOr(source);
    const written = source.text.slice(from, source.at).trim();
    skipBlank(source, false);
    const background = peek(source) === "&";
    lists.push({ pipelines, background, source: written });
    if (background) source.at += 1;
    else if (peek(source) === ";" && !";&".includes(peek(source, 1) || " ")) source.at += 1;
    else if (!takeNewline(source) && !atEnd(source) && peek(source) !== ")" && peek(source) !== ";") throw unexpected(source);
  }
}

function andOr(source: Source): readonly BashPipeline[] {
  const pipelines = [pipeline(source, ";")];
  for (;;) {
    skipBlank(source, false);
    const after = take(source, "&&") ? "&&" : take(source, "||") ? "||" : undefined;
    if (after === undefined) return pipelines;
    skipBlank(source, true);
    pipelines.push(pipeline(source, after));
  }
}

function pipeline(source: Source, after: BashPipeline["after"]): BashPipeline {
  let negated = false;
  let timed = false;
  for (;;) {
    const first = peekWord(source);
    if (first === "!") negated = !negated;
    else if (first === "time") timed = true;
    else break;
    source.at += first.length;
    skipBlank(source, false);
    if (first === "time") takeMatch(source, /-p[ \t]+/y);
  }
  const commands = [command(source)];
  for (;;) {
    skipBlank(source, false);
    if (peek(source) !== "|" || peek(source, 1) === "|") return { commands, negated, timed, after };
    source.at += 1;
    if (take(source, "&")) commands.push(withErrorsToo(commands.pop()));
    skipBlank(source, true);
    commands.push(command(source));
  }
}

/** `|&` is `2>&1 |`. */
function withErrorsToo(last: BashCommand | undefined): BashCommand {
  if (last === undefined) throw new SyntaxFault("syntax error near unexpected token `|&'");
  const merge: BashRedirect = { operator: ">&", fd: 2, target: [{ kind: "text", text: "1", quoted: false }] };
  return { ...last, redirects: [...last.redirects, merge] };
}

/** An alias at the front of a command is replaced by what it stands for. */
function replaceAlias(source: Source): void {
  if (source.aliases === undefined) return;
  for (;;) {
    const name = /^[\w!%@,.+-]+(?=[\s;|&<>()]|$)/.exec(source.text.slice(source.at))?.[0];
    const value = name !== undefined && Object.hasOwn(source.aliases, name) ? source.aliases[name] : undefined;
    if (name === undefined || value === undefined) return;
    const left = source.text.length - source.at - name.length;
    const inside = (source.inside ?? []).filter((one) => left >= one.left);
    if (inside.some((one) => one.name === name)) return;
    source.text = source.text.slice(0, source.at) + value + source.text.slice(source.at + name.length);
    source.inside = [...inside, { name, left }];
    skipBlank(source, false);
  }
}

export function command(source: Source): BashCommand {
  replaceAlias(source);
  const line = lineOf(source);
  const first = peekWord(source);
  if (RESERVED.has(first)) throw new SyntaxFault(`syntax error near unexpected token \`${first}'`);
  const read = compound(source, first);
  if (read === undefined) return simple(source, line);
  const redirects: BashRedirect[] = [];
  do skipBlank(source, false);
  while (redirect(source, redirects));
  return { ...read, redirects, line };
}

function simple(source: Source, line: number): BashCommand {
  const assignments = [];
  const words: BashWord[] = [];
  const redirects: BashRedirect[] = [];
  for (;;) {
    skipBlank(source, false);
    if (atEnd(source) || "\n;|)".includes(peek(source))) break;
    if (redirect(source, redirects)) continue;
    if (peek(source) === "&") break;
    if (peek(source) === "(") {
      if (words.length === 1 && assignments.length === 0) return functionBody(source, words[0] ?? [], line);
      throw unexpected(source);
    }
    const assigned = words.length === 0 || isDeclaration(words[0]) ? assignment(source) : undefined;
    if (assigned !== undefined && words.length === 0) assignments.push(assigned);
    else if (assigned !== undefined) words.push(declared(assigned));
    else words.push(word(source));
  }
  if (assignments.length + words.length + redirects.length === 0) throw unexpected(source);
  return { kind: "simple", assignments, words, redirects, line };
}

/** Marks of an array among the arguments of a builtin, and between its items. */
export const ARRAY = "\u0001";
export const ITEM = "\u0002";
const DECLARATIONS = new Set(["local", "export", "declare", "readonly", "typeset"]);

function isDeclaration(first: BashWord | undefined): boolean {
  const [part] = first ?? [];
  return first?.length === 1 && part?.kind === "text" && DECLARATIONS.has(part.text);
}

/** An assignment that is an argument of `local` and its like: one word that is never split; an array's items stand between marks. */
function declared({ name, value, append }: ReturnType<typeof assignment> & object): BashWord {
  const parts =
    "array" in value
      ? value.array.flatMap((item, index) => [{ kind: "text", text: index === 0 ? ARRAY : ITEM, quoted: true } as const, ...item])
      : value;
  return [{ kind: "text", text: `${name}${append ? "+" : ""}=`, quoted: true }, ...parts.map((part) => ({ ...part, quoted: true }))];
}

/** Takes one redirection, if one stands here. */
export function redirect(source: Source, into: BashRedirect[]): boolean {
  const match = takeMatch(source, /(?:(&>>|&>)|(?:([0-9]+)|\{([A-Za-z_]\w*)\})?(<<<|<<-|<<|<&|<>|<|>>|>&|>\||>))/y);
  if (match === null) return false;
  const operator = match[1] ?? match[4] ?? "";
  skipBlank(source, false);
  const target = word(source);
  if (target.length === 0) throw atEnd(source) ? new SyntaxFault("syntax error near unexpected token `newline'") : unexpected(source);
  const common = { ...(match[2] === undefined ? {} : { fd: Number(match[2]) }), ...(match[3] === undefined ? {} : { variable: match[3] }) };
  if (operator === "<<" || operator === "<<-") {
    awaitHeredoc(source, into, { ...common, operator: "<<", target: [] }, target, operator === "<<-");
    return true;
  }
  into.push({ ...common, operator, target });
  return true;
}
