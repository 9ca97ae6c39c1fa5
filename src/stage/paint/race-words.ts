/** How a race of union file systems is said: its steps, its lanes, its sheets. */
import type { RaceLane, RaceStep, RaceView } from "../readmodel/machine/race-view";
import type { Words } from "../readmodel/types";

type Say = (words: Words) => string;

export const RACER_NAMES: Readonly<Record<RaceLane["racer"], string>> = { overlay: "OverlayFS", aufs: "AUFS", unionfs: "Unionfs" };

export const levelWords = (name: "merged" | "top" | "mid" | "low"): Words =>
  name === "merged" ? { key: "machine.race.merged" } : { key: "machine.race.branch", params: { name } };

type Cell = NonNullable<RaceStep["cells"]>["overlay"];

/** What one did at a step: its answer, and what came, went and changed where. */
export function cellText({ answer, changes }: Cell, say: Say): string {
  const told = changes.map(({ branch, path, how, what }) =>
    say({ key: `machine.race.change.${how}`, params: { path: `${branch}/${path}`, what: say({ key: `machine.race.what.${what}` }) } }),
  );
  return [answer === "" ? say({ key: "machine.race.nothing" }) : answer, ...told].join("; ");
}

export function partingWords(view: RaceView): Words {
  const { parted, steps, done } = view;
  if (parted === undefined) return { key: done < steps.length ? "machine.race.notYet" : "machine.race.never" };
  const step = steps[parted];
  return { key: `machine.race.parted.${step?.parting ?? "answer"}`, params: { step: parted + 1, text: step?.text ?? "" } };
}

export function stepWords(number: number, step: RaceStep, say: Say): Words {
  const { text, cells, parting } = step;
  if (cells === undefined) return { key: "machine.race.stepComing", params: { number, text } };
  const told = (["overlay", "aufs", "unionfs"] as const).map((racer) => `${RACER_NAMES[racer]}: ${cellText(cells[racer], say)}`).join(". ");
  return { key: parting === undefined ? "machine.race.stepSame" : "machine.race.stepParts", params: { number, text, told } };
}

export function laneWords({ racer, seen, sheets }: RaceLane, say: Say): Words {
  const told = sheets
    .map(
      ({ branch, entries }) => `${branch}: ${entries.map(({ path, what }) => `${path} (${say({ key: `machine.race.what.${what}` })})`).join(", ")}`,
    )
    .join("; ");
  return { key: "machine.race.lane", params: { name: RACER_NAMES[racer], seen: seen.join(", "), told } };
}
