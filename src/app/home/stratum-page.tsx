/** The lessons and exercises of one stratum. What is not built yet is named, and says so. */
import type { ReactNode } from "react";
import { useDynamicT, useT } from "../../locales/i18n";
import { BUILT_EXERCISES, isBuilt, lessonsAt, type Place, titleKey } from "../course-catalog";
import { CheckIcon } from "../glyphs/icons";
import { STRATA } from "../glyphs/strata";
import { PlainPage } from "../shell/plain-page";
import { useProgress } from "../storage/progress";
import { useUi } from "../store";

export function isPlace(name: string): name is Place {
  return name === "sky" || (STRATA as readonly string[]).includes(name);
}

/** Strata that one machine shows. */
const WITH_MACHINE: readonly Place[] = ["fs", "kern"];

export function StratumPage({ place }: { readonly place: Place }): ReactNode {
  const t = useT();
  const named = useDynamicT();
  const { done } = useProgress();
  const route = useUi((state) => state.route);
  const lessons = lessonsAt(place);
  const chapters = [...new Set(lessons.map((lesson) => lesson.chapter))];
  const ordered = route === "build" ? chapters : [...chapters].sort((a, b) => b - a);
  const exercises = BUILT_EXERCISES.filter((exercise) => exercise.place === place);
  return (
    <PlainPage title={named(`home.stratum.${place}.name`)} crumb={t("home.crumb")}>
      <p className="lead">{named(`home.stratum.${place}.question`)}</p>
      {lessons.length === 0 && <p>{named(`home.stratum.${place}.chapters`)}</p>}
      {ordered.map((chapter) => (
        <section key={chapter}>
          <h2>{t("home.chapter", { number: chapter, title: named(`catalog.chapter.c${chapter}`) })}</h2>
          <ul className="lessons">
            {lessons
              .filter((lesson) => lesson.chapter === chapter)
              .map((lesson) => (
                <Entry key={lesson.id} id={lesson.id} kind="lesson" done={done[lesson.id] === true} />
              ))}
          </ul>
        </section>
      ))}
      {WITH_MACHINE.includes(place) && (
        <p>
          <a href="#/machine">{t("home.freeMachine")}</a>
        </p>
      )}
      {exercises.length > 0 && (
        <section>
          <h2>{t("home.exercises")}</h2>
          <ul className="lessons">
            {exercises.map((exercise) => (
              <Entry key={exercise.id} id={exercise.id} kind="exercise" done={done[exercise.id] === true} />
            ))}
          </ul>
        </section>
      )}
    </PlainPage>
  );
}

function Entry({ id, kind, done }: { readonly id: string; readonly kind: "lesson" | "exercise"; readonly done: boolean }): ReactNode {
  const t = useT();
  const named = useDynamicT();
  const title = named(titleKey(id));
  return (
    <li>
      <span className="id num">{id}</span>
      {isBuilt(id) ? <a href={`#/${kind}/${id}`}>{title}</a> : <span className="closed">{title}</span>}
      <span className="state">
        {done && (
          <>
            <CheckIcon /> {t("home.done")}
          </>
        )}
        {!done && !isBuilt(id) && t("home.notBuilt")}
      </span>
    </li>
  );
}
