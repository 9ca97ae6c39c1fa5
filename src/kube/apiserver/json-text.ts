/**
 * JSON text as Go reads it: the value, the keys that stand twice, where each key stands, and syntax errors in encoding/json's words.
 * @source go1.25 encoding/json scanner.go
 * Not modelled: numbers beyond a double.
 */
import type { Json } from "../../sim/types";

export interface JsonText {
  readonly value: Json;
  /** Paths of keys seen before in their object: `spec.containers[0].image`. */
  readonly duplicates: readonly string[];
  /** Offset of each key's last occurrence, by path. */
  readonly offsets: ReadonlyMap<string, number>;
}
export type JsonTextResult = JsonText | { readonly error: string };

class SyntaxProblem {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const quoteChar = (c: string): string => (c === "'" ? `'\\''` : c === '"' ? `'"'` : `'${JSON.stringify(c).slice(1, -1)}'`);

/** Deeper documents are refused: upstream's limit is 10000, the stack's is lower. */
const MAX_DEPTH = 1000;

class Reader {
  private at = 0;
  private depth = 0;
  private readonly text: string;
  readonly duplicates: string[] = [];
  readonly offsets = new Map<string, number>();

  constructor(text: string) {
    this.text = text;
  }

  private fail(context: string): never {
    const c = this.text[this.at];
    throw new SyntaxProblem(c === undefined ? "unexpected end of JSON input" : `invalid character ${quoteChar(c)} ${context}`);
  }
  private blank(): void {
    while (" \t\r\n".includes(this.text[this.at] ?? "x")) this.at++;
  }
  whole(): Json {
    const value = this.value("");
    this.blank();
    if (this.at < this.text.length) this.fail("after top-level value");
    return value;
  }
  private value(path: string): Json {
    this.blank();
    const c = this.text[this.at];
    if (c === "{" || c === "[") {
      if (++this.depth > MAX_DEPTH) throw new SyntaxProblem("exceeded max depth");
      const inner = c === "{" ? this.object(path) : this.array(path);
      this.depth--;
      return inner;
    }
    if (c === '"') return this.string();
    if (c === "t") return this.literal("true", true);
    if (c === "f") return this.literal("false", false);
    if (c === "n") return this.literal("null", null);
    if (c === "-" || (c !== undefined && c >= "0" && c <= "9")) return this.number();
    return this.fail("looking for beginning of value");
  }
  private literal(word: string, value: Json): Json {
    for (const expected of word) {
      if (this.text[this.at] !== expected) this.fail(`in literal ${word} (expecting ${quoteChar(expected)})`);
      this.at++;
    }
    return value;
  }
  private digits(): void {
    if (!/\d/.test(this.text[this.at] ?? "")) this.fail("in numeric literal");
    while (/\d/.test(this.text[this.at] ?? "")) this.at++;
  }
  private number(): Json {
    const start = this.at;
    if (this.text[this.at] === "-") this.at++;
    if (this.text[this.at] === "0") this.at++;
    else this.digits();
    if (this.text[this.at] === ".") {
      this.at++;
      this.digits();
    }
    if (/[eE]/.test(this.text[this.at] ?? "")) {
      this.at++;
      if (/[+-]/.test(this.text[this.at] ?? "")) this.at++;
      this.digits();
    }
    return Number(this.text.slice(start, this.at));
  }
  private string(): string {
    let out = "";
    this.at++;
    for (;;) {
      const c = this.text[this.at];
      if (c === undefined || c < " ") this.fail("in string literal");
      this.at++;
      if (c === '"') return out;
      out += c === "\\" ? this.escape() : c;
    }
  }
  private escape(): string {
    const c = this.text[this.at];
    if (c === "u") {
      const code = this.text.slice(this.at + 1, this.at + 5);
      if (!/^[0-9a-fA-F]{4}$/.test(code)) this.fail("in \\u hexadecimal character escape");
      this.at += 5;
      return String.fromCharCode(Number.parseInt(code, 16));
    }
    const plain = ESCAPES[c ?? ""];
    if (plain === undefined) this.fail("in string escape code");
    this.at++;
    return plain as string;
  }
  private object(path: string): Json {
    const out: Record<string, Json> = {};
    this.at++;
    this.blank();
    if (this.text[this.at] === "}") return this.close(out);
    for (;;) {
      this.blank();
      if (this.text[this.at] !== '"') this.fail("looking for beginning of object key string");
      const start = this.at;
      const key = this.string();
      const place = path === "" ? key : `${path}.${key}`;
      if (Object.hasOwn(out, key) && !this.duplicates.includes(place)) this.duplicates.push(place);
      this.offsets.set(place, start);
      this.blank();
      if (this.text[this.at] !== ":") this.fail("after object key");
      this.at++;
      Object.defineProperty(out, key, { value: this.value(place), enumerable: true, configurable: true, writable: true });
      this.blank();
      if (this.text[this.at] === "}") return this.close(out);
      if (this.text[this.at] !== ",") this.fail("after object key:value pair");
      this.at++;
    }
  }
  private array(path: string): Json {
    const out: Json[] = [];
    this.at++;
    this.blank();
    if (this.text[this.at] === "]") return this.close(out);
    for (;;) {
      out.push(this.value(`${path}[${out.length}]`));
      this.blank();
      if (this.text[this.at] === "]") return this.close(out);
      if (this.text[this.at] !== ",") this.fail("after array element");
      this.at++;
    }
  }
  private close(value: Json): Json {
    this.at++;
    return value;
  }
}

/** @rule kube.api.json-text */
export function parseJsonText(text: string): JsonTextResult {
  const reader = new Reader(text);
  try {
    return { value: reader.whole(), duplicates: reader.duplicates, offsets: reader.offsets };
  } catch (problem) {
    if (problem instanceof SyntaxProblem) return { error: problem.message };
    throw problem;
  }
}
