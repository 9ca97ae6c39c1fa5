/** Branches are compared where they stand, or both at one time; reading them moves neither. */
import { expect, test } from "vitest";
import type { Message } from "../sim/types";
import { Branches } from "./branches";
import { answer } from "./requests";
import { type ObjectDifference, type SessionFile, sessionOf } from "./types";

const SECOND = 1e6;
const CONFIG = { seed: 3, profile: "teaching", nodes: 2, controlPlane: true, kubeSystem: false } as const;

function twoBranches(): Branches {
  const branches = new Branches(sessionOf(CONFIG, [], 0));
  branches.active.timeline.seek(5 * SECOND);
  branches.active.arriving = undefined;
  branches.fork("other");
  const { timeline } = branches.active;
  timeline.submit({ to: "terminal/1", message: { type: "terminal.type", line: "kubectl create deployment web --image=nginx" } as Message });
  timeline.seek(30 * SECOND);
  const first = branches.open(1);
  first.arriving = undefined;
  first.timeline.seek(40 * SECOND);
  return branches;
}
const compared = (branches: Branches, at?: number): readonly ObjectDifference[] =>
  answer(
    { kind: "compare", a: 1, b: 2, ...(at === undefined ? {} : { at }) },
    branches.active.timeline,
    branches,
  ) as unknown as readonly ObjectDifference[];
const deployments = (list: readonly ObjectDifference[]): readonly string[] =>
  list.filter(({ resource }) => resource === "deployments").map(({ side }) => side);

test("two branches at different times, and at one time", () => {
  const branches = twoBranches();
  const before = branches.views().map(({ now, head }) => [now, head]);
  const hash = branches.active.timeline.hash();
  expect(deployments(compared(branches))).toEqual(["b"]);
  expect(deployments(compared(branches, 30 * SECOND))).toEqual(["b"]);
  expect(compared(branches, 5 * SECOND)).toEqual([]);
  expect(branches.views().map(({ now, head }) => [now, head])).toEqual(before);
  expect(branches.active.timeline.hash()).toBe(hash);
});

test("a branch that was never stood on is replayed for the reading", () => {
  const file: SessionFile = { ...twoBranches().file(false), active: 1 };
  const again = new Branches(file);
  const active = again.active;
  active.timeline.seek(40 * SECOND);
  active.arriving = undefined;
  expect(deployments(compared(again))).toEqual(["b"]);
});
