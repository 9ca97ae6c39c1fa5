/**
 * The commands that contain commands: subshells, groups, loops, conditions, cases, functions, `[[ ]]` and `(( ))`.
 *
 * @source bash(1) Compound Commands
 */
import type { BashCommand, BashScript, BashWord, CaseItem } from "./bash-tree";
import { command, redirect } from "./bash-grammar";
import {
  atEnd,
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
import { test } from "./bash-test";
import { arithmeticText, word } from "./bash-word";

type Without<T> = T extends unknown ? Omit<T, "redirects" | "line"> : never;
type Compound = Without<BashCommand>;

/** Reads the compound command that begins here; undefined when a simple one does. */
export function compound(source: Source, first: string): Compound | undefined {
  if (source.text.startsWith("((", source.at)) {
    const from = source.at;
    source.at += 2;
    const text = arithmeticText(source);
    if (text !== undefined) return { kind: "arithmetic", text };
    source.at = from;
  }
  if (take(source, "(")) {
    const body = some(source, source.script(source, new Set()));
    if (!take(source, ")")) throw atEnd(source) ? new Unfinished() : unexpected(source);
    return { kind: "subshell", body };
  }
  const read = READERS[first];
  if (read === undefined || !Object.hasOwn(READERS, first)) return undefined;
  source.at += first.length;
  return read(source);
}

const READERS: Readonly<Record<string, (source: Source) => Compound>> = {
  "{": (source) => ({ kind: "group", body: block(source, "}") }),
  "[[": (source) => ({ kind: "test", test: test(source) }),
  while: (source) => loop(source, false),
  until: (source) => loop(source, true),
  for: forLoop,
  if: conditional,
  case: cases,
  function: named,
};

function loop(source: Source, until: boolean): Compound {
  const condition = block(source, "do");
  return { kind: "while", until, condition, body: block(source, "done") };
}

function some(source: Source, script: BashScript): BashScript {
  if (script.length === 0) throw unexpected(source);
  return script;
}

/** Commands up to a word that ends them, which is taken. */
function block(source: Source, end: string): BashScript {
  const body = some(source, source.script(source, new Set([end])));
  expectWord(source, end);
  return body;
}

function expectWord(source: Source, expected: string): void {
  skipBlank(source, true);
  if (atEnd(source)) throw new Unfinished();
  if (peekWord(source) !== expected) throw unexpected(source);
  source.at += expected.length;
}

function forLoop(source: Source): Compound {
  skipBlank(source, false);
  if (take(source, "((")) {
    const from = source.at;
    if (arithmeticText(source) === undefined) throw unexpected(source);
    const parts = source.text
      .slice(from, source.at - 2)
      .split(";")
      .map((text) => source.expanded({ ...source, text, at: 0, heredocs: [] }, ""));
    skipBlank(source, false);
    take(source, ";");
    expectWord(source, "do");
    return { kind: "arithmetic-for", parts, body: block(source, "done") };
  }
  const variable = takeMatch(source, /[A-Za-z_]\w*/y)?.[0];
  if (variable === undefined) throw unexpected(source);
  skipBlank(source, true);
  let words: BashWord[] | undefined;
  if (peekWord(source) === "in") {
    source.at += 2;
    words = [];
    for (skipBlank(source, false); !atEnd(source) && !"\n;".includes(peek(source)); skipBlank(source, false)) {
      const item = word(source);
      if (item.length === 0) throw unexpected(source);
      words.push(item);
    }
  }
  if (!take(source, ";")) takeNewline(source);
  expectWord(source, "do");
  return { kind: "for", variable, ...(words === undefined ? {} : { words }), body: block(source, "done") };
}

function conditional(source: Source): Compound {
  const branches = [];
  for (;;) {
    const condition = block(source, "then");
    const body = some(source, source.script(source, new Set(["elif", "else", "fi"])));
    branches.push({ condition, body });
    const end = peekWord(source);
    if (atEnd(source)) throw new Unfinished();
    if (end !== "elif" && end !== "else" && end !== "fi") throw unexpected(source);
    source.at += end.length;
    if (end === "fi") return { kind: "if", branches };
    if (end === "else") return { kind: "if", branches, otherwise: block(source, "fi") };
  }
}

function cases(source: Source): Compound {
  skipBlank(source, false);
  const subject = word(source);
  expectWord(source, "in");
  const items: CaseItem[] = [];
  for (;;) {
    skipBlank(source, true);
    if (atEnd(source)) throw new Unfinished();
    if (peekWord(source) === "esac") {
      source.at += 4;
      return { kind: "case", word: subject, items };
    }
    take(source, "(");
    const patterns: BashWord[] = [];
    do {
      skipBlank(source, false);
      patterns.push(word(source));
      skipBlank(source, false);
    } while (take(source, "|"));
    if (!take(source, ")")) throw unexpected(source);
    const body = source.script(source, new Set(["esac"]));
    const end = take(source, ";;&") ? ";;&" : take(source, ";;") ? ";;" : take(source, ";&") ? ";&" : undefined;
    items.push({ patterns, body, end: end ?? ";;" });
    if (end === undefined && peekWord(source) !== "esac") throw atEnd(source) ? new Unfinished() : unexpected(source);
  }
}

function named(source: Source): Compound {
  skipBlank(source, false);
  const name = peekWord(source);
  source.at += name.length;
  takeMatch(source, /[ \t]*\([ \t]*\)/y);
  return defined(source, name);
}

function defined(source: Source, name: string): Compound {
  skipBlank(source, true);
  const from = source.at;
  const body = command(source);
  if (body.kind === "simple") throw new SyntaxFault(`syntax error near unexpected token \`${source.text.slice(from, source.at)}'`);
  return { kind: "function", name, body, source: source.text.slice(from, source.at) };
}

/** `name ( )` and its body. */
export function functionBody(source: Source, name: BashWord, line: number): BashCommand {
  if (takeMatch(source, /\([ \t]*\)/y) === null) throw unexpected(source);
  const [part] = name;
  if (name.length !== 1 || part?.kind !== "text") throw new SyntaxFault("syntax error near unexpected token `('");
  const read = defined(source, part.text);
  do skipBlank(source, false);
  while (redirect(source, []));
  return { ...read, redirects: [], line: Math.min(line, lineOf(source)) };
}
