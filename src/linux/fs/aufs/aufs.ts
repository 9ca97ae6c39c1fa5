/** AUFS as a file system type. What it is made of is in the files beside this one, named after those of its source. */
import type { FileSystemType } from "../types";
import { readers, release } from "../branches/inode";
import { nodeOf } from "../branches/state";
import { create, link, tmpfile } from "./dir";
import { getattr, open, setattr, setxattr, write } from "./inode";
import { beneath, lookup, topOf } from "./lookup";
import { readdir } from "./readdir";
import { rmdir, unlink } from "./remove";
import { rename } from "./rename";
import { mountAufs, remountAufs, shownOptions } from "./super";

export const aufs: FileSystemType = {
  name: "aufs",
  mount: mountAufs,
  remount: remountAufs,
  options: shownOptions,
  ...readers((kernel, node) => topOf(kernel, node)?.ref),
  getattr,
  beneath,
  lookup,
  parent: (kernel, dir) => ({ sb: dir.sb, ino: nodeOf(kernel, dir).parent }),
  create,
  tmpfile,
  link,
  unlink,
  rmdir,
  rename,
  readdir,
  setattr,
  setxattr,
  open,
  release,
  write,
  placeOf: (kernel, ref) => {
    const { parent, name, hashed } = nodeOf(kernel, ref);
    return hashed ? { parent: { sb: ref.sb, ino: parent }, name } : undefined;
  },
  identity: (kernel, ref) => nodeOf(kernel, ref).ino,
};
