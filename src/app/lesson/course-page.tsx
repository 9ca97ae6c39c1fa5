/** A lesson or an exercise: the lab in the world of its fixture, with its text beside the stage. */
import type { ReactNode } from "react";
import { useDynamicT, useT } from "../../locales/i18n";
import { useCourseItem } from "../course";
import { titleKey } from "../course-catalog";
import { LabPage } from "../lab/lab-page";
import { PlainPage } from "../shell/plain-page";

export function CoursePage({ kind, id }: { readonly kind: "lesson" | "exercise"; readonly id: string }): ReactNode {
  const t = useT();
  const named = useDynamicT();
  const item = useCourseItem(kind, id);
  if (item === undefined) return <div className="loading" aria-busy="true" />;
  if (item === "none") {
    const title = named(titleKey(id));
    return (
      <PlainPage title={title.startsWith("catalog.") ? t("app.notFound.title") : `${id} ${title}`} crumb={t("home.crumb")}>
        <p className="lead">{t("app.notBuilt")}</p>
        <p>
          <a href="#/lab">{t("home.lab")}</a>
        </p>
      </PlainPage>
    );
  }
  return <LabPage kind={kind} id={id} file={item.world} item={item} />;
}

/** The world in which a lesson or an exercise begins, for a frame in somebody's slides: `#/embed/L9.2`. */
export function EmbeddedCourse({ id }: { readonly id: string }): ReactNode {
  const item = useCourseItem(id.startsWith("E") ? "exercise" : "lesson", id);
  if (item === undefined) return <div className="loading" aria-busy="true" />;
  return item === "none" ? <LabPage kind="embed" /> : <LabPage kind="embed" id={id} file={item.world} item={item} />;
}
