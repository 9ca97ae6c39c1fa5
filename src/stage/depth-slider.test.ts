/** The depth slider goes only where there is a picture. */
import { expect, test } from "vitest";
import { depthAfter, depthAt } from "./depth-slider";

const REACH = ["orch", "fs", "kern"] as const;

test("keys go to the next stratum within reach, and no further than the ends", () => {
  expect(depthAfter("ArrowDown", "orch", REACH)).toBe("fs");
  expect(depthAfter("ArrowUp", "orch", REACH)).toBe("orch");
  expect(depthAfter("End", "orch", REACH)).toBe("kern");
  expect(depthAfter("Home", "kern", REACH)).toBe("orch");
  expect(depthAfter("x", "kern", REACH)).toBeUndefined();
});

test("a press goes to the nearest stratum within reach", () => {
  expect(depthAt(0, REACH)).toBe("orch");
  expect(depthAt(0.5, REACH)).toBe("fs");
  expect(depthAt(1, REACH)).toBe("kern");
});
