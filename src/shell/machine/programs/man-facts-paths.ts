/** Programs about special files, names and places: facts of their manual pages. */
import type { Facts } from "./man-facts";

export const pathsFacts: Readonly<Record<string, Facts>> = {
  mkfifo: { usage: ["mkfifo [OPTION]... NAME..."], see: ["mknod"], from: "coreutils 9.1", section: "1" },
  mknod: { usage: ["mknod [OPTION]... NAME TYPE [MAJOR MINOR]"], see: ["mkfifo"], from: "coreutils 9.1", section: "1" },
  mktemp: { usage: ["mktemp [OPTION]... [TEMPLATE]"], see: ["touch"], from: "coreutils 9.1", section: "1" },
  install: {
    usage: ["install [OPTION]... [-T] SOURCE DEST", "install [OPTION]... SOURCE... DIRECTORY", "install [OPTION]... -d DIRECTORY..."],
    see: ["cp", "chmod"],
    from: "coreutils 9.1",
    section: "1",
  },
  sync: { usage: ["sync [OPTION] [FILE]..."], from: "coreutils 9.1", section: "1" },
  readlink: { usage: ["readlink [OPTION]... FILE..."], see: ["realpath", "ln"], from: "coreutils 9.1", section: "1" },
  realpath: { usage: ["realpath [OPTION]... FILE..."], see: ["readlink"], from: "coreutils 9.1", section: "1" },
  basename: { usage: ["basename NAME [SUFFIX]", "basename OPTION... NAME..."], see: ["dirname"], from: "coreutils 9.1", section: "1" },
  dirname: { usage: ["dirname [OPTION] NAME..."], see: ["basename"], from: "coreutils 9.1", section: "1" },
  pwd: { usage: ["pwd [OPTION]..."], see: ["realpath"], from: "coreutils 9.1", section: "1" },
  dd: { usage: ["dd [OPERAND]..."], see: ["truncate", "cp"], from: "coreutils 9.1", section: "1" },
};
