/**
 * The expression between `[[` and `]]`.
 *
 * @source bash(1) CONDITIONAL EXPRESSIONS
 */
import type { BashWord, Test } from "./bash-tree";
import { atEnd, peek, peekWord, skipBlank, type Source, SyntaxFault, take, takeMatch, Unfinished } from "./bash-source";
import { word } from "./bash-word";

export function test(source: Source): Test {
  const read = either(source);
  skipBlank(source, true);
  if (!take(source, "]]")) throw atEnd(source) ? new Unfinished() : fault(source);
  return read;
}

const fault = (source: Source): SyntaxFault => new SyntaxFault(`syntax error in conditional expression: unexpected token \`${peek(source)}'`);

function either(source: Source): Test {
  const left = both(source);
  skipBlank(source, true);
  return take(source, "||") ? { kind: "or", left, right: either(source) } : left;
}

function both(source: Source): Test {
  const left = one(source);
  skipBlank(source, true);
  return take(source, "&&") ? { kind: "and", left, right: both(source) } : left;
}

function operand(source: Source): BashWord {
  skipBlank(source, false);
  const read = word(source);
  if (read.length === 0) throw atEnd(source) ? new Unfinished() : fault(source);
  return read;
}

function one(source: Source): Test {
  skipBlank(source, true);
  if (peekWord(source) === "!") {
    source.at += 1;
    return { kind: "not", of: one(source) };
  }
  if (take(source, "(")) {
    const inner = either(source);
    skipBlank(source, true);
    if (!take(source, ")")) throw fault(source);
    return inner;
  }
  const unary = /^-[a-zA-Z]$/.exec(peekWord(source))?.[0];
  if (unary !== undefined) {
    source.at += 2;
    return { kind: "unary", operator: unary, word: operand(source) };
  }
  const left = operand(source);
  skipBlank(source, false);
  const operator = takeMatch(source, /==|=~|=|!=|<|>|-(?:eq|ne|lt|le|gt|ge|nt|ot|ef)(?=\s)/y)?.[0];
  if (operator === undefined) return { kind: "word", word: left };
  if (operator !== "=~") return { kind: "binary", operator, left, right: operand(source) };
  skipBlank(source, false);
  const right = takeMatch(source, /[^\s]+/y)?.[0] ?? "";
  return { kind: "binary", operator, left, right: source.expanded({ ...source, text: right.replaceAll("\\", "\\\\"), at: 0, heredocs: [] }, "") };
}
