/**
 * Names made and taken away: mkdir, rmdir, rm, mv, ln, link, unlink, touch, mkfifo, mknod, mktemp, truncate.
 *
 * Not modelled: questions (`-i`), backups, SELinux.
 *
 * @source coreutils@9.1
 */
import type { Program, Invocation, System } from "../../../linux/program";
import { asker, mayAsk, overwriting } from "./coreutils-asking";
import { copyInto } from "./coreutils-copy";
import {
  changedMode,
  complain,
  directoryOf,
  given,
  isDirectory,
  joined,
  namesOf,
  quoted,
  shellQuoted,
  tryHelp,
  withoutSlashes,
} from "./coreutils-support";
import { baseName, because, print } from "./support";

function umaskOf(system: System): number {
  const now = system.umask(0);
  if (!now.ok) return 0o022;
  system.umask(now.value);
  return now.value;
}

export const mkdir: Program = (system, invocation) => {
  const options = given(system, invocation, { short: "pm:vZ", long: { parents: "p", "mode=": "m", verbose: "v" } });
  if (options === undefined) return 1;
  if (options.operands.length === 0) return tryHelp(system, invocation, "missing operand");
  const asked = options.value("m");
  const mode = asked === undefined ? undefined : changedMode(asked, 0o777, true, umaskOf(system));
  if (asked !== undefined && mode === undefined) return (complain(system, invocation, `invalid mode ${quoted(invocation, asked)}`), 1);
  let status = 0;
  for (const path of options.operands) if (!makeDirectory(system, invocation, path, options.has("p"), options.has("v"), mode)) status = 1;
  return status;
};

function makeDirectory(system: System, invocation: Invocation, path: string, parents: boolean, verbose: boolean, mode: number | undefined): boolean {
  const names = path.split("/");
  const steps = parents ? names.map((_, i) => names.slice(0, i + 1).join("/")).filter((step, i) => step !== "" && names[i] !== "") : [path];
  for (const [at, step] of steps.entries()) {
    const last = at === steps.length - 1;
    if (parents && isDirectory(system, step)) continue;
    const made = system.mkdir(step, last && mode !== undefined ? mode & 0o777 : 0o777);
    if (!made.ok) {
      complain(
        system,
        invocation,
        `cannot create directory ${quoted(invocation, parents && made.errno !== "EEXIST" ? step : path)}: ${because(made.errno)}`,
      );
      return false;
    }
    if (verbose) print(system, `${baseName(invocation.argv[0] ?? "")}: created directory ${quoted(invocation, step)}\n`);
    if (last && mode !== undefined) system.chmod(step, mode);
  }
  return true;
}

export const rmdir: Program = (system, invocation) => {
  const options = given(system, invocation, { short: "pv", long: { parents: "p", verbose: "v", "ignore-fail-on-non-empty": "ignore" } });
  if (options === undefined) return 1;
  if (options.operands.length === 0) return tryHelp(system, invocation, "missing operand");
  let status = 0;
  for (const path of options.operands) {
    for (let at = path; ; at = directoryOf(at)) {
      if (options.has("v")) print(system, `rmdir: removing directory, ${shellQuoted(at)}\n`);
      const done = system.rmdir(at);
      if (!done.ok && !(options.has("ignore") && done.errno === "ENOTEMPTY")) {
        complain(system, invocation, `failed to remove ${at === path ? "" : "directory "}${shellQuoted(at)}: ${because(done.errno)}`);
        status = 1;
      }
      if (!done.ok || !options.has("p") || [".", "/"].includes(directoryOf(at))) break;
    }
  }
  return status;
};

/** Sources and where each goes; undefined after what is wrong was told. */
export function destinations(
  system: System,
  invocation: Invocation,
  operands: readonly string[],
  into: string | undefined,
  plain: boolean,
): readonly (readonly [string, string])[] | undefined {
  const fail = (text: string): undefined => void tryHelp(system, invocation, text);
  if (operands.length === 0) return fail("missing file operand");
  if (into === undefined && operands.length === 1) return fail(`missing destination file operand after ${shellQuoted(operands[0] ?? "")}`);
  const sources = into === undefined ? operands.slice(0, -1) : operands;
  const target = into ?? operands.at(-1) ?? "";
  const inside = !plain && isDirectory(system, target);
  if (into !== undefined && !inside)
    return void complain(system, invocation, `target directory ${shellQuoted(target)}: ${because(system.stat(target).ok ? "ENOTDIR" : "ENOENT")}`);
  if (sources.length > 1 && !inside)
    return void complain(system, invocation, `target ${shellQuoted(target)}: ${because(system.stat(target).ok ? "ENOTDIR" : "ENOENT")}`);
  return sources.map((source) => [source, inside ? joined(target, baseName(withoutSlashes(source))) : target]);
}

export const mv: Program = (system, invocation) => {
  const options = given(system, invocation, {
    short: "finuvTt:S:b",
    long: { force: "f", "no-clobber": "n", verbose: "v", "no-target-directory": "T", "target-directory=": "t", update: "u" },
  });
  if (options === undefined) return 1;
  const pairs = destinations(system, invocation, options.operands, options.value("t"), options.has("T"));
  if (pairs === undefined) return 1;
  let status = 0;
  const how = options.options.findLast(({ key }) => key === "f" || key === "i" || key === "n")?.key;
  const asks = asker(system, invocation);
  const fail = (text: string): void => {
    complain(system, invocation, text);
    status = 1;
  };
  for (const [from, to] of pairs) {
    const found = system.lstat(from);
    const there = system.lstat(to);
    if (!found.ok) {
      fail(`cannot stat ${shellQuoted(from)}: ${because(found.errno)}`);
      continue;
    }
    if (there.ok && how === "n") continue;
    const same = there.ok && there.value.ino === found.value.ino && there.value.dev === found.value.dev;
    if (same) {
      fail(`${shellQuoted(from)} and ${shellQuoted(to)} are the same file`);
      continue;
    }
    if (there.ok && there.value.kind === "dir" && found.value.kind !== "dir") {
      fail(`cannot overwrite directory ${shellQuoted(to)} with non-directory`);
      continue;
    }
    if (there.ok && there.value.kind !== "dir" && found.value.kind === "dir") {
      fail(`cannot overwrite non-directory ${shellQuoted(to)} with directory ${shellQuoted(from)}`);
      continue;
    }
    if (there.ok && mayAsk(system, to, there.value, how) && !asks(overwriting(system, to, there.value))) continue;
    const done = system.rename(from, to);
    if (done.ok) {
      if (options.has("v")) print(system, `renamed ${shellQuoted(from)} -> ${shellQuoted(to)}\n`);
      continue;
    }
    if (done.errno === "EXDEV") {
      if (there.ok) {
        const gone = there.value.kind === "dir" ? system.rmdir(to) : system.unlink(to);
        if (!gone.ok) {
          fail(`inter-device move failed: ${shellQuoted(from)} to ${shellQuoted(to)}; unable to remove target: ${because(gone.errno)}`);
          continue;
        }
      }
      const copied = copyInto(system, invocation, from, to, {
        recursive: true,
        preserve: true,
        follow: false,
        force: false,
        verbose: false,
        link: false,
        symbolic: false,
        update: false,
        clobber: true,
      });
      if (!copied) status = 1;
      else if (!removeTree(system, invocation, from)) status = 1;
      continue;
    }
    if (done.errno === "EINVAL") fail(`cannot move ${shellQuoted(from)} to a subdirectory of itself, ${shellQuoted(to)}`);
    else fail(`cannot move ${shellQuoted(from)} to ${shellQuoted(to)}: ${because(done.errno)}`);
  }
  return status;
};

function removeTree(system: System, invocation: Invocation, path: string): boolean {
  const found = system.lstat(path);
  if (found.ok && found.value.kind === "dir") {
    const inside = namesOf(system, path);
    if (!("errno" in inside)) for (const name of inside.names) if (!removeTree(system, invocation, joined(path, name))) return false;
  }
  const done = found.ok && found.value.kind === "dir" ? system.rmdir(path) : system.unlink(path);
  if (!done.ok) complain(system, invocation, `cannot remove ${shellQuoted(path)}: ${because(done.errno)}`);
  return done.ok;
}

export const ln: Program = (system, invocation) => {
  const options = given(system, invocation, {
    short: "fisnvTt:LPrb",
    long: {
      symbolic: "s",
      force: "f",
      "no-dereference": "n",
      verbose: "v",
      "no-target-directory": "T",
      "target-directory=": "t",
      physical: "P",
      logical: "L",
      relative: "r",
    },
  });
  if (options === undefined) return 1;
  const { operands } = options;
  if (operands.length === 0) return tryHelp(system, invocation, "missing file operand");
  const symbolic = options.has("s");
  const single = operands.length === 1 && !options.has("t");
  const target = options.value("t") ?? (single ? "." : (operands.at(-1) ?? ""));
  const sources = options.has("t") || single ? operands : operands.slice(0, -1);
  const found = system.lstat(target);
  const isLink = found.ok && found.value.kind === "symlink";
  const inside = !options.has("T") && isDirectory(system, target) && !(options.has("n") && isLink);
  if (sources.length > 1 && !inside)
    return (complain(system, invocation, `target ${shellQuoted(target)}: ${because(found.ok ? "ENOTDIR" : "ENOENT")}`), 1);
  let status = 0;
  for (const from of sources) {
    const to = inside ? joined(target, baseName(withoutSlashes(from))) : target;
    const source = symbolic ? undefined : system.lstat(from);
    let problem = source?.ok === false ? `failed to access ${shellQuoted(from)}: ${because(source.errno)}` : undefined;
    if (source?.ok === true && source.value.kind === "dir") problem = `${from}: hard link not allowed for directory`;
    if (problem === undefined) {
      const make = () => (symbolic ? system.symlink(from, to) : system.link(from, to, options.has("L")));
      let done = make();
      if (!done.ok && done.errno === "EEXIST" && options.has("f") && system.unlink(to).ok) done = make();
      if (done.ok && options.has("v")) print(system, `${shellQuoted(to)} ${symbolic ? "->" : "=>"} ${shellQuoted(from)}\n`);
      if (!done.ok) {
        const words = symbolic
          ? `failed to create symbolic link ${shellQuoted(to)}${from === "" ? ` -> ${shellQuoted(from)}` : ""}`
          : `failed to create hard link ${shellQuoted(to)}${done.errno === "EEXIST" ? "" : ` => ${shellQuoted(from)}`}`;
        problem = `${words}: ${because(done.errno)}`;
      }
    }
    if (problem === undefined) continue;
    complain(system, invocation, problem);
    status = 1;
  }
  return status;
};

export const link: Program = (system, invocation) => {
  const [from, to, more] = invocation.argv.slice(1);
  if (from === undefined) return tryHelp(system, invocation, "missing operand");
  if (to === undefined) return tryHelp(system, invocation, `missing operand after ${quoted(invocation, from)}`);
  if (more !== undefined) return tryHelp(system, invocation, `extra operand ${quoted(invocation, more)}`);
  const done = system.link(from, to);
  if (done.ok) return 0;
  return (complain(system, invocation, `cannot create link ${shellQuoted(to)} to ${shellQuoted(from)}: ${because(done.errno)}`), 1);
};

export const unlink: Program = (system, invocation) => {
  const [path, more] = invocation.argv.slice(1);
  if (path === undefined) return tryHelp(system, invocation, "missing operand");
  if (more !== undefined) return tryHelp(system, invocation, `extra operand ${quoted(invocation, more)}`);
  const done = system.unlink(path);
  if (done.ok) return 0;
  return (complain(system, invocation, `cannot unlink ${shellQuoted(path)}: ${because(done.errno)}`), 1);
};
