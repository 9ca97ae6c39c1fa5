/**
 * One process and what makes it a container: eight walls around it, one a namespace; the sheets it stands on; what it may use. A wall that
 * it shares with the host is not drawn as one, so the picture grows with each thing that is given to it.
 */
import type { GroupView, NamespaceKind, ProcessView } from "../readmodel/machine/types";
import type { Box, Point } from "./types";

export const CONTAINER = { width: 236, height: 306 } as const;
const CENTRE: Point = { x: 118, y: 96 };
const APOTHEM = 58;
const LABEL = 12;
const SHEET = { x: 34, y: 196, width: 168, slant: 16, step: 9, most: 4 } as const;
const BAR = { x: 62, width: 84, height: 9 } as const;

export interface WallMark {
  readonly kind: NamespaceKind;
  readonly own: boolean;
  readonly from: Point;
  readonly to: Point;
  readonly label: Point;
  readonly anchor: "start" | "middle" | "end";
}

export interface GaugeMark extends Box {
  readonly of: "cpu" | "memory";
  readonly limited: boolean;
  /** Of the bar's width: what may be used, and what is. */
  readonly allowed: number;
  readonly used: number;
}

export interface ContainerScene {
  readonly centre: Point;
  readonly walls: readonly WallMark[];
  /** Outlines of sheets, lowest first; the last one is written on when there are several. */
  readonly sheets: readonly string[];
  readonly ground: number;
  readonly gauges: readonly GaugeMark[];
}

/** Namespaces of its own, a root of its own, a group with a limit: how many of these ten a process has. */
export const containment = (process: ProcessView, group: GroupView | undefined): number =>
  process.namespaces.filter(({ shared }) => !shared).length +
  (process.root.own ? 1 : 0) +
  (group?.cpuMax !== undefined || group?.memoryMax !== undefined ? 1 : 0);

function wall({ kind, shared }: ProcessView["namespaces"][number], i: number): WallMark {
  // An eighth of a turn each, the first one on top; the octagon's corners lie half an eighth to either side.
  const angle = (n: number): Point => {
    const [x, y] = DIRECTIONS[n % 16] ?? [0, -1];
    return { x, y };
  };
  const out = APOTHEM / COS_PI_8;
  const corner = (n: number): Point => ({ x: CENTRE.x + out * angle(n).x, y: CENTRE.y + out * angle(n).y });
  const middle = angle(i * 2);
  return {
    kind,
    own: !shared,
    from: corner(i * 2 + 15),
    to: corner(i * 2 + 1),
    label: { x: CENTRE.x + (APOTHEM + LABEL) * middle.x, y: CENTRE.y + (APOTHEM + LABEL) * middle.y + 4 },
    anchor: Math.abs(middle.x) < 0.3 ? "middle" : middle.x > 0 ? "start" : "end",
  };
}

const COS_PI_8 = Math.cos(Math.PI / 8);
/** Sixteen directions clockwise from the top. */
const DIRECTIONS: readonly (readonly [number, number])[] = Array.from({ length: 16 }, (_, n) => {
  const turn = (n * Math.PI) / 8;
  return [Math.sin(turn), -Math.cos(turn)];
});

function sheet(i: number): string {
  const { x, y, width, slant, step } = SHEET;
  const at = y + (SHEET.most - i) * step;
  return `M${x + slant},${at} H${x + width} L${x + width - slant},${at + 14} H${x} Z`;
}

export function containerScene(process: ProcessView, group: GroupView | undefined): ContainerScene {
  const layers = process.root.own ? Math.min(SHEET.most, process.root.layers ?? 1) : 0;
  const { cpuMax, memory = 0, memoryMax } = group ?? {};
  const last = group?.periods.at(-1);
  const gauge = (of: GaugeMark["of"], row: number, limited: boolean, allowed: number, used: number): GaugeMark => ({
    of,
    limited,
    allowed: Math.min(1, allowed),
    used: Math.min(1, used),
    x: BAR.x,
    y: 270 + row * 18,
    width: BAR.width,
    height: BAR.height,
  });
  return {
    centre: CENTRE,
    walls: process.namespaces.map(wall),
    sheets: Array.from({ length: layers }, (_, i) => sheet(i)),
    ground: SHEET.y + SHEET.most * SHEET.step + 16,
    gauges: [
      gauge(
        "cpu",
        0,
        cpuMax !== undefined,
        cpuMax === undefined ? 1 : cpuMax.quota / cpuMax.period,
        last === undefined || cpuMax === undefined ? 0 : last.ran / cpuMax.period,
      ),
      gauge("memory", 1, memoryMax !== undefined, memoryMax === undefined ? 1 : 0.6, memoryMax === undefined ? 0 : (0.6 * memory) / memoryMax),
    ],
  };
}
