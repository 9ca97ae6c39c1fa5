/**
 * Words to arguments: braces, tilde, parameters, command and arithmetic substitution, field splitting, names of files, quotes removed.
 *
 * @rule linux.shell.expansion
 * @source bash(1) EXPANSION
 */
import type { BashPart, BashScript, BashWord, Parameter } from "../language/bash-tree";
import { evaluate } from "./arithmetic";
import { expandBraces } from "./braces";
import { escapePattern, expandPattern, isPattern, patternSource, stripped, unescapePattern } from "./pattern";

/** What expansion asks of the shell. */
export interface Surroundings {
  /** A variable or special parameter; undefined when not set. */
  get(name: string): string | undefined;
  /** An array's items by index, or the one value of a plain variable. */
  list(name: string): readonly string[];
  /** What an associative array holds. */
  map(name: string): Readonly<Record<string, string>> | undefined;
  /** Names of variables that begin so. */
  startingWith?(prefix: string): readonly string[];
  /** Where a user is at home. */
  home(user: string): string | undefined;
  set(name: string, value: string): void;
  substitute(script: BashScript): string;
  names(directory: string): readonly string[];
  exists(path: string): boolean;
  readonly nounset: boolean;
  /** Whether patterns stand for names of files; hidden ones too; for nothing where none fits. */
  readonly globs?: boolean;
  readonly hidden?: boolean;
  readonly nullglob?: boolean;
}

/** An expansion that fails ends the command: its message, after the shell's name and the line. */
export class ExpansionFault extends Error {}

/** Text with every character that quotes protect escaped; `split` marks what fields may be split in. */
interface Piece {
  readonly pattern: string;
  readonly split: boolean;
  readonly quoted: boolean;
}
const BREAK = Symbol("field");
type Pieces = (Piece | typeof BREAK)[];

const quotedPiece = (text: string): Piece => ({ pattern: escapePattern(text), split: false, quoted: true });
const literal = (text: string): Piece => ({ pattern: text, split: false, quoted: false });

function piecesOf(around: Surroundings, part: BashPart): Pieces {
  if (part.kind === "text") return [part.quoted ? quotedPiece(part.text) : literal(part.text)];
  const result = (text: string): Pieces => [part.quoted ? quotedPiece(text) : { pattern: text.replaceAll("\\", "\\\\"), split: true, quoted: false }];
  if (part.kind === "command") return result(around.substitute(part.script).replace(/\n+$/, ""));
  if (part.kind === "arithmetic") return result(String(evaluate(asText(around, part.text), namesOf(around))));
  const index = part.index === undefined ? undefined : asText(around, part.index);
  const many = part.name === "@" || part.name === "*" ? part.name : index === "@" || index === "*" ? index : undefined;
  if (part.operator === "names") return manyPieces(around, part, "*");
  if (many !== undefined && part.operator !== "length") return manyPieces(around, part, many);
  const { text, word } = parameter(around, part, index, many);
  if (word === undefined) return result(text);
  return part.quoted ? [quotedPiece(asText(around, word))] : word.flatMap((inner) => alternative(around, inner));
}

/** A part of the word that stands in for a parameter: its blanks split fields too. */
function alternative(around: Surroundings, part: BashPart): Pieces {
  return part.kind === "text" && !part.quoted
    ? [{ pattern: part.text.replaceAll("\\", "\\\\"), split: true, quoted: false }]
    : piecesOf(around, part);
}

function manyPieces(around: Surroundings, part: Parameter, many: string): Pieces {
  const map = around.map(part.name);
  let items =
    part.operator === "indirect" ? (map === undefined ? around.list(part.name).map((_, i) => String(i)) : Object.keys(map)) : around.list(part.name);
  if (part.operator === ":") {
    const from = evaluate(asText(around, part.argument ?? []), namesOf(around));
    const offset = part.name === "@" || part.name === "*" ? Math.max(0, from - 1) : from < 0 ? items.length + from : from;
    items = items.slice(offset, part.second === undefined ? undefined : offset + evaluate(asText(around, part.second), namesOf(around)));
  } else if (part.operator === "names") items = around.startingWith?.(part.name) ?? [];
  else if (part.operator !== undefined && part.operator !== "indirect") items = items.map((item) => operated(around, part, item).text);
  if (part.quoted && many === "*") return [quotedPiece(items.join((around.get("IFS") ?? " ").slice(0, 1)))];
  const pieces: Pieces = [];
  for (const [at, item] of items.entries()) {
    if (at > 0) pieces.push(BREAK);
    pieces.push(part.quoted ? quotedPiece(item) : { pattern: item.replaceAll("\\", "\\\\"), split: true, quoted: false });
  }
  return pieces;
}

const namesOf = (around: Surroundings) => ({
  get: (name: string): string => {
    const [, base, index] = /^(\w+)(?:\[(.*)\])?$/.exec(name) ?? [];
    if (index === undefined) return around.get(base ?? name) ?? "";
    return around.list(base ?? "")[evaluate(index, namesOf(around))] ?? "";
  },
  set: (name: string, value: string): void => around.set(name, value),
});

function parameter(around: Surroundings, part: Parameter, index: string | undefined, many: string | undefined): Operated {
  if (part.operator === "length") {
    if (many !== undefined) return { text: String(around.list(part.name).length) };
    return { text: String((valueOf(around, part.name, index) ?? missing(around, part.name)).length) };
  }
  const name = part.operator === "indirect" ? (around.get(part.name) ?? "") : part.name;
  return operated(around, part, valueOf(around, name, index));
}

function valueOf(around: Surroundings, name: string, index: string | undefined): string | undefined {
  if (index === undefined) return around.get(name);
  const map = around.map(name);
  if (map !== undefined) return Object.hasOwn(map, index) ? map[index] : undefined;
  const at = evaluate(index, namesOf(around));
  const items = around.list(name);
  return items[at < 0 ? items.length + at : at];
}

function missing(around: Surroundings, name: string): string {
  if (around.nounset) throw new ExpansionFault(`${name}: unbound variable`);
  return "";
}

/** A text, or a word that takes the parameter's place. */
interface Operated {
  readonly text: string;
  readonly word?: BashWord;
}

function operated(around: Surroundings, part: Parameter, value: string | undefined): Operated {
  const operator = part.operator ?? "";
  const argument = part.argument ?? [];
  const unset = value === undefined || (operator.startsWith(":") && value === "");
  switch (operator) {
    case ":-":
    case "-":
      return unset ? { text: "", word: argument } : { text: value };
    case ":=":
    case "=": {
      if (!unset) return { text: value };
      const text = asText(around, argument);
      around.set(part.name, text);
      return { text };
    }
    case ":?":
    case "?":
      if (!unset) return { text: value };
      throw new ExpansionFault(`${part.name}: ${asText(around, argument) || "parameter null or not set"}`);
    case ":+":
    case "+":
      return unset ? { text: "" } : { text: "", word: argument };
  }
  const text = value ?? missing(around, part.name);
  if (operator === "#" || operator === "##" || operator === "%" || operator === "%%")
    return { text: stripped(text, operator, asPattern(around, argument)) };
  if (operator.startsWith("/")) return { text: replaced(around, text, operator, part) };
  if (operator === ":") return { text: slice(around, text, part) };
  if (operator === "^^" || operator === "@U") return { text: text.toUpperCase() };
  if (operator === ",," || operator === "@L") return { text: text.toLowerCase() };
  if (operator === "^" || operator === "@u") return { text: text.slice(0, 1).toUpperCase() + text.slice(1) };
  if (operator === ",") return { text: text.slice(0, 1).toLowerCase() + text.slice(1) };
  if (operator === "@Q" && value === undefined) return { text: "" };
  return { text: operator === "@Q" ? `'${text.replaceAll("'", "'\\''")}'` : text };
}

function replaced(around: Surroundings, text: string, operator: string, part: Parameter): string {
  const source = patternSource(asPattern(around, part.argument ?? []));
  if (source === "") return text;
  const by = asText(around, part.second ?? []);
  const anchored = operator === "/#" ? `^(?:${source})` : operator === "/%" ? `(?:${source})$` : source;
  return text.replace(new RegExp(anchored, operator === "//" ? "g" : ""), () => by);
}

function slice(around: Surroundings, text: string, part: Parameter): string {
  const from = evaluate(asText(around, part.argument ?? []), namesOf(around));
  const start = from < 0 ? text.length + from : from;
  if (start < 0) return "";
  if (part.second === undefined) return text.slice(start);
  const length = evaluate(asText(around, part.second), namesOf(around));
  if (length < 0 && text.length + length < start) throw new ExpansionFault(`${length}: substring expression < 0`);
  return text.slice(start, length < 0 ? text.length + length : start + length);
}

function tilde(around: Surroundings, word: BashWord): BashWord {
  const [first, ...others] = word;
  const user = first?.kind === "text" && !first.quoted ? /^~([a-z_][\w-]*)(?=\/|$)/.exec(first.text)?.[1] : undefined;
  const home = user === undefined || (others.length > 0 && first?.kind === "text" && first.text === `~${user}`) ? undefined : around.home(user);
  if (first?.kind === "text" && user !== undefined && home !== undefined)
    return [{ kind: "text", text: home, quoted: true }, { ...first, text: first.text.slice(user.length + 1) }, ...others];
  if (first?.kind !== "text" || first.quoted || !/^~(?:\/|$)/.test(first.text) || (first.text === "~" && others.length > 0)) return word;
  return [{ kind: "text", text: around.get("HOME") ?? "/root", quoted: true }, { ...first, text: first.text.slice(1) }, ...others];
}

const flat = (around: Surroundings, word: BashWord): string =>
  tilde(around, word)
    .flatMap((part) => piecesOf(around, part))
    .map((piece) => (piece === BREAK ? " " : piece.pattern))
    .join("");

/** One text: no splitting, no file names. For assignments, redirections' targets, here-documents. */
export const asText = (around: Surroundings, word: BashWord): string =>
  tilde(around, word)
    .flatMap((part) => piecesOf(around, part))
    .map((piece) => (piece === BREAK ? " " : piece.quoted || piece.split ? unescapePattern(piece.pattern) : piece.pattern))
    .join("");

/** A pattern: what was quoted stands for itself. */
export const asPattern = (around: Surroundings, word: BashWord): string => flat(around, word);

interface Field {
  pattern: string;
  quoted: boolean;
  globs: boolean;
}

function split(pieces: Pieces, ifs: string): Field[] {
  const fields: Field[] = [];
  let open: Field | undefined;
  const end = (): void => {
    if (open !== undefined) fields.push(open);
    open = undefined;
  };
  const field = (): Field => (open ??= { pattern: "", quoted: false, globs: false });
  for (const piece of pieces) {
    if (piece === BREAK) end();
    else if (!piece.split || ifs === "") {
      if (piece.pattern === "" && !piece.quoted) continue;
      const now = field();
      now.pattern += piece.quoted || piece.split ? piece.pattern : piece.pattern.replaceAll("\\", "\\\\");
      now.quoted ||= piece.quoted;
      now.globs ||= !piece.quoted;
    } else splitText(piece.pattern, ifs, field, end);
  }
  end();
  return fields.filter(({ pattern, quoted }) => pattern !== "" || quoted);
}

function splitText(text: string, ifs: string, field: () => Field, end: () => void): void {
  for (const c of text) {
    if (!ifs.includes(c)) {
      const now = field();
      now.pattern += c;
      now.globs = true;
    } else {
      if (!" \t\n".includes(c)) field().quoted = true;
      end();
    }
  }
}

/** The arguments that words stand for. */
export function asFields(around: Surroundings, words: readonly BashWord[]): string[] {
  const ifs = around.get("IFS") ?? " \t\n";
  return words.flatMap(expandBraces).flatMap((word) => {
    const pieces = tilde(around, word).flatMap((part) => piecesOf(around, part));
    return split(pieces, ifs).flatMap(({ pattern, globs }) => {
      if (!globs || around.globs === false || !isPattern(pattern)) return [unescapePattern(pattern)];
      const found = expandPattern(
        pattern,
        (directory) => around.names(directory),
        (path) => around.exists(path),
        around.hidden === true,
      );
      return found.length > 0 || around.nullglob === true ? found : [unescapePattern(pattern)];
    });
  });
}
