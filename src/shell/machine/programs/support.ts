/** What the machine's programs have in common: printing, complaining, reading whole files, and options as getopt takes them. */
import { type Errno, strerror } from "../../../linux/errno";
import type { Invocation, System } from "../../../linux/program";

const CHUNK = 65_536;

export function print(system: System, text: string, fd = 1): void {
  for (let rest = text; rest !== ""; ) {
    const wrote = system.write(fd, rest);
    if (!wrote.ok) return;
    rest = rest.slice(wrote.value);
  }
}

/** A complaint as the program's name and a sentence. */
export const complain = (system: System, { argv }: Invocation, text: string): void => print(system, `${baseName(argv[0] ?? "")}: ${text}\n`, 2);
export const because = (errno: Errno): string => strerror(errno);
export const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** All that a descriptor gives. */
export function slurp(system: System, fd: number): { readonly text: string } | { readonly errno: Errno } {
  let text = "";
  for (;;) {
    const got = system.read(fd, CHUNK);
    if (!got.ok) return { errno: got.errno };
    if (got.value === "") return { text };
    text += got.value;
  }
}

export function readFile(system: System, path: string): { readonly text: string } | { readonly errno: Errno } {
  if (path === "-") return slurp(system, 0);
  const fd = system.open(path, { read: true }, 0);
  if (!fd.ok) return { errno: fd.errno };
  const all = slurp(system, fd.value);
  system.close(fd.value);
  return all;
}

/** Lines without their ends; a last one that has none counts too. */
export const linesOf = (text: string): readonly string[] => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));

export interface Options {
  /** Values of options that take one, the last wins; true for those that take none. */
  readonly given: ReadonlyMap<string, string | true>;
  readonly rest: readonly string[];
  /** An option that there is not, as it was written. */
  readonly unknown?: string;
  readonly missing?: string;
}

export interface Spelling {
  /** Single letters; a colon after one that takes a value. */
  readonly short: string;
  /** Long names and the letter (or name) they stand for; `=` after one that takes a value, `?` where it may. */
  readonly long?: Readonly<Record<string, string>>;
  /** Options end at the first word that is none. */
  readonly stops?: boolean;
}

const LONG = /^([^=?]+)([=?]?)$/;

/** Options as getopt_long takes them, bundled letters and `--` included. */
export function optionsOf(args: readonly string[], { short, long = {}, stops = false }: Spelling): Options {
  const given = new Map<string, string | true>();
  const rest: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === "--") return { given, rest: [...rest, ...args.slice(i + 1)] };
    if (arg.startsWith("--")) {
      const [name = "", inline] = splitOnce(arg.slice(2));
      const key = Object.keys(long).find((one) => LONG.exec(one)?.[1] === name);
      if (key === undefined) return { given, rest, unknown: arg };
      const takes = LONG.exec(key)?.[2] ?? "";
      if (takes === "") given.set(long[key] as string, true);
      else if (inline !== undefined) given.set(long[key] as string, inline);
      else if (takes === "?") given.set(long[key] as string, "");
      else {
        const next = args[++i];
        if (next === undefined) return { given, rest, missing: arg };
        given.set(long[key] as string, next);
      }
    } else if (arg.length > 1 && arg.startsWith("-")) {
      for (let at = 1; at < arg.length; at++) {
        const letter = arg[at] as string;
        const place = short.indexOf(letter);
        if (letter === ":" || place < 0) return { given, rest, unknown: letter };
        if (short[place + 1] !== ":") {
          given.set(letter, true);
          continue;
        }
        const inline = arg.slice(at + 1);
        const next = inline === "" ? args[++i] : inline;
        if (next === undefined) return { given, rest, missing: letter };
        given.set(letter, next);
        break;
      }
    } else if (stops) return { given, rest: args.slice(i) };
    else rest.push(arg);
  }
  return { given, rest };
}

function splitOnce(text: string): readonly [string, string?] {
  const at = text.indexOf("=");
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
