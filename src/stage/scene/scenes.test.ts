/** Scenes are functions of view and viewport: nothing overlaps, nothing leaves the picture, and the mockup's layout stays as it is. */
import { describe, expect, test } from "vitest";
import { busy, hundred, lost, many, rolling, thermostat } from "../../../tools/gallery/fixtures";
import { scoreScene } from "./score-scene";
import { densityScene } from "./density-scene";
import { densityOf } from "../readmodel/density-of";
import { clusterScene, scaledScene } from "./cluster-scene";
import { duoScene } from "./duo-scene";
import { loopScene } from "./loop-scene";
import { mobileScene } from "./mobile-scene";
import { otherMarks } from "./other-scene";
import { MOST_WALKING, progressOf, walkers, walkOf } from "./motion";
import { AT_REST, type Box } from "./types";

const overlap = (a: Box, b: Box): boolean => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const round = (n: number): number => Math.round(n);

function apart(boxes: readonly Box[]): void {
  for (const [i, a] of boxes.entries())
    for (const b of boxes.slice(i + 1)) expect(overlap(a, b), `${JSON.stringify(a)} ${JSON.stringify(b)}`).toBe(false);
}

describe("the cluster's scene", () => {
  const options = { motion: AT_REST };

  test("keeps the layout of the mockup", () => {
    const scene = clusterScene(rolling(), { width: 1008, height: 484 }, options);
    expect(
      scene.bands.map(({ x, y, width, height, ring, phase, gap }) =>
        [x, y, width, height, ring, phase, gap].map((v) => (typeof v === "number" ? round(v) : v)),
      ),
    ).toMatchSnapshot();
    expect(scene.pods.map(({ uid, x, y, width, height, id }) => [uid, round(x), round(y), width, height, id])).toMatchSnapshot();
    expect(scene.risers.map(({ pod, cut }) => [pod, cut !== undefined])).toEqual([
      ["m4xkz", false],
      ["p9dlw", false],
      ["k2xrb", false],
      ["zt2vn", true],
    ]);
  });

  test.each([
    ["rolling", rolling()],
    ["busy", busy()],
    ["hundred", hundred()],
  ])("%s: marks of Pods do not overlap and stand in their node", (_name, view) => {
    for (const width of [900, 1008, 1366]) {
      const scene = clusterScene(view, { width, height: 484 }, options);
      apart([...scene.pods, ...scene.ghosts]);
      for (const mark of scene.pods) {
        const node = scene.nodes.find((one) => one.name === mark.pod.node);
        if (node === undefined) continue;
        expect(mark.x).toBeGreaterThanOrEqual(node.x);
        expect(mark.x + mark.width).toBeLessThanOrEqual(node.x + node.width + 1);
      }
      expect(new Set(scene.order).size).toBe(scene.order.length);
    }
  });

  test("an object keeps its place when another leaves its node", () => {
    const view = rolling();
    const before = clusterScene(view, { width: 1008, height: 484 }, options).pods.find((mark) => mark.uid === "p9dlw");
    const after = clusterScene({ ...view, pods: view.pods.filter((pod) => pod.uid !== "m4xkz") }, { width: 1008, height: 484 }, options).pods.find(
      (mark) => mark.uid === "p9dlw",
    );
    expect(after).toEqual(before);
  });

  test("grows when there is room", () => {
    expect(scaledScene(rolling(), { width: 1600, height: 800 }, options).scale).toBeGreaterThan(1);
    expect(scaledScene(rolling(), { width: 1008, height: 484 }, options).scale).toBe(1);
  });
});

describe("the other branch in blue pencil", () => {
  const room = { width: 1008, height: 484 };
  const options = { motion: AT_REST };

  test("says nothing about what is the same", () => {
    expect(otherMarks(clusterScene(rolling(), room, options), clusterScene(rolling(), room, options))).toEqual([]);
  });

  test("draws what is only there, crosses out what is only here, and names another number", () => {
    const here = rolling();
    const there = {
      ...here,
      pods: here.pods.filter((pod) => pod.uid !== "m4xkz").map((pod) => (pod.uid === "p9dlw" ? { ...pod, name: "web-new" } : pod)),
      replicaSets: here.replicaSets.map((set, i) => (i === 0 ? { ...set, desired: 7 } : set)),
    };
    const marks = otherMarks(clusterScene(here, room, options), clusterScene(there, room, options));
    expect(marks.filter((mark) => mark.kind === "gone").length).toBe(2);
    expect(marks.filter((mark) => mark.kind === "there").length).toBe(1);
    expect(marks.filter((mark) => mark.kind === "field").map((mark) => mark.words?.params?.["count"])).toEqual([7]);
  });
});

describe("other scenes", () => {
  test("the loop shows one slot per wanted Pod and stands still at rest", () => {
    for (const [view, large] of [
      [thermostat(), false],
      [lost(), true],
    ] as const) {
      const scene = loopScene(view, large ? { width: 1280, height: 440 } : { width: 1006, height: 262 }, { motion: AT_REST, large });
      expect(scene?.slots.length).toBe(view.replicaSets[0]?.desired);
      apart([...(scene?.pods ?? []), ...(scene?.ghosts ?? [])]);
    }
  });

  test("portrait keeps Pods in their node's row", () => {
    const scene = mobileScene(rolling(), { width: 390, height: 460 }, { motion: AT_REST });
    apart([...scene.pods, ...scene.ghosts]);
    expect(scene.columns.map((column) => column.uid)).toEqual(["6f8d9c7b5", "9bd47c6f4"]);
  });

  test("the field has one cell per node", () => {
    const view = many();
    const scene = densityScene(view, densityOf(view), { width: 1008, height: 484 });
    expect(scene.cells.length).toBe(300);
    apart(scene.cells.map((cell) => ({ x: cell.x, y: cell.y, width: cell.size, height: cell.size })).slice(0, 60));
  });
});

describe("motion", () => {
  test("is a function of simulated time, and paused worlds have arrived", () => {
    const playing = { playing: true, speed: 1 };
    expect(progressOf(1_000_000, 1_000_000, playing)).toBe(0);
    expect(progressOf(1_420_000, 1_000_000, playing)).toBe(1);
    expect(progressOf(1_000_000, 1_000_000, AT_REST)).toBe(1);
    let last = 0;
    for (let at = 0; at <= 420_000; at += 20_000) {
      const u = progressOf(at, 0, playing);
      expect(u).toBeGreaterThanOrEqual(last);
      last = u;
    }
  });

  test("never more than twelve marks walk at once, and one that began walks to its end", () => {
    const playing = { playing: true, speed: 1 };
    const pods = Array.from({ length: 100 }, (_, i) => ({ uid: `p${i}`, boundAt: Math.floor(i / 5) * 40_000 }));
    const began = new Map<string, number>();
    for (let now = 0; now < 1_400_000; now += 10_000) {
      const walking = walkers(pods, now, playing);
      expect(walking.size).toBeLessThanOrEqual(MOST_WALKING);
      for (const { uid, boundAt } of pods) {
        if (walking.has(uid)) began.set(uid, boundAt);
        else if (began.has(uid)) expect(now - boundAt).toBeGreaterThanOrEqual(walkOf(playing));
      }
    }
    expect(began.size).toBeGreaterThan(MOST_WALKING);
  });

  test("labels of the Score do not overlap", () => {
    const view = {
      from: 0,
      to: 12e6,
      now: 6e6,
      count: 2,
      total: 2,
      lanes: [],
      strokes: [],
      spans: [],
      marks: Array.from({ length: 30 }, (_, i) => ({ position: i, at: i * 100_000, says: { key: `m${i}` }, weight: 2 as const, alarm: false })),
    };
    const scene = scoreScene(view, 12e6, { width: 1000, labelWidth: 196, pitch: 13, folded: false, margin: 36 }, () => 60);
    const shown = scene.marks.filter((mark) => mark.labelled).map((mark) => mark.x);
    expect(shown.length).toBeGreaterThan(1);
    for (const [i, x] of shown.slice(1).entries()) expect(x - (shown[i] ?? 0)).toBeGreaterThan(60);
  });
});

describe("the presenter's scene of a Deployment", () => {
  test("shows the old and the new revision's loop and the budget, apart from each other", () => {
    const scene = duoScene(rolling(), { width: 1280, height: 446 }, AT_REST, undefined);
    expect(scene?.rows.map(({ revision, desired }) => [revision, desired])).toEqual([
      [1, 2],
      [2, 3],
    ]);
    expect(scene?.ruler?.unit).toBeGreaterThan(40);
    apart([...(scene?.pods ?? []), ...(scene?.ghosts ?? [])]);
    for (const mark of scene?.pods ?? []) {
      const row = scene?.rows.find((one) => one.uid === mark.pod.owner?.uid);
      expect(Math.abs(mark.y + mark.height / 2 - (row?.middle ?? 0))).toBeLessThan(46);
    }
  });

  test("a cluster without a Deployment has none", () => {
    expect(duoScene({ ...thermostat(), deployments: [] }, { width: 1280, height: 446 }, AT_REST, undefined)).toBeUndefined();
  });
});
