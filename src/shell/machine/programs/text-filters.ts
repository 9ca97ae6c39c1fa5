/**
 * Small filters: tr, cut, uniq, tee, seq, rev, tac, nl, paste, as coreutils 9.1 and util-linux 2.38 have them.
 *
 * Not modelled: characters of several bytes in `tr` and `cut -c`.
 *
 * @source coreutils@9.1
 */
import type { Program } from "../../../linux/program";
import { quoted } from "./coreutils-support";
import { format } from "../format";
import { optionsGiven } from "./getopt";
import { because, complain, print } from "./support";
import { eachFile, head, linesWithEnds, tail } from "./text-ends";
import { linesFrom } from "./text-input";

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", f: "\f", v: "\v", a: "\x07", b: "\b", "\\": "\\" };
const SETS: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/,
  digit: /\d/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /\s/,
  blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/,
  xdigit: /[0-9A-Fa-f]/,
  print: /[ -~]/,
  graph: /[!-~]/,
  cntrl: /[^ -~\x80-\xff]/,
};
const BYTES = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i));

/** The characters of a set of `tr`, in order. */
function setOf(text: string): string {
  let out = "";
  for (let at = 0; at < text.length; ) {
    const named = /^\[:(\w+):\]/.exec(text.slice(at));
    const members = named === null ? undefined : SETS[named[1] ?? ""];
    if (named !== null && members !== undefined) {
      out += BYTES.filter((byte) => members.test(byte)).join("");
      at += named[0].length;
      continue;
    }
    const one = (): string => {
      if (text[at] !== "\\") return text[at++] as string;
      const octal = /^\\([0-7]{1,3})/.exec(text.slice(at));
      at += octal === null ? 2 : octal[0].length;
      return octal === null ? (ESCAPES[text[at - 1] ?? ""] ?? text[at - 1] ?? "\\") : String.fromCharCode(Number.parseInt(octal[1] ?? "0", 8));
    };
    const first = one();
    if (text[at] === "-" && at + 1 < text.length) {
      at++;
      const last = one();
      for (let code = first.charCodeAt(0); code <= last.charCodeAt(0); code++) out += String.fromCharCode(code);
    } else out += first;
  }
  return out;
}

const tr: Program = (system, invocation) => {
  const options = optionsGiven(system, invocation, {
    short: "+cCdst",
    long: { complement: "c", delete: "d", "squeeze-repeats": "s", "truncate-set1": "t" },
  });
  if (options === undefined) return 1;
  const [one, two] = options.operands;
  const drops = options.has("d");
  const squeezes = options.has("s");
  if (one === undefined || (two === undefined && !drops && !squeezes)) {
    const what =
      one === undefined ? "missing operand" : `missing operand after ${quoted(invocation, one)}\nTwo strings must be given when translating.`;
    print(system, `tr: ${what}\nTry 'tr --help' for more information.\n`, 2);
    return 1;
  }
  const complement = options.has("c") || options.has("C");
  const listed = setOf(one);
  const first = complement ? BYTES.filter((byte) => !listed.includes(byte)).join("") : listed;
  const second = two === undefined ? "" : setOf(two);
  const map = new Map<string, string>();
  if (!drops && second !== "") [...first].forEach((letter, i) => map.set(letter, second[Math.min(i, second.length - 1)] as string));
  const dropped = new Set(drops ? first : "");
  const squeezed = new Set(squeezes ? (two === undefined ? first : second) : "");
  let last = "";
  for (;;) {
    const got = system.read(0, 4096);
    if (!got.ok || got.value === "") return got.ok ? 0 : 1;
    let out = "";
    for (const letter of got.value) {
      if (dropped.has(letter)) continue;
      const shown = map.get(letter) ?? letter;
      if (shown === last && squeezed.has(shown)) continue;
      last = shown;
      out += shown;
    }
    print(system, out);
  }
};

/** Ranges such as `1,3-5,7-`; undefined when they are none. */
function rangesOf(list: string): ((at: number) => boolean) | undefined {
  const ranges = list.split(",").map((part) => /^(\d*)(-?)(\d*)$/.exec(part));
  if (ranges.some((range) => range === null || (range[1] === "" && range[3] === "") || range[1] === "0")) return undefined;
  return (at) =>
    ranges.some((range) => {
      const [low, dash, high] = [Number(range?.[1] ?? 0), range?.[2], range?.[3] ?? ""];
      return dash === "" ? at === low : at >= low && (high === "" || at <= Number(high));
    });
}

const cut: Program = (system, invocation) => {
  const options = optionsGiven(system, invocation, {
    short: "b:c:f:d:sn",
    long: { "bytes=": "b", "characters=": "c", "fields=": "f", "delimiter=": "d", "only-delimited": "s", complement: "x", "output-delimiter=": "o" },
  });
  if (options === undefined) return 1;
  const kinds = ["b", "c", "f"].filter((kind) => options.has(kind));
  const delimiter = options.value("d") ?? "\t";
  const [kind] = kinds;
  const wanted = kind === undefined ? undefined : rangesOf(options.value(kind) ?? "");
  const problem =
    kinds.length !== 1
      ? kinds.length === 0
        ? "you must specify a list of bytes, characters, or fields"
        : "only one list may be specified"
      : delimiter.length > 1
        ? "the delimiter must be a single character"
        : wanted === undefined
          ? kind === "f"
            ? "fields are numbered from 1"
            : "byte/character positions are numbered from 1"
          : undefined;
  if (problem !== undefined || wanted === undefined) {
    print(system, `cut: ${problem ?? ""}\nTry 'cut --help' for more information.\n`, 2);
    return 1;
  }
  const keeps = (at: number): boolean => wanted(at) !== options.has("x");
  const lines = linesFrom(system, invocation, options.operands);
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    if (kind !== "f") {
      print(system, `${[...line].filter((_, i) => keeps(i + 1)).join(options.value("o") ?? "")}\n`);
      continue;
    }
    const fields = line.split(delimiter);
    if (fields.length === 1) {
      if (!options.has("s")) print(system, `${line}\n`);
      continue;
    }
    print(system, `${fields.filter((_, i) => keeps(i + 1)).join(options.value("o") ?? delimiter)}\n`);
  }
  return lines.failed() ? 1 : 0;
};

const uniq: Program = (system, invocation) => {
  const options = optionsGiven(system, invocation, {
    short: "cduif:s:w:z",
    long: { count: "c", repeated: "d", unique: "u", "ignore-case": "i", "skip-fields=": "f", "skip-chars=": "s", "check-chars=": "w" },
  });
  if (options === undefined) return 1;
  const [fields, skip, width] = [Number(options.value("f") ?? 0), Number(options.value("s") ?? 0), options.value("w")];
  const keyOf = (line: string): string => {
    const rest = line.replace(new RegExp(`^(?:\\s*\\S+){0,${fields}}`), (start) => (fields === 0 ? start : "")).slice(skip);
    const part = width === undefined ? rest : rest.slice(0, Number(width));
    return options.has("i") ? part.toLowerCase() : part;
  };
  const lines = linesFrom(system, invocation, options.operands.slice(0, 1));
  let held: { readonly line: string; readonly key: string; count: number } | undefined;
  const flush = (): void => {
    if (held === undefined || (options.has("d") && held.count < 2) || (options.has("u") && held.count > 1)) return;
    print(system, `${options.has("c") ? `${String(held.count).padStart(7)} ` : ""}${held.line}\n`);
  };
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    const key = keyOf(line);
    if (held !== undefined && held.key === key) {
      held.count++;
      continue;
    }
    flush();
    held = { line, key, count: 1 };
  }
  flush();
  return lines.failed() ? 1 : 0;
};

const tee: Program = (system, invocation) => {
  const options = optionsGiven(system, invocation, { short: "ai", long: { append: "a", "ignore-interrupts": "i" } });
  if (options === undefined) return 1;
  let status = 0;
  const outs = [1];
  for (const path of options.operands) {
    const fd = system.open(path, { write: true, create: true, ...(options.has("a") ? { append: true } : { truncate: true }) }, 0o666);
    if (fd.ok) outs.push(fd.value);
    else {
      complain(system, invocation, `${path}: ${because(fd.errno)}`);
      status = 1;
    }
  }
  for (;;) {
    const got = system.read(0, 4096);
    if (!got.ok || got.value === "") return status;
    for (const [i, fd] of outs.entries()) {
      const wrote = system.write(fd, got.value);
      if (wrote.ok) continue;
      complain(system, invocation, `${options.operands[i - 1] ?? "'standard output'"}: ${because(wrote.errno)}`);
      status = 1;
    }
  }
};

const seq: Program = (system, invocation) => {
  const options = optionsGiven(
    system,
    { ...invocation, argv: invocation.argv.map((arg, i) => (i > 0 && /^-[\d.]/.test(arg) ? `\0${arg}` : arg)) },
    {
      short: "+s:wf:",
      long: { "separator=": "s", "equal-width": "w", "format=": "f" },
    },
  );
  if (options === undefined) return 1;
  const numbers = options.operands.map((text) => text.replace("\0", ""));
  const bad = numbers.find((text) => !/^[-+]?(\d+\.?\d*|\.\d+)$/.test(text));
  if (bad !== undefined || numbers.length === 0 || numbers.length > 3) {
    const what =
      bad !== undefined
        ? `invalid floating point argument: ${quoted(invocation, bad)}`
        : numbers.length === 0
          ? "missing operand"
          : `extra operand ${quoted(invocation, numbers[3] ?? "")}`;
    print(system, `seq: ${what}\nTry 'seq --help' for more information.\n`, 2);
    return 1;
  }
  const [first, step, last] = numbers.length === 1 ? ["1", "1", numbers[0]] : numbers.length === 2 ? [numbers[0], "1", numbers[1]] : numbers;
  const places = Math.max(...[first, step].map((text) => (text?.split(".")[1] ?? "").length));
  const scale = 10 ** places;
  const [from, by, to] = [first, step, last].map((text) => Math.round(Number(text) * scale)) as [number, number, number];
  if (by === 0) {
    print(system, `seq: invalid Zero increment value: ${quoted(invocation, step ?? "")}\nTry 'seq --help' for more information.\n`, 2);
    return 1;
  }
  const separator = options.value("s") ?? "\n";
  const template = options.value("f")?.replace(/%([-+ #0']*\d*)g/, `%$1.${places}f`);
  const shown = (value: number): string => {
    const plain = (value / scale).toFixed(places);
    return template === undefined ? plain : format(template, [plain]).text;
  };
  const width = options.has("w") ? Math.max(shown(from).length, shown(to).length) : 0;
  let empty = true;
  for (let value = from; by > 0 ? value <= to : value >= to; value += by) {
    const text = shown(value);
    const sign = text.startsWith("-") ? "-" : "";
    print(system, `${empty ? "" : separator}${sign}${text.slice(sign.length).padStart(width - sign.length, "0")}`);
    empty = false;
  }
  if (!empty) print(system, "\n");
  return 0;
};

const rev: Program = (system, invocation) => {
  const lines = linesFrom(system, invocation, invocation.argv.slice(1));
  for (let line = lines.next(); line !== undefined; line = lines.next()) print(system, `${[...line].reverse().join("")}${lines.ended() ? "\n" : ""}`);
  return lines.failed() ? 1 : 0;
};

const tac: Program = (system, invocation) =>
  eachFile(
    system,
    invocation,
    invocation.argv.slice(1),
    (path, why) => `failed to open '${path}' for reading: ${why}`,
    (text) => print(system, [...linesWithEnds(text)].reverse().join("")),
  );

const nl: Program = (system, invocation) => {
  const options = optionsGiven(system, invocation, {
    short: "b:w:s:n:v:",
    long: { "body-numbering=": "b", "number-width=": "w", "number-separator=": "s" },
  });
  if (options === undefined) return 1;
  const [all, width, separator] = [options.value("b") === "a", Number(options.value("w") ?? 6), options.value("s") ?? "\t"];
  const lines = linesFrom(system, invocation, options.operands);
  let count = Number(options.value("v") ?? 1);
  for (let line = lines.next(); line !== undefined; line = lines.next()) {
    if (line === "" && !all) print(system, `${" ".repeat(width + separator.length)}\n`);
    else print(system, `${String(count++).padStart(width)}${separator}${line}\n`);
  }
  return lines.failed() ? 1 : 0;
};

const paste: Program = (system, invocation) => {
  const options = optionsGiven(system, invocation, { short: "d:s", long: { "delimiters=": "d", serial: "s" } });
  if (options === undefined) return 1;
  const between = [...(options.value("d") ?? "\t").replace("\\n", "\n").replace("\\t", "\t")];
  const joined = (parts: readonly string[]): string =>
    parts.map((part, i) => (i === 0 ? part : `${between[(i - 1) % between.length] ?? ""}${part}`)).join("");
  const columns: string[][] = [];
  const status = eachFile(
    system,
    invocation,
    options.operands,
    (path, why) => `${path}: ${why}`,
    (text) => columns.push(text.replace(/\n$/, "").split("\n")),
  );
  if (options.has("s")) for (const column of columns) print(system, `${joined(column)}\n`);
  else for (let i = 0; columns.some((column) => i < column.length); i++) print(system, `${joined(columns.map((column) => column[i] ?? ""))}\n`);
  return status;
};

export const filterPrograms: Readonly<Record<string, Program>> = { head, tail, tr, cut, uniq, tee, seq, rev, tac, nl, paste };
