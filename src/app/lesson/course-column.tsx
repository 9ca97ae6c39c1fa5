/** The text of a lesson or an exercise beside its world. */
import type { ReactNode } from "react";
import { useLanguage } from "../../locales/i18n";
import type { CourseItem } from "../course";

export function CourseColumn({ item }: { readonly item: CourseItem }): ReactNode {
  const language = useLanguage();
  const { id, title } = item.kind === "lesson" ? item.lesson : item.exercise;
  return (
    <div className="lesson-body">
      <div className="kick num">{id}</div>
      <h1>{title[language]}</h1>
    </div>
  );
}
