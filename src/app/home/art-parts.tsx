/** Small drawn parts of the home page's pictures. */
import type { ReactNode } from "react";
import type { Stratum } from "../glyphs/strata";

interface ConeProps {
  /** Left, right and height of the thing that is looked into. */
  readonly from: readonly [number, number, number];
  readonly to: readonly [number, number, number];
  readonly stratum: Stratum;
}

/** Two sight lines that say: this is the inside of that. */
export function Cone({ from: [x0, x1, y0], to: [x2, x3, y1], stratum }: ConeProps): ReactNode {
  return (
    <g>
      <path d={`M${x0} ${y0}L${x2} ${y1}H${x3}L${x1} ${y0}z`} fill="var(--raised)" fillOpacity={0.55} />
      <path d={`M${x0} ${y0}L${x2} ${y1}M${x1} ${y0}L${x3} ${y1}`} fill="none" stroke={`var(--${stratum}-ink)`} strokeDasharray="2 3" />
    </g>
  );
}

/** A controller's ring in its act phase, with the gap inside. */
export function GapRing({ x, y, r, text }: { readonly x: number; readonly y: number; readonly r: number; readonly text: string }): ReactNode {
  const point = (degrees: number): string => {
    const angle = (degrees * Math.PI) / 180;
    return `${(x + r * Math.cos(angle)).toFixed(2)} ${(y + r * Math.sin(angle)).toFixed(2)}`;
  };
  const arcs = [
    [-8, -112],
    [-128, -232],
    [-248, -352],
  ] as const;
  return (
    <g>
      <circle cx={x} cy={y} r={r} fill="var(--paper)" />
      {arcs.map(([from, to], i) => {
        const acting = i === 2;
        const width = acting ? 4.6 : 1.9;
        const size = Math.max(4, width * 1.55);
        const [tipX = 0, tipY = 0] = point(to).split(" ").map(Number);
        const turn = to - 90;
        return (
          <g key={from}>
            <path
              d={`M${point(from)}A${r} ${r} 0 0 0 ${point(to + (size * 52) / r)}`}
              fill="none"
              stroke={acting ? "var(--orch)" : "var(--edge)"}
              strokeWidth={width}
            />
            <path
              d={`M${size * 0.7} 0L${-size * 0.67} ${size * 0.75}L${-size * 0.67} ${-size * 0.75}z`}
              fill={acting ? "var(--orch)" : "var(--edge)"}
              transform={`translate(${tipX} ${tipY}) rotate(${turn})`}
            />
          </g>
        );
      })}
      <text x={x} y={y + 9} textAnchor="middle" className="art-gap">
        {text}
      </text>
    </g>
  );
}

interface ProcessProps {
  readonly x: number;
  readonly y: number;
  readonly r: number;
  readonly fill: string;
  readonly stroke: string;
  readonly name: string;
  readonly nameY: number;
}

export function Process({ x, y, r, fill, stroke, name, nameY }: ProcessProps): ReactNode {
  return (
    <g>
      <circle cx={x} cy={y} r={r} fill={fill} stroke={stroke} strokeWidth={1.5} />
      <text x={x} y={nameY} textAnchor="middle" className="art-tiny">
        {name}
      </text>
    </g>
  );
}
