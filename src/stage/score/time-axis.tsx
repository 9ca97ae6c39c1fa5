/** The time bar: the Score's x axis. Drag, arrows and page keys seek. */
import { type D3DragEvent, drag, select } from "d3";
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useRef } from "react";
import type { Micros } from "../../sim/types";
import type { ScoreView } from "../readmodel/types";
import { type ScoreScene, timeScale } from "../scene/score-scene";
import { useStable } from "../use-stable";
import { useSay } from "../words";

export interface Fork {
  readonly id: number;
  readonly name: string;
  readonly at: Micros;
}

interface TimeAxisProps {
  readonly scene: ScoreScene;
  readonly view: ScoreView;
  readonly head: Micros;
  readonly forks: readonly Fork[];
  readonly onSeek: (at: Micros) => void;
  readonly onFork?: (id: number) => void;
}

const SECOND = 1_000_000;
const seconds = (at: Micros): number => Math.round(at / 10_000) / 100;

/** Dragging anywhere on the bar moves the playhead, also beyond its ends. */
function useDrag(scene: ScoreScene, view: ScoreView, onSeek: (at: Micros) => void): RefObject<SVGRectElement | null> {
  const bar = useRef<SVGRectElement>(null);
  const seek = useStable((x: number) => onSeek(Math.round(timeScale(scene, view).clamp(true).invert(x))));
  useEffect(() => {
    if (bar.current === null) return undefined;
    const target = select<SVGRectElement, unknown>(bar.current);
    target.call(drag<SVGRectElement, unknown>().on("start drag", ({ x }: D3DragEvent<SVGRectElement, unknown, unknown>) => seek(x)));
    return () => {
      target.on(".drag", null);
    };
  }, [seek]);
  return bar;
}

export function TimeAxis({ scene, view, head, forks, onSeek, onFork }: TimeAxisProps): ReactNode {
  const say = useSay();
  const { x0, x1, axisY: y, nowX, headX } = scene;
  const bar = useDrag(scene, view, onSeek);
  const time = timeScale(scene, view);
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, Micros>> = {
      ArrowLeft: view.now - SECOND,
      ArrowDown: view.now - SECOND,
      ArrowRight: view.now + SECOND,
      ArrowUp: view.now + SECOND,
      PageUp: view.now + 10 * SECOND,
      PageDown: view.now - 10 * SECOND,
      Home: 0,
      End: head,
    };
    const at = steps[event.key];
    if (at === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onSeek(Math.max(0, at));
  };
  return (
    <g>
      <rect x={x0} y={y - 2} width={x1 - x0} height={4} rx={2} fill="var(--rule)" />
      <rect x={x0} y={y - 2} width={Math.max(0, headX - x0)} height={4} rx={2} fill="var(--rule-2)" />
      <rect x={x0} y={y - 2} width={Math.max(0, nowX - x0)} height={4} rx={2} fill="var(--ink)" />
      {scene.ticks.map((tick) => (
        <g key={tick.text}>
          <line x1={tick.x} x2={tick.x} y1={y + 4} y2={y + 8} stroke="var(--edge)" />
          <text x={tick.x} y={y + 20} textAnchor="middle" className="d-sm num">
            {tick.text}
          </text>
        </g>
      ))}
      <text x={scene.width - 8} y={y + 20} textAnchor="end" className="d-sm">
        {say({ key: `stage.score.${scene.unit}` })}
      </text>
      {forks
        .filter((fork) => fork.at >= view.from && fork.at <= view.to)
        .map((fork) => {
          const x = time(fork.at);
          return (
            // biome-ignore lint: a branch is chosen from its menu with the keyboard
            <g key={fork.id} className="score-fork" onClick={() => onFork?.(fork.id)}>
              <path d={`M${x} ${y}c10 0 6 26 26 26H${x + 60}`} fill="none" stroke="var(--ink-2)" strokeWidth={1.4} strokeDasharray="4 3" />
              <circle cx={x} cy={y} r={4} fill="var(--paper)" stroke="var(--ink-2)" strokeWidth={1.5} />
              <text x={x + 66} y={y + 30} className="d-sm halo">
                {say({ key: "stage.score.branch", params: { name: fork.name } })}
              </text>
            </g>
          );
        })}
      <rect className="score-hit" x={x0 - 10} y={y - 14} width={x1 - x0 + 20} height={28} fill="transparent" ref={bar} />
      {/* biome-ignore lint: SVG has no range input */}
      <g
        className="score-playhead"
        role="slider"
        tabIndex={0}
        aria-label={say({ key: "stage.score.axis" })}
        aria-valuemin={0}
        aria-valuemax={seconds(Math.max(head, view.now))}
        aria-valuenow={seconds(view.now)}
        aria-valuetext={say({ key: "stage.score.valueText", params: { now: seconds(view.now), head: seconds(Math.max(head, view.now)) } })}
        onKeyDown={onKeyDown}
        pointerEvents="none"
      >
        <circle className="focus-ring" cx={nowX} cy={y} r={13} strokeWidth={2} />
        <circle cx={nowX} cy={y} r={7.5} fill="var(--ink)" stroke="var(--paper)" strokeWidth={2} />
      </g>
    </g>
  );
}
