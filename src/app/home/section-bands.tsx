/** The bands of the section with their names, questions, counts and figures, and the way in. */
import type { ReactNode } from "react";
import { useDynamicT, useT } from "../../locales/i18n";
import { BUILT_STRATA, lessonsAt } from "../course-catalog";
import { STRATA, type Stratum } from "../glyphs/strata";
import type { Progress } from "../storage/progress";
import { bandPaths, HEIGHT, MIDS, SURFACE, WIDTH } from "./geometry";

const FIGURES_X = 1568;

export function BandFills(): ReactNode {
  return (
    <g>
      <linearGradient id="section-fade" x1="0" x2="1">
        {[
          [0, 0],
          [0.32, 0],
          [0.4, 0.5],
          [0.88, 0.62],
          [0.925, 0.06],
          [1, 0.06],
        ].map(([offset, opacity]) => (
          <stop key={offset} offset={offset} stopColor="#fff" stopOpacity={opacity} />
        ))}
      </linearGradient>
      <mask id="section-mask">
        <rect width={WIDTH} height={HEIGHT} fill="url(#section-fade)" />
      </mask>
      {STRATA.map((stratum, i) => {
        const { area, edge } = bandPaths(stratum);
        return (
          <g key={stratum}>
            <path d={area} fill={`color-mix(in oklab, var(--${stratum}-tint) 78%, var(--sunken))`} />
            <g mask="url(#section-mask)">
              <path d={area} fill={`url(#li-${stratum})`} opacity={0.55} />
            </g>
            <path d={edge} fill="none" stroke={`var(--${stratum})`} strokeWidth={i === 0 ? 2.6 : 1.6} />
          </g>
        );
      })}
    </g>
  );
}

interface BandNamesProps {
  readonly progress: Progress;
  /** The stratum of the lesson to go on with. */
  readonly current: Stratum;
  readonly next: { readonly href: string; readonly text: string };
}

export function BandNames({ progress, current, next }: BandNamesProps): ReactNode {
  const t = useT();
  const named = useDynamicT();
  return (
    <g>
      {STRATA.map((stratum) => {
        const lessons = lessonsAt(stratum);
        const done = lessons.filter((lesson) => progress.done[lesson.id]).length;
        const here = stratum === current;
        const base = MIDS[stratum] - (here ? 34 : 8);
        const built = BUILT_STRATA.includes(stratum);
        return (
          <g key={stratum}>
            <a href={`#/stratum/${stratum}`} className="band-link">
              <rect x={44} y={base - 26} width={400} height={62} className="band-hit" />
              <rect x={56} y={base - 12} width={16} height={16} rx={2} fill={`var(--${stratum})`} />
              <text x={86} y={base + 2} className="band-name">
                {named(`home.stratum.${stratum}.name`)}
              </text>
              <text x={86} y={base + 25} className="band-question">
                {named(`home.stratum.${stratum}.question`)}
              </text>
              {lessons.length > 0 && (
                <text x={438} y={base + 2} textAnchor="end" className="band-count num">
                  {`${done}/${lessons.length}`}
                </text>
              )}
              <text x={438} y={base + (lessons.length > 0 ? 24 : 2)} textAnchor="end" className="band-small">
                {named(`home.stratum.${stratum}.chapters`)}
              </text>
            </a>
            {here && (
              <a href={next.href} className="band-go">
                <rect x={86} y={base + 40} width={352} height={38} rx={4} fill="var(--ink)" />
                <text x={102} y={base + 64} className="band-go-text">
                  {next.text}
                </text>
                <path
                  d={`M414 ${base + 59}h10m-4 -4l4 4l-4 4`}
                  stroke="var(--paper)"
                  strokeWidth={1.7}
                  fill="none"
                  strokeLinecap="round"
                  strokeLinejoin="round"
                />
              </a>
            )}
            {!built && lessons.length > 0 && (
              <text x={FIGURES_X} y={MIDS[stratum] + 6} textAnchor="end" className="band-small">
                {t("home.notBuilt")}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}

/** What the person's own worlds measured last, at the right. */
export function Figures({ progress }: { readonly progress: Progress }): ReactNode {
  const t = useT();
  const figures = [
    { at: MIDS.orch, micros: progress.measured["gap"], text: t("home.figure.gap") },
    { at: MIDS.pod, micros: progress.measured["podReady"], text: t("home.figure.podReady") },
  ].filter((figure) => figure.micros !== undefined);
  return (
    <g>
      {figures.length > 0 && (
        <text x={FIGURES_X} y={SURFACE - 15} textAnchor="end" className="band-small">
          {t("home.figure.measured")}
        </text>
      )}
      {figures.map((figure) => (
        <g key={figure.text}>
          <text x={FIGURES_X} y={figure.at - 1} textAnchor="end" className="band-figure num">
            {t("home.figure.seconds", { seconds: ((figure.micros ?? 0) / 1e6).toFixed(1) })}
          </text>
          <text x={FIGURES_X} y={figure.at + 17} textAnchor="end" className="band-small">
            {figure.text}
          </text>
        </g>
      ))}
    </g>
  );
}
