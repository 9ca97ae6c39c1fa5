/**
 * `getfattr` and `setfattr`: extended attributes, values as text, in hexadecimal or in base64.
 *
 * Not modelled: links themselves (`-h`), whole dumps put back (`--restore`).
 *
 * @source attr@2.5.1 tools/getfattr.c tools/setfattr.c
 */
import type { Errno } from "../../../linux/errno";
import type { Program, System } from "../../../linux/program";
import { joined, namesOf } from "./coreutils-support";
import { getopt, type Parsed, type Spec } from "./getopt";
import { because, print } from "./support";

type Encoding = "text" | "hex" | "base64";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const reason = (errno: Errno): string => (errno === "ENODATA" ? "No such attribute" : because(errno));

function base64(text: string): string {
  let out = "";
  for (let at = 0; at < text.length; at += 3) {
    const bits = (text.charCodeAt(at) << 16) | ((text.charCodeAt(at + 1) || 0) << 8) | (text.charCodeAt(at + 2) || 0);
    const four = [18, 12, 6, 0].map((shift) => DIGITS[(bits >> shift) & 63] ?? "").join("");
    out += four.slice(0, Math.min(4, text.length - at + 1)).padEnd(4, "=");
  }
  return out;
}

function fromBase64(text: string): string | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2,3}={0,2})?$/.test(text)) return undefined;
  let [out, bits, count] = ["", 0, 0];
  for (const digit of text.replace(/=+$/, "")) {
    bits = (bits << 6) | DIGITS.indexOf(digit);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += String.fromCharCode((bits >> count) & 255);
    }
    bits &= (1 << count) - 1;
  }
  return out;
}

/** A value as it is written after the sign of equality. Without a choice it is text when all of it can be printed. */
export function encoded(value: string, encoding?: Encoding): string {
  // oxlint-disable-next-line no-control-regex -- what cannot be printed
  const chosen = encoding ?? (/^[\x20-\x7e]*$/.test(value.replace(/\0$/, "")) ? "text" : "base64");
  if (chosen === "hex") return `0x${[...value].map((c) => c.charCodeAt(0).toString(16).padStart(2, "0")).join("")}`;
  if (chosen === "base64") return `0s${base64(value)}`;
  const text = value.replace(/[\n\r\0\\"]/g, (c) => (c === "\\" || c === '"' ? `\\${c}` : `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`));
  return `"${text}"`;
}

/** A value as it is given; undefined when it is not well written. */
export function decoded(text: string): string | undefined {
  if (/^0x/i.test(text)) {
    const digits = text.slice(2).replaceAll(" ", "");
    return /^([0-9a-f]{2})*$/i.test(digits) ? digits.replace(/../g, (two) => String.fromCharCode(Number.parseInt(two, 16))) : undefined;
  }
  if (/^0s/i.test(text)) return fromBase64(text.slice(2));
  const plain = /^".*"$/s.test(text) ? text.slice(1, -1) : text;
  return plain.replace(/\\([0-7]{3}|\\|")/g, (_all, what: string) =>
    what.length === 3 ? String.fromCharCode(Number.parseInt(what, 8) & 255) : what,
  );
}

const GET: Spec = {
  short: "hn:de:m:RLP",
  long: {
    "name=": "n",
    dump: "d",
    "encoding=": "e",
    "match=": "m",
    "only-values": "only",
    "no-dereference": "h",
    "absolute-names": "absolute",
    recursive: "R",
  },
};
const GET_USAGE = "Usage: getfattr [-hRLP] [-n name|-d] [-e en] [-m pattern] path...\nTry `getfattr --help' for more information.\n";
const SET: Spec = {
  short: "n:x:v:h",
  long: { "name=": "n", "remove=": "x", "value=": "v", "no-dereference": "h", "restore=": "restore", raw: "raw" },
};
const SET_USAGE =
  "Usage: setfattr {-n name} [-v value] [-h] file...\n       setfattr {-x name} [-h] file...\nTry `setfattr --help' for more information.\n";

interface Reading {
  readonly system: System;
  readonly options: Parsed;
  readonly pattern: RegExp;
  readonly encoding: Encoding | undefined;
  stripped: boolean;
  failed: boolean;
}

function header(reading: Reading, path: string): string {
  if (!path.startsWith("/") || reading.options.has("absolute")) return path;
  if (!reading.stripped) print(reading.system, "getfattr: Removing leading '/' from absolute path names\n", 2);
  reading.stripped = true;
  return path.replace(/^\/+/, "") || ".";
}

/** One file's attributes, under its name. */
function tell(reading: Reading, path: string, wanted: readonly string[]): void {
  const { system, options, encoding } = reading;
  const lines: string[] = [];
  for (const name of wanted) {
    if (!options.has("d") && !options.has("n") && !options.has("only")) {
      lines.push(name);
      continue;
    }
    const found = system.getxattr(path, name);
    if (!found.ok) {
      print(system, `${path}: ${name}: ${reason(found.errno)}\n`, 2);
      reading.failed = true;
    } else if (options.has("only")) print(system, found.value);
    else lines.push(`${name}=${encoded(found.value, encoding)}`);
  }
  if (lines.length > 0) print(system, `# file: ${header(reading, path)}\n${lines.map((line) => `${line}\n`).join("")}\n`);
}

function look(reading: Reading, path: string): void {
  const { system, options, pattern } = reading;
  const name = options.value("n");
  const listed = system.listxattr(path);
  if (!listed.ok) {
    print(system, `getfattr: ${path}: ${reason(listed.errno)}\n`, 2);
    reading.failed = true;
    return;
  }
  const wanted = name === undefined ? listed.value.filter((one) => pattern.test(one)).toSorted((a, b) => (a < b ? -1 : 1)) : [name];
  tell(reading, path, wanted);
  if (!options.has("R")) return;
  const [kind, below] = [system.lstat(path), namesOf(system, path)];
  if (kind.ok && kind.value.kind === "dir" && "names" in below)
    for (const entry of below.names) look(reading, path === "." ? entry : joined(path, entry));
}

/** A pattern as `-m` takes it; a lone `-` is every name. */
function patternOf(text: string): RegExp | undefined {
  try {
    return new RegExp(text === "-" ? "" : text);
  } catch {
    return undefined;
  }
}

function usage(system: System, name: string, text: string, wrong: Parsed | string): number {
  print(system, (typeof wrong === "string" ? `${name}: ${wrong}\n` : "") + text, 2);
  return 2;
}

const ENCODINGS: readonly string[] = ["text", "hex", "base64"];

export const getfattr: Program = (system, { argv }) => {
  const options = getopt(argv.slice(1), GET);
  if (typeof options === "string" || options.operands.length === 0) return usage(system, "getfattr", GET_USAGE, options);
  const encoding = options.value("e");
  if (encoding !== undefined && !ENCODINGS.includes(encoding)) return usage(system, "getfattr", GET_USAGE, options);
  const match = options.value("m") ?? "^user\\.";
  const pattern = patternOf(match);
  if (pattern === undefined) {
    print(system, `getfattr: invalid regular expression "${match}"\n`, 2);
    return 1;
  }
  const reading: Reading = { system, options, pattern, encoding: encoding as Encoding | undefined, stripped: false, failed: false };
  for (const path of options.operands) look(reading, path);
  return reading.failed ? 1 : 0;
};

export const setfattr: Program = (system, { argv }) => {
  const options = getopt(argv.slice(1), SET);
  if (typeof options === "string") return usage(system, "setfattr", SET_USAGE, options);
  const [name, gone] = [options.value("n"), options.value("x")];
  if (options.operands.length === 0 || (name === undefined) === (gone === undefined)) return usage(system, "setfattr", SET_USAGE, options);
  let status = 0;
  for (const path of options.operands) {
    const given = options.value("v") ?? "";
    const value = options.has("raw") ? given : decoded(given);
    if (value === undefined) {
      print(system, "bad input encoding\n", 2);
      status = 1;
      continue;
    }
    const done = name === undefined ? system.removexattr(path, gone ?? "") : system.setxattr(path, name, value);
    if (done.ok) continue;
    print(system, `setfattr: ${path}: ${reason(done.errno)}\n`, 2);
    status = 1;
  }
  return status;
};
