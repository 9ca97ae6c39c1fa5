/** A script of `sed` as data: commands with their addresses. */
import { expressionOf, ExpressionError } from "./text-regexp";

export type Address =
  | { readonly kind: "line"; readonly line: number }
  | { readonly kind: "last" }
  | { readonly kind: "step"; readonly first: number; readonly step: number }
  /** Undefined: the expression used last. */
  | { readonly kind: "match"; readonly expression: RegExp | undefined };

export interface Substitution {
  readonly expression: RegExp | undefined;
  readonly replacement: string;
  readonly global: boolean;
  readonly print: boolean;
  readonly nth: number;
  readonly file?: string;
}

export interface SedCommand {
  readonly from?: Address;
  /** The second address; `plus` counts lines after the first. */
  readonly to?: Address | { readonly kind: "plus"; readonly count: number };
  readonly negated: boolean;
  readonly name: string;
  readonly text: string;
  readonly substitution?: Substitution;
  readonly map?: readonly [string, string];
  /** Of `{`: where its `}` is. Of a jump: where it leads. */
  readonly target?: number;
}

/** What is wrong with a script, in sed's words. */
export class SedError extends Error {}

interface Reader {
  readonly text: string;
  at: number;
  readonly extended: boolean;
}

const skip = (reader: Reader, pattern: RegExp): void => {
  const found = new RegExp(pattern.source, "y");
  found.lastIndex = reader.at;
  reader.at += found.exec(reader.text)?.[0].length ?? 0;
};
const fail = (reader: Reader, what: string): never => {
  throw new SedError(`-e expression #1, char ${reader.at}: ${what}`);
};

/** Text up to a delimiter that no backslash stands before; inside brackets a slash is a letter. */
function delimited(reader: Reader, delimiter: string, isExpression: boolean, what: string): string {
  let out = "";
  let inside = false;
  for (; reader.at < reader.text.length; reader.at++) {
    const sign = reader.text[reader.at] as string;
    if (sign === "\\" && reader.at + 1 < reader.text.length) {
      const next = reader.text[++reader.at] as string;
      out += next === delimiter && !(isExpression && /[|(){}+?]/.test(delimiter)) ? next : `\\${next}`;
      continue;
    }
    if (isExpression && sign === "[" && !inside) inside = true;
    else if (inside && sign === "]" && !/\[\^?$/.test(out)) inside = false;
    if (sign === delimiter && !inside) {
      reader.at++;
      return out;
    }
    out += sign;
  }
  return fail(reader, what);
}

function compiled(reader: Reader, pattern: string, flags: { readonly ignoreCase?: boolean; readonly multiline?: boolean }): RegExp | undefined {
  if (pattern === "") return undefined;
  try {
    return expressionOf(pattern, { extended: reader.extended, global: true, ...flags });
  } catch (error) {
    if (error instanceof ExpressionError) fail(reader, error.message);
    throw error;
  }
}

function address(reader: Reader): Address | undefined {
  const { text } = reader;
  const number = /^\d+/.exec(text.slice(reader.at));
  if (number !== null) {
    reader.at += number[0].length;
    const step = /^~(\d+)/.exec(text.slice(reader.at));
    if (step === null) return { kind: "line", line: Number(number[0]) };
    reader.at += step[0].length;
    return { kind: "step", first: Number(number[0]), step: Number(step[1]) };
  }
  if (text[reader.at] === "$") {
    reader.at++;
    return { kind: "last" };
  }
  const custom = text[reader.at] === "\\";
  if (text[reader.at] !== "/" && !custom) return undefined;
  reader.at += custom ? 2 : 1;
  const pattern = delimited(reader, text[reader.at - 1] as string, true, "unterminated address regex");
  const flags = /^[IM]*/.exec(text.slice(reader.at))?.[0] ?? "";
  reader.at += flags.length;
  return { kind: "match", expression: compiled(reader, pattern, { ignoreCase: flags.includes("I"), multiline: flags.includes("M") }) };
}

function substitution(reader: Reader): Substitution {
  const delimiter = reader.text[reader.at++] ?? "";
  if (delimiter === "" || delimiter === "\n" || delimiter === "\\") fail(reader, "unterminated `s' command");
  const pattern = delimited(reader, delimiter, true, "unterminated `s' command");
  const replacement = delimited(reader, delimiter, false, "unterminated `s' command");
  const flags = /^(?:[gpiImMe]|\d+|w [^\n]*)*/.exec(reader.text.slice(reader.at))?.[0] ?? "";
  reader.at += flags.length;
  if (!/^\s*(?:[;}#\n]|$)/.test(reader.text.slice(reader.at))) fail(reader, "unknown option to `s'");
  const file = /w (.*)$/.exec(flags)?.[1];
  const letters = flags.replace(/w .*$/, "");
  return {
    expression: compiled(reader, pattern, { ignoreCase: /[iI]/.test(letters), multiline: /[mM]/.test(letters) }),
    replacement,
    global: letters.includes("g"),
    print: letters.includes("p"),
    nth: Number(/\d+/.exec(letters)?.[0] ?? 1),
    ...(file === undefined ? {} : { file }),
  };
}

/** The text of `a`, `i` or `c`, in one line or after a backslash. */
function textOf(reader: Reader): string {
  skip(reader, /[ \t]*/);
  if (reader.text[reader.at] === "\\") {
    reader.at++;
    skip(reader, /[ \t]*/);
    if (reader.text[reader.at] === "\n") reader.at++;
  }
  let out = "";
  for (; reader.at < reader.text.length && reader.text[reader.at] !== "\n"; reader.at++) {
    if (reader.text[reader.at] === "\\" && reader.at + 1 < reader.text.length) reader.at++;
    out += reader.text[reader.at];
  }
  return out;
}

function word(reader: Reader): string {
  skip(reader, /[ \t]*/);
  const found = /^[^\n;}]*/.exec(reader.text.slice(reader.at))?.[0] ?? "";
  reader.at += found.length;
  return found.trim();
}

function second(reader: Reader): SedCommand["to"] {
  skip(reader, /[ \t]*/);
  if (reader.text[reader.at] !== ",") return undefined;
  reader.at++;
  skip(reader, /[ \t]*/);
  const plus = /^\+(\d+)/.exec(reader.text.slice(reader.at));
  if (plus === null) return address(reader) ?? fail(reader, "unexpected `,'");
  reader.at += plus[0].length;
  return { kind: "plus", count: Number(plus[1]) };
}

function command(reader: Reader): SedCommand {
  const from = address(reader);
  const to = from === undefined ? undefined : second(reader);
  skip(reader, /[ \t]*/);
  const negated = reader.text[reader.at] === "!";
  if (negated) skip(reader, /!\s*/);
  const name = reader.text[reader.at++];
  if (name === undefined) return fail(reader, "missing command");
  const base = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }), negated, name };
  if (name === "s") return { ...base, text: "", substitution: substitution(reader) };
  if (name === "y") {
    const delimiter = reader.text[reader.at++] ?? "";
    const [a, b] = [0, 1].map(() => delimited(reader, delimiter, false, "unterminated `y' command").replace(/\\n/g, "\n").replace(/\\\\/g, "\\")) as [
      string,
      string,
    ];
    if (a.length !== b.length) fail(reader, "strings for `y' command are different lengths");
    return { ...base, text: "", map: [a, b] };
  }
  if ("aic".includes(name)) return { ...base, text: textOf(reader) };
  if (":btTrRwW".includes(name)) return { ...base, text: word(reader) };
  if ("qQ".includes(name)) return { ...base, text: word(reader) };
  if (!"{}=dDgGhHlnNpPxzF".includes(name)) fail(reader, `unknown command: \`${name}'`);
  return { ...base, text: "" };
}

export function parseSed(text: string, extended: boolean): readonly SedCommand[] {
  const reader: Reader = { text, at: 0, extended };
  const commands: SedCommand[] = [];
  const open: number[] = [];
  for (;;) {
    skip(reader, /(?:[\s;]|#[^\n]*)*/);
    if (reader.at >= text.length) break;
    const next = command(reader);
    if (next.name === "{") open.push(commands.length);
    if (next.name === "}") {
      const at = open.pop();
      if (at === undefined) fail(reader, "unexpected `}'");
      else commands[at] = { ...(commands[at] as SedCommand), target: commands.length };
    }
    commands.push(next);
    if (next.name !== "{" && !/^[ \t]*(?:[;}#\n]|$)/.test(text.slice(reader.at))) fail(reader, "extra characters after command");
  }
  if (open.length > 0) throw new SedError(`-e expression #1, char 0: unmatched \`{'`);
  return commands.map((one) => {
    if (!"btT".includes(one.name)) return one;
    if (one.text === "") return { ...one, target: commands.length };
    const target = commands.findIndex(({ name, text: label }) => name === ":" && label === one.text);
    if (target < 0) throw new SedError(`-e expression #1, char ${text.length}: can't find label for jump to \`${one.text}'`);
    return { ...one, target };
  });
}
