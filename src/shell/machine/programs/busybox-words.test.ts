/** Complaints as busybox 1.35 made them, from those of the programs its applets stand on. */
import { expect, test } from "vitest";
import { reworded } from "./busybox-words";

test("a complaint in busybox's words", () => {
  expect(reworded("cat", "cat: x: No such file or directory")).toBe("cat: can't open 'x': No such file or directory\n");
  expect(reworded("rm", "rm: cannot remove 'x': No such file or directory")).toBe("rm: can't remove 'x': No such file or directory\n");
  expect(reworded("sh", "sh: 1: nosuch: not found")).toBe("sh: nosuch: not found\n");
  expect(reworded("sh", "sh: 1: cannot create x/y: Directory nonexistent")).toBe("sh: can't create x/y: nonexistent directory\n");
});

test("what has no words of its own stays; a hint at --help goes", () => {
  expect(reworded("wc", "wc: x: No such file or directory")).toBe("wc: x: No such file or directory\n");
  expect(reworded("ls", "Try 'ls --help' for more information.")).toBe("");
});
