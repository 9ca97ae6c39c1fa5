import { expect, test } from "vitest";
import { reordered } from "./layer-drag";

test("a layer taken to another place leaves the others in order", () => {
  expect(reordered(["c", "b", "a"], 0, 2)).toEqual(["b", "a", "c"]);
  expect(reordered(["c", "b", "a"], 2, 0)).toEqual(["a", "c", "b"]);
  expect(reordered(["c", "b", "a"], 1, 1)).toEqual(["c", "b", "a"]);
});
