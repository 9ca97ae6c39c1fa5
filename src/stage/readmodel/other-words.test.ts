/** What the blue pencil draws is also said. */
import { expect, test } from "vitest";
import { rolling } from "../../../tools/gallery/fixtures";
import { otherWords } from "./other-words";

test("differences between two branches are sentences, and none is a sentence too", () => {
  const here = rolling();
  expect(otherWords(here, rolling())).toEqual([{ key: "stage.other.same" }]);
  const [first, second, ...rest] = here.pods;
  if (first === undefined || second === undefined) throw new Error("the fixture has too few Pods");
  const [node, ...nodes] = here.nodes;
  const there = {
    ...here,
    pods: [{ ...second, restarts: second.restarts + 1 }, ...rest, { ...first, name: "new" }],
    nodes: [{ ...node, state: "unknown" as const } as never, ...nodes],
    deployments: here.deployments.map((one) => ({ ...one, replicas: 9 })),
  };
  expect(otherWords(here, there).map(({ key }) => key)).toEqual([
    "stage.other.deployment",
    "stage.other.node",
    "stage.other.podOther",
    "stage.other.podThere",
    "stage.other.podGone",
  ]);
});
