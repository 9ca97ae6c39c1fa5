/** For instructors: how to present, share, embed and author, and what the simulation does not model. */
import type { ReactNode } from "react";
import { useDynamicT, useT } from "../../locales/i18n";
import { BUILT_EXERCISES, BUILT_LESSONS, DECKS, titleKey } from "../course-catalog";
import { PlainPage } from "../shell/plain-page";

const SECTIONS = ["present", "share", "embed", "author", "class", "honest"] as const;

export function InstructorsPage(): ReactNode {
  const t = useT();
  const named = useDynamicT();
  return (
    <PlainPage title={t("home.instructors")} crumb={t("home.crumb")}>
      <p className="lead">{t("app.instructors.lead")}</p>
      {SECTIONS.map((section) => (
        <section key={section} id={section}>
          <h2>{named(`app.instructors.${section}.title`)}</h2>
          {[1, 2, 3].map((n) => {
            const text = named(`app.instructors.${section}.p${n}`);
            return text.startsWith("app.") ? null : <p key={n}>{text}</p>;
          })}
          {section === "present" &&
            DECKS.map((deck) => (
              <p key={deck}>
                <a className="button" href={`#/present/${deck}`}>
                  {t("app.instructors.open")}
                </a>
              </p>
            ))}
          {section === "embed" && <pre>{'<iframe src="…/#/embed/…" width="960" height="600" title="Strata"></iframe>'}</pre>}
          {section === "class" && (
            <ul className="lessons">
              {[...BUILT_LESSONS.map((id) => ["lesson", id] as const), ...BUILT_EXERCISES.map(({ id }) => ["exercise", id] as const)].map(
                ([kind, id]) => (
                  <li key={id}>
                    <span className="id num">{id}</span>
                    <a href={`#/${kind}/${id}`}>{named(titleKey(id))}</a>
                  </li>
                ),
              )}
            </ul>
          )}
        </section>
      ))}
    </PlainPage>
  );
}
