/**
 * One trace of operations as an axis that runs down, and three file systems beside it as lanes: at each step what each answered and what it
 * put where; below, what each now shows and what lies in its branches.
 *
 * The sheets of a branch stand at one height in all lanes, and a path has the same column in each, so that what differs is seen across.
 */
import type { RaceEntry, RaceLane, RaceStep, RaceView } from "../readmodel/machine/race-view";
import type { Box, Viewport } from "./types";

const LEFT = 44;
const AXIS = 196;
const RIGHT = 20;
const GAP = 14;
const FIRST_ROW = 92;
const ROW = { least: 23, most: 32 };
const LEVEL = { least: 42, most: 58 };
const LEAST_LANE = 226;
export const SHEET = { depth: 26, shear: 20 };
const TILE = { depth: 18, least: 44, most: 76 };
const TILE_SHEAR = (SHEET.shear * TILE.depth) / SHEET.depth;
const ANSWER = 62;
/** Of the monospaced face, and of a letter of any script in it. */
const LETTER = 6.9;
const WIDE = 11.5;

type Change = NonNullable<RaceStep["cells"]>["overlay"]["changes"][number];

export interface TokenMark extends Box {
  readonly label: string;
  readonly how: Change["how"];
  readonly what: Change["what"];
}

export interface CellMark extends Box {
  readonly racer: RaceLane["racer"];
  readonly answer: string;
  readonly ok: boolean;
  readonly tokens: readonly TokenMark[];
  /** Changes that found no room. */
  readonly more: number;
  /** It does something of its own here. */
  readonly odd: boolean;
}

export interface StepMark extends Box {
  readonly uid: string;
  readonly number: number;
  readonly step: RaceStep;
  readonly text: string;
  readonly cells: readonly CellMark[];
  readonly state: "done" | "now" | "coming";
  /** The first step at which they part. */
  readonly parts: boolean;
}

export interface RaceTile extends Box {
  readonly label: string;
  readonly path: string;
  readonly look: "seen" | "unseen" | "file" | "dir" | "whiteout" | "opaque";
  /** The last step touched it. */
  readonly fresh: boolean;
  readonly outline: string;
}

export interface RaceSheetMark {
  readonly x0: number;
  readonly x1: number;
  readonly y: number;
  readonly kind: "merged" | "writable" | "closed";
  readonly tiles: readonly RaceTile[];
}

export interface LaneMark {
  readonly uid: string;
  readonly lane: RaceLane;
  readonly x0: number;
  readonly x1: number;
  readonly sheets: readonly RaceSheetMark[];
  readonly sights: readonly { readonly x: number; readonly from: number; readonly at: number; readonly to: number }[];
  readonly box: Box;
}

export interface RaceScene {
  readonly width: number;
  readonly height: number;
  readonly steps: readonly StepMark[];
  readonly lanes: readonly LaneMark[];
  /** Names of the sheets, at the left. */
  readonly levels: readonly { readonly name: "merged" | "top" | "mid" | "low"; readonly y: number }[];
  /** Paths that found no column. */
  readonly more: number;
  readonly axis: { readonly x: number; readonly from: number; readonly to: number };
  /** Where it is told what the marks of a change mean. */
  readonly legendAt: { readonly x: number; readonly y: number };
  readonly order: readonly string[];
}

const widthOf = (text: string): number => [...text].reduce((sum, letter) => sum + ((letter.codePointAt(0) ?? 0) > 0x2000 ? WIDE : LETTER), 0);

/** The kinds of change, side by side, with the words for them. */
export function legendMarks(
  { x, y }: RaceScene["legendAt"],
  words: readonly (readonly [TokenMark["how"], TokenMark["what"], string])[],
): readonly TokenMark[] {
  let next = x;
  return words.map(([how, what, label]) => {
    const width = widthOf(label) + 12;
    const mark: TokenMark = { x: next, y, width, height: 17, label, how, what };
    next += width + 8;
    return mark;
  });
}

export const stepUid = (number: number): string => `race:${number}`;
const laneUid = (racer: string): string => `race:${racer}`;

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, value));
const cut = (text: string, letters: number): string => (text.length <= letters ? text : `${text.slice(0, Math.max(1, letters - 1))}…`);

function cellOf(step: RaceStep, lane: RaceLane, box: Box): CellMark {
  const { racer } = lane;
  const cell = step.cells?.[racer];
  const odd = step.odd.includes(racer);
  if (cell === undefined) return { ...box, racer, answer: "", ok: true, tokens: [], more: 0, odd };
  const letters = Math.floor((box.width - 12) / LETTER);
  const tokens: TokenMark[] = [];
  const answer = cut(cell.answer, cell.changes.length === 0 ? letters : Math.max(9, cell.answer.length));
  let x = box.x + Math.max(ANSWER, answer.length * LETTER + 16);
  for (const { branch, path, how, what } of cell.changes) {
    const label = `${branch}/${path}`;
    const width = label.length * LETTER + 10;
    if (x + width > box.x + box.width - 4) break;
    tokens.push({ x, y: box.y + (box.height - 17) / 2, width, height: 17, label, how, what });
    x += width + 5;
  }
  return { ...box, racer, answer, ok: cell.ok, tokens, more: cell.changes.length - tokens.length, odd };
}

function stepMark(view: RaceView, i: number, boxes: readonly Box[], y: number, height: number): StepMark {
  const step = view.steps[i] as RaceStep;
  return {
    uid: stepUid(i + 1),
    number: i + 1,
    step,
    text: cut(step.text, Math.floor((AXIS - 34) / LETTER)),
    x: LEFT,
    y,
    width: (boxes.at(-1)?.x ?? 0) + (boxes.at(-1)?.width ?? 0) - LEFT,
    height,
    cells: view.lanes.map((lane, at) => cellOf(step, lane, { ...(boxes[at] as Box), y, height })),
    state: i + 1 < view.done ? "done" : i + 1 === view.done ? "now" : "coming",
    parts: view.parted === i,
  };
}

interface Grid {
  readonly paths: readonly string[];
  readonly column: number;
  readonly last: number;
}

function tileAt(x0: number, y: number, grid: Grid, path: string, look: RaceTile["look"], since: number | undefined): RaceTile {
  const { column, last } = grid;
  const width = column - 9;
  const x = x0 + 8 + grid.paths.indexOf(path) * column + (SHEET.shear - TILE_SHEAR) / 2;
  const bottom = y - (SHEET.depth - TILE.depth) / 2;
  return {
    x,
    y: bottom - TILE.depth,
    width: width + TILE_SHEAR,
    height: TILE.depth,
    label: cut(path, Math.floor((width - 2) / LETTER)),
    path,
    look,
    fresh: since !== undefined && since === last,
    outline: `M${round(x)} ${round(bottom)}l${round(TILE_SHEAR)} ${-TILE.depth}h${round(width)}l${round(-TILE_SHEAR)} ${TILE.depth}z`,
  };
}
const round = (value: number): number => Math.round(value * 100) / 100;

const lookOf = ({ what }: RaceEntry): RaceTile["look"] => (what === "whiteout" || what === "opaque" || what === "dir" ? what : "file");

function laneMark(lane: RaceLane, box: Box, grid: Grid, levels: readonly number[]): LaneMark {
  const [x0, x1] = [box.x, box.x + box.width - SHEET.shear];
  const [top = 0] = levels;
  const seen = new Set(lane.seen);
  const merged: RaceSheetMark = {
    x0,
    x1,
    y: top,
    kind: "merged",
    tiles: grid.paths.map((path) => tileAt(x0, top, grid, path, seen.has(path) ? "seen" : "unseen", undefined)),
  };
  const sheets = lane.sheets.map((sheet, i): RaceSheetMark => {
    const y = levels[i + 1] ?? 0;
    const entries = sheet.entries.filter(({ path }) => grid.paths.includes(path));
    const tiles = entries.map((entry) => tileAt(x0, y, grid, entry.path, lookOf(entry), entry.since));
    return { x0, x1, y, kind: sheet.writable ? "writable" : "closed", tiles };
  });
  const sights = merged.tiles
    .filter(({ look }) => look === "seen")
    .flatMap((tile) => {
      const other = lane.elsewhere.find(({ path }) => path === tile.path);
      const reached = other === undefined ? sheets : sheets.filter((_sheet, i) => lane.sheets[i]?.branch === other.branch);
      const hit = reached.flatMap((sheet) => sheet.tiles).find((one) => one.path === (other?.at ?? tile.path) && one.look !== "whiteout");
      return hit === undefined ? [] : [{ x: tile.x + tile.width / 2, from: tile.y + tile.height, at: hit.x + hit.width / 2, to: hit.y }];
    });
  return {
    uid: laneUid(lane.racer),
    lane,
    x0,
    x1: box.x + box.width,
    sheets: [merged, ...sheets],
    sights,
    box: { ...box, y: top - SHEET.depth - 6 },
  };
}

export function raceScene(view: RaceView, viewport: Viewport): RaceScene {
  const start = LEFT + AXIS + GAP;
  const lane = Math.max(LEAST_LANE, (viewport.width - start - RIGHT - GAP * 2) / 3);
  const boxes = view.lanes.map((_one, i): Box => ({ x: start + i * (lane + GAP), y: 0, width: lane, height: 0 }));
  const count = Math.max(1, view.steps.length);
  const levelCount = 4;
  const free = viewport.height - FIRST_ROW - 60 - LEVEL.least * levelCount;
  const row = clamp(free / count, ROW.least, ROW.most);
  const rowsEnd = FIRST_ROW + row * count;
  const gap = clamp((viewport.height - rowsEnd - 40) / levelCount, LEVEL.least, LEVEL.most);
  const ys = [0, 1, 2, 3].map((i) => rowsEnd + 34 + SHEET.depth + gap * i);
  const fits = Math.max(1, Math.floor((lane - SHEET.shear - 16) / TILE.least));
  const paths = view.paths.slice(0, fits);
  const column = Math.min(TILE.most, (lane - SHEET.shear - 14) / Math.max(1, paths.length));
  const grid: Grid = { paths, column, last: view.done - 1 };
  const steps = view.steps.map((_step, i) => stepMark(view, i, boxes, FIRST_ROW + i * row, row));
  const lanes = view.lanes.map((one, i) => laneMark(one, { ...(boxes[i] as Box), height: gap * 3 + SHEET.depth + 14 }, grid, ys));
  return {
    width: Math.max(viewport.width, start + 3 * lane + 2 * GAP + RIGHT),
    height: Math.max(viewport.height, (ys.at(-1) ?? 0) + 34),
    steps,
    lanes,
    levels: (["merged", "top", "mid", "low"] as const).map((name, i) => ({ name, y: ys[i] ?? 0 })),
    more: view.paths.length - paths.length,
    legendAt: { x: start, y: 42 },
    axis: { x: LEFT + 10, from: FIRST_ROW, to: rowsEnd },
    order: [...steps.map(({ uid }) => uid), ...lanes.map(({ uid }) => uid)],
  };
}
