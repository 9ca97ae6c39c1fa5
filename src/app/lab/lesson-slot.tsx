/** Where the lesson or exercise stands beside the stage. */
import type { ReactNode } from "react";
import type { SessionFile } from "../../session/types";
import { useDynamicT, useT } from "../../locales/i18n";
import { titleKey } from "../course-catalog";

/** The world in which a lesson begins. */
export function lessonWorld(_id: string): SessionFile | undefined {
  return undefined;
}

export function LessonSlot({ id }: { readonly id: string; readonly kind: "lesson" | "exercise" }): ReactNode {
  const t = useT();
  const named = useDynamicT();
  return (
    <div className="lesson-body">
      <div className="kick num">{id}</div>
      <h1>{named(titleKey(id))}</h1>
      <p>{t("home.notBuilt")}</p>
    </div>
  );
}
