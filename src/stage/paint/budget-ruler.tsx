/** The rollout budget as a ruler: a cell per Pod, thick stops at floor and ceiling, what leaves right of the ceiling. */
import type { ReactNode } from "react";
import type { BudgetView, HeldState } from "../readmodel/types";
import { useSay } from "../words";

interface BudgetRulerProps {
  readonly budget: BudgetView;
  readonly x: number;
  readonly y: number;
  /** Width of one Pod. */
  readonly unit: number;
  readonly title?: string;
}

export const FILL: Readonly<Record<HeldState, string>> = {
  ready: "var(--pod)",
  notReady: "var(--pod-mid)",
  creating: "url(#st-pend)",
  pending: "var(--paper)",
  failed: "var(--alarm-tint)",
  unknown: "var(--sunken)",
  finished: "var(--sunken)",
  terminating: "url(#st-term)",
};

interface CellProps {
  readonly x: number;
  readonly y: number;
  readonly unit: number;
  readonly state: HeldState;
  readonly revision: number;
}

function Cell({ x, y, unit, state, revision }: CellProps): ReactNode {
  const failed = state === "failed";
  const ink = state === "ready" ? "var(--on-fill)" : "var(--pod-ink)";
  const ticks = failed ? 0 : Math.min(3, revision);
  return (
    <g>
      <rect
        x={x}
        y={y - 6}
        width={unit}
        height={12}
        fill={FILL[state]}
        stroke={failed ? "var(--alarm)" : "var(--pod-ink)"}
        strokeDasharray={state === "pending" ? "5 3" : undefined}
      />
      {failed && <path d={`M${x + unit / 2 - 4} ${y - 4}l8 8m0 -8l-8 8`} stroke="var(--alarm)" strokeWidth={1.8} />}
      {unit >= 14 &&
        Array.from({ length: ticks }, (_, i) => {
          const at = x + unit / 2 + (i - (ticks - 1) / 2) * 5;
          return <line key={at} x1={at} x2={at} y1={y - 3} y2={y + 3} stroke={ink} strokeWidth={1.8} />;
        })}
    </g>
  );
}

function Stop({ x, y, words, pressed, dy }: { x: number; y: number; words: string; pressed: boolean; dy: number }): ReactNode {
  return (
    <>
      <line x1={x} x2={x} y1={y - 16} y2={y + 12} stroke="var(--ink)" strokeWidth={pressed ? 3 : 2} />
      <text x={x} y={y + dy} textAnchor="middle" className={`d-sm ${pressed ? "strong tone-fact" : ""}`}>
        {words}
      </text>
    </>
  );
}

const STEPS = [1, 2, 5, 10, 20, 25, 50, 100, 200];
const LEAST_TICK = 24;

/** Runs of equal cells, when single cells would be too thin. */
function Runs({ runs, at, y }: { readonly runs: BudgetView["runs"]; readonly at: (n: number) => number; readonly y: number }): ReactNode {
  let start = 0;
  return runs.map((run) => {
    const from = start;
    start += run.count;
    const width = at(start) - at(from);
    const failed = run.state === "failed";
    return (
      <g key={`${run.state} ${run.revision}`}>
        <rect x={at(from)} y={y - 6} width={width} height={12} fill={FILL[run.state]} stroke={failed ? "var(--alarm)" : "var(--pod-ink)"} />
        {width > 22 &&
          !failed &&
          Array.from({ length: Math.min(3, run.revision) }, (_, i) => {
            const x = at(from) + width / 2 + (i - (Math.min(3, run.revision) - 1) / 2) * 5;
            return (
              <line
                key={x}
                x1={x}
                x2={x}
                y1={y - 3}
                y2={y + 3}
                stroke={run.state === "ready" ? "var(--on-fill)" : "var(--pod-ink)"}
                strokeWidth={1.8}
              />
            );
          })}
      </g>
    );
  });
}

export function BudgetRuler({ budget, x, y, unit, title }: BudgetRulerProps): ReactNode {
  const say = useSay();
  const at = (n: number): number => x + n * unit;
  const counted = budget.cells.filter((cell) => cell.state !== "terminating" && cell.state !== "finished");
  const leaving = budget.cells.filter((cell) => cell.state === "terminating");
  const runs = budget.cells.length > 0 ? [] : budget.runs.filter((run) => run.state !== "terminating" && run.state !== "finished");
  const end = Math.max(budget.ceiling, budget.total + budget.ghosts);
  const shownLeaving = leaving.slice(0, 3);
  const ticks = end + shownLeaving.length;
  const every = STEPS.find((step) => step * unit >= LEAST_TICK) ?? 500;
  const width = ticks * unit;
  return (
    <g data-budget="true">
      <text x={x - 2} y={y - 26} className="d-b">
        {title ?? say({ key: "stage.budget.title" })}
      </text>
      <text x={Math.max(x + width + 6, x + 202)} y={y - 26} textAnchor="end" className="d-lab num">
        {say({ key: "stage.budget.counts", params: { available: budget.available, total: budget.total } })}
      </text>
      <rect x={at(budget.floor)} y={y - 12} width={(budget.ceiling - budget.floor) * unit} height={24} fill="var(--sunken)" />
      <line x1={at(0)} x2={at(ticks)} y1={y + 12} y2={y + 12} stroke="var(--edge)" />
      {Array.from({ length: ticks + 1 }, (_, n) =>
        n % every === 0 ? (
          // biome-ignore lint: ticks of a ruler
          <g key={n}>
            <line x1={at(n)} x2={at(n)} y1={y + 12} y2={y + 16} stroke="var(--edge)" />
            <text x={at(n)} y={y + 28} textAnchor="middle" className="d-sm num">
              {n}
            </text>
          </g>
        ) : null,
      )}
      {counted.map((cell, i) => (
        <Cell key={cell.uid} x={at(i)} y={y} unit={unit} state={cell.state} revision={cell.revision} />
      ))}
      <Runs runs={runs} at={at} y={y} />
      {Array.from({ length: budget.ghosts }, (_, i) => (
        // biome-ignore lint: ghosts have no names
        <rect
          key={i}
          x={at(budget.total + i)}
          y={y - 6}
          width={unit}
          height={12}
          fill="none"
          stroke="var(--orch)"
          strokeWidth={1.3}
          strokeDasharray="4 3"
        />
      ))}
      {shownLeaving.map((cell, i) => (
        <g key={cell.uid}>
          <rect x={at(end + i) + 3} y={y - 6} width={unit - 4} height={12} rx={6} fill="url(#st-term)" opacity={0.5} />
          <rect
            x={at(end + i) + 3}
            y={y - 6}
            width={unit - 4}
            height={12}
            rx={6}
            fill="none"
            stroke="var(--pod-ink)"
            strokeWidth={1.6}
            strokeDasharray="0.1 3.4"
            strokeLinecap="round"
          />
        </g>
      ))}
      <Stop x={at(budget.floor)} y={y} words={say({ key: "stage.budget.floor" })} pressed={budget.blocked === "floor"} dy={42} />
      <Stop x={at(budget.ceiling)} y={y} words={say({ key: "stage.budget.ceiling" })} pressed={budget.blocked === "ceiling"} dy={42} />
      {leaving.length > 0 && (
        <text x={at(end) + Math.max(34, unit)} y={y + 42} className="d-sm">
          {say({ key: "stage.budget.leaving" })}
        </text>
      )}
    </g>
  );
}
