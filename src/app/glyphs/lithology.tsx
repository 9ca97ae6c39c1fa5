/** Patterns and arrow heads of the drawn section, once per document that draws with them. */
import type { ReactNode } from "react";
import { ArrowHeads, LithologyPatterns, Pattern, stroke } from "../../stage/glyphs/lithology";

const ARROWS = ["ink", "ink-2", "orch", "ctr-ink", "hyp-ink"] as const;

export function LithologyDefs(): ReactNode {
  return (
    <defs>
      <LithologyPatterns />
      <Pattern id="st-plan" width={5} height={5} turn="rotate(45)">
        <path d="M0 0V5" {...stroke("orch", 1)} />
      </Pattern>
      <ArrowHeads colors={ARROWS} />
    </defs>
  );
}
