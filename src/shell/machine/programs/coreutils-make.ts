/**
 * Programs that make files: mkfifo, mknod, truncate, mktemp, install, sync.
 *
 * Not modelled: `truncate -o`, SELinux contexts, `install -s`, `-b` and `-C`.
 *
 * @source coreutils@9.1 src/mkfifo.c src/mknod.c src/truncate.c src/mktemp.c src/install.c
 */
import type { Program, System } from "../../../linux/program";
import { copyInto } from "./coreutils-copy";
import { destinations } from "./coreutils-files";
import { umaskOf } from "./coreutils-mode";
import {
  changedMode,
  complain,
  directoryOf,
  fileName,
  given,
  isDirectory,
  joined,
  quoted,
  shellQuoted,
  tryHelp,
  withoutSlashes,
} from "./coreutils-support";
import { gidNamed, uidNamed } from "./passwd";
import { because, print } from "./support";

/** A mode for something new: letters change what the umask leaves of 0666. */
function newMode(system: System, text: string | undefined): number | undefined {
  if (text === undefined) return 0o666;
  return changedMode(text, 0o666, false, umaskOf(system));
}

export const mkfifo: Program = (system, invocation) => {
  const options = given(system, invocation, { short: "m:Z", long: { "mode=": "m" } });
  if (options === undefined) return 1;
  if (options.operands.length === 0) return tryHelp(system, invocation, "missing operand");
  const mode = newMode(system, options.value("m"));
  if (mode === undefined || mode > 0o777)
    return (complain(system, invocation, mode === undefined ? "invalid mode" : "mode must specify only file permission bits"), 1);
  let status = 0;
  for (const path of options.operands) {
    const made = system.mknod(path, { kind: "fifo", mode });
    if (made.ok) {
      if (options.has("m")) system.chmod(path, mode);
      continue;
    }
    complain(system, invocation, `cannot create fifo ${shellQuoted(path)}: ${because(made.errno)}`);
    status = 1;
  }
  return status;
};

const number = (text: string): number =>
  /^0x[0-9a-f]+$/i.test(text) ? Number(text) : /^0[0-7]+$/.test(text) ? Number.parseInt(text, 8) : /^\d+$/.test(text) ? Number(text) : -1;

export const mknod: Program = (system, invocation) => {
  const options = given(system, invocation, { short: "m:Z", long: { "mode=": "m" } });
  if (options === undefined) return 1;
  const { operands } = options;
  const [path, type, major, minor] = operands;
  const mode = newMode(system, options.value("m"));
  if (mode === undefined || mode > 0o777)
    return (complain(system, invocation, mode === undefined ? "invalid mode" : "mode must specify only file permission bits"), 1);
  const expected = type?.startsWith("p") === true ? 2 : 4;
  if (path === undefined || type === undefined || operands.length < expected) {
    if (operands.length === 0) return tryHelp(system, invocation, "missing operand");
    complain(system, invocation, `missing operand after ${quoted(invocation, operands.at(-1) ?? "")}`);
    if (expected === 4 && operands.length === 2) print(system, "Special files require major and minor device numbers.\n", 2);
    return tryHelp(system, invocation);
  }
  if (operands.length > expected) {
    complain(system, invocation, `extra operand ${quoted(invocation, operands[expected] ?? "")}`);
    if (expected === 2 && operands.length === 4) print(system, "Fifos do not have major and minor device numbers.\n", 2);
    return tryHelp(system, invocation);
  }
  const kind = { b: "block", c: "char", u: "char", p: "fifo" }[type[0] ?? ""] as "block" | "char" | "fifo" | undefined;
  if (kind === undefined) return tryHelp(system, invocation, `invalid device type ${quoted(invocation, type)}`);
  const numbers = [number(major ?? "0"), number(minor ?? "0")] as const;
  for (const [i, name] of ["major", "minor"].entries())
    if (expected === 4 && (numbers[i] ?? -1) < 0)
      return (complain(system, invocation, `invalid ${name} device number ${quoted(invocation, operands[2 + i] ?? "")}`), 1);
  const made = system.mknod(path, { kind, mode, ...(kind === "fifo" ? {} : { rdev: numbers }) });
  if (!made.ok) return (complain(system, invocation, `${fileName(path)}: ${because(made.errno)}`), 1);
  if (options.has("m")) system.chmod(path, mode);
  return 0;
};

const SUFFIXES = "KMGTPE";

/** A number of bytes with a suffix: K and KiB are 1024, KB is 1000. */
export function sizeOf(text: string): number | undefined {
  const match = /^(\d*)([KkMGTPE]?)(iB|B)?$/.exec(text);
  if (match === null || text === "" || (match[1] === "" && match[2] === "")) return undefined;
  const power = SUFFIXES.indexOf((match[2] ?? "").toUpperCase()) + 1;
  if (match[2] === "" && match[3] !== undefined) return undefined;
  return Number(match[1] === "" ? "1" : match[1]) * (match[2] === "" ? 1 : (match[3] === "B" ? 1000 : 1024) ** power);
}

/** A size that stands in a relation to the one before. */
function resized(before: number, relation: string, size: number): number {
  if (relation === "+") return before + size;
  if (relation === "-") return Math.max(0, before - size);
  if (relation === "<") return Math.min(before, size);
  if (relation === ">") return Math.max(before, size);
  if (relation === "/") return before - (before % size);
  return relation === "%" ? Math.ceil(before / size) * size : size;
}

export const truncate: Program = (system, invocation) => {
  const options = given(system, invocation, { short: "cor:s:", long: { "no-create": "c", "io-blocks": "o", "reference=": "r", "size=": "s" } });
  if (options === undefined) return 1;
  const [asked, reference] = [options.value("s"), options.value("r")];
  if (asked === undefined && reference === undefined)
    return tryHelp(system, invocation, `you must specify either ${quoted(invocation, "--size")} or ${quoted(invocation, "--reference")}`);
  const [, relation = "", digits = ""] = /^\s*([+\-<>/%]?)\s*(.*)$/.exec(asked ?? "+0") ?? [];
  const size = sizeOf(digits);
  if (size === undefined) return (complain(system, invocation, `Invalid number: ${quoted(invocation, digits)}`), 1);
  if (size === 0 && (relation === "/" || relation === "%")) return (complain(system, invocation, "division by zero"), 1);
  if (asked !== undefined && relation === "" && reference !== undefined)
    return tryHelp(system, invocation, `you must specify a relative ${quoted(invocation, "--size")} with ${quoted(invocation, "--reference")}`);
  if (options.operands.length === 0) return tryHelp(system, invocation, "missing file operand");
  const model = reference === undefined ? undefined : system.stat(reference);
  if (model?.ok === false) return (complain(system, invocation, `cannot stat ${shellQuoted(reference ?? "")}: ${because(model.errno)}`), 1);
  let status = 0;
  for (const path of options.operands) {
    const fd = system.open(path, { write: true, create: !options.has("c"), nonBlocking: true }, 0o666);
    if (!fd.ok) {
      if (options.has("c") && fd.errno === "ENOENT") continue;
      complain(system, invocation, `cannot open ${shellQuoted(path)} for writing: ${because(fd.errno)}`);
      status = 1;
      continue;
    }
    const now = system.fstat(fd.value);
    const base = model?.ok === true ? model.value.size : now.ok ? now.value.size : 0;
    const wanted = resized(base, relation, size);
    const done = system.ftruncate(fd.value, wanted);
    system.close(fd.value);
    if (done.ok) continue;
    complain(system, invocation, `failed to truncate ${shellQuoted(path)} at ${wanted} bytes: ${because(done.errno)}`);
    status = 1;
  }
  return status;
};

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

export const mktemp: Program = (system, invocation) => {
  const options = given(system, invocation, {
    short: "dp:qtuV",
    long: { directory: "d", quiet: "q", "dry-run": "u", "suffix=": "suffix", "tmpdir?": "p" },
  });
  if (options === undefined) return 1;
  if (options.operands.length > 1) return tryHelp(system, invocation, "too many templates");
  const [named] = options.operands;
  const template = (named ?? "tmp.XXXXXXXXXX") + (options.value("suffix") ?? "");
  const run = /X+(?=[^X]*$)/.exec(named ?? template)?.[0] ?? "";
  const fail = (text: string): number => {
    if (!options.has("q")) complain(system, invocation, text);
    return 1;
  };
  if (run.length < 3) return fail(`too few X's in template ${quoted(invocation, named ?? template)}`);
  const inside = named === undefined || options.has("p") || options.has("t");
  const directory = options.value("p") ?? invocation.env["TMPDIR"] ?? "/tmp";
  if (options.has("p") && template.startsWith("/"))
    return fail(`invalid template, ${quoted(invocation, template)}; with --tmpdir, it may not be absolute`);
  const random = system.open("/dev/urandom", { read: true, cloexec: true }, 0);
  for (let tries = 0; tries < 100; tries++) {
    const bytes = random.ok ? system.read(random.value, run.length) : random;
    const name = bytes.ok ? [...bytes.value].map((c) => LETTERS[c.charCodeAt(0) % LETTERS.length]).join("") : run;
    const at = template.lastIndexOf(run);
    const own = template.slice(0, at) + name + template.slice(at + run.length);
    const path = inside ? joined(directory, own) : own;
    const made = makeTemporary(system, path, options.has("d"), options.has("u"));
    if (made.ok) return (print(system, `${path}\n`), 0);
    if (made.errno === "EEXIST") continue;
    const whole = inside ? joined(directory, template) : template;
    return fail(`failed to create ${options.has("d") ? "directory" : "file"} via template ${quoted(invocation, whole)}: ${because(made.errno)}`);
  }
  return 1;
};

function makeTemporary(system: System, path: string, directory: boolean, dry: boolean) {
  if (dry) {
    const found = system.lstat(path);
    return found.ok ? ({ ok: false, errno: "EEXIST" } as const) : ({ ok: true } as const);
  }
  if (directory) return system.mkdir(path, 0o700);
  const fd = system.open(path, { read: true, write: true, create: true, exclusive: true }, 0o600);
  if (fd.ok) system.close(fd.value);
  return fd;
}

export const install: Program = (system, invocation) => {
  const options = given(system, invocation, {
    short: "bcCsDdg:m:o:pt:TvS:",
    long: {
      directory: "d",
      "group=": "g",
      "mode=": "m",
      "owner=": "o",
      "preserve-timestamps": "p",
      "target-directory=": "t",
      "no-target-directory": "T",
      verbose: "v",
    },
  });
  if (options === undefined) return 1;
  const [owner, group] = [options.value("o"), options.value("g")];
  const uid = owner === undefined ? -1 : uidNamed(system, owner);
  const gid = group === undefined ? -1 : gidNamed(system, group);
  if (uid === undefined) return (complain(system, invocation, `invalid user ${quoted(invocation, owner ?? "")}`), 1);
  if (gid === undefined) return (complain(system, invocation, `invalid group ${quoted(invocation, group ?? "")}`), 1);
  const asked = options.value("m");
  const mode = asked === undefined ? 0o755 : changedMode(asked, 0, options.has("d"), 0);
  if (mode === undefined) return (complain(system, invocation, `invalid mode ${quoted(invocation, asked ?? "")}`), 1);
  const finish = (path: string): void => {
    if (uid !== -1 || gid !== -1) system.lchown(path, uid, gid);
    system.chmod(path, mode);
  };
  const parents = (path: string): boolean => {
    if (isDirectory(system, path)) return true;
    if (directoryOf(path) !== path && !parents(directoryOf(path))) return false;
    const made = system.mkdir(path, 0o755);
    if (made.ok) {
      if (options.has("v")) print(system, `install: creating directory ${shellQuoted(path)}\n`);
      return true;
    }
    complain(system, invocation, `cannot create directory ${shellQuoted(path)}: ${because(made.errno)}`);
    return false;
  };
  let status = 0;
  if (options.has("d")) {
    if (options.operands.length === 0) return tryHelp(system, invocation, "missing file operand");
    for (const path of options.operands) {
      if (parents(withoutSlashes(path))) finish(path);
      else status = 1;
    }
    return status;
  }
  const last = options.operands.at(-1);
  if (options.has("D") && last !== undefined && !parents(options.value("t") ?? directoryOf(last))) return 1;
  const pairs = destinations(system, invocation, options.operands, options.value("t"), options.has("T"));
  if (pairs === undefined) return 1;
  for (const [from, to] of pairs) {
    const found = system.stat(from);
    if (found.ok && found.value.kind === "dir") {
      complain(system, invocation, `omitting directory ${shellQuoted(from)}`);
      status = 1;
      continue;
    }
    system.unlink(to);
    const how = {
      recursive: false,
      preserve: options.has("p"),
      follow: true,
      force: true,
      verbose: options.has("v"),
      link: false,
      symbolic: false,
      update: false,
      clobber: true,
    };
    if (copyInto(system, invocation, from, to, how)) finish(to);
    else status = 1;
  }
  return status;
};

/** What is written is there at once. */
export const sync: Program = (system, invocation) => {
  const options = given(system, invocation, { short: "df", long: { data: "d", "file-system": "f" } });
  if (options === undefined) return 1;
  let status = 0;
  for (const path of options.operands) {
    const fd = system.open(path, { read: true, nonBlocking: true }, 0);
    if (fd.ok) system.close(fd.value);
    else {
      complain(system, invocation, `error opening ${shellQuoted(path)}: ${because(fd.errno)}`);
      status = 1;
    }
  }
  return status;
};
