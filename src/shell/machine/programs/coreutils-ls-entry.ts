/**
 * What `ls` knows of one name: how it is written, with what sign behind it, and in which order names come.
 *
 * @source coreutils@9.1 src/ls.c gobble_file print_name_with_quoting sort_files
 */
import type { Attributes, FileKind } from "../../../linux/fs/types";
import { quotedIfNeeded } from "./coreutils-support";

export interface Entry {
  readonly name: string;
  /** As the directory tells it, known without looking at the file. */
  readonly kind: FileKind | undefined;
  readonly ino: number | undefined;
  /** Undefined where it was not looked at, or could not be. */
  readonly attributes: Attributes | undefined;
  readonly target?: string;
  readonly targetAttributes?: Attributes | undefined;
}

export type QuotingStyle = "literal" | "shell-escape" | "c" | "escape" | "locale";

const LETTERS: Readonly<Record<string, string>> = { "\n": "n", "\t": "t", "\r": "r", "\f": "f", "\v": "v", "\x07": "a", "\b": "b", "\\": "\\" };
// oxlint-disable-next-line no-control-regex -- file names may have them
const SPECIAL = /[\\\x00-\x1f\x7f]/g;
const escaped = (text: string): string => text.replace(SPECIAL, (c) => `\\${LETTERS[c] ?? c.charCodeAt(0).toString(8).padStart(3, "0")}`);

export function styled(text: string, style: QuotingStyle, hides: boolean): string {
  if (style === "shell-escape") return quotedIfNeeded(text);
  if (style === "c") return `"${escaped(text).replaceAll('"', '\\"')}"`;
  if (style === "escape") return escaped(text).replaceAll(" ", "\\ ");
  if (style === "locale") return `'${escaped(text).replaceAll("'", "\\'")}'`;
  // oxlint-disable-next-line no-control-regex -- file names may have them
  return hides ? text.replace(/[\x00-\x1f\x7f]/g, "?") : text;
}

export type Indicator = "none" | "slash" | "file-type" | "classify";

export function signOf(kind: FileKind | undefined, mode: number | undefined, indicator: Indicator): string {
  if (indicator === "none" || kind === undefined) return "";
  if (kind === "dir") return "/";
  if (indicator === "slash") return "";
  if (kind === "symlink") return "@";
  if (kind === "fifo") return "|";
  if (kind === "socket") return "=";
  return kind === "file" && indicator === "classify" && ((mode ?? 0) & 0o111) !== 0 ? "*" : "";
}

/** The colours `ls` has of itself, where LS_COLORS says nothing. */
export function colourOf({ kind, attributes }: Pick<Entry, "kind" | "attributes">): string | undefined {
  const mode = attributes?.mode ?? 0;
  switch (attributes?.kind ?? kind) {
    case "dir":
      return (mode & 0o1002) === 0o1002 ? "30;42" : (mode & 0o002) !== 0 ? "34;42" : (mode & 0o1000) !== 0 ? "37;44" : "01;34";
    case "symlink":
      return "01;36";
    case "fifo":
      return "33";
    case "socket":
      return "01;35";
    case "char":
    case "block":
      return "01;33";
    case "file":
      return (mode & 0o4000) !== 0 ? "37;41" : (mode & 0o2000) !== 0 ? "30;43" : (mode & 0o111) !== 0 ? "01;32" : undefined;
    default:
      return undefined;
  }
}

export type Order = "name" | "none" | "size" | "time" | "extension" | "version" | "width";
export type TimeField = "mtime" | "atime" | "ctime";

const plain = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Numbers within names count as numbers. */
export function byVersion(a: string, b: string): number {
  const [left, right] = [a.match(/\d+|\D+/g) ?? [], b.match(/\d+|\D+/g) ?? []];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [one, two] = [left[i], right[i]];
    if (one === undefined || two === undefined) return one === undefined ? -1 : 1;
    const numbers = /^\d/.test(one) && /^\d/.test(two);
    const order = numbers ? Number(one) - Number(two) : plain(one, two);
    if (order !== 0) return order;
  }
  return plain(a, b);
}

const extension = (name: string): string => (name.includes(".") ? name.slice(name.lastIndexOf(".")) : "");

export function ordered(entries: readonly Entry[], order: Order, field: TimeField, reverse: boolean, directoriesFirst: boolean): readonly Entry[] {
  if (order === "none") return entries;
  const number = (entry: Entry): number => (order === "size" ? entry.attributes?.size : entry.attributes?.[field]) ?? 0;
  const compare = (a: Entry, b: Entry): number => {
    const names = plain(a.name, b.name);
    if (order === "size" || order === "time") return number(b) - number(a) || names;
    if (order === "extension") return plain(extension(a.name), extension(b.name)) || names;
    if (order === "version") return byVersion(a.name, b.name);
    return order === "width" ? a.name.length - b.name.length || names : names;
  };
  const isDir = (entry: Entry): number => ((entry.targetAttributes ?? entry.attributes)?.kind === "dir" || entry.kind === "dir" ? 0 : 1);
  return entries.toSorted((a, b) => (directoriesFirst ? isDir(a) - isDir(b) : 0) || (reverse ? compare(b, a) : compare(a, b)));
}
