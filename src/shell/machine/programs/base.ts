/** The programs that come with every machine: files, processes, mounts and namespaces. */
import type { Program } from "../../../linux/program";
import { getfattr, setfattr } from "./attr";
import { cp } from "./coreutils-copy";
import { link, ln, mkdir, mv, rmdir, unlink } from "./coreutils-files";
import { rm } from "./coreutils-remove";
import { id } from "./coreutils";
import { df } from "./disk-free";
import { du } from "./disk-usage";
import { hostname } from "./hostname";
import { findmnt } from "./util-linux-findmnt";
import { lsns } from "./util-linux-lsns";
import { mount } from "./util-linux-mount";
import { nsenter } from "./util-linux-nsenter";
import { mountpoint, umount } from "./util-linux-umount";
import { unshare } from "./util-linux-unshare";

export const basePrograms: Readonly<Record<string, Program>> = {
  cp,
  df,
  du,
  findmnt,
  getfattr,
  hostname,
  id,
  link,
  ln,
  lsns,
  mkdir,
  mount,
  mountpoint,
  mv,
  nsenter,
  rm,
  rmdir,
  setfattr,
  umount,
  unlink,
  unshare,
};
