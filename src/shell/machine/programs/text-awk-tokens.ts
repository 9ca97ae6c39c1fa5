/** Words of an awk program. */

export interface Token {
  readonly kind: "number" | "string" | "expression" | "name" | "call" | "word" | "sign" | "newline" | "end";
  readonly text: string;
  readonly line: number;
}

/** What is wrong with a program, and on which of its lines. */
export class AwkError extends Error {
  readonly line: number;
  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

const WORDS: ReadonlySet<string> = new Set(
  "BEGIN END if else while for do in break continue next exit return delete function func print printf getline".split(" "),
);
const SIGNS = ["&&", "||", "==", "!=", "<=", ">=", "!~", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "**", ">>"];
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\\": "\\", '"': '"', "/": "/", a: "\x07", b: "\b", f: "\f", v: "\v" };

export function unescaped(text: string): string {
  return text.replace(/\\([0-7]{1,3}|.)/gs, (_whole, what: string) => {
    if (/^[0-7]/.test(what)) return String.fromCharCode(Number.parseInt(what, 8) & 0xff);
    return ESCAPES[what] ?? `\\${what}`;
  });
}

/** A slash begins an expression where a value cannot have ended. */
const divides = (last: Token | undefined): boolean =>
  last !== undefined &&
  (["number", "string", "name"].includes(last.kind) || (last.kind === "sign" && [")", "]", "$", "++", "--"].includes(last.text)));

export function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let line = 1;
  const push = (kind: Token["kind"], text: string): void => void tokens.push({ kind, text, line });
  for (let at = 0; at < source.length; ) {
    const rest = source.slice(at);
    const sign = source[at] as string;
    if (sign === "\n") {
      push("newline", "\n");
      line++;
      at++;
    } else if (/^(?:[ \t\r]|\\\n)/.test(rest)) {
      if (sign === "\\") line++;
      at += sign === "\\" ? 2 : 1;
    } else if (sign === "#") at += /^[^\n]*/.exec(rest)?.[0].length ?? 1;
    else if (sign === '"') {
      const found = /^"((?:\\[^]|[^"\\\n])*)"/.exec(rest);
      if (found === null) throw new AwkError("unterminated string", line);
      push("string", unescaped(found[1] ?? ""));
      at += found[0].length;
    } else if (sign === "/" && !divides(tokens.at(-1))) {
      const found = /^\/((?:\\[^]|\[\^?\]?[^\]]*\]|[^/\\\n[])*)\//.exec(rest);
      if (found === null) throw new AwkError("unterminated regexp", line);
      push("expression", (found[1] ?? "").replace(/\\\//g, "/"));
      at += found[0].length;
    } else if (/[\d.]/.test(sign) && /^(?:\d|\.\d)/.test(rest)) {
      const found = /^(?:0[xX][0-9a-fA-F]+|\d*\.?\d*(?:[eE][-+]?\d+)?)/.exec(rest)?.[0] ?? sign;
      push("number", found);
      at += found.length;
    } else if (/[A-Za-z_]/.test(sign)) {
      const name = /^\w+/.exec(rest)?.[0] ?? sign;
      at += name.length;
      push(WORDS.has(name) ? "word" : source[at] === "(" ? "call" : "name", name);
    } else {
      const two = SIGNS.find((one) => rest.startsWith(one)) ?? sign;
      if (!/^(?:[-+*/%^!<>=~?:,;(){}[\]$|&]|..)/.test(two)) throw new AwkError("unexpected character", line);
      push("sign", two === "**" ? "^" : two);
      at += two.length;
    }
  }
  push("end", "");
  return tokens;
}
