/**
 * Bytes made visible: od, hexdump, xxd.
 *
 * Not modelled: `od` of floating numbers, `-S`, `-w` without a multiple; `hexdump -e` and formats beyond -b -c -C -d -o -x; `xxd -i -b`.
 *
 * @source coreutils@9.1 src/od.c; util-linux@2.38 text-utils/hexdump.c; xxd 2022-01-14
 */
import type { Invocation, Program, System } from "../../../linux/program";
import { sizeOf } from "./coreutils-make";
import { complain, fileName, given, quoted } from "./coreutils-support";
import { optionsGiven } from "./getopt";
import { because, print, readFile } from "./support";

const hex = (value: number, width: number): string => value.toString(16).padStart(width, "0");
const code = (text: string, at: number): number => text.charCodeAt(at) & 0xff;
const graphic = (text: string): string => text.replace(/[^ -~]/g, ".");

/** Files one after another; what cannot be read is told. */
function inputOf(
  system: System,
  invocation: Invocation,
  paths: readonly string[],
  say: (path: string, why: string) => string,
): readonly [string, boolean] {
  let [text, good] = ["", true];
  for (const path of paths.length === 0 ? ["-"] : paths) {
    const all = readFile(system, path);
    if (!("errno" in all)) text += all.text;
    else {
      complain(system, invocation, say(path, because(all.errno)));
      good = false;
    }
  }
  return [text, good];
}

const NAMES = "nul soh stx etx eot enq ack bel bs ht nl vt ff cr so si dle dc1 dc2 dc3 dc4 nak syn etb can em sub esc fs gs rs us sp".split(" ");
const ESCAPES: Readonly<Record<number, string>> = { 0: "\\0", 7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r" };

interface Form {
  readonly size: number;
  readonly width: number;
  readonly show: (value: number) => string;
  readonly text: boolean;
}

const SIZES: Readonly<Record<string, number>> = { C: 1, S: 2, I: 4, L: 8, "": 4, "1": 1, "2": 2, "4": 4, "8": 8 };

function formOf(text: string): Form | undefined {
  const match = /^([acdoux])([CSIL1248]?)(z?)$/.exec(text);
  if (match === null) return undefined;
  const [, kind = "", size = "", z] = match;
  if (kind === "a")
    return {
      size: 1,
      width: 3,
      show: (value) => ((value & 127) === 127 ? "del" : (NAMES[value & 127] ?? String.fromCharCode(value & 127))),
      text: false,
    };
  if (kind === "c")
    return {
      size: 1,
      width: 3,
      show: (value) => ESCAPES[value] ?? (value >= 32 && value < 127 ? String.fromCharCode(value) : value.toString(8).padStart(3, "0")),
      text: false,
    };
  const bytes = SIZES[size] ?? 4;
  const digits = kind === "x" ? bytes * 2 : kind === "o" ? Math.ceil((bytes * 8) / 3) : String(2 ** (bytes * 8) - 1).length;
  const width = kind === "d" ? String(2 ** (bytes * 8 - 1)).length + 1 : digits;
  const show = (value: number): string => {
    if (kind === "x") return hex(value, digits);
    if (kind === "o") return value.toString(8).padStart(digits, "0");
    return String(kind === "d" && value >= 2 ** (bytes * 8 - 1) ? value - 2 ** (bytes * 8) : value);
  };
  return { size: bytes, width, show, text: z === "z" };
}

const OLD: Readonly<Record<string, string>> = { a: "a", b: "o1", c: "c", d: "u2", o: "o2", s: "d2", x: "x2", i: "d4", l: "d8" };

function odNumber(text: string): number | undefined {
  const match = /^(0x[0-9A-Fa-f]+|\d+)([bKMG]?)B?$/.exec(text);
  if (match === null) return undefined;
  const digits = match[1] ?? "";
  const base = /^0\d/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  return base * ({ b: 512, K: 1024, M: 1_048_576, G: 1_073_741_824 }[match[2] ?? ""] ?? 1);
}

export const od: Program = (system, invocation) => {
  const options = given(system, invocation, {
    short: "A:abcdij:lN:ost:vw::x",
    long: { "address-radix=": "A", "skip-bytes=": "j", "read-bytes=": "N", "format=": "t", "output-duplicates": "v", "width?": "w" },
  });
  if (options === undefined) return 1;
  const forms: Form[] = [];
  for (const { key, value } of options.options) {
    const asked = key === "t" ? (value ?? "").match(/[a-z][A-Z0-9]*z?/g) : OLD[key] === undefined ? [] : [OLD[key]];
    for (const one of asked ?? [""]) {
      const form = formOf(one);
      if (form === undefined) {
        const letter = /^[acdfoux]/.test(one) ? undefined : one[0];
        const what = letter === undefined ? "invalid type string" : `invalid character '${letter}' in type string`;
        return (complain(system, invocation, `${what} ${quoted(invocation, value ?? "")}`), 1);
      }
      forms.push(form);
    }
  }
  const two = formOf("o2");
  if (forms.length === 0 && two !== undefined) forms.push(two);
  const radix = options.value("A") ?? "o";
  if (!/^[doxn]$/.test(radix))
    return (complain(system, invocation, `invalid output address radix '${radix}'; it must be one character from [doxn]`), 1);
  const [skip, limit] = [odNumber(options.value("j") ?? "0"), options.has("N") ? odNumber(options.value("N") ?? "") : Number.POSITIVE_INFINITY];
  if (skip === undefined || limit === undefined)
    return (
      complain(
        system,
        invocation,
        `invalid ${skip === undefined ? "-j" : "-N"} argument ${quoted(invocation, options.value(skip === undefined ? "j" : "N") ?? "")}`,
      ),
      1
    );
  const [all, good] = inputOf(system, invocation, options.operands, (path, why) => `${fileName(path)}: ${why}`);
  if (skip > all.length) return (complain(system, invocation, "cannot skip past end of combined input"), 1);
  const text = all.slice(skip, skip + limit);
  const width = options.has("w") ? Number(options.value("w") ?? 32) : 16;
  const address = (at: number): string => (radix === "n" ? "" : at.toString({ d: 10, o: 8, x: 16 }[radix]).padStart(radix === "x" ? 6 : 7, "0"));
  // Columns of all forms stand under one another: the widest per byte decides.
  const perByte = Math.max(...forms.map((form) => (form.width + 1) / form.size));
  let previous: string | undefined;
  let starred = false;
  for (let at = 0; at < text.length; at += width) {
    const chunk = text.slice(at, at + width);
    if (chunk === previous && chunk.length === width && !options.has("v") && at + width <= text.length) {
      if (!starred) print(system, "*\n");
      starred = true;
      continue;
    }
    [previous, starred] = [chunk, false];
    for (const [i, form] of forms.entries()) {
      let line = i === 0 ? address(skip + at) : " ".repeat(address(0).length);
      const field = Math.floor(perByte * form.size);
      for (let byte = 0; byte < chunk.length; byte += form.size) {
        let value = 0;
        for (let n = form.size - 1; n >= 0; n--) value = value * 256 + (byte + n < chunk.length ? code(chunk, byte + n) : 0);
        line += form.show(value).padStart(field);
      }
      if (form.text) line += `${" ".repeat(Math.ceil((width - chunk.length) / form.size) * field)}  >${graphic(chunk)}<`;
      print(system, `${line}\n`);
    }
  }
  if (radix !== "n" && (good || text !== "")) print(system, `${address(skip + text.length)}\n`);
  return good ? 0 : 1;
};

/** How hexdump shows a line: units of bytes, each with a width. */
function hexdumpLine(kind: string, chunk: string): string {
  if (kind === "C") {
    const bytes = Array.from({ length: 16 }, (_, i) => (i < chunk.length ? hex(code(chunk, i), 2) : "  "));
    return `  ${bytes.slice(0, 8).join(" ")}  ${bytes.slice(8).join(" ")}  |${graphic(chunk)}|`;
  }
  if (kind === "b" || kind === "c") {
    const show = (value: number): string =>
      kind === "b"
        ? value.toString(8).padStart(3, "0")
        : (ESCAPES[value] ?? (value >= 32 && value < 127 ? String.fromCharCode(value) : value.toString(8).padStart(3, "0"))).padStart(3);
    return Array.from({ length: 16 }, (_, i) => (i < chunk.length ? ` ${show(code(chunk, i))}` : "    ")).join("");
  }
  const words = Array.from({ length: 8 }, (_, i) =>
    i * 2 < chunk.length ? code(chunk, i * 2) + (i * 2 + 1 < chunk.length ? code(chunk, i * 2 + 1) * 256 : 0) : undefined,
  );
  return words
    .map((word) => {
      if (kind === "") return word === undefined ? "     " : ` ${hex(word, 4)}`;
      if (word === undefined) return "        ";
      return kind === "x" ? `    ${hex(word, 4)}` : kind === "d" ? `   ${String(word).padStart(5, "0")}` : `  ${word.toString(8).padStart(6, "0")}`;
    })
    .join("");
}

export const hexdump: Program = (system, invocation) => {
  const options = optionsGiven(system, invocation, {
    short: "bcCdn:os:vx",
    long: {
      canonical: "C",
      "length=": "n",
      "skip=": "s",
      "no-squeezing": "v",
      "one-byte-octal": "b",
      "one-byte-char": "c",
      "two-bytes-decimal": "d",
      "two-bytes-octal": "o",
      "two-bytes-hex": "x",
    },
  });
  if (options === undefined) return 1;
  const kind = options.options.findLast(({ key }) => "bcCdox".includes(key))?.key ?? "";
  const [skip, limit] = [
    sizeOf(options.value("s") ?? "0") ?? 0,
    options.has("n") ? (sizeOf(options.value("n") ?? "") ?? 0) : Number.POSITIVE_INFINITY,
  ];
  const [all, good] = inputOf(system, invocation, options.operands, (path, why) => `${path}: ${why}`);
  if (!good && all === "") return (complain(system, invocation, "all input file arguments failed"), 1);
  const text = all.slice(skip, skip + limit);
  const digits = kind === "C" ? 8 : 7;
  let previous: string | undefined;
  let starred = false;
  for (let at = 0; at < text.length; at += 16) {
    const chunk = text.slice(at, at + 16);
    if (chunk === previous && chunk.length === 16 && !options.has("v")) {
      if (!starred) print(system, "*\n");
      starred = true;
      continue;
    }
    [previous, starred] = [chunk, false];
    print(system, `${hex(skip + at, digits)}${hexdumpLine(kind, chunk)}\n`);
  }
  if (text !== "") print(system, `${hex(skip + text.length, digits)}\n`);
  return good ? 0 : 1;
};

/** The bytes that a dump shows. */
function undumped(text: string, plainText: boolean): string {
  const digits = plainText
    ? text.replace(/[^0-9A-Fa-f]/g, "")
    : text
        .split("\n")
        .map((line) => (/^\s*[0-9A-Fa-f]+:?\s((?:[0-9A-Fa-f]{2,} ?)+)/.exec(line)?.[1] ?? "").replace(/ /g, ""))
        .join("");
  return (digits.match(/../g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16))).join("");
}

export const xxd: Program = (system, invocation) => {
  const options = optionsGiven(system, invocation, { short: "c:g:l:prs:ud", long: {} });
  if (options === undefined) return 1;
  const [path = "-", into] = options.operands;
  const all = readFile(system, path);
  if ("errno" in all) {
    print(system, `xxd: ${path}: ${because(all.errno)}\n`, 2);
    return 2;
  }
  const plainText = options.has("p");
  let out = "";
  if (options.has("r")) out = undumped(all.text, plainText);
  else {
    const skip = Number(options.value("s") ?? 0);
    const text = all.text.slice(skip, options.has("l") ? skip + Number(options.value("l")) : undefined);
    const columns = Number(options.value("c") ?? (plainText ? 30 : 16));
    const group = plainText ? columns : Number(options.value("g") ?? 2) || columns;
    for (let at = 0; at < text.length; at += columns) {
      const chunk = text.slice(at, at + columns);
      const bytes = [...chunk].map((_, i) => hex(code(chunk, i), 2)).map((byte) => (options.has("u") ? byte.toUpperCase() : byte));
      if (plainText) {
        out += `${bytes.join("")}\n`;
        continue;
      }
      const shown = Array.from({ length: columns }, (_, i) => `${bytes[i] ?? "  "}${i % group === group - 1 || i === columns - 1 ? " " : ""}`).join(
        "",
      );
      out += `${options.has("d") ? String(skip + at).padStart(8, "0") : hex(skip + at, 8)}: ${shown} ${graphic(chunk)}\n`;
    }
  }
  const fd = into === undefined ? ({ ok: true, value: 1 } as const) : system.open(into, { write: true, create: true, truncate: true }, 0o666);
  if (!fd.ok) {
    print(system, `xxd: ${into ?? ""}: ${because(fd.errno)}\n`, 2);
    return 3;
  }
  print(system, out, fd.value);
  return 0;
};
