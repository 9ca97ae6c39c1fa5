/**
 * `cat` and `wc`.
 *
 * @source coreutils@9.1 src/cat.c src/wc.c
 */
import type { Program, System } from "../../../linux/program";
import { isWide } from "./columns";
import { complain, fileName, given, quoted, tryHelp } from "./coreutils-support";
import { because, print, readFile } from "./support";

const CHUNK = 65_536;

/** Characters that do not show, as `^X` and `M-x`. */
function visible(byte: string, tabs: boolean): string {
  const code = byte.charCodeAt(0);
  if (byte === "\n" || (byte === "\t" && !tabs)) return byte;
  if (code >= 128) return `M-${visible(String.fromCharCode(code - 128), true).replace("\n", "^J")}`;
  return code < 32 ? `^${String.fromCharCode(code + 64)}` : code === 127 ? "^?" : byte;
}

interface Style {
  readonly number: "all" | "filled" | undefined;
  readonly ends: boolean;
  readonly squeeze: boolean;
  readonly tabs: boolean;
  readonly shows: boolean;
}

/** Lines are counted and squeezed over all files. */
interface Progress {
  readonly line: number;
  readonly begins: boolean;
  readonly blanks: number;
}

function styled(text: string, style: Style, from: Progress): readonly [string, Progress] {
  let { line, begins, blanks } = from;
  let out = "";
  for (const piece of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    const blank = begins && piece === "\n";
    blanks = blank ? blanks + 1 : 0;
    if (style.squeeze && blanks > 1) continue;
    const counts = begins && (style.number === "all" || (style.number === "filled" && !blank));
    if (counts) out += `${String(++line).padStart(6)}\t`;
    const ended = piece.endsWith("\n");
    const body = ended ? piece.slice(0, -1) : piece;
    const shown =
      style.shows || style.tabs ? [...body].map((byte) => (style.shows || byte === "\t" ? visible(byte, style.tabs) : byte)).join("") : body;
    out += shown + (ended ? (style.ends ? "$\n" : "\n") : "");
    begins = ended;
  }
  return [out, { line, begins, blanks }];
}

export const cat: Program = (system, invocation) => {
  const options = given(system, invocation, {
    short: "benstuvAET",
    long: {
      "show-all": "A",
      "number-nonblank": "b",
      "show-ends": "E",
      number: "n",
      "squeeze-blank": "s",
      "show-tabs": "T",
      "show-nonprinting": "v",
    },
  });
  if (options === undefined) return 1;
  const any = (letters: string): boolean => [...letters].some((letter) => options.has(letter));
  const style: Style = {
    number: options.has("b") ? "filled" : options.has("n") ? "all" : undefined,
    ends: any("AEe"),
    squeeze: options.has("s"),
    tabs: any("ATt"),
    shows: any("Aetv"),
  };
  const plain = style.number === undefined && !style.ends && !style.squeeze && !style.tabs && !style.shows;
  let progress: Progress = { line: 0, begins: true, blanks: 0 };
  let status = 0;
  const fail = (text: string): void => {
    complain(system, invocation, text);
    status = 1;
  };
  for (const path of options.operands.length === 0 ? ["-"] : options.operands) {
    const fd = path === "-" ? ({ ok: true, value: 0 } as const) : system.open(path, { read: true }, 0);
    if (!fd.ok) {
      fail(`${fileName(path)}: ${because(fd.errno)}`);
      continue;
    }
    if (sameAsOutput(system, fd.value)) {
      fail(`${fileName(path)}: input file is output file`);
      if (fd.value !== 0) system.close(fd.value);
      continue;
    }
    for (;;) {
      const got = system.read(fd.value, CHUNK);
      if (!got.ok) {
        fail(`${fileName(path)}: ${because(got.errno)}`);
        break;
      }
      if (got.value === "") break;
      const [text, after] = plain ? [got.value, progress] : styled(got.value, style, progress);
      progress = after;
      const problem = copyOut(system, text);
      if (problem !== undefined) {
        fail(`write error: ${because(problem)}`);
        return 1;
      }
    }
    if (fd.value !== 0) system.close(fd.value);
  }
  return status;
};

function copyOut(system: System, text: string) {
  for (let rest = text; rest !== ""; ) {
    const wrote = system.write(1, rest);
    if (!wrote.ok) return wrote.errno;
    rest = rest.slice(wrote.value);
  }
  return undefined;
}

/** A file that grows as it is read would never end. */
function sameAsOutput(system: System, fd: number): boolean {
  const [from, to] = [system.fstat(fd), system.fstat(1)];
  if (!from.ok || !to.ok || from.value.kind !== "file" || to.value.kind !== "file") return false;
  if (from.value.ino !== to.value.ino || from.value.dev !== to.value.dev) return false;
  const at = system.lseek(fd, 0, "current");
  return at.ok && at.value < from.value.size;
}

type Counts = Readonly<Record<"l" | "w" | "m" | "c" | "L", number>>;
const ORDER = ["l", "w", "m", "c", "L"] as const;

/** How far the longest line reaches; tabs go to the next eighth place. */
function longest(text: string): number {
  let most = 0;
  for (const line of text.split(/[\n\r\f]/)) {
    let at = 0;
    for (const letter of line) {
      const code = letter.charCodeAt(0);
      if (letter === "\t") at += 8 - (at % 8);
      else if (code >= 32 && code !== 127 && (code < 0x80 || code >= 0xc0)) at++;
    }
    most = Math.max(most, at);
  }
  return most;
}

function counted(text: string, wide: boolean): Counts {
  return {
    l: text.split("\n").length - 1,
    w: text.split(/[ \t\n\v\f\r]+/).filter((word) => word !== "").length,
    m: wide ? text.replace(/[\x80-\xbf]/g, "").length : text.length,
    c: text.length,
    L: longest(text),
  };
}

export const wc: Program = (system, invocation) => {
  const options = given(system, invocation, {
    short: "clLmw",
    long: { bytes: "c", chars: "m", lines: "l", words: "w", "max-line-length": "L", "files0-from=": "files0" },
  });
  if (options === undefined) return 1;
  const wanted = ORDER.filter((key) => options.has(key));
  const shown = wanted.length === 0 ? (["l", "w", "c"] as const) : wanted;
  const from = options.value("files0");
  if (from !== undefined && options.operands.length > 0) {
    complain(system, invocation, `extra operand ${quoted(invocation, options.operands[0] ?? "")}`);
    print(system, "file operands cannot be combined with --files0-from\n", 2);
    return tryHelp(system, invocation);
  }
  const list = from === undefined ? undefined : readFile(system, from);
  if (list !== undefined && "errno" in list)
    return (complain(system, invocation, `cannot open ${quoted(invocation, from ?? "")} for reading: ${because(list.errno)}`), 1);
  const named = list === undefined ? options.operands : list.text.split("\0").filter((path) => path !== "");
  const paths = named.length === 0 && from === undefined ? [undefined] : named;
  let status = 0;
  const results: { readonly path: string | undefined; readonly counts: Counts }[] = [];
  // The widths of columns are known before anything is read: by the sizes of the files.
  let [sizes, least] = [0, 1];
  for (const path of paths) {
    const found = path === undefined || path === "-" ? system.fstat(0) : system.stat(path);
    if (!found.ok) continue;
    if (found.value.kind === "file") sizes += found.value.size;
    else least = 7;
  }
  const width = paths.length === 1 && shown.length === 1 ? 1 : Math.max(least, String(sizes).length);
  const line = (counts: Counts, path: string | undefined): void =>
    print(system, `${shown.map((key) => String(counts[key]).padStart(width)).join(" ")}${path === undefined ? "" : ` ${path}`}\n`);
  for (const path of paths) {
    const all = readFile(system, path ?? "-");
    if ("errno" in all) {
      complain(system, invocation, `${fileName(path ?? "-")}: ${because(all.errno)}`);
      status = 1;
      if (all.errno !== "EISDIR") continue;
    }
    const counts = counted("errno" in all ? "" : all.text, isWide(invocation.env));
    results.push({ path, counts });
    line(counts, path === undefined ? undefined : path.includes("\n") ? fileName(path) : path);
  }
  if (paths.length > 1) {
    const total = Object.fromEntries(
      ORDER.map((key) => [key, results.reduce((sum, { counts }) => (key === "L" ? Math.max(sum, counts.L) : sum + counts[key]), 0)]),
    ) as unknown as Counts;
    line(total, "total");
  }
  return status;
};
