/**
 * A union mount as oblique sheets, one above the other, and lines of sight through them: the first thing a line meets is the file.
 *
 * Levels are listed from the lowest up, each with what is drawn after its sheet, so that painting them in order lets upper sheets cover
 * lower ones. The merged view has no edge: it is a view, not a thing.
 */
import type { EntryState, SheetRole, SheetView, UnionPathView, UnionView } from "../readmodel/machine/types";
import type { Box, Viewport } from "./types";

/** How far a sheet goes back, and how far to the right on its way. */
export const SHEET_DEPTH = 38;
export const SHEET_SHEAR = 30;
const TILE_DEPTH = 26;
const TILE_SHEAR = (SHEET_SHEAR * TILE_DEPTH) / SHEET_DEPTH;
const LEFT = 196;
const RIGHT_MARGIN = 62;
const MERGED_Y = 138;
const BOTTOM_MARGIN = 30;
const COLUMN = { least: 96, most: 132 };
const GAP = { least: 48, most: 86 };

export interface TileMark extends Box {
  readonly column: number;
  readonly label: string;
  readonly state: EntryState | "view" | "absent" | "coming";
  readonly path: string;
  /** Of a copy in flight: the share that has arrived. */
  readonly part?: number;
  /** Corners, clockwise from the lower left. */
  readonly outline: string;
}

export interface SightMark {
  readonly x: number;
  readonly from: number;
  readonly to: number;
  /** Seen through a sheet. */
  readonly faint: boolean;
  /** How it ends: on a thing, at a whiteout, or it goes on. */
  readonly end?: "lands" | "stopped";
}

export interface LevelMark {
  readonly id: string;
  readonly role: SheetRole | "merged";
  readonly sheet?: SheetView;
  readonly x0: number;
  readonly x1: number;
  readonly y: number;
  readonly thickness: number;
  readonly tiles: readonly TileMark[];
  readonly sights: readonly SightMark[];
}

export interface UnionScene {
  readonly width: number;
  readonly height: number;
  readonly levels: readonly LevelMark[];
  readonly columns: readonly { readonly x: number; readonly directory: string; readonly path: UnionPathView; readonly arrowTo: number }[];
  /** The way of a copy: out of its sheet into the work sheet, and from there into the upper one. */
  readonly lift?: { readonly x: number; readonly from: number; readonly to: number; readonly onward: number; readonly until: number };
  readonly callout?: { readonly x: number; readonly y: number };
  /** Uids of marks in reading order. */
  readonly order: readonly string[];
}

export const pathUid = (path: string): string => `path:${path}`;
export const sheetUid = (id: string): string => `sheet:${id}`;

interface Grid {
  readonly column: number;
  readonly tile: number;
  readonly x1: number;
}

const centreOf = (grid: Grid, column: number): number => LEFT + column * grid.column + grid.column / 2 + SHEET_SHEAR / 2;
const middleOf = (y: number): number => y - SHEET_DEPTH / 2;
const tileTop = (y: number): number => middleOf(y) - TILE_DEPTH / 2;

function tileAt(grid: Grid, column: number, y: number, rest: Pick<TileMark, "label" | "state" | "path" | "part">): TileMark {
  const x = LEFT + column * grid.column + (grid.column - grid.tile) / 2 + (SHEET_SHEAR - TILE_SHEAR) / 2;
  const bottom = y - (SHEET_DEPTH - TILE_DEPTH) / 2;
  const letters = Math.floor((grid.tile - 8) / 6.9);
  const label = rest.label.length > letters ? `${rest.label.slice(0, letters - 1)}…` : rest.label;
  return {
    ...rest,
    label,
    column,
    x,
    y: bottom - TILE_DEPTH,
    width: grid.tile + TILE_SHEAR,
    height: TILE_DEPTH,
    outline: outlineOf(x, bottom, grid.tile),
  };
}

/** A tile's corners; also of the arrived part of one. */
export function outlineOf(x: number, bottom: number, width: number): string {
  return `M${round(x)} ${round(bottom)}l${round(TILE_SHEAR)} ${-TILE_DEPTH}h${round(width)}l${round(-TILE_SHEAR)} ${TILE_DEPTH}z`;
}
const round = (value: number): number => Math.round(value * 100) / 100;

/** The columns that fit; what does not is counted by the view. */
export function columnsThatFit(width: number): number {
  return Math.max(1, Math.floor((width - LEFT - RIGHT_MARGIN) / COLUMN.least));
}

export function unionScene(view: UnionView, viewport: Viewport): UnionScene {
  const paths = view.paths.slice(0, columnsThatFit(viewport.width));
  const room = (viewport.width - LEFT - RIGHT_MARGIN) / Math.max(1, paths.length);
  const column = Math.min(COLUMN.most, Math.max(COLUMN.least, room));
  const grid: Grid = { column, tile: column - 21, x1: LEFT + column * Math.max(paths.length, 3) };
  const sheets = view.sheets;
  const gap = Math.min(GAP.most, Math.max(GAP.least, (viewport.height - BOTTOM_MARGIN - MERGED_Y) / Math.max(1, sheets.length)));
  const yOf = new Map(sheets.map((sheet, i) => [sheet.id, MERGED_Y + gap * (i + 1)]));
  const copied = paths.findIndex(({ path }) => path === view.copyUp?.path);

  const levels = sheets.map((sheet, i) => levelOf({ view, grid, paths, copied, yOf, sheet, above: i === 0 ? MERGED_Y : MERGED_Y + gap * i }));
  return {
    width: Math.max(viewport.width, grid.x1 + RIGHT_MARGIN),
    height: Math.max(viewport.height, MERGED_Y + gap * sheets.length + BOTTOM_MARGIN),
    levels: [...levels.toReversed(), mergedOf(grid, paths)],
    columns: paths.map((path, i) => ({ x: centreOf(grid, i), directory: path.directory, path, arrowTo: tileTop(MERGED_Y) - 2 })),
    ...liftOf(view, grid, copied, yOf),
    order: [...paths.map(({ path }) => pathUid(path)), ...sheets.map(({ id }) => sheetUid(id))],
  };
}

function mergedOf(grid: Grid, paths: readonly UnionPathView[]): LevelMark {
  const tiles = paths.map((path, i) =>
    tileAt(grid, i, MERGED_Y, {
      label: path.from === undefined ? "ENOENT" : path.name,
      state: path.from === undefined ? "absent" : "view",
      path: path.path,
    }),
  );
  return { id: "merged", role: "merged", x0: LEFT, x1: grid.x1, y: MERGED_Y, thickness: 0, tiles, sights: [] };
}

interface LevelParts {
  readonly view: UnionView;
  readonly grid: Grid;
  readonly paths: readonly UnionPathView[];
  readonly copied: number;
  readonly yOf: ReadonlyMap<string, number>;
  readonly sheet: SheetView;
  /** The next sheet up. */
  readonly above: number;
}

function levelOf(parts: LevelParts): LevelMark {
  const { view, grid, paths, copied, yOf, sheet, above } = parts;
  const y = yOf.get(sheet.id) ?? 0;
  if (sheet.role === "work") return workLevel(parts, y);
  const tiles: TileMark[] = [];
  const sights: SightMark[] = [];
  const order = view.sheets.map(({ id }) => id);
  paths.forEach((path, i) => {
    const entry = path.entries.find((one) => one.sheet === sheet.id);
    if (entry !== undefined) tiles.push(tileAt(grid, i, y, { label: path.name, state: entry.state, path: path.path }));
    else if (sheet.role === "upper" && i === copied) tiles.push(tileAt(grid, i, y, { label: path.name, state: "coming", path: path.path }));
    const stop = path.entries.find(({ state }) => state !== "hidden")?.sheet;
    if (stop === undefined) return;
    const [here, there] = [order.indexOf(sheet.id), order.indexOf(stop)];
    const x = centreOf(grid, i);
    if (here < there) {
      sights.push({ x, from: above, to: y - SHEET_DEPTH, faint: false }, { x, from: y - SHEET_DEPTH, to: y + 5, faint: true });
    } else if (here === there) {
      sights.push({ x, from: above, to: tileTop(y), faint: false, end: entry?.state === "whiteout" ? "stopped" : "lands" });
    }
  });
  return { id: sheet.id, role: sheet.role, sheet, x0: LEFT, x1: grid.x1, y, thickness: 5, tiles, sights };
}

/** The work sheet is no wider than what is staged on it; lines of sight pass beside it. */
function workLevel({ view, grid, paths, copied, sheet, above }: LevelParts, y: number): LevelMark {
  const column = Math.max(0, copied);
  const tiles =
    copied < 0 || view.copyUp === undefined
      ? []
      : [
          tileAt(grid, copied, y, {
            label: "",
            state: "coming",
            path: view.copyUp.path,
            part: view.copyUp.of === 0 ? 1 : view.copyUp.done / view.copyUp.of,
          }),
        ];
  const order = view.sheets.map(({ id }) => id);
  const sights = paths.flatMap((path, i): SightMark[] => {
    const stop = path.entries.find(({ state }) => state !== "hidden")?.sheet;
    if (stop === undefined || order.indexOf(stop) <= order.indexOf(sheet.id)) return [];
    return [{ x: centreOf(grid, i), from: above, to: y, faint: i === column }];
  });
  const x0 = LEFT + column * grid.column - 2;
  return { id: sheet.id, role: "work", sheet, x0, x1: x0 + grid.column + 4, y, thickness: 3, tiles, sights };
}

function liftOf(view: UnionView, grid: Grid, copied: number, yOf: ReadonlyMap<string, number>): Pick<UnionScene, "lift" | "callout"> {
  const { copyUp } = view;
  if (copyUp === undefined || copied < 0) return {};
  const [from, work, upper] = [copyUp.from, ...(["work", "upper"] as const).map((role) => view.sheets.find((sheet) => sheet.role === role)?.id)].map(
    (id) => yOf.get(id ?? ""),
  );
  if (from === undefined || work === undefined || upper === undefined) return {};
  return {
    lift: { x: centreOf(grid, copied) + 18, from: tileTop(from), to: work + 5, onward: tileTop(work), until: upper + 14 },
    callout: { x: centreOf(grid, Math.min(copied + 1, view.paths.length)) + 15, y: work },
  };
}
