/**
 * cgroup2 as a file system: directories are groups, files are controls. All mounts on a machine show the one hierarchy.
 *
 * @rule linux.cgroup.fs
 * @source linux@6.12 kernel/cgroup/cgroup.c cgroup_file_write, cgroup_seqfile_show; fs/kernfs/dir.c
 */
import { defineTable } from "../../sim/table";
import { newSuperblock } from "../fs/superblock";
import type { AttributeChange, Attributes, DirectoryEntry, FileSystemType, MountContext, NewNode, Ref } from "../fs/types";
import { DONE, failure, type Kernel, type Result, value } from "../types";
import { fileAttributes, inodeNumber } from "./file-owner";
import { CONTROL_FILES, type ControlFile, hasFile, modeOf } from "./files";
import { type CgroupRow, cgroupOf, cgroupTable, childrenOf, putCgroup, ROOT } from "./tables";
import { makeCgroup, removeCgroup } from "./tree";

interface MountedRow {
  readonly machine: string;
  readonly sb: number;
}
const mountedTable = defineTable<MountedRow>({ name: "linux.cgroup-mounted", key: (row) => row.machine });

/** The hierarchy's superblock; made when it is first mounted. */
export function cgroupSuperblock(kernel: Kernel): number {
  const row = kernel.tx.read(mountedTable).get(kernel.machine);
  if (row !== undefined) return row.sb;
  const sb = newSuperblock(kernel, "cgroup2", false);
  kernel.tx.write(mountedTable).put({ machine: kernel.machine, sb });
  return sb;
}

/** Shows the hierarchy from the root of the mounter's cgroup namespace. */
function mount(kernel: Kernel, { task }: MountContext): Result<Ref> {
  const root = kernel.processes?.cgroupRoot(kernel, task) ?? ROOT;
  return value({ sb: cgroupSuperblock(kernel), ino: inodeNumber(root, 0) });
}

const groupId = (ref: Ref): number => Math.floor(ref.ino / 256);
const find = (kernel: Kernel, ref: Ref): CgroupRow | undefined => kernel.tx.read(cgroupTable).get(`${kernel.machine}/${groupId(ref)}`);
const fileOf = (ref: Ref): ControlFile | undefined => CONTROL_FILES[(ref.ino % 256) - 1];
const refOf = (dir: Ref, group: number, file = 0): Ref => ({ sb: dir.sb, ino: inodeNumber(group, file) });

function getattr(kernel: Kernel, ref: Ref): Attributes {
  const row = find(kernel, ref);
  const file = fileOf(ref);
  const owner = row?.owner ?? { uid: 0, gid: 0, mode: 0o755 };
  const gone = row === undefined || row.dead;
  const base = fileAttributes({ owner, files: row?.files ?? {} }, file?.name ?? "", file === undefined ? owner.mode : modeOf(file));
  const own = { ...base, ino: ref.ino, dev: ref.sb };
  if (file !== undefined) return own;
  return { ...own, kind: "dir", nlink: gone ? 0 : 2 + childrenOf(kernel, row.id).length };
}

function lookup(kernel: Kernel, dir: Ref, name: string): Result<Ref> {
  const row = find(kernel, dir);
  if (row === undefined || row.dead) return failure("ENOENT");
  const index = CONTROL_FILES.findIndex((file) => file.name === name);
  const file = CONTROL_FILES[index];
  if (file !== undefined && hasFile(kernel, row, file)) return value(refOf(dir, row.id, index + 1));
  const child = childrenOf(kernel, row.id).find((each) => each.name === name);
  return child === undefined ? failure("ENOENT") : value(refOf(dir, child.id));
}

/** Only groups can be made here. */
function create(kernel: Kernel, dir: Ref, name: string, node: NewNode): Result<Ref> {
  if (node.kind === "file") return failure("EACCES");
  if (node.kind !== "dir") return failure("EPERM");
  const row = find(kernel, dir);
  if (row === undefined) return failure("ENOENT");
  if (CONTROL_FILES.some((file) => file.name === name && hasFile(kernel, row, file))) return failure("EEXIST");
  const made = makeCgroup(kernel, row, name, { uid: node.uid, gid: node.gid, mode: node.mode });
  return made.ok ? value(refOf(dir, made.value)) : made;
}

function rmdir(kernel: Kernel, dir: Ref, name: string): Result<true> {
  const found = lookup(kernel, dir, name);
  if (!found.ok) return found;
  return fileOf(found.value) === undefined ? removeCgroup(kernel, cgroupOf(kernel, groupId(found.value))) : failure("ENOTDIR");
}

function readdir(kernel: Kernel, dir: Ref): Result<readonly DirectoryEntry[]> {
  const row = find(kernel, dir);
  if (row === undefined || row.dead) return value([]);
  const files = CONTROL_FILES.flatMap((file, i): readonly DirectoryEntry[] =>
    hasFile(kernel, row, file) ? [{ name: file.name, kind: "file", ino: inodeNumber(row.id, i + 1) }] : [],
  );
  const groups = childrenOf(kernel, row.id).map((child): DirectoryEntry => ({ name: child.name, kind: "dir", ino: inodeNumber(child.id, 0) }));
  return value([...files, ...groups]);
}

/** Giving a file or a group away is what delegation is; a size is no change. */
function setattr(kernel: Kernel, ref: Ref, change: AttributeChange): Result<true> {
  const row = find(kernel, ref);
  if (row === undefined) return failure("ENOENT");
  const { uid, gid, mode } = getattr(kernel, ref);
  const owner = { uid: change.uid ?? uid, gid: change.gid ?? gid, mode: change.mode ?? mode };
  if (owner.uid === uid && owner.gid === gid && owner.mode === mode) return DONE;
  const file = fileOf(ref);
  if (file !== undefined) putCgroup(kernel, { ...row, files: { ...row.files, [file.name]: owner } });
  else {
    // A new owner of the directory is not one of its files.
    const kept = CONTROL_FILES.filter((each) => hasFile(kernel, row, each) && row.files[each.name] === undefined);
    const files = Object.fromEntries(kept.map((each) => [each.name, { uid: row.owner.uid, gid: row.owner.gid, mode: modeOf(each) }]));
    putCgroup(kernel, { ...row, owner, files: { ...files, ...row.files } });
  }
  return DONE;
}

function read(kernel: Kernel, ref: Ref, offset: number, length: number): Result<string> {
  const file = fileOf(ref);
  const row = find(kernel, ref);
  if (file === undefined) return failure("EISDIR");
  if (row === undefined || !hasFile(kernel, row, file)) return failure("ENODEV");
  const shown = file.show?.(kernel, row) ?? failure("EINVAL");
  return shown.ok ? value(shown.value.slice(offset, offset + length)) : shown;
}

/** One write is one command, without the blanks around it. */
function write(kernel: Kernel, ref: Ref, _offset: number, data: string): Result<number> {
  const file = fileOf(ref);
  const row = find(kernel, ref);
  if (file === undefined) return failure("EISDIR");
  if (row === undefined || !hasFile(kernel, row, file)) return failure("ENODEV");
  const done = file.write?.(kernel, row, data.trim()) ?? failure("EINVAL");
  return done.ok ? value(data.length) : done;
}

export const cgroup2: FileSystemType = {
  name: "cgroup2",
  userMount: true,
  shared: true,
  mount,
  getattr,
  peek: getattr,
  lookup,
  parent: (kernel, dir) => refOf(dir, Math.max(ROOT, find(kernel, dir)?.parent ?? ROOT)),
  create,
  link: () => failure("EPERM"),
  unlink: () => failure("EPERM"),
  rmdir,
  rename: () => failure("EPERM"),
  readlink: () => failure("EINVAL"),
  readdir,
  setattr,
  open: () => DONE,
  release: () => undefined,
  read,
  write,
  getxattr: () => failure("ENODATA"),
  setxattr: () => failure("EOPNOTSUPP"),
  listxattr: () => [],
  mapped: (_kernel, ref) => ref,
};
