/**
 * The line being typed: cursor, history, the usual keys of a shell. A value and pure functions; the terminal pane draws it.
 *
 * Not modelled: searching the history (Ctrl-R), a kill ring.
 */
export interface Line {
  readonly text: string;
  readonly cursor: number;
  /** Lines entered before, oldest first, and where in them the person stands. */
  readonly history: readonly string[];
  readonly back: number;
  /** What was typed before going back in the history. */
  readonly held: string;
}

export const EMPTY_LINE: Line = { text: "", cursor: 0, history: [], back: 0, held: "" };

export type Effect =
  | { readonly kind: "enter"; readonly text: string }
  | { readonly kind: "complete" }
  | { readonly kind: "interrupt" }
  | { readonly kind: "end" }
  | { readonly kind: "clear" }
  | { readonly kind: "tooMuch" }
  | { readonly kind: "leave" };

export interface Typed {
  readonly line: Line;
  readonly effects: readonly Effect[];
}

const put = (line: Line, text: string, cursor: number): Line => ({ ...line, text, cursor: Math.max(0, Math.min(text.length, cursor)) });

export function insert(line: Line, text: string): Line {
  return put(line, line.text.slice(0, line.cursor) + text + line.text.slice(line.cursor), line.cursor + text.length);
}

function wordBack(line: Line): number {
  const before = line.text.slice(0, line.cursor).replace(/\s+$/, "");
  return before.length - (/\S+$/.exec(before)?.[0].length ?? 0);
}

function wordForward(line: Line): number {
  const after = line.text.slice(line.cursor);
  return line.cursor + (/^\s*\S+/.exec(after)?.[0].length ?? after.length);
}

function recall(line: Line, by: number): Line {
  const back = Math.max(0, Math.min(line.history.length, line.back + by));
  if (back === line.back) return line;
  const held = line.back === 0 ? line.text : line.held;
  const text = back === 0 ? held : (line.history[line.history.length - back] ?? "");
  return { ...line, text, cursor: text.length, back, held };
}

function entered(line: Line): Typed {
  const history = line.text.trim() === "" || line.text === line.history.at(-1) ? line.history : [...line.history, line.text].slice(-500);
  return { line: { ...EMPTY_LINE, history }, effects: [{ kind: "enter", text: line.text }] };
}

/** Keys as a terminal sends them. */
const KEYS: Readonly<Record<string, (line: Line) => Line>> = {
  "\x7f": (line) => put(line, line.text.slice(0, Math.max(0, line.cursor - 1)) + line.text.slice(line.cursor), line.cursor - 1),
  "\x1b[3~": (line) => put(line, line.text.slice(0, line.cursor) + line.text.slice(line.cursor + 1), line.cursor),
  "\x04": (line) => put(line, line.text.slice(0, line.cursor) + line.text.slice(line.cursor + 1), line.cursor),
  "\x1b[D": (line) => put(line, line.text, line.cursor - 1),
  "\x1b[C": (line) => put(line, line.text, line.cursor + 1),
  "\x1b[A": (line) => recall(line, 1),
  "\x1b[B": (line) => recall(line, -1),
  "\x10": (line) => recall(line, 1),
  "\x0e": (line) => recall(line, -1),
  "\x1b[H": (line) => put(line, line.text, 0),
  "\x01": (line) => put(line, line.text, 0),
  "\x1b[F": (line) => put(line, line.text, line.text.length),
  "\x05": (line) => put(line, line.text, line.text.length),
  "\x02": (line) => put(line, line.text, line.cursor - 1),
  "\x06": (line) => put(line, line.text, line.cursor + 1),
  "\x1b[1;5D": (line) => put(line, line.text, wordBack(line)),
  "\x1b[1;5C": (line) => put(line, line.text, wordForward(line)),
  "\x1bb": (line) => put(line, line.text, wordBack(line)),
  "\x1bf": (line) => put(line, line.text, wordForward(line)),
  "\x15": (line) => put(line, line.text.slice(line.cursor), 0),
  "\x0b": (line) => put(line, line.text.slice(0, line.cursor), line.cursor),
  "\x17": (line) => put(line, line.text.slice(0, wordBack(line)) + line.text.slice(line.cursor), wordBack(line)),
};
const EFFECTS: Readonly<Record<string, Effect>> = {
  "\t": { kind: "complete" },
  "\x0c": { kind: "clear" },
  "\x1b": { kind: "leave" },
};

/** What one piece of terminal input does. Pasted text of several lines enters all but the last. */
export function typed(line: Line, data: string): Typed {
  if (data === "\x03") return { line: { ...EMPTY_LINE, history: line.history }, effects: [{ kind: "interrupt" }] };
  if (data === "\x04" && line.text === "") return { line, effects: [{ kind: "end" }] };
  const move = KEYS[data];
  if (move !== undefined) return { line: move(line), effects: [] };
  const effect = EFFECTS[data];
  if (effect !== undefined) return { line, effects: [effect] };
  if (data.startsWith("\x1b[200~")) return pasted(line, data.slice(6).replace("\x1b[201~", ""));
  if (data.startsWith("\x1b")) return { line, effects: [] };
  return pasted(line, data);
}

/** A terminal's own signs have no place in a line. */
function printable(text: string): string {
  return [...text.replaceAll("\t", "  ")].filter((character) => character >= " " && character !== "\x7f").join("");
}

/** What is longer belongs into a file: each line would be an input of its own, and all of them would travel with a link. */
export const MOST_PASTED = 64 * 1024;

function pasted(line: Line, data: string): Typed {
  if (line.text.length + data.length > MOST_PASTED) return { line, effects: [{ kind: "tooMuch" }] };
  const pieces = data.split(/\r\n|\r|\n/);
  const effects: Effect[] = [];
  let current = line;
  pieces.forEach((piece, i) => {
    current = insert(current, printable(piece));
    if (i === pieces.length - 1) return;
    const next = entered(current);
    current = next.line;
    effects.push(...next.effects);
  });
  return { line: current, effects };
}

/** The line with a completion: the only candidate whole, several as far as they agree. */
export function completed(line: Line, from: number, candidates: readonly string[]): Line {
  const [first] = candidates;
  if (first === undefined) return line;
  let common = first;
  for (const candidate of candidates) while (!candidate.startsWith(common)) common = common.slice(0, -1);
  const word = candidates.length === 1 ? (/[=/]$/.test(first) ? first : `${first} `) : common;
  if (word.length < line.cursor - from) return line;
  return put(line, line.text.slice(0, from) + word + line.text.slice(line.cursor), from + word.length);
}
