import { expect, test } from "vitest";
import { newPart, plainText } from "./printed";

test("what is new in what was printed, also when its beginning was dropped", () => {
  expect(newPart({ text: "ab", dropped: 0 }, { text: "abcd", dropped: 0 })).toBe("cd");
  expect(newPart({ text: "abcd", dropped: 0 }, { text: "cdef", dropped: 2 })).toBe("ef");
  expect(newPart({ text: "abcd", dropped: 0 }, { text: "ab", dropped: 0 })).toBeUndefined();
  expect(newPart({ text: "abcd", dropped: 0 }, { text: "xycd", dropped: 0 })).toBeUndefined();
});

test("printed bytes as text", () => {
  expect(plainText("\x1b[1mbold\x1b[0m\r\nab\b \bc\r\nold\rnew\n")).toBe("bold\nac\nnew\n");
});
