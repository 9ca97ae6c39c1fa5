/**
 * Every difference between OverlayFS, AUFS and Unionfs shows when its trace is played on all three over equal branches. What each answered
 * at the step that tells most is written here, as their sources (named in the traces) have it.
 */
import { describe, expect, test } from "vitest";
import { shellWorld } from "../../../../tools/linux/shell-world";
import { partingOf, RACERS, type StepRecord } from "./operation";
import { TRACES } from "./traces";

function played(id: string): readonly StepRecord[] {
  const { out } = shellWorld().run(`union-race ${id} > /dev/null; cat /race/log`);
  return out
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => JSON.parse(line) as StepRecord);
}

const change = ({ branch, path, how, what }: StepRecord["lanes"]["aufs"]["changes"][number]): string => `${how} ${branch}/${path} ${what}`;
/** What the three answered at a step, or what they changed. */
const answers = (record: StepRecord | undefined): readonly string[] => RACERS.map((racer) => record?.lanes[racer].answer ?? "");
const changes = (record: StepRecord | undefined): readonly string[] =>
  RACERS.map((racer) => (record?.lanes[racer].changes ?? []).map(change).join(", "));

/** Trace → step → what the three do: overlay, aufs, unionfs. */
const TOLD: Readonly<Record<string, readonly [step: number, of: (record: StepRecord | undefined) => readonly string[], said: readonly string[]]>> = {
  everything: [1, changes, ["appeared top/f file", "changed mid/f file", "changed mid/f file"]],
  whiteout: [1, answers, ["a(0,0)", ".wh..wh.aufs .wh..wh.orph .wh..wh.plnk .wh.a", ".wh.a"]],
  opaque: [3, answers, ["trusted.overlay.opaque=y", ".wh..wh..opq", ".wh.__dir_opaque"]],
  "new-directory": [1, answers, ["", "", ".wh.__dir_opaque"]],
  "first-write": [0, changes, ["appeared top/a file", "", ""]],
  "write-in-place": [1, answers, ["v", "v x", "v x"]],
  "remove-everywhere": [2, answers, ["f", ".wh..wh.aufs .wh..wh.orph .wh..wh.plnk f", ""]],
  "whiteout-place": [0, changes, ["appeared top/f whiteout", "appeared mid/f whiteout", "appeared top/f whiteout, gone mid/f file"]],
  "create-place": [1, answers, ["", "n", "n"]],
  "link-below": [1, answers, ["a b", ".wh..wh.aufs .wh..wh.orph .wh..wh.plnk b", "a b"]],
  "attribute-below": [1, answers, ["a", "a", "a@"]],
  "hard-links": [2, answers, ["v", "v x", "v"]],
  "file-between": [0, answers, ["t", "l t", "l t"]],
  "whiteout-below": [0, answers, [".wh.a a", "a", ""]],
  "branch-added": [2, answers, ["a", "a n", "a n"]],
  "rename-directory": [1, answers, ["EXDEV", "ok", "ok"]],
  "closed-below": [1, answers, ["b", "EACCES", "EACCES"]],
  names: [0, answers, ["ok", "EPERM", "EPERM"]],
  "long-names": [0, answers, ["ok", "ENAMETOOLONG", "ok"]],
  "directory-links": [0, answers, ["1", "4", "1"]],
  exchange: [0, answers, ["ok", "ok", "EINVAL"]],
};

describe("differences between union file systems", () => {
  test("there are more than a dozen, each with its sources", () => {
    expect(TRACES.length).toBeGreaterThan(12);
    expect(TRACES.map(({ id }) => id)).toEqual(expect.arrayContaining(Object.keys(TOLD)));
    for (const { source } of TRACES)
      for (const racer of RACERS) expect(source[racer]).toMatch(/^(linux@6\.12|aufs6|unionfs@2\.6) fs\/\w+\/\w+\.[ch]/);
  });
  for (const { id } of TRACES) {
    test(`${id} shows`, () => {
      const records = played(id);
      expect(records.some((record) => partingOf(record) !== undefined)).toBe(true);
      const [step = 0, of = answers, said = []] = TOLD[id] ?? [];
      expect(of(records[step])).toEqual(said);
    });
  }
});
