/** The other signs of the plate: controller ring, record, node, request, core. Pure: numbers in, shapes out. */
import { type ReactNode, useId } from "react";
import type { LoopPhase } from "../readmodel/types";

const round = (n: number): number => Math.round(n * 100) / 100;

/** Arcs of the ring, anticlockwise: observe over the top, compare down the left, act along the bottom to the right. */
const ARCS: readonly { readonly phase: LoopPhase; readonly from: number; readonly to: number }[] = [
  { phase: "observe", from: -8, to: -112 },
  { phase: "compare", from: -128, to: -232 },
  { phase: "act", from: -248, to: -352 },
];
const RADIANS = Math.PI / 180;

interface RingProps {
  readonly x: number;
  readonly y: number;
  readonly r: number;
  readonly phase: LoopPhase;
  readonly figure: string;
  readonly size?: number;
  readonly weight?: number;
}

export function Ring({ x, y, r, phase, figure, size = r * 0.75, weight = 2 }: RingProps): ReactNode {
  const point = (angle: number): readonly [number, number] => [round(x + r * Math.cos(angle)), round(y + r * Math.sin(angle))];
  return (
    <g data-glyph="controller" data-phase={phase}>
      {ARCS.map((arc) => {
        const on = arc.phase === phase;
        const w = on ? weight * 2.2 : weight * 0.85;
        const color = on ? "var(--orch)" : "var(--edge)";
        const head = Math.max(4, w * 1.55);
        const end = arc.to * RADIANS;
        const [x0, y0] = point(arc.from * RADIANS);
        const [x1, y1] = point(end + (head * 0.9) / r);
        const [tx, ty] = point(end);
        const along = end - Math.PI / 2;
        const tip = (turn: number, d: number): string => `${round(tx + d * Math.cos(along + turn))} ${round(ty + d * Math.sin(along + turn))}`;
        return (
          <g key={arc.phase}>
            <path d={`M${x0} ${y0}A${r} ${r} 0 0 0 ${x1} ${y1}`} fill="none" stroke={color} strokeWidth={w} />
            <path d={`M${tip(0, head * 0.7)}L${tip(2.3, head)}L${tip(-2.3, head)}z`} fill={color} />
          </g>
        );
      })}
      <text x={x} y={y + size * 0.36} textAnchor="middle" className="num" style={{ fontSize: size, fontWeight: 600 }}>
        {figure}
      </text>
    </g>
  );
}

interface RecordProps {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly fold?: number;
  readonly weight?: number;
  readonly fill?: string;
  readonly dash?: string;
}

/** An API object: a card with a folded corner, what etcd holds. */
export function RecordCard({
  x,
  y,
  width: w,
  height: h,
  fold = Math.min(14, h * 0.3),
  weight = 1.3,
  fill = "var(--paper)",
  dash,
}: RecordProps): ReactNode {
  return (
    <g data-glyph="record" fill="none" stroke="var(--orch)" strokeWidth={weight}>
      <path className="cap" d={`M${x} ${y}h${w - fold}l${fold} ${fold}v${h - fold}h${-w}z`} fill={fill} strokeDasharray={dash} />
      <path d={`M${x + w - fold} ${y}v${fold}h${fold}`} />
    </g>
  );
}

interface NodeBoxProps {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly lost?: boolean;
  readonly weight?: number;
}

/** A node: square corners on a thick ground line. A lost one is an alarm's broken outline without ground. */
export function NodeBox({ x, y, width, height, lost = false, weight = 1.2 }: NodeBoxProps): ReactNode {
  if (lost) {
    return (
      <g data-glyph="node" data-lost="true">
        <rect x={x} y={y} width={width} height={height} fill="var(--alarm-tint)" opacity={0.6} />
        <rect
          className="cap"
          x={x}
          y={y}
          width={width}
          height={height}
          fill="none"
          stroke="var(--alarm)"
          strokeWidth={weight * 1.7}
          strokeDasharray="10 6"
        />
      </g>
    );
  }
  return (
    <g data-glyph="node">
      <rect className="cap" x={x} y={y} width={width} height={height} fill="var(--raised)" stroke="var(--hw)" strokeWidth={weight} />
      <rect x={x - 0.6} y={y + height - 2} width={width + 1.2} height={4} fill="var(--hw)" />
    </g>
  );
}

export function PacketMark({ x, y, size = 5, failed = false }: { x: number; y: number; size?: number; failed?: boolean }): ReactNode {
  const d = `M${round(x - size)} ${round(y)}L${round(x)} ${round(y - size)}L${round(x + size)} ${round(y)}L${round(x)} ${round(y + size)}z`;
  return <path d={d} fill={failed ? "var(--alarm)" : "var(--ink)"} stroke="var(--paper)" strokeWidth={1.2} />;
}

export const STRATA = ["orch", "pod", "ctr", "fs", "kern", "hyp", "hw"] as const;
export type Stratum = (typeof STRATA)[number];

/** The core sample at the stage's edge: which stratum one stands in. */
export function DepthGauge(props: { x: number; y: number; width: number; height: number; at: Stratum }): ReactNode {
  const clip = useId();
  const { x, y, width, height, at } = props;
  const band = height / STRATA.length;
  return (
    <g data-glyph="core" aria-hidden="true">
      <clipPath id={clip}>
        <rect x={x} y={y} width={width} height={height} rx={width / 2} />
      </clipPath>
      <g clipPath={`url(#${clip})`}>
        {STRATA.map((stratum, i) => (
          <g key={stratum}>
            <rect x={x} y={y + i * band} width={width} height={band} fill={`var(--${stratum}${at === stratum ? "" : "-mid"})`} />
            {at !== stratum && <rect x={x} y={y + i * band} width={width} height={band} fill={`url(#li-${stratum})`} opacity={0.9} />}
          </g>
        ))}
      </g>
      <rect x={x} y={y} width={width} height={height} rx={width / 2} fill="none" stroke="var(--ink)" />
    </g>
  );
}
