/** Programs over files, and the everyday ones. */
import type { Program } from "../../../linux/program";
import { date, touch } from "./coreutils-date";
import { dir, ls, vdir } from "./coreutils-ls";
import { install, mkfifo, mknod, mktemp, sync, truncate } from "./coreutils-make";
import { chgrp, chmod, chown } from "./coreutils-mode";
import { basename, dirname, pwd, readlink, realpath } from "./coreutils-paths";
import { stat } from "./coreutils-stat";

export const filePrograms: Readonly<Record<string, Program>> = {
  basename,
  chgrp,
  chmod,
  chown,
  date,
  dir,
  dirname,
  install,
  ls,
  mkfifo,
  mknod,
  mktemp,
  pwd,
  readlink,
  realpath,
  stat,
  sync,
  touch,
  truncate,
  vdir,
};
