/** Strokes, bars and lanes of the Score, painted from batched paths. */
import type { ReactNode, SVGProps } from "react";
import type { LaneView, SpanView } from "../readmodel/types";
import type { ScoreScene, StrokeAge, StrokeShape } from "../scene/score-scene";
import { useSay } from "../words";

const OPACITY: Readonly<Record<StrokeAge, number>> = { past: 1, current: 1, future: 0.3 };
const SHAPES: readonly StrokeShape[] = ["watchLine", "watchHead", "readLine", "writeLine", "writeHead", "dot", "etcd", "conflict", "bounce"];

function lookOf(shape: StrokeShape, age: StrokeAge): SVGProps<SVGPathElement> {
  const ink = age === "current" ? "var(--ink)" : "var(--ink-2)";
  const heavy = age === "current";
  switch (shape) {
    case "watchLine":
      return { fill: "none", stroke: "var(--orch)", strokeWidth: heavy ? 2.4 : 1.1 };
    case "watchHead":
      return { fill: "none", stroke: "var(--orch)", strokeWidth: heavy ? 2 : 1.2, strokeLinejoin: "round" };
    case "readLine":
      return { fill: "none", stroke: "var(--ink-3)", strokeWidth: heavy ? 2 : 1, strokeDasharray: "2 2" };
    case "writeLine":
      return { fill: "none", stroke: ink, strokeWidth: heavy ? 2.4 : 1.3 };
    case "etcd":
      return { fill: "var(--orch)" };
    case "conflict":
      return { fill: "none", stroke: "var(--ink-3)", strokeWidth: 1.3, strokeLinecap: "round" };
    case "bounce":
      return { fill: "none", stroke: "var(--alarm)", strokeWidth: 1.8, strokeLinecap: "round" };
    default:
      return { fill: ink };
  }
}

export function Strokes({ scene }: { readonly scene: ScoreScene }): ReactNode {
  return (["past", "future", "current"] as const).map((age) => (
    <g key={age} opacity={OPACITY[age]}>
      {SHAPES.map((shape) => {
        const d = scene.paths[age][shape];
        return d === undefined ? null : <path key={shape} d={d} {...lookOf(shape, age)} />;
      })}
    </g>
  ));
}

const SPAN: Readonly<Record<SpanView["kind"], string>> = { pulling: "pod", starting: "pod", stopping: "hw" };

export function Spans({ scene }: { readonly scene: ScoreScene }): ReactNode {
  return scene.spans.map((span) => {
    const hue = SPAN[span.kind];
    const { past, future, y } = span;
    return (
      <g key={span.key}>
        {past !== undefined && (
          <rect
            x={past[0]}
            y={y - 3.5}
            width={Math.max(1, past[1] - past[0])}
            height={7}
            fill={span.kind === "starting" ? "url(#st-pend)" : `var(--${hue}-mid)`}
            stroke={`var(--${hue}-ink)`}
          />
        )}
        {future !== undefined && (
          <rect
            x={future[0]}
            y={y - 3.5}
            width={Math.max(1, future[1] - future[0])}
            height={7}
            fill="none"
            stroke={`var(--${hue}-ink)`}
            strokeWidth={0.8}
            strokeDasharray="2 2"
            opacity={0.55}
          />
        )}
      </g>
    );
  });
}

interface LanesProps {
  readonly scene: ScoreScene;
  readonly lanes: readonly LaneView[];
  readonly hue?: string;
}

export function Lanes({ scene, lanes, hue = "orch" }: LanesProps): ReactNode {
  const say = useSay();
  const { x0, x1, nowX } = scene;
  return scene.lanes.map(({ id, y, hub, lane }) => {
    const name = lanes[lane]?.name;
    const stroke = hub ? `var(--${hue})` : "var(--rule-2)";
    return (
      <g key={id}>
        {name !== undefined && (
          <text x={x0 - 14} y={y + 4} textAnchor="end" className={hub ? "d-lab strong tone-fact" : "d-lab"}>
            {say(name)}
          </text>
        )}
        <line x1={x0} x2={nowX} y1={y} y2={y} stroke={stroke} strokeWidth={hub ? 2.4 : 1} />
        <line x1={nowX} x2={x1} y1={y} y2={y} stroke={stroke} strokeWidth={hub ? 1.4 : 1} strokeDasharray="1 4" />
      </g>
    );
  });
}
