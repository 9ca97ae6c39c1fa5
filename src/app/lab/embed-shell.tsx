/** For slides and course pages: the stage and the folded Score, and a way into the whole lab. */
import type { ReactNode } from "react";
import { useT } from "../../locales/i18n";
import type { CourseItem } from "../course";
import { Brand } from "../glyphs/core";
import { ScoreArea, StageArea } from "./stage-area";

/** Where the whole lab stands in the same world. */
function wholeOf(item: CourseItem | undefined): string {
  if (item !== undefined) return item.kind === "lesson" ? `#/lesson/${item.lesson.id}` : `#/exercise/${item.exercise.id}`;
  return location.hash.startsWith("#/embed/") ? location.hash.replace("#/embed/", "#/s/") : "#/lab";
}

export function EmbedShell({ item }: { readonly item: CourseItem | undefined }): ReactNode {
  const t = useT();
  const whole = wholeOf(item);
  const loop = item?.kind === "lesson" && item.lesson.variant === "thermostat";
  return (
    <div className="embed">
      <main className="stage" data-region="stage" tabIndex={-1}>
        <StageArea variant={loop ? "loop" : "full"} />
      </main>
      <ScoreArea folded />
      <a className="embed-link tb" href={`${location.pathname}${whole}`} target="_blank" rel="noreferrer">
        <Brand />
        {t("app.embed.open")}
      </a>
    </div>
  );
}
