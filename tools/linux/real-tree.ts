/** Directories of this machine, read into a simulated file system and written back. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  type Stats,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { real, realAttributes } from "../../src/linux/fs/overlay/state";
import type { FileKind, Ref } from "../../src/linux/fs/types";
import type { Kernel, Result } from "../../src/linux/types";

const major = (device: number): number => (device >> 8) & 0xfff;
const minor = (device: number): number => (device & 0xff) | ((device >> 12) & 0xfff00);

function kindOf(stat: Stats): FileKind {
  if (stat.isDirectory()) return "dir";
  if (stat.isSymbolicLink()) return "symlink";
  if (stat.isCharacterDevice()) return "char";
  if (stat.isBlockDevice()) return "block";
  if (stat.isFIFO()) return "fifo";
  return stat.isSocket() ? "socket" : "file";
}

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.errno);
  return result.value;
}

/** Marks of an overlay on the files of a tree, by path. */
function xattrsUnder(path: string): ReadonlyMap<string, readonly (readonly [string, string])[]> {
  const found = new Map<string, [string, string][]>();
  const run = spawnSync("getfattr", ["-R", "-P", "-h", "-d", "-m", "overlay", "-e", "hex", "--absolute-names", path], { encoding: "utf8" });
  let at = "";
  for (const line of (run.stdout ?? "").split("\n")) {
    if (line.startsWith("# file: ")) at = line.slice(8);
    const cut = line.indexOf("=");
    if (cut < 0 || line.startsWith("#")) continue;
    found.set(at, [...(found.get(at) ?? []), [line.slice(0, cut), Buffer.from(line.slice(cut + 3), "hex").toString("latin1")]]);
  }
  return found;
}

/** Copies a directory's content into a simulated one. Hard links stay hard links. */
export function loadTree(kernel: Kernel, from: string, into: Ref, links: Map<string, Ref> = new Map()): void {
  const xattrs = xattrsUnder(from);
  const load = (path: string, dir: Ref, name: string): void => {
    const stat = lstatSync(path);
    const key = `${stat.dev}/${stat.ino}`;
    const known = links.get(key);
    if (known !== undefined && !stat.isDirectory()) {
      must(real(kernel, dir).link(kernel, known, dir, name));
      return;
    }
    const kind = kindOf(stat);
    const made = must(
      real(kernel, dir).create(kernel, dir, name, {
        kind,
        mode: stat.mode & 0o7777,
        uid: stat.uid,
        gid: stat.gid,
        rdev: [major(stat.rdev), minor(stat.rdev)],
        ...(kind === "symlink" ? { target: readlinkSync(path, "latin1") } : {}),
      }),
    );
    if (stat.nlink > 1 && kind !== "dir") links.set(key, made);
    if (kind === "file") real(kernel, made).write(kernel, made, 0, readFileSync(path, "latin1"));
    if (kind === "dir") for (const child of readdirSync(path)) load(join(path, child), made, child);
    describe(path, made, stat);
  };
  const describe = (path: string, ref: Ref, stat: Stats): void => {
    for (const [name, data] of xattrs.get(path) ?? []) real(kernel, ref).setxattr(kernel, ref, name, data);
    real(kernel, ref).setattr(kernel, ref, { mtime: Math.round(stat.mtimeMs * 1000), atime: Math.round(stat.atimeMs * 1000) });
  };
  for (const child of readdirSync(from)) load(join(from, child), into, child);
  const own = lstatSync(from);
  real(kernel, into).setattr(kernel, into, { mode: own.mode & 0o7777, uid: own.uid, gid: own.gid });
  describe(from, into, own);
}

const sizes = (ref: Ref): string => `${ref.sb}/${ref.ino}`;

/** Makes a directory's content what the simulated one holds. */
export function storeTree(kernel: Kernel, from: Ref, into: string): void {
  for (const child of readdirSync(into)) rmSync(join(into, child), { recursive: true, force: true });
  const links = new Map<string, string>();
  const store = (dir: Ref, path: string): void => {
    for (const { name, ino } of must(real(kernel, dir).readdir(kernel, dir))) {
      const ref = { sb: dir.sb, ino };
      const target = join(path, name);
      const first = links.get(sizes(ref));
      const { kind } = realAttributes(kernel, ref);
      if (first !== undefined && kind !== "dir") linkSync(first, target);
      else {
        links.set(sizes(ref), target);
        make(ref, target);
        if (kind === "dir") store(ref, target);
        finish(ref, target);
      }
    }
  };
  const make = (ref: Ref, path: string): void => {
    const { kind, rdev, size } = realAttributes(kernel, ref);
    if (kind === "dir") mkdirSync(path);
    else if (kind === "symlink") symlinkSync(must(real(kernel, ref).readlink(kernel, ref)), path);
    else if (kind === "file") writeFileSync(path, must(real(kernel, ref).read(kernel, ref, 0, size)), "latin1");
    else if (kind === "fifo") execFileSync("mkfifo", [path]);
    else execFileSync("mknod", [path, kind === "block" ? "b" : "c", String(rdev[0]), String(rdev[1])]);
  };
  const finish = (ref: Ref, path: string): void => {
    const { kind, mode, uid, gid, atime, mtime } = realAttributes(kernel, ref);
    lchownSync(path, uid, gid);
    if (kind !== "symlink") chmodSync(path, mode);
    for (const name of real(kernel, ref).listxattr(kernel, ref)) {
      const data = must(real(kernel, ref).getxattr(kernel, ref, name));
      spawnSync("setfattr", ["-h", "-n", name, "-v", `0x${Buffer.from(data, "latin1").toString("hex")}`, path]);
    }
    lutimesSync(path, atime / 1e6, mtime / 1e6);
  };
  if (existsSync(into)) store(from, into);
}
