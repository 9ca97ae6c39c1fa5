/**
 * The process ledger: one row a process, one column a viewpoint, and around the rows of a PID namespace its boundary. Read across, a row
 * says how many numbers one process has.
 *
 * A boundary reaches from its first process to the column of its own viewpoint. A process that joined from outside stands under its
 * parent, so a namespace may have several stretches of rows.
 */
import type { MachineView, ProcessView } from "../readmodel/machine/types";
import type { Box, Viewport } from "./types";

const TOP = 70;
const LEFT = 44;
const TREE = 62;
const ROW = { least: 22, most: 30 };
const INDENT = { least: 12, most: 25 };
const COLUMN = 64;
/** From the left edge to the first column's middle, at least. */
const NAMES = 324;
const MARGIN = 30;

export interface LedgerRow {
  readonly process: ProcessView;
  readonly x: number;
  readonly y: number;
  readonly box: Box;
  /** From its parent's circle to its own. */
  readonly branch?: string;
}

export interface RegionMark extends Box {
  readonly key: string;
  /** Index of the viewpoint. */
  readonly viewpoint: number;
  /** How many namespaces are around it; 0 is the host's. */
  readonly level: number;
}

export interface LedgerScene {
  readonly width: number;
  readonly height: number;
  readonly top: number;
  readonly rowHeight: number;
  readonly radius: number;
  readonly regions: readonly RegionMark[];
  readonly rows: readonly LedgerRow[];
  /** Middle of each viewpoint's column. */
  readonly columns: readonly number[];
}

/** Level of each viewpoint below the host's. */
function levelsOf(view: MachineView): readonly number[] {
  const levels: number[] = [];
  view.viewpoints.forEach(({ parent }, i) => levels.push(parent === undefined || i === 0 ? 0 : (levels[parent] ?? 0) + 1));
  return levels;
}

export function ledgerScene(view: MachineView, viewport: Viewport): LedgerScene {
  const { processes, viewpoints } = view;
  const columns = viewpoints.map((_, i) => LEFT + NAMES + i * COLUMN);
  const rowHeight = Math.min(ROW.most, Math.max(ROW.least, (viewport.height - TOP - 16) / Math.max(1, processes.length)));
  const deepest = Math.max(1, ...processes.map(({ depth }) => depth));
  const indent = Math.min(INDENT.most, Math.max(INDENT.least, 140 / deepest));
  const radius = rowHeight >= 26 ? 8 : 6.5;
  const y = (i: number): number => TOP + i * rowHeight + rowHeight / 2;
  const x = (depth: number): number => TREE + depth * indent;
  const rows = processes.map((process, i): LedgerRow => {
    const parent = process.parent === undefined ? undefined : processes[process.parent];
    const at = parent === undefined ? undefined : x(parent.depth);
    const bend = Math.min(6, rowHeight / 3);
    return {
      process,
      x: x(process.depth),
      y: y(i),
      box: {
        x: x(process.depth) - radius,
        y: y(i) - rowHeight / 2 + 2,
        width: (columns.at(-1) ?? 0) + 20 - x(process.depth) + radius,
        height: rowHeight - 4,
      },
      ...(at === undefined || process.parent === undefined
        ? {}
        : { branch: `M${at} ${y(process.parent) + radius}V${y(i) - bend}q0 ${bend} ${bend} ${bend}H${x(process.depth) - radius - 1}` }),
    };
  });
  return {
    width: (columns.at(-1) ?? LEFT) + MARGIN + 24,
    height: TOP + processes.length * rowHeight + 16,
    top: TOP,
    rowHeight,
    radius,
    regions: regionsOf(view, rows, columns, rowHeight),
    rows,
    columns,
  };
}

function regionsOf(view: MachineView, rows: readonly LedgerRow[], columns: readonly number[], rowHeight: number): readonly RegionMark[] {
  const levels = levelsOf(view);
  const most = Math.max(0, ...levels);
  const regions: RegionMark[] = [];
  view.viewpoints.forEach((_, viewpoint) => {
    const level = levels[viewpoint] ?? 0;
    // Outer boundaries stand a little further out than those they hold.
    const slack = Math.max(1, (most - level) * 2 + (viewpoint === 0 ? 3 : 1.5));
    let first = -1;
    for (let i = 0; i <= rows.length; i++) {
      const inside = rows[i] !== undefined && rows[i]?.process.pids[viewpoint] !== null;
      if (inside && first < 0) first = i;
      if (inside || first < 0) continue;
      const stretch = rows.slice(first, i);
      const left = viewpoint === 0 ? LEFT : Math.min(...stretch.map((row) => row.x)) - 17;
      const top = (stretch[0]?.y ?? 0) - rowHeight / 2 - slack + 1;
      const bottom = (stretch.at(-1)?.y ?? 0) + rowHeight / 2 + slack - 1;
      regions.push({
        key: `${viewpoint}/${first}`,
        viewpoint,
        level,
        x: left,
        y: top,
        width: (columns[viewpoint] ?? 0) + MARGIN + level - left,
        height: bottom - top,
      });
      first = -1;
    }
  });
  return regions;
}
