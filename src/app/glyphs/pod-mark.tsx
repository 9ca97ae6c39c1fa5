/** A Pod as running text and the home page show it: a capsule with its containers. The stage draws its own, with every state. */
import type { ReactNode } from "react";

interface PodMarkProps {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly state: "wanted" | "ready";
  readonly containers?: number;
}

export function PodMark({ x, y, width, height, state, containers = 1 }: PodMarkProps): ReactNode {
  const stroke = Math.max(1.4, height / 22);
  const side = height * 0.34;
  const gap = side * 0.45;
  const total = containers * side + (containers - 1) * gap;
  const wanted = state === "wanted";
  return (
    <g>
      <rect
        x={x}
        y={y}
        width={width}
        height={height}
        rx={height / 2}
        fill={wanted ? "var(--paper)" : "var(--pod)"}
        stroke={wanted ? "var(--orch)" : "var(--pod-ink)"}
        strokeWidth={stroke}
        strokeDasharray={wanted ? `${height * 0.13} ${height * 0.1}` : undefined}
      />
      {Array.from({ length: containers }, (_, i) => (
        <rect
          key={i}
          x={x + width / 2 - total / 2 + i * (side + gap)}
          y={y + height / 2 - side / 2}
          width={side}
          height={side}
          rx={side * 0.16}
          fill={wanted ? "none" : "var(--on-fill)"}
          stroke={wanted ? "var(--orch)" : undefined}
          strokeWidth={stroke * 0.8}
          strokeDasharray={wanted ? "2 2" : undefined}
        />
      ))}
    </g>
  );
}

/** The same as part of a line of text. */
export function InlinePod({ state }: { readonly state: "wanted" | "ready" }): ReactNode {
  return (
    <svg width={24} height={13} viewBox="0 0 24 13" aria-hidden="true">
      <PodMark x={1} y={1} width={22} height={11} state={state} />
    </svg>
  );
}
