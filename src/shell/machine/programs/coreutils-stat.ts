/**
 * `stat`: what is known of a file, or of the file system it is on.
 *
 * Not modelled: the time of birth, SELinux contexts, `--cached`.
 *
 * @source coreutils@9.1 src/stat.c
 */
import type { Attributes } from "../../../linux/fs/types";
import type { Invocation, Program, System } from "../../../linux/program";
import { fullTime, sinceEpoch } from "./coreutils-strftime";
import { complain, given, modeString, quoted, quotedIfNeeded, rawMode, shellQuoted, tryHelp } from "./coreutils-support";
import { mountPointOf } from "./coreutils-mount-point";
import type { Given } from "./getopt";
import { groupName, userName } from "./passwd";
import { because, print } from "./support";

const KINDS: Readonly<Record<Attributes["kind"], string>> = {
  file: "regular file",
  dir: "directory",
  symlink: "symbolic link",
  fifo: "fifo",
  socket: "socket",
  char: "character special file",
  block: "block special file",
};

export const kindName = ({ kind, size }: Attributes): string => (kind === "file" && size === 0 ? "regular empty file" : KINDS[kind]);

const DEFAULT = `  File: %N
  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F
Device: %Hd,%Ld\tInode: %-10i  Links: %h
Access: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)
Access: %x
Modify: %y
Change: %z
 Birth: %w
`;
const DEVICE = DEFAULT.replace("Links: %h", "Links: %-5h Device type: %Hr,%Lr");
const TERSE = "%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o\n";

interface Shape {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
}

const padded = (text: string, { flags, width }: Shape): string => (flags.includes("-") ? text.padEnd(width) : text.padStart(width));
const textual = (text: string, shape: Shape): string => padded(shape.precision === undefined ? text : text.slice(0, shape.precision), shape);

function numeric(value: number, shape: Shape, base = 10): string {
  const digits = value.toString(base);
  const marked = shape.flags.includes("#") && value !== 0 ? (base === 8 ? "0" : base === 16 ? "0x" : "") + digits : digits;
  const zeros = shape.flags.includes("0") && !shape.flags.includes("-") && shape.precision === undefined;
  return padded(zeros ? marked.padStart(shape.width, "0") : marked.padStart(shape.precision ?? 0, "0"), shape);
}

/** Seconds, with as many places behind the point as asked for. */
function seconds(micros: number, shape: Shape, dotted: boolean): string {
  const whole = Math.floor(micros / 1e6);
  if (!dotted) return numeric(whole, shape);
  const nanos = String((micros - whole * 1e6) * 1000).padStart(9, "0");
  const places = shape.precision ?? 9;
  return padded(`${whole}.${nanos.slice(0, places).padEnd(places, "0")}`, shape);
}

interface Subject {
  readonly system: System;
  readonly invocation: Invocation;
  readonly path: string;
  readonly attributes: Attributes;
}

function named({ system, invocation, path, attributes }: Subject): string {
  const style = invocation.env["QUOTING_STYLE"];
  const shown =
    style === "shell-escape" || style === "shell" ? quotedIfNeeded : style === "locale" ? (text: string) => quoted(invocation, text) : shellQuoted;
  const target = attributes.kind === "symlink" ? system.readlink(path) : undefined;
  return shown(path) + (target?.ok === true ? ` -> ${shown(target.value)}` : "");
}

const deviceNumber = ([major, minor]: readonly [number, number]): number => (major << 8) | (minor & 0xff) | ((minor & ~0xff) << 12);

function directive(letter: string, shape: Shape, dotted: boolean, subject: Subject): string {
  const { system, path, attributes } = subject;
  const { mode, size, uid, gid, nlink, ino, dev, rdev, blocks = 0, atime, mtime, ctime } = attributes;
  switch (letter) {
    case "a":
      return numeric(mode, shape, 8);
    case "A":
      return textual(modeString(attributes), shape);
    case "b":
      return numeric(blocks, shape);
    case "B":
      return numeric(512, shape);
    case "d":
      return numeric(dev, shape);
    case "D":
      return numeric(dev, shape, 16);
    case "Hd":
      return numeric(0, shape);
    case "Ld":
      return numeric(dev, shape);
    case "f":
      return numeric(rawMode(attributes), shape, 16);
    case "F":
      return textual(kindName(attributes), shape);
    case "g":
      return numeric(gid, shape);
    case "G":
      return textual(groupName(system, gid) ?? "UNKNOWN", shape);
    case "h":
      return numeric(nlink, shape);
    case "i":
      return numeric(ino, shape);
    case "m":
      return textual(mountPointOf(system, path) ?? "?", shape);
    case "n":
      return textual(path, shape);
    case "N":
      return textual(named(subject), shape);
    case "o":
      return numeric(4096, shape);
    case "r":
      return numeric(deviceNumber(rdev), shape);
    case "R":
      return numeric(deviceNumber(rdev), shape, 16);
    case "Hr":
      return numeric(rdev[0], shape);
    case "Lr":
      return numeric(rdev[1], shape);
    case "s":
      return numeric(size, shape);
    case "t":
      return numeric(rdev[0], shape, 16);
    case "T":
      return numeric(rdev[1], shape, 16);
    case "u":
      return numeric(uid, shape);
    case "U":
      return textual(userName(system, uid) ?? "UNKNOWN", shape);
    case "w":
      return textual("-", shape);
    case "W":
      return numeric(0, shape);
    case "x":
      return textual(fullTime(sinceEpoch(atime)), shape);
    case "X":
      return seconds(sinceEpoch(atime), shape, dotted);
    case "y":
      return textual(fullTime(sinceEpoch(mtime)), shape);
    case "Y":
      return seconds(sinceEpoch(mtime), shape, dotted);
    case "z":
      return textual(fullTime(sinceEpoch(ctime)), shape);
    case "Z":
      return seconds(sinceEpoch(ctime), shape, dotted);
    default:
      return "?";
  }
}

const ESCAPES: Readonly<Record<string, string>> = { a: "\x07", b: "\b", e: "\x1b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };
const DIRECTIVE = /%([-+ #0']*)(\d*)(\.(\d*))?([HL][dr]|[A-Za-z%])|\\([0-7]{1,3}|x[0-9A-Fa-f]{1,2}|.)/g;

/** A template; backslashes count with --printf alone. */
export function filled(template: string, escapes: boolean, of: (letter: string, shape: Shape, dotted: boolean) => string): string {
  return template.replace(
    DIRECTIVE,
    (whole, flags: string, width: string, dot: string | undefined, precision: string | undefined, letter: string, escape) => {
      if (escape !== undefined) {
        if (!escapes) return whole;
        const code = String(escape);
        if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 255);
        if (/^x./.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
        return ESCAPES[code] ?? code;
      }
      if (letter === "%") return "%";
      const shape = { flags, width: Number(width), precision: dot === undefined || precision === "" ? undefined : Number(precision) };
      return of(letter, shape, dot !== undefined);
    },
  );
}

const FILE_SYSTEM = `  File: "%n"
    ID: %-8i Namelen: %-7l Type: %T
Block size: %-10s Fundamental block size: %S
Blocks: Total: %-10b Free: %-10f Available: %a
Inodes: Total: %-10c Free: %d
`;
const FILE_SYSTEM_TERSE = "%n %i %l %t %s %S %b %f %a %c %d\n";
const TYPE_NAMES: Readonly<Record<string, string>> = { overlay: "overlayfs", cgroup: "cgroupfs", cgroup2: "cgroup2fs" };

function fileSystem(system: System, invocation: Invocation, path: string, chosen: Given | undefined, terse: boolean): boolean {
  const found = system.statfs(path);
  if (!found.ok) {
    complain(system, invocation, `cannot read file system information for ${shellQuoted(path)}: ${because(found.errno)}`);
    return false;
  }
  const { type, magic, id, blockSize, blocks, free, inodes, freeInodes, nameLength } = found.value;
  const numbers: Readonly<Record<string, number>> = {
    a: free,
    b: blocks,
    c: inodes,
    d: freeInodes,
    f: free,
    l: nameLength,
    s: blockSize,
    S: blockSize,
  };
  const template = chosen?.value ?? (terse ? FILE_SYSTEM_TERSE : FILE_SYSTEM);
  const text = filled(template, chosen?.key === "printf", (letter, shape) => {
    if (letter === "n") return textual(path, shape);
    if (letter === "T") return textual(TYPE_NAMES[type] ?? type, shape);
    if (letter === "i" || letter === "t") return numeric(letter === "i" ? id : magic, shape, 16);
    const number = numbers[letter];
    return number === undefined ? "?" : numeric(number, shape);
  });
  print(system, text + (chosen?.key === "c" ? "\n" : ""));
  return true;
}

export const stat: Program = (system, invocation) => {
  const options = given(system, invocation, {
    short: "c:fLt",
    long: { dereference: "L", "file-system": "f", "format=": "c", "printf=": "printf", terse: "t", "cached=": "cached" },
  });
  if (options === undefined) return 1;
  if (options.operands.length === 0) return tryHelp(system, invocation, "missing operand");
  const chosen = options.options.findLast(({ key }) => key === "c" || key === "printf");
  let status = 0;
  for (const path of options.operands) {
    if (options.has("f")) {
      if (!fileSystem(system, invocation, path, chosen, options.has("t"))) status = 1;
      continue;
    }
    const found = options.has("L") ? system.stat(path) : path === "-" ? system.fstat(0) : system.lstat(path);
    if (!found.ok) {
      complain(system, invocation, `cannot statx ${shellQuoted(path)}: ${because(found.errno)}`);
      status = 1;
      continue;
    }
    const attributes = found.value;
    const isDevice = attributes.kind === "char" || attributes.kind === "block";
    const template = chosen?.value ?? (options.has("t") ? TERSE : isDevice ? DEVICE : DEFAULT);
    const fills = (letter: string, shape: Shape, dotted: boolean): string => {
      // Without --format a name is not quoted.
      if (letter === "N" && chosen === undefined) {
        const target = attributes.kind === "symlink" ? system.readlink(path) : undefined;
        return path + (target?.ok === true ? ` -> ${target.value}` : "");
      }
      return directive(letter, shape, dotted, { system, invocation, path, attributes });
    };
    print(system, filled(template, chosen?.key === "printf", fills) + (chosen?.key === "c" ? "\n" : ""));
  }
  return status;
};
