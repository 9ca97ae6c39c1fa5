/**
 * A line while it is typed: each key makes another line. Keys are those of readline's emacs mode.
 *
 * Not modelled: the kill ring beyond its last entry, macros, undo, vi mode, numeric arguments.
 *
 * @rule linux.readline.keys
 * @source readline(3) EMACS MODE
 */
import { charactersOf, isPartial } from "./line-text";

export interface Edit {
  /** The prompt's last line, with what does not take columns between \x01 and \x02. */
  readonly prompt: string;
  /** Bytes. */
  readonly line: string;
  /** Where the next character goes, counted in bytes. */
  readonly at: number;
  /** Bytes of a key that is not complete. */
  readonly pending: string;
  /** What was cut last. */
  readonly cut: string;
  /** Which entry of the history is shown; its length for the new line. */
  readonly entry: number;
  /** Lines of the history as they were changed, by number. */
  readonly changed: Readonly<Record<string, string>>;
  /** Whether the last key was Tab and nothing could be added. */
  readonly asked: boolean;
  /** Text sought backwards in the history. */
  readonly search?: string;
  /** The row of the cursor below the prompt's. */
  readonly row: number;
}

/** What a key did: another line, or something that the shell must do. */
export type Action = "accept" | "end" | "clear" | "complete" | "bell" | undefined;
export interface Struck {
  readonly edit: Edit;
  readonly action?: Action;
}

export const newEdit = (prompt: string, entry: number): Edit => ({
  prompt,
  line: "",
  at: 0,
  pending: "",
  cut: "",
  entry,
  changed: {},
  asked: false,
  row: 0,
});

const before = ({ line, at }: Edit): string => line.slice(0, at);
const after = ({ line, at }: Edit): string => line.slice(at);
const to = (edit: Edit, line: string, at: number): Struck => ({ edit: { ...edit, line, at } });
const moved = (edit: Edit, at: number): Struck => (at === edit.at ? { edit, action: "bell" } : to(edit, edit.line, at));

export const insert = (edit: Edit, text: string): Edit => ({ ...edit, line: before(edit) + text + after(edit), at: edit.at + text.length });

const left = (edit: Edit): number => edit.at - (charactersOf(before(edit)).at(-1)?.length ?? 0);
const right = (edit: Edit): number => edit.at + (charactersOf(after(edit))[0]?.length ?? 0);
const WORD_LEFT = /[\w\x80-\xff]*[^\w\x80-\xff]*$/;
const WORD_RIGHT = /^[^\w\x80-\xff]*[\w\x80-\xff]*/;
const wordLeft = (edit: Edit): number => edit.at - (WORD_LEFT.exec(before(edit))?.[0].length ?? 0);
const wordRight = (edit: Edit): number => edit.at + (WORD_RIGHT.exec(after(edit))?.[0].length ?? 0);

/** Cuts what lies between two places. */
function cut(edit: Edit, from: number, until: number): Struck {
  if (from === until) return { edit, action: "bell" };
  return { edit: { ...edit, line: edit.line.slice(0, from) + edit.line.slice(until), at: from, cut: edit.line.slice(from, until) } };
}

function erase(edit: Edit, from: number, until: number): Struck {
  return from === until ? { edit, action: "bell" } : to(edit, edit.line.slice(0, from) + edit.line.slice(until), from);
}

/** Another entry of the history; what was changed in this one is kept while the line is edited. */
function show(edit: Edit, history: readonly string[], entry: number): Struck {
  if (entry < 0 || entry > history.length || entry === edit.entry) return { edit, action: "bell" };
  const changed: Edit["changed"] = { ...edit.changed, [String(edit.entry)]: edit.line };
  const line = changed[String(entry)] ?? history[entry] ?? "";
  return { edit: { ...edit, changed, entry, line, at: line.length } };
}

function transpose(edit: Edit): Struck {
  const characters = charactersOf(before(edit));
  const next = charactersOf(after(edit))[0];
  const [a, b] = next === undefined ? [characters.at(-2), characters.at(-1)] : [characters.at(-1), next];
  if (a === undefined || b === undefined) return { edit, action: "bell" };
  const from = next === undefined ? edit.at - a.length - b.length : edit.at - a.length;
  const until = from + a.length + b.length;
  return to(edit, edit.line.slice(0, from) + b + a + edit.line.slice(until), until);
}

const lastArgument = (edit: Edit, history: readonly string[]): Struck => {
  const argument = /\S+\s*$/.exec(history.at(-1) ?? "")?.[0].trim();
  return argument === undefined ? { edit, action: "bell" } : { edit: insert(edit, argument) };
};

type Command = (edit: Edit, history: readonly string[]) => Struck;
const start: Command = (edit) => moved(edit, 0);
const end: Command = (edit) => moved(edit, edit.line.length);
const back: Command = (edit) => moved(edit, left(edit));
const forth: Command = (edit) => moved(edit, right(edit));
const older: Command = (edit, history) => show(edit, history, edit.entry - 1);
const newer: Command = (edit, history) => show(edit, history, edit.entry + 1);
const rubOut: Command = (edit) => erase(edit, left(edit), edit.at);
const rubRight: Command = (edit) => erase(edit, edit.at, right(edit));
const accept: Command = (edit) => ({ edit, action: "accept" });
const wordBack: Command = (edit) => moved(edit, wordLeft(edit));
const wordForth: Command = (edit) => moved(edit, wordRight(edit));
const cutWordBack: Command = (edit) => cut(edit, wordLeft(edit), edit.at);

const KEYS: Readonly<Record<string, Command>> = {
  "\r": accept,
  "\n": accept,
  "\t": (edit) => ({ edit, action: "complete" }),
  "\x01": start,
  "\x02": back,
  "\x04": (edit) => (edit.line === "" ? { edit, action: "end" } : rubRight(edit, [])),
  "\x05": end,
  "\x06": forth,
  "\x07": (edit) => ({ edit, action: "bell" }),
  "\x08": rubOut,
  "\x0b": (edit) => cut(edit, edit.at, edit.line.length),
  "\x0c": (edit) => ({ edit, action: "clear" }),
  "\x0e": newer,
  "\x0f": accept,
  "\x10": older,
  "\x12": (edit) => ({ edit: { ...edit, search: "" } }),
  "\x14": transpose,
  "\x15": (edit) => cut(edit, 0, edit.at),
  "\x17": (edit) => cut(edit, edit.at - (/\S*\s*$/.exec(before(edit))?.[0].length ?? 0), edit.at),
  "\x19": (edit) => (edit.cut === "" ? { edit, action: "bell" } : { edit: insert(edit, edit.cut) }),
  "\x7f": rubOut,
  "\x1b[A": older,
  "\x1bOA": older,
  "\x1b[B": newer,
  "\x1bOB": newer,
  "\x1b[C": forth,
  "\x1bOC": forth,
  "\x1b[D": back,
  "\x1bOD": back,
  "\x1b[H": start,
  "\x1bOH": start,
  "\x1b[1~": start,
  "\x1b[7~": start,
  "\x1b[F": end,
  "\x1bOF": end,
  "\x1b[4~": end,
  "\x1b[8~": end,
  "\x1b[3~": rubRight,
  "\x1b[1;5C": wordForth,
  "\x1b[1;3C": wordForth,
  "\x1b[1;5D": wordBack,
  "\x1b[1;3D": wordBack,
  "\x1bf": wordForth,
  "\x1bb": wordBack,
  "\x1bd": (edit) => cut(edit, edit.at, wordRight(edit)),
  "\x1b\x7f": cutWordBack,
  "\x1b\x08": cutWordBack,
  "\x1b.": lastArgument,
  "\x1b_": lastArgument,
  "\x1b<": (edit, history) => show(edit, history, 0),
  "\x1b>": (edit, history) => show(edit, history, history.length),
};

/** A sequence that begins with escape and is not complete. */
// oxlint-disable-next-line no-control-regex -- terminals speak in control characters
const unfinished = (key: string): boolean => /^\x1b(?:\[[0-9;]*|O)?$/.test(key);

/** One byte more. */
export function strikeKey(given: Edit, byte: string, history: readonly string[]): Struck {
  const key = given.pending + byte;
  if (unfinished(key) || (key[0] !== "\x1b" && isPartial(key))) return { edit: { ...given, pending: key } };
  const edit = { ...given, pending: "" };
  if (edit.search !== undefined) return searched(edit, key, history);
  const command = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
  if (command !== undefined) return command(edit, history);
  return key < " " ? { edit, action: "bell" } : { edit: insert(edit, key) };
}

/** While a text is sought backwards: more of it, the next place, or the end of the search and the key's own meaning. */
function searched(edit: Edit, key: string, history: readonly string[]): Struck {
  const { search = "", ...plain } = edit;
  if (key === "\x07") return { edit: { ...plain, line: "", at: 0, entry: history.length } };
  if (key === "\x12") return find(edit, search, history, edit.entry - 1);
  if (key === "\x7f" || key === "\x08") return find(edit, search.slice(0, -(charactersOf(search).at(-1)?.length ?? 0)), history, history.length - 1);
  if (key >= " " && key !== "\x7f") return find(edit, search + key, history, Math.min(edit.entry, history.length - 1));
  return key === "\x1b\x1b" ? { edit: plain } : strikeKey(plain, key, history);
}

function find(edit: Edit, search: string, history: readonly string[], from: number): Struck {
  const sought = { ...edit, search };
  if (search === "") return { edit: sought };
  for (let entry = from; entry >= 0; entry--) {
    const line = history[entry] ?? "";
    const at = line.lastIndexOf(search);
    if (at >= 0) return { edit: { ...sought, entry, line, at } };
  }
  return { edit: sought, action: "bell" };
}
