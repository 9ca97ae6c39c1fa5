/** Programs over text: facts of their manual pages. */
import type { Facts } from "./man-facts";

export const textFacts: Readonly<Record<string, Facts>> = {
  cat: { usage: ["cat [OPTION]... [FILE]..."], see: ["tac", "head", "tail"], from: "coreutils 9.1", section: "1" },
  wc: { usage: ["wc [OPTION]... [FILE]..."], see: ["nl"], from: "coreutils 9.1", section: "1" },
  sort: { usage: ["sort [OPTION]... [FILE]..."], see: ["uniq"], from: "coreutils 9.1", section: "1" },
  head: { usage: ["head [OPTION]... [FILE]..."], see: ["tail", "cat"], from: "coreutils 9.1", section: "1" },
  tail: { usage: ["tail [OPTION]... [FILE]..."], see: ["head", "cat"], from: "coreutils 9.1", section: "1" },
  tr: { usage: ["tr [OPTION]... SET1 [SET2]"], see: ["sed"], from: "coreutils 9.1", section: "1" },
  cut: { usage: ["cut OPTION... [FILE]..."], see: ["paste", "awk"], from: "coreutils 9.1", section: "1" },
  uniq: { usage: ["uniq [OPTION]... [INPUT]"], see: ["sort"], from: "coreutils 9.1", section: "1" },
  tee: { usage: ["tee [OPTION]... [FILE]..."], see: ["cat"], from: "coreutils 9.1", section: "1" },
  seq: { usage: ["seq [OPTION]... [FIRST [STEP]] LAST"], see: ["bash"], from: "coreutils 9.1", section: "1" },
  tac: { usage: ["tac [FILE]..."], see: ["cat", "rev"], from: "coreutils 9.1", section: "1" },
  nl: { usage: ["nl [OPTION]... [FILE]..."], see: ["cat", "wc"], from: "coreutils 9.1", section: "1" },
  paste: { usage: ["paste [OPTION]... [FILE]..."], see: ["cut"], from: "coreutils 9.1", section: "1" },
  rev: { usage: ["rev [FILE]..."], see: ["tac"], from: "util-linux 2.38", section: "1" },
  grep: {
    usage: ["grep [OPTION]... PATTERN [FILE]...", "grep [OPTION]... -e PATTERN... [FILE]..."],
    see: ["sed", "awk"],
    from: "grep 3.8",
    section: "1",
  },
  sed: { usage: ["sed [OPTION]... SCRIPT [FILE]..."], see: ["grep", "awk"], from: "sed 4.9", section: "1" },
  awk: {
    usage: ["awk [-F FS] [-v NAME=VALUE] 'PROGRAM' [FILE]...", "awk [-F FS] [-v NAME=VALUE] -f PROGFILE [FILE]..."],
    see: ["sed", "grep"],
    from: "mawk 1.3.4",
    section: "1",
    help: "own",
  },
  find: { usage: ["find [PATH]... [EXPRESSION]"], see: ["ls", "xargs"], from: "findutils 4.9", section: "1" },
  xargs: { usage: ["xargs [OPTION]... [COMMAND [ARG]...]"], see: ["find"], from: "findutils 4.9", section: "1" },
};
