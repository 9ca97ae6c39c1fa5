/**
 * The Score as geometry: lanes, strokes batched into a few paths, bars of work, marks that do not overlap, and the axis that is the time
 * bar. A thousand strokes are twelve shapes, so that playing costs little.
 */
import { area, curveStepAfter, scaleLinear, type ScaleLinear, ticks, tickStep, utcTicks } from "d3";
import type { ScoreMark, ScoreView, SpanView, StrokeView } from "../readmodel/types";
import type { Micros } from "../readmodel/types";

export interface ScoreLayout {
  readonly width: number;
  readonly labelWidth: number;
  readonly pitch: number;
  readonly folded: boolean;
  /** Room right of the axis for its unit. */
  readonly margin: number;
}

export type StrokeShape = "writeLine" | "writeHead" | "dot" | "etcd" | "watchLine" | "watchHead" | "bounce" | "conflict" | "readLine";
export type StrokeAge = "past" | "current" | "future";

export interface ScoreScene {
  readonly width: number;
  readonly height: number;
  /** Left and right end of the axis, and its y. */
  readonly x0: number;
  readonly x1: number;
  readonly axisY: number;
  readonly nowX: number;
  readonly headX: number;
  readonly lanes: readonly { readonly id: string; readonly y: number; readonly hub: boolean; readonly lane: number }[];
  readonly paths: Readonly<Record<StrokeAge, Readonly<Partial<Record<StrokeShape, string>>>>>;
  readonly spans: readonly {
    readonly key: string;
    readonly kind: SpanView["kind"];
    readonly y: number;
    readonly past?: readonly [number, number];
    readonly future?: readonly [number, number];
  }[];
  readonly marks: readonly {
    readonly mark: ScoreMark;
    readonly x: number;
    readonly labelled: boolean;
    readonly anchor: "start" | "end";
    readonly current: boolean;
  }[];
  readonly ticks: readonly { readonly x: number; readonly text: string }[];
  readonly unit: "seconds" | "minutes";
  readonly histogram: readonly { readonly lane: number; readonly d: string }[];
}

/** Lanes grow by this when they hold histograms. */
export const BIN_SCALE = 1.7;
const MARKS = 18;
const AXIS_BELOW = 50;
/** A write that came second: components try again, nothing is wrong. */
const CONFLICT = 409;
const n = (value: number): number => Math.round(value * 10) / 10;
const SECOND = 1_000_000;
const MINUTE = 60;
/** From this step on ticks follow the clock: 15, 30 s, 1, 5, 15 min. Below they follow the decimal system. */
const CLOCK_STEP = 15;
const LEAST_TICK = 74;

/** The axis: simulated time to pixels, and back within its ends. */
export const timeScale = (scene: Pick<ScoreScene, "x0" | "x1">, view: Pick<ScoreView, "from" | "to">): ScaleLinear<number, number> =>
  scaleLinear([view.from, Math.max(view.to, view.from + 1)], [scene.x0, scene.x1]);

type Builder = Partial<Record<StrokeShape, string[]>>;
const add = (to: Builder, shape: StrokeShape, d: string): void => {
  to[shape] ??= [];
  to[shape].push(d);
};

function ageOf(stroke: StrokeView, view: ScoreView): StrokeAge {
  if (view.current === stroke.position) return "current";
  return stroke.at > view.now || (view.current !== undefined && stroke.position > view.current) ? "future" : "past";
}

interface Heights {
  readonly y: (lane: number) => number;
  readonly hub: number;
  readonly store: number;
}

function drawStroke(to: Builder, stroke: StrokeView, x: number, heights: Heights, heavy: boolean): void {
  const { hub, store } = heights;
  const y = heights.y(stroke.lane);
  const up = y > hub ? 1 : -1;
  const r = heavy ? 3.6 : 2.3;
  const a = heavy ? 4 : 2.8;
  if (stroke.kind === "watch") {
    add(to, "watchLine", `M${n(x)} ${n(hub)}V${n(y - up * 2)}`);
    add(to, "watchHead", `M${n(x - a)} ${n(y - up * (a + 2.5))}L${n(x)} ${n(y - up * 1.5)}L${n(x + a)} ${n(y - up * (a + 2.5))}`);
    return;
  }
  add(to, stroke.kind === "read" ? "readLine" : "writeLine", `M${n(x)} ${n(y)}V${n(hub + up * (a + 2))}`);
  add(to, "writeHead", `M${n(x)} ${n(hub + up * 1.6)}l${n(-a)} ${n(up * (a + 2.4))}h${n(a * 2)}z`);
  add(to, "dot", `M${n(x - r)} ${n(y)}a${r} ${r} 0 1 0 ${r * 2} 0a${r} ${r} 0 1 0 ${-r * 2} 0z`);
  if (stroke.stored) {
    add(to, "etcd", `M${n(x - 2.6)} ${n(store - 2.6)}h5.2v5.2h-1.95V${n(hub - 1)}h-1.3V${n(store + 2.6)}h-1.95z`);
  }
  if (stroke.refused !== undefined && stroke.kind === "write")
    add(to, stroke.refused === CONFLICT ? "conflict" : "bounce", `M${n(x - 4)} ${n(hub - 9)}l8 8m0 -8l-8 8`);
}

function foldedStroke(to: Builder, stroke: StrokeView, x: number, axis: number): void {
  const watch = stroke.kind === "watch";
  add(to, watch ? "watchLine" : "writeLine", `M${n(x)} ${axis - (watch ? 7 : 11)}V${axis - 4}`);
  if (stroke.refused !== undefined && stroke.refused !== CONFLICT && stroke.kind === "write")
    add(to, "bounce", `M${n(x - 3)} ${axis - 17}l6 6m0 -6l-6 6`);
}

function joined(builder: Builder): Partial<Record<StrokeShape, string>> {
  return Object.fromEntries(Object.entries(builder).map(([shape, parts]) => [shape, parts.join("")]));
}

function spanMarks(view: ScoreView, heights: Heights, X: (at: Micros) => number): ScoreScene["spans"] {
  return view.spans
    .filter((span) => span.lane >= 0)
    .map((span) => {
      const end = Math.min(span.to ?? Math.max(view.now, span.from), view.to);
      const start = Math.max(span.from, view.from);
      const middle = Math.min(Math.max(view.now, start), end);
      return {
        key: `${span.pod} ${span.kind} ${span.from}`,
        kind: span.kind,
        y: heights.y(span.lane),
        ...(middle > start ? { past: [X(start), X(middle)] as const } : {}),
        ...(end > middle ? { future: [X(middle), X(end)] as const } : {}),
      };
    });
}

/** Labels in order of weight; what would overlap keeps its tick and loses its words. */
function placeMarks(view: ScoreView, X: (at: Micros) => number, right: number, widthOf: (mark: ScoreMark) => number): ScoreScene["marks"] {
  const taken: (readonly [number, number])[] = [];
  const places = new Map<ScoreMark, "start" | "end">();
  const current = view.current;
  const rank = (mark: ScoreMark): number => (mark.position === current ? 10 : mark.weight + (mark.alarm ? 0.5 : 0));
  const ordered = [...view.marks].sort((a, b) => rank(b) - rank(a) || a.at - b.at);
  for (const mark of ordered) {
    const x = X(mark.at);
    const width = widthOf(mark);
    const anchor = x + width > right ? "end" : "start";
    const range = anchor === "start" ? ([x - 4, x + width + 8] as const) : ([x - width - 8, x + 4] as const);
    if (taken.some(([from, to]) => range[0] < to && range[1] > from)) continue;
    taken.push(range);
    places.set(mark, anchor);
  }
  return view.marks.map((mark) => ({
    mark,
    x: X(mark.at),
    labelled: places.has(mark),
    anchor: places.get(mark) ?? "start",
    current: mark.position === current,
  }));
}

function ticksOf(view: ScoreView, width: number, X: (at: Micros) => number): Pick<ScoreScene, "ticks" | "unit"> {
  const [from, to, count] = [view.from / SECOND, view.to / SECOND, Math.max(2, width / LEAST_TICK)];
  const clock = tickStep(from, to, count) >= CLOCK_STEP;
  const values = clock ? utcTicks(new Date(from * 1000), new Date(to * 1000), count).map((date) => date.getTime() / 1000) : ticks(from, to, count);
  const minutes = (values[1] ?? 0) - (values[0] ?? 0) >= MINUTE;
  const said = (value: number): string => String(Math.round((minutes ? value / MINUTE : value) * 100) / 100);
  return { ticks: values.map((value) => ({ x: X(value * SECOND), text: said(value) })), unit: minutes ? "minutes" : "seconds" };
}

function histogramOf(view: ScoreView, heights: Heights, pitch: number, X: (at: Micros) => number): ScoreScene["histogram"] {
  if (view.bins === undefined) return [];
  const { width, counts } = view.bins;
  return counts.map((row, lane) => {
    const base = heights.y(lane) + pitch / 2 - 2;
    const height = scaleLinear([0, Math.max(1, ...row)], [base, base - (pitch - 3)]);
    const steps = area<number>()
      .digits(1)
      .x((_, i) => X(view.from + i * width))
      .y0(base)
      .y1(height)
      .curve(curveStepAfter);
    return { lane, d: steps([...row, row.at(-1) ?? 0]) ?? "" };
  });
}

export function scoreScene(view: ScoreView, head: Micros, layout: ScoreLayout, widthOf: (mark: ScoreMark) => number): ScoreScene {
  const { width, labelWidth, folded, margin } = layout;
  const pitch = view.bins === undefined ? layout.pitch : layout.pitch * BIN_SCALE;
  const lanes = folded ? 0 : view.lanes.length;
  const top = folded ? 0 : MARKS;
  const axisY = folded ? 20 : top + lanes * pitch + 15;
  const ends = { x0: labelWidth, x1: width - margin };
  const X = timeScale(ends, view);
  const heights: Heights = { y: (lane) => top + lane * pitch + pitch / 2, hub: top + pitch * 1.5, store: top + pitch / 2 };
  const built: Record<StrokeAge, Builder> = { past: {}, current: {}, future: {} };
  for (const stroke of view.strokes) {
    const age = ageOf(stroke, view);
    if (folded) foldedStroke(built[age], stroke, X(stroke.at), axisY);
    else if (stroke.lane >= 0) drawStroke(built[age], stroke, X(stroke.at), heights, age === "current");
  }
  return {
    width,
    height: folded ? 46 : axisY + AXIS_BELOW - 15,
    ...ends,
    axisY,
    nowX: Math.min(ends.x1, Math.max(ends.x0, X(view.now))),
    headX: Math.min(ends.x1, Math.max(ends.x0, X(Math.max(head, view.now)))),
    lanes: folded ? [] : view.lanes.map((lane, i) => ({ id: lane.id, y: heights.y(i), hub: lane.role === "hub", lane: i })),
    paths: { past: joined(built.past), current: joined(built.current), future: joined(built.future) },
    spans: folded ? [] : spanMarks(view, heights, X),
    marks: placeMarks(view, X, ends.x1, widthOf),
    ...ticksOf(view, ends.x1 - ends.x0, X),
    histogram: folded ? [] : histogramOf(view, heights, pitch, X),
  };
}
