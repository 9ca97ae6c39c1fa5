/** A race, drawn: every step and lane has a spoken name, one mark is reached by Tab, and what differs is said. */
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { shellWorld } from "../../../tools/linux/shell-world";
import { lookingKernel } from "../../linux/looking";
import { raceView, type RaceView } from "../readmodel/machine/race-view";
import { StageWords, type Translate } from "../words";
import { RaceChoice, RaceFigure } from "./race-figure";
import { RaceText } from "./race-text";

const keys: Translate = (key, params) => [key, ...Object.values(params ?? {})].join(" ");
const drawn = (figure: React.JSX.Element): string => renderToStaticMarkup(<StageWords value={keys}>{figure}</StageWords>);
const spoken = (svg: string): readonly string[] => [...svg.matchAll(/role="button" aria-label="([^"]*)"/g)].map((match) => match[1] ?? "");
const nothing = (): void => undefined;

function raced(trace: string): RaceView {
  const world = shellWorld();
  world.run(`union-race ${trace}`);
  const { timeline } = world;
  const view = raceView(lookingKernel({ now: timeline.now, table: (definition) => timeline.table(definition) }, "host"));
  if (view === undefined) throw new Error("no race");
  return view;
}

test("steps and lanes are named, and where they part is said", () => {
  const view = raced("write-in-place");
  const svg = drawn(<RaceFigure view={view} viewport={{ width: 1008, height: 534 }} onSelect={nothing} describedBy="x" label="race" />);
  const names = spoken(svg);
  expect(names).toHaveLength(2 + 3);
  expect(names[0]).toContain("machine.race.stepParts 1 echo x &gt;&gt; f OverlayFS: ok; machine.race.change.appeared top/f");
  expect(names[4]).toContain("machine.race.lane Unionfs f top: ; mid: f (machine.race.what.file); low: ");
  expect(svg.match(/tabindex="0"/gi)?.length).toBe(1);
  expect(svg).toContain("machine.race.parted.branches 1 echo x &gt;&gt; f");
});

test("a race with many steps and paths stays within its width, and counts what does not fit", () => {
  const svg = drawn(<RaceFigure view={raced("everything")} viewport={{ width: 390, height: 500 }} onSelect={nothing} describedBy="x" label="race" />);
  expect(svg).toContain('viewBox="0 -56 980 ');
  expect(spoken(svg)).toHaveLength(8 + 3);
});

test("the tables say the same, and every trace can be chosen", () => {
  const text = drawn(<RaceText view={raced("rename-directory")} />);
  expect(text).toContain("<td>EXDEV</td>");
  expect(text).toContain("machine.race.parting.answer");
  expect(drawn(<RaceChoice trace={undefined} onRace={nothing} />).match(/<option/g)?.length).toBe(22);
});
