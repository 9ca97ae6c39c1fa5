/** Programs over files and directories: facts of their manual pages. */
import type { Facts } from "./man-facts";

export const filesFacts: Readonly<Record<string, Facts>> = {
  ls: { usage: ["ls [OPTION]... [FILE]..."], see: ["man"], from: "coreutils 9.1", section: "1" },
  man: {
    usage: ["man [-L LOCALE] [SECTION] PAGE...", "man -k WORD...", "man -f NAME..."],
    see: ["apropos", "whatis"],
    from: "man-db 2.11",
    section: "1",
  },
  apropos: { usage: ["apropos [-L LOCALE] WORD..."], see: ["man", "whatis"], from: "man-db 2.11", section: "1" },
  whatis: { usage: ["whatis [-L LOCALE] NAME..."], see: ["man", "apropos"], from: "man-db 2.11", section: "1" },
  cp: {
    usage: ["cp [OPTION]... [-T] SOURCE DEST", "cp [OPTION]... SOURCE... DIRECTORY", "cp [OPTION]... -t DIRECTORY SOURCE..."],
    see: ["mv", "install", "ln"],
    from: "coreutils 9.1",
    section: "1",
  },
  mv: {
    usage: ["mv [OPTION]... [-T] SOURCE DEST", "mv [OPTION]... SOURCE... DIRECTORY", "mv [OPTION]... -t DIRECTORY SOURCE..."],
    see: ["cp", "rm"],
    from: "coreutils 9.1",
    section: "1",
  },
  rm: { usage: ["rm [OPTION]... [FILE]..."], see: ["rmdir", "unlink"], from: "coreutils 9.1", section: "1" },
  mkdir: { usage: ["mkdir [OPTION]... DIRECTORY..."], see: ["rmdir", "chmod"], from: "coreutils 9.1", section: "1" },
  rmdir: { usage: ["rmdir [OPTION]... DIRECTORY..."], see: ["mkdir", "rm"], from: "coreutils 9.1", section: "1" },
  ln: {
    usage: ["ln [OPTION]... [-T] TARGET LINK_NAME", "ln [OPTION]... TARGET... DIRECTORY", "ln [OPTION]... -t DIRECTORY TARGET..."],
    see: ["link", "readlink", "cp"],
    from: "coreutils 9.1",
    section: "1",
  },
  link: { usage: ["link FILE1 FILE2"], see: ["ln", "unlink"], from: "coreutils 9.1", section: "1" },
  unlink: { usage: ["unlink FILE"], see: ["link", "rm"], from: "coreutils 9.1", section: "1" },
  stat: { usage: ["stat [OPTION]... FILE..."], see: ["ls"], from: "coreutils 9.1", section: "1" },
  chmod: {
    usage: ["chmod [OPTION]... MODE[,MODE]... FILE...", "chmod [OPTION]... --reference=FILE FILE..."],
    see: ["chown", "umask", "stat"],
    from: "coreutils 9.1",
    section: "1",
  },
  chown: {
    usage: ["chown [OPTION]... [OWNER][:[GROUP]] FILE...", "chown [OPTION]... --reference=FILE FILE..."],
    see: ["chgrp", "chmod"],
    from: "coreutils 9.1",
    section: "1",
  },
  chgrp: { usage: ["chgrp [OPTION]... GROUP FILE..."], see: ["chown"], from: "coreutils 9.1", section: "1" },
  touch: { usage: ["touch [OPTION]... FILE..."], see: ["stat", "date"], from: "coreutils 9.1", section: "1" },
  truncate: {
    usage: ["truncate [OPTION]... -s SIZE FILE...", "truncate [OPTION]... -r FILE FILE..."],
    see: ["dd"],
    from: "coreutils 9.1",
    section: "1",
  },
};
