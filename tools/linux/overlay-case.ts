/**
 * Plays one overlay case: builds the layers, mounts the overlay, makes the calls, and tells what a person would see afterwards. It makes
 * the system calls the world makes and holds no rule of an overlay.
 */
import { link, mkdir, mknod, rename, rmdir, symlink, unlink } from "../../src/linux/fs/calls";
import { getxattr, open, type OpenOptions, readlink, setAttributes, setxattr, stat, truncate, write } from "../../src/linux/fs/file-calls";
import { isReadOnly } from "../../src/linux/fs/mount";
import { attach, mountRoot } from "../../src/linux/fs/mount-tree";
import { resolve } from "../../src/linux/fs/namei";
import { mayAccess, WRITE } from "../../src/linux/fs/permission";
import { mountOverlay, unmountOverlay } from "../../src/linux/fs/overlay/super";
import { superblockOf, superblockTable, typeOf } from "../../src/linux/fs/superblock";
import { newTmpfs } from "../../src/linux/fs/tmpfs";
import type { Attributes, FileKind, Path, TaskView } from "../../src/linux/fs/types";
import { DONE, failure, type Kernel, type Result, value } from "../../src/linux/types";

import { credentialsOf, inKernel, superuser } from "./in-kernel";

export interface TreeNode {
  readonly t: "dir" | "file" | "symlink" | "whiteout" | "fifo" | "char" | "block" | "socket" | "error";
  readonly mode?: string;
  readonly data?: string | null;
  readonly to?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly rdev?: readonly [number, number];
  readonly mtime?: number;
  readonly x?: Readonly<Record<string, string>>;
  readonly hl?: number;
  readonly size?: number;
  readonly err?: string;
}
export type Tree = Readonly<Record<string, TreeNode>>;
export type Op = { readonly op: string } & Readonly<Record<string, unknown>>;

export interface OverlayInput {
  readonly layers: readonly Tree[];
  readonly upper: Tree | null;
  readonly mountOptions: readonly string[];
  readonly layerFs?: string;
  readonly dataOnly?: number;
  readonly mount_raw?: string;
  readonly mountRO?: boolean;
  readonly ops: readonly Op[];
}

export interface OverlayOutput {
  readonly mount: { readonly ok: true } | { readonly err: string };
  readonly expect: readonly Readonly<Record<string, unknown>>[];
  readonly finalMerged?: Tree;
  readonly finalUpper?: Tree;
  readonly finalLayers?: readonly Tree[];
  readonly copyUps?: readonly string[];
}

const SECOND = 1e6;

/** Text as the bytes of UTF-8, one character a byte, and back. */
const bytesOf = (text: string): string => Buffer.from(text, "utf8").toString("latin1");
const textOf = (bytes: string): string => Buffer.from(bytes, "latin1").toString("utf8");
const octal = (mode: number): string => mode.toString(8).padStart(4, "0");
const modeOf = (op: Op, otherwise: string): number => Number.parseInt((op["mode"] as string | undefined) ?? otherwise, 8);

export const playOverlay = (input: OverlayInput): OverlayOutput => inKernel((kernel) => new Play(kernel, input).output());

/** How long the calls of many cases take by themselves, on one machine, in milliseconds; nothing is looked at in between. */
export const timedCalls = (inputs: readonly OverlayInput[]): { readonly calls: number; readonly ms: number } =>
  inKernel((kernel) => {
    let [calls, ms] = [0, 0];
    for (const input of inputs) {
      const play = new Play(kernel, input);
      ms += play.timed();
      calls += input.ops.length;
    }
    return { calls, ms };
  });

interface OpenFile {
  readonly path: Path;
  readonly append: boolean;
  readonly write: boolean;
  at: number;
}

class Play {
  private readonly kernel: Kernel;
  private readonly input: OverlayInput;
  private readonly root: Path;
  private task: TaskView;
  private readonly lowers: string[] = [];
  private upper: string | undefined;
  private work = "";
  private uppers = 0;
  private options: readonly string[];
  private mounted: { readonly id: number; readonly sb: number } | undefined;
  private readonly files = new Map<string, OpenFile>();
  private readonly directories = new Map<string, readonly string[]>();
  private readonly maps = new Map<string, { readonly path: Path; readonly length: number }>();
  private readonly numbers = new Map<string, Attributes>();

  constructor(kernel: Kernel, input: OverlayInput) {
    this.kernel = kernel;
    this.input = input;
    this.root = mountRoot(kernel, newTmpfs(kernel));
    this.task = { credentials: superuser, root: this.root, cwd: this.root, umask: 0 };
    this.must(mkdir(kernel, this.task, "/m", 0o755));
    for (const [i, tree] of input.layers.entries()) {
      const path = this.newDirectory(`/l${i}`);
      this.build(path, tree);
      this.lowers.push(path);
    }
    if (input.upper !== null) this.newUpper(input.upper);
    this.options = input.mountOptions;
  }

  output(): OverlayOutput {
    const before = this.lowers.length;
    const mounted = this.mount(this.input.mountRO === true);
    if (!mounted.ok) return { mount: { err: mounted.errno }, expect: [] };
    const expect: Record<string, unknown>[] = [];
    const all: string[] = [];
    for (const op of this.input.ops) {
      const entry = this.observed(op);
      for (const path of (entry["copyUps"] as readonly string[] | undefined) ?? []) if (!all.includes(path)) all.push(path);
      expect.push(entry);
    }
    const finalMerged = this.mounted === undefined ? undefined : this.scan("/m", false);
    this.unmount();
    return {
      mount: { ok: true },
      expect,
      ...(finalMerged === undefined ? {} : { finalMerged }),
      ...(this.upper === undefined ? {} : { finalUpper: this.scan(this.upper, true) }),
      ...(this.lowers.length > before ? { finalLayers: this.lowers.slice(before).map((path) => this.scan(path, true)) } : {}),
      copyUps: all,
    };
  }

  timed(): number {
    this.must(this.mount(this.input.mountRO === true));
    const start = performance.now();
    for (const op of this.input.ops) this.as(op);
    return performance.now() - start;
  }

  private must<T>(result: Result<T>): T {
    if (!result.ok) throw new Error(`the case cannot be built: ${result.errno}`);
    return result.value;
  }

  private newDirectory(path: string): string {
    this.must(mkdir(this.kernel, this.task, path, 0o755));
    if (this.input.layerFs !== "distinct") return path;
    const at = this.must(resolve(this.kernel, this.task, path, true));
    attach(this.kernel, at, newTmpfs(this.kernel), false);
    this.must(mkdir(this.kernel, this.task, `${path}/d`, 0o755));
    return `${path}/d`;
  }

  private newUpper(tree: Tree): void {
    const base = `/up${this.uppers++}`;
    this.must(mkdir(this.kernel, this.task, base, 0o755));
    if (this.input.layerFs === "distinct") attach(this.kernel, this.must(resolve(this.kernel, this.task, base, true)), newTmpfs(this.kernel), false);
    this.upper = `${base}/u`;
    this.work = `${base}/w`;
    this.must(mkdir(this.kernel, this.task, this.upper, 0o755));
    this.must(mkdir(this.kernel, this.task, this.work, 0o755));
    this.build(this.upper, tree);
  }

  private build(base: string, tree: Tree): void {
    const { kernel, task } = this;
    const linked = new Map<number, string>();
    const names = Object.keys(tree)
      .filter((path) => path !== ".")
      .sort((a, b) => (a < b ? -1 : 1));
    for (const name of names) {
      const node = tree[name] as TreeNode;
      const path = `${base}/${name}`;
      const first = node.hl === undefined ? undefined : linked.get(node.hl);
      if (first !== undefined) {
        this.must(link(kernel, task, first, path));
        continue;
      }
      this.make(path, node);
      if (node.hl !== undefined) linked.set(node.hl, path);
      this.describe(path, node);
    }
    for (const name of names.toReversed()) {
      const node = tree[name] as TreeNode;
      if (node.mtime !== undefined) this.describe(`${base}/${name}`, { t: node.t, mtime: node.mtime });
    }
    const own = tree["."];
    if (own !== undefined) this.describe(base, own);
  }

  private make(path: string, node: TreeNode): void {
    const { kernel, task } = this;
    if (node.t === "dir") this.must(mkdir(kernel, task, path, 0o777));
    else if (node.t === "symlink") this.must(symlink(kernel, task, bytesOf(node.to ?? ""), path));
    else if (node.t === "file") {
      const made = this.must(open(kernel, task, path, { write: true, create: true }, 0o666));
      const type = typeOf(kernel, made.ref.sb);
      type.write(kernel, made.ref, 0, bytesOf(node.data ?? ""));
      type.release(kernel, made.ref);
    } else {
      const kind: FileKind = node.t === "whiteout" || node.t === "error" ? "char" : node.t;
      this.must(mknod(kernel, task, path, { kind, mode: node.t === "whiteout" ? 0 : 0o600, rdev: node.rdev ?? [0, 0] }));
    }
  }

  private describe(path: string, node: TreeNode): void {
    const { kernel, task } = this;
    const place = this.must(resolve(kernel, task, path, false));
    const type = typeOf(kernel, place.ref.sb);
    const bits = node.mode !== undefined && node.t !== "symlink" && node.t !== "whiteout" ? { mode: Number.parseInt(node.mode, 8) } : {};
    const ids = (node.uid ?? 0) !== 0 || (node.gid ?? 0) !== 0 ? { uid: node.uid ?? 0, gid: node.gid ?? 0 } : {};
    type.setattr(kernel, place.ref, { ...ids, ...bits });
    for (const [name, data] of Object.entries(node.x ?? {})) this.must(type.setxattr(kernel, place.ref, name, bytesOf(data)));
    if (node.mtime !== undefined) type.setattr(kernel, place.ref, { mtime: node.mtime * SECOND });
  }

  private optionText(): string {
    const { mount_raw: raw, dataOnly = 0 } = this.input;
    if (raw !== undefined) {
      return raw.replace(/\{(L\d+|U|W|B)\}/g, (_whole, key: string) =>
        key === "U" ? (this.upper ?? "") : key === "W" ? this.work : key === "B" ? "" : (this.lowers[Number(key.slice(1))] ?? ""),
      );
    }
    const lower = this.lowers.slice(dataOnly).toReversed().join(":");
    const data = this.lowers
      .slice(0, dataOnly)
      .toReversed()
      .map((path) => `::${path}`)
      .join("");
    return [
      `lowerdir=${lower}${data}`,
      ...(this.upper === undefined ? [] : [`upperdir=${this.upper}`, `workdir=${this.work}`]),
      ...this.options,
    ].join(",");
  }

  private mount(readOnly = false): Result<true> {
    const made = mountOverlay(this.kernel, this.task, this.optionText(), readOnly);
    if (!made.ok) return made;
    const at = this.must(resolve(this.kernel, this.task, "/m", true));
    this.mounted = { id: attach(this.kernel, at, made.value, readOnly), sb: made.value.sb };
    return DONE;
  }

  private unmount(): void {
    for (const file of this.files.values()) typeOf(this.kernel, file.path.ref.sb).release(this.kernel, file.path.ref);
    this.files.clear();
    this.maps.clear();
    this.directories.clear();
    if (this.mounted !== undefined) this.must(unmountOverlay(this.kernel, this.mounted.id, this.mounted.sb));
    this.mounted = undefined;
  }

  /** Every path under a directory, parents first. */
  private paths(base: string, prefix = ""): readonly string[] {
    const place = resolve(this.kernel, this.task, prefix === "" ? base : `${base}/${prefix}`, false);
    if (!place.ok) return [];
    const type = typeOf(this.kernel, place.value.ref.sb);
    if (type.getattr(this.kernel, place.value.ref).kind !== "dir") return [];
    const entries = type.readdir(this.kernel, place.value.ref);
    if (!entries.ok) throw new Unreadable(entries.errno);
    return entries.value
      .map(({ name }) => name)
      .sort((a, b) => (a < b ? -1 : 1))
      .flatMap((name) => {
        const path = prefix === "" ? name : `${prefix}/${name}`;
        return [path, ...this.pathsQuietly(base, path)];
      });
  }
  private pathsQuietly(base: string, path: string): readonly string[] {
    try {
      return this.paths(base, path);
    } catch (error) {
      if (error instanceof Unreadable) return [];
      throw error;
    }
  }

  private scan(base: string, raw: boolean): Tree {
    const tree: Record<string, TreeNode> = {};
    const inodes = new Map<string, string[]>();
    const own = this.nodeAt(base, raw, inodes, ".");
    const plain = own.x === undefined && own.uid === undefined && own.gid === undefined && own.mode === "0755";
    for (const path of this.paths(base)) tree[path] = this.nodeAt(`${base}/${path}`, raw, inodes, path);
    if (!plain) tree["."] = own;
    let group = 0;
    const shared = [...inodes.values()].filter((names) => names.length > 1).map((names) => names.toSorted((a, b) => (a < b ? -1 : 1)));
    for (const names of shared.sort((a, b) => ((a[0] ?? "") < (b[0] ?? "") ? -1 : 1))) {
      group++;
      for (const name of names) tree[name] = { ...(tree[name] as TreeNode), hl: group };
    }
    return Object.fromEntries(Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  private nodeAt(path: string, raw: boolean, inodes: Map<string, string[]>, name: string): TreeNode {
    const { kernel, task } = this;
    const place = resolve(kernel, task, path, false);
    if (!place.ok) return { t: "error", err: place.errno };
    const { ref } = place.value;
    const type = typeOf(kernel, ref.sb);
    const attributes = type.getattr(kernel, ref);
    const { kind, rdev, uid, gid } = attributes;
    if (raw && kind === "char" && rdev[0] === 0 && rdev[1] === 0) return { t: "whiteout" };
    const x = this.xattrsAt(path, kind);
    const link = kind === "symlink" ? type.readlink(kernel, ref) : undefined;
    if (kind !== "dir") {
      const key = `${attributes.dev}/${attributes.ino}`;
      inodes.set(key, [...(inodes.get(key) ?? []), name]);
    }
    const head = {
      t: kind,
      ...(kind === "char" || kind === "block" ? { rdev } : {}),
      ...(kind === "symlink" ? {} : { mode: octal(attributes.mode) }),
      ...(uid === 0 ? {} : { uid }),
      ...(gid === 0 ? {} : { gid }),
      ...(link?.ok === true ? { to: textOf(link.value) } : {}),
    };
    const xs = Object.keys(x).length === 0 ? {} : { x };
    if (kind !== "file") return { ...head, ...xs };
    if (raw && "trusted.overlay.metacopy" in x) return { ...head, data: null, size: attributes.size, ...xs };
    const data = type.read(kernel, ref, 0, attributes.size);
    return { ...head, data: data.ok ? textOf(data.value) : null, ...xs };
  }

  private xattrsAt(path: string, kind: FileKind): Record<string, string> {
    const { kernel, task } = this;
    const place = this.must(resolve(kernel, task, path, false));
    const names = typeOf(kernel, place.ref.sb).listxattr(kernel, place.ref);
    const found: Record<string, string> = {};
    for (const name of [...names].sort((a, b) => (a < b ? -1 : 1))) {
      if (name.startsWith("security.") || /^(trusted|user)\.overlay\.(impure|uuid)$/.test(name)) continue;
      const data = getxattr(kernel, task, path, name);
      if (!data.ok) continue;
      if (name.endsWith("overlay.origin")) {
        if (kind !== "dir") found[name] = "<fh>";
      } else found[name] = name.endsWith("overlay.upper") ? "<fh>" : textOf(data.value);
    }
    return found;
  }

  /** Upper inodes by path, whiteouts left out. */
  private inodes(): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    if (this.upper === undefined) return found;
    for (const path of this.paths(this.upper)) {
      const place = this.must(resolve(this.kernel, this.task, `${this.upper}/${path}`, false));
      const { kind, rdev, ino } = typeOf(this.kernel, place.ref.sb).getattr(this.kernel, place.ref);
      if (kind !== "char" || rdev[0] !== 0 || rdev[1] !== 0) found.set(path, ino);
    }
    return found;
  }

  private readonly untracked = ["remount", "rotate", "offline", "online", "mount", "umount"];

  private observed(op: Op): Record<string, unknown> {
    const tracked = this.mounted !== undefined && this.upper !== undefined && !this.untracked.includes(op.op);
    const known = tracked ? new Set(this.inodes().values()) : new Set<number>();
    const merged = tracked ? new Set(this.paths("/m").filter((path) => resolve(this.kernel, this.task, `/m/${path}`, false).ok)) : new Set<string>();
    const result = this.as(op);
    const entry: Record<string, unknown> = result.ok ? { ok: result.value } : { err: result.errno };
    if (!tracked || this.mounted === undefined) return entry;
    const copied = new Set<string>();
    for (const [path, ino] of this.inodes()) {
      if (known.has(ino)) continue;
      const before = result.ok ? originalName(op, path) : path;
      if (merged.has(before) && (before === path || merged.has(before))) copied.add(before);
    }
    if (copied.size > 0) entry["copyUps"] = [...copied].sort((a, b) => (a < b ? -1 : 1));
    return entry;
  }

  private as(op: Op): Result<unknown> {
    const who = op["as"] as readonly [number, number] | undefined;
    if (who === undefined) return this.perform(op);
    const root = this.task;
    this.task = { ...root, credentials: credentialsOf(who[0], who[1]) };
    try {
      return this.perform(op);
    } finally {
      this.task = root;
    }
  }

  private base = "/m";
  private at(op: Op, key = "path"): string {
    const path = op[key] as string;
    return path === "" || path === "." ? this.base : `${this.base}/${path}`;
  }

  private perform(op: Op): Result<unknown> {
    const run = OPERATIONS[op.op];
    if (run === undefined) throw new Error(`unknown operation ${op.op}`);
    return run(this as unknown as Player, op);
  }

  readonly player: Player = undefined as unknown as Player;

  statOf(attributes: Attributes): Record<string, unknown> {
    const { kind, mode, nlink, size, uid, gid } = attributes;
    return {
      t: kind,
      mode: octal(kind === "symlink" ? 0o777 : mode),
      nlink,
      ...(kind === "file" || kind === "symlink" ? { size } : {}),
      ...(uid === 0 ? {} : { uid }),
      ...(gid === 0 ? {} : { gid }),
    };
  }

  /** A layer is changed while the overlay is away, or behind its back. */
  elsewhere(op: Op): Result<unknown> {
    const base = this.base;
    this.base = op["layer"] === "upper" ? (this.upper ?? "") : (this.lowers[op["layer"] as number] ?? "");
    try {
      return this.perform(op["do"] as Op);
    } finally {
      this.base = base;
    }
  }

  remount(op: Op): Result<unknown> {
    this.unmount();
    if (op["mountOptions"] !== undefined) this.options = op["mountOptions"] as readonly string[];
    return this.mount();
  }

  rotate(op: Op): Result<unknown> {
    this.unmount();
    if (this.upper !== undefined) this.lowers.push(this.upper);
    this.newUpper({});
    if (op["mountOptions"] !== undefined) this.options = op["mountOptions"] as readonly string[];
    return this.mount();
  }
}

class Unreadable extends Error {}

/** The private parts of a play that operations use. */
interface Player {
  readonly kernel: Kernel;
  readonly task: TaskView;
  readonly files: Map<string, OpenFile>;
  readonly directories: Map<string, readonly string[]>;
  readonly maps: Map<string, { readonly path: Path; readonly length: number }>;
  readonly numbers: Map<string, Attributes>;
  readonly work: string;
  readonly upper: string | undefined;
  readonly mounted: { readonly id: number; readonly sb: number } | undefined;
  at(op: Op, key?: string): string;
  statOf(attributes: Attributes): Record<string, unknown>;
  elsewhere(op: Op): Result<unknown>;
  remount(op: Op): Result<unknown>;
  rotate(op: Op): Result<unknown>;
  mount(readOnly?: boolean): Result<true>;
  unmount(): void;
}

function originalName(op: Op, path: string): string {
  if (op.op !== "rename") return path;
  const [from, to] = [(op["from"] as string).replace(/\/+$/, ""), (op["to"] as string).replace(/\/+$/, "")];
  const under = (name: string, dir: string): boolean => name === dir || name.startsWith(`${dir}/`);
  if (under(path, to)) return from + path.slice(to.length);
  if (((op["flags"] as readonly string[] | undefined) ?? []).includes("EXCHANGE") && under(path, from)) return to + path.slice(from.length);
  return path;
}

const FLAGS: Readonly<Record<string, OpenOptions>> = {
  O_RDONLY: { read: true },
  O_WRONLY: { write: true },
  O_RDWR: { read: true, write: true },
  O_CREAT: { create: true },
  O_EXCL: { exclusive: true },
  O_TRUNC: { truncate: true },
  O_APPEND: { append: true },
  O_DIRECTORY: { directory: true },
  O_NOFOLLOW: { noFollow: true },
  O_NOATIME: { noAtime: true },
  O_PATH: { path: true },
  O_TMPFILE: { tmpfile: true },
};

function openOptions(names: readonly string[]): OpenOptions {
  const options: OpenOptions = Object.assign({}, ...names.map((name) => FLAGS[name] ?? {}));
  return options.write === true || options.path === true ? options : { ...options, read: true };
}

/** Opens, does something and closes. */
function withFile<T>(play: Player, path: string, options: OpenOptions, mode: number, work: (path: Path) => Result<T>): Result<T> {
  const opened = open(play.kernel, play.task, path, options, mode);
  if (!opened.ok) return opened;
  const done = work(opened.value);
  if (options.path !== true) typeOf(play.kernel, opened.value.ref.sb).release(play.kernel, opened.value.ref);
  return done;
}

function append(play: Player, path: Path, data: string, offset: number | undefined): Result<number> {
  const type = typeOf(play.kernel, path.ref.sb);
  const { size } = type.getattr(play.kernel, path.ref);
  return data === "" ? value(0) : write(play.kernel, play.task, path, offset ?? size, bytesOf(data));
}

const fileOf = (play: Player, op: Op): OpenFile => {
  const file = play.files.get(op["fd"] as string);
  if (file === undefined) throw new Error(`no file ${String(op["fd"])}`);
  return file;
};

function attributesAt(play: Player, path: string, follow = false): Result<Attributes> {
  return stat(play.kernel, play.task, path, follow);
}

function entriesAt(play: Player, path: string): Result<readonly { readonly name: string; readonly kind: FileKind; readonly ino: number }[]> {
  return withFile(play, path, { read: true, directory: true }, 0, (place) => typeOf(play.kernel, place.ref.sb).readdir(play.kernel, place.ref));
}

const byName = (a: readonly [string, unknown], b: readonly [string, unknown]): number => (a[0] < b[0] ? -1 : 1);
const SHORT: Readonly<Record<string, string>> = { dir: "dir", symlink: "symlink", file: "file" };

function change(play: Player, op: Op, follow: boolean, what: Parameters<typeof setAttributes>[3]): Result<true> {
  const place = resolve(play.kernel, play.task, play.at(op), follow);
  return place.ok ? setAttributes(play.kernel, play.task, place.value, what) : place;
}

const OPERATIONS: Readonly<Record<string, (play: Player, op: Op) => Result<unknown>>> = {
  write: (play, op) =>
    withFile(play, play.at(op), { write: true, create: true, truncate: true }, modeOf(op, "0644"), (path) =>
      append(play, path, (op["data"] as string | undefined) ?? "", 0),
    ),
  append: (play, op) =>
    withFile(play, play.at(op), { write: true, create: true, append: true }, modeOf(op, "0644"), (path) =>
      append(play, path, (op["data"] as string | undefined) ?? "", undefined),
    ),
  creat: (play, op) =>
    withFile(play, play.at(op), { write: true, create: true, exclusive: true }, modeOf(op, "0644"), (path) =>
      append(play, path, (op["data"] as string | undefined) ?? "", 0),
    ),
  pwrite: (play, op) => withFile(play, play.at(op), { write: true }, 0o644, (path) => append(play, path, op["data"] as string, op["off"] as number)),
  open: (play, op) => {
    const options = openOptions(op["flags"] as readonly string[]);
    const opened = open(play.kernel, play.task, play.at(op), options, modeOf(op, "0644"));
    if (!opened.ok) return opened;
    if (op["fd"] !== undefined)
      play.files.set(op["fd"] as string, { path: opened.value, append: options.append === true, write: options.write === true, at: 0 });
    else if (options.path !== true) typeOf(play.kernel, opened.value.ref.sb).release(play.kernel, opened.value.ref);
    return DONE;
  },
  fdread: (play, op) => {
    const file = fileOf(play, op);
    const data = typeOf(play.kernel, file.path.ref.sb).read(play.kernel, file.path.ref, file.at, (op["n"] as number | undefined) ?? 65536);
    if (data.ok) file.at += data.value.length;
    return data.ok ? value(textOf(data.value)) : data;
  },
  fdpread: (play, op) => {
    const { path } = fileOf(play, op);
    const data = typeOf(play.kernel, path.ref.sb).read(
      play.kernel,
      path.ref,
      (op["off"] as number | undefined) ?? 0,
      (op["n"] as number | undefined) ?? 65536,
    );
    return data.ok ? value(textOf(data.value)) : data;
  },
  fdwrite: (play, op) => {
    const file = fileOf(play, op);
    if (!file.write) return failure("EBADF");
    const written = append(play, file.path, op["data"] as string, file.append ? undefined : file.at);
    if (written.ok) file.at += written.value;
    return written;
  },
  fdstat: (play, op) => {
    const { path } = fileOf(play, op);
    return value(play.statOf(typeOf(play.kernel, path.ref.sb).getattr(play.kernel, path.ref)));
  },
  fdtruncate: (play, op) => {
    const { path, write } = fileOf(play, op);
    return write ? typeOf(play.kernel, path.ref.sb).setattr(play.kernel, path.ref, { size: op["size"] as number }) : failure("EINVAL");
  },
  fdchmod: (play, op) => setAttributes(play.kernel, play.task, fileOf(play, op).path, { mode: modeOf(op, "0644") }),
  fdsync: () => DONE,
  fdflock: () => DONE,
  fdlink: (play, op) => link(play.kernel, play.task, fileOf(play, op).path, play.at(op)),
  fdclose: (play, op) => {
    const { path } = fileOf(play, op);
    typeOf(play.kernel, path.ref.sb).release(play.kernel, path.ref);
    play.files.delete(op["fd"] as string);
    return DONE;
  },
  mmapShared: (play, op) => {
    const { path } = fileOf(play, op);
    const ref = typeOf(play.kernel, path.ref.sb).mapped(play.kernel, path.ref);
    play.maps.set(op["map"] as string, { path: { mount: path.mount, ref }, length: op["len"] as number });
    return mapRead(play, op);
  },
  mapread: (play, op) => mapRead(play, op),
  read: (play, op) =>
    withFile(play, play.at(op), { read: true }, 0, (path) => {
      const type = typeOf(play.kernel, path.ref.sb);
      if (type.getattr(play.kernel, path.ref).kind === "dir") return failure("EISDIR");
      const data = type.read(play.kernel, path.ref, 0, 65536);
      return data.ok ? value(textOf(data.value)) : data;
    }),
  stat: (play, op) => mapped(attributesAt(play, play.at(op)), (one) => play.statOf(one)),
  statf: (play, op) => mapped(attributesAt(play, play.at(op), true), (one) => play.statOf(one)),
  mtime: (play, op) => mapped(attributesAt(play, play.at(op)), ({ mtime }) => Math.floor(mtime / SECOND)),
  devEq: (play, op) =>
    both(
      attributesAt(play, play.at(op)),
      attributesAt(play, op["with"] === undefined ? play.at({ op: "", path: "." }) : play.at(op, "with")),
      (a, b) => a.dev === b.dev,
    ),
  inoEq: (play, op) => both(attributesAt(play, play.at(op)), attributesAt(play, play.at(op, "with")), (a, b) => a.dev === b.dev && a.ino === b.ino),
  inoSave: (play, op) =>
    mapped(attributesAt(play, play.at(op)), (one) => {
      play.numbers.set(op["as_"] as string, one);
      return true;
    }),
  inoCmp: (play, op) =>
    mapped(attributesAt(play, play.at(op)), ({ dev, ino }) => {
      const saved = play.numbers.get(op["with"] as string);
      return saved?.ino === ino && saved.dev === dev;
    }),
  inoCmpNoDev: (play, op) => mapped(attributesAt(play, play.at(op)), ({ ino }) => play.numbers.get(op["with"] as string)?.ino === ino),
  mkdir: (play, op) => mkdir(play.kernel, play.task, play.at(op), modeOf(op, "0755")),
  rmdir: (play, op) => rmdir(play.kernel, play.task, play.at(op)),
  unlink: (play, op) => unlink(play.kernel, play.task, play.at(op)),
  rename: (play, op) => {
    const flags = (op["flags"] as readonly string[] | undefined) ?? [];
    return rename(play.kernel, play.task, play.at(op, "from"), play.at(op, "to"), {
      noReplace: flags.includes("NOREPLACE"),
      exchange: flags.includes("EXCHANGE"),
      whiteout: flags.includes("WHITEOUT"),
    });
  },
  symlink: (play, op) => symlink(play.kernel, play.task, bytesOf(op["target"] as string), play.at(op)),
  link: (play, op) => link(play.kernel, play.task, play.at(op, "from"), play.at(op, "to")),
  chmod: (play, op) => change(play, op, true, { mode: modeOf(op, "0644") }),
  chown: (play, op) => {
    const [uid, gid] = [op["uid"] as number, op["gid"] as number];
    return change(play, op, op["follow"] === true, { ...(uid < 0 ? {} : { uid }), ...(gid < 0 ? {} : { gid }) });
  },
  truncate: (play, op) => truncate(play.kernel, play.task, play.at(op), op["size"] as number),
  fallocate: (play, op) =>
    withFile(play, play.at(op), { read: true, write: true }, 0, (path) => {
      const type = typeOf(play.kernel, path.ref.sb);
      const { size } = type.getattr(play.kernel, path.ref);
      return (op["size"] as number) > size ? type.setattr(play.kernel, path.ref, { size: op["size"] as number }) : DONE;
    }),
  copyFileRange: (play, op) =>
    withFile(play, play.at(op, "from"), { read: true }, 0, (from) =>
      withFile(play, play.at(op, "to"), { write: true, create: true, truncate: true }, 0o644, (to) => {
        const data = typeOf(play.kernel, from.ref.sb).read(play.kernel, from.ref, 0, 65536);
        return data.ok ? typeOf(play.kernel, to.ref.sb).write(play.kernel, to.ref, 0, data.value) : data;
      }),
    ),
  readdir: (play, op) =>
    mapped(entriesAt(play, play.at(op)), (entries) => entries.map(({ name, kind }): [string, string] => [name, SHORT[kind] ?? "other"]).sort(byName)),
  readdirRaw: (play, op) =>
    mapped(entriesAt(play, play.at(op)), (entries) =>
      [...entries.map(({ name, kind }): [string, string] => [name, kind]), [".", "dir"] as [string, string], ["..", "dir"] as [string, string]].sort(
        byName,
      ),
    ),
  dinoEqIno: (play, op) =>
    mapped(entriesAt(play, play.at(op)), (entries) =>
      entries
        .filter(({ name, ino }) => {
          const one = attributesAt(play, `${play.at(op)}/${name}`);
          return !one.ok || one.value.ino !== ino;
        })
        .map(({ name }) => name)
        .sort((a, b) => (a < b ? -1 : 1)),
    ),
  opendir: (play, op) =>
    mapped(entriesAt(play, play.at(op)), (entries) => {
      play.directories.set(
        op["dir"] as string,
        entries.map(({ name }) => name),
      );
      return true;
    }),
  dirread: (play, op) => value([...(play.directories.get(op["dir"] as string) ?? [])].sort((a, b) => (a < b ? -1 : 1))),
  readlink: (play, op) => mapped(readlink(play.kernel, play.task, play.at(op)), textOf),
  access: (play, op) => {
    const wanted = (op["mode"] as number | undefined) ?? 4;
    const place = resolve(play.kernel, play.task, play.at(op), true);
    if (!place.ok) return place;
    const may = mayAccess(play.kernel, play.task.credentials, place.value.ref, wanted);
    if (!may.ok) return may;
    return (wanted & WRITE) !== 0 && isReadOnly(play.kernel, place.value) ? failure("EROFS") : DONE;
  },
  mknod: (play, op) =>
    mknod(play.kernel, play.task, play.at(op), {
      kind: op["kind"] as FileKind,
      mode: modeOf(op, "0644"),
      rdev: (op["rdev"] as [number, number] | undefined) ?? [0, 0],
    }),
  utimens: (play, op) => change(play, op, false, { mtime: (op["mtime"] as number) * SECOND, atime: (op["mtime"] as number) * SECOND }),
  setxattr: (play, op) => setxattr(play.kernel, play.task, play.at(op), op["name"] as string, bytesOf(op["value"] as string)),
  getxattr: (play, op) => mapped(getxattr(play.kernel, play.task, play.at(op), op["name"] as string), textOf),
  listxattr: (play, op) => {
    const place = resolve(play.kernel, play.task, play.at(op), false);
    if (!place.ok) return place;
    const names = typeOf(play.kernel, place.value.ref.sb).listxattr(play.kernel, place.value.ref);
    return value([...names].filter((name) => !name.startsWith("security.")).sort((a, b) => (a < b ? -1 : 1)));
  },
  removexattr: (play, op) => setxattr(play.kernel, play.task, play.at(op), op["name"] as string, undefined),
  exec: (play, op) => execute(play, play.at(op)),
  statfs: (play, op) =>
    mapped(resolve(play.kernel, play.task, play.at(op), true), (place) => ({ rdonly: isReadOnly(play.kernel, place), namemax: 255 })),
  umount: (play) => {
    play.unmount();
    return DONE;
  },
  mount: (play, op) => {
    if (op["mountOptions"] !== undefined) return play.remount(op);
    return play.mount();
  },
  remount: (play, op) => play.remount(op),
  remountRO: (play) => {
    if (play.mounted !== undefined) play.kernel.tx.write(superblockTable).put({ ...superblockOf(play.kernel, play.mounted.sb), readOnly: true });
    return DONE;
  },
  rotate: (play, op) => play.rotate(op),
  offline: (play, op) => {
    const was = play.mounted !== undefined;
    if (was) play.unmount();
    const done = play.elsewhere(op);
    if (was) play.mount();
    return done;
  },
  online: (play, op) => play.elsewhere(op),
  workIncompat: (play) => value(namesIn(play, `${play.work}/work/incompat`) ?? []),
  indexCount: (play) => value(namesIn(play, `${play.work}/index`)?.length ?? null),
  whiteoutNlink: (play, op) => mapped(attributesAt(play, `${play.upper ?? ""}/${String(op["path"])}`), ({ nlink }) => nlink),
};

function namesIn(play: Player, path: string): readonly string[] | undefined {
  const entries = entriesAt(play, path);
  return entries.ok ? entries.value.map(({ name }) => name) : undefined;
}

function mapRead(play: Player, op: Op): Result<string> {
  const map = play.maps.get(op["map"] as string);
  if (map === undefined) throw new Error("no such mapping");
  const data = typeOf(play.kernel, map.path.ref.sb).read(play.kernel, map.path.ref, 0, map.length);
  return data.ok ? value(textOf(data.value)) : data;
}

/** The exit status of running a file: 201 when it cannot be executed, 200 when somebody has it open for writing. */
function execute(play: Player, path: string): Result<number> {
  const place = resolve(play.kernel, play.task, path, true);
  if (!place.ok) return value(201);
  const busy = [...play.files.values()].some(
    (file) => file.write && file.path.ref.ino === place.value.ref.ino && file.path.ref.sb === place.value.ref.sb,
  );
  if (busy) return value(200);
  if (!mayAccess(play.kernel, play.task.credentials, place.value.ref, 1).ok) return value(201);
  const script = typeOf(play.kernel, place.value.ref.sb).read(play.kernel, place.value.ref, 0, 65536);
  return value(Number(/^exit (\d+)$/m.exec(script.ok ? script.value : "")?.[1] ?? 0));
}

const mapped = <A, B>(result: Result<A>, change: (value: A) => B): Result<B> => (result.ok ? value(change(result.value)) : result);
const both = <A, B>(a: Result<A>, b: Result<A>, compare: (a: A, b: A) => B): Result<B> => (a.ok ? (b.ok ? value(compare(a.value, b.value)) : b) : a);
