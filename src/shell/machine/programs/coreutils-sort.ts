/**
 * `sort`: lines in order, by keys.
 *
 * Not modelled: locales other than C, --random-sort, --parallel, temporary files, --debug.
 *
 * @source coreutils@9.1 src/sort.c keycompare
 */
import type { Program } from "../../../linux/program";
import { byVersion } from "./coreutils-ls-entry";
import { complain, fileName, given, quoted } from "./coreutils-support";
import type { Parsed } from "./getopt";
import { because, print, readFile } from "./support";

interface Place {
  readonly field: number;
  readonly character: number;
  readonly blanks: boolean;
}

interface Key {
  readonly from: Place;
  readonly to: Place | undefined;
  readonly how: string;
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const HOW = "dfgiMhnRrV";

const plain = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** `2.3n,4`: from the third character of the second field to the end of the fourth, as numbers. */
function keyOf(text: string): Key | undefined {
  const match = /^(\d+)(?:\.(\d+))?([bdfgiMhnRrV]*)(?:,(\d+)(?:\.(\d+))?([bdfgiMhnRrV]*))?$/.exec(text);
  if (match === null || match[1] === "0" || match[4] === "0") return undefined;
  const [, field, character = "1", first = "", last, until = "0", second = ""] = match;
  return {
    from: { field: Number(field), character: Number(character), blanks: first.includes("b") },
    to: last === undefined ? undefined : { field: Number(last), character: Number(until), blanks: second.includes("b") },
    how: (first + second).replaceAll("b", ""),
  };
}

/** Where each field begins and ends; without a separator blanks belong to the field they precede. */
function fieldsOf(line: string, separator: string | undefined): readonly (readonly [number, number])[] {
  if (separator !== undefined) {
    let at = 0;
    return line.split(separator).map((field) => {
      const span = [at, at + field.length] as const;
      at += field.length + separator.length;
      return span;
    });
  }
  return [...line.matchAll(/[ \t]*[^ \t]+|[ \t]+$/g)].map((match) => [match.index, match.index + match[0].length] as const);
}

function part(line: string, { from, to }: Key, separator: string | undefined, blanks: boolean): string {
  const fields = fieldsOf(line, separator);
  const after = (at: number, skips: boolean): number => at + (skips ? (/^[ \t]*/.exec(line.slice(at))?.[0].length ?? 0) : 0);
  const first = fields[from.field - 1];
  const start = first === undefined ? line.length : Math.min(line.length, after(first[0], from.blanks || blanks) + from.character - 1);
  if (to === undefined) return line.slice(start);
  const last = fields[to.field - 1];
  if (last === undefined) return line.slice(start);
  const end = to.character === 0 ? last[1] : Math.min(line.length, after(last[0], to.blanks || blanks) + to.character);
  return line.slice(start, Math.max(start, end));
}

const numberIn = (text: string): number => Number(/^[ \t]*(-?\d*\.?\d+|-?\d+\.?)/.exec(text)?.[1] ?? 0);

/** A number with a suffix: the suffix counts first. */
function human(text: string): readonly [number, number] {
  const match = /^[ \t]*(-?[\d.]+)([KkMGTPEZY]?)/.exec(text);
  const value = Number(match?.[1] ?? 0);
  const order = match?.[2] === undefined || match[2] === "" || value === 0 ? 0 : "KMGTPEZY".indexOf(match[2].toUpperCase()) + 1;
  return [value < 0 ? -order : order, value];
}

function compareAs(how: string, a: string, b: string): number {
  if (how.includes("n")) return numberIn(a) - numberIn(b);
  if (how.includes("g")) {
    const [x, y] = [a, b].map((text) => Number.parseFloat(text)) as [number, number];
    return (Number.isNaN(x) ? 0 : 1) - (Number.isNaN(y) ? 0 : 1) || (x < y ? -1 : x > y ? 1 : 0);
  }
  if (how.includes("h")) {
    const [x, y] = [human(a), human(b)];
    return x[0] - y[0] || x[1] - y[1];
  }
  if (how.includes("M")) {
    const [x, y] = [a, b].map((text) => MONTHS.indexOf(text.trimStart().slice(0, 3).toUpperCase())) as [number, number];
    return x - y;
  }
  const shaped = (text: string): string => {
    const kept = how.includes("d") ? text.replace(/[^A-Za-z0-9 \t]/g, "") : how.includes("i") ? text.replace(/[^ -~]/g, "") : text;
    return how.includes("f") ? kept.toUpperCase() : kept;
  };
  return how.includes("V") ? byVersion(shaped(a), shaped(b)) : plain(shaped(a), shaped(b));
}

/** How lines are compared: by keys, then whole, unless they must only be stable or unique. */
function comparison(options: Parsed, keys: readonly Key[]): (a: string, b: string, whole: boolean) => number {
  const overall = [...HOW].filter((letter) => options.has(letter)).join("");
  const separator = options.value("t")?.replace("\\0", "\0");
  const blanks = options.has("b");
  return (a, b, whole) => {
    for (const key of keys) {
      // A key without letters of its own has those given for all.
      const own = key.how === "" && !key.from.blanks && key.to?.blanks !== true;
      const how = own ? overall : key.how;
      const order = compareAs(how, part(a, key, separator, own && blanks), part(b, key, separator, own && blanks));
      if (order !== 0) return how.includes("r") ? -order : order;
    }
    const reverse = overall.includes("r") ? -1 : 1;
    if (keys.length === 0 && overall.replace("r", "") + (blanks ? "b" : "") !== "") {
      const cut = (text: string): string => (blanks ? text.replace(/^[ \t]+/, "") : text);
      const order = compareAs(overall, cut(a), cut(b));
      if (order !== 0) return reverse * order;
    } else if (keys.length === 0) return reverse * plain(a, b);
    return whole ? reverse * plain(a, b) : 0;
  };
}

export const sort: Program = (system, invocation) => {
  const options = given(system, invocation, {
    short: "bcCdfghik:mMno:rRsS:t:T:uVy::z",
    long: {
      "ignore-leading-blanks": "b",
      "check?": "c",
      "dictionary-order": "d",
      "ignore-case": "f",
      "general-numeric-sort": "g",
      "human-numeric-sort": "h",
      "ignore-nonprinting": "i",
      "key=": "k",
      merge: "m",
      "month-sort": "M",
      "numeric-sort": "n",
      "output=": "o",
      reverse: "r",
      stable: "s",
      "field-separator=": "t",
      unique: "u",
      "version-sort": "V",
      "zero-terminated": "z",
    },
  });
  if (options === undefined) return 2;
  const fail = (text: string): number => (complain(system, invocation, text), 2);
  const separator = options.value("t");
  if (separator === "") return fail("empty tab");
  if (separator !== undefined && separator.length > 1 && separator !== "\\0") return fail(`multi-character tab ${quoted(invocation, separator)}`);
  const keys: Key[] = [];
  for (const text of options.values("k")) {
    const key = keyOf(text);
    if (key !== undefined) keys.push(key);
    else if (/^0|,0/.test(text))
      return fail(
        `-: invalid field specification ${quoted(invocation, text)}`.replace(
          "-: invalid",
          text.startsWith("0") ? "field number is zero: invalid" : "field number is zero: invalid",
        ),
      );
    else if (/^\d/.test(text)) return fail(`stray character in field spec: invalid field specification ${quoted(invocation, text)}`);
    else return fail(`invalid number at field start: invalid count at start of ${quoted(invocation, text)}`);
  }
  const kinds = ["n", "g", "h", "M", "V", "R", "d"].filter((letter) => options.has(letter));
  if (kinds.length > 1 && kinds.some((letter) => "ngM h".includes(letter)))
    return fail(`options '-${kinds.toSorted(plain).join("")}' are incompatible`);
  const end = options.has("z") ? "\0" : "\n";
  let lines: string[] = [];
  for (const path of options.operands.length === 0 ? ["-"] : options.operands) {
    const all = readFile(system, path);
    if ("errno" in all) return fail(`${all.errno === "EISDIR" ? "read failed" : "cannot read"}: ${fileName(path)}: ${because(all.errno)}`);
    if (all.text === "") continue;
    lines = lines.concat((all.text.endsWith(end) ? all.text.slice(0, -1) : all.text).split(end));
  }
  const compare = comparison(options, keys);
  const unique = options.has("u");
  if (options.has("c") || options.has("C")) {
    for (let at = 1; at < lines.length; at++) {
      const order = compare(lines[at - 1] ?? "", lines[at] ?? "", !unique && !options.has("s"));
      if (order < 0 || (order === 0 && !unique)) continue;
      if (options.has("c") && !options.has("C"))
        complain(system, invocation, `${options.operands[0] ?? "-"}:${at + 1}: disorder: ${lines[at] ?? ""}`);
      return 1;
    }
    return 0;
  }
  const inOrder = lines.toSorted((a, b) => compare(a, b, !unique && !options.has("s")));
  const kept = unique ? inOrder.filter((line, at) => at === 0 || compare(inOrder[at - 1] ?? "", line, false) !== 0) : inOrder;
  const text = kept.map((line) => line + end).join("");
  const output = options.value("o");
  if (output === undefined) {
    print(system, text);
    return 0;
  }
  const fd = system.open(output, { write: true, create: true, truncate: true }, 0o666);
  if (!fd.ok) return fail(`open failed: ${fileName(output)}: ${because(fd.errno)}`);
  print(system, text, fd.value);
  system.close(fd.value);
  return 0;
};
