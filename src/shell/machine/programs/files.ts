/** Programs over files, and the everyday ones. */
import type { Program } from "../../../linux/program";
import { cat, wc } from "./coreutils-cat";
import { date, touch } from "./coreutils-date";
import { dir, ls, vdir } from "./coreutils-ls";
import { install, mkfifo, mknod, mktemp, sync, truncate } from "./coreutils-make";
import { chgrp, chmod, chown } from "./coreutils-mode";
import { expr } from "./coreutils-expr";
import { basename, dirname, pwd, readlink, realpath } from "./coreutils-paths";
import { env, nice, nohup, printenv, timeout } from "./coreutils-run";
import { bracket, echo, nay, printf, test, yea, yes } from "./coreutils-say";
import { sort } from "./coreutils-sort";
import { stat } from "./coreutils-stat";
import { arch, groups, logname, setsid, sleep, tty, uname, uptime, which, whoami } from "./coreutils-who";

export const filePrograms: Readonly<Record<string, Program>> = {
  arch,
  basename,
  cat,
  chgrp,
  chmod,
  chown,
  date,
  dir,
  dirname,
  echo,
  env,
  expr,
  groups,
  install,
  logname,
  ls,
  mkfifo,
  mknod,
  mktemp,
  nice,
  nohup,
  printenv,
  printf,
  pwd,
  readlink,
  realpath,
  setsid,
  sleep,
  sort,
  stat,
  sync,
  test,
  timeout,
  touch,
  truncate,
  tty,
  uname,
  uptime,
  vdir,
  wc,
  which,
  whoami,
  yes,
  true: yea,
  false: nay,
  "[": bracket,
};
