/** The core sample: seven strata in one rounded column. Brand mark and depth gauge. */
import { type ReactNode, useId } from "react";
import { STRATA, type Stratum } from "./strata";

interface CoreProps {
  readonly width: number;
  readonly height: number;
  readonly x?: number;
  readonly y?: number;
  /** The stratum that is stood in; the others are paler and show their lithology. */
  readonly at?: Stratum;
}

export function Core({ width, height, x = 0, y = 0, at }: CoreProps): ReactNode {
  const clip = useId();
  const band = height / STRATA.length;
  return (
    <g>
      <clipPath id={clip}>
        <rect x={x} y={y} width={width} height={height} rx={width / 2} />
      </clipPath>
      <g clipPath={`url(#${clip})`}>
        {STRATA.map((stratum, i) => (
          <g key={stratum}>
            <rect x={x} y={y + i * band} width={width} height={band} fill={`var(--${stratum}${at === undefined || at === stratum ? "" : "-mid"})`} />
            {at !== undefined && at !== stratum && (
              <rect x={x} y={y + i * band} width={width} height={band} fill={`url(#li-${stratum})`} opacity={0.9} />
            )}
          </g>
        ))}
      </g>
      <rect x={x} y={y} width={width} height={height} rx={width / 2} fill="none" stroke="var(--ink)" />
    </g>
  );
}

export function Brand(): ReactNode {
  return (
    <svg width={13} height={24} viewBox="0 0 13 24" aria-hidden="true">
      <Core x={0.5} y={0.5} width={12} height={23} />
    </svg>
  );
}
