import { expect, test } from "vitest";
import { fromBytes, toBytes } from "./bytes";

test("text goes to bytes and back", () => {
  for (const text of ["plain", "é ‘q’ 한글 🐧"]) {
    const bytes = toBytes(text);
    expect(bytes).toBe(Buffer.from(text, "utf8").toString("latin1"));
    expect(fromBytes(bytes)).toBe(text);
  }
  expect(fromBytes("\xff\x80a")).toBe("\xff\x80a");
});
