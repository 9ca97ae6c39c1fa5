/**
 * `cp`, and the copying that `mv` does across file systems.
 *
 * Not modelled: sparse files, reflinks, backups.
 *
 * @source coreutils@9.1 src/copy.c
 */
import type { Attributes } from "../../../linux/fs/types";
import type { Invocation, Program, System } from "../../../linux/program";
import { asker, overwriting } from "./coreutils-asking";
import { destinations } from "./coreutils-files";
import { complain, given, joined, namesOf, shellQuoted, withoutSlashes } from "./coreutils-support";
import { baseName, because, print } from "./support";

export interface CopyOptions {
  readonly recursive: boolean;
  /** Owner, mode and times as they were. */
  readonly preserve: boolean;
  /** Symbolic links are copied as what they lead to. */
  readonly follow: boolean;
  readonly force: boolean;
  readonly verbose: boolean;
  readonly link: boolean;
  readonly symbolic: boolean;
  readonly update: boolean;
  readonly clobber: boolean;
  readonly attributesOnly?: boolean;
  /** Whether one file may take the place of another, where a person wants to be asked. */
  readonly asks?: (question: string) => boolean;
}

const CHUNK = 65_536;

export function copyInto(system: System, invocation: Invocation, from: string, to: string, options: CopyOptions): boolean {
  const fail = (text: string): false => (complain(system, invocation, text), false);
  const found = options.follow ? system.stat(from) : system.lstat(from);
  if (!found.ok) return fail(`cannot stat ${shellQuoted(from)}: ${because(found.errno)}`);
  const source = found.value;
  if (source.kind === "dir" && !options.recursive) return fail(`-r not specified; omitting directory ${shellQuoted(from)}`);
  const there = system.lstat(to);
  if (there.ok) {
    const target = there.value.kind === "symlink" ? system.stat(to) : there;
    const same = target.ok && target.value.ino === source.ino && target.value.dev === source.dev;
    if (same) return fail(`${shellQuoted(from)} and ${shellQuoted(to)} are the same file`);
    if (!options.clobber) return true;
    if (options.asks !== undefined && source.kind !== "dir" && !options.asks(overwriting(system, to, there.value))) return true;
    if (source.kind === "file" && there.value.kind === "symlink" && !target.ok && !options.recursive && !options.force)
      return fail(`not writing through dangling symlink ${shellQuoted(to)}`);
    if (options.update && there.value.mtime >= source.mtime) return true;
    if (source.kind !== "dir" && there.value.kind === "dir") return fail(`cannot overwrite directory ${shellQuoted(to)} with non-directory`);
    if (source.kind === "dir" && there.value.kind !== "dir")
      return fail(`cannot overwrite non-directory ${shellQuoted(to)} with directory ${shellQuoted(from)}`);
  }
  if (options.verbose) print(system, `${shellQuoted(from)} -> ${shellQuoted(to)}\n`);
  if (source.kind === "dir") return copyDirectory(system, invocation, from, to, source, there.ok, options);
  if (options.link || options.symbolic) {
    if (there.ok && options.force) system.unlink(to);
    const done = options.link ? system.link(from, to) : system.symlink(from, to);
    return (
      done.ok || fail(`cannot create ${options.link ? "hard" : "symbolic"} link ${shellQuoted(to)} to ${shellQuoted(from)}: ${because(done.errno)}`)
    );
  }
  if (source.kind === "file" || (!options.recursive && source.kind !== "symlink")) return copyFile(system, invocation, from, to, source, options);
  if (there.ok) system.unlink(to);
  return copySpecial(system, invocation, from, to, source, options);
}

function copySpecial(system: System, invocation: Invocation, from: string, to: string, source: Attributes, options: CopyOptions): boolean {
  const fail = (text: string): false => (complain(system, invocation, text), false);
  if (source.kind === "symlink") {
    const target = system.readlink(from);
    if (!target.ok) return fail(`cannot read symbolic link ${shellQuoted(from)}: ${because(target.errno)}`);
    const made = system.symlink(target.value, to);
    if (!made.ok) return fail(`cannot create symbolic link ${shellQuoted(to)}: ${because(made.errno)}`);
    if (options.preserve) system.lchown(to, source.uid, source.gid);
    return true;
  }
  const made = system.mknod(to, { kind: source.kind, mode: source.mode, rdev: source.rdev });
  if (!made.ok) return fail(`cannot create special file ${shellQuoted(to)}: ${because(made.errno)}`);
  return keep(system, invocation, to, source, options);
}

function copyDirectory(
  system: System,
  invocation: Invocation,
  from: string,
  to: string,
  source: Attributes,
  exists: boolean,
  options: CopyOptions,
): boolean {
  const fail = (text: string): false => (complain(system, invocation, text), false);
  if (!exists) {
    const made = system.mkdir(to, (source.mode & 0o7777) | 0o700);
    if (!made.ok) return fail(`cannot create directory ${shellQuoted(to)}: ${because(made.errno)}`);
  }
  const inside = namesOf(system, from);
  if ("errno" in inside) return fail(`cannot access ${shellQuoted(from)}: ${because(inside.errno)}`);
  const own = system.stat(to);
  let all = true;
  for (const name of inside.names) {
    const child = system.lstat(joined(from, name));
    if (own.ok && child.ok && child.value.ino === own.value.ino && child.value.dev === own.value.dev) {
      all = fail(`cannot copy a directory, ${shellQuoted(from)}, into itself, ${shellQuoted(to)}`);
      continue;
    }
    if (!copyInto(system, invocation, joined(from, name), joined(to, name), { ...options, follow: options.follow && !options.recursive }))
      all = false;
  }
  if (options.preserve) return keep(system, invocation, to, source, options) && all;
  if (!exists) {
    const umask = system.umask(0o022);
    if (umask.ok) system.umask(umask.value);
    const wanted = source.mode & ~(umask.ok ? umask.value : 0);
    if (((source.mode | 0o700) & ~(umask.ok ? umask.value : 0)) !== wanted) system.chmod(to, wanted);
  }
  return all;
}

function copyFile(system: System, invocation: Invocation, from: string, to: string, source: Attributes, options: CopyOptions): boolean {
  const fail = (text: string): false => (complain(system, invocation, text), false);
  const input = system.open(from, { read: true, cloexec: true }, 0);
  if (!input.ok) return fail(`cannot open ${shellQuoted(from)} for reading: ${because(input.errno)}`);
  const exists = system.stat(to).ok;
  const create = () => system.open(to, { write: true, ...(exists ? { truncate: true } : { create: true }), cloexec: true }, source.mode & 0o777);
  let output = create();
  if (!output.ok && exists && options.force && system.unlink(to).ok)
    output = system.open(to, { write: true, create: true, cloexec: true }, source.mode & 0o777);
  if (!output.ok) {
    system.close(input.value);
    return fail(`cannot create regular file ${shellQuoted(to)}: ${because(output.errno)}`);
  }
  let good = true;
  while (options.attributesOnly !== true) {
    const got = system.read(input.value, CHUNK);
    if (!got.ok) {
      good = fail(`error reading ${shellQuoted(from)}: ${because(got.errno)}`);
      break;
    }
    if (got.value === "") break;
    const wrote = system.write(output.value, got.value);
    if (wrote.ok) continue;
    good = fail(`error writing ${shellQuoted(to)}: ${because(wrote.errno)}`);
    break;
  }
  system.close(input.value);
  system.close(output.value);
  return options.preserve ? keep(system, invocation, to, source, options) && good : good;
}

function keep(system: System, invocation: Invocation, to: string, source: Attributes, { preserve }: CopyOptions): boolean {
  if (!preserve) return true;
  system.chown(to, source.uid, source.gid);
  const done = system.chmod(to, source.mode);
  system.utimens(to, source.atime, source.mtime);
  if (done.ok) return true;
  return (complain(system, invocation, `preserving permissions for ${shellQuoted(to)}: ${because(done.errno)}`), false);
}

export const cp: Program = (system, invocation) => {
  const options = given(system, invocation, {
    short: "abdfHilLnprRst:TuvPxZ",
    long: {
      archive: "a",
      force: "f",
      link: "l",
      dereference: "L",
      "no-clobber": "n",
      "no-dereference": "P",
      "preserve?": "p",
      recursive: "r",
      "symbolic-link": "s",
      "target-directory=": "t",
      "no-target-directory": "T",
      interactive: "i",
      update: "u",
      verbose: "v",
      parents: "parents",
      "reflink?": "reflink",
      "sparse=": "sparse",
      "attributes-only": "attributes",
      "one-file-system": "x",
    },
  });
  if (options === undefined) return 1;
  const pairs = destinations(system, invocation, options.operands, options.value("t"), options.has("T"));
  if (pairs === undefined) return 1;
  const recursive = ["r", "R", "a"].some((key) => options.has(key));
  const keepsLinks = ["a", "d", "P"].some((key) => options.has(key)) || (recursive && !options.has("L") && !options.has("H"));
  const how: CopyOptions = {
    recursive,
    preserve: options.has("a") || options.has("p"),
    follow: options.has("L") || !keepsLinks,
    force: options.has("f"),
    verbose: options.has("v"),
    link: options.has("l"),
    symbolic: options.has("s"),
    update: options.has("u"),
    clobber: !options.has("n"),
    attributesOnly: options.has("attributes"),
  };
  const last = options.options.findLast(({ key }) => key === "i" || key === "n")?.key;
  const asking: CopyOptions = last === "i" ? { ...how, clobber: true, asks: asker(system, invocation) } : how;
  let status = 0;
  for (const [from, to] of pairs) {
    const inside = recursive && baseName(withoutSlashes(from)) === "." ? to.slice(0, to.lastIndexOf("/")) || "/" : to;
    if (!copyInto(system, invocation, from, inside, asking)) status = 1;
  }
  return status;
};
