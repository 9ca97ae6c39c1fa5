/**
 * Ways for risers: from a Service's bar up to a Pod's port, past the marks, names and gauges that stand between. The straight way is
 * taken where it is clear; otherwise the riser goes up a free lane of its node and turns to the Pod under its row.
 */
import { pathRound } from "d3";
import type { Box, GaugeMark, NodeMark, PodMark, Point } from "./types";

const LETTER = 6.6;
/** Height of a Pod's name, and of the word and reason under it. */
const NAME = 17;
const WORDS = 13;
const CLEAR = 2;
const TURN = 7;
const BEND = 6;
const APART = 4;
const SHARED = 90;

/** What a mark and its texts take up. Long texts begin at the mark's left edge and run to the right. */
function podBox(mark: PodMark): Box {
  const lines = [mark.id?.length ?? 0, mark.word === undefined ? 0 : 9, mark.aside === true ? 0 : (mark.reason?.length ?? 0)];
  const below = (mark.id === undefined ? 0 : NAME) + (mark.word === undefined ? 0 : WORDS) + (mark.reason === undefined || mark.aside ? 0 : WORDS);
  const beside = mark.aside === true ? 8 + (mark.reason?.length ?? 0) * LETTER : 0;
  return {
    x: mark.x - 2,
    y: mark.y,
    width: Math.max(mark.width + 2 + beside, ...lines.map((letters) => letters * LETTER)),
    height: mark.height + below,
  };
}

const gaugeBox = (gauge: GaugeMark): Box => ({ x: gauge.x - 1, y: gauge.y, width: 36 + gauge.width + gauge.text.length * LETTER, height: 9 });

/** Everything in a node that a line must not cross. */
export function obstaclesOf(node: NodeMark, pods: readonly PodMark[]): readonly Box[] {
  return [...pods.filter((mark) => mark.pod.node === node.name).map(podBox), ...node.gauges.map(gaugeBox)];
}

const blocks = (box: Box, x: number, top: number, bottom: number): boolean =>
  x > box.x - CLEAR && x < box.x + box.width + CLEAR && box.y < bottom && box.y + box.height > top;

const isClear = (obstacles: readonly Box[], x: number, top: number, bottom: number): boolean =>
  obstacles.every((box) => !blocks(box, x, top, bottom));

export interface Way {
  /** From the bar to the port. */
  readonly points: readonly Point[];
  readonly d: string;
}

interface Asked {
  readonly mark: PodMark;
  readonly node: NodeMark;
  readonly obstacles: readonly Box[];
  /** Top of the Service's bar. */
  readonly bar: number;
  /** Bottom edge of the row the Pod stands in. */
  readonly rowBottom: number;
  /** Services beside each other keep their lines apart. */
  readonly offset: number;
  /** Lanes that others go up: shared only when a way round would be much longer. */
  readonly taken: readonly number[];
}

function drawn(points: readonly Point[], port: Point): string {
  const line = pathRound(1);
  const [first, ...rest] = points;
  if (first === undefined) return "";
  line.moveTo(first.x, first.y);
  for (const point of rest.slice(0, -1)) line.lineTo(point.x, point.y);
  const last = rest.at(-1) ?? first;
  line.lineTo(last.x, port.y + BEND);
  line.quadraticCurveTo(last.x, port.y, port.x, port.y);
  return line.toString();
}

export function riserWay({ mark, node, obstacles, bar, rowBottom, offset, taken }: Asked): Way {
  const port = { x: mark.x, y: mark.y + mark.height / 2 };
  const x = mark.x - 6 - offset;
  const top = rowBottom + TURN;
  const end = { x, y: port.y };
  const straight = [{ x, y: bar }, end];
  const low = obstacles.filter((box) => box.y + box.height > top);
  if (isClear(low, x, port.y, bar)) return { points: straight, d: drawn(straight, port) };
  const edges = low.flatMap((box) => [box.x - CLEAR - 2 - offset, box.x + box.width + CLEAR + 2 + offset]);
  const lanes = [node.x + 4 + offset, node.x + node.width - 4 - offset, ...edges]
    .filter((lane) => lane > node.x + 2 && lane < node.x + node.width - 2 && isClear(low, lane, top, bar))
    .map((at) => ({ at, cost: Math.abs(at - x) + (taken.some((other) => Math.abs(other - at) < APART) ? SHARED : 0) }))
    .sort((a, b) => a.cost - b.cost);
  const lane = lanes[0]?.at;
  if (lane === undefined) return { points: straight, d: drawn(straight, port) };
  const bent = [{ x: lane, y: bar }, { x: lane, y: top + offset }, { x, y: top + offset }, end];
  return { points: bent, d: drawn(bent, port) };
}

/** A place along a way, by its share of the way's length. */
export function pointAlong(points: readonly Point[], share: number): Point {
  const lengths = points.slice(1).map((point, i) => Math.abs(point.x - (points[i]?.x ?? 0)) + Math.abs(point.y - (points[i]?.y ?? 0)));
  let left = share * lengths.reduce((sum, length) => sum + length, 0);
  for (const [i, length] of lengths.entries()) {
    const [from, to] = [points[i], points[i + 1]];
    if (from === undefined || to === undefined) break;
    if (left <= length) {
      const u = length === 0 ? 0 : left / length;
      return { x: from.x + (to.x - from.x) * u, y: from.y + (to.y - from.y) * u };
    }
    left -= length;
  }
  return points.at(-1) ?? { x: 0, y: 0 };
}
