/**
 * Tab: what the word before the cursor may become, and the list of candidates as the terminal shows it.
 *
 * Not modelled: programmable completion, user and host names.
 *
 * @rule linux.readline.completion
 * @source readline(3) Completing
 */
import { charactersOf, widthOf } from "./line-text";

/** What completion asks of the shell. */
export interface Known {
  commands(): readonly string[];
  variables(): readonly string[];
  /** Names in a directory, without `.` and `..`. */
  names(directory: string): readonly string[];
  isDirectory(path: string): boolean;
  readonly home: string;
}

export interface Completion {
  /** How many bytes before the cursor are replaced. */
  readonly replace: number;
  readonly insert: string;
  /** What may stand there, when nothing could be added. */
  readonly candidates: readonly string[];
}

const BREAKS = /[\s;|&<>()=]/;
const SPECIAL = /[\s"'`\\$&|;<>()*?[\]{}!#~]/g;

interface Word {
  readonly start: number;
  /** Without quotes. */
  readonly text: string;
  readonly quote: string;
}

/** The word that the cursor is at the end of. */
function wordBefore(line: string): Word {
  let [start, text, quote] = [0, "", ""];
  for (let at = 0; at < line.length; at++) {
    const c = line[at] ?? "";
    if (quote !== "") {
      if (c === quote) quote = "";
      else text += c;
    } else if (c === "\\" && at + 1 < line.length) text += line[++at] ?? "";
    else if (c === "'" || c === '"') quote = c;
    else if (BREAKS.test(c)) [start, text] = [at + 1, ""];
    else text += c;
  }
  return { start, text, quote };
}

/** Whether a command's name is expected: nothing but assignments, or a word that is followed by commands, stands before. */
function isCommand(before: string): boolean {
  const rest = before.replace(/^.*(?:[;|&({]|\b(?:do|then|else|if|while|until|time|exec|sudo|!)\s)\s*/s, "").trimStart();
  return /^(?:\w+=\S*\s+)*$/.test(rest) && !/[<>=]\s*$/.test(before);
}

function commonPrefix(words: readonly string[]): string {
  const [first = "", ...others] = words;
  let length = first.length;
  for (const word of others) while (!word.startsWith(first.slice(0, length))) length--;
  return charactersOf(first.slice(0, length)).join("");
}

const ascending = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const distinct = (words: readonly string[]): readonly string[] => [...new Set(words)].sort(ascending);

export function complete(line: string, known: Known): Completion {
  const word = wordBefore(line);
  const variable = /^(.*)\$(\{?)(\w*)$/.exec(word.text);
  if (variable !== null && word.quote !== "'") return variables(variable, known);
  const command = isCommand(line.slice(0, word.start)) && !word.text.includes("/");
  return command ? commands(line, word, known) : paths(line, word, known);
}

function variables([, , brace = "", begun = ""]: readonly string[], known: Known): Completion {
  const found = distinct(known.variables().filter((name) => name.startsWith(begun)));
  return chosen(found, begun.length, begun, (name) => name, found.length === 1 ? (brace === "" ? " " : "}") : "");
}

function commands(line: string, word: Word, known: Known): Completion {
  const found = distinct(known.commands().filter((name) => name.startsWith(word.text)));
  if (word.text === "" && found.length === 0) return paths(line, word, known);
  return chosen(found, line.length - word.start, word.text, (name) => name, " ");
}

function paths(line: string, word: Word, known: Known): Completion {
  const slash = word.text.lastIndexOf("/");
  const written = word.text.slice(0, slash + 1);
  const begun = word.text.slice(slash + 1);
  const directory = written.startsWith("~/") ? known.home + written.slice(1) : written === "" ? "." : written;
  const all = known.names(directory).filter((name) => name.startsWith(begun) && (begun.startsWith(".") || !name.startsWith(".")));
  const shown = distinct(all).map((name) => (known.isDirectory(`${directory}/${name}`) ? `${name}/` : name));
  const [only] = shown;
  const ending = shown.length === 1 && only?.endsWith("/") === false ? `${word.quote} ` : "";
  const quoted = (text: string): string => (word.quote === "" ? text.replace(SPECIAL, "\\$&") : word.quote + text);
  const whole = (name: string): string => quoted(written.startsWith("~/") && word.quote === "" ? name : name);
  const prefix = word.quote === "" && written.startsWith("~/") ? `~/${written.slice(2).replace(SPECIAL, "\\$&")}` : undefined;
  return chosen(shown, line.length - word.start, begun, (name) => (prefix === undefined ? whole(written + name) : prefix + quoted(name)), ending);
}

function chosen(found: readonly string[], replace: number, begun: string, written: (name: string) => string, ending: string): Completion {
  const [only] = found;
  if (only === undefined) return { replace: 0, insert: "", candidates: [] };
  if (found.length === 1) return { replace, insert: written(only) + ending, candidates: [] };
  const common = commonPrefix(found);
  if (common.length > begun.length) return { replace, insert: written(common), candidates: [] };
  return { replace: 0, insert: "", candidates: found };
}

/** Candidates in columns, read downwards. */
export function listed(candidates: readonly string[], columns: number): string {
  const longest = Math.max(...candidates.map(widthOf)) + 2;
  const across = Math.max(1, Math.floor(columns / longest));
  const down = Math.ceil(candidates.length / across);
  let text = "";
  for (let row = 0; row < down; row++) {
    const cells: string[] = [];
    for (let at = row; at < candidates.length; at += down) cells.push(candidates[at] ?? "");
    text += `${cells.map((cell, at) => (at < cells.length - 1 ? cell + " ".repeat(longest - widthOf(cell)) : cell)).join("")}\r\n`;
  }
  return text;
}
