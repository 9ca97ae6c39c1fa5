/** From the words of an awk program to its tree, by precedence from the loosest down. */
import { AwkError, type Token, tokensOf } from "./text-awk-tokens";
import type { AwkFunction, AwkProgram, Expr, Output, Rule, Statement } from "./text-awk-tree";

interface Parser {
  readonly tokens: readonly Token[];
  at: number;
  /** Inside the head of a `for` or a list to print, where `in` or `>` means something else. */
  noIn: boolean;
  noGreater: boolean;
}

const peek = (p: Parser, ahead = 0): Token => p.tokens[Math.min(p.at + ahead, p.tokens.length - 1)] as Token;
const is = (p: Parser, text: string): boolean => {
  const { kind, text: found } = peek(p);
  return (kind === "sign" || kind === "word") && found === text;
};
function fail(p: Parser): never {
  const { text, line, kind } = peek(p);
  throw new AwkError(`syntax error at or near ${kind === "end" ? "end of file" : kind === "newline" ? "end of line" : text}`, line);
}
function accept(p: Parser, text: string): boolean {
  if (!is(p, text)) return false;
  p.at++;
  return true;
}
function expect(p: Parser, text: string): void {
  if (!accept(p, text)) fail(p);
}
function newlines(p: Parser): void {
  while (peek(p).kind === "newline") p.at++;
}
function separators(p: Parser): void {
  while (peek(p).kind === "newline" || is(p, ";")) p.at++;
}

function listUntil(p: Parser, end: string): readonly Expr[] {
  const out: Expr[] = [];
  newlines(p);
  while (!is(p, end)) {
    out.push(expression(p));
    newlines(p);
    if (!accept(p, ",")) break;
    newlines(p);
  }
  expect(p, end);
  return out;
}

/** Inside brackets nothing is forbidden. */
function freely<T>(p: Parser, parse: () => T): T {
  const { noIn, noGreater } = p;
  [p.noIn, p.noGreater] = [false, false];
  const out = parse();
  [p.noIn, p.noGreater] = [noIn, noGreater];
  return out;
}

function primary(p: Parser): Expr {
  const token = peek(p);
  p.at++;
  switch (token.kind) {
    case "number":
      return { kind: "number", value: Number(token.text) };
    case "string":
      return { kind: "string", value: token.text };
    case "expression":
      return { kind: "expression", source: token.text };
    case "call": {
      expect(p, "(");
      return { kind: "call", name: token.text, args: freely(p, () => listUntil(p, ")")) };
    }
    case "name": {
      if (token.text === "length") return { kind: "call", name: "length", args: [] };
      if (!accept(p, "[")) return { kind: "name", name: token.text };
      return { kind: "element", name: token.text, subscripts: freely(p, () => listUntil(p, "]")) };
    }
    case "word":
      if (token.text === "getline") return getline(p);
      break;
    case "sign":
      if (token.text === "$") return { kind: "field", of: stepped(p) };
      if (token.text === "(") return { kind: "group", of: freely(p, () => listUntil(p, ")")) };
      break;
  }
  p.at--;
  return fail(p);
}

const startsValue = ({ kind, text }: Token): boolean =>
  ["name", "number", "string", "call"].includes(kind) || (kind === "sign" && ["$", "("].includes(text));

function getline(p: Parser): Expr {
  const { kind, text } = peek(p);
  const target = kind === "name" || (kind === "sign" && text === "$") ? stepped(p) : undefined;
  const file = accept(p, "<") ? stepped(p) : undefined;
  return { kind: "getline", ...(target === undefined ? {} : { target }), ...(file === undefined ? {} : { file }) };
}

function stepped(p: Parser): Expr {
  for (const [sign, by] of [
    ["++", 1],
    ["--", -1],
  ] as const)
    if (accept(p, sign)) return { kind: "step", target: stepped(p), by, before: true };
  if (is(p, "-") || is(p, "+") || is(p, "!")) return unary(p);
  const found = primary(p);
  if (!["name", "element", "field"].includes(found.kind)) return found;
  if (accept(p, "++")) return { kind: "step", target: found, by: 1, before: false };
  if (accept(p, "--")) return { kind: "step", target: found, by: -1, before: false };
  return found;
}

function power(p: Parser): Expr {
  const left = stepped(p);
  return accept(p, "^") ? { kind: "binary", operator: "^", left, right: unary(p) } : left;
}
function unary(p: Parser): Expr {
  for (const sign of ["!", "-", "+"]) if (accept(p, sign)) return { kind: "unary", operator: sign, of: unary(p) };
  return power(p);
}
function chain(p: Parser, signs: readonly string[], below: (p: Parser) => Expr): Expr {
  let left = below(p);
  for (;;) {
    const sign = signs.find((one) => is(p, one));
    if (sign === undefined) return left;
    p.at++;
    left = { kind: "binary", operator: sign, left, right: below(p) };
  }
}
const product = (p: Parser): Expr => chain(p, ["*", "/", "%"], unary);
const sum = (p: Parser): Expr => chain(p, ["+", "-"], product);

function concatenation(p: Parser): Expr {
  let left = sum(p);
  while (startsValue(peek(p)) && !(p.noIn && is(p, "in"))) left = { kind: "binary", operator: "", left, right: sum(p) };
  return left;
}
function comparison(p: Parser): Expr {
  const left = concatenation(p);
  const sign = ["<", "<=", "==", "!=", ">", ">="].find((one) => is(p, one) && !(one === ">" && p.noGreater));
  if (sign === undefined) return left;
  p.at++;
  return { kind: "binary", operator: sign, left, right: concatenation(p) };
}
function matching(p: Parser): Expr {
  let left = comparison(p);
  for (;;) {
    if (accept(p, "~")) left = { kind: "match", left, right: comparison(p), negated: false };
    else if (accept(p, "!~")) left = { kind: "match", left, right: comparison(p), negated: true };
    else return left;
  }
}
function membership(p: Parser): Expr {
  let left = matching(p);
  while (!p.noIn && accept(p, "in")) {
    const name = peek(p).text;
    p.at++;
    left = { kind: "in", subscripts: left.kind === "group" ? left.of : [left], name };
  }
  return left;
}
function both(p: Parser): Expr {
  let left = membership(p);
  while (accept(p, "&&")) {
    newlines(p);
    left = { kind: "both", left, right: membership(p) };
  }
  return left;
}
function either(p: Parser): Expr {
  let left = both(p);
  while (accept(p, "||")) {
    newlines(p);
    left = { kind: "either", left, right: both(p) };
  }
  return left;
}
function expression(p: Parser): Expr {
  const left = either(p);
  if (accept(p, "?")) {
    newlines(p);
    const yes = expression(p);
    newlines(p);
    expect(p, ":");
    newlines(p);
    return { kind: "choose", test: left, yes, no: expression(p) };
  }
  const sign = ["=", "+=", "-=", "*=", "/=", "%=", "^="].find((one) => is(p, one));
  if (sign === undefined || !["name", "element", "field"].includes(left.kind)) return left;
  p.at++;
  newlines(p);
  return { kind: "assign", target: left, operator: sign.slice(0, -1), value: expression(p) };
}

function output(p: Parser): Output | undefined {
  for (const how of [">>", ">", "|"] as const) if (accept(p, how)) return { how, to: concatenation(p) };
  return undefined;
}

function printed(p: Parser, kind: "print" | "printf"): Statement {
  const args: Expr[] = [];
  p.noGreater = true;
  const ends = (): boolean => ["newline", "end"].includes(peek(p).kind) || [";", "}", ">", ">>", "|"].some((one) => is(p, one));
  while (!ends()) {
    args.push(expression(p));
    if (!accept(p, ",")) break;
    newlines(p);
  }
  p.noGreater = false;
  const [only] = args;
  const list = args.length === 1 && only?.kind === "group" ? only.of : args;
  const to = output(p);
  return { kind, args: list, ...(to === undefined ? {} : { output: to }) };
}

function simple(p: Parser): Statement {
  if (accept(p, "print")) return printed(p, "print");
  if (accept(p, "printf")) return printed(p, "printf");
  if (accept(p, "delete")) {
    const name = peek(p).text;
    p.at++;
    return accept(p, "[") ? { kind: "delete", name, subscripts: listUntil(p, "]") } : { kind: "delete", name };
  }
  for (const kind of ["break", "continue", "next"] as const) if (accept(p, kind)) return { kind };
  for (const kind of ["exit", "return"] as const) {
    if (!accept(p, kind)) continue;
    const ends = ["newline", "end"].includes(peek(p).kind) || is(p, ";") || is(p, "}");
    return ends ? { kind } : { kind, value: expression(p) };
  }
  return { kind: "expression", of: expression(p) };
}

function ended(p: Parser, done: Statement): Statement {
  if (!is(p, "}") && peek(p).kind !== "end" && peek(p).kind !== "newline" && !accept(p, ";")) fail(p);
  return done;
}

function forLoop(p: Parser): Statement {
  expect(p, "(");
  const [name, word, of, close] = [peek(p), peek(p, 1), peek(p, 2), peek(p, 3)];
  if (name.kind === "name" && word.text === "in" && of.kind === "name" && close.text === ")") {
    p.at += 4;
    newlines(p);
    return { kind: "each", name: name.text, of: of.text, body: statement(p) };
  }
  const first = is(p, ";") ? undefined : simple(p);
  expect(p, ";");
  newlines(p);
  const test = is(p, ";") ? undefined : expression(p);
  expect(p, ";");
  newlines(p);
  const step = is(p, ")") ? undefined : simple(p);
  expect(p, ")");
  newlines(p);
  const body = statement(p);
  return {
    kind: "for",
    ...(first === undefined ? {} : { first }),
    ...(test === undefined ? {} : { test }),
    ...(step === undefined ? {} : { step }),
    body,
  };
}

function tested(p: Parser): Expr {
  expect(p, "(");
  const test = expression(p);
  expect(p, ")");
  newlines(p);
  return test;
}

function statement(p: Parser): Statement {
  if (is(p, "{")) return { kind: "block", body: block(p) };
  if (accept(p, ";")) return { kind: "block", body: [] };
  if (accept(p, "if")) {
    const test = tested(p);
    const yes = statement(p);
    const back = p.at;
    separators(p);
    if (!accept(p, "else")) {
      p.at = back;
      return { kind: "if", test, yes };
    }
    newlines(p);
    return { kind: "if", test, yes, no: statement(p) };
  }
  if (accept(p, "while")) {
    const test = tested(p);
    return { kind: "while", test, body: statement(p) };
  }
  if (accept(p, "do")) {
    newlines(p);
    const body = statement(p);
    separators(p);
    expect(p, "while");
    return ended(p, { kind: "do", test: tested(p), body });
  }
  if (accept(p, "for")) return forLoop(p);
  return ended(p, simple(p));
}

function block(p: Parser): readonly Statement[] {
  expect(p, "{");
  const body: Statement[] = [];
  separators(p);
  while (!is(p, "}")) {
    if (peek(p).kind === "end") fail(p);
    body.push(statement(p));
    separators(p);
  }
  expect(p, "}");
  return body;
}

function functionOf(p: Parser): readonly [string, AwkFunction] {
  const name = peek(p).text;
  p.at++;
  expect(p, "(");
  const parameters = listUntil(p, ")").map((one) => (one.kind === "name" ? one.name : fail(p)));
  newlines(p);
  return [name, { parameters, body: block(p) }];
}

function rule(p: Parser): Rule {
  if (accept(p, "BEGIN")) return { when: "begin", body: block(p) };
  if (accept(p, "END")) return { when: "end", body: block(p) };
  if (is(p, "{")) return { when: "record", body: block(p) };
  const from = expression(p);
  const to = accept(p, ",") ? (newlines(p), expression(p)) : undefined;
  return { when: "record", from, ...(to === undefined ? {} : { to }), ...(is(p, "{") ? { body: block(p) } : {}) };
}

export function parseAwk(source: string): AwkProgram {
  const p: Parser = { tokens: tokensOf(source), at: 0, noIn: false, noGreater: false };
  const rules: Rule[] = [];
  const functions = new Map<string, AwkFunction>();
  separators(p);
  while (peek(p).kind !== "end") {
    if (accept(p, "function") || accept(p, "func")) functions.set(...functionOf(p));
    else rules.push(rule(p));
    separators(p);
  }
  return { rules, functions };
}
