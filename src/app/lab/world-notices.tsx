/** What a person must know about this world: a long replay, a bug of ours, a link made by another version. One line each. */
import type { ReactNode } from "react";
import { useT } from "../../locales/i18n";
import { ui } from "../store";
import { useSession, useWorldParts } from "./lab-context";

export function WorldNotices(): ReactNode {
  const t = useT();
  const session = useSession();
  const world = useWorldParts(({ busy, error, notice }) => ({ busy, error, notice }));
  if (world === undefined) return null;
  const { busy, error, notice } = world;
  return (
    <>
      {busy !== undefined && busy.of - busy.done > 500 && (
        <div className="notice" role="status">
          {t("app.notice.replaying", { done: busy.done, of: busy.of })}
        </div>
      )}
      {error !== undefined && (
        <div className="notice bug" role="alert">
          <span>{t("app.notice.stopped", { position: error.position })}</span>
          <button type="button" className="button quiet" onClick={() => session.stepBack()}>
            {t("app.notice.rewind")}
          </button>
          <button type="button" className="button quiet" onClick={() => ui.open("share")}>
            {t("app.notice.report")}
          </button>
          <details>
            <summary>{t("app.notice.details")}</summary>
            <pre>{error.message}</pre>
          </details>
        </div>
      )}
      {notice !== undefined && (
        <div className="notice" role="status">
          {t(notice === "engine" ? "app.notice.engine" : "app.notice.hash")}
        </div>
      )}
    </>
  );
}
