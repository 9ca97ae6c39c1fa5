/** OverlayFS as a file system type. What it is made of is in the files beside this one, named after those of the kernel. */
import { value } from "../../types";
import type { FileSystemType } from "../types";
import { create, link, tmpfile } from "./dir";
import { getattr, getxattr, listxattr, mapped, open, peek, read, readlink, release, setattr, setxattr, write } from "./inode";
import { knownName, lookupName } from "./lookup";
import { readdir } from "./readdir";
import { rmdir, unlink } from "./remove";
import { rename } from "./rename";
import { dentryOf, overlayOf, refOf } from "./state";
import { mountOverlay } from "./super";

export const overlay: FileSystemType = {
  name: "overlay",
  userMount: true,
  mount: (kernel, { data, view, readOnly }) => mountOverlay(kernel, view, data, readOnly),
  options: (kernel, sb) => overlayOf(kernel, sb).options,
  getattr,
  peek,
  lookup: (kernel, dir, name) => {
    const known = knownName(kernel, dir, name);
    if (known !== undefined) return value(refOf(known));
    const found = lookupName(kernel, dentryOf(kernel, dir), name);
    return found.ok ? value(refOf(found.value)) : found;
  },
  parent: (kernel, dir) => ({ sb: dir.sb, ino: dir.ino === overlayOf(kernel, dir.sb).root ? dir.ino : dentryOf(kernel, dir).parent }),
  create,
  tmpfile,
  link,
  unlink,
  rmdir,
  rename,
  readlink,
  readdir,
  setattr,
  open,
  release,
  read,
  write,
  getxattr,
  setxattr,
  listxattr,
  mapped,
  placeOf: (kernel, ref) => {
    const { parent, name, hashed } = dentryOf(kernel, ref);
    return hashed ? { parent: { sb: ref.sb, ino: parent }, name } : undefined;
  },
  identity: (kernel, ref) => dentryOf(kernel, ref).inode,
};
