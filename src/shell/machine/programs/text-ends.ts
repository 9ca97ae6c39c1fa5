/**
 * The ends of files: head and tail.
 *
 * @source coreutils@9.1 src/head.c src/tail.c
 */
import type { Invocation, Program, System } from "../../../linux/program";
import { quoted } from "./coreutils-support";
import { sizeOf } from "./coreutils-make";
import { optionsGiven } from "./getopt";
import { because, complain, print, readFile } from "./support";
import { follow, type Following, following } from "./text-follow";
import { linesFrom } from "./text-input";

/** Each file whole; `-` is what is piped in. A file that cannot be read is complained of. */
export function eachFile(
  system: System,
  invocation: Invocation,
  paths: readonly string[],
  say: (path: string, why: string) => string,
  visit: (text: string, path: string, first: boolean) => void,
): number {
  let [status, first] = [0, true];
  for (const path of paths.length === 0 ? ["-"] : paths) {
    const all = readFile(system, path);
    if ("errno" in all) {
      complain(system, invocation, say(path, because(all.errno)));
      status = 1;
      continue;
    }
    visit(all.text, path, first);
    first = false;
  }
  return status;
}

const cannotOpen = (path: string, why: string): string =>
  why === because("EISDIR") ? `error reading '${path}': ${why}` : `cannot open '${path}' for reading: ${why}`;
/** Old spelling: `head -5` is `head -n 5`. */
const modern = (argv: readonly string[]): readonly string[] => argv.map((arg, i) => (i === 1 && /^-\d+$/.test(arg) ? `-n${arg.slice(1)}` : arg));
export const linesWithEnds = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
const ENDS = { short: "n:c:qvz", long: { "lines=": "n", "bytes=": "c", quiet: "q", verbose: "v" } } as const;

function titled(system: System, titles: boolean, path: string, first: boolean): void {
  if (titles) print(system, `${first ? "" : "\n"}==> ${path === "-" ? "standard input" : path} <==\n`);
}

/** A count with its suffix worked out: 2K is 2048. */
function counted(text: string | undefined): string | undefined {
  const [, sign = "", digits = ""] = /^([-+]?)(\d+[a-zA-Z]+)$/.exec(text ?? "") ?? [];
  const size = digits === "b" ? undefined : /^\d+b$/.test(digits) ? Number.parseInt(digits, 10) * 512 : sizeOf(digits);
  return digits === "" || size === undefined ? text : `${sign}${size}`;
}

/** The first bytes of each file, and no more is read: some files have no end. */
function firstBytes(system: System, invocation: Invocation, paths: readonly string[], wanted: number, titles: boolean): number {
  let [status, first] = [0, true];
  for (const path of paths.length === 0 ? ["-"] : paths) {
    const fd = path === "-" ? ({ ok: true, value: 0 } as const) : system.open(path, { read: true }, 0);
    if (!fd.ok) {
      complain(system, invocation, cannotOpen(path, because(fd.errno)));
      status = 1;
      continue;
    }
    titled(system, titles, path, first);
    first = false;
    for (let left = wanted; left > 0; ) {
      const got = system.read(fd.value, Math.min(left, 65_536));
      if (!got.ok) {
        complain(system, invocation, `error reading '${path}': ${because(got.errno)}`);
        status = 1;
      }
      if (!got.ok || got.value === "") break;
      print(system, got.value);
      left -= got.value.length;
    }
    if (fd.value !== 0) system.close(fd.value);
  }
  return status;
}

export const head: Program = (system, invocation) => {
  const options = optionsGiven(system, { ...invocation, argv: modern(invocation.argv) }, ENDS);
  if (options === undefined) return 1;
  const bytes = counted(options.value("c"));
  const count = bytes ?? counted(options.value("n")) ?? "10";
  if (!/^-?\d+$/.test(count)) {
    complain(system, invocation, `invalid number of ${bytes === undefined ? "lines" : "bytes"}: ${quoted(invocation, count)}`);
    return 1;
  }
  const wanted = Number(count);
  const paths = options.operands;
  // From a pipe no more is read than is wanted.
  if (bytes === undefined && paths.length === 0 && wanted >= 0 && !count.startsWith("-")) {
    const lines = linesFrom(system, invocation, paths);
    for (let i = 0; i < wanted; i++) {
      const line = lines.next();
      if (line === undefined) break;
      print(system, `${line}${lines.ended() ? "\n" : ""}`);
    }
    return lines.failed() ? 1 : 0;
  }
  const titles = options.has("v") || (paths.length > 1 && !options.has("q"));
  if (bytes !== undefined && !count.startsWith("-")) return firstBytes(system, invocation, paths, wanted, titles);
  return eachFile(system, invocation, paths, cannotOpen, (text, path, first) => {
    titled(system, titles, path, first);
    const from = count.startsWith("-");
    if (bytes !== undefined) print(system, from ? text.slice(0, Math.max(0, text.length + wanted)) : text.slice(0, wanted));
    else {
      const lines = linesWithEnds(text);
      print(system, lines.slice(0, from ? Math.max(0, lines.length + wanted) : wanted).join(""));
    }
  });
};

export const tail: Program = (system, invocation) => {
  const options = optionsGiven(
    system,
    { ...invocation, argv: modern(invocation.argv) },
    { short: `${ENDS.short}fFs:`, long: { ...ENDS.long, "follow?": "follow", retry: "retry", "sleep-interval=": "s", "pid=": "pid" } },
  );
  if (options === undefined) return 1;
  const bytes = counted(options.value("c"));
  const count = bytes ?? counted(options.value("n")) ?? "10";
  if (!/^[-+]?\d+$/.test(count)) {
    complain(system, invocation, `invalid number of ${bytes === undefined ? "lines" : "bytes"}: ${quoted(invocation, count)}`);
    return 1;
  }
  const wanted = Math.abs(Number(count));
  const from = count.startsWith("+");
  const paths = options.operands;
  const titles = options.has("v") || (paths.length > 1 && !options.has("q"));
  const follows = options.has("f") || options.has("F") || options.has("follow");
  const read: (readonly [string, number])[] = [];
  const show = (): number =>
    eachFile(system, invocation, paths, cannotOpen, (text, path, first) => {
      titled(system, titles, path, first);
      const parts = bytes === undefined ? linesWithEnds(text) : [...text];
      const kept = from ? parts.slice(Math.max(0, wanted - 1)) : wanted === 0 ? [] : parts.slice(-wanted);
      print(system, kept.join(""));
      read.push([path, text.length]);
    });
  const begun = invocation.state as unknown as Following | undefined;
  const status = begun === undefined ? show() : 0;
  if (!follows) return status;
  if (begun === undefined && read.length === 0) {
    complain(system, invocation, "no files remaining");
    return 1;
  }
  const seconds = Number(options.value("s") ?? 1);
  const byName = options.has("F") || options.value("follow") === "name";
  const micros = Math.max(1000, Math.round((Number.isFinite(seconds) ? seconds : 1) * 1e6));
  return follow(system, invocation, begun ?? following(system, read), { byName, titles, micros, pid: options.value("pid") });
};
