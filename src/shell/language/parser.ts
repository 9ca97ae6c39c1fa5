/**
 * A command line to its tree: quoting, variables, `$(…)`, pipes, lists, redirections, here-documents, comments, `for`, `while`, `if`.
 *
 * Not modelled: functions, arithmetic, arrays, case, subshells in parentheses, background jobs (`&` runs in the foreground).
 * @source bash(1) SHELL GRAMMAR
 */
import type { Command, Parsed, Part, Pipeline, Redirect, Script, Word } from "./syntax";

/** Thrown inside the parser only; `parseScript` turns it into a value. */
class Unfinished extends Error {}
class SyntaxFault extends Error {}

const META = " \t\n;|&<>";
const RESERVED = new Set(["do", "done", "then", "elif", "else", "fi"]);

export function parseScript(text: string): Parsed {
  const parser = new Parser(text);
  try {
    const script = parser.script(new Set());
    parser.expectEnd();
    return { script };
  } catch (fault) {
    if (fault instanceof Unfinished) return { incomplete: true };
    if (fault instanceof SyntaxFault) return { error: fault.message };
    throw fault;
  }
}

interface Heredoc {
  readonly tag: string;
  readonly quoted: boolean;
  readonly stripTabs: boolean;
  readonly fill: (body: Word) => void;
}

class Parser {
  private at = 0;
  private readonly text: string;
  private pending: Heredoc[] = [];

  constructor(text: string) {
    this.text = text;
  }

  expectEnd(): void {
    if (this.at < this.text.length) throw this.unexpected(this.text[this.at] ?? "");
    if (this.pending.length > 0) throw new Unfinished();
  }

  script(until: ReadonlySet<string>): Script {
    const items: Pipeline[] = [];
    let after: Pipeline["after"] = ";";
    for (;;) {
      this.skipBlank(true);
      if (this.at >= this.text.length || this.text[this.at] === ")" || until.has(this.peekWord())) {
        if (after !== ";" && this.at >= this.text.length) throw new Unfinished();
        return items;
      }
      items.push(this.pipeline(after));
      this.skipBlank(false);
      if (this.take("&&")) after = "&&";
      else if (this.take("||")) after = "||";
      else if (this.take(";") || this.take("&") || this.takeNewline()) after = ";";
      else if (this.at >= this.text.length || this.text[this.at] === ")") return items;
      else throw this.unexpected(this.text[this.at] ?? "");
    }
  }

  private pipeline(after: Pipeline["after"]): Pipeline {
    let negated = false;
    if (this.peekWord() === "!") {
      this.at += 1;
      negated = true;
      this.skipBlank(false);
    }
    const commands = [this.command()];
    for (;;) {
      this.skipBlank(false);
      if (this.text[this.at] !== "|" || this.text[this.at + 1] === "|") return { commands, negated, after };
      this.at += 1;
      this.skipBlank(true);
      if (this.at >= this.text.length) throw new Unfinished();
      commands.push(this.command());
    }
  }

  private command(): Command {
    const word = this.peekWord();
    if (word === "for") return this.forLoop();
    if (word === "while" || word === "until") {
      this.at += word.length;
      const condition = this.block("do");
      return { kind: "while", until: word === "until", condition, body: this.block("done") };
    }
    if (word === "if") return this.ifCommand();
    if (RESERVED.has(word)) throw this.unexpected(word);
    return this.simple();
  }

  private forLoop(): Command {
    this.at += 3;
    this.skipBlank(false);
    const variable = this.peekWord();
    this.at += variable.length;
    this.skipBlank(false);
    if (this.peekWord() !== "in") throw this.at >= this.text.length ? new Unfinished() : this.unexpected(this.peekWord());
    this.at += 2;
    const words: Word[] = [];
    for (this.skipBlank(false); this.at < this.text.length && !META.includes(this.text[this.at] ?? ""); this.skipBlank(false))
      words.push(this.word());
    if (!this.take(";")) this.takeNewline();
    this.skipBlank(true);
    if (this.at >= this.text.length) throw new Unfinished();
    if (this.peekWord() !== "do") throw this.unexpected(this.peekWord());
    this.at += 2;
    return { kind: "for", variable, words, body: this.block("done") };
  }

  private ifCommand(): Command {
    this.at += 2;
    const branches = [];
    for (;;) {
      const condition = this.block("then");
      const body = this.script(new Set(["elif", "else", "fi"]));
      branches.push({ condition, body });
      const end = this.peekWord();
      if (end === "") throw new Unfinished();
      this.at += end.length;
      if (end === "fi") return { kind: "if", branches };
      if (end === "else") return { kind: "if", branches, otherwise: this.block("fi") };
    }
  }

  private block(end: string): Script {
    const script = this.script(new Set([end]));
    if (this.peekWord() !== end) throw this.at >= this.text.length ? new Unfinished() : this.unexpected(this.peekWord());
    this.at += end.length;
    return script;
  }

  private simple(): Command {
    const assignments: { name: string; value: Word }[] = [];
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    for (;;) {
      this.skipBlank(false);
      const c = this.text[this.at];
      if (c === undefined || c === "\n" || c === ";" || c === "|" || c === ")") break;
      if (this.redirect(redirects)) continue;
      if (c === "&") break;
      const name = /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(this.text.slice(this.at))?.[1];
      if (words.length === 0 && name !== undefined) {
        this.at += name.length + 1;
        assignments.push({ name, value: this.word() });
      } else words.push(this.word());
    }
    if (assignments.length + words.length + redirects.length === 0) throw this.unexpected(this.text[this.at] ?? "newline");
    return { kind: "simple", assignments, words, redirects };
  }

  private redirect(into: Redirect[]): boolean {
    const match = /^(?:(&>>|&>)|([012]?)(<<<|<<-|<<|<|>>|>&|>\||>))/.exec(this.text.slice(this.at));
    if (match === null) return false;
    this.at += match[0].length;
    const operator = match[1] ?? match[3] ?? "";
    const stream = match[1] !== undefined ? "both" : match[2] === "2" ? "err" : "out";
    this.skipBlank(false);
    if (operator === "<<" || operator === "<<-") {
      this.heredoc(into, operator === "<<-");
      return true;
    }
    const target = this.word();
    if (target.length === 0) throw this.at >= this.text.length ? this.unexpected("newline") : this.unexpected(this.text[this.at] ?? "");
    const kind =
      operator === "<" ? "in" : operator === "<<<" ? "here-string" : operator === ">&" ? "merge" : operator.endsWith(">>") ? "append" : "out";
    into.push({ kind, stream, target });
    return true;
  }

  private heredoc(into: Redirect[], stripTabs: boolean): void {
    const word = this.word();
    const tag = word.map((part) => (part.kind === "text" ? part.text : "")).join("");
    const quoted = word.some((part) => part.quoted);
    const index = into.length;
    into.push({ kind: "here-document", stream: "out", target: [] });
    this.pending.push({ tag, quoted, stripTabs, fill: (target) => (into[index] = { kind: "here-document", stream: "out", target }) });
  }

  private takeNewline(): boolean {
    if (this.text[this.at] !== "\n") return false;
    this.at += 1;
    for (const heredoc of this.pending.splice(0)) {
      const lines: string[] = [];
      for (;;) {
        if (this.at >= this.text.length) throw new Unfinished();
        const end = this.text.indexOf("\n", this.at);
        const raw = this.text.slice(this.at, end < 0 ? undefined : end);
        const line = heredoc.stripTabs ? raw.replace(/^\t+/, "") : raw;
        this.at = end < 0 ? this.text.length : end + 1;
        if (line === heredoc.tag) break;
        lines.push(line);
      }
      const body = lines.map((line) => `${line}\n`).join("");
      heredoc.fill(heredoc.quoted ? [{ kind: "text", text: body, quoted: true }] : new Parser(body).expanded(""));
    }
    return true;
  }

  private skipBlank(newlines: boolean): void {
    for (;;) {
      const c = this.text[this.at];
      if (c === " " || c === "\t" || c === "\r") this.at += 1;
      else if (c === "\\" && this.text[this.at + 1] === "\n") this.at += 2;
      else if (c === "#" && (this.at === 0 || " \t\n;".includes(this.text[this.at - 1] ?? ""))) {
        const end = this.text.indexOf("\n", this.at);
        this.at = end < 0 ? this.text.length : end;
      } else if (newlines && c === "\n") this.takeNewline();
      else return;
    }
  }

  private take(token: string): boolean {
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  private peekWord(): string {
    return /^[^\s;|&<>()]*/.exec(this.text.slice(this.at))?.[0] ?? "";
  }

  private word(): Word {
    const parts: Part[] = [];
    for (;;) {
      const c = this.text[this.at];
      if (c === undefined || META.includes(c) || c === ")") return parts;
      if (c === "'") {
        const end = this.text.indexOf("'", this.at + 1);
        if (end < 0) throw new Unfinished();
        parts.push({ kind: "text", text: this.text.slice(this.at + 1, end), quoted: true });
        this.at = end + 1;
      } else if (c === '"') {
        this.at += 1;
        parts.push(...this.expanded('"'));
        this.at += 1;
      } else if (c === "$" && this.text[this.at + 1] === "'") this.ansiQuoted(parts);
      else if (c === "\\") {
        if (this.at + 1 >= this.text.length) throw new Unfinished();
        if (this.text[this.at + 1] !== "\n") parts.push({ kind: "text", text: this.text[this.at + 1] ?? "", quoted: true });
        this.at += 2;
      } else if (c === "$" || c === "`") parts.push(this.expansion(false));
      else {
        const text = /^[^\s;|&<>()'"\\$`]+/.exec(this.text.slice(this.at))?.[0] ?? c;
        parts.push({ kind: "text", text, quoted: false });
        this.at += text.length;
      }
    }
  }

  private ansiQuoted(parts: Part[]): void {
    const match = /^\$'((?:[^'\\]|\\.)*)'/s.exec(this.text.slice(this.at));
    if (match === null) throw new Unfinished();
    const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\\": "\\", "'": "'", '"': '"' };
    parts.push({ kind: "text", text: (match[1] ?? "").replace(/\\(.)/gs, (all, c: string) => escapes[c] ?? all), quoted: true });
    this.at += match[0].length;
  }

  /** Text with `$` and backslash at work, up to a closing quote (or the end, for here-documents). Leaves `at` on the quote. */
  expanded(close: string): Part[] {
    const parts: Part[] = [];
    let text = "";
    const flush = (): void => {
      if (text !== "" || (parts.length === 0 && close !== "")) parts.push({ kind: "text", text, quoted: true });
      text = "";
    };
    for (;;) {
      const c = this.text[this.at];
      if (c === undefined) {
        if (close !== "") throw new Unfinished();
        flush();
        return parts;
      }
      if (c === close) {
        flush();
        return parts;
      }
      if (c === "\\" && '$`"\\\n'.includes(this.text[this.at + 1] ?? " ")) {
        if (this.text[this.at + 1] !== "\n") text += this.text[this.at + 1];
        this.at += 2;
      } else if (c === "$" || c === "`") {
        const part = this.expansion(true);
        if (part.kind === "text") text += part.text;
        else {
          flush();
          parts.push(part);
        }
      } else {
        text += c;
        this.at += 1;
      }
    }
  }

  private expansion(quoted: boolean): Part {
    if (this.text.startsWith("$(", this.at)) {
      this.at += 2;
      const script = this.script(new Set());
      if (!this.take(")")) throw new Unfinished();
      return { kind: "command", script, quoted };
    }
    if (this.text[this.at] === "`") {
      const end = this.text.indexOf("`", this.at + 1);
      if (end < 0) throw new Unfinished();
      const inner = parseScript(this.text.slice(this.at + 1, end));
      this.at = end + 1;
      return { kind: "command", script: "script" in inner ? inner.script : [], quoted };
    }
    const match = /^\$(?:\{([A-Za-z_][A-Za-z0-9_]*|[?#@*])(?::?-([^}]*))?\}|([A-Za-z_][A-Za-z0-9_]*|[?#@*$]))/.exec(this.text.slice(this.at));
    if (match === null) {
      this.at += 1;
      return { kind: "text", text: "$", quoted };
    }
    this.at += match[0].length;
    return { kind: "variable", name: match[1] ?? match[3] ?? "", quoted, ...(match[2] === undefined ? {} : { otherwise: match[2] }) };
  }

  private unexpected(token: string): SyntaxFault {
    const shown = token === "\n" || token === "" ? "newline" : token;
    return new SyntaxFault(`bash: syntax error near unexpected token \`${shown}'`);
  }
}
