/** Pictures of a machine: lines of sight end where the kernel's rule says, and nothing leaves the picture. */
import { describe, expect, test } from "vitest";
import { layered, nested } from "../../../tools/gallery/machine-fixtures";
import type { Box } from "./types";
import { containerScene } from "./container-scene";
import { ledgerScene } from "./ledger-scene";
import { netScene } from "./net-scene";
import { columnsThatFit, SHEET_DEPTH, unionScene } from "./union-scene";

const inside = (a: Box, b: Box): boolean => a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;

describe("a union mount's sheets", () => {
  const view = layered();
  const scene = unionScene(view, { width: 1008, height: 534 });

  test("are painted from the lowest up, the merged view last", () => {
    expect(scene.levels.map(({ id }) => id)).toEqual(["l1", "l2", "l3", "w", "u", "merged"]);
    const heights = scene.levels.map(({ y }) => y);
    expect(heights.toSorted((a, b) => b - a)).toEqual(heights);
  });

  test("every line of sight ends once, on the sheet that gives the file or on its whiteout", () => {
    for (const [i, path] of view.paths.entries()) {
      const x = scene.columns[i]?.x;
      const ends = scene.levels.flatMap((level) =>
        level.sights.filter((sight) => sight.x === x && sight.end !== undefined).map(({ end }) => [level.id, end]),
      );
      expect(ends, path.path).toEqual([path.from === undefined ? ["u", "stopped"] : [path.from, "lands"]]);
    }
  });

  test("a line of sight has no gap from the merged view down to its end", () => {
    for (const { x } of scene.columns) {
      const pieces = scene.levels.flatMap(({ sights }) => sights.filter((sight) => sight.x === x)).toSorted((a, b) => a.from - b.from);
      expect(pieces[0]?.from).toBe(scene.levels.at(-1)?.y);
      for (const [i, piece] of pieces.entries()) if (i > 0) expect(piece.from).toBeLessThanOrEqual(pieces[i - 1]?.to ?? 0);
    }
  });

  test("a hidden file is drawn where it lies, and no line reaches it", () => {
    const lower2 = scene.levels.find(({ id }) => id === "l2");
    expect(lower2?.tiles.map(({ label, state }) => [label, state])).toEqual([
      ["nginx", "seen"],
      ["index.html", "hidden"],
      ["nginx.txt", "hidden"],
    ]);
  });

  test("the copy in flight is shown by its share, on its way from its sheet through the work sheet to the upper one", () => {
    const work = scene.levels.find(({ id }) => id === "w")?.tiles[0];
    expect(work?.part).toBeCloseTo(79 / 128);
    expect(scene.lift?.from).toBeGreaterThan(scene.lift?.to ?? 0);
    expect(scene.lift?.onward).toBeGreaterThan(scene.lift?.until ?? 0);
  });

  test("no more columns than there is room for, and sheets that do not fit make the picture taller", () => {
    const narrow = unionScene(view, { width: 560, height: 300 });
    expect(narrow.columns.length).toBe(columnsThatFit(560));
    expect(narrow.height).toBeGreaterThan(300);
    for (const level of narrow.levels) expect(level.y + SHEET_DEPTH).toBeLessThan(narrow.height + SHEET_DEPTH);
  });
});

describe("the process ledger", () => {
  const view = nested();
  const scene = ledgerScene(view, { width: 1008, height: 344 });

  test("has a column per viewpoint and a boundary around every namespace's rows", () => {
    expect(scene.columns.length).toBe(3);
    expect(scene.regions.map(({ viewpoint, level }) => [viewpoint, level])).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
  });

  test("a process stands inside the boundary of each namespace that gives it a number, and of no other", () => {
    for (const { process, x, y } of scene.rows) {
      const dot = { x, y, width: 0, height: 0 };
      const around = scene.regions.filter((region) => inside(dot, region)).map(({ viewpoint }) => viewpoint);
      expect(around, process.name).toEqual(process.pids.flatMap((pid, i) => (pid === null ? [] : [i])));
    }
  });

  test("a process that joined from outside opens a second stretch", () => {
    const [first] = view.processes;
    if (first === undefined) throw new Error("no process");
    const joined = { ...first, uid: "joined", name: "joined", depth: 1, parent: 0, pids: [3000, 20, null], own: 1 };
    const regions = ledgerScene(
      {
        ...view,
        processes: [first, joined, ...view.processes.slice(1)].map((one, i) =>
          i > 1 && one.parent !== undefined && one.parent > 0 ? { ...one, parent: one.parent + 1 } : one,
        ),
      },
      { width: 1008, height: 400 },
    ).regions;
    expect(regions.filter(({ viewpoint }) => viewpoint === 1).length).toBe(2);
  });
});

describe("network namespaces", () => {
  test("a frame stands on its cable, between the bridge and the far device", () => {
    const scene = netScene(nested(), 360);
    expect(scene.nets.map(({ host }) => host)).toEqual([true, false, false]);
    const [cable] = scene.cables;
    const [frame] = cable?.frames ?? [];
    expect(frame?.x).toBeGreaterThan(cable?.plug.x ?? 0);
    expect(frame?.x).toBeLessThan(scene.nets[1]?.x ?? 0);
  });
});

test("a container's walls are its own namespaces, its sheets what it stands on", () => {
  const view = nested();
  const process = view.processes.find(({ own }) => own > 0);
  if (process === undefined) throw new Error("nobody is inside");
  const scene = containerScene({ ...process, root: { type: "overlay", source: "overlay", own: true, layers: 3 } }, view.groups[0]);
  expect(scene.walls.filter(({ own }) => own).map(({ kind }) => kind)).toEqual(
    process.namespaces.filter(({ shared }) => !shared).map(({ kind }) => kind),
  );
  // Each wall begins where the one before ends.
  scene.walls.forEach(({ from }, i) => {
    const before = scene.walls.at(i - 1);
    expect(Math.hypot(from.x - (before?.to.x ?? 0), from.y - (before?.to.y ?? 0))).toBeLessThan(0.001);
  });
  expect(scene.sheets.length).toBe(3);
  expect(containerScene({ ...process, root: { type: "tmpfs", source: "root", own: false } }, undefined)).toMatchObject({
    sheets: [],
    gauges: [{ limited: false }, { limited: false }],
  });
});
