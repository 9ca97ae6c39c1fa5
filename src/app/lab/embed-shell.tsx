/** For slides and course pages: the stage and the folded Score, and a way into the whole lab. */
import type { ReactNode } from "react";
import { useT } from "../../locales/i18n";
import { Brand } from "../glyphs/core";
import { ScoreArea, StageArea } from "./stage-area";

export function EmbedShell(): ReactNode {
  const t = useT();
  const whole = location.hash.startsWith("#/embed/") ? location.hash.replace("#/embed/", "#/s/") : "#/lab";
  return (
    <div className="embed">
      <main className="stage" data-region="stage" tabIndex={-1}>
        <StageArea />
      </main>
      <ScoreArea folded />
      <a className="embed-link tb" href={`${location.pathname}${whole}`} target="_blank" rel="noreferrer">
        <Brand />
        {t("app.embed.open")}
      </a>
    </div>
  );
}
