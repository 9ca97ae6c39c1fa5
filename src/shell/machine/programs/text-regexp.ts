/**
 * POSIX regular expressions, basic and extended, in the words of this language's own.
 *
 * Not modelled: the longest of several alternatives that begin at one place (the first that fits is taken); collating elements.
 *
 * @rule linux.text.regexp
 * @source man-pages@6.9 regex(7)
 */

/** What is wrong with an expression, as regerror says it. */
export class ExpressionError extends Error {}

const CLASSES: Readonly<Record<string, string>> = {
  alpha: "A-Za-z",
  digit: "0-9",
  alnum: "A-Za-z0-9",
  upper: "A-Z",
  lower: "a-z",
  space: " \\t\\n\\r\\f\\v",
  blank: " \\t",
  punct: "!-\\/:-@\\[-`{-~",
  print: " -~",
  graph: "!-~",
  cntrl: "\\x00-\\x1f\\x7f",
  xdigit: "0-9A-Fa-f",
};
const SPECIAL = /[.*+?^${}()|[\]\\/]/;
/** Letters after a backslash that GNU gives a meaning. */
const GNU: Readonly<Record<string, string>> = {
  w: "\\w",
  W: "\\W",
  s: "\\s",
  S: "\\S",
  b: "\\b",
  B: "\\B",
  "<": "\\b(?=\\w)",
  ">": "\\b(?<=\\w)",
  "`": "^",
  "'": "$",
};
/** Longer expressions are refused, so that no pattern can hold up the machine. */
const LONGEST = 2000;

/** A bracket expression from its `[`; returns it and where it ends. */
function bracket(pattern: string, from: number): readonly [text: string, end: number] {
  let at = from + 1;
  const negated = pattern[at] === "^";
  if (negated) at++;
  let inside = "";
  for (let first = true; ; first = false) {
    const sign = pattern[at];
    if (sign === undefined) throw new ExpressionError("Unmatched [, [^, [:, [., or [=");
    if (sign === "]" && !first) break;
    const named = /^\[:(\w+):\]/.exec(pattern.slice(at));
    if (named !== null) {
      const members = CLASSES[named[1] ?? ""];
      if (members === undefined) throw new ExpressionError("Invalid character class name");
      inside += members;
      at += named[0].length;
      continue;
    }
    inside += sign === "-" || !/[\]\\^[]/.test(sign) ? sign : `\\${sign}`;
    at++;
  }
  return [`[${negated ? "^" : ""}${inside}]`, at + 1];
}

/** The expression's source for this language. */
export function sourceOf(pattern: string, extended: boolean): string {
  if (pattern.length > LONGEST) throw new ExpressionError("Regular expression too big");
  let out = "";
  let depth = 0;
  /** Whether a repetition has nothing to repeat here. */
  let begins = true;
  for (let at = 0; at < pattern.length; ) {
    const sign = pattern[at] as string;
    if (sign === "[") {
      const [text, end] = bracket(pattern, at);
      out += text;
      at = end;
      begins = false;
      continue;
    }
    const next = pattern[at + 1];
    const escaped = sign === "\\";
    if (escaped && next === undefined) throw new ExpressionError("Trailing backslash");
    const letter = escaped ? (next as string) : sign;
    at += escaped ? 2 : 1;
    const operator = extended ? !escaped : escaped;
    if (operator && letter === "(") {
      out += "(";
      depth++;
      begins = true;
      continue;
    }
    if (operator && letter === ")" && (!extended || depth > 0)) {
      if (depth === 0) throw new ExpressionError("Unmatched ) or \\)");
      depth--;
      out += ")";
      begins = false;
      continue;
    }
    if (operator && letter === "|") {
      out += "|";
      begins = true;
      continue;
    }
    if (operator && letter === "{") {
      const count = (extended ? /^(\d*)(,?)(\d*)\}/ : /^(\d*)(,?)(\d*)\\\}/).exec(pattern.slice(at));
      if (count === null && extended) {
        out += "\\{";
        begins = false;
        continue;
      }
      if (count === null) throw new ExpressionError("Unmatched \\{");
      out += `{${count[1] === "" ? "0" : count[1]}${count[2]}${count[3]}}`;
      at += count[0].length;
      continue;
    }
    if (operator && (letter === "+" || letter === "?")) {
      out += begins ? `\\${letter}` : letter;
      continue;
    }
    if (!escaped && letter === "*") {
      out += begins ? "\\*" : "*";
      begins = false;
      continue;
    }
    if (!escaped && letter === "^" && (extended || begins)) {
      out += "^";
      continue;
    }
    if (!escaped && letter === "$" && (extended || at === pattern.length || /^\\[)|]/.test(pattern.slice(at)))) {
      out += "$";
      begins = false;
      continue;
    }
    begins = false;
    if (!escaped && letter === ".") out += "[^]";
    else if (escaped && /[1-9]/.test(letter)) out += `\\${letter}`;
    else if (escaped && GNU[letter] !== undefined) out += GNU[letter];
    else if (escaped && letter === "n") out += "\\n";
    else if (escaped && letter === "t") out += "\\t";
    else out += SPECIAL.test(letter) ? `\\${letter}` : letter;
  }
  if (depth > 0) throw new ExpressionError("Unmatched ( or \\(");
  return out;
}

export interface ExpressionOptions {
  readonly extended: boolean;
  readonly ignoreCase?: boolean;
  readonly global?: boolean;
  readonly multiline?: boolean;
}

export function expressionOf(pattern: string, { extended, ignoreCase = false, global = false, multiline = false }: ExpressionOptions): RegExp {
  const flags = `${ignoreCase ? "i" : ""}${global ? "g" : ""}${multiline ? "m" : ""}`;
  try {
    return new RegExp(sourceOf(pattern, extended), flags);
  } catch (error) {
    if (error instanceof ExpressionError) throw error;
    throw new ExpressionError("Invalid preceding regular expression");
  }
}
