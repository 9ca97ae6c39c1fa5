/**
 * A file system in memory: inodes and names as rows. Every other file system that stores something stands on one.
 *
 * Not modelled: size= and nr_inodes= limits here (the memory cgroup charges pages), huge pages, quotas.
 *
 * @rule linux.tmpfs
 * @source linux@6.12 mm/shmem.c
 */
import { invariant } from "../../sim/invariant";
import { defineTable } from "../../sim/table";
import { DONE, failure, type Kernel, type Result, value } from "../types";
import { newSuperblock } from "./superblock";
import type { AttributeChange, Attributes, DirectoryEntry, FileSystemType, NewNode, Ref, RenameFlags } from "./types";

export interface InodeRow extends Attributes {
  readonly machine: string;
  readonly data: string;
  readonly target: string;
  readonly xattrs: Readonly<Record<string, string>>;
  /** Of a directory: the number of the one that holds it. */
  readonly parent: number;
  /** Open files; an inode without a name lives until they are closed. */
  readonly opens: number;
}

interface EntryRow {
  readonly machine: string;
  readonly sb: number;
  readonly dir: number;
  readonly name: string;
  readonly ino: number;
}

export const inodeTable = defineTable<InodeRow>({ name: "linux.inode", key: ["machine", "dev", "ino"] });
export const entryTable = defineTable<EntryRow, "dir" | "ino">({
  name: "linux.entry",
  key: ["machine", "sb", "dir", "name"],
  indexes: { dir: ["machine", "sb", "dir"], ino: ["machine", "sb", "ino"] },
});

const NO_XATTRS: InodeRow["xattrs"] = Object.freeze({});
const NO_DEVICE: readonly [number, number] = Object.freeze([0, 0] as const);
/** A whiteout left behind by a rename, and what an overlay takes for one. */
export const WHITEOUT: NewNode = { kind: "char", mode: 0, uid: 0, gid: 0, rdev: NO_DEVICE };

export function inodeOf(kernel: Kernel, ref: Ref): InodeRow {
  const row = kernel.tx.read(inodeTable).get(kernel.machine, ref.sb, ref.ino);
  invariant(row !== undefined, `no inode ${ref.ino} on ${kernel.machine}/${ref.sb}`);
  return row;
}

const put = (kernel: Kernel, row: InodeRow): void => kernel.tx.write(inodeTable).put(row);
const entryOf = (kernel: Kernel, dir: Ref, name: string): EntryRow | undefined =>
  kernel.tx.read(entryTable).get(kernel.machine, dir.sb, dir.ino, name);

function childOf(kernel: Kernel, dir: Ref, name: string): InodeRow | undefined {
  const entry = entryOf(kernel, dir, name);
  return entry === undefined ? undefined : inodeOf(kernel, { sb: dir.sb, ino: entry.ino });
}

function newInode(kernel: Kernel, sb: number, parent: number, node: NewNode): InodeRow {
  const { now } = kernel.tx;
  const ino = kernel.tx.nextId(`linux.inode/${kernel.machine}/${sb}`);
  const row: InodeRow = {
    machine: kernel.machine,
    dev: sb,
    ino,
    kind: node.kind,
    mode: node.mode,
    uid: node.uid,
    gid: node.gid,
    nlink: node.kind === "dir" ? 2 : 1,
    size: node.target?.length ?? 0,
    rdev: node.rdev ?? NO_DEVICE,
    atime: now,
    mtime: now,
    ctime: now,
    data: "",
    target: node.target ?? "",
    xattrs: NO_XATTRS,
    parent: parent === 0 ? ino : parent,
    opens: 0,
  };
  put(kernel, row);
  return row;
}

/** Makes an empty file system; its root belongs to root. */
export function newTmpfs(kernel: Kernel, mode = 0o755, readOnly = false): Ref {
  const sb = newSuperblock(kernel, "tmpfs", readOnly);
  return { sb, ino: newInode(kernel, sb, 0, { kind: "dir", mode, uid: 0, gid: 0 }).ino };
}

/** A directory's own times and link count change with what it holds. */
function touched(kernel: Kernel, dir: Ref, links: number): void {
  const row = inodeOf(kernel, dir);
  put(kernel, { ...row, nlink: row.nlink + links, mtime: kernel.tx.now, ctime: kernel.tx.now });
}

function enter(kernel: Kernel, dir: Ref, name: string, ino: number): void {
  kernel.tx.write(entryTable).put({ machine: kernel.machine, sb: dir.sb, dir: dir.ino, name, ino });
}

const leave = (kernel: Kernel, dir: Ref, name: string): void => kernel.tx.write(entryTable).delete(kernel.machine, dir.sb, dir.ino, name);

/** One name less; the last one of an inode that nobody has open ends it. */
function dropped(kernel: Kernel, row: InodeRow): void {
  const nlink = row.kind === "dir" ? 0 : row.nlink - 1;
  if (nlink > 0 || row.opens > 0) put(kernel, { ...row, nlink, ctime: kernel.tx.now });
  else kernel.tx.write(inodeTable).delete(row.machine, row.dev, row.ino);
}

const isEmpty = (kernel: Kernel, row: InodeRow): boolean => kernel.tx.read(entryTable).countBy("dir", row.machine, row.dev, row.ino) === 0;

function create(kernel: Kernel, dir: Ref, name: string, node: NewNode): Result<Ref> {
  if (entryOf(kernel, dir, name) !== undefined) return failure("EEXIST");
  const parent = inodeOf(kernel, dir);
  if (parent.nlink === 0) return failure("ENOENT");
  // A directory with the set-group-ID bit gives its group to what is made in it, and the bit to directories.
  const inherits = (parent.mode & 0o2000) !== 0;
  const row = newInode(kernel, dir.sb, dir.ino, {
    ...node,
    ...(inherits ? { gid: parent.gid, mode: node.kind === "dir" ? node.mode | 0o2000 : node.mode } : {}),
  });
  enter(kernel, dir, name, row.ino);
  touched(kernel, dir, node.kind === "dir" ? 1 : 0);
  return value({ sb: dir.sb, ino: row.ino });
}

function remove(kernel: Kernel, dir: Ref, name: string, directory: boolean): Result<true> {
  const row = childOf(kernel, dir, name);
  if (row === undefined) return failure("ENOENT");
  if (directory !== (row.kind === "dir")) return failure(directory ? "ENOTDIR" : "EISDIR");
  if (directory && !isEmpty(kernel, row)) return failure("ENOTEMPTY");
  leave(kernel, dir, name);
  dropped(kernel, row);
  touched(kernel, dir, directory ? -1 : 0);
  return DONE;
}

function rename(kernel: Kernel, from: Ref, oldName: string, to: Ref, newName: string, flags: RenameFlags): Result<true> {
  const moved = childOf(kernel, from, oldName);
  if (moved === undefined) return failure("ENOENT");
  const target = childOf(kernel, to, newName);
  if (flags.exchange === true) {
    if (target === undefined) return failure("ENOENT");
    enter(kernel, from, oldName, target.ino);
    enter(kernel, to, newName, moved.ino);
    rehomed(kernel, moved, from, to);
    rehomed(kernel, target, to, from);
    return DONE;
  }
  if (target !== undefined) {
    if (target.ino === moved.ino) return DONE;
    if (target.kind === "dir" && !isEmpty(kernel, target)) return failure("ENOTEMPTY");
    leave(kernel, to, newName);
    dropped(kernel, target);
    touched(kernel, to, target.kind === "dir" ? -1 : 0);
  }
  leave(kernel, from, oldName);
  enter(kernel, to, newName, moved.ino);
  rehomed(kernel, moved, from, to);
  if (flags.whiteout === true) create(kernel, from, oldName, WHITEOUT);
  return DONE;
}

function rehomed(kernel: Kernel, row: InodeRow, from: Ref, to: Ref): void {
  const isDirectory = row.kind === "dir";
  put(kernel, { ...row, parent: isDirectory ? to.ino : row.parent, ctime: kernel.tx.now });
  const crosses = isDirectory && from.ino !== to.ino;
  touched(kernel, from, crosses ? -1 : 0);
  touched(kernel, to, crosses ? 1 : 0);
}

function setattr(kernel: Kernel, ref: Ref, change: AttributeChange): Result<true> {
  const row = inodeOf(kernel, ref);
  const { size } = change;
  const resized = size === undefined ? {} : { size, data: row.data.slice(0, size), mtime: kernel.tx.now };
  put(kernel, { ...row, ctime: kernel.tx.now, ...resized, ...change });
  return DONE;
}

const isZeros = (text: string): boolean => /^\0*$/.test(text);

function write(kernel: Kernel, ref: Ref, offset: number, data: string): Result<number> {
  const row = inodeOf(kernel, ref);
  const size = Math.max(row.size, offset + data.length);
  const beyond = offset >= row.data.length && isZeros(data);
  const bytes = beyond ? row.data : row.data.slice(0, offset).padEnd(offset, "\0") + data + row.data.slice(offset + data.length);
  put(kernel, { ...row, data: bytes, size, mtime: kernel.tx.now, ctime: kernel.tx.now });
  return value(data.length);
}

function setxattr(kernel: Kernel, ref: Ref, name: string, data: string | undefined): Result<true> {
  const row = inodeOf(kernel, ref);
  if (data !== undefined) put(kernel, { ...row, xattrs: { ...row.xattrs, [name]: data }, ctime: kernel.tx.now });
  else {
    if (row.xattrs[name] === undefined) return failure("ENODATA");
    const { [name]: _gone, ...xattrs } = row.xattrs;
    put(kernel, { ...row, xattrs, ctime: kernel.tx.now });
  }
  return DONE;
}

export const tmpfs: FileSystemType = {
  name: "tmpfs",
  userMount: true,
  mount: (kernel, { data, view, readOnly }) => {
    const mode = /(?:^|,)mode=([0-7]+)(?:,|$)/.exec(data)?.[1];
    const root = newTmpfs(kernel, mode === undefined ? 0o1777 : Number.parseInt(mode, 8), readOnly);
    const { fsuid: uid, fsgid: gid } = view.credentials;
    put(kernel, { ...inodeOf(kernel, root), uid, gid });
    return value(root);
  },
  getattr: inodeOf,
  peek: inodeOf,
  lookup: (kernel, dir, name) => {
    const entry = entryOf(kernel, dir, name);
    return entry === undefined ? failure("ENOENT") : value({ sb: dir.sb, ino: entry.ino });
  },
  parent: (kernel, dir) => ({ sb: dir.sb, ino: inodeOf(kernel, dir).parent }),
  create,
  tmpfile: (kernel, dir, node) => {
    const row = newInode(kernel, dir.sb, dir.ino, node);
    put(kernel, { ...row, nlink: 0, linkable: true });
    return value({ sb: dir.sb, ino: row.ino });
  },
  link: (kernel, ref, dir, name) => {
    if (entryOf(kernel, dir, name) !== undefined) return failure("EEXIST");
    const { linkable: _named, ...row } = inodeOf(kernel, ref);
    put(kernel, { ...row, nlink: row.nlink + 1, ctime: kernel.tx.now });
    enter(kernel, dir, name, ref.ino);
    touched(kernel, dir, 0);
    return DONE;
  },
  unlink: (kernel, dir, name) => remove(kernel, dir, name, false),
  rmdir: (kernel, dir, name) => remove(kernel, dir, name, true),
  rename,
  readlink: (kernel, ref) => value(inodeOf(kernel, ref).target),
  readdir: (kernel, dir) =>
    value(
      kernel.tx
        .read(entryTable)
        .by("dir", kernel.machine, dir.sb, dir.ino)
        .map(({ name, ino }): DirectoryEntry => ({ name, ino, kind: inodeOf(kernel, { sb: dir.sb, ino }).kind })),
    ),
  setattr,
  open: (kernel, ref) => {
    const row = inodeOf(kernel, ref);
    put(kernel, { ...row, opens: row.opens + 1 });
    return DONE;
  },
  release: (kernel, ref) => {
    const row = inodeOf(kernel, ref);
    if (row.nlink === 0 && row.opens === 1) kernel.tx.write(inodeTable).delete(row.machine, row.dev, row.ino);
    else put(kernel, { ...row, opens: row.opens - 1 });
  },
  read: (kernel, ref, offset, length) => {
    const { data, size } = inodeOf(kernel, ref);
    const end = Math.min(size, offset + length);
    return value(end <= offset ? "" : data.slice(offset, end).padEnd(end - offset, "\0"));
  },
  write,
  getxattr: (kernel, ref, name) => {
    const data = inodeOf(kernel, ref).xattrs[name];
    return data === undefined ? failure("ENODATA") : value(data);
  },
  setxattr,
  listxattr: (kernel, ref) => Object.keys(inodeOf(kernel, ref).xattrs),
  mapped: (_kernel, ref) => ref,
  placeOf: (kernel, ref) => {
    const entry = kernel.tx.read(entryTable).firstBy("ino", kernel.machine, ref.sb, ref.ino);
    if (entry !== undefined) return { parent: { sb: ref.sb, ino: entry.dir }, name: entry.name };
    return inodeOf(kernel, ref).parent === ref.ino ? { parent: ref, name: "/" } : undefined;
  },
};
