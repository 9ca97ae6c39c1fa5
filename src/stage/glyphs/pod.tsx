/** A Pod: a capsule that holds squares. Texture carries its state, ticks its revision, notches its restarts, the port its traffic. */
import { memo, type ReactNode, useId } from "react";
import type { PodStateKind } from "../readmodel/types";

export type PortSide = "left" | "right" | "bottom" | "top";

export interface PodGlyphProps {
  readonly x: number;
  readonly y: number;
  readonly width?: number;
  readonly height?: number;
  readonly state: PodStateKind;
  /** Tally strokes at the left end; a number from four on. */
  readonly revision?: number;
  readonly containers?: number;
  readonly restarts?: number;
  readonly port?: PortSide;
  /** How far creating has come, 0 to 1. */
  readonly level?: number;
  readonly selected?: boolean;
}

interface Look {
  readonly fill: string;
  readonly hatch?: string;
  readonly stroke: string;
  readonly dash?: (h: number, w: number) => string;
  readonly weight?: number;
  readonly round?: boolean;
  readonly ink: string;
  readonly box: { readonly fill: string; readonly stroke?: string; readonly dash?: string };
}

const HOLLOW = { fill: "var(--paper)", stroke: "var(--pod-ink)" };
const LOOKS: Readonly<Record<PodStateKind, Look>> = {
  desired: {
    fill: "var(--paper)",
    stroke: "var(--orch)",
    dash: (h) => `${h * 0.13} ${h * 0.1}`,
    ink: "var(--orch)",
    box: { fill: "none", stroke: "var(--orch)", dash: "2 2" },
  },
  pending: {
    fill: "var(--paper)",
    hatch: "url(#st-pend)",
    stroke: "var(--pod-ink)",
    dash: (h) => `${h * 0.26} ${h * 0.12}`,
    ink: "var(--pod-ink)",
    box: HOLLOW,
  },
  creating: { fill: "var(--paper)", hatch: "url(#st-pend)", stroke: "var(--pod-ink)", ink: "var(--pod-ink)", box: HOLLOW },
  notReady: { fill: "var(--pod-mid)", stroke: "var(--pod-ink)", ink: "var(--pod-ink)", box: { fill: "var(--pod-ink)" } },
  ready: { fill: "var(--pod)", stroke: "var(--pod-ink)", ink: "var(--on-fill)", box: { fill: "var(--on-fill)" } },
  terminating: {
    fill: "var(--paper)",
    hatch: "url(#st-term)",
    stroke: "var(--pod-ink)",
    dash: (h) => `0.1 ${h * 0.13}`,
    weight: 1.25,
    round: true,
    ink: "var(--pod-ink)",
    box: { fill: "var(--paper)", stroke: "var(--pod-ink)", dash: "1.5 2" },
  },
  failed: {
    fill: "var(--alarm-tint)",
    stroke: "var(--alarm)",
    dash: (h, w) => `${w * 0.62} ${h * 0.16}`,
    weight: 1.5,
    ink: "var(--alarm)",
    box: { fill: "none" },
  },
  unknown: {
    fill: "var(--sunken)",
    stroke: "var(--ink-3)",
    dash: (h) => `${h * 0.24} ${h * 0.1} ${h * 0.06} ${h * 0.1}`,
    ink: "var(--ink-2)",
    box: { fill: "none" },
  },
  finished: { fill: "var(--sunken)", stroke: "var(--pod-ink)", ink: "var(--pod-ink)", box: { fill: "none", stroke: "var(--pod-ink)" } },
};

const MOST_BOXES = 4;
const MOST_TICKS = 3;

function portPlace(side: PortSide, x: number, y: number, w: number, h: number): readonly [number, number] {
  if (side === "left") return [x, y + h / 2];
  if (side === "right") return [x + w, y + h / 2];
  return [x + w / 2, side === "bottom" ? y + h : y];
}

function Ticks({ count, x, y, h, color, weight }: { count: number; x: number; y: number; h: number; color: string; weight: number }): ReactNode {
  if (count > MOST_TICKS) {
    return (
      <text x={x + h * 0.26} y={y + h * 0.64} className="num" style={{ fontSize: h * 0.4, fontWeight: 600, fill: color }}>
        {count}
      </text>
    );
  }
  return Array.from({ length: count }, (_, i) => {
    const at = x + h * 0.34 + i * h * 0.13;
    return <line key={at} x1={at} x2={at} y1={y + h * 0.3} y2={y + h * 0.7} stroke={color} strokeWidth={weight * 1.1} strokeLinecap="round" />;
  });
}

interface BoxesProps {
  readonly count: number;
  readonly cx: number;
  readonly cy: number;
  readonly h: number;
  readonly look: Look;
  readonly weight: number;
}

function Boxes({ count, cx, cy, h, look, weight }: BoxesProps): ReactNode {
  const side = h * 0.34;
  const { fill, stroke, dash } = look.box;
  if (count > MOST_BOXES) {
    return (
      <text x={cx} y={cy + h * 0.15} textAnchor="middle" className="num" style={{ fontSize: h * 0.42, fontWeight: 600, fill: look.ink }}>
        {count}
      </text>
    );
  }
  const gap = side * 0.45;
  const left = cx - (count * side + (count - 1) * gap) / 2;
  return Array.from({ length: count }, (_, i) => (
    <rect
      key={i}
      x={left + i * (side + gap)}
      y={cy - side / 2}
      width={side}
      height={side}
      rx={side * 0.16}
      fill={fill}
      stroke={stroke}
      strokeWidth={weight * 0.8}
      strokeDasharray={dash}
    />
  ));
}

function Sign({ state, cx, cy, h, weight }: { state: PodStateKind; cx: number; cy: number; h: number; weight: number }): ReactNode {
  if (state === "failed") {
    const d = `M${cx - h * 0.2} ${cy - h * 0.2}l${h * 0.4} ${h * 0.4}m0 ${-h * 0.4}l${-h * 0.4} ${h * 0.4}`;
    return <path d={d} fill="none" stroke="var(--alarm)" strokeWidth={weight * 1.7} strokeLinecap="round" />;
  }
  return (
    <text x={cx} y={cy + h * 0.19} textAnchor="middle" style={{ fontSize: h * 0.54, fontWeight: 600, fill: "var(--ink-2)" }}>
      ?
    </text>
  );
}

function Port({ side, state, x, y, w, h }: { side: PortSide; state: PodStateKind; x: number; y: number; w: number; h: number }): ReactNode {
  const [px, py] = portPlace(side, x, y, w, h);
  const r = Math.max(3, h * 0.115);
  return (
    <>
      <circle cx={px} cy={py} r={r + 1} fill="var(--paper)" stroke="var(--pod-ink)" strokeWidth={1.4} />
      {state === "ready" && <circle cx={px} cy={py} r={r - 1.2} fill="var(--pod-ink)" />}
    </>
  );
}

const HAS_NO_PORT: ReadonlySet<PodStateKind> = new Set(["desired", "failed", "terminating", "finished", "pending"]);

export const PodGlyph = memo(function PodGlyph(props: PodGlyphProps): ReactNode {
  const { x, y, width: w = 62, height: h = 34, state, revision = 0, containers = 1, restarts = 0, port, level = 0.35, selected = false } = props;
  const clip = useId();
  const look = LOOKS[state];
  const weight = Math.max(1.4, h / 22);
  const r = h / 2;
  const cap = { x, y, width: w, height: h, rx: r };
  const cx = x + w / 2 + (revision > 0 ? h * 0.12 : 0);
  const cy = y + h / 2;
  const sign = state === "failed" || state === "unknown";
  return (
    <g data-glyph="pod" data-state={state}>
      {selected && <rect x={x - 5} y={y - 5} width={w + 10} height={h + 10} rx={r + 5} fill="none" stroke="var(--select)" strokeWidth={2} />}
      <rect {...cap} fill={look.fill} />
      {look.hatch !== undefined && <rect {...cap} fill={look.hatch} opacity={0.5} />}
      {state === "creating" && (
        <>
          <clipPath id={clip}>
            <rect x={x} y={y + h * (1 - level)} width={w} height={h * level} />
          </clipPath>
          <rect {...cap} fill="var(--pod-mid)" clipPath={`url(#${clip})`} />
        </>
      )}
      <rect
        className="cap"
        {...cap}
        fill="none"
        stroke={look.stroke}
        strokeWidth={weight * (look.weight ?? 1)}
        strokeDasharray={look.dash?.(h, w)}
        strokeDashoffset={state === "failed" ? -w * 0.18 : undefined}
        strokeLinecap={look.round === true ? "round" : undefined}
      />
      {sign ? (
        <Sign state={state} cx={x + w / 2} cy={cy} h={h} weight={weight} />
      ) : (
        <>
          {revision > 0 && <Ticks count={revision} x={x} y={y} h={h} color={look.ink} weight={weight} />}
          <Boxes count={containers} cx={cx} cy={cy} h={h} look={look} weight={weight} />
        </>
      )}
      {restarts > 0 && <Notches count={restarts} cx={x + w / 2} y={y} h={h} />}
      {port !== undefined && !HAS_NO_PORT.has(state) && <Port side={port} state={state} x={x} y={y} w={w} h={h} />}
    </g>
  );
});

function Notches({ count, cx, y, h }: { count: number; cx: number; y: number; h: number }): ReactNode {
  if (count > 3) {
    return (
      <text x={cx} y={y - 2} textAnchor="middle" className="num halo" style={{ fontSize: Math.max(10, h * 0.3), fill: "var(--ink-2)" }}>
        {`↻${count}`}
      </text>
    );
  }
  const size = Math.max(3, h * 0.13);
  return Array.from({ length: count }, (_, i) => {
    const at = cx + (i - (count - 1) / 2) * size * 2.2;
    return (
      <path
        key={at}
        d={`M${at - size} ${y - 0.5}h${size * 2}l${-size} ${size * 1.3}z`}
        fill="var(--paper)"
        stroke="var(--pod-ink)"
        strokeWidth={1.2}
      />
    );
  });
}
