/**
 * A prediction in blue pencil, in the place where the answer will appear: drawn with the pointer or entered as numbers, then overlaid
 * by what happens, in ink.
 */
import { curveMonotoneX, line } from "d3";
import { type PointerEvent, type ReactNode, useMemo, useRef } from "react";
import { useSize } from "./use-size";
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

function stepPath(points: readonly CurvePoint[], until: number, x: (at: number) => number, y: (value: number) => number): string {
  const first = points[0];
  if (first === undefined) return "";
  const parts = [`M${x(first.at)} ${y(first.value)}`];
  for (const point of points.slice(1)) if (point.at <= until) parts.push(`H${x(point.at)}V${y(point.value)}`);
  parts.push(`H${x(until)}`);
  return parts.join("");
}

const valueAt = (points: readonly CurvePoint[], at: number): number => points.findLast((point) => point.at <= at)?.value ?? points[0]?.value ?? 0;

export function PredictCurve(props: PredictCurveProps): ReactNode {
  const { seconds, max, title, prediction, onDraw, actual = [], now, reference, verdict } = props;
  const say = useSay();
  const [ref, size] = useSize<HTMLDivElement>();
  const drawing = useRef<Map<number, number> | undefined>(undefined);
  const width = size?.width ?? 0;
  const height = size?.height ?? 0;
  const x = (at: number): number => LEFT + (at / seconds) * (width - LEFT - RIGHT);
  const y = (value: number): number => height - BOTTOM - (value / max) * (height - TOP - BOTTOM);
  const d = useMemo(
    () =>
      line<CurvePoint>()
        .x((point) => LEFT + (point.at / seconds) * (width - LEFT - RIGHT))
        .y((point) => height - BOTTOM - (point.value / max) * (height - TOP - BOTTOM))
        .curve(curveMonotoneX)([...prediction]) ?? "",
    [prediction, width, height, seconds, max],
  );
  const draw = (event: PointerEvent<SVGSVGElement>): void => {
    if (drawing.current === undefined || onDraw === undefined) return;
    const box = event.currentTarget.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left - LEFT) / (width - LEFT - RIGHT)));
    const value = ((height - BOTTOM - (event.clientY - box.top)) / (height - TOP - BOTTOM)) * max;
    drawing.current.set(Math.round(share * SAMPLES), Math.round(Math.min(max, Math.max(0, value)) * 10) / 10);
    onDraw([...drawing.current].sort((a, b) => a[0] - b[0]).map(([i, one]) => ({ at: (i / SAMPLES) * seconds, value: one })));
  };
  const tick = Math.max(1, Math.round(seconds / 6));
  const values = Array.from({ length: max + 1 }, (_, i) => i);
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
            onPointerDown={(event) => {
              if (onDraw === undefined) return;
              event.currentTarget.setPointerCapture(event.pointerId);
              drawing.current = new Map(prediction.map((point) => [Math.round((point.at / seconds) * SAMPLES), point.value]));
              draw(event);
            }}
            onPointerMove={draw}
            onPointerUp={() => {
              drawing.current = undefined;
            }}
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
            {Array.from({ length: Math.floor(seconds / tick) + 1 }, (_, i) => i * tick).map((at) => (
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
                <path d={stepPath(actual, Math.min(now, seconds), x, y)} fill="none" stroke="var(--ink)" strokeWidth={3.4} strokeLinejoin="round" />
                <circle cx={x(Math.min(now, seconds))} cy={y(valueAt(actual, now))} r={6} fill="var(--ink)" stroke="var(--paper)" strokeWidth={2} />
                <text x={x(Math.min(now, seconds)) + 8} y={TOP} className="d-lab">
                  {say({ key: "stage.curve.now" })}
                </text>
              </>
            )}
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
