/** The picture of a race says what the program saw, and what lies in the branches; where the three part is the first step that differs. */
import { expect, test } from "vitest";
import { shellWorld } from "../../../../tools/linux/shell-world";
import { lookingKernel } from "../../../linux/looking";
import { raceView, type RaceView } from "./race-view";

function raced(line: string): RaceView | undefined {
  const world = shellWorld();
  world.run(line);
  return raceView(lookingKernel({ now: world.timeline.now, table: (definition) => world.timeline.table(definition) }, "host"));
}
const entries = (view: RaceView | undefined, racer: number, sheet: number): readonly string[] =>
  (view?.lanes[racer]?.sheets[sheet]?.entries ?? []).map(({ path, what, since }) => `${path} ${what} ${since ?? "-"}`);

test("no race, no picture; and none once a mount of it is taken away", () => {
  expect(raced("true")).toBeUndefined();
  expect(raced("union-race whiteout; umount /race/aufs/m")).toBeUndefined();
});

test("steps, where they part, and what lies on each sheet", () => {
  const view = raced("union-race whiteout-place");
  expect(view?.steps.map(({ text, parting }) => [text, parting])).toEqual([
    ["rm f", "branches"],
    ["ls -lA top", "answer"],
    ["ls -lA mid", "answer"],
  ]);
  expect(view).toMatchObject({ done: 3, parted: 0, title: "race.whiteout-place", paths: ["f"] });
  expect(view?.steps[0]?.odd).toEqual(["overlay", "aufs", "unionfs"]);
  expect([0, 1, 2].map((racer) => [0, 1, 2].map((sheet) => entries(view, racer, sheet)))).toEqual([
    [["f whiteout 0"], ["f file -"], ["f file -"]],
    [[], ["f whiteout 0"], ["f file -"]],
    [["f whiteout 0"], [], ["f file -"]],
  ]);
  expect(view?.lanes.map(({ seen }) => seen)).toEqual([[], [], []]);
});

test("only what differs is odd: two of three that write a lower branch leave the third alone", () => {
  const view = raced("union-race write-in-place");
  expect(view?.steps[0]).toMatchObject({ parting: "branches", odd: ["overlay"] });
  expect(view?.lanes.map(({ sheets }) => sheets.map(({ writable }) => writable))).toEqual([
    [true, false, false],
    [true, true, false],
    [true, true, false],
  ]);
});

test("a file that is seen where it was copied up under another name leads there", () => {
  const view = raced("union-race hard-links");
  expect(view?.lanes.map((lane) => lane.elsewhere)).toEqual([[], [{ path: "z", branch: "top", at: "a" }], []]);
});
