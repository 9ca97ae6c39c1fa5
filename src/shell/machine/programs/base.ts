/** The programs that come with every machine: files, processes, mounts and namespaces. */
import type { Program } from "../../../linux/program";
import { cat, id, ls, mkdir, readlink, rmdir, sleep, sort, touch, uname, wc } from "./coreutils";
import { hostname, mount, umount } from "./util-linux";
import { lsns } from "./util-linux-lsns";
import { nsenter } from "./util-linux-nsenter";
import { unshare } from "./util-linux-unshare";

export const basePrograms: Readonly<Record<string, Program>> = {
  cat,
  hostname,
  id,
  ls,
  lsns,
  mkdir,
  mount,
  nsenter,
  readlink,
  rmdir,
  sleep,
  sort,
  touch,
  umount,
  uname,
  unshare,
  wc,
};
