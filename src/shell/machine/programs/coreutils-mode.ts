/**
 * `chmod`, `chown` and `chgrp`, for one file and for trees.
 *
 * @source coreutils@9.1 src/chmod.c src/chown-core.c
 */
import type { Attributes } from "../../../linux/fs/types";
import type { Invocation, Program, System } from "../../../linux/program";
import { changedMode, complain, given, joined, modeString, namesOf, quoted, shellQuoted, tryHelp, withoutSlashes } from "./coreutils-support";
import type { Parsed } from "./getopt";
import { gidNamed, groupName, uidNamed, userByName, userName } from "./passwd";
import { because, print } from "./support";

const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, "0");
const shownMode = (mode: number): string => `${octal(mode)} (${modeString({ kind: "file", mode }).slice(1)})`;

/** The caller's umask, which can only be asked for by setting it. */
export function umaskOf(system: System): number {
  const now = system.umask(0);
  if (!now.ok) return 0;
  system.umask(now.value);
  return now.value;
}

/** Visits a file, and what is below it with -R; links met on the way are not followed. */
function walk(
  system: System,
  invocation: Invocation,
  options: Parsed,
  path: string,
  visit: (path: string, found: Attributes, top: boolean) => boolean,
): boolean {
  const quiet = options.has("f");
  const fail = (text: string): false => {
    if (!quiet) complain(system, invocation, text);
    return false;
  };
  const recursive = options.has("R");
  const go = (at: string, top: boolean): boolean => {
    const found = system.lstat(at);
    if (!found.ok) return fail(`cannot access ${shellQuoted(at)}: ${because(found.errno)}`);
    if (
      found.value.kind === "symlink" &&
      top &&
      (options.has("chmod") || (!options.has("h") && !(recursive && !options.has("H") && !options.has("L"))))
    ) {
      const target = system.stat(at);
      if (!target.ok)
        return fail(
          target.errno === "ENOENT"
            ? options.has("chmod")
              ? `cannot operate on dangling symlink ${shellQuoted(at)}`
              : `cannot dereference ${shellQuoted(at)}: ${because(target.errno)}`
            : `cannot access ${shellQuoted(at)}: ${because(target.errno)}`,
        );
      return visit(at, target.value, top);
    }
    let good = visit(at, found.value, top);
    if (!recursive || found.value.kind !== "dir") return good;
    const inside = namesOf(system, at);
    if ("errno" in inside) return fail(`cannot read directory ${shellQuoted(at)}: ${because(inside.errno)}`);
    for (const name of inside.names) if (!go(joined(at, name), false)) good = false;
    return good;
  };
  if (recursive && withoutSlashes(path) === "/" && options.has("preserve-root"))
    return fail("it is dangerous to operate recursively on '/'\nuse --no-preserve-root to override this failsafe");
  return go(path, true);
}

const COMMON = { recursive: "R", changes: "c", quiet: "f", silent: "f", verbose: "v", "reference=": "reference" } as const;
const ROOTS = { "preserve-root": "preserve-root", "no-preserve-root": "no-preserve-root" } as const;
const MODE_LETTERS = /^-[rwxXstugoa,+=-]+$/;

export const chmod: Program = (system, invocation) => {
  // A mode may begin with a minus and look like an option.
  const args = invocation.argv.slice(1);
  const at = args.findIndex((arg) => MODE_LETTERS.test(arg) && arg !== "--");
  const minus = at >= 0 && !args.slice(0, at).includes("--") ? args[at] : undefined;
  const rest = minus === undefined ? args : [...args.slice(0, at), ...args.slice(at + 1)];
  const options = given(system, { ...invocation, argv: [invocation.argv[0] ?? "", ...rest] }, { short: "Rcfv", long: { ...COMMON, ...ROOTS } });
  if (options === undefined) return 1;
  const reference = options.value("reference");
  const [first, ...others] = options.operands;
  const mode = minus ?? (reference === undefined ? first : undefined);
  const paths = minus === undefined && reference === undefined ? others : options.operands;
  if (mode === undefined && reference === undefined) return tryHelp(system, invocation, "missing operand");
  if (paths.length === 0)
    return tryHelp(system, invocation, mode === undefined ? "missing operand" : `missing operand after ${quoted(invocation, mode)}`);
  const umask = umaskOf(system);
  const model = reference === undefined ? undefined : system.stat(reference);
  if (model?.ok === false) {
    complain(system, invocation, `failed to get attributes of ${shellQuoted(reference ?? "")}: ${because(model.errno)}`);
    return 1;
  }
  if (mode !== undefined && changedMode(mode, 0, false, umask) === undefined)
    return tryHelp(system, invocation, `invalid mode: ${quoted(invocation, mode)}`);
  let status = 0;
  const marked: Parsed = { ...options, has: (key) => key === "chmod" || options.has(key) };
  for (const path of paths) {
    const done = walk(system, invocation, marked, path, (where, { kind, mode: before }, top) => {
      if (kind === "symlink" && !top) return true;
      const wanted = mode === undefined ? (model?.ok === true ? model.value.mode : 0) : (changedMode(mode, before, kind === "dir", umask) ?? before);
      const changed = system.chmod(where, wanted);
      if (!changed.ok) {
        if (!options.has("f")) complain(system, invocation, `changing permissions of ${shellQuoted(where)}: ${because(changed.errno)}`);
        if (options.has("v")) print(system, `failed to change mode of ${shellQuoted(where)} from ${shownMode(before)} to ${shownMode(wanted)}\n`);
        return false;
      }
      if (wanted !== before && (options.has("v") || options.has("c")))
        print(system, `mode of ${shellQuoted(where)} changed from ${shownMode(before)} to ${shownMode(wanted)}\n`);
      else if (options.has("v")) print(system, `mode of ${shellQuoted(where)} retained as ${shownMode(before)}\n`);
      // What the umask took from a mode without letters for whom.
      const naive = minus === undefined || mode === undefined ? wanted : (changedMode(mode, before, kind === "dir", 0) ?? wanted);
      if (naive === wanted) return true;
      const shown = (bits: number): string => modeString({ kind, mode: bits }).slice(1);
      complain(system, invocation, `${where}: new permissions are ${shown(wanted)}, not ${shown(naive)}`);
      return false;
    });
    if (!done) status = 1;
  }
  return status;
};

interface Owner {
  readonly uid: number;
  readonly gid: number;
  /** As they were written. */
  readonly user?: string;
  readonly group?: string;
}

/** `user`, `user:group`, `user:`, `:group`; -1 for what stays. */
function ownerOf(system: System, invocation: Invocation, text: string): Owner | string {
  const at = text.indexOf(":");
  const [user, group] = at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
  const uid = user === "" ? -1 : uidNamed(system, user.replace(/^\+/, ""));
  if (uid === undefined) return `invalid user: ${quoted(invocation, text)}`;
  if (group === undefined) return { uid, gid: -1, user };
  if (group === "") {
    if (user === "") return { uid: -1, gid: -1 };
    const entry = userByName(system, user);
    return entry === undefined ? `invalid spec: ${quoted(invocation, text)}` : { uid, gid: entry.group, user };
  }
  const gid = gidNamed(system, group.replace(/^\+/, ""));
  return gid === undefined ? `invalid group: ${quoted(invocation, text)}` : { uid, gid, ...(user === "" ? {} : { user }), group };
}

function changeOwner(system: System, invocation: Invocation, groupOnly: boolean): number {
  const options = given(system, invocation, {
    short: "HLPRcfhv",
    long: { ...COMMON, ...ROOTS, dereference: "dereference", "no-dereference": "h", "from=": "from" },
  });
  if (options === undefined) return 1;
  const reference = options.value("reference");
  const paths = reference === undefined ? options.operands.slice(1) : options.operands;
  const [spec = ""] = options.operands;
  if (options.operands.length === 0) return tryHelp(system, invocation, "missing operand");
  if (paths.length === 0) return tryHelp(system, invocation, `missing operand after ${quoted(invocation, spec)}`);
  const wanted = wantedOwner(system, invocation, groupOnly, reference, spec);
  if (typeof wanted === "string") return (complain(system, invocation, wanted), 1);
  const from = options.value("from");
  const only = from === undefined ? undefined : ownerOf(system, invocation, from);
  if (typeof only === "string") return (complain(system, invocation, only), 1);
  const what = groupOnly || (wanted.uid === -1 && wanted.gid !== -1) ? "group" : "ownership";
  const named = ({ uid, gid, user: asked, group: askedGroup }: Owner): string => {
    const [user, group] = [asked ?? userName(system, uid) ?? String(uid), askedGroup ?? groupName(system, gid) ?? String(gid)];
    return what === "group" ? group : wanted.gid === -1 ? user : `${user}:${group}`;
  };
  let status = 0;
  for (const path of paths) {
    const done = walk(system, invocation, options, path, (where, found) => {
      const skips = only !== undefined && ((only.uid !== -1 && only.uid !== found.uid) || (only.gid !== -1 && only.gid !== found.gid));
      if (skips) return true;
      const after = { ...wanted, uid: wanted.uid === -1 ? found.uid : wanted.uid, gid: wanted.gid === -1 ? found.gid : wanted.gid };
      const link = found.kind === "symlink" && (options.has("h") || (options.has("R") && !options.has("dereference")));
      const changed = link ? system.lchown(where, wanted.uid, wanted.gid) : system.chown(where, wanted.uid, wanted.gid);
      if (!changed.ok) {
        if (!options.has("f")) complain(system, invocation, `changing ${what} of ${shellQuoted(where)}: ${because(changed.errno)}`);
        if (options.has("v")) print(system, `failed to change ${what} of ${shellQuoted(where)} from ${named(found)} to ${named(after)}\n`);
        return false;
      }
      const differs = after.uid !== found.uid || after.gid !== found.gid;
      if (differs && (options.has("v") || options.has("c")))
        print(system, `changed ${what} of ${shellQuoted(where)} from ${named(found)} to ${named(after)}\n`);
      else if (options.has("v")) print(system, `${what} of ${shellQuoted(where)} retained as ${named(found)}\n`);
      return true;
    });
    if (!done) status = 1;
  }
  return status;
}

function wantedOwner(system: System, invocation: Invocation, groupOnly: boolean, reference: string | undefined, spec: string): Owner | string {
  if (reference !== undefined) {
    const model = system.stat(reference);
    if (!model.ok) return `failed to get attributes of ${shellQuoted(reference)}: ${because(model.errno)}`;
    return { uid: groupOnly ? -1 : model.value.uid, gid: model.value.gid };
  }
  if (!groupOnly) return ownerOf(system, invocation, spec);
  const gid = spec === "" ? -1 : gidNamed(system, spec.replace(/^\+/, ""));
  return gid === undefined ? `invalid group: ${quoted(invocation, spec)}` : { uid: -1, gid, group: spec };
}

export const chown: Program = (system, invocation) => changeOwner(system, invocation, false);
export const chgrp: Program = (system, invocation) => changeOwner(system, invocation, true);
