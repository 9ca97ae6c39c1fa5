/**
 * The files that namespaces are: one inode each, whose number is the namespace's. They have no names of their own; /proc leads to them, and
 * a mount keeps them.
 *
 * @rule linux.nsfs
 * @source linux@6.12 fs/nsfs.c
 */
import type { Attributes, FileSystemType, Path, Ref } from "../fs/types";
import { innerMount } from "../process/file-io";
import { releaseNamespace } from "../namespace/lifetime";
import { findNamespace, putNamespace } from "../namespace/table";
import { DONE, failure, type Kernel } from "../types";

function attributes(_kernel: Kernel, { ino, sb }: Ref): Attributes {
  return { kind: "file", mode: 0o444, uid: 0, gid: 0, nlink: 1, size: 0, rdev: [0, 0], atime: 0, mtime: 0, ctime: 0, ino, dev: sb };
}

function held(kernel: Kernel, id: number, by: 1 | -1): void {
  const row = findNamespace(kernel, id);
  if (row === undefined) return;
  putNamespace(kernel, { ...row, opens: row.opens + by });
  if (by < 0) releaseNamespace(kernel, id);
}

export const namespaceFile = (kernel: Kernel, namespace: number): Path => {
  const { id, sb } = innerMount(kernel, "nsfs");
  return { mount: id, ref: { sb, ino: namespace } };
};

export const nsfs: FileSystemType = {
  name: "nsfs",
  getattr: attributes,
  peek: attributes,
  lookup: () => failure("ENOTDIR"),
  parent: (_kernel, ref) => ref,
  create: () => failure("EPERM"),
  link: () => failure("EPERM"),
  unlink: () => failure("EPERM"),
  rmdir: () => failure("ENOTDIR"),
  rename: () => failure("EPERM"),
  readlink: () => failure("EINVAL"),
  readdir: () => failure("ENOTDIR"),
  setattr: () => failure("EPERM"),
  open: (kernel, ref, flags) => {
    if (flags.write === true) return failure("EPERM");
    held(kernel, ref.ino, 1);
    return DONE;
  },
  release: (kernel, ref) => held(kernel, ref.ino, -1),
  read: () => failure("EINVAL"),
  write: () => failure("EINVAL"),
  getxattr: () => failure("EOPNOTSUPP"),
  setxattr: () => failure("EOPNOTSUPP"),
  listxattr: () => [],
  mapped: (_kernel, ref) => ref,
};
