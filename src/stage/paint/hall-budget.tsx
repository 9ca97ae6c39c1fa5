/** The rollout budget for a lecture hall: large cells, two stops with their numbers, no axis. */
import type { ReactNode } from "react";
import type { BudgetView, HeldState } from "../readmodel/types";
import { useSay } from "../words";
import { FILL } from "./budget-ruler";

const TALL = 28;
const MOST_LEAVING = 3;
const LEAST_CELL = 14;

interface CellProps {
  readonly x: number;
  readonly y: number;
  readonly unit: number;
  readonly state: HeldState;
  readonly revision: number;
}

function Cell({ x, y, unit, state, revision }: CellProps): ReactNode {
  const failed = state === "failed";
  const leaving = state === "terminating";
  const ticks = failed || unit < 40 ? 0 : Math.min(3, revision);
  const stroke = failed ? "var(--alarm)" : "var(--pod-ink)";
  const box = { x: leaving ? x + 6 : x, y: y - TALL / 2, width: leaving ? unit - 8 : unit, height: TALL, rx: leaving ? TALL / 2 : 0 };
  return (
    <g>
      <rect {...box} fill={FILL[state]} opacity={leaving ? 0.5 : 1} />
      <rect
        {...box}
        fill="none"
        stroke={stroke}
        strokeWidth={leaving ? 3 : 2}
        strokeLinecap={leaving ? "round" : undefined}
        strokeDasharray={leaving ? "0.1 6.4" : state === "pending" ? "10 6" : undefined}
      />
      {failed && (
        <path d={`M${x + unit / 2 - 8} ${y - 8}l16 16m0 -16l-16 16`} stroke="var(--alarm)" strokeWidth={3.4} fill="none" strokeLinecap="round" />
      )}
      {Array.from({ length: ticks }, (_, i) => {
        const at = x + unit / 2 + (i - (ticks - 1) / 2) * 10;
        return (
          <line key={at} x1={at} x2={at} y1={y - 7} y2={y + 7} stroke={state === "ready" ? "var(--on-fill)" : "var(--pod-ink)"} strokeWidth={3.2} />
        );
      })}
    </g>
  );
}

interface StopProps {
  readonly x: number;
  readonly y: number;
  readonly words: string;
  readonly pressed: boolean;
  readonly anchor: "start" | "middle" | "end";
}

function Stop({ x, y, words, pressed, anchor }: StopProps): ReactNode {
  return (
    <>
      <line x1={x} x2={x} y1={y - TALL / 2 - 9} y2={y + TALL / 2 + 9} stroke="var(--ink)" strokeWidth={pressed ? 6 : 4} />
      <text
        x={x}
        y={y + TALL / 2 + 31}
        textAnchor={anchor}
        className={`num ${pressed ? "strong" : ""}`}
        style={{ fontSize: 20, fill: pressed ? "var(--ink)" : "var(--ink-2)" }}
      >
        {words}
      </text>
    </>
  );
}

interface HallBudgetProps {
  readonly budget: BudgetView;
  readonly x: number;
  readonly y: number;
  readonly unit: number;
  /** Where the counts end. */
  readonly right: number;
}

/** One entry per cell; runs of equal cells when the read model gives no single ones. */
function spans(
  budget: BudgetView,
): readonly { readonly key: string; readonly count: number; readonly state: HeldState; readonly revision: number }[] {
  if (budget.cells.length > 0) return budget.cells.map(({ uid, state, revision }) => ({ key: uid, count: 1, state, revision }));
  return budget.runs.map((run) => ({ key: `${run.state} ${run.revision}`, ...run }));
}

export function HallBudget({ budget, x, y, unit, right }: HallBudgetProps): ReactNode {
  const say = useSay();
  const at = (n: number): number => x + n * unit;
  const all = spans(budget);
  const counted = all.filter(({ state }) => state !== "terminating" && state !== "finished");
  const leaving = Math.min(MOST_LEAVING, budget.leaving);
  const gone = budget.cells.filter(({ state }) => state === "terminating");
  const end = Math.max(budget.ceiling, budget.total + budget.ghosts);
  const near = (budget.ceiling - budget.floor) * unit < 130;
  let start = 0;
  return (
    <g data-budget="true">
      <text x={x} y={y - 34} className="strong" style={{ fontSize: 22 }}>
        {say({ key: "stage.budget.title" })}
      </text>
      <text x={right} y={y - 34} textAnchor="end" className="num" style={{ fontSize: 22, fill: "var(--ink-2)" }}>
        {say({ key: "stage.budget.counts", params: { available: budget.available, total: budget.total } })}
      </text>
      <rect x={at(budget.floor)} y={y - 20} width={(budget.ceiling - budget.floor) * unit} height={40} fill="var(--sunken)" />
      <line x1={at(0)} x2={at(end + leaving)} y1={y + TALL / 2 + 5} y2={y + TALL / 2 + 5} stroke="var(--edge)" strokeWidth={2} />
      {counted.map(({ key, count, state, revision }) => {
        const from = start;
        start += count;
        return <Cell key={key} x={at(from)} y={y} unit={count * unit} state={state} revision={revision} />;
      })}
      {unit >= LEAST_CELL &&
        Array.from({ length: budget.ghosts }, (_, i) => (
          // biome-ignore lint: ghosts have no names
          <rect
            key={i}
            x={at(budget.total + i)}
            y={y - TALL / 2}
            width={unit}
            height={TALL}
            fill="none"
            stroke="var(--orch)"
            strokeWidth={2.6}
            strokeDasharray="8 6"
          />
        ))}
      {gone.slice(0, leaving).map(({ uid, revision }, i) => (
        <Cell key={uid} x={at(end + i)} y={y} unit={unit} state="terminating" revision={revision} />
      ))}
      <Stop
        x={at(budget.floor)}
        y={y}
        words={`${say({ key: "stage.budget.floor" })} ${budget.floor}`}
        pressed={budget.blocked === "floor"}
        anchor={near ? "end" : "middle"}
      />
      <Stop
        x={at(budget.ceiling)}
        y={y}
        words={`${say({ key: "stage.budget.ceiling" })} ${budget.ceiling}`}
        pressed={budget.blocked === "ceiling"}
        anchor={near ? "start" : "middle"}
      />
      {budget.leaving > 0 && (
        <text x={at(end) + (near ? 110 : 66)} y={y + TALL / 2 + 31} style={{ fontSize: 20, fill: "var(--ink-2)" }}>
          {say({ key: "stage.budget.leaving" })}
        </text>
      )}
    </g>
  );
}
