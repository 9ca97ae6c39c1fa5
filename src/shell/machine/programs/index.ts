/** What is installed on a machine: programs by the name under which they are found. */
import type { Program } from "../../../linux/program";
import { shell } from "../shell";
import { cat, id, ls, mkdir, readlink, rmdir, sleep, sort, touch, uname, wc } from "./coreutils";
import { grep } from "./grep";
import { hostname, mount, nsenter, umount, unshare } from "./util-linux";

export const machinePrograms: Readonly<Record<string, Program>> = {
  bash: shell,
  sh: shell,
  cat,
  grep,
  hostname,
  id,
  ls,
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

/** Where they lie: executables of a fresh machine by path. */
export const installed: Readonly<Record<string, string>> = Object.fromEntries(Object.keys(machinePrograms).map((name) => [`/usr/bin/${name}`, name]));
