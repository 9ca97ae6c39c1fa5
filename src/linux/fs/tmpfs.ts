/**
 * A file system in memory: inodes and names as rows. Every other file system that stores something stands on one.
 *
 * Not modelled: size= and nr_inodes= limits here (the memory cgroup charges pages), huge pages, quotas.
 *
 * @rule linux.tmpfs
 * @source linux@6.12 mm/shmem.c
 */
import { InvariantError } from "../../sim/invariant";
import { defineTable } from "../../sim/table";
import { DONE, type Draft, failure, type Kernel, type Result, value } from "../types";
import { releaseShrunk } from "../cgroup/file-pages";
import { filePages, releasePages } from "../cgroup/memory-pages";
import { newSuperblock } from "./superblock";
import type { AttributeChange, Attributes, DirectoryEntry, FileSystemType, NewNode, Ref, RenameFlags } from "./types";

export interface InodeRow extends Attributes {
  readonly linkable: boolean;
  readonly machine: string;
  /** Zeros at the end are left out. */
  readonly data: string;
  /** How far it was written, zeros too: what takes room. */
  readonly reach: number;
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
  if (row === undefined) throw new InvariantError(`no inode ${ref.ino} on ${kernel.machine}/${ref.sb}`);
  return row;
}

const put = (kernel: Kernel, row: InodeRow): void => kernel.tx.write(inodeTable).put(row);

/** A copy to be changed and put. Written out: this is made at every write, and copying by spreading takes ten times as long. */
function draftOf(row: InodeRow): Draft<InodeRow> {
  return {
    machine: row.machine,
    dev: row.dev,
    ino: row.ino,
    kind: row.kind,
    mode: row.mode,
    uid: row.uid,
    gid: row.gid,
    nlink: row.nlink,
    size: row.size,
    rdev: row.rdev,
    atime: row.atime,
    mtime: row.mtime,
    ctime: row.ctime,
    data: row.data,
    reach: row.reach,
    target: row.target,
    xattrs: row.xattrs,
    parent: row.parent,
    opens: row.opens,
    linkable: row.linkable,
  };
}

/** A copy whose status has just changed. */
function changedNow(kernel: Kernel, row: InodeRow): Draft<InodeRow> {
  const draft = draftOf(row);
  draft.ctime = kernel.tx.now;
  return draft;
}
const entryOf = (kernel: Kernel, dir: Ref, name: string): EntryRow | undefined =>
  kernel.tx.read(entryTable).get(kernel.machine, dir.sb, dir.ino, name);

function childOf(kernel: Kernel, dir: Ref, name: string): InodeRow | undefined {
  const entry = entryOf(kernel, dir, name);
  return entry === undefined ? undefined : inodeOf(kernel, { sb: dir.sb, ino: entry.ino });
}

function newInode(kernel: Kernel, sb: number, parent: number, node: NewNode): InodeRow {
  const row = freshInode(kernel, sb, parent, node);
  put(kernel, row);
  return row;
}

function freshInode(kernel: Kernel, sb: number, parent: number, node: NewNode): Draft<InodeRow> {
  const { now } = kernel.tx;
  const ino = kernel.tx.nextId(`linux.inode/${kernel.machine}/${sb}`);
  return {
    machine: kernel.machine,
    dev: sb,
    ino,
    kind: node.kind,
    mode: node.mode,
    uid: node.uid,
    gid: node.gid,
    nlink: node.kind === "dir" ? 2 : 1,
    size: node.target?.length ?? node.data?.length ?? 0,
    rdev: node.rdev ?? NO_DEVICE,
    atime: now,
    mtime: now,
    ctime: now,
    data: node.data ?? "",
    reach: node.data?.length ?? 0,
    target: node.target ?? "",
    xattrs: NO_XATTRS,
    parent: parent === 0 ? ino : parent,
    opens: 0,
    linkable: false,
  };
}

/** Makes an empty file system; its root belongs to root. */
export function newTmpfs(kernel: Kernel, mode = 0o755, readOnly = false): Ref {
  return rootOn(kernel, newSuperblock(kernel, "tmpfs", readOnly), mode);
}

/** The root directory of a superblock whose files lie in memory. */
export const rootOn = (kernel: Kernel, sb: number, mode = 0o755): Ref => ({
  sb,
  ino: newInode(kernel, sb, 0, { kind: "dir", mode, uid: 0, gid: 0 }).ino,
});

/** A directory's own times and link count change with what it holds. */
function touched(kernel: Kernel, dir: Ref, links: number): void {
  const row = changedNow(kernel, inodeOf(kernel, dir));
  row.nlink += links;
  row.mtime = row.ctime;
  put(kernel, row);
}

function enter(kernel: Kernel, dir: Ref, name: string, ino: number): void {
  kernel.tx.write(entryTable).put({ machine: kernel.machine, sb: dir.sb, dir: dir.ino, name, ino });
}

const leave = (kernel: Kernel, dir: Ref, name: string): void => kernel.tx.write(entryTable).delete(kernel.machine, dir.sb, dir.ino, name);

/** One name less; the last one of an inode that nobody has open ends it. */
function dropped(kernel: Kernel, row: InodeRow): void {
  const nlink = row.kind === "dir" ? 0 : row.nlink - 1;
  if (nlink > 0 || row.opens > 0) {
    const left = changedNow(kernel, row);
    left.nlink = nlink;
    put(kernel, left);
  } else ended(kernel, row);
}

/** Nothing leads to it any more: its pages are given back. */
function ended(kernel: Kernel, row: InodeRow): void {
  kernel.tx.write(inodeTable).delete(row.machine, row.dev, row.ino);
  if (row.size > 0) releasePages(kernel, filePages(row.dev, row.ino));
}

const isEmpty = (kernel: Kernel, row: InodeRow): boolean => kernel.tx.read(entryTable).countBy("dir", row.machine, row.dev, row.ino) === 0;

function create(kernel: Kernel, dir: Ref, name: string, node: NewNode): Result<Ref> {
  if (entryOf(kernel, dir, name) !== undefined) return failure("EEXIST");
  const parent = inodeOf(kernel, dir);
  if (parent.nlink === 0) return failure("ENOENT");
  // A directory with the set-group-ID bit gives its group to what is made in it, and the bit to directories.
  const inherits = (parent.mode & 0o2000) !== 0;
  const { kind, mode, uid, rdev, target, data } = node;
  const made = inherits ? { kind, mode: kind === "dir" ? mode | 0o2000 : mode, uid, gid: parent.gid, rdev, target, data } : node;
  const row = newInode(kernel, dir.sb, dir.ino, made);
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
    rehomed(kernel, moved, to);
    rehomed(kernel, target, from);
    const links = linksOf(moved) - linksOf(target);
    touchedBoth(kernel, from, -links, to, links);
    return DONE;
  }
  if (target !== undefined) {
    if (target.ino === moved.ino) return DONE;
    if (target.kind === "dir" && !isEmpty(kernel, target)) return failure("ENOTEMPTY");
    dropped(kernel, target);
  }
  leave(kernel, from, oldName);
  enter(kernel, to, newName, moved.ino);
  rehomed(kernel, moved, to);
  touchedBoth(kernel, from, -linksOf(moved), to, linksOf(moved) - (target === undefined ? 0 : linksOf(target)));
  if (flags.whiteout === true) create(kernel, from, oldName, WHITEOUT);
  return DONE;
}

/** Links that an inode adds to what holds it. */
const linksOf = (row: InodeRow): number => (row.kind === "dir" ? 1 : 0);

function rehomed(kernel: Kernel, row: InodeRow, to: Ref): void {
  const moved = changedNow(kernel, row);
  if (row.kind === "dir") moved.parent = to.ino;
  put(kernel, moved);
}

function touchedBoth(kernel: Kernel, from: Ref, fromLinks: number, to: Ref, toLinks: number): void {
  if (from.ino === to.ino) return touched(kernel, from, fromLinks + toLinks);
  touched(kernel, from, fromLinks);
  touched(kernel, to, toLinks);
}

function setattr(kernel: Kernel, ref: Ref, change: AttributeChange): Result<true> {
  const row = changedNow(kernel, inodeOf(kernel, ref));
  const { mode, uid, gid, size, atime, mtime } = change;
  if (size !== undefined) {
    releaseShrunk(kernel, ref, row.size, size);
    row.size = size;
    row.data = row.data.slice(0, size);
    row.reach = Math.min(row.reach, size);
    row.mtime = row.ctime;
  }
  if (mode !== undefined) row.mode = mode;
  if (uid !== undefined) row.uid = uid;
  if (gid !== undefined) row.gid = gid;
  if (atime !== undefined) row.atime = atime;
  if (mtime !== undefined) row.mtime = mtime;
  put(kernel, row);
  return DONE;
}

const isZeros = (text: string): boolean => /^\0*$/.test(text);

function write(kernel: Kernel, ref: Ref, offset: number, data: string): Result<number> {
  const row = changedNow(kernel, inodeOf(kernel, ref));
  row.mtime = row.ctime;
  row.size = Math.max(row.size, offset + data.length);
  row.reach = Math.max(row.reach, offset + data.length);
  const beyond = offset >= row.data.length && isZeros(data);
  if (!beyond) row.data = row.data.slice(0, offset).padEnd(offset, "\0") + data + row.data.slice(offset + data.length);
  put(kernel, row);
  return value(data.length);
}

function setxattr(kernel: Kernel, ref: Ref, name: string, data: string | undefined): Result<true> {
  const row = changedNow(kernel, inodeOf(kernel, ref));
  if (data !== undefined) row.xattrs = row.xattrs === NO_XATTRS ? { [name]: data } : { ...row.xattrs, [name]: data };
  else {
    if (row.xattrs[name] === undefined) return failure("ENODATA");
    const { [name]: _gone, ...xattrs } = row.xattrs;
    row.xattrs = xattrs;
  }
  put(kernel, row);
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
    const row = freshInode(kernel, dir.sb, dir.ino, node);
    row.nlink = 0;
    row.linkable = true;
    put(kernel, row);
    return value({ sb: dir.sb, ino: row.ino });
  },
  link: (kernel, ref, dir, name) => {
    if (entryOf(kernel, dir, name) !== undefined) return failure("EEXIST");
    const row = changedNow(kernel, inodeOf(kernel, ref));
    row.nlink++;
    row.linkable = false;
    put(kernel, row);
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
    const row = draftOf(inodeOf(kernel, ref));
    row.opens++;
    put(kernel, row);
    return DONE;
  },
  release: (kernel, ref) => {
    const row = draftOf(inodeOf(kernel, ref));
    row.opens--;
    if (row.nlink === 0 && row.opens === 0) ended(kernel, row);
    else put(kernel, row);
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
