/** The programs that come with every machine: files, processes, mounts and namespaces. */
import type { Program } from "../../../linux/program";
import { cp } from "./coreutils-copy";
import { link, ln, mkdir, mv, rmdir, unlink } from "./coreutils-files";
import { rm } from "./coreutils-remove";
import { id } from "./coreutils";
import { hostname, mount, umount } from "./util-linux";
import { lsns } from "./util-linux-lsns";
import { nsenter } from "./util-linux-nsenter";
import { unshare } from "./util-linux-unshare";

export const basePrograms: Readonly<Record<string, Program>> = {
  cp,
  hostname,
  id,
  link,
  ln,
  lsns,
  mkdir,
  mount,
  mv,
  nsenter,
  rm,
  rmdir,
  umount,
  unlink,
  unshare,
};
