/** Patterns of states beside those of the strata, and arrow heads: once per picture that uses them. Ids are shared, so several pictures may hold them. */
import type { ReactNode } from "react";
import { ArrowHeads, LithologyPatterns, Pattern, stroke } from "./lithology";

const SLANTED: readonly (readonly [id: string, color: string, width: number])[] = [
  ["st-pend", "pod-ink", 1.2],
  ["st-plan", "orch", 0.9],
  ["st-alarm", "alarm", 1],
  ["st-cordon", "ink-3", 1.1],
];
const ARROWS = ["ink", "ink-2", "ink-3", "orch", "fs-ink", "alarm"] as const;

export function StageDefs(): ReactNode {
  return (
    <defs>
      <LithologyPatterns />
      {SLANTED.map(([id, color, width]) => (
        <Pattern key={id} id={id} width={5} height={5} turn="rotate(45)">
          <path d="M0 0V5" {...stroke(color, width)} />
        </Pattern>
      ))}
      <Pattern id="st-term" width={4} height={4}>
        <path d="M0 2H4" {...stroke("pod-ink", 1)} />
      </Pattern>
      <ArrowHeads colors={ARROWS} />
      <marker
        id="o-orch"
        viewBox="0 0 8 8"
        refX="6.6"
        refY="4"
        markerWidth="7"
        markerHeight="7"
        markerUnits="userSpaceOnUse"
        orient="auto-start-reverse"
      >
        <path d="M1 1L6.6 4L1 7" fill="none" stroke="var(--orch)" strokeWidth="1.3" />
      </marker>
    </defs>
  );
}
