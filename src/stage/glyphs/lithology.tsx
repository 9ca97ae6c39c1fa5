/** Patterns of the seven strata and arrow heads, for every picture that draws with them. Ids are shared, so several pictures may hold them. */
import type { ReactNode } from "react";

export const stroke = (color: string, width = 1): { fill: string; stroke: string; strokeWidth: number; strokeLinecap: "round" } => ({
  fill: "none",
  stroke: `var(--${color})`,
  strokeWidth: width,
  strokeLinecap: "round",
});

export function Pattern(props: { id: string; width: number; height: number; turn?: string; children: ReactNode }): ReactNode {
  return (
    <pattern id={props.id} width={props.width} height={props.height} patternUnits="userSpaceOnUse" patternTransform={props.turn}>
      {props.children}
    </pattern>
  );
}

export function LithologyPatterns(): ReactNode {
  return (
    <>
      <Pattern id="li-orch" width={22} height={14}>
        <path d="M2 7h8" {...stroke("orch")} />
        <path d="M13 14h8M13 0h8" {...stroke("orch")} />
      </Pattern>
      <Pattern id="li-pod" width={22} height={18}>
        <rect x="2.5" y="2.5" width="9" height="5" rx="2.5" {...stroke("pod")} />
        <rect x="12.5" y="11.5" width="9" height="5" rx="2.5" {...stroke("pod")} />
      </Pattern>
      <Pattern id="li-ctr" width={14} height={14}>
        <rect x="2" y="2" width="2.4" height="2.4" fill="var(--ctr)" />
        <rect x="9" y="9" width="2.4" height="2.4" fill="var(--ctr)" />
      </Pattern>
      <Pattern id="li-fs" width={30} height={7}>
        <path d="M0 3.5h22" {...stroke("fs")} />
      </Pattern>
      <Pattern id="li-kern" width={26} height={16}>
        <path d="M0 .5h26M0 8.5h26M6.5 .5v8M19.5 8.5v7.5" {...stroke("kern", 0.9)} />
      </Pattern>
      <Pattern id="li-hyp" width={26} height={12}>
        <path d="M0 8l6.5-5 6.5 5 6.5-5L26 8" {...stroke("hyp")} />
      </Pattern>
      <Pattern id="li-hw" width={18} height={18}>
        <path d="M5 2.5v5M2.5 5h5M14 11.5v5M11.5 14h5" {...stroke("hw")} />
      </Pattern>
    </>
  );
}

export function ArrowHeads({ colors }: { readonly colors: readonly string[] }): ReactNode {
  return colors.map((color) => (
    <marker
      key={color}
      id={`a-${color}`}
      viewBox="0 0 8 8"
      refX="6.6"
      refY="4"
      markerWidth="7"
      markerHeight="7"
      markerUnits="userSpaceOnUse"
      orient="auto-start-reverse"
    >
      <path d="M0.8 0.8L7 4L0.8 7.2z" fill={`var(--${color})`} />
    </marker>
  ));
}
