/**
 * `find` and `xargs`, as findutils 4.9 has them.
 *
 * Not modelled: `-printf` beyond the common directives, `-prune` in complicated expressions, `-exec` with several `{}` in one word.
 *
 * @source findutils@4.9
 */
import type { Program, System } from "../../../linux/program";
import { quoted } from "./coreutils-support";
import { optionsGiven } from "./getopt";
import { execAlong } from "./util-linux-run";
import { because, baseName, complain, print, slurp } from "./support";

type Found = Extract<ReturnType<System["lstat"]>, { readonly ok: true }>["value"];

interface Seen {
  readonly path: string;
  readonly depth: number;
  readonly found: Found;
}

type Test = (seen: Seen) => boolean;

/** What is wrong with an expression. */
class FindError extends Error {}

/** A shell pattern as an expression; a slash is a letter like any other. */
function globOf(pattern: string, ignoreCase: boolean): RegExp {
  const source = pattern.replace(/\\(.)|\[!?[^\]]*\]|[*?.+^${}()|/]/g, (sign, escaped: string | undefined) => {
    if (escaped !== undefined) return `\\${escaped}`;
    if (sign === "*") return ".*";
    if (sign === "?") return ".";
    return sign.startsWith("[") ? sign.replace(/^\[!/, "[^") : `\\${sign}`;
  });
  return new RegExp(`^${source}$`, ignoreCase ? "is" : "s");
}

const KINDS: Readonly<Record<string, string>> = { f: "file", d: "dir", l: "symlink", c: "char", b: "block", p: "fifo", s: "socket" };
const UNITS: Readonly<Record<string, number>> = { c: 1, w: 2, b: 512, k: 1024, M: 1 << 20, G: 1 << 30 };

/** `+n`, `-n` or `n`. */
function compares(text: string, value: number): boolean {
  const wanted = Number(text.replace(/^[-+]/, ""));
  return text.startsWith("+") ? value > wanted : text.startsWith("-") ? value < wanted : value === wanted;
}

/** Runs a command and waits; returns its status. The child begins as this program and becomes the command. */
function runAndWait(system: System, command: readonly string[]): number {
  const child = system.spawn({ state: { command } });
  if (!child.ok) return 126;
  const ended = system.wait4(child.value.pid, {});
  if (!ended.ok || ended.value === null) return 126;
  const { status } = ended.value;
  return status.kind === "exited" ? status.code : 128;
}

/** A program whose children become commands. */
const withChildren =
  (program: Program): Program =>
  (system, invocation) => {
    const { state } = invocation;
    if (typeof state !== "object" || state === null || !("command" in state)) return program(system, invocation);
    const command = state.command as readonly string[];
    const errno = execAlong(system, command, invocation.env);
    complain(
      system,
      invocation,
      errno === "ENOENT" ? `${quoted(invocation, command[0] ?? "")}: ${because(errno)}` : `${command[0]}: ${because(errno)}`,
    );
    return errno === "ENOENT" ? 127 : 126;
  };

interface Reading {
  readonly words: readonly string[];
  at: number;
  acts: boolean;
  readonly batches: { readonly command: readonly string[]; readonly paths: string[] }[];
  most: number;
  least: number;
  readonly system: System;
  readonly say: (text: string) => void;
}

function argument(reading: Reading, of: string): string {
  const word = reading.words[reading.at++];
  if (word === undefined) throw new FindError(`missing argument to \`${of}'`);
  return word;
}

function executed(reading: Reading, name: string): Test {
  const command: string[] = [];
  for (;;) {
    const word = argument(reading, name);
    if (word === ";") break;
    if (word === "+" && command.at(-1) === "{}") {
      const batch = { command: command.slice(0, -1), paths: [] as string[] };
      reading.batches.push(batch);
      return ({ path }) => {
        batch.paths.push(path);
        return true;
      };
    }
    command.push(word);
  }
  return ({ path }) =>
    runAndWait(
      reading.system,
      command.map((word) => word.replaceAll("{}", path)),
    ) === 0;
}

function primary(reading: Reading): Test {
  const { system } = reading;
  const name = argument(reading, "find");
  const word = (): string => argument(reading, name);
  switch (name) {
    case "(": {
      const inner = alternatives(reading);
      if (reading.words[reading.at++] !== ")") throw new FindError("invalid expression; expected to find a ')' but didn't see one.");
      return inner;
    }
    case "!":
    case "-not": {
      const inner = primary(reading);
      return (seen) => !inner(seen);
    }
    case "-name":
    case "-iname": {
      const glob = globOf(word(), name === "-iname");
      return ({ path }) => glob.test(path === "/" ? "/" : baseName(path));
    }
    case "-path":
    case "-wholename": {
      const glob = globOf(word(), false);
      return ({ path }) => glob.test(path);
    }
    case "-type": {
      const kinds = word().split(",");
      return ({ found }) => kinds.some((kind) => KINDS[kind] === found.kind);
    }
    case "-maxdepth":
      reading.most = Number(word());
      return () => true;
    case "-mindepth":
      reading.least = Number(word());
      return () => true;
    case "-size": {
      const parts = /^([-+]?\d+)([cwbkMG]?)$/.exec(word());
      if (parts === null) throw new FindError("Invalid argument to -size");
      const unit = UNITS[parts[2] === "" ? "b" : (parts[2] ?? "b")] ?? 512;
      return ({ found }) => compares(parts[1] ?? "", Math.ceil(found.size / unit));
    }
    case "-empty":
      return ({ found, path }) => {
        if (found.kind === "file") return found.size === 0;
        return found.kind === "dir" && namesIn(system, path)?.length === 0;
      };
    case "-perm": {
      const mode = word();
      const bits = Number.parseInt(mode.replace(/^[-/]/, ""), 8);
      return ({ found }) => {
        const own = found.mode & 0o7777;
        return mode.startsWith("-") ? (own & bits) === bits : mode.startsWith("/") ? (own & bits) !== 0 : own === bits;
      };
    }
    case "-uid": {
      const uid = word();
      return ({ found }) => compares(uid, found.uid);
    }
    case "-links": {
      const links = word();
      return ({ found }) => compares(links, found.nlink);
    }
    case "-inum": {
      const inum = word();
      return ({ found }) => compares(inum, found.ino);
    }
    case "-true":
      return () => true;
    case "-false":
      return () => false;
    case "-print":
    case "-print0":
      reading.acts = true;
      return ({ path }) => {
        reading.say(`${path}${name === "-print" ? "\n" : "\0"}`);
        return true;
      };
    case "-printf": {
      reading.acts = true;
      const format = word().replace(/\\n/g, "\n").replace(/\\t/g, "\t").replace(/\\0/g, "\0");
      return ({ path, found, depth }) => {
        const parts: Readonly<Record<string, string>> = {
          p: path,
          f: baseName(path),
          s: String(found.size),
          m: (found.mode & 0o7777).toString(8),
          y: Object.keys(KINDS).find((kind) => KINDS[kind] === found.kind) ?? "?",
          U: String(found.uid),
          G: String(found.gid),
          i: String(found.ino),
          n: String(found.nlink),
          d: String(depth),
          h: path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".",
          "%": "%",
        };
        reading.say(format.replace(/%(.)/g, (whole, sign: string) => parts[sign] ?? whole));
        return true;
      };
    }
    case "-exec":
    case "-execdir":
      reading.acts = true;
      return executed(reading, name);
    case "-delete":
      reading.acts = true;
      return ({ path, found }) => (found.kind === "dir" ? system.rmdir(path) : system.unlink(path)).ok;
    default:
      throw new FindError(name.startsWith("-") ? `unknown predicate \`${name}'` : `paths must precede expression: \`${name}'`);
  }
}

function sequence(reading: Reading): Test {
  const tests = [primary(reading)];
  for (;;) {
    const word = reading.words[reading.at];
    if (word === undefined || word === ")" || word === "-o" || word === "-or") return (seen) => tests.every((test) => test(seen));
    if (word === "-a" || word === "-and") reading.at++;
    tests.push(primary(reading));
  }
}
function alternatives(reading: Reading): Test {
  const tests = [sequence(reading)];
  while (reading.words[reading.at] === "-o" || reading.words[reading.at] === "-or") {
    reading.at++;
    tests.push(sequence(reading));
  }
  return (seen) => tests.some((test) => test(seen));
}

function namesIn(system: System, path: string): readonly string[] | undefined {
  const fd = system.open(path, { read: true, directory: true }, 0);
  if (!fd.ok) return undefined;
  const entries = system.readdir(fd.value);
  system.close(fd.value);
  return entries.ok ? entries.value.map(({ name }) => name).filter((name) => name !== "." && name !== "..") : undefined;
}

const find: Program = (system, invocation) => {
  const words = invocation.argv.slice(1);
  const cut = words.findIndex((word) => /^-.|^[(!]$/.test(word));
  const starts = words.slice(0, cut < 0 ? words.length : cut);
  let status = 0;
  const reading: Reading = {
    words: cut < 0 ? [] : words.slice(cut),
    at: 0,
    acts: false,
    batches: [],
    most: Number.POSITIVE_INFINITY,
    least: 0,
    system,
    say: (text) => print(system, text),
  };
  let test: Test = () => true;
  try {
    if (reading.words.length > 0) test = alternatives(reading);
    if (reading.at < reading.words.length) throw new FindError(`invalid expression; you have used a binary operator with nothing before it.`);
  } catch (error) {
    if (!(error instanceof FindError)) throw error;
    complain(system, invocation, error.message);
    return 1;
  }
  const deepFirst = reading.words.includes("-delete") || reading.words.includes("-depth");
  const visit = (path: string, depth: number): void => {
    const found = system.lstat(path);
    if (!found.ok) {
      complain(system, invocation, `${quoted(invocation, path)}: ${because(found.errno)}`);
      status = 1;
      return;
    }
    const look = (): void => {
      if (depth >= reading.least && test({ path, depth, found: found.value }) && !reading.acts) print(system, `${path}\n`);
    };
    if (!deepFirst) look();
    if (found.value.kind === "dir" && depth < reading.most) {
      const names = namesIn(system, path);
      if (names === undefined) {
        complain(system, invocation, `${quoted(invocation, path)}: Permission denied`);
        status = 1;
      } else for (const name of names) visit(path.endsWith("/") ? `${path}${name}` : `${path}/${name}`, depth + 1);
    }
    if (deepFirst) look();
  };
  for (const start of starts.length === 0 ? ["."] : starts) visit(start, 0);
  for (const { command, paths } of reading.batches) {
    if (paths.length > 0 && runAndWait(system, [...command, ...paths]) !== 0) status = 1;
  }
  return status;
};

const xargs: Program = (system, invocation) => {
  const options = optionsGiven(system, invocation, {
    short: "+n:I:i0rtd:P:L:s:x",
    long: { "max-args=": "n", "replace?": "I", null: "0", "no-run-if-empty": "r", verbose: "t", "delimiter=": "d", "max-procs=": "P" },
  });
  if (options === undefined) return 1;
  const all = slurp(system, 0);
  if ("errno" in all) return 1;
  const replaced = options.value("I");
  const delimiter = options.has("0") ? "\0" : options.value("d")?.replace("\\n", "\n");
  const items =
    delimiter !== undefined
      ? all.text.split(delimiter).filter((item, i, list) => item !== "" || i < list.length - 1)
      : replaced !== undefined
        ? all.text
            .split("\n")
            .map((line) => line.trim())
            .filter((line) => line !== "")
        : [...all.text.matchAll(/"([^"]*)"|'([^']*)'|((?:\\.|[^\s"'\\])+)/g)].map(
            (part) => part[1] ?? part[2] ?? (part[3] ?? "").replace(/\\(.)/g, "$1"),
          );
  const command = options.operands.length === 0 ? ["echo"] : options.operands;
  const most = Number(options.value("n") ?? options.value("L") ?? Number.POSITIVE_INFINITY);
  const lines: (readonly string[])[] = [];
  if (replaced !== undefined) for (const item of items) lines.push(command.map((word) => word.replaceAll(replaced, item)));
  else {
    for (let at = 0; at < items.length; at += most) lines.push([...command, ...items.slice(at, at + most)]);
    if (items.length === 0 && !options.has("r")) lines.push(command);
  }
  let status = 0;
  for (const line of lines) {
    if (options.has("t")) print(system, `${line.join(" ")}\n`, 2);
    const code = runAndWait(system, line);
    if (code === 127) return 127;
    if (code === 255) {
      complain(system, invocation, `${line[0] ?? ""}: exited with status 255; aborting`);
      return 124;
    }
    if (code !== 0) status = 123;
  }
  return status;
};

export const findPrograms: Readonly<Record<string, Program>> = { find: withChildren(find), xargs: withChildren(xargs) };
