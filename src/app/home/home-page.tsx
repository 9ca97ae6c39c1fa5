/** The home page: the section under its sky. Wide pages draw it; narrow ones list the same strata. */
import type { ReactNode } from "react";
import { useDynamicT, useT } from "../../locales/i18n";
import { BUILT_LESSONS, placeOfId, titleKey } from "../course-catalog";
import { LithologyDefs } from "../glyphs/lithology";
import { Brand, Core } from "../glyphs/core";
import type { Stratum } from "../glyphs/strata";
import { LanguageSwitch, Segmented, ThemeButton } from "../shell/switches";
import { useNarrow } from "../shell/media";
import { useTitle } from "../shell/title";
import { useProgress } from "../storage/progress";
import { ui, useUi } from "../store";
import { ArtLower } from "./art-lower";
import { ArtUpper } from "./art-upper";
import { Borehole } from "./borehole";
import { HEIGHT, WIDTH } from "./geometry";
import { HomeList } from "./home-list";
import { BandFills, BandNames, Figures } from "./section-bands";
import { Sky } from "./sky";
import "./home.css";

/** The lesson to go on with: the one left last, else the first that is open and not done. */
function useNext(): { readonly id: string; readonly fresh: boolean } {
  const { done, last } = useProgress();
  const left = last !== undefined && BUILT_LESSONS.includes(last) && !done[last] ? last : undefined;
  const id = left ?? BUILT_LESSONS.find((lesson) => !done[lesson]) ?? BUILT_LESSONS[0] ?? "L9.2";
  return { id, fresh: left === undefined };
}

export function HomePage(): ReactNode {
  const t = useT();
  const named = useDynamicT();
  const narrow = useNarrow();
  const progress = useProgress();
  useTitle(undefined);
  const { id, fresh } = useNext();
  const name = `${id} ${named(titleKey(id))}`;
  const next = { href: `#/lesson/${id}`, text: fresh ? t("home.start", { name }) : t("home.continue", { name }) };
  return (
    <div className="home">
      <HomeBar />
      <main className="home-main">
        {narrow ? (
          <HomeList progress={progress} next={next} />
        ) : (
          <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="section" aria-label={t("home.section")} role="group">
            <LithologyDefs />
            <BandFills />
            <ArtUpper />
            <ArtLower />
            <text x={56} y={108} className="display" role="heading" aria-level={1}>
              {t("home.title")}
            </text>
            <text x={57} y={141} className="lead">
              {t("home.lead")}
            </text>
            <Sky progress={progress} />
            <BandNames progress={progress} current={placeOfId(id) as Stratum} next={next} />
            <Borehole progress={progress} current={id} />
            <Figures progress={progress} />
          </svg>
        )}
      </main>
    </div>
  );
}

function HomeBar(): ReactNode {
  const t = useT();
  const route = useUi((state) => state.route);
  const narrow = useNarrow();
  return (
    <header className="home-bar">
      <a className="brand" href="#/">
        {narrow ? (
          <Brand />
        ) : (
          <svg width={14} height={30} viewBox="0 0 14 30" aria-hidden="true">
            <Core x={0.5} y={0.5} width={13} height={29} />
          </svg>
        )}
        Strata
      </a>
      <nav className="home-nav" aria-label={t("home.nav")}>
        {!narrow && (
          <Segmented
            label={t("home.route.label")}
            value={route}
            options={[
              { value: "descend", text: t("home.route.descend") },
              { value: "build", text: t("home.route.build") },
            ]}
            onChange={ui.setRoute}
          />
        )}
        <a href="#/lab">{t("home.lab")}</a>
        <a href="#/instructors">{t("home.instructors")}</a>
        <ThemeButton />
        <LanguageSwitch />
      </nav>
    </header>
  );
}
