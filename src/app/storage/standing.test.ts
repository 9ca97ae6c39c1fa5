import { expect, test } from "vitest";
import { type SessionFile, sessionOf } from "../../session/types";
import { type Standing, standingIn } from "./standing";

const typed = (at: number) => ({ at, to: "terminal/1", message: { type: "terminal.type", line: "kubectl get pods" } });
const record = (): SessionFile => {
  const file = sessionOf({ seed: 1, profile: "teaching", nodes: 1, controlPlane: false, kubeSystem: false }, [typed(10), typed(20)], 30);
  return { ...file, branches: file.branches.map((branch) => ({ ...branch, position: 7, hash: "abc" })) };
};
const standing: Standing = { branch: 1, inputs: 2, now: 90, head: 90, position: 21 };

test("a world stands where it was left, later than its record", () => {
  const [branch] = standingIn(record(), standing).branches;
  expect(branch).toMatchObject({ now: 90, head: 90, position: 21, inputs: record().branches[0]?.inputs });
  expect(branch?.hash).toBeUndefined();
});

test("a world left in the past keeps how far it was played", () => {
  expect(standingIn(record(), { ...standing, inputs: 1, now: 15, head: 90, position: 3 }).branches[0]).toMatchObject({
    now: 15,
    head: 90,
    position: 3,
  });
});

test("what does not belong to the record changes nothing", () => {
  const file = record();
  for (const other of [undefined, { ...standing, inputs: 3 }, { ...standing, branch: 2 }, { ...standing, now: 30, head: 30, position: 7 }])
    expect(standingIn(file, other)).toBe(file);
});
