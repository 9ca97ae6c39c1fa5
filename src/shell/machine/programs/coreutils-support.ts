/**
 * What coreutils' programs have in common: quotes by locale, the hint where to read more, walks over trees.
 *
 * @source coreutils@9.1 lib/quotearg.c src/system.h
 */
import type { Attributes } from "../../../linux/fs/types";
import type { Invocation, System } from "../../../linux/program";
import { isWide } from "./columns";
import { type Parsed, optionsGiven, type Spec } from "./getopt";
import { because, print } from "./support";

/** Quotes as the locale has them. */
export const quoted = ({ env }: Invocation, text: string): string => (isWide(env) ? `\xe2\x80\x98${text}\xe2\x80\x99` : `'${text}'`);

/** Quotes that a shell would take. */
export function shellQuoted(text: string): string {
  // oxlint-disable-next-line no-control-regex -- terminals speak in control characters
  if (/[\n\t\x01-\x1f\x7f]/.test(text)) return `'${text.replace(/[\n\t\x01-\x1f\x7f]+/g, (control) => `'$'${escapes(control)}''`)}'`;
  if (!text.includes("'")) return `'${text}'`;
  return /[!"$&()*;<=>[^`|?\\{}]|.[#~]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : `"${text}"`;
}

/** The same, but only where a shell would need them. */
export const quotedIfNeeded = (text: string, also?: RegExp): string =>
  // oxlint-disable-next-line no-control-regex -- terminals speak in control characters
  text === "" || /^[#~]|^[{}]$|[ \x01-\x1f\x7f!"$&'()*;<=>?[\\^`|]/.test(text) || also?.test(text) === true ? shellQuoted(text) : text;

/** A file's name in a complaint. */
export const fileName = (text: string): string => quotedIfNeeded(text, /:/);

const escapes = (text: string): string =>
  [...text].map((c) => (c === "\n" ? "\\n" : c === "\t" ? "\\t" : `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`)).join("");

/** A complaint of one of coreutils' programs: under the name by which it was called. */
export const complain = (system: System, { argv }: Invocation, text: string): void => print(system, `${argv[0] ?? ""}: ${text}\n`, 2);

export function tryHelp(system: System, invocation: Invocation, text?: string, status = 1): number {
  if (text !== undefined) complain(system, invocation, text);
  print(system, `Try '${invocation.argv[0] ?? ""} --help' for more information.\n`, 2);
  return status;
}

/** Options; a failure was told. */
export const given = (system: System, invocation: Invocation, spec: Spec): Parsed | undefined => optionsGiven(system, invocation, spec);

export const joined = (directory: string, name: string): string => (directory.endsWith("/") ? directory + name : `${directory}/${name}`);
export const withoutSlashes = (path: string): string => (/^\/+$/.test(path) ? "/" : path.replace(/\/+$/, ""));
export const directoryOf = (path: string): string => {
  const plain = withoutSlashes(path);
  const at = plain.lastIndexOf("/");
  return at < 0 ? "." : at === 0 ? "/" : withoutSlashes(plain.slice(0, at));
};

/** Names in a directory, in the order of the C locale. */
export function namesOf(system: System, path: string): { readonly names: readonly string[] } | { readonly errno: Parameters<typeof because>[0] } {
  const fd = system.open(path, { read: true, directory: true, cloexec: true }, 0);
  if (!fd.ok) return { errno: fd.errno };
  const entries = system.readdir(fd.value);
  system.close(fd.value);
  if (!entries.ok) return { errno: entries.errno };
  return { names: entries.value.map(({ name }) => name).toSorted((a, b) => (a < b ? -1 : 1)) };
}

export const isDirectory = (system: System, path: string): boolean => {
  const found = system.stat(path);
  return found.ok && found.value.kind === "dir";
};

const KIND_BITS: Readonly<Record<Attributes["kind"], number>> = {
  fifo: 0o010000,
  char: 0o020000,
  dir: 0o040000,
  block: 0o060000,
  file: 0o100000,
  symlink: 0o120000,
  socket: 0o140000,
};
const KIND_LETTERS: Readonly<Record<Attributes["kind"], string>> = {
  fifo: "p",
  char: "c",
  dir: "d",
  block: "b",
  file: "-",
  symlink: "l",
  socket: "s",
};

export const rawMode = ({ kind, mode }: Pick<Attributes, "kind" | "mode">): number => KIND_BITS[kind] | mode;

/** `drwxr-xr-x`. */
export function modeString({ kind, mode }: Pick<Attributes, "kind" | "mode">): string {
  const triple = (shift: number, special: number, letter: string): string => {
    const bits = mode >> shift;
    const execute = (bits & 1) !== 0;
    const last = (mode & special) !== 0 ? (execute ? letter : letter.toUpperCase()) : execute ? "x" : "-";
    return `${(bits & 4) !== 0 ? "r" : "-"}${(bits & 2) !== 0 ? "w" : "-"}${last}`;
  };
  return `${KIND_LETTERS[kind]}${triple(6, 0o4000, "s")}${triple(3, 0o2000, "s")}${triple(0, 0o1000, "t")}`;
}

const WHO = { u: 0o4700, g: 0o2070, o: 0o1007, a: 0o7777 } as const;

/** What a mode in octal or in letters makes of a mode; undefined when it is none. */
export function changedMode(text: string, before: number, directory: boolean, umask: number): number | undefined {
  if (/^[0-7]{1,5}$/.test(text)) {
    const wanted = Number.parseInt(text, 8);
    // Octal numbers leave the set-ID bits of directories, unless written out.
    return wanted > 0o7777 ? undefined : directory && text.length < 5 ? wanted | (before & 0o6000) : wanted;
  }
  let mode = before;
  for (const clause of text.split(",")) {
    const match = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/.exec(clause);
    if (match === null) return undefined;
    const who = [...(match[1] ?? "")].reduce((all, letter) => all | WHO[letter as keyof typeof WHO], 0);
    for (const [, operator, what = ""] of (match[2] ?? "").matchAll(/([-+=])([ugo]|[rwxXst]*)/g)) {
      const bits = bitsOf(what, mode, directory);
      const mask = who === 0 ? 0o7777 & ~umask : who;
      const meant = bits & mask;
      if (operator === "+") mode |= meant;
      else if (operator === "-") mode &= ~meant;
      else mode = (mode & ~(who === 0 ? 0o777 : who & (directory ? 0o1777 : 0o7777))) | meant;
    }
  }
  return mode;
}

function bitsOf(what: string, mode: number, directory: boolean): number {
  if (/^[ugo]$/.test(what)) return ((mode >> (what === "u" ? 6 : what === "g" ? 3 : 0)) & 7) * 0o111;
  let bits = 0;
  for (const letter of what) {
    if (letter === "r") bits |= 0o444;
    else if (letter === "w") bits |= 0o222;
    else if (letter === "x" || (letter === "X" && (directory || (mode & 0o111) !== 0))) bits |= 0o111;
    else if (letter === "s") bits |= 0o6000;
    else if (letter === "t") bits |= 0o1000;
  }
  return bits;
}

const DAYS = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
export const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export interface CalendarTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly micro: number;
  readonly weekday: string;
  readonly yearDay: number;
}

/** Microseconds since 1970 as a date in UTC. */
export function calendar(micros: number): CalendarTime {
  const seconds = Math.floor(micros / 1e6);
  const days = Math.floor(seconds / 86_400);
  // Days are counted from the first of March 0000; the leap day comes last.
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor((ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365);
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * ofYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const of = seconds - days * 86_400;
  return {
    year,
    month,
    day: ofYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
    hour: Math.floor(of / 3600),
    minute: Math.floor((of % 3600) / 60),
    second: of % 60,
    micro: Math.floor(micros - seconds * 1e6),
    weekday: DAYS[((days % 7) + 7) % 7] ?? "",
    yearDay: days - daysBefore(year) + 1,
  };
}

/** Days from 1970 to the first of January of a year. */
export function daysBefore(year: number): number {
  const y = year - 1;
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) - 719_162;
}

export const two = (number: number): string => String(number).padStart(2, "0");
