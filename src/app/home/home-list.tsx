/** The strata as a list, for narrow pages and small windows: the same names, questions, counts and ways in. */
import type { ReactNode } from "react";
import { useDynamicT, useT } from "../../locales/i18n";
import { BUILT_STRATA, lessonsAt, type Place } from "../course-catalog";
import { LithologyDefs } from "../glyphs/lithology";
import { STRATA } from "../glyphs/strata";
import type { Progress } from "../storage/progress";

interface HomeListProps {
  readonly progress: Progress;
  readonly next: { readonly href: string; readonly text: string };
}

export function HomeList({ progress, next }: HomeListProps): ReactNode {
  const t = useT();
  const named = useDynamicT();
  const places: readonly Place[] = ["sky", ...STRATA];
  return (
    <div className="home-list">
      <h1>{t("home.title")}</h1>
      <p className="lead">{t("home.lead")}</p>
      <a className="button wide" href={next.href}>
        {next.text}
      </a>
      <svg width={0} height={0} aria-hidden="true" className="defs">
        <LithologyDefs />
      </svg>
      <ul className="strata">
        {places.map((place) => {
          const lessons = lessonsAt(place);
          const done = lessons.filter((lesson) => progress.done[lesson.id]).length;
          return (
            <li key={place} className={`stratum ${place}`}>
              <a href={`#/stratum/${place}`}>
                <svg width={26} height={64} viewBox="0 0 26 64" aria-hidden="true">
                  {place !== "sky" && (
                    <>
                      <rect width={26} height={64} fill={`var(--${place}-mid)`} />
                      <rect width={26} height={64} fill={`url(#li-${place})`} />
                      <rect width={26} height={(64 * done) / Math.max(1, lessons.length)} fill={`var(--${place})`} />
                    </>
                  )}
                  {place === "sky" && (
                    <path d="M5 40a5 5 0 0 1 3 -9a6 6 0 0 1 11 1a4.5 4.5 0 0 1 1 8z" fill="none" stroke="var(--ink-2)" strokeWidth={1.5} />
                  )}
                </svg>
                <span className="names">
                  <b>{named(`home.stratum.${place}.name`)}</b>
                  <span>{named(`home.stratum.${place}.question`)}</span>
                </span>
                <span className="count num">
                  {lessons.length > 0 ? `${done}/${lessons.length}` : ""}
                  <small>{BUILT_STRATA.includes(place) || lessons.length === 0 ? named(`home.stratum.${place}.chapters`) : t("home.notBuilt")}</small>
                </span>
              </a>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
