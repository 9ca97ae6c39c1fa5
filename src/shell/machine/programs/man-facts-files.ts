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
};
