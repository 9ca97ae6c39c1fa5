/** The states that a Pod has been in, along time, in the textures of the stage. */
import type { ReactNode } from "react";
import type { HeldState, LifeSegment } from "../readmodel/types";
import { useSay } from "../words";

interface LifeStripProps {
  readonly life: readonly LifeSegment[];
  readonly width?: number;
}

const FILL: Readonly<Record<HeldState, string>> = {
  pending: "url(#st-pend)",
  creating: "var(--pod-mid)",
  notReady: "var(--pod-mid)",
  ready: "var(--pod)",
  terminating: "url(#st-term)",
  failed: "var(--alarm-tint)",
  unknown: "var(--sunken)",
  finished: "var(--sunken)",
};
const SECOND = 1_000_000;
const widthOf = (text: string): number => [...text].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 0x1100 ? 10.5 : 5.6), 6);

export function LifeStrip({ life, width = 252 }: LifeStripProps): ReactNode {
  const say = useSay();
  const start = life[0]?.from ?? 0;
  const end = life.at(-1)?.to ?? 0;
  const span = Math.max(end - start, 1);
  const x = (at: number): number => 1 + ((at - start) / span) * (width - 2);
  const total = span / SECOND;
  const step = [0.5, 1, 2, 5, 10, 30, 60, 300, 600, 3600].find((one) => (one / total) * width >= 36) ?? 7200;
  const ticks = Array.from({ length: Math.floor(total / step) + 1 }, (_, i) => i * step);
  const told = life
    .map((segment) => `${say({ key: `stage.life.${segment.state.kind}` })} ${Math.round((segment.to - segment.from) / 100_000) / 10} s`)
    .join(", ");
  return (
    <svg className="stage-svg" width={width} height={46} role="img" aria-label={told}>
      {life.map((segment) => {
        const kind = segment.state.kind as HeldState;
        const [left, right] = [x(segment.from), x(segment.to)];
        const w = Math.max(1, right - left);
        const creating = kind === "creating";
        const name = say({ key: `stage.life.${kind}` });
        return (
          <g key={segment.from}>
            <rect
              x={left}
              y={18}
              width={w}
              height={12}
              fill={creating ? "var(--paper)" : FILL[kind]}
              stroke={kind === "failed" ? "var(--alarm)" : "var(--pod-ink)"}
              strokeDasharray={kind === "pending" ? "4 2" : kind === "terminating" ? "0.1 3.4" : undefined}
            />
            {creating && <path d={`M${left} 30L${right} 18V30z`} fill="var(--pod-mid)" />}
            {w >= widthOf(name) && (
              <text x={left + 2} y={12} className="d-sm">
                {name}
              </text>
            )}
          </g>
        );
      })}
      {ticks.map((tick) => (
        <text key={tick} x={x(start + tick * SECOND)} y={43} textAnchor={tick === 0 ? "start" : "middle"} className="d-sm num">
          {tick}
        </text>
      ))}
    </svg>
  );
}
