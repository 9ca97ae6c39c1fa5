/** The process ledger, painted: boundaries, the tree, and a number per viewpoint. */
import type { ReactNode } from "react";
import type { MachineView, ProcessView, ViewpointView } from "../readmodel/machine/types";
import type { Words } from "../readmodel/types";
import type { LedgerScene } from "../scene/ledger-scene";
import { useSay } from "../words";
import { Mark, type Marking } from "./mark";

/** The namespace's own dash: a map's boundary. */
const BOUNDARY = "9 3.5 1.5 3.5";
const FILLS = ["none", "var(--kern-tint)", "var(--kern-mid)"];

export function viewpointWords({ letter }: ViewpointView): Words {
  return letter === undefined ? { key: "machine.ledger.fromHost" } : { key: "machine.ledger.from", params: { namespace: letter } };
}

/** A process said aloud: its name, and its number from each viewpoint that has one. */
export function processWords(process: ProcessView, view: MachineView): Words {
  const numbers = process.pids.flatMap((pid, i) => (pid === null ? [] : [`${view.viewpoints[i]?.letter ?? "host"} ${pid}`]));
  return { key: "machine.ledger.process", params: { name: process.name, numbers: numbers.join(", ") } };
}

const fillOf = (view: MachineView, process: ProcessView): string => {
  let level = 0;
  for (let at: number | undefined = process.own; at !== undefined && at > 0; at = view.viewpoints[at]?.parent) level++;
  return level === 0 ? "var(--raised)" : level === 1 ? "var(--kern-mid)" : "var(--kern)";
};

interface LedgerProps {
  readonly scene: LedgerScene;
  readonly view: MachineView;
  readonly marking: Marking;
  /** The viewpoint the terminal stands in. */
  readonly standing: number;
}

export function Ledger({ scene, view, marking, standing }: LedgerProps): ReactNode {
  const say = useSay();
  return (
    <>
      {scene.regions.map(({ key, level, viewpoint, ...box }) => (
        <rect
          key={key}
          {...box}
          fill={FILLS[Math.min(level, 2)]}
          fillOpacity={level > 1 ? 0.6 : 1}
          stroke={viewpoint === 0 ? "var(--edge)" : "var(--kern)"}
          strokeWidth={level > 1 ? 1.9 : viewpoint === 0 ? 1.2 : 1.5}
          strokeDasharray={BOUNDARY}
        />
      ))}
      {view.viewpoints.map((viewpoint, i) => {
        const x = scene.columns[i] ?? 0;
        return (
          <g key={viewpoint.id}>
            <text x={x} y={scene.top - 11} textAnchor="middle" className={i === standing ? "d-b" : "d-lab"}>
              {say(viewpointWords(viewpoint))}
            </text>
            {i === standing && <Eye x={x} y={scene.top - 31} />}
          </g>
        );
      })}
      {scene.rows.map(
        ({ process, branch }) => branch !== undefined && <path key={process.uid} d={branch} fill="none" stroke="var(--ink-2)" strokeWidth={1.3} />,
      )}
      {scene.rows.map(({ process, x, y, box }) => (
        <Mark key={process.uid} uid={process.uid} box={box} name={say(processWords(process, view))} marking={marking}>
          <circle className="cap" cx={x} cy={y} r={scene.radius} fill={fillOf(view, process)} stroke="var(--kern-ink)" strokeWidth={1.5} />
          {marking.selected === process.uid && <circle cx={x} cy={y} r={scene.radius + 4} fill="none" stroke="var(--ink)" strokeWidth={2} />}
          <text
            x={x + scene.radius + 8}
            y={y + 4.5}
            className={`d-m ${marking.selected === process.uid ? "strong" : ""} ${process.state === "Z" ? "tone-quiet" : ""}`}
            style={{ fontSize: 13 }}
          >
            {process.name}
          </text>
          {process.pids.map((pid, i) => {
            const column = scene.columns[i] ?? 0;
            const key = view.viewpoints[i]?.id ?? i;
            if (pid === null) return <line key={key} x1={column - 4} x2={column + 4} y1={y} y2={y} stroke="var(--rule-2)" strokeWidth={1.2} />;
            return (
              <text
                key={key}
                x={column + 14}
                y={y + 4.5}
                textAnchor="end"
                className={`d-m num ${i === standing ? "strong" : ""}`}
                style={{ fontSize: 13, fill: i === standing ? undefined : "var(--ink-2)" }}
              >
                {pid}
              </text>
            );
          })}
        </Mark>
      ))}
    </>
  );
}

function Eye({ x, y }: { readonly x: number; readonly y: number }): ReactNode {
  return (
    <>
      <path d={`M${x - 9} ${y}q9 -8 18 0q-9 8 -18 0z`} fill="none" stroke="var(--ink)" strokeWidth={1.4} />
      <circle cx={x} cy={y} r={2.4} fill="var(--ink)" />
    </>
  );
}
