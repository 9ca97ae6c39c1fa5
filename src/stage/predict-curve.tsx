/**
 * A prediction in blue pencil, in the place where the answer will appear: drawn with the pointer or entered as numbers, then overlaid
 * by what happens, in ink.
 */
import { bisector, curveMonotoneX, curveStepAfter, type D3DragEvent, drag, line, scaleLinear, type ScaleLinear, select, ticks } from "d3";
import { type ReactNode, type RefObject, useEffect, useMemo, useRef } from "react";
import { useSize } from "./use-size";
import { useStable } from "./use-stable";
import { useSay } from "./words";
import "./stage.css";
import "./predict-curve.css";

export interface CurvePoint {
  /** Seconds since the chart's beginning. */
  readonly at: number;
  readonly value: number;
}

export interface PredictCurveProps {
  readonly seconds: number;
  readonly max: number;
  readonly title: string;
  readonly prediction: readonly CurvePoint[];
  /** Absent once the prediction is committed. */
  readonly onDraw?: (prediction: readonly CurvePoint[]) => void;
  /** What happened: steps. */
  readonly actual?: readonly CurvePoint[];
  readonly now?: number;
  /** A dashed line, for example at `replicas: 3`. */
  readonly reference?: { readonly value: number; readonly label: string; readonly tone: "plan" | "fact" };
  /** A sentence at the right, once both lines are known. */
  readonly verdict?: string;
}

const TOP = 48;
const BOTTOM = 30;
const LEFT = 44;
const RIGHT = 22;
/** Points of a prediction: one per this share of the width. */
const SAMPLES = 24;

const TICKS = 7;

interface Scales {
  readonly x: ScaleLinear<number, number>;
  readonly y: ScaleLinear<number, number>;
}

function scalesOf(seconds: number, max: number, width: number, height: number): Scales {
  return {
    x: scaleLinear([0, seconds], [LEFT, Math.max(LEFT, width - RIGHT)]).clamp(true),
    y: scaleLinear([0, max], [Math.max(TOP, height - BOTTOM), TOP]).clamp(true),
  };
}

/** What happened up to a moment: it keeps a value until the next. */
function stepPath(points: readonly CurvePoint[], until: number, { x, y }: Scales): string {
  const seen = points.filter((point) => point.at <= until);
  const last = seen.at(-1) ?? points[0];
  if (last === undefined) return "";
  const steps = line<CurvePoint>()
    .x((point) => x(point.at))
    .y((point) => y(point.value))
    .curve(curveStepAfter);
  return steps([...seen, { at: until, value: last.value }]) ?? "";
}

const byTime = bisector((point: CurvePoint) => point.at);
const valueAt = (points: readonly CurvePoint[], at: number): number => points[Math.max(0, byTime.right(points, at) - 1)]?.value ?? 0;

/** Drawing with the pointer: every moment passed takes the value there; moments between two samples are filled in. */
function useDrawing(props: PredictCurveProps, scales: Scales): RefObject<SVGRectElement | null> {
  const { seconds, prediction, onDraw } = props;
  const area = useRef<SVGRectElement>(null);
  const drawn = useRef<Map<number, number>>(new Map());
  const last = useRef<number | undefined>(undefined);
  const begin = useStable(() => {
    drawn.current = new Map(prediction.map((point) => [Math.round((point.at / seconds) * SAMPLES), point.value]));
    last.current = undefined;
  });
  const draw = useStable((x: number, y: number) => {
    const at = Math.round((scales.x.invert(x) / seconds) * SAMPLES);
    const value = Math.round(scales.y.invert(y) * 10) / 10;
    const from = last.current ?? at;
    const between = scaleLinear([from, at], [drawn.current.get(from) ?? value, value]);
    for (let i = Math.min(from, at); i <= Math.max(from, at); i++) drawn.current.set(i, from === at ? value : Math.round(between(i) * 10) / 10);
    last.current = at;
    onDraw?.([...drawn.current].sort((a, b) => a[0] - b[0]).map(([i, one]) => ({ at: (i / SAMPLES) * seconds, value: one })));
  });
  const open = onDraw !== undefined;
  useEffect(() => {
    if (area.current === null || !open) return undefined;
    const target = select<SVGRectElement, unknown>(area.current);
    target.call(
      drag<SVGRectElement, unknown>()
        .on("start", ({ x, y }: D3DragEvent<SVGRectElement, unknown, unknown>) => {
          begin();
          draw(x, y);
        })
        .on("drag", ({ x, y }: D3DragEvent<SVGRectElement, unknown, unknown>) => draw(x, y)),
    );
    return () => {
      target.on(".drag", null);
    };
  }, [open, begin, draw, scales]);
  return area;
}

export function PredictCurve(props: PredictCurveProps): ReactNode {
  const { seconds, max, title, prediction, onDraw, actual = [], now, reference, verdict } = props;
  const say = useSay();
  const [ref, size] = useSize<HTMLDivElement>();
  const width = size?.width ?? 0;
  const height = size?.height ?? 0;
  const scales = useMemo(() => scalesOf(seconds, max, width, height), [seconds, max, width, height]);
  const { x, y } = scales;
  const d = useMemo(
    () =>
      line<CurvePoint>()
        .x((point) => x(point.at))
        .y((point) => y(point.value))
        .curve(curveMonotoneX)(prediction) ?? "",
    [prediction, x, y],
  );
  const area = useDrawing(props, scales);
  const values = ticks(0, max, max).filter(Number.isInteger);
  return (
    <div className="curve">
      <div className="curve-picture" ref={ref}>
        {width > 0 && (
          <svg
            className={onDraw === undefined ? "stage-svg" : "stage-svg curve-open"}
            width={width}
            height={height}
            role="img"
            aria-label={`${title}. ${prediction.map((point) => `${say({ key: "stage.curve.second", params: { at: Math.round(point.at * 10) / 10 } })}: ${point.value}`).join(", ")}`}
          >
            <text x={8} y={22} className="d-h">
              {title}
            </text>
            <g transform={`translate(${Math.max(150, title.length * 8.4 + 30)} 0)`}>
              <path d="M0 18q10 -8 22 0t22 0" fill="none" stroke="var(--orch)" strokeWidth={3} strokeLinecap="round" />
              <text x={52} y={22} className="d-lab tone-plan strong">
                {say({ key: "stage.curve.prediction" })}
              </text>
              <line x1={164} x2={200} y1={18} y2={18} stroke="var(--ink)" strokeWidth={3} />
              <text x={208} y={22} className="d-lab tone-fact strong">
                {say({ key: "stage.curve.happens" })}
              </text>
            </g>
            {verdict !== undefined && (
              <text x={width - RIGHT} y={22} textAnchor="end" className="d-h">
                {verdict}
              </text>
            )}
            {values.map((value) => (
              <g key={value}>
                <line x1={LEFT} x2={width - RIGHT} y1={y(value)} y2={y(value)} stroke="var(--rule)" strokeWidth={value === 0 ? 1.3 : 0.8} />
                <text x={LEFT - 12} y={y(value) + 4} textAnchor="end" className="d-lab num">
                  {value}
                </text>
              </g>
            ))}
            {x.ticks(TICKS).map((at) => (
              <text key={at} x={x(at)} y={height - BOTTOM + 18} textAnchor="middle" className="d-sm num">
                {at}
              </text>
            ))}
            <text x={width - 4} y={height - BOTTOM + 18} textAnchor="end" className="d-sm">
              {say({ key: "stage.score.seconds" })}
            </text>
            {reference !== undefined && (
              <>
                <line
                  x1={LEFT}
                  x2={width - RIGHT}
                  y1={y(reference.value)}
                  y2={y(reference.value)}
                  stroke={reference.tone === "plan" ? "var(--orch)" : "var(--ink)"}
                  strokeWidth={1.3}
                  strokeDasharray="4 3"
                />
                <text
                  x={width - RIGHT}
                  y={y(reference.value) - 6}
                  textAnchor="end"
                  className={`d-lab halo ${reference.tone === "plan" ? "tone-plan" : ""}`}
                >
                  {reference.label}
                </text>
              </>
            )}
            <path d={d} fill="none" stroke="var(--orch)" strokeWidth={3.2} strokeLinecap="round" />
            {now !== undefined && actual.length > 0 && (
              <>
                <line x1={x(Math.min(now, seconds))} x2={x(Math.min(now, seconds))} y1={TOP - 8} y2={height - BOTTOM} stroke="var(--ink)" />
                <path d={stepPath(actual, Math.min(now, seconds), scales)} fill="none" stroke="var(--ink)" strokeWidth={3.4} strokeLinejoin="round" />
                <circle cx={x(Math.min(now, seconds))} cy={y(valueAt(actual, now))} r={6} fill="var(--ink)" stroke="var(--paper)" strokeWidth={2} />
                <text x={x(Math.min(now, seconds)) + 8} y={TOP} className="d-lab">
                  {say({ key: "stage.curve.now" })}
                </text>
              </>
            )}
            {onDraw !== undefined && <rect ref={area} x={0} y={TOP - 12} width={width} height={Math.max(0, height - TOP + 12)} fill="transparent" />}
          </svg>
        )}
      </div>
      {onDraw !== undefined && <PredictTable seconds={seconds} max={max} prediction={prediction} onDraw={onDraw} />}
    </div>
  );
}

interface PredictTableProps {
  readonly seconds: number;
  readonly max: number;
  readonly prediction: readonly CurvePoint[];
  readonly onDraw: (prediction: readonly CurvePoint[]) => void;
}

const COLUMNS = 7;

/** The same prediction as numbers. */
function PredictTable({ seconds, max, prediction, onDraw }: PredictTableProps): ReactNode {
  const say = useSay();
  const times = Array.from({ length: COLUMNS }, (_, i) => (i / (COLUMNS - 1)) * seconds);
  const values = times.map((at) => valueAt(prediction, at + 1e-6));
  return (
    <details className="curve-table">
      <summary>{say({ key: "stage.curve.table" })}</summary>
      <div>
        {times.map((at, i) => (
          <label key={at}>
            <span>{say({ key: "stage.curve.second", params: { at: Math.round(at * 10) / 10 } })}</span>
            <input
              type="number"
              min={0}
              max={max}
              step={1}
              value={values[i]}
              onChange={(event) =>
                onDraw(
                  times.map((time, j) => ({ at: time, value: i === j ? Math.min(max, Math.max(0, Number(event.target.value))) : (values[j] ?? 0) })),
                )
              }
            />
          </label>
        ))}
      </div>
    </details>
  );
}
