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
import { md5sum, sha1sum, sha256sum } from "./coreutils-sums";
import { arch, groups, logname, setsid, sleep, tty, uname, uptime, which, whoami } from "./coreutils-who";
import { cmp, diff } from "./diffutils";
import { hexdump, od, xxd } from "./dumps";

export const filePrograms: Readonly<Record<string, Program>> = {
  arch,
  basename,
  cat,
  chgrp,
  chmod,
  chown,
  cmp,
  date,
  diff,
  dir,
  dirname,
  echo,
  env,
  expr,
  groups,
  hexdump,
  install,
  logname,
  ls,
  md5sum,
  mkfifo,
  mknod,
  mktemp,
  nice,
  nohup,
  od,
  printenv,
  printf,
  pwd,
  readlink,
  realpath,
  setsid,
  sha1sum,
  sha256sum,
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
  xxd,
  yes,
  hd: (system, invocation) => hexdump(system, { ...invocation, argv: ["hd", "-C", ...invocation.argv.slice(1)] }),
  true: yea,
  false: nay,
  "[": bracket,
};
