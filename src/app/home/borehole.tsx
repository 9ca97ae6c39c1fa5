/** The borehole: one segment per lesson, filled when it is done; above it the derrick, whose rungs are the lessons of the sky. */
import type { ReactNode } from "react";
import { lessonsAt } from "../course-catalog";
import { STRATA } from "../glyphs/strata";
import type { Progress } from "../storage/progress";
import { HEIGHT, HEIGHTS, SURFACE, TOPS } from "./geometry";

const X = 464;
const W = 34;
const DERRICK_TOP = 172;

interface BoreholeProps {
  readonly progress: Progress;
  readonly current: string;
}

export function Borehole({ progress, current }: BoreholeProps): ReactNode {
  const hardware = TOPS.hw + 4;
  return (
    <g>
      <rect x={X - 5} y={SURFACE - 26} width={W + 10} height={HEIGHT} fill="var(--paper)" />
      {[X - 5, X + W + 5].map((x) => (
        <line key={x} x1={x} y1={SURFACE - 26} x2={x} y2={HEIGHT} stroke="var(--ink)" strokeWidth={1.3} />
      ))}
      <rect x={X} y={hardware} width={W} height={120} fill="var(--hw-tint)" />
      <rect x={X} y={hardware} width={W} height={120} fill="url(#li-hw)" />
      <line x1={X} y1={hardware} x2={X + W} y2={hardware} stroke="var(--hw)" strokeWidth={2} />
      {STRATA.map((stratum) => {
        const lessons = lessonsAt(stratum);
        const step = (HEIGHTS[stratum] - 4) / Math.max(1, lessons.length);
        const gap = lessons.length > 9 ? 1.6 : 2.5;
        return lessons.map((lesson, i) => {
          const y = TOPS[stratum] + 2 + i * step;
          if (progress.done[lesson.id]) return <rect key={lesson.id} x={X} y={y} width={W} height={step - gap} fill={`var(--${stratum})`} />;
          const here = lesson.id === current;
          return (
            <g key={lesson.id}>
              <rect
                x={X + 0.5}
                y={y}
                width={W - 1}
                height={step - gap}
                fill="var(--paper)"
                stroke={here ? "var(--ink)" : `var(--${stratum}-mid)`}
                strokeWidth={here ? 2 : 1}
              />
              {here && <path d={`M${X - 8} ${y + (step - gap) / 2}l-10 -6v12z`} fill="var(--ink)" />}
            </g>
          );
        });
      })}
      <Derrick progress={progress} />
    </g>
  );
}

function Derrick({ progress }: { readonly progress: Progress }): ReactNode {
  const lessons = lessonsAt("sky");
  const bottom = SURFACE - 8;
  const foot = [X - 5, X + W + 5] as const;
  const top = [X + 8, X + W - 8] as const;
  return (
    <g>
      {lessons.map((lesson, i) => {
        const share = (i + 0.5) / lessons.length;
        const y = bottom + (DERRICK_TOP - bottom) * share;
        const done = progress.done[lesson.id] === true;
        return (
          <line
            key={lesson.id}
            x1={foot[0] + (top[0] - foot[0]) * share}
            x2={foot[1] + (top[1] - foot[1]) * share}
            y1={y}
            y2={y}
            stroke={done ? "var(--ink)" : "var(--edge)"}
            strokeWidth={done ? 5 : 1.3}
            strokeDasharray={done ? undefined : "3 2.4"}
          />
        );
      })}
      <path
        d={`M${foot[0]} ${bottom + 10}L${top[0]} ${DERRICK_TOP}H${top[1]}L${foot[1]} ${bottom + 10}`}
        fill="none"
        stroke="var(--ink)"
        strokeWidth={1.4}
        strokeLinejoin="round"
      />
    </g>
  );
}
